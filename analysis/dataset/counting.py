"""Counts of many questions over the same responses: what findings ask a data set for, whoever counts it.

A question is counted by who gave no valid answer and why, who gave one, and who chose each code or gave each item of a
ranking each place; in the whole view and in each group that is compared. With rows, sums of weights and sums of squared
weights of each such cell, shares and their intervals need no row any more; of numbers the rows within each part of the
line, sums and medians are asked for. So an engine is whatever gives these: the arrays in memory (this module) or a
database (`analysis.dataset.sql_counts`, over the tables of `analysis.dataset.stored`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Protocol

import numpy as np

from analysis.dataset.arrays import (
    ANSWERED,
    FIRST_CODE,
    BoolArray,
    Dataset,
    FloatArray,
    MultipleColumn,
    NumberColumn,
    Passing,
    RankColumn,
    SingleColumn,
)
from analysis.stats.counting import Cells, CodeArray, CountArray, Rows, count
from analysis.stats.ranking import Pairs
from data.errors import InvalidInput

BYTE = 256
"""Values that a byte of a bit set can have."""
MOST_POINTS = 64
"""So many different values of a number are told one by one."""
NEITHER, BEFORE, BEHIND, FIRST_ALONE, SECOND_ALONE = OUTCOMES = range(5)
"""What a ballot says of two items."""
NEAR = 5e-10
"""Numbers that differ by no more are one value: answers carry nine decimals."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tally:
    """The cells of one question; row 0 is the whole view, row 1 + i group i.

    states   (1 + groups, 6) the five causes of a missing answer, then ANSWERED
    options  (1 + groups, codes) who chose each code, or ranked it, in code-book order; no codes where it is no choice
    places   of a ranking, (1 + groups, codes * codes): code by place, the first place first
    """

    states: Cells
    options: Cells
    places: Cells | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Which values the valid answers to a number have, among all responses of a data set.

    points  the different ones, rising; of more than MOST_POINTS the lowest and the highest
    many    there are more than those
    whole   none has a fraction
    """

    points: tuple[float, ...]
    many: bool
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbers:
    """The valid answers to a number; row 0 is the whole view, row 1 + i group i.

    counts   (1 + groups, parts) how many lie in each part
    n        (1 + groups,) how many there are
    sums     (1 + groups,) what they add up to
    medians  (1 + groups,) NaN where there are none
    """

    counts: CountArray
    n: CountArray
    sums: FloatArray
    medians: FloatArray


class Engine(Protocol):
    """Somebody who counts."""

    def tally(
        self,
        dataset: Dataset,
        names: Sequence[str],
        *,
        passing: Sequence[Passing],
        by: str,
        weights: FloatArray | None,
    ) -> dict[str, Tally]:
        """As `tally`, of questions, filters and a comparison that are there."""

    def spread(self, dataset: Dataset, name: str) -> Spread:
        """As `spread`, of a number that is there."""

    def numbers(
        self,
        dataset: Dataset,
        name: str,
        parts: Sequence[tuple[float, float]],
        *,
        passing: Sequence[Passing],
        by: str,
    ) -> Numbers:
        """As `numbers`, of a number, filters and a comparison that are there."""

    def distribution(
        self,
        dataset: Dataset,
        name: str,
        points: Sequence[float],
        *,
        passing: Sequence[Passing],
        by: str,
        weights: FloatArray | None,
    ) -> Cells:
        """As `distribution`, of a number, filters and a comparison that are there."""

    def pairs(
        self, dataset: Dataset, name: str, *, passing: Sequence[Passing], weights: FloatArray | None
    ) -> Sequence[FloatArray]:
        """(5,) of every two items of a ranking in their order, the weight of each of the OUTCOMES."""


def tally(
    dataset: Dataset,
    names: Sequence[str],
    *,
    filters: Mapping[str, Sequence[str]],
    by: str = "",
    weights: FloatArray | None = None,
) -> dict[str, Tally]:
    """The cells of each of these questions, among the responses that pass the filters.

    names    variables; a battery, by its group's name, is answered where any item is, else its cause is the one of all
             items that says most
    by       single or multiple choice whose codes are the groups, "" for none
    weights  (n,) of all responses; None when every response counts the same
    Raises   KeyError for an unknown question; InvalidInput as `Dataset.select`; "variable.not_categorical" for a
             comparison of another kind.
    """
    passing = _asked(dataset, filters, by)
    return _engine(dataset).tally(dataset, names, passing=passing, by=by, weights=weights)


def spread(dataset: Dataset, name: str) -> Spread:
    """The values of a number among all responses."""
    return _engine(dataset).spread(dataset, name)


def numbers(
    dataset: Dataset,
    name: str,
    parts: Sequence[tuple[float, float]],
    *,
    filters: Mapping[str, Sequence[str]],
    by: str = "",
) -> Numbers:
    """The valid answers to a number among the responses that pass the filters.

    parts   (from, below) of each part of the line; a single value where the second is not above the first
    Raises  as `tally`
    """
    return _engine(dataset).numbers(dataset, name, parts, passing=_asked(dataset, filters, by), by=by)


def distribution(
    dataset: Dataset,
    name: str,
    points: Sequence[float],
    *,
    filters: Mapping[str, Sequence[str]],
    by: str = "",
    weights: FloatArray | None = None,
) -> Cells:
    """(1 + groups, points) the valid answers to a number by their value, among the responses that pass the filters.

    points   every value that there is, as of a `spread` that has not many
    weights  as of `tally`
    Raises   as `tally`.
    """
    passing = _asked(dataset, filters, by)
    return _engine(dataset).distribution(dataset, name, points, passing=passing, by=by, weights=weights)


def pairs(
    dataset: Dataset, name: str, *, filters: Mapping[str, Sequence[str]], weights: FloatArray | None = None
) -> Pairs:
    """What the ballots of a ranking say of every two items, among the responses that pass the filters.

    weights  as of `tally`
    Raises   InvalidInput as `Dataset.select`.
    """
    found = _engine(dataset).pairs(dataset, name, passing=dataset.passing(filters), weights=weights)
    cells = tally(dataset, [name], filters=filters, weights=weights)[name]
    items = len(dataset.variables[name].codes)
    before, alone, neither = (np.zeros((items, items)) for _ in range(3))
    for (one, other), told in zip(combinations(range(items), 2), found, strict=True):
        before[one, other], before[other, one] = told[BEFORE], told[BEHIND]
        alone[one, other], alone[other, one] = told[FIRST_ALONE], told[SECOND_ALONE]
        neither[one, other] = neither[other, one] = told[NEITHER]
    return Pairs(
        before=before,
        alone=alone,
        neither=neither,
        ranked=cells.options.weights[0],
        total=float(cells.states.weights[0, ANSWERED]),
    )


def _engine(dataset: Dataset) -> Engine:
    return dataset.engine or Arrays()  # type: ignore[return-value]


def _asked(dataset: Dataset, filters: Mapping[str, Sequence[str]], by: str) -> tuple[Passing, ...]:
    if by and (by not in dataset.variables or not dataset.variables[by].is_categorical):
        raise InvalidInput("variable.not_categorical", variable=by)
    return dataset.passing(filters)


def spread_of(values: FloatArray) -> Spread:
    """Of these valid answers."""
    points = np.unique(values).astype(np.float64)
    many = points.size > MOST_POINTS
    return Spread(
        points=tuple(points[[0, -1]].tolist() if many else points.tolist()),
        many=many,
        whole=bool((np.abs(points - np.round(points)) <= NEAR).all()),
    )


def holds(values: FloatArray, low: float, high: float) -> BoolArray:
    """(n,) which values lie in a part of the line, as of `numbers`; NaN lies in none."""
    if high <= low:
        return np.less_equal(np.abs(values - low), NEAR)
    return np.greater_equal(values, low - NEAR) & np.less(values, high - NEAR)


class Arrays:
    """Counts the arrays of the data set itself."""

    def tally(
        self,
        dataset: Dataset,
        names: Sequence[str],
        *,
        passing: Sequence[Passing],
        by: str,
        weights: FloatArray | None,
    ) -> dict[str, Tally]:
        """As `counting.tally`."""
        over = Rows(length=dataset.size, conditions=[_condition(dataset, each) for each in passing], weights=weights)
        return _by_groups(dataset, by, over, lambda rows: _counted(dataset, names, rows))

    def distribution(
        self,
        dataset: Dataset,
        name: str,
        points: Sequence[float],
        *,
        passing: Sequence[Passing],
        by: str,
        weights: FloatArray | None,
    ) -> Cells:
        """As `counting.distribution`."""
        column = dataset.columns[name]
        assert isinstance(column, NumberColumn)
        places = np.where(column.state == ANSWERED, np.searchsorted(points, column.values), len(points))
        codes: CodeArray = places.astype(np.uint16)
        over = Rows(length=dataset.size, conditions=[_condition(dataset, each) for each in passing], weights=weights)

        def counted(rows: Rows) -> dict[str, Tally]:
            (cells,) = count([codes], [len(points) + 1], rows)
            return {name: Tally(states=cells, options=_each(cells, lambda values: values[:, :-1]))}

        return _by_groups(dataset, by, over, counted)[name].options

    def spread(self, dataset: Dataset, name: str) -> Spread:
        """As `counting.spread`."""
        column = dataset.columns[name]
        assert isinstance(column, NumberColumn)
        return spread_of(column.values[column.state == ANSWERED])

    def numbers(
        self,
        dataset: Dataset,
        name: str,
        parts: Sequence[tuple[float, float]],
        *,
        passing: Sequence[Passing],
        by: str,
    ) -> Numbers:
        """As `counting.numbers`."""
        column = dataset.columns[name]
        assert isinstance(column, NumberColumn)
        inside = column.state == ANSWERED
        for each in passing:
            codes, lets = _condition(dataset, each)
            inside = inside & lets[codes]
        groups = [inside]
        if by:
            groups += [inside & dataset.chose(by, place) for place in range(len(dataset.variables[by].codes))]
        held = [column.values[rows] for rows in groups]
        counts = [[np.count_nonzero(holds(values, *part)) for part in parts] for values in held]
        return Numbers(
            counts=np.array(counts, dtype=np.int64).reshape(len(held), len(parts)),
            n=np.array([values.size for values in held], dtype=np.int64),
            sums=np.array([values.sum() for values in held]),
            medians=np.array([np.median(values) if values.size else np.nan for values in held]),
        )

    def pairs(
        self, dataset: Dataset, name: str, *, passing: Sequence[Passing], weights: FloatArray | None
    ) -> Sequence[FloatArray]:
        """As `Engine.pairs`."""
        column = dataset.columns[name]
        assert isinstance(column, RankColumn)
        answered = column.state, np.arange(ANSWERED + 1) == ANSWERED
        conditions = [answered, *(_condition(dataset, each) for each in passing)]
        over = Rows(length=dataset.size, conditions=conditions, weights=weights)
        found = []
        for one, other in combinations(column.ranks.T[: len(dataset.variables[name].codes)], 2):
            told = np.where(one < other, BEFORE, BEHIND)
            told = np.where(
                other == 0, np.where(one == 0, NEITHER, FIRST_ALONE), np.where(one == 0, SECOND_ALONE, told)
            )
            (cells,) = count([told.astype(np.uint8)], [len(OUTCOMES)], over)
            found.append(cells.weights[0])
        return found


def _by_groups(dataset: Dataset, by: str, over: Rows, counted: Callable[[Rows], dict[str, Tally]]) -> dict[str, Tally]:
    """What is counted in the whole view, then in each group."""
    grouped = dataset.columns.get(by)
    if isinstance(grouped, SingleColumn):
        found = counted(replace(over, groups=grouped.codes, size=width_of(dataset, by)))
        return {name: groups_behind_whole(each) for name, each in found.items()}
    whole = counted(over)
    if not isinstance(grouped, MultipleColumn):
        return whole
    # A response may stand in several groups, or in none.
    parts = [whole]
    for option in range(grouped.options):
        member = _condition(dataset, Passing(variable=by, options=(option,)))
        parts.append(counted(replace(over, conditions=[*over.conditions, member])))
    return {name: joined([part[name] for part in parts]) for name in whole}


def width_of(dataset: Dataset, name: str) -> int:
    """How many codes a column of single choices has, the causes of missing answers among them."""
    return FIRST_CODE + len(dataset.variables[name].codes)


def of_single(cells: Cells) -> Tally:
    """The tally of a single choice from the cells of its codes."""
    return Tally(states=_each(cells, _causes_and_answered), options=_each(cells, lambda each: each[:, FIRST_CODE:]))


def of_bits(states: Cells, parts: Sequence[Cells], options: int) -> Tally:
    """The tally of a multiple choice from the cells of its states and of the values of each of its bytes."""
    values = np.arange(BYTE)

    def chosen(kind: str) -> np.ndarray:
        columns = [
            getattr(parts[option // 8], kind)[:, (values >> option % 8) & 1 == 1].sum(axis=1)
            for option in range(options)
        ]
        return np.column_stack(columns) if columns else np.zeros((len(states.counts), 0))

    found = Cells(counts=chosen("counts").astype(np.int64), weights=chosen("weights"), squares=chosen("squares"))
    return Tally(states=states, options=found)


def of_ranks(states: Cells, parts: Sequence[Cells]) -> Tally:
    """The tally of a ranking from the cells of its states and of the place of each item; place 0 is none."""
    items = len(parts)

    def placed(kind: str) -> np.ndarray:
        each = [getattr(part, kind)[:, 1 : items + 1] for part in parts]
        return np.concatenate(each, axis=1) if each else np.zeros((len(states.counts), 0))

    places = Cells(counts=placed("counts").astype(np.int64), weights=placed("weights"), squares=placed("squares"))
    ranked = _each(places, lambda values: values.reshape(len(values), items, items).sum(axis=2))
    return Tally(states=states, options=ranked, places=places)


def groups_behind_whole(found: Tally) -> Tally:
    """The tally whose groups are the codes of a single choice: those of its choices, behind the sum of all."""

    def with_whole(values: np.ndarray) -> np.ndarray:
        return np.concatenate([values.sum(axis=0, keepdims=True), values[FIRST_CODE:]])

    return Tally(
        states=_each(found.states, with_whole),
        options=_each(found.options, with_whole),
        places=None if found.places is None else _each(found.places, with_whole),
    )


def joined(parts: Sequence[Tally]) -> Tally:
    """The rows of several tallies of one question, one behind the other."""

    def rows(cells: Sequence[Cells]) -> Cells:
        return Cells(
            counts=np.concatenate([each.counts for each in cells]),
            weights=np.concatenate([each.weights for each in cells]),
            squares=np.concatenate([each.squares for each in cells]),
        )

    places = [part.places for part in parts if part.places is not None]
    return Tally(
        states=rows([part.states for part in parts]),
        options=rows([part.options for part in parts]),
        places=rows(places) if places else None,
    )


def _counted(dataset: Dataset, names: Sequence[str], over: Rows) -> dict[str, Tally]:
    codes: list[CodeArray] = []
    widths: list[int] = []
    batteries = {each.name: each.items for each in dataset.codebook.batteries}
    for name in names:
        if name in batteries:
            codes.append(np.maximum.reduce([dataset.columns[item].state for item in batteries[name]]))
            widths.append(ANSWERED + 1)
            continue
        column = dataset.columns[name]
        if isinstance(column, SingleColumn):
            codes.append(column.codes)
            widths.append(width_of(dataset, name))
            continue
        codes.append(column.state)
        widths.append(ANSWERED + 1)
        if isinstance(column, MultipleColumn):
            # How often each byte stands there tells how often each of its bits does.
            codes += [np.ascontiguousarray(part) for part in column.bits.T]
            widths += [BYTE] * column.bits.shape[1]
        elif isinstance(column, RankColumn):
            items = len(dataset.variables[name].codes)
            codes += [np.ascontiguousarray(part) for part in column.ranks.T[:items]]
            widths += [items + 1] * items
    cells = iter(count(codes, widths, over))
    found = {}
    for name in names:
        of = dataset.columns.get(name)
        if isinstance(of, SingleColumn):
            found[name] = of_single(next(cells))
            continue
        states = next(cells)
        if isinstance(of, RankColumn):
            found[name] = of_ranks(states, [next(cells) for _ in dataset.variables[name].codes])
        elif isinstance(of, MultipleColumn):
            found[name] = of_bits(states, [next(cells) for _ in range(of.bits.shape[1])], of.options)
        else:
            found[name] = of_bits(states, [], 0)
    return found


def _condition(dataset: Dataset, passing: Passing) -> tuple[CodeArray, BoolArray]:
    column = dataset.columns[passing.variable]
    if isinstance(column, SingleColumn):
        lets = np.zeros(width_of(dataset, passing.variable), dtype=np.bool_)
        lets[list(passing.codes)] = True
        return column.codes, lets
    assert isinstance(column, MultipleColumn)
    if column.bits.shape[1] == 1 and not passing.codes:
        wanted = sum(1 << option for option in set(passing.options))
        return column.bits[:, 0], (np.arange(BYTE) & wanted) > 0
    mask = np.isin(column.state, passing.codes)
    for option in passing.options:
        mask |= column.chose(option)
    return mask.view(np.uint8), np.array([False, True])


def _causes_and_answered(values: np.ndarray) -> np.ndarray:
    return np.column_stack([values[:, :FIRST_CODE], values[:, FIRST_CODE:].sum(axis=1)])


def _each(cells: Cells, change: Callable[[np.ndarray], np.ndarray]) -> Cells:
    return Cells(counts=change(cells.counts), weights=change(cells.weights), squares=change(cells.squares))
