"""How far coders agree beyond chance: Krippendorff's alpha, Cohen's and Fleiss' kappa."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from analysis.stats.designs import IntArray
from analysis.stats.distributions import normal_quantile
from analysis.stats.proportions import EmptyBase, FloatArray, check_level
from data.errors import InvalidInput

DRAWS = 1000


class Metric(StrEnum):
    """How far two different ratings are apart: Krippendorff's levels of measurement."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


class KappaWeights(StrEnum):
    """How much a near miss counts as agreement in Cohen's kappa."""

    NONE = "none"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A coefficient of agreement: 1 is perfect, 0 is chance.

    low, high  bounds of its interval; None where agreement is perfect, so that the data hold no disagreement to draw
               from, where too few draws varied, or where the large-sample variance is 0
    units      units rated by two or more
    """

    value: float
    low: float | None
    high: float | None
    units: int


def krippendorff(
    ratings: FloatArray,
    *,
    metric: Metric,
    rng: np.random.Generator,
    draws: int = DRAWS,
    level: float = 0.95,
) -> Agreement:
    """Krippendorff's alpha with a bootstrap interval over units.

    ratings  (coders, units); NaN where a coder did not rate. Units with fewer than two ratings are left out.
    metric   RATIO needs ratings >= 0.
    Raises   EmptyBase when no unit has two ratings; InvalidInput "stats.no_variation" when all ratings are the same,
             "stats.negative_ratio", "stats.not_finite".
    Interval percentiles of alpha over units drawn with replacement; draws without variation are left out.
    Source   Krippendorff (2019), Content Analysis, chapter 12; Hayes and Krippendorff (2007), Communication Methods and
             Measures 1:77-89.
    """
    check_level(level)
    if bool(np.isinf(ratings).any()):
        raise InvalidInput("stats.not_finite")
    there = ~np.isnan(ratings)
    pairable = there.sum(axis=0) >= 2
    if not pairable.any():
        raise EmptyBase
    kept, there = ratings[:, pairable], there[:, pairable]
    values = np.unique(kept[there])
    if metric is Metric.RATIO and values[0] < 0:
        raise InvalidInput("stats.negative_ratio")
    counts = np.stack([(kept == value).sum(axis=0) for value in values], axis=1).astype(np.float64)  # (units, values)
    pairs = counts[:, :, None] * counts[:, None, :]
    at = np.arange(values.size)
    pairs[:, at, at] -= counts
    pairs /= (counts.sum(axis=1) - 1)[:, None, None]
    value = _alpha(pairs.sum(axis=0), values, metric)
    if value is None:
        raise InvalidInput("stats.no_variation")
    units = counts.shape[0]
    if value == 1.0:
        return Agreement(value=1.0, low=None, high=None, units=units)
    times = rng.multinomial(units, np.full(units, 1 / units), size=draws)
    drawn = (times @ pairs.reshape(units, -1)).reshape(draws, values.size, values.size)
    alphas = [alpha for each in drawn if (alpha := _alpha(each, values, metric)) is not None]
    low, high = _percentiles(alphas, draws, level)
    return Agreement(value=value, low=low, high=high, units=units)


def cohen(
    first: IntArray,
    second: IntArray,
    *,
    weights: KappaWeights = KappaWeights.NONE,
    points: FloatArray | None = None,
    level: float = 0.95,
) -> Agreement:
    """Cohen's kappa of two coders, weighted for ordered categories, with its large-sample interval.

    first, second  (n,) category of each unit, 0..; the order of the numbers is that of the scale
    points         (categories,) where each category stands on its scale, rising; None: 0, 1, 2 ...
    Raises         EmptyBase; InvalidInput "stats.not_paired", "stats.no_variation" when both always chose the same
                   single category.
    Source         Cohen (1960, 1968); variance: Fleiss, Cohen and Everitt (1969), Psychological Bulletin 72:323-327.
    """
    check_level(level)
    if first.size != second.size:
        raise InvalidInput("stats.not_paired")
    if first.size == 0:
        raise EmptyBase
    n, size = first.size, int(max(first.max(), second.max())) + 1
    scale = np.arange(size, dtype=np.float64) if points is None else points[:size]
    table = np.zeros((size, size))
    np.add.at(table, (first, second), 1.0 / n)
    credit = _credit(scale, weights)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    observed, expected = float((credit * table).sum()), float(rows @ credit @ columns)
    if expected >= 1 - 1e-12:
        raise InvalidInput("stats.no_variation")
    value = (observed - expected) / (1 - expected)
    if value >= 1 - 1e-12:
        return Agreement(value=1.0, low=None, high=None, units=n)
    means = (credit @ columns)[:, None] + (rows @ credit)[None, :]
    inner = float((table * (credit * (1 - expected) - means * (1 - observed)) ** 2).sum())
    variance = (inner - (observed * expected - 2 * expected + observed) ** 2) / (n * (1 - expected) ** 4)
    if variance < 1e-12:  # a coder who always chose the same, or disagreement throughout: nothing tells of chance
        return Agreement(value=value, low=None, high=None, units=n)
    half = normal_quantile(level) * sqrt(variance)
    return Agreement(value=value, low=max(-1.0, value - half), high=min(1.0, value + half), units=n)


def fleiss(counts: IntArray, *, rng: np.random.Generator, draws: int = DRAWS, level: float = 0.95) -> Agreement:
    """Fleiss' kappa of the same number of coders for every unit, with a bootstrap interval over units.

    counts  (units, categories) how many coders chose each category
    Raises  EmptyBase; InvalidInput "stats.uneven_coders" unless every unit has the same number, 2 or more,
            "stats.no_variation" when all chose one category.
    Source  Fleiss (1971), Psychological Bulletin 76:378-382.
    """
    check_level(level)
    if counts.size == 0 or not counts.any():
        raise EmptyBase
    coders = counts.sum(axis=1)
    if coders.min() != coders.max() or coders[0] < 2:
        raise InvalidInput("stats.uneven_coders")
    value = _fleiss(counts.astype(np.float64))
    if value is None:
        raise InvalidInput("stats.no_variation")
    units = counts.shape[0]
    if value >= 1 - 1e-12:
        return Agreement(value=1.0, low=None, high=None, units=units)
    found = [_fleiss(counts[rng.integers(0, units, units)].astype(np.float64)) for _ in range(draws)]
    low, high = _percentiles([each for each in found if each is not None], draws, level)
    return Agreement(value=value, low=low, high=high, units=units)


def _alpha(coincidences: FloatArray, values: FloatArray, metric: Metric) -> float | None:
    """Alpha from the coincidence matrix; None when only one value occurs."""
    totals = coincidences.sum(axis=0)
    n = totals.sum()
    distances = _distances(values, totals, metric)
    expected = float(totals @ distances @ totals)
    if expected <= 0:
        return None
    return 1.0 - float((n - 1) * (coincidences * distances).sum()) / expected


def _distances(values: FloatArray, totals: FloatArray, metric: Metric) -> FloatArray:
    """(values, values) squared distances."""
    apart: NDArray[np.float64]
    match metric:
        case Metric.NOMINAL:
            return np.not_equal.outer(values, values).astype(np.float64)
        case Metric.ORDINAL:
            # Between two values: all ratings from one to the other, half of those at either end.
            middles = np.cumsum(totals) - totals / 2
            apart = np.subtract.outer(middles, middles)
        case Metric.INTERVAL:
            apart = np.subtract.outer(values, values)
        case Metric.RATIO:
            sums = np.add.outer(values, values)
            apart = np.divide(np.subtract.outer(values, values), sums, out=np.zeros_like(sums), where=sums > 0)
    return apart**2


def _credit(scale: FloatArray, weights: KappaWeights) -> FloatArray:
    steps = np.abs(np.subtract.outer(scale, scale)) / (np.ptp(scale) or 1.0)
    match weights:
        case KappaWeights.NONE:
            return np.eye(scale.size)
        case KappaWeights.LINEAR:
            return 1 - steps
        case KappaWeights.QUADRATIC:
            credit: FloatArray = 1 - steps**2
            return credit


def _fleiss(counts: FloatArray) -> float | None:
    coders = counts[0].sum()
    shares = counts.sum(axis=0) / counts.sum()
    expected = float(shares @ shares)
    if expected >= 1 - 1e-12:
        return None
    observed = float(((counts * counts).sum(axis=1) - coders).mean() / (coders * (coders - 1)))
    return (observed - expected) / (1 - expected)


def _percentiles(found: list[float], draws: int, level: float) -> tuple[float | None, float | None]:
    if len(found) < draws / 2:
        return None, None
    low, high = np.quantile(found, ((1 - level) / 2, (1 + level) / 2))
    return float(low), float(high)
