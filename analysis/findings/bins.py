"""Rows for answers that are numbers: one per value when they are few whole values, else at most ten round intervals."""

from dataclasses import dataclass
from math import ceil, floor, inf, log10

import numpy as np
from numpy.typing import NDArray

from analysis.dataset.codebook import Variable
from analysis.dataset.counting import Spread, holds
from survey.questionnaire import Kind

MOST_VALUES = 11
"""A scale from 0 to 10 still has one row per value."""
MOST_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Values from `low` up to but not including `high`; a single value when `high` is not above `low`."""

    low: float
    high: float
    code: str
    label: str

    def holds(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """(n,) which values lie in the bin; NaN lies in none."""
        # Borders carry nine decimals; so 0.1 + 0.2 belongs to the bin that starts at 0.3.
        return holds(values, self.low, self.high)


def bins(variable: Variable, values: Spread) -> tuple[Bin, ...]:
    """The rows of a number question, lowest first; every value lies in exactly one.

    variable  integer, decimal or range; a range has a row for each of its points, also those nobody chose.
    values    valid answers of the whole data set, not of a filtered view, so that rows do not move with a filter.
    """
    points = {round(value, 9) for value in values.points} | set(_range_points(variable))
    if not points:
        return ()
    whole = values.whole and all(point.is_integer() for point in points)
    if whole and max(points) - min(points) < MOST_VALUES and variable.kind is not Kind.RANGE:
        points = {float(value) for value in range(int(min(points)), int(max(points)) + 1)}
    elif variable.kind is not Kind.RANGE or values.many or len(points) > MOST_VALUES:
        return _intervals(min(points), max(points), whole=whole)
    return tuple(Bin(low=point, high=point, code=f"{point:.9g}", label=f"{point:.9g}") for point in sorted(points))


def _range_points(variable: Variable) -> tuple[float, ...]:
    if variable.kind is not Kind.RANGE:
        return ()
    # XLSForm's own defaults for a range without parameters.
    start, end, step = (
        float(variable.parameters.get(name, default)) for name, default in (("start", 1), ("end", 10), ("step", 1))
    )
    if step <= 0 or end < start or (end - start) / step >= MOST_VALUES:
        return ()
    return tuple(round(start + i * step, 9) for i in range(floor((end - start) / step + 1e-9) + 1))


def _intervals(lowest: float, highest: float, *, whole: bool) -> tuple[Bin, ...]:
    step = _round_step(lowest, highest, whole=whole)
    first, last = floor(lowest / step + 1e-9), floor(highest / step + 1e-9)
    made = []
    for i in range(first, last + 1):
        low, high = round(i * step, 9), round((i + 1) * step, 9)
        # Whole values are named by the last one inside; others by the border itself, which belongs to the next bin.
        words = f"{low:.9g}–{high - 1:.9g}" if whole else f"{low:.9g}–<{high:.9g}"
        made.append(Bin(low=low, high=high, code=f"{low:.9g}..{high:.9g}", label=words))
    return tuple(made)


def _round_step(lowest: float, highest: float, *, whole: bool) -> float:
    least = (highest - lowest) / MOST_BINS
    power = 10.0 ** floor(log10(least)) if least > 0 else 1.0
    for factor in (1, 2, 5, 10, 20):
        step = power * factor
        if whole:
            step = max(1.0, ceil(step))
        if floor(highest / step + 1e-9) - floor(lowest / step + 1e-9) < MOST_BINS:
            return step
    return inf
