"""Votes with groups in them, or with none."""

import numpy as np

from analysis.stats.opinions import GroupArray
from analysis.stats.proportions import FloatArray


def planted(
    people: int, statements: int, groups: int, *, held: float, unanswered: float = 0.0, seed: int = 1
) -> tuple[FloatArray, GroupArray]:
    """(votes, group): each group agrees with its own statements with chance `held`, with others with 1 - held."""
    random = np.random.default_rng(seed)
    of = random.integers(groups, size=people).astype(np.int8)
    own = np.arange(statements) % groups == of[:, None]
    agrees = random.random((people, statements)) < np.where(own, held, 1 - held)
    votes = np.where(random.random((people, statements)) < 0.1, 0.0, np.where(agrees, 1.0, -1.0))
    votes[random.random(votes.shape) < unanswered] = np.nan
    return votes, of


def one_cloud(people: int, statements: int, *, loading: float, seed: int = 1) -> FloatArray:
    """Votes that one normal opinion moves: nobody is in a group."""
    random = np.random.default_rng(seed)
    opinion = loading * random.standard_normal(people)[:, None]
    values = opinion + np.sqrt(1 - loading**2) * random.standard_normal((people, statements))
    return np.where(values < -0.4, -1.0, np.where(values > 0.4, 1.0, 0.0))


def rand_index(one: GroupArray, other: GroupArray) -> float:
    """Adjusted Rand index (Hubert and Arabie 1985): 1 for the same division, 0 for what chance gives."""
    pairs = np.zeros((int(one.max()) + 1, int(other.max()) + 1))
    np.add.at(pairs, (one, other), 1)
    inside, rows, columns = (float((n * (n - 1) / 2).sum()) for n in (pairs, pairs.sum(axis=1), pairs.sum(axis=0)))
    expected = rows * columns / (one.size * (one.size - 1) / 2)
    return (inside - expected) / ((rows + columns) / 2 - expected)
