"""Commands about invited organisations, for `python -m survey`: they act as the local operator."""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from data.errors import InvalidInput, NotFound
from survey import invitations
from survey.access import OPERATOR
from survey.commands import operator_store
from survey.contact_lists import COLUMNS, guessed_columns, read_contacts


def declare_import_frame(parser: argparse.ArgumentParser) -> None:
    """Arguments of import-frame."""
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("file", type=Path, metavar="FILE", help=".csv, .xlsx or .xls with one organisation a row")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="COLUMN=HEADING",
        help=f"which heading means {', '.join(COLUMNS)}; those not given are guessed; COLUMN= leaves one out",
    )
    parser.add_argument("--preview", action="store_true", help="print what each row would become, and write nothing")
    parser.add_argument("--add-similar", action="store_true", help="add also what may be there under another name")
    parser.add_argument("--update", action="store_true", help="take over what is told anew of those on the list")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def import_frame(arguments: argparse.Namespace) -> int:
    """Adds the organisations of a file to the contact frame, without those that may be there already."""
    store = operator_store()
    table = read_contacts(_content(arguments.file), arguments.file.name)
    columns = guessed_columns(table.headers)
    for pair in arguments.column:
        column, sign, heading = pair.partition("=")
        if not sign or column not in COLUMNS:
            raise InvalidInput("frame.unknown_heading", column=column, heading=heading)
        columns[column] = heading
    found = invitations.preview_frame(store, arguments.slug, table, columns, actor=OPERATOR)
    doubtful = [row for row in found if row.is_doubtful]
    if arguments.preview:
        document: dict[str, object] = {"columns": columns, "rows": [asdict(row) for row in found]}
        if arguments.json:
            print(json.dumps(document, ensure_ascii=False, indent=2))
            return 0
        print("\n".join(f"{column}: {heading}" for column, heading in columns.items() if heading))
    else:
        chosen = [row.cells for row in found if arguments.add_similar or not row.is_doubtful]
        added, present = invitations.import_frame(
            store, arguments.slug, chosen, actor=OPERATOR, now=datetime.now(UTC), update=arguments.update
        )
        left = 0 if arguments.add_similar else len(doubtful)
        if arguments.json:
            print(json.dumps({"added": added, "present": present, "left_out": left}))
            return 0
        print(f"added: {added}\npresent: {present}\nleft_out: {left}")
    for row in found:
        if row.is_doubtful:
            other = row.similar or row.shared
            print(f"row {row.number}: {row.cells['organisation']} may be {other}")
        if row.unknown:
            print(f"row {row.number}: not understood: {', '.join(row.unknown)}")
    return 0


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound("file.unreadable", path=str(path), reason=error.strerror or "") from None
