"""Workbooks made into rows of text: .xlsx, .xls, a folder of CSV files, or Markdown tables as pyxform writes them.

The only place that opens a questionnaire's file. An uploaded file is hostile until shown otherwise: its size, what it
unpacks to, and its extent are checked before a library sees it. What the rows mean is for `survey.xlsform.reader`.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineWorkbook

from data.errors import InvalidInput

MAX_FILE_BYTES = 20 * 2**20
MAX_UNPACKED_BYTES = 200 * 2**20
MAX_ROWS = 20_000
MAX_COLUMNS = 2_000
MAX_HEADER = 200
MAX_CELL = 32_767
_KNOWN_SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")
_XLS_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_CELL_PLACE = re.compile(rb"<(?:\w+:)?c\b[^<>]{0,500}?\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,9})[\"'][^<>]{0,500}(?<!/)>")
_MAX_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: its number as the spreadsheet shows it, and its filled cells by header."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, header: str) -> str:
        return self.cells.get(header, "")


@dataclass(frozen=True, slots=True)
class Sheets:
    """A workbook: rows and headers of each sheet, by the sheet's name in lower case."""

    rows: Mapping[str, tuple[Row, ...]]
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Headers in order, also those of empty columns and those that stand there twice."""

    def __getitem__(self, sheet: str) -> tuple[Row, ...]:
        return self.rows.get(sheet, ())


def read_sheets(source: Path | bytes, filename: str = "") -> Sheets:
    """The rows of a workbook.

    source    a file, a folder with survey.csv, choices.csv and settings.csv, or the content of a file.
    filename  names the format of a content; a path names its own.
    Raises    InvalidInput: workbook.unreadable, workbook.too_large, workbook.no_survey_sheet.
    """
    if isinstance(source, Path):
        filename = filename or source.name
        if source.is_dir():
            return _complete({path.stem: _csv_table(_content(path)) for path in sorted(source.glob("*.csv"))[:50]})
        source = _content(source)
    if len(source) > MAX_FILE_BYTES:
        raise InvalidInput("workbook.too_large", limit=MAX_FILE_BYTES, unit="bytes")
    ending = filename.lower().rpartition(".")[2]
    if ending == "md":
        return from_markdown(_decoded(source))
    if ending == "csv":
        return _complete({"survey": _csv_table(source)})
    return _complete(_workbook_tables(source))


def from_markdown(text: str) -> Sheets:
    """The rows of Markdown tables: a line `| survey |`, then lines that begin with an empty cell.

    Raises InvalidInput as `read_sheets` does.
    """
    tables: dict[str, list[list[str]]] = {}
    table: list[list[str]] = []
    for line in text.splitlines():
        if not line.strip().startswith("|"):
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:]]
        if cells and cells[-1] == "":
            cells.pop()
        if all(re.fullmatch(r":?-+:?", cell) or not cell for cell in cells):
            continue
        if cells[0]:
            table = tables.setdefault(cells[0], [])
        else:
            table.append(cells[1:])
    return _complete(tables)


def to_json(sheets: Sheets) -> str:
    """The workbook as text to be kept; `from_json` gives it back unchanged."""
    return json.dumps(
        {
            name: {
                "headers": list(sheets.headers.get(name, ())),
                "rows": [[row.number, dict(row.cells)] for row in rows],
            }
            for name, rows in sheets.rows.items()
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def from_json(text: str) -> Sheets:
    """The workbook that `to_json` wrote; raises InvalidInput workbook.unreadable for anything else."""
    try:
        kept = json.loads(text)
        return Sheets(
            rows={name: tuple(Row(int(number), dict(cells)) for number, cells in kept[name]["rows"]) for name in kept},
            headers={name: tuple(kept[name]["headers"]) for name in kept},
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidInput("workbook.unreadable", reason="not a kept workbook") from error


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InvalidInput("workbook.too_large", limit=MAX_FILE_BYTES, unit="bytes")
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput("workbook.unreadable", reason=error.strerror or "cannot be opened") from error


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("workbook.unreadable", reason="the text is not UTF-8") from error


def _csv_table(content: bytes) -> list[list[str]]:
    try:
        return [list(row) for row in csv.reader(io.StringIO(_decoded(content), newline=""))]
    except csv.Error as error:
        raise InvalidInput("workbook.unreadable", reason=str(error)) from error


def _workbook_tables(content: bytes) -> dict[str, Sequence[Sequence[object]]]:
    if zipfile.is_zipfile(io.BytesIO(content)):
        _check_archive(content)
    elif not content.startswith(_XLS_MAGIC):
        raise InvalidInput("workbook.unreadable", reason="neither .xlsx nor .xls")
    tables: dict[str, Sequence[Sequence[object]]] = {}
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in workbook.sheet_names[:100]:
            if name.strip().lower() not in _KNOWN_SHEETS:
                tables[name] = ()
                continue
            sheet = workbook.get_sheet_by_name(name)
            if sheet.height * sheet.width > _MAX_CELLS:
                raise InvalidInput("workbook.too_large", limit=MAX_ROWS, unit="rows")
            tables[name] = sheet.to_python(skip_empty_area=False)
    except InvalidInput:
        raise
    except BaseException as error:  # calamine's Rust side panics with a BaseException on some broken files
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise InvalidInput("workbook.unreadable", reason="the workbook is damaged or protected") from error
    return tables


def _check_archive(content: bytes) -> None:
    """Raises when the archive unpacks to too much, or has a cell so far out that the grid would fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise InvalidInput("workbook.too_large", limit=MAX_UNPACKED_BYTES, unit="bytes unpacked")
            for entry in archive.infolist():
                if entry.filename.lower().startswith("xl/worksheets/") and entry.filename.lower().endswith(".xml"):
                    _check_extent(archive.read(entry))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise InvalidInput("workbook.unreadable", reason="the archive is damaged or protected") from error


def _check_extent(sheet: bytes) -> None:
    width = height = 0
    for place in _CELL_PLACE.finditer(sheet):
        column = 0
        for letter in place[1].upper():
            column = column * 26 + letter - 64
        width, height = max(width, column), max(height, int(place[2]))
    if width * height > _MAX_CELLS:
        raise InvalidInput("workbook.too_large", limit=MAX_ROWS, unit="rows")


def _complete(tables: Mapping[str, Sequence[Sequence[object]]]) -> Sheets:
    rows: dict[str, tuple[Row, ...]] = {}
    headers: dict[str, tuple[str, ...]] = {}
    for name, table in tables.items():
        key = name.strip().lower()
        if key in rows:
            continue
        headers[key], rows[key] = _rows(table)
    if "survey" not in rows:
        raise InvalidInput("workbook.no_survey_sheet", sheets=tuple(tables))
    return Sheets(rows=rows, headers=headers)


def _rows(table: Sequence[Sequence[object]]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    if not table:
        return (), ()
    if max(len(cells) for cells in table) > MAX_COLUMNS:
        raise InvalidInput("workbook.too_large", limit=MAX_COLUMNS, unit="columns")
    names = [_text(cell)[:MAX_HEADER] for cell in table[0]]
    found: list[Row] = []
    for number, cells in enumerate(table[1:], start=2):
        filled = _filled(names, cells)
        if filled:
            found.append(Row(number, filled))
    if len(found) > MAX_ROWS:
        raise InvalidInput("workbook.too_large", limit=MAX_ROWS, unit="rows")
    return tuple(name for name in names if name), tuple(found)


def _filled(names: Sequence[str], cells: Iterable[object]) -> dict[str, str]:
    filled: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        text = _text(cell)
        if len(text) > MAX_CELL:
            raise InvalidInput("workbook.too_large", limit=MAX_CELL, unit="characters in a cell")
        if text and name and name not in filled:
            filled[name] = text
    return filled


def _text(cell: object) -> str:
    """A cell as an author reads it: 2.0 is "2", a date is ISO, without space around."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return str(cell).strip()
