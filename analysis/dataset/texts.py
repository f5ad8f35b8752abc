"""Words by row, in pieces that do not change: a data set with one more answer shares all other pieces with the old."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

BoolArray: TypeAlias = NDArray[np.bool_]

PIECE = 1024
"""Rows of one piece."""

Piece: TypeAlias = Sequence[str | None] | Any
"""PIECE words or None, a shorter last one; a slice of a pyarrow array of strings when it lies in a file."""


class Texts:
    """The (row, words) of a column in the order of rows; rows without words are left out. Immutable."""

    __slots__ = ("_pieces", "_there", "size")

    def __init__(self, pieces: Sequence[Piece] = (), size: int = 0) -> None:
        self._pieces = tuple(pieces)
        self._there: BoolArray | None = None
        self.size = size
        """Number of rows, those without words too."""

    @classmethod
    def of(cls, words: Any) -> "Texts":
        """Texts of a sequence, or of a pyarrow array, of words or None: one per row."""
        return cls([words[start : start + PIECE] for start in range(0, len(words), PIECE)], len(words))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces; with one more answer all others are the same objects."""
        return self._pieces

    def __iter__(self) -> Iterator[tuple[int, str]]:
        for number, piece in enumerate(self._pieces):
            for place, words in enumerate(words_of(piece)):
                if words is not None:
                    yield number * PIECE + place, words

    def __len__(self) -> int:
        return int(np.count_nonzero(self.there))

    @property
    def there(self) -> BoolArray:
        """(size,) the rows that have words."""
        if self._there is None:
            parts = [_there(piece) for piece in self._pieces]
            self._there = np.concatenate(parts) if parts else np.zeros(0, dtype=np.bool_)
            self._there.setflags(write=False)
        return self._there

    def __eq__(self, other: object) -> bool:
        return tuple(self) == (tuple(other) if isinstance(other, Texts) else other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def at(self, row: int) -> str | None:
        """The words of a row, None without."""
        found = self._pieces[row // PIECE][row % PIECE]
        return found if found is None or isinstance(found, str) else found.as_py()

    def rows(self) -> list[str | None]:
        """One entry per row."""
        return [words for piece in self._pieces for words in words_of(piece)]

    def picked(self, rows: Any) -> "Texts":
        """Those of these rows (an array), in this order."""
        words = self.rows()
        return Texts.of([words[row] for row in rows.tolist()])

    def extended(self, words: Sequence[str | None]) -> "Texts":
        """With further rows at the end."""
        begun = self.size % PIECE
        last = list(words_of(self._pieces[-1])) if begun else []
        pieces = self._pieces[:-1] if begun else self._pieces
        rest = [*last, *words]
        new = [tuple(rest[start : start + PIECE]) for start in range(0, len(rest), PIECE)]
        return Texts((*pieces, *new), self.size + len(words))

    def replaced(self, row: int, words: str | None) -> "Texts":
        """With other words in one row."""
        number, place = divmod(row, PIECE)
        piece = list(words_of(self._pieces[number]))
        piece[place] = words
        return Texts((*self._pieces[:number], tuple(piece), *self._pieces[number + 1 :]), self.size)


def _there(piece: Piece) -> BoolArray:
    if hasattr(piece, "is_valid"):
        found: BoolArray = piece.is_valid().to_numpy(zero_copy_only=False)
        return found
    return np.array([words is not None for words in piece], dtype=np.bool_)


def words_of(piece: Piece) -> Sequence[str | None]:
    """The words of a piece, None in rows without."""
    return piece.to_pylist() if hasattr(piece, "to_pylist") else piece
