"""Mean ranks and first choices against the Borda scores of the Tennessee example."""

import json
from pathlib import Path

import numpy as np

from analysis.stats.ranking import first_choices, mean_ranks, times_ranked

TENNESSEE = json.loads((Path(__file__).parents[2] / "reference" / "rankings.json").read_text())["tennessee"]
RANKS = np.array(
    [
        [ballot.index(item) + 1 for item in TENNESSEE["items"]]
        for count, ballot in TENNESSEE["ballots"]
        for _ in range(count)
    ],
    dtype=np.uint8,
)


def test_mean_ranks_follow_from_the_borda_scores() -> None:
    expected = [5 - TENNESSEE["borda"][item] / 100 for item in TENNESSEE["items"]]
    np.testing.assert_allclose(mean_ranks(RANKS), expected, rtol=0, atol=1e-12)


def test_first_choices_are_the_voters_of_each_city() -> None:
    assert first_choices(RANKS).tolist() == [TENNESSEE["first"][item] for item in TENNESSEE["items"]]


def test_an_item_is_averaged_over_those_who_ranked_it() -> None:
    ranks = np.array([[1, 2, 0], [2, 0, 0], [0, 1, 0]], dtype=np.uint8)
    assert times_ranked(ranks).tolist() == [2, 2, 0]
    np.testing.assert_array_equal(mean_ranks(ranks), [1.5, 1.5, np.nan])


def test_more_than_255_ranks_do_not_overflow() -> None:
    ranks = np.full((1000, 1), 7, dtype=np.uint8)
    assert mean_ranks(ranks).tolist() == [7.0]
