"""What an attacker can know, as linear algebra: unknown counts, what is shown of them, and which of them are small.

Every figure that is shown ties the unknown counts by one or two linear conditions. Nothing here knows a questionnaire;
`analysis.disclosure.tables` writes released tables in this form and `analysis.disclosure.suppression` solves it.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf, log1p
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

IntArray: TypeAlias = NDArray[np.int64]
FloatArray: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Condition:
    """low <= sum(weights * unknown[places]) <= high."""

    places: IntArray
    weights: FloatArray
    low: float
    high: float

    @classmethod
    def total(cls, places: Sequence[int] | IntArray, low: float, high: float) -> "Condition":
        """A plain sum of unknowns between two bounds."""
        where = np.asarray(places, dtype=np.int64)
        return cls(places=where, weights=np.ones(where.size), low=low, high=high)


class Standing(StrEnum):
    """What is decided about a figure beforehand."""

    OPEN = "open"
    SHOWN = "shown"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statistic:
    """A figure of a table with what it tells when it is shown.

    conditions  what the attacker knows once the figure is shown
    weight      what is lost when it is hidden; totals weigh more than cells
    standing    SHOWN or HIDDEN by an earlier release, else OPEN
    """

    key: Hashable
    conditions: tuple[Condition, ...]
    weight: float
    standing: Standing = Standing.OPEN


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Secret:
    """A small group of respondents: the attacker's range for its size must reach from 0 to `high`.

    A group that no table shows but that tables leave between them (`statistic` None) must only reach `high`: nobody can
    say that it is small, and that somebody is in it is no news of a group that may be large.

    places, weights  its size as a sum of unknowns
    value            its true size; when it is 1, that one respondent knows it
    statistic        key of the figure that is its size, which is hidden from the start; None when no table shows it
    """

    places: IntArray
    weights: FloatArray
    value: int
    high: float
    statistic: Hashable | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class System:
    """Unknown counts, all at least 0, with everything that is shown of them or could be.

    truth   (unknowns,) the true counts
    always  what everybody knows without any table
    most    secrets beyond which nothing more is shown, instead of a search that takes minutes
    """

    truth: FloatArray
    always: tuple[Condition, ...]
    statistics: tuple[Statistic, ...]
    secrets: tuple[Secret, ...]
    most: int = 300


def grid(
    counts: NDArray[np.int64], threshold: int, *, margins: bool = True, rounding: int = 0, singletons: bool = True
) -> System:
    """The system of a one- or two-way table of counts.

    counts     (cells,) or (rows, columns)
    margins    totals of rows and columns and the total of all are shown too
    rounding   shown counts are multiples of this; 0 for exact counts
    Keys       (row, column); row or column -1 is a total. One-way tables have the one row 0.
    """
    table = np.atleast_2d(np.asarray(counts, dtype=np.int64))
    places = np.arange(table.size).reshape(table.shape)
    groups: list[tuple[tuple[int, int], IntArray]] = [
        ((i, j), places[i, j].reshape(1)) for i in range(table.shape[0]) for j in range(table.shape[1])
    ]
    if margins:
        if table.shape[0] > 1:
            groups += [((i, -1), places[i]) for i in range(table.shape[0])]
            groups += [((-1, j), places[:, j]) for j in range(table.shape[1])]
        groups.append(((-1, -1), places.reshape(-1)))
    truth = table.reshape(-1).astype(np.float64)
    statistics, secrets = [], []
    for key, where in groups:
        value = int(truth[where].sum())
        statistics.append(
            Statistic(
                key=key,
                conditions=(Condition.total(where, *shown_range(value, threshold, rounding)),),
                weight=weight(value, total=-1 in key),
            )
        )
        if value < threshold:
            secrets.append(
                Secret(places=where, weights=np.ones(where.size), value=value, high=threshold, statistic=key)
            )
    return System(truth=truth, always=(), statistics=tuple(statistics), secrets=tuple(secrets))


def shown_range(value: int, threshold: int, rounding: int) -> tuple[float, float]:
    """What somebody knows of a count that is shown: the count, or what would be rounded to the same multiple."""
    if not rounding:
        return float(value), float(value)
    shown = rounded(value, rounding)
    return max(float(threshold), shown - rounding / 2), shown + rounding / 2


def rounded(value: float, rounding: int) -> int:
    """The nearest multiple of `rounding`, halves upwards; the value itself when that is 0."""
    return int(np.floor(value / rounding + 0.5)) * rounding if rounding else int(value)


def weight(value: float, *, total: bool = False) -> float:
    """What is lost with a figure: one figure, and a little more the larger it is; a total is worth ten cells."""
    return (10.0 if total else 1.0) * (1.0 + log1p(value) / 10)


NO_LIMIT = inf
