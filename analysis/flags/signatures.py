"""Signatures of open answers, hundreds at a time: what two answers in nearly the same words have in common.

A signature is the MinHash of the five-sign pieces of a folded text, of which bands are kept. Two texts that share half
of their pieces have a band in common in 94 of 100 cases, with 60 % in 99. The signs of many texts lie one behind the
other in one array, so that no text is looked at sign by sign in Python.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.dataset.arrays import BoolArray

SignArray: TypeAlias = NDArray[np.uint32]
KindArray: TypeAlias = NDArray[np.uint8]
BandArray: TypeAlias = NDArray[np.uint32]
PlaceArray: TypeAlias = NDArray[np.int64]

FEWEST_SIGNS = 60
"""Shorter answers are alike by chance: "More money for prevention". A wide sign, as in Chinese, counts as three."""
BANDS, ROWS = 21, 3
PERMUTATIONS = 64
SHINGLE = 5
FORMAT = 1
"""Rises whenever the same text would get another signature."""

_BLOCK = 1024
"""Texts at a time: what is computed of them stays in the processor's cache."""
_COMBINING, _BETWEEN, _LETTER, _WIDE, _END = range(5)
_MIX = np.uint64(0x9E37_79B9_7F4A_7C15)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signatures:
    """Of (n,) texts.

    long   (n,) whether a text is long enough to be compared
    bands  (n, BANDS) two texts that may be alike have the same number in one column; of a short text all are 0
    """

    long: BoolArray
    bands: BandArray


def none(size: int) -> Signatures:
    """Room for so many."""
    return Signatures(long=np.zeros(size, dtype=np.bool_), bands=np.zeros((size, BANDS), dtype=np.uint32))


def sign(texts: Sequence[str]) -> Signatures:
    """The signature of each text.

    Source  Broder (1997), Proc. Compression and Complexity of Sequences: 21-29; the same numbers as those of
            datasketch.MinHash(num_perm=64, hashfunc=int, scheme="affine32").
    """
    found = none(len(texts))
    for start in range(0, len(texts), _BLOCK):
        part = slice(start, start + _BLOCK)
        _sign(texts[part], found.long[part], found.bands[part])
    return found


def meeting(bands: BandArray) -> BoolArray:
    """(n,) which of these share a band with another: most answers are like no other."""
    meets = np.zeros(len(bands), dtype=np.bool_)
    for column in bands.T:
        keys = np.sort(column)
        twice = np.unique(keys[1:][keys[1:] == keys[:-1]])
        if twice.size:
            place = np.minimum(np.searchsorted(twice, column), twice.size - 1)
            meets |= twice[place] == column
    return meets


def all_folded(texts: Sequence[str]) -> list[str]:
    """Of each text the letters and digits in lower case without accents, words one space apart."""
    found: list[str] = []
    for start in range(0, len(texts), _BLOCK):
        signs, _kinds_of, _starts = _fold(texts[start : start + _BLOCK])
        found += signs.tobytes().decode("utf-32-le").split("\n")
    return found


def _fold(texts: Sequence[str]) -> tuple[SignArray, KindArray, PlaceArray]:
    """The folded texts one behind the other.

    Returns  (signs,) of all texts, with an end of line between two; (signs,) their kinds; (n + 1,) where each text
             begins, and where the next one would behind the last
    """
    joined = "\n".join(texts)
    if joined.count("\n") >= max(1, len(texts)):
        joined = "\n".join([text.replace("\n", " ") for text in texts])
    letters = unicodedata.normalize("NFKD", joined.casefold())
    signs = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = _kinds(signs)
    if not letters.isascii():
        left = kinds != _COMBINING
        signs, kinds = signs[left], kinds[left]
    is_letter, is_end = (kinds == _LETTER) | (kinds == _WIDE), kinds == _END
    behind_letter = np.zeros_like(is_letter)
    behind_letter[1:] = is_letter[:-1]
    left = is_letter | is_end | behind_letter  # of what stands between two words, the first sign
    signs, kinds = signs[left], kinds[left]
    before_end = np.ones(kinds.size, dtype=np.bool_)
    before_end[:-1] = kinds[1:] == _END
    left = (kinds != _BETWEEN) | ~before_end  # and none behind the last word
    signs, kinds = signs[left], kinds[left]
    signs = np.where(kinds == _BETWEEN, np.uint32(ord(" ")), signs)
    ends = np.flatnonzero(kinds == _END)
    starts = np.concatenate([[0], ends + 1, [signs.size + 1]])
    return signs, kinds, starts


def _sign(texts: Sequence[str], long: BoolArray, bands: BandArray) -> None:
    """Writes the signatures of a block."""
    signs, kinds, starts = _fold(texts)
    lengths = np.diff(starts) - 1
    wide = np.concatenate([[0], np.cumsum(kinds == _WIDE)])
    stops = starts[1:] - 1
    long[:] = lengths + 2 * (wide[stops] - wide[starts[:-1]]) >= FEWEST_SIGNS
    rows = np.flatnonzero(long)
    if not rows.size:
        return
    counts = lengths[rows] - (SHINGLE - 1)
    begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
    where = np.arange(int(counts.sum())) + np.repeat(starts[rows] - begins, counts)
    mixed = _mixed(_pieces(signs)[where])
    factors, terms = _permutations()
    keys = np.zeros((BANDS, rows.size), dtype=np.uint64)
    permuted = np.empty_like(mixed)
    for number in range(BANDS * ROWS):
        np.multiply(mixed, factors[number], out=permuted)
        permuted += terms[number]
        band = keys[number // ROWS]
        band *= _MIX
        band += np.minimum.reduceat(permuted, begins)
    # Two bands with one number by chance only cost a look at two texts.
    bands[rows] = ((keys * _MIX) >> np.uint64(32)).astype(np.uint32).T


def _pieces(signs: SignArray) -> NDArray[np.uint32]:
    """A number for each SHINGLE signs that stand behind one another."""
    values = signs.astype(np.uint64)
    pieces = np.zeros(signs.size - SHINGLE + 1, dtype=np.uint64)
    for place in range(SHINGLE):
        pieces *= np.uint64(1_000_003)
        pieces += values[place : place + pieces.size]
    pieces ^= pieces >> np.uint64(29)
    return (pieces & np.uint64(0xFFFF_FFFF)).astype(np.uint32)


def _mixed(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The last step of MurmurHash3 (Appleby, public domain): each bit depends on all."""
    for shift, factor in ((16, 0x85EB_CA6B), (13, 0xC2B2_AE35)):
        values = (values ^ (values >> np.uint32(shift))) * np.uint32(factor)
    return values ^ (values >> np.uint32(16))


@cache
def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """(factors, terms) of the permutations of 32 bits; the legacy generator gives the same numbers for ever."""
    draw = np.random.RandomState(1)
    factors = draw.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, draw.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)


def _kinds(signs: SignArray) -> KindArray:
    table = _plane()
    if not signs.size or int(signs.max()) < table.size:
        return table[signs]
    rare = signs >= table.size
    found = table[np.where(rare, np.uint32(0), signs)]
    others, place = np.unique(signs[rare], return_inverse=True)
    found[rare] = np.array([_kind(chr(each)) for each in others.tolist()], dtype=np.uint8)[place]
    return found


@cache
def _plane() -> KindArray:
    """The kind of each sign of the Basic Multilingual Plane."""
    found = np.array([_kind(chr(number)) for number in range(0x1_0000)], dtype=np.uint8)
    found[ord("\n")] = _END
    return found


def _kind(sign: str) -> int:
    if unicodedata.combining(sign):
        return _COMBINING
    if not sign.isalnum():
        return _BETWEEN
    return _WIDE if unicodedata.east_asian_width(sign) == "W" else _LETTER
