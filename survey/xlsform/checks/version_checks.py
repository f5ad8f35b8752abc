"""What a new version of a questionnaire does to answers given to the old one."""

from collections.abc import Iterator

from survey.questionnaire import MISSING, Questionnaire
from survey.versions.changes import Change, Severity, What, change_words, difference
from survey.versions.renames import NO_RENAMES, RenameMap
from survey.xlsform.catalogue import finding
from survey.xlsform.checks.form import Form
from survey.xlsform.issues import CheckIssue

_CODES = {
    What.CHOICE_MEANING: "version.choice_meaning",
    What.CHOICE_MISSING: "version.choice_missing",
    What.SCALE_FLIPPED: "version.scale_flipped",
    What.MEANING: "version.question_meaning",
    What.KIND: "version.type",
    What.REMOVED: "version.removed",
    What.CHOICE_REMOVED: "version.choice_removed",
    What.REPEAT: "version.repeat",
}
_OF_CHOICES = (What.CHOICE_MEANING, What.CHOICE_MISSING, What.CHOICE_REMOVED, What.SCALE_FLIPPED)
_COLUMNS = {What.KIND: "type", What.CHOICE_MISSING: MISSING}


def check_against(form: Form, old: Questionnaire, renames: RenameMap = NO_RENAMES) -> Iterator[CheckIssue]:
    """An issue for every change after which answers given to the old version would be lost or mean something else."""
    for change in difference(old, form.questionnaire, renames):
        if change.what in _CODES and (change.severity is not Severity.SAFE):
            sheet, row = _place(form, change)
            yield finding(
                _CODES[change.what],
                sheet,
                row,
                _COLUMNS.get(change.what, "name"),
                f"'{change.name}': {change_words(change)}",
                _FIXES[change.what],
            )


_FIXES = {
    What.CHOICE_MEANING: "Give the new meaning a name of its own, and keep the old one for the old answers.",
    What.CHOICE_MISSING: (
        "Write in the column missing what it counted as before. Else n of earlier replies changes, and whoever kept "
        "the figures of before can work out small groups."
    ),
    What.SCALE_FLIPPED: "Write the scale in its old direction, or give its choices new names.",
    What.MEANING: "Give the new question another name.",
    What.KIND: "Give the question another name, or keep its type.",
    What.REMOVED: "If it only has another name now, say so when you publish.",
    What.CHOICE_REMOVED: "If it only has another name now, say so when you publish.",
    What.REPEAT: "Give the question another name.",
}


def _place(form: Form, change: Change) -> tuple[str, int]:
    if change.what in _OF_CHOICES:
        rows = [form.choice_rows.get((change.name, code), 0) for code in change.codes]
        return "choices", min((row for row in rows if row), default=0)
    return "survey", form.by_name[change.name].row if change.name in form.by_name else 0
