"""Whether an answer of one kind of question can be an answer of another, and the answer that it becomes.

Only conversions that lose nothing: 12 becomes "12", "12" becomes 12, "a dozen" becomes no number.
"""

from enum import StrEnum

from data.errors import InvalidInput
from survey.logic.answers import coerce
from survey.questionnaire import NUMBER_KINDS, UNASKED_KINDS, UPLOAD_KINDS, Answer, Kind, Question

_WRITTEN = frozenset({Kind.DATE, Kind.TIME, Kind.DATETIME})


class Fit(StrEnum):
    """How many answers of the old kind are answers of the new one."""

    ALWAYS = "always"
    SOME = "some"
    NEVER = "never"


def fit(old: Question, new: Question) -> Fit:
    """How many answers of the old question can be answers of the new one, judged by their kinds."""
    one, other = old.kind, new.kind
    if one is other or (one in UPLOAD_KINDS and other in UPLOAD_KINDS):
        return Fit.ALWAYS
    if one in UNASKED_KINDS or other in UNASKED_KINDS:
        return Fit.NEVER
    if other is Kind.TEXT and one in NUMBER_KINDS | _WRITTEN:
        return Fit.ALWAYS
    if one in NUMBER_KINDS and other in NUMBER_KINDS:
        return Fit.SOME if other is Kind.INTEGER else Fit.ALWAYS
    if (one, other) == (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE):
        return Fit.ALWAYS
    if (one, other) == (Kind.SELECT_MULTIPLE, Kind.SELECT_ONE):
        return Fit.SOME
    if one is Kind.TEXT and other in NUMBER_KINDS | _WRITTEN:
        return Fit.SOME
    return Fit.NEVER


def converted(answer: Answer, old: Question, new: Question) -> Answer | None:
    """The answer as the new question's kind keeps it; None when it cannot be kept there without loss."""
    if old.kind is new.kind:
        return answer
    fits = fit(old, new)
    if fits is Fit.NEVER:
        return None
    if old.kind in UPLOAD_KINDS:
        return answer
    if isinstance(answer, tuple) and len(answer) != 1:
        return None
    try:
        found = coerce(new, answer)
    except InvalidInput:
        return None
    if new.kind in _WRITTEN and found != str(answer).strip():
        return None
    return found
