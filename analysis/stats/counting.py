"""How many rows, how much weight and how much squared weight stand in each cell of a group and a code.

These are all that shares, their intervals and tests between columns need of the rows. Many codes over the same rows are
counted block by block: which rows of a block pass, their groups and their weights stay in the processor's cache for all
questions, and nothing as long as the rows is ever made.

Few rows are counted by numpy. From MANY on a compiled loop does it (numba), where numba is installed: it takes half a
second to load, and some seconds the first time on a machine.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

CodeArray: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
FloatArray: TypeAlias = NDArray[np.float64]
CountArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]

MANY = 2_000_000
"""Cells to be visited (rows times questions) from which the compiled loop is quicker than loading it takes."""
BLOCK = 1 << 17
"""Rows at a time."""
MOST_WORKERS = 4

Loop: TypeAlias = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """The rows that are counted.

    length      number of all rows
    conditions  ((length,) codes, (codes,) which of them let a row through): a row counts that passes all
    groups      (length,) group of each row, 0..size-1; None when there is one group
    weights     (length,) weight of each row; None when all count the same
    """

    length: int
    conditions: Sequence[tuple[CodeArray, BoolArray]] = ()
    groups: CodeArray | None = None
    size: int = 1
    weights: FloatArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """(groups, codes) of each: rows, sums of their weights, sums of the squared weights.

    Without weights each row weighs 1, and the three are the same.
    """

    counts: CountArray
    weights: FloatArray
    squares: FloatArray

    def of(self, codes: Sequence[int | None]) -> "Cells":
        """The cells of these codes in this order; nobody is in those of None."""
        there = np.array([code is not None for code in codes], dtype=np.bool_)
        places = [code or 0 for code in codes]
        return Cells(
            counts=self.counts[:, places] * there,
            weights=self.weights[:, places] * there,
            squares=self.squares[:, places] * there,
        )


def count(codes: Sequence[CodeArray], widths: Sequence[int], over: Rows) -> tuple[Cells, ...]:
    """The cells of each question over the same rows.

    codes   (length,) codes of all rows, each below its width
    widths  number of codes of each question
    """
    loops = _compiled() if over.length * (len(codes) + len(over.conditions)) >= MANY else None
    kinds = 1 if over.weights is None else 3
    # Compiled loops let other threads run; each has its own rows and its own sums.
    workers = 1 if loops is None else max(1, min(_workers(), -(-over.length // BLOCK)))
    step = -(-over.length // workers)
    bounds = [(start, min(start + step, over.length)) for start in range(0, over.length, max(1, step))]

    def part(at: tuple[int, int]) -> list[FloatArray]:
        sums = [np.zeros((over.size * width, kinds)) for width in widths]
        _add(loops or _NUMPY, codes, widths, over, at, sums)
        return sums

    if len(bounds) < 2:
        found = part(bounds[0] if bounds else (0, 0))
    else:
        with ThreadPoolExecutor(len(bounds)) as pool:
            several = list(pool.map(part, bounds))
        found = [np.sum(each, axis=0) for each in zip(*several, strict=True)]
    return tuple(_cells(each, over, width) for each, width in zip(found, widths, strict=True))


def _workers() -> int:
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(MOST_WORKERS, processors)


def _cells(sums: FloatArray, over: Rows, width: int) -> Cells:
    shaped = sums.reshape(over.size, width, -1)
    counts: CountArray = np.rint(shaped[:, :, 0]).astype(np.int64)
    if over.weights is None:
        same = counts.astype(np.float64)
        return Cells(counts=counts, weights=same, squares=same)
    return Cells(counts=counts, weights=shaped[:, :, 1], squares=shaped[:, :, 2])


def _add(
    loops: "_Loops",
    codes: Sequence[CodeArray],
    widths: Sequence[int],
    over: Rows,
    bounds: tuple[int, int],
    sums: Sequence[FloatArray],
) -> None:
    """Adds the rows from the first bound up to the second to the sums."""
    for start in range(bounds[0], bounds[1], BLOCK):
        part = slice(start, min(start + BLOCK, bounds[1]))
        size = part.stop - start
        groups = np.zeros(size, dtype=np.uint8) if over.groups is None else over.groups[part]
        weights = None if over.weights is None else over.weights[part]
        if not over.conditions:
            for of, width, into in zip(codes, widths, sums, strict=True):
                if weights is None:
                    loops.count(of[part], groups, width, into)
                else:
                    loops.weigh(of[part], groups, weights, width, into)
            continue
        index = loops.passing([(of[part], lets) for of, lets in over.conditions], size)
        groups = loops.take(groups, index)
        if weights is None:
            for of, width, into in zip(codes, widths, sums, strict=True):
                loops.count_of(of[part], index, groups, width, into)
        else:
            weights = loops.take(weights, index)
            for of, width, into in zip(codes, widths, sums, strict=True):
                loops.weigh_of(of[part], index, groups, weights, width, into)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loops:
    """What is done with a block.

    passing             which rows fulfil all conditions
    take                the values of these rows
    count, weigh        all rows are added to the cells, without and with weights
    count_of, weigh_of  only those of an index, whose groups and weights were taken before
    """

    passing: Callable[[Sequence[tuple[CodeArray, BoolArray]], int], NDArray[Any]]
    take: Loop
    count: Loop
    weigh: Loop
    count_of: Loop
    weigh_of: Loop


def _passing(conditions: Sequence[tuple[CodeArray, BoolArray]], _size: int) -> NDArray[np.int64]:
    mask = conditions[0][1][conditions[0][0]]
    for codes, lets in conditions[1:]:
        mask &= lets[codes]
    return np.flatnonzero(mask)


def _bincount(codes: CodeArray, groups: CodeArray, width: int, into: FloatArray) -> NDArray[np.int64]:
    cells = groups.astype(np.int64) * width + codes
    into[:, 0] += np.bincount(cells, minlength=len(into))
    return cells


def _bincount_weighed(codes: CodeArray, groups: CodeArray, weights: FloatArray, width: int, into: FloatArray) -> None:
    cells = _bincount(codes, groups, width, into)
    into[:, 1] += np.bincount(cells, weights=weights, minlength=len(into))
    into[:, 2] += np.bincount(cells, weights=weights * weights, minlength=len(into))


_NUMPY = _Loops(
    passing=_passing,
    take=lambda values, index: values[index],
    count=_bincount,
    weigh=_bincount_weighed,
    count_of=lambda codes, index, *more: _bincount(codes[index], *more),
    weigh_of=lambda codes, index, *more: _bincount_weighed(codes[index], *more),
)


@cache
def _compiled() -> _Loops | None:
    """None where numba is not installed."""
    try:
        import numba  # slow import
    except ImportError:
        return None

    def made(function: Any) -> Any:
        try:
            return numba.njit(nogil=True, cache=True)(function)
        except RuntimeError:  # there is no folder to keep what was compiled in
            return numba.njit(nogil=True)(function)

    let, note, taken = made(_let), made(_note), made(_take)

    def passing(conditions: Sequence[tuple[CodeArray, BoolArray]], size: int) -> NDArray[np.int32]:
        mask = np.empty(size, dtype=np.uint8)
        other = np.empty(size if conditions[1:] else 0, dtype=np.uint8)
        for number, (codes, lets) in enumerate(conditions):
            let(codes, lets.view(np.uint8), other if number else mask)
            if number:  # numpy does many rows at a time; the compiler would take them one by one
                np.bitwise_and(mask, other, out=mask)
        index = np.empty(size, dtype=np.int32)
        return index[: note(mask, index)]

    def take(values: NDArray[Any], index: NDArray[np.int32]) -> NDArray[Any]:
        found = np.empty(index.size, dtype=values.dtype)
        taken(values, index, found)
        return found

    return _Loops(
        passing=passing,
        take=take,
        count=made(_count),
        weigh=made(_weigh),
        count_of=made(_count_of),
        weigh_of=made(_weigh_of),
    )


# The loops are written for numba's compiler; Python itself never runs them.


def _let(codes: Any, lets: Any, mask: Any) -> None:  # pragma: no cover
    for i in range(codes.size):
        mask[i] = lets[codes[i]]


def _note(mask: Any, index: Any) -> Any:  # pragma: no cover
    count = 0
    for i in range(mask.size):
        # Without a branch: whether a row passes cannot be foreseen. There is room, as no more pass than were looked at.
        index[count] = i
        count += mask[i]
    return count


def _take(values: Any, index: Any, into: Any) -> None:  # pragma: no cover
    for i in range(index.size):
        into[i] = values[index[i]]


def _count(codes: Any, groups: Any, width: Any, into: Any) -> None:  # pragma: no cover
    for i in range(codes.size):
        into[groups[i] * width + codes[i], 0] += 1.0


def _weigh(codes: Any, groups: Any, weights: Any, width: Any, into: Any) -> None:  # pragma: no cover
    for i in range(codes.size):
        cell = groups[i] * width + codes[i]
        weight = weights[i]
        into[cell, 0] += 1.0
        into[cell, 1] += weight
        into[cell, 2] += weight * weight


def _count_of(codes: Any, index: Any, groups: Any, width: Any, into: Any) -> None:  # pragma: no cover
    for i in range(index.size):
        into[groups[i] * width + codes[index[i]], 0] += 1.0


def _weigh_of(codes: Any, index: Any, groups: Any, weights: Any, width: Any, into: Any) -> None:  # pragma: no cover
    for i in range(index.size):
        cell = groups[i] * width + codes[index[i]]
        weight = weights[i]
        into[cell, 0] += 1.0
        into[cell, 1] += weight
        into[cell, 2] += weight * weight
