"""Workbooks made into rows of text: .xlsx, .xls, CSV files, Markdown tables as pyxform writes them, or a .zip of these.

With a workbook come the files it names: CSV, XML and GeoJSON beside it, in its folder or archive, or handed over with
it. An uploaded file is hostile until shown otherwise: `survey.xlsform.excel_files`, `survey.xlsform.attachments` open
them. What the rows mean is for `survey.xlsform.reader`.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.errors import InvalidInput
from survey.xlsform.attachments import (
    AttachedTable,
    attached_table,
    clean,
    csv_rows,
    decoded,
    is_attachment,
)
from survey.xlsform.excel_files import (
    MAX_ENTRIES,
    MAX_UNPACKED_BYTES,
    MEMORY_SHEET,
    ZIP_MAGIC,
    open_workbook,
    unpacked,
)
from survey.xlsform.issues import CheckIssue
from survey.xlsform.rows import (
    MAX_COLUMNS,
    MAX_EXTERNAL_ROWS,
    MAX_ROWS,
    Row,
    cell_findings,
    encoding_finding,
    finding_of,
    rows_of,
    with_header,
)

MAX_FILE_BYTES = 20 * 2**20
MAX_FILES = 50
_KNOWN_SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm", MEMORY_SHEET)
_LINE_BREAK = re.compile(r"&(?:#38;)*#10;")
_LONG_SHEETS = ("external_choices", MEMORY_SHEET)
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".md")
_FORMAT = 2
_NAMED_FILE = re.compile(r"[^\s'\"()/\\]+\.(?:csv|xml|geojson)\b", re.IGNORECASE)
_NAMED_TABLE = re.compile(r"(?:pulldata|instance|search)\(\s*['\"]([^'\"/\\]{1,200})['\"]")


@dataclass(frozen=True, slots=True)
class Sheets:
    """A workbook: rows and headers of each sheet, by the sheet's name in lower case, and the files with it."""

    rows: Mapping[str, tuple[Row, ...]]
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Headers in order, also those of empty columns and those that stand there twice."""
    files: Mapping[str, AttachedTable] = field(default_factory=dict)
    """Attached CSV, XML and GeoJSON files by name."""
    findings: tuple[CheckIssue, ...] = field(default=(), compare=False)
    """What was seen when the file was opened: merged cells, formulas without value, hidden sheets. Not kept."""

    def __getitem__(self, sheet: str) -> tuple[Row, ...]:
        return self.rows.get(sheet, ())


def read_sheets(source: Path | bytes, filename: str = "", *, attachments: Mapping[str, bytes] | None = None) -> Sheets:
    """The rows of a workbook and of the files it names.

    source       a file, a folder with survey.csv, choices.csv and settings.csv, or the content of a file; a .zip
                 holds one workbook, or such CSV files, and the files beside it.
    filename     names the format of a content; a path names its own.
    attachments  contents of further files by name. Beside a path they are looked for.
    Raises       InvalidInput: workbook.unreadable, workbook.too_large, workbook.no_survey_sheet.
    """
    files = dict(attachments or {})
    if isinstance(source, Path):
        filename = filename or source.name
        if source.is_dir():
            return _bundle({path.name: _content(path) for path in _of_interest(source.iterdir())} | files)
        sheets = _single(_content(source), filename, files)
        named = set(_named_files(sheets))
        beside = {
            path.name: _content(path)
            for path in _of_interest(source.parent.iterdir() if named else ())
            if path.name.lower() in named and is_attachment(path.name) and path != source
        }
        return _with_files(sheets, beside | files) if beside else sheets
    if len(source) > MAX_FILE_BYTES:
        raise InvalidInput("workbook.too_large", limit=MAX_FILE_BYTES, unit="bytes")
    return _single(source, filename, files)


def from_markdown(text: str) -> Sheets:
    """The rows of Markdown tables: a line `| survey |`, then lines that begin with an empty cell.

    Raises InvalidInput as `read_sheets` does.
    """
    return _complete(_stacked(_markdown_lines(text)))


def read_table(content: bytes, filename: str) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """(headers, rows) of one plain table: a CSV file, or the first sheet of a workbook that holds anything.

    Raises InvalidInput: workbook.unreadable, workbook.too_large.
    """
    if len(content) > MAX_FILE_BYTES:
        raise InvalidInput("workbook.too_large", limit=MAX_FILE_BYTES, unit="bytes")
    if filename.lower().endswith((".csv", ".tsv", ".txt")):
        tables: Iterable[Sequence[Sequence[object]]] = [csv_rows(content)[0]]
    else:
        tables = open_workbook(content, lambda _name: True).tables.values()
    for table in tables:
        headers, rows = rows_of(table, MAX_ROWS)
        if headers:
            return headers, rows
    return (), ()


def to_json(sheets: Sheets) -> str:
    """The workbook and its files as text to be kept; `from_json` gives them back unchanged."""
    return json.dumps(
        {
            "format": _FORMAT,
            "sheets": {
                name: {
                    "headers": list(sheets.headers.get(name, ())),
                    "rows": [[row.number, dict(row.cells)] for row in rows],
                }
                for name, rows in sheets.rows.items()
            },
            "files": {
                name: {"headers": table.headers, "rows": table.rows} for name, table in sorted(sheets.files.items())
            },
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def from_json(text: str) -> Sheets:
    """The workbook that `to_json` wrote, now or before there were files; InvalidInput workbook.unreadable for other."""
    try:
        kept = json.loads(text)
        files: Mapping[str, Mapping[str, Sequence[Sequence[str]]]] = {}
        if isinstance(kept, dict) and kept.get("format") == _FORMAT:
            kept, files = kept["sheets"], kept["files"]
        return Sheets(
            rows={name: tuple(Row(int(number), dict(cells)) for number, cells in kept[name]["rows"]) for name in kept},
            headers={name: tuple(kept[name]["headers"]) for name in kept},
            files={
                name: AttachedTable(
                    tuple(str(header) for header in table["headers"]), tuple(tuple(row) for row in table["rows"])
                )
                for name, table in files.items()
            },
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidInput("workbook.unreadable", reason="not a kept workbook") from error


# Files


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InvalidInput("workbook.too_large", limit=MAX_FILE_BYTES, unit="bytes")
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput("workbook.unreadable", reason=error.strerror or "cannot be opened") from error


def _of_interest(paths: Iterable[Path]) -> Iterator[Path]:
    found = (path for path in sorted(paths) if is_attachment(path.name) or path.name.lower().endswith(_WORKBOOKS))
    for _, path in zip(range(1_000), found, strict=False):
        if path.is_file():
            yield path


def _single(content: bytes, filename: str, files: Mapping[str, bytes]) -> Sheets:
    """One file: a workbook, one CSV file, Markdown, or an archive of them."""
    ending = filename.lower().rpartition(".")[2]
    if ending == "md":
        return _with_files(from_markdown(decoded(content)[0]), files)
    if ending == "csv":
        lines, encoding = csv_rows(content)
        first = clean(lines[0][0]).lower() if lines and lines[0] else ""
        tables = _stacked(lines) if first in _KNOWN_SHEETS else {"survey": lines}
        return _with_files(_complete(tables, encoding_finding("survey", encoding)), files)
    if content[:4] == ZIP_MAGIC and (ending == "zip" or not _is_workbook(content)):
        members = _members(content)
        if members:
            return _bundle(members | dict(files))
    opened = open_workbook(content, lambda name: name.strip().lower() in _KNOWN_SHEETS)
    return _with_files(_complete(opened.tables, opened.findings), files)


def _bundle(members: Mapping[str, bytes]) -> Sheets:
    """A workbook, or CSV files named as sheets, among the files it uses."""
    by_lower = {name.lower(): name for name in members}
    workbooks = [name for name in members if name.lower().endswith(_WORKBOOKS)]
    if "survey.csv" in by_lower:
        tables: dict[str, Sequence[Sequence[object]]] = {}
        findings: list[CheckIssue] = []
        files: dict[str, bytes] = {}
        for name, content in members.items():
            stem = name.lower().removesuffix(".csv")
            if name.lower().endswith(".csv") and stem in _KNOWN_SHEETS:
                tables[stem], encoding = csv_rows(content)
                findings += encoding_finding(stem, encoding)
            elif is_attachment(name):
                files[name] = content
        return _with_files(_complete(tables, findings), files)
    if len(workbooks) > 1:
        raise InvalidInput("workbook.unreadable", reason="there is more than one workbook")
    if not workbooks:
        raise InvalidInput("workbook.no_survey_sheet", sheets=tuple(members))
    others = {name: content for name, content in members.items() if is_attachment(name)}
    return _single(members[workbooks[0]], workbooks[0].removesuffix(".zip"), others)


def _is_workbook(content: bytes) -> bool:
    return b"xl/workbook.xml" in content or b"content.xml" in content or b"xl/workbook.bin" in content


def _members(content: bytes) -> dict[str, bytes]:
    """The files of an archive that matter, by name without folder; an archive in it is not opened, but a workbook."""
    if content.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise InvalidInput("workbook.too_large", limit=MAX_ENTRIES, unit="entries")
    found: dict[str, bytes] = {}
    left = MAX_UNPACKED_BYTES // 4
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                folder, _, name = entry.filename.replace("\\", "/").rpartition("/")
                if name.startswith((".", "~")) or "__MACOSX" in folder or name in found:
                    continue
                if not (is_attachment(name) or name.lower().endswith(_WORKBOOKS)):
                    continue
                if entry.file_size > min(left, MAX_FILE_BYTES):
                    raise InvalidInput("workbook.too_large", limit=MAX_FILE_BYTES, unit="bytes unpacked")
                found[name] = unpacked(archive, entry)
                left -= entry.file_size
    except InvalidInput:
        raise
    except Exception as error:  # zipfile passes on what zlib, lzma and struct raise
        raise InvalidInput("workbook.unreadable", reason="the archive is damaged or protected") from error
    return found


def _with_files(sheets: Sheets, files: Mapping[str, bytes]) -> Sheets:
    """The workbook with its files read; one that cannot be read is a finding."""
    tables: dict[str, AttachedTable] = dict(sheets.files)
    findings = list(sheets.findings)
    wanted = [name for name in files if is_attachment(name)]
    for name in wanted[:MAX_FILES]:
        short = clean(name.replace("\\", "/").rpartition("/")[2])
        try:
            if len(files[name]) > MAX_FILE_BYTES:
                raise InvalidInput("workbook.too_large", limit=MAX_FILE_BYTES, unit="bytes")
            tables[short] = attached_table(short, files[name])
        except InvalidInput as error:
            reason = str(error.params.get("reason") or "it is too large")
            findings.append(
                finding_of(
                    "file.unreadable",
                    "error",
                    "",
                    0,
                    "",
                    f"The file '{short}' cannot be read: {reason}.",
                    "Save it anew, as CSV in UTF-8, and hand it over again.",
                )
            )
    if len(wanted) > MAX_FILES:
        findings.append(
            finding_of(
                "file.too_many",
                "warning",
                "",
                0,
                "",
                f"Only the first {MAX_FILES} files are read.",
                "Hand over those that the questionnaire names.",
            )
        )
    return Sheets(rows=sheets.rows, headers=sheets.headers, files=tables, findings=tuple(findings))


def _named_files(sheets: Sheets) -> Iterator[str]:
    """Names in lower case of the files that cells of the sheet survey may mean."""
    for row in sheets["survey"]:
        for cell in row.cells.values():
            yield from (found.lower() for found in _NAMED_FILE.findall(cell))
            for stem in _NAMED_TABLE.findall(cell):
                yield from (f"{stem.lower()}{ending}" for ending in (".csv", ".xml", ".geojson"))
        cells = list(row.cells.values())
        for written, ending in (("csv-external", ".csv"), ("xml-external", ".xml")):
            if any(cell.lower() == written for cell in cells):
                yield from (f"{cell.lower()}{ending}" for cell in cells)


# Rows


def in_one_line(cell: str) -> str:
    """The cell as it stands in a Markdown table: line breaks as `&#10;`, and what looks like one marked as words."""
    marked = _LINE_BREAK.sub(lambda found: f"&#38;{found[0][1:]}", cell)
    return marked.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "&#10;")


def _with_line_breaks(cell: str) -> str:
    """What `in_one_line` was given."""
    return _LINE_BREAK.sub(lambda found: "\n" if found[0] == "&#10;" else found[0].replace("#38;", "", 1), cell)


def _markdown_lines(text: str) -> Iterator[list[str]]:
    found = 0
    for line in io.StringIO(text, newline=None):
        if not line.lstrip().startswith("|"):
            continue
        found += 1
        if found > MAX_EXTERNAL_ROWS or line.count("|") > MAX_COLUMNS + 2:
            raise InvalidInput("workbook.too_large", limit=MAX_EXTERNAL_ROWS, unit="rows")
        cells = [
            _with_line_breaks(cell.strip().replace("\\|", "|")) for cell in re.split(r"(?<!\\)\|", line.strip())[1:]
        ]
        if cells and cells[-1] == "":
            cells.pop()
        if not all(re.fullmatch(r":?-+:?", cell) or not cell for cell in cells):
            yield cells


def _stacked(lines: Iterable[Sequence[str]]) -> dict[str, list[Sequence[str]]]:
    """Sheets one below the other, each after a line that begins with its name."""
    tables: dict[str, list[Sequence[str]]] = {}
    table: list[Sequence[str]] = []
    for cells in lines:
        if not any(cells):
            continue
        if clean(cells[0]):
            table = tables.setdefault(clean(cells[0]), [])
        else:
            table.append(cells[1:])
    return tables


def _complete(tables: Mapping[str, Sequence[Sequence[object]]], findings: Iterable[CheckIssue] = ()) -> Sheets:
    rows: dict[str, tuple[Row, ...]] = {}
    headers: dict[str, tuple[str, ...]] = {}
    seen = list(findings)
    for name, table in tables.items():
        key = name.strip().lower()
        if key in rows:
            continue
        headers[key], rows[key] = rows_of(table, MAX_EXTERNAL_ROWS if key in _LONG_SHEETS else MAX_ROWS)
        if table:
            seen += cell_findings(key, table)
    if "survey" not in rows:
        raise InvalidInput("workbook.no_survey_sheet", sheets=tuple(tables))
    return Sheets(rows=rows, headers=headers, findings=tuple(with_header(each, tables) for each in seen))
