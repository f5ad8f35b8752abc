"""My account: password, second factor, where somebody is signed in."""

from datetime import UTC, datetime

import pyotp
import pytest

from data.store import Store
from survey import people, second_factor
from survey.access import Role
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit


def set_up(store: Store, session: str) -> None:
    """Whoever has this session has a second factor."""
    now = datetime.now(UTC)
    actor = people.actor_of(store, session, now=now)
    assert actor is not None
    person = people.own_record(store, actor=actor)
    app = pyotp.TOTP(second_factor.begin(store, person=person, now=now).secret)
    second_factor.confirm(store, app.at(now), person=person, keep=session, now=now)


def test_the_page_shows_how_to_change_and_to_set_up(empty: Store, sign_in: SignIn) -> None:
    visit = Visit("my-account", session=sign_in(Role.ADMINISTRATOR))
    assert visit.title == "My account"
    for wanted in ('action="account/password"', 'autocomplete="new-password"', "account/second-factor?lang=en"):
        assert wanted in visit.markup
    assert "second-factor/remove" not in visit.markup


def test_with_a_second_factor_the_page_shows_what_is_left(
    empty: Store, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sign_in(Role.ADMINISTRATOR)
    set_up(empty, session)
    visit = Visit("my-account", session=session)
    assert "10 recovery codes are left." in visit.words
    assert "second-factor/remove" in visit.markup
    monkeypatch.setenv("SOUNDINGS_REQUIRE_SECOND_FACTOR", "true")
    assert "second-factor/remove" not in Visit("my-account", session=session).markup


def test_other_sessions_are_ended_one_by_one_and_all_at_once(empty: Store, sign_in: SignIn) -> None:
    here, second, third = (sign_in(Role.ADMINISTRATOR) for _each in range(3))
    visit = Visit("my-account", session=here)
    keys = [found.key for found in visit.at.button if found.label == "End this session"]
    assert len(keys) == 2
    visit.click(keys[0])
    now = datetime.now(UTC)
    assert [people.actor_of(empty, token, now=now) is not None for token in (here, second, third)].count(True) == 2
    visit.press("Sign out everywhere else")
    assert [people.actor_of(empty, token, now=now) is not None for token in (here, second, third)] == [
        True,
        False,
        False,
    ]
    assert "Sign out everywhere else" not in visit.words


def test_a_demo_account_has_sessions_only(opened: Store, sign_in: SignIn) -> None:
    visit = Visit("my-account", session=sign_in(Role.REPORT_WRITER))
    assert "demo account" in visit.words
    assert "account/password" not in visit.markup


def test_without_an_account_there_is_no_such_page(empty: Store) -> None:
    assert "My account" not in Visit("my-account").words
