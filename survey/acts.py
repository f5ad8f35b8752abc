"""How acts of those who answer come into the log; those of staff are recorded by each use case itself.

What is in a draft stays out of the log: it was not given to anybody yet. What was sent is there field by field, but for
contact data, of which only the names of the fields are told. In an anonymous consultation nothing is recorded: an entry
stands between others whose moment is known, and so would tell when somebody was there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from data.audit import differences
from data.records import AnswerValue, ConsultationRecord, ResponseRecord
from data.store import Transaction
from survey.policies import policies_of

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
