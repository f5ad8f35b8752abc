"""What groups hold: whose side, how surely, and never the other way round."""

import numpy as np
import pytest

from analysis.stats.opinions import opinion_groups
from analysis.stats.proportions import FloatArray
from analysis.stats.statements import apart, consensus, dividing, divisiveness, representative, shared, tally
from tests.analysis.stats.planted import planted
from tests.analysis.stats.polis import conversation

N = np.nan
FEW = np.array(
    [
        [1.0, -1.0, 1.0, N],
        [1.0, -1.0, 0.0, N],
        [1.0, 0.0, 1.0, N],
        [-1.0, -1.0, 1.0, N],
        [-1.0, N, 1.0, 1.0],
        [0.0, 1.0, N, N],
    ]
)
OF = np.array([0, 0, 0, 1, 1, -1], dtype=np.int8)


def test_votes_are_counted_by_group_and_side() -> None:
    counts = tally(FEW, OF)
    assert counts.sides.tolist() == [
        [[3, 0], [0, 2], [2, 0], [0, 0]],
        [[0, 2], [0, 1], [2, 0], [1, 0]],
    ]
    assert counts.answered.tolist() == [[3, 3, 3, 0], [2, 1, 2, 1]]
    assert counts.of_others[0].tolist() == [[0, 1], [0, 1], [1, 0], [1, 0]]


def test_consensus_and_division_are_those_of_smoothed_shares() -> None:
    counts = tally(FEW, OF)
    assert consensus(counts)[2].tolist() == pytest.approx([3 / 5 * 3 / 4, 1 / 5 * 1 / 4])
    assert divisiveness(counts).tolist() == pytest.approx([4 / 5 - 1 / 4, 1 / 3 - 1 / 5, 3 / 4 - 3 / 5, 2 / 3 - 1 / 2])


def test_the_consensus_and_the_most_divisive_statement_of_a_real_conversation() -> None:
    votes, published = conversation("brexit-consensus")
    counts = tally(votes, published)
    agree = consensus(counts)[:, 0]
    best = np.argsort(-agree)[:3]
    assert best.tolist() == [14, 19, 1]
    assert agree[best].round(4).tolist() == [0.8505, 0.8460, 0.8343]
    assert int(divisiveness(counts).argmax()) == 8
    assert counts.smoothed[:, 8, 0].round(3).tolist() == [0.839, 0.108]


def said(votes: FloatArray) -> tuple[list[tuple[tuple[int, int], ...]], tuple[tuple[int, int], ...], set[int]]:
    """(representative by group, shared, dividing) of the groups that are found."""
    found = opinion_groups(votes)
    counts = tally(votes, found.group)
    p = apart(votes, found.without, found.count)
    return (
        [representative(counts, p, group, most=20) for group in range(found.count)],
        shared(counts, most=20),
        set(dividing(counts, p, most=20)),
    )


def three_groups() -> FloatArray:
    votes, _ = planted(150, 9, 3, held=0.9, unanswered=0.1)
    random = np.random.default_rng(4)
    all_agree = np.where(random.random((150, 1)) < 0.9, 1.0, -1.0)
    nobody_knows = random.choice([-1.0, 0.0, 1.0], size=(150, 1))
    return np.hstack([votes, all_agree, -all_agree, nobody_knows])


def test_each_group_is_told_by_its_statements_and_all_by_what_they_share() -> None:
    by_group, common, divisive = said(three_groups())
    agreed = [{at for at, side in each if side == 1} for each in by_group]
    assert sorted(map(sorted, agreed)) == [[0, 3, 6], [1, 4, 7], [2, 5, 8]]
    assert {(9, 1), (10, -1)} <= set(common)
    assert divisive == set(range(9))
    assert not any(at in (9, 10, 11) for each in by_group for at, _ in each)


def test_turning_every_vote_turns_every_sentence() -> None:
    votes = three_groups()
    by_group, common, _ = said(votes)
    turned_groups, turned_common, _ = said(-votes)
    assert turned_groups == [tuple((at, -side) for at, side in each) for each in by_group]
    assert sorted(turned_common) == sorted((at, -side) for at, side in common)


def test_a_statement_that_only_chance_ties_to_the_groups_is_rarely_named() -> None:
    named = 0
    for seed in range(5):
        votes, _ = planted(80, 8, 2, held=0.9, seed=seed)
        votes = np.hstack([votes, np.random.default_rng(100 + seed).choice([-1.0, 1.0], size=(80, 1))])
        found = opinion_groups(votes)
        p = apart(votes, found.without, found.count)
        named += bool((p[:, 8] <= 0.05).any())
    assert named <= 1


def test_a_group_is_not_tested_with_the_statement_that_made_it() -> None:
    """Two statements of which one repeats nothing: its own votes must not prove it."""
    votes, _ = planted(60, 10, 2, held=0.9)
    found = opinion_groups(votes)
    lonely = votes.copy()
    lonely[:, 0] = np.random.default_rng(2).permutation(votes[:, 0])
    alone = opinion_groups(lonely)
    assert apart(votes, found.without, 2)[0, 0].min() < 0.001
    assert apart(lonely, alone.without, 2)[0, 0].min() > 0.05


def test_one_group_shares_what_its_majority_holds() -> None:
    votes = np.ones((30, 3))
    votes[:, 1] = -1
    votes[:16, 2] = -1
    assert shared(tally(votes, np.zeros(30, dtype=np.int8))) == ((0, 1), (1, -1))
