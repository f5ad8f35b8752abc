"""Use cases about a consultation: which there are, title and dates, open or closed, are answers taken, who may."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from data.errors import InvalidInput
from data.records import ConsultationRecord, ConsultationStatus, Scope
from data.store import Store, Transaction
from survey.access import Action, Actor, decide, require
from survey.acts import note_settings, note_staff
from survey.consultation_rules import require_dates
from survey.policies import closing, policies_of
from survey.published_forms import lineage_of
from survey.question_roles import COLUMN_LENGTH, roles_in


class Standing(StrEnum):
    """Whether a consultation takes answers now."""

    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"


def admitted(
    kept: Transaction, slug: str, actor: Actor, action: Action, *, unknown: str = "consultation.unknown"
) -> tuple[ConsultationRecord, Scope]:
    """The consultation, and the rows of it that the actor may do this with; raises what `access.require` raises."""
    scope = require(actor, action, slug, unknown=unknown)
    consultation = kept.consultation(slug)
    return consultation, scope_in(kept, consultation, scope)


def scope_in(kept: Transaction, consultation: ConsultationRecord, scope: Scope) -> Scope:
    """The scope in the codes that stand beside responses of every version.

    A code that meant another region in some version lets nothing through, rather than rows of that region.
    """
    if scope.regions is None:
        return scope
    line = lineage_of(kept, consultation.id)
    meant: dict[str, set[str]] = {}
    for number in line.numbers:
        form = line.questionnaires[number]
        question = roles_in(kept, consultation, number).get("region", "")
        for choice in form.choices(form.question(question)) if question else ():
            code = line.code(number, question, choice.name)
            for kept_code in (choice.name, choice.name[:COLUMN_LENGTH]):
                meant.setdefault(kept_code, set()).add(code)
    strange = {code for code in scope.regions if code not in meant}
    inside = {code for code, regions in meant.items() if regions <= scope.regions}
    return replace(scope, regions=frozenset(strange | inside))


def change(
    store: Store,
    slug: str,
    *,
    title: Mapping[str, str],
    opens_at: datetime | None,
    deadline_at: datetime | None,
    closes_at: datetime | None,
    actor: Actor,
    now: datetime,
    revision: int | None = None,
) -> None:
    """Sets titles (those in other languages stay) and all three dates; None removes a date.

    revision  of the consultation that the writer had before them; None: whatever it is now
    Raises    InvalidInput("consultation.title"), ("consultation.dates"), ("policies.visible_before");
              Conflict "record.changed_elsewhere".
    """
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    require_dates(opens_at, deadline_at, closes_at)
    with store.write() as kept:
        consultation = kept.consultation(slug)
        titles = {**consultation.title, **{tag: words.strip() for tag, words in title.items()}}
        if not any(titles.values()):
            raise InvalidInput("consultation.title")
        dates = {"opens_at": opens_at, "deadline_at": deadline_at, "closes_at": closes_at}
        visible = policies_of(consultation).visible_until
        if visible is not None and closes_at is not None and visible < closes_at:
            raise InvalidInput("policies.visible_before")
        kept.change_consultation(consultation.id, expected_revision=revision, title=titles, **dates)
        note_settings(kept, slug, "consultation.changed", consultation, actor=actor, now=now)


def set_status(store: Store, slug: str, status: ConsultationStatus, *, actor: Actor, now: datetime) -> None:
    """Opens or closes a consultation by hand."""
    require(actor, Action.MANAGE_CONSULTATIONS, slug)
    with store.write() as kept:
        consultation = kept.consultation(slug)
        kept.change_consultation(consultation.id, status=status)
        changes = {"status": [consultation.status, status]}
        note_staff(kept, slug, "consultation.status", actor=actor, now=now, changes=changes)


def standing(consultation: ConsultationRecord, now: datetime) -> Standing:
    """Whether answers are taken at this moment; the last moment (`policies.closing`) belongs to the open period."""
    if consultation.status is ConsultationStatus.CLOSED:
        return Standing.CLOSED
    last = closing(consultation)
    if last is not None and now > last:
        return Standing.CLOSED
    if consultation.status is ConsultationStatus.DRAFT:
        return Standing.NOT_YET
    if consultation.opens_at is not None and now < consultation.opens_at:
        return Standing.NOT_YET
    return Standing.OPEN


def require_open(consultation: ConsultationRecord, now: datetime) -> None:
    """Returns when answers are taken now, else raises InvalidInput with the reason."""
    stands = standing(consultation, now)
    if stands is Standing.CLOSED:
        raise InvalidInput("consultation.closed")
    if stands is Standing.NOT_YET:
        raise InvalidInput("consultation.not_open_yet", opens_at=consultation.opens_at)


def is_late(consultation: ConsultationRecord, moment: datetime) -> bool:
    """True when a reply at this moment comes after the first deadline."""
    return consultation.deadline_at is not None and moment > consultation.deadline_at


def find(store: Store, slug: str) -> ConsultationRecord:
    """The consultation at that address; NotFound("consultation.unknown") when there is none."""
    with store.read() as kept:
        return kept.consultation(slug)


def listed(store: Store) -> tuple[ConsultationRecord, ...]:
    """All consultations, newest first."""
    with store.read() as kept:
        return kept.consultations()


def visible(store: Store, *, actor: Actor, action: Action) -> tuple[ConsultationRecord, ...]:
    """The consultations in which the actor may do this, newest first."""
    return tuple(each for each in listed(store) if decide(actor, action, each.slug).allowed)


def announced(store: Store) -> tuple[ConsultationRecord, ...]:
    """The consultations that anybody is shown, newest first: not those that wait until staff open them."""
    return tuple(each for each in listed(store) if each.status is not ConsultationStatus.DRAFT)
