"""Accounts: one-time links, sign-in, lock-out, sessions."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from data.errors import Conflict, InvalidInput, NotAllowed
from data.store import Store
from survey import passwords, people
from survey.access import OPERATOR, ActorKind, Role
from survey.codes import new_token
from tests.small import ADMINISTRATOR, DAY, NOW, refused

PASSWORD = "correct horse battery"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", cheap)


def join(store: Store, login: str = "ana", role: Role = Role.SECRETARIAT) -> int:
    token = people.invite(store, login=login, name="Ana", role=role, actor=ADMINISTRATOR, now=NOW)
    return people.accept_link(store, token, login="", name="", password=PASSWORD, now=NOW).person_id


def sign_in(store: Store, login: str = "ana", password: str = PASSWORD, now: datetime = NOW, **more: Any) -> str:
    return people.sign_in(store, login=login, password=password, now=now, hours=12, address="192.0.2.7", **more)


# links


def test_the_first_administrator_comes_by_a_one_time_link(store: Store) -> None:
    token = people.first_administrator_link(store, now=NOW)
    assert token is not None
    actor = people.accept_link(store, token, login=" Root ", name="The Root", password=PASSWORD, now=NOW)
    assert (actor.kind, actor.login, actor.name, actor.role) == (
        ActorKind.PERSON,
        "root",
        "The Root",
        Role.ADMINISTRATOR,
    )
    assert people.first_administrator_link(store, now=NOW) is None


def test_a_newer_first_link_ends_the_older_one(store: Store) -> None:
    older, newer = (people.first_administrator_link(store, now=NOW) for _ in range(2))
    assert older is not None
    assert newer is not None
    with refused(NotAllowed, "link.invalid"):
        people.link(store, older, now=NOW)
    assert people.link(store, newer, now=NOW).role == Role.ADMINISTRATOR


def test_a_link_works_once(store: Store) -> None:
    token = people.first_administrator_link(store, now=NOW) or ""
    people.accept_link(store, token, login="root", name="", password=PASSWORD, now=NOW)
    with refused(NotAllowed, "link.invalid"):
        people.accept_link(store, token, login="other", name="", password=PASSWORD, now=NOW)
    assert [person.login for person in people.listed(store, actor=ADMINISTRATOR)] == ["root"]


def test_a_link_used_meanwhile_makes_no_second_account(store: Store) -> None:
    token = people.first_administrator_link(store, now=NOW) or ""
    found = people.link(store, token, now=NOW)
    with store.write() as kept:
        kept.use_link(found.id, NOW)
    with refused(Conflict, "link.used"), store.write() as kept:
        kept.use_link(found.id, NOW)


@pytest.mark.parametrize(("age", "works"), [(timedelta(days=7) - MINUTE, True), (timedelta(days=7), False)])
def test_a_link_works_for_a_week(store: Store, age: timedelta, works: bool) -> None:
    token = people.first_administrator_link(store, now=NOW) or ""
    if works:
        assert people.link(store, token, now=NOW + age).used_at is None
    else:
        with refused(NotAllowed, "link.invalid"):
            people.link(store, token, now=NOW + age)


@pytest.mark.parametrize("token", ["", "x", pytest.param(new_token(), id="a token")])
def test_an_unknown_link_is_invalid(store: Store, token: str) -> None:
    people.first_administrator_link(store, now=NOW)
    with refused(NotAllowed, "link.invalid"):
        people.link(store, token, now=NOW)


def test_an_invitation_decides_name_and_role(store: Store) -> None:
    token = people.invite(store, login="Bo", name="Bo B", role=Role.REPORT_WRITER, actor=ADMINISTRATOR, now=NOW)
    actor = people.accept_link(store, token, login="root", name="Root", password=PASSWORD, now=NOW)
    assert (actor.login, actor.name, actor.role) == ("bo", "Bo B", Role.REPORT_WRITER)


def test_nobody_is_invited_to_a_name_that_is_taken(store: Store) -> None:
    join(store)
    with refused(InvalidInput, "person.exists"):
        people.invite(store, login="ANA", name="", role=Role.SECRETARIAT, actor=ADMINISTRATOR, now=NOW)


@pytest.mark.parametrize("login", ["", "  ", "two words", "x" * 201])
def test_a_sign_in_name_is_one_word(store: Store, login: str) -> None:
    with refused(InvalidInput, "person.login"):
        people.invite(store, login=login, name="", role=Role.SECRETARIAT, actor=ADMINISTRATOR, now=NOW)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short1234", "password.length"),
        ("x" * 1001, "password.length"),
        ("The Administrator", "password.is_name"),
        ("ANA MARIA LOPEZ", "password.is_name"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_stays(store: Store, password: str, code: str) -> None:
    token = people.first_administrator_link(store, now=NOW) or ""
    with refused(InvalidInput, code):
        people.accept_link(store, token, login="administrator", name="Ana Maria Lopez", password=password, now=NOW)
    assert people.link(store, token, now=NOW).used_at is None


# sign-in


def test_the_right_password_opens_a_session_until_it_ends(store: Store) -> None:
    person = join(store)
    token = sign_in(store, login=" ANA ", idle_minutes=12 * 60)
    actor = people.actor_of(store, token, now=NOW + 11 * 60 * MINUTE)
    assert actor is not None
    assert (actor.person_id, actor.login, actor.role) == (person, "ana", Role.SECRETARIAT)
    assert people.actor_of(store, token, now=NOW + 12 * 60 * MINUTE) is None


def test_a_session_ends_with_sign_out(store: Store) -> None:
    join(store)
    first, second = sign_in(store), sign_in(store)
    people.sign_out(store, first, now=NOW)
    assert (people.actor_of(store, first, now=NOW), people.actor_of(store, second, now=NOW) is None) == (None, False)


@pytest.mark.parametrize("token", [None, "", "x", pytest.param(new_token(), id="a token")])
def test_an_unknown_session_is_nobody(store: Store, token: str | None) -> None:
    assert people.actor_of(store, token, now=NOW) is None


@pytest.mark.parametrize(("login", "password"), [("ana", "wrong password"), ("ana", ""), ("nobody", PASSWORD)])
def test_a_wrong_sign_in_does_not_say_what_was_wrong(store: Store, login: str, password: str) -> None:
    join(store)
    with refused(NotAllowed, "sign_in.wrong") as caught:
        sign_in(store, login, password)
    assert caught.value.params == {}


def test_failures_lock_the_account_for_a_time_that_doubles(store: Store) -> None:
    join(store)
    now, waits = NOW, []
    for failure in range(1, 15):
        with refused(NotAllowed, "sign_in.wrong"):
            sign_in(store, password="wrong password", now=now)
        if failure < 5:
            continue
        with refused(NotAllowed, "sign_in.locked") as caught:
            sign_in(store, now=now)
        until = caught.value.params["until"]
        assert isinstance(until, datetime)
        waits.append((until - now) // MINUTE)
        now = until
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    sign_in(store, now=now)
    with refused(NotAllowed, "sign_in.wrong"):
        sign_in(store, password="wrong password", now=now)
    sign_in(store, now=now)


def test_a_lock_of_one_account_leaves_others_alone(store: Store) -> None:
    join(store)
    join(store, "bo")
    for _ in range(5):
        with refused(NotAllowed, "sign_in.wrong"):
            sign_in(store, password="wrong password")
    assert people.actor_of(store, sign_in(store, "bo"), now=NOW) is not None


def test_failures_and_sign_ins_are_logged_without_the_password(store: Store) -> None:
    join(store)
    with refused(NotAllowed, "sign_in.wrong"):
        sign_in(store, password="wrong password")
    sign_in(store)
    with store.read() as kept:
        entries = [(entry.actor, entry.action, entry.subject, entry.details) for entry in kept.log()]
    assert entries == [
        ("person:ana", "sign_in", "ana", {"way": "password"}),
        ("anonymous", "sign_in.failed", "ana", {"failures": 1}),
        ("person:ana", "person.joined", "ana", {}),
        ("person:administrator", "person.invited", "ana", {}),
    ]


# stopped accounts


def test_a_stopped_account_loses_its_session_and_cannot_sign_in(store: Store) -> None:
    person = join(store)
    token = sign_in(store)
    administrator = people.accept_link(
        store, people.first_administrator_link(store, now=NOW) or "", login="r", name="", password=PASSWORD, now=NOW
    )
    people.set_active(store, person, False, actor=administrator, now=NOW)
    assert people.actor_of(store, token, now=NOW) is None
    with refused(NotAllowed, "sign_in.wrong"):
        sign_in(store)
    people.set_active(store, person, True, actor=administrator, now=NOW)
    assert people.actor_of(store, token, now=NOW) is None
    assert people.actor_of(store, sign_in(store), now=NOW) is not None


def test_nobody_stops_their_own_account(store: Store) -> None:
    with refused(InvalidInput, "person.own_account"):
        people.set_active(store, ADMINISTRATOR.person_id, False, actor=ADMINISTRATOR, now=NOW)


# demo mode


@pytest.mark.parametrize(
    ("login", "role"), [("demo-secretariat", Role.SECRETARIAT), ("demo-report-writer", Role.REPORT_WRITER)]
)
def test_demo_mode_offers_its_accounts(store: Store, login: str, role: Role) -> None:
    for _ in range(2):
        token = people.sign_in_demo(store, login, demo=True, now=NOW, hours=1)
        actor = people.actor_of(store, token, now=NOW)
        assert actor is not None
        assert (actor.login, actor.role) == (login, role)


@pytest.mark.parametrize(("login", "demo"), [("demo-secretariat", False), ("ana", True), ("", True)])
def test_without_demo_mode_and_for_other_accounts_there_is_no_open_door(store: Store, login: str, demo: bool) -> None:
    join(store)
    with refused(NotAllowed, "sign_in.wrong"):
        people.sign_in_demo(store, login, demo=demo, now=NOW, hours=1)


@pytest.mark.parametrize("password", ["!", "", "demo-secretariat", PASSWORD])
def test_a_demo_account_has_no_password(store: Store, password: str) -> None:
    people.sign_in_demo(store, "demo-secretariat", demo=True, now=NOW, hours=1)
    with refused(NotAllowed, "sign_in.wrong"):
        sign_in(store, "demo-secretariat", password)


def test_a_stopped_demo_account_stays_out(store: Store) -> None:
    token = people.sign_in_demo(store, "demo-secretariat", demo=True, now=NOW, hours=1)
    actor = people.actor_of(store, token, now=NOW)
    assert actor is not None
    people.set_active(store, actor.person_id, False, actor=ADMINISTRATOR_ELSE, now=NOW)
    again = people.sign_in_demo(store, "demo-secretariat", demo=True, now=NOW + DAY, hours=1)
    assert people.actor_of(store, again, now=NOW + DAY) is None


ADMINISTRATOR_ELSE = people.Actor(kind=ActorKind.PERSON, person_id=99, login="else", role=Role.ADMINISTRATOR)


# passwords and roles


def test_a_new_password_of_ones_own_ends_the_other_sessions(store: Store) -> None:
    join(store)
    here, elsewhere = sign_in(store), sign_in(store)
    actor = people.actor_of(store, here, now=NOW)
    assert actor is not None
    change = {"actor": actor, "token": here, "now": NOW}
    with refused(NotAllowed, "password.wrong"):
        people.change_password(store, old="wrong password", new="another good phrase", **change)
    with refused(InvalidInput, "password.common"):
        people.change_password(store, old=PASSWORD, new="aaaaaaaaaaaaaaaa", **change)
    people.change_password(store, old=PASSWORD, new="another good phrase", **change)
    assert people.actor_of(store, here, now=NOW) == actor
    assert people.actor_of(store, elsewhere, now=NOW) is None
    with refused(NotAllowed, "sign_in.wrong"):
        sign_in(store)
    assert people.actor_of(store, sign_in(store, password="another good phrase"), now=NOW) == actor


def test_who_tries_old_passwords_in_a_session_waits(store: Store) -> None:
    join(store)
    token = sign_in(store)
    actor = people.actor_of(store, token, now=NOW)
    assert actor is not None
    change = {"new": "another good phrase", "actor": actor, "token": token}
    for _attempt in range(people.FAILURES_BEFORE_LOCK):
        with refused(NotAllowed, "password.wrong"):
            people.change_password(store, old="wrong password", now=NOW, **change)
    with refused(NotAllowed, "sign_in.locked"):
        people.change_password(store, old=PASSWORD, now=NOW, **change)
    people.change_password(store, old=PASSWORD, now=NOW + MINUTE, **change)


def test_another_role_ends_the_sessions_and_nobody_changes_their_own(store: Store) -> None:
    person = join(store)
    token = sign_in(store)
    people.set_role(store, person, Role.SECRETARIAT, actor=OPERATOR, now=NOW)
    assert people.actor_of(store, token, now=NOW) is not None
    people.set_role(store, person, Role.REPORT_WRITER, actor=OPERATOR, now=NOW)
    assert people.actor_of(store, token, now=NOW) is None
    actor = people.actor_of(store, sign_in(store), now=NOW)
    assert actor is not None
    assert actor.role is Role.REPORT_WRITER
    with refused(InvalidInput, "person.own_role"):
        people.set_role(store, ADMINISTRATOR.person_id, Role.SECRETARIAT, actor=ADMINISTRATOR, now=NOW)


def test_an_administrator_sees_how_safely_everybody_comes_in(store: Store) -> None:
    person = join(store)
    sign_in(store)
    sign_in(store, now=NOW + MINUTE)
    (standing,) = people.standings(store, actor=ADMINISTRATOR, now=NOW + MINUTE)
    assert (standing.person.id, standing.second_factor, standing.sessions) == (person, False, 2)
    assert standing.last_used_at == NOW + MINUTE


def test_a_short_password_from_before_goes_on_working_and_the_next_one_is_longer(store: Store) -> None:
    token = people.first_administrator_link(store, now=NOW) or ""
    people.accept_link(store, token, login="ana", name="", password="ten signs!", now=NOW, minimum=10)
    opened = sign_in(store, password="ten signs!")
    actor = people.actor_of(store, opened, now=NOW)
    assert actor is not None
    with refused(InvalidInput, "password.length") as caught:
        people.change_password(store, old="ten signs!", new="eleven sign", actor=actor, token=opened, now=NOW)
    assert caught.value.params["minimum"] == 15
