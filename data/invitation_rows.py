"""What is remembered of invitations: personal links, mailings with their mails, counts for the monitor.

A part of `data.store.Transaction`, which inherits it; the reasons for a file of its own are its size and its subject.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String, and_, case, cast, delete, func, insert, select, update

from data import schema
from data.driver import putting
from data.errors import NotFound
from data.grant_rows import within
from data.invitation_records import (
    ContactsRevision,
    DayCount,
    FrameCount,
    InvitationRecord,
    ListedReply,
    MailingRecord,
    MailRecord,
    MailStatus,
    ReplyCounts,
    SentResponse,
)
from data.records import EVERYTHING, ResponseStatus, Scope, SectionTime
from data.rows import Rows

_VISIT = putting(schema.section_visits, "response_id", "section", adds=("saves", "seconds"))
_FIELDS = tuple(InvitationRecord.__dataclass_fields__)


class InvitationRows(Rows):
    """Reads and writes around the contact frame, inside one transaction."""

    # the contact frame

    def invitations(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[InvitationRecord, ...]:
        """The contact frame within a scope, by organisation."""
        table = schema.invitations
        conditions = [table.c.consultation_id == consultation_id, *within(table, scope)]
        rows = self._all(select(table).where(and_(*conditions)).order_by(table.c.organisation))
        return tuple(InvitationRecord(**{name: row[name] for name in _FIELDS}) for row in rows)

    def invited_organisations(self, consultation_id: int, scope: Scope = EVERYTHING) -> dict[int, str]:
        """Key -> organisation of the contact frame within a scope, by organisation; no address is opened for it."""
        table = schema.invitations
        conditions = [table.c.consultation_id == consultation_id, *within(table, scope)]
        query = select(table.c.id, table.c.organisation).where(and_(*conditions)).order_by(table.c.organisation)
        return {row.id: row.organisation for row in self._connection.execute(query)}

    def add_invitations(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Adds organisations to the frame."""
        if rows:
            self._connection.execute(insert(schema.invitations), [dict(row) for row in rows])

    # personal links

    def invitation(self, consultation_id: int, invitation_id: int, scope: Scope = EVERYTHING) -> InvitationRecord:
        """One organisation of the frame within a scope; NotFound("invitation.unknown")."""
        table = schema.invitations
        query = select(table).where(table.c.consultation_id == consultation_id, table.c.id == invitation_id)
        query = query.where(*within(table, scope))
        row = self._connection.execute(query).mappings().first()
        if row is None:
            raise NotFound("invitation.unknown")
        return _invitation(row)

    def change_invitation(self, invitation_id: int, **values: object) -> None:
        """Sets the named columns of an organisation."""
        table = schema.invitations
        self._connection.execute(update(table).where(table.c.id == invitation_id).values(**values))

    def invitation_by_token(self, token_hash: str) -> InvitationRecord | None:
        """The organisation whose personal link has that hash; None when there is none, or it was revoked."""
        table, links = schema.invitations, schema.invitation_links
        query = select(table).join(links, links.c.invitation_id == table.c.id)
        query = query.where(links.c.token_hash == token_hash, links.c.revoked_at.is_(None))
        row = self._connection.execute(query).mappings().first()
        return None if row is None else _invitation(row)

    def add_invitation_links(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Keeps the hashes of new personal links."""
        if rows:
            self._connection.execute(insert(schema.invitation_links), [dict(row) for row in rows])

    def revoke_invitation_links(self, invitation_id: int, now: datetime) -> int:
        """No link of this organisation opens anything any more; how many did."""
        table = schema.invitation_links
        condition = and_(table.c.invitation_id == invitation_id, table.c.revoked_at.is_(None))
        return self._connection.execute(update(table).where(condition).values(revoked_at=now)).rowcount

    def has_link(self, invitation_id: int) -> bool:
        """True while a personal link of this organisation opens something."""
        links = schema.invitation_links
        query = select(links.c.id).where(links.c.invitation_id == invitation_id, links.c.revoked_at.is_(None))
        return self._connection.execute(query.limit(1)).first() is not None

    def linked_response(self, invitation_id: int) -> int | None:
        """The response that was begun by a link of this organisation."""
        table = schema.linked_responses
        return self._connection.scalar(select(table.c.response_id).where(table.c.invitation_id == invitation_id))

    def link_response(self, invitation_id: int, response_id: int) -> None:
        """The organisation's links open this response from now on; there can be only one."""
        self._connection.execute(
            insert(schema.linked_responses).values(invitation_id=invitation_id, response_id=response_id)
        )

    def sent_responses(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[SentResponse, ...]:
        """Every submitted response within a scope with the organisation that it counts for, without its answers."""
        table, linked = schema.responses, schema.linked_responses
        query = (
            select(
                table.c.id,
                table.c.reference,
                table.c.submitted_at,
                table.c.invitation_id,
                linked.c.response_id.is_not(None).label("is_linked"),
            )
            .join(linked, linked.c.response_id == table.c.id, isouter=True)
            .where(table.c.consultation_id == consultation_id, table.c.status == ResponseStatus.SUBMITTED)
            .where(*within(table, scope))
            .order_by(table.c.id)
        )
        return tuple(SentResponse(**{**row, "is_linked": bool(row["is_linked"])}) for row in self._all(query))

    def listed_replies(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[ListedReply, ...]:
        """Every submitted response that counts for an organisation within a scope, in the order they were sent."""
        table, frame, linked = schema.responses, schema.invitations, schema.linked_responses
        query = (
            select(
                table.c.id.label("response_id"),
                frame.c.id.label("invitation_id"),
                frame.c.region,
                frame.c.organisation_type,
                linked.c.response_id.is_not(None).label("is_linked"),
                table.c.salt,
            )
            .join(frame, frame.c.id == table.c.invitation_id)
            .join(linked, linked.c.response_id == table.c.id, isouter=True)
            .where(table.c.consultation_id == consultation_id, table.c.status == ResponseStatus.SUBMITTED)
            .where(frame.c.consultation_id == consultation_id, *within(frame, scope))
            .order_by(table.c.submitted_at, table.c.id)
        )
        return tuple(map(ListedReply._make, self._connection.execute(query)))

    def responses_of_listed(self, consultation_id: int, scope: Scope = EVERYTHING) -> dict[int, str]:
        """Key -> salt of every submitted response within a scope that counts for an organisation of the contact frame,
        wherever that one is listed."""
        table, frame = schema.responses, schema.invitations
        query = (
            select(table.c.id, table.c.salt)
            .join(frame, frame.c.id == table.c.invitation_id)
            .where(table.c.consultation_id == consultation_id, table.c.status == ResponseStatus.SUBMITTED)
            .where(frame.c.consultation_id == consultation_id, *within(table, scope))
        )
        return {row.id: row.salt for row in self._connection.execute(query)}

    def contacts_revision(self, consultation_id: int, scope: Scope = EVERYTHING) -> ContactsRevision:
        """Changes whenever a submitted response within a scope counts for another organisation of the contact frame,
        and whenever organisations within it are others, or of other regions or types."""
        totals, table = schema.reply_totals, schema.invitations
        counted = self._connection.scalar(
            select(func.sum(totals.c.counted)).where(
                totals.c.consultation_id == consultation_id, *within(totals, scope)
            )
        )
        parts = (table.c.region, table.c.organisation_type)
        # Two sums of keys: organisations that change places leave the numbers of regions and types as they were.
        # Cast, for the product of a large key leaves what an integer of PostgreSQL holds.
        sums = (func.count(), func.sum(table.c.id), func.sum(cast(table.c.id, BigInteger) * (table.c.id % 997)))
        query = (
            select(*parts, *sums)
            .where(table.c.consultation_id == consultation_id, *within(table, scope))
            .group_by(*parts)
            .order_by(*parts)
        )
        found = tuple((region, kind, *map(int, sums)) for region, kind, *sums in self._connection.execute(query))
        return ContactsRevision(int(counted or 0), found)

    def count_for(
        self, consultation_id: int, response_id: int, invitation_id: int | None, scope: Scope = EVERYTHING
    ) -> bool:
        """The response counts for this organisation, or for none, from now on; False when the scope has no such one.

        One that came by a personal link stays that organisation's.
        """
        table, linked = schema.responses, schema.linked_responses
        result = self._connection.execute(
            update(table)
            .where(
                table.c.id == response_id,
                table.c.consultation_id == consultation_id,
                table.c.id.not_in(select(linked.c.response_id)),
                *within(table, scope),
            )
            .values(invitation_id=invitation_id)
        )
        return result.rowcount == 1

    # templates

    def mail_template(self, consultation_id: int, kind: str, language: str) -> tuple[str, str] | None:
        """(subject, body) as staff wrote them, or None."""
        table = schema.mail_templates
        query = select(table.c.subject, table.c.body).where(
            table.c.consultation_id == consultation_id, table.c.kind == kind, table.c.language == language
        )
        row = self._connection.execute(query).first()
        return None if row is None else (row.subject, row.body)

    def set_mail_template(
        self, consultation_id: int, kind: str, language: str, wording: tuple[str, str] | None
    ) -> None:
        """Keeps a template in the place of an earlier one; None forgets it."""
        table = schema.mail_templates
        self._connection.execute(
            delete(table).where(
                table.c.consultation_id == consultation_id, table.c.kind == kind, table.c.language == language
            )
        )
        if wording is not None:
            subject, body = wording
            values = {"consultation_id": consultation_id, "kind": kind, "language": language}
            self._insert(table, {**values, "subject": subject, "body": body})

    # mailings

    def mailings(self, consultation_id: int) -> tuple[MailingRecord, ...]:
        """The mailings of a consultation with the number of their mails by status, newest first."""
        table, mails = schema.mailings, schema.mails
        query = (
            select(table, mails.c.status, func.count(mails.c.id).label("mails"))
            .join(mails, mails.c.mailing_id == table.c.id, isouter=True)
            .where(table.c.consultation_id == consultation_id)
            .group_by(table.c.id, mails.c.status)
            .order_by(table.c.id.desc())
        )
        found: dict[int, dict[str, Any]] = {}
        for row in self._all(query):
            one = found.setdefault(row["id"], {name: row[name] for name in ("id", "kind", "created_at", "created_by")})
            if row["status"]:
                one.setdefault("counts", {})[row["status"]] = row["mails"]
        return tuple(MailingRecord(**values) for values in found.values())

    def add_mailing(
        self, consultation_id: int, kind: str, mails: Iterable[tuple[int, str]], *, now: datetime, by: str
    ) -> int:
        """A mailing whose mails, (invitation, address), wait to be sent; returns its key."""
        values = {"consultation_id": consultation_id, "kind": kind, "created_at": now, "created_by": by}
        key = self._insert(schema.mailings, values)
        rows = [
            {
                "mailing_id": key,
                "invitation_id": invitation_id,
                "email": email,
                "status": MailStatus.QUEUED,
                "changed_at": now,
            }
            for invitation_id, email in mails
        ]
        if rows:
            self._connection.execute(insert(schema.mails), rows)
        return key

    def mails(self, consultation_id: int, scope: Scope = EVERYTHING, *, mailing_id: int = 0) -> tuple[MailRecord, ...]:
        """Every mail to organisations within a scope, or of one mailing, in the order in which they were queued."""
        table, mailings = schema.mails, schema.mailings
        query = select(table, mailings.c.kind).join(mailings, mailings.c.id == table.c.mailing_id)
        query = query.where(mailings.c.consultation_id == consultation_id).order_by(table.c.id)
        if scope.is_narrow:
            frame = schema.invitations
            query = query.join(frame, frame.c.id == table.c.invitation_id).where(*within(frame, scope))
        if mailing_id:
            query = query.where(mailings.c.id == mailing_id)
        return tuple(MailRecord(**{**row, "status": MailStatus(row["status"])}) for row in self._all(query))

    def move_mail(
        self, mail_id: int, before: MailStatus, after: MailStatus, *, now: datetime, **values: object
    ) -> bool:
        """True when the mail stood at `before` and stands at `after` now; False when somebody else was faster."""
        table = schema.mails
        result = self._connection.execute(
            update(table)
            .where(table.c.id == mail_id, table.c.status == before)
            .values(status=after, changed_at=now, **values)
        )
        return result.rowcount == 1

    # how long sections take

    def visit_section(self, response_id: int, section: str, seconds: int) -> None:
        """A section was saved once more, after so many seconds."""
        values = {"response_id": response_id, "section": section, "saves": 1, "seconds": seconds}
        self._driver.run(_VISIT, values)

    # counts for the monitor

    def reply_counts(self, consultation_id: int, scope: Scope = EVERYTHING) -> ReplyCounts:
        """Submitted responses, late ones and those of nobody in the frame, and drafts."""
        table = schema.responses
        sent = table.c.status == ResponseStatus.SUBMITTED
        row = self._connection.execute(
            select(
                func.count(case((sent, 1))),
                func.count(case((and_(sent, table.c.late), 1))),
                func.count(case((and_(sent, table.c.invitation_id.is_(None)), 1))),
                func.count(case((table.c.status == ResponseStatus.DRAFT, 1))),
            ).where(table.c.consultation_id == consultation_id, *within(table, scope))
        ).one()
        return ReplyCounts(replies=row[0], late=row[1], off_frame=row[2], drafts=row[3])

    def replies_by_day(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[DayCount, ...]:
        """Submitted responses by day in UTC, the first day first."""
        table = schema.responses
        day = cast(func.date(table.c.submitted_at), String)
        among = func.row_number().over(partition_by=table.c.invitation_id, order_by=(table.c.submitted_at, table.c.id))
        sent = (
            select(
                day.label("day"),
                case((and_(table.c.invitation_id.is_not(None), among == 1), 1), else_=0).label("first"),
            )
            .where(table.c.consultation_id == consultation_id, table.c.status == ResponseStatus.SUBMITTED)
            .where(table.c.submitted_at.is_not(None), *within(table, scope))
            .subquery()
        )
        query = (
            select(sent.c.day, func.count().label("replies"), func.sum(sent.c.first).label("invited"))
            .group_by(sent.c.day)
            .order_by(sent.c.day)
        )
        return tuple(DayCount(**row) for row in self._all(query))

    def frame_counts(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[FrameCount, ...]:
        """Invited organisations by region, type and language, and how many of them began and how many sent."""
        table, stands = schema.invitations, _standing()
        query = (
            select(
                table.c.region,
                table.c.organisation_type,
                table.c.language,
                func.count().label("invited"),
                func.count(stands.c.any).label("begun"),
                func.coalesce(func.sum(stands.c.sent), 0).label("sent"),
            )
            .join(stands, stands.c.invitation_id == table.c.id, isouter=True)
            .where(table.c.consultation_id == consultation_id, *within(table, scope))
            .group_by(table.c.region, table.c.organisation_type, table.c.language)
        )
        return tuple(FrameCount(**row) for row in self._all(query))

    def replied_invitations(self, consultation_id: int, scope: Scope = EVERYTHING) -> frozenset[int]:
        """The organisations of the frame within a scope that sent a response."""
        return self._invitations_with(consultation_id, scope, sent=1)

    def begun_invitations(self, consultation_id: int, scope: Scope = EVERYTHING) -> frozenset[int]:
        """The organisations of the frame within a scope that began a response and sent none."""
        return self._invitations_with(consultation_id, scope, sent=0)

    def _invitations_with(self, consultation_id: int, scope: Scope, *, sent: int) -> frozenset[int]:
        table, stands = schema.invitations, _standing()
        query = select(table.c.id).join(stands, stands.c.invitation_id == table.c.id)
        query = query.where(table.c.consultation_id == consultation_id, stands.c.sent == sent, *within(table, scope))
        return frozenset(self._connection.scalars(query))

    def drafts_by_section(self, consultation_id: int, scope: Scope = EVERYTHING) -> dict[tuple[int, str], int]:
        """(version, section where it was left) -> drafts."""
        table = schema.responses
        query = (
            select(table.c.version_number, table.c.section, func.count().label("drafts"))
            .where(table.c.consultation_id == consultation_id, table.c.status == ResponseStatus.DRAFT)
            .where(*within(table, scope))
            .group_by(table.c.version_number, table.c.section)
        )
        return {(row["version_number"], row["section"]): row["drafts"] for row in self._all(query)}

    def section_times(self, consultation_id: int, scope: Scope = EVERYTHING) -> tuple[SectionTime, ...]:
        """The median time that responses stayed in each section, by the section's name; aggregated by the database."""
        table, responses = schema.section_visits, schema.responses
        place = func.row_number().over(partition_by=table.c.section, order_by=(table.c.seconds, table.c.response_id))
        visits = (
            select(
                table.c.section,
                table.c.seconds,
                place.label("place"),
                func.count().over(partition_by=table.c.section).label("responses"),
            )
            .join(responses, responses.c.id == table.c.response_id)
            .where(responses.c.consultation_id == consultation_id, table.c.seconds > 0, *within(responses, scope))
            .where(responses.c.status != ResponseStatus.DELETED)
            .subquery()
        )
        # Twice the place of the middle: one row for an odd number, the two in the middle for an even one.
        middle = func.abs(2 * visits.c.place - visits.c.responses - 1) <= 1
        query = (
            select(visits.c.section, visits.c.responses, func.avg(visits.c.seconds).label("median"))
            .where(middle)
            .group_by(visits.c.section, visits.c.responses)
        )
        return tuple(
            SectionTime(section=row["section"], responses=row["responses"], median_seconds=float(row["median"]))
            for row in self._all(query)
        )


def _standing() -> Any:
    """Each invitation with a response: whether one of them was sent."""
    table = schema.responses
    return (
        select(
            table.c.invitation_id,
            func.count().label("any"),
            func.max(case((table.c.status == ResponseStatus.SUBMITTED, 1), else_=0)).label("sent"),
        )
        .where(table.c.invitation_id.is_not(None), table.c.status != ResponseStatus.DELETED)
        .group_by(table.c.invitation_id)
        .subquery()
    )


def _invitation(row: Any) -> InvitationRecord:
    return InvitationRecord(**{name: row[name] for name in _FIELDS})
