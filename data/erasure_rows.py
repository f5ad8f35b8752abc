"""What is remembered of erasing: responses and contact data that go, and that they went.

A part of `data.store.Transaction`, which inherits it.
"""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, delete, func, insert, or_, select, update

from data import schema
from data.errors import NotFound
from data.log_records import DeletionState, ErasureCause, ErasureRecord, KeptCounts
from data.log_rows import LogRows
from data.records import ResponseStatus

_FIELDS = tuple(ErasureRecord.__dataclass_fields__)
_OF_A_RESPONSE = tuple(
    table
    for table in reversed(schema.metadata.sorted_tables)
    if "response_id" in table.c and table is not schema.deletions
)
"""Every table whose rows belong to one response and go with it, those that others lead to last."""


class ErasureRows(LogRows):
    """Reads and writes around erasing, inside one transaction."""

    erased_in: set[int]
    """The consultations that something was erased of in this transaction."""

    def erase_response(self, response_id: int, *, at: datetime, cause: ErasureCause, erasure_id: str = "") -> int:
        """Answers, files, contact data, codes and history of a response are gone, here and in the log of acts.

        That it was erased stays, and the digests of its codes, so that who comes with one is told. Of a deletion that
        was asked for stays who asked and who agreed, without the reason. What was published stays too: kept findings
        are figures of their own. Returns of how many entries the log lost the content.
        """
        responses, consultations = schema.responses, schema.consultations
        query = select(responses.c.reference, responses.c.consultation_id, consultations.c.slug)
        query = query.join(consultations, consultations.c.id == responses.c.consultation_id)
        row = self._connection.execute(query.where(responses.c.id == response_id)).mappings().first()
        if row is None:
            raise NotFound("response.unknown")
        erasure = self._note_erasure(
            erasure_id,
            kind="response",
            subject=row["reference"],
            consultation_id=row["consultation_id"],
            cause=cause,
            erased_at=at,
        )
        self._note_codes(response_id, erasure)
        for each in _OF_A_RESPONSE:
            self._connection.execute(delete(each).where(each.c.response_id == response_id))
        self._end_deletions(response_id, at)
        self._connection.execute(delete(responses).where(responses.c.id == response_id))
        return self.blank_log(row["slug"], f"{row['slug']}/{row['reference']}")

    def _note_codes(self, response_id: int, erasure: str) -> None:
        responses, keys, codes = schema.responses, schema.response_keys, schema.erased_codes
        own = select(responses.c.code_hash).where(responses.c.id == response_id)
        further = select(keys.c.code_hash).where(keys.c.response_id == response_id)
        hashes = set(self._connection.scalars(own.union(further)))
        # A restored response has the codes that it had when it was erased.
        hashes -= set(self._connection.scalars(select(codes.c.code_hash).where(codes.c.code_hash.in_(hashes))))
        if hashes:
            rows = [{"code_hash": each, "erasure_id": erasure} for each in sorted(hashes)]
            self._connection.execute(insert(codes), rows)

    def _end_deletions(self, response_id: int, at: datetime) -> None:
        table = schema.deletions
        of_it = table.c.response_id == response_id
        going_on = table.c.state.in_((DeletionState.ASKED, DeletionState.TRASHED))
        ended = {"state": DeletionState.ERASED, "ended_at": at}
        self._connection.execute(update(table).where(of_it, going_on).values(ended))
        self._connection.execute(update(table).where(of_it).values(response_id=None, reason=""))

    def erase_contacts(
        self, consultation_id: int, slug: str, *, at: datetime, cause: ErasureCause, erasure_id: str = ""
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

    def erase_again(self, erased: Iterable[ErasureRecord]) -> int:
        """What was erased once, as the journal remembers it, is erased here too; how many were there again."""
        again = 0
        there = {each.id for each in self.erasures()}
        for each in erased:
            if each.kind == "response" and (found := self.response_with(each.subject)) is not None:
                self.erase_response(found, at=each.erased_at, cause=each.cause, erasure_id=each.id)
                again += 1
            elif each.kind == "contacts" and each.id not in there:
                key = self.consultation_key(each.subject)
                if key is not None:
                    self.erase_contacts(key, each.subject, at=each.erased_at, cause=each.cause, erasure_id=each.id)
                    again += 1
        return again

    def _note_erasure(self, erasure_id: str, **values: object) -> str:
        table = schema.erasures
        key = erasure_id or secrets.token_hex(16)
        self.erased_in.add(int(str(values["consultation_id"])))
        if self._connection.scalar(select(table.c.id).where(table.c.id == key)) is None:
            self._connection.execute(insert(table).values(id=key, **values))
        return key

    def erasures(self, consultation_id: int = 0) -> tuple[ErasureRecord, ...]:
        """What was erased, of one consultation or of all, oldest first."""
        table = schema.erasures
        query = select(*[table.c[name] for name in _FIELDS]).order_by(table.c.erased_at, table.c.id)
        if consultation_id:
            query = query.where(table.c.consultation_id == consultation_id)
        return tuple(_erasure(row) for row in self._all(query))

    def erasure_counts(self) -> dict[int, int]:
        """Consultation -> how often something of it was erased, of those that anything was erased of."""
        table = schema.erasures
        query = select(table.c.consultation_id, func.count()).group_by(table.c.consultation_id)
        return {int(key): int(count) for key, count in self._connection.execute(query)}

    def erased(self, code_hash: str) -> ErasureRecord | None:
        """The erasure of the response that this code opened once, or None."""
        table, codes = schema.erasures, schema.erased_codes
        query = select(*[table.c[name] for name in _FIELDS]).join(codes, codes.c.erasure_id == table.c.id)
        row = self._connection.execute(query.where(codes.c.code_hash == code_hash)).mappings().first()
        return None if row is None else _erasure(row)

    def is_erased(self, consultation_id: int, reference: str) -> bool:
        """True when the response of that reference was erased."""
        table = schema.erasures
        query = select(table.c.id).where(table.c.consultation_id == consultation_id, table.c.subject == reference)
        return self._connection.scalar(query.where(table.c.kind == "response")) is not None

    def response_with(self, reference: str) -> int | None:
        """The response of that reference in whichever consultation, or None."""
        table = schema.responses
        return self._connection.scalar(select(table.c.id).where(table.c.reference == reference))

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


def _erasure(row: Any) -> ErasureRecord:
    return ErasureRecord(**{**row, "cause": ErasureCause(row["cause"])})


def _there(column: Any) -> Any:
    return func.length(column) > 0
