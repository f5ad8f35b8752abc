"""Coded columns on a PostgreSQL server, to be counted there.

They are temporary tables, which only the session that made them can read, which are in no back-up, and which end with
the session, with who holds them, or at once when something of their consultation is erased. Rows come and go in
batches: no column is in this process as a whole but the one that is asked for.
"""

import threading
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, OperationalError

from data.engine import explained
from data.errors import Unavailable

MOST_COLUMNS = 1500
"""A table of PostgreSQL has at most 1,600."""
_TABLE, _WORDS = "codes_rows", "codes_words"
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_ROWS = 50_000
"""Rows that are sent, or read, at a time."""
_MOST_BYTES = 16_000_000
"""What is sent at a time."""
_KINDS = {"int2": (">i2", "int2send"), "int4": (">i4", "int4send"), "int8": (">i8", "int8send")}
_KINDS["float8"] = (">f8", "float8send")


class CodeTables:
    """The tables of one process, each on a connection of its own, so that nobody waits for who counts another one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._sessions: set[_Session] = set()
        self._left: list[_Session] = []
        """Those of tables that nobody holds any more."""

    def make(self, consultation_id: int, erasures: int) -> "CodeTable":
        """An empty table for a consultation, of which something was erased so many times before.

        Raises  Unavailable "counting.no_server", or what the server says.
        """
        if self._engine.dialect.name != "postgresql":
            raise Unavailable("counting.no_server")
        with explained():
            session = _Session(self._engine, consultation_id, erasures, self._end_left)
        table = CodeTable(session)
        weakref.finalize(table, self._left.append, session)
        with self._lock:
            self._sessions.add(session)
        return table

    def drop(self, consultations: Collection[int]) -> None:
        """The tables of these consultations are gone."""
        self._drop(lambda session: session.consultation_id in consultations)

    def drop_older(self, erasures: Mapping[int, int]) -> None:
        """Tables made before the last erasure are gone; `erasures` as in `ColumnFiles.remove_older`."""
        self._drop(lambda session: session.erasures != erasures.get(session.consultation_id, 0))

    def close(self) -> None:
        """The connections end, and the tables with them."""
        self._drop(lambda _: True)

    def _drop(self, is_over: "Callable[[_Session], bool]") -> None:
        with self._lock:
            over = [session for session in self._sessions if is_over(session)]
        self._end_left()
        self._end(over)

    def _end_left(self) -> None:
        while self._left:  # a finalizer may add to it at any moment
            with suppress(IndexError):  # another thread was quicker
                self._end([self._left.pop()])

    def _end(self, sessions: "Collection[_Session]") -> None:
        for session in sessions:
            session.end()
        with self._lock:
            self._sessions.difference_update(sessions)


class _Session:
    """A connection with the two tables of a data set; threads share it, one after the other."""

    def __init__(self, engine: Engine, consultation_id: int, erasures: int, before_use: Callable[[], None]) -> None:
        self.consultation_id, self.erasures = consultation_id, erasures
        self._before_use = before_use
        self._lock = threading.RLock()
        made = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        made.detach()  # the pool would give the tables to somebody else
        self._connection: Connection | None = made
        with self.opened() as session:
            session.exec_driver_sql(f"CREATE TEMPORARY TABLE {_TABLE} (n int4 PRIMARY KEY)")
            session.exec_driver_sql(
                f"CREATE TEMPORARY TABLE {_WORDS} (name text, n int4, words text, PRIMARY KEY (name, n))"
            )

    @contextmanager
    def opened(self) -> Iterator[Connection]:
        """The connection, for one thread.

        Raises  Unavailable "counting.lost" when it has ended, or as the server says; it has ended then.
        """
        self._before_use()
        with self._lock, explained():
            if self._connection is None:
                raise Unavailable("counting.lost")
            try:
                yield self._connection
            except OperationalError:
                self._close()
                raise

    def end(self) -> None:
        """The tables are gone, also where the server needs a moment to notice that the connection is."""
        with self._lock:
            with suppress(Unavailable), self.opened() as session:
                session.exec_driver_sql(f"DROP TABLE {_TABLE}, {_WORDS}")
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class CodeTable:
    """The columns of one data set. Rows are numbered by `n` in the order in which they came, and never change."""

    def __init__(self, session: _Session) -> None:
        self._session = session
        self._kinds: dict[str, str] = {}
        """Column -> its type on the server."""
        self.rows = 0

    @property
    def is_there(self) -> bool:
        """False when it was dropped, or its session ended."""
        try:
            with self._session.opened() as session:
                session.exec_driver_sql("SELECT 1")
        except Unavailable:
            return False
        return True

    def append(self, columns: Mapping[str, np.ndarray], words: Mapping[str, Sequence[str | None]]) -> None:
        """Further rows.

        columns  name -> (n,) numbers or (n, width) bytes; what earlier rows have not got is 0 in them. A name is at
                 most 63 letters of a-z, 0-9, _
        words    name -> words of each row, or None
        Raises   Unavailable "counting.too_many_columns", "counting.lost", or what the server says.
        """
        size = len(next(iter(columns.values())))
        with self._session.opened() as session:
            self._widen(session, columns)
            self._copy(session, f"{_TABLE} (n, {', '.join(columns)})", self._packed(columns, size))
            self._copy_words(session, words)
            if not self.rows or size >= self.rows // 10:
                session.exec_driver_sql(f"ANALYZE {_TABLE}")
            self.rows += size

    def find(
        self, queries: Sequence[str], weights: tuple[np.ndarray, np.ndarray] | None = None
    ) -> list[list[np.ndarray]]:
        """What each query finds, as columns; the queries read from the table `replies`.

        weights  (n, weight) of rows: the queries find the weights in the column `weight`, and no other rows
        Raises   Unavailable "counting.lost", or what the server says.
        """
        with self._session.opened() as session:
            table = _TABLE
            if weights is not None:
                session.exec_driver_sql("CREATE TEMPORARY TABLE weighed (n int4 NOT NULL, weight float8 NOT NULL)")
                table = f"{table} JOIN weighed USING (n)"
            try:
                if weights is not None:
                    self._copy(session, "weighed", _pack({"n": ("int4", weights[0]), "weight": ("float8", weights[1])}))
                    session.exec_driver_sql("ANALYZE weighed")
                found = []
                for query in queries:
                    rows = session.exec_driver_sql(query.replace("FROM replies", f"FROM {table}")).all()
                    found.append([_as_array(values) for values in zip(*rows, strict=True)])
                return found
            finally:
                if weights is not None and not session.closed and not session.invalidated:
                    session.exec_driver_sql("DROP TABLE weighed")

    def numbers(self, condition: str) -> np.ndarray:
        """The `n` of the rows that fulfil a condition, rising."""
        sent = self._sent("string_agg(int4send(n), ''::bytea ORDER BY n)", self.rows, f" AND {condition}")
        return np.frombuffer(b"".join(part for _, part in sent), dtype=">i4").astype(np.int32)

    def column(self, name: str) -> np.ndarray:
        """(rows,) numbers or (rows, width) bytes of all rows."""
        kind, size = self._kinds[name], self.rows  # somebody else may append meanwhile
        if kind != "bytea":
            told, send = _KINDS[kind]
            found = np.empty(size, dtype=told[1:])
            for start, part in self._sent(f"string_agg({send}({name}), ''::bytea ORDER BY n)", size):
                sent = np.frombuffer(part, dtype=told)
                found[start : start + len(sent)] = sent
            return found
        width = int(self.find([f"SELECT coalesce(max(length({name})), 0) FROM replies WHERE n < {size}"])[0][0][0])
        wide = np.zeros((size, width), dtype=np.uint8)
        padded = f"string_agg({name} || substring(decode(repeat('00', {width}), 'hex') FROM length({name}) + 1)"
        for start, part in self._sent(f"{padded}, ''::bytea ORDER BY n)", size):
            sent = np.frombuffer(part, dtype=np.uint8)
            if width:
                wide[start : start + len(sent) // width] = sent.reshape(-1, width)
        return wide

    def words(self, name: str) -> list[str | None]:
        """The words of all rows, None where there are none."""
        with self._session.opened() as session:
            found: list[str | None] = [None] * self.rows
            for start in range(0, self.rows, _ROWS):
                query = f"SELECT n, words FROM {_WORDS} WHERE name = %s AND n >= %s AND n < %s"
                for number, words in session.exec_driver_sql(query, (name, start, start + _ROWS)):
                    found[number] = words
        return found

    def _sent(self, aggregate: str, size: int, further: str = "") -> Iterator[tuple[int, bytes]]:
        """What an aggregate sends of the first `size` rows, some at a time, with the number of the first of these."""
        for start in range(0, size, _ROWS):
            stop = min(start + _ROWS, size)
            ((found,),) = self.find([f"SELECT {aggregate} FROM replies WHERE n >= {start} AND n < {stop}{further}"])
            yield start, bytes(found[0] or b"") if found.size else b""

    def _widen(self, session: Connection, columns: Mapping[str, np.ndarray]) -> None:
        new = {name: _kind(values) for name, values in columns.items() if name not in self._kinds}
        if len(self._kinds) + len(new) > MOST_COLUMNS:
            raise Unavailable("counting.too_many_columns", count=len(self._kinds) + len(new), limit=MOST_COLUMNS)
        if new:
            added = [
                f"ADD COLUMN {name} {kind} NOT NULL DEFAULT {chr(39) * 2 if kind == 'bytea' else 0}"
                for name, kind in new.items()
            ]
            session.exec_driver_sql(f"ALTER TABLE {_TABLE} {', '.join(added)}")
            self._kinds |= new

    def _packed(self, columns: Mapping[str, np.ndarray], size: int) -> Iterator[bytes]:
        numbers = ("int4", np.arange(self.rows, self.rows + size))
        return _pack({"n": numbers} | {name: (self._kinds[name], values) for name, values in columns.items()})

    def _copy_words(self, session: Connection, words: Mapping[str, Sequence[str | None]]) -> None:
        raw: Any = session.connection.dbapi_connection
        with (
            _explained(session),
            raw.cursor() as cursor,
            cursor.copy(f"COPY {_WORDS} FROM STDIN") as copy,
        ):
            for name, told in words.items():
                for number, each in enumerate(told, start=self.rows):
                    if each is not None:
                        copy.write_row((name, number, each))

    @staticmethod
    def _copy(session: Connection, target: str, parts: Iterator[bytes]) -> None:
        raw: Any = session.connection.dbapi_connection
        with (
            _explained(session),
            raw.cursor() as cursor,
            cursor.copy(f"COPY {target} FROM STDIN (FORMAT binary)") as copy,
        ):
            copy.write(_HEAD)
            for part in parts:
                copy.write(part)
            copy.write(_END)


@contextmanager
def _explained(session: Connection) -> Iterator[None]:
    """What the driver says of a COPY, which SQLAlchemy does not see."""
    try:
        yield
    except session.dialect.loaded_dbapi.OperationalError as error:
        raise OperationalError("COPY", None, error) from error
    except session.dialect.loaded_dbapi.Error as error:
        raise DatabaseError("COPY", None, error) from error


def _as_array(values: Sequence[Any]) -> np.ndarray:
    """Bytes as they are: numpy's own would lose noughts at their end."""
    return np.array(values, dtype=object if isinstance(values[0], bytes) else None)


def _kind(values: np.ndarray) -> str:
    """The type of such values on the server."""
    if values.ndim == 2:
        return "bytea"
    if values.dtype.kind == "f":
        return "float8"
    return {1: "int2", 2: "int4", 4: "int4" if values.dtype.kind == "i" else "int8"}.get(values.dtype.itemsize, "int8")


def _pack(columns: Mapping[str, tuple[str, np.ndarray]]) -> Iterator[bytes]:
    """Rows in the binary form of COPY (PostgreSQL documentation, COPY, Binary Format), some at a time.

    columns  name -> type, values
    """
    fields: list[Any] = [("fields", ">i2")]
    for name, (kind, values) in columns.items():
        fields.append((f"{name}_length", ">i4"))
        fields.append((name, "u1", (values.shape[1],)) if kind == "bytea" else (name, _KINDS[kind][0]))
    layout = np.dtype(fields)
    size = len(next(iter(columns.values()))[1])
    step = max(1, min(_ROWS, _MOST_BYTES // layout.itemsize))
    for start in range(0, size, step):
        rows = np.empty(min(step, size - start), dtype=layout)
        rows["fields"] = len(columns)
        for name, (_, values) in columns.items():
            rows[name] = values[start : start + len(rows)]
            rows[f"{name}_length"] = layout[name].itemsize
        yield rows.tobytes()
