"""A visit, and what is derived from it."""

import pytest

from data.settings import Settings
from survey import visits


def test_two_visits_differ_and_are_known() -> None:
    one, two = visits.begin(), visits.begin()
    assert one != two
    assert visits.known(one) == one


@pytest.mark.parametrize("cookie", ["", "short", "x" * 44, "x" * 42 + ";", "x" * 42 + "\n"])
def test_something_else_is_no_visit(cookie: str) -> None:
    assert visits.known(cookie) == ""


def test_a_form_belongs_to_one_visit_and_one_sign_in() -> None:
    visit = visits.begin()
    token = visits.form_token(visit, "me")
    assert visits.is_own_form(token, visit, "me")
    assert not visits.is_own_form(token, visit, "")
    assert not visits.is_own_form(token, visits.begin(), "me")
    assert not visits.is_own_form(visits.holder(visit, "me"), visit, "me")
    assert not visits.is_own_form("é\ud800", visit, "me")


def test_without_a_visit_nothing_is_anybodys() -> None:
    assert visits.holder("", "me") == visits.form_token("", "me") == ""
    assert not visits.is_own_form("", "", "")


@pytest.mark.parametrize(("public_url", "believed"), [("", ("v" * 43, "me")), ("https://x.example", ("w" * 43, ""))])
def test_over_tls_only_cookies_of_this_very_host_are_believed(public_url: str, believed: tuple[str, str]) -> None:
    sent = {"soundings_visit": "v" * 43, "soundings_session": "me", "__Host-soundings_visit": "w" * 43}
    assert visits.known_by(sent, Settings(public_url=public_url)) == believed
