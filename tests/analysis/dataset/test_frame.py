"""The pandas view says in words what the arrays say in codes."""

from pathlib import Path

import pandas as pd

from analysis.dataset.frame import PERMISSION, frame
from tests.analysis.consultations import dataset, responses, with_no_answers

TABLE = frame(
    dataset(
        responses(
            {"region": "n", "fields": ("prev",), "led": "ns", "g1": "dk", "order": ("care", "prev"), "wish": "Peace"},
            {"region": "s", "staff": 3, "publish": "named"},
            {"publish": "no"},
        )
    ),
    "fr",
)


def test_rows_are_responses() -> None:
    assert TABLE.index.tolist() == [1, 2, 3]
    assert TABLE.index.name == "response_id"


def test_single_choices_are_words_and_causes() -> None:
    assert TABLE["region"].tolist() == ["Nord", "Sud", "skipped"]
    assert TABLE["led"].tolist() == ["refused", "skipped", "not_asked"]
    assert TABLE["g1"].tolist() == ["dont_know", "skipped", "not_asked"]


def test_multiple_choices_are_a_flag_per_option() -> None:
    assert TABLE["fields/prev"].tolist() == [True, pd.NA, pd.NA]
    assert TABLE["fields/care"].tolist() == [False, pd.NA, pd.NA]


def test_several_choices_that_are_no_answer_are_not_available() -> None:
    found = frame(dataset(responses({"fields": ("dk",)}, {"fields": ("prev", "na")}), with_no_answers()), "en")
    assert [name for name in found.columns if name.startswith("fields/")] == [
        "fields/prev",
        "fields/care",
        "fields/other",
    ]
    assert found["fields/prev"].tolist() == [pd.NA, True]


def test_rankings_are_a_position_per_item() -> None:
    assert TABLE["order/care"].tolist() == [1, pd.NA, pd.NA]
    assert TABLE["order/other"].isna().all()


def test_numbers_and_texts_are_themselves() -> None:
    assert TABLE["staff"].tolist() == [pd.NA, 3.0, pd.NA]
    assert TABLE["wish"].iloc[0] == "Peace"


def test_labels_are_in_the_language() -> None:
    assert TABLE.attrs["labels"]["region"] == "Région"
    assert TABLE.attrs["labels"]["fields/prev"] == "Domaines: Prévention"


def test_contact_data_has_no_column() -> None:
    assert not any("email" in column for column in TABLE.columns)


def test_every_row_says_what_may_be_published() -> None:
    assert TABLE[PERMISSION].tolist() == ["no", "named", "no"]


def test_a_file_keeps_words_kinds_and_labels(tmp_path: Path) -> None:
    TABLE.to_parquet(tmp_path / "replies.parquet")
    again = pd.read_parquet(tmp_path / "replies.parquet")
    pd.testing.assert_frame_equal(again, TABLE)
    assert again.attrs == TABLE.attrs
    assert again["region"].cat.categories.tolist()[:6] == [
        *("not_asked", "skipped", "not_applicable", "dont_know", "refused"),
        "Nord",
    ]
