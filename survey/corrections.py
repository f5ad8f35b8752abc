"""Use cases after sending: change what was sent until a date, drop the changes, withdraw the response.

A correction is a draft beside what was sent: the answers of the response change by `survey.responses`, its submission
counts until `responses.submit` sends the changes as a new revision.
"""

from dataclasses import dataclass
from datetime import datetime

from data.errors import Conflict
from data.records import KeyRole, ResponseRecord, ResponseStatus
from data.store import Store, Transaction
from survey.acts import note
from survey.open_responses import OpenResponse, as_opened, held, require_correctable
from survey.policies import policies_of
from survey.response_files import sent_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Afterwards:
    """What a holder may still do with a response that was sent.

    correctable        True while it may be changed
    withdrawable       True for a code that may withdraw it
    corrections_until  until when; None: not at all
    visible_until      until when the code shows it; None: always
    """

    correctable: bool
    withdrawable: bool
    corrections_until: datetime | None
    visible_until: datetime | None


def afterwards(opened: OpenResponse, *, now: datetime) -> Afterwards:
    """What may still be done with it now."""
    rules = policies_of(opened.consultation)
    until = rules.corrections_until
    sent = opened.response.status is ResponseStatus.SUBMITTED
    return Afterwards(
        correctable=sent and until is not None and now <= until,
        withdrawable=sent and opened.holder.role is not KeyRole.WRITER,
        corrections_until=until,
        visible_until=rules.visible_until,
    )


def correct(store: Store, code: str, *, now: datetime) -> OpenResponse:
    """Opens what was sent for changes; it counts as it is until they are sent. Twice is as once.

    Raises Conflict("response.withdrawn"), ("response.submitted") where corrections are not taken;
    InvalidInput("corrections.over").
    """
    with store.write() as kept:
        response = _sent(kept, code, now)
        require_correctable(kept.consultation_by_id(response.consultation_id), now)
        if not response.correcting:
            kept.save_response(
                response.id,
                expected_revision=response.revision,
                correcting=True,
                answers=dict(response.submission),
                section="",
            )
            kept.set_contact(response.id, kept.contact(response.id), correction=True)
            note(kept, response, "response.correction_begun", now=now)
        return as_opened(kept, kept.response(response.id), now=now)


def drop_correction(store: Store, code: str, *, now: datetime) -> OpenResponse:
    """What was sent stays as it is; the changes are forgotten, with files that were never sent."""
    with store.write() as kept:
        response = _sent(kept, code, now)
        if response.correcting:
            _end(kept, response, {})
            note(kept, response, "response.correction_dropped", now=now)
        return as_opened(kept, kept.response(response.id), now=now)


def withdraw(store: Store, code: str, *, now: datetime) -> OpenResponse:
    """The response counts nowhere any more; it is kept with its reference. Twice is as once.

    Raises Conflict("response.not_sent") for a draft, ("response.not_yours") for a colleague who may only write.
    """
    with store.write() as kept:
        response = held(kept, code, now)
        if response.status is ResponseStatus.DRAFT:
            raise Conflict("response.not_sent")
        if kept.holder(response.id).role is KeyRole.WRITER:
            raise Conflict("response.not_yours")
        if response.status is ResponseStatus.SUBMITTED:
            noted = policies_of(kept.consultation_by_id(response.consultation_id)).noted(now)
            _end(kept, response, {"status": ResponseStatus.WITHDRAWN, "withdrawn_at": noted, "updated_at": noted})
            note(kept, response, "response.withdrawn", now=now)
        return as_opened(kept, kept.response(response.id), now=now)


def _sent(kept: Transaction, code: str, now: datetime) -> ResponseRecord:
    response = held(kept, code, now)
    if response.status is ResponseStatus.DRAFT:
        raise Conflict("response.not_sent")
    if response.status is ResponseStatus.WITHDRAWN:
        raise Conflict("response.withdrawn")
    return response


def _end(kept: Transaction, response: ResponseRecord, values: dict[str, object]) -> None:
    """Ends a correction without sending it."""
    kept.save_response(
        response.id,
        expected_revision=response.revision,
        correcting=False,
        answers=dict(response.submission),
        **values,
    )
    kept.set_contact(response.id, kept.contact(response.id))
    sent = sent_files(kept, response.id)
    for file in kept.files(response.id):
        if file.id not in sent:
            kept.remove_file(file.id)
