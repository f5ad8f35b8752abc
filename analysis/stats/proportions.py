"""Shares of respondents and intervals for them, each named by its kind.

A weighted share has the same intervals with Kish's effective n in the place of n, so n and the count may be fractions.
Intervals of a finite frame are in `finite`, those of a stratified design in `designs`.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.stats.distributions import beta_quantile, beta_quantile_each, normal_quantile
from data.errors import InvalidInput

BoolArray: TypeAlias = NDArray[np.bool_]
FloatArray: TypeAlias = NDArray[np.float64]
_Real = TypeVar("_Real", float, FloatArray)
_Bounds: TypeAlias = tuple[FloatArray, FloatArray]


class IntervalKind(StrEnum):
    """By whose method the bounds of a share are found."""

    WILSON = "wilson"
    CLOPPER_PEARSON = "clopper_pearson"
    AGRESTI_COULL = "agresti_coull"
    JEFFREYS = "jeffreys"


class EmptyBase(InvalidInput):
    """A figure was asked of nobody; code "stats.empty_base"."""

    def __init__(self) -> None:
        super().__init__("stats.empty_base")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A share between 0 and 1 with the bounds of its interval.

    n            respondents behind it
    effective_n  Kish's effective number of them; n without weights
    """

    share: float
    low: float
    high: float
    n: int
    effective_n: float

    @property
    def design_effect(self) -> float:
        """By how much the weights multiply the variance: n / effective n."""
        return self.n / self.effective_n


def wilson(chosen: int, n: int, *, level: float = 0.95) -> Estimate:
    """Share chosen / n with its Wilson score interval, without continuity correction; see `interval`."""
    low, high = interval(chosen, n, level=level)
    return Estimate(share=chosen / n, low=low, high=high, n=n, effective_n=float(n))


def interval(
    chosen: float, n: float, *, kind: IntervalKind = IntervalKind.WILSON, level: float = 0.95
) -> tuple[float, float]:
    """Bounds (low, high) of a share, within 0..1.

    chosen  respondents who chose the option, 0..n; with weights share x effective n.
    n       respondents with a valid answer, or the effective number of them.
    level   coverage aimed at, strictly between 0 and 1.
    Raises  EmptyBase when n == 0; InvalidInput "stats.count_outside_base" unless 0 <= chosen <= n, "stats.level".
    Source  Wilson (1927), JASA 22:209-212; Clopper and Pearson (1934), Biometrika 26:404-413; Agresti and Coull (1998),
            American Statistician 52:119-126; Jeffreys with the end points of Brown, Cai and DasGupta (2001),
            Statistical Science 16:101-133: 0 at nobody, 1 at everybody.
    """
    if n == 0:
        raise EmptyBase
    if not 0 <= chosen <= n or not isfinite(n):
        raise InvalidInput("stats.count_outside_base", count=chosen, base=n)
    check_level(level)
    match kind:
        case IntervalKind.WILSON:
            low, high = _wilson(chosen, n, level)
        case IntervalKind.CLOPPER_PEARSON:
            low, high = _beta(chosen, n, level, 0.0, 1.0)
        case IntervalKind.AGRESTI_COULL:
            low, high = _agresti_coull(chosen, n, level)
        case IntervalKind.JEFFREYS:
            low, high = _beta(chosen, n, level, 0.5, 0.5)
    # The bounds at 0 and n are exact in theory; rounding would leave them a hair off.
    exact = kind is not IntervalKind.AGRESTI_COULL
    return (0.0 if chosen == 0 and exact else max(0.0, low)), (1.0 if chosen == n and exact else min(1.0, high))


def intervals(
    chosen: FloatArray, n: FloatArray, *, kind: IntervalKind = IntervalKind.WILSON, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """The same for many shares at once: (m,) low and (m,) high bounds.

    chosen, n  (m,) as for `interval`, 0 <= chosen <= n and n > 0
    Raises     EmptyBase when an n is 0; as `interval`.
    """
    check_level(level)
    if bool((n == 0).any()):
        raise EmptyBase
    if bool((~((chosen >= 0) & (chosen <= n) & np.isfinite(n))).any()):
        raise InvalidInput("stats.count_outside_base", count=float(chosen.max()), base=float(n.max()))
    match kind:
        case IntervalKind.WILSON:
            low, high = _wilson(chosen, n, level)
        case IntervalKind.CLOPPER_PEARSON:
            low, high = _beta_each(chosen, n, level, 0.0, 1.0)
        case IntervalKind.AGRESTI_COULL:
            low, high = _agresti_coull(chosen, n, level)
        case IntervalKind.JEFFREYS:
            low, high = _beta_each(chosen, n, level, 0.5, 0.5)
    low, high = np.maximum(0.0, low), np.minimum(1.0, high)
    if kind is not IntervalKind.AGRESTI_COULL:
        low, high = np.where(chosen == 0, 0.0, low), np.where(chosen == n, 1.0, high)
    return low, high


def share(
    chosen: BoolArray,
    weights: FloatArray | None = None,
    *,
    kind: IntervalKind = IntervalKind.WILSON,
    level: float = 0.95,
) -> Estimate:
    """Share of respondents who chose an option, with an interval by Kish's effective n when weights are given.

    chosen   (n,) one flag per respondent with a valid answer; missing answers removed before.
    weights  (n,) >= 0; a respondent of weight 0 counts neither in the share nor in n.
    level    coverage aimed at, strictly between 0 and 1.
    Raises   EmptyBase when nobody is left; InvalidInput "stats.weights" for one below 0 or infinite; as `interval`.
    Source   Kish (1965), Survey Sampling, section 11.2C: effective n = (sum w)^2 / sum w^2.
    """
    if weights is None:
        count, n = int(np.count_nonzero(chosen)), int(chosen.shape[0])
        low, high = interval(count, n, kind=kind, level=level)
        return Estimate(share=count / n, low=low, high=high, n=n, effective_n=float(n))
    check_weights(weights, chosen.shape[0])
    return share_of_sums(
        float(weights[chosen].sum()),
        float(weights.sum()),
        float(weights @ weights),
        n=int(np.count_nonzero(weights)),
        kind=kind,
        level=level,
    )


def share_of_sums(
    chosen: float,
    total: float,
    squares: float,
    *,
    n: int,
    kind: IntervalKind = IntervalKind.WILSON,
    level: float = 0.95,
) -> Estimate:
    """The same from sums: of the weights of those who chose, of all weights, of all squared weights."""
    if n == 0 or total == 0:
        raise EmptyBase
    effective = min(float(n), total * total / squares)
    # Sums in another order may differ in the last digit; a share must not leave 0..1 for that.
    p = min(1.0, max(0.0, chosen / total))
    low, high = interval(p * effective, effective, kind=kind, level=level)
    return Estimate(share=p, low=min(low, p), high=max(high, p), n=n, effective_n=effective)


def check_level(level: float) -> None:
    """Raises InvalidInput "stats.level" unless 0 < level < 1."""
    if not 0 < level < 1:
        raise InvalidInput("stats.level", level=level)


def check_weights(weights: FloatArray, n: int) -> None:
    """Raises InvalidInput "stats.weights" unless there are n finite weights, none of them negative."""
    if weights.shape != (n,) or not np.isfinite(weights).all() or bool((weights < 0).any()):
        raise InvalidInput("stats.weights")


def _wilson(chosen: _Real, n: _Real, level: float) -> tuple[_Real, _Real]:
    z = normal_quantile(level)
    p = chosen / n
    shrink = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / shrink
    half = z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5 / shrink
    return centre - half, centre + half


def _agresti_coull(chosen: _Real, n: _Real, level: float) -> tuple[_Real, _Real]:
    z = normal_quantile(level)
    more = n + z * z
    p = (chosen + z * z / 2) / more
    half = z * (p * (1 - p) / more) ** 0.5
    return p - half, p + half


def _beta(chosen: float, n: float, level: float, low_prior: float, high_prior: float) -> tuple[float, float]:
    """Beta quantiles: with priors (0, 1) Clopper-Pearson, with (1/2, 1/2) Jeffreys."""
    tail = (1 - level) / 2
    low = 0.0 if chosen == 0 else beta_quantile(tail, chosen + low_prior, n - chosen + high_prior)
    high = 1.0 if chosen == n else beta_quantile(1 - tail, chosen + high_prior, n - chosen + low_prior)
    return low, high


def _beta_each(chosen: FloatArray, n: FloatArray, level: float, low_prior: float, high_prior: float) -> _Bounds:
    tail = (1 - level) / 2
    # At nobody and everybody the shapes may be 0; those bounds are set by whoever asks.
    inside = np.clip(chosen, np.minimum(0.5, n / 2), np.maximum(n - 0.5, n / 2))
    low = beta_quantile_each(tail, np.where(chosen == 0, inside, chosen) + low_prior, n - chosen + high_prior)
    high = beta_quantile_each(1 - tail, chosen + high_prior, np.where(chosen == n, n - inside, n - chosen) + low_prior)
    return low, high
