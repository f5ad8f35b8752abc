"""What is remembered of frozen states: which revision of which response belongs to them.

A part of `data.store.Transaction`, which inherits it. Answers stay where they are, among the revisions of responses,
which are only ever added to; erasing a response takes its row here along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, insert, select

from data import schema
from data.analysis_records import FrozenResponse, SnapshotRecord
from data.grant_rows import within
from data.invitation_records import ListedAs, Standing
from data.records import EVERYTHING, ResponseStatus, Scope
from data.rows import Rows, answers_of, response_of

_OF_THEN = ("version_number", "language", "region", "publish", "late", "submitted_at")
"""What stands beside the answers of a response and can change without a new revision."""


class SnapshotRows(Rows):
    """Reads and writes of snapshots, inside one transaction."""

    def newest_revisions(self, consultation_id: int, scope: Scope = EVERYTHING) -> dict[int, int]:
        """Response -> number of what was sent last, of a consultation's submitted responses within a scope."""
        sent, responses = schema.response_revisions, schema.responses
        query = (
            select(sent.c.response_id, func.max(sent.c.revision))
            .join(responses, responses.c.id == sent.c.response_id)
            .where(responses.c.consultation_id == consultation_id, responses.c.status == ResponseStatus.SUBMITTED)
            .where(*within(responses, scope))
            .group_by(sent.c.response_id)
        )
        return {int(key): int(revision) for key, revision in self._connection.execute(query)}

    def add_snapshot(self, responses: Sequence[Mapping[str, object]], **values: object) -> int:
        """Adds a snapshot with what it refers to, and returns its key."""
        key = self._insert(schema.snapshots, values)
        if responses:
            rows = [{"snapshot_id": key, **row} for row in responses]
            self._connection.execute(insert(schema.snapshot_responses), rows)
        return key

    def snapshots(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[SnapshotRecord, ...]:
        """The snapshots of a consultation, the newest first; none of more than the scope."""
        table = schema.snapshots
        return self._snapshots(table.c.consultation_id == consultation_id, scope)

    def snapshots_beginning(self, digits: str) -> tuple[SnapshotRecord, ...]:
        """The snapshots of whichever consultation whose SHA-256 begins with these digits."""
        return self._snapshots(schema.snapshots.c.sha256.startswith(digits, autoescape=True), EVERYTHING)

    def _snapshots(self, condition: Any, scope: Scope) -> tuple[SnapshotRecord, ...]:
        table, held = schema.snapshots, schema.snapshot_responses
        present = select(func.count()).where(held.c.snapshot_id == table.c.id).scalar_subquery()
        rows = self._all(select(table, present.label("present")).where(condition).order_by(table.c.id.desc()))
        found = (SnapshotRecord(**{**row, "scope": Scope.of(row["scope"])}) for row in rows)
        return tuple(each for each in found if scope.holds(each.scope))

    def frozen_responses(self, snapshot_id: int) -> tuple[FrozenResponse, ...]:
        """What a snapshot refers to and is there still, in order of arrival."""
        held, sent, responses = schema.snapshot_responses, schema.response_revisions, schema.responses
        query = (
            select(
                held.c.revision.label("then_revision"),
                held.c.sha256,
                held.c.listed,
                held.c.listed_region,
                held.c.listed_type,
                *[held.c[name].label(f"then_{name}") for name in _OF_THEN],
                sent.c.submission.label("then_submission"),
                responses,
            )
            .join(sent, (sent.c.response_id == held.c.response_id) & (sent.c.revision == held.c.revision))
            .join(responses, responses.c.id == held.c.response_id)
            .where(held.c.snapshot_id == snapshot_id)
            .order_by(held.c.submitted_at, held.c.response_id)
        )
        return tuple(_frozen(row) for row in self._all(query))


def _frozen(row: Any) -> FrozenResponse:
    now = response_of({column.name: row[column] for column in schema.responses.c})
    then: dict[str, Any] = {name: row[f"then_{name}"] for name in _OF_THEN}
    was = replace(
        now,
        **then,
        revision=row["then_revision"],
        status=ResponseStatus.SUBMITTED,
        submission=answers_of(row["then_submission"]),
    )
    standing = Standing(ListedAs(row["listed"]), row["listed_region"], row["listed_type"])
    return FrozenResponse(response=was, sha256=row["sha256"], now=now, standing=standing)
