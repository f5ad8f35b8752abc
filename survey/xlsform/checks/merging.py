"""Many issues of one kind told as one, so that an author sees the others."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from survey.xlsform.checks.form import listed
from survey.xlsform.issues import CheckIssue

_MOST = 3
"""So many are told one by one."""
_MERGED: dict[str, Callable[[CheckIssue], str]] = {
    "expression.odd_character": lambda issue: "",
    "cell.error": lambda issue: issue.column,
    "cell.formula_without_value": lambda issue: issue.column,
    "list.unused": lambda issue: "",
    "choice.missing_by_name": lambda issue: issue.fix,
    "choice.no_label": lambda issue: "",
    "constraint.no_message": lambda issue: "",
    "label.html": lambda issue: "",
    "type.replaced": lambda issue: "",
    "choice.same_label": lambda issue: "",
    "label.repeated": lambda issue: "",
    "expression.total_of_optional": lambda issue: "",
}
"""Codes whose remedy is the same everywhere, and what must be alike beside the sheet."""


def merged(issues: Iterable[CheckIssue]) -> tuple[CheckIssue, ...]:
    """The issues in their order; where more than a few of one code have the same remedy, the first tells of all."""
    found = list(issues)
    alike: dict[tuple[str, str, str, str], list[CheckIssue]] = {}
    for issue in found:
        if issue.code in _MERGED:
            key = (issue.code, issue.severity, issue.sheet, _MERGED[issue.code](issue))
            alike.setdefault(key, []).append(issue)
    replaced: dict[int, CheckIssue | None] = {}
    for group in alike.values():
        if len(group) > _MOST:
            rows = listed(dict.fromkeys(str(issue.row) for issue in group))
            message = f"{group[0].message} The like stands in {len(group)} places: rows {rows}."
            replaced[id(group[0])] = replace(group[0], message=message)
            replaced.update(dict.fromkeys(map(id, group[1:])))
    return tuple(told for issue in found if (told := replaced.get(id(issue), issue)) is not None)
