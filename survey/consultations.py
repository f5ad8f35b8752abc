"""Use cases about a consultation: publish a questionnaire, are answers taken, the compiled form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from data.errors import InvalidInput
from data.records import ConsultationRecord, ConsultationStatus
from data.store import Store, Transaction
from survey.access import Action, Actor, require
from survey.logic.compiled_form import CompiledForm, compile_form
from survey.questionnaire import Questionnaire
from survey.xlsform.checker import check, is_usable
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import Sheets, from_json, to_json

ROLE_NAMES: Mapping[str, tuple[str, ...]] = {
    "organisation": ("org_name", "organisation", "organization"),
    "region": ("region",),
    "country": ("country",),
    "organisation_type": ("org_type", "organisation_type", "organization_type"),
    "level": ("work_level", "level"),
    "publish": ("publish",),
    "consent": ("consent",),
    "contact": ("contact_email", "email"),
    "finding": ("finding",),
    "recommendation": ("recommendation",),
    "recommendation_challenge": ("rec_challenge", "recommendation_challenge"),
    "challenge": ("prio_1", "challenge"),
    "action_local": ("action_local",),
    "action_national": ("action_national",),
    "action_regional": ("action_regional",),
    "action_international": ("action_international",),
}
"""Which question plays which part, by the names that forms of this field use."""

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")


class Standing(StrEnum):
    """Whether a consultation takes answers now."""

    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What `publish` did."""

    slug: str
    version: int
    questions: int
    languages: tuple[str, ...]


def publish(
    store: Store,
    sheets: Sheets,
    *,
    slug: str,
    title: Mapping[str, str],
    actor: Actor,
    now: datetime,
    opens_at: datetime | None = None,
    deadline_at: datetime | None = None,
    closes_at: datetime | None = None,
    fictional: bool = False,
) -> Published:
    """Opens a consultation with this questionnaire, or adds a version to the one with that slug.

    A present consultation takes over the title and the dates that are given, and keeps the others.

    Raises InvalidInput("questionnaire.invalid") when the workbook has errors, ("consultation.slug"),
    ("consultation.title") or ("consultation.dates") when those cannot be used.
    """
    require(actor, Action.MANAGE_CONSULTATIONS)
    if not _SLUG.fullmatch(slug):
        raise InvalidInput("consultation.slug", slug=slug)
    if not any(words.strip() for words in title.values()):
        raise InvalidInput("consultation.title")
    _require_dates(opens_at, deadline_at, closes_at)
    issues = check(sheets)
    if not is_usable(issues):
        errors = tuple(issue for issue in issues if issue.severity == "error")
        raise InvalidInput("questionnaire.invalid", count=len(errors), issues=errors)
    questionnaire = read_questionnaire(sheets)
    names = {question.name for question in questionnaire.questions()}
    roles = {role: next(n for n in known if n in names) for role, known in ROLE_NAMES.items() if names & set(known)}
    with store.write() as kept:
        existing = next((c for c in kept.consultations() if c.slug == slug), None)
        if existing is None:
            consultation_id = kept.add_consultation(
                slug=slug,
                title=dict(title),
                status=ConsultationStatus.OPEN,
                opens_at=opens_at,
                deadline_at=deadline_at,
                closes_at=closes_at,
                fictional=fictional,
                roles=roles,
                created_at=now,
            )
            number = 1
        else:
            consultation_id = existing.id
            number = len(kept.versions(consultation_id)) + 1
            dates = {"opens_at": opens_at, "deadline_at": deadline_at, "closes_at": closes_at}
            given = {name: moment for name, moment in dates.items() if moment is not None}
            merged = {name: given.get(name, getattr(existing, name)) for name in dates}
            _require_dates(*merged.values())
            kept.change_consultation(consultation_id, roles=roles, title={**existing.title, **title}, **merged)
        kept.add_version(consultation_id=consultation_id, number=number, workbook=to_json(sheets), created_at=now)
        kept.record(
            at=now, actor=actor.label, action="consultation.published", subject=slug, details={"version": number}
        )
    tags = tuple(language.tag for language in questionnaire.languages)
    return Published(slug=slug, version=number, questions=len(names), languages=tags)


def read_moment(text: str, *, end_of_day: bool) -> datetime | None:
    """An ISO 8601 moment, UTC without a zone; a bare date is its first or its last minute. "" is None."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput("date.unreadable", text=text) from None
    if len(text) == len("2026-10-31") and end_of_day:
        found = found.replace(hour=23, minute=59)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


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
) -> None:
    """Sets titles (those in other languages stay) and all three dates; None removes a date.

    Raises InvalidInput("consultation.title"), ("consultation.dates").
    """
    require(actor, Action.MANAGE_CONSULTATIONS)
    _require_dates(opens_at, deadline_at, closes_at)
    with store.write() as kept:
        consultation = kept.consultation(slug)
        titles = {**consultation.title, **{tag: words.strip() for tag, words in title.items()}}
        if not any(titles.values()):
            raise InvalidInput("consultation.title")
        dates = {"opens_at": opens_at, "deadline_at": deadline_at, "closes_at": closes_at}
        kept.change_consultation(consultation.id, title=titles, **dates)
        details = {name: None if moment is None else moment.isoformat() for name, moment in dates.items()}
        kept.record(at=now, actor=actor.label, action="consultation.changed", subject=slug, details=details)


def _require_dates(*moments: datetime | None) -> None:
    dates = [moment for moment in moments if moment is not None]
    if dates != sorted(dates):
        raise InvalidInput("consultation.dates")


def set_status(store: Store, slug: str, status: ConsultationStatus, *, actor: Actor, now: datetime) -> None:
    """Opens or closes a consultation by hand."""
    require(actor, Action.MANAGE_CONSULTATIONS)
    with store.write() as kept:
        consultation = kept.consultation(slug)
        kept.change_consultation(consultation.id, status=status)
        kept.record(at=now, actor=actor.label, action="consultation.status", subject=slug, details={"status": status})


def standing(consultation: ConsultationRecord, now: datetime) -> Standing:
    """Whether answers are taken at this moment; a closing time belongs to the open period."""
    if consultation.status is ConsultationStatus.CLOSED:
        return Standing.CLOSED
    if consultation.closes_at is not None and now > consultation.closes_at:
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


def form(kept: Transaction, consultation_id: int, number: int = 0) -> CompiledForm:
    """The compiled questionnaire of a version, the newest for number 0."""
    key = kept.version_key(consultation_id, number)
    if key not in _FORMS:
        versions = kept.versions(consultation_id)
        if len(_FORMS) >= FORMS_KEPT:
            _FORMS.clear()
        _FORMS[key] = _compiled((versions[-1] if number == 0 else versions[number - 1]).workbook)
    return _FORMS[key]


def newest_form(store: Store, consultation: ConsultationRecord) -> CompiledForm:
    """The compiled questionnaire that a new response gets."""
    with store.read() as kept:
        return form(kept, consultation.id)


def questionnaire(store: Store, consultation: ConsultationRecord) -> Questionnaire:
    """The newest questionnaire of a consultation."""
    return newest_form(store, consultation).questionnaire


FORMS_KEPT = 64
_FORMS: dict[tuple[object, ...], CompiledForm] = {}
"""Compiled questionnaires by what names a version for ever; immutable, shared by all sessions."""


@lru_cache(maxsize=FORMS_KEPT)
def _compiled(workbook: str) -> CompiledForm:
    return compile_form(read_questionnaire(from_json(workbook)))
