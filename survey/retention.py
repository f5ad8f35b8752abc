"""How long personal data of a consultation are kept after it closed, what goes when, and the daily job.

The rules are months in `survey.policies`; without a rule everything is kept. It goes as `survey.erasure` says.
"""

import calendar
import logging
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from data.errors import SoundingsError
from data.log_records import ErasureCause, KeptCounts
from data.records import ConsultationRecord, ConsultationStatus
from data.store import Store, Transaction
from survey.access import Action, Actor, require
from survey.acts import note_staff
from survey.erasure import carry_to_backups
from survey.policies import closing, policies_of

_LOG = logging.getLogger(__name__)


class Kind(StrEnum):
    """What a rule of retention is about."""

    CONTACTS = "contacts"
    DRAFTS = "drafts"
    ANSWERS = "answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What becomes of one kind of data.

    months  after closing; None: there is no rule, they are kept
    at      when they are erased; None: there is no rule, or nobody knows when the consultation closes
    is_due  True when the next daily job erases them
    counts  of what is there now: contact data of responses, addresses on the contact list and in mails; drafts;
            responses that were sent, and files
    """

    kind: Kind
    months: int | None
    at: datetime | None
    is_due: bool
    counts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """How much there is."""
        return sum(count for _name, count in self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What will be erased of a consultation, and when. `closed_at` is the moment from which months are counted."""

    closed_at: datetime | None
    due: tuple[Due, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How much was erased."""

    contacts: int = 0
    drafts: int = 0
    responses: int = 0

    def __bool__(self) -> bool:
        return any(asdict(self).values())


def preview(store: Store, slug: str, *, actor: Actor, now: datetime) -> Preview:
    """What the rules erase of a consultation, and when; nothing is changed."""
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.read() as kept:
        return _preview(kept, kept.consultation(slug), now)


def run(store: Store, slug: str, *, actor: Actor, now: datetime) -> Erased:
    """What is due of a consultation is erased now, in one transaction, and the log says how much."""
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.write() as kept:
        erased = _erase(kept, kept.consultation(slug), actor, now)
    if erased:
        carry_to_backups(store, tidy=True)
    return erased


def run_all(store: Store, *, actor: Actor, now: datetime) -> dict[str, Erased]:
    """What is due of any consultation is erased; what was erased lately leaves the database file too."""
    require(actor, Action.MANAGE_CONSULTATIONS)
    with store.read() as kept:
        slugs = [each.slug for each in kept.consultations()]
    done = {}
    for slug in slugs:
        try:
            if erased := run(store, slug, actor=actor, now=now):
                done[slug] = erased
        except SoundingsError as error:
            _LOG.error("The retention of %s failed: %s", slug, error)
    with store.read() as kept:
        lately = any(each.erased_at >= now - timedelta(days=2) for each in kept.erasures())
    carry_to_backups(store, tidy=lately)
    return done


def closed_at(kept: Transaction, consultation: ConsultationRecord, now: datetime) -> datetime | None:
    """When the consultation closed, by its dates or by hand, or will close by its dates; None: nobody knows."""
    by_dates = closing(consultation)
    if consultation.status is not ConsultationStatus.CLOSED:
        return by_dates
    moments = [moment for moment in (by_dates, kept.status_since(consultation.slug)) if moment and moment <= now]
    return min(moments, default=None)


def months_after(moment: datetime, months: int) -> datetime:
    """The same day and time so many months later; the last day of a month that is shorter."""
    year, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + year, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def _preview(kept: Transaction, consultation: ConsultationRecord, now: datetime) -> Preview:
    rules, since = policies_of(consultation), closed_at(kept, consultation, now)
    counts = kept.kept_counts(consultation.id)
    months = {
        Kind.CONTACTS: rules.keep_contacts_months,
        Kind.DRAFTS: rules.keep_drafts_months,
        Kind.ANSWERS: rules.keep_answers_months,
    }
    due = []
    for kind, number in months.items():
        at = None
        if since is not None and number is not None:
            at = months_after(since.astimezone(rules.clock), number).astimezone(UTC)
        due.append(
            Due(kind=kind, months=number, at=at, is_due=at is not None and at <= now, counts=_counts(kind, counts))
        )
    return Preview(closed_at=since, due=tuple(due))


def _counts(kind: Kind, counts: KeptCounts) -> tuple[tuple[str, int], ...]:
    return {
        Kind.CONTACTS: (("contacts", counts.contacts), ("addresses", counts.addresses)),
        Kind.DRAFTS: (("drafts", counts.drafts),),
        Kind.ANSWERS: (("responses", counts.responses), ("files", counts.files)),
    }[kind]


def _erase(kept: Transaction, consultation: ConsultationRecord, actor: Actor, now: datetime) -> Erased:
    due = {each.kind: each for each in _preview(kept, consultation, now).due if each.is_due and each.total}
    noted = policies_of(consultation).noted(now)
    gone = {"drafts": 0, "responses": 0}
    for kind, name in ((Kind.DRAFTS, "drafts"), (Kind.ANSWERS, "responses")):
        for key in kept.response_ids(consultation.id, drafts=kind is Kind.DRAFTS) if kind in due else ():
            kept.erase_response(key, at=noted, cause=ErasureCause.RETENTION)
            gone[name] += 1
    contacts = due[Kind.CONTACTS].total if Kind.CONTACTS in due else 0
    if contacts:
        kept.erase_contacts(consultation.id, consultation.slug, at=now, cause=ErasureCause.RETENTION)
    erased = Erased(contacts=contacts, **gone)
    if erased:
        note_staff(kept, consultation.slug, "retention.erased", actor=actor, now=now, details=asdict(erased))
    return erased
