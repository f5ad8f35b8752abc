"""A questionnaire with errors as far as it can be drawn: what is faulty is left out, and told.

Only for looking at it while it is prepared. What is published has no errors.
"""

from collections.abc import Iterable
from dataclasses import replace

from survey.xlsform.checker import check
from survey.xlsform.columns import column_of
from survey.xlsform.issues import CheckIssue
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets

_LOGIC = frozenset(
    {
        "relevant",
        "constraint",
        "required",
        "read_only",
        "calculation",
        "choice_filter",
        "repeat_count",
        "trigger",
        "default",
        "parameters",
        "appearance",
    }
)
"""Columns without which a question can still be drawn."""
_ROUNDS = 20
"""What is left out may be what something else refers to, which is left out then."""


def drawable(sheets: Sheets) -> tuple[Sheets, tuple[CheckIssue, ...]]:
    """The sheets without the cells and rows that have errors, and those errors; row numbers stay as they are.

    Errors that belong to no row stay where they are: whether it can be read nevertheless is for the reader to say.
    """
    left_out: list[CheckIssue] = []
    for _ in range(_ROUNDS):
        errors = [issue for issue in check(sheets) if issue.severity == "error" and issue.row > 1]
        smaller = _without(sheets, errors)
        if smaller == sheets:
            break
        sheets = smaller
        left_out += errors
    return sheets, tuple(dict.fromkeys(left_out))


def _without(sheets: Sheets, errors: Iterable[CheckIssue]) -> Sheets:
    by_row: dict[tuple[str, int], list[CheckIssue]] = {}
    for issue in errors:
        by_row.setdefault((issue.sheet, issue.row), []).append(issue)
    rows = {
        sheet: tuple(
            kept for row in table if (kept := _mended(row, by_row.get((sheet, row.number), ()))) and kept.cells
        )
        for sheet, table in sheets.rows.items()
    }
    return replace(sheets, rows=rows)


def _mended(row: Row, issues: Iterable[CheckIssue]) -> Row:
    """The row without its faulty logic; an empty one when the fault is in what it asks."""
    for issue in issues:
        column = column_of(issue.column).name if issue.column else ""
        if column in _LOGIC:
            gone = {column}
        elif issue.code == "questionnaire.cycle":
            gone = set(_LOGIC)
        else:
            return Row(row.number, {})
        row = Row(
            row.number, {header: cell for header, cell in row.cells.items() if column_of(header).name not in gone}
        )
    return row
