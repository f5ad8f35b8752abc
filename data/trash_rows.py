"""The part of a transaction that is about deleting responses: what was asked for, and the trash."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from data import schema
from data.errors import Conflict
from data.log_records import DeletionRecord, DeletionState
from data.records import ResponseStatus
from data.rows import Rows

_FIELDS = [schema.deletions.c[name] for name in DeletionRecord.__dataclass_fields__]


class TrashRows(Rows):
    """Reads and writes around deleted responses."""

    def response_by_reference(self, consultation_id: int, reference: str) -> int:
        """The key of the response with that reference; NotFound("response.unknown")."""
        table = schema.responses
        query = select(table.c.id).where(table.c.consultation_id == consultation_id, table.c.reference == reference)
        return int(self._one(query, "response.unknown")["id"])

    def deletions(self, consultation_id: int) -> tuple[DeletionRecord, ...]:
        """All that was ever asked for in a consultation, the newest first."""
        table = schema.deletions
        return self._deletions(
            select(*_FIELDS).where(table.c.consultation_id == consultation_id).order_by(table.c.id.desc())
        )

    def deletion(self, deletion_id: int) -> DeletionRecord:
        """One of them; NotFound("deletion.unknown")."""
        return _deletion(self._one(select(*_FIELDS).where(schema.deletions.c.id == deletion_id), "deletion.unknown"))

    def deletion_of(self, response_id: int) -> DeletionRecord | None:
        """What goes on about a response now: asked for, or in the trash."""
        table = schema.deletions
        going_on = table.c.state.in_((DeletionState.ASKED, DeletionState.TRASHED))
        found = self._deletions(select(*_FIELDS).where(table.c.response_id == response_id, going_on))
        return found[0] if found else None

    def trashed_before(self, moment: datetime) -> tuple[DeletionRecord, ...]:
        """What was put into the trash before this moment and is there yet."""
        table = schema.deletions
        condition = (table.c.state == DeletionState.TRASHED) & (table.c.decided_at < moment)
        return self._deletions(select(*_FIELDS).where(condition).order_by(table.c.id))

    def add_deletion(self, **values: object) -> int:
        """Keeps that a deletion was asked for."""
        return self._insert(schema.deletions, {"state": DeletionState.ASKED, **values})

    def move_deletion(self, deletion_id: int, before: DeletionState, after: DeletionState, **values: object) -> None:
        """Conflict("deletion.changed") when it does not stand where it was seen."""
        table = schema.deletions
        condition = (table.c.id == deletion_id) & (table.c.state == before)
        if self._connection.execute(update(table).where(condition).values(state=after, **values)).rowcount != 1:
            raise Conflict("deletion.changed")

    def set_response_status(self, response_id: int, status: ResponseStatus) -> None:
        """Where the response stands from now on; its revision rises, so that what an open window saves is refused."""
        table = schema.responses
        values = {"status": status, "revision": table.c.revision + 1}
        self._connection.execute(update(table).where(table.c.id == response_id).values(values))

    def _deletions(self, query: Any) -> tuple[DeletionRecord, ...]:
        rows: Sequence[Any] = self._connection.execute(query).mappings().all()
        return tuple(_deletion(row) for row in rows)


def _deletion(row: Any) -> DeletionRecord:
    return DeletionRecord(**{**row, "state": DeletionState(row["state"])})
