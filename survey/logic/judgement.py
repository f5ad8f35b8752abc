"""What is wrong with one answer: required, not offered, out of range, against the author's constraint."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from survey.logic.values import to_number
from survey.questionnaire import UNASKED_KINDS, Answer, Choice, Kind, Question, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Something about an answer that its giver must mend; `message` is the form author's own, often empty."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    message: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionState:
    """All that a screen needs to show a question now; `name` is its key."""

    name: str
    relevant: bool
    required: bool
    read_only: bool
    value: Answer | None
    issues: tuple[Issue, ...]
    choices: tuple[Choice, ...]


def faults_of(
    question: Question,
    answer: Answer | None,
    *,
    required: bool,
    wrong: tuple[str, ...],
    constraint_holds: bool,
    exclusive: frozenset[str] = frozenset(),
) -> tuple[Issue, ...]:
    """The faults of an answer that has the right shape; an empty one can only be missing.

    wrong      the codes of the answer that are not on offer
    exclusive  the codes with which no other goes; the author's own constraint, which may say so too, comes first
    """
    if question.kind in UNASKED_KINDS:
        return ()
    if answer is None:
        return (Issue(code="answer.required", message=question.required_message),) if required else ()
    issues = _range_issues(question, answer)
    if wrong:
        issues = (Issue(code="answer.not_a_choice", params={"choice": " ".join(wrong)}), *issues)
    if not constraint_holds:
        return (*issues, Issue(code="answer.constraint", message=question.constraint_message))
    if exclusive and isinstance(answer, tuple) and len(answer) > 1:
        alone = next((code for code in answer if code in exclusive), None)
        if alone is not None:
            return (*issues, Issue(code="answer.exclusive", params={"choice": alone}))
    return issues


def _range_issues(question: Question, answer: Answer) -> tuple[Issue, ...]:
    """Faults against start, end and step of a range question, whose defaults are 1, 10 and 1."""
    if question.kind is not Kind.RANGE or isinstance(answer, str | tuple):
        return ()
    start, end, step = (
        to_number(question.parameters.get(name, standard))
        for name, standard in (("start", "1"), ("end", "10"), ("step", "1"))
    )
    if any(math.isnan(number) for number in (start, end, step)):
        return ()
    least, most = min(start, end), max(start, end)
    if answer < least:
        return (Issue(code="answer.below_minimum", params={"minimum": least}),)
    if answer > most:
        return (Issue(code="answer.above_maximum", params={"maximum": most}),)
    steps = (answer - start) / step if step else 0.0
    if abs(steps - round(steps)) > 1e-9:
        return (Issue(code="answer.off_step", params={"step": step, "start": start}),)
    return ()
