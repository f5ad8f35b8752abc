"""People: invite, stop, restore."""

import re
from datetime import UTC, datetime

import pytest

from data.errors import NotAllowed
from data.store import Store
from survey import people
from survey.access import Role
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
    assert "Grace · grace@example.org" in visit.run().words.replace("**", "")


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
