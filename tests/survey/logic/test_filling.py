"""Many answers at once give what the same answers give one after the other."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import InvalidInput
from survey import demo
from survey.logic.compiled_form import CompiledForm, compile_form
from survey.logic.form_state import FormState, open_form
from survey.logic.typed_numbers import PROGRAMS
from survey.questionnaire import UNASKED_KINDS, Kind
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import from_markdown, read_sheets
from tests.oracles.random_forms import forms, steps

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
DEMO = compile_form(read_questionnaire(read_sheets(demo.FORM)))
FORM = """
| survey |
| | type                    | name     | label | relevant             | read_only    | trigger  | calculation        | default |
| | select_one yn           | works    | W     |                      |              |          |                    |         |
| | text                    | title    | T     | ${works} = 'y'       |              |          |                    | Nurse   |
| | text                    | fixed    | F     |                      | ${title}='x' |          |                    |         |
| | calculate               | first    |       |                      |              |          | once(${title})     |         |
| | text                    | stamp    | S     |                      |              | ${works} | concat('was ', ${title}) |   |
| | text                    | last     | L     | ${stamp} != 'was x'  |              |          |                    | concat(${works}, '!') |
| choices |
| | list_name | name  | label |
| | yn        | y     | Yes   |
| | yn        | n     | No    |
"""  # noqa: E501 - a form stands here as a Markdown table
SMALL = compile_form(read_questionnaire(from_markdown(FORM)))


def new(form: CompiledForm) -> FormState:
    return open_form(form, language="en", today=NOW.date(), now=NOW, seed="1")


def one_by_one(state: FormState, answers: Mapping[str, object]) -> list[tuple[str, str]]:
    faults = []
    for key, answer in answers.items():
        try:
            state.make_room(key)
            state.set(key, answer, written_in=PROGRAMS)
        except InvalidInput as error:
            faults.append((key, error.code))
    return faults


def same(form: CompiledForm, answers: Mapping[str, object]) -> None:
    apart, together = new(form), new(form)
    faults = one_by_one(apart, answers)
    assert [(key, error.code) for key, error in together.fill(answers, written_in=PROGRAMS)] == faults
    assert together.answers == apart.answers
    assert together.submission() == apart.submission()
    assert together.all_issues() == apart.all_issues()


def key_of(path: str) -> str:
    """The key of a path: what stands in repeats is named by the repeats alone."""
    parts = path.removeprefix("/data/").split("/")
    return "".join(f"{part}/" for part in parts[:-1] if "[" in part) + parts[-1]


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    form = draw(forms())
    return form.table, {key_of(path): answer for path, answer in draw(steps(form))}


@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(histories())
def test_forms_made_by_chance_are_filled_alike(history: tuple[str, dict[str, str]]) -> None:
    table, answers = history
    same(compile_form(read_questionnaire(from_markdown(table))), answers)


@st.composite
def replies(draw: st.DrawFn) -> dict[str, object]:
    """Answers to the demonstration in any order, some of them not on offer."""
    answers: dict[str, object] = {}
    for name in draw(st.lists(st.sampled_from(sorted(DEMO.questions)), unique=True, max_size=40)):
        question = DEMO.questions[name].question
        codes = [choice.name for choice in DEMO.questions[name].choices] or ["1", "text", "-5", "x" * 25_000]
        if question.kind in UNASKED_KINDS:
            continue
        answer: object = draw(st.sampled_from([*codes, "nothing", ""]))
        if question.kind in (Kind.SELECT_MULTIPLE, Kind.RANK):
            answer = draw(st.lists(st.sampled_from(codes), max_size=4))
        answers[name] = answer
    return answers


@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(replies())
def test_the_demonstration_is_filled_alike(answers: dict[str, object]) -> None:
    same(DEMO, answers)


@pytest.mark.parametrize(
    "answers",
    [
        {"works": "y", "title": "x", "fixed": "z"},
        {"title": "x", "fixed": "z", "works": "y"},
        {"fixed": "z", "title": "x", "works": "n", "last": "w"},
        {"title": "a", "works": "y", "stamp": "typed"},
        {"works": "y", "nobody": "1", "first": "1"},
    ],
)
def test_what_is_computed_on_the_way_is_computed_in_that_order(answers: dict[str, str]) -> None:
    same(SMALL, answers)


def test_most_questions_of_the_demonstration_are_taken_together() -> None:
    assert len(DEMO.lasting) > 0.9 * sum(
        1 for each in DEMO.questions.values() if each.question.kind not in UNASKED_KINDS
    )
