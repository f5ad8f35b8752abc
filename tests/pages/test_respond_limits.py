"""What the Streamlit door does against machines; it counts with the light form."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from data.errors import NotFound
from data.store import Store
from survey import responses
from survey.ui import resources
from tests.pages.visits import OPEN, Visit

TOO_MANY = "Too many requests came from here."
TOO_MANY_WRONG = "Too many wrong personal codes came from this internet connection. Please try again in 60 min,"


def test_who_presses_at_once_presses_once_more(opened: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.guard.LEAST_SECONDS", 3600.0)
    visit = Visit("respond", c=OPEN).click("begin")
    assert "Please press the button once more." in visit.words
    assert "r" not in visit.at.query_params
    monkeypatch.setattr("survey.guard.LEAST_SECONDS", 0.0)
    assert visit.click("begin").code


def test_wrong_codes_are_counted_with_those_of_the_light_form(opened: Store) -> None:
    for _ in range(59):
        with suppress(NotFound), resources.guard().guessing("127.0.0.1", OPEN):
            raise NotFound("response.unknown_code")
    visit = Visit("respond", c=OPEN)
    visit.enter("typed-code", "0000-0000-0000").click("open-code")
    assert "No response belongs to this personal code." in visit.words
    visit.click("open-code")
    assert TOO_MANY_WRONG in visit.words
    assert TOO_MANY_WRONG in Visit("respond", c=OPEN, r="0000-0000-0000").words
    assert TOO_MANY_WRONG in Visit("respond", c=OPEN, i="0000-0000-0000-0000").words


def test_who_is_at_work_or_begins_is_not_held_up_by_wrong_codes_of_the_same_office(opened: Store) -> None:
    visit = Visit("respond", c=OPEN).click("begin")
    strange = responses.begin(opened, OPEN, language="en", channel="app", now=datetime.now(UTC))
    for _ in range(60):
        with suppress(NotFound), resources.guard().guessing("127.0.0.1", OPEN, "0000-0000-0000"):
            raise NotFound("response.unknown_code")
    visit.answer(consent="agree").click("next")
    assert TOO_MANY_WRONG not in visit.words
    assert TOO_MANY_WRONG not in Visit("respond", c=OPEN, r=visit.code).words
    assert Visit("respond", c=OPEN).click("begin").code
    assert TOO_MANY_WRONG in Visit("respond", c=OPEN, r=strange).words


def test_an_address_that_began_too_many_begins_no_more(opened: Store) -> None:
    for _ in range(120):
        resources.guard().require_calm("127.0.0.1", "begin")
    visit = Visit("respond", c=OPEN).click("begin")
    assert TOO_MANY in visit.words
    assert "r" not in visit.at.query_params


def test_saves_of_an_address_are_counted(opened: Store) -> None:
    visit = Visit("respond", c=OPEN).click("begin")
    for _ in range(1200):
        resources.guard().require_calm("127.0.0.1", "save")
    visit.answer(consent="agree").click("next")
    assert TOO_MANY in visit.words
