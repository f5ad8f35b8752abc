"""Counts by DuckDB, for data sets that are larger than memory: the columns are pushed through it from where they lie.

The arrays are handed over as they are, without a copy. Those of a large consultation are maps of the file of columns,
so that only the pages of the columns that a figure needs are read, and the system may drop them again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from analysis.dataset import sql_counts
from analysis.dataset.arrays import Dataset, FloatArray, Passing
from analysis.dataset.counting import Tally
from data.errors import Unavailable


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
        needed = {*names, *(each.variable for each in passing), *([by] if by else [])}
        columns = sql_counts.columns_of(dataset, needed) | ({} if weights is None else {"weight": weights})
        with duckdb.connect(":memory:") as connection:
            connection.register("replies", _table(columns))

            def ask(queries: Sequence[str]) -> sql_counts.Answered:
                return [_found(connection.execute(query)) for query in queries]

            weighed = weights is not None
            return sql_counts.tallies(dataset, names, passing=passing, by=by, weighed=weighed, ask=ask)


def _found(result: Any) -> list[np.ndarray]:
    return [np.asarray(values) for values in result.fetchnumpy().values()]


def _table(columns: Mapping[str, np.ndarray]) -> pa.Table:
    arrays = {name: np.ascontiguousarray(values) for name, values in columns.items()}
    return pa.table(
        {
            name: pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])
            for name, values in arrays.items()
        }
    )
