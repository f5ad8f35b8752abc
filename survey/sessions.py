"""Staff sessions: opened at sign-in, over after a time, after a rest, or when somebody ends them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from data.errors import NotAllowed, Unavailable
from data.people_records import Awaits, GrantRecord, PersonRecord, SessionRecord, Way
from data.store import Store, Transaction
from survey.access import Action, Actor, ActorKind, ConsultationRole, Grant, Role, require
from survey.codes import hash_of, new_token

IDLE_MINUTES = 60
"""A session rests so long at most, when no setting says otherwise."""
STEP_MINUTES = 10
"""So long a session waits for its second factor."""
_NOTED_EVERY = timedelta(minutes=1)


def actor_for(person: PersonRecord, grants: Iterable[GrantRecord] = ()) -> Actor:
    """The actor that a person is, with these roles in single consultations."""
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


def open_session(
    kept: Transaction,
    person: PersonRecord,
    *,
    now: datetime,
    hours: int,
    idle_minutes: int = IDLE_MINUTES,
    device: str = "",
    way: Way = Way.PASSWORD,
    awaits: Awaits = Awaits.NOTHING,
) -> str:
    """The token of a new session. One that awaits something opens nothing, and lasts ten minutes."""
    token = new_token()
    lasts = timedelta(hours=hours) if awaits is Awaits.NOTHING else timedelta(minutes=STEP_MINUTES)
    kept.forget_old_sessions(now)
    kept.add_session(
        token_hash=hash_of(token),
        person_id=person.id,
        created_at=now,
        expires_at=now + lasts,
        last_used_at=now,
        idle_minutes=idle_minutes,
        device=device[:300],
        way=way,
        awaits=awaits,
    )
    if awaits is Awaits.NOTHING:
        kept.record(
            at=now, actor=actor_for(person).label, action="sign_in", subject=person.login, details={"way": str(way)}
        )
    return token


def actor_of(store: Store, token: str | None, *, now: datetime, noted: bool = True) -> Actor | None:
    """Whoever holds this session token, or None when it is unknown, over, or not complete.

    noted  False when nobody clicked, as where a page looks again by itself: the session goes on resting
    """
    if not token:
        return None
    with store.read() as kept:
        found = kept.session_and_person(hash_of(token))
        grants = () if found is None else kept.grants_of(found[1].id)
    if found is None:
        return None
    session, person = found
    if session.awaits is not Awaits.NOTHING or is_over(session, now):
        return None
    if noted and now - session.last_used_at >= _NOTED_EVERY:
        _note_use(store, session, now)
    return actor_for(person, grants)


def _note_use(store: Store, session: SessionRecord, now: datetime) -> None:
    try:
        with store.write() as kept:
            kept.use_session(session.id, now)
    except Unavailable:
        # A page that can be read is shown, also while the database takes no writes.
        return


def is_over(session: SessionRecord, now: datetime) -> bool:
    """True when its time is over, or it rested too long."""
    return now >= session.expires_at or now - session.last_used_at >= timedelta(minutes=session.idle_minutes)


def awaiting(store: Store, token: str | None, *, now: datetime) -> tuple[Awaits, PersonRecord] | None:
    """What the session of this token still waits for, and whose it is; None when it is unknown, over or complete."""
    if not token:
        return None
    with store.read() as kept:
        found = kept.session_and_person(hash_of(token))
    if found is None or found[0].awaits is Awaits.NOTHING or is_over(found[0], now):
        return None
    return found[0].awaits, found[1]


def sign_out(store: Store, token: str, *, now: datetime) -> None:
    """Ends the session."""
    with store.write() as kept:
        found = kept.session_and_person(hash_of(token))
        kept.end_sessions(token_hash=hash_of(token))
        if found is not None and found[0].awaits is Awaits.NOTHING and not is_over(found[0], now):
            person = found[1]
            kept.record(at=now, actor=actor_for(person).label, action="sign_out", subject=person.login, details={})


def own(store: Store, token: str | None, *, actor: Actor, now: datetime) -> tuple[tuple[SessionRecord, bool], ...]:
    """The open sessions of the person who acts, the one used last first; True beside that of the token."""
    require_person(actor)
    with store.read() as kept:
        mine = kept.sessions(actor.person_id)
        here = kept.session(hash_of(token)) if token else None
    open_ones = [each for each in mine if each.awaits is Awaits.NOTHING and not is_over(each, now)]
    return tuple((each, here is not None and each.id == here.id) for each in open_ones)


def end_own(store: Store, session_id: int, *, actor: Actor, now: datetime) -> None:
    """Ends one session of the person who acts; nothing happens when it is not theirs."""
    require_person(actor)
    with store.write() as kept:
        if kept.end_sessions(person_id=actor.person_id, session_id=session_id):
            kept.record(at=now, actor=actor.label, action="session.ended", subject=actor.login, details={})


def end_others(store: Store, token: str | None, *, actor: Actor, now: datetime) -> int:
    """Ends every session of the person who acts but that of the token; how many."""
    require_person(actor)
    with store.write() as kept:
        ended = kept.end_sessions(person_id=actor.person_id, keep=hash_of(token) if token else "")
        kept.record(at=now, actor=actor.label, action="sessions.ended", subject=actor.login, details={"ended": ended})
    return ended


def end_of_person(store: Store, person_id: int, *, actor: Actor, now: datetime) -> int:
    """Ends every session of somebody; how many."""
    require(actor, Action.MANAGE_PEOPLE)
    with store.write() as kept:
        person = kept.person(person_id)
        ended = kept.end_sessions(person_id=person_id)
        kept.record(at=now, actor=actor.label, action="sessions.ended", subject=person.login, details={"ended": ended})
    return ended


def require_person(actor: Actor) -> None:
    """Returns when the actor is somebody with an account, else raises NotAllowed("access.sign_in")."""
    if actor.kind is not ActorKind.PERSON or not actor.person_id:
        raise NotAllowed("access.sign_in")


_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "Chrome": "Chrome"}
_BROWSERS |= {"CriOS": "Chrome", "Safari": "Safari"}
_SYSTEMS = {"Android": "Android", "iPhone": "iOS", "iPad": "iOS", "Windows": "Windows", "CrOS": "ChromeOS"}
_SYSTEMS |= {"Mac OS X": "macOS", "Linux": "Linux"}


def device_name(user_agent: str) -> str:
    """Browser and system in few words, such as "Firefox · Windows"; "" when neither is known.

    Browsers name those that they are compatible with too, so the order of the tables matters.
    """
    browser = next((name for mark, name in _BROWSERS.items() if f"{mark}/" in user_agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")
    return " · ".join(part for part in (browser, system) if part)
