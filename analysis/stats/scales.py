"""Figures for an ordered scale (very bad .. very good), from counts or weighted counts of its points."""

from collections.abc import Sequence
from math import sqrt

from analysis.stats.distributions import t_quantile
from analysis.stats.proportions import EmptyBase, check_level
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


def net_bounds(value: float, ends: float, n: float, *, level: float = 0.95) -> tuple[float, float] | None:
    """The interval of a net value: of the difference of two shares of one and the same sample, within -1..1.

    value   the net value; ends  the share on either end together
    n       respondents; with weights Kish's effective n
    Returns None for a single respondent, and when all said the same: no spread tells nothing of chance.
    Raises  InvalidInput "stats.level".
    Source  Scott and Seber (1983), "Difference of proportions from the same survey", The American Statistician
            37:319-320: the two shares are of one multinomial sample, so the variance is (ends - value^2) / n; here over
            n - 1 with Student's t, as of the mean of -1, 0 and 1.
    """
    check_level(level)
    spread = ends - value * value
    if n <= 1 or spread <= 1e-12:
        return None
    half = t_quantile(level, n - 1) * sqrt(spread / (n - 1))
    return max(-1.0, value - half), min(1.0, value + half)


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
