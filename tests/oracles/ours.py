"""Our own engine behind the same questions as the others: the one place in this folder that calls `survey`."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from survey.logic.expression import ExpressionError, from_answer
from survey.logic.form_state import FormState, open_form
from survey.logic.values import to_text
from survey.questionnaire import LIST_KINDS, Group, Question
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import from_markdown
from tests.oracles.engines import Given, Observed, Refused

_PLACE = "place_of_the_expression"
"""A question without an answer beside the others: there the expressions stand."""


def evaluate(expressions: Sequence[str], answers: Sequence[Given] = ()) -> list[str | Refused]:
    """The value of every expression as text, as the other engines store it; what is refused spoils no other one."""
    state = _opened(_table(answers))
    for each in answers:
        if each.text:
            state.set(each.name, each.text)
    return [_evaluated(expression, state) for expression in expressions]


def values(table: str, answers: Sequence[tuple[str, str]] = ()) -> dict[str, Observed]:
    """Every question after the answers were given, as `Engine.values` says it; the form is a Markdown table."""
    state = _opened(table)
    for path, text in answers:
        _step(state, path, text)
    return {path: _observed(state, key, question) for path, key, question in _asked(state)}


def _opened(table: str) -> FormState:
    now = datetime.now(UTC)
    return open_form(read_questionnaire(from_markdown(table)), language="en", today=now.date(), now=now)


def _table(answers: Sequence[Given]) -> str:
    """The same questions as in `engines.form_of`, and the place."""
    kinds = {each.name: f"{each.kind} {each.name}" if each.choices else each.kind for each in answers}
    questions = [f"| | {kind} | {name} | {name} |" for name, kind in kinds.items()]
    choices = [f"| | {each.name} | {code} | Label of {code} |" for each in answers for code in each.choices]
    survey = ["| survey |", "| | type | name | label |", *questions, f"| | text | {_PLACE} | Else |"]
    return "\n".join([*survey, *(["| choices |", "| | list_name | name | label |", *choices] if choices else [])])


def _evaluated(expression: str, state: FormState) -> str | Refused:
    try:
        return to_text(state.evaluate(expression, _PLACE))
    except ExpressionError as error:
        return Refused(error.code)


def _step(state: FormState, path: str, text: str) -> None:
    for above in re.finditer(r"\[(\d+)\]", path):
        repeat = _key(path[: above.start()])
        while len(state.instances(repeat)) < int(above[1]):
            state.add_instance(repeat)
    key = _key(path)
    if key in state.form.counts and not path.endswith("]"):
        while len(state.instances(key)) < int(text):
            state.add_instance(key)
        while len(state.instances(key)) > int(text):
            state.remove_instance(key, len(state.instances(key)))
    else:
        state.set(key, text or None)


def _key(path: str) -> str:
    """The key of a question or repeat: its own name behind the instances around it, groups left out."""
    *around, name = path.split("/")
    return "".join(f"{part}/" for part in around if part.endswith("]")) + name


def _asked(state: FormState) -> Iterator[tuple[str, str, Question]]:
    """(path, key, question), in the order of the form."""

    def walk(inside: Sequence[Group | Question], path: str, prefix: str) -> Iterator[tuple[str, str, Question]]:
        for item in inside:
            if isinstance(item, Question):
                yield f"{path}/{item.name}", prefix + item.name, item
            elif not item.repeats:
                yield from walk(item.children, f"{path}/{item.name}", prefix)
            else:
                for within in state.instances(prefix + item.name):
                    instance = within.removeprefix(prefix).removesuffix("/")
                    yield from walk(item.children, f"{path}/{instance}", within)

    return walk(state.questionnaire.children, "/data", "")


def _observed(state: FormState, key: str, question: Question) -> Observed:
    seen = state.state(key)
    value = to_text(from_answer(seen.value)) if seen.relevant else ""
    return Observed(
        value=value,
        relevant=seen.relevant,
        required=seen.required,
        valid=not any(issue.code == "answer.constraint" for issue in seen.issues) if value else None,
        choices=tuple(choice.name for choice in seen.choices)
        if seen.relevant and question.kind in LIST_KINDS
        else None,
    )
