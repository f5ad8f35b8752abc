"""Numbers in words: how they are read, and which of them a card hides."""

import pytest

from analysis.disclosure import SUPPRESSED
from analysis.findings.said import hidden_in, numbers
from tests.analysis import cards

SEEN = cards.single(rows=(cards.row("yes", "Yes", 397), cards.row("no", "No", 3)))
SHOWN = cards.single(rows=(cards.row("yes", "Yes", 397), cards.row("no", "No", SUPPRESSED)))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("12", [(12.0,)]),
        ("1 234 and 5", [(1234.0,), (5.0,)]),
        ("1\u202f234\u00a0567", [(1234567.0,)]),
        ("1\u00a0234,5 %", [(1234.5,)]),
        ("1,234", [(1234.0, 1.234)]),
        ("1.234.567", [(1234567.0,)]),
        ("1.234,5", [(1234.5,)]),
        ("1’234", [(1234.0,)]),
        ("12.5", [(12.5,)]),
        ("١٬٢٣٤", [(1234.0,)]),
        ("١ ٢٣٤", [(1234.0,)]),
        ("٣٫٥", [(3.5,)]),
        ("２０２９", [(2029.0,)]),
        ("in 2029 461 replied", [(2029.0,), (461.0,)]),
        ("12 34", [(12.0,), (34.0,)]),
        ("three", []),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, meant: list[tuple[float, ...]]) -> None:
    assert [each for _written, each in numbers(text)] == meant


@pytest.mark.parametrize(
    ("text", "told"), [("Only 3 said no.", "3"), ("٣ قالوا لا", "٣"), ("397 of 400", ""), ("0.8 %", "0.8")]
)
def test_a_number_that_only_the_seen_card_has_is_told(text: str, told: str) -> None:
    assert hidden_in([text], [SEEN], [SHOWN]) == told


def test_a_number_that_another_shown_card_has_is_no_secret() -> None:
    other = cards.single(rows=(cards.row("yes", "Yes", 3),))
    assert hidden_in(["3"], [SEEN], [SHOWN, other]) == ""
