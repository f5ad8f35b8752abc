"""Several windows and several people at one response of the light form."""

from datetime import UTC, datetime

import pytest

from data.records import KeyRole, ResponseStatus
from data.settings import Settings
from data.store import Store
from survey import colleagues, consultation_rules, responses, saving
from survey.logic.marks import marks
from tests import small
from tests.light.conftest import Light, LightFor, application
from tests.light.reader import Reader

pytestmark = pytest.mark.usefixtures("no_waiting")
QUIET = {"x-soundings": "quiet"}


def now() -> datetime:
    return datetime.now(UTC)


def answers(store: Store, code: str) -> dict[str, object]:
    """The answers as they are kept."""
    return dict(responses.resume(store, code, now=now()).state.answers)


@pytest.fixture
def owner(light: Light, store: Store) -> str:
    """The code of a draft that can be sent."""
    code = light().open("/f/small").press("begin").code
    small.fill(store, code, now=now())
    return code


def invited(store: Store, owner: str, name: str = "Amal", role: str = "writer") -> str:
    return colleagues.invite_colleague(store, owner, name=name, role=role, now=now())


# two windows


def in_conflict(light: Light, store: Store, owner: str) -> Reader:
    """A window whose answers to two questions another person changed, at the page that asks about them."""
    reader = light().open(f"/f/small?r={owner}&s=s2")
    amal = light().open(f"/f/small?r={invited(store, owner)}&s=s2")
    amal.press("next", {"finding": "By Amal", "action_local": "Hers"})
    return reader.press(
        "next", {"finding": "By me", "action_local": "Mine", "recommendation": "Undisputed", "serv_prev": "3"}
    )


def test_both_answers_are_shown_with_who_gave_the_other_and_all_else_is_kept(
    light: Light, store: Store, owner: str
) -> None:
    reader = in_conflict(light, store, owner)
    assert reader.status == 409
    kept = answers(store, owner)
    assert (kept["recommendation"], kept["serv_prev"]) == ("Undisputed", "3")
    assert (kept["finding"], kept["action_local"]) == ("By Amal", "Hers")
    question = reader.page.xpath("//fieldset[@id='k-finding']")[0].text_content()
    assert "By me" in question
    assert "Changed by Amal," in question
    assert "By Amal" in question
    assert reader.page.xpath("string(//*[@name='q.finding'])").strip() in ("", "By me")


def test_a_field_that_was_emptied_stays_empty_while_its_reader_is_asked(light: Light, store: Store, owner: str) -> None:
    reader = light().open(f"/f/small?r={owner}&s=s2")
    light().open(f"/f/small?r={invited(store, owner)}&s=s2").press("next", {"finding": "By Amal"})
    reader.press("next", {"finding": ""})
    assert "No answer" in reader.page.xpath("//fieldset[@id='k-finding']")[0].text_content()
    assert reader.page.xpath("string(//*[@name='q.finding'])").strip() == ""
    assert reader.page.xpath("string(//*[@name='q.finding']/@value)") == ""


def test_each_question_is_settled_by_itself(light: Light, store: Store, owner: str) -> None:
    reader = in_conflict(light, store, owner)
    reader.press("next", chosen={"finding": "here", "action_local": "there"})
    assert reader.status == 200
    kept = answers(store, owner)
    assert (kept["finding"], kept["action_local"]) == ("By me", "Hers")


def test_who_settles_one_question_is_asked_about_the_other_again(light: Light, store: Store, owner: str) -> None:
    reader = in_conflict(light, store, owner)
    reader.press("next", chosen={"finding": "there"})
    assert reader.status == 409
    assert not reader.page.xpath("//fieldset[@id='k-finding']")
    assert reader.page.xpath("//fieldset[@id='k-action_local']")
    assert answers(store, owner)["action_local"] == "Hers"


def test_a_window_that_keeps_its_place_never_takes_an_answer_that_it_does_not_show_for_seen(
    light: Light, store: Store, owner: str
) -> None:
    """What the script saves every few seconds answers with marks; the field still shows the older answer."""
    reader = light().open(f"/f/small?r={owner}&s=s2")
    light().open(f"/f/small?r={owner}&s=s2").press("next", {"finding": "From the other window"})
    form = reader.form("next")
    form.fields["q.action_local"] = "Typed here"
    fields = [*form.form_values(), ("act", "keep")]
    quiet = light().post("/f/small", fields, **QUIET)
    marks = quiet.json["marks"]
    again = [(name, marks if name == "marks" else value) for name, value in fields]
    light().post("/f/small", again, **QUIET)
    assert answers(store, owner)["finding"] == "From the other window"
    assert answers(store, owner)["action_local"] == "Typed here"


def test_what_a_closed_page_sent_before_is_not_taken_for_another_windows(
    light: Light, store: Store, owner: str
) -> None:
    """The full version's page, closed while what stood in its fields before was being saved."""

    told: list[object] = []

    def closed(finding: str, *own: str, seen: str) -> int:
        first = [("act", "keep"), ("r", owner), ("s", "s2"), ("lang", "en"), ("in", "en"), ("version", "1")]
        fields = [*first, ("marks", marks({"finding": seen})), ("q.finding", finding)]
        answer = light().post("/f/small", [*fields, *(("own.finding", each) for each in own)], **QUIET)
        told[:] = [answer.json.get("entered")]
        return answer.status

    def kept(finding: str) -> None:
        seen = answers(store, owner)
        saving.save(store, owner, {"finding": finding}, seen=seen, section="s2", language="en", now=now())

    first = str(answers(store, owner)["finding"])
    kept("Half a sent")
    assert closed("Half a sentence", seen=first) == 409
    assert told == [{"finding": "Half a sentence"}]
    assert closed("Half a sentence", " Half a sent ", seen=first) == 200
    assert answers(store, owner)["finding"] == "Half a sentence"
    assert closed(first, "Half a sentence", seen=first) == 200  # as it was
    assert answers(store, owner)["finding"] == first
    kept("From the other window")
    assert closed("Mine", "Half a sentence", seen=first) == 409
    assert answers(store, owner)["finding"] == "From the other window"


REPEAT = """
| survey |
| | type         | name   | label  |
| | begin group  | s1     | One    |
| | begin repeat | member | Member |
| | text         | name   | Name   |
| | end repeat   |        |        |
| | text         | more   | More   |
| | end group    |        |        |
"""


def test_what_was_entered_in_an_instance_that_was_removed_is_shown(light_for: LightFor) -> None:
    reader, store = light_for(REPEAT)
    code = reader.open("/f/form").press("begin").code
    reader.press("add:0:member")
    path = f"/f/form?r={code}&s={reader.form('next').fields['s']}"
    other = Reader(reader.application)
    other.open(path).press("remove:2:member")
    reader.press("next", {"member[2]/name": "Bo", "more": "Kept"})
    assert reader.status == 409
    assert "This was not kept:" in reader.words
    assert "Bo" in reader.words
    assert "member[2]/name" not in answers(store, code)


# colleagues


def test_each_section_says_who_changed_it_last(light: Light, store: Store, owner: str) -> None:
    amal = invited(store, owner)
    light().open(f"/f/small?r={amal}&s=s2").press("next", {"finding": "By Amal"})
    assert "Changed by Amal," in light().open(f"/f/small?r={owner}&s=s2").words
    assert "Changed by whoever began this response," in light().open(f"/f/small?r={amal}&s=s1").words
    assert "Changed by Amal," in light().open(f"/f/small?r={owner}&s=_review").words


def test_the_owner_gives_and_takes_codes_by_plain_forms(light: Light, store: Store, owner: str) -> None:
    reader = light().open(f"/f/small?r={owner}&s=s1")
    link = reader.press("team").path
    assert reader.page.xpath("//a[contains(@href, 's=s1')]"), "the way back"
    reader.press("invite", name="Amal <b>", role="approver")
    assert "Give this code or link to Amal <b>." in reader.words
    given = reader.code
    assert responses.resume(store, given, now=now()).holder.role is KeyRole.APPROVER
    assert f"/f/small?r={given}" in reader.words
    (key,) = colleagues.colleagues(store, owner, now=now())
    reader.open(link)
    assert given not in reader.words, "it is shown once"
    reader.press("sign-off:yes")
    assert responses.resume(store, owner, now=now()).response.sign_off
    reader.press(f"revoke:{key.id}")
    assert not colleagues.colleagues(store, owner, now=now())
    reader.press("invite", name="", role="writer")
    assert reader.status == 400
    assert reader.errors


def test_a_colleague_cannot_give_codes(light: Light, store: Store, owner: str) -> None:
    amal = invited(store, owner)
    reader = light().open(f"/f/small?r={amal}&s=s1")
    assert not reader.page.xpath("//button[@value='team']")
    reader.open(f"/f/small?r={amal}&s=_colleagues")
    assert not reader.page.xpath("//button[@value='invite']")
    reader.post("/f/small", [("act", "invite"), ("r", amal), ("s", "_colleagues"), ("name", "X"), ("role", "writer")])
    assert reader.status == 409
    assert len(colleagues.colleagues(store, owner, now=now())) == 1


def test_a_code_that_is_not_of_this_response_is_not_shown_as_a_new_one(light: Light, owner: str) -> None:
    reader = light().open(f"/f/small?r={owner}&s=_colleagues&given=0000-0000-0000")
    assert "0000-0000-0000" not in reader.words


def test_only_who_may_is_offered_to_send_and_a_response_is_handed_over(light: Light, store: Store, owner: str) -> None:
    writer, approver = invited(store, owner), invited(store, owner, "Bo", "approver")
    colleagues.ask_for_approval(store, owner, True, now=now())
    reader = light().open(f"/f/small?r={writer}&s=_review")
    assert not reader.page.xpath("//button[@value='send']")
    assert "It is sent by somebody who may approve: Bo." in reader.words
    reader.press("hand-over")
    assert "Ready for approval: Amal," in reader.words
    other = light().open(f"/f/small?r={approver}&s=_review")
    assert "Ready for approval: Amal," in other.words
    other.press("send")
    sent = responses.resume(store, owner, now=now()).response
    assert sent.status is ResponseStatus.SUBMITTED
    assert "Approved and sent by Bo" in light().open(f"/f/small?r={owner}").words
    assert not light().open(f"/f/small?r={writer}").page.xpath("//button[@value='withdraw']")
    assert light().open(f"/f/small?r={approver}").page.xpath("//button[@value='withdraw']")


def test_the_last_page_says_that_the_same_organisation_sent_one_already(light: Light, store: Store, owner: str) -> None:
    responses.submit(store, owner, now=now())
    second = light().open("/f/small").press("begin").code
    small.fill(store, second, now=now())
    reader = light().open(f"/f/small?r={second}&s=_review")
    assert "A response of Southern Cross was sent already." in reader.words


def test_the_link_goes_by_mail_where_mail_is_set_up(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
    mailed: list[str] = []
    monkeypatch.setattr("survey.confirmations.mail_link", lambda _store, code, **_how: mailed.append(code))
    monkeypatch.setattr("survey.confirmations.can_mail", lambda _opened, _settings: True)
    with_mail = settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:9"})
    reader = Reader(application(store, with_mail)).open("/f/small").press("begin")
    code = reader.code
    small.fill(store, code, now=now())
    reader.open(f"/f/small?r={code}&s=s2").press("later", {"finding": "Typed before"})
    reader.press("mail")
    assert mailed == [code]
    assert "It is on its way." in reader.words
    assert answers(store, code)["finding"] == "Typed before"
    assert reader.page.xpath("//a[contains(@href, 's=s2')]"), "the way back"


def test_a_draft_that_declined_is_not_offered_to_be_sent(light: Light) -> None:
    reader = light().open("/f/small").press("begin")
    code = reader.code
    reader.press("next", {"consent": "decline"})
    reader.open(f"/f/small?r={code}&s=_review")
    assert not reader.page.xpath("//button[@value='send']")
    assert "You did not agree" in reader.words


def test_approval_that_the_consultation_wants_cannot_be_switched_off(light: Light, store: Store, owner: str) -> None:
    consultation_rules.set_policies(
        store, small.SLUG, {"sign_off_required": "yes"}, actor=small.ADMINISTRATOR, now=now()
    )
    reader = light().open(f"/f/small?r={owner}&s=_colleagues")
    assert not reader.page.xpath("//button[starts-with(@value, 'sign-off')]")
