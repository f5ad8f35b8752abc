"""Differences between two groups or two waves: size with an interval, and a test beside it."""

from dataclasses import dataclass
from math import ceil, comb, log2, sqrt

import numpy as np

from analysis.stats.distributions import normal_quantile, normal_two_sided, t_quantile, t_two_sided
from analysis.stats.numbers import NumberEstimate, mean, median
from analysis.stats.proportions import BoolArray, EmptyBase, FloatArray, check_level, share
from analysis.stats.tables import SMALL_EXPECTED, Effect, Test, TestKind, fisher
from data.errors import InvalidInput

_ROUNDING = 1e-12
"""Of the largest number: changes that lie no further apart are the same."""


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
    n = _pairs(first, second)
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
    test = _of_signs(TestKind.MCNEMAR, only_first, only_second)
    return Difference(effect=Effect(value=(only_second - only_first) / n, low=low, high=high), test=test, n=n)


def _pairs(first: BoolArray | FloatArray, second: BoolArray | FloatArray) -> int:
    if second.size != first.size:
        raise InvalidInput("stats.not_paired")
    if not first.size:
        raise EmptyBase
    return first.size


def _of_signs(kind: TestKind, down: int, up: int) -> Test | None:
    """Exact test that of those who changed as many changed either way; None when nobody did."""
    changed = down + up
    if not changed:
        return None
    tail = sum(comb(changed, k) for k in range(min(down, up) + 1))
    return Test(kind=kind, p=min(1.0, 2 * tail / 2**changed))


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
    low, high = _recovered(first, second, first_bounds, second_bounds, correlation)
    return np.maximum(-1.0, low), np.minimum(1.0, high)


def _recovered(
    first: FloatArray,
    second: FloatArray,
    first_bounds: tuple[FloatArray, FloatArray],
    second_bounds: tuple[FloatArray, FloatArray],
    correlation: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Bounds of second - first: the variance near either end is recovered from the bounds of both."""
    down, up = second - second_bounds[0], second_bounds[1] - second
    back, ahead = first - first_bounds[0], first_bounds[1] - first
    low: FloatArray = np.sqrt(np.maximum(0.0, down**2 + ahead**2 - 2 * correlation * down * ahead))
    high: FloatArray = np.sqrt(np.maximum(0.0, up**2 + back**2 - 2 * correlation * up * back))
    gap = second - first
    return gap - low, gap + high


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
    return estimates_apart(
        mean(first, first_weights, level=level), mean(second, second_weights, level=level), level=level
    )


def estimates_apart(one: NumberEstimate, two: NumberEstimate, *, level: float = 0.95) -> Difference:
    """As `means_apart`, of two means with their intervals of the same level.

    Raises  InvalidInput "stats.too_few", "stats.no_variation" as there.
    """
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


def means_paired(first: FloatArray, second: FloatArray, *, level: float = 0.95) -> Difference:
    """Mean change of the same respondents, as in two matched waves, with Student's interval and t test of the changes.

    first, second  (n,) numbers of the same respondents in the same order
    Raises  EmptyBase; InvalidInput "stats.not_paired", "stats.too_few" for a single respondent, "stats.no_variation"
            when all changed by the same; as `numbers.mean`.
    Source  Student (1908), Biometrika 6:1-25; R t.test(paired = TRUE).
    """
    n = _pairs(first, second)
    if n < 2:
        raise InvalidInput("stats.too_few", n=2)
    changes = second - first
    found = mean(changes, level=level)
    # Decimals that all moved by 0.1 differ in their last bit, which is no spread.
    rounding = _ROUNDING * float(max(np.abs(first).max(), np.abs(second).max()))
    if found.low is None or found.high is None or np.ptp(changes) <= rounding:
        raise InvalidInput("stats.no_variation")
    t = found.value / ((found.high - found.value) / t_quantile(level, n - 1))
    test = Test(kind=TestKind.PAIRED_T, statistic=t, degrees=n - 1, denominator=n - 1, p=t_two_sided(t, n - 1))
    return Difference(effect=Effect(value=found.value, low=found.low, high=found.high), test=test, n=n)


def medians_apart(first: FloatArray, second: FloatArray, *, level: float = 0.95) -> Difference:
    """Difference of the medians of two separate groups, with an interval made of those of the sign test.

    Test    Mood's: as many of either group are above the middle of all, by `shares_apart`.
    Raises  EmptyBase; InvalidInput "stats.too_few" when a group is too small to bound its median; as `numbers.median`.
    Source  Zou and Donner (2008), Statistics in Medicine 27:1693-1702 (the interval); Mood (1954), Annals of
            Mathematical Statistics 25:514-522; scipy median_test(correction=False, ties="below").
    """
    one, two = median(first, level=level), median(second, level=level)
    if one.low is None or one.high is None or two.low is None or two.high is None:
        raise InvalidInput("stats.too_few", n=_fewest_of_a_median(level))
    low, high = _recovered(
        np.array([one.value]),
        np.array([two.value]),
        (np.array([one.low]), np.array([one.high])),
        (np.array([two.low]), np.array([two.high])),
        np.zeros(1),
    )
    middle = float(np.median(np.concatenate((first, second))))
    test = shares_apart(first > middle, second > middle, level=level).test
    effect = Effect(value=two.value - one.value, low=float(low[0]), high=float(high[0]))
    return Difference(effect=effect, test=test, n=one.n + two.n)


def median_change(first: FloatArray, second: FloatArray, *, level: float = 0.95) -> Difference:
    """The middle one of the changes of the same respondents, with the interval and the exact test of their signs.

    It need not be the change of the middle value.
    first, second  (n,) numbers of the same respondents in the same order
    Raises  EmptyBase; InvalidInput "stats.not_paired", "stats.too_few" when the changes are too few to bound their
            middle; as `numbers.median`.
    Source  Arbuthnott (1710); David and Nagaraja (2003), Order Statistics, section 7.1; R binom.test of the signs.
    """
    n, changes = _pairs(first, second), second - first
    found = median(changes, level=level)
    if found.low is None or found.high is None:
        raise InvalidInput("stats.too_few", n=_fewest_of_a_median(level))
    test = _of_signs(TestKind.SIGN, int((changes < 0).sum()), int((changes > 0).sum()))
    return Difference(effect=Effect(value=found.value, low=found.low, high=found.high), test=test, n=n)


def _fewest_of_a_median(level: float) -> int:
    """The fewest respondents whose lowest and highest value hold the median with this level: 6 at 95 %."""
    return ceil(log2(2 / (1 - level)))


def standardised(first: FloatArray, second: FloatArray) -> float | None:
    """Difference of two means, second minus first, over the root of the mean of both variances; None without spread.

    first, second  (n,), (m,) numbers, of separate or of the same respondents: how strong a change is against what
                   respondents differ by, and so not by how much the same ones moved alike.
    Source         Cohen (1988), 2.3.2; Bonett (2008), Psychological Methods 13:99-109, for unequal variances.
    """
    if min(first.size, second.size) < 2:
        return None
    spread = sqrt((float(first.var(ddof=1)) + float(second.var(ddof=1))) / 2)
    return float(second.mean() - first.mean()) / spread if spread > 0 else None


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
