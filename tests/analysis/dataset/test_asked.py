"""Not asked or skipped: the cached conditions against the whole form opened for every response."""

import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.dataset.asked import asked_by_relevance
from analysis.dataset.building import build_dataset
from analysis.dataset.codebook import build_codebook
from data.records import AnswerValue
from survey.logic.compiled_form import compile_form
from survey.logic.form_state import open_form
from survey.questionnaire import LIST_KINDS, NUMBER_KINDS, UNASKED_KINDS, Kind, Questionnaire
from survey.xlsform.reader import read, read_questionnaire
from survey.xlsform.sheets import from_markdown, read_sheets
from tests.analysis.consultations import NOON, response

CHAINED = read_questionnaire(
    from_markdown(
        """
| survey |
| | type          | name   | label  | relevant               | calculation            | default |
| | select_one yn | a      | A?     |                        |                        | yes     |
| | integer       | b      | B?     | ${a} = 'yes'           |                        |         |
| | calculate     | twice  |        |                        | ${b} * 2               |         |
| | begin group   | g      | G      | ${twice} > 10          |                        |         |
| | text          | c      | C?     |                        |                        |         |
| | text          | d      | D?     | ${c} != ''             |                        |         |
| | end group     |        |        |                        |                        |         |
| | text          | e      | E?     | today() > '2026-06-01' |                        |         |
| choices |
| | list_name | name | label |
| | yn        | yes  | Yes   |
| | yn        | no   | No    |
"""
    )
)

ASKED = asked_by_relevance({1: CHAINED})


@given(
    answers=st.fixed_dictionaries(
        {},
        optional={
            "a": st.sampled_from(["yes", "no"]),
            "b": st.integers(0, 10),
            "c": st.just("x"),
            "d": st.just("y"),
        },
    )
)
def test_asked_questions_are_those_the_form_would_show(answers: dict[str, AnswerValue]) -> None:
    # All examples share one function, because its cache is what is tested.
    sent = open_form(CHAINED, answers or {"a": "no"}, language="en", today=NOON.date(), now=NOON).submission()
    assert ASKED(response(1, sent)) == _shown(CHAINED, sent)


def test_a_default_does_not_answer_for_a_submitted_response() -> None:
    assert ASKED(response(1, {})) == {"a", "e"}


def test_dates_are_those_of_the_submission() -> None:
    early = response(1, {"a": "no"}, submitted_at=NOON.replace(month=3))
    assert ASKED(early) == {"a"}
    assert ASKED(response(2, {"a": "no"})) == {"a", "e"}


def test_each_version_has_its_own_conditions() -> None:
    other = read_questionnaire(from_markdown("| survey |\n| | type | name | label |\n| | text | z | Z |"))
    asked = asked_by_relevance({1: CHAINED, 2: other})
    assert asked(response(1, {}, version_number=2)) == {"z"}


def test_conditions_over_repeats_look_at_every_instance() -> None:
    form = read(
        from_markdown(
            """
            | survey |
            | | type         | name  | label | relevant          | calculation  | repeat_count |
            | | integer      | many  | Many  |                   |              |              |
            | | begin repeat | child | Child |                   |              |              |
            | | integer      | age   | Age   |                   |              |              |
            | | end repeat   |       |       |                   |              |              |
            | | calculate    | total |       |                   | sum(${age})  |              |
            | | text         | old   | Old   | ${total} > 50     |              |              |
            | | text         | few   | Few   | count(${child}) < 2 |            |              |
            """
        )
    )[0]
    asked = asked_by_relevance({1: form})
    one = response(1, {"child": 1, "child[1]/age": 60})
    two = response(2, {"child": 2, "child[1]/age": 20, "child[2]/age": 10})
    other = response(3, {"child": 2, "child[1]/age": 20, "child[2]/age": 40})
    assert [asked(each) for each in (one, two, other)] == [
        {"many", "child", "old", "few"},
        {"many", "child"},
        {"many", "child", "old"},
    ]


WAY_FORWARD = Path(__file__).parents[4] / "shared" / "consultations" / "way_forward_2029.xlsx"


@pytest.mark.skipif(not WAY_FORWARD.exists(), reason="the shared workbook is not here")
def test_461_responses_to_71_fields_are_coded_within_two_seconds() -> None:
    form = read_questionnaire(read_sheets(WAY_FORWARD))
    compiled = compile_form(form)
    records = []
    for number in range(461):
        sent = open_form(compiled, _answers(form, number), language="en", today=NOON.date(), now=NOON).submission()
        records.append(response(number, sent))
    started = time.perf_counter()
    asked = asked_by_relevance({1: form})
    data = build_dataset(build_codebook(form, {"contact": "contact_email"}), records, asked=asked)
    elapsed_seconds = time.perf_counter() - started
    assert data.size == 461
    assert elapsed_seconds < 2
    for record in records[::10]:
        state = open_form(compiled, record.submission, language="en", today=NOON.date(), now=NOON)
        assert asked(record) == {
            question.name
            for question in form.questions()
            if question.kind not in UNASKED_KINDS and state.state(question.name).relevant
        }


def _shown(form: Questionnaire, answers: dict[str, AnswerValue]) -> set[str]:
    # A form without any answer is a new one and takes its defaults, which a submitted response has not.
    state = open_form(form, answers or {"a": ""}, language="en", today=NOON.date(), now=NOON)
    return {q.name for q in form.questions() if q.kind not in UNASKED_KINDS and state.state(q.name).relevant}


def _answers(form: Questionnaire, seed: int) -> dict[str, AnswerValue]:
    random = Random(seed)
    answers: dict[str, AnswerValue] = {"consent": "agree" if seed % 20 else "decline"}
    for question in form.questions():
        codes = [choice.name for choice in form.choices(question)]
        if question.name in answers or random.random() < 0.1:
            continue
        if question.kind is Kind.SELECT_ONE:
            answers[question.name] = random.choice(codes)
        elif question.kind in LIST_KINDS:
            answers[question.name] = tuple(random.sample(codes, min(len(codes), random.randint(1, 5))))
        elif question.kind in NUMBER_KINDS:
            answers[question.name] = random.randint(1, 5)
        elif question.kind is Kind.TEXT:
            answers[question.name] = f"words {random.random()}"
    return answers
