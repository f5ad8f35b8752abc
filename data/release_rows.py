"""The part of a transaction that is about the ledger of released tables."""

from collections.abc import Mapping, Sequence

from sqlalchemy import insert, select

from data import schema
from data.records import EVERYTHING, ReleaseRecord, Scope
from data.rows import Rows

_FIELDS = [schema.releases.c[name] for name in ReleaseRecord.__dataclass_fields__]


class ReleaseRows(Rows):
    """Reads and writes of what was shown; nothing is ever changed or removed."""

    def releases(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[ReleaseRecord, ...]:
        """Every release of a consultation, the first one first; none that was made of more than the scope."""
        table = schema.releases
        query = select(*_FIELDS).where(table.c.consultation_id == consultation_id).order_by(table.c.id)
        rows = self._all(query)
        found = (ReleaseRecord(**{**row, "scope": Scope.of(row["scope"])}) for row in rows)
        return tuple(each for each in found if scope.holds(each.scope))

    def last_release(self, consultation_id: int, scope: Scope = EVERYTHING) -> int:
        """The key of the newest of these releases, 0 when there is none."""
        table = schema.releases
        query = select(table.c.id, table.c.scope).where(table.c.consultation_id == consultation_id)
        return max((key for key, of in self._connection.execute(query) if scope.holds(Scope.of(of))), default=0)

    def add_releases(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Keeps that tables were shown."""
        if rows:
            self._connection.execute(insert(schema.releases), list(rows))
