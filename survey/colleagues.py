"""Use cases of several people at one response: further codes, hand-over, and who may send.

The code that the response was begun with is the owner's; it gives further codes to colleagues, who write, or write and
approve. In an anonymous consultation no name of a colleague is kept.
"""

from datetime import datetime

from data.errors import Conflict, InvalidInput, NotFound
from data.records import KeyRecord, KeyRole, ResponseRecord
from data.store import Store, Transaction
from survey.acts import note
from survey.codes import hash_of, new_code, normalised
from survey.open_responses import OpenResponse, as_opened, held
from survey.policies import policies_of

MOST = 20
"""Further codes of one response that work at the same time."""
NAME_LIMIT = 100


def colleagues(store: Store, code: str, *, now: datetime) -> tuple[KeyRecord, ...]:
    """The further codes of the response that work."""
    with store.read() as kept:
        return _working(kept, held(kept, code, now))


def invite_colleague(store: Store, code: str, *, name: str, role: str, now: datetime) -> str:
    """Gives a colleague a personal code of the same response and returns it, the only time that it is known.

    Raises Conflict("response.not_yours") for anybody but the owner; InvalidInput("colleague.name"),
    ("colleague.role"), ("colleague.too_many").
    """
    name = " ".join(name.split())
    if not name or len(name) > NAME_LIMIT or not name.isprintable():
        raise InvalidInput("colleague.name", limit=NAME_LIMIT)
    if role not in (KeyRole.WRITER, KeyRole.APPROVER):
        raise InvalidInput("colleague.role", role=role)
    given = new_code()
    with store.write() as kept:
        response = _owned(kept, code, now)
        if len(_working(kept, response)) >= MOST:
            raise InvalidInput("colleague.too_many", most=MOST)
        rules = policies_of(kept.consultation_by_id(response.consultation_id))
        kept.add_key(
            **({"id": kept.random_key("response_keys")} if rules.anonymous else {}),
            response_id=response.id,
            code_hash=hash_of(normalised(given)),
            name="" if rules.anonymous else name,
            role=role,
            created_at=rules.noted(now),
        )
        note(kept, response, "response.code_given", now=now, details={"name": name, "role": role})
    return given


def revoke_colleague(store: Store, code: str, key_id: int, *, now: datetime) -> None:
    """That code opens nothing any more; what was written with it stays. NotFound("colleague.unknown")."""
    with store.write() as kept:
        response = _owned(kept, code, now)
        rules = policies_of(kept.consultation_by_id(response.consultation_id))
        if not kept.revoke_key(response.id, key_id, rules.noted(now)):
            raise NotFound("colleague.unknown")
        note(kept, response, "response.code_revoked", now=now, details={"code": key_id})


def ask_for_approval(store: Store, code: str, wanted: bool, *, now: datetime) -> OpenResponse:
    """Only somebody who may approve can send it from now on, or anybody again; the owner says which."""
    with store.write() as kept:
        response = _owned(kept, code, now)
        if response.sign_off != wanted:
            kept.save_response(response.id, expected_revision=response.revision, sign_off=wanted)
            changes = {"sign_off": [response.sign_off, wanted]}
            note(kept, response, "response.approval_asked", now=now, changes=changes)
        return as_opened(kept, kept.response(response.id), now=now)


def hand_over(store: Store, code: str, *, now: datetime) -> OpenResponse:
    """Says that it is ready for approval, until somebody who may not approve changes it.

    Raises Conflict("response.submitted") once it was sent.
    """
    with store.write() as kept:
        response = held(kept, code, now)
        if as_opened(kept, response, now=now).submitted:
            raise Conflict("response.submitted")
        noted = policies_of(kept.consultation_by_id(response.consultation_id)).noted(now)
        kept.save_response(
            response.id,
            expected_revision=response.revision,
            ready_by=kept.holder(response.id).name,
            ready_at=noted,
        )
        note(kept, response, "response.handed_over", now=now)
        return as_opened(kept, kept.response(response.id), now=now)


def _working(kept: Transaction, response: ResponseRecord) -> tuple[KeyRecord, ...]:
    return tuple(key for key in kept.keys(response.id) if key.revoked_at is None)


def _owned(kept: Transaction, code: str, now: datetime) -> ResponseRecord:
    response = held(kept, code, now)
    if kept.holder(response.id).role is not KeyRole.OWNER:
        raise Conflict("response.not_yours")
    return response
