"""Whoever keeps the places of a ranking in several views, beside its card, finds no small group between them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from analysis import ledger, opened_data, review
from analysis.dataset.arrays import Dataset, RankColumn
from analysis.disclosure import SUPPRESSED, Audience, policy
from analysis.disclosure.releases import Release, release
from analysis.disclosure.tables import Table, group_of, places_table
from analysis.findings.card import Card
from analysis.findings.contents import answers_of
from analysis.findings.summary import summarise, tables_of
from analysis.opened_data import Filters
from data.store import Store
from survey import demo
from survey.access import OPERATOR
from tests import attacker
from tests.analysis.consultations import SOURCE

RANKING = "invest_rank"
THRESHOLD = 5
RULES = policy(Audience.MEETING)
NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)
View = dict[str, tuple[str, ...]]
EVERYBODY: View = {}
SSA: View = {"region": ("ssa",)}
TWO: View = {"region": ("lac", "ssa")}
MENA: View = {"region": ("mena",)}
SEQUENCES = (
    (EVERYBODY,),
    (SSA,),
    (MENA,),
    (EVERYBODY, SSA),
    (SSA, TWO),
    pytest.param((SSA, TWO, EVERYBODY), marks=pytest.mark.long),
    pytest.param((TWO, MENA, SSA), marks=pytest.mark.long),
)


@pytest.fixture
def data(demo_store: Store) -> Dataset:
    return opened_data.open_data(demo_store, demo.SLUG, OPERATOR, Audience.INTERNAL).dataset


def cards_of(data: Dataset, views: Sequence[View]) -> list[Card]:
    kept: list[Release] = []
    found = []
    for view in views:
        made = release(
            data, tables_of(data, RANKING, filters=view), kept, answers=partial(answers_of, data), rules=RULES
        )
        kept += made
        by_table = {each.table: each for each in made}
        found.append(
            summarise(
                data,
                RANKING,
                audience=Audience.MEETING,
                language="en",
                filters=view,
                source=SOURCE,
                released=by_table,
            )
        )
    return found


def named(region: str, item: str, place: int) -> str:
    return f"{region}/{item}/{place}"


def attack(data: Dataset, views: Sequence[View]) -> list[str]:
    """Places of fewer than five in a view, which the attacker narrows to more than none or to fewer than five.

    Regions that no view names are one region, "*". Everybody fills places from the first on, and each place once.
    """
    column = data.columns[RANKING]
    assert isinstance(column, RankColumn)
    regions = sorted({code for view in views for code in view.get("region", ())})
    items = [code.name for code in data.variables[RANKING].codes]
    places = range(1, len(items) + 1)
    known, wanted, names = attacker.Knowledge(), [], []
    for region in (*regions, "*"):
        columns = [{named(region, item, place): 1.0 for item in items} for place in places]
        for terms in columns:
            for name in terms:
                known.tell({name: 1.0}, 0, float("inf"))
        known.tell({**columns[0], f"n {region}": -1.0}, 0, 0)
        for before, after in pairwise(columns):
            known.tell({**before, **dict.fromkeys(after, -1.0)}, 0, float("inf"))
        for item in items:
            ranked = {named(region, item, place): -1.0 for place in places}
            known.tell({f"n {region}": 1.0, **ranked}, 0, float("inf"))
    for view, card in zip(views, cards_of(data, views), strict=True):
        inside = view.get("region", (*regions, "*"))
        rows = data.select(view)
        if isinstance(card.base.answered, int):
            known.tell({f"n {region}": 1.0 for region in inside}, card.base.answered, card.base.answered)
        for number, row in enumerate(card.rows):
            every = [{named(region, row.code, place): 1.0 for region in inside} for place in places]
            if isinstance(row.cell.count, int):
                known.tell({name: 1.0 for terms in every for name in terms}, row.cell.count, row.cell.count)
            if isinstance(row.mean_rank, float):
                mean = row.mean_rank
                apart = {name: place - mean for place, terms in zip(places, every, strict=True) for name in terms}
                known.tell(apart, -1e-6, 1e-6)
            for place, terms, cell in zip(places, every, row.places, strict=True):
                if isinstance(cell.count, int):
                    known.tell(terms, cell.count, cell.count)
                if np.count_nonzero((column.ranks[:, number] == place) & rows) < THRESHOLD:
                    wanted.append(terms)
                    names.append(f"{view} {row.code} {place}")
    ranges = known.ranges_of(wanted) if wanted else []
    return [
        f"{name}: {low:.1f}..{high:.1f}"
        for name, (low, high) in zip(names, ranges, strict=True)
        if low > 1e-4 or high < THRESHOLD - 1e-4
    ]


@pytest.mark.parametrize("views", SEQUENCES, ids=str)
def test_the_places_of_a_sequence_of_views_tell_no_small_group(data: Dataset, views: Sequence[View]) -> None:
    assert attack(data, views) == []


def test_an_internal_reader_sees_every_place_and_they_add_up(data: Dataset) -> None:
    card = summarise(data, RANKING, audience=Audience.INTERNAL, language="en", source=SOURCE)
    column = data.columns[RANKING]
    assert isinstance(column, RankColumn)
    for number, row in enumerate(card.rows):
        counts = [np.count_nonzero(column.ranks[:, number] == place) for place in range(1, len(card.rows) + 1)]
        assert [cell.count for cell in row.places] == counts
        assert sum(counts) == row.cell.count
        assert row.places[0] == row.first
    assert [sum(int(row.places[place].count) for row in card.rows) for place in (0, 2, 3)] == [361, 361, 314]  # type: ignore[arg-type]


def test_all_replies_of_the_demonstration_show_every_place_to_a_meeting(data: Dataset) -> None:
    (card,) = cards_of(data, [EVERYBODY])
    assert all(isinstance(cell.count, int) for row in card.rows for cell in row.places)


def test_a_small_place_is_hidden_and_the_first_place_stands_as_on_the_card(data: Dataset) -> None:
    (card,) = cards_of(data, [SSA])
    inside = summarise(data, RANKING, audience=Audience.INTERNAL, language="en", filters=SSA, source=SOURCE)
    small = [
        shown
        for row, true in zip(card.rows, inside.rows, strict=True)
        for shown, cell in zip(row.places, true.places, strict=True)
        if isinstance(cell.count, int) and cell.count < THRESHOLD
    ]
    assert small
    assert all(cell.count is SUPPRESSED and cell.share is SUPPRESSED for cell in small)
    assert all(row.places[0] == row.first for row in card.rows)


def test_what_was_released_of_a_ranking_before_tells_none_of_its_later_places(data: Dataset) -> None:
    answers = partial(answers_of, data)
    own = Table(question=RANKING, filters=group_of(SSA))
    added = Table(question=places_table(RANKING), filters=group_of(SSA))
    (before,) = release(data, [own], (), answers=answers, rules=RULES)
    again, places = release(data, [own, added], [before], answers=answers, rules=RULES)
    together = release(data, [own, added], (), answers=answers, rules=RULES)
    assert again == before
    assert places.exposed == 0
    assert {key.figure for key in places.hidden} == {key.figure for key in together[1].hidden}
    assert {key.figure.split()[0] for key in places.hidden} <= {"place", "rank"}


def test_a_later_view_of_the_card_is_decided_with_the_places_shown_before(data: Dataset) -> None:
    answers = partial(answers_of, data)
    shown = release(data, tables_of(data, RANKING), (), answers=answers, rules=RULES)
    others = tuple(c.name for c in data.variables["region"].codes if c.name != "mena")
    later = tables_of(data, RANKING, filters={"region": others})
    assert all(each.exposed == 0 for each in release(data, later, shown, answers=answers, rules=RULES))
    assert attack(data, [EVERYBODY, {"region": others}]) == []


@pytest.mark.long
def test_a_meetings_card_stands_in_the_ledger_with_its_places(demo_copy: Store) -> None:
    for _ in range(2):
        review.card(
            demo_copy,
            demo.SLUG,
            RANKING,
            actor=OPERATOR,
            audience=Audience.MEETING,
            language="en",
            filters=Filters(),
            now=NOW,
        )
    kept = [each.question for each in ledger.releases(demo_copy, demo.SLUG, actor=OPERATOR)]
    assert sorted(kept) == [RANKING, places_table(RANKING)]
