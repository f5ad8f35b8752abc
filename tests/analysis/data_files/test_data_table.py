"""The table before any format: codes, labels, reasons and names."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.data_files.answers import Asked, answers, left_out
from analysis.data_files.table import REASONS, NumberColumn, WordColumn, cut, file_names, first_reason
from analysis.dataset.arrays import CAUSES
from data.errors import NotFound
from survey.translator import Words
from tests.analysis.consultations import dataset, responses, with_no_answers
from tests.analysis.data_files.replies import ABOUT, SUBMISSIONS, codes, table
from tests.small import refused


def asked(size: int, **changes: object) -> Asked:
    values = {"order": np.arange(size), "identified": True, "questions": (), "names": False, "texts": False}
    return Asked(**{**values, "weights": (), **changes})  # type: ignore[arg-type]


def test_every_cause_of_the_code_arrays_is_a_reason() -> None:
    assert {str(cause) for cause in CAUSES} <= {str(reason) for reason in REASONS}


def test_why_several_choices_have_no_answer_stands_in_each_of_their_columns() -> None:
    given = [("dk",), ("na",), ("prev", "dk")]
    data = dataset(responses(*({"region": "n", "fields": each, "order": each} for each in given)), with_no_answers())
    made = answers(data, asked(data.size, questions=("fields", "order")), ABOUT, Words("en"))
    found = codes(made)
    assert (found["fields_prev"], found["fields_care"]) == ([-97, -93, 1], [-97, -93, 0])
    assert (found["order_prev"], found["order_care"]) == ([-97, -93, 1], [-97, -93, -95])
    assert "fields_dk" not in found
    assert made.sets[0].columns == ("fields_prev", "fields_care", "fields_other")
    (told,) = (column for column in made.columns if column.name == "fields_prev")
    assert isinstance(told, NumberColumn)
    assert [made.reason_words(reason) for reason in told.reasons] == ["don't know", "does not apply"]


def test_every_kind_of_question_is_coded() -> None:
    found = codes(table())
    assert found["publish"] == [1, 2, 3]
    assert found["region"] == [2, 1, -98]
    assert (found["fields_prev"], found["fields_care"], found["fields_other"]) == (
        [1, 0, -98],
        [0, 1, -98],
        [1, 0, -98],
    )
    assert (found["g1"], found["g2"]) == ([1, 5, -99], [-97, 3, -99])
    assert found["led"] == [-96, 1, -99]
    assert (found["order_prev"], found["order_care"]) == ([2, -98, -99], [1, -98, -99])
    assert found["order_other"] == [-95, -98, -99]
    assert (found["hope"], found["staff"], found["budget"]) == ([4, -98, -99], [12, -98, -99], [1234.5, -98, -99])
    assert found["publication"] == [1, 2, 3]
    assert found["weight_frame"] == [1.5, 0.5, 1.0]
    assert found["case"] == [1, 2, 3]


def test_labels_are_in_the_chosen_language() -> None:
    french = table("fr")
    column = next(each for each in french.columns if each.name == "region")
    assert isinstance(column, NumberColumn)
    assert french.words(column.label, "") == "Région"
    assert [french.words(value.label, "") for value in column.values] == ["Nord", "Sud", "Sans objet"]
    item = next(each for each in french.columns if each.name == "g1")
    assert french.words(item.label, "") == "Services – Évolution ?"


def test_what_identifies_and_what_is_in_words_is_in_it_when_asked_for() -> None:
    data = dataset(responses(*SUBMISSIONS))
    plain = asked(data.size)
    names = {each.name for each in answers(data, plain, ABOUT, Words("en")).columns}
    assert not names & {"org", "other", "wish", "email", "proof"}
    assert "since" in names
    assert left_out(data, plain) == (1, 2)
    everything = asked(data.size, names=True, texts=True)
    assert {"org", "other", "wish"} <= {each.name for each in answers(data, everything, ABOUT, Words("en")).columns}
    assert left_out(data, everything) == (0, 0)


def test_contact_data_and_files_are_never_in_it() -> None:
    assert not {"email", "proof"} & {each.name for each in table().columns}


def test_one_question_or_battery_can_be_asked_for() -> None:
    data = dataset(responses(*SUBMISSIONS))
    found = answers(data, asked(data.size, questions=("grid", "led")), ABOUT, Words("en"))
    assert [each.name for each in found.columns] == ["case", "g1", "g2", "led", "publication"]
    with refused(NotFound, "card.unknown_question"):
        answers(data, asked(data.size, questions=("email",)), ABOUT, Words("en"))


def test_the_columns_of_a_multiple_choice_are_a_set() -> None:
    found = table()
    assert [(each.name, each.columns) for each in found.sets] == [
        ("fields", ("fields_prev", "fields_care", "fields_other"))
    ]


def test_codes_of_reasons_keep_clear_of_the_numbers() -> None:
    assert first_reason([np.array([1.0, -98.0])]) == -999
    assert first_reason([np.array([-98.0]), np.array([-995.0])]) == -9999
    assert first_reason([np.array([-200.0, np.nan])]) == -99
    found = table(submissions=({**SUBMISSIONS[0], "staff": -97}, *SUBMISSIONS[1:]))
    assert found.first_reason == -999
    assert codes(found)["staff"] == [-97, -998, -999]
    assert codes(found)["fields_prev"] == [1, 0, -998]


@settings(max_examples=60)
@given(st.lists(st.text(max_size=40), max_size=12))
def test_names_are_allowed_everywhere_and_differ(wanted: list[str]) -> None:
    names = file_names(wanted)
    assert len({name.lower() for name in names}) == len(wanted)
    for name in names:
        assert len(name) <= 32
        assert name.isascii()
        assert name[0].isalpha()
        assert name.replace("_", "").isalnum()
        assert not name.endswith("_")


def test_names_keep_what_can_be_kept() -> None:
    assert file_names(["q1", "Q1", "fields/prev", "if", "2nd", "x" * 40, "x" * 40, "str5", "القسم"]) == [
        "q1",
        "Q1_2",
        "fields_prev",
        "v_if",
        "v_2nd",
        "x" * 32,
        "x" * 30 + "_2",
        "v_str5",
        "v",
    ]


@pytest.mark.parametrize("text", ["", "short", "é" * 200, "和平" * 200])
def test_a_text_is_cut_between_letters(text: str) -> None:
    found = cut(text, 100)
    assert len(found.encode()) <= 100
    assert found.rstrip("…") == text[: len(found.rstrip("…"))]


def test_texts_are_in_columns_of_words() -> None:
    column = next(each for each in table().columns if each.name == "wish")
    assert isinstance(column, WordColumn)
    assert [bool(text) for text in column.texts] == [True, False, False]
