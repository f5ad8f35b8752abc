"""References in every cell of the sheets, as other tools read them: also in choices, settings and rows that end a
group, where no question has them."""

import re
from collections.abc import Iterator

from survey.questionnaire import LIST_KINDS, Kind
from survey.xlsform.catalogue import finding
from survey.xlsform.checks.form import EXPRESSION_COLUMNS, WORDS, Form, listed
from survey.xlsform.columns import TRANSLATABLE, choice_column_of, column_of
from survey.xlsform.issues import CheckIssue, nearest
from survey.xlsform.question_types import structure_of
from survey.xlsform.rows import Row
from survey.xlsform.wording import first_cells

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_READ_ELSEWHERE = frozenset({*WORDS, *EXPRESSION_COLUMNS, "trigger"})
_ROWS_OWN = frozenset({"type", "name"})


def check_references(form: Form) -> Iterator[CheckIssue]:
    """Every reference that is written with spaces, means two rows, or stands where only other tools read it."""
    rows = _rows_of_names(form)
    made = _made_by_or_other(form, rows)
    known = {*rows, "instanceID", *(element.node for element in form.elements)} - made
    for sheet in ("survey", "choices", "settings"):
        for row in form.sheets[sheet]:
            ends = sheet == "survey" and (structure_of(first_cells(row).get("type", "")) or "").startswith("end")
            for header, cell in row.cells.items():
                if "${" not in cell:
                    continue
                column = (choice_column_of(header) if sheet == "choices" else column_of(header)).name
                if column in _ROWS_OWN or (sheet == "choices" and column not in TRANSLATABLE):
                    continue
                read = sheet == "survey" and not ends and column in _READ_ELSEWHERE
                yield from _cell(sheet, row, column, cell, rows, known if not read else None, made)


def _cell(
    sheet: str, row: Row, column: str, cell: str, rows: dict[str, list[int]], known: set[str] | None, made: set[str]
) -> Iterator[CheckIssue]:
    """`known` is None where another check tells names that do not exist."""
    for written in dict.fromkeys(_REFERENCE.findall(cell)):
        name = written.strip()
        if name != written:
            yield finding(
                "reference.space",
                sheet,
                row.number,
                column,
                f"'${{{written}}}' has spaces between its braces, which other tools refuse.",
                f"Write ${{{name}}}.",
            )
        if len(rows.get(name, ())) > 1:
            yield finding(
                "reference.ambiguous",
                sheet,
                row.number,
                column,
                f"${{{name}}} can mean each of the rows {listed(map(str, rows[name]))}, which have that name.",
                f"Give each a name of its own, for example '{name}_2', and name the one that is meant.",
            )
        elif name in made:
            yield finding(
                "reference.unknown",
                sheet,
                row.number,
                column,
                f"'{name}' is made by or_other and has no row, so other tools do not find it.",
                f"In place of or_other add a choice 'other' and a text question '{name}'.",
            )
        elif known is not None and name not in known and not name.startswith("last-saved#"):
            near = nearest(name, known, likeness=0.6)
            yield finding(
                "reference.unknown",
                sheet,
                row.number,
                column,
                f"There is no question '{name}'.",
                f"Did you mean ${{{near}}}?" if near else "Use the name of a question of this form.",
            )


def _rows_of_names(form: Form) -> dict[str, list[int]]:
    """The rows of the survey sheet that have each name, those left out that end a group."""
    found: dict[str, list[int]] = {}
    for row in form.sheets["survey"]:
        cells = first_cells(row)
        disabled = cells.get("disabled", "").lower() in ("yes", "true", "true()")
        written = cells.get("type", "")
        ends = (structure_of(written) or "").startswith("end")
        if cells.get("name") and written and not written.startswith("#") and not disabled and not ends:
            found.setdefault(cells["name"], []).append(row.number)
    return found


def _made_by_or_other(form: Form, rows: dict[str, list[int]]) -> set[str]:
    """Names of the text questions that or_other adds, but where a filter makes us write them into rows."""
    lists = {question.row: question for question in form.questions.values() if question.kind in LIST_KINDS}
    return {
        question.node
        for question in form.questions.values()
        if question.kind is Kind.TEXT
        and question.node not in rows
        and (asked := lists.get(question.row)) is not None
        and question.node == f"{asked.node}_other"
        and not asked.choice_filter
    }
