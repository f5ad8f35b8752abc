"""Weights that make the respondents look like a frame: post-stratification, raking, calibration, trimming.

Every function returns a `Weighting`: the weights, and what they cost. One that did not reach its targets says so in
`converged`; nothing here raises for that alone, because a person may still want to see how far it got.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf

import numpy as np

from analysis.stats.designs import IntArray
from analysis.stats.proportions import EmptyBase, FloatArray, check_weights
from data.errors import InvalidInput

TOLERANCE = 1e-10
"""A target counts as reached within this share of itself."""
UNKNOWN = -1
"""Category of a respondent of whom it is not known; its weight stays as it was."""


class Distance(StrEnum):
    """How far calibrated weights may go from those before (Deville and Särndal 1992, JASA 87:376-382).

    LINEAR  least squares: the weights of a generalised regression; may fall below 0 without bounds.
    RAKING  the factor is an exponential; the same weights as raking by margins, always above 0.
    LOGIT   factors stay strictly within their bounds, which it needs.
    """

    LINEAR = "linear"
    RAKING = "raking"
    LOGIT = "logit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What is known of the frame by one variable.

    codes    (n,) category of each respondent, 0..k-1, or UNKNOWN
    targets  (k,) size of each category in the frame, >= 0
    """

    codes: IntArray
    targets: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostics:
    """What weights do to precision.

    n                respondents with a weight above 0
    effective_n      (sum w)^2 / sum w^2: as many equally weighted respondents know as much (Kish 1965)
    design_effect    n / effective_n
    lowest, highest  weights over their mean
    """

    n: int
    effective_n: float
    design_effect: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighting:
    """Weights with how they were found.

    weights    (n,)
    converged  True when every target is reached within TOLERANCE
    cycles     rounds it took
    miss       the largest distance from a target, as a share of it
    """

    weights: FloatArray
    converged: bool
    cycles: int
    miss: float

    @property
    def diagnostics(self) -> Diagnostics:
        """Effective n, design effect and range."""
        return diagnose(self.weights)


def diagnose(weights: FloatArray) -> Diagnostics:
    """Diagnostics of weights.

    Raises  EmptyBase when no weight is above 0; InvalidInput "stats.weights" for a negative or infinite one.
    """
    check_weights(weights, weights.size)
    held = weights[weights > 0]
    if held.size == 0:
        raise EmptyBase
    effective = float(held.sum()) ** 2 / float(held @ held)
    middle = float(held.mean())
    return Diagnostics(
        n=held.size,
        effective_n=min(effective, float(held.size)),
        design_effect=max(1.0, held.size / effective),
        lowest=float(held.min()) / middle,
        highest=float(held.max()) / middle,
    )


def poststratify(weights: FloatArray, cells: Margin) -> Weighting:
    """Weights whose sum in each cell is the size of the cell in the frame.

    Raises  EmptyBase; InvalidInput "stats.weights", "stats.targets", "stats.empty_cell" when the frame has a cell that
            nobody with weight is in.
    Source  Holt and Smith (1979), JRSS A 142:33-46; R survey: postStratify.
    """
    _check(weights, (cells,))
    found = weights.copy()
    _scale(found, cells)
    return Weighting(weights=found, converged=True, cycles=1, miss=_miss(found, (cells,)))


def rake(
    weights: FloatArray,
    margins: Sequence[Margin],
    *,
    bounds: tuple[float, float] | None = None,
    cycles: int = 500,
) -> Weighting:
    """Weights whose sums by each margin are those of the frame: iterative proportional fitting.

    margins  their targets must have the same sum, apart from margins with respondents UNKNOWN: give targets for the
             known ones there.
    bounds   lowest and highest factor between a weight before and after, 0 <= low < 1 < high. With bounds the weights
             are those of truncated exponential calibration, which reach the margins whenever that is possible.
    cycles   after so many rounds it stops and says that it did not converge.
    Raises   EmptyBase; InvalidInput "stats.weights", "stats.targets", "stats.empty_cell", "stats.margins_differ",
             "stats.bounds".
    Source   Deming and Stephan (1940), Ann. Math. Stat. 11:427-444; Deville, Särndal and Sautory (1993),
             JASA 88:1013-1020; R survey: rake, calibrate(calfun = "raking").
    """
    _check(weights, margins)
    if not margins:
        raise InvalidInput("stats.targets")
    sums = [float(margin.targets.sum()) for margin in margins if not (margin.codes == UNKNOWN).any()]
    if sums and max(sums) - min(sums) > 1e-9 * max(sums):
        raise InvalidInput("stats.margins_differ", lowest=min(sums), highest=max(sums))
    if bounds is not None:
        _check_bounds(bounds)
        auxiliary, totals = indicators(margins)
        return calibrate(weights, auxiliary, totals, distance=Distance.RAKING, bounds=bounds, cycles=cycles)
    found = weights.astype(np.float64)
    for cycle in range(1, cycles + 1):
        for margin in margins:
            _scale(found, margin)
        miss = _miss(found, margins)
        if miss <= TOLERANCE:
            return Weighting(weights=found, converged=True, cycles=cycle, miss=miss)
    return Weighting(weights=found, converged=False, cycles=cycles, miss=miss)


def indicators(margins: Sequence[Margin]) -> tuple[FloatArray, FloatArray]:
    """The margins for `calibrate`: (n, k) a column for each category, 1 who is in it; (k,) their targets."""
    flags = [np.equal(margin.codes[:, None], np.arange(margin.targets.size)).astype(np.float64) for margin in margins]
    return np.hstack(flags), np.concatenate([margin.targets for margin in margins])


def calibrate(
    weights: FloatArray,
    auxiliary: FloatArray,
    totals: FloatArray,
    *,
    distance: Distance = Distance.LINEAR,
    bounds: tuple[float, float] | None = None,
    cycles: int = 100,
) -> Weighting:
    """Weights near those given that reproduce the totals of auxiliary variables, by Newton's method.

    weights    (n,) >= 0
    auxiliary  (n, k); columns may depend on one another, as the indicators of several margins do.
    totals     (k,) their totals in the frame.
    bounds     lowest and highest factor, low < 1 < high; LOGIT needs them.
    Raises     EmptyBase; InvalidInput "stats.weights", "stats.targets", "stats.bounds".
    Source     Deville and Särndal (1992), JASA 87:376-382; R survey: calibrate(calfun = "linear", "raking", "logit").
    """
    check_weights(weights, weights.size)
    if not weights.any():
        raise EmptyBase
    if auxiliary.shape != (weights.size, totals.size) or not (
        np.isfinite(auxiliary).all() and np.isfinite(totals).all()
    ):
        raise InvalidInput("stats.targets")
    if bounds is not None:
        _check_bounds(bounds)
    elif distance is Distance.LOGIT:
        raise InvalidInput("stats.bounds", low="", high="")
    low, high = bounds or (-inf, inf)
    multipliers = np.zeros(totals.size)
    factors, slopes = _factors(auxiliary @ multipliers, distance, low, high)
    miss = _distance(weights * factors, auxiliary, totals)
    cycle = 0
    while miss > TOLERANCE and cycle < cycles:
        cycle += 1
        gaps = totals - (weights * factors) @ auxiliary
        information = (auxiliary * (weights * slopes)[:, None]).T @ auxiliary
        step = np.linalg.pinv(information, rcond=256 * np.finfo(float).eps, hermitian=True) @ gaps
        for _ in range(30):
            with np.errstate(over="ignore", invalid="ignore"):
                tried, bent = _factors(auxiliary @ (multipliers + step), distance, low, high)
                reached = _distance(weights * tried, auxiliary, totals)
            # Clipped factors may overshoot to and fro; half a step then goes on.
            if np.isfinite(reached) and reached < miss * (1 + 1e-3):
                break
            step = step / 2
        else:
            break
        multipliers, factors, slopes = multipliers + step, tried, bent
        stuck = reached >= miss and reached > TOLERANCE and cycle > 50
        miss = reached
        if stuck:
            break
    return Weighting(weights=weights * factors, converged=miss <= TOLERANCE, cycles=cycle, miss=miss)


def trim(weights: FloatArray, *, lowest: float = 0.0, highest: float = inf) -> Weighting:
    """Weights cut to lie within lowest and highest, what was cut shared out evenly among the others until all fit.

    The sum stays; margins that were reached before are missed afterwards, which `margin_miss` tells. To keep the
    margins give `rake` bounds instead.
    lowest, highest  in the units of the weights.
    Raises  InvalidInput "stats.bounds" when the mean weight lies outside, so that nothing fits; as `diagnose`.
    Source  R survey: trimWeights(strict = TRUE).
    """
    diagnose(weights)
    if not lowest <= float(weights.mean()) <= highest:
        raise InvalidInput("stats.bounds", low=lowest, high=highest)
    total, found, cycles = float(weights.sum()), weights.astype(np.float64), 0
    free = np.ones(weights.size, dtype=np.bool_)
    while (
        bool((outside := (found < lowest) | (found > highest)).any()) or abs(total - float(found.sum())) > 1e-9 * total
    ):
        cycles += 1
        found = np.clip(found, lowest, highest)
        gap = total - float(found.sum())
        free &= ~outside
        if not free.any():  # all were cut: those at the other limit take the rest, which R leaves undone
            free = found < highest if gap > 0 else found > lowest
        if not free.any():
            break
        found[free] += gap / np.count_nonzero(free)
    miss = abs(float(found.sum()) - total) / total
    return Weighting(weights=found, converged=miss <= 1e-9, cycles=cycles, miss=miss)


def margin_miss(weights: FloatArray, margins: Sequence[Margin]) -> float:
    """The largest distance of the weights' sums from a target of the margins, as a share of the target."""
    return _miss(weights, margins)


def equalise(codes: IntArray) -> FloatArray:
    """Weights under which every group counts the same, with mean 1 over those whose group is known.

    codes   (n,) group of each respondent, or UNKNOWN; the latter weigh 1.
    Raises  EmptyBase when no group is known.
    """
    known = codes != UNKNOWN
    if not known.any():
        raise EmptyBase
    sizes = np.bincount(codes[known])
    found = np.ones(codes.size)
    found[known] = np.count_nonzero(known) / np.count_nonzero(sizes) / sizes[codes[known]]
    return found


def _factors(at: FloatArray, distance: Distance, low: float, high: float) -> tuple[FloatArray, FloatArray]:
    """Factor of each respondent and its derivative."""
    if distance is Distance.LOGIT:
        # As Deville and Särndal: the factor is 1 with slope 1 at 0, and runs from low to high.
        steep = (high - low) / ((1 - low) * (high - 1))
        grown = np.exp(np.clip(steep * at, -700, 700))
        below = (high - 1) + (1 - low) * grown
        factors = (low * (high - 1) + high * (1 - low) * grown) / below
        slopes = grown * ((high - 1) * (1 - low) * (high - low) * steep) / below**2
        return factors, slopes
    raw = 1 + at if distance is Distance.LINEAR else np.exp(at)
    inside = (raw > low) & (raw < high)
    slopes = np.where(inside, 1.0 if distance is Distance.LINEAR else raw, 0.0)
    return np.clip(raw, low, high), slopes


def _distance(weights: FloatArray, auxiliary: FloatArray, totals: FloatArray) -> float:
    gaps = np.abs(weights @ auxiliary - totals)
    return float((gaps / np.maximum(np.abs(totals), 1.0)).max(initial=0.0))


def _scale(weights: FloatArray, margin: Margin) -> None:
    known = margin.codes != UNKNOWN
    sums = np.bincount(margin.codes[known], weights=weights[known], minlength=margin.targets.size)
    factors = np.divide(margin.targets, sums, out=np.ones_like(margin.targets), where=sums > 0)
    weights[known] *= factors[margin.codes[known]]


def _miss(weights: FloatArray, margins: Sequence[Margin]) -> float:
    worst = 0.0
    for margin in margins:
        known = margin.codes != UNKNOWN
        sums = np.bincount(margin.codes[known], weights=weights[known], minlength=margin.targets.size)
        gaps = np.abs(sums - margin.targets)
        shares = np.divide(gaps, margin.targets, out=gaps.copy(), where=margin.targets > 0)
        worst = max(worst, float(shares.max(initial=0.0)))
    return worst


def _check(weights: FloatArray, margins: Sequence[Margin]) -> None:
    check_weights(weights, weights.size)
    if not weights.any():
        raise EmptyBase
    for margin in margins:
        targets, codes = margin.targets, margin.codes
        if not np.isfinite(targets).all() or bool((targets < 0).any()) or not targets.any():
            raise InvalidInput("stats.targets")
        if codes.shape != weights.shape or bool(((codes < UNKNOWN) | (codes >= targets.size)).any()):
            raise InvalidInput("stats.targets")
        known = codes != UNKNOWN
        sums = np.bincount(codes[known], weights=weights[known], minlength=targets.size)
        empty = np.flatnonzero((sums == 0) & (targets > 0))
        if empty.size:
            raise InvalidInput("stats.empty_cell", cell=int(empty[0]))


def _check_bounds(bounds: tuple[float, float]) -> None:
    low, high = bounds
    if not low < 1 < high:
        raise InvalidInput("stats.bounds", low=low, high=high)
