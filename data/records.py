"""Typed records that the store returns and takes: what is kept, one frozen value per table row.

Here stand those of consultations, questionnaires and responses; those of other subjects in `*_records.py` beside this.

No rule lives here. Times are aware datetimes in UTC. `Answer` values are JSON: text, number, or a tuple of codes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

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
