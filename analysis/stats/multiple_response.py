"""Tests between questions of which at least one allows several answers: one test for the whole, and one by pair."""

from dataclasses import dataclass

import numpy as np

from analysis.stats.distributions import chi2_tail
from analysis.stats.proportions import BoolArray, EmptyBase, FloatArray, check_weights
from analysis.stats.tables import Test, TestKind
from data.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MultipleResponseTest:
    """Are the answers to two questions independent, option by option?

    whole      the sum of all pairs' statistics, corrected to the second order
    statistic  that sum, uncorrected
    pairs      (a, b) its parts: what each option of the first question adds with each of the second
    """

    whole: Test
    statistic: float
    pairs: FloatArray


def multiple_independence(
    first: BoolArray, second: BoolArray, weights: FloatArray | None = None, *, first_exclusive: bool = False
) -> MultipleResponseTest:
    """Test that every option of one question is independent of every option of another.

    first, second    (n, a), (n, b) who chose what, of those with a valid answer to both
    weights          (n,) >= 0; the statistic then has Kish's effective n
    first_exclusive  the first question has exactly one answer: the test is then of multiple marginal independence,
                     given how many chose each
    Raises           EmptyBase; InvalidInput "stats.weights", "stats.not_exclusive", "stats.one_category" when no pair
                     of options varies.
    Note             options that all or none chose are left out: they are independent of everything.
    Source           Agresti and Liu (1999), Biometrics 55:936-943; Bilder, Loughin and Nettleton (2000), Comm. Stat.
                     29:1285-1316; Bilder and Loughin (2004), Biometrics 60:241-248; R MRCV: MI.test(type = "rs2").
    """
    weights = np.ones(first.shape[0]) if weights is None else weights
    check_weights(weights, first.shape[0])
    held = weights > 0
    if not held.any():
        raise EmptyBase
    if first_exclusive and bool((first[held].sum(axis=1) != 1).any()):
        raise InvalidInput("stats.not_exclusive")
    y, z, w = first[held].astype(np.float64), second[held].astype(np.float64), weights[held]
    squares = w * w / float(w @ w)
    effective = float(w.sum()) ** 2 / float(w @ w)
    w = w / w.sum()
    p, q = w @ y, w @ z
    gaps = (y * w[:, None]).T @ z - np.outer(p, q)
    kept_first, kept_second = (each.any(axis=0) & ~each.all(axis=0) for each in (first[held], second[held]))
    if not kept_first.any() or not kept_second.any():
        raise InvalidInput("stats.one_category")
    scale = np.outer(p if first_exclusive else p * (1 - p), q * (1 - q))
    varies = np.outer(kept_first, kept_second)
    pairs = np.divide(effective * gaps**2, scale, out=np.zeros_like(gaps), where=varies)
    if first_exclusive:
        # Given the groups, an answer departs from the share of its own group.
        own = np.divide((y * w[:, None]).T @ z, p[:, None], out=np.zeros_like(gaps), where=p[:, None] > 0)
        influence = (y - p)[:, :, None] * (z - y @ own)[:, None, :]
        degrees = (int(kept_first.sum()) - 1) * int(kept_second.sum())
    else:
        influence = (y - p)[:, :, None] * (z - q)[:, None, :] - gaps
        degrees = int(kept_first.sum()) * int(kept_second.sum())
    scores = influence[:, varies]
    effects = (scores * squares[:, None]).T @ scores / np.sqrt(np.outer(scale[varies], scale[varies]))
    squared = float((effects * effects).sum())
    if squared <= 0:
        raise InvalidInput("stats.no_variation")
    statistic = float(pairs.sum())
    corrected, df = statistic * degrees / squared, degrees**2 / squared
    whole = Test(kind=TestKind.RAO_SCOTT_MULTIPLE, statistic=corrected, degrees=df, p=chi2_tail(corrected, df))
    return MultipleResponseTest(whole=whole, statistic=statistic, pairs=pairs)
