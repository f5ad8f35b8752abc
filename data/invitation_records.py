"""Typed records about who is invited: the contact frame, mailings and mails, and the counts that the monitor shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRecord:
    """One invited organisation of the contact frame."""

    id: int
    consultation_id: int
    organisation: str
    region: str
    country: str
    organisation_type: str
    language: str
    email: str


class MailStatus(StrEnum):
    """Where a mail stands.

    SENDING  it was handed to the mail server, which has not answered; a run that is ended there leaves it so
    FAILED   it did not go out, or nobody knows whether it did; the reason tells
    BOUNCED  it went out and came back
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingRecord:
    """One mailing. `counts` are mails by status."""

    id: int
    kind: str
    created_at: datetime
    created_by: str
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRecord:
    """One mail to an invited organisation, at the address that it had then."""

    id: int
    mailing_id: int
    invitation_id: int
    kind: str
    email: str
    status: MailStatus
    reason: str
    message_id: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentResponse:
    """A submitted response without its answers.

    invitation_id  the organisation of the contact frame that it counts for
    is_linked      it was begun by a personal link of that organisation
    """

    id: int
    reference: str
    submitted_at: datetime
    invitation_id: int | None
    is_linked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyCounts:
    """Submitted replies, late ones and those of nobody in the contact frame among them, and drafts."""

    replies: int
    late: int
    off_frame: int
    drafts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """Replies of one day, `day` as 2026-10-31; `invited` of them are the first of an organisation of the frame."""

    day: str
    replies: int
    invited: int


class ListedReply(NamedTuple):
    """A submitted response that counts for an organisation of the contact frame, and what the frame tells of that one.

    is_linked  it was begun by a personal link of that organisation
    salt       of the response
    """

    response_id: int
    invitation_id: int
    region: str
    organisation_type: str
    is_linked: bool
    salt: str


class ContactsRevision(NamedTuple):
    """Tells one state of a contact frame and of the responses that count for it from another.

    counted  how often it was changed for whom a submitted response counts
    parts    (region, type, how many organisations, two sums of their keys)
    """

    counted: int
    parts: tuple[tuple[str, str, int, int, int], ...]

    @property
    def invited(self) -> int:
        """How many organisations there are."""
        return sum(part[2] for part in self.parts)


class ListedAs(StrEnum):
    """How a response stands to the contact frame, or to a part of it: of nobody on it, the one that counts for an
    organisation, a further one of an organisation of which another one counts, or of an organisation in another part
    than the one that the snapshot is of."""

    NOBODY = ""
    COUNTS = "counts"
    FURTHER = "further"
    ELSEWHERE = "elsewhere"


class Standing(NamedTuple):
    """How a response stood to the contact frame when a snapshot was taken, and what the frame told of its organisation.

    region, organisation_type  codes of that time, of a response that counts; "" of any other. The organisation itself
                               is not kept: it would tie responses to each other for good
    """

    listed: ListedAs = ListedAs.NOBODY
    region: str = ""
    organisation_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCount:
    """Invited organisations of one region, type and language; how many began (sent or not) and how many sent."""

    region: str
    organisation_type: str
    language: str
    invited: int
    begun: int
    sent: int
