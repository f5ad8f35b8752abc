"""Rows of codes in Parquet files beside the database, counted by an embedded DuckDB.

A file is a part: it is written once, from rows that were in memory, and never changes. Further rows lie in memory until
there are enough for another part; small parts are joined now and then. DuckDB reads of the files what a figure needs,
spills nothing to the disk, and is held within a limit for all tables of the process together. A file of its own (TABLE)
says which parts belong together and what they were made of, so that the next process goes on from there.
"""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.dataset.sql_counts import Weights
from analysis.dataset.stored import CHUNK, StoredRows
from data.column_files import PARTS, TABLE, ColumnFiles
from data.errors import Unavailable

FEW = 1000
"""Rows of a part at least, but for the first one of a small table; until then they lie in memory."""
MOST_SMALL = 20
"""Parts of fewer than CHUNK rows; with more they are joined."""
SPARED = 3600.0
"""Seconds for which a part stays that the table does not name: another process may count it just then."""

State = tuple[int, int, str, int]


class ParquetTable:
    """The rows of a consultation, whose answers were erased from so many times before.

    memory_mb  what DuckDB may take in this process
    Raises     Unavailable "counting.no_duckdb".
    """

    def __init__(self, files: ColumnFiles, consultation_id: int, erasures: int, *, memory_mb: int) -> None:
        try:
            import duckdb  # slow import, and an optional dependency
        except ImportError:
            raise Unavailable("counting.no_duckdb") from None
        self._duckdb: Any = duckdb
        self._files, self._key, self._memory = files, (consultation_id, erasures), f"{memory_mb}MB"
        self._parts: list[tuple[Path, int]] = []
        self._tail: list[pa.Table] = []
        self._lock = threading.RLock()
        self._connection: Any = None
        self.rows = 0

    @property
    def is_there(self) -> bool:
        """False when a file was deleted."""
        return all(path.is_file() for path, _ in self._parts)

    @property
    def unfiled(self) -> int:
        """Rows that lie in memory."""
        return sum(each.num_rows for each in self._tail)

    def append(self, columns: Mapping[str, np.ndarray], words: Mapping[str, Sequence[str | None]]) -> None:
        """Further rows; what earlier ones have not got is 0 in them."""
        size = len(next(iter(columns.values())))
        numbers = np.arange(self.rows, self.rows + size, dtype=np.int32)
        arrays = {name: _array(values) for name, values in ({"n": numbers} | dict(columns)).items()}
        arrays |= {name: pa.array(told, type=pa.large_string()) for name, told in words.items()}
        with self._lock:
            self._tail.append(pa.table(arrays))
            self.rows += size
            self._connection = None
            if self.unfiled >= CHUNK:
                self.settle()

    def settle(self) -> None:
        """The rows in memory lie in a file, where one can be written."""
        with self._lock:
            if not self.unfiled:
                return
            table = self._rest()
            path = self._files.add(*self._key, lambda place: _write(place, table), PARTS)
            if path is None:
                self._tail = [table]
                return
            self._parts.append((path, table.num_rows))
            self._tail = [table.schema.empty_table()]  # the columns, when there is no part
            self._connection = None
            self._join_small()

    def find(self, queries: Sequence[str], weights: Weights | None = None) -> list[list[np.ndarray]]:
        """What each query over the table `replies` finds, as columns.

        Raises  Unavailable "counting.lost".
        """
        found = []
        with self._lock, self._explained():
            connection = self._opened()
            table = "replies"
            if weights is not None:
                table = "replies JOIN weighed USING (n)"
                connection.register("weighed", pa.table({"n": weights[0], "weight": weights[1]}))
            try:
                for query in queries:
                    answer = connection.execute(query.replace("FROM replies", f"FROM {table}")).fetchnumpy()
                    found.append([np.asarray(values) for values in answer.values()])
            finally:
                if weights is not None:
                    connection.unregister("weighed")
        return found

    def numbers(self, condition: str) -> np.ndarray:
        """The `n` of the rows that fulfil a condition, rising."""
        ((found,),) = self.find([f"SELECT n FROM replies WHERE {condition}"])
        return np.sort(found.astype(np.int32))

    def column(self, name: str) -> np.ndarray:
        """(rows,) numbers or (rows, width) bytes of all rows."""
        found: np.ndarray | None = None
        at = 0
        for values, rows in self._pieces(name):
            if values is not None:
                piece = _values(values)
                if found is None:
                    found = np.zeros((self.rows, *piece.shape[1:]), dtype=piece.dtype)
                if piece.ndim == 2 and piece.shape[1] > found.shape[1]:
                    found = np.pad(found, ((0, 0), (0, piece.shape[1] - found.shape[1])))
                if piece.ndim == 2:
                    found[at : at + rows, : piece.shape[1]] = piece
                else:
                    found[at : at + rows] = piece
            at += rows
        if found is None:
            raise KeyError(name)
        return found

    def words(self, name: str) -> Any:
        """The words of all rows, None where there are none."""
        kind = pa.large_string()
        pieces = [pa.nulls(rows, kind) if each is None else each for each, rows in self._pieces(name)]
        return pa.concat_arrays([piece.cast(kind) for piece in pieces]) if pieces else pa.array([], type=kind)

    def keep(self, rows: StoredRows, *, origin: str, state: State) -> bool:
        """All rows lie in files, and the next process finds them; False where they cannot be written.

        origin, state  as of `columnar.write`
        """
        with self._lock:
            self.settle()
            if self.unfiled:
                return False
            told = {
                "origin": origin,
                "state": list(state),
                "parts": [[path.name, count] for path, count in self._parts],
                "met": rows.numbering.met,
                "words": {name: list(places) for name, places in rows.numbering.words.items()},
                "dead": sorted(rows.dead),
                "digests": rows.parts.tobytes().hex(),
            }
            content = json.dumps(told).encode()
            names = {path.name for path, _ in self._parts}
            if not self._files.keep(*self._key, lambda place: _put(place, content), TABLE):
                return False
            self._files.keep_only(*self._key, names, PARTS, spared=SPARED)
            return True

    def open(self, rows: StoredRows, *, origin: str) -> State | None:
        """The rows of the files, for `rows`, whose table this is; the state they were kept in. None without such files.

        origin  as of `columnar.write`
        """
        content = self._files.open(*self._key, TABLE)
        try:
            told = json.loads(bytes(content)) if content is not None else {}
        except ValueError:
            return None
        if told.get("origin") != origin:
            return None
        parts = [(self._files.whole(name), int(count)) for name, count in told["parts"]]
        found = [(path, count) for path, count in parts if path is not None]
        if len(found) < len(parts):
            return None
        self._parts, self._tail = found, [each.schema.empty_table() for each in self._tail]
        self.rows = sum(count for _, count in found)
        self._connection = None
        rows.numbering.met.update(told["met"])
        rows.numbering.words.update(
            {name: {word: place for place, word in enumerate(words)} for name, words in told["words"].items()}
        )
        rows.dead.update(told["dead"])
        rows.parts = np.frombuffer(bytearray.fromhex(told["digests"]), dtype=np.uint8).reshape(-1, 32)
        replies, revisions, newest, changes = told["state"]
        return int(replies), int(revisions), str(newest), int(changes)

    def _rest(self) -> pa.Table:
        return pa.concat_tables(self._tail, promote_options="default")

    def _opened(self) -> Any:
        """A connection whose table `replies` has all rows."""
        if self._connection is None:
            # Nothing is spilled: files of its own would outlive what is erased.
            limits = {"memory_limit": self._memory, "temp_directory": ""}
            # By its name it is one for all tables, which so share the limit; a temporary view is the connection's own.
            connection = self._duckdb.connect(f":memory:counting {self._memory}", config=limits)
            connection.register("rest", self._rest())
            names = ", ".join("'" + str(path).replace("'", "''") + "'" for path, _ in self._parts)
            files = f"SELECT * FROM read_parquet([{names}], union_by_name = true) UNION ALL BY NAME " if names else ""
            connection.execute(f"CREATE TEMPORARY VIEW replies AS {files}SELECT * FROM rest")
            self._connection = connection
        return self._connection

    def _pieces(self, name: str) -> Iterator[tuple[Any, int]]:
        """The column part by part, None for one that has not got it, and its number of rows."""
        with self._lock, self._explained():
            for path, _ in self._parts:
                with pq.ParquetFile(path) as opened:
                    has = name in opened.schema_arrow.names
                    for group in range(opened.num_row_groups):
                        rows = opened.metadata.row_group(group).num_rows
                        values = opened.read_row_group(group, columns=[name]) if has else None
                        yield None if values is None else values.column(0).combine_chunks(), rows
            for table in self._tail:
                has = name in table.column_names
                yield table.column(name).combine_chunks() if has else None, table.num_rows

    def _join_small(self) -> None:
        first = next((at for at, (_, rows) in enumerate(self._parts) if rows < CHUNK), 0)
        small = self._parts[first:]
        if len(small) <= MOST_SMALL:
            return
        with self._explained():
            table = pa.concat_tables([pq.read_table(path) for path, _ in small], promote_options="default")
        path = self._files.add(*self._key, lambda place: _write(place, table), PARTS)
        if path is not None:
            self._parts = [*self._parts[:first], (path, table.num_rows)]

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (self._duckdb.IOException, FileNotFoundError) as error:
            raise Unavailable("counting.lost") from error
        except self._duckdb.OutOfMemoryException as error:
            raise Unavailable("counting.no_room", limit=self._memory) from error


def _array(values: np.ndarray) -> pa.Array:
    if values.ndim == 1:
        return pa.array(np.ascontiguousarray(values))
    size, width = values.shape
    offsets = np.arange(size + 1, dtype=np.int32) * width
    data = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.binary(), size, [None, pa.py_buffer(offsets), data])


def _values(array: pa.Array) -> np.ndarray:
    """Numbers, or bytes as rows that are as wide as the widest; 0 where there is nothing."""
    if not pa.types.is_binary(array.type):
        filled = array.fill_null(0) if array.null_count else array
        return np.asarray(filled.to_numpy(zero_copy_only=False))
    told = [b"" if each is None else each for each in array.to_pylist()]
    width = max(map(len, told), default=0)
    joined = b"".join(each.ljust(width, b"\0") for each in told)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(told), width)


def _write(place: Path, table: pa.Table) -> None:
    pq.write_table(table, place, row_group_size=CHUNK, compression="zstd")


def _put(place: Path, content: bytes) -> None:
    place.write_bytes(content)
