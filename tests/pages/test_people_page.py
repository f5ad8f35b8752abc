"""People: invite, stop, restore."""

import re
from datetime import UTC, datetime

import pyotp
import pytest

from data.errors import NotAllowed
from data.store import Store
from survey import people, second_factor
from survey.access import OPERATOR, Role
from survey.words import MESSAGES
from tests.pages.conftest import PASSWORD, SignIn
from tests.pages.visits import Visit


def invited(visit: Visit, login: str, role: Role = Role.SECRETARIAT) -> Visit:
    """The form for a new account, filled in and sent."""
    texts = {found.label: found for found in visit.at.text_input}
    texts["Sign-in name"].set_value(login)
    texts["Name"].set_value("Grace")
    visit.at.radio[0].set_value(role)
    return visit.press("Make a link")


def test_an_invitation_is_a_link_that_works_once(empty: Store, sign_in: SignIn) -> None:
    visit = invited(Visit("people", session=sign_in(Role.ADMINISTRATOR)), "Grace@example.org", Role.REPORT_WRITER)
    (token,) = re.findall(r"/account/link\?t=([\w-]+)", visit.words)
    now = datetime.now(UTC)
    actor = people.accept_link(empty, token, login="", name="", password=PASSWORD, now=now)
    assert (actor.login, actor.role) == ("grace@example.org", Role.REPORT_WRITER)
    with pytest.raises(NotAllowed):
        people.link(empty, token, now=now)
    assert "Grace · grace@example.org" in " ".join(visit.run().words.split())


@pytest.mark.parametrize(("login", "code"), [("", "person.login"), ("two words", "person.login"), ("ada", "")])
def test_a_name_that_cannot_be_used_is_refused_in_words(login: str, code: str, empty: Store, sign_in: SignIn) -> None:
    visit = invited(Visit("people", session=sign_in(Role.ADMINISTRATOR)), login)
    (message,) = [found.value for found in visit.at.error]
    assert "account/link" not in visit.words
    if code:
        assert message == MESSAGES[code]
    else:
        assert "person.exists" not in message
        assert "ada" in message


def test_an_account_is_stopped_and_restored(opened: Store, sign_in: SignIn) -> None:
    writer = sign_in(Role.REPORT_WRITER)
    visit = Visit("people", session=sign_in(Role.ADMINISTRATOR))
    visit.press("Stop the account")
    assert people.actor_of(opened, writer, now=datetime.now(UTC)) is None
    visit.press("Restore the account")
    assert [found.label for found in visit.at.button if "account" in found.label] == ["Stop the account"]


def test_nobody_is_offered_to_stop_themselves(opened: Store, sign_in: SignIn) -> None:
    visit = Visit("people", session=sign_in(Role.ADMINISTRATOR))
    assert [found.label for found in visit.at.button if "account" in found.label] == []


def joined(store: Store) -> tuple[int, str]:
    """(account, session) of Bo of the secretariat."""
    now = datetime.now(UTC)
    link = people.invite(store, login="bo", name="Bo", role=Role.SECRETARIAT, actor=OPERATOR, now=now)
    actor = people.accept_link(store, link, login="", name="", password=PASSWORD, now=now)
    return actor.person_id, people.sign_in(store, login="bo", password=PASSWORD, now=now, hours=1)


def test_an_administrator_ends_sessions_and_resets_a_second_factor(empty: Store, sign_in: SignIn) -> None:
    person_id, token = joined(empty)
    now = datetime.now(UTC)
    with empty.read() as kept:
        person = kept.person(person_id)
    app = pyotp.TOTP(second_factor.begin(empty, person=person, now=now).secret)
    second_factor.confirm(empty, app.at(now), person=person, keep=token, now=now)
    visit = Visit("people", session=sign_in(Role.ADMINISTRATOR))
    assert "second factor set up" in visit.words
    visit.press("Sign out everywhere")
    assert people.actor_of(empty, token, now=now) is None
    visit.press("Reset the second factor")
    assert "second factor set up" not in visit.words
    again = people.sign_in(empty, login="bo", password=PASSWORD, now=now, hours=1)
    assert people.actor_of(empty, again, now=now) is not None


def test_an_administrator_changes_a_role(empty: Store, sign_in: SignIn) -> None:
    person_id, token = joined(empty)
    visit = Visit("people", session=sign_in(Role.ADMINISTRATOR))
    visit.enter(f"role_{person_id}", Role.REPORT_WRITER).run()
    assert "Report writer (protected figures only)" in visit.words
    now = datetime.now(UTC)
    assert people.actor_of(empty, token, now=now) is None
    with empty.read() as kept:
        assert kept.person(person_id).role == Role.REPORT_WRITER
