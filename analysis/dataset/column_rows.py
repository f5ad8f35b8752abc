"""The rows of one column while they are written: arrays with room at their end, and what numbers in them stand for.

What was given out never changes: further rows are written behind it, and a revised one into a copy.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.dataset.arrays import (
    ANSWERED,
    CAUSES,
    FIRST_CODE,
    MultipleColumn,
    Names,
    NumberColumn,
    RankColumn,
    SingleColumn,
    StateArray,
    TextColumn,
)
from analysis.dataset.batches import Batch
from analysis.dataset.codebook import Code, Variable
from analysis.dataset.texts import Texts
from data.errors import InvalidInput
from data.records import AnswerValue
from survey.questionnaire import NUMBER_KINDS, Kind, Text

SPARE = 4096
"""Rows for which there is room at the end of a grown array."""


class Rows:
    """An array that grows at its end. What `view` gave out is never written to again."""

    __slots__ = ("held", "used")

    def __init__(self, dtype: Any, width: int = 0) -> None:
        self.held: np.ndarray = np.zeros((0, width) if width else 0, dtype=dtype)
        self.used = 0

    def view(self) -> np.ndarray:
        """(n,) or (n, width) the rows as they are now."""
        shown = self.held[: self.used]
        shown.setflags(write=False)
        return shown

    def extend(self, values: Any) -> None:
        """Further rows."""
        size = self.used + len(values)
        if size > len(self.held):
            room = size + max(SPARE, size // 8) if self.used else size + SPARE
            wider = np.zeros((room, *self.held.shape[1:]), dtype=self.held.dtype)
            wider[: self.used] = self.held[: self.used]
            self.held = wider
        self.held[self.used : size] = values
        self.used = size

    def put(self, row: int, value: Any) -> None:
        """Another value in a row, in a copy of the array."""
        if not np.array_equal(self.held[row], value, equal_nan=self.held.dtype.kind == "f"):
            self.held = self.held.copy()
            self.held[row] = value

    def take(self, rows: np.ndarray) -> None:
        """These rows, in this order, in an array of their own."""
        self.held = self.held[rows]
        self.used = len(rows)

    def picked(self, rows: np.ndarray) -> "Rows":
        """Another array, of these rows."""
        found = Rows(self.held.dtype)
        found.replaced(self.held[rows])
        return found

    def replaced(self, values: np.ndarray) -> None:
        """Other values in all rows, of whichever type."""
        self.held, self.used = values, len(values)


class NameRows:
    """One of few words per row."""

    __slots__ = ("places", "rows")

    def __init__(self) -> None:
        self.rows = Rows(np.uint32)
        self.places: dict[str, int] = {}

    def extend(self, words: Sequence[str]) -> None:
        """Further rows."""
        self.rows.extend([self.places.setdefault(word, len(self.places)) for word in words])

    def put(self, row: int, word: str) -> None:
        """Another word in a row."""
        self.rows.put(row, self.places.setdefault(word, len(self.places)))

    def picked(self, rows: np.ndarray) -> "NameRows":
        """The same words, in these rows alone."""
        found = NameRows()
        found.rows, found.places = self.rows.picked(rows), dict(self.places)
        return found

    def names(self) -> Names:
        """The rows as they are now."""
        return Names(codes=self.rows.view(), words=tuple(self.places))


class _Lookup(dict[Any, int]):
    """Code -> number. A code that no choice has gets the next number when somebody asks for it."""

    def __init__(self, variable: Variable) -> None:
        super().__init__({code.name: FIRST_CODE + i for i, code in enumerate(variable.codes)})
        self |= {name: CAUSES.index(cause) for name, cause in variable.missing.items()}
        self.next = FIRST_CODE + len(variable.codes)
        self.found: list[str] = []

    def __missing__(self, code: Any) -> int:
        if not isinstance(code, str):
            return self[str(code)]
        self.found.append(code)
        self[code] = self.next
        self.next += 1
        return self.next - 1


_NONE = 0xFFFF


class Coded:
    """A column whose variable may meet codes that no choice has; they stand behind the others, by name."""

    def __init__(self, variable: Variable) -> None:
        self.variable = variable
        self._offered = variable.codes
        """Those of the questionnaire, without the further ones."""
        self._lookup = _Lookup(variable)

    def restore(self, variable: Variable) -> None:
        """The variable as it was when the column was kept, with the further codes that were met."""
        self.variable = variable
        self._lookup = _Lookup(variable)

    def _settle(self) -> np.ndarray | None:
        """Further codes become codes of the variable; old position -> new one where that moves any code."""
        if not self._lookup.found:
            return None
        self._lookup.found = []
        first = len(self._offered)
        known = {self._lookup[code.name] - FIRST_CODE for code in self._offered}
        further = {
            name: number - FIRST_CODE
            for name, number in self._lookup.items()
            if number >= FIRST_CODE and number - FIRST_CODE not in known
        }
        names = sorted(further)
        extra = tuple(Code(name=name, label=Text({"": name})) for name in names)
        moves = np.arange(first + len(names))
        for place, name in enumerate(names, start=first):
            moves[further[name]] = place
        self.restore(replace(self.variable, codes=self._offered + extra))
        return moves

    def _forget(self, used: np.ndarray) -> np.ndarray | None:
        """Further codes that nobody has any more are none; the positions of those that stay, None when all do.

        used  (codes,) flags
        """
        first = len(self._offered)
        stays = used.copy()
        stays[:first] = True
        if stays.all():
            return None
        left = tuple(code for code, each in zip(self.variable.codes, stays.tolist(), strict=True) if each)
        self.restore(replace(self.variable, codes=left))
        return np.flatnonzero(stays)

    @property
    def met(self) -> list[str]:
        """The further codes."""
        return [code.name for code in self.variable.codes[len(self._offered) :]]


class SingleRows(Coded):
    """The rows of a single choice."""

    def __init__(self, variable: Variable) -> None:
        super().__init__(variable)
        self.rows = Rows(np.uint8 if FIRST_CODE + len(variable.codes) <= 256 else np.uint16)

    def extend(self, batch: Batch) -> None:
        """Further rows."""
        codes = self._codes(batch)
        self.rows.extend(codes)

    def put(self, row: int, batch: Batch) -> None:
        """Another answer in a row."""
        self.rows.put(row, self._codes(batch)[0])
        self._trim()

    def take(self, rows: np.ndarray) -> None:
        """These rows, in this order."""
        self.rows.take(rows)
        self._trim()

    def _trim(self) -> None:
        if not self.met:
            return
        codes = self.rows.view()
        counts = np.bincount(codes, minlength=FIRST_CODE + len(self.variable.codes))
        left = self._forget(counts[FIRST_CODE:] > 0)
        if left is not None:
            kind = np.uint8 if FIRST_CODE + left.size <= 256 else np.uint16
            numbers = np.zeros(counts.size, dtype=kind)
            numbers[:FIRST_CODE] = np.arange(FIRST_CODE)
            numbers[left + FIRST_CODE] = np.arange(left.size) + FIRST_CODE
            self.rows.replaced(numbers[codes])

    def column(self) -> SingleColumn:
        """The rows as they are now."""
        return SingleColumn(codes=self.rows.view())

    def _codes(self, batch: Batch) -> np.ndarray:
        which, lookup, different = batch.which(self.variable), self._lookup, batch.different
        numbers_of = np.zeros(len(different), dtype=np.uint16)
        # Only what was answered to this question: the words of others are no codes of it.
        for place in np.flatnonzero(np.bincount(which)).tolist():
            numbers_of[place] = lookup[different[place]] if place else _NONE
        codes = numbers_of[which]
        codes = np.where(codes == _NONE, batch.states[self.variable.name], codes)
        moves = self._settle()
        if moves is not None:
            if FIRST_CODE + len(moves) > 256 and self.rows.held.dtype == np.uint8:
                self.rows.replaced(self.rows.view().astype(np.uint16))
            numbers = np.concatenate([np.arange(FIRST_CODE), moves + FIRST_CODE]).astype(self.rows.held.dtype)
            self.rows.replaced(numbers[self.rows.view()])
            codes = numbers[codes]
        return codes.astype(self.rows.held.dtype)


class ListRows(Coded):
    """The rows of a multiple choice or a ranking; an answer is a tuple of codes."""

    def __init__(self, variable: Variable) -> None:
        super().__init__(variable)
        self.is_rank = variable.kind is Kind.RANK
        self.states = Rows(np.uint8)
        self.rows = Rows(np.uint8, self.width)

    @property
    def width(self) -> int:
        """Bytes of a row."""
        options = len(self.variable.codes)
        return max(1, options if self.is_rank else -(-options // 8))

    def extend(self, batch: Batch) -> None:
        """Further rows."""
        rows, states = self._cells(batch)
        self.rows.extend(rows)
        self.states.extend(states)

    def put(self, row: int, batch: Batch) -> None:
        """Another answer in a row."""
        rows, states = self._cells(batch)
        self.rows.put(row, rows[0])
        self.states.put(row, states[0])
        self._trim()

    def take(self, rows: np.ndarray) -> None:
        """These rows, in this order."""
        self.rows.take(rows)
        self.states.take(rows)
        self._trim()

    def _trim(self) -> None:
        if not self.met:
            return
        flags = self._flags()
        left = self._forget(np.asarray(flags.any(axis=0)))
        if left is not None:
            kept = flags[:, left]
            self.rows.replaced(kept if self.is_rank else _packed(kept))

    def _flags(self) -> np.ndarray:
        """(n, codes) ranks, or 1 where somebody chose it."""
        held = self.rows.view()
        if self.is_rank:
            return held
        return np.unpackbits(held, axis=1, count=len(self.variable.codes), bitorder="little")

    def column(self) -> MultipleColumn | RankColumn:
        """The rows as they are now."""
        if self.is_rank:
            return RankColumn(ranks=self.rows.view(), state=self.states.view())
        return MultipleColumn(bits=self.rows.view(), options=len(self.variable.codes), state=self.states.view())

    def _cells(self, batch: Batch) -> tuple[np.ndarray, StateArray]:
        given, states = batch.answers(self.variable), batch.states[self.variable.name]
        # Few combinations are given by many: each is looked up once.
        kinds: dict[Any, int] = {None: 0}
        which = np.array([kinds.setdefault(answer, len(kinds)) for answer in given], dtype=np.int64)
        codes = [[self._lookup[code] for code in listed(answer)] for answer in kinds]
        chosen = [[code - FIRST_CODE for code in each if code >= FIRST_CODE] for each in codes]
        # "Don't know" beside an answer says nothing more; alone it is why there is no answer.
        alone = [min(max(each, default=ANSWERED), ANSWERED) for each in codes]
        moves = self._settle()
        if moves is not None:
            self._move(moves)
            chosen = [[int(moves[place]) for place in places] for places in chosen]
        flags = np.zeros((len(kinds), len(self.variable.codes)), dtype=np.uint8)
        for row, places in enumerate(chosen):
            for rank, place in enumerate(dict.fromkeys(places), start=1):
                flags[row, place] = rank if self.is_rank else 1
        cells = flags if self.is_rank else _packed(flags)
        return cells[which], np.where(which == 0, states, np.array(alone, dtype=np.uint8)[which])

    def _move(self, moves: np.ndarray) -> None:
        """Rows written before get the further codes' places."""
        held = self.rows.view()
        before = held if self.is_rank else np.unpackbits(held, axis=1, bitorder="little")
        after = np.zeros((len(held), len(moves)), dtype=np.uint8)
        known = min(before.shape[1], len(moves))
        after[:, moves[:known]] = before[:, :known]
        self.rows.replaced(after if self.is_rank else _packed(after))


class NumberRows:
    """The rows of a number."""

    def __init__(self, variable: Variable) -> None:
        self.variable = variable
        self.states, self.rows = Rows(np.uint8), Rows(np.float64)

    def extend(self, batch: Batch) -> None:
        """Further rows."""
        given = batch.answers(self.variable)
        self.rows.extend([_number(self.variable.name, each, key) for each, key in zip(given, batch.ids, strict=True)])
        self.states.extend(_answered(given, batch.states[self.variable.name]))

    def put(self, row: int, batch: Batch) -> None:
        """Another answer in a row."""
        given = batch.answers(self.variable)
        self.rows.put(row, _number(self.variable.name, given[0], batch.ids[0]))
        self.states.put(row, _answered(given, batch.states[self.variable.name])[0])

    def take(self, rows: np.ndarray) -> None:
        """These rows, in this order."""
        self.rows.take(rows)
        self.states.take(rows)

    def column(self) -> NumberColumn:
        """The rows as they are now."""
        return NumberColumn(values=self.rows.view(), state=self.states.view())


class TextRows:
    """The rows of words, dates, places and files."""

    def __init__(self, variable: Variable) -> None:
        self.variable = variable
        self.states = Rows(np.uint8)
        self.texts = Texts()

    def extend(self, batch: Batch) -> None:
        """Further rows."""
        given = batch.answers(self.variable)
        self.texts = self.texts.extended([None if each is None else str(each) for each in given])
        self.states.extend(_answered(given, batch.states[self.variable.name]))

    def put(self, row: int, batch: Batch) -> None:
        """Another answer in a row."""
        given = batch.answers(self.variable)
        words = None if given[0] is None else str(given[0])
        if words != self.texts.at(row):
            self.texts = self.texts.replaced(row, words)
        self.states.put(row, _answered(given, batch.states[self.variable.name])[0])

    def take(self, rows: np.ndarray) -> None:
        """These rows, in this order."""
        self.texts = self.texts.picked(rows)
        self.states.take(rows)

    def column(self) -> TextColumn:
        """The rows as they are now."""
        return TextColumn(texts=self.texts, state=self.states.view())


AnyColumn = SingleRows | ListRows | NumberRows | TextRows


def picked(column: AnyColumn, rows: np.ndarray) -> AnyColumn:
    """Another column, of these rows; codes that nobody in them has are none of it."""
    found = copy(column)
    # What a column holds besides is replaced, never changed, by `take`.
    if not isinstance(found, TextRows):
        found.rows = copy(found.rows)
    if not isinstance(found, SingleRows):
        found.states = copy(found.states)
    found.take(rows)
    return found


def column_rows(variable: Variable) -> AnyColumn:
    """Empty rows of a variable, by its kind."""
    if variable.is_single:
        return SingleRows(variable)
    if variable.kind in (Kind.SELECT_MULTIPLE, Kind.RANK):
        return ListRows(variable)
    return NumberRows(variable) if variable.kind in NUMBER_KINDS else TextRows(variable)


def listed(answer: AnswerValue | None) -> Sequence[str]:
    """The codes of an answer to a multiple choice or a ranking."""
    if answer is None:
        return ()
    return str(answer).split() if isinstance(answer, str | int | float) else answer


def _packed(flags: np.ndarray) -> np.ndarray:
    packed = np.packbits(flags, axis=1, bitorder="little")
    return packed if packed.shape[1] else np.zeros((len(flags), 1), dtype=np.uint8)


def _answered(given: Sequence[Any], states: StateArray) -> StateArray:
    missing = np.array([answer is None for answer in given], dtype=np.bool_)
    return np.where(missing, states, np.uint8(ANSWERED))


def _number(question: str, answer: AnswerValue | None, response_id: int) -> float:
    if answer is None:
        return float("nan")
    try:
        value = float(answer)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        value = float("nan")
    if not np.isfinite(value):
        raise InvalidInput("dataset.not_a_number", question=question, response=response_id)
    return value
