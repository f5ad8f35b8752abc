"""Commands about files of questionnaires, for `python -m survey`: other formats, and the way to translators and back.

They touch no database. What is written and read is for `survey.xlsform`.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from data.errors import InvalidInput, NotFound
from survey.words import filled
from survey.xlsform.sheets import Sheets, read_sheets
from survey.xlsform.text_files import attached, to_csv_files, to_markdown
from survey.xlsform.translation_files import FileFormat, delivered, export
from survey.xlsform.translation_import import TakenIn, take_in
from survey.xlsform.translation_memory import TranslationMemory, memory_from_json, memory_in, with_memory
from survey.xlsform.translations import Progress, progress
from survey.xlsform.workbook_writer import to_archive, to_workbook

_FORM = ".xlsx, .xls, .zip, .md or a folder of .csv files"
_TRANSLATIONS = """examples:
  export FORM --language fr --out fr.xlsx      the texts for a translator into French
  export FORM --language ar --format xliff --out ar.xlf
  import FORM fr.xlsx --out NEWFORM.xlsx       the form with the translation in it
  progress FORM --json                         how far every language is

NEWFORM keeps in a hidden sheet from which source text each translation was made, so that a changed source is told;
--memory MEMORY.json keeps it in a file of its own as well. --language says which language an imported file must be in.
"""


def declare_convert(parser: argparse.ArgumentParser) -> None:
    """Arguments of convert."""
    parser.add_argument("form", type=Path, metavar="FORM", help=_FORM)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help=".xlsx, .zip (with attached files), .md, or a folder"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def convert(arguments: argparse.Namespace) -> int:
    """Writes a questionnaire in another format, with every column and row; says which files it wrote."""
    written = write_form(read_sheets(arguments.form), arguments.out)
    _print({"written": [str(path) for path in written]}, arguments)
    return 0


def declare_translations(parser: argparse.ArgumentParser) -> None:
    """Arguments of translations and of its three actions."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _TRANSLATIONS
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    sending = actions.add_parser("export", help="write the texts for the translators into one language")
    sending.add_argument("form", type=Path, metavar="FORM", help=_FORM)
    sending.add_argument("--language", required=True, metavar="TAG", help="code of the language, such as fr or pt-BR")
    sending.add_argument("--format", choices=("xlsx", "xliff"), default="xlsx", help="a workbook, or XLIFF 1.2")
    taking = actions.add_parser("import", help="fill a translator's file into the questionnaire")
    taking.add_argument("form", type=Path, metavar="FORM", help=_FORM)
    taking.add_argument("file", type=Path, metavar="FILE", help="the translator's .xlsx or XLIFF file")
    taking.add_argument("--language", default="", metavar="TAG", help="refuse the file unless it is in this language")
    for action in (sending, taking):
        action.add_argument("--out", type=Path, required=True, metavar="FILE")
    counting = actions.add_parser("progress", help="say how far every language is")
    counting.add_argument("form", type=Path, metavar="FORM", help=_FORM)
    for action in (sending, taking, counting):
        action.add_argument(
            "--memory", type=Path, metavar="MEMORY.json", help="which source a translation was made from"
        )
        action.add_argument("--json", action="store_true", help="print one JSON document")


def translations(arguments: argparse.Namespace) -> int:
    """Exports, imports or counts translations; 1 when a text of an imported file cannot be taken."""
    return {"export": _export, "import": _import, "progress": _progress}[arguments.action](arguments)


def write_form(sheets: Sheets, target: Path) -> tuple[Path, ...]:
    """Writes the form in the format that the target's ending says; returns what was written.

    Attached files are put beside a workbook or Markdown unless files of that name are there.
    Raises  InvalidInput: workbook.format, file.unwritable.
    """
    ending = target.suffix.lower()
    if ending == ".xlsx":
        files = {target: to_workbook(sheets)}
    elif ending == ".md":
        files = {target: to_markdown(sheets).encode()}
    elif ending == ".zip":
        return _written({target: to_archive(sheets, target.stem)})
    elif not ending:
        _prepare(target)
        return _written({target / name: content for name, content in to_csv_files(sheets).items()})
    else:
        raise InvalidInput("workbook.format", path=str(target))
    beside = {target.parent / name: content for name, content in attached(sheets).items()}
    return _written(files | {path: content for path, content in beside.items() if not path.exists()})


def _export(arguments: argparse.Namespace) -> int:
    file_format: FileFormat = arguments.format
    sheets = read_sheets(arguments.form)
    content = export(sheets, arguments.language, file_format, _memory(sheets, arguments.memory))
    _print({"written": [str(path) for path in _written({arguments.out: content})]}, arguments)
    return 0


def _import(arguments: argparse.Namespace) -> int:
    try:
        content = arguments.file.read_bytes()
    except OSError as error:
        raise NotFound("file.unreadable", path=str(arguments.file), reason=error.strerror or "") from None
    sheets = read_sheets(arguments.form)
    taken = take_in(
        sheets,
        delivered(content),
        memory=_memory(sheets, arguments.memory),
        language=arguments.language,
        now=datetime.now(UTC),
    )
    written = write_form(with_memory(taken.sheets, taken.memory), arguments.out)
    if arguments.memory:
        written += _written({arguments.memory: taken.memory.to_json().encode()})
    _print(_told(taken, written, as_json=arguments.json), arguments)
    if not arguments.json:
        for issue in taken.report.issues:
            print(f"{arguments.file} {issue.place} {issue.id}: {filled(issue.code, issue.params)}", file=sys.stderr)
    return 1 if taken.report.faulty else 0


def _told(taken: TakenIn, written: tuple[Path, ...], *, as_json: bool) -> dict[str, object]:
    report = taken.report
    names = ("taken", "unchanged", "empty", "stale", "faulty", "absent")
    counted = {name: list(getattr(report, name)) if as_json else len(getattr(report, name)) for name in names}
    issues = [
        {"code": each.code, "id": each.id, "place": each.place, "message": filled(each.code, each.params)}
        for each in report.issues
    ]
    paths = [str(path) for path in written]
    return {"language": report.language, **counted, **({"issues": issues} if as_json else {}), "written": paths}


def _progress(arguments: argparse.Namespace) -> int:
    sheets = read_sheets(arguments.form)
    found = progress(sheets, _memory(sheets, arguments.memory))
    if arguments.json:
        print(json.dumps([_counts(each) for each in found], ensure_ascii=False, indent=2))
    for each in () if arguments.json else found:
        print(
            f"{each.language.tag:<8} {each.share:>4.0%}  {each.translated} of {each.total} translated, "
            f"{each.stale} stale, {each.review} to review, {each.missing} missing"
        )
    return 0


def _counts(found: Progress) -> dict[str, object]:
    return {
        "language": found.language.tag,
        "name": found.language.name,
        "total": found.total,
        "translated": found.translated,
        "stale": found.stale,
        "review": found.review,
        "missing": found.missing,
        "share": round(found.share, 4),
    }


def _memory(sheets: Sheets, path: Path | None) -> TranslationMemory:
    """What the form itself remembers, and over it what the file does, when there is one."""
    within = memory_in(sheets)
    if path is None or not path.exists():
        return within
    try:
        return within.joined(memory_from_json(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise InvalidInput("translation.memory") from error


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput("file.unwritable", path=str(folder), reason=error.strerror or "") from error


def _written(files: dict[Path, bytes]) -> tuple[Path, ...]:
    for path, content in files.items():
        try:
            path.write_bytes(content)
        except OSError as error:
            raise InvalidInput("file.unwritable", path=str(path), reason=error.strerror or "") from error
    return tuple(files)


def _print(document: dict[str, object], arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for name, value in document.items():
        print(f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
