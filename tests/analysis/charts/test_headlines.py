"""What a card says as a sentence, and that every claim in it is true."""

import pytest

from analysis.charts.headlines import headline, strongest
from analysis.findings.card import Card
from survey.translator import Words
from tests.analysis import cards
from tests.analysis.cards import ENGLISH


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        (cards.single(), "Most respondents (63%, n = 400) chose “Yes”."),
        (cards.number(), "The median is 17.0, the mean 23.4 (n = 400)."),
    ],
)
def test_a_card_says_its_finding(card: Card, sentence: str) -> None:
    assert headline(card, ENGLISH) == sentence


def test_a_hidden_option_that_may_lead_leaves_nothing_to_say() -> None:
    assert headline(cards.multiple(), ENGLISH) == ""


def test_the_strongest_finding_of_each_question_comes_first() -> None:
    found = strongest((cards.multiple(), cards.single(), cards.text()), Words("fr"))
    assert [each.sentence for each in found] == [
        "La majorité des répondants (63\u00a0%, n = 400) ont choisi «\u00a0Yes\u00a0»."
    ]
