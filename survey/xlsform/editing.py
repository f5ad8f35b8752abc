"""Changes of a questionnaire's rows: cells, new rows, order, names with everything that refers to them.

Each function gives new sheets and leaves alone what it does not speak of, so that columns which mean nothing here
survive. Whether the result can be used is for `survey.xlsform.checker`.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from data.errors import InvalidInput
from survey.xlsform.attachments import clean
from survey.xlsform.columns import TRANSLATABLE, choice_column_of, column_of, language_of
from survey.xlsform.issues import CheckIssue
from survey.xlsform.question_types import structure_of
from survey.xlsform.rows import MAX_CELL, MAX_ROWS, Row
from survey.xlsform.sheets import Sheets
from survey.xlsform.wording import first_cells

_REFERENCE = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")


def with_edits(
    sheets: Sheets,
    sheet: str,
    *,
    changed: Mapping[int, Mapping[str, str]] | None = None,
    added: Sequence[Mapping[str, str]] = (),
    removed: Collection[int] = (),
) -> Sheets:
    """The sheet with these cells changed, rows added at its end and rows removed.

    changed  row number -> header -> cell; an empty cell is taken away. A header that is new becomes a column.
    added    cells by header; a row without a filled cell is none.
    removed  row numbers; the rows below move up.
    Raises   InvalidInput workbook.too_large.
    """
    changes = {number: _clean(cells) for number, cells in (changed or {}).items()}
    new = [cells for cells in map(_filled, added) if cells]
    rows = [
        Row(row.number, _filled({**row.cells, **changes.get(row.number, {})}))
        for row in sheets[sheet]
        if row.number not in removed
    ]
    following = rows[-1].number + 1 if rows else 2
    rows += [Row(following + place, cells) for place, cells in enumerate(new)]
    return _with_rows(sheets, sheet, rows, renumber=bool(removed))


def inserted(sheets: Sheets, sheet: str, rows: Iterable[Mapping[str, str]], *, after: int) -> Sheets:
    """The sheet with new rows below the row of that number; 0 puts them first, a number beyond the last at the end."""
    before = [row for row in sheets[sheet] if row.number <= after]
    behind = [row for row in sheets[sheet] if row.number > after]
    new = [Row(0, cells) for cells in map(_filled, rows) if cells]
    return _with_rows(sheets, sheet, [*before, *new, *behind], renumber=True)


def moved(sheets: Sheets, sheet: str, number: int, step: int) -> tuple[Sheets, int]:
    """The sheet with a row one place up (step -1) or down (1), and the row's new number.

    On the sheet survey a group moves as a whole, and past another group as a whole; nothing leaves its group.
    """
    rows = list(sheets[sheet])
    start, inside = 0, rows
    while True:
        blocks = _blocks(inside) if sheet == "survey" else [[row] for row in inside]
        place = next((at for at, block in enumerate(blocks) if any(row.number == number for row in block)), None)
        if place is None:
            return sheets, number
        chosen = blocks[place]
        if chosen[0].number == number:
            break
        if chosen[-1].number == number and (_kind(chosen[-1]) or "").startswith("end"):
            return sheets, number  # the end of a group goes with its beginning
        start += sum(len(block) for block in blocks[:place]) + 1
        inside = chosen[1:-1] if (_kind(chosen[-1]) or "").startswith("end") else chosen[1:]
    if 0 <= place + step < len(blocks):
        blocks[place], blocks[place + step] = blocks[place + step], blocks[place]
    ordered = [*rows[:start], *(row for block in blocks for row in block), *rows[start + len(inside) :]]
    at = next(at for at, row in enumerate(ordered) if row is chosen[0])
    return _with_rows(sheets, sheet, ordered, renumber=True), at + 2


def renamed(sheets: Sheets, names: Mapping[str, str]) -> Sheets:
    """The sheets with questions and groups renamed (old -> new), and every `${old}` with them."""
    if not names:
        return sheets

    def cell_of(header: str, cell: str, *, own: bool) -> str:
        if own and column_of(header).name == "name":
            return names.get(cell, cell)
        return with_references(cell, names)

    rows = {
        sheet: tuple(
            Row(
                row.number, {header: cell_of(header, cell, own=sheet == "survey") for header, cell in row.cells.items()}
            )
            for row in table
        )
        for sheet, table in sheets.rows.items()
    }
    return replace(sheets, rows=rows)


def names_changed(before: Sheets, after: Sheets) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """(questions and groups, choices by list): old name -> new name, of rows in which nothing else changed.

    A row whose words changed with its name may be another question; nobody can tell, so it is not among them.
    """
    questions: dict[str, str] = {}
    choices: dict[str, dict[str, str]] = {}
    for sheet in ("survey", "choices"):
        rows = {row.number: row for row in after[sheet]}
        for row in before[sheet]:
            was, now = (first_cells(each) for each in (row, rows.get(row.number, Row(0, {}))))
            old, new = was.pop("name", ""), now.pop("name", "")
            if not old or not new or old == new or was != now:
                continue
            if sheet == "survey":
                questions[old] = new
            else:
                choices.setdefault(was.get("list_name", ""), {})[old] = new
    return questions, choices


def with_references(text: str, names: Mapping[str, str]) -> str:
    """The text with every `${old}` written as its new name."""
    return _REFERENCE.sub(lambda found: f"${{{names.get(found[1], found[1])}}}", text) if names else text


def without_languages(sheets: Sheets, tags: Collection[str]) -> Sheets:
    """The sheets without the columns of these languages."""

    def stays(sheet: str, header: str) -> bool:
        column = choice_column_of(header) if sheet != "survey" else column_of(header)
        return not (column.name in TRANSLATABLE and column.language and language_of(column.language).tag in tags)

    return replace(
        sheets,
        rows={
            sheet: tuple(
                Row(row.number, {h: cell for h, cell in row.cells.items() if stays(sheet, h)}) for row in table
            )
            for sheet, table in sheets.rows.items()
        },
        headers={sheet: tuple(h for h in headers if stays(sheet, h)) for sheet, headers in sheets.headers.items()},
    )


def header_for(sheets: Sheets, sheet: str, column: str, tag: str = "", *, default: str = "en") -> str:
    """How the sheet spells a column, in a language when the column has words; a spelling for it when it has none.

    default  tag of the language to which a column without language belongs
    """
    reading = choice_column_of if sheet != "survey" else column_of
    headers = [*sheets.headers.get(sheet, ()), *(header for row in sheets[sheet] for header in row.cells)]
    for header in headers:
        found = reading(header)
        if found.name != column:
            continue
        language = language_of(found.language).tag if found.language else default
        if column not in TRANSLATABLE or language == tag:
            return header
    if column not in TRANSLATABLE:
        return column
    everywhere = [header for each in sheets.headers.values() for header in each]
    spellings = [column_of(header).language for header in everywhere if column_of(header).name in TRANSLATABLE]
    spelt = next((each for each in spellings if each and language_of(each).tag == tag), "")
    if not spelt and tag == default and not any(spellings):
        return column
    return f"{column}::{spelt or tag}"


def new_issues(
    before: Iterable[CheckIssue], after: Iterable[CheckIssue]
) -> tuple[tuple[CheckIssue, ...], tuple[CheckIssue, ...]]:
    """(issues that came, issues that went), wherever their rows moved to."""
    was, now = list(before), list(after)
    came = _beyond(now, Counter(map(_mark, was)))
    went = _beyond(was, Counter(map(_mark, now)))
    return came, went


def _mark(issue: CheckIssue) -> tuple[str, str, str, str]:
    return issue.code, issue.sheet, issue.column, re.sub(r"\brow \d+", "row", issue.message)


def _beyond(issues: Iterable[CheckIssue], known: Counter[tuple[str, str, str, str]]) -> tuple[CheckIssue, ...]:
    found = []
    for issue in issues:
        if known[_mark(issue)]:
            known[_mark(issue)] -= 1
        else:
            found.append(issue)
    return tuple(found)


def _clean(cells: Mapping[str, str]) -> dict[str, str]:
    if any(len(cell) > MAX_CELL for cell in cells.values()):
        raise InvalidInput("workbook.too_large", limit=MAX_CELL, unit="characters in a cell")
    return {header: clean(cell) for header, cell in cells.items() if header}


def _filled(cells: Mapping[str, str]) -> dict[str, str]:
    return {header: cell for header, cell in _clean(cells).items() if cell}


def _with_rows(sheets: Sheets, sheet: str, rows: Sequence[Row], *, renumber: bool) -> Sheets:
    if len(rows) > MAX_ROWS:
        raise InvalidInput("workbook.too_large", limit=MAX_ROWS, unit="rows")
    numbered = [Row(number, row.cells) for number, row in enumerate(rows, start=2)] if renumber else rows
    headers = sheets.headers.get(sheet, ())
    more = dict.fromkeys(header for row in numbered for header in row.cells if header not in headers)
    return Sheets(
        rows={**sheets.rows, sheet: tuple(row for row in numbered if row.cells)},
        headers={**sheets.headers, sheet: (*headers, *more)},
        files=sheets.files,
    )


def _kind(row: Row) -> str | None:
    written = next((cell for header, cell in row.cells.items() if column_of(header).name == "type"), "")
    return structure_of(written) if written else None


def _blocks(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows in the pieces that move as one: a row, or a group from its beginning to its end."""
    blocks: list[list[Row]] = []
    depth = 0
    for row in rows:
        kind = _kind(row) or ""
        if depth:
            blocks[-1].append(row)
        else:
            blocks.append([row])
        if kind.startswith("begin"):
            depth += 1
        elif kind.startswith("end") and depth:
            depth -= 1
    return blocks
