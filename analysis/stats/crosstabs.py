"""Many questions by many banners at once: counts, shares and the sums that intervals and tests of columns need.

A banner is a question whose answers become columns. Every sum is part of one product of two matrices of flags, taken
over some ten thousand respondents at a time, so that memory does not grow with them. Here no figure is tested: see
`columns`.
"""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.stats.counting import Cells
from analysis.stats.proportions import BoolArray, FloatArray, check_weights

IntArray: TypeAlias = NDArray[np.int64]

_ROWS_AT_ONCE = 16_384
"""Few enough that single precision holds a count of them exactly."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crosstabs:
    """Tables of every question by every banner: options in rows, columns in columns.

    question           (options,) the question of each option, 0..
    banner             (columns,) the banner of each column, 0..
    first, second      (pairs,) every two columns of one banner, first < second
    respondents        all of them, answered or not
    counts, sizes      (options, columns), (questions, columns) who chose the option; who answered the question
    sums, totals       the same with weights
    squares            (questions, columns) of the weights of those who answered
    chosen_squares     (options, columns) of the weights of those who chose
    both               (options, pairs) weights of those who chose and stand in both columns
    common, shared     (questions, pairs) weights, and squared weights, of those who answered and stand in both
    weighted           False when every weight is 1
    """

    question: IntArray
    banner: IntArray
    first: IntArray
    second: IntArray
    respondents: int
    counts: IntArray
    sizes: IntArray
    sums: FloatArray
    totals: FloatArray
    squares: FloatArray
    chosen_squares: FloatArray
    both: FloatArray
    common: FloatArray
    shared: FloatArray
    weighted: bool

    def of_columns(self, columns: IntArray) -> "Crosstabs":
        """These columns of one banner alone, in rising order; their banner is then number 0."""
        pairs = np.flatnonzero(np.isin(self.first, columns) & np.isin(self.second, columns))
        by_column = ("counts", "sizes", "sums", "totals", "squares", "chosen_squares")
        return replace(
            self,
            banner=np.zeros(columns.size, dtype=np.int64),
            first=np.searchsorted(columns, self.first[pairs]),
            second=np.searchsorted(columns, self.second[pairs]),
            **{name: getattr(self, name)[:, columns] for name in by_column},
            **{name: getattr(self, name)[:, pairs] for name in ("both", "common", "shared")},
        )

    def shares(self) -> FloatArray:
        """(options, columns) share of those who answered; 0 where nobody did."""
        totals = self.totals[self.question]
        found: FloatArray = np.divide(self.sums, totals, out=np.zeros_like(self.sums), where=totals > 0)
        return np.minimum(1.0, found, out=found)

    def effective(self) -> FloatArray:
        """(questions, columns) Kish's effective number of those who answered; 0 where nobody did."""
        found: FloatArray = np.divide(
            self.totals * self.totals, self.squares, out=np.zeros_like(self.totals), where=self.squares > 0
        )
        return found

    def standard_errors(self) -> FloatArray:
        """(options, columns) of the shares, by linearisation; 0 where nobody answered or there is one respondent.

        Source  Binder (1983), Int. Stat. Review 51:279-292; R survey: svyby(~option, ~column, design, svymean).
        """
        shares, totals, squares = self.shares(), self.totals[self.question], self.squares[self.question]
        # The sum of w^2 (y - p)^2 over a column, y being 0 or 1.
        spread = self.chosen_squares * (1 - 2 * shares) + shares * shares * squares
        factor = self.respondents / (self.respondents - 1) if self.respondents > 1 else 0.0
        found: FloatArray = np.divide(
            np.sqrt(np.maximum(0.0, spread * factor)), totals, out=np.zeros_like(totals), where=totals > 0
        )
        return found


def cross(
    chosen: BoolArray,
    question: IntArray,
    answered: BoolArray,
    columns: BoolArray,
    banner: IntArray,
    weights: FloatArray | None = None,
) -> Crosstabs:
    """Every question by every banner; whoever stands in no column of a banner is in none of its tables.

    chosen    (n, options) who chose what; nobody without a valid answer to its question did
    question  (options,) the number of its question
    answered  (n, questions) who has a valid answer
    columns   (n, columns) who stands in which column; one respondent may stand in several of a banner
    banner    (columns,) the number of its banner
    weights   (n,) >= 0
    Raises    InvalidInput "stats.weights".
    """
    n, options = chosen.shape
    questions, places = answered.shape[1], columns.shape[1]
    if weights is not None:
        check_weights(weights, n)
    first, second = np.nonzero(np.triu(banner[:, None] == banner[None, :], k=1))
    overlapping = _overlaps(columns, first, second)
    counts, sums, squares = (np.zeros((options + questions, places)) for _ in range(3))
    both, shared = (np.zeros((options + questions, overlapping.size)) for _ in range(2))
    for start in range(0, n, _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        flags, members = np.hstack([chosen[part], answered[part]]), columns[part]
        counts += flags.T.astype(np.float32) @ members.astype(np.float32)
        pairs = members[:, first[overlapping]] & members[:, second[overlapping]]
        if weights is None:
            if overlapping.size:
                both += flags.T.astype(np.float32) @ pairs.astype(np.float32)
            continue
        rows, w = flags.T.astype(np.float64), weights[part, None]
        weighed = members * w
        sums += rows @ weighed
        squares += rows @ (weighed * w)
        if overlapping.size:
            weighed = pairs * w
            both += rows @ weighed
            shared += rows @ (weighed * w)
    if weights is None:
        sums, squares, shared = counts, counts, both
    together, shares_of_pairs = (np.zeros((options + questions, first.size)) for _ in range(2))
    together[:, overlapping], shares_of_pairs[:, overlapping] = both, shared
    whole = np.rint(counts).astype(np.int64)
    return Crosstabs(
        question=question,
        banner=banner,
        first=first,
        second=second,
        respondents=n,
        counts=whole[:options],
        sizes=whole[options:],
        sums=sums[:options],
        totals=sums[options:],
        squares=squares[options:],
        chosen_squares=squares[:options],
        both=together[:options],
        common=together[options:],
        shared=shares_of_pairs[options:],
        weighted=weights is not None,
    )


def separate(chosen: Cells, answered: Cells, *, banner: IntArray, respondents: int, weighted: bool) -> Crosstabs:
    """The tables of one question by columns of which, within a banner, nobody stands in two; from sums over the rows.

    chosen    (columns, options) of who chose the option
    answered  (columns, 1) of who answered
    """
    first, second = np.nonzero(np.triu(banner[:, None] == banner[None, :], k=1))
    options = chosen.counts.shape[1]
    # What everybody chose has the sums of all to the last digit, in whichever order they were added up.
    everybody = chosen.counts == answered.counts
    return Crosstabs(
        question=np.zeros(options, dtype=np.int64),
        banner=banner,
        first=first,
        second=second,
        respondents=respondents,
        counts=chosen.counts.T,
        sizes=answered.counts.T,
        sums=np.where(everybody, answered.weights, chosen.weights).T,
        totals=answered.weights.T,
        squares=answered.squares.T,
        chosen_squares=np.where(everybody, answered.squares, chosen.squares).T,
        both=np.zeros((options, first.size)),
        common=np.zeros((1, first.size)),
        shared=np.zeros((1, first.size)),
        weighted=weighted,
    )


def _overlaps(columns: BoolArray, first: IntArray, second: IntArray) -> IntArray:
    """Positions of the pairs of columns in which somebody stands twice."""
    met = np.zeros((columns.shape[1], columns.shape[1]))
    for start in range(0, columns.shape[0], _ROWS_AT_ONCE):
        part = columns[start : start + _ROWS_AT_ONCE].astype(np.float32)
        met += part.T @ part
    found: IntArray = np.flatnonzero(met[first, second] > 0)
    return found
