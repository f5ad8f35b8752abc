"""Typed records that the store returns and takes: what is kept, one frozen value per table row.

No rule lives here. Times are aware datetimes in UTC. `Answer` values are JSON: text, number, or a tuple of codes.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

AnswerValue = str | int | float | tuple[str, ...]
"""A stored answer as JSON keeps it, lists read back as tuples (the same shape as `survey.questionnaire.Answer`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The rows a reader may see; None means every region or every language."""

    regions: frozenset[str] | None = None
    languages: frozenset[str] | None = None

    @property
    def is_narrow(self) -> bool:
        """True when something lies outside it."""
        return self.regions is not None or self.languages is not None

    @classmethod
    def of(cls, parts: Mapping[str, Iterable[str]]) -> "Scope":
        """The scope of {"regions": codes, "languages": tags}; what is not named is everything."""
        return cls(**{name: frozenset(codes) for name, codes in parts.items()})

    def as_mapping(self) -> dict[str, list[str]]:
        """The same for a column, a log or a document."""
        parts = {"regions": self.regions, "languages": self.languages}
        return {name: sorted(codes) for name, codes in parts.items() if codes is not None}

    def holds(self, other: "Scope") -> bool:
        """True when everything that the other lets through is let through here too."""
        pairs = ((self.regions, other.regions), (self.languages, other.languages))
        return all(own is None or (theirs is not None and theirs <= own) for own, theirs in pairs)


EVERYTHING = Scope()


class ConsultationStatus(StrEnum):
    """Where a consultation stands; dates decide further within OPEN."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class ResponseStatus(StrEnum):
    """Where a response stands; a withdrawn one is kept, a deleted one waits in the trash; both count nowhere."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationRecord:
    """One consultation.

    title      language tag -> words
    deadline_at  answers after it are marked late and counted (None: no first deadline)
    closes_at    no answer is taken after it (None: open until closed by hand)
    roles        which question plays which part: organisation, region, organisation_type, level, publish, consent,
                 contact, challenge, finding, recommendation, recommendation_challenge, action_local, ...
    fictional    True when people and answers are invented; said wherever they are shown
    outcome      what became of the answers: "words" by language, "link", "on" (a date), as `survey.outcomes` writes it
    policies     the rules that differ from the usual ones, as `survey.policies` writes them
    revision     grows with each change of what staff set, words of mails included
    """

    id: int
    slug: str
    title: Mapping[str, str]
    status: ConsultationStatus
    opens_at: datetime | None
    deadline_at: datetime | None
    closes_at: datetime | None
    fictional: bool
    roles: Mapping[str, str]
    created_at: datetime
    policies: Mapping[str, object] = field(default_factory=dict)
    outcome: Mapping[str, object] = field(default_factory=dict)
    revision: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRecord:
    """One version of a questionnaire, exactly as published.

    workbook     its sheets as JSON text
    renames      old name -> new name of what the version before it called otherwise (`survey.versions.renames`)
    file_name    of the workbook it came from, "" when there was none; its content is read by itself
    file_sha256  of that content, 64 hex digits
    """

    consultation_id: int
    number: int
    workbook: str
    created_at: datetime
    renames: Mapping[str, object] = field(default_factory=dict)
    file_name: str = ""
    file_sha256: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCount:
    """Invited organisations of one region, type and language; how many began (sent or not) and how many sent."""

    region: str
    organisation_type: str
    language: str
    invited: int
    begun: int
    sent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionTime:
    """How long responses stayed in a section: the median of so many of them."""

    section: str
    responses: int
    median_seconds: float


class ReplyRecord(NamedTuple):
    """A submitted response as the analysis reads it, with the fields of ResponseRecord that count.

    A tuple, because a million of them are made: that takes a quarter of the time of a frozen dataclass.
    """

    id: int
    version_number: int
    reference: str
    salt: str
    revision: int
    language: str
    region: str
    publish: str
    late: bool
    updated_at: datetime
    submitted_at: datetime | None
    submission: Mapping[str, AnswerValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRecord:
    """One response.

    answers     everything the respondent entered, also what is not relevant now (a draft's memory)
    submission  what was submitted: relevant answers and calculations only; {} while a draft; contact data never
    revision    number of saves; the version that optimistic locking compares
    moved_from  the version of the questionnaire in which a draft was answered before it was moved to its present one;
                0 when there is nothing to tell
    sign_off    True when the holder wants somebody who may approve to send it
    ready_by, ready_at  who said that it is ready for approval, and when; None: nobody, or it was changed since
    correcting  True while its holder changes what was sent: `answers` hold the changes, `submission` counts
    salt        drawn by chance: without it nobody can tell whether a digest was made of some answers
    """

    id: int
    consultation_id: int
    version_number: int
    invitation_id: int | None
    reference: str
    status: ResponseStatus
    revision: int
    language: str
    channel: str
    region: str
    publish: str
    late: bool
    started_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    expires_at: datetime | None
    answers: Mapping[str, AnswerValue] = field(default_factory=dict)
    submission: Mapping[str, AnswerValue] = field(default_factory=dict)
    section: str = ""
    moved_from: int = 0
    correcting: bool = False
    withdrawn_at: datetime | None = None
    sign_off: bool = False
    ready_by: str = ""
    ready_at: datetime | None = None
    salt: str = ""


class KeyRole(StrEnum):
    """What the holder of a code may do: all, write, or write and approve."""

    OWNER = "owner"
    WRITER = "writer"
    APPROVER = "approver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose code it is; the owner's, which the response was begun with, has no name."""

    name: str = ""
    role: KeyRole = KeyRole.OWNER


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """A further personal code of one response, without the code."""

    id: int
    response_id: int
    name: str
    role: KeyRole
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionChange:
    """Who changed a section last, and when; "" is the owner."""

    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRecord:
    """What was sent at one time; the first one and every correction.

    approved  True when the code that sent it was one of somebody who approves; in revisions of old nobody knows
    """

    revision: int
    saved_at: datetime
    submission: Mapping[str, AnswerValue]
    consent: "ConsentRecord | None" = None
    sent_by: str = ""
    approved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """What a respondent was asked to agree to, word for word, in one version and language."""

    version_number: int
    language: str
    sha256: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """An uploaded file; `id` is random and says nothing about its content."""

    id: str
    response_id: int
    question: str
    name: str
    content_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """Somebody with an account."""

    id: int
    login: str
    name: str
    role: str
    active: bool


class Way(StrEnum):
    """How somebody signed in."""

    PASSWORD = "password"
    PROVIDER = "provider"
    DEMO = "demo"


class Awaits(StrEnum):
    """What a session still waits for before it opens anything."""

    NOTHING = ""
    CODE = "code"
    SET_UP = "set_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """A staff session, without its token. `device` is what the browser says about itself."""

    id: int
    person_id: int
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime
    idle_minutes: int
    device: str
    way: Way
    awaits: Awaits


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorRecord:
    """The secret that an authenticator app shares with us; `last_step` is the half minute of the last code taken."""

    person_id: int
    secret: str
    confirmed_at: datetime | None
    last_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderVisit:
    """What one browser was sent to the identity provider with."""

    state_hash: str
    nonce: str
    verifier: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCount:
    """Wrong attempts under one key, and when the right one came last."""

    failures: int = 0
    failed_at: datetime | None = None
    blocked_until: datetime | None = None
    succeeded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRecord:
    """What somebody may do in one consultation (`slug`): a role and the part of it that they see."""

    person_id: int
    login: str
    name: str
    slug: str
    role: str
    scope: Scope
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRecord:
    """A one-time link that creates an account or sets a password; only its token's hash is kept."""

    id: int
    role: str
    login: str
    name: str
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRecord:
    """A kept finding: a statement with the card's numbers as they were when it was kept.

    card   the frozen card as JSON in each language of the questionnaire: language tag -> card
    scope  the part of the consultation that its numbers were counted in
    """

    id: int
    consultation_id: int
    position: int
    statement: str
    question: str
    filters: Mapping[str, tuple[str, ...]]
    card: Mapping[str, Mapping[str, object]]
    replies: int
    created_at: datetime
    created_by: str
    revision: int
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRecord:
    """A report that people put together.

    outline  its items in their order, as `analysis.report.outline` writes them
    scope    the part of the consultation that its figures are counted in
    """

    id: int
    consultation_id: int
    title: str
    language: str
    outline: Mapping[str, object]
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    revision: int
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRecord:
    """The public page of a consultation's results: what was chosen for it, and what stands there.

    choice        what staff chose last, published or not, as `analysis.published` writes it
    content       what was published, with its figures as they were then; {} while nothing is, or where it was not read
    published_at  when this content was published; None while nothing is
    withdrawn_at  when the page was last taken away; None when it never was, or stands there again
    """

    id: int
    consultation_id: int
    revision: int
    choice: Mapping[str, Any]
    content: Mapping[str, Any]
    published_at: datetime | None
    published_by: str
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNoteRecord:
    """What staff wrote under the card of a question, as they wrote it last; "" when they took it away."""

    id: int
    question: str
    text: str
    written_at: datetime
    written_by: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecord:
    """A table that was shown to an audience.

    state    SHA-256 of the data it was made of
    filters  [[variable, [codes]]]
    hidden   [[question, group as filters, figure, reason]] of what it did not show
    exposed  small groups that earlier releases told whatever this one hid
    scope    the part of the consultation of which it was made
    """

    id: int
    consultation_id: int
    state: str
    audience: str
    question: str
    filters: list[Any]
    by: str
    threshold: int
    rounding: int
    hidden: list[Any]
    exposed: int
    at: datetime
    actor: str
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationRecord:
    """A recommendation with its addressee, level and challenge, in the order staff gave it."""

    id: int
    consultation_id: int
    position: int
    text: str
    addressee: str
    level: str
    challenge: str
    finding_ids: tuple[int, ...]
    answers: tuple[tuple[int, str], ...]
    """Linked open answers: (response id, question name)."""
    created_at: datetime
    created_by: str
    revision: int
    scope: Scope = EVERYTHING
    """The part of the consultation that its writer saw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRecord:
    """A state of a consultation's data that was frozen: its SHA-256 and what that was made of besides the answers.

    note          why it was taken, "" for no words
    title         of the consultation at that time: language tag -> words
    conditions    what `analysis.dataset.snapshot.conditions` wrote
    replies       how many submitted responses it held
    present       how many of them are there still; the others were erased
    figures_mark  digest of its figures, keyed with what erasing takes away
    scope         the part of the consultation that it is a state of
    """

    id: int
    consultation_id: int
    sha256: str
    taken_at: datetime
    taken_by: str
    note: str
    title: Mapping[str, str]
    conditions: Mapping[str, Any]
    replies: int
    present: int
    figures_mark: str
    scope: Scope = EVERYTHING

    @property
    def erased(self) -> int:
        """How many of its responses were erased since."""
        return self.replies - self.present


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenResponse:
    """A response as a snapshot refers to it.

    response  as it was: what was sent then, with language, region, permission and time of then
    sha256    its digest of then
    now       the response as it stands now
    """

    response: ResponseRecord
    sha256: str
    now: ResponseRecord


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


class Flag(StrEnum):
    """Why somebody should look at a reply before it counts.

    STRAIGHT_LINING  the same point of the scale all through a battery
    SPEEDING         much faster than the others
    DUPLICATE        another reply is, or may be, of the same organisation
    CAMPAIGN         an open answer that others gave in nearly the same words
    CONTRADICTION    answers that cannot both be meant
    """

    STRAIGHT_LINING = "straight_lining"
    SPEEDING = "speeding"
    DUPLICATE = "duplicate"
    CAMPAIGN = "campaign"
    CONTRADICTION = "contradiction"


class Decision(StrEnum):
    """What a person decided about a flagged reply; OPEN is what was decided and taken back."""

    EXCLUDED = "excluded"
    KEPT = "kept"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecision:
    """The decision about one reply under one flag.

    revision           how often it was decided on; the version that optimistic locking compares
    response_revision  the revision of the reply that was decided on; a correction has raised it since, or not
    """

    response_id: int
    flag: Flag
    revision: int
    decision: Decision
    reason: str
    decided_by: str
    decided_at: datetime
    response_revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedReply:
    """A submitted response without its answers, as somebody decides on it."""

    id: int
    reference: str
    submitted_at: datetime
    language: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRule:
    """An expression over answers that is true when they contradict each other."""

    id: int
    name: str
    expression: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRecord:
    """A questionnaire in preparation, without its rows.

    slug  of the consultation it began from or was published as, "" for none
    """

    id: int
    name: str
    slug: str
    revision: int
    created_at: datetime
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectState:
    """The rows and the record of translations of a questionnaire in preparation, before an act."""

    act: str
    workbook: str
    memory: str


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
