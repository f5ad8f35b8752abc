"""Contradictory answers: rules that editors state as expressions of the questionnaire, and one that always holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from analysis.dataset.arrays import Dataset
from data.errors import InvalidInput
from data.records import AnswerValue
from survey.logic.expression import columns, parse, references
from survey.logic.trial import form_of
from survey.questionnaire import Kind

NOTHING = ("none",)
"""Choices of a multiple choice that say that none of the others holds. The name decides, never the label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A reply whose answers contradict each other.

    rule      name of the editors' rule, "" for the one that always holds
    question  where that one was met: "none of these" was chosen together with others
    """

    response_id: int
    rule: str = ""
    question: str = ""


def none_and_others(dataset: Dataset) -> tuple[Contradiction, ...]:
    """Replies that chose the choice named "none" of a multiple choice and another one besides."""
    found = []
    for variable in dataset.codebook.variables:
        names = [code.name for code in variable.codes]
        if variable.kind is not Kind.SELECT_MULTIPLE or not set(NOTHING) & set(names):
            continue
        chosen = dataset.chosen(variable.name)
        nothing = chosen[:, [names.index(name) for name in NOTHING if name in names]].any(axis=1)
        for row in np.flatnonzero(nothing & (chosen.sum(axis=1) > 1)).tolist():
            found.append(Contradiction(response_id=dataset.respondents[row].response_id, question=variable.name))
    return tuple(found)


def require_rule(expression: str, known: frozenset[str]) -> None:
    """Returns when the expression can be a rule.

    known   names of the questions
    Raises  ExpressionError (an InvalidInput) when it cannot be read; InvalidInput "review.rule_names" for a name that
            is no question, or a rule that reads none.
    """
    tree = parse(expression)
    bare, named = columns(tree), references(tree)
    wrong = sorted(bare | (named - known))
    if wrong or not named:
        raise InvalidInput("review.rule_names", names=", ".join(wrong) or "–")


def contradictions(
    name: str, expression: str, replies: Sequence[tuple[int, datetime, Mapping[str, AnswerValue]]]
) -> tuple[Contradiction, ...]:
    """The replies for which the expression is true.

    replies  (reply, when it was sent, answers under the names of the newest version); a question without an answer is
             empty, as in the questionnaire. A reply for which the expression cannot be computed is not flagged.
    """
    read = sorted(references(parse(expression)))
    timed = "today(" in expression or "now(" in expression
    known: dict[object, bool] = {}
    found = []
    for key, at, answers in replies:
        values = {each: answers.get(each) for each in read}
        seen = (tuple(values.values()), at if timed else None)
        if seen not in known:
            known[seen] = _is_true(expression, values, at)
        if known[seen]:
            found.append(Contradiction(response_id=key, rule=name))
    return tuple(found)


def _is_true(expression: str, values: Mapping[str, AnswerValue | None], at: datetime) -> bool:
    try:
        value = form_of(values, now=at).evaluate(f"boolean({expression})")
    except InvalidInput:
        return False
    return value is True
