"""Counts in SQL, whatever database answers: what is asked, and what the answers mean."""

from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np

from analysis.dataset.arrays import ANSWERED, Dataset, MultipleColumn, Passing, SingleColumn
from analysis.dataset.counting import BYTE, Tally, groups_behind_whole, joined, of_bits, of_single, width_of
from analysis.stats.counting import Cells

Answered = Sequence[Sequence[np.ndarray]]
"""What the database found for each query: its columns (group, code, rows, and with weights two sums)."""


def columns_of(dataset: Dataset, names: Collection[str]) -> dict[str, np.ndarray]:
    """Columns of choices under the names they have in SQL: codes of a single choice, state and bytes of a multiple."""
    columns: dict[str, np.ndarray] = {}
    for name in names:
        column = dataset.columns[name]
        if isinstance(column, SingleColumn):
            columns[column_name(dataset, name)] = column.codes
        elif isinstance(column, MultipleColumn):
            columns[column_name(dataset, name)] = column.state
            columns |= {column_name(dataset, name, part): values for part, values in enumerate(column.bits.T)}
    return columns


def column_name(dataset: Dataset, name: str, part: int | None = None) -> str:
    """Short and of plain letters, which no database minds: c12 for the column, c12_0 for its first byte."""
    place = list(dataset.columns).index(name)
    return f"c{place}" if part is None else f"c{place}_{part}"


def tallies(
    dataset: Dataset,
    names: Sequence[str],
    *,
    passing: Sequence[Passing],
    by: str,
    weighed: bool,
    ask: Callable[[Sequence[str]], Answered],
) -> dict[str, Tally]:
    """As `counting.tally`; `ask` puts queries over the table `replies`, whose weights are in the column `weight`."""
    counts = _Counts(dataset, passing, by, weighed)
    queries = list(counts.queries(names))
    return counts.read(names, iter(ask(queries)))


class _Counts:
    def __init__(self, dataset: Dataset, passing: Sequence[Passing], by: str, weighed: bool) -> None:
        self._dataset, self._weighed = dataset, weighed
        where = [_condition(dataset, each) for each in passing]
        grouped = dataset.columns.get(by)
        self._is_coded = isinstance(grouped, SingleColumn)
        self._group = column_name(dataset, by) if self._is_coded else "0"
        self._size = width_of(dataset, by) if self._is_coded else 1
        self._parts = [where]
        if isinstance(grouped, MultipleColumn):  # a response may stand in several groups, or in none
            members = (Passing(variable=by, options=(option,)) for option in range(grouped.options))
            self._parts += [[*where, _condition(dataset, member)] for member in members]

    def queries(self, names: Sequence[str]) -> Iterator[str]:
        """In the order in which `read` takes their answers."""
        sums = ", sum(weight), sum(weight * weight)" if self._weighed else ""
        for name in names:
            for where in self._parts:
                passing = f" WHERE {' AND '.join(where)}" if where else ""
                for column, _ in self._asked(name):
                    yield f"SELECT {self._group}, {column}, count(*){sums} FROM replies{passing} GROUP BY 1, 2"

    def read(self, names: Sequence[str], answered: Iterator[Sequence[np.ndarray]]) -> dict[str, Tally]:
        found = {}
        for name in names:
            column, parts = self._dataset.columns[name], []
            for _ in self._parts:
                cells = [self._cells(next(answered), width) for _, width in self._asked(name)]
                if isinstance(column, MultipleColumn):
                    parts.append(of_bits(cells[0], cells[1:], column.options))
                else:
                    parts.append(of_single(cells[0]))
            found[name] = groups_behind_whole(parts[0]) if self._is_coded else joined(parts)
        return found

    def _asked(self, name: str) -> list[tuple[str, int]]:
        """The columns that are counted for a question, and how many values each can have."""
        column = self._dataset.columns[name]
        if not isinstance(column, MultipleColumn):
            return [(column_name(self._dataset, name), width_of(self._dataset, name))]
        parts = range(column.bits.shape[1])
        return [
            (column_name(self._dataset, name), ANSWERED + 1),
            *((column_name(self._dataset, name, part), BYTE) for part in parts),
        ]

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
        return Cells(counts=counts, weights=weights, squares=squares)


def _condition(dataset: Dataset, passing: Passing) -> str:
    if isinstance(dataset.columns[passing.variable], SingleColumn):
        codes = ", ".join(str(code) for code in passing.codes)
        return f"{column_name(dataset, passing.variable)} IN ({codes})" if codes else "false"
    ways = [
        f"({column_name(dataset, passing.variable, option // 8)} & {1 << option % 8}) > 0" for option in passing.options
    ]
    return f"({' OR '.join(ways)})" if ways else "false"
