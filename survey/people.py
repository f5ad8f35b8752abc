"""Use cases about accounts: the first administrator, invitation by one-time link, sign-in, password, role."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.errors import InvalidInput, NotAllowed, NotFound
from data.people_records import Awaits, LinkRecord, PersonRecord, Way
from data.store import Store, Transaction
from survey import lockout, passwords, second_factor
from survey.access import OPERATOR, SYSTEM, Action, Actor, Role, require
from survey.codes import hash_of, new_token
from survey.lockout import FAILURES_BEFORE_LOCK as FAILURES_BEFORE_LOCK
from survey.sessions import IDLE_MINUTES, actor_for, awaiting, open_session, require_person
from survey.sessions import actor_of as actor_of
from survey.sessions import sign_out as sign_out

LINK_DAYS = 7
_NAME_LENGTH = 200
DEMO_PEOPLE = {"demo-secretariat": Role.SECRETARIAT, "demo-report-writer": Role.REPORT_WRITER}
"""Accounts that demo mode offers without a password; they cannot sign in otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Somebody with an account, and how safely they come in."""

    person: PersonRecord
    second_factor: bool
    sessions: int
    last_used_at: datetime | None


def first_administrator_link(store: Store, *, now: datetime, beside: bool = False) -> str | None:
    """A fresh one-time token that creates the first administrator; None when there is one already.

    beside  True leaves the tokens of other processes that start at the same time valid until one of them is used
    """
    with store.write() as kept:
        if any(person.role == Role.ADMINISTRATOR and person.active for person in kept.people()):
            return None
        if not beside:
            kept.drop_unused_links(role=Role.ADMINISTRATOR, login="")
        return _new_link(kept, role=Role.ADMINISTRATOR, login="", name="", actor=OPERATOR, now=now)


def invite(store: Store, *, login: str, name: str, role: Role, actor: Actor, now: datetime) -> str:
    """A one-time token with which somebody creates the account `login`. Raises Conflict when the login is taken."""
    require(actor, Action.MANAGE_PEOPLE)
    login = _login(login)
    with store.write() as kept:
        if kept.credentials(login) is not None:
            raise InvalidInput("person.exists", login=login)
        kept.drop_unused_links(role=role, login=login)
        return _new_link(kept, role=role, login=login, name=_name(name), actor=actor, now=now)


def reset_link(store: Store, login: str, *, actor: Actor, now: datetime) -> str:
    """A one-time token with which the account `login` gets a new password; NotFound("person.unknown") without one."""
    require(actor, Action.MANAGE_PEOPLE)
    login = _login(login)
    with store.write() as kept:
        found = kept.credentials(login)
        if found is None or found["login"] in DEMO_PEOPLE:
            raise NotFound("person.unknown")
        kept.drop_unused_links(role=found["role"], login=login)
        return _new_link(kept, role=Role(found["role"]), login=login, name=found["name"], actor=actor, now=now)


def _new_link(kept: Transaction, *, role: Role, login: str, name: str, actor: Actor, now: datetime) -> str:
    token = new_token()
    expires_at = now + timedelta(days=LINK_DAYS)
    kept.add_link(token_hash=hash_of(token), role=role, login=login, name=name, expires_at=expires_at)
    kept.record(at=now, actor=actor.label, action="person.invited", subject=login or "first administrator", details={})
    return token


def link(store: Store, token: str, *, now: datetime) -> LinkRecord:
    """The one-time link behind a token; NotAllowed("link.invalid") when it is unknown, used or too old."""
    with store.read() as kept:
        found = kept.link(hash_of(token))
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise NotAllowed("link.invalid")
    return found


def accept_link(
    store: Store,
    token: str,
    *,
    login: str,
    name: str,
    password: str,
    now: datetime,
    address: str = "",
    minimum: int = passwords.SHORTEST,
) -> Actor:
    """Creates the account that a one-time link is for, or gives it a new password; the link is used up.

    A new password ends every session and every waiting time of the account; a second factor stays.
    """
    found = link(store, token, now=now)
    login = _login(found.login or login)
    passwords.require_good(password, login=login, name=found.name or name, minimum=minimum)
    password_hash = passwords.hash_of_password(password)
    with store.write() as kept:
        kept.use_link(found.id, now)
        kept.drop_unused_links(role=found.role, login=found.login)
        lockout.attempt_succeeded(kept, login, address, now=now)
        present = kept.credentials(login) if found.login else None
        if present is not None:
            kept.change_person(present["id"], password_hash=password_hash)
            kept.end_sessions(person_id=present["id"])
            actor = actor_for(kept.person(present["id"]))
            kept.record(at=now, actor=actor.label, action="person.password", subject=login, details={})
            return actor
        person_id = kept.add_person(
            login=login,
            name=_name(found.name or name) or login,
            password_hash=password_hash,
            role=found.role,
            created_at=now,
        )
        actor = actor_for(kept.person(person_id))
        kept.record(at=now, actor=actor.label, action="person.joined", subject=login, details={})
    return actor


def sign_in(
    store: Store,
    *,
    login: str,
    password: str,
    now: datetime,
    hours: int,
    idle_minutes: int = IDLE_MINUTES,
    address: str = "",
    device: str = "",
    factor_required: bool = False,
) -> str:
    """A session token for the right password. With a second factor the session opens nothing yet (`sessions.awaiting`).

    address  where it comes from; "" when addresses cannot be told apart
    Raises NotAllowed("sign_in.wrong") without saying which part was wrong, or ("sign_in.locked") after too many wrong
    attempts (`survey.lockout`).
    """
    login = login.strip().casefold()
    # Counted as wrong in a transaction of its own, so that the count stays.
    with store.write() as kept:
        lockout.begin_attempt(kept, login, address, now=now)
        found = kept.credentials(login)
    right = passwords.matches(password, None if found is None else found["password_hash"])
    if found is None or not found["active"] or not right:
        if found is not None:
            _record_failure(store, login, address, now)
        raise NotAllowed("sign_in.wrong")
    with store.write() as kept:
        lockout.attempt_succeeded(kept, login, address, now=now)
        factor = kept.second_factor(found["id"])
        awaits = Awaits.SET_UP if factor_required else Awaits.NOTHING
        if factor is not None and factor.confirmed_at is not None:
            awaits = Awaits.CODE
        return open_session(
            kept,
            kept.person(found["id"]),
            now=now,
            hours=hours,
            idle_minutes=idle_minutes,
            device=device,
            awaits=awaits,
        )


def _record_failure(store: Store, login: str, address: str, now: datetime) -> None:
    with store.write() as kept:
        details = {"failures": lockout.failures_here(kept, login, address)}
        kept.record(at=now, actor="anonymous", action="sign_in.failed", subject=login, details=details)


def give_code(
    store: Store, token: str, code: str, *, now: datetime, hours: int, idle_minutes: int = IDLE_MINUTES
) -> str:
    """The token of an open session, for one that awaited a code; the earlier token opens nothing.

    Raises NotAllowed("sign_in.begin_again") when no session awaits one, ("second_factor.wrong") for a wrong code.
    """
    found = awaiting(store, token, now=now)
    if found is None or found[0] is not Awaits.CODE:
        raise NotAllowed("sign_in.begin_again")
    second_factor.check(store, code, person=found[1], now=now)
    return _completed(store, token, found[1], now=now, hours=hours, idle_minutes=idle_minutes)


def set_up_at_sign_in(
    store: Store, token: str, code: str, *, now: datetime, hours: int, idle_minutes: int = IDLE_MINUTES
) -> tuple[str, tuple[str, ...]]:
    """(token of an open session, recovery codes), for a session that awaited the set-up of a second factor."""
    found = awaiting(store, token, now=now)
    if found is None or found[0] is not Awaits.SET_UP:
        raise NotAllowed("sign_in.begin_again")
    codes = second_factor.confirm(store, code, person=found[1], keep=token, now=now)
    return _completed(store, token, found[1], now=now, hours=hours, idle_minutes=idle_minutes), codes


def _completed(store: Store, token: str, person: PersonRecord, *, now: datetime, hours: int, idle_minutes: int) -> str:
    with store.write() as kept:
        session = kept.session(hash_of(token))
        if session is None:
            raise NotAllowed("sign_in.begin_again")
        kept.end_sessions(token_hash=hash_of(token))
        return open_session(
            kept, person, now=now, hours=hours, idle_minutes=idle_minutes, device=session.device, way=session.way
        )


def sign_in_demo(store: Store, login: str, *, demo: bool, now: datetime, hours: int, device: str = "") -> str:
    """A session token for a demo account, only in demo mode and only where every consultation is fictional."""
    if not demo or login not in DEMO_PEOPLE:
        raise NotAllowed("sign_in.wrong")
    with store.write() as kept:
        if not all(consultation.fictional for consultation in kept.consultations()):
            raise NotAllowed("sign_in.demo_over")
        found = kept.credentials(login)
        person_id = (
            found["id"]
            if found is not None
            else kept.add_person(
                login=login,
                name=login.replace("-", " ").capitalize(),
                password_hash=passwords.NONE,
                role=DEMO_PEOPLE[login],
                created_at=now,
            )
        )
        return open_session(kept, kept.person(person_id), now=now, hours=hours, device=device, way=Way.DEMO)


def close_demo(store: Store, *, demo: bool, now: datetime) -> None:
    """Ends every demo session when demo mode is off."""
    with store.write() as kept:
        for person in kept.people():
            over = person.login in DEMO_PEOPLE and not (demo and all(each.fictional for each in kept.consultations()))
            if over and kept.end_sessions(person_id=person.id):
                kept.record(at=now, actor=SYSTEM.label, action="demo.closed", subject=person.login, details={})


def close_without_second_factor(store: Store, *, required: bool, now: datetime) -> None:
    """Ends every session by password of people without a second factor, where one is required."""
    if not required:
        return
    with store.write() as kept:
        safe = kept.with_second_factor()
        for person in kept.people():
            ended = 0 if person.id in safe else kept.end_sessions(person_id=person.id, way=Way.PASSWORD)
            if ended:
                details = {"ended": ended}
                kept.record(at=now, actor=SYSTEM.label, action="sessions.ended", subject=person.login, details=details)


def change_password(
    store: Store,
    *,
    old: str,
    new: str,
    actor: Actor,
    token: str,
    now: datetime,
    minimum: int = passwords.SHORTEST,
) -> None:
    """The person who acts has a new password, and no session but that of `token`.

    Raises NotAllowed("password.wrong") for a wrong old one, ("sign_in.locked") after too many.
    """
    require_person(actor)
    with store.write() as kept:
        lockout.begin_code(kept, actor.person_id, now=now)
        found = kept.credentials(actor.login)
    if found is None or not passwords.matches(old, found["password_hash"]):
        raise NotAllowed("password.wrong")
    passwords.require_good(new, login=actor.login, name=actor.name, minimum=minimum)
    password_hash = passwords.hash_of_password(new)
    with store.write() as kept:
        lockout.code_succeeded(kept, actor.person_id)
        kept.change_person(actor.person_id, password_hash=password_hash)
        kept.end_sessions(person_id=actor.person_id, keep=hash_of(token))
        kept.record(at=now, actor=actor.label, action="person.password", subject=actor.login, details={})


def has_password(store: Store, *, actor: Actor) -> bool:
    """False for a person who comes in by the identity provider only."""
    require_person(actor)
    with store.read() as kept:
        found = kept.credentials(actor.login)
    return found is not None and found["password_hash"] != passwords.NONE


def own_record(store: Store, *, actor: Actor) -> PersonRecord:
    """The account of the person who acts."""
    require_person(actor)
    with store.read() as kept:
        return kept.person(actor.person_id)


def standings(store: Store, *, actor: Actor, now: datetime) -> tuple[Standing, ...]:
    """Everybody with an account, and how safely they come in."""
    require(actor, Action.MANAGE_PEOPLE)
    with store.read() as kept:
        safe, uses = kept.with_second_factor(), kept.last_uses(now)
        found = kept.people()
    return tuple(
        Standing(
            person=person,
            second_factor=person.id in safe,
            sessions=uses.get(person.id, (0, None))[0],
            last_used_at=uses.get(person.id, (0, None))[1],
        )
        for person in found
    )


def set_role(store: Store, person_id: int, role: Role, *, actor: Actor, now: datetime) -> None:
    """What somebody is everywhere from now on, and ends their sessions; what consultations grant them stays.

    Raises InvalidInput("person.own_role"), and ("grant.sees_all") while they have a role for a part of a consultation
    only: any role everywhere but that of a member would show more.
    """
    require(actor, Action.MANAGE_PEOPLE)
    if person_id == actor.person_id:
        raise InvalidInput("person.own_role")
    with store.write() as kept:
        person = kept.person(person_id)
        if person.role == role:
            return
        if role is not Role.MEMBER and any(each.scope.is_narrow for each in kept.grants_of(person.id)):
            raise InvalidInput("grant.sees_all", login=person.login)
        kept.change_person(person_id, role=role)
        kept.end_sessions(person_id=person_id)
        kept.record(
            at=now,
            actor=actor.label,
            action="person.role",
            subject=person.login,
            details={},
            changes={"role": [person.role, str(role)]},
        )


def reset_second_factor(store: Store, login: str, *, actor: Actor, now: datetime) -> None:
    """The account `login` has no second factor any more; NotFound("person.unknown") without such an account."""
    require(actor, Action.MANAGE_PEOPLE)
    with store.read() as kept:
        found = kept.credentials(_login(login))
    if found is None:
        raise NotFound("person.unknown")
    second_factor.reset(store, found["id"], actor=actor, now=now)


def listed(store: Store, *, actor: Actor) -> tuple[PersonRecord, ...]:
    """Everybody with an account."""
    require(actor, Action.MANAGE_PEOPLE)
    with store.read() as kept:
        return kept.people()


def set_active(store: Store, person_id: int, active: bool, *, actor: Actor, now: datetime) -> None:
    """Stops or restores an account. Nobody stops their own.

    A stopped one is signed out everywhere and belongs to nobody at the identity provider any more; restored, it belongs
    to whoever comes next with its verified name.
    """
    require(actor, Action.MANAGE_PEOPLE)
    if person_id == actor.person_id:
        raise InvalidInput("person.own_account")
    with store.write() as kept:
        person = kept.person(person_id)
        kept.change_person(person_id, active=active)
        kept.end_sessions(person_id=person_id)
        if not active:
            kept.remove_provider_accounts(person_id)
        action = "person.restored" if active else "person.stopped"
        kept.record(
            at=now,
            actor=actor.label,
            action=action,
            subject=person.login,
            details={},
            changes={"active": [person.active, active]},
        )


def _login(login: str) -> str:
    cleaned = login.strip().casefold()
    if not cleaned or len(cleaned) > 200 or any(letter.isspace() for letter in cleaned):
        raise InvalidInput("person.login")
    return cleaned


def _name(name: str) -> str:
    return name.strip()[:_NAME_LENGTH]
