"""The part of a transaction that is about the ledger of released tables."""

from collections.abc import Mapping, Sequence

from sqlalchemy import insert, select

from data import schema
from data.analysis_records import ReleaseRecord
from data.records import EVERYTHING, Scope
from data.rows import Rows

_FIELDS = [schema.releases.c[name] for name in ReleaseRecord.__dataclass_fields__]


class ReleaseRows(Rows):
    """Reads and writes of what was shown; nothing is ever changed or removed."""

    def releases(self, consultation_id: int, scope: Scope = EVERYTHING, *, first: int = 0) -> tuple[ReleaseRecord, ...]:
        """Every release of a consultation from one key on, the first one first; none made of more than the scope."""
        table = schema.releases
        query = select(*_FIELDS).where(table.c.consultation_id == consultation_id, table.c.id >= first)
        rows = self._all(query.order_by(table.c.id))
        found = (ReleaseRecord(**{**row, "scope": Scope.of(row["scope"])}) for row in rows)
        return tuple(each for each in found if scope.holds(each.scope))

    def release_ids(self, consultation_id: int, scope: Scope = EVERYTHING) -> frozenset[int]:
        """The keys of these releases."""
        table = schema.releases
        if scope == EVERYTHING:
            query = select(table.c.id).where(table.c.consultation_id == consultation_id)
            return frozenset(self._connection.execute(query).scalars())
        scopes = select(table.c.id, table.c.scope).where(table.c.consultation_id == consultation_id)
        return frozenset(key for key, of in self._connection.execute(scopes) if scope.holds(Scope.of(of)))

    def last_release(self, consultation_id: int, scope: Scope = EVERYTHING) -> int:
        """The key of the newest of these releases, 0 when there is none."""
        return max(self.release_ids(consultation_id, scope), default=0)

    def add_releases(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Keeps that tables were shown."""
        if rows:
            self._connection.execute(insert(schema.releases), list(rows))
