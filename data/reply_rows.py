"""The part of a transaction that reads submitted responses for the analysis: many at a time, or those that changed."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Boolean, Integer, Text, cast, literal, select, type_coerce

from data import schema
from data.grant_rows import within
from data.records import EVERYTHING, AnswerValue, ReplyRecord, ResponseStatus, Scope
from data.rows import Rows
from data.schema import UTCDateTime, from_json

BATCH = 2_000
"""Responses in memory at a time, few enough for most of them to stay in the processor's cache while they are coded."""
REVISIONS = 100_000
"""Keys with their revisions in memory at a time."""
_HIGHEST = 2**63 - 1
_MOST_KEYS = 500
"""Keys in one statement; SQLite takes more, but a longer list is no faster."""

Key = TypeVar("Key", int, str)

# As the driver gives them, which is quicker for many: a database may know neither truth nor moments.
_FIELDS = [
    type_coerce(schema.responses.c[name], Text if isinstance(schema.responses.c[name].type, UTCDateTime) else Integer)
    if isinstance(schema.responses.c[name].type, UTCDateTime | Boolean)
    else schema.responses.c[name]
    for name in ReplyRecord._fields
    if name != "submission"
]


class ReplyRows(Rows):
    """Reads of submitted responses, without what only their holder sees."""

    def reply_batches(self, consultation_id: int, scope: Scope = EVERYTHING) -> Iterator[tuple[ReplyRecord, ...]]:
        """The submitted responses of a consultation within a scope, by key, at most BATCH at a time."""
        table = schema.responses
        last = 0
        while found := self._replies(
            table.c.consultation_id == consultation_id, table.c.id > last, *within(table, scope), limit=BATCH
        ):
            yield found
            last = found[-1].id

    def replies_by_key(
        self, consultation_id: int, keys: Collection[int], scope: Scope = EVERYTHING
    ) -> tuple[ReplyRecord, ...]:
        """Those of these responses that are submitted, by key."""
        table = schema.responses
        found: list[ReplyRecord] = []
        for some in _by_many(sorted(keys)):
            conditions = [table.c.consultation_id == consultation_id, table.c.id.in_(some), *within(table, scope)]
            found += self._replies(*conditions)
        return tuple(found)

    def reply_revisions(self, consultation_id: int, scope: Scope = EVERYTHING, *, since: datetime) -> dict[int, int]:
        """Key -> revision of the submitted responses that were saved at that moment or later."""
        return self._revisions(consultation_id, scope, since=since)

    def revision_batches(
        self, consultation_id: int, scope: Scope = EVERYTHING
    ) -> Iterator[tuple[dict[int, int], int, int]]:
        """Key -> revision of all submitted responses, REVISIONS at a time, with the keys between which these are all:
        behind the first one, up to the last."""
        last = 0
        while len(found := self._revisions(consultation_id, scope, after=last)) == REVISIONS:
            yield found, last, max(found)
            last = max(found)
        yield found, last, _HIGHEST

    def _revisions(
        self, consultation_id: int, scope: Scope, *, since: datetime | None = None, after: int | None = None
    ) -> dict[int, int]:
        table = schema.responses
        query = select(table.c.id, table.c.revision).where(
            table.c.consultation_id == consultation_id,
            # Written out, because SQLite takes the index of sent responses for no parameter.
            table.c.status == literal(ResponseStatus.SUBMITTED.value, literal_execute=True),
            *within(table, scope),
        )
        if since is not None:
            query = query.where(table.c.updated_at >= since)
        if after is not None:
            query = query.where(table.c.id > after).order_by(table.c.id).limit(REVISIONS)
        return {int(key): int(revision) for key, revision in self._connection.execute(query)}

    def references_among(self, consultation_id: int, references: Collection[str]) -> set[str]:
        """Those of these references that a response of the consultation has, submitted or not."""
        table = schema.responses
        found: set[str] = set()
        for some in _by_many(sorted(references)):
            # Not by consultation as well: SQLite would go through all of its responses for a list this long.
            query = select(table.c.reference, table.c.consultation_id).where(table.c.reference.in_(some))
            found.update(name for name, of in self._connection.execute(query) if of == consultation_id)
        return found

    def _replies(self, *conditions: Any, limit: int | None = None) -> tuple[ReplyRecord, ...]:
        table = schema.responses
        # As text: one reader of JSON for both databases, and a faster one than theirs.
        query = select(*_FIELDS, cast(table.c.submission, Text)).where(
            table.c.status == ResponseStatus.SUBMITTED, *conditions
        )
        rows = self._connection.execute(query.order_by(table.c.id).limit(limit)).all()
        return tuple(
            [
                ReplyRecord._make((*fields, bool(late), _moment(saved), sent and _moment(sent), _answers(text)))
                for *fields, late, saved, sent, text in rows
            ]
        )


def _moment(told: Any) -> datetime:
    return datetime.fromisoformat(f"{told}+00:00") if isinstance(told, str) else told.astimezone(UTC)


def _answers(text: str) -> dict[str, AnswerValue]:
    found: dict[str, Any] = from_json(text)
    if "[" in text:
        for name, value in found.items():
            if type(value) is list:
                found[name] = tuple(value)
    return found


def _by_many(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    for start in range(0, len(keys), _MOST_KEYS):
        yield keys[start : start + _MOST_KEYS]
