"""`python -m analysis`: figures of a question as a table or document, and the report; acts as the local operator."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from analysis import ledger, review, take_away
from analysis.charts import wording
from analysis.dataset import snapshot
from analysis.disclosure import Audience, Suppressed
from analysis.findings.table import table_document
from analysis.report import table
from analysis.review import Filters
from analysis.words import MESSAGES
from data.console import to_the_end
from data.errors import InvalidInput, SoundingsError, Unavailable
from data.settings import read_settings
from data.store import Store, open_store
from data.words import in_english
from survey.access import OPERATOR
from survey.translator import Words


def _store() -> Store:
    return open_store(read_settings())


def _filters(pairs: Sequence[str]) -> Filters:
    chosen: dict[str, list[str]] = {}
    for pair in pairs:
        name, sign, code = pair.partition("=")
        if not sign or not name or not code:
            raise InvalidInput("filter.unreadable", text=pair)
        chosen.setdefault(name, []).append(code)
    return Filters.of(chosen)


def _table(arguments: argparse.Namespace) -> int:
    store, now, words = _store(), datetime.now(UTC), Words(arguments.language)
    card = review.card(
        store,
        arguments.slug,
        arguments.question,
        actor=OPERATOR,
        audience=Audience(arguments.audience),
        language=arguments.language,
        filters=_filters(arguments.filter),
        by=arguments.by,
        now=now,
    )
    if arguments.json:
        document = table_document(card, review.digest(store, arguments.slug, actor=OPERATOR))
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    shown = table.tabulate(card, words)
    has_hidden = any(isinstance(value, Suppressed) for row in shown.rows for value in row)
    print(card.label, wording.base_line(card, words), *wording.note_lines(card, words, has_hidden=has_hidden), sep="\n")
    print("\t".join(column.head for column in shown.columns))
    for row in shown.rows:
        print("\t".join(table.written(v, c.unit, words) for v, c in zip(row, shown.columns, strict=True)))
    print(wording.source_line(card.source, words))
    return 0


def _report(arguments: argparse.Namespace) -> int:
    store, now = _store(), datetime.now(UTC)
    file = take_away.dashboard_file(
        store,
        arguments.slug,
        arguments.format,
        actor=OPERATOR,
        words=Words(arguments.language),
        filters=_filters(arguments.filter),
        now=now,
        audience=Audience(arguments.audience),
    )
    take_away.record(store, file.name, actor=OPERATOR, now=now)
    try:
        arguments.out.write_bytes(file.content)
    except OSError as error:
        raise Unavailable("report.unwritable", path=str(arguments.out), reason=error.strerror or "") from None
    result = {"file": str(arguments.out), "size_bytes": len(file.content), "audience": arguments.audience}
    print(json.dumps(result) if arguments.json else f"{arguments.out}: {len(file.content)} bytes")
    return 0


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


def _ledger(arguments: argparse.Namespace) -> int:
    found = ledger.releases(_store(), arguments.slug, actor=OPERATOR)
    if arguments.json:
        rows = [
            {name: getattr(each, name) for name in type(each).__dataclass_fields__} | {"at": each.at.isoformat()}
            for each in found
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for each in found:
        view = " ".join(f"{name}={'+'.join(codes)}" for name, codes in each.filters) or "all"
        reasons = Counter(str(reason) for *_, reason in each.hidden)
        hidden = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())) or "nothing"
        told = f"; {each.exposed} small groups told before" if each.exposed else ""
        by = f" by {each.by}" if each.by else ""
        print(
            f"{each.at:%Y-%m-%d %H:%M}  {each.audience}  {each.question}{by}  {view}  "
            f"hidden: {hidden}{told}  {each.actor}  {snapshot.shown(each.state)}"
        )
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0 done, 1 could not be done, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    table_parser = commands.add_parser("table", help="figures of one question")
    table_parser.add_argument(
        "--question", required=True, metavar="Q", help="name of a question or of a battery's group"
    )
    table_parser.add_argument("--by", default="", metavar="V", help="variable whose values become columns")
    table_parser.set_defaults(run=_table)
    report_parser = commands.add_parser("report", help="the whole dashboard as a file")
    report_parser.add_argument("--format", required=True, choices=["pptx", "xlsx"])
    report_parser.add_argument("--out", required=True, type=Path, metavar="FILE")
    report_parser.set_defaults(run=_report)
    frame_parser = commands.add_parser("frame", help="every reply as a row of a labelled table (unprotected)")
    frame_parser.add_argument("--out", required=True, type=Path, metavar="FILE.parquet")
    frame_parser.add_argument("--repeat", default="", metavar="NAME", help="instead, each instance of this repeat")
    frame_parser.set_defaults(run=_frame)
    ledger_parser = commands.add_parser("ledger", help="every table that was shown to a meeting or the public")
    ledger_parser.set_defaults(run=_ledger, language="en")
    ledger_parser.add_argument("slug", metavar="SLUG")
    ledger_parser.add_argument("--json", action="store_true", help="print one JSON document")
    for each in (table_parser, report_parser):
        each.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE", help="may be given repeatedly")
        each.add_argument("--audience", choices=[str(a) for a in Audience], default=str(Audience.MEETING))
    for each in (table_parser, report_parser, frame_parser):
        each.add_argument("slug", metavar="SLUG")
        each.add_argument("--language", default="en", help="tag of the language of labels")
        each.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except SoundingsError as error:
        print(in_english(error, MESSAGES), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(to_the_end(main))
