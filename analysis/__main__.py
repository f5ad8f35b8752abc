"""`python -m analysis`: figures of a question as a table or document, and the report; acts as the local operator."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from analysis import coders, data_out, homecoming, ledger, published_commands, reports, review, snapshots, take_away
from analysis.charts import headlines, method_words, move_words, wording
from analysis.charts import opinions as opinion_words
from analysis.charts.sizes import DEFAULT_SCALE, Size, scale_of, size_of
from analysis.data_files.formats import DATA_FORMATS
from analysis.dataset import snapshot
from analysis.disclosure import Audience, Suppressed
from analysis.findings.method import (
    PLAIN,
    Bounds,
    Correction,
    IntervalKind,
    Method,
    Strength,
    Unranked,
    WeightKind,
)
from analysis.findings.table import opinions_document, table_document
from analysis.report import opened, table
from analysis.report.formats import CHART_FORMATS, DASHBOARD_FORMATS, Look
from analysis.report.template import Template, open_template
from analysis.report.tree import Numbers
from analysis.review import Filters
from analysis.waves import FORMATS as SLOPE_FORMATS
from analysis.waves import Wave, slope_file
from analysis.words import MESSAGES
from data.console import to_the_end
from data.errors import Faulty, InvalidInput, SoundingsError, Unavailable
from data.records import SnapshotRecord
from data.settings import read_settings
from data.store import Store, open_store
from data.words import in_english
from survey.access import OPERATOR
from survey.translator import Words


def _store() -> Store:
    return open_store(read_settings())


def _filters(pairs: Sequence[str], snapshot: str = "") -> Filters:
    chosen: dict[str, list[str]] = {}
    for pair in pairs:
        name, sign, code = pair.partition("=")
        if not sign or not name or not code:
            raise InvalidInput("filter.unreadable", text=pair)
        chosen.setdefault(name, []).append(code)
    return Filters.of(chosen, snapshot=snapshot)


def _method(arguments: argparse.Namespace) -> Method:
    return Method(
        weights=WeightKind(arguments.weights),
        interval=IntervalKind(arguments.interval),
        letters=arguments.letters,
        correction=Correction(arguments.correction),
        joined=arguments.join,
        unranked=Unranked(arguments.unranked),
        strength=Strength(arguments.strength),
    )


def _table(arguments: argparse.Namespace) -> int:
    store, now, words = _store(), datetime.now(UTC), Words(arguments.language)
    card = review.card(
        store,
        arguments.slug,
        arguments.question,
        actor=OPERATOR,
        audience=Audience(arguments.audience),
        language=arguments.language,
        filters=_filters(arguments.filter, arguments.snapshot),
        by=arguments.by,
        now=now,
        method=_method(arguments),
    )
    if arguments.json:
        document = table_document(card, card.source.sha256)
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    shown = table.tabulate(card, words)
    has_hidden = any(isinstance(value, Suppressed) for row in shown.rows for value in row)
    print(card.label, wording.base_line(card, words), *wording.note_lines(card, words, has_hidden=has_hidden), sep="\n")
    print("\t".join(column.head for column in shown.columns))
    for row in shown.rows:
        print("\t".join(table.written(v, c.unit, words) for v, c in zip(row, shown.columns, strict=True)))
    print(*method_words.method_lines(card, words), wording.source_line(card.source, words), sep="\n")
    return 0


def _headlines(arguments: argparse.Namespace) -> int:
    store, words = _store(), Words(arguments.language)
    asked: dict[str, Any] = {
        "actor": OPERATOR,
        "audience": Audience(arguments.audience),
        "language": arguments.language,
        "filters": _filters(arguments.filter, arguments.snapshot),
        "now": datetime.now(UTC),
    }
    if arguments.by:
        cards = review.book(store, arguments.slug, by=[arguments.by], **asked)
    else:
        cards = review.cards(store, arguments.slug, **asked)
    if arguments.strongest:
        found = [(each.card, each.sentence) for each in headlines.strongest(cards, words, arguments.strongest)]
    else:
        found = [(card, sentence) for card in cards if (sentence := headlines.headline(card, words))]
    if arguments.json:
        document = [
            {"question": card.question, "label": card.label, "by": card.by, "headline": sentence}
            | {"claims": [asdict(claim) for claim in headlines.claims(card)]}
            for card, sentence in found
        ]
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    for card, sentence in found:
        print(f"{card.label}\n    {sentence}")
    if cards:
        source = cards[0].source
        marks = (wording.fictional_mark(words) if source.fictional else "", wording.internal_mark(cards[0], words))
        print(*(mark for mark in marks if mark), wording.source_line(source, words), sep="\n")
    return 0


def _groups(arguments: argparse.Namespace) -> int:
    store, words = _store(), Words(arguments.language)
    found = review.opinions(
        store,
        arguments.slug,
        arguments.question,
        actor=OPERATOR,
        audience=Audience(arguments.audience),
        language=arguments.language,
        now=datetime.now(UTC),
    )
    if arguments.json:
        document = opinions_document(found, review.digest(store, arguments.slug, actor=OPERATOR))
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    lines = [found.label, opinion_words.headline(found, words), opinion_words.base_line(found, words)]
    lines += opinion_words.trust_lines(found, words)
    for heading, sentences in opinion_words.sections(found, words):
        lines += ["", heading, *(f"- {sentence}" for sentence in sentences)]
    lines += ["", *opinion_words.note_lines(found, words), wording.source_line(found.source, words)]
    print("\n".join(lines))
    return 0


def _weights(arguments: argparse.Namespace) -> int:
    store, words = _store(), Words(arguments.language)
    kind = WeightKind(arguments.weights)
    report = review.weights(store, arguments.slug, kind, actor=OPERATOR, language=arguments.language)
    if arguments.json:
        print(json.dumps(None if report is None else asdict(report), ensure_ascii=False, indent=2))
    else:
        print(method_words.weight_name(kind, words))
        print(*(() if report is None else method_words.weight_lines(report, words)), sep="\n")
    return 0


def _report(arguments: argparse.Namespace) -> int:
    store, now = _store(), datetime.now(UTC)
    file = take_away.dashboard_file(
        store,
        arguments.slug,
        arguments.format,
        actor=OPERATOR,
        words=Words(arguments.language),
        filters=_filters(arguments.filter, arguments.snapshot),
        now=now,
        by=arguments.by,
        method=_method(arguments),
        audience=Audience(arguments.audience),
        template=_template(arguments.template),
        numbers=Numbers(arguments.numbers or Numbers.DOCUMENTS),
    )
    take_away.record(store, file.name, actor=OPERATOR, now=now)
    _write(arguments.out, file.content)
    result = {"file": str(arguments.out), "size_bytes": len(file.content), "audience": arguments.audience}
    print(json.dumps(result) if arguments.json else f"{arguments.out}: {len(file.content)} bytes")
    return 0


def _reports(arguments: argparse.Namespace) -> int:
    found = reports.listed(_store(), arguments.slug, actor=OPERATOR)
    if arguments.json:
        rows = [{"report": each.id, "title": each.title, "language": each.language} for each in found]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for each in found:
        print(each.id, each.language, f"{each.updated_at:%Y-%m-%d %H:%M}", each.updated_by, each.title, sep="  ")
    return 0


def _check_report(arguments: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    found = reports.check_report(_store(), arguments.slug, arguments.report, actor=OPERATOR, now=now)
    if arguments.json:
        rows = [{**asdict(each), "params": {name: str(value) for name, value in each.params.items()}} for each in found]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _tell(found)
    return 1 if found else 0


def _tell(problems: Sequence[reports.Problem]) -> None:
    for each in problems:
        print(reports.problem_line(each, Words("en")))


def _compose(arguments: argparse.Namespace) -> int:
    store, now = _store(), datetime.now(UTC)
    try:
        file = reports.report_file(
            store,
            arguments.slug,
            arguments.report,
            arguments.format,
            actor=OPERATOR,
            now=now,
            template=_template(arguments.template),
            numbers=Numbers(arguments.numbers) if arguments.numbers else None,
        )
    except Faulty as error:
        _tell([each for each in error.details if isinstance(each, reports.Problem)])
        raise
    take_away.record(store, file.name, actor=OPERATOR, now=now)
    _write(arguments.out, file.content)
    result = {"file": str(arguments.out), "size_bytes": len(file.content)}
    print(json.dumps(result) if arguments.json else f"{arguments.out}: {len(file.content)} bytes")
    return 0


def _snapshot(arguments: argparse.Namespace) -> int:
    store = _store()
    taken = snapshots.take(store, arguments.slug, actor=OPERATOR, now=datetime.now(UTC), note=arguments.note)
    if arguments.json:
        print(json.dumps({**_of_snapshot(taken.record), "new": taken.is_new}, ensure_ascii=False, indent=2))
    else:
        was = "frozen" if taken.is_new else f"frozen before, {taken.record.taken_at:%Y-%m-%d %H:%M} UTC"
        print(f"{taken.record.sha256}: {taken.record.replies} replies, {was}")
    return 0


def _snapshots(arguments: argparse.Namespace) -> int:
    found = snapshots.listed(_store(), arguments.slug, actor=OPERATOR)
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
    store, now = _store(), datetime.now(UTC)
    found = snapshots.recompute(store, arguments.snapshot, actor=OPERATOR, now=now)
    if arguments.out is not None:
        take_away.record(store, arguments.out.name, actor=OPERATOR, now=now)
        try:
            arguments.out.write_bytes(found.figures)
        except OSError as error:
            raise Unavailable("report.unwritable", path=str(arguments.out), reason=error.strerror or "") from None
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
        _store(),
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


def _write_slope(both: tuple[Wave, Wave], question: str, out: Path, audience: Audience, words: Words) -> None:
    """The slope as a file, in the format of its ending."""
    store, now, kind = _store(), datetime.now(UTC), out.suffix.removeprefix(".")
    file = slope_file(store, both, question, kind, actor=OPERATOR, words=words, audience=audience, now=now)
    take_away.record(store, out.name, actor=OPERATOR, now=now)
    _write(out, file.content)


def _frame(arguments: argparse.Namespace) -> int:
    store = _store()
    found = review.frame(store, arguments.slug, actor=OPERATOR, language=arguments.language, repeat=arguments.repeat)
    take_away.record(store, arguments.out.name, actor=OPERATOR, now=datetime.now(UTC))
    try:
        found.to_parquet(arguments.out)
    except OSError as error:
        raise Unavailable("report.unwritable", path=str(arguments.out), reason=error.strerror or "") from None
    result = {"file": str(arguments.out), "rows": len(found), "columns": len(found.columns)}
    print(json.dumps(result) if arguments.json else f"{arguments.out}: {len(found)} rows, {len(found.columns)} columns")
    return 0


def _data(arguments: argparse.Namespace) -> int:
    store, now, words = _store(), datetime.now(UTC), Words(arguments.language)
    chosen = {"words": words, "filters": _filters(arguments.filter), "questions": arguments.question, "now": now}
    audience = Audience(arguments.audience or (Audience.INTERNAL if arguments.answers else Audience.MEETING))
    if arguments.answers:
        if arguments.by or audience is not Audience.INTERNAL:
            raise InvalidInput("data.answers_internal")
        file = data_out.answers_file(
            store,
            arguments.slug,
            arguments.format,
            actor=OPERATOR,
            names=arguments.names,
            texts=arguments.texts,
            **chosen,
        )
    else:
        if arguments.names or arguments.texts:
            raise InvalidInput("data.only_answers")
        file = data_out.figures_file(
            store, arguments.slug, arguments.format, actor=OPERATOR, by=arguments.by, audience=audience, **chosen
        )
    take_away.record(store, file.name, actor=OPERATOR, now=now)
    _write(arguments.out, file.content)
    result = {"file": str(arguments.out), "size_bytes": len(file.content), "audience": str(audience)}
    print(json.dumps(result) if arguments.json else f"{arguments.out}: {len(file.content)} bytes")
    return 0


def _chart(arguments: argparse.Namespace) -> int:
    file = take_away.chart_file(
        _store(),
        arguments.slug,
        arguments.question,
        arguments.format,
        actor=OPERATOR,
        words=Words(arguments.language),
        filters=_filters(arguments.filter, arguments.snapshot),
        now=datetime.now(UTC),
        by=arguments.by,
        method=_method(arguments),
        audience=Audience(arguments.audience),
        look=_look(arguments),
    )
    return _taken(arguments, file.name, [file.content])


def _charts(arguments: argparse.Namespace) -> int:
    file = take_away.charts_zip(
        _store(),
        arguments.slug,
        arguments.format or ["png"],
        actor=OPERATOR,
        words=Words(arguments.language),
        filters=_filters(arguments.filter, arguments.snapshot),
        now=datetime.now(UTC),
        by=arguments.by,
        method=_method(arguments),
        audience=Audience(arguments.audience),
        look=_look(arguments),
    )
    return _taken(arguments, file.name, file.pieces)


def _check(arguments: argparse.Namespace) -> int:
    """Status 1 when a figure differs or a view cannot be asked for again."""
    store = _store()
    found = homecoming.check(store, _read(arguments.file), actor=OPERATOR, now=datetime.now(UTC))
    if arguments.json:
        print(json.dumps([_view_document(each) for each in found.views], ensure_ascii=False, indent=2))
    else:
        for each in found.views:
            name = " ".join(part for part in (each.consultation, each.question, each.by and f"by {each.by}") if part)
            print(f"{name or '-'}: {each.verdict}" + (f" ({in_english(each.error, MESSAGES)})" if each.error else ""))
            for move in each.moved:
                print(f"  {move.category} · {move.series}: {move.before or '-'} -> {move.after or '-'}")
    kept = (homecoming.Verdict.HOLDS, homecoming.Verdict.SAME)
    return 0 if all(each.verdict in kept for each in found.views) else 1


def _view_document(view: homecoming.View) -> dict[str, object]:
    return {
        "verdict": str(view.verdict),
        "consultation": view.consultation,
        "question": view.question,
        "by": view.by,
        "filters": view.filters.as_mapping(),
        "language": view.language,
        "snapshot": view.snapshot,
        "frozen": view.frozen,
        "moved": [asdict(each) for each in view.moved],
        "error": view.error.code if view.error else "",
    }


def _template(path: Path | None) -> Template | None:
    return None if path is None else open_template(_read(path))


def _refresh(arguments: argparse.Namespace) -> int:
    store = _store()
    content = _read(arguments.file)
    is_document = opened.open_file(content).kind == "docx"
    deck, charts = homecoming.refresh(store, content, actor=OPERATOR, now=datetime.now(UTC))
    take_away.record(store, arguments.out.name, actor=OPERATOR, now=datetime.now(UTC))
    _write(arguments.out, deck)
    if arguments.json:
        told = [
            {
                "slide": each.place,
                "title": each.title,
                "moved": [asdict(move) for move in each.moved],
                "unknown": each.unknown,
                "added": each.added,
                "error": each.error.code if each.error else "",
            }
            for each in charts
        ]
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    for each in charts:
        result = in_english(each.error, MESSAGES) if each.error else f"{len(each.moved)} figures replaced"
        print(f"{'chart' if is_document else 'slide'} {each.place} ({each.title}): {result}")
        for name, label in ((each.unknown, "not in the question any more"), (each.added, "not in the chart")):
            if name:
                print(f"  {label}: {'; '.join(name)}")
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable("returned.no_file", path=str(path), reason=error.strerror or "") from None


def _look(arguments: argparse.Namespace) -> Look:
    return Look(size=size_of(arguments.size), scale=scale_of(arguments.scale))


def _taken(arguments: argparse.Namespace, name: str, pieces: Iterable[bytes]) -> int:
    """The file is written, and the log says that it was taken away."""
    take_away.record(_store(), name, actor=OPERATOR, now=datetime.now(UTC))
    size = 0
    try:
        with arguments.out.open("wb") as target:
            for piece in pieces:
                size += target.write(piece)
    except OSError as error:
        raise Unavailable("report.unwritable", path=str(arguments.out), reason=error.strerror or "") from None
    result = {"file": str(arguments.out), "size_bytes": size, "audience": arguments.audience}
    print(json.dumps(result) if arguments.json else f"{arguments.out}: {size} bytes")
    return 0


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Unavailable("report.unwritable", path=str(path), reason=error.strerror or "") from None


def _estimate(arguments: argparse.Namespace) -> int:
    store, words = _store(), Words(arguments.language)
    found = review.estimate(
        store,
        arguments.slug,
        arguments.question,
        actor=OPERATOR,
        audience=Audience(arguments.audience),
        language=arguments.language,
        now=datetime.now(UTC),
    )
    if arguments.json:
        print(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
        return 0
    kinds = [method_words.interval_name(kind) for kind in IntervalKind]
    print("option", "count", "share", *kinds, "whole frame, exact", "all silent no, yes", "by region", sep="\t")
    for each in found:
        if each.count is None:
            print(each.label, wording.hidden(words), sep="\t")
            continue
        spans = [_span(each.intervals.get(kind.value)) for kind in IntervalKind]
        whole, strata = each.whole, each.stratified
        print(
            each.label,
            each.count,
            "" if each.share is None else f"{each.share:.4f}",
            *spans,
            "" if whole is None else f"{whole.low}-{whole.high} of {whole.frame}",
            "" if whole is None else f"{whole.worst}-{whole.best}",
            "" if strata is None else f"{strata.share:.4g} ({strata.standard_error:.4g}) {_span(strata.bounds)}",
            sep="\t",
        )
    return 0


def _ledger(arguments: argparse.Namespace) -> int:
    found = ledger.releases(_store(), arguments.slug, actor=OPERATOR)
    if arguments.json:
        rows = [
            {name: getattr(each, name) for name in type(each).__dataclass_fields__}
            | {"at": each.at.isoformat(), "scope": each.scope.as_mapping()}
            for each in found
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for each in found:
        part = [f"{name}={'+'.join(codes)}" for name, codes in each.scope.as_mapping().items()]
        view = " ".join([*part, *(f"{name}={'+'.join(codes)}" for name, codes in each.filters)]) or "all"
        reasons = Counter(str(reason) for *_, reason in each.hidden)
        hidden = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())) or "nothing"
        told = f"; {each.exposed} small groups told before" if each.exposed else ""
        by = f" by {each.by}" if each.by else ""
        print(
            f"{each.at:%Y-%m-%d %H:%M}  {each.audience}  {each.question}{by}  {view}  "
            f"hidden: {hidden}{told}  {each.actor}  {snapshot.shown(each.state)}"
        )
    return 0


def _span(bounds: Bounds | None) -> str:
    return "" if bounds is None else f"{bounds.low:.4f}-{bounds.high:.4f}"


def _change(bounds: Bounds | None, digits: int) -> str:
    return "" if bounds is None else f"{bounds.low:+.{digits}f} to {bounds.high:+.{digits}f}"


def _trend(arguments: argparse.Namespace) -> int:
    found = review.trend(
        _store(),
        arguments.slug,
        arguments.later,
        arguments.question,
        actor=OPERATOR,
        audience=Audience(arguments.audience),
        language=arguments.language,
        now=datetime.now(UTC),
        matched=arguments.matched,
        correction=Correction(arguments.correction),
    )
    if arguments.out:
        both = (Wave(slug=arguments.slug), Wave(slug=arguments.later))
        _write_slope(both, arguments.question, arguments.out, Audience(arguments.audience), Words(arguments.language))
    if arguments.json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        return 0
    hidden = wording.hidden(Words(arguments.language))
    digits = 4 if Audience(arguments.audience) is Audience.INTERNAL else 2
    print(f"n = {found.first_n or hidden}, later {found.last_n or hidden}")
    if found.detectable is not None:
        print(f"smallest change found with 80 % power: {found.detectable:.3f}")
    print("option", "earlier", "later", "change", "95 %", "p", f"p ({found.correction.value})", sep="\t")
    for each in found.changes:
        if each.difference is None:
            print(each.label, hidden, sep="\t")
            continue
        p = ["" if value is None else f"{value:.4g}" for value in (each.p, each.adjusted)]
        shares = (f"{each.before:.{digits}f}", f"{each.after:.{digits}f}", f"{each.difference:+.{digits}f}")
        print(each.label, *shares, _change(each.bounds, digits), *p, sep="\t")
    return 0


def _agreement(arguments: argparse.Namespace) -> int:
    try:
        content = arguments.file.read_bytes()
    except OSError as error:
        raise Unavailable("agreement.no_file", path=str(arguments.file), reason=error.strerror or "") from None
    found = coders.agreement(content, coders.Metric(arguments.metric))
    if arguments.json:
        print(json.dumps(asdict(found), indent=2))
        return 0
    for name, each in (("Krippendorff's alpha", found.alpha), ("Cohen's kappa", found.kappa)):
        if each is not None:
            bounds = "" if each.low is None or each.high is None else f" (95 %: {each.low:.3f} to {each.high:.3f})"
            print(f"{name}: {each.value:.3f}{bounds}, {each.units} units")
    return 0


def _add_choice(parser: argparse.ArgumentParser, name: str, kinds: type[StrEnum], default: StrEnum, told: str) -> None:
    choices = [str(kind) for kind in kinds]
    parser.add_argument(name, choices=choices, default=str(default), help=f"{told}; {default} unless told otherwise")


def _add_method(parser: argparse.ArgumentParser) -> None:
    _add_choice(parser, "--weights", WeightKind, PLAIN.weights, "whose voice counts how much")
    _add_choice(parser, "--interval", IntervalKind, PLAIN.interval, "by whose method shares are bounded")
    parser.add_argument("--letters", action="store_true", help="compare the columns of --by, option by option")
    _add_choice(parser, "--correction", Correction, PLAIN.correction, "for the many comparisons of --letters")
    parser.add_argument("--join", action="store_true", help="join the ballots of a ranking into one order")
    _add_choice(parser, "--unranked", Unranked, PLAIN.unranked, "items that a ranking leaves out")
    _add_choice(parser, "--strength", Strength, PLAIN.strength, "the variant of Schulze's method")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0 done, 1 could not be done, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    table_parser = commands.add_parser("table", help="figures of one question")
    table_parser.add_argument(
        "--question", required=True, metavar="Q", help="name of a question or of a battery's group"
    )
    table_parser.add_argument("--by", default="", metavar="V", help="variable whose values become columns")
    _add_method(table_parser)
    table_parser.set_defaults(run=_table)
    headlines_parser = commands.add_parser("headlines", help="what each question says, as a sentence")
    headlines_parser.add_argument("--by", default="", metavar="V", help="say where it is highest and lowest, by this")
    headlines_parser.add_argument(
        "--strongest", type=_positive, default=0, metavar="N", help="only the N strongest findings, the strongest first"
    )
    headlines_parser.set_defaults(run=_headlines)
    groups_parser = commands.add_parser("groups", help="groups of opinion in a battery, if there are any")
    groups_parser.set_defaults(run=_groups)
    weights_parser = commands.add_parser("weights", help="weights of the replies, and what they cost")
    _add_choice(weights_parser, "--weights", WeightKind, WeightKind.RAKED, "which weights")
    weights_parser.set_defaults(run=_weights)
    estimate_parser = commands.add_parser("estimate", help="every interval of a question's shares, and the whole frame")
    estimate_parser.add_argument("--question", required=True, metavar="Q", help="name of a question of choices")
    estimate_parser.set_defaults(run=_estimate)
    trend_parser = commands.add_parser("trend", help="how a question changed from one consultation to a later one")
    trend_parser.add_argument("--question", required=True, metavar="Q", help="name of a question of choices")
    trend_parser.add_argument("--matched", action="store_true", help="only who answered both, by organisation")
    _add_choice(trend_parser, "--correction", Correction, PLAIN.correction, "for the many options")
    told = f"also draw it as a slope: {', '.join(SLOPE_FORMATS)}"
    trend_parser.add_argument("--out", type=Path, metavar="FILE", help=told)
    trend_parser.set_defaults(run=_trend)
    agreement_parser = commands.add_parser("agreement", help="how far coders agree, from a CSV file")
    agreement_parser.add_argument("file", type=Path, metavar="FILE.csv", help="a column of units, then one per coder")
    _add_choice(agreement_parser, "--metric", coders.Metric, coders.Metric.NOMINAL, "how far two codes are apart")
    agreement_parser.add_argument("--json", action="store_true", help="print one JSON document")
    agreement_parser.set_defaults(run=_agreement)
    report_parser = commands.add_parser("report", help="the whole dashboard as a file")
    report_parser.add_argument("--format", required=True, choices=list(DASHBOARD_FORMATS))
    report_parser.add_argument("--out", required=True, type=Path, metavar="FILE")
    told = "a tab book: every question compared by this variable; may be given repeatedly"
    report_parser.add_argument("--by", action="append", default=[], metavar="V", help=told)
    _add_method(report_parser)
    report_parser.set_defaults(run=_report)
    chart_parser = commands.add_parser("chart", help="one chart as a picture, a web page or its numbers")
    chart_parser.add_argument("--format", default="png", metavar="FORMAT", help=", ".join(CHART_FORMATS))
    chart_parser.add_argument("--by", default="", metavar="V", help="compare by the values of this variable")
    chart_parser.set_defaults(run=_chart)
    charts_parser = commands.add_parser("charts", help="every chart and its numbers as a zip")
    told = ", ".join(CHART_FORMATS)
    charts_parser.add_argument("--format", action="append", default=[], metavar="FORMAT", help=f"{told}; repeatable")
    charts_parser.add_argument("--by", action="append", default=[], metavar="V", help="compare every question by this")
    charts_parser.set_defaults(run=_charts)
    for each in (chart_parser, charts_parser):
        each.add_argument("--size", default=str(Size.PLAIN), metavar="SIZE", help=", ".join(Size))
        each.add_argument("--scale", default=str(DEFAULT_SCALE), metavar="N", help="pixels of a PNG for one: 1 to 4")
        each.add_argument("--out", required=True, type=Path, metavar="FILE")
        _add_method(each)
    reports_parser = commands.add_parser("reports", help="the reports that were put together, with their numbers")
    reports_parser.set_defaults(run=_reports)
    check_parser = commands.add_parser("check-report", help="what keeps a report from being handed over")
    check_parser.set_defaults(run=_check_report)
    compose_parser = commands.add_parser("compose", help="a report that was put together, as a file")
    compose_parser.add_argument("--format", required=True, choices=list(DASHBOARD_FORMATS))
    compose_parser.add_argument("--out", required=True, type=Path, metavar="FILE")
    compose_parser.set_defaults(run=_compose)
    told = "a .pptx or .docx of your own whose layouts, styles, letters and colours the file takes over"
    for each in (report_parser, compose_parser):
        each.add_argument("--template", type=Path, metavar="FILE", help=told)
        where = "where charts are followed by their numbers: in documents only, on slides too, nowhere"
        each.add_argument("--numbers", choices=[str(kind) for kind in Numbers], help=where)
    for each in (reports_parser, check_parser, compose_parser):
        each.add_argument("slug", metavar="SLUG")
        each.add_argument("--json", action="store_true", help="print one JSON document")
    for each in (check_parser, compose_parser):
        each.add_argument("report", type=int, metavar="REPORT", help="its number, as the command reports tells it")
    check_file = commands.add_parser("check", help="whether the figures of a file that was taken away still hold")
    check_file.add_argument("file", type=Path, metavar="FILE")
    check_file.set_defaults(run=_check)
    refresh_parser = commands.add_parser("refresh", help="a deck or document that was worked on, with present figures")
    refresh_parser.add_argument("file", type=Path, metavar="FILE")
    refresh_parser.add_argument("--out", required=True, type=Path, metavar="FILE")
    refresh_parser.set_defaults(run=_refresh)
    for each in (check_file, refresh_parser):
        each.add_argument("--json", action="store_true", help="print one JSON document")
    snapshot_parser = commands.add_parser("snapshot", help="freeze the present state under its SHA-256")
    snapshot_parser.add_argument("--note", default="", help="what it is taken for")
    snapshot_parser.set_defaults(run=_snapshot)
    snapshots_parser = commands.add_parser("snapshots", help="the frozen states of a consultation")
    snapshots_parser.set_defaults(run=_snapshots)
    compare_parser = commands.add_parser("compare", help="which replies and figures differ between two frozen states")
    compare_parser.add_argument("before", metavar="A", help="digits of its SHA-256, at least eight")
    compare_parser.add_argument("after", metavar="B", help="digits of its SHA-256, at least eight")
    compare_parser.add_argument("--language", default="en", help="tag of the language of labels")
    told = f"also draw a question as a slope, as a meeting may see it: {', '.join(SLOPE_FORMATS)}"
    compare_parser.add_argument("--slope", nargs=2, metavar=("Q", "FILE"), help=told)
    compare_parser.set_defaults(run=_compare)
    recompute_parser = commands.add_parser("recompute", help="make the figures of a frozen state again, and prove them")
    recompute_parser.add_argument("snapshot", metavar="HASH", help="digits of its SHA-256, at least eight")
    recompute_parser.add_argument("--out", type=Path, metavar="FILE.json", help="write all figures (unprotected)")
    recompute_parser.set_defaults(run=_recompute)
    for each in (snapshot_parser, snapshots_parser):
        each.add_argument("slug", metavar="SLUG")
    for each in (snapshot_parser, snapshots_parser, compare_parser, recompute_parser):
        each.add_argument("--json", action="store_true", help="print one JSON document")
    frame_parser = commands.add_parser("frame", help="every reply as a row of a labelled table (unprotected)")
    frame_parser.add_argument("--out", required=True, type=Path, metavar="FILE.parquet")
    frame_parser.add_argument("--repeat", default="", metavar="NAME", help="instead, each instance of this repeat")
    frame_parser.set_defaults(run=_frame)
    ledger_parser = commands.add_parser("ledger", help="every table that was shown to a meeting or the public")
    ledger_parser.set_defaults(run=_ledger, language="en")
    ledger_parser.add_argument("slug", metavar="SLUG")
    ledger_parser.add_argument("--json", action="store_true", help="print one JSON document")
    data_parser = commands.add_parser("data", help="a zip for statistical programs: protected figures, or answers")
    data_parser.add_argument("--format", required=True, choices=list(DATA_FORMATS))
    data_parser.add_argument("--out", required=True, type=Path, metavar="FILE.zip")
    data_parser.add_argument("--question", action="append", default=[], metavar="Q", help="only this; may be repeated")
    data_parser.add_argument("--by", default="", metavar="V", help="compare figures by the values of this variable")
    data_parser.add_argument("--answers", action="store_true", help="every reply as a row instead (unprotected)")
    data_parser.add_argument("--names", action="store_true", help="answers with names of organisations and places")
    data_parser.add_argument("--texts", action="store_true", help="answers with what is answered in words")
    data_parser.add_argument("--audience", choices=[str(a) for a in Audience], help="of figures; meeting unless told")
    data_parser.set_defaults(run=_data)
    published_commands.add(commands)
    for each in (table_parser, report_parser, data_parser, headlines_parser, chart_parser, charts_parser):
        each.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help="may be given repeatedly")
    for each in (table_parser, report_parser, headlines_parser, chart_parser, charts_parser):
        each.add_argument("--snapshot", default="", metavar="HASH", help="of this frozen state instead of the present")
    for each in (
        table_parser,
        report_parser,
        estimate_parser,
        trend_parser,
        groups_parser,
        headlines_parser,
        chart_parser,
        charts_parser,
    ):
        each.add_argument("--audience", choices=[str(a) for a in Audience], default=str(Audience.MEETING))
    for each in (
        table_parser,
        weights_parser,
        estimate_parser,
        report_parser,
        data_parser,
        frame_parser,
        trend_parser,
        groups_parser,
        headlines_parser,
        chart_parser,
        charts_parser,
    ):
        each.add_argument("slug", metavar="SLUG")
        each.add_argument("--language", default="en", help="tag of the language of labels")
        each.add_argument("--json", action="store_true", help="print one JSON document")
    chart_parser.add_argument("question", metavar="QUESTION", help="name of a question or of a battery's group")
    groups_parser.add_argument("question", metavar="QUESTION", help="name of a battery's group")
    trend_parser.add_argument("later", metavar="LATER", help="the later consultation")
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except SoundingsError as error:
        print(in_english(error, MESSAGES), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(to_the_end(main))
