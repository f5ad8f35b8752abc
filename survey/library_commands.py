"""`python -m survey library`: the blocks of questions, and one of them put into a questionnaire's file."""

import argparse
import json
from pathlib import Path

from data.errors import InvalidInput
from survey.form_commands import write_form
from survey.library.adding import Added, add_block
from survey.library.blocks import Block, block, blocks
from survey.xlsform.rows import MAX_ROWS
from survey.xlsform.sheets import read_sheets


def declare(parser: argparse.ArgumentParser) -> None:
    """Arguments of library."""
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="of the block to add")
    parser.add_argument("--list", action="store_true", help="list the blocks, as without any argument")
    parser.add_argument("--into", type=Path, metavar="FORM", help="the questionnaire; without it, the block alone")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the new file: .xlsx, .zip, .md or a folder")
    parser.add_argument("--after", type=int, default=MAX_ROWS, metavar="ROW", help="below the section of this row")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Lists the blocks, or writes a questionnaire with one of them."""
    if arguments.list or not arguments.name:
        _print_blocks(arguments)
        return 0
    chosen = block(arguments.name)
    if arguments.out is None:
        raise InvalidInput("block.no_out")
    if arguments.into is None:
        written = write_form(chosen.sheets, arguments.out)
        _print({"written": [str(path) for path in written]}, arguments)
        return 0
    added = add_block(read_sheets(arguments.into), chosen.sheets, after=arguments.after)
    written = write_form(added.sheets, arguments.out)
    _print({**_told(added), "written": [str(path) for path in written]}, arguments)
    return 0


def _print_blocks(arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps([_described(each) for each in blocks()], ensure_ascii=False, indent=2))
        return
    for each in blocks():
        print(f"{each.name:<22} {each.title}: {', '.join(each.questions)}")


def _described(each: Block) -> dict[str, object]:
    return {"name": each.name, "title": each.title, "questions": list(each.questions)}


def _told(added: Added) -> dict[str, object]:
    return {
        "rows": list(added.rows),
        "renamed": dict(added.names),
        "renamed_lists": dict(added.lists),
        "shared_lists": list(added.shared),
        "missing_languages": [language.tag for language in added.missing_languages],
    }


def _print(document: dict[str, object], arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for name, value in document.items():
        if isinstance(value, dict):
            value = [f"{old}={new}" for old, new in value.items()]
        print(f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
