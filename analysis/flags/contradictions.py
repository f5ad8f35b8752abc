"""Contradictory answers: rules that editors state as expressions of the questionnaire, and two that always hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from analysis.dataset.arrays import Dataset
from analysis.dataset.codebook import Variable
from analysis.dataset.column_rows import listed
from data.errors import InvalidInput
from data.records import AnswerValue
from survey.logic.expression import columns, parse, references
from survey.logic.trial import form_of
from survey.questionnaire import NOTHING, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A reply whose answers contradict each other.

    rule      name of the editors' rule, "" for the ones that always hold
    question  where one of those was met: a choice that excludes others was chosen together with them
    cause     why that choice is no answer; "" when it is "none of these"
    """

    response_id: int
    rule: str = ""
    question: str = ""
    cause: str = ""


def none_and_others(dataset: Dataset) -> tuple[Contradiction, ...]:
    """Replies that chose the choice named "none" of a multiple choice and another one besides."""
    found = []
    for variable in dataset.codebook.variables:
        names = [code.name for code in variable.codes]
        if variable.kind is not Kind.SELECT_MULTIPLE or NOTHING not in names:
            continue
        chosen = dataset.chosen(variable.name)
        nothing = chosen[:, names.index(NOTHING)]
        for row in np.flatnonzero(nothing & (chosen.sum(axis=1) > 1)).tolist():
            found.append(Contradiction(response_id=dataset.respondents[row].response_id, question=variable.name))
    return tuple(found)


def no_answer_and_others(
    variables: Sequence[Variable], replies: Sequence[tuple[int, datetime, Mapping[str, AnswerValue]]]
) -> tuple[Contradiction, ...]:
    """Replies that chose "don't know", or another choice that is no answer, of a multiple choice or ranking and another
    one besides. The data set holds the other one alone.

    variables  those that have such choices
    replies    as `contradictions`
    """
    found = []
    for variable in variables:
        for key, _at, answers in replies:
            chosen = listed(answers.get(variable.name))
            said = next((variable.missing[each] for each in chosen if each in variable.missing), None)
            if said is not None and len(set(chosen)) > 1:
                found.append(Contradiction(response_id=key, question=variable.name, cause=said.value))
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
