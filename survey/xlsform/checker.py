"""Every issue of a questionnaire's workbook in one pass: where it is, what is wrong, what to write instead.

It joins what the reader saw with what the checks say, each about one subject (`survey.xlsform.checks`). At the end
pyxform, the reference implementation, is asked as judge of the structure. What the codes mean is told in
docs/xlsform-issues.md.
"""

import re
from collections.abc import Iterable

from survey.questionnaire import Questionnaire
from survey.versions.renames import NO_RENAMES, RenameMap
from survey.xlsform.catalogue import finding
from survey.xlsform.checks.choice_checks import check_choices
from survey.xlsform.checks.comparison_checks import check_comparisons
from survey.xlsform.checks.cycle_checks import check_cycles
from survey.xlsform.checks.effect_checks import check_effects
from survey.xlsform.checks.form import Form
from survey.xlsform.checks.function_checks import check_functions
from survey.xlsform.checks.merging import merged
from survey.xlsform.checks.question_checks import check_questions
from survey.xlsform.checks.reach import check_reach
from survey.xlsform.checks.reference_checks import check_references
from survey.xlsform.checks.sheet_checks import SHEETS, check_sheets
from survey.xlsform.checks.value_checks import check_values
from survey.xlsform.checks.version_checks import check_against
from survey.xlsform.checks.word_checks import check_words
from survey.xlsform.columns import column_of
from survey.xlsform.expression_checks import check_expressions
from survey.xlsform.issues import CheckIssue
from survey.xlsform.pyxform_input import pyxform_input
from survey.xlsform.reader import read
from survey.xlsform.sheets import Sheets

_CHECKS = (
    check_sheets,
    check_questions,
    check_choices,
    check_expressions,
    check_comparisons,
    check_functions,
    check_cycles,
    check_references,
    check_values,
    check_effects,
    check_words,
)
_CAUSES = ("expression.", "comparison.", "reference.", "relevance.itself", "constraint.without")
"""Codes that explain why a condition or constraint of the same cell can never or always hold."""

_BY_COLUMN = {
    "name.missing": ("survey", "name"),
    "type.missing": ("survey", "type"),
    "choice.no_name": ("choices", "name"),
    "choice.no_list": ("choices", "list_name"),
}
"""Codes of single rows that a missing column explains for all of them."""


def check(
    sheets: Sheets, *, against: Questionnaire | None = None, renames: RenameMap = NO_RENAMES
) -> tuple[CheckIssue, ...]:
    """Every issue, by sheet and row; none means that the questionnaire can be used as it is.

    against  the version before, whose answers the new one should not lose or give another meaning.
    """
    questionnaire, structural = read(sheets)
    form = Form(sheets, questionnaire)
    issues = [*structural, *(issue for check_one in _CHECKS for issue in check_one(form))]
    explained = {(issue.row, issue.column) for issue in issues if issue.code.startswith(_CAUSES)}
    issues += [
        issue for issue in check_reach(form) if issue.severity == "error" or (issue.row, issue.column) not in explained
    ]
    if against is not None:
        issues += check_against(form, against, renames)
    if is_usable(issues):
        issues += _pyxform_says(sheets)
    missing = {(issue.sheet, issue.column) for issue in issues if issue.code == "column.missing"}
    issues = [issue for issue in issues if _BY_COLUMN.get(issue.code) not in missing]
    order = {name: place for place, name in enumerate(SHEETS)}
    return merged(sorted(dict.fromkeys(issues), key=lambda issue: (order.get(issue.sheet, 9), issue.row)))


def is_usable(issues: Iterable[CheckIssue]) -> bool:
    """True when no issue is an error."""
    return all(issue.severity != "error" for issue in issues)


_ROW = re.compile(r"\[row : (\d+)\]\s*")
_CELL = re.compile(r"On the '(\w+)' sheet, the '([^']+)' value")


def _pyxform_says(sheets: Sheets) -> list[CheckIssue]:
    """pyxform's refusal as one issue, at the place that it names; nothing when it converts the form."""
    from pyxform.xls2xform import convert  # slow import

    try:
        convert(pyxform_input(sheets), form_name="data", validate=False)
    except Exception as error:  # pyxform raises KeyError, RecursionError and others on odd forms
        reason = " ".join((str(error) or type(error).__name__).split())
        row, cell = _ROW.search(reason), _CELL.search(reason)
        sheet = cell[1] if cell and cell[1] in SHEETS else "survey"
        where = f"row {row[1]}" if row else "the rows with these words"
        return [
            finding(
                "workbook.refused_by_pyxform",
                sheet,
                max(int(row[1]), 2) if row else 0,  # it counts the settings' only row as 1
                column_of(cell[2]).name if cell else "",
                f"pyxform, with which other tools open a form, refuses it: {_ROW.sub('', reason)}",
                f"Change {where} so that it is as the message says; the form cannot be opened elsewhere until then.",
            )
        ]
    return []
