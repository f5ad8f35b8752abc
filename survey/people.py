"""Use cases about accounts: the first administrator, invitation by one-time link, sign-in, sessions, sign-out."""

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from data.errors import InvalidInput, NotAllowed, NotFound
from data.records import GrantRecord, LinkRecord, LogRecord, PersonRecord
from data.store import Store, Transaction
from survey.access import OPERATOR, Action, Actor, ActorKind, ConsultationRole, Grant, Role, require
from survey.codes import hash_of, new_token

PASSWORD_LENGTH = (10, 200)
LINK_DAYS = 7
FAILURES_BEFORE_LOCK = 5
DEMO_PEOPLE = {"demo-secretariat": Role.SECRETARIAT, "demo-report-writer": Role.REPORT_WRITER}
"""Accounts that demo mode offers without a password; they cannot sign in otherwise."""

_hasher = PasswordHasher()
_hashing = threading.BoundedSemaphore(2)  # each hash takes 64 MiB
_NO_PASSWORD = "!"
_DUMMY = _hasher.hash("a password that nobody has")


def first_administrator_link(store: Store, *, now: datetime) -> str | None:
    """A fresh one-time token that creates the first administrator; None when there is one already."""
    with store.write() as kept:
        if any(person.role == Role.ADMINISTRATOR and person.active for person in kept.people()):
            return None
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
        return _new_link(kept, role=role, login=login, name=name.strip(), actor=actor, now=now)


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


def recent_acts(store: Store, *, actor: Actor, limit: int = 100) -> tuple[LogRecord, ...]:
    """The newest lines of the log of acts."""
    require(actor, Action.READ_LOG)
    with store.read() as kept:
        return kept.log(limit)


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


def accept_link(store: Store, token: str, *, login: str, name: str, password: str, now: datetime) -> Actor:
    """Creates the account that a one-time link is for, or gives it a new password; the link is used up."""
    found = link(store, token, now=now)
    login = _login(found.login or login)
    if not PASSWORD_LENGTH[0] <= len(password) <= PASSWORD_LENGTH[1]:
        raise InvalidInput("password.length", minimum=PASSWORD_LENGTH[0], maximum=PASSWORD_LENGTH[1])
    if password.casefold() in (login.casefold(), name.casefold()):
        raise InvalidInput("password.is_name")
    with _hashing:
        password_hash = _hasher.hash(password)
    with store.write() as kept:
        kept.use_link(found.id, now)
        present = kept.credentials(login) if found.login else None
        if present is not None:
            kept.change_person(present["id"], password_hash=password_hash, failures=0, locked_until=None)
            kept.end_sessions(person_id=present["id"])
            person = kept.person(present["id"])
            kept.record(at=now, actor=_actor(person).label, action="person.password", subject=login, details={})
            return _actor(person)
        person_id = kept.add_person(
            login=login,
            name=(found.name or name).strip() or login,
            password_hash=password_hash,
            role=found.role,
            created_at=now,
        )
        person = kept.person(person_id)
        kept.record(at=now, actor=_actor(person).label, action="person.joined", subject=login, details={})
    return _actor(person)


def sign_in(store: Store, *, login: str, password: str, now: datetime, hours: int) -> str:
    """A session token for the right password.

    Raises NotAllowed("sign_in.wrong") without saying which part was wrong, or ("sign_in.locked") after
    FAILURES_BEFORE_LOCK failures, for a time that doubles with each further one (1 minute up to 1 hour).
    """
    login = login.strip().casefold()
    with store.read() as kept:
        found = kept.credentials(login)
    if found is not None and found["locked_until"] is not None and found["locked_until"] > now:
        raise NotAllowed("sign_in.locked", until=found["locked_until"])
    right = _matches(password, found["password_hash"] if found is not None else _DUMMY)
    if found is None or not found["active"] or not right:
        if found is not None:
            _remember_failure(store, login, now)
        raise NotAllowed("sign_in.wrong")
    with store.write() as kept:
        kept.change_person(found["id"], failures=0, locked_until=None)
        return _open_session(kept, kept.person(found["id"]), now=now, hours=hours)


def _matches(password: str, password_hash: str) -> bool:
    try:
        with _hashing:
            return _hasher.verify(password_hash, password[: PASSWORD_LENGTH[1]])
    except (VerifyMismatchError, InvalidHashError):
        return False


def _remember_failure(store: Store, login: str, now: datetime) -> None:
    with store.write() as kept:
        found = kept.credentials(login)
        if found is None:
            return
        failures = found["failures"] + 1
        over = failures - FAILURES_BEFORE_LOCK
        locked_until = None if over < 0 else now + timedelta(minutes=min(60, 2**over))
        kept.change_person(found["id"], failures=failures, locked_until=locked_until)
        kept.record(at=now, actor="anonymous", action="sign_in.failed", subject=login, details={"failures": failures})


def sign_in_demo(store: Store, login: str, *, demo: bool, now: datetime, hours: int) -> str:
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
                password_hash=_NO_PASSWORD,
                role=DEMO_PEOPLE[login],
                created_at=now,
            )
        )
        return _open_session(kept, kept.person(person_id), now=now, hours=hours)


def close_demo(store: Store, *, demo: bool) -> None:
    """Ends every demo session when demo mode is off."""
    with store.write() as kept:
        for person in kept.people():
            if person.login in DEMO_PEOPLE and not (demo and all(each.fictional for each in kept.consultations())):
                kept.end_sessions(person_id=person.id)


def _open_session(kept: Transaction, person: PersonRecord, *, now: datetime, hours: int) -> str:
    token = new_token()
    kept.add_session(
        token_hash=hash_of(token), person_id=person.id, created_at=now, expires_at=now + timedelta(hours=hours)
    )
    kept.record(at=now, actor=_actor(person).label, action="sign_in", subject=person.login, details={})
    return token


def actor_of(store: Store, token: str | None, *, now: datetime) -> Actor | None:
    """Whoever holds this session token, or None when it is unknown or over."""
    if not token:
        return None
    with store.read() as kept:
        person = kept.session_person(hash_of(token), now)
        return None if person is None else _actor(person, kept.grants_of(person.id))


def sign_out(store: Store, token: str) -> None:
    """Ends the session."""
    with store.write() as kept:
        kept.end_sessions(token_hash=hash_of(token))


def listed(store: Store, *, actor: Actor) -> tuple[PersonRecord, ...]:
    """Everybody with an account."""
    require(actor, Action.MANAGE_PEOPLE)
    with store.read() as kept:
        return kept.people()


def set_active(store: Store, person_id: int, active: bool, *, actor: Actor, now: datetime) -> None:
    """Stops or restores an account; a stopped one is signed out everywhere. Nobody stops their own."""
    require(actor, Action.MANAGE_PEOPLE)
    if person_id == actor.person_id:
        raise InvalidInput("person.own_account")
    with store.write() as kept:
        person = kept.person(person_id)
        kept.change_person(person_id, active=active)
        kept.end_sessions(person_id=person_id)
        action = "person.restored" if active else "person.stopped"
        kept.record(at=now, actor=actor.label, action=action, subject=person.login, details={})


def _actor(person: PersonRecord, grants: Iterable[GrantRecord] = ()) -> Actor:
    return Actor(
        kind=ActorKind.PERSON,
        person_id=person.id,
        login=person.login,
        name=person.name,
        role=Role(person.role),
        grants=tuple(
            Grant(consultation=each.slug, role=ConsultationRole(each.role), scope=each.scope) for each in grants
        ),
    )


def _login(login: str) -> str:
    cleaned = login.strip().casefold()
    if not cleaned or len(cleaned) > 200 or any(letter.isspace() for letter in cleaned):
        raise InvalidInput("person.login")
    return cleaned
