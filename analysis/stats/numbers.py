"""Figures for answers that are numbers."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.stats.proportions import EmptyBase

FloatArray: TypeAlias = NDArray[np.float64]


def mean(values: FloatArray) -> float:
    """Arithmetic mean.

    values  (n,) answers; missing ones removed before.
    Raises  EmptyBase when n == 0.
    """
    if values.size == 0:
        raise EmptyBase
    return float(np.mean(values))


def median(values: FloatArray) -> float:
    """Middle value; with an even n the mean of the two middle values (R quantile type 7, p = 0.5).

    values  (n,) answers; missing ones removed before.
    Raises  EmptyBase when n == 0.
    """
    if values.size == 0:
        raise EmptyBase
    return float(np.median(values))
