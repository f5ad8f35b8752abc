"""What every part of a transaction reads and adds rows with."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, update
from sqlalchemy.sql.elements import ColumnElement

from data.driver import Driver
from data.errors import Conflict, NotFound
from data.records import AnswerValue, ResponseRecord, ResponseStatus
from data.statements import inserting


class Rows:
    """A transaction's connection, and rows over it."""

    _driver: Driver

    @property
    def _connection(self) -> Connection:
        """SQLAlchemy's connection, for what is not prepared."""
        return self._driver.connection

    def _all(self, query: Any) -> Sequence[Any]:
        return self._connection.execute(query).mappings().all()

    def _one(self, query: Any, code: str, **params: object) -> Any:
        row = self._connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(code, **params)
        return row

    def _insert(self, table: Table, values: Mapping[str, object]) -> int:
        key = self._connection.execute(inserting(table), dict(values)).inserted_primary_key
        return int(key[0]) if key else 0

    def _update(self, table: Table, condition: ColumnElement[bool], values: Mapping[str, object]) -> None:
        if values:
            self._connection.execute(update(table).where(condition).values(**values))

    def _change(self, table: Table, key: int, expected_revision: int, values: Mapping[str, object]) -> None:
        """Changes a row that nobody changed meanwhile; Conflict("record.changed_elsewhere")."""
        result = self._connection.execute(
            update(table)
            .where(table.c.id == key, table.c.revision == expected_revision)
            .values(revision=expected_revision + 1, **values)
        )
        if result.rowcount != 1:
            raise Conflict("record.changed_elsewhere")


def answers_of(stored: Mapping[str, Any]) -> dict[str, AnswerValue]:
    """Answers as they lie in a JSON column, with tuples in the place of lists."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}


def response_of(row: Mapping[str, Any]) -> ResponseRecord:
    """The record of a row of responses."""
    values = dict(row)
    values.pop("code_hash")
    values["status"] = ResponseStatus(values["status"])
    values["answers"] = answers_of(values["answers"])
    values["submission"] = answers_of(values["submission"])
    return ResponseRecord(**values)
