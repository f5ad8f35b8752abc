"""The part of a transaction that is about the ledger of released tables."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, insert, select

from data import schema
from data.records import ReleaseRecord

_FIELDS = [schema.releases.c[name] for name in ReleaseRecord.__dataclass_fields__]


class ReleaseRows:
    """Reads and writes of what was shown; nothing is ever changed or removed."""

    _connection: Connection

    def releases(self, consultation_id: int) -> tuple[ReleaseRecord, ...]:
        """Every release of a consultation, the first one first."""
        table = schema.releases
        query = select(*_FIELDS).where(table.c.consultation_id == consultation_id).order_by(table.c.id)
        return tuple(ReleaseRecord(**row) for row in self._connection.execute(query).mappings())

    def last_release(self, consultation_id: int) -> int:
        """The key of the newest release, 0 when there is none."""
        table = schema.releases
        query = select(func.max(table.c.id)).where(table.c.consultation_id == consultation_id)
        return int(self._connection.scalar(query) or 0)

    def add_releases(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Keeps that tables were shown."""
        if rows:
            self._connection.execute(insert(schema.releases), list(rows))
