"""Use cases of erasing a response: by whoever holds its code, or by staff who were asked to.

Answers, files, contact data, codes and history go for good; what remains is the reference and that it was erased. Kept
findings and published figures stay as they are. The erasure journal carries it to back-ups (docs/privacy.md).
"""

import logging
from datetime import datetime

from data.errors import Conflict, Unavailable
from data.log_records import ErasureCause
from data.records import KeyRole
from data.store import Store
from survey.access import Action, Actor, require
from survey.acts import RESPONDENT, note_staff, subject_of
from survey.open_responses import TO_ERASE, held
from survey.policies import policies_of

_LOG = logging.getLogger(__name__)


def erase(store: Store, code: str, *, now: datetime) -> str:
    """The response that the code opens is gone, also one left too long or shown no more; returns its reference.

    Raises Conflict("response.not_yours") for a colleague who may only write, and what `own_data.opened_to_erase`
    raises: NotFound("response.erased") when it was erased before.
    """
    with store.write() as kept:
        response = held(kept, code, now, but=TO_ERASE)
        if kept.holder(response.id).role is KeyRole.WRITER:
            raise Conflict("response.not_yours")
        consultation = kept.consultation_by_id(response.consultation_id)
        rules = policies_of(consultation)
        blanked = kept.erase_response(response.id, at=rules.noted(now), cause=ErasureCause.RESPONDENT)
        if not rules.anonymous:  # the log keeps the moment, which would say when this respondent was there
            kept.record(
                at=now,
                actor=RESPONDENT,
                action="response.erased",
                subject=subject_of(consultation, response.reference),
                consultation=consultation.slug,
                details={"entries_blanked": blanked},
            )
    carry_to_backups(store)
    return response.reference


def erase_by_reference(store: Store, slug: str, reference: str, *, actor: Actor, now: datetime) -> None:
    """The response of that reference is gone; for whoever asks the secretariat and has no code any more.

    Raises NotFound("response.unknown"), Conflict("response.erased_already").
    """
    for action in (Action.MANAGE_CONSULTATIONS, Action.READ_ANSWERS):
        require(actor, action, slug)
    reference = reference.strip().upper()
    with store.write() as kept:
        consultation = kept.consultation(slug)
        if kept.is_erased(consultation.id, reference):
            raise Conflict("response.erased_already", reference=reference)
        response_id = kept.response_by_reference(consultation.id, reference)
        rules = policies_of(consultation)
        blanked = kept.erase_response(response_id, at=rules.noted(now), cause=ErasureCause.STAFF)
        details = {"entries_blanked": blanked}
        note_staff(kept, slug, "response.erased", of=reference, actor=actor, now=now, details=details)
    carry_to_backups(store)


def carry_to_backups(store: Store, *, tidy: bool = False) -> None:
    """The journal has what was erased; with `tidy` the database file is written anew, without a trace of it.

    What cannot be done now is done at the next start or by the daily job: the erasure itself is done.
    """
    try:
        store.journal_erasures()
        if tidy:
            store.tidy()
    except Unavailable as error:
        _LOG.error("What follows an erasure is not done: %s", error)
