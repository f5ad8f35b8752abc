"""Use cases of deleting a response: one person asks with a reason, another agrees, and after TRASH_DAYS it is erased.

What is in the trash counts nowhere and can be restored. Whoever holds its code reads what happened. Once it is erased,
the log tells who asked and who agreed, and nothing of the answers.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.errors import Conflict, InvalidInput, NotAllowed, NotFound
from data.log_records import DeletionRecord, DeletionState, ErasureCause
from data.records import ConsultationRecord, ResponseRecord, ResponseStatus
from data.store import Store, Transaction
from survey import question_roles
from survey.access import Action, Actor, decide, require
from survey.acts import note_staff
from survey.erasure import carry_to_backups
from survey.sending import require_place
from survey.sessions import actor_for

TRASH_DAYS = 30
"""So long a deleted response can be restored."""
ALONE_HOURS = 72
"""Who asked may agree after so long, where nobody else may."""
REASON_LIMIT = 1000
_NEEDS = (Action.MANAGE_CONSULTATIONS, Action.READ_ANSWERS)
"""Deleting is for who answers for the whole consultation and sees what is deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A deletion as a member of staff sees it.

    may_agree    True when this person may agree to it now
    agree_from   for who asked, where nobody else may: from when on; None otherwise
    erased_from  when what is in the trash is erased; None for what is not there
    """

    record: DeletionRecord
    may_agree: bool
    agree_from: datetime | None
    erased_from: datetime | None


def ask(store: Store, slug: str, reference: str, reason: str, *, actor: Actor, now: datetime) -> int:
    """Asks that a response be deleted and returns the key of the request; until somebody agrees nothing changes.

    Raises InvalidInput("deletion.reason"); NotFound("response.unknown"); Conflict("deletion.asked").
    """
    _require(actor, slug)
    reason = reason.strip()
    if not reason or len(reason) > REASON_LIMIT:
        raise InvalidInput("deletion.reason", limit=REASON_LIMIT)
    with store.write() as kept:
        consultation = kept.consultation(slug)
        reference = reference.strip().upper()
        response_id = kept.response_by_reference(consultation.id, reference)
        if kept.deletion_of(response_id) is not None:
            raise Conflict("deletion.asked")
        key = kept.add_deletion(
            consultation_id=consultation.id,
            response_id=response_id,
            reference=reference,
            reason=reason,
            asked_by=actor.label,
            asked_at=now,
        )
        reference = kept.deletion(key).reference
        note_staff(kept, slug, "deletion.asked", of=reference, actor=actor, now=now, details={"reason": reason})
    return key


def agree(store: Store, slug: str, deletion_id: int, *, actor: Actor, now: datetime) -> None:
    """The response goes into the trash.

    Raises NotAllowed("deletion.own") for who asked, as long as somebody else may agree; ("deletion.own_wait") before
    ALONE_HOURS where nobody else may; NotFound("deletion.unknown"); Conflict("deletion.changed").
    """
    _require(actor, slug)
    with store.write() as kept:
        _consultation, record = _found(kept, slug, deletion_id, DeletionState.ASKED)
        seen = _seen(record, actor, others=_others(kept, record), now=now)
        if not seen.may_agree:
            if seen.agree_from is None:
                raise NotAllowed("deletion.own")
            raise NotAllowed("deletion.own_wait", at=f"{seen.agree_from:%Y-%m-%d %H:%M} UTC")
        response = kept.response(_response_id(record))
        kept.move_deletion(
            record.id,
            DeletionState.ASKED,
            DeletionState.TRASHED,
            status_before=response.status,
            decided_by=actor.label,
            decided_at=now,
        )
        kept.set_response_status(response.id, ResponseStatus.DELETED)
        changes = {"status": [response.status, ResponseStatus.DELETED]}
        details = {"asked_by": record.asked_by}
        note_staff(
            kept, slug, "deletion.agreed", of=record.reference, actor=actor, now=now, details=details, changes=changes
        )


def refuse(store: Store, slug: str, deletion_id: int, *, actor: Actor, now: datetime) -> None:
    """The response stays; who asked may take it back the same way. What it raises: as `agree`, but for who may."""
    _require(actor, slug)
    with store.write() as kept:
        _consultation, record = _found(kept, slug, deletion_id, DeletionState.ASKED)
        kept.move_deletion(
            record.id, DeletionState.ASKED, DeletionState.REFUSED, decided_by=actor.label, decided_at=now
        )
        details = {"asked_by": record.asked_by}
        note_staff(kept, slug, "deletion.refused", of=record.reference, actor=actor, now=now, details=details)


def restore(store: Store, slug: str, deletion_id: int, *, actor: Actor, now: datetime) -> None:
    """The response is again as it was, and counts as it did.

    Raises what `sending.require_place` raises when its place was taken meanwhile; NotFound("deletion.unknown"),
    Conflict("deletion.changed").
    """
    _require(actor, slug)
    with store.write() as kept:
        consultation, record = _found(kept, slug, deletion_id, DeletionState.TRASHED)
        response, before = kept.response(_response_id(record)), ResponseStatus(record.status_before)
        if before is ResponseStatus.SUBMITTED:
            _require_place(kept, consultation, response)
        kept.move_deletion(record.id, DeletionState.TRASHED, DeletionState.RESTORED, ended_by=actor.label, ended_at=now)
        kept.set_response_status(response.id, before)
        changes = {"status": [ResponseStatus.DELETED, before]}
        note_staff(kept, slug, "deletion.restored", of=record.reference, actor=actor, now=now, changes=changes)


def empty(store: Store, *, actor: Actor, now: datetime) -> int:
    """Erases what was in the trash for TRASH_DAYS: answers, revisions, files, contact data; how many responses.

    The log keeps that it was so, and loses what it held of them.
    """
    require(actor, Action.MANAGE_CONSULTATIONS)
    with store.read() as kept:
        due = kept.trashed_before(now - timedelta(days=TRASH_DAYS))
    erased = 0
    for record in due:
        with store.write() as kept:
            if kept.deletion(record.id).state is not DeletionState.TRASHED:  # restored, or erased by another process
                continue
            consultation = kept.consultation_by_id(record.consultation_id)
            kept.move_deletion(
                record.id, DeletionState.TRASHED, DeletionState.ERASED, ended_by=actor.label, ended_at=now
            )
            blanked = kept.erase_response(_response_id(record), at=now, cause=ErasureCause.TRASH)
            details = {"asked_by": record.asked_by, "agreed_by": record.decided_by, "entries_blanked": blanked}
            slug, reference = consultation.slug, record.reference
            note_staff(kept, slug, "response.erased", of=reference, actor=actor, now=now, details=details)
            erased += 1
    if erased:
        carry_to_backups(store, tidy=True)
    return erased


def deletions(store: Store, slug: str, *, actor: Actor, now: datetime) -> tuple[Deletion, ...]:
    """All deletions of a consultation that were ever asked for, the newest first."""
    _require(actor, slug)
    with store.read() as kept:
        records = kept.deletions(kept.consultation(slug).id)
        return tuple(_seen(record, actor, others=_others(kept, record), now=now) for record in records)


def _require(actor: Actor, slug: str) -> None:
    for action in _NEEDS:
        require(actor, action, slug)


def _may(actor: Actor, slug: str) -> bool:
    return all(decide(actor, action, slug).allowed for action in _NEEDS)


def _seen(record: DeletionRecord, actor: Actor, *, others: bool, now: datetime) -> Deletion:
    asked = record.state is DeletionState.ASKED
    own = record.asked_by == actor.label
    alone_from = record.asked_at + timedelta(hours=ALONE_HOURS) if asked and own and not others else None
    in_trash = record.state is DeletionState.TRASHED and record.decided_at is not None
    return Deletion(
        record=record,
        may_agree=asked and (not own or (alone_from is not None and now >= alone_from)),
        agree_from=alone_from,
        erased_from=record.decided_at + timedelta(days=TRASH_DAYS) if in_trash and record.decided_at else None,
    )


def _others(kept: Transaction, record: DeletionRecord) -> bool:
    """True when somebody with an account, other than who asked, may agree."""
    slug, grants = kept.consultation_by_id(record.consultation_id).slug, kept.grants_in(record.consultation_id)
    for person in kept.people():
        other = actor_for(person, (each for each in grants if each.person_id == person.id))
        if person.active and other.label != record.asked_by and _may(other, slug):
            return True
    return False


def _found(
    kept: Transaction, slug: str, deletion_id: int, state: DeletionState
) -> tuple[ConsultationRecord, DeletionRecord]:
    consultation, record = kept.consultation(slug), kept.deletion(deletion_id)
    if record.consultation_id != consultation.id:
        raise NotFound("deletion.unknown")
    if record.state is not state:
        raise Conflict("deletion.changed")
    return consultation, record


def _response_id(record: DeletionRecord) -> int:
    if record.response_id is None:  # it was erased by other means meanwhile
        raise Conflict("deletion.changed")
    return record.response_id


def _require_place(kept: Transaction, consultation: ConsultationRecord, response: ResponseRecord) -> None:
    roles = question_roles.roles_in(kept, consultation, response.version_number)
    question = roles.get("organisation", "")
    sent = {**response.submission, **kept.contact(response.id)}
    consultation = replace(consultation, roles=roles)
    require_place(kept, consultation, response, response.submission, str(sent.get(question, "")))
