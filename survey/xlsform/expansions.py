"""Rows that stand for several rows: loops over a list, and the tables and rankings of KoboToolbox.

`expanded` writes them out as groups and questions, before the reader sees them. A loop becomes a group for each choice,
as in pyxform; begin_score, begin_rank and begin_kobomatrix become what kpi makes of them when a form is deployed, with
the same names of questions.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from survey.xlsform.columns import TRANSLATABLE, column_of
from survey.xlsform.issues import CheckIssue, Severity
from survey.xlsform.question_types import loop_list_of, structure_of
from survey.xlsform.rows import MAX_ROWS, Row
from survey.xlsform.sheets import Sheets
from survey.xlsform.wording import first_cells

MAX_DEPTH = 8
"""Loops inside each other."""
_KOBO = re.compile(r"(begin|end)[_ ](score|rank|kobomatrix)")
_INNER = {"score": "score__row", "rank": "rank__level"}
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def expanded(sheets: Sheets) -> tuple[Sheets, tuple[CheckIssue, ...]]:
    """The workbook with every loop and every construct of KoboToolbox written out, and the issues on the way."""
    rows = sheets["survey"]
    if not any(_is_shorthand(first_cells(row).get("type", "")) for row in rows):
        return sheets, ()
    writer = _Writer(sheets)
    written = writer.rows(list(rows))
    headers = tuple(dict.fromkeys([*sheets.headers.get("survey", ()), *(key for row in written for key in row.cells)]))
    return (
        replace(
            sheets,
            rows={**sheets.rows, "survey": tuple(written)},
            headers={**sheets.headers, "survey": headers},
        ),
        tuple(writer.issues),
    )


def _is_shorthand(cell: str) -> bool:
    return structure_of(cell) == "begin loop" or bool(_KOBO.fullmatch(" ".join(cell.lower().split())))


class _Writer:
    def __init__(self, sheets: Sheets) -> None:
        self.issues: list[CheckIssue] = []
        self._header_of: dict[str, str] = {}
        for header in sheets.headers.get("survey", ()):
            self._header_of.setdefault(column_of(header).name, header)
        self._choices: dict[str, list[Row]] = {}
        for row in sheets["choices"]:
            cells = first_cells(row)
            if cells.get("list_name") and cells.get("name"):
                self._choices.setdefault(cells["list_name"], []).append(row)
        self._written = 0
        self._depth = 0

    def rows(self, rows: Sequence[Row]) -> list[Row]:
        found: list[Row] = []
        place = 0
        while place < len(rows):
            written = " ".join(first_cells(rows[place]).get("type", "").split())
            kobo = _KOBO.fullmatch(written.lower())
            if structure_of(written) == "begin loop":
                end = _end_of(
                    rows, place, lambda cell: {"begin loop": 1, "end loop": -1}.get(structure_of(cell) or "", 0)
                )
                found += self._loop(rows[place], rows[place + 1 : end], written)
                place = end
            elif kobo and kobo[1] == "begin":
                end = _end_of(rows, place, lambda cell, kind=kobo[2]: _step(cell, kind))  # type: ignore[misc]
                inside = [row for row in rows[place + 1 : end] if first_cells(row).get("type")]
                found += getattr(self, f"_{kobo[2]}")(rows[place], inside)
                place = end
            else:
                found.append(rows[place])
            place += 1
        return found

    def _too_large(self, row: Row, added: int) -> bool:
        """True when so many rows more, or a loop so deep inside others, would be too much; said once."""
        before = self._written
        self._written += added
        if self._written <= MAX_ROWS and self._depth < MAX_DEPTH:
            return False
        self._written = max(self._written, MAX_ROWS + 1)
        if before <= MAX_ROWS:
            self._report(
                "loop.too_large",
                "error",
                row,
                f"Written out, the rows from here on would be more than {MAX_ROWS}.",
                "Use a repeat, or a shorter list.",
            )
        return True

    # Loops

    def _loop(self, row: Row, inside: Sequence[Row], written: str) -> list[Row]:
        name = loop_list_of(written)
        choices = self._choices.get(name, [])
        if not choices:
            self._report(
                "loop.no_list",
                "error",
                row,
                f"The loop goes over the list '{name}', which is not on the choices sheet."
                if name
                else "The loop names no list.",
                "Write 'begin loop over LIST' with a list of the choices sheet.",
            )
            return []
        if self._too_large(row, (len(inside) + 2) * len(choices)):
            return []
        self._depth += 1
        found = [self._row(row, type="begin group")]
        for choice in choices:
            cells = first_cells(choice)
            if cells["name"] == "none":  # as in pyxform: the answer "none of them" is no column
                continue
            words = {header: cell for header, cell in choice.cells.items() if column_of(header).name in TRANSLATABLE}
            found.append(Row(row.number, {**words, **self._cells(type="begin group", name=cells["name"])}))
            found += self.rows([_filled(each, choice) for each in inside])
            found.append(self._end(row))
        self._depth -= 1
        return [*found, self._end(row)]

    # KoboToolbox

    def _score(self, row: Row, inside: Sequence[Row]) -> list[Row]:
        """A grid over one scale: a group with the appearance table-list."""
        cells = first_cells(row)
        list_name = self._named(row, cells, "kobo--score-choices")
        found = [self._row(row, type="begin group", appearance="table-list", required="")]
        for each in self._inner(inside, "score"):
            required = cells.get("required", "") or first_cells(each).get("required", "")
            found.append(self._row(each, type=f"select_one {list_name}", required=required))
        return [*found, self._end(row)]

    def _rank(self, row: Row, inside: Sequence[Row]) -> list[Row]:
        """A question for each place; no choice may take two."""
        cells = first_cells(row)
        list_name = self._named(row, cells, "kobo--rank-items")
        found = [self._row(row, type="begin group", appearance="field-list", required="")]
        before: list[str] = []
        for each in self._inner(inside, "rank"):
            inner = first_cells(each)
            name = inner.get("name", "")
            found.append(
                self._row(
                    each,
                    type=f"select_one {list_name}",
                    required="true",
                    appearance=inner.get("appearance", "minimal"),
                    constraint=" and ".join(f"${{{name}}} != ${{{other}}}" for other in before),
                    constraint_message=cells.get("kobo--rank-constraint-message", ""),
                )
            )
            before.append(name)
        return [*found, self._end(row)]

    def _kobomatrix(self, row: Row, inside: Sequence[Row]) -> list[Row]:
        """A group for each item of the list, with every column as a question in it."""
        cells = first_cells(row)
        matrix = cells.get("name", "")
        found = [self._row(row, type="begin group", required="")]
        items = self._choices.get(self._named(row, cells, "kobo--matrix_list"), [])
        if self._too_large(row, (len(inside) + 2) * len(items)):
            return []
        columns = [first_cells(each).get("name", "") for each in inside]
        for item in items:
            base = f"{matrix}_{first_cells(item)['name']}"
            words = {header: cell for header, cell in item.cells.items() if column_of(header).name in TRANSLATABLE}
            found.append(Row(row.number, {**words, **self._cells(type="begin group", name=base)}))
            for each, name in zip(inside, columns, strict=True):
                moved = {
                    header: _moved(cell, columns, base) if column_of(header).name != "name" else f"{base}_{name}"
                    for header, cell in each.cells.items()
                }
                found.append(Row(each.number, moved))
            found.append(self._end(row))
        return [*found, self._end(row)]

    def _named(self, row: Row, cells: Mapping[str, str], column: str) -> str:
        """The list that the construct is about."""
        name = cells.get(column, "")
        if name not in self._choices:
            self._report(
                "kobo.no_list",
                "error",
                row,
                f"'{cells.get('type', '')}' needs a list of the choices sheet in the column {column}.",
                "Write the list's name there.",
                column,
            )
        return name

    def _inner(self, inside: Sequence[Row], kind: str) -> Iterator[Row]:
        """The rows of the kind that the construct holds."""
        for row in inside:
            written = first_cells(row).get("type", "")
            if written.lower() == _INNER[kind]:
                yield row
            else:
                self._report(
                    "kobo.wrong_row",
                    "error",
                    row,
                    f"'{written}' cannot stand between begin_{kind} and end_{kind}.",
                    f"Only {_INNER[kind]} can; move the row.",
                )

    # Rows

    def _cells(self, **columns: str) -> dict[str, str]:
        return {self._header_of.get(name, name): cell for name, cell in columns.items() if cell}

    def _row(self, row: Row, **columns: str) -> Row:
        """The row with other cells in these columns, and without those that are given empty."""
        cells = {
            header: cell
            for header, cell in row.cells.items()
            if column_of(header).name not in columns and not column_of(header).name.startswith("kobo--")
        }
        return Row(row.number, cells | self._cells(**columns))

    def _end(self, row: Row) -> Row:
        return Row(row.number, self._cells(type="end group"))

    def _report(self, code: str, severity: Severity, row: Row, message: str, fix: str, column: str = "type") -> None:
        self.issues.append(
            CheckIssue(
                code=code, severity=severity, sheet="survey", row=row.number, column=column, message=message, fix=fix
            )
        )


def _end_of(rows: Sequence[Row], start: int, step: Callable[[str], int]) -> int:
    """Place of the row that closes the one at `start`; behind the last row when none does."""
    depth = 0
    for place in range(start, len(rows)):
        depth += step(first_cells(rows[place]).get("type", ""))
        if depth == 0:
            return place
    return len(rows)


def _loop_step(cell: str) -> int:
    return {"begin loop": 1, "end loop": -1}.get(structure_of(cell) or "", 0)


def _step(cell: str, kind: str) -> int:
    found = _KOBO.fullmatch(" ".join(cell.lower().split()))
    return 0 if not found or found[2] != kind else 1 if found[1] == "begin" else -1


def _filled(row: Row, choice: Row) -> Row:
    """The row with the choice's own cells in place of %(name)s and %(label)s, label by label in its language."""
    plain = first_cells(choice)
    by_language = {(column_of(header).name, column_of(header).language): cell for header, cell in choice.cells.items()}

    def cell_of(header: str, cell: str) -> str:
        language = column_of(header).language
        return _PLACEHOLDER.sub(
            lambda found: by_language.get((found[1], language), plain.get(found[1], found[0])), cell
        )

    return Row(row.number, {header: cell_of(header, cell) for header, cell in row.cells.items()})


def _moved(cell: str, columns: Sequence[str], base: str) -> str:
    """The cell with references to the matrix's columns turned to those of one item."""
    return re.sub(
        r"\$\{\s*([^{}\s]+)\s*\}", lambda found: f"${{{base}_{found[1]}}}" if found[1] in columns else found[0], cell
    )
