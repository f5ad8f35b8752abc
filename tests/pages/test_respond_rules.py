"""What the rules of a consultation make of answering in the browser."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from data.store import Store
from survey import colleagues, consultation_rules, responses, saving
from survey.access import OPERATOR, Role
from tests.pages.conftest import SignIn
from tests.pages.test_respond_page import CONSENT, ORGANISATION, VIEW
from tests.pages.visits import OPEN, Visit


def rules(store: Store, **typed: str) -> None:
    consultation_rules.set_policies(store, OPEN, typed, actor=OPERATOR, now=datetime.now(UTC))


def filled(store: Store, **answers: object) -> str:
    """The code of a draft that can be sent."""
    now = datetime.now(UTC)
    code = responses.begin(store, OPEN, language="en", channel="app", now=now)
    given = {**CONSENT, **ORGANISATION, **VIEW, "prio_1": "c01", "part_done": "no", **answers}
    saving.save(store, code, given, seen={}, section="s1", language="en", now=now)
    return code


def sent(store: Store, **answers: object) -> str:
    """The code of a response that was sent."""
    code = filled(store, **answers)
    responses.submit(store, code, now=datetime.now(UTC))
    return code


def sections(visit: Visit) -> Visit:
    """The page after the last section."""
    for _ in range(20):
        if not visit.has("next"):
            return visit
        visit.click("next")
    raise AssertionError(visit.words)


def test_what_was_sent_is_changed_and_sent_again(opened: Store) -> None:
    rules(opened, corrections_until="2099-01-15", zone="Europe/Vienna")
    code = sent(opened)
    visit = Visit("respond", c=OPEN, r=code)
    assert "You can change what you sent until 15 January 2099, 23:59 CET." in visit.words
    visit.click("correct")
    assert "You are changing a response that was sent." in visit.words
    visit.click("next").answer(org_name="Harbour Union")
    sections(visit).click("submit")
    assert visit.title == "Thank you. Your response was received."
    assert "version 2 of what was sent" in visit.words
    found = responses.resume(opened, code, now=datetime.now(UTC))
    assert found.response.submission["org_name"] == "Harbour Union"


def test_changes_are_dropped(opened: Store) -> None:
    rules(opened, corrections_until="2099-01-15")
    visit = Visit("respond", c=OPEN, r=sent(opened)).click("correct")
    visit.click("next").answer(org_name="Harbour Union").click("next").click("drop-correction")
    assert visit.title == "Thank you. Your response was received."
    assert "Harbour Union" not in visit.words


def test_without_corrections_there_is_no_such_button(opened: Store) -> None:
    code = sent(opened)
    assert not Visit("respond", c=OPEN, r=code).has("correct")
    rules(opened, corrections_until=(datetime.now(UTC) - timedelta(days=1)).isoformat())
    visit = Visit("respond", c=OPEN, r=code)
    assert not visit.has("correct")
    assert "Changes were possible until" in visit.words


def test_a_response_is_withdrawn_after_a_second_thought(opened: Store) -> None:
    visit = Visit("respond", c=OPEN, r=sent(opened))
    assert visit.widget("withdraw").disabled
    visit.enter("withdraw-sure", True).run().click("withdraw")
    assert visit.title == "This response was withdrawn."
    assert not visit.has("withdraw")
    with opened.read() as kept:
        assert kept.responses(kept.consultation(OPEN).id) == ()


@pytest.mark.parametrize("begin", [sent, filled])
def test_a_response_is_erased_after_it_was_asked_twice(begin: Callable[[Store], str], opened: Store) -> None:
    code = begin(opened)
    visit = Visit("respond", c=OPEN, r=code)
    assert not visit.has("erase")
    visit.click("own-data")
    assert visit.widget("erase").disabled
    visit.enter("erase-sure", True).run().click("erase")
    assert visit.has("erase-now")
    visit.click("erase-now")
    assert visit.title == "This response was erased"
    with opened.read() as kept:
        (erased,) = kept.erasures()
    assert erased.subject in visit.at.info[0].value


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_is_shown_no_more_is_said(language: str, opened: Store) -> None:
    code = sent(opened)
    rules(opened, visible_until=(datetime.now(UTC) - timedelta(minutes=1)).isoformat())
    visit = Visit("respond", c=OPEN, r=code, language=language)
    assert not visit.has("withdraw")
    assert len(visit.at.error) == 1


def test_a_second_response_in_the_same_name_is_hinted_at(opened: Store) -> None:
    sent(opened)
    code = filled(opened)
    visit = sections(Visit("respond", c=OPEN, r=code))
    assert visit.at.info[0].value.startswith("A response of Harbour Network was sent already.")


# colleagues


def test_a_colleague_is_invited_writes_and_is_named(opened: Store) -> None:
    owner = filled(opened)
    visit = Visit("respond", c=OPEN, r=owner).click("team")
    visit.enter("colleague-name", "Amal <b>").press("Make a code")
    assert "Give this code or link to Amal <b>." in visit.words
    code = next(found for found in re.findall(r'class="sd-code">([0-9A-Z-]+)<', visit.markup) if found != owner)
    colleague = Visit("respond", c=OPEN, r=code)
    assert not colleague.has("team")
    assert "Changed by whoever began this response" in colleague.words
    colleague.answer(org_name="Harbour Union").click("next")
    again = Visit("respond", c=OPEN, r=owner)
    while "Changed by Amal <b>" not in again.words:
        again.click("back" if again.has("back") else "next")
    (key,) = colleagues.colleagues(opened, owner, now=datetime.now(UTC))
    again.click("team").click(f"revoke-{key.id}")
    assert len(Visit("respond", c=OPEN, r=code).at.error) == 1


def test_a_colleague_without_a_name_is_refused(opened: Store) -> None:
    visit = Visit("respond", c=OPEN, r=filled(opened)).click("team").press("Make a code")
    assert [found.value for found in visit.at.error] == ["A name has 1 to 100 characters."]


def test_the_board_sends_what_was_handed_over(opened: Store) -> None:
    rules(opened, sign_off_required="yes")
    owner = filled(opened)
    visit = sections(Visit("respond", c=OPEN, r=owner))
    assert not visit.has("submit")
    assert visit.at.info[-1].value.endswith("nobody has such a code yet. Invite a colleague.")
    code = colleagues.invite_colleague(opened, owner, name="Board", role="approver", now=datetime.now(UTC))
    visit.run()
    assert visit.at.info[-1].value == "It is sent by somebody who may approve: Board."
    visit.click("hand-over")
    assert "Ready for approval: whoever began this response" in visit.at.success[0].value
    board = sections(Visit("respond", c=OPEN, r=code))
    assert "Ready for approval: whoever began this response" in board.words
    board.click("submit")
    assert "Approved and sent by Board" in board.words


def test_the_owner_asks_for_approval(opened: Store) -> None:
    owner = filled(opened)
    visit = sections(Visit("respond", c=OPEN, r=owner)).click("team").click("sign-off")
    assert not visit.has("submit")
    visit.click("sign-off")
    assert visit.has("submit")


def test_what_became_of_the_answer_is_read_by_the_code(opened: Store, sign_in: SignIn) -> None:
    code = sent(opened)
    assert "What became of your answer" not in Visit("respond", c=OPEN, r=code).words
    staff = Visit("collect", session=sign_in(Role.SECRETARIAT))
    key = f"outcome_{OPEN}_"
    staff.enter(f"{key}link", "javascript:alert(1)").press("Save what became of the answers")
    assert staff.at.error[0].value == "javascript:alert(1) is not a link. Write it with https:// at the beginning."
    staff.enter(f"{key}link", "https://example.org/report").enter(f"{key}on", "2027-01-31")
    staff.enter(f"{key}en", "<b>Heard</b>").enter(f"{key}ar", "سُمع").press("Save what became of the answers")
    visit = Visit("respond", c=OPEN, r=code)
    assert "What became of your answer" in visit.words
    assert "&lt;b&gt;Heard&lt;/b&gt;" in visit.markup
    assert '<a href="https://example.org/report"' in visit.markup
    assert "31 January 2027" in visit.words
    visit = visit.speak("ar")
    assert 'lang="ar" dir="rtl">سُمع' in visit.markup
