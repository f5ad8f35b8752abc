"""How acts come into the log: those of whoever answers, and those of staff in a consultation.

What is in a draft stays out of the log: it was not given to anybody yet. What was sent is there field by field, but for
contact data, of which only the names of the fields are told. In an anonymous consultation nothing is recorded: an entry
stands between others whose moment is known, and so would tell when somebody was there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from data.audit import differences
from data.records import AnswerValue, ConsultationRecord, ResponseRecord
from data.store import Transaction
from survey.access import Actor
from survey.policies import policies_of, written

RESPONDENT = "respondent"
"""How the log names whoever holds a personal code."""


def note(
    kept: Transaction,
    response: ResponseRecord,
    action: str,
    *,
    now: datetime,
    details: Mapping[str, object] | None = None,
    changes: Mapping[str, Sequence[object]] | None = None,
) -> None:
    """Appends what the holder of a code did with a response; nothing in an anonymous consultation."""
    consultation = kept.consultation_by_id(response.consultation_id)
    if policies_of(consultation).anonymous:
        return
    holder = kept.holder(response.id).name
    kept.record(
        at=now,
        actor=RESPONDENT,
        action=action,
        subject=subject_of(consultation, response.reference),
        consultation=consultation.slug,
        details={**({"by": holder} if holder else {}), **(details or {})},
        changes=changes,
    )


def note_staff(
    kept: Transaction,
    slug: str,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    of: object = "",
    details: Mapping[str, object] | None = None,
    changes: Mapping[str, Sequence[object]] | None = None,
) -> None:
    """Appends what staff did in a consultation, or with what `of` names in it."""
    kept.record(
        at=now,
        actor=actor.label,
        action=action,
        subject=slug if of == "" else f"{slug}/{of}",
        consultation=slug,
        details=details or {},
        changes=changes,
    )


def note_settings(
    kept: Transaction,
    slug: str,
    action: str,
    before: ConsultationRecord | None,
    *,
    actor: Actor,
    now: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Appends what staff changed in the settings of a consultation; `before` is None when it is new."""
    changes = differences(_settings(before), _settings(kept.consultation(slug)))
    note_staff(kept, slug, action, actor=actor, now=now, details=details, changes=changes)


def _settings(consultation: ConsultationRecord | None) -> dict[str, object]:
    """Every setting by its name, as the log tells what became of it."""
    if consultation is None:
        return {}
    dates = {name: getattr(consultation, name) for name in ("opens_at", "deadline_at", "closes_at")}
    titles = {f"title {tag}": words for tag, words in consultation.title.items()}
    roles = {f"part {role}": question for role, question in consultation.roles.items()}
    return {"status": str(consultation.status), **dates, **titles, **roles, **written(policies_of(consultation))}


def subject_of(consultation: ConsultationRecord, reference: str) -> str:
    """How the log names a response."""
    return f"{consultation.slug}/{reference}"


def sent_changes(
    before: Mapping[str, AnswerValue],
    after: Mapping[str, AnswerValue],
    contact_before: Mapping[str, str],
    contact_after: Mapping[str, str],
) -> tuple[dict[str, list[object]], list[str]]:
    """(question -> [before, after] of what was sent, the contact questions whose answer is another)."""
    return differences(before, after), list(differences(contact_before, contact_after))
