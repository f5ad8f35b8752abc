"""Counts in SQL, whatever database answers: what is asked, and what the answers mean."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np

from analysis.dataset.arrays import ANSWERED, FIRST_CODE, FloatArray, Passing
from analysis.dataset.counting import (
    BEFORE,
    BEHIND,
    BYTE,
    FIRST_ALONE,
    MOST_POINTS,
    NEAR,
    NEITHER,
    OUTCOMES,
    SECOND_ALONE,
    Numbers,
    Spread,
    Tally,
    groups_behind_whole,
    joined,
    of_bits,
    of_ranks,
    of_single,
)
from analysis.stats.counting import Cells

Answered: TypeAlias = Sequence[Sequence[np.ndarray]]
"""What the database found for each query: its columns (group, code, rows, and with weights two sums)."""
Weights: TypeAlias = tuple[np.ndarray, FloatArray]
"""(n, weight) of the rows that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a question lies in a table.

    head     column of the codes of a single choice (FIRST_CODE + number), or of the states of any other
    options  how many numbers of codes there are in the table; 0 where it is no choice
    numbers  the number of each code
    """

    head: str
    is_single: bool
    is_rank: bool = False
    options: int
    numbers: tuple[int, ...]

    @property
    def bytes(self) -> tuple[str, ...]:
        """The columns of a multiple choice with eight codes each."""
        return tuple(f"{self.head}_{byte}" for byte in range(-(-self.options // 8)))

    @property
    def ranks(self) -> tuple[str, ...]:
        """The columns of a ranking with the place of each code."""
        return tuple(f"{self.head}_r{number}" for number in self.numbers)

    @property
    def values(self) -> str:
        """The column of a number's values."""
        return f"{self.head}_v"

    @property
    def width(self) -> int:
        """How many codes of a single choice there are in the table, the causes of missing answers among them."""
        return FIRST_CODE + self.options

    @property
    def codes(self) -> list[int]:
        """The codes of a single choice in the table, the causes of missing answers among them, by their codes here."""
        return [*range(FIRST_CODE), *(FIRST_CODE + number for number in self.numbers)]


def tallies(
    layouts: Mapping[str, Layout],
    names: Sequence[str],
    *,
    passing: Sequence[Passing],
    by: str,
    condition: str,
    weighed: bool,
    ask: Callable[[Sequence[str]], Answered],
) -> dict[str, Tally]:
    """As `counting.tally`; `ask` puts queries over the table `replies`, whose weights are in the column `weight`.

    layouts    of all variables that are named
    condition  of the rows that are looked at
    """
    counts = _Counts(layouts, passing, by, condition, weighed)
    queries = list(counts.queries(names))
    return counts.read(names, iter(ask(queries)))


def spread(layout: Layout, *, condition: str, ask: Callable[[Sequence[str]], Answered]) -> Spread:
    """As `counting.spread`, of the rows that are looked at."""
    value, where = layout.values, f"FROM replies WHERE {condition} AND {layout.head} = {ANSWERED}"
    fraction = f"count(CASE WHEN abs({value} - round({value})) > {NEAR} THEN 1 END)"
    different, all_of_them = ask(
        [
            f"SELECT DISTINCT {value} {where} LIMIT {MOST_POINTS + 1}",
            f"SELECT coalesce(min({value}), 0), coalesce(max({value}), 0), {fraction} {where}",
        ]
    )
    points = np.sort(different[0]).tolist() if different else []
    many = len(points) > MOST_POINTS
    lowest, highest, fractions = (each[0] for each in all_of_them)
    return Spread(
        points=(float(lowest), float(highest)) if many else tuple(points), many=many, whole=not int(fractions)
    )


def numbers(
    layouts: Mapping[str, Layout],
    name: str,
    parts: Sequence[tuple[float, float]],
    *,
    passing: Sequence[Passing],
    by: str,
    condition: str,
    ask: Callable[[Sequence[str]], Answered],
) -> Numbers:
    """As `counting.numbers`; the rest as of `tallies`."""
    return _Counts(layouts, passing, by, condition, weighed=False).numbers(name, parts, ask)


def distribution(
    layouts: Mapping[str, Layout],
    name: str,
    points: Sequence[float],
    *,
    passing: Sequence[Passing],
    by: str,
    condition: str,
    weighed: bool,
    ask: Callable[[Sequence[str]], Answered],
) -> Cells:
    """As `counting.distribution`; the rest as of `tallies`."""
    return _Counts(layouts, passing, by, condition, weighed).distribution(name, points, ask)


def pairs(
    layouts: Mapping[str, Layout],
    name: str,
    *,
    passing: Sequence[Passing],
    condition: str,
    weighed: bool,
    ask: Callable[[Sequence[str]], Answered],
) -> list[FloatArray]:
    """As `counting.Engine.pairs`; the rest as of `tallies`."""
    return _Counts(layouts, passing, "", condition, weighed).pairs(name, ask)


class _Counts:
    def __init__(
        self, layouts: Mapping[str, Layout], passing: Sequence[Passing], by: str, condition: str, weighed: bool
    ) -> None:
        self._layouts, self._weighed = layouts, weighed
        self._sums = ", sum(weight), sum(weight * weight)" if weighed else ""
        where = [condition, *(_condition(layouts[each.variable], each) for each in passing)]
        grouped = layouts.get(by)
        self._groups = 0 if grouped is None else len(grouped.numbers)
        self._coded = grouped if grouped is not None and grouped.is_single else None
        self._group = "0" if self._coded is None else self._coded.head
        self._size = 1 if self._coded is None else self._coded.width
        self._parts = [where]
        if grouped is not None and self._coded is None:  # a response may stand in several groups, or in none
            members = (Passing(variable=by, options=(option,)) for option in range(len(grouped.numbers)))
            self._parts += [[*where, _condition(grouped, member)] for member in members]

    def queries(self, names: Sequence[str]) -> Iterator[str]:
        """In the order in which `read` takes their answers."""
        for name in names:
            for where in self._parts:
                for column, _ in self._asked(name):
                    yield (
                        f"SELECT {self._group}, {column}, count(*){self._sums} FROM replies"
                        f" WHERE {' AND '.join(where)} GROUP BY 1, 2"
                    )

    def read(self, names: Sequence[str], answered: Iterator[Sequence[np.ndarray]]) -> dict[str, Tally]:
        found = {}
        for name in names:
            layout, parts = self._layouts[name], []
            for _ in self._parts:
                cells = [self._cells(next(answered), width) for _, width in self._asked(name)]
                if layout.is_single:
                    parts.append(of_single(_picked(cells[0], layout.codes)))
                elif layout.is_rank:
                    parts.append(of_ranks(cells[0], cells[1:]))
                else:
                    every = of_bits(cells[0], cells[1:], layout.options)
                    parts.append(Tally(states=every.states, options=_picked(every.options, layout.numbers)))
            found[name] = joined(parts) if self._coded is None else groups_behind_whole(parts[0])
        return found

    def _asked(self, name: str) -> list[tuple[str, int]]:
        """The columns that are counted for a question, and how many values each can have."""
        layout = self._layouts[name]
        if layout.is_single:
            return [(layout.head, layout.width)]
        if layout.is_rank:
            places = [(f"coalesce({column}, 0)", layout.options + 1) for column in layout.ranks]
            return [(layout.head, ANSWERED + 1), *places]
        return [(layout.head, ANSWERED + 1), *((f"coalesce({column}, 0)", BYTE) for column in layout.bytes)]

    def numbers(
        self, name: str, parts: Sequence[tuple[float, float]], ask: Callable[[Sequence[str]], Answered]
    ) -> Numbers:
        """As `numbers`."""
        layout = self._layouts[name]
        value, answered = layout.values, f"{layout.head} = {ANSWERED}"
        lies = [f"WHEN {_holds(value, *part)} THEN {place}" for place, part in enumerate(parts)]
        place = f"CASE {' '.join(lies)} ELSE {len(parts)} END" if lies else "0"
        middle = f"count(*), sum({value}), percentile_cont(0.5) WITHIN GROUP (ORDER BY {value})"
        # The whole view, then each group that there is; of a single choice all groups at once.
        asked = [("0", self._parts[0]), *((self._group, where) for where in self._parts[1:])]
        if self._coded is not None:
            asked.append((self._group, self._parts[0]))
        wheres = [(group, " AND ".join([*where, answered])) for group, where in asked]
        found = ask(
            [
                query
                for group, where in wheres
                for query in (
                    f"SELECT {group}, {place}, count(*) FROM replies WHERE {where} GROUP BY 1, 2",
                    f"SELECT {group}, {middle} FROM replies WHERE {where} GROUP BY 1",
                )
            ]
        )
        size = 1 + self._groups
        counts, n = np.zeros((size, len(parts) + 1), dtype=np.int64), np.zeros(size, dtype=np.int64)
        sums, medians = np.zeros(size), np.full(size, np.nan)
        for number, (cells, told) in enumerate(zip(found[::2], found[1::2], strict=True)):
            if told:
                rows, kept = self._rows(number, told[0])
                n[rows], sums[rows], medians[rows] = (each[kept] for each in told[1:])
                rows, kept = self._rows(number, cells[0])
                counts[rows, cells[1][kept].astype(np.int64)] = cells[2][kept]
        return Numbers(counts=counts[:, :-1], n=n, sums=sums, medians=medians)

    def distribution(self, name: str, points: Sequence[float], ask: Callable[[Sequence[str]], Answered]) -> Cells:
        """As `distribution`."""
        layout = self._layouts[name]
        wheres = [" AND ".join([*where, f"{layout.head} = {ANSWERED}"]) for where in self._parts]
        asked = [
            f"SELECT {self._group}, {layout.values}, count(*){self._sums} FROM replies WHERE {where} GROUP BY 1, 2"
            for where in wheres
        ]
        parts = []
        for found in ask(asked):
            placed = [found[0], np.searchsorted(points, found[1]), *found[2:]] if found else found
            cells = self._cells(placed, len(points))
            parts.append(Tally(states=cells, options=cells))
        return (joined(parts) if self._coded is None else groups_behind_whole(parts[0])).options

    def pairs(self, name: str, ask: Callable[[Sequence[str]], Answered]) -> list[FloatArray]:
        """As `pairs`."""
        layout = self._layouts[name]
        where = " AND ".join([*self._parts[0], f"{layout.head} = {ANSWERED}"])
        asked = []
        for one, other in combinations([f"coalesce({column}, 0)" for column in layout.ranks], 2):
            outcome = (
                f"CASE WHEN {one} = 0 AND {other} = 0 THEN {NEITHER} WHEN {other} = 0 THEN {FIRST_ALONE}"
                f" WHEN {one} = 0 THEN {SECOND_ALONE} WHEN {one} < {other} THEN {BEFORE} ELSE {BEHIND} END"
            )
            asked.append(f"SELECT 0, {outcome}, count(*){self._sums} FROM replies WHERE {where} GROUP BY 1, 2")
        return [self._cells(found, len(OUTCOMES)).weights[0] for found in ask(asked)]

    def _rows(self, number: int, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(the row of each group that a query found, which of those found are groups); the whole view asks first."""
        if self._coded is None or not number:
            return np.full(len(groups), number), np.ones(len(groups), dtype=np.bool_)
        place = {FIRST_CODE + code: row for row, code in enumerate(self._coded.numbers, start=1)}
        rows = np.array([place.get(int(group), -1) for group in groups], dtype=np.int64)
        return rows[rows > 0], rows > 0

    def _cells(self, answered: Sequence[np.ndarray], width: int) -> Cells:
        counts = np.zeros((self._size, width), dtype=np.int64)
        weights, squares = (np.zeros((self._size, width)) for _ in range(2))
        if answered:
            places = answered[0].astype(np.int64), answered[1].astype(np.int64)
            counts[places] = answered[2]
            if self._weighed:
                weights[places], squares[places] = answered[3], answered[4]
        if not self._weighed:
            weights = squares = counts.astype(np.float64)
        if self._coded is not None:
            rows = self._coded.codes
            counts, weights, squares = counts[rows], weights[rows], squares[rows]
        return Cells(counts=counts, weights=weights, squares=squares)


def _holds(value: str, low: float, high: float) -> str:
    """As `counting.holds`."""
    if high <= low:
        return f"abs({value} - ({float(low)!r})) <= {NEAR}"
    return f"{value} >= {float(low) - NEAR!r} AND {value} < {float(high) - NEAR!r}"


def _picked(cells: Cells, columns: Sequence[int]) -> Cells:
    wanted = np.array(columns, dtype=np.int64)
    return Cells(counts=cells.counts[:, wanted], weights=cells.weights[:, wanted], squares=cells.squares[:, wanted])


def _condition(layout: Layout, passing: Passing) -> str:
    numbers = (layout.numbers[option] for option in passing.options)
    ways = [f"({layout.head}_{number // 8} & {1 << number % 8}) > 0" for number in numbers]
    if passing.codes:
        codes = ", ".join(str(layout.codes[code] if layout.is_single else code) for code in passing.codes)
        ways.append(f"{layout.head} IN ({codes})")
    return f"({' OR '.join(ways)})" if ways else "false"
