"""The numbers behind a card as rows."""

from dataclasses import replace

import pytest

from analysis.disclosure import SUPPRESSED, Permission
from analysis.findings.card import CardKind
from analysis.report.table import Unit, tabulate
from tests.analysis import cards, hard_cards
from tests.analysis.cards import ENGLISH


def test_options_have_count_share_and_bounds() -> None:
    table = tabulate(cards.single(), ENGLISH)
    assert [column.head for column in table.columns] == [
        "Option",
        "Count",
        "Share",
        "Share, lower bound (95 %)",
        "Share, upper bound (95 %)",
    ]
    assert table.rows[0] == ("Yes", 250, 0.625, 0.575, 0.675)
    assert table.rows[2] == ("Not sure", SUPPRESSED, SUPPRESSED, None, None)


def test_of_no_answers_there_is_a_count_and_no_share() -> None:
    nobody = hard_cards.hard_card(CardKind.RANKING, 2, "no answer", groups=2)
    found = tabulate(nobody, ENGLISH)
    kinds = {unit: {v for column in found.columns if column.unit is unit for v in column.values} for unit in Unit}
    assert (kinds[Unit.COUNT], kinds[Unit.SHARE]) == ({0}, {None})
    battery = tabulate(hard_cards.hard_card(CardKind.BATTERY, 2, "no answer", groups=2), ENGLISH)
    shares = {v for column in battery.columns if column.unit is Unit.SHARE for v in column.values}
    assert shares == {None}


def test_groups_of_a_comparison_follow_the_whole() -> None:
    table = tabulate(cards.compared(), ENGLISH)
    assert table.columns[5].head == "Eastern Europe and Central Asia: count"
    assert table.columns[5].values == (58, SUPPRESSED)
    assert len(table.columns) == 5 + 2 * 3


def test_a_battery_has_one_row_per_item() -> None:
    table = tabulate(cards.battery(), ENGLISH)
    assert [column.head for column in table.columns[:9]] == [
        "Item",
        "n",
        "Don't know",
        "Net, percentage points",
        "Net, lower bound (95 %)",
        "Net, upper bound (95 %)",
        "Mean",
        "Much worse: count",
        "Much worse: share",
    ]
    row = table.rows[0]
    assert (*row[1:4], *row[6:9]) == (400, 12, -0.5, 2.25, 120, 0.3)
    assert row[4:6] == (pytest.approx(-0.5762, abs=1e-4), pytest.approx(-0.4238, abs=1e-4))
    assert table.rows[3][3:6] == (SUPPRESSED, None, None)


def test_a_ranking_has_ranks_and_first_places() -> None:
    table = tabulate(cards.ranking(), ENGLISH)
    assert [column.head for column in table.columns[5:]] == ["Mean rank", "Put first: count", "Put first: share"]
    assert table.rows[0][5:] == (2.1, 130, 0.325)


def test_open_answers_stand_with_their_attribution_and_with_what_may_be_published() -> None:
    first = cards.text().quotes[0]
    quotes = tuple(replace(first, permission=permission) for permission in Permission)
    table = tabulate(cards.text(quotes=quotes), ENGLISH)
    assert [column.unit for column in table.columns] == [Unit.TEXT] * 5
    assert table.rows[0][1] == "An organisation, Sub-Saharan Africa"
    assert [row[4] for row in table.rows] == [
        "may be published with the name",
        "may be published without the name",
        "must not be published",
    ]


def test_a_ranking_with_places_has_columns_for_each_after_the_first() -> None:
    row = cards.ranking().rows[0]
    assert row.first is not None
    card = cards.ranking(rows=(replace(row, places=(row.first, cards.cell(SUPPRESSED), cards.cell(80))),))
    table = tabulate(card, ENGLISH)
    heads = ["Place 2: count", "Place 2: share", "Place 3: count", "Place 3: share"]
    assert [column.head for column in table.columns[8:]] == heads
    assert table.rows[0][8:] == (SUPPRESSED, SUPPRESSED, 80, 0.2)
