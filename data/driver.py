"""Statements that the driver runs itself: what each respondent's save and sending asks for, compiled once.

SQLAlchemy takes some ten times as long around a short statement as SQLite does for it, and a server's answer is waited
for longer than either. So the statements of the busiest acts are `Prepared`: SQLAlchemy writes their text and converts
their values once for each database, the driver gets the rest. On a server what needs no answer is gathered, and sent as
one statement before the next question or at the end of the act.
"""

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Table, insert
from sqlalchemy.exc import DBAPIError

from data.errors import Conflict
from data.statements import KEY, updating, upserting

_NAMED = re.compile(r"%\((\w+)\)s")
_MOST_VALUES = 48
"""psycopg keeps what it made of a statement up to 50 values and 4,096 letters."""


class Prepared:
    """A statement that is compiled once for each database.

    build   makes it for the name of a dialect
    names   the columns that an insert or update is given values of
    table   what it changes; of two changes of one table the second is not gathered with the first
    as_is   places of the answer that are given as the driver gives them
    """

    __slots__ = ("as_is", "build", "names", "table")

    def __init__(
        self,
        build: Callable[[str], Executable],
        *,
        names: Sequence[str] = (),
        table: Table | None = None,
        as_is: range = range(0),
    ) -> None:
        self.build, self.names, self.table, self.as_is = build, tuple(names), table, as_is


class _Compiled:
    """A prepared statement in the words of one database, with what its values pass through on the way."""

    __slots__ = ("binds", "constants", "results", "table", "text")

    def __init__(self, prepared: Prepared, dialect: Dialect) -> None:
        built: Any = prepared.build(dialect.name)
        compiled: Any = built.compile(dialect=dialect, column_keys=list(prepared.names) or None)
        self.text, self.table = str(compiled), prepared.table
        if compiled.positional:
            names = list(compiled.positiontup)
        else:
            names = _NAMED.findall(self.text)
            self.text = _NAMED.sub("%s", self.text)
        self.binds = tuple(
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names
        )
        # What stands in the statement, and what a column has that no value was given for.
        self.constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        for column in getattr(compiled, "insert_prefetch", ()) or ():
            assert column.default.is_scalar, column
            self.constants[column.key] = column.default.arg
        chosen = getattr(built, "selected_columns", ())
        found = ((n, c.type.dialect_impl(dialect).result_processor(dialect, None)) for n, c in enumerate(chosen))
        self.results = tuple(
            (number, process) for number, process in found if process is not None and number not in prepared.as_is
        )

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        """The values as the driver takes them, in their order."""
        if self.constants:
            values = {**self.constants, **values}
        return [values[name] if process is None else process(values[name]) for name, process in self.binds]

    def read(self, row: Sequence[Any]) -> list[Any]:
        """A row as SQLAlchemy would give it."""
        read = list(row)
        for number, process in self.results:
            read[number] = process(read[number])
        return read


class Driver:
    """The connection of one transaction, as SQLAlchemy's and as the driver's own; here SQLite's, which answers at once.

    known   what is known to stand in the database while this transaction lasts, by name; forgotten after an error
    memory  what is known of this database for as long as the process runs
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self.dialect: Dialect = connection.dialect
        self.memory: dict[Any, Any] = vars(self.dialect).setdefault("soundings_memory", {})
        self.known: dict[str, Any] = {}

    @property
    def address(self) -> str:
        """What names the database."""
        if (known := self.memory.get("address")) is None:
            known = self.memory["address"] = str(self._connection.engine.url)
        return str(known)

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's connection, when all that was asked for before is done."""
        self.finish()
        return self._connection

    def first(self, prepared: Prepared, values: Mapping[str, Any]) -> list[Any] | None:
        """The first row of an answer, or None."""
        compiled = self._compiled(prepared)
        row = self._executed(compiled.text, compiled.bound(values)).fetchone()
        return None if row is None else compiled.read(row)

    def run(self, prepared: Prepared, values: Mapping[str, Any], *, changed_elsewhere: str = "") -> None:
        """Runs a change that gives no answer, now or by `finish`.

        changed_elsewhere  code of the Conflict that is raised when it changed no row; "" when it need not
        """
        compiled = self._compiled(prepared)
        changed = self._executed(compiled.text, compiled.bound(values))
        if changed_elsewhere and changed.rowcount != 1:
            raise Conflict(changed_elsewhere)

    def finish(self) -> None:
        """All that was run is done; raises what it raised."""

    def save_point(self, number: int) -> None:
        """From here on what is done can be taken back; the point with the number before is not needed any more."""
        # All have one name: the driver keeps 128 statements ready, and twice sixty names would drive out all others.
        if number > 2:
            self._executed("RELEASE SAVEPOINT writer")
        self._executed("SAVEPOINT writer")

    def undo(self, number: int) -> None:
        """What was done since the point with this number is taken back."""
        self.known.clear()
        self._executed("ROLLBACK TO SAVEPOINT writer")

    def require_whole(self) -> None:
        """Raises when the database gave the transaction up, and whoever has the turn passed over its error: SQLite
        begins another one then."""
        if not self._driver.in_transaction:
            raise sqlite3.OperationalError("disk I/O error: the transaction was rolled back")

    def _compiled(self, prepared: Prepared) -> _Compiled:
        compiled = self.memory.get(prepared)
        if compiled is None:
            compiled = self.memory[prepared] = _Compiled(prepared, self.dialect)
        return compiled

    def _executed(self, text: str, values: Sequence[Any] | None = None) -> Any:
        try:
            return self._driver.execute(text) if values is None else self._driver.execute(text, values)
        except Exception as error:
            raise _told(error, self.dialect, text) from error


class ServerDriver(Driver):
    """PostgreSQL's: changes wait for the next question, or for the end, and are one statement then."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._waiting: list[tuple[_Compiled, list[Any], str]] = []
        self._point = 0
        """The number of the point that is set before anything else is done, 0 when none is to be set."""

    def first(self, prepared: Prepared, values: Mapping[str, Any]) -> list[Any] | None:
        """The first row of an answer, or None."""
        compiled = self._compiled(prepared)
        row = self._sent([(compiled.text, compiled.bound(values))]).fetchone()
        return None if row is None else compiled.read(row)

    def run(self, prepared: Prepared, values: Mapping[str, Any], *, changed_elsewhere: str = "") -> None:
        """Runs a change that gives no answer, by `finish` at the latest."""
        compiled = self._compiled(prepared)
        bound = compiled.bound(values)
        same = any(other.table is compiled.table for other, _bound, _code in self._waiting)
        if same or sum(len(other) for _c, other, _code in self._waiting) + len(bound) > _MOST_VALUES:
            self.finish()  # the parts of one statement do not see each other
        self._waiting.append((compiled, bound, changed_elsewhere))

    def finish(self) -> None:
        """All that was run is done; raises what it raised."""
        if self._waiting or self._point:
            self._sent([])

    def save_point(self, number: int) -> None:
        """From here on what is done can be taken back. Points are not released: that would be one message more for
        each writer, and a batch has few."""
        self._point = number

    def undo(self, number: int) -> None:
        """What was done since the point with this number is taken back."""
        self._waiting.clear()
        if self._point == number:  # nothing was done
            self._point = 0
            self.known.clear()
        else:
            super().undo(number)

    def require_whole(self) -> None:
        """Raises when the database gave the transaction up: PostgreSQL takes a commit for a rollback then, and says
        nothing."""
        if self._driver.info.transaction_status.name != "INTRANS":
            self._connection.exec_driver_sql("SELECT 1")  # its error is told in SQLAlchemy's way

    def _sent(self, asked: list[tuple[str, Sequence[Any] | None]]) -> Any:
        """The cursor of the last of all that waits and what is asked now, which go to the server together."""
        point, self._point = self._point, 0
        waiting, self._waiting = self._waiting, []
        todo: list[tuple[str, Sequence[Any] | None]] = [("SAVEPOINT writer", None)] if point else []
        if waiting:
            todo.append((self._as_one(waiting), [value for _c, bound, _code in waiting for value in bound]))
        todo += asked
        if len(todo) == 1:
            answers = [self._executed(*todo[0])]
        else:
            try:
                with self._driver.pipeline():
                    answers = [self._driver.execute(text, values) for text, values in todo]
            except Exception as error:
                raise _told(error, self.dialect, todo[-1][0]) from error
        if waiting:
            _require_changed(answers[1 if point else 0], waiting)
        return answers[-1]

    def _as_one(self, waiting: Sequence[tuple[_Compiled, list[Any], str]]) -> str:
        if len(waiting) == 1:
            return waiting[0][0].text
        key = tuple((compiled, bool(code)) for compiled, _bound, code in waiting)
        if (text := self.memory.get(key)) is None:
            parts = [f"{each.text} RETURNING 1" if counted else each.text for each, counted in key]
            counts = [f"(SELECT count(*) FROM s{n})" for n, (_each, counted) in enumerate(key) if counted] or ["1"]
            named = ", ".join(f"s{number} AS ({part})" for number, part in enumerate(parts))
            text = self.memory[key] = f"WITH {named} SELECT {', '.join(counts)}"
        return str(text)


def _require_changed(answer: Any, waiting: Sequence[tuple[_Compiled, list[Any], str]]) -> None:
    """Raises Conflict for a change that had to change a row and changed none."""
    codes = [code for _compiled, _bound, code in waiting if code]
    if codes:
        counts = [answer.rowcount] if len(waiting) == 1 else answer.fetchone()
        for code, count in zip(codes, counts, strict=True):
            if count != 1:
                raise Conflict(code)


def driver_of(connection: Connection) -> Driver:
    """A driver for a transaction of this connection."""
    return Driver(connection) if connection.dialect.name == "sqlite" else ServerDriver(connection)


def _told(error: Exception, dialect: Dialect, text: str) -> Exception:
    """An error of the driver as SQLAlchemy tells it, without the values."""
    base: Any = dialect.loaded_dbapi.Error
    if not isinstance(error, base):
        return error
    told: Exception = DBAPIError.instance(text, None, error, base, hide_parameters=True, dialect=dialect)
    return told


@cache
def adding(table: Table, *names: str) -> Prepared:
    """Adds a row with these columns; the others have their defaults, and the key is not told."""
    return Prepared(lambda _dialect: insert(table).inline(), names=names, table=table)


@cache
def changing(table: Table, *names: str, keys: tuple[str, ...]) -> Prepared:
    """Sets these columns where the columns `keys` have the values of `key_NAME`."""
    return Prepared(
        lambda _dialect: updating(table, *keys), names=(*names, *(f"{KEY}{key}" for key in keys)), table=table
    )


@cache
def putting(table: Table, *keys: str, adds: tuple[str, ...] = ()) -> Prepared:
    """Adds a row with all columns; where one with the same `keys` stands, its other columns are set, or added to."""
    names = [column.name for column in table.c]
    return Prepared(lambda dialect: upserting(dialect, table, *keys, adds=adds), names=names, table=table)
