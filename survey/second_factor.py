"""The second factor: six digits of an authenticator app (RFC 6238), recovery codes for when it is lost.

Each code works once: the half minute of the last one taken is kept, and nothing of it or before it is taken again.
"""

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime

import pyotp

from data.errors import Conflict, InvalidInput, NotAllowed, NotFound
from data.people_records import PersonRecord
from data.store import Store, Transaction
from survey import lockout, passwords
from survey.access import Action, Actor, require
from survey.codes import hash_of, mistyped, new_code, normalised
from survey.sessions import actor_for, require_person

ISSUER = "Soundings"
RECOVERY_CODES = 10
_RECOVERY_SIGNS = (12, 13)
"""Those made before codes had a check sign have 12; anything else is meant for a code of the app."""
SECONDS = 30
_DRIFT = (0, -1, 1)
"""Clocks differ: the half minutes before and after count as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What an authenticator app needs: an address for its camera, and the same secret to be typed."""

    uri: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far somebody's second factor is."""

    confirmed_at: datetime | None
    recovery_codes: int


def begin(store: Store, *, person: PersonRecord, now: datetime) -> SetUp:
    """What to show to an authenticator app; the same until it is confirmed. Conflict("second_factor.exists") then."""
    with store.write() as kept:
        present = kept.second_factor(person.id)
        if present is None:
            kept.begin_second_factor(person.id, pyotp.random_base32(), now)
            _record(kept, person, "second_factor.begun", now)
            present = kept.second_factor(person.id)
    if present is None or present.confirmed_at is not None:
        raise Conflict("second_factor.exists")
    uri = pyotp.TOTP(present.secret).provisioning_uri(name=person.login, issuer_name=ISSUER)
    return SetUp(uri=uri, secret=present.secret)


def confirm(store: Store, code: str, *, person: PersonRecord, keep: str, now: datetime) -> tuple[str, ...]:
    """The app is known from now on; recovery codes to be shown once. Every session but that of `keep` ends.

    keep  a session token
    Raises InvalidInput("second_factor.wrong") for a wrong code.
    """
    _count_attempt(store, person.id, now)
    codes = _drawn()
    with store.write() as kept:
        present = kept.second_factor(person.id)
        if present is None or present.confirmed_at is not None:
            raise Conflict("second_factor.exists")
        step = _step_of(present.secret, code, now)
        if step is None or not kept.use_step(person.id, step, confirmed_at=now):
            raise InvalidInput("second_factor.wrong")
        lockout.code_succeeded(kept, person.id)
        kept.end_sessions(person_id=person.id, keep=hash_of(keep))
        _record(kept, person, "second_factor.set_up", now)
        kept.set_recovery_codes(person.id, tuple(codes.values()))
    return tuple(codes)


def check(store: Store, code: str, *, person: PersonRecord, now: datetime) -> None:
    """A code of the app, or a recovery code, was right and is used up; NotAllowed("second_factor.wrong") otherwise."""
    _count_attempt(store, person.id, now)
    recovery = _recovery_code(store, person.id, code)
    with store.write() as kept:
        if _is_right(kept, person, code, recovery, now):
            lockout.code_succeeded(kept, person.id)
            return
        _record(kept, person, "second_factor.failed", now)
    raise NotAllowed("second_factor.wrong")


def _count_attempt(store: Store, person_id: int, now: datetime) -> None:
    # In a transaction of its own: the count stays when the code is wrong.
    with store.write() as kept:
        lockout.begin_code(kept, person_id, now=now)


def _recovery_code(store: Store, person_id: int, code: str) -> str:
    """The hash of the unused recovery code that was typed, "" for none. Slow, so outside of any transaction."""
    signs = normalised(code)
    if len(signs) not in _RECOVERY_SIGNS or mistyped(signs):
        return ""
    with store.read() as kept:
        unused = kept.unused_recovery_codes(person_id)
    return next((each for each in unused if passwords.code_matches(signs, each)), "")


def _is_right(kept: Transaction, person: PersonRecord, code: str, recovery: str, now: datetime) -> bool:
    present = kept.second_factor(person.id)
    if present is None or present.confirmed_at is None:
        return False
    step = _step_of(present.secret, code, now)
    if step is not None:
        return kept.use_step(person.id, step)
    if recovery and kept.use_recovery_code(person.id, recovery, now):
        _record(kept, person, "second_factor.recovery", now)
        return True
    return False


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The half minute that the code belongs to; None when it belongs to none near now."""
    typed = "".join(str(unicodedata.decimal(sign)) for sign in code if unicodedata.decimal(sign, None) is not None)
    present = int(now.timestamp()) // SECONDS
    totp = pyotp.TOTP(secret)
    found = None
    for drift in _DRIFT:
        if hmac.compare_digest(totp.generate_otp(present + drift), typed):
            found = present + drift
    return found


def standing(store: Store, *, actor: Actor) -> Standing:
    """How far the second factor of the person who acts is."""
    require_person(actor)
    with store.read() as kept:
        present = kept.second_factor(actor.person_id)
        left = len(kept.unused_recovery_codes(actor.person_id))
    return Standing(confirmed_at=None if present is None else present.confirmed_at, recovery_codes=left)


def new_recovery_codes(store: Store, code: str, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Fresh recovery codes for the person who acts, to be shown once; earlier ones open nothing any more."""
    person = _acting(store, actor)
    check(store, code, person=person, now=now)
    codes = _drawn()
    with store.write() as kept:
        _record(kept, person, "second_factor.new_codes", now)
        kept.set_recovery_codes(person.id, tuple(codes.values()))
    return tuple(codes)


def remove(store: Store, code: str, *, required: bool, actor: Actor, token: str, now: datetime) -> None:
    """The person who acts has no second factor any more, and no session but that of `token`.

    required  True where nobody may be without one: NotAllowed("second_factor.required")
    """
    if required:
        require_person(actor)
        raise NotAllowed("second_factor.required")
    person = _acting(store, actor)
    check(store, code, person=person, now=now)
    with store.write() as kept:
        kept.remove_second_factor(person.id)
        kept.end_sessions(person_id=person.id, keep=hash_of(token))
        _record(kept, person, "second_factor.removed", now)


def reset(store: Store, person_id: int, *, actor: Actor, now: datetime) -> None:
    """Somebody has no second factor and no session any more; NotFound("second_factor.none") when there was none.

    Nobody resets their own: that would need no code.
    """
    require(actor, Action.MANAGE_PEOPLE)
    if person_id == actor.person_id:
        raise InvalidInput("second_factor.own")
    with store.write() as kept:
        person = kept.person(person_id)
        if not kept.remove_second_factor(person_id):
            raise NotFound("second_factor.none")
        kept.end_sessions(person_id=person_id)
        kept.record(at=now, actor=actor.label, action="second_factor.reset", subject=person.login, details={})


def _drawn() -> dict[str, str]:
    """New recovery codes, each with the hash to keep."""
    codes = (new_code() for _each in range(RECOVERY_CODES))
    return {code: passwords.hash_of_code(normalised(code)) for code in codes}


def _acting(store: Store, actor: Actor) -> PersonRecord:
    require_person(actor)
    with store.read() as kept:
        return kept.person(actor.person_id)


def _record(kept: Transaction, person: PersonRecord, action: str, now: datetime) -> None:
    kept.record(at=now, actor=actor_for(person).label, action=action, subject=person.login, details={})
