"""What is looked at of a table of codes: some of its rows, as a data set whose columns are read when somebody asks.

Choices and rankings are counted where they lie, with weights too; so are numbers by their values, where these are few,
else by parts, sums and medians. For everything else (words, weights, groups that overlap, protection) a column is read
as an array; the last few stay in memory.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import sql_counts
from analysis.dataset.arrays import (
    ANSWERED,
    FIRST_CODE,
    DataColumn,
    Dataset,
    FloatArray,
    MultipleColumn,
    Names,
    NumberColumn,
    Passing,
    RankColumn,
    Respondents,
    SingleColumn,
    TextColumn,
)
from analysis.dataset.codebook import Code, Codebook, Variable
from analysis.dataset.counting import Numbers, Spread, Tally
from analysis.dataset.sql_counts import Answered, Layout, Weights, tallies
from analysis.dataset.texts import Texts
from analysis.stats.counting import Cells
from survey.questionnaire import NUMBER_KINDS, Kind, Text

HELD = 8
"""Columns of a view that stay in memory."""

_Found = TypeVar("_Found")


class Lying(Protocol):
    """What a view asks of its table."""

    def find(self, queries: Sequence[str], weights: Weights | None = None) -> Answered: ...
    def numbers(self, condition: str) -> np.ndarray: ...
    def column(self, name: str) -> np.ndarray: ...
    def words(self, name: str) -> Any: ...


class View:
    """Rows of a table, by a condition.

    met    column -> codes that no choice has, by their numbers in the table
    words  of what stands beside the columns -> its words, by number
    """

    def __init__(
        self,
        table: Lying,
        codebook: Codebook,
        condition: str,
        *,
        met: Mapping[str, Sequence[str]],
        words: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.table, self.condition, self._words = table, condition, words
        self._heads = {each.name: f"c{place}" for place, each in enumerate(codebook.variables)}
        self._offered = {each.name: len(each.codes) for each in codebook.variables}
        self._met = met
        self._numbers: dict[str, tuple[int, ...]] = {}
        """Column with further codes -> the number of each of its codes in the table."""
        found = tuple(self._with_met(each) for each in codebook.variables)
        self.codebook = codebook if found == codebook.variables else replace(codebook, variables=found)
        self.variables = MappingProxyType({each.name: each for each in found})
        self._held: OrderedDict[str, DataColumn] = OrderedDict()
        self._lock = threading.Lock()

    @cached_property
    def size(self) -> int:
        """Number of rows."""
        ((found,),) = self.table.find([f"SELECT count(*) FROM replies WHERE {self.condition}"])
        return int(found[0])

    @cached_property
    def order(self) -> NDArray[np.int32]:
        """(size,) the numbers of the rows, in the order in which the replies came."""
        numbers = self.table.numbers(self.condition)
        moments, ids = self.table.column("moment")[numbers], self.table.column("id")[numbers]
        found: NDArray[np.int32] = numbers[np.lexsort((ids, moments))].astype(np.int32)
        return found

    def dataset(self) -> Dataset:
        """The data set of these rows."""
        return Dataset(
            codebook=self.codebook,
            variables=self.variables,
            respondents=StoredRespondents(self),
            columns=StoredColumns(self),
            engine=StoredCounts(self),
        )

    def layout(self, name: str) -> Layout:
        """Where a question lies, and what its numbers are; a battery by what its items say together."""
        if name not in self.variables:
            heads = [self.layout(item) for item in self.codebook.battery(name).items]
            states = [f"least({each.head}, {ANSWERED})" for each in heads]
            head = f"greatest({', '.join(states)})" if states[1:] else states[0]
            return Layout(head=head, is_single=False, options=0, numbers=())
        offered, further = self._offered[name], len(self._met.get(name, ()))
        numbers = self._numbers.get(name, tuple(range(offered)))
        return Layout(
            head=self._heads[name],
            is_single=self.variables[name].is_single,
            is_rank=self.variables[name].kind is Kind.RANK,
            options=offered + further,
            numbers=numbers,
        )

    def read(self, name: str) -> np.ndarray:
        """(size, ...) what the table holds under this name."""
        return self.table.column(name)[self.order]

    def names(self, name: str) -> Names:
        """One of few words for each row, in the order in which they come up."""
        words, codes = self._words[name], self.read(name)
        used, first = np.unique(codes, return_index=True)
        used = used[np.argsort(first)]
        places = np.zeros(len(words), dtype=np.uint32)
        places[used] = np.arange(len(used), dtype=np.uint32)
        return Names(codes=places[codes], words=tuple(words[number] for number in used.tolist()))

    def texts(self, name: str) -> Texts:
        """The words of each row."""
        words = self.table.words(name)
        order = self.order
        return Texts.of(words.take(order) if hasattr(words, "take") else [words[number] for number in order.tolist()])

    def column(self, name: str) -> DataColumn:
        """A column as arrays."""
        with self._lock:
            if name not in self._held:
                self._held[name] = self._read(self.variables[name])
            self._held.move_to_end(name)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
            return self._held[name]

    def _read(self, variable: Variable) -> DataColumn:
        layout = self.layout(variable.name)
        state = self.read(layout.head)
        if variable.is_single:
            return SingleColumn(codes=_still(self._single_codes(layout, state)))
        state = _still(state.astype(np.uint8))
        if variable.kind is Kind.RANK:
            places = [self.read(column).astype(np.uint8) for column in layout.ranks]
            ranks = np.column_stack(places) if places else np.zeros((self.size, 1), dtype=np.uint8)
            return RankColumn(ranks=_still(ranks), state=state)
        if variable.kind is Kind.SELECT_MULTIPLE:
            bits = np.column_stack([self.read(column).astype(np.uint8) for column in layout.bytes])
            if variable.name in self._numbers:
                flags = np.unpackbits(bits, axis=1, bitorder="little")[:, list(layout.numbers)]
                bits = np.packbits(flags, axis=1, bitorder="little") if flags.shape[1] else bits[:, :1]
            return MultipleColumn(bits=_still(bits), options=len(layout.numbers), state=state)
        if variable.kind in NUMBER_KINDS:
            return NumberColumn(values=_still(self.read(f"{layout.head}_v")), state=state)
        return TextColumn(texts=self.texts(f"{layout.head}_t"), state=state)

    @staticmethod
    def _single_codes(layout: Layout, stored: np.ndarray) -> np.ndarray:
        width = FIRST_CODE + len(layout.numbers)
        places = np.zeros(FIRST_CODE + layout.options, dtype=np.uint8 if width <= 256 else np.uint16)
        places[:FIRST_CODE] = np.arange(FIRST_CODE)
        places[np.array(layout.numbers, dtype=np.int64) + FIRST_CODE] = np.arange(FIRST_CODE, width)
        found: np.ndarray = places[stored]
        return found

    def _with_met(self, variable: Variable) -> Variable:
        """With the further codes that some reply in view has; of those outside of it nothing is known."""
        met = self._met.get(variable.name, ())
        if not met:
            return variable
        offered = len(variable.codes)
        used = self._in_use(variable, offered, len(met))
        further = sorted((code, offered + place) for place, code in enumerate(met) if offered + place in used)
        self._numbers[variable.name] = (*range(offered), *(number for _, number in further))
        extra = tuple(Code(name=code, label=Text({"": code})) for code, _ in further)
        return replace(variable, codes=variable.codes + extra)

    def _in_use(self, variable: Variable, offered: int, met: int) -> set[int]:
        head, numbers = self._heads[variable.name], range(offered, offered + met)
        if variable.kind is Kind.RANK:
            tests = [f"{head}_r{number} > 0" for number in numbers]
        elif variable.is_single:
            tests = [f"{head} = {FIRST_CODE + number}" for number in numbers]
        else:
            tests = [f"({head}_{number // 8} & {1 << number % 8}) > 0" for number in numbers]
        sums = ", ".join(f"count(CASE WHEN {test} THEN 1 END)" for test in tests)
        (found,) = self.table.find([f"SELECT {sums} FROM replies WHERE {self.condition}"])
        return {number for number, count in zip(numbers, found, strict=True) if int(count[0])}


class StoredColumns(Mapping[str, DataColumn]):
    """The columns of a view, each read when it is asked for."""

    def __init__(self, view: View) -> None:
        self._view = view

    def __getitem__(self, name: str) -> DataColumn:
        if name not in self._view.variables:
            raise KeyError(name)
        return self._view.column(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._view.variables)

    def __len__(self) -> int:
        return len(self._view.variables)

    def __contains__(self, name: object) -> bool:
        return name in self._view.variables


class StoredRespondents(Respondents):
    """Who stands behind the rows of a view, read when somebody asks."""

    __slots__ = ("__dict__",)

    def __init__(self, view: View) -> None:
        self.__dict__["view"] = view

    def __len__(self) -> int:
        return int(self.__dict__["view"].size)

    def _known(self, name: str, read: Callable[[View], _Found]) -> _Found:
        known = self.__dict__
        if name not in known:
            known[name] = read(known["view"])
        found: _Found = known[name]
        return found

    @property
    def ids(self) -> NDArray[np.int64]:
        """As `Respondents`."""
        return self._known("_ids", lambda view: _still(view.read("id").astype(np.int64)))

    @property
    def languages(self) -> Names:
        """As `Respondents`."""
        return self._known("_languages", lambda view: view.names("language"))

    @property
    def regions(self) -> Names:
        """As `Respondents`."""
        return self._known("_regions", lambda view: view.names("region"))

    @property
    def publishes(self) -> Names:
        """As `Respondents`."""
        return self._known("_publishes", lambda view: view.names("publish"))

    @property
    def organisations(self) -> Texts:
        """As `Respondents`."""
        return self._known("_organisations", lambda view: view.texts("organisation"))


class StoredCounts:
    """The engine of a view: its table counts."""

    def __init__(self, view: View) -> None:
        self._view = view

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
        return tallies(
            self._layouts(names, passing, by),
            names,
            passing=passing,
            by=by,
            condition=self._view.condition,
            weighed=weights is not None,
            ask=self._asking(weights),
        )

    def spread(self, dataset: Dataset, name: str) -> Spread:
        """As `counting.spread`."""
        view = self._view
        return sql_counts.spread(view.layout(name), condition=view.condition, ask=view.table.find)

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
        view, layouts = self._view, self._layouts([name], passing, by)
        return sql_counts.numbers(
            layouts, name, parts, passing=passing, by=by, condition=view.condition, ask=view.table.find
        )

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
        return sql_counts.distribution(
            self._layouts([name], passing, by),
            name,
            points,
            passing=passing,
            by=by,
            condition=self._view.condition,
            weighed=weights is not None,
            ask=self._asking(weights),
        )

    def pairs(
        self, dataset: Dataset, name: str, *, passing: Sequence[Passing], weights: FloatArray | None
    ) -> Sequence[FloatArray]:
        """As `counting.Engine.pairs`."""
        return sql_counts.pairs(
            self._layouts([name], passing, ""),
            name,
            passing=passing,
            condition=self._view.condition,
            weighed=weights is not None,
            ask=self._asking(weights),
        )

    def _asking(self, weights: FloatArray | None) -> Callable[[Sequence[str]], Answered]:
        view = self._view
        weighed = None if weights is None else (view.order, weights)
        return lambda queries: view.table.find(queries, weighed)

    def _layouts(self, names: Sequence[str], passing: Sequence[Passing], by: str) -> dict[str, Layout]:
        asked = {*names, *(each.variable for each in passing), *([by] if by else [])}
        return {name: self._view.layout(name) for name in asked}


def _still(values: np.ndarray) -> Any:
    values.setflags(write=False)
    return values
