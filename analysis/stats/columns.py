"""Column letters: which columns of a table differ, option by option, with the correction for many tests."""

from dataclasses import dataclass
from functools import lru_cache
from string import ascii_uppercase

import numpy as np

from analysis.stats.differences import newcombe
from analysis.stats.distributions import normal_two_sided
from analysis.stats.multiplicity import Correction, adjust
from analysis.stats.proportions import BoolArray, FloatArray, check_level, check_weights, interval
from analysis.stats.tables import SMALL_EXPECTED, fisher
from data.errors import InvalidInput

LEVEL = 0.95
STRONG = 0.01
"""A letter is upper case when the adjusted p-value is at most this, lower case when it is at most 1 - level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two columns held against each other for one option; the share of `higher` is not the lower one.

    option, higher, lower  positions in the table
    difference, low, high  of the two shares, higher minus lower, with Newcombe's bounds
    p, adjusted            before and after the correction
    exact                  True when Fisher's test was made, because an expected count was below 5
    """

    option: int
    higher: int
    lower: int
    difference: float
    low: float
    high: float
    p: float
    adjusted: float
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """What a table of columns says.

    letters   (options)(columns) the letters of the columns whose share is significantly lower: "B" or "b" or "Bd"
    pairs     every pair tested, in the order option, column, column
    untested  how many pairs were not: nobody in a column, nobody or everybody chose, the same respondents, or too few
              with weights or in overlapping columns
    """

    letters: tuple[tuple[str, ...], ...]
    pairs: tuple[Pair, ...]
    untested: int


def name(column: int) -> str:
    """The letter of a column: A..Z, then AA, AB, ..."""
    more, last = divmod(column, len(ascii_uppercase))
    return (name(more - 1) if more else "") + ascii_uppercase[last]


def column_letters(
    chosen: BoolArray,
    columns: BoolArray,
    weights: FloatArray | None = None,
    *,
    shown: BoolArray | None = None,
    correction: Correction = Correction.BENJAMINI_HOCHBERG,
    level: float = LEVEL,
) -> Letters:
    """Pairwise tests of the columns' shares, option by option; the family is the whole table.

    chosen   (n, options) who chose what, of those with a valid answer
    columns  (n, columns) who stands in which column; one respondent may stand in several, as with a banner of several
             answers, or a total beside its parts
    weights  (n,) >= 0; each column then has Kish's effective n
    shown    (options, columns) cells that may be compared; all when None
    Test     pooled z: for two separate columns without weights the square is Pearson's chi-squared without correction.
             Respondents in both columns are counted by the covariance they bring. Where an expected count is below 5,
             Fisher's exact test for separate columns without weights, else none.
    Raises   InvalidInput "stats.weights", "stats.level", "stats.too_many_columns" (more than 702).
    Source   overlap: Kish (1965), section 12.4; Crunch cr.cube tests multiple response likewise.
    """
    check_level(level)
    if columns.shape[1] > 702:
        raise InvalidInput("stats.too_many_columns", columns=columns.shape[1])
    plain = weights is None
    w = np.ones(chosen.shape[0]) if weights is None else weights
    check_weights(w, chosen.shape[0])
    flags, members = chosen.astype(np.float64), columns.astype(np.float64)
    weighted = members * w[:, None]
    totals, squares = weighted.sum(axis=0), (weighted * weighted).T @ members
    sums = flags.T @ weighted
    common = weighted.T @ members
    counts, sizes = flags.T @ members, members.sum(axis=0)
    found: list[tuple[int, int, int, float, float, float, float, bool]] = []
    untested = 0
    for a in range(members.shape[1]):
        for b in range(a + 1, members.shape[1]):
            together = common[a, b] > 0
            both = flags.T @ (weighted[:, a] * members[:, b]) if together else np.zeros(flags.shape[1])
            for option in range(flags.shape[1]):
                allowed = shown is None or bool(shown[option, a] and shown[option, b])
                each = (
                    _pair(
                        (float(sums[option, a]), float(sums[option, b]), float(both[option])),
                        (float(totals[a]), float(totals[b]), float(common[a, b])),
                        (float(squares[a, a]), float(squares[b, b]), float(squares[a, b])),
                        (int(counts[option, a]), int(sizes[a]), int(counts[option, b]), int(sizes[b]))
                        if plain
                        else None,
                        level,
                    )
                    if allowed
                    else None
                )
                if each is None:
                    untested += 1
                else:
                    found.append((option, a, b, *each))
    found.sort(key=lambda each: each[:3])
    adjusted = adjust(np.array([each[6] for each in found]), correction)
    pairs = tuple(_ordered(each, float(after)) for each, after in zip(found, adjusted, strict=True))
    letters = [["" for _ in range(members.shape[1])] for _ in range(flags.shape[1])]
    for pair in sorted(pairs, key=lambda each: each.lower):
        if pair.adjusted <= 1 - level and pair.difference > 0:
            letter = name(pair.lower)
            letters[pair.option][pair.higher] += letter if pair.adjusted <= STRONG else letter.lower()
    return Letters(letters=tuple(tuple(row) for row in letters), pairs=pairs, untested=untested)


def _ordered(each: tuple[int, int, int, float, float, float, float, bool], adjusted: float) -> Pair:
    option, a, b, difference, low, high, p, exact = each
    if difference < 0:
        a, b, difference, low, high = b, a, -difference, -high, -low
    return Pair(
        option=option,
        higher=a,
        lower=b,
        difference=difference,
        low=low,
        high=high,
        p=p,
        adjusted=adjusted,
        exact=exact,
    )


def _pair(
    sums: tuple[float, float, float],
    totals: tuple[float, float, float],
    squares: tuple[float, float, float],
    counts: tuple[int, int, int, int] | None,
    level: float,
) -> tuple[float, float, float, float, bool] | None:
    """(difference, low, high, p, exact) of the first column less the second; None when it cannot be tested."""
    if min(totals[:2]) <= 0:
        return None
    first, second = sums[0] / totals[0], sums[1] / totals[1]
    pooled = (sums[0] + sums[1] - sums[2]) / (totals[0] + totals[1] - totals[2])
    sizes = [totals[i] ** 2 / squares[i] for i in (0, 1)]
    spread = 1 / sizes[0] + 1 / sizes[1] - 2 * squares[2] / (totals[0] * totals[1])
    if not 0 < pooled < 1 or spread <= 1e-12:
        return None
    correlation = squares[2] / (squares[0] * squares[1]) ** 0.5
    p, q = (min(1.0, max(0.0, each)) for each in (first, second))
    one, two = _bounds(p, sizes[0], level), _bounds(q, sizes[1], level)
    low, high = newcombe(q, p, two, one, correlation=correlation)
    if min(pooled, 1 - pooled) * min(sizes) < SMALL_EXPECTED:
        if counts is None or totals[2] > 0:
            return None
        x, n, y, m = counts
        return first - second, low, high, fisher(np.array([[x, n - x], [y, m - y]])).p, True
    z = (first - second) / (pooled * (1 - pooled) * spread) ** 0.5
    return first - second, low, high, normal_two_sided(z), False


@lru_cache(maxsize=4096)
def _bounds(share: float, size: float, level: float) -> tuple[float, float]:
    """Wilson's bounds of a cell, which stands in as many pairs as there are other columns."""
    return interval(share * size, size, level=level)
