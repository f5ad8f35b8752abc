"""Our own expression language behind the same question as the other engines; only here is `survey.logic` called."""

from collections.abc import Sequence
from datetime import UTC, datetime

from survey.logic.expression import EvaluationContext, ExpressionError, Value, compile_expression, from_answer, parse
from survey.logic.values import to_text
from tests.oracles.engines import Given, Refused


def evaluate(expressions: Sequence[str], answers: Sequence[Given] = ()) -> list[str | Refused]:
    """The value of every expression as text, as the other engines store it; what is refused spoils no other one."""
    context = _context(answers)
    return [_evaluated(expression, context) for expression in expressions]


def _evaluated(expression: str, context: EvaluationContext) -> str | Refused:
    try:
        return to_text(compile_expression(parse(expression))(context))
    except ExpressionError as error:
        return Refused(error.code)


def _context(answers: Sequence[Given]) -> EvaluationContext:
    values = {each.name: _value(each) for each in answers}
    choices = {each.name: each.choices for each in answers}
    now = datetime.now(UTC)
    return EvaluationContext(
        today=now.date(),
        now=now,
        value=lambda name: values[name],
        draw=lambda: 0.5,
        choice_label=lambda question, code: f"Label of {code}" if code in choices[question] else "",
    )


def _value(given: Given) -> Value:
    if not given.text:
        return ""
    if given.kind in ("integer", "decimal"):
        return from_answer(float(given.text))
    return from_answer(tuple(given.text.split()) if given.kind == "select_multiple" else given.text)
