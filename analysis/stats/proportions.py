"""Shares of respondents and their uncertainty. Weighted shares and finite frames are not here yet."""

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from data.errors import InvalidInput

BoolArray: TypeAlias = NDArray[np.bool_]


class EmptyBase(InvalidInput):
    """A figure was asked of nobody; code "stats.empty_base"."""

    def __init__(self) -> None:
        super().__init__("stats.empty_base")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A share between 0 and 1 with the bounds of its interval and the number of respondents behind it."""

    share: float
    low: float
    high: float
    n: int


def wilson(chosen: int, n: int, *, level: float = 0.95) -> Estimate:
    """Share chosen / n with its Wilson score interval, without continuity correction.

    chosen  respondents who chose the option, 0..n.
    n       respondents with a valid answer.
    level   coverage aimed at, between 0 and 1.
    Raises  EmptyBase when n == 0; InvalidInput "stats.count_outside_base" unless 0 <= chosen <= n.
    Source  Wilson (1927), JASA 22:209-212; matches R prop.test(correct=FALSE).
    """
    if n == 0:
        raise EmptyBase
    if not 0 <= chosen <= n:
        raise InvalidInput("stats.count_outside_base", count=chosen, base=n)
    z = _z(level)
    p = chosen / n
    shrink = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / shrink
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / shrink
    # The bounds at 0 and n are exact in theory; rounding would leave them a hair off.
    low = 0.0 if chosen == 0 else max(0.0, centre - half)
    high = 1.0 if chosen == n else min(1.0, centre + half)
    return Estimate(share=p, low=low, high=high, n=n)


def share(chosen: BoolArray, *, level: float = 0.95) -> Estimate:
    """Share of respondents who chose an option, with a Wilson score interval.

    chosen  (n,) one flag per respondent with a valid answer; missing answers removed before.
    level   coverage aimed at, between 0 and 1.
    Raises  EmptyBase when n == 0.
    Source  Wilson (1927), JASA 22:209-212.
    """
    return wilson(int(np.count_nonzero(chosen)), int(chosen.shape[0]), level=level)


@lru_cache(maxsize=8)
def _z(level: float) -> float:
    return NormalDist().inv_cdf(0.5 + level / 2)
