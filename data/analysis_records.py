"""Typed records about what is made of responses: findings, reports, releases, frozen states, and their review."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from data.invitation_records import Standing
from data.records import EVERYTHING, ResponseRecord, Scope


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
    standing  to the contact frame of then; of nobody on it where that was not kept
    """

    response: ResponseRecord
    sha256: str
    now: ResponseRecord
    standing: Standing


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
