"""Figures for an ordered scale (very bad .. very good), from the counts of its points."""

from collections.abc import Sequence

from analysis.stats.proportions import EmptyBase
from data.errors import InvalidInput


def net(counts: Sequence[int]) -> float:
    """Share of the two highest minus share of the two lowest scale points, -1..1.

    counts  respondents per scale point, lowest point first. A scale of two or three points has one end point on each
            side; a middle point counts on neither side.
    Raises  EmptyBase when nobody answered; InvalidInput "stats.scale_too_short" below two points.
    """
    if len(counts) < 2:
        raise InvalidInput("stats.scale_too_short", points=len(counts))
    n = sum(counts)
    if n == 0:
        raise EmptyBase
    ends = min(2, len(counts) // 2)
    return (sum(counts[-ends:]) - sum(counts[:ends])) / n


def mean_point(counts: Sequence[int], points: Sequence[float]) -> float:
    """Mean scale point.

    counts  respondents per scale point.
    points  value of each scale point, as long as counts.
    Raises  EmptyBase when nobody answered.
    """
    n = sum(counts)
    if n == 0:
        raise EmptyBase
    return sum(count * point for count, point in zip(counts, points, strict=True)) / n
