"""Rows are changed, moved and renamed; what is not spoken of stays."""

import pytest

from data.errors import InvalidInput
from survey.xlsform.checker import check
from survey.xlsform.editing import header_for, inserted, moved, new_issues, renamed, with_edits, without_languages
from survey.xlsform.sheets import Sheets, from_markdown

FORM = from_markdown(
    """
| survey |
| | type        | name | label | label::Français (fr) | relevant | other |
| | text        | a    | A     | Ah   | | x |
| | begin group | g    | G     | Gé   |
| | text        | b    | B     | Bé   | ${a} = '1' |
| | text        | c    | C     | Cé   | ${ b } = '1' and ${a} != '' |
| | end group   |
| | begin group | h    | H     | Hache |
| | begin group | i    | I     | I    |
| | text        | d    | D     | Dé   |
| | end group   |
| | end group   |
"""
)


def names(sheets: Sheets) -> str:
    """The names in order; the end of a group is a dot."""
    return "".join(row["name"] or "." for row in sheets["survey"])


@pytest.mark.parametrize(
    ("number", "step", "expected", "place"),
    [
        (2, 1, "gbc.ahid..", 6),
        (2, -1, "agbc.hid..", 2),
        (3, -1, "gbc.ahid..", 2),
        (3, 1, "ahid..gbc.", 8),
        (4, 1, "agcb.hid..", 5),
        (4, -1, "agbc.hid..", 4),
        (5, 1, "agbc.hid..", 5),
        (6, 1, "agbc.hid..", 6),
        (9, 1, "agbc.hid..", 9),
        (99, 1, "agbc.hid..", 99),
    ],
)
def test_rows_move_within_their_group_and_groups_as_a_whole(number: int, step: int, expected: str, place: int) -> None:
    sheets, found = moved(FORM, "survey", number, step)
    assert (names(sheets), found) == (expected, place)


def test_cells_change_and_the_others_stay() -> None:
    sheets = with_edits(FORM, "survey", changed={2: {"label": " New ", "hint": "H", "relevant": ""}})
    assert dict(sheets["survey"][0].cells) == {
        "type": "text",
        "name": "a",
        "label": "New",
        "label::Français (fr)": "Ah",
        "other": "x",
        "hint": "H",
    }
    assert sheets.headers["survey"] == (*FORM.headers["survey"], "hint")
    assert sheets["survey"][1:] == FORM["survey"][1:]


def test_rows_are_added_at_the_end_and_removed() -> None:
    sheets = with_edits(FORM, "survey", added=[{"type": "text", "name": "z"}, {"type": " "}], removed=[2])
    assert names(sheets) == "gbc.hid..z"
    assert [row.number for row in sheets["survey"]] == list(range(2, 12))


def test_rows_are_put_below_another() -> None:
    assert names(inserted(FORM, "survey", [{"type": "text", "name": "z"}], after=4)) == "agbzc.hid.."
    assert names(inserted(FORM, "survey", [{"type": "text", "name": "z"}], after=0)) == "zagbc.hid.."


def test_a_cell_that_no_workbook_holds_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"too_large"):
        with_edits(FORM, "survey", changed={2: {"label": "x" * 40_000}})


def test_names_change_with_their_references_and_no_other_word() -> None:
    sheets = renamed(FORM, {"b": "bb"})
    assert names(sheets) == "agbbc.hid.."
    assert sheets["survey"][3]["relevant"] == "${bb} = '1' and ${a} != ''"
    assert sheets["survey"][2]["label"] == "B"


def test_languages_are_left_out() -> None:
    sheets = without_languages(FORM, {"fr"})
    assert sheets.headers["survey"] == ("type", "name", "label", "relevant", "other")
    assert "label::Français (fr)" not in sheets["survey"][0].cells


@pytest.mark.parametrize(
    ("column", "tag", "expected"),
    [
        ("label", "en", "label"),
        ("label", "fr", "label::Français (fr)"),
        ("hint", "fr", "hint::Français (fr)"),
        ("hint", "ar", "hint::ar"),
        ("relevant", "", "relevant"),
        ("constraint", "", "constraint"),
    ],
)
def test_headers_are_spelt_as_the_sheet_spells_them(column: str, tag: str, expected: str) -> None:
    assert header_for(FORM, "survey", column, tag) == expected


def test_issues_that_only_moved_are_neither_new_nor_gone() -> None:
    broken = with_edits(FORM, "survey", changed={5: {"relevant": "${nobody}"}})
    came, went = new_issues(check(FORM), check(broken))
    assert [issue.code for issue in came if issue.severity == "error"] == ["reference.unknown"]
    shifted = inserted(broken, "survey", [{"type": "calculate", "name": "z", "calculation": "1"}], after=0)
    came, went = new_issues(check(broken), check(shifted))
    assert [issue.code for issue in (*came, *went) if issue.severity == "error"] == []
