"""Groups of opinion: found where they were planted, in any order of rows, and nowhere else."""

import numpy as np
import pytest

from analysis.stats.opinions import STABLE, Groups, Verdict, _clusters, _map, opinion_groups
from analysis.stats.proportions import FloatArray
from data.errors import InvalidInput
from tests.analysis.stats.planted import one_cloud, planted, rand_index
from tests.analysis.stats.polis import conversation, small_conversation


def the_same(one: Groups, other: Groups) -> bool:
    """All of it, to the last bit; only the map may be turned."""
    figures = ("verdict", "count", "tried", "p", "gap_p", "stability", "again")
    return all(getattr(one, name) == getattr(other, name) for name in figures) and bool(
        (one.group == other.group).all() and (one.without == other.without).all()
    )


@pytest.mark.parametrize(("people", "statements", "groups"), [(60, 10, 2), (200, 12, 3), (300, 16, 4)])
def test_planted_groups_are_found(people: int, statements: int, groups: int) -> None:
    votes, of = planted(people, statements, groups, held=0.9, unanswered=0.1)
    found = opinion_groups(votes)
    assert (found.verdict, found.count) == (Verdict.GROUPS, groups)
    placed = found.group >= 0
    assert rand_index(of[placed], found.group[placed]) > 0.8
    assert min(found.stability) >= STABLE
    assert found.p == 0.01
    sizes = np.bincount(found.group[placed])
    assert list(sizes) == sorted(sizes, reverse=True)


def test_the_order_of_the_rows_changes_nothing() -> None:
    votes, _ = planted(120, 10, 3, held=0.85, unanswered=0.2)
    votes[3] = votes[50]
    found = opinion_groups(votes)
    assert found.count == 3
    order = np.random.default_rng(7).permutation(len(votes))
    again = opinion_groups(votes[order])
    assert (again.group == found.group[order]).all()
    assert (again.without == found.without[:, order]).all()
    assert np.array_equal(again.points, found.points[order], equal_nan=True)
    assert (again.p, again.gap_p, again.stability, again.again) == (
        found.p,
        found.gap_p,
        found.stability,
        found.again,
    )


def test_turning_every_vote_gives_the_same_groups_and_a_turned_map() -> None:
    votes, _ = planted(80, 9, 2, held=0.85, unanswered=0.2)
    found, turned = opinion_groups(votes), opinion_groups(-votes)
    assert found.count == 2
    assert the_same(found, turned)
    assert np.array_equal(turned.points, -found.points, equal_nan=True)


@pytest.mark.parametrize("seed", range(4))
def test_votes_without_connection_are_one_group(seed: int) -> None:
    votes = np.random.default_rng(seed).choice([-1.0, 0.0, 1.0], size=(150, 8))
    found = opinion_groups(votes)
    assert found.verdict in (Verdict.UNRELATED, Verdict.ONE_GROUP)
    assert found.count == 1
    assert set(found.group) == {0}


def test_a_range_of_opinion_is_one_group() -> None:
    counts = [opinion_groups(one_cloud(150, 8, loading=0.5, seed=seed)).count for seed in range(5)]
    assert counts.count(1) >= 4


def test_two_ends_of_one_cloud_are_said_to_have_no_gap_and_planted_groups_to_have_one() -> None:
    ends = opinion_groups(one_cloud(200, 16, loading=0.9))
    assert ends.count == 2, "slices of one range have no number of their own"
    assert ends.gap_p is not None and ends.gap_p > 0.05
    assert ends.again is None
    planted_ones = opinion_groups(planted(200, 16, 2, held=0.85)[0])
    assert planted_ones.gap_p is not None and planted_ones.gap_p <= 0.05


def test_a_division_that_part_of_the_people_does_not_give_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.stats.opinions.STABLE", 0.999)
    votes, _ = planted(60, 8, 3, held=0.85, unanswered=0.3, seed=3)
    found = opinion_groups(votes)
    assert found.verdict is Verdict.UNSTABLE
    assert (found.count, set(found.group) - {-1}) == (1, {0})
    assert found.tried > 1
    assert len(found.without) == 0


@pytest.mark.parametrize(
    ("votes", "verdict"),
    [
        (np.ones((19, 6)), Verdict.FEW_PEOPLE),
        (np.ones((40, 2)), Verdict.FEW_STATEMENTS),
        (np.ones((40, 6)), Verdict.UNRELATED),
        (np.full((40, 6), np.nan), Verdict.FEW_PEOPLE),
        (np.empty((0, 0)), Verdict.FEW_PEOPLE),
    ],
)
def test_too_little_says_so(votes: FloatArray, verdict: Verdict) -> None:
    found = opinion_groups(votes)
    assert (found.verdict, found.count) == (verdict, 1)


def test_who_answered_less_than_half_is_in_no_group() -> None:
    votes, _ = planted(60, 10, 2, held=0.9)
    votes[5, 4:] = np.nan
    votes[6, 5:] = np.nan
    found = opinion_groups(votes)
    assert found.group[5] == -1 and np.isnan(found.points[5]).all()
    assert found.group[6] >= 0


def test_no_group_has_fewer_than_five_people() -> None:
    votes, _ = planted(60, 10, 2, held=0.95)
    votes[:4] = np.tile([1.0, 1.0, -1.0, -1.0, 1.0], 2)
    found = opinion_groups(votes)
    assert np.bincount(found.group).min() >= 5


@pytest.mark.parametrize("value", [2.0, 0.5, np.inf])
def test_what_is_no_vote_is_refused(value: float) -> None:
    votes = np.ones((30, 4))
    votes[3, 2] = value
    with pytest.raises(InvalidInput, match="not_votes"):
        opinion_groups(votes)


def test_the_two_camps_of_a_real_conversation_are_found() -> None:
    votes, published = conversation("brexit-consensus")
    found = opinion_groups(votes)
    assert (found.verdict, found.count) == (Verdict.GROUPS, 2)
    both = (found.group >= 0) & (published >= 0)
    assert rand_index(published[both], found.group[both]) > 0.8


def test_three_people_of_a_real_conversation_are_not_made_a_group() -> None:
    votes, published = conversation("london.youth.policing")
    assert np.bincount(published[published >= 0]).tolist() == [3, 18, 3]
    found = opinion_groups(votes)
    assert (found.verdict, found.count) == (Verdict.ONE_GROUP, 1)


def silhouette(points: FloatArray, group: FloatArray) -> float:
    """How much nearer each person is to the middle of the own group than to that of the next, simplified."""
    middles = np.stack([points[group == each].mean(axis=0) for each in np.unique(group)])
    far = np.sqrt(((points[:, None] - middles) ** 2).sum(axis=2))
    own = far[np.arange(len(group)), group.astype(int)]
    far[np.arange(len(group)), group.astype(int)] = np.inf
    other = far.min(axis=1)
    return float(((other - own) / np.maximum(other, own)).mean())


def test_three_groups_that_shuffled_votes_have_as_well_are_not_shown() -> None:
    """Polis makes three groups of 43 people. They are as far apart as three groups of votes that changed hands."""
    votes, published = small_conversation()
    found = opinion_groups(votes)
    assert (found.verdict, found.count) == (Verdict.ONE_GROUP, 1)
    assert found.p is not None and found.p > 0.5
    assert np.bincount(published[published >= 0]).tolist() == [16, 15, 12]
    inside = (published >= 0) & (found.group >= 0)
    as_published = silhouette(found.points[inside], published[inside])
    by_chance = []
    for seed in range(9):
        random, shuffled = np.random.default_rng(seed), votes[found.group >= 0]
        for column in shuffled.T:
            given = np.flatnonzero(~np.isnan(column))
            column[given] = column[random.permutation(given)]
        points = _map(shuffled, 2).points
        by_chance.append(_clusters(points, 3).silhouette)
    assert min(by_chance) < as_published < max(by_chance)


@pytest.mark.long
def test_of_a_hundred_conversations_by_chance_at_least_ninety_five_are_one_group() -> None:
    one = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        votes = random.choice([-1.0, 0.0, 1.0], p=[0.3, 0.2, 0.5], size=(52, 29))
        votes[random.random(votes.shape) < 0.36] = np.nan
        one += opinion_groups(votes).count == 1
    assert one >= 95
