"""Which rows hold a value, without looking at all of them: the rows of a key, the members of a part of the digest."""

import numpy as np

from analysis.dataset.column_rows import SPARE, Rows


class Finding:
    """Finds rows of an array that grows.

    The first rows are found by their order, which is made when it is first needed; those behind them, and those that
    were told to have changed since, are looked at one by one. With too many of these the order is made anew.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.forget()

    def forget(self) -> None:
        """The rows are others now."""
        self._order = np.zeros(0, dtype=np.uint32)
        self._sorted = self._rows.held[:0]
        self._changed: list[int] = []

    def changed(self, row: int) -> None:
        """A row has another value."""
        self._changed.append(row)

    def holding(self, values: np.ndarray) -> np.ndarray:
        """The rows that hold any of these values, in order."""
        held = self._rows.held[: self._rows.used]
        known = self._order.size
        if held.size - known > max(SPARE, known // 8) or len(self._changed) > SPARE:
            self._order = np.argsort(held, kind="stable").astype(np.uint32)
            self._sorted = held[self._order]
            self._changed = []
            known = held.size
        begins, ends = (np.searchsorted(self._sorted, values, side=side) for side in ("left", "right"))
        found = [self._order[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        candidates = np.unique(np.concatenate([self._changed, np.arange(known, held.size), *found]).astype(np.int64))
        rows: np.ndarray = candidates[np.isin(held[candidates], values)]
        return rows
