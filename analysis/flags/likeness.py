"""Which earlier text each text is most like, among those that share a band with it: the long work behind campaigns.

Few texts are compared by rapidfuzz, one after the other. From MANY on a compiled loop does the same (numba, where it is
installed), lets others work meanwhile, and looks at the whole texts only where their letters leave it open.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.flags.signatures import BANDS, BandArray

LeaderArray: TypeAlias = NDArray[np.int32]
Loop: TypeAlias = Callable[..., Any]

MANY = 5_000
"""Texts from which the compiled loop is quicker than loading it takes."""
_BINS = 32
_MOST_CELLS = 20_000_000
"""Of the longest text: different signs times words of 64 bits."""


def leaders(texts: Sequence[str], bands: BandArray, likeness: float) -> LeaderArray:
    """(n,) the place of the text that each belongs to: the earliest of those it is most like, or its own.

    A text belongs only to one that belongs to itself: what hangs together never drifts away from its first text.

    texts     folded, no two of them the same, in the order in which they came
    bands     (n, BANDS) two texts are compared only when they have a number in a column in common
    likeness  percent from which two belong together: `rapidfuzz.fuzz.ratio`
    """
    loop = _compiled() if len(texts) >= MANY else None
    if loop is not None:
        lengths = np.array([len(text) for text in texts], dtype=np.int64)
        signs, different = _numbered("".join(texts))
        words = -(-int(lengths.max()) // 64)
        if different * words <= _MOST_CELLS:
            starts = np.concatenate([[0], np.cumsum(lengths)])
            found = np.arange(len(texts), dtype=np.int32)
            loop(signs, starts, different, words, *_buckets(bands), likeness / 100, found)
            return found
    return _one_by_one(texts, bands, likeness)


def _one_by_one(texts: Sequence[str], bands: BandArray, likeness: float) -> LeaderArray:
    from rapidfuzz import fuzz, process  # slow import

    found = np.arange(len(texts), dtype=np.int32)
    index: list[defaultdict[int, list[int]]] = [defaultdict(list) for _ in range(BANDS)]
    for place, (text, keys) in enumerate(zip(texts, bands.tolist(), strict=True)):
        near = sorted({other for band, key in zip(index, keys, strict=True) for other in band.get(key, ())})
        like = process.extractOne(text, [texts[other] for other in near], scorer=fuzz.ratio, score_cutoff=likeness)
        if like is not None:
            found[place] = near[like[2]]
            continue
        for band, key in zip(index, keys, strict=True):
            band[key].append(place)
    return found


def _numbered(joined: str) -> tuple[NDArray[np.int32], int]:
    """(signs,) each different sign by a number, and how many there are."""
    signs = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    numbers = np.zeros(int(signs.max(initial=0)) + 1, dtype=np.int32)
    numbers[signs] = 1
    different = int(numbers.sum())
    return (np.cumsum(numbers, dtype=np.int32) - 1)[signs], different


def _buckets(bands: BandArray) -> tuple[LeaderArray]:
    """(BANDS, n) for each text the first place of its bucket, where all that have its number in a band have room."""
    found = np.empty(bands.shape[::-1], dtype=np.int32)
    for band, column in enumerate(bands.T):
        order = np.argsort(column, kind="stable")
        keys = column[order]
        begins = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        found[band, order] = np.repeat(begins, np.diff(np.concatenate([begins, [keys.size]])))
    return (found,)


@cache
def _compiled() -> Loop | None:
    """None where numba is not installed."""
    try:
        import numba  # slow import
    except ImportError:
        return None
    loop: Loop
    try:
        loop = numba.njit(nogil=True, cache=True)(_lead)
    except RuntimeError:  # there is no folder to keep what was compiled in
        loop = numba.njit(nogil=True)(_lead)
    return loop


# Written for numba's compiler; Python itself never runs it.


def _lead(
    signs: Any, starts: Any, different: Any, words: Any, buckets: Any, lowest: Any, found: Any
) -> None:  # pragma: no cover
    """Writes the leaders into `found`.

    Of two texts a and b the distance is |a| + |b| - 2 LCS(a, b), and never less than the difference of how often each
    sign stands in them. The longest common subsequence is counted with one bit for each sign of a.
    Source  Hyyrö (2004), Bit-parallel LCS-length computation revisited, AWOCA: 16-27.
    """
    count, one, all_ones = starts.size - 1, np.uint64(1), ~np.uint64(0)
    often = np.zeros((count, _BINS), dtype=np.int16)
    for text in range(count):
        for place in range(starts[text], starts[text + 1]):
            at = signs[place] % _BINS
            if often[text, at] < 30_000:
                often[text, at] += 1
    slots = np.zeros(buckets.shape, dtype=np.int32)
    filled = np.zeros(buckets.shape, dtype=np.int32)
    seen = np.full(count, -1, dtype=np.int32)
    where = np.zeros((different, words), dtype=np.uint64)
    row = np.zeros(words, dtype=np.uint64)
    for text in range(count):
        begin, length = starts[text], starts[text + 1] - starts[text]
        width = (length + 63) // 64
        is_marked, leader, best = False, -1, 0.0
        for band in range(buckets.shape[0]):
            bucket = buckets[band, text]
            for slot in range(bucket, bucket + filled[band, bucket]):
                other = slots[band, slot]
                if seen[other] == text:
                    continue
                seen[other] = text
                first, end = starts[other], starts[other + 1]
                both = length + end - first
                apart = 0
                for at in range(_BINS):
                    apart += abs(often[text, at] - often[other, at])
                likeliest = 1.0 - apart / both
                if likeliest < lowest or likeliest < best:
                    continue
                if not is_marked:
                    is_marked = True
                    for place in range(length):
                        where[signs[begin + place], place // 64] |= one << np.uint64(place % 64)
                for at in range(width):
                    row[at] = all_ones
                common: Any = 0
                for place in range(first, end):
                    sign, carry = signs[place], np.uint64(0)
                    for at in range(width):
                        before = row[at]
                        same = before & where[sign, at]
                        half = before + same
                        whole = half + carry
                        carry = np.uint64((half < before) | (whole < half))
                        row[at] = whole | (before - same)
                    if (place - first) % 32 == 31 or place + 1 == end:
                        common = 0
                        for at in range(width):
                            bits = ~row[at]
                            bits = bits - ((bits >> np.uint64(1)) & np.uint64(0x5555555555555555))
                            bits = (bits & np.uint64(0x3333333333333333)) + (
                                (bits >> np.uint64(2)) & np.uint64(0x3333333333333333)
                            )
                            bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
                            common += np.int64((bits * np.uint64(0x0101010101010101)) >> np.uint64(56))
                        # Whatever comes can add no more than its own length.
                        if 1.0 - (both - 2 * (common + end - place - 1)) / both < lowest:
                            break
                alike = 1.0 - (both - 2 * common) / both
                if alike >= lowest and (leader < 0 or alike > best or (alike == best and other < leader)):
                    leader, best = other, alike
        if is_marked:
            for place in range(length):
                where[signs[begin + place], place // 64] = np.uint64(0)
        if leader >= 0:
            found[text] = leader
            continue
        for band in range(buckets.shape[0]):
            bucket = buckets[band, text]
            slots[band, bucket + filled[band, bucket]] = text
            filled[band, bucket] += 1
