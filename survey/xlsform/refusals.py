"""A file that cannot be read at all, told as an issue: what is the matter with it, and what to do."""

from data.errors import InvalidInput
from survey.xlsform.catalogue import finding
from survey.xlsform.issues import CheckIssue, nearest

REFUSALS = frozenset({"workbook.unreadable", "workbook.too_large", "workbook.no_survey_sheet"})
"""Codes of the errors that a file raises which cannot be read."""
_SHOWN_SHEETS = 5
_REMEDIES = (
    ("No such file", "Look at the path and the ending of its name."),
    ("Permission denied", "Ask for the right to read it."),
    ("protected with a password", "Take the password off, and save it again."),
    ("more than one workbook", "Put one workbook into the archive."),
    ("UTF-8", "Save it as text in UTF-8."),
)
"""A piece of the reason -> what to do about it."""


def refusal(error: InvalidInput) -> CheckIssue:
    """The issue for an error of `sheets.read_sheets`, whose code is among REFUSALS."""
    if error.code == "workbook.no_survey_sheet":
        found = error.params.get("sheets")
        names = [str(name) for name in found] if isinstance(found, tuple) else []
        near = nearest("survey", names, likeness=0.5)
        there = f"; there are: {', '.join(names[:_SHOWN_SHEETS])}" if names else ""
        fix = f"Did you mean '{near}'? Name it survey." if near else "Name the sheet with the questions survey."
        return finding(error.code, "", 0, "", f"There is no sheet named survey{there}.", fix)
    if error.code == "workbook.too_large":
        message = (
            f"The file is too large: more than {error.params.get('limit')} {error.params.get('unit')} are not read."
        )
        return finding(error.code, "", 0, "", message, "Take out what is no questionnaire, and save it again.")
    reason = str(error.params.get("reason") or "it is no workbook")
    known = (remedy for piece, remedy in _REMEDIES if piece in reason)
    remedy = next(known, "Open it in a spreadsheet program and save it as .xlsx, without a password.")
    return finding("workbook.unreadable", "", 0, "", f"The file cannot be read: {reason}.", remedy)
