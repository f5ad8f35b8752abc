"""Coded columns on a PostgreSQL server, to be counted there.

They are temporary tables, which only the session that made them can read, which are in no back-up, and which end with
what they were made of.
"""

import threading
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, OperationalError

from data.engine import explained
from data.errors import Unavailable

MOST_COLUMNS = 1000
"""A table of PostgreSQL has at most 1,600."""
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_ROWS = 50_000
"""Rows that are sent at a time."""


class CodeTables:
    """The tables of one process, on a connection of their own; threads share it, one after the other."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._tables: dict[int, str] = {}
        self._gone: list[str] = []
        self._made = 0

    @property
    def usable(self) -> bool:
        """Whether there is a server to count on."""
        return self._engine.dialect.name == "postgresql"

    def count(
        self, owner: object, columns: Mapping[str, np.ndarray], weights: np.ndarray | None, queries: Sequence[str]
    ) -> list[list[np.ndarray]]:
        """What each query finds, as columns; the queries read from the table `replies`.

        owner    what the columns belong to; its table is made once and ends with it
        columns  name -> whole numbers of one or two bytes, one for each row; a name is at most 63 letters of a-z, 0-9
        weights  numbers for `weight`, or None
        Raises   Unavailable "counting.no_server", "counting.too_many_columns", or what the server says.
        """
        if not self.usable:
            raise Unavailable("counting.no_server")
        if len(columns) > MOST_COLUMNS:
            raise Unavailable("counting.too_many_columns", count=len(columns), limit=MOST_COLUMNS)
        with self._lock, explained():
            try:
                return self._count(owner, columns, weights, queries)
            except OperationalError:  # the server may have gone and come back
                self._forget()
                return self._count(owner, columns, weights, queries)

    def close(self) -> None:
        """The connection ends, and the tables with it."""
        with self._lock:
            self._forget()

    def _count(
        self, owner: object, columns: Mapping[str, np.ndarray], weights: np.ndarray | None, queries: Sequence[str]
    ) -> list[list[np.ndarray]]:
        session = self._session()
        while self._gone:
            session.exec_driver_sql(f"DROP TABLE {self._gone.pop()}")
        table = self._table(session, owner, columns)
        if weights is not None:
            weighed = self._table(session, weights, {"weight": weights})
            table = f"{table} JOIN {weighed} USING (row)"
        found = []
        for query in queries:
            rows = session.exec_driver_sql(query.replace("FROM replies", f"FROM {table}")).all()
            found.append([np.array(values) for values in zip(*rows, strict=True)])
        return found

    def _table(self, session: Connection, owner: object, columns: Mapping[str, np.ndarray]) -> str:
        """The name of the table that holds the columns."""
        if id(owner) in self._tables:
            return self._tables[id(owner)]
        self._made += 1
        name = f"codes_{self._made}"
        defined = "".join(f", {each} {_kind(values)[0]} NOT NULL" for each, values in columns.items())
        session.exec_driver_sql(f"CREATE TEMPORARY TABLE {name} (row int4 NOT NULL{defined})")
        raw: Any = session.connection.dbapi_connection
        try:
            with raw.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN (FORMAT binary)") as copy:
                copy.write(_HEAD)
                for part in _packed(columns):
                    copy.write(part)
                copy.write(_END)
        except session.dialect.loaded_dbapi.Error as error:
            raise DatabaseError("COPY", None, error) from error
        session.exec_driver_sql(f"ANALYZE {name}")
        self._tables[id(owner)] = name
        weakref.finalize(owner, self._let_go, id(owner), name)
        return name

    def _let_go(self, key: int, name: str) -> None:
        """Noted only: whoever collects garbage may hold the lock, and another thread the connection."""
        if self._tables.get(key) == name:
            del self._tables[key]
            self._gone.append(name)

    def _session(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._connection.detach()  # the pool would give the tables to somebody else
        return self._connection

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._tables.clear()
        self._gone.clear()


def _kind(values: np.ndarray) -> tuple[str, str]:
    """The type of such values on the server, and as they are sent."""
    if values.dtype.kind == "f":
        return "float8", ">f8"
    return ("int2", ">i2") if values.dtype.itemsize == 1 else ("int4", ">i4")


def _packed(columns: Mapping[str, np.ndarray]) -> Any:
    """The rows in the binary form of COPY (PostgreSQL documentation, COPY, Binary Format), some at a time."""
    size = len(next(iter(columns.values()), ()))
    fields: list[tuple[str, str]] = [("fields", ">i2"), ("row_length", ">i4"), ("row", ">i4")]
    for name, values in columns.items():
        fields += [(f"{name}_length", ">i4"), (name, _kind(values)[1])]
    for start in range(0, size, _ROWS):
        stop = min(start + _ROWS, size)
        rows = np.empty(stop - start, dtype=np.dtype(fields))
        rows["fields"] = len(columns) + 1
        rows["row_length"] = 4
        rows["row"] = np.arange(start, stop)
        for name, values in columns.items():
            rows[name] = values[start:stop]
            rows[f"{name}_length"] = rows.dtype[name].itemsize
        yield rows.tobytes()
