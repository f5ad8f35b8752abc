"""Counts by DuckDB, for data sets that are larger than memory: the columns are pushed through it from where they lie.

The arrays are handed over as they are, without a copy. Those of a large consultation are maps of the file of columns,
so that only the pages of the columns that a figure needs are read, and the system may drop them again.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from analysis.dataset.arrays import ANSWERED, Dataset, FloatArray, MultipleColumn, Passing, SingleColumn
from analysis.dataset.counting import BYTE, Tally, groups_behind_whole, joined, of_bits, of_single, width_of
from analysis.stats.counting import Cells
from data.errors import Unavailable

_WEIGHT = "weight"


class DuckDB:
    """An engine that counts in an embedded DuckDB."""

    def tally(
        self,
        dataset: Dataset,
        names: Sequence[str],
        *,
        passing: Sequence[Passing],
        by: str,
        weights: FloatArray | None,
    ) -> dict[str, Tally]:
        """As `counting.tally`."""
        try:
            import duckdb  # slow import, and an optional dependency
        except ImportError:
            raise Unavailable("counting.no_duckdb") from None
        table = _table(dataset, {*names, *(each.variable for each in passing), *([by] if by else [])}, weights)
        with duckdb.connect(":memory:") as connection:
            connection.register("replies", table)
            return _Counting(connection, dataset, passing, weights is not None).tallies(names, by)


class _Counting:
    def __init__(self, connection: Any, dataset: Dataset, passing: Sequence[Passing], weighed: bool) -> None:
        self._connection, self._dataset, self._weighed = connection, dataset, weighed
        self._where = [_condition(dataset, each) for each in passing]

    def tallies(self, names: Sequence[str], by: str) -> dict[str, Tally]:
        grouped = self._dataset.columns.get(by)
        if isinstance(grouped, SingleColumn):
            size = width_of(self._dataset, by)
            return {name: groups_behind_whole(self._tally(name, self._where, _quoted(by), size)) for name in names}
        parts = [self._where]
        if isinstance(grouped, MultipleColumn):
            members = (Passing(variable=by, options=(option,)) for option in range(grouped.options))
            parts += [[*self._where, _condition(self._dataset, member)] for member in members]
        found = {name: [self._tally(name, where, "0", 1) for where in parts] for name in names}
        return {name: joined(each) for name, each in found.items()}

    def _tally(self, name: str, where: Sequence[str], group: str, size: int) -> Tally:
        column = self._dataset.columns[name]
        if isinstance(column, MultipleColumn):
            states = self._cells(_quoted(f"{name}/state"), where, group, size, ANSWERED + 1)
            parts = [
                self._cells(_quoted(f"{name}/{part}"), where, group, size, BYTE) for part in range(column.bits.shape[1])
            ]
            return of_bits(states, parts, column.options)
        return of_single(self._cells(_quoted(name), where, group, size, width_of(self._dataset, name)))

    def _cells(self, column: str, where: Sequence[str], group: str, size: int, width: int) -> Cells:
        sums = f", sum({_WEIGHT}), sum({_WEIGHT} * {_WEIGHT})" if self._weighed else ""
        passing = f" WHERE {' AND '.join(where)}" if where else ""
        rows = self._connection.execute(
            f"SELECT {group}, {column}, count(*){sums} FROM replies{passing} GROUP BY ALL"
        ).fetchnumpy()
        groups, codes, *found = rows.values()
        places = np.asarray(groups, dtype=np.int64), np.asarray(codes, dtype=np.int64)
        counts = np.zeros((size, width), dtype=np.int64)
        counts[places] = np.asarray(found[0])
        if not self._weighed:
            same = counts.astype(np.float64)
            return Cells(counts=counts, weights=same, squares=same)
        weights, squares = np.zeros((size, width)), np.zeros((size, width))
        weights[places], squares[places] = np.asarray(found[1]), np.asarray(found[2])
        return Cells(counts=counts, weights=weights, squares=squares)


def _table(dataset: Dataset, names: set[str], weights: FloatArray | None) -> pa.Table:
    columns: dict[str, np.ndarray] = {}
    for name in sorted(names):
        column = dataset.columns[name]
        if isinstance(column, SingleColumn):
            columns[name] = column.codes
        elif isinstance(column, MultipleColumn):
            columns[f"{name}/state"] = column.state
            columns |= {f"{name}/{part}": values for part, values in enumerate(column.bits.T)}
    if weights is not None:
        columns[_WEIGHT] = weights
    arrays = {name: np.ascontiguousarray(values) for name, values in columns.items()}
    return pa.table(
        {
            name: pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])
            for name, values in arrays.items()
        }
    )


def _condition(dataset: Dataset, passing: Passing) -> str:
    if isinstance(dataset.columns[passing.variable], SingleColumn):
        codes = ", ".join(str(code) for code in passing.codes)
        return f"{_quoted(passing.variable)} IN ({codes})" if codes else "false"
    ways = [f"({_quoted(f'{passing.variable}/{option // 8}')} & {1 << option % 8}) > 0" for option in passing.options]
    return f"({' OR '.join(ways)})" if ways else "false"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
