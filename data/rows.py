"""What every part of a transaction reads and adds rows with."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from data.errors import NotFound
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
