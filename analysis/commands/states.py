"""Frozen states and two waves: `snapshot`, `snapshots`, `compare`, `recompute`, `trend`."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from analysis import snapshots, take_away, waves
from analysis.charts import move_words, wording
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
from analysis.commands.files import write
from analysis.disclosure import Audience
from analysis.findings.method import PLAIN, Bounds, Correction
from analysis.findings.table import source_document
from analysis.waves import FORMATS as SLOPE_FORMATS
from analysis.waves import Wave, slope_file
from data.records import SnapshotRecord
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
    trend.add_argument("--question", required=True, metavar="Q", help="name of a question of choices")
    add_snapshot(trend)
    told = "of this frozen state of LATER instead of the present"
    trend.add_argument("--later-snapshot", default="", metavar="HASH", help=told)
    trend.add_argument("--matched", action="store_true", help="only who answered both, by organisation")
    add_choice(trend, "--correction", Correction, PLAIN.correction, "for the many options")
    told = f"also draw it as a slope: {', '.join(SLOPE_FORMATS)}"
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
    return [
        "All that was frozen is there and gives the same number." if found.holds else "It does not give its number.",
        "Its figures are the same bytes." if found.same_figures else "Its figures are not those of then.",
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
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    print(*move_words.summary_lines(found.counts, found.erased, found.conditions, words), sep="\n")
    for each in found.differences:
        print(each.reference, move_words.change_name(each.change, words), ", ".join(each.questions), sep="\t")
    for move in move_words.largest_first(found.moves):
        print(*move_words.row(move, words), sep="\t")
    return 0


def _trend(arguments: argparse.Namespace) -> int:
    both = (
        Wave(slug=arguments.slug, snapshot=arguments.snapshot),
        Wave(slug=arguments.later, snapshot=arguments.later_snapshot),
    )
    words = Words(arguments.language)
    found = waves.trend(
        opened(),
        both,
        arguments.question,
        actor=OPERATOR,
        audience=Audience(arguments.audience),
        language=arguments.language,
        now=datetime.now(UTC),
        matched=arguments.matched,
        correction=Correction(arguments.correction),
    )
    if arguments.out:
        _write_slope(both, arguments.question, arguments.out, Audience(arguments.audience), words)
    if arguments.json:
        ends = {"earlier": source_document(found.earlier), "later": source_document(found.later)}
        print(json.dumps(asdict(found) | ends, ensure_ascii=False, indent=2))
        return 0
    hidden = wording.hidden(words)
    nothing = wording.NOTHING if found.first_n == 0 or found.last_n == 0 else hidden
    digits = 4 if Audience(arguments.audience) is Audience.INTERNAL else 2
    print("n = {}, later {}".format(*(hidden if n is None else n for n in (found.first_n, found.last_n))))
    if found.detectable is not None:
        print(f"smallest change found with 80 % power: {found.detectable:.3f}")
    print("option", "earlier", "later", "change", "95 %", "p", f"p ({found.correction.value})", sep="\t")
    for each in found.changes:
        if each.difference is None:
            print(each.label, nothing, sep="\t")
            continue
        p = ["" if value is None else f"{value:.4g}" for value in (each.p, each.adjusted)]
        shares = (f"{each.before:.{digits}f}", f"{each.after:.{digits}f}", f"{each.difference:+.{digits}f}")
        print(each.label, *shares, _change(each.bounds, digits), *p, sep="\t")
    states = (found.earlier, found.later)
    told = [wording.reworded_line(found.reworded, words)]
    told += [wording.fictional_mark(words) if any(each.fictional for each in states) else ""]
    told += dict.fromkeys(wording.source_line(each, words) for each in states)
    print(*(line for line in told if line), sep="\n")
    return 0


def _change(bounds: Bounds | None, digits: int) -> str:
    return "" if bounds is None else f"{bounds.low:+.{digits}f} to {bounds.high:+.{digits}f}"


def _write_slope(both: tuple[Wave, Wave], question: str, out: Path, audience: Audience, words: Words) -> None:
    """The slope as a file, in the format of its ending."""
    store, now, kind = opened(), datetime.now(UTC), out.suffix.removeprefix(".")
    file = slope_file(store, both, question, kind, actor=OPERATOR, words=words, audience=audience, now=now)
    take_away.record(store, out.name, actor=OPERATOR, now=now)
    write(out, file.content)
