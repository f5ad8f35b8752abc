"""A questionnaire with errors as far as it can be drawn."""

import pytest

from survey.xlsform.checker import check, is_usable
from survey.xlsform.drawable import drawable
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import from_markdown

HEAD = "| survey |\n| | type | name | label | relevant | calculation |\n"


def drawn(rows: str) -> tuple[list[str], list[str]]:
    """(names of the questions that are left, codes of what was left out)."""
    sheets, left_out = drawable(from_markdown(HEAD + rows))
    return [question.name for question in read_questionnaire(sheets).questions()], [each.code for each in left_out]


def test_a_sound_questionnaire_is_drawn_whole() -> None:
    assert drawn("| | text | a | A | | |\n") == (["a"], [])


def test_a_faulty_condition_is_left_out_and_its_question_is_asked() -> None:
    assert drawn("| | text | a | A | ( | |\n") == (["a"], ["expression.incomplete"])


def test_what_refers_to_a_question_that_is_left_out_loses_its_condition() -> None:
    assert drawn("| | txt | a | A | | |\n| | text | b | B | ${a} = 'x' | |\n") == (
        ["b"],
        ["type.unknown", "reference.unknown"],
    )


def test_a_circle_is_cut() -> None:
    names, codes = drawn("| | text | a | A | ${b} = 'x' | |\n| | text | b | B | ${a} = 'x' | |\n")
    assert names == ["a", "b"] and codes == ["questionnaire.cycle"]


@pytest.mark.parametrize(
    "rows",
    ["| | begin group | g | G | | |\n| | text | a | A | | |\n", "| | text | a | A | | |\n| | end group | | | | |\n"],
)
def test_a_group_that_is_open_or_closed_without_need_is_no_group(rows: str) -> None:
    names, codes = drawn(rows)
    assert names == ["a"] and len(codes) == 1


def test_rows_keep_their_numbers() -> None:
    sheets, _ = drawable(from_markdown(HEAD + "| | txt | a | A | | |\n| | text | b | B | | |\n"))
    assert [row.number for row in sheets["survey"]] == [3]
    assert is_usable(check(sheets))
