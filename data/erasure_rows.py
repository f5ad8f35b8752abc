"""What is remembered of erasing: responses and contact data that go, and that they went; the days of daily jobs.

A part of `data.store.Transaction`, which inherits it.
"""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from data import schema
from data.errors import NotFound
from data.records import ErasureRecord, KeptCounts, ResponseStatus

_FIELDS = tuple(ErasureRecord.__dataclass_fields__)
_OF_A_RESPONSE = (
    schema.recommendation_answers,
    schema.files,
    schema.contacts,
    schema.section_visits,
    schema.response_keys,
    schema.response_sections,
    schema.response_revisions,
    schema.linked_responses,
)
"""Every table whose rows belong to one response."""


class ErasureRows:
    """Reads and writes around erasing, inside one transaction."""

    _connection: Connection

    def _all(self, query: Any) -> Sequence[Any]:
        raise NotImplementedError

    def _insert(self, table: Table, values: Mapping[str, object]) -> int:
        raise NotImplementedError

    def erase_response(self, response_id: int, *, at: datetime, cause: str, erasure_id: str = "") -> None:
        """Answers, files, contact data, codes and history of a response are gone; that it was erased stays.

        What was published of it stays too: kept findings are figures of their own.
        """
        table = schema.responses
        query = select(table.c.reference, table.c.consultation_id, table.c.code_hash).where(table.c.id == response_id)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            raise NotFound("response.unknown")
        for each in _OF_A_RESPONSE:
            self._connection.execute(delete(each).where(each.c.response_id == response_id))
        self._connection.execute(delete(table).where(table.c.id == response_id))
        self._note_erasure(
            erasure_id,
            kind="response",
            subject=row["reference"],
            consultation_id=row["consultation_id"],
            code_hash=row["code_hash"],
            cause=cause,
            erased_at=at,
        )

    def erase_contacts(
        self, consultation_id: int, slug: str, *, at: datetime, cause: str, erasure_id: str = ""
    ) -> None:
        """No response, invited organisation or mail of the consultation that was there at that moment has contact
        data any more."""
        responses, contacts, invited = schema.responses, schema.contacts, schema.invitations
        there = select(responses.c.id).where(
            responses.c.consultation_id == consultation_id, responses.c.started_at <= at
        )
        self._connection.execute(delete(contacts).where(contacts.c.response_id.in_(there)))
        self._connection.execute(
            update(invited)
            .where(invited.c.consultation_id == consultation_id, invited.c.created_at <= at)
            .values(email="")
        )
        mailings, mails = schema.mailings, schema.mails
        sent = select(mailings.c.id).where(mailings.c.consultation_id == consultation_id, mailings.c.created_at <= at)
        self._connection.execute(update(mails).where(mails.c.mailing_id.in_(sent)).values(email="", reason=""))
        self._note_erasure(
            erasure_id,
            kind="contacts",
            subject=slug,
            consultation_id=consultation_id,
            cause=cause,
            erased_at=at,
        )

    def _note_erasure(self, erasure_id: str, **values: object) -> None:
        table = schema.erasures
        known = select(table.c.id).where(table.c.id == erasure_id)
        if not erasure_id or self._connection.scalar(known) is None:
            self._connection.execute(insert(table).values(id=erasure_id or secrets.token_hex(16), **values))

    def erasures(self, consultation_id: int = 0) -> tuple[ErasureRecord, ...]:
        """What was erased, of one consultation or of all, oldest first."""
        table = schema.erasures
        query = select(*[table.c[name] for name in _FIELDS]).order_by(table.c.erased_at, table.c.id)
        if consultation_id:
            query = query.where(table.c.consultation_id == consultation_id)
        return tuple(ErasureRecord(**row) for row in self._all(query))

    def erased(self, code_hash: str) -> ErasureRecord | None:
        """The erasure of the response that this code opened once, or None."""
        table = schema.erasures
        query = select(*[table.c[name] for name in _FIELDS]).where(table.c.code_hash == code_hash)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else ErasureRecord(**row)

    def is_erased(self, consultation_id: int, reference: str) -> bool:
        """True when the response of that reference was erased."""
        table = schema.erasures
        query = select(table.c.id).where(table.c.consultation_id == consultation_id, table.c.subject == reference)
        return self._connection.scalar(query.where(table.c.kind == "response")) is not None

    def response_by_reference(self, reference: str) -> tuple[int, int] | None:
        """(response, consultation) of that reference, or None."""
        table = schema.responses
        row = self._connection.execute(
            select(table.c.id, table.c.consultation_id).where(table.c.reference == reference)
        ).first()
        return None if row is None else (row[0], row[1])

    def consultation_key(self, slug: str) -> int | None:
        """The key of the consultation of that short name, or None."""
        return self._connection.scalar(select(schema.consultations.c.id).where(schema.consultations.c.slug == slug))

    def response_ids(self, consultation_id: int, *, drafts: bool) -> tuple[int, ...]:
        """The drafts that were never sent, or all other responses of a consultation."""
        table = schema.responses
        draft = table.c.status == ResponseStatus.DRAFT
        query = select(table.c.id).where(table.c.consultation_id == consultation_id, draft if drafts else ~draft)
        return tuple(self._connection.scalars(query.order_by(table.c.id)))

    def kept_counts(self, consultation_id: int) -> KeptCounts:
        """How much there is that a rule of retention may erase."""
        responses, contacts, files = schema.responses, schema.contacts, schema.files
        invited, mails, mailings = schema.invitations, schema.mails, schema.mailings
        of = select(responses.c.id).where(responses.c.consultation_id == consultation_id)
        sent = select(mailings.c.id).where(mailings.c.consultation_id == consultation_id)
        draft = responses.c.status == ResponseStatus.DRAFT

        def count(table: Table, *conditions: Any) -> int:
            return int(self._connection.scalar(select(func.count()).select_from(table).where(and_(*conditions))) or 0)

        from_mails = count(mails, mails.c.mailing_id.in_(sent), or_(_there(mails.c.email), _there(mails.c.reason)))
        return KeptCounts(
            contacts=count(contacts, contacts.c.response_id.in_(of)),
            addresses=count(invited, invited.c.consultation_id == consultation_id, _there(invited.c.email))
            + from_mails,
            drafts=count(responses, responses.c.consultation_id == consultation_id, draft),
            responses=count(responses, responses.c.consultation_id == consultation_id, ~draft),
            files=count(files, files.c.response_id.in_(of)),
        )

    def status_since(self, slug: str) -> datetime | None:
        """When staff gave the consultation its present status by hand, by the log; None: never."""
        log = schema.log
        query = select(log.c.at).where(log.c.action == "consultation.status", log.c.subject == slug)
        return self._connection.scalar(query.order_by(log.c.id.desc()).limit(1))

    def section_visits(self, response_id: int) -> tuple[Mapping[str, object], ...]:
        """How often and how long each section of a response was open."""
        table = schema.section_visits
        query = select(table.c.section, table.c.saves, table.c.seconds).where(table.c.response_id == response_id)
        return tuple(dict(row) for row in self._all(query.order_by(table.c.section)))

    # daily jobs

    def take_day(self, job: str, day: str) -> bool:
        """True for the one process that does this job on this day."""
        table = schema.jobs
        if self._connection.scalar(select(table.c.day).where(table.c.name == job)) is None:
            with suppress(IntegrityError), self._connection.begin_nested():  # somebody else may begin it as well
                self._connection.execute(insert(table).values(name=job, day=""))
        change = update(table).where(table.c.name == job, table.c.day < day).values(day=day)
        return self._connection.execute(change).rowcount == 1


def _there(column: Any) -> Any:
    return func.length(column) > 0
