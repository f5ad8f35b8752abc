"""Cells that a spreadsheet would run."""

import pytest

from data.formulas import guarded


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "\0=1", "  =1", "＝1", "＋1", "－1", "＠a"]
)
def test_what_a_spreadsheet_would_run_is_made_words(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a = b", "1", "é", " a", "'=1"])
def test_other_words_stay(cell: str) -> None:
    assert guarded(cell) == cell
