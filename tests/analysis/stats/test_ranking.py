"""Rankings against published elections, and against a search over every order."""

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.numbers import mean
from analysis.stats.proportions import EmptyBase
from analysis.stats.ranking import (
    MOST_ORDERS,
    Strength,
    Unranked,
    borda,
    first_choices,
    kemeny,
    mean_ranks,
    pairs_of,
    preferences,
    schulze,
    times_ranked,
)
from data.errors import InvalidInput
from tests.analysis.stats.reference import expected

CASES = expected("rankings")
TENNESSEE = CASES["tennessee"]


def _ranks(case: dict[str, Any]) -> Any:
    ballots = [ballot for count, ballot in case["ballots"] for _ in range(count)]
    return np.array([[ballot.index(item) + 1 for item in case["items"]] for ballot in ballots], dtype=np.uint8)


RANKS = _ranks(TENNESSEE)
PARTIAL = np.array([[1, 2, 0, 0], [0, 1, 2, 3], [2, 1, 0, 0], [0, 0, 0, 0]], dtype=np.uint8)


def test_mean_ranks_follow_from_the_borda_scores() -> None:
    wanted = [5 - TENNESSEE["borda"][item] / 100 for item in TENNESSEE["items"]]
    assert [each.value for each in mean_ranks(RANKS) if each] == pytest.approx(wanted, abs=1e-12)


def test_the_published_borda_scores_come_out() -> None:
    assert borda(pairs_of(RANKS)).tolist() == [TENNESSEE["borda"][item] for item in TENNESSEE["items"]]
    assert borda(pairs_of(RANKS), unranked=Unranked.SILENT).tolist() == borda(pairs_of(RANKS)).tolist()


def test_first_choices_are_the_voters_of_each_city() -> None:
    assert first_choices(RANKS).tolist() == [TENNESSEE["first"][item] for item in TENNESSEE["items"]]


def test_the_published_kemeny_order_and_score_come_out() -> None:
    found = kemeny(preferences(pairs_of(RANKS)))
    assert found.orders == (tuple(TENNESSEE["items"].index(item) for item in TENNESSEE["kemeny"]["order"]),)
    assert (found.count, found.score) == (1, TENNESSEE["kemeny"]["score"])


@pytest.mark.parametrize("strength", Strength)
def test_schulzes_published_order_comes_out(strength: Strength) -> None:
    case = CASES["schulze"]
    found = schulze(preferences(pairs_of(_ranks(case))), strength=strength)
    assert "".join(case["items"][item] for place in found.places for item in place) == case["order"]
    assert not found.has_ties


def test_a_cycle_is_told_as_a_tie() -> None:
    case = CASES["cycle"]
    found = kemeny(preferences(pairs_of(_ranks(case))))
    assert ["".join(case["items"][item] for item in order) for order in found.orders] == case["orders"]
    assert found.count == 3
    assert schulze(preferences(pairs_of(_ranks(case)))).places == ((0, 1, 2),)
    assert schulze(preferences(pairs_of(_ranks(case)))).has_ties


def test_winning_votes_and_margins_can_differ() -> None:
    # A > B 6:4 with four silent, B > C 7:5 of twelve, C > A 8:7: by votes C > A is the strongest, by margins A > B.
    before = np.array([[0.0, 6, 7], [4, 0, 7.0], [8, 5, 0]])
    assert schulze(before, strength=Strength.WINNING).places == ((1,), (2,), (0,))
    assert schulze(before, strength=Strength.MARGINS).places == ((0,), (1,), (2,))


def test_items_left_out_come_last_or_are_not_spoken_of() -> None:
    last, silent = preferences(pairs_of(PARTIAL)), preferences(pairs_of(PARTIAL), unranked=Unranked.SILENT)
    assert last.tolist() == [[0, 1, 2, 2], [2, 0, 3, 3], [1, 0, 0, 1], [1, 0, 0, 0]]
    assert silent.tolist() == [[0, 1, 0, 0], [1, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]]


def test_items_left_out_share_the_points_that_are_left_or_have_none() -> None:
    assert borda(pairs_of(PARTIAL)).tolist() == [4 + 1 + 3, 3 + 4 + 4, 1.5 + 3 + 1.5, 1.5 + 2 + 1.5]
    assert borda(pairs_of(PARTIAL), unranked=Unranked.SILENT).tolist() == [2 + 0 + 1, 1 + 3 + 2, 2, 1]


def test_an_item_is_averaged_over_those_who_ranked_it() -> None:
    ranks = np.array([[1, 2, 0], [2, 0, 0], [0, 1, 0]], dtype=np.uint8)
    assert times_ranked(ranks).tolist() == [2, 2, 0]
    assert [each and each.value for each in mean_ranks(ranks)] == [1.5, 1.5, None]


def test_bounds_of_a_mean_rank_stay_within_the_places() -> None:
    ranks = np.array([[1, 2, 3], [1, 3, 2], [2, 1, 3]], dtype=np.uint8)
    found = mean_ranks(ranks)
    plain = mean(np.array([1.0, 1.0, 2.0]))
    assert found[0] is not None and plain.high is not None and plain.low is not None
    assert (found[0].low, found[0].high) == (1.0, plain.high)
    assert plain.low < 1


def test_more_than_255_ranks_do_not_overflow() -> None:
    (found,) = mean_ranks(np.full((1000, 1), 7, dtype=np.uint8))
    assert found is not None and found.value == 7.0


@st.composite
def _ballots(draw: st.DrawFn) -> Any:
    items, n = draw(st.integers(2, 5)), draw(st.integers(1, 12))
    rows = []
    for _ in range(n):
        order = draw(st.permutations(range(items)))
        kept = draw(st.integers(1, items))
        rows.append([order.index(item) + 1 if order.index(item) < kept else 0 for item in range(items)])
    return np.array(rows, dtype=np.uint8)


@given(_ballots(), st.sampled_from(list(Unranked)))
def test_kemeny_finds_what_a_search_over_every_order_finds(ranks: Any, unranked: Unranked) -> None:
    before = preferences(pairs_of(ranks), unranked=unranked)
    scores = {
        order: sum(before[a, b] for place, a in enumerate(order) for b in order[place + 1 :])
        for order in permutations(range(ranks.shape[1]))
    }
    best = max(scores.values())
    orders = sorted(order for order, score in scores.items() if score == best)
    found = kemeny(before)
    assert found.score == best
    assert found.count == len(orders)
    assert len(found.orders) == min(len(orders), MOST_ORDERS)
    assert set(found.orders) <= set(orders)


@given(_ballots(), st.randoms(use_true_random=False), st.sampled_from(list(Strength)))
def test_the_order_of_ballots_and_the_names_of_items_change_nothing(
    ranks: Any, chance: Any, strength: Strength
) -> None:
    rows, items = list(range(ranks.shape[0])), list(range(ranks.shape[1]))
    chance.shuffle(rows)
    chance.shuffle(items)
    other = ranks[rows][:, items]
    assert borda(pairs_of(other)).tolist() == borda(pairs_of(ranks))[items].tolist()
    one = schulze(preferences(pairs_of(ranks)), strength=strength)
    two = schulze(preferences(pairs_of(other)), strength=strength)
    assert [sorted(items[item] for item in place) for place in two.places] == [sorted(place) for place in one.places]


@given(_ballots())
def test_a_majority_over_each_other_item_wins_by_schulze_and_kemeny(ranks: Any) -> None:
    before = preferences(pairs_of(ranks))
    for item in range(ranks.shape[1]):
        others = [other for other in range(ranks.shape[1]) if other != item]
        if all(before[item, other] > before[other, item] for other in others):
            assert schulze(before).places[0] == (item,)
            assert all(order[0] == item for order in kemeny(before).orders)


def test_weights_multiply_ballots() -> None:
    weights = np.array([2.0, 1.0, 1.0, 5.0])
    repeated = np.repeat(PARTIAL, [2, 1, 1, 5], axis=0)
    np.testing.assert_array_equal(preferences(pairs_of(PARTIAL, weights)), preferences(pairs_of(repeated)))
    np.testing.assert_array_equal(borda(pairs_of(PARTIAL, weights)), borda(pairs_of(repeated)))


def test_ballots_of_nobody_and_too_many_items_are_refused() -> None:
    with pytest.raises(EmptyBase):
        preferences(pairs_of(np.zeros((3, 2), dtype=np.uint8)))
    with pytest.raises(InvalidInput) as caught:
        kemeny(np.zeros((15, 15)))
    assert caught.value.code == "stats.too_many_items"
    with pytest.raises(InvalidInput):
        preferences(pairs_of(PARTIAL, np.array([1.0, -1.0, 1.0, 1.0])))
    assert mean_ranks(np.zeros((0, 2), dtype=np.uint8)) == (None, None)
