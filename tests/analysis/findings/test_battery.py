"""A battery's card: each item with its own base, net and mean."""

from typing import Any

import pytest

from analysis.disclosure import SUPPRESSED, Audience, Policy
from analysis.findings.battery import summarise_battery
from analysis.findings.card import Base, Card, CardKind
from analysis.findings.summary import summarise
from data.errors import NotFound
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import from_markdown
from tests.analysis.consultations import SOURCE, dataset, responses

DATA = dataset(
    responses(
        *[{"region": "n", "g1": "5", "g2": "1"}] * 3,
        *[{"region": "n", "g1": "4", "g2": "dk"}] * 2,
        *[{"region": "s", "g1": "3"}] * 2,
        {"region": "s", "g1": "dk", "g2": "dk"},
        {"region": "s", "g1": "1"},
        {},
    )
)


def grid(audience: Audience = Audience.INTERNAL, **options: Any) -> Card:
    return summarise(DATA, "grid", audience=audience, language="en", source=SOURCE, **options)


def test_each_item_has_its_own_base_and_distribution() -> None:
    made = grid()
    services, rights = made.items
    assert made.kind is CardKind.BATTERY
    assert made.scale == (("1", "Worse"), ("2", "A bit worse"), ("3", "Same"), ("4", "A bit better"), ("5", "Better"))
    assert services.base == Base(replies=10, answered=8, missing={"not_asked": 1, "skipped": 0, "dont_know": 1})
    assert rights.base == Base(replies=10, answered=3, missing={"not_asked": 1, "skipped": 3, "dont_know": 3})
    assert [row.cell.count for row in services.rows] == [1, 0, 2, 2, 3]
    assert [row.cell.share for row in rights.rows] == [1.0, 0, 0, 0, 0]


def test_net_is_positive_when_things_got_better() -> None:
    services, rights = grid().items
    assert services.net == (5 - 1) / 8
    assert services.mean == (1 * 1 + 2 * 3 + 2 * 4 + 3 * 5) / 8
    assert (rights.net, rights.mean) == (-1.0, 1.0)


def test_the_cards_base_counts_who_answered_any_item() -> None:
    assert grid().base == Base(replies=10, answered=8, missing={"not_asked": 1, "skipped": 0, "dont_know": 1})


def test_items_are_compared_within_each_column() -> None:
    made = grid(by="region")
    assert [(column.code, column.base.answered) for column in made.columns] == [("n", 5), ("s", 3), ("na", 0)]
    best = made.items[0].rows[4]
    assert {code: (cell.count, cell.share) for code, cell in best.by.items()} == {
        "n": (3, 0.6),
        "s": (0, 0.0),
        "na": (0, 0.0),
    }


def test_a_public_card_hides_net_and_mean_only_where_a_small_count_follows_from_them() -> None:
    data = dataset(
        responses(
            *[{"g1": "5", "g2": "5"}] * 20,
            *[{"g1": "4", "g2": "4"}] * 9,
            *[{"g1": "2", "g2": "3"}] * 8,
            *[{"g1": "1", "g2": "1"}] * 7,
            *[{"g1": "3", "g2": "2"}] * 12,
            {"g2": "2"},
        )
    )
    services, rights = summarise(data, "grid", audience=Audience.PUBLIC, language="en", source=SOURCE).items
    assert [row.cell.count for row in services.rows] == [7, 8, 12, 9, 20]
    assert services.net == (20 + 9 - 7 - 8) / 56
    assert services.mean is not None
    assert rights.net is not SUPPRESSED
    few = grid(Audience.PUBLIC).items[1]
    assert (few.net, few.mean) == (SUPPRESSED, SUPPRESSED)
    assert {row.cell.count for row in few.rows} == {SUPPRESSED}


def test_an_item_that_nobody_answered_has_no_net_and_no_mean() -> None:
    made = grid(filters={"region": ["na"]})
    assert [(item.net, item.mean) for item in made.items] == [(None, None)] * 2


def test_an_item_alone_is_a_single_choice() -> None:
    made = summarise(DATA, "g1", audience=Audience.INTERNAL, language="en", source=SOURCE)
    assert made.kind is CardKind.SINGLE
    assert [row.cell for row in made.rows] == [row.cell for row in grid().items[0].rows]


def test_the_groups_name_gives_the_battery() -> None:
    assert summarise(DATA, "grid", audience=Audience.INTERNAL, language="en", source=SOURCE) == grid()


def test_an_unknown_group_is_not_found() -> None:
    with pytest.raises(NotFound, match="card.unknown_question"):
        summarise_battery(
            DATA, "g1", audience=Audience.INTERNAL, rules=Policy(threshold=0), language="en", source=SOURCE
        )


def test_a_scale_without_numbers_has_no_net_and_no_mean() -> None:
    form = read_questionnaire(
        from_markdown(
            """
| survey |
| | type           | name | label | appearance |
| | begin group    | who  | Who?  | table-list |
| | select_one aid | w1   | State |            |
| | select_one aid | w2   | NGOs  |            |
| | end group      |      |       |            |
| choices |
| | list_name | name | label |
| | aid       | pays | Pays  |
| | aid       | acts | Acts  |
"""
        )
    )
    data = dataset(responses({"w1": "pays", "w2": "acts"}), form)
    made = summarise(data, "who", audience=Audience.INTERNAL, language="en", source=SOURCE)
    assert [(item.net, item.mean) for item in made.items] == [(None, None)] * 2


def test_a_scale_listed_from_high_to_low_is_turned_so_that_net_keeps_its_sign() -> None:
    form = read_questionnaire(
        from_markdown(
            """
| survey |
| | type          | name | label | appearance |
| | begin group   | m    | M     | table-list |
| | select_one up | m1   | One   |            |
| | end group     |      |       |            |
| choices |
| | list_name | name | label |
| | up        | 3    | Good  |
| | up        | 2    | Same  |
| | up        | 1    | Bad   |
"""
        )
    )
    data = dataset(responses({"m1": "3"}), form)
    made = summarise(data, "m", audience=Audience.INTERNAL, language="en", source=SOURCE)
    assert [code for code, _ in made.scale] == ["1", "2", "3"]
    assert made.items[0].net == 1.0
