"""Possible worlds that were found while figures were hidden: what each contradicts, and which claims it proves.

Worlds in which a claim holds form a convex set, so two of them, one with more and one with less than a figure shows,
can be mixed to one that agrees with the figure and proves the claim too. That spares many linear programmes.
"""

from collections.abc import Callable
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.disclosure.system import FloatArray, IntArray

Flags: TypeAlias = NDArray[np.bool_]

EPS = 1e-6
_ROOM = 64
"""Worlds for which there is room at first; it doubles."""
_Array = TypeVar("_Array", FloatArray, Flags)


class Worlds:
    """Worlds by number, the truth first."""

    def __init__(
        self,
        truth: FloatArray,
        matrix: FloatArray,
        bounds: tuple[FloatArray, FloatArray],
        owners: IntArray,
        statistics: int,
        proofs: Callable[[FloatArray], Flags],
    ) -> None:
        """Only the truth yet.

        matrix  (conditions, unknowns), bounds their least and most, owners their statistics; -1 first: always
        proofs  (worlds, unknowns) -> (worlds, claims)
        """
        self._matrix, self._lows, self._highs = matrix.T.copy(), bounds[0] - EPS, bounds[1] + EPS
        self._own = int(np.count_nonzero(owners < 0))
        self._starts = np.searchsorted(owners[self._own :], np.arange(statistics))
        self._proofs = proofs
        claims = proofs(np.zeros((0, truth.size))).shape[1]
        self._size = 0
        self._counts: FloatArray = np.empty((_ROOM, truth.size))
        self._told: FloatArray = np.empty((_ROOM, matrix.shape[0]))
        self._broken: Flags = np.empty((_ROOM, statistics), dtype=np.bool_)
        self._proves: Flags = np.empty((_ROOM, claims), dtype=np.bool_)
        self.add(truth[None, :])

    @property
    def counts(self) -> FloatArray:
        """(worlds, unknowns)"""
        return self._counts[: self._size]

    @property
    def told(self) -> FloatArray:
        """(worlds, conditions) the size of each condition's sum"""
        return self._told[: self._size]

    @property
    def broken(self) -> Flags:
        """(worlds, statistics) which figures would be others"""
        return self._broken[: self._size]

    @property
    def proves(self) -> Flags:
        """(worlds, claims)"""
        return self._proves[: self._size]

    def add(self, counts: FloatArray) -> Flags:
        """(claims,) what the worlds prove; they stand at the end, unless they contradict what everybody knows."""
        told = counts @ self._matrix
        missed = (told < self._lows) | (told > self._highs)
        lawful = ~np.any(missed[:, : self._own], axis=1)
        broken: Flags = np.zeros((counts.shape[0], self._starts.size), dtype=np.bool_)
        if self._starts.size:
            broken = np.logical_or.reduceat(missed[:, self._own :], self._starts, axis=1)
        proves = self._proofs(counts[lawful])
        start, self._size = self._size, self._size + proves.shape[0]
        while self._size > self._counts.shape[0]:
            self._counts, self._told = _wider(self._counts), _wider(self._told)
            self._broken, self._proves = _wider(self._broken), _wider(self._proves)
        self._counts[start : self._size], self._told[start : self._size] = counts[lawful], told[lawful]
        self._broken[start : self._size], self._proves[start : self._size] = broken[lawful], proves
        found: Flags = np.any(proves, axis=0)
        return found

    def keep(self, which: Flags) -> None:
        """Only these worlds remain."""
        left = int(np.count_nonzero(which))
        for each in (self._counts, self._told, self._broken, self._proves):
            each[:left] = each[: self._size][which]
        self._size = left

    def standing(self, hidden: Flags) -> Flags:
        """(worlds,) which agree with everything that is not hidden."""
        found: Flags = np.logical_not(np.any(self.broken[:, ~hidden], axis=1))
        return found

    def proved(self, hidden: Flags) -> Flags:
        """(claims,) which are proved by a world that stands."""
        found: Flags = np.any(self.proves[self.standing(hidden)], axis=0)
        return found

    def mix(self, candidates: Flags, condition: int, claims: IntArray) -> None:
        """Adds a mixture of two candidates for each claim that both prove and that meets the condition between them."""
        rows = np.flatnonzero(candidates)
        if not rows.size or not claims.size:
            return
        value, proves = self.told[rows, condition], self.proves[np.ix_(rows, claims)]
        above = np.where(proves, value[:, None], -np.inf)
        below = np.where(proves, value[:, None], np.inf)
        pairs = np.unique(np.stack([above.argmax(axis=0), below.argmin(axis=0)]), axis=1)
        high, low = value[pairs[0]], value[pairs[1]]
        least, most = self._lows[condition] + EPS, self._highs[condition] - EPS
        possible = (high >= least) & (low <= most) & (high - low > EPS)
        pairs, high, low = pairs[:, possible], high[possible], low[possible]
        wanted = np.clip(np.clip(low, least, most), low, high)
        share = ((wanted - low) / (high - low))[:, None]
        if pairs.size:
            self.add(share * self.counts[rows[pairs[0]]] + (1 - share) * self.counts[rows[pairs[1]]])


def _wider(held: _Array) -> _Array:
    """The same with twice the room."""
    found = np.empty((2 * held.shape[0], held.shape[1]), dtype=held.dtype)
    found[: held.shape[0]] = held
    return found
