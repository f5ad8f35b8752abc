"""Column letters: which columns of a table differ, option by option, with the correction for many tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from string import ascii_uppercase

import numpy as np

from analysis.stats.crosstabs import Crosstabs, IntArray, cross
from analysis.stats.differences import Difference, estimates_apart, newcombe_each
from analysis.stats.distributions import normal_two_sided_each
from analysis.stats.multiplicity import Correction, adjust
from analysis.stats.numbers import NumberEstimate
from analysis.stats.proportions import BoolArray, FloatArray, check_level, intervals
from analysis.stats.tables import SMALL_EXPECTED, fisher_each
from data.errors import InvalidInput

LEVEL = 0.95
STRONG = 0.01
"""A letter is upper case when the adjusted p-value is at most this, lower case when it is at most 1 - level."""
MOST_COLUMNS = 702
"""A to ZZ."""


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparisons:
    """Every pair tested in many tables, in the order option, column, column; arrays of their number.

    The first nine as in `Pair`, with positions among all options and columns.
    untested  (questions, banners) how many pairs of each table were not
    """

    option: IntArray
    higher: IntArray
    lower: IntArray
    difference: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray
    adjusted: FloatArray
    exact: BoolArray
    untested: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """What a table of columns says.

    letters   (options)(columns) the letters of the columns whose share is significantly lower: "B" or "b" or "Bd"
    tests     every pair tested
    untested  how many pairs were not: nobody in a column, nobody or everybody chose, the same respondents, or too few
              with weights or in overlapping columns
    """

    letters: tuple[tuple[str, ...], ...]
    tests: Comparisons
    untested: int

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Every pair tested, one by one."""
        names = ("option", "higher", "lower", "difference", "low", "high", "p", "adjusted", "exact")
        lines = zip(*(getattr(self.tests, each).tolist() for each in names), strict=True)
        return tuple(Pair(**dict(zip(names, line, strict=True))) for line in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanPair:
    """Two columns held against each other by their means; the mean of `higher` is not the lower one.

    higher, lower          positions of the columns
    difference, low, high  higher minus lower, in the unit of the values, with Welch's bounds
    p, adjusted            before and after the correction
    """

    higher: int
    lower: int
    difference: float
    low: float
    high: float
    p: float
    adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanLetters:
    """Which columns differ in their means.

    letters   (columns) the letters of the columns whose mean is significantly lower
    untested  how many pairs were not: fewer than two answers in a column, or no spread in both
    """

    letters: tuple[str, ...]
    pairs: tuple[MeanPair, ...]
    untested: int


@lru_cache(maxsize=MOST_COLUMNS)
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
    """Pairwise tests of the columns' shares, option by option, in one table.

    chosen   (n, options) who chose what, of those with a valid answer
    columns  (n, columns) who stands in which column; one respondent may stand in several, as with a banner of several
             answers, or a total beside its parts
    weights  (n,) >= 0; each column then has Kish's effective n
    shown    (options, columns) cells that may be compared; all when None
    Raises   as `compare`; InvalidInput "stats.weights".
    """
    n, options = chosen.shape
    tables = cross(
        chosen,
        np.zeros(options, dtype=np.int64),
        np.ones((n, 1), dtype=np.bool_),
        columns,
        np.zeros(columns.shape[1], dtype=np.int64),
        weights,
    )
    found = compare(tables, shown=shown, correction=correction, level=level)
    return Letters(letters=lettered(tables, found, level=level), tests=found, untested=int(found.untested.sum()))


def compare(
    tables: Crosstabs,
    *,
    shown: BoolArray | None = None,
    correction: Correction = Correction.BENJAMINI_HOCHBERG,
    level: float = LEVEL,
) -> Comparisons:
    """Pairwise tests of the columns' shares, option by option; the family of the correction is one table.

    shown    (options, columns) cells that may be compared; all when None
    Test     pooled z: for two separate columns without weights the square is Pearson's chi-squared without correction.
             Respondents in both columns are counted by the covariance they bring. Where an expected count is below 5,
             Fisher's exact test for separate columns without weights, else none.
    Raises   InvalidInput "stats.level", "stats.too_many_columns" (a banner of more than 702).
    Source   overlap: Kish (1965), section 12.4; Crunch cr.cube tests multiple response likewise.
    """
    check_level(level)
    widest = int(np.bincount(tables.banner).max(initial=0))
    if widest > MOST_COLUMNS:
        raise InvalidInput("stats.too_many_columns", columns=widest)
    a, b, of = tables.first, tables.second, tables.question
    with np.errstate(divide="ignore", invalid="ignore"):  # what cannot be tested is left out below
        sizes = tables.totals**2 / tables.squares
        spread = 1 / sizes[:, a] + 1 / sizes[:, b] - 2 * tables.shared / (tables.totals[:, a] * tables.totals[:, b])
        correlation = tables.shared / np.sqrt(tables.squares[:, a] * tables.squares[:, b])
        joint = tables.totals[:, a] + tables.totals[:, b] - tables.common
        pooled = (tables.sums[:, a] + tables.sums[:, b] - tables.both) / joint[of]
        testable = (np.minimum(tables.totals[:, a], tables.totals[:, b]) > 0) & (spread > 1e-12)
        tested = testable[of] & (pooled > 0) & (pooled < 1)
        smallest = np.minimum(pooled, 1 - pooled) * np.minimum(sizes[:, a], sizes[:, b])[of]
    if shown is not None:
        tested &= shown[:, a] & shown[:, b]
    exact = tested & (smallest < SMALL_EXPECTED)
    if tables.weighted:
        tested &= ~exact
    else:
        tested &= ~(exact & (tables.common > 0)[of])
    option, pair = np.nonzero(tested)
    first, second, asked = a[pair], b[pair], of[option]
    shares = tables.sums / np.where(tables.totals > 0, tables.totals, 1.0)[of]
    one, two = shares[option, first], shares[option, second]
    low, high = _bounds(tables, sizes, shares, level)
    below, above = newcombe_each(
        np.clip(two, 0.0, 1.0),
        np.clip(one, 0.0, 1.0),
        (low[option, second], high[option, second]),
        (low[option, first], high[option, first]),
        correlation=correlation[asked, pair],
    )
    middle = pooled[option, pair]
    p = normal_two_sided_each((one - two) / np.sqrt(middle * (1 - middle) * spread[asked, pair]))
    by_hand = exact[option, pair]
    p[by_hand] = _exact(tables, option[by_hand], first[by_hand], second[by_hand])
    table = asked * (int(tables.banner.max(initial=0)) + 1) + tables.banner[first]
    turned = one < two
    return Comparisons(
        option=option,
        higher=np.where(turned, second, first),
        lower=np.where(turned, first, second),
        difference=np.abs(one - two),
        low=np.where(turned, -above, below),
        high=np.where(turned, -below, above),
        p=p,
        adjusted=_adjusted(p, table, correction),
        exact=by_hand,
        untested=_untested(tables, tested),
    )


def mean_letters(
    columns: Sequence[NumberEstimate | None],
    *,
    correction: Correction = Correction.BENJAMINI_HOCHBERG,
    level: float = LEVEL,
) -> MeanLetters:
    """Pairwise tests of the columns' means; all pairs are the family of the correction.

    columns  the mean of those who answered in each column, None where nobody did; nobody stands in two
    Test     Welch's (`differences.estimates_apart`)
    Raises   InvalidInput "stats.level", "stats.too_many_columns".
    """
    check_level(level)
    if len(columns) > MOST_COLUMNS:
        raise InvalidInput("stats.too_many_columns", columns=len(columns))
    tested: list[tuple[int, int, Difference, float]] = []
    wanted = list(combinations(range(len(columns)), 2))
    for first, second in wanted:
        one, other = columns[first], columns[second]
        if one is None or other is None:
            continue
        try:
            found = estimates_apart(one, other, level=level)
        except InvalidInput as error:
            if error.code not in ("stats.too_few", "stats.no_variation"):
                raise
            continue
        assert found.test is not None
        tested.append((first, second, found, found.test.p))
    adjusted = adjust(np.array([p for *_, p in tested], dtype=np.float64), correction).tolist() if tested else []
    letters, pairs = [""] * len(columns), []
    for (first, second, found, p), corrected in zip(tested, adjusted, strict=True):
        turned, size = found.effect.value < 0, found.effect
        higher, lower = (first, second) if turned else (second, first)
        low, high = (-size.high, -size.low) if turned else (size.low, size.high)
        pairs.append(
            MeanPair(
                higher=higher, lower=lower, difference=abs(size.value), low=low, high=high, p=p, adjusted=corrected
            )
        )
        if corrected <= 1 - level and size.value:
            letters[higher] += name(lower) if corrected <= STRONG else name(lower).lower()
    return MeanLetters(letters=tuple(letters), pairs=tuple(pairs), untested=len(wanted) - len(pairs))


def lettered(tables: Crosstabs, found: Comparisons, *, level: float = LEVEL) -> tuple[tuple[str, ...], ...]:
    """(options)(columns) the letters of the columns whose share is significantly lower; a banner begins with A."""
    begins = np.searchsorted(tables.banner, np.arange(int(tables.banner.max(initial=0)) + 1))
    letters = [[""] * tables.banner.size for _ in range(tables.question.size)]
    significant = np.flatnonzero((found.adjusted <= 1 - level) & (found.difference > 0))
    order = significant[np.argsort(found.lower[significant], kind="stable")]
    places = found.lower[order] - begins[tables.banner[found.lower[order]]]
    for option, higher, place, strong in zip(
        found.option[order].tolist(),
        found.higher[order].tolist(),
        places.tolist(),
        (found.adjusted[order] <= STRONG).tolist(),
        strict=True,
    ):
        letters[option][higher] += name(place) if strong else name(place).lower()
    return tuple(tuple(row) for row in letters)


def _bounds(tables: Crosstabs, sizes: FloatArray, shares: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """(options, columns) Wilson's bounds of every cell, 0 where nobody answered."""
    low, high = np.zeros_like(shares), np.zeros_like(shares)
    n = sizes[tables.question]
    known = np.isfinite(n) & (n > 0)
    low[known], high[known] = intervals(np.clip(shares[known], 0.0, 1.0) * n[known], n[known], level=level)
    return low, high


def _exact(tables: Crosstabs, option: IntArray, first: IntArray, second: IntArray) -> FloatArray:
    asked = tables.question[option]
    chose = np.stack([tables.counts[option, first], tables.counts[option, second]], axis=1)
    answered = np.stack([tables.sizes[asked, first], tables.sizes[asked, second]], axis=1)
    return fisher_each(np.stack([chose, answered - chose], axis=2))


def _adjusted(p: FloatArray, table: IntArray, correction: Correction) -> FloatArray:
    """Corrected table by table."""
    found = np.empty_like(p)
    order = np.argsort(table, kind="stable")
    for places in np.split(order, np.flatnonzero(np.diff(table[order])) + 1):
        found[places] = adjust(p[places], correction)
    return found


def _untested(tables: Crosstabs, tested: BoolArray) -> IntArray:
    """(questions, banners) pairs of cells less those tested."""
    banner = tables.banner[tables.first]
    found = np.zeros((tables.totals.shape[0], int(tables.banner.max(initial=-1)) + 1), dtype=np.int64)
    np.add.at(found, (tables.question[:, None], banner[None, :]), ~tested)
    return found
