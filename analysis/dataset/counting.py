"""Counts of many questions over the same responses: what findings ask a data set for, whoever counts it.

A question is counted by who gave no valid answer and why, who gave one, and who chose each code; in the whole view and
in each group that is compared. With rows, sums of weights and sums of squared weights of each such cell, shares and
their intervals need no row any more. So an engine is whatever gives these: the arrays in memory (this module) or a
database (`analysis.dataset.duckdb_counts`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from analysis.dataset.arrays import (
    ANSWERED,
    FIRST_CODE,
    BoolArray,
    Dataset,
    FloatArray,
    MultipleColumn,
    Passing,
    SingleColumn,
)
from analysis.stats.counting import Cells, CodeArray, Rows, count
from data.errors import InvalidInput

BYTE = 256
"""Values that a byte of a bit set can have."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tally:
    """The cells of one question; row 0 is the whole view, row 1 + i group i.

    states   (1 + groups, 5) the four causes of a missing answer, then ANSWERED
    options  (1 + groups, codes) who chose each code, in code-book order
    """

    states: Cells
    options: Cells


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


def tally(
    dataset: Dataset,
    names: Sequence[str],
    *,
    filters: Mapping[str, Sequence[str]],
    by: str = "",
    weights: FloatArray | None = None,
) -> dict[str, Tally]:
    """The cells of each of these single and multiple choices, among the responses that pass the filters.

    by       single or multiple choice whose codes are the groups, "" for none
    weights  (n,) of all responses; None when every response counts the same
    Raises   InvalidInput as `Dataset.select`; "variable.not_categorical" for a question or comparison of another kind.
    """
    for name in (*names, *([by] if by else [])):
        if not isinstance(dataset.columns.get(name), SingleColumn | MultipleColumn):
            raise InvalidInput("variable.not_categorical", variable=name)
    engine: Engine = dataset.engine or Arrays()  # type: ignore[assignment]
    return engine.tally(dataset, names, passing=dataset.passing(filters), by=by, weights=weights)


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
        grouped = dataset.columns.get(by)
        if isinstance(grouped, SingleColumn):
            width = width_of(dataset, by)
            found = _counted(dataset, names, replace(over, groups=grouped.codes, size=width))
            return {name: groups_behind_whole(each) for name, each in found.items()}
        whole = _counted(dataset, names, over)
        if not isinstance(grouped, MultipleColumn):
            return whole
        # A response may stand in several groups, or in none.
        parts = [whole]
        for option in range(grouped.options):
            member = _condition(dataset, Passing(variable=by, options=(option,)))
            parts.append(_counted(dataset, names, replace(over, conditions=[*over.conditions, member])))
        return {name: joined([part[name] for part in parts]) for name in names}


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


def groups_behind_whole(found: Tally) -> Tally:
    """The tally whose groups are the codes of a single choice: those of its choices, behind the sum of all."""

    def with_whole(values: np.ndarray) -> np.ndarray:
        return np.concatenate([values.sum(axis=0, keepdims=True), values[FIRST_CODE:]])

    return Tally(states=_each(found.states, with_whole), options=_each(found.options, with_whole))


def joined(parts: Sequence[Tally]) -> Tally:
    """The rows of several tallies of one question, one behind the other."""

    def rows(cells: Sequence[Cells]) -> Cells:
        return Cells(
            counts=np.concatenate([each.counts for each in cells]),
            weights=np.concatenate([each.weights for each in cells]),
            squares=np.concatenate([each.squares for each in cells]),
        )

    return Tally(states=rows([part.states for part in parts]), options=rows([part.options for part in parts]))


def _counted(dataset: Dataset, names: Sequence[str], over: Rows) -> dict[str, Tally]:
    codes: list[CodeArray] = []
    widths: list[int] = []
    for name in names:
        column = dataset.columns[name]
        if isinstance(column, SingleColumn):
            codes.append(column.codes)
            widths.append(width_of(dataset, name))
        elif isinstance(column, MultipleColumn):
            # How often each byte stands there tells how often each of its bits does.
            codes += [column.state, *(np.ascontiguousarray(part) for part in column.bits.T)]
            widths += [ANSWERED + 1, *[BYTE] * column.bits.shape[1]]
    cells = iter(count(codes, widths, over))
    found = {}
    for name in names:
        column = dataset.columns[name]
        if isinstance(column, MultipleColumn):
            states = next(cells)
            found[name] = of_bits(states, [next(cells) for _ in range(column.bits.shape[1])], column.options)
        else:
            found[name] = of_single(next(cells))
    return found


def _condition(dataset: Dataset, passing: Passing) -> tuple[CodeArray, BoolArray]:
    column = dataset.columns[passing.variable]
    if isinstance(column, SingleColumn):
        lets = np.zeros(width_of(dataset, passing.variable), dtype=np.bool_)
        lets[list(passing.codes)] = True
        return column.codes, lets
    assert isinstance(column, MultipleColumn)
    if column.bits.shape[1] == 1:
        wanted = sum(1 << option for option in set(passing.options))
        return column.bits[:, 0], (np.arange(BYTE) & wanted) > 0
    mask = np.zeros(dataset.size, dtype=np.bool_)
    for option in passing.options:
        mask |= column.chose(option)
    return mask.view(np.uint8), np.array([False, True])


def _causes_and_answered(values: np.ndarray) -> np.ndarray:
    return np.column_stack([values[:, :FIRST_CODE], values[:, FIRST_CODE:].sum(axis=1)])


def _each(cells: Cells, change: Callable[[np.ndarray], np.ndarray]) -> Cells:
    return Cells(counts=change(cells.counts), weights=change(cells.weights), squares=change(cells.squares))
