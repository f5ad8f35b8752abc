"""Every demo response is one that the demo's own form accepts."""

from pathlib import Path

import pytest

from data.demo.generator import responses
from survey.logic.compiled_form import CompiledForm, compile_form
from survey.logic.form_state import open_form
from survey.questionnaire import Kind
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import read_sheets

FORM = Path(__file__).parents[2] / "data" / "demo" / "way_forward_2029"


@pytest.fixture(scope="module")
def form() -> CompiledForm:
    return compile_form(read_questionnaire(read_sheets(FORM)))


def test_the_form_accepts_every_demo_response_as_it_stands(form: CompiledForm) -> None:
    refused = {}
    for place, response in enumerate(responses()):
        given = {name: tuple(value) if isinstance(value, list) else value for name, value in response.answers.items()}
        at = response.submitted_at
        state = open_form(form, given, language=response.language, today=at.date(), now=at)
        sent = {
            name: answer
            for name, answer in state.submission().items()
            if form.questions[name].question.kind is not Kind.METADATA
        }
        if state.all_issues() or sent != given:
            refused[place] = (
                state.all_issues(),
                {name for name in {*sent, *given} if sent.get(name) != given.get(name)},
            )
    assert refused == {}


def test_the_form_refuses_a_demo_response_without_its_finding(form: CompiledForm) -> None:
    response = responses()[0]
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in response.answers.items()}
    del given["finding"]
    at = response.submitted_at
    state = open_form(form, given, language=response.language, today=at.date(), now=at)
    assert [(name, issue.code) for name, issue in state.all_issues()] == [("finding", "answer.required")]
