"""Estimates under a sampling design: strata, clusters, weights, finite populations; variances by linearisation.

A design is of all respondents; a domain is asked for by a mask, so that the variance knows that the size of the domain
is itself a matter of chance. Weights count as fixed: the gain in precision that calibration brings is not claimed.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import exp, log, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.stats.distributions import t_quantile
from analysis.stats.proportions import (
    BoolArray,
    EmptyBase,
    FloatArray,
    IntervalKind,
    check_level,
    check_weights,
    interval,
)
from data.errors import InvalidInput

IntArray: TypeAlias = NDArray[np.int64]


class Lonely(StrEnum):
    """What becomes of a stratum with a single unit, whose variance nobody can know.

    REFUSE   the estimate is refused.
    CENTRE   the unit is measured against the mean of all instead of that of its stratum (R: "adjust").
    CERTAIN  it adds nothing, as if it had been drawn with certainty (R: "certainty"); understates the variance.
    """

    REFUSE = "refuse"
    CENTRE = "centre"
    CERTAIN = "certain"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """How respondents came to be drawn: a single stage of units within strata. Made by `design`.

    weights    (n,) >= 0
    stratum    (units,) number of the stratum of each unit
    unit       (n,) number of the unit (cluster) of each respondent
    sampled    (strata,) units drawn
    remaining  (strata,) share of the stratum's units that was not drawn: the finite-population correction
    """

    weights: FloatArray
    stratum: IntArray
    unit: IntArray
    sampled: IntArray
    remaining: FloatArray
    lonely: Lonely

    @property
    def size(self) -> int:
        """Number of respondents."""
        return int(self.weights.shape[0])

    @property
    def degrees_of_freedom(self) -> int:
        """Units less strata."""
        return int(self.stratum.shape[0] - self.sampled.shape[0])

    def degrees_in(self, domain: BoolArray) -> int:
        """Units less strata, of those that the domain has somebody of: what a domain's interval rests on."""
        units = np.unique(self.unit[domain])
        return int(units.size - np.unique(self.stratum[units]).size)


def design(
    weights: FloatArray,
    *,
    strata: NDArray[np.generic] | None = None,
    clusters: NDArray[np.generic] | None = None,
    population: FloatArray | None = None,
    lonely: Lonely = Lonely.REFUSE,
) -> Design:
    """The design of a sample.

    weights     (n,) >= 0, not all 0.
    strata      (n,) stratum of each respondent; None is one stratum.
    clusters    (n,) unit drawn; clusters of the same name in two strata are two. None: each respondent is a unit.
    population  (n,) number of units in the respondent's stratum, the same within it; None: no correction.
    Raises      EmptyBase without respondents or weight; InvalidInput "stats.weights", "stats.population" when a stratum
                has fewer units than were drawn from it or two sizes; "stats.lonely_unit" for a stratum with one unit
                (unless it has no other) when lonely is REFUSE.
    """
    n = int(weights.shape[0])
    check_weights(weights, n)
    if n == 0 or weights.sum() == 0:
        raise EmptyBase
    of = np.zeros(n, dtype=np.int64) if strata is None else np.unique(strata, return_inverse=True)[1].reshape(-1)
    if clusters is None:
        unit = np.arange(n)
    else:
        named = np.unique(clusters, return_inverse=True)[1].reshape(-1)
        unit = np.unique(of * (named.max() + 1) + named, return_inverse=True)[1].reshape(-1)
    stratum = np.zeros(unit.max() + 1, dtype=np.int64)
    stratum[unit] = of
    sampled = np.bincount(stratum)
    remaining = np.ones(sampled.shape[0])
    if population is not None:
        sizes = np.zeros(sampled.shape[0])
        sizes[of] = population
        if not np.array_equal(sizes[of], population) or bool((sizes < sampled).any()):
            raise InvalidInput("stats.population")
        remaining = (sizes - sampled) / sizes
    alone = (sampled == 1) & (remaining > 0)
    if lonely is Lonely.REFUSE and bool(alone.any()):
        raise InvalidInput("stats.lonely_unit", strata=int(np.count_nonzero(alone)))
    return Design(weights=weights, stratum=stratum, unit=unit, sampled=sampled, remaining=remaining, lonely=lonely)


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignEstimate:
    """An estimate with its standard error and the bounds of its interval.

    n               respondents in the domain with a weight above 0
    degrees         degrees of freedom of the interval
    standard_error  0 when the whole frame replied
    design_effect   variance over that of a simple random sample of n; None where that is 0 or not defined
    """

    value: float
    standard_error: float
    low: float
    high: float
    n: int
    degrees: float
    design_effect: float | None = None


def covariance(of: Design, scores: FloatArray) -> FloatArray:
    """Linearised covariance (k, k) of k estimates.

    scores  (n, k) weighted influence of each respondent on each estimate; 0 outside a domain.
    Source  Woodruff (1971), JASA 66:411-414; Binder (1983), International Statistical Review 51:279-292; as R survey,
            svyrecvar with one stage.
    """
    totals = np.zeros((of.stratum.shape[0], scores.shape[1]))
    np.add.at(totals, of.unit, scores)
    sums = np.zeros((of.sampled.shape[0], scores.shape[1]))
    np.add.at(sums, of.stratum, totals)
    single = of.sampled == 1
    means = sums / of.sampled[:, None]
    if of.lonely is Lonely.CENTRE:
        means[single] = 0.0
    factor = of.remaining * np.where(single, 1.0, of.sampled / np.maximum(of.sampled - 1, 1))
    apart = (totals - means[of.stratum]) * np.sqrt(factor)[of.stratum][:, None]
    spread: FloatArray = apart.T @ apart
    return spread


def mean(of: Design, values: FloatArray, domain: BoolArray | None = None, *, level: float = 0.95) -> DesignEstimate:
    """Mean of a number among the members of a domain, with a t interval.

    values  (n,) finite inside the domain.
    domain  (n,) who is asked about; None is everybody. Missing answers stand outside it.
    Raises  EmptyBase when nobody with weight is in the domain; InvalidInput "stats.not_finite", "stats.level".
    Source  R survey: svymean, svyby; degrees of freedom are those of the domain.
    """
    inside, weights = _inside(of, values, domain)
    total = float(weights.sum())
    y = np.where(inside, values, 0.0)
    value = float(weights @ y) / total
    scores = weights * np.where(inside, values - value, 0.0) / total
    variance = float(covariance(of, scores[:, None])[0, 0])
    n = int(np.count_nonzero(weights))
    spread = float(weights @ (np.where(inside, values - value, 0.0) ** 2)) / total
    simple = spread / (n - 1) if n > 1 else 0.0
    return _with_t(of, inside, value, variance, n, level, simple)


def share(of: Design, chosen: BoolArray, domain: BoolArray | None = None, *, level: float = 0.95) -> DesignEstimate:
    """Share of a domain that chose an option, with an interval on the logit scale, so that it stays within 0..1.

    At a share of 0 or 1 the linearised variance is 0; the interval is then Clopper-Pearson's of the n in the domain.
    It is 0 too where each stratum says one thing; unless all of them were drawn whole, that is no proof, and the
    interval is Clopper-Pearson's of Kish's effective n, which claims nothing of what strata gain.
    Raises  as `mean`.
    Source  R survey: svyciprop(method = "logit"); Korn and Graubard (1998), Survey Methodology 24:193-201.
    """
    found = mean(of, chosen.astype(np.float64), domain, level=level)
    p, degrees = found.value, max(found.degrees, 1)
    weights = _inside(of, chosen, domain)[1]
    counted = chosen[weights > 0]
    if counted.all() or not counted.any():
        p, n = float(counted[0]), float(found.n)
    else:
        n = float(weights.sum()) ** 2 / float(weights @ weights)
    missed = bool((of.remaining[of.stratum[of.unit[weights > 0]]] > 0).any())
    if p in (0.0, 1.0) or (missed and found.standard_error < 1e-12):  # rounding leaves a trace of what is 0
        low, high = interval(p * n, n, kind=IntervalKind.CLOPPER_PEARSON, level=level)
        return replace(found, value=p, standard_error=0.0, low=low, high=high)
    half = t_quantile(level, degrees) * found.standard_error / (p * (1 - p))
    centre = log(p / (1 - p))
    return replace(found, low=1 / (1 + exp(half - centre)), high=1 / (1 + exp(-half - centre)))


def total(of: Design, values: FloatArray, domain: BoolArray | None = None, *, level: float = 0.95) -> DesignEstimate:
    """Total of a number over a domain of the population, with a t interval.

    Raises  as `mean`. Weights must sum to the population, or the total is one of nothing.
    Source  R survey: svytotal.
    """
    inside, weights = _inside(of, values, domain)
    scores = weights * np.where(inside, values, 0.0)
    variance = float(covariance(of, scores[:, None])[0, 0])
    return _with_t(of, inside, float(scores.sum()), variance, int(np.count_nonzero(weights)), level, 0.0)


def ratio(
    of: Design,
    numerator: FloatArray,
    denominator: FloatArray,
    domain: BoolArray | None = None,
    *,
    level: float = 0.95,
) -> DesignEstimate:
    """Ratio of two totals over a domain, with a t interval.

    Raises  as `mean`; InvalidInput "stats.zero_denominator".
    Source  R survey: svyratio.
    """
    inside, weights = _inside(of, numerator, domain)
    _inside(of, denominator, domain)
    below = float(weights @ np.where(inside, denominator, 0.0))
    if below == 0:
        raise InvalidInput("stats.zero_denominator")
    value = float(weights @ np.where(inside, numerator, 0.0)) / below
    scores = weights * np.where(inside, numerator - value * denominator, 0.0) / below
    variance = float(covariance(of, scores[:, None])[0, 0])
    return _with_t(of, inside, value, variance, int(np.count_nonzero(weights)), level, 0.0)


def quantile(
    of: Design, values: FloatArray, p: float = 0.5, domain: BoolArray | None = None, *, level: float = 0.95
) -> DesignEstimate:
    """Weighted quantile (p = 0.5: the median) with Woodruff's interval; low or high is -inf or inf out of reach.

    The quantile is the lowest value with at least p of the weight at or below it; when exactly p is, the mean of it
    and the next value for p = 0.5 only, which is what most people call the median (R survey: qrule "school").
    The standard error is the width of the interval over twice its t.
    Raises  as `mean`; InvalidInput "stats.level" unless 0 < p < 1.
    Source  Woodruff (1952), JASA 47:635-646; R survey: svyquantile(interval.type = "mean").
    """
    check_level(p)
    inside, weights = _inside(of, values, domain)
    held = weights > 0
    order = np.argsort(values[held], kind="stable")
    sorted_values, cumulated = values[held][order], np.cumsum(weights[held][order])
    value = value_at(sorted_values, cumulated, p, halve=p == 0.5)
    below = mean(of, (values <= value).astype(np.float64), inside, level=level)
    ends = [
        value_at(sorted_values, cumulated, end, halve=p == 0.5) if 0 < end < 1 else (-np.inf if end <= 0 else np.inf)
        for end in (below.low, below.high)
    ]
    missed = bool((of.remaining[of.stratum[of.unit[inside]]] > 0).any())
    if below.standard_error <= 1e-12 and (below.value < 1 or not missed):
        ends = [value, value]  # who is below it is certain; halving at the ends would pass it by
    t = t_quantile(level, max(below.degrees, 1))
    return DesignEstimate(
        value=value,
        standard_error=(ends[1] - ends[0]) / (2 * t),
        low=ends[0],
        high=ends[1],
        n=below.n,
        degrees=below.degrees,
    )


def value_at(values: FloatArray, cumulated: FloatArray, p: float, *, halve: bool) -> float:
    """The lowest value with at least a share of the weight at or below it; `halve` as of `quantile` at p = 0.5.

    values, cumulated  (k,) rising, and the weight up to each
    """
    wanted = p * float(cumulated[-1])
    # A sum of weights may miss p by rounding only; it then counts as exactly p.
    place = int(np.searchsorted(cumulated, wanted * (1 - 1e-12)))
    place = min(place, values.size - 1)
    if halve and place + 1 < values.size and abs(float(cumulated[place]) - wanted) <= 1e-12 * wanted:
        return float(values[place] + values[place + 1]) / 2
    return float(values[place])


def _inside(of: Design, values: FloatArray | BoolArray, domain: BoolArray | None) -> tuple[BoolArray, FloatArray]:
    inside = np.ones(of.size, dtype=np.bool_) if domain is None else domain
    weights = np.where(inside, of.weights, 0.0)
    if not weights.any():
        raise EmptyBase
    if not np.isfinite(values[inside]).all():
        raise InvalidInput("stats.not_finite")
    return inside, weights


def _with_t(
    of: Design, inside: BoolArray, value: float, variance: float, n: int, level: float, simple: float
) -> DesignEstimate:
    check_level(level)
    degrees = of.degrees_in(inside & (of.weights > 0))
    error = sqrt(variance)
    # One unit alone tells nothing of the spread; the widest t keeps its interval finite and wide.
    half = t_quantile(level, max(degrees, 1)) * error
    return DesignEstimate(
        value=value,
        standard_error=error,
        low=value - half,
        high=value + half,
        n=n,
        degrees=float(degrees),
        design_effect=variance / simple if simple > 0 else None,
    )
