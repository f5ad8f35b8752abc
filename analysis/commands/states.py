"""Frozen states and two waves: `snapshot`, `snapshots`, `compare`, `recompute`, `trend`."""

import argparse
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis import snapshots, take_away, waves
from analysis.charts import move_words, trend_words, wording
from analysis.commands.arguments import (
    Commands,
    add_audience,
    add_choice,
    add_json,
    add_language,
    add_slug,
    add_snapshot,
    opened,
)
from analysis.commands.files import tell, write
from analysis.disclosure import Audience
from analysis.findings.method import PLAIN, Bounds, Correction
from analysis.findings.table import source_document
from analysis.waves import FORMATS as SLOPE_FORMATS
from analysis.waves import TREND_FORMATS, Wave, slope_file
from analysis.words import MESSAGES
from data.analysis_records import SnapshotRecord
from survey.access import OPERATOR
from survey.translator import Words


def add(commands: Commands) -> None:
    """The commands are known afterwards."""
    snapshot = commands.add_parser("snapshot", help="freeze the present state under its SHA-256")
    snapshot.add_argument("--note", default="", help="what it is taken for")
    snapshot.set_defaults(run=_snapshot)
    listed = commands.add_parser("snapshots", help="the frozen states of a consultation")
    listed.set_defaults(run=_snapshots)
    for each in (snapshot, listed):
        add_slug(each)
    compare = commands.add_parser("compare", help="which replies and figures differ between two frozen states")
    compare.add_argument("before", metavar="A", help="digits of its SHA-256, at least eight")
    compare.add_argument("after", metavar="B", help="digits of its SHA-256, at least eight")
    told = f"also draw a question as a slope, as a meeting may see it: {', '.join(SLOPE_FORMATS)}"
    compare.add_argument("--slope", nargs=2, metavar=("Q", "FILE"), help=told)
    compare.set_defaults(run=_compare)
    add_language(compare)
    add_json(compare)
    recompute = commands.add_parser("recompute", help="make the figures of a frozen state again, and prove them")
    recompute.add_argument("snapshot", metavar="HASH", help="digits of its SHA-256, at least eight")
    recompute.add_argument("--out", type=Path, metavar="FILE.json", help="write all figures (unprotected)")
    recompute.set_defaults(run=_recompute)
    add_json(recompute)
    trend = commands.add_parser("trend", help="how a question changed from one consultation to a later one")
    trend.add_argument("--question", required=True, metavar="Q", help="name of a question, or of a battery")
    add_snapshot(trend)
    told = "of this frozen state of LATER instead of the present"
    trend.add_argument("--later-snapshot", default="", metavar="HASH", help=told)
    trend.add_argument(
        "--matched",
        action="store_true",
        help="only who answered both, by organisation; of two states of one consultation by reply",
    )
    add_choice(trend, "--correction", Correction, PLAIN.correction, "for the many figures")
    told = f"also draw it as a slope ({', '.join(SLOPE_FORMATS)}) or write its table ({', '.join(TREND_FORMATS)})"
    trend.add_argument("--out", type=Path, metavar="FILE", help=told)
    trend.set_defaults(run=_trend)
    add_audience(trend)
    add_slug(trend)
    add_language(trend)
    trend.add_argument("later", metavar="LATER", help="the later consultation")


def _snapshot(arguments: argparse.Namespace) -> int:
    store = opened()
    taken = snapshots.take(store, arguments.slug, actor=OPERATOR, now=datetime.now(UTC), note=arguments.note)
    if arguments.json:
        print(json.dumps({**_of_snapshot(taken.record), "new": taken.is_new}, ensure_ascii=False, indent=2))
    else:
        was = "frozen" if taken.is_new else f"frozen before, {taken.record.taken_at:%Y-%m-%d %H:%M} UTC"
        print(f"{taken.record.sha256}: {taken.record.replies} replies, {was}")
    return 0


def _snapshots(arguments: argparse.Namespace) -> int:
    found = snapshots.listed(opened(), arguments.slug, actor=OPERATOR)
    if arguments.json:
        print(json.dumps([_of_snapshot(each) for each in found], ensure_ascii=False, indent=2))
        return 0
    for each in found:
        erased = f", {each.erased} erased since" if each.erased else ""
        part = " ".join(f"{name}={'+'.join(codes)}" for name, codes in each.scope.as_mapping().items()) or "all"
        cells = (each.sha256, f"{each.taken_at:%Y-%m-%d %H:%M}", f"{each.replies} replies{erased}", part, each.taken_by)
        print(*cells, *([each.note] if each.note else []), sep="  ")
    return 0


def _of_snapshot(record: SnapshotRecord) -> dict[str, object]:
    return {
        "sha256": record.sha256,
        "taken_at": record.taken_at.isoformat(),
        "taken_by": record.taken_by,
        "note": record.note,
        "replies": record.replies,
        "erased": record.erased,
        "scope": record.scope.as_mapping(),
        "conditions": dict(record.conditions),
    }


def _recompute(arguments: argparse.Namespace) -> int:
    store, now = opened(), datetime.now(UTC)
    found = snapshots.recompute(store, arguments.snapshot, actor=OPERATOR, now=now)
    if arguments.out is not None:
        take_away.record(store, arguments.out.name, actor=OPERATOR, now=now)
        write(arguments.out, found.figures)
    if arguments.json:
        told = {"holds": found.holds, "same_figures": found.same_figures, "altered": list(found.altered)}
        told["reads_alike"] = found.reads_alike
        print(json.dumps({"consultation": found.slug, **_of_snapshot(found.record), **told}, indent=2))
    else:
        print(f"{found.record.sha256}: {found.slug}, {found.record.replies} replies, program {found.program}")
        print(*_verdict(found), sep="\n")
    return 0 if found.holds and found.same_figures else 1


def _verdict(found: snapshots.Recomputed) -> list[str]:
    erased = found.record.erased
    if found.altered:
        return [f"Answers were altered since: {', '.join(found.altered)}."]
    if erased:
        return [f"{erased} replies were erased since: it cannot be recomputed whole. The figures are of the others."]
    otherwise = ["This program reads the questionnaire otherwise: which choices there are, or which are no answer."]
    return [
        "All that was frozen is there and gives the same number." if found.holds else "It does not give its number.",
        "Its figures are the same bytes." if found.same_figures else "Its figures are not those of then.",
        *(otherwise if not found.reads_alike else ()),
    ]


def _compare(arguments: argparse.Namespace) -> int:
    found = snapshots.compare(
        opened(),
        arguments.before,
        arguments.after,
        actor=OPERATOR,
        language=arguments.language,
        now=datetime.now(UTC),
    )
    words = Words(arguments.language)
    if arguments.slope:
        question, out = arguments.slope
        before, after = (Wave(slug=found.slug, snapshot=each.sha256) for each in (found.before, found.after))
        _write_slope((before, after), question, Path(out), Audience.MEETING, words)
    if arguments.json:
        document = {
            "consultation": found.slug,
            "before": _of_snapshot(found.before),
            "after": _of_snapshot(found.after),
            "counts": found.counts,
            "erased": list(found.erased),
            "responses": [asdict(each) for each in found.differences],
            "conditions": list(found.conditions),
            "moves": [asdict(each) | {"change": each.change} for each in found.moves],
            "reworded": {question: [asdict(each) for each in told] for question, told in found.reworded.items()},
            "apart": {str(each.params["question"]): words.error(each, MESSAGES) for each in found.apart},
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    tell(*move_words.summary_lines(found.counts, found.erased, found.conditions, words))
    print(*(words.error(each, MESSAGES) for each in found.apart), sep="\n", end="\n" * bool(found.apart))
    if found.reworded:
        print(wording.reworded_line([each for told in found.reworded.values() for each in told], words))
    for each in found.differences:
        print(each.reference, move_words.change_name(each.change, words), ", ".join(each.questions), sep="\t")
    for move in move_words.largest_first(found.moves):
        tell("\t".join(move_words.row(move, words)))
    return 0


def _trend(arguments: argparse.Namespace) -> int:
    both = (
        Wave(slug=arguments.slug, snapshot=arguments.snapshot),
        Wave(slug=arguments.later, snapshot=arguments.later_snapshot),
    )
    words, store, now = Words(arguments.language), opened(), datetime.now(UTC)
    asked: dict[str, Any] = {
        "actor": OPERATOR,
        "audience": Audience(arguments.audience),
        "now": now,
        "matched": arguments.matched,
        "correction": Correction(arguments.correction),
    }
    found = waves.trend(store, both, arguments.question, language=arguments.language, **asked)
    if arguments.out and (kind := arguments.out.suffix.removeprefix(".")) in TREND_FORMATS:
        file = waves.trend_file(store, both, arguments.question, kind, words=words, **asked)
        take_away.record(store, arguments.out.name, actor=OPERATOR, now=now)
        write(arguments.out, file.content)
    elif arguments.out:
        _write_slope(both, arguments.question, arguments.out, Audience(arguments.audience), words)
    if arguments.json:
        ends = {"earlier": source_document(found.earlier), "later": source_document(found.later)}
        print(json.dumps(asdict(found) | ends, ensure_ascii=False, indent=2))
        return 0
    hidden = wording.hidden(words)
    digits = 4 if Audience(arguments.audience) is Audience.INTERNAL else 2
    print("n = {}, later {}".format(*(hidden if n is None else n for n in (found.first_n, found.last_n))))
    if found.detectable is not None:
        print(f"smallest change found with 80 % power: {found.detectable:.3f}")
    heads = ("figure", "n", "later n", "earlier", "later", "change", "95 %", "p", f"p ({found.correction.value})")
    print(*heads, "effect size", sep="\t")
    for each in found.changes:
        behind = [hidden if n is None else n for n in (each.first_n, each.last_n)]
        name = trend_words.name_of(each, words)
        values = [
            f"{value:.{digits}f}" if value is not None else wording.NOTHING if n == 0 else hidden
            for value, n in ((each.before, each.first_n), (each.after, each.last_n))
        ]
        if each.difference is None:
            print(name, *behind, *values, sep="\t")
            continue
        p = ["" if value is None else f"{value:.4g}" for value in (each.p, each.adjusted)]
        size = "" if each.size is None else f"{each.size:+.2f}"
        print(
            name, *behind, *values, f"{each.difference:+.{digits}f}", _change(each.bounds, digits), *p, size, sep="\t"
        )
    internal = Audience(arguments.audience) is Audience.INTERNAL
    tell(*trend_words.notes(replace(found, detectable=None), words, internal=internal))  # which stands above
    return 0


def _change(bounds: Bounds | None, digits: int) -> str:
    return "" if bounds is None else f"{bounds.low:+.{digits}f} to {bounds.high:+.{digits}f}"


def _write_slope(both: tuple[Wave, Wave], question: str, out: Path, audience: Audience, words: Words) -> None:
    """The slope as a file, in the format of its ending."""
    store, now, kind = opened(), datetime.now(UTC), out.suffix.removeprefix(".")
    file = slope_file(store, both, question, kind, actor=OPERATOR, words=words, audience=audience, now=now)
    take_away.record(store, out.name, actor=OPERATOR, now=now)
    write(out, file.content)
