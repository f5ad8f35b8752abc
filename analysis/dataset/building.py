"""Code arrays grow: many responses at once, or the one that came, was revised or was taken back.

A `Builder` has the only hands that write. Its arrays have room at their end: a further response is written behind the
rows of every data set that was given out before, and a revised one into a copy of the columns it changes. So no data
set ever changes, and the next one shares nearly all its memory with the last.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from analysis.dataset.arrays import (
    ANSWERED,
    CAUSES,
    FIRST_CODE,
    NOT_ASKED,
    NOT_PUBLISHED,
    PERMISSIONS,
    SKIPPED,
    Dataset,
    MultipleColumn,
    Names,
    NumberColumn,
    RankColumn,
    Respondents,
    SingleColumn,
    StateArray,
    TextColumn,
)
from analysis.dataset.codebook import LANGUAGE, LATE, Code, Codebook, Variable
from analysis.dataset.snapshot import (
    PARTS,
    Digested,
    joined,
    part_digests,
    parts_of,
    response_digest,
    versions_digests,
)
from analysis.dataset.texts import Texts
from data.errors import InvalidInput
from data.records import AnswerValue, ResponseRecord, ResponseStatus, VersionRecord
from survey.questionnaire import NUMBER_KINDS, Kind, Text

SPARE = 4096
"""Rows for which there is room at the end of a grown array."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Reply(Digested, Protocol):
    """What is read of a submitted response."""

    @property
    def id(self) -> int: ...
    @property
    def revision(self) -> int: ...
    @property
    def updated_at(self) -> datetime: ...


Carry = Callable[[int, Mapping[str, AnswerValue]], Mapping[str, AnswerValue]]
"""From version and submission to the answers under joined names and codes."""
Asked = Callable[[Any, Mapping[str, AnswerValue]], frozenset[str]]
"""From a reply and its carried answers to the names of the questions it was asked."""


def build_dataset(
    codebook: Codebook,
    responses: Sequence[ResponseRecord],
    *,
    asked: Callable[[ResponseRecord], frozenset[str]],
    roles: Mapping[int, Mapping[str, str]] = MappingProxyType({}),
) -> Dataset:
    """Arrays of the submitted responses, in the order in which they came; drafts among them are left out.

    asked   names of the questions that a response was asked (analysis.dataset.asked makes it from the relevance of the
            questionnaire). It decides between not_asked and skipped; an answer that is there always counts.
    roles   version number -> part -> variable, for versions in which other questions play the parts.
    Raises  InvalidInput "dataset.not_a_number" when the answer to a number question cannot be read as one.
    """
    builder = Builder(codebook, asked=lambda reply, _answers: asked(reply), roles=roles)
    builder.add([response for response in responses if response.status is ResponseStatus.SUBMITTED])
    return builder.dataset()


class Builder:
    """The arrays of a consultation while they are written. One thread at a time may use it."""

    def __init__(
        self,
        codebook: Codebook,
        *,
        asked: Asked,
        roles: Mapping[int, Mapping[str, str]] = MappingProxyType({}),
        carry: Carry | None = None,
    ) -> None:
        self.codebook = codebook
        self._asked, self._roles, self._carry = asked, roles, carry
        self.columns: dict[str, AnyColumn] = {each.name: _column(each) for each in codebook.variables}
        self.ids, self.moments, self.revisions = Rows(np.int64), Rows(np.int64), Rows(np.int32)
        self.marks = Rows(np.uint8, 32)
        self.parts_of = Rows(np.uint16)
        """The digest of each reply, of which the snapshot is made."""
        self.languages, self.regions, self.publishes = NameRows(), NameRows(), NameRows()
        self.organisations = Texts()
        self._parts: np.ndarray | None = None
        self._unordered = 0
        """So many rows at the end may not stand where they belong."""

    def add(self, replies: Sequence[Reply]) -> None:
        """Further replies, none of which is there yet, in any order."""
        if replies:
            self._extend(replies)
            self._unordered += len(replies)
            self._parts = None

    def change(self, replies: Sequence[Reply], gone: Collection[int] = ()) -> None:
        """These replies are as they are now, those there before and new ones; those of the keys `gone` are no more."""
        parts = self._parts
        self._settle()
        lost = self._rows_of(gone)
        if lost.size:
            self._drop(lost)
            parts = None
        touched: set[int] = set()
        for reply in replies:
            found = self._rows_of((reply.id,))
            if found.size:
                row = int(found[0])
                touched.add(int(self.parts_of.held[row]))
                self._put(row, reply)
            else:
                row = self.ids.used
                self._extend((reply,))
                self._unordered += 1
            touched.add(int(self.parts_of.held[row]))
        if parts is not None:
            changed = sorted(touched)
            parts[changed] = part_digests(self.marks.view(), self.parts_of.view(), changed)
        self._parts = parts
        self._settle()

    def differing(self, saved: Mapping[int, int]) -> list[int]:
        """Of these keys with their revisions, those that are not here in that revision."""
        known = self._revisions_of(saved)
        return [key for key, revision in saved.items() if known.get(key) != revision]

    def missing(self, saved: Mapping[int, int]) -> list[int]:
        """The keys that are here and not among these."""
        there = np.fromiter(saved, dtype=np.int64, count=len(saved))
        ids = self.ids.view()
        gone: list[int] = ids[~np.isin(ids, there)].tolist()
        return gone

    def after(self, saved: Mapping[int, int], changed: Collection[int]) -> tuple[int, int]:
        """How many replies there are, and the sum of their revisions, once these changes are made."""
        known = self._revisions_of(changed)
        size = self.ids.used + sum(key not in known for key in changed)
        revisions = int(self.revisions.view().sum(dtype=np.int64))
        return size, revisions + sum(saved[key] - known.get(key, 0) for key in changed)

    def _revisions_of(self, keys: Collection[int]) -> dict[int, int]:
        rows = self._rows_of(keys)
        return dict(zip(self.ids.view()[rows].tolist(), self.revisions.view()[rows].tolist(), strict=True))

    def dataset(self) -> Dataset:
        """The arrays as they are now; what is written later does not change it."""
        self._settle()
        variables = tuple(each.variable for each in self.columns.values())
        if variables != self.codebook.variables:
            self.codebook = replace(self.codebook, variables=variables)
        return Dataset(
            codebook=self.codebook,
            variables=MappingProxyType({variable.name: variable for variable in variables}),
            respondents=Respondents(
                ids=self.ids.view(),
                languages=self.languages.names(),
                regions=self.regions.names(),
                publishes=self.publishes.names(),
                organisations=self.organisations,
            ),
            columns=MappingProxyType({name: each.column() for name, each in self.columns.items()}),
        )

    def digest(self, versions: Sequence[VersionRecord]) -> str:
        """The snapshot of these replies: `snapshot` of their records."""
        return joined(versions_digests(versions), self.ids.used, self.parts)

    @property
    def parts(self) -> np.ndarray:
        """(PARTS, 32) the digests of the parts that these replies are in."""
        if self._parts is None:
            self._parts = part_digests(self.marks.view(), self.parts_of.view(), range(PARTS))
        return self._parts

    @parts.setter
    def parts(self, known: np.ndarray) -> None:
        self._parts = known

    def _rows_of(self, keys: Collection[int]) -> np.ndarray:
        ids = self.ids.view()
        if len(keys) == 1:  # isin sorts
            return np.flatnonzero(ids == next(iter(keys)))
        return np.flatnonzero(np.isin(ids, np.fromiter(keys, dtype=np.int64))) if keys else np.zeros(0, dtype=np.int64)

    def _read(self, replies: Sequence[Reply]) -> tuple[list[Mapping[str, AnswerValue]], dict[str, StateArray]]:
        """(answers under the names of the code-book, variable -> state of each reply before its answers)."""
        carry = self._carry
        answers = [
            each.submission if carry is None else carry(each.version_number, each.submission) for each in replies
        ]
        kinds: dict[frozenset[str], int] = {}
        places = [
            kinds.setdefault(self._asked(reply, given), len(kinds))
            for reply, given in zip(replies, answers, strict=True)
        ]
        which = np.array(places, dtype=np.int64)
        states = {
            name: np.array([SKIPPED if name in names else NOT_ASKED for names in kinds], dtype=np.uint8)[which]
            for name in self.columns
        }
        return answers, states

    def _extend(self, replies: Sequence[Reply]) -> None:
        answers, states = self._read(replies)
        for name, column in self.columns.items():
            given = _given(column.variable, replies, answers)
            column.extend(given, states[name], [reply.id for reply in replies])
        self.ids.extend([reply.id for reply in replies])
        self.moments.extend([_moment(reply) for reply in replies])
        self.revisions.extend([reply.revision for reply in replies])
        marks = b"".join(bytes.fromhex(response_digest(each)) for each in replies)
        self.marks.extend(found := np.frombuffer(marks, dtype=np.uint8).reshape(-1, 32))
        self.parts_of.extend(parts_of(found))
        told = [self._told(reply, given) for reply, given in zip(replies, answers, strict=True)]
        self.languages.extend([reply.language for reply in replies])
        self.regions.extend([region for region, _, _ in told])
        self.publishes.extend([publish for _, publish, _ in told])
        self.organisations = self.organisations.extended([organisation or None for _, _, organisation in told])

    def _put(self, row: int, reply: Reply) -> None:
        (given,), states = self._read((reply,))
        for name, column in self.columns.items():
            column.put(row, _given(column.variable, (reply,), (given,)), states[name], reply.id)
        # Nobody is given these arrays, so that they need no copy.
        self.marks.held[row] = np.frombuffer(bytes.fromhex(response_digest(reply)), dtype=np.uint8)
        self.parts_of.held[row] = parts_of(self.marks.held[row : row + 1])[0]
        self.revisions.held[row] = reply.revision
        if self.moments.held[row] != _moment(reply):
            self.moments.held[row] = _moment(reply)
            self._unordered = self.ids.used
        region, publish, organisation = self._told(reply, given)
        self.languages.put(row, reply.language)
        self.regions.put(row, region)
        self.publishes.put(row, publish)
        if (self.organisations.at(row) or "") != organisation:
            self.organisations = self.organisations.replaced(row, organisation or None)

    def _settle(self) -> None:
        """Rows stand in the order in which the replies came, of the same moment in that of their keys."""
        if not self._unordered:
            return
        moments, ids = self.moments.view(), self.ids.view()
        start = max(0, ids.size - self._unordered - 1)
        self._unordered = 0
        late, keys = moments[start:], ids[start:]
        if bool(((late[:-1] < late[1:]) | ((late[:-1] == late[1:]) & (keys[:-1] < keys[1:]))).all()):
            return
        self._take(np.lexsort((ids, moments)))

    def _drop(self, rows: np.ndarray) -> None:
        kept = np.ones(self.ids.used, dtype=np.bool_)
        kept[rows] = False
        self._take(np.flatnonzero(kept))

    def _take(self, rows: np.ndarray) -> None:
        for each in self.arrays().values():
            each.take(rows)
        for column in self.columns.values():
            column.take(rows)
        words = self.organisations.rows()
        self.organisations = Texts.of([words[row] for row in rows.tolist()])

    def arrays(self) -> dict[str, "Rows"]:
        """What stands beside the columns, by name."""
        return {
            "id": self.ids,
            "moment": self.moments,
            "revision": self.revisions,
            "mark": self.marks,
            "part": self.parts_of,
            "language": self.languages.rows,
            "region": self.regions.rows,
            "publish": self.publishes.rows,
        }

    def _told(self, reply: Reply, answers: Mapping[str, AnswerValue]) -> tuple[str, str, str]:
        """(region, permission to publish, organisation) of a reply."""
        roles = self._roles.get(reply.version_number, self.codebook.roles)

        def role(name: str, otherwise: str) -> str:
            return str(answers.get(roles.get(name, ""), "") or otherwise)

        # The record is the permission in force; the submission only what was said on the day.
        publish = reply.publish or role("publish", "")
        return (
            role("region", reply.region),
            publish if publish in PERMISSIONS else NOT_PUBLISHED,
            role("organisation", ""),
        )


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

    def extend(self, given: Sequence[Any], states: StateArray, _ids: Sequence[int]) -> None:
        """Further rows."""
        codes = self._codes(given, states)
        self.rows.extend(codes)

    def put(self, row: int, given: Sequence[Any], states: StateArray, _id: int) -> None:
        """Another answer in a row."""
        self.rows.put(row, self._codes(given, states)[0])
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

    def _codes(self, given: Sequence[Any], states: StateArray) -> np.ndarray:
        lookup = self._lookup
        codes = np.array([_NONE if answer is None else lookup[answer] for answer in given], dtype=np.uint16)
        codes = np.where(codes == _NONE, states, codes)
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

    def extend(self, given: Sequence[Any], states: StateArray, _ids: Sequence[int]) -> None:
        """Further rows."""
        rows, states = self._cells(given, states)
        self.rows.extend(rows)
        self.states.extend(states)

    def put(self, row: int, given: Sequence[Any], states: StateArray, _id: int) -> None:
        """Another answer in a row."""
        rows, states = self._cells(given, states)
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

    def _cells(self, given: Sequence[Any], states: StateArray) -> tuple[np.ndarray, StateArray]:
        # Few combinations are given by many: each is looked up once.
        kinds: dict[Any, int] = {None: 0}
        which = np.array([kinds.setdefault(answer, len(kinds)) for answer in given], dtype=np.int64)
        chosen = [[self._lookup[code] - FIRST_CODE for code in _listed(answer)] for answer in kinds]
        moves = self._settle()
        if moves is not None:
            self._move(moves)
            chosen = [[int(moves[place]) for place in places] for places in chosen]
        flags = np.zeros((len(kinds), len(self.variable.codes)), dtype=np.uint8)
        for row, places in enumerate(chosen):
            for rank, place in enumerate(dict.fromkeys(places), start=1):
                flags[row, place] = rank if self.is_rank else 1
        cells = flags if self.is_rank else _packed(flags)
        return cells[which], np.where(which == 0, states, np.uint8(ANSWERED))

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

    def extend(self, given: Sequence[Any], states: StateArray, ids: Sequence[int]) -> None:
        """Further rows."""
        self.rows.extend([_number(self.variable.name, each, key) for each, key in zip(given, ids, strict=True)])
        self.states.extend(_answered(given, states))

    def put(self, row: int, given: Sequence[Any], states: StateArray, key: int) -> None:
        """Another answer in a row."""
        self.rows.put(row, _number(self.variable.name, given[0], key))
        self.states.put(row, _answered(given, states)[0])

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

    def extend(self, given: Sequence[Any], states: StateArray, _ids: Sequence[int]) -> None:
        """Further rows."""
        self.texts = self.texts.extended([None if each is None else str(each) for each in given])
        self.states.extend(_answered(given, states))

    def put(self, row: int, given: Sequence[Any], states: StateArray, _id: int) -> None:
        """Another answer in a row."""
        words = None if given[0] is None else str(given[0])
        if words != self.texts.at(row):
            self.texts = self.texts.replaced(row, words)
        self.states.put(row, _answered(given, states)[0])

    def take(self, rows: np.ndarray) -> None:
        """These rows, in this order."""
        words = self.texts.rows()
        self.texts = Texts.of([words[row] for row in rows.tolist()])
        self.states.take(rows)

    def column(self) -> TextColumn:
        """The rows as they are now."""
        return TextColumn(texts=self.texts, state=self.states.view())


AnyColumn = SingleRows | ListRows | NumberRows | TextRows


def _column(variable: Variable) -> AnyColumn:
    if variable.is_single:
        return SingleRows(variable)
    if variable.kind in (Kind.SELECT_MULTIPLE, Kind.RANK):
        return ListRows(variable)
    return NumberRows(variable) if variable.kind in NUMBER_KINDS else TextRows(variable)


def _given(
    variable: Variable, replies: Sequence[Reply], answers: Iterable[Mapping[str, AnswerValue]]
) -> Sequence[AnswerValue | None]:
    """The answers to one variable, None where there is none."""
    name = variable.name
    if not variable.section and name == LANGUAGE:
        return [reply.language or None for reply in replies]
    if not variable.section and name == LATE:
        return ["late" if reply.late else "on_time" for reply in replies]
    # An empty text and an empty list are no answers; 0 is one.
    return [found if (found := each.get(name)) or found == 0 else None for each in answers]


def _listed(answer: AnswerValue | None) -> Sequence[str]:
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


def _moment(reply: Reply) -> int:
    """Microseconds since 1970 of when it was sent."""
    since = (reply.submitted_at or reply.updated_at) - _EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds
