"""Sessions: time-outs, the list of one's own, ending one or all."""

from datetime import datetime, timedelta

import pytest

from data.errors import NotFound
from data.people_records import Awaits, Way
from data.store import Store
from survey import passwords, people, sessions
from survey.access import OPERATOR, Actor, Role
from survey.codes import hash_of
from tests.small import NOW, refused

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"


def joined(store: Store, login: str = "ana") -> int:
    with store.write() as kept:
        return kept.add_person(
            login=login, name=login, password_hash=passwords.NONE, role=Role.SECRETARIAT, created_at=NOW
        )


def opened(store: Store, person: int, *, now: datetime = NOW, idle: int = 60, device: str = "") -> str:
    with store.write() as kept:
        return sessions.open_session(
            kept, kept.person(person), now=now, hours=12, idle_minutes=idle, device=device, way=Way.PASSWORD
        )


def actor(store: Store, token: str, now: datetime = NOW) -> Actor:
    found = sessions.actor_of(store, token, now=now)
    assert found is not None
    return found


def test_a_session_ends_after_a_rest(store: Store) -> None:
    token = opened(store, joined(store))
    assert sessions.actor_of(store, token, now=NOW + 59 * MINUTE) is not None
    assert sessions.actor_of(store, token, now=NOW + 118 * MINUTE) is not None, "it was used an hour ago only"
    assert sessions.actor_of(store, token, now=NOW + 178 * MINUTE) is None


def test_a_page_that_looks_again_by_itself_keeps_no_session_open(store: Store) -> None:
    token = opened(store, joined(store))
    assert sessions.actor_of(store, token, now=NOW + 59 * MINUTE, noted=False) is not None
    assert sessions.actor_of(store, token, now=NOW + 61 * MINUTE, noted=False) is None


def test_a_session_that_is_used_all_the_time_ends_too(store: Store) -> None:
    token = opened(store, joined(store))
    alive = [sessions.actor_of(store, token, now=NOW + n * 30 * MINUTE) is not None for n in range(26)]
    assert alive == [True] * 24 + [False] * 2


def test_a_use_is_written_once_a_minute_only(store: Store) -> None:
    person = joined(store)
    token = opened(store, person)
    for seconds in (10, 59, 61, 100):
        actor(store, token, NOW + timedelta(seconds=seconds))
    with store.read() as kept:
        assert kept.sessions(person)[0].last_used_at == NOW + timedelta(seconds=61)


def test_a_half_open_session_opens_nothing(store: Store) -> None:
    person = joined(store)
    with store.write() as kept:
        token = sessions.open_session(kept, kept.person(person), now=NOW, hours=12, awaits=Awaits.CODE)
    assert sessions.actor_of(store, token, now=NOW) is None
    found = sessions.awaiting(store, token, now=NOW + 9 * MINUTE)
    assert found is not None
    assert (found[0], found[1].id) == (Awaits.CODE, person)
    assert sessions.awaiting(store, token, now=NOW + 10 * MINUTE) is None


def test_somebody_sees_and_ends_their_own_sessions_only(store: Store) -> None:
    ana, bo = joined(store), joined(store, "bo")
    here, there = opened(store, ana, device=FIREFOX), opened(store, ana, now=NOW + MINUTE)
    other = opened(store, bo)
    listed = sessions.own(store, here, actor=actor(store, here), now=NOW + MINUTE)
    assert [(each.device, is_here) for each, is_here in listed] == [("", False), (FIREFOX, True)]
    ((others, _here),) = sessions.own(store, other, actor=actor(store, other), now=NOW)
    sessions.end_own(store, others.id, actor=actor(store, here), now=NOW)
    assert sessions.actor_of(store, other, now=NOW) is not None
    sessions.end_own(store, listed[0][0].id, actor=actor(store, here), now=NOW)
    assert sessions.actor_of(store, there, now=NOW + MINUTE) is None
    assert sessions.actor_of(store, here, now=NOW) is not None


def test_signing_out_everywhere_else_keeps_this_session(store: Store) -> None:
    person = joined(store)
    tokens = [opened(store, person) for _each in range(3)]
    assert sessions.end_others(store, tokens[0], actor=actor(store, tokens[0]), now=NOW) == 2
    assert [sessions.actor_of(store, token, now=NOW) is not None for token in tokens] == [True, False, False]


def test_an_administrator_ends_the_sessions_of_somebody(store: Store) -> None:
    person, other = joined(store), joined(store, "bo")
    token, stays = opened(store, person), opened(store, other)
    assert sessions.end_of_person(store, person, actor=OPERATOR, now=NOW) == 1
    assert sessions.actor_of(store, token, now=NOW) is None
    assert sessions.actor_of(store, stays, now=NOW) is not None
    with refused(NotFound, "person.unknown"):
        sessions.end_of_person(store, 99, actor=OPERATOR, now=NOW)


def test_sessions_that_are_over_are_forgotten_and_not_listed(store: Store) -> None:
    person = joined(store)
    old = opened(store, person)
    fresh = opened(store, person, now=NOW + 13 * HOUR)
    with store.read() as kept:
        assert len(kept.sessions(person)) == 1
    assert sessions.actor_of(store, old, now=NOW) is None
    assert len(sessions.own(store, fresh, actor=actor(store, fresh, NOW + 13 * HOUR), now=NOW + 13 * HOUR)) == 1


def test_a_page_is_shown_although_the_use_cannot_be_written(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    token = opened(store, joined(store))
    monkeypatch.setattr("data.store.BUSY_SECONDS", 0.01)
    with store.write():
        assert sessions.actor_of(store, token, now=NOW + 5 * MINUTE) is not None


def test_only_the_hash_of_a_token_is_kept(store: Store) -> None:
    token = opened(store, joined(store))
    with store.read() as kept:
        (row,) = kept._connection.exec_driver_sql("SELECT * FROM sessions").all()
    assert token not in str(row)
    assert hash_of(token) in str(row)


def test_a_restart_without_second_factors_ends_what_a_password_opened(store: Store) -> None:
    person = joined(store)
    token = opened(store, person)
    people.close_without_second_factor(store, required=False, now=NOW)
    assert sessions.actor_of(store, token, now=NOW) is not None
    with store.write() as kept:
        by_provider = sessions.open_session(kept, kept.person(person), now=NOW, hours=1, way=Way.PROVIDER)
    people.close_without_second_factor(store, required=True, now=NOW)
    assert sessions.actor_of(store, token, now=NOW) is None
    assert sessions.actor_of(store, by_provider, now=NOW) is not None


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox · Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36",
            "Chrome · Linux",
        ),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", "Chrome · Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604",
            "Safari · iOS",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge · Windows"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_device_is_named_in_few_words(user_agent: str, name: str) -> None:
    assert sessions.device_name(user_agent) == name
