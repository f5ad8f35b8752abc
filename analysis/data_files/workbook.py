"""Excel workbooks of data: answers in words, codes of columns on sheets of their own. Written row by row.

Words never become formulas: cells are strings, and begin with an apostrophe where a spreadsheet that reads them again
from text would run them.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import xlsxwriter

from analysis.data_files.table import DataTable, NumberColumn, WordColumn
from data.formulas import guarded
from survey.translator import Words

MOST_ROWS, MOST_COLUMNS, CELL_LETTERS = 1_048_575, 16_384, 32_767
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
_Cell = str | float


def write(table: DataTable, path: Path, *, words: Words, told: str) -> None:
    """Four sheets: what a reader must know (`told`, line by line), the data, the columns, the codes."""
    with xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": str(path.parent)}) as book:
        book.set_properties(
            {
                "title": table.about.title,
                "created": table.about.made_at.replace(tzinfo=None),
                "comments": table.about.query,
                "keywords": table.about.snapshot,
            }
        )
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#ececec", "text_wrap": True, "valign": "top"})

        def sheet(name: str, heads: Sequence[str], widths: Sequence[float]) -> Callable[[int, Sequence[_Cell]], None]:
            page = book.add_worksheet(name)
            if words.direction == "rtl":
                page.right_to_left()
            for number, width in enumerate(widths):
                page.set_column(number, number, width)
            if heads:
                page.freeze_panes(1, 0)
            for number, text in enumerate(heads):
                page.write_string(0, number, guarded(text), head)

            def line(row: int, cells: Sequence[_Cell]) -> None:
                for number, cell in enumerate(cells):
                    if isinstance(cell, str):
                        if cell:
                            page.write_string(row, number, guarded(cell)[:CELL_LETTERS])
                    else:
                        page.write_number(row, number, cell)

            return line

        _ = words.translate
        line = sheet(_("Read me"), (), (100,))
        for row, text in enumerate(told.splitlines()):
            line(row, (text,))
        columns = [_reader(table, each) for each in table.columns]
        line = sheet(_("Data"), [each.name for each in table.columns], [16] * len(columns))
        for row in range(table.size):
            line(row + 1, [cell(row) for cell in columns])
        line = sheet(_("Columns"), (_("Column"), _("Question"), _("Words")), (28, 28, 90))
        for row, each in enumerate(table.columns, 1):
            line(row, (each.name, each.question, table.words(each.label, each.question)))
        line = sheet(_("Codes"), (_("Column"), _("Code"), _("Words"), _("Missing")), (28, 10, 70, 10))
        row = 1
        for each in table.columns:
            if isinstance(each, NumberColumn):
                for value in each.values:
                    line(row, (each.name, value.code, table.words(value.label, value.name)))
                    row += 1
                for reason in each.reasons:
                    line(row, (each.name, table.code_of(reason), table.reason_words(reason), 1))
                    row += 1


def _reader(table: DataTable, column: NumberColumn | WordColumn) -> Callable[[int], _Cell]:
    """A function from a row to the cell: words for choices and reasons, numbers else."""
    if isinstance(column, WordColumn):
        return lambda row: column.texts[row]
    flag = {value.name for value in column.values} == {"0", "1"}
    said: dict[float, str] = {}
    if not flag:
        said |= {value.code: table.words(value.label, value.name) for value in column.values}
    said |= {table.code_of(reason): f"({table.reason_words(reason)})" for reason in column.reasons}
    numbers = column.numbers

    def cell(row: int) -> _Cell:
        number = float(numbers[row])
        return said.get(number, number)

    return cell
