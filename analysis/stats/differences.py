"""Differences between two groups or two waves: size with an interval, and a test beside it."""

from dataclasses import dataclass
from math import comb, sqrt

import numpy as np

from analysis.stats.distributions import normal_quantile, normal_two_sided, t_quantile, t_two_sided
from analysis.stats.numbers import mean
from analysis.stats.proportions import BoolArray, EmptyBase, FloatArray, check_level, share
from analysis.stats.tables import SMALL_EXPECTED, Effect, Test, TestKind, fisher
from data.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Second minus first, with the bounds of its interval and a test that it is 0.

    test  None where nothing can be tested: nobody chose, everybody chose, or no spread
    n     respondents behind it: of both groups together, or pairs
    """

    effect: Effect
    test: Test | None
    n: int


def shares_apart(
    first: BoolArray,
    second: BoolArray,
    first_weights: FloatArray | None = None,
    second_weights: FloatArray | None = None,
    *,
    level: float = 0.95,
) -> Difference:
    """Difference of the shares of two separate groups: different people, as in two unmatched waves.

    first, second  (n,), (m,) one flag per respondent
    weights        (n,), (m,) >= 0; both or neither
    Interval       Newcombe's, from two Wilson intervals; with weights by Kish's effective n.
    Test           Fisher's exact test when an expected count is below 5 and there are no weights, else the pooled z
                   test (chi-squared without correction); with weights and an expected effective count below 5: none.
    Raises         EmptyBase when a group is empty; as `proportions.share`.
    Source         Newcombe (1998), Statistics in Medicine 17:873-890, method 10; R prop.test, fisher.test.
    """
    one, two = share(first, first_weights, level=level), share(second, second_weights, level=level)
    low, high = newcombe(one.share, two.share, (one.low, one.high), (two.low, two.high), correlation=0.0)
    effect, n = Effect(value=two.share - one.share, low=low, high=high), one.n + two.n
    pooled = (one.share * one.effective_n + two.share * two.effective_n) / (one.effective_n + two.effective_n)
    if pooled in (0.0, 1.0):
        return Difference(effect=effect, test=None, n=n)
    if min(pooled, 1 - pooled) * min(one.effective_n, two.effective_n) < SMALL_EXPECTED:
        if first_weights is not None or second_weights is not None:
            return Difference(effect=effect, test=None, n=n)
        counts = np.array([[int(each.sum()), int((~each).sum())] for each in (first, second)])
        return Difference(effect=effect, test=fisher(counts), n=n)
    z = (two.share - one.share) / sqrt(pooled * (1 - pooled) * (1 / one.effective_n + 1 / two.effective_n))
    return Difference(effect=effect, test=Test(kind=TestKind.POOLED_Z, statistic=z, p=normal_two_sided(z)), n=n)


def shares_paired(first: BoolArray, second: BoolArray, *, level: float = 0.95) -> Difference:
    """Change of a share among the same respondents, as in two matched waves.

    first, second  (n,) flags of the same respondents in the same order
    Test           McNemar's, exact: of those who changed, how many changed this way; None when nobody changed.
    Raises         EmptyBase; InvalidInput "stats.not_paired".
    Source         McNemar (1947), Psychometrika 12:153-157; Newcombe (1998), Statistics in Medicine 17:2635-2650,
                   method 10; R binom.test of the discordant pairs.
    """
    n = first.size
    if second.size != n:
        raise InvalidInput("stats.not_paired")
    if n == 0:
        raise EmptyBase
    both, only_first = int((first & second).sum()), int((first & ~second).sum())
    only_second = int((~first & second).sum())
    neither = n - both - only_first - only_second
    one, two = share(first, level=level), share(second, level=level)
    margins = (both + only_first) * (only_second + neither) * (both + only_second) * (only_first + neither)
    product = float(both * neither - only_first * only_second)
    if product > 0:  # Newcombe's continuity correction of phi
        product = max(product - n / 2, 0.0)
    correlation = product / sqrt(margins) if margins else 0.0
    low, high = newcombe(one.share, two.share, (one.low, one.high), (two.low, two.high), correlation=correlation)
    changed = only_first + only_second
    test = None
    if changed:
        fewer = min(only_first, only_second)
        tail = sum(comb(changed, k) for k in range(fewer + 1))
        test = Test(kind=TestKind.MCNEMAR, p=min(1.0, 2 * tail / 2**changed))
    return Difference(effect=Effect(value=(only_second - only_first) / n, low=low, high=high), test=test, n=n)


def newcombe(
    first: float,
    second: float,
    first_bounds: tuple[float, float],
    second_bounds: tuple[float, float],
    *,
    correlation: float,
) -> tuple[float, float]:
    """Bounds of second - first from the bounds of either, with the correlation of the two estimates.

    Source  Newcombe (1998); Zou and Donner (2008), Statistics in Medicine 27:1693-1702.
    """
    low, high = newcombe_each(
        np.array([first]),
        np.array([second]),
        (np.array([first_bounds[0]]), np.array([first_bounds[1]])),
        (np.array([second_bounds[0]]), np.array([second_bounds[1]])),
        correlation=np.array([correlation]),
    )
    return float(low[0]), float(high[0])


def newcombe_each(
    first: FloatArray,
    second: FloatArray,
    first_bounds: tuple[FloatArray, FloatArray],
    second_bounds: tuple[FloatArray, FloatArray],
    *,
    correlation: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """The same for many differences at once; every array has their shape."""
    down, up = second - second_bounds[0], second_bounds[1] - second
    back, ahead = first - first_bounds[0], first_bounds[1] - first
    low = np.sqrt(np.maximum(0.0, down**2 + ahead**2 - 2 * correlation * down * ahead))
    high = np.sqrt(np.maximum(0.0, up**2 + back**2 - 2 * correlation * up * back))
    gap = second - first
    return np.maximum(-1.0, gap - low), np.minimum(1.0, gap + high)


def means_apart(
    first: FloatArray,
    second: FloatArray,
    first_weights: FloatArray | None = None,
    second_weights: FloatArray | None = None,
    *,
    level: float = 0.95,
) -> Difference:
    """Difference of the means of two separate groups, with Welch's interval and test; weighted by linearisation.

    Raises  EmptyBase; InvalidInput "stats.too_few" when a group has a single respondent, "stats.no_variation" when
            nobody differs from the others of the group in both; as `numbers.mean`.
    Source  Welch (1947), Biometrika 34:28-35; R t.test.
    """
    one, two = mean(first, first_weights, level=level), mean(second, second_weights, level=level)
    if min(one.n, two.n) < 2:
        raise InvalidInput("stats.too_few", n=2)
    errors = [
        0.0 if found.high is None else (found.high - found.value) / t_quantile(level, found.n - 1)
        for found in (one, two)
    ]
    variance = errors[0] ** 2 + errors[1] ** 2
    if variance == 0:
        raise InvalidInput("stats.no_variation")
    degrees = variance**2 / (errors[0] ** 4 / (one.n - 1) + errors[1] ** 4 / (two.n - 1))
    value, error = two.value - one.value, sqrt(variance)
    half, t = t_quantile(level, degrees) * error, value / error
    test = Test(kind=TestKind.WELCH, statistic=t, degrees=degrees, denominator=degrees, p=t_two_sided(t, degrees))
    return Difference(effect=Effect(value=value, low=value - half, high=value + half), test=test, n=one.n + two.n)


def detectable_change(
    first_n: float, second_n: float, *, p: float = 0.5, power: float = 0.8, level: float = 0.95
) -> float:
    """The smallest change of a share that two separate waves would find with this power.

    first_n, second_n  respondents, or effective numbers of them
    Raises             EmptyBase; InvalidInput "stats.level" unless 0 < level < 1 and 0.5 < power < 1.
    Source             (z of the level + z of the power) x standard error: 2.8 sqrt(2 p (1 - p) / n) for equal waves.
    """
    check_level(level)
    if not 0.5 < power < 1:
        raise InvalidInput("stats.level", level=power)
    if min(first_n, second_n) <= 0:
        raise EmptyBase
    reach = normal_quantile(level) + normal_quantile(2 * power - 1)
    return min(1.0, reach * sqrt(p * (1 - p) * (1 / first_n + 1 / second_n)))
