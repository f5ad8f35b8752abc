"""Figures for an ordered scale (very bad .. very good), from counts or weighted counts of its points."""

from collections.abc import Sequence

import numpy as np

from analysis.stats.numbers import NumberEstimate, mean
from analysis.stats.proportions import EmptyBase, FloatArray
from data.errors import InvalidInput


def net(counts: Sequence[float]) -> float:
    """Share of the two highest minus share of the two lowest scale points, -1..1.

    counts  respondents, or sums of their weights, per scale point, lowest point first. A scale of two or three points
            has one end point on each side; a middle point counts on neither side.
    Raises  EmptyBase when nobody answered; InvalidInput "stats.scale_too_short" below two points.
    """
    signs = net_signs(len(counts))
    n = sum(counts)
    if n == 0:
        raise EmptyBase
    return sum(sign * count for sign, count in zip(signs, counts, strict=True)) / n


def net_signs(points: int) -> tuple[int, ...]:
    """What each scale point adds to the net value: -1 at the low end, 1 at the high end, 0 between.

    Raises  InvalidInput "stats.scale_too_short" below two points.
    """
    if points < 2:
        raise InvalidInput("stats.scale_too_short", points=points)
    ends = min(2, points // 2)
    return (-1,) * ends + (0,) * (points - 2 * ends) + (1,) * ends


def net_estimate(
    positions: FloatArray, points: int, weights: FloatArray | None = None, *, level: float = 0.95
) -> NumberEstimate:
    """Net value with its interval: the mean of -1, 0, 1 over respondents, bounds within -1..1.

    positions  (n,) place on the scale of each respondent, 0 = lowest point.
    weights    (n,) >= 0
    Raises     as `net` and `numbers.mean`.
    Source     the variance of a difference of two shares of one multinomial sample; Student's t with n - 1.
    """
    found = mean(np.array(net_signs(points), dtype=np.float64)[positions.astype(np.int64)], weights, level=level)
    low, high = (None if bound is None else min(1.0, max(-1.0, bound)) for bound in (found.low, found.high))
    return NumberEstimate(value=found.value, low=low, high=high, n=found.n, effective_n=found.effective_n)


def mean_point(counts: Sequence[float], points: Sequence[float]) -> float:
    """Mean scale point.

    counts  respondents, or sums of their weights, per scale point.
    points  value of each scale point, as long as counts.
    Raises  EmptyBase when nobody answered.
    """
    n = sum(counts)
    if n == 0:
        raise EmptyBase
    return sum(count * point for count, point in zip(counts, points, strict=True)) / n
