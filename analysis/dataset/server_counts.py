"""Counts by the PostgreSQL server that keeps the answers.

The coded columns are sent to it once for each state of the data, and figures are asked of it from then on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.dataset import sql_counts
from analysis.dataset.arrays import Dataset, FloatArray, Passing
from analysis.dataset.counting import Tally
from data.code_tables import CodeTables


@dataclass(frozen=True, slots=True)
class Server:
    """An engine that counts on the server of a store."""

    tables: CodeTables

    def tally(
        self,
        dataset: Dataset,
        names: Sequence[str],
        *,
        passing: Sequence[Passing],
        by: str,
        weights: FloatArray | None,
    ) -> dict[str, Tally]:
        """As `counting.tally`.

        Raises  as `CodeTables.count`.
        """
        columns = sql_counts.columns_of(dataset, dataset.columns)

        def ask(queries: Sequence[str]) -> sql_counts.Answered:
            return self.tables.count(dataset, columns, weights, queries)

        return sql_counts.tallies(dataset, names, passing=passing, by=by, weighed=weights is not None, ask=ask)
