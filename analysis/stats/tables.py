"""Tests of association in a table of two questions, and how strong the association is."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import exp, inf, lgamma, sqrt

import numpy as np

from analysis.stats.designs import Design, IntArray, covariance
from analysis.stats.distributions import chi2_tail, f_tail, log_factorial_each, noncentrality
from analysis.stats.proportions import BoolArray, EmptyBase, FloatArray, check_level
from data.errors import InvalidInput

SMALL_EXPECTED = 5.0
"""Below this expected count chi-squared is not trusted (Cochran 1954, Biometrics 10:417-451)."""
MOST_PATHS = 50_000
"""So many partial tables an exact test looks at; a larger table is simulated."""
LARGEST_EXACT = 200
"""With more respondents a table beyond two by two is simulated at once: the exact search would give up anyway."""
_CELLS_AT_ONCE = 1_000_000
_SAME = 1e-7
"""Two tables are equally probable when their probabilities differ by less than this share (as R does)."""


class TestKind(StrEnum):
    """Which test was made."""

    __test__ = False  # not for pytest

    PEARSON = "pearson"
    FISHER = "fisher"
    FISHER_SIMULATED = "fisher_simulated"
    RAO_SCOTT = "rao_scott"
    MCNEMAR = "mcnemar"
    POOLED_Z = "pooled_z"
    WELCH = "welch"
    PAIRED_T = "paired_t"
    SIGN = "sign"
    RAO_SCOTT_MULTIPLE = "rao_scott_multiple"


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test's result.

    statistic             None for an exact test, which has only its p-value
    degrees, denominator  degrees of freedom; the denominator is inf unless the test is an F or t test
    """

    __test__ = False  # not for pytest

    kind: TestKind
    p: float
    statistic: float | None = None
    degrees: float = inf
    denominator: float = inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How large an effect is, with the bounds of its interval."""

    value: float
    low: float
    high: float


def pearson(counts: IntArray) -> Test:
    """Chi-squared test of independence without continuity correction.

    counts  (r, c) respondents; rows and columns of nobody are left out.
    Raises  EmptyBase; InvalidInput "stats.one_category" when fewer than two rows or columns are left.
    Source  Pearson (1900); R chisq.test(correct = FALSE).
    """
    table = _filled(counts)
    wanted = _expected(table)
    statistic = float(((table - wanted) ** 2 / wanted).sum())
    degrees = (table.shape[0] - 1) * (table.shape[1] - 1)
    return Test(kind=TestKind.PEARSON, statistic=statistic, degrees=degrees, p=chi2_tail(statistic, degrees))


def fisher(counts: IntArray, *, most: int = MOST_PATHS) -> Test:
    """Fisher's exact test: the probability of all tables with the same margins that are no likelier than this one.

    counts  (r, c) respondents; rows and columns of nobody are left out.
    most    partial tables it may look at.
    Raises  as `pearson`; InvalidInput "stats.table_too_large" when that is not enough: see `fisher_simulated`.
    Source  Fisher (1935); Freeman and Halton (1951), Biometrika 38:141-149; R fisher.test.
    """
    table = _filled(counts).astype(np.int64)
    if table.shape == (2, 2):
        return Test(kind=TestKind.FISHER, p=float(fisher_each(table[None])[0]))
    if table.shape[0] > table.shape[1]:
        table = table.T
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    # What is left of each row -> log of the product of 1 / cell! so far (rounded) -> how many partial tables have it.
    open_ends: dict[tuple[int, ...], dict[float, float]] = {tuple(sorted(rows.tolist())): {0.0: 1.0}}
    for column in sorted(columns.tolist(), reverse=True):
        reached: dict[tuple[int, ...], dict[float, float]] = defaultdict(lambda: defaultdict(float))
        seen = 0
        for left, paths in open_ends.items():
            for cells in _splits(column, left):
                step = -sum(lgamma(cell + 1) for cell in cells)
                after = reached[tuple(sorted(have - cell for have, cell in zip(left, cells, strict=True)))]
                seen += len(paths)
                if seen > most:
                    raise InvalidInput("stats.table_too_large")
                for value, times in paths.items():
                    after[round(value + step, 9)] += times
        open_ends = reached
    (paths,) = open_ends.values()
    margins = sum(lgamma(each + 1) for each in (*rows.tolist(), *columns.tolist())) - lgamma(rows.sum() + 1)
    observed = -sum(lgamma(cell + 1) for cell in table.ravel().tolist())
    p = sum(times * exp(value + margins) for value, times in paths.items() if value <= observed + _SAME)
    return Test(kind=TestKind.FISHER, p=min(1.0, p))


def fisher_each(counts: IntArray) -> FloatArray:
    """(m,) p-values of Fisher's exact test for m tables of four cells, with somebody in every row and column.

    counts  (m, 2, 2) respondents
    Source  as `fisher`.
    """
    a, b, c, d = counts.reshape(-1, 4).T
    lowest = np.maximum(0, a - d)
    lengths = np.minimum(a + b, a + c) - lowest + 1  # the upper left cell runs over all that the margins allow
    found = np.empty(a.size)
    ends = np.cumsum(lengths)
    start = 0
    while start < a.size:
        stop = max(start + 1, int(np.searchsorted(ends, (ends[start - 1] if start else 0) + _CELLS_AT_ONCE, "right")))
        part = slice(start, stop)
        table = np.repeat(np.arange(stop - start), lengths[part])
        begins = np.concatenate([[0], np.cumsum(lengths[part])[:-1]])
        x = np.arange(table.size) - begins[table] + lowest[part][table]
        cells = (x, (a + b)[part][table] - x, (a + c)[part][table] - x, (d - a)[part][table] + x)
        logs = -sum(log_factorial_each(each) for each in cells)
        chances = np.exp(logs - np.maximum.reduceat(logs, begins)[table])
        observed = chances[begins + (a - lowest)[part]]
        as_rare = np.where(chances <= observed[table] * (1 + _SAME), chances, 0.0)
        found[part] = np.add.reduceat(as_rare, begins) / np.add.reduceat(chances, begins)
        start = stop
    return np.minimum(1.0, found)


def fisher_simulated(counts: IntArray, *, rng: np.random.Generator, draws: int = 9999) -> Test:
    """The same by drawing tables with the same margins at random; p is at least 1 / (draws + 1).

    Raises  as `pearson`.
    Source  Patefield (1981), Applied Statistics 30:91-97; p as Davison and Hinkley (1997), section 4.2.
    """
    table = _filled(counts).astype(np.int64)
    rows = np.repeat(np.arange(table.shape[0]), table.sum(axis=1)) * table.shape[1]
    columns = np.repeat(np.arange(table.shape[1]), table.sum(axis=0))
    logs = np.array([lgamma(k + 1) for k in range(int(table.sum()) + 1)])
    observed = -logs[table].sum()
    hits, left = 0, draws
    while left:
        some = min(left, max(1, _CELLS_AT_ONCE // (rows.size + table.size)))
        shuffled = rng.permuted(np.broadcast_to(columns, (some, columns.size)), axis=1)
        codes = shuffled + rows + np.arange(some)[:, None] * table.size
        drawn = np.bincount(codes.ravel(), minlength=some * table.size).reshape(some, table.size)
        hits += int((-logs[drawn].sum(axis=1) <= observed + _SAME).sum())
        left -= some
    return Test(kind=TestKind.FISHER_SIMULATED, p=(hits + 1) / (draws + 1))


def association(counts: IntArray, *, rng: np.random.Generator) -> Test:
    """Pearson's test, or Fisher's when an expected count is below 5; simulated when the table is too large for that.

    Raises  as `pearson`.
    """
    if _expected(_filled(counts)).min() >= SMALL_EXPECTED:
        return pearson(counts)
    try:
        return fisher(counts, most=MOST_PATHS if counts.sum() <= LARGEST_EXACT or counts.size == 4 else 0)
    except InvalidInput:
        return fisher_simulated(counts, rng=rng)


def rao_scott(of: Design, rows: IntArray, columns: IntArray, domain: BoolArray) -> Test:
    """Test of independence in a weighted table: Pearson's statistic with the second-order correction, as an F test.

    rows, columns  (n,) category of each respondent, 0..; only those inside the domain count.
    domain         (n,) who has a valid answer to both.
    Raises         EmptyBase; InvalidInput "stats.one_category".
    Note           an expected count below 5 is no reason for an exact test here; there is none for weighted tables.
    Source         Rao and Scott (1984), Ann. Stat. 12:46-60; R survey: svychisq(statistic = "F").
    """
    inside = domain & (of.weights > 0)
    if not inside.any():
        raise EmptyBase
    row, column = (np.unique(each[inside], return_inverse=True)[1].reshape(-1) for each in (rows, columns))
    r, c = int(row.max()) + 1, int(column.max()) + 1
    if r < 2 or c < 2:
        raise InvalidInput("stats.one_category")
    n, weights, cell = int(np.count_nonzero(inside)), of.weights[inside], row * c + column
    shares = np.bincount(cell, weights, r * c) / weights.sum()
    return _rao_scott(n, shares.reshape(r, c), _spread_of_shares(of, inside, cell, shares), of.degrees_of_freedom)


def rao_scott_of_sums(counts: IntArray, sums: FloatArray, squares: FloatArray) -> Test:
    """As `rao_scott`, of a sample without strata or clusters, all of it in the table; from sums over its cells.

    counts, sums, squares  (rows, columns) respondents, their weights > 0, their squared weights
    """
    if not counts.sum():
        raise EmptyBase
    there = np.ix_(counts.sum(axis=1) > 0, counts.sum(axis=0) > 0)
    counts, sums, squares = counts[there], sums[there], squares[there]
    if min(counts.shape) < 2:
        raise InvalidInput("stats.one_category")
    n, shares = int(counts.sum()), sums / sums.sum()
    return _rao_scott(n, shares, _spread(squares.ravel(), shares.ravel(), float(sums.sum()), n, 1.0), n - 1)


def _rao_scott(n: int, table: FloatArray, spread: FloatArray, degrees_of_freedom: int) -> Test:
    (r, c), shares = table.shape, table.ravel()
    wanted = np.outer(table.sum(axis=1), table.sum(axis=0))
    statistic = n * float(((table - wanted) ** 2 / wanted).sum())
    contrasts = _interactions(r, c) * np.divide(1.0, shares, out=np.zeros(r * c), where=shares > 0)[:, None]
    simple = contrasts.T @ (contrasts * shares[:, None]) / n
    effects = np.linalg.lstsq(simple, contrasts.T @ spread @ contrasts, rcond=None)[0]
    trace, squared = float(np.trace(effects)), float(np.trace(effects @ effects))
    if trace <= 0:
        raise InvalidInput("stats.no_variation")
    degrees = trace**2 / squared
    denominator = degrees * degrees_of_freedom
    f = statistic / trace
    if denominator <= 0:
        raise InvalidInput("stats.no_variation")
    return Test(
        kind=TestKind.RAO_SCOTT,
        statistic=f,
        degrees=degrees,
        denominator=denominator,
        p=f_tail(f, degrees, denominator),
    )


def cramers_v(statistic: float, n: float, rows: int, columns: int, *, level: float = 0.95) -> Effect:
    """Cramér's V, 0 (independent) to 1, with the interval that inverts the noncentral chi-squared distribution.

    statistic  Pearson's chi-squared of the table; a weighted table's has the effective n in the place of n.
    Raises     EmptyBase; InvalidInput "stats.one_category".
    Source     Cramér (1946), section 21.9; Smithson (2003), Confidence Intervals, chapter 5.
    """
    check_level(level)
    if n <= 0:
        raise EmptyBase
    if min(rows, columns) < 2:
        raise InvalidInput("stats.one_category")
    degrees, scale = (rows - 1) * (columns - 1), n * (min(rows, columns) - 1)
    tail = (1 - level) / 2
    low, high = (noncentrality(statistic, degrees, p) for p in (1 - tail, tail))
    value = sqrt(statistic / scale)
    least = min(1.0, sqrt((low + degrees) / scale)) if low > 0 else 0.0
    # A statistic so small that no noncentrality fits leaves the upper bound where it is at none: V may be above 0.
    most = sqrt((high + degrees) / scale)
    return Effect(value=min(1.0, value), low=min(least, value), high=min(1.0, max(most, value)))


def _spread_of_shares(of: Design, inside: BoolArray, cell: IntArray, shares: FloatArray) -> FloatArray:
    """(cells, cells) linearised covariance of the shares of exclusive cells."""
    weights = of.weights[inside]
    if of.sampled.size == 1 and of.sampled[0] == of.size:
        # Everybody is a unit of one stratum, and the scores sum to 0: the squared weights by cell are enough.
        squares: FloatArray = np.bincount(cell, weights * weights, shares.size).astype(np.float64, copy=False)
        return _spread(squares, shares, float(weights.sum()), of.size, float(of.remaining[0]))
    scores = np.zeros((of.size, shares.size))
    scores[inside] = -weights[:, None] * shares / weights.sum()
    scores[np.flatnonzero(inside), cell] += weights / weights.sum()
    return covariance(of, scores)


def _spread(squares: FloatArray, shares: FloatArray, total: float, size: int, remaining: float) -> FloatArray:
    crossed = np.outer(squares, shares)
    spread: FloatArray = np.diag(squares) - crossed - crossed.T + squares.sum() * np.outer(shares, shares)
    spread *= remaining * size / ((size - 1) * total**2)
    return spread


def _filled(counts: IntArray) -> FloatArray:
    if bool((counts < 0).any()):
        raise InvalidInput("stats.count_outside_base", count=int(counts.min()), base=int(counts.sum()))
    table: FloatArray = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0].astype(np.float64)
    if table.size == 0:
        raise EmptyBase
    if min(table.shape) < 2:
        raise InvalidInput("stats.one_category")
    return table


def _expected(table: FloatArray) -> FloatArray:
    wanted: FloatArray = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return wanted


def _splits(total: int, room: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All ways to share a total out among cells with so much room each."""
    if len(room) == 1:
        if total <= room[0]:
            yield (total,)
        return
    beyond = sum(room[1:])
    for first in range(max(0, total - beyond), min(total, room[0]) + 1):
        for rest in _splits(total - first, room[1:]):
            yield (first, *rest)


@lru_cache(maxsize=256)
def _interactions(rows: int, columns: int) -> FloatArray:
    """(rows x columns, (rows - 1)(columns - 1)) contrasts of interaction, orthogonal to both margins."""
    i, j = np.indices((rows, columns)).reshape(2, -1)
    main = np.column_stack([np.ones(i.size), *(i == k for k in range(1, rows)), *(j == k for k in range(1, columns))])
    both = np.column_stack([(i == k) & (j == m) for m in range(1, columns) for k in range(1, rows)]).astype(float)
    contrasts: FloatArray = both - main @ np.linalg.lstsq(main, both, rcond=None)[0]
    contrasts.setflags(write=False)
    return contrasts
