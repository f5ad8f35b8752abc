"""Whoever subtracts the means of views finds no sum of few, neither a single number nor what is nearly one."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import chain, combinations
from random import Random

import numpy as np
import pytest

from analysis.dataset.arrays import Dataset, NumberColumn
from analysis.disclosure import SUPPRESSED, Audience, policy, tables
from analysis.disclosure.releases import Release, release
from analysis.disclosure.tables import Table, group_of
from analysis.findings.card import Card
from analysis.findings.contents import answers_of
from analysis.findings.summary import summarise
from tests.analysis.consultations import SOURCE, dataset, responses

THRESHOLD = 5
View = Mapping[str, Sequence[str]]


def consultation(**staff: Sequence[int]) -> Dataset:
    """Replies of each region, with how many people work there."""
    return dataset(responses(*({"region": region, "staff": each} for region, of in staff.items() for each in of)))


def shown(data: Dataset, views: Sequence[View]) -> list[Card]:
    """The cards as a meeting gets them one after the other."""
    kept: list[Release] = []
    cards = []
    for view in views:
        table = Table(question="staff", filters=group_of(view))
        (made,) = release(data, [table], kept, answers=partial(answers_of, data), rules=policy(Audience.MEETING))
        kept.append(made)
        card = summarise(
            data,
            "staff",
            audience=Audience.MEETING,
            language="en",
            filters=view,
            source=SOURCE,
            released={table: made},
        )
        cards.append(card)
    return cards


def subtracted(data: Dataset, views: Sequence[View], cards: Sequence[Card]) -> list[list[int]]:
    """What somebody finds who adds and subtracts the sums: groups of replies, of few, by their numbers."""
    column = data.columns["staff"]
    assert isinstance(column, NumberColumn)
    groups = [
        frozenset(np.flatnonzero(data.select(view) & ~np.isnan(column.values)).tolist())
        for view, card in zip(views, cards, strict=True)
        if isinstance(card.mean, float) and isinstance(card.base.answered, int)
    ]
    atoms: dict[tuple[bool, ...], set[int]] = {}
    for row in range(data.size):
        atoms.setdefault(tuple(row in group for group in groups), set()).add(row)
    parts = [rows for pattern, rows in atoms.items() if any(pattern)]
    told = [[Fraction(part <= group) for part in parts] for group in groups]
    found = []
    for some in chain.from_iterable(combinations(range(len(parts)), size) for size in range(1, len(parts) + 1)):
        values = sorted((int(column.values[row]) for place in some for row in parts[place]), reverse=True)
        few = len(values) < THRESHOLD or sum(values[2:]) * 10 < values[0]
        if few and rank([*told, [Fraction(place in some) for place in range(len(parts))]]) == rank(told):
            found.append(values)
    return found


def rank(rows: Sequence[Sequence[Fraction]]) -> int:
    """Of a matrix, by elimination in whole fractions."""
    left, found = [list(row) for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        lead = next((row for row in range(found, len(left)) if left[row][column]), None)
        if lead is None:
            continue
        left[found], left[lead] = left[lead], left[found]
        for row in range(found + 1, len(left)):
            times = left[row][column] / left[found][column]
            left[row] = [a - times * b for a, b in zip(left[row], left[found], strict=True)]
        found += 1
    return found


GIANT = {
    "n": [40, 52, 61, 33, 45, 58, 71, 64, 950, 920, 980, 940, 930, 960, 970, 910],
    "s": [95, 0, 1, 0, 1, 1, 0, 1],
    "na": [44, 38, 57, 66, 72, 49, 63, 51, 930, 940, 910, 990, 950, 960, 920, 975],
}
"""The giant of the South lies in the same bin as the others of it, so that no count tells of it."""
RUNS: tuple[tuple[View, ...], ...] = (
    ({}, {"region": ("n", "na")}),
    ({"region": ("n", "na")}, {}),
    ({}, {"region": ("n",)}, {"region": ("na",)}),
    ({"region": ("n",)}, {"region": ("n", "s")}),
    ({"region": ("n", "s")}, {"region": ("n", "na")}, {"region": ("n",)}, {}),
    ({"region": ("n", "s")}, {"region": ("s", "na")}, {"region": ("n", "na")}),
)


@pytest.mark.parametrize("views", RUNS, ids=str)
def test_the_number_of_a_giant_does_not_follow_from_means_of_views_around_it(views: Sequence[View]) -> None:
    data = consultation(**GIANT)
    cards = shown(data, views)
    assert subtracted(data, views, cards) == []
    assert isinstance(cards[0].mean, float)


@pytest.mark.parametrize("seed", range(12))
def test_no_sequence_of_views_tells_a_sum_of_few(seed: int) -> None:
    chance = Random(seed)

    def some(region: str) -> list[int]:
        size, low = chance.randint(6, 24), [0, 0, 1, 1] if region != "n" else [0, 1, 2, 40, 60, 80]
        return [chance.choice([*low, 95, 950, 960]) for _ in range(size)]

    data = consultation(**{region: some(region) for region in ("n", "s", "na")})
    every = [{}, *({"region": pair} for size in (1, 2) for pair in combinations(("n", "s", "na"), size))]
    views = chance.sample(every, 4)
    assert subtracted(data, views, shown(data, views)) == []


def test_what_all_shown_groups_leave_of_the_total_is_no_sum_of_few_however_many_are_hidden() -> None:
    many = {f"r{number:02}": [number % 7, 3, 8, 2, 4, 5, 1, 9400, 9300, 9350, 9450, 9150] for number in range(20)}
    few = {"h1": [9500, 1, 0, 1, 0, 1], "h2": [30, *[0] * 5], "h3": [0, 25, *[0] * 4], "h4": [0, 20, *[0] * 4]}
    data = consultation(**many, **few)
    cards = shown(data, [*({"region": (name,)} for name in (*few, *many)), {}])
    assert all(isinstance(card.base.answered, int) for card in cards)
    assert all(isinstance(card.mean, float) for card in cards[len(few) : -1])
    # Less those of the twenty it would be the number of the giant within a hundredth.
    assert cards[-1].mean is SUPPRESSED


def test_means_between_which_many_lie_are_all_shown() -> None:
    data = consultation(n=[3, 4, 5, 6, 7, 8, 9] * 3, s=[4, 5, 6, 7, 8, 9, 3] * 3, na=[5, 6, 7, 8, 9, 3, 4] * 3)
    for views in RUNS:
        assert all(isinstance(card.mean, float) for card in shown(data, views))


def test_with_too_many_views_to_compare_no_further_sum_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    data, views = consultation(**GIANT), ({"region": ("n",)}, {"region": ("na",)})
    for most, expected in ((8, [True, True]), (7, [True, False])):  # two views, with a part of the replies each
        monkeypatch.setattr(tables, "MOST_COMPARED", most)
        assert [isinstance(card.mean, float) for card in shown(data, views)] == expected


@pytest.mark.parametrize("groups", [2, 32, 33, 70])
def test_replies_are_divided_as_by_comparing_their_columns(groups: int) -> None:
    chance = np.random.default_rng(groups)
    kinds = chance.random((groups, 9)) < 0.5
    kinds[:, 0] = False
    flags = kinds[:, chance.integers(0, 9, 400)]
    inside, atoms = tables._atoms(flags)
    np.testing.assert_array_equal(np.unique(inside, axis=1), inside)
    np.testing.assert_array_equal(np.where(atoms >= 0, inside[:, atoms], 0), flags)
