"""Typed records about what was done: entries of the log, what is deleted, and what was erased."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """One entry of the log of acts: who did what to what, when; `data.audit` says how entries hang together.

    id              its number, from 1 on without a gap
    consultation    short name of the one that it belongs to, "" for none
    content_sha256  of `salt` and `content`
    previous        `sha256` of the entry before it
    salt            None when the content is missing
    content         JSON with "details" and "changes" (name -> [before, after]); "" once it was erased
    """

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    consultation: str = ""
    content_sha256: str = ""
    previous: str = ""
    sha256: str = ""
    salt: str | None = ""
    content: str = ""

    @property
    def is_blanked(self) -> bool:
        """True when what it held was erased."""
        return self.salt == "" and self.content == ""

    @property
    def details(self) -> Mapping[str, object]:
        """What else is known of the act."""
        return self._part("details")

    @property
    def changes(self) -> Mapping[str, tuple[object, object]]:
        """Name -> (before, after) of each field that it changed."""
        return {name: (values[0], values[1]) for name, values in self._part("changes").items()}

    def _part(self, name: str) -> dict[str, Any]:
        return json.loads(self.content).get(name, {}) if self.content else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which entries of the log are wanted; nothing that is not named is looked at.

    consultation  None for everything, "" for what belongs to none
    until         the first moment that is not wanted
    subject       a part of the name of the object
    """

    consultation: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    action: str = ""
    subject: str = ""


class DeletionState(StrEnum):
    """Where the deletion of a response stands.

    ASKED     somebody asked for it, and nobody else agreed yet: the response counts
    REFUSED   it was not agreed to
    TRASHED   it was agreed to: the response counts nowhere, and can be restored
    RESTORED  it was taken out of the trash
    ERASED    the response is gone
    """

    ASKED = "asked"
    REFUSED = "refused"
    TRASHED = "trashed"
    RESTORED = "restored"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionRecord:
    """The deletion of one response.

    response_id    None once it is erased
    status_before  where the response stood when it was put into the trash, "" before
    decided_by     who agreed or refused
    ended_by       who restored or erased it
    """

    id: int
    consultation_id: int
    response_id: int | None
    reference: str
    state: DeletionState
    status_before: str
    reason: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    ended_by: str
    ended_at: datetime | None


class ErasureCause(StrEnum):
    """Why something was erased: its respondent or staff wanted it, a rule of retention, or its time in the trash."""

    RESPONDENT = "respondent"
    STAFF = "staff"
    RETENTION = "retention"
    TRASH = "trash"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRecord:
    """That something was erased, without what it was.

    kind     "response", or "contacts": the contact data of a consultation that were there at that moment
    subject  the reference of the response; the short name of the consultation
    """

    id: str
    kind: str
    subject: str
    cause: ErasureCause
    erased_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCounts:
    """How much there is of a consultation: contact data of responses, addresses on the contact list and in mails,
    drafts, responses that were sent (withdrawn ones included) and files."""

    contacts: int
    addresses: int
    drafts: int
    responses: int
    files: int
