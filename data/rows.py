"""What every part of a transaction reads and adds rows with."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, update
from sqlalchemy.sql.elements import ColumnElement

from data.errors import Conflict, NotFound
from data.statements import inserting


class Rows:
    """A transaction's connection, and rows over it."""

    _connection: Connection

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
