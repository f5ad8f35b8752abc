"""A data set whose rows lie outside of this process: in a table of codes, which an engine counts.

`StoredRows` does for such a table what a `Builder` does for arrays: replies are coded in batches, CHUNK at a time, and
handed to the table, which numbers its rows and never changes one. A revised reply is a further row, and the old one is
dead. What is looked at is a `View`: the rows up to a number, but the dead ones, within a scope, without some replies.

Codes that no choice has get the next number in the order in which they are met, so that what was written before stays
as it is; a view puts them behind the others, by name, as arrays do.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from analysis.dataset.arrays import FIRST_CODE, Dataset
from analysis.dataset.batches import Reply
from analysis.dataset.building import Builder
from analysis.dataset.column_rows import AnyColumn, Coded, ListRows, NumberRows, SingleRows, TextRows
from analysis.dataset.snapshot import PARTS, joined, part_digests, versions_digests
from analysis.dataset.sql_counts import Weights
from analysis.dataset.stored_view import View
from data.records import EVERYTHING, Scope, VersionRecord

CHUNK = 50_000
"""Replies whose codes are in memory at a time."""
MOST_DEAD = 1000
"""So many dead rows, or a hundredth of all, are carried along; with more the table is made anew."""
_SLICE = 64
"""Parts of the digest that are made at a time."""
_MOST_KEYS = 1000
"""Keys in one query."""
TOLD = ("language", "region", "publish", "scope")
"""What stands beside the columns as one of few words; `scope` is the region by which readers are admitted."""


class Table(Protocol):
    """Rows of codes somewhere, numbered by `n` from 0 in the order in which they came."""

    rows: int

    @property
    def is_there(self) -> bool:
        """False when it is of no use any more."""

    def append(self, columns: Mapping[str, np.ndarray], words: Mapping[str, Sequence[str | None]]) -> None:
        """Further rows; what earlier ones have not got is 0 in them."""

    def find(self, queries: Sequence[str], weights: Weights | None = None) -> Sequence[Sequence[np.ndarray]]:
        """What each query over the table `replies` finds, as columns; nothing at all where it finds no row."""

    def numbers(self, condition: str) -> np.ndarray:
        """The `n` of the rows that fulfil a condition, rising."""

    def column(self, name: str) -> np.ndarray:
        """(rows,) numbers or (rows, width) bytes of all rows."""

    def words(self, name: str) -> Any:
        """The words of all rows, None where there are none: a list or a pyarrow array."""


@dataclass(slots=True)
class Numbering:
    """What numbers in a table stand for besides the codes of the questionnaire.

    met    column -> codes that no choice has, in the order in which they were met
    words  of TOLD -> word -> its number
    """

    met: dict[str, list[str]] = field(default_factory=dict)
    words: dict[str, dict[str, int]] = field(default_factory=lambda: {name: {} for name in TOLD})


class StoredRows:
    """The table of a consultation while it is written. One thread at a time may use it.

    empty  a builder without replies, by which they are coded
    """

    def __init__(self, empty: Builder, table: Table) -> None:
        self._empty, self.table = empty, table
        self.numbering = Numbering()
        self.dead: set[int] = set()
        self._coded = empty.empty()
        """Replies that are not in the table yet."""
        self._regions: list[str] = []
        self._known_parts: np.ndarray | None = None
        table.append(*coded(self._coded, (), self.numbering))  # so that it has columns

    @property
    def is_usable(self) -> bool:
        """False when the table is gone, or so much of it is dead that it should be made anew."""
        return len(self.dead) <= max(MOST_DEAD, self.table.rows // 100) and self.table.is_there

    def add(self, replies: Sequence[Reply]) -> None:
        """Further replies, none of which is there yet, in any order."""
        self._coded.add(replies)
        self._regions += [reply.region for reply in replies]
        self._known_parts = None
        if len(self._regions) >= CHUNK:
            self.settle()

    def change(self, replies: Sequence[Reply], gone: Collection[int] = ()) -> None:
        """These replies are as they are now, those there before and new ones; those of the keys `gone` are no more."""
        parts = self.parts
        known = self._rows_of([*(reply.id for reply in replies), *gone])
        self.add(replies)
        self.settle()
        self.dead |= {number for number, _ in known.values()}
        now = self._rows_of([reply.id for reply in replies])
        touched = {part for _, part in (*known.values(), *now.values())}
        self._digest(parts, touched, self._live)
        self.parts = parts

    def settle(self) -> None:
        """All replies are in the table."""
        if not self._regions:
            return
        columns, words = coded(self._coded, self._regions, self.numbering)
        self._coded, self._regions = self._empty.empty(), []
        self.table.append(columns, words)

    def differing(self, saved: Mapping[int, int]) -> list[int]:
        """Of these keys with their revisions, those that are not here in that revision."""
        known = self._revisions_of(list(saved))
        return [key for key, revision in saved.items() if known.get(key) != revision]

    def missing(self, saved: Mapping[int, int], after: int, upto: int) -> list[int]:
        """The keys behind the first and up to the last of these two that are here and not among those saved."""
        (found,) = self.table.find([f"SELECT id FROM replies WHERE {self._live} AND id > {after} AND id <= {upto}"])
        return [key for key in (found[0].tolist() if found else ()) if key not in saved]

    def after(self, saved: Mapping[int, int], changed: Collection[int]) -> tuple[int, int, int]:
        """As `Builder.after`."""
        known = self._revisions_of(list(changed))
        count, total = self._sums()
        new = len(changed) - len(known)
        revised = sum(saved[key] - revision for key, revision in known.items())
        added = sum(saved[key] for key in changed if key not in known)
        return count + new, total + revised + added, new + 2 * revised

    def dataset(self, scope: Scope = EVERYTHING, without: Collection[int] = ()) -> Dataset:
        """The data set as it is now; what is written later does not change it."""
        return self._view(scope, without).dataset()

    def digest(
        self, versions: Sequence[VersionRecord], scope: Scope = EVERYTHING, without: Collection[int] = ()
    ) -> str:
        """The snapshot of these replies: `snapshot` of their records."""
        view = self._view(scope, without)
        if scope.is_narrow:
            parts = self._parts_of(view.condition)
        else:
            parts = self.parts
            touched = {part for _, part in self._rows_of(list(without)).values()}
            if touched:
                parts = parts.copy()
                self._digest(parts, touched, view.condition)
        return joined(versions_digests(versions), view.size, parts)

    @property
    def parts(self) -> np.ndarray:
        """(PARTS, 32) the digests of the parts that these replies are in."""
        self.settle()
        if self._known_parts is None:
            self._known_parts = self._parts_of(self._live)
        return self._known_parts

    @parts.setter
    def parts(self, known: np.ndarray) -> None:
        self._known_parts = known

    def marks_of(self, keys: Sequence[int]) -> dict[int, tuple[int, bytes]]:
        """Key -> revision and digest of those of these replies that are here."""
        found: dict[int, tuple[int, bytes]] = {}
        for ids, revisions, marks in self._looked_up("id, revision, mark", keys):
            told = zip(ids.tolist(), revisions.tolist(), map(bytes, marks), strict=True)
            found |= {key: (revision, mark) for key, revision, mark in told}
        return found

    def proof_keys(self, most: int) -> list[int]:
        """The keys of the replies that are compared with the database: the newest, the highest, and some of all."""
        self.settle()
        every = max(1, self.table.rows // most)
        live = f"SELECT id FROM replies WHERE {self._live}"
        queries = [
            f"{live} ORDER BY n DESC LIMIT {most}",
            f"{live} ORDER BY id DESC LIMIT {most}",
            f"{live} AND mod(n, {every}) = 0",
        ]
        return sorted({key for found in self.table.find(queries) for key in (found[0].tolist() if found else ())})

    @property
    def _live(self) -> str:
        self.settle()
        dead = f" AND n NOT IN ({', '.join(map(str, sorted(self.dead)))})" if self.dead else ""
        return f"n < {self.table.rows}{dead}"

    def _view(self, scope: Scope, without: Collection[int]) -> View:
        conditions = [self._live]
        for name, wanted in (("scope", scope.regions), ("language", scope.languages)):
            if wanted is not None:
                places = self.numbering.words[name]
                numbers = sorted(places[word] for word in wanted if word in places)
                conditions.append(f"{name} IN ({', '.join(map(str, numbers))})" if numbers else "false")
        if without:
            conditions.append(f"id NOT IN ({', '.join(str(int(key)) for key in sorted(without))})")
        words = {name: tuple(places) for name, places in self.numbering.words.items()}
        met = {name: tuple(codes) for name, codes in self.numbering.met.items()}
        return View(self.table, self._empty.codebook, " AND ".join(conditions), met=met, words=words)

    def _sums(self) -> tuple[int, int]:
        ((count, total),) = self.table.find(
            [f"SELECT count(*), coalesce(sum(revision), 0) FROM replies WHERE {self._live}"]
        )
        return int(count[0]), int(total[0])

    def _revisions_of(self, keys: Sequence[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for ids, revisions in self._looked_up("id, revision", keys):
            found |= dict(zip(ids.tolist(), revisions.tolist(), strict=True))
        return found

    def _rows_of(self, keys: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Key -> number of its row and its part, of those that are here."""
        found: dict[int, tuple[int, int]] = {}
        for ids, numbers, parts in self._looked_up("id, n, part", keys):
            told = zip(ids.tolist(), numbers.tolist(), parts.tolist(), strict=True)
            found |= {key: (number, part) for key, number, part in told}
        return found

    def _looked_up(self, columns: str, keys: Sequence[int]) -> Sequence[Sequence[np.ndarray]]:
        queries = [
            f"SELECT {columns} FROM replies WHERE {self._live}"
            f" AND id IN ({', '.join(str(int(key)) for key in keys[start : start + _MOST_KEYS])})"
            for start in range(0, len(keys), _MOST_KEYS)
        ]
        return [found for found in self.table.find(queries) if found]

    def _parts_of(self, condition: str) -> np.ndarray:
        parts = np.empty((PARTS, 32), dtype=np.uint8)
        self._digest(parts, range(PARTS), condition)
        return parts

    def _digest(self, parts: np.ndarray, touched: Collection[int], condition: str) -> None:
        """These of the parts have the digests of the rows that fulfil a condition; each query goes through all rows."""
        numbers = sorted(touched)
        for start in range(0, len(numbers), _SLICE):
            some = numbers[start : start + _SLICE]
            query = f"SELECT part, mark FROM replies WHERE {condition} AND part IN ({', '.join(map(str, some))})"
            (found,) = self.table.find([query])
            of = found[0].astype(np.uint16) if found else np.zeros(0, dtype=np.uint16)
            parts[some] = part_digests(_marks(found[1] if found else ()), of)[some]


def coded(
    builder: Builder, regions: Sequence[str], numbering: Numbering
) -> tuple[dict[str, np.ndarray], dict[str, Sequence[str | None]]]:
    """The rows of a builder, and the region by which each is admitted, as a table takes them.

    numbering  learns what is met for the first time
    """
    columns = {name: rows.view() for name, rows in builder.arrays().items()}
    for name, told in (("language", builder.languages), ("region", builder.regions), ("publish", builder.publishes)):
        places = numbering.words[name]
        moves = np.array([places.setdefault(word, len(places)) for word in told.places], dtype=np.int32)
        columns[name] = moves[columns[name]]
    places = numbering.words["scope"]
    columns["scope"] = np.array([places.setdefault(word, len(places)) for word in regions], dtype=np.int32)
    words: dict[str, Sequence[str | None]] = {"organisation": builder.organisations.rows()}
    for place, (name, column) in enumerate(builder.columns.items()):
        head = f"c{place}"
        moves = _moves(name, column, numbering)
        match column:
            case SingleRows():
                columns[head] = np.concatenate([np.arange(FIRST_CODE), moves + FIRST_CODE])[column.rows.view()]
                columns[head] = columns[head].astype(np.uint16)
            case ListRows():
                columns[head] = column.states.view()
                cells = _moved(
                    column, moves, len(column.variable.codes) - len(column.met) + len(numbering.met.get(name, ()))
                )
                if column.is_rank:
                    columns |= {f"{head}_r{item}": np.ascontiguousarray(part) for item, part in enumerate(cells.T)}
                else:
                    columns |= {f"{head}_{byte}": np.ascontiguousarray(part) for byte, part in enumerate(cells.T)}
            case NumberRows():
                columns |= {head: column.states.view(), f"{head}_v": column.rows.view()}
            case TextRows():
                columns[head], words[f"{head}_t"] = column.states.view(), column.texts.rows()
    return columns, words


def _moves(name: str, column: AnyColumn, numbering: Numbering) -> np.ndarray:
    """Position of each code of the column -> its number in the table."""
    if not isinstance(column, Coded):
        return np.arange(0)
    offered = len(column.variable.codes) - len(column.met)
    if column.met:
        known = numbering.met.setdefault(name, [])
        known += [code for code in column.met if code not in known]
    further = [offered + numbering.met[name].index(code) for code in column.met]
    return np.array([*range(offered), *further], dtype=np.int64)


def _moved(column: ListRows, moves: np.ndarray, options: int) -> np.ndarray:
    """(n, width) ranks, or packed flags, by the numbers of the table."""
    held = column.rows.view()
    flags = held if column.is_rank else np.unpackbits(held, axis=1, count=len(moves), bitorder="little")
    found = np.zeros((len(held), max(1, options)), dtype=np.uint8)
    found[:, moves] = flags[:, : len(moves)]
    return found if column.is_rank else np.packbits(found, axis=1, bitorder="little")


def _marks(found: Sequence[Any] | np.ndarray) -> np.ndarray:
    return np.frombuffer(b"".join(map(bytes, found)), dtype=np.uint8).reshape(-1, 32)
