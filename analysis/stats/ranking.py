"""Rankings of items: described item by item, and joined into one order by Borda, Schulze or Kemeny.

A ballot may leave items unranked. What that means is the reader's decision, and every function that depends on it asks:
see `Unranked`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.stats.numbers import NumberEstimate, mean_of_cells
from analysis.stats.proportions import EmptyBase, FloatArray, check_weights
from data.errors import InvalidInput

RankArray: TypeAlias = NDArray[np.uint8]
CountArray: TypeAlias = NDArray[np.int64]

MOST_ITEMS = 14
"""Kemeny's order is searched over all sets of items: 2^14 of them."""
MOST_ORDERS = 24
"""So many tied orders are written out; the number of all is told."""


class Unranked(StrEnum):
    """What a ballot says of the items that it leaves out.

    LAST    they come after all that it ranks, and it tells none of them from another.
    SILENT  nothing: only pairs of which it ranks both are counted.
    """

    LAST = "last"
    SILENT = "silent"


class Strength(StrEnum):
    """By what Schulze's method measures a victory: the votes of the winner, or how many more than the loser's."""

    WINNING = "winning"
    MARGINS = "margins"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Items from the first to the last place; items of one place are tied.

    places  positions of the items, each place in questionnaire order
    """

    places: tuple[tuple[int, ...], ...]

    @property
    def has_ties(self) -> bool:
        """True when a place holds more than one item."""
        return any(len(place) > 1 for place in self.places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kemeny:
    """The orders that agree with most of what the ballots say.

    orders  each from first to last; the first MOST_ORDERS of them, in the order of the questionnaire
    count   how many there are; above 1 they tie
    score   pairs of items, counted over ballots, that such an order has as the ballot has them
    """

    orders: tuple[tuple[int, ...], ...]
    count: int
    score: float


def times_ranked(ranks: RankArray) -> CountArray:
    """How many respondents ranked each item.

    ranks    (n, items) position given by each respondent, 1 = first, 0 = not ranked.
    Returns  (items,).
    """
    return np.asarray(np.count_nonzero(ranks, axis=0), dtype=np.int64)


def mean_ranks(
    ranks: RankArray, weights: FloatArray | None = None, *, level: float = 0.95
) -> tuple[NumberEstimate | None, ...]:
    """Mean position of each item among those who ranked it, with Student's interval cut to 1..items; None where
    nobody did.

    ranks    (n, items) position given by each respondent, 1 = first, 0 = not ranked.
    weights  (n,) >= 0
    Note     with complete rankings of k items, mean rank = k + 1 - Borda score / n. With partial ones an item that few
             ranked, but high, looks better than it is: read how often it was ranked beside it.
    Raises   InvalidInput "stats.weights", "stats.level".
    """
    weights = _weights(ranks, weights)
    held = weights > 0
    width = int(ranks.max(initial=ranks.shape[1])) + 1
    sums = [
        np.array([np.bincount(column[held], each, width)[1:] for column in ranks.T])
        for each in (np.ones(int(held.sum())), weights[held], weights[held] ** 2)
    ]
    return mean_ranks_of(*sums, level=level)


def mean_ranks_of(
    counts: FloatArray, weights: FloatArray, squares: FloatArray, *, level: float = 0.95
) -> tuple[NumberEstimate | None, ...]:
    """As `mean_ranks`, of (items, places): how many gave each item each place, and the sums of their weights and
    squared weights."""
    items, places = counts.shape
    found: list[NumberEstimate | None] = []
    for placed in zip(counts, weights, squares, strict=True):
        if not placed[1].any():
            found.append(None)
            continue
        each = mean_of_cells(np.arange(1.0, places + 1), *placed, level=level)
        low = None if each.low is None else max(1.0, each.low)
        high = None if each.high is None else min(float(items), each.high)
        found.append(replace(each, low=low, high=high))
    return tuple(found)


def first_choices(ranks: RankArray) -> CountArray:
    """How many respondents put each item first.

    ranks    (n, items) position given by each respondent, 1 = first, 0 = not ranked.
    Returns  (items,).
    """
    return np.asarray(np.count_nonzero(ranks == 1, axis=0), dtype=np.int64)


def times_placed(ranks: RankArray) -> CountArray:
    """How many respondents gave each item each place.

    ranks    (n, items) position given by each respondent, 1 = first, 0 = not ranked.
    Returns  (items, items): item by place, the first place first.
    """
    places = np.arange(1, ranks.shape[1] + 1)
    return (
        np.array([np.count_nonzero(ranks == place, axis=0) for place in places], dtype=np.int64)
        .reshape(places.size, places.size)
        .T
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """What ballots say of every two items, in weight (without weights: in ballots); (items, items) each.

    before   they rank both, the one of the row before that of the column
    alone    they rank the one of the row, not that of the column
    neither  they rank neither of the two, but another one
    ranked   (items,) they rank the item
    total    they rank any
    """

    before: FloatArray
    alone: FloatArray
    neither: FloatArray
    ranked: FloatArray
    total: float


def pairs_of(ranks: RankArray, weights: FloatArray | None = None) -> Pairs:
    """Of these ballots, as of `preferences`.

    Raises  EmptyBase when nobody ranked anything; InvalidInput "stats.weights".
    """
    weights = _weights(ranks, weights)
    counted = (ranks > 0).any(axis=1)
    if not (counted & (weights > 0)).any():
        raise EmptyBase
    ranks, weights = ranks[counted], weights[counted]
    there = (ranks > 0).astype(np.float64)
    weighed, left = there * weights[:, None], 1 - there
    before = np.zeros((ranks.shape[1], ranks.shape[1]))
    for item, column in enumerate(ranks.T):
        before[item] = weighed[:, item] @ ((column[:, None] < ranks) & (ranks > 0))
    return Pairs(
        before=before,
        alone=weighed.T @ left,
        neither=(left * weights[:, None]).T @ left,
        ranked=weighed.sum(axis=0),
        total=float(weights.sum()),
    )


def preferences(found: Pairs, *, unranked: Unranked = Unranked.LAST) -> FloatArray:
    """How many respondents (or how much weight) put item i before item j: (items, items), 0 on the diagonal."""
    before = found.before if unranked is Unranked.SILENT else found.before + found.alone
    return np.where(np.eye(len(before), dtype=np.bool_), 0.0, before)


def borda(found: Pairs, *, unranked: Unranked = Unranked.LAST) -> FloatArray:
    """Borda scores: k points for the first of k items, one fewer for each place after it: (items,).

    LAST    items left out share the points of the places left evenly.
    SILENT  a ballot of m items gives m points to its first, 1 to its last, none to the others (the modified count).
    Source  Borda (1781); Emerson (2013), Social Choice and Welfare 40:353-358.
    """
    before = preferences(found, unranked=unranked)
    if unranked is Unranked.SILENT:
        scores: FloatArray = before.sum(axis=1) + found.ranked
        return scores
    ties = found.neither.sum(axis=1) - found.neither.diagonal()
    shared: FloatArray = before.sum(axis=1) + ties / 2 + found.total
    return shared


def schulze(before: FloatArray, *, strength: Strength = Strength.WINNING) -> Order:
    """Schulze's order: an item stands before another when the strongest path to it is stronger than the one back.

    before  (items, items) as `preferences`
    Places  the items that none of the others stands before, then those of the rest, and so on.
    Source  Schulze (2011), Social Choice and Welfare 36:267-303.
    """
    size = before.shape[0]
    links = before if strength is Strength.WINNING else before - before.T
    paths = np.where(before > before.T, links, 0.0)
    for k in range(size):
        paths = np.maximum(paths, np.minimum(paths[:, [k]], paths[[k], :]))
    np.fill_diagonal(paths, 0.0)
    wins = paths > paths.T
    left, places = list(range(size)), []
    while left:
        place = tuple(item for item in left if not wins[left, item].any())
        places.append(place)
        left = [item for item in left if item not in place]
    return Order(places=tuple(places))


def kemeny(before: FloatArray) -> Kemeny:
    """The orders with the highest Kemeny score, exactly, with every tie counted.

    before  (items, items) as `preferences`
    Raises  InvalidInput "stats.too_many_items" above MOST_ITEMS.
    Source  Kemeny (1959), Daedalus 88:577-591; Young (1988), APSR 82:1231-1244; dynamic programme of Betzler et al.
            (2009), Theoretical Computer Science 410:4554-4570.
    """
    size = before.shape[0]
    if size > MOST_ITEMS:
        raise InvalidInput("stats.too_many_items", items=size, most=MOST_ITEMS)
    near = 1e-9 * max(1.0, float(before.sum()))
    best, ways = np.zeros(1 << size), [1] + [0] * ((1 << size) - 1)
    behind: list[list[int]] = [[] for _ in range(1 << size)]
    for chosen in range(1, 1 << size):
        members = [item for item in range(size) if chosen >> item & 1]
        block = before[np.ix_(members, members)].sum(axis=0)
        scores = [float(best[chosen ^ (1 << item)] + gain) for item, gain in zip(members, block, strict=True)]
        top = max(scores)
        best[chosen] = top
        behind[chosen] = [item for item, score in zip(members, scores, strict=True) if score >= top - near]
        ways[chosen] = sum(ways[chosen ^ (1 << item)] for item in behind[chosen])
    orders = sorted(_orders((1 << size) - 1, behind, MOST_ORDERS))
    return Kemeny(orders=tuple(orders), count=ways[-1], score=float(best[-1]))


def _orders(chosen: int, behind: Sequence[Sequence[int]], most: int) -> list[tuple[int, ...]]:
    if not chosen:
        return [()]
    found: list[tuple[int, ...]] = []
    for item in behind[chosen]:
        found += [(*order, item) for order in _orders(chosen ^ (1 << item), behind, most - len(found))]
        if len(found) >= most:
            break
    return found


def _weights(ranks: RankArray, weights: FloatArray | None) -> FloatArray:
    weights = np.ones(ranks.shape[0]) if weights is None else weights
    check_weights(weights, ranks.shape[0])
    return weights
