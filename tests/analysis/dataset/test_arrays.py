"""Responses as code arrays, the causes of missing answers, and filters."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.dataset.arrays import (
    ANSWERED,
    DONT_KNOW,
    FIRST_CODE,
    NOT_APPLICABLE,
    NOT_ASKED,
    REFUSED,
    SKIPPED,
    Dataset,
    MultipleColumn,
    NumberColumn,
    RankColumn,
    SingleColumn,
    TextColumn,
)
from analysis.dataset.building import build_dataset
from analysis.dataset.codebook import build_codebook
from data.errors import InvalidInput
from data.records import ResponseStatus
from survey.questionnaire import Choice, Kind, Language, Question, Questionnaire, Text
from tests.analysis.consultations import dataset, response, responses, with_no_answers

NORTH = {"region": "n", "fields": ("prev", "care"), "g1": "5", "g2": "dk", "led": "ns", "order": ("care", "prev")}
SOUTH = {"region": "s", "fields": ("other",), "other": "Sport", "hope": 4, "staff": 12, "budget": 0.5, "wish": "Paix"}
NOWHERE = {"publish": "no"}
DATA = dataset(responses(NORTH, SOUTH, NOWHERE))


def test_a_single_choice_is_coded_after_the_states() -> None:
    column = DATA.columns["region"]
    assert isinstance(column, SingleColumn)
    assert column.codes.tolist() == [FIRST_CODE, FIRST_CODE + 1, SKIPPED]
    assert column.codes.dtype == np.uint8


def test_missing_choices_and_unasked_questions_have_their_cause() -> None:
    assert DATA.columns["g1"].state.tolist() == [ANSWERED, SKIPPED, NOT_ASKED]
    assert DATA.columns["g2"].state.tolist() == [DONT_KNOW, SKIPPED, NOT_ASKED]
    assert DATA.columns["led"].state.tolist() == [REFUSED, SKIPPED, NOT_ASKED]


def test_a_multiple_choice_is_a_flag_per_option() -> None:
    column = DATA.columns["fields"]
    assert isinstance(column, MultipleColumn)
    assert column.chosen.tolist() == [[True, True, False], [False, False, True], [False, False, False]]
    assert column.state.tolist() == [ANSWERED, ANSWERED, SKIPPED]


def test_a_ranking_is_a_position_per_item_and_zero_when_not_ranked() -> None:
    column = DATA.columns["order"]
    assert isinstance(column, RankColumn)
    assert column.ranks.tolist() == [[2, 1, 0], [0, 0, 0], [0, 0, 0]]


def test_a_number_is_nan_exactly_where_it_is_missing() -> None:
    column = DATA.columns["budget"]
    assert isinstance(column, NumberColumn)
    np.testing.assert_array_equal(column.values, [np.nan, 0.5, np.nan])
    assert column.state.tolist() == [SKIPPED, ANSWERED, NOT_ASKED]


def test_texts_keep_their_row() -> None:
    column = DATA.columns["other"]
    assert isinstance(column, TextColumn)
    assert column.texts == ((1, "Sport"),)
    assert column.state.tolist() == [NOT_ASKED, ANSWERED, NOT_ASKED]


def test_an_answer_counts_even_when_the_question_was_not_asked() -> None:
    records = responses({"g1": "3"})
    data = build_dataset(DATA.codebook, records, asked=lambda _: frozenset())
    assert data.columns["g1"].state.tolist() == [ANSWERED]


def test_empty_answers_are_no_answers() -> None:
    data = dataset(responses({"region": "n", "wish": "", "fields": (), "led": ""}))
    assert {data.columns[name].state.tolist()[0] for name in ("wish", "fields", "led")} == {SKIPPED}


def test_drafts_are_not_counted() -> None:
    draft = response(2, SOUTH, status=ResponseStatus.DRAFT)
    assert [who.response_id for who in dataset([response(1, NORTH), draft]).respondents] == [1]


def test_language_and_lateness_are_variables() -> None:
    data = dataset([response(1, NORTH, language="fr"), response(2, SOUTH, late=True)])
    assert data.select({"language": ["fr"]}).tolist() == [True, False]
    assert data.select({"late": ["late"]}).tolist() == [False, True]


def test_a_code_that_no_choice_has_any_more_is_kept() -> None:
    data = dataset(responses({"region": "east"}, {"region": "n"}))
    assert [code.name for code in data.codebook.variable("region").codes] == ["n", "s", "na", "east"]
    assert data.select({"region": ["east"]}).tolist() == [True, False]


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        dataset(responses({"region": "n", "staff": "many"}))
    assert (caught.value.code, caught.value.params) == ("dataset.not_a_number", {"question": "staff", "response": 1})


def test_a_long_list_needs_wider_codes() -> None:
    choices = tuple(Choice(name=f"c{i}", label=Text()) for i in range(300))
    form = Questionnaire(
        title="T",
        form_id="t",
        version="1",
        languages=(Language(tag="en", name="English"),),
        default_language="en",
        children=(Question(name="q", kind=Kind.SELECT_ONE, list_name="long"),),
        choice_lists={"long": choices},
    )
    data = build_dataset(build_codebook(form, {}), responses({"q": "c299"}, {}), asked=lambda _: frozenset({"q"}))
    column = data.columns["q"]
    assert isinstance(column, SingleColumn)
    assert column.codes.tolist() == [FIRST_CODE + 299, SKIPPED]
    assert column.codes.dtype == np.uint16


def test_arrays_cannot_be_changed() -> None:
    column = DATA.columns["region"]
    assert isinstance(column, SingleColumn)
    with pytest.raises(ValueError, match="read-only"):
        column.codes[0] = 7


def test_an_empty_data_set_has_no_rows() -> None:
    data = dataset(())
    assert data.size == 0
    assert data.select({"region": ["n"]}).tolist() == []


def test_filters_join_codes_with_or_and_variables_with_and() -> None:
    assert DATA.select({"region": ["n", "s"]}).tolist() == [True, True, False]
    assert DATA.select({"region": ["n", "s"], "fields": ["care", "prev"]}).tolist() == [True, False, False]
    assert DATA.select({}).tolist() == [True, True, True]


def test_a_filter_may_name_a_missing_choice() -> None:
    assert DATA.select({"led": ["ns"]}).tolist() == [True, False, False]


def test_no_answer_of_several_choices_leaves_its_cause_and_beside_an_answer_nothing() -> None:
    given = [("dk",), ("na",), ("na", "dk"), ("care", "dk", "prev"), ("prev",)]
    form = with_no_answers()
    data = dataset(responses(*({"region": "n", "fields": each, "order": each} for each in given)), form)
    fields, order = data.columns["fields"], data.columns["order"]
    assert isinstance(fields, MultipleColumn) and isinstance(order, RankColumn)
    causes = [DONT_KNOW, NOT_APPLICABLE, DONT_KNOW, ANSWERED, ANSWERED]
    assert fields.state.tolist() == order.state.tolist() == causes
    assert [code.name for code in data.variables["fields"].codes] == ["prev", "care", "other"]
    assert fields.chosen.tolist() == [[False] * 3, [False] * 3, [False] * 3, [True, True, False], [True, False, False]]
    assert order.ranks.tolist() == [[0] * 3, [0] * 3, [0] * 3, [2, 1, 0], [1, 0, 0]]
    assert data.select({"fields": ["dk"]}).tolist() == [True, False, True, False, False]
    assert data.select({"fields": ["na", "care"]}).tolist() == [False, True, False, True, False]


@pytest.mark.parametrize("name", ["nothing", "email", "org", "staff", "order"])
def test_a_filter_on_anything_but_a_choice_question_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        DATA.select({name: ["x"]})
    assert (caught.value.code, caught.value.params) == ("filter.unknown_variable", {"variable": name})


def test_a_filter_on_an_unknown_code_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        DATA.select({"region": ["n", "x"]})
    assert (caught.value.code, caught.value.params) == (
        "filter.unknown_code",
        {"variable": "region", "choice": "x"},
    )


def test_the_permission_in_force_is_that_of_the_record() -> None:
    record = replace(response(1, {"publish": "named"}), publish="no")
    assert _who(dataset([record])) == "no"
    assert _who(dataset([replace(record, publish="")])) == "named"


def _who(data: Dataset) -> str:
    return data.respondents[0].publish
