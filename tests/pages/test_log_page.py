"""The page Log, and deleting a response on the page Collect."""

import json
import re
from datetime import UTC, datetime

import pytest

from data.log_records import LogRecord
from data.store import Store
from survey import responses, trash
from survey.access import OPERATOR, Role
from survey.translator import Words
from survey.ui.act_table import acts_table
from tests.pages.conftest import SignIn
from tests.pages.visits import OPEN, Visit

ANSWERS = {"consent": "agree", "publish": "no"}


def draft(store: Store) -> str:
    """The reference of a draft."""
    now = datetime.now(UTC)
    code = responses.begin(store, OPEN, language="en", channel="web", now=now)
    return responses.resume(store, code, now=now).response.reference


def test_the_log_tells_who_did_what_and_what_it_changed(opened: Store, sign_in: SignIn) -> None:
    reference = draft(opened)
    visit = Visit("log", session=sign_in(Role.ADMINISTRATOR))
    assert "Questionnaire published" in visit.words
    assert "Response begun" in visit.words
    assert f"{OPEN}/{reference}" in visit.words
    assert "the operator at the console" in visit.words
    assert "Who answers : identified" in re.sub(r"\s+", " ", visit.words)


def test_names_and_values_are_parted_as_the_readers_language_does() -> None:
    content = json.dumps({"details": {"reason": "late"}, "changes": {"deadline": ["", "tomorrow"]}})
    entry = LogRecord(
        id=1, at=datetime(2026, 9, 15, tzinfo=UTC), actor="operator", action="x", subject="s", content=content
    )
    table = acts_table([entry], {}, Words("fr"), UTC)
    assert re.findall(r"(?:</bdi>|\w)([^\w<>]*)<(?:bdi>late|ins>)", table) == ["\u00a0: ", "\u00a0: "]


def test_the_log_is_filtered_by_act_and_object(opened: Store, sign_in: SignIn) -> None:
    first, second = draft(opened), draft(opened)
    visit = Visit("log", session=sign_in(Role.ADMINISTRATOR))
    visit.enter("log_action", "response.begun").run()
    assert "Questionnaire published" not in visit.markup
    assert (first in visit.markup, second in visit.markup) == (True, True)
    visit.enter("log_object", first.lower()).run()
    assert (first in visit.markup, second in visit.markup) == (True, False)
    assert f"act=response.begun&amp;object={first.lower()}" in visit.markup


def test_the_log_goes_back_page_by_page(opened: Store, sign_in: SignIn) -> None:
    for _ in range(60):
        draft(opened)
    visit = Visit("log", session=sign_in(Role.ADMINISTRATOR))
    assert "#1<" not in visit.markup
    visit.click("log_earlier")
    assert "#1<" in visit.markup
    visit.click("log_newest")
    assert "#1<" not in visit.markup


def test_the_secretariat_sees_the_log_of_consultations_and_no_sign_in(opened: Store, sign_in: SignIn) -> None:
    visit = Visit("log", session=sign_in(Role.SECRETARIAT))
    assert "Questionnaire published" in visit.words
    assert "Signed in" not in visit.words
    assert "Everything" not in visit.words


@pytest.mark.parametrize("role", [None, Role.REPORT_WRITER])
def test_nobody_else_sees_the_log(opened: Store, sign_in: SignIn, role: Role | None) -> None:
    visit = Visit("log", session=sign_in(role) if role else "")
    assert "Questionnaire published" not in visit.words


def test_a_response_is_deleted_by_two_people_and_restored(opened: Store, sign_in: SignIn) -> None:
    reference = draft(opened)
    visit = Visit("collect", session=sign_in(Role.ADMINISTRATOR))
    visit.at.session_state[f"trash_{OPEN}"] = True
    visit.run()
    visit.enter(f"delete_reference_{OPEN}", reference).enter(f"delete_reason_{OPEN}", "A test")
    visit.press("Ask for its deletion")
    assert "asked for" in visit.words
    assert "Agree: put it into the trash" not in visit.words
    (found,) = trash.deletions(opened, OPEN, actor=OPERATOR, now=datetime.now(UTC))
    trash.agree(opened, OPEN, found.record.id, actor=OPERATOR, now=datetime.now(UTC))
    visit.run()
    assert "in the trash" in visit.words
    visit.press("Restore it")
    assert "restored" in visit.words
