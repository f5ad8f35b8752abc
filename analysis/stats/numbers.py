"""Means and medians of numbers, each with an interval; weighted ones too. Designs with strata are in `designs`."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from analysis.stats.designs import value_at
from analysis.stats.distributions import binomial_quantile, t_quantile
from analysis.stats.proportions import EmptyBase, FloatArray, check_level, check_weights
from data.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberEstimate:
    """A mean, median or net value with the bounds of its interval; low and high are None where n allows none.

    effective_n  Kish's effective number of respondents; n without weights
    """

    value: float
    low: float | None
    high: float | None
    n: int
    effective_n: float


def mean(values: FloatArray, weights: FloatArray | None = None, *, level: float = 0.95) -> NumberEstimate:
    """Arithmetic mean with Student's interval; with weights the standard error is the linearised one.

    values   (n,) finite answers; missing ones removed before.
    weights  (n,) >= 0; those with weight 0 do not count.
    Raises   EmptyBase when nobody is left; InvalidInput "stats.not_finite", "stats.weights", "stats.level".
    Bounds   None for a single respondent, and when all said the same: no spread tells nothing of chance.
    Source   R t.test; with weights R survey svymean without strata, n - 1 degrees of freedom.
    """
    values, weights = _kept(values, weights, level)
    return mean_of_cells(values, np.ones(values.size), weights, weights * weights, level=level)


def mean_of_cells(
    values: FloatArray, counts: FloatArray, weights: FloatArray, squares: FloatArray, *, level: float = 0.95
) -> NumberEstimate:
    """As `mean`, of answers that were counted by their value.

    values   (k,) some of which nobody need have given
    counts   (k,) how many gave each, with a weight above 0
    weights  (k,) sums of their weights, and `squares` of the squared ones
    Raises   EmptyBase when nobody is left; InvalidInput "stats.level".
    """
    check_level(level)
    n, total = round(float(counts.sum())), float(weights.sum())
    if not n or total <= 0:
        raise EmptyBase
    value = float(weights @ values) / total
    effective = total * total / float(squares.sum())
    if np.ptp(values[counts > 0]) == 0:
        return NumberEstimate(value=value, low=None, high=None, n=n, effective_n=effective)
    half = t_quantile(level, n - 1) * sqrt(float(squares @ (values - value) ** 2) * n / (n - 1)) / total
    return NumberEstimate(value=value, low=value - half, high=value + half, n=n, effective_n=effective)


def median(values: FloatArray, weights: FloatArray | None = None, *, level: float = 0.95) -> NumberEstimate:
    """Middle value: with an even n the mean of the two middle values (R quantile type 7, p = 0.5).

    The interval is that of the sign test: two order statistics that hold the median with at least this level, whatever
    the distribution. With weights it is Woodruff's (`designs.quantile`).
    values, weights, Raises as `mean`.
    Bounds  None when so few answered that no two of them reach the level (below 6 at 95 %).
    Source  David and Nagaraja (2003), Order Statistics, section 7.1; with R: qbinom(alpha / 2, n, 0.5).
    """
    weighted = weights is not None
    values, weights = _kept(values, weights, level)
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    return median_of_cells(values, np.ones(values.size), weights, weights * weights, weighted=weighted, level=level)


def median_of_cells(
    values: FloatArray,
    counts: FloatArray,
    weights: FloatArray,
    squares: FloatArray,
    *,
    weighted: bool,
    level: float = 0.95,
) -> NumberEstimate:
    """As `median`, of answers that were counted by their value, as of `mean_of_cells`; `values` rising."""
    check_level(level)
    held = counts > 0
    values, counts, weights, squares = values[held], counts[held], weights[held], squares[held]
    n, total = round(float(counts.sum())), float(weights.sum())
    if not n:
        raise EmptyBase
    if not weighted:
        upto = np.cumsum(counts)

        def at(place: int) -> float:  # from 1
            return float(values[np.searchsorted(upto, place - 0.5)])

        middle, place = (at((n + 1) // 2) + at(n // 2 + 1)) / 2, binomial_quantile((1 - level) / 2, n, 0.5)
        low, high = (at(place), at(n - place + 1)) if place else (None, None)
        return NumberEstimate(value=middle, low=low, high=high, n=n, effective_n=float(n))
    effective = total * total / float(squares.sum())
    if n == 1:
        return NumberEstimate(value=float(values[0]), low=None, high=None, n=1, effective_n=1.0)
    upto = np.cumsum(weights)
    value = value_at(values, upto, 0.5, halve=True)
    below = mean_of_cells((values <= value).astype(np.float64), counts, weights, squares, level=level)
    low, high = (
        value_at(values, upto, end, halve=True) if end is not None and 0 < end < 1 else None
        for end in (below.low, below.high)
    )
    return NumberEstimate(value=value, low=low, high=high, n=n, effective_n=effective)


def _kept(values: FloatArray, weights: FloatArray | None, level: float) -> tuple[FloatArray, FloatArray]:
    check_level(level)
    if not np.isfinite(values).all():
        raise InvalidInput("stats.not_finite")
    if weights is None:
        weights = np.ones(values.size)
    check_weights(weights, values.size)
    held = weights > 0
    if not held.any():
        raise EmptyBase
    return values[held], weights[held]
