"""A visit, and what is derived from it."""

import pytest

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
