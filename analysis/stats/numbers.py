"""Means and medians of numbers, each with an interval; weighted ones too. Designs with strata are in `designs`."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from analysis.stats.designs import design, quantile
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
    n, total = values.size, float(weights.sum())
    value = float(weights @ values) / total
    effective = total * total / float(weights @ weights)
    if np.ptp(values) == 0:
        return NumberEstimate(value=value, low=None, high=None, n=n, effective_n=effective)
    scores = weights * (values - value) / total
    half = t_quantile(level, n - 1) * sqrt(float(scores @ scores) * n / (n - 1))
    return NumberEstimate(value=value, low=value - half, high=value + half, n=n, effective_n=effective)


def median(values: FloatArray, weights: FloatArray | None = None, *, level: float = 0.95) -> NumberEstimate:
    """Middle value: with an even n the mean of the two middle values (R quantile type 7, p = 0.5).

    The interval is that of the sign test: two order statistics that hold the median with at least this level, whatever
    the distribution. With weights it is Woodruff's (`designs.quantile`).
    values, weights, Raises as `mean`.
    Bounds  None when so few answered that no two of them reach the level (below 6 at 95 %).
    Source  David and Nagaraja (2003), Order Statistics, section 7.1; with R: qbinom(alpha / 2, n, 0.5).
    """
    unweighted = weights is None
    values, kept = _kept(values, weights, level)
    n = values.size
    if not unweighted:
        total = float(kept.sum())
        effective = total * total / float(kept @ kept)
        if n == 1:
            return NumberEstimate(value=float(values[0]), low=None, high=None, n=1, effective_n=1.0)
        found = quantile(design(kept), values, level=level)
        low, high = (None if np.isinf(bound) else bound for bound in (found.low, found.high))
        return NumberEstimate(value=found.value, low=low, high=high, n=n, effective_n=effective)
    middle, place = float(np.median(values)), binomial_quantile((1 - level) / 2, n, 0.5)
    if place == 0:
        return NumberEstimate(value=middle, low=None, high=None, n=n, effective_n=float(n))
    ordered = np.sort(values)
    return NumberEstimate(
        value=middle, low=float(ordered[place - 1]), high=float(ordered[n - place]), n=n, effective_n=float(n)
    )


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
