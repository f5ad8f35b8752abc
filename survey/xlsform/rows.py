"""Rows of text by header, from the cells of a sheet, with a finding for cells that cannot be read as they stand.

Where the cells come from is for `survey.xlsform.sheets`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from data.errors import InvalidInput
from survey.xlsform.attachments import clean, has_unprintable
from survey.xlsform.excel_files import column_number
from survey.xlsform.issues import CheckIssue, Severity

MAX_ROWS = 20_000
MAX_EXTERNAL_ROWS = 200_000
"""Rows of external_choices, which holds the lists that are too long for the sheet choices."""
MAX_COLUMNS = 2_000
MAX_HEADER = 200
MAX_CELL = 32_767
MAX_CHARACTERS = 20_000_000
"""Most characters of a sheet, all cells together: many cells may stand for one text of the file."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: its number as the spreadsheet shows it, and its filled cells by header."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, header: str) -> str:
        return self.cells.get(header, "")


def rows_of(table: Sequence[Sequence[object]], limit: int) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    if not table:
        return (), ()
    if max(len(cells) for cells in table) > MAX_COLUMNS:
        raise InvalidInput("workbook.too_large", limit=MAX_COLUMNS, unit="columns")
    names = [_text(cell)[:MAX_HEADER] for cell in table[0]]
    found: list[Row] = []
    left = MAX_CHARACTERS
    for number, cells in enumerate(table[1:], start=2):
        if cells.count("") + cells.count(None) == len(cells):  # a million styled rows cost little
            continue
        filled = _filled(names, cells)
        if filled:
            found.append(Row(number, filled))
            left -= sum(map(len, filled.values()))
            if left < 0:
                raise InvalidInput("workbook.too_large", limit=MAX_CHARACTERS, unit="characters")
            if len(found) > limit:
                raise InvalidInput("workbook.too_large", limit=limit, unit="rows")
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
        case str():
            return clean(cell.replace("_x000D_", ""))
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


# Findings


def cell_findings(sheet: str, table: Sequence[Sequence[object]]) -> Iterator[CheckIssue]:
    """Cells under no header, and signs that were taken out; the first of each."""
    headers = [_text(cell) for cell in table[0]]
    headless = unprintable = False
    for number, cells in enumerate(table, start=1):
        for place, cell in enumerate(cells):
            if not cell:
                continue
            if not headless and (place >= len(headers) or not headers[place]) and _text(cell):
                headless = True
                yield finding_of(
                    "column.no_header",
                    "info",
                    sheet,
                    number,
                    "",
                    "Cells in a column without header are not read.",
                    "Write a header above them if they matter.",
                )
            if not unprintable and isinstance(cell, str) and has_unprintable(cell):
                unprintable = True
                yield finding_of(
                    "cell.control_characters",
                    "warning",
                    sheet,
                    number,
                    headers[place] if place < len(headers) else "",
                    "The cell holds control characters, which cannot be shown; they are left out.",
                    "Type the words anew; such signs come with text copied from other programs.",
                )


def encoding_finding(sheet: str, encoding: str) -> tuple[CheckIssue, ...]:
    if encoding != "cp1252":
        return ()
    return (
        finding_of(
            "file.encoding",
            "warning",
            sheet,
            0,
            "",
            "The file is not UTF-8; it is read as Windows-1252.",
            "See whether accents are right, and save it as 'CSV UTF-8'.",
        ),
    )


def with_header(finding: CheckIssue, tables: Mapping[str, Sequence[Sequence[object]]]) -> CheckIssue:
    """The finding with the header of its column in place of the column's letters."""
    if not re.fullmatch("[A-Z]{1,3}", finding.column) or not finding.code.startswith("cell."):
        return finding
    first = next((table[0] for name, table in tables.items() if name.strip().lower() == finding.sheet and table), ())
    place = column_number(finding.column)
    header = _text(first[place]) if place < len(first) else ""
    return finding_of(
        finding.code,
        finding.severity,
        finding.sheet,
        finding.row,
        header or finding.column,
        finding.message,
        finding.fix,
    )


def finding_of(code: str, severity: Severity, sheet: str, row: int, column: str, message: str, fix: str) -> CheckIssue:
    return CheckIssue(code=code, severity=severity, sheet=sheet, row=row, column=column, message=message, fix=fix)
