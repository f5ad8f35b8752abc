"""The light form, as a browser without scripts sees it."""

import io
import json
import sqlite3
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from starlette.responses import RedirectResponse

from data.errors import Unavailable
from data.records import ResponseStatus
from data.settings import Settings
from data.store import Store
from survey import consultation_rules, invitations, links, open_responses, responses
from survey.channels import light_acts
from survey.guard import _LIMITS, Guard
from survey.translator import LANGUAGES, Words
from survey.words import MESSAGES
from tests import small
from tests.light.conftest import CONSENT, Light, LightFor, application, begun, close, stored
from tests.light.reader import Reader

pytestmark = pytest.mark.usefixtures("no_waiting")

ERASE_FIRST = "To begin anew, erase this draft first; then the personal link of your organisation begins another one."


def test_a_reply_from_the_start_to_the_receipt(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    assert reader.title == "Before you start"
    reader.press("next", CONSENT)
    assert reader.title == "About you"
    reader.press("next", {"org_name": "Southern Cross", "region": "s", "fields": ["prev", "hr"]})
    reader.press("next", {"serv_prev": "2", "invest_rank": ["hr", "other"], "finding": "Far\naway."})
    assert reader.title == "A story"
    reader.press("next", {"contact_email": "post@southern.example"})
    assert reader.title == "Look it over and send it"
    reader.press("send")
    assert reader.title == "Thank you. Your response was received."
    kept = stored(store, code)
    assert kept.response.status is ResponseStatus.SUBMITTED
    assert kept.response.channel == "light"
    assert kept.response.reference in reader.words
    sent = kept.response.submission
    assert sent["fields"] == ("prev", "hr")
    assert sent["invest_rank"] == ("hr", "other")
    assert sent["finding"] == "Far\naway."
    assert "contact_email" not in sent
    reader.open(f"/f/small?r={code}")
    assert reader.title == "Thank you. Your response was received."


def test_what_is_missing_is_said_at_the_question_and_linked(light: Light) -> None:
    reader = light()
    begun(reader)
    reader.press("next", {"consent": "agree"})
    assert reader.title == "Before you start"
    assert reader.page.xpath("//div[@id='wrong']//a/@href") == ["#q-publish"]
    assert reader.page.xpath("//fieldset[@id='q-publish'][@aria-invalid='true']")
    assert "Please answer this question." in reader.errors
    assert reader.page.xpath("string(//title)").startswith("Please correct")
    kept = reader.page.xpath("//input[@name='q.consent'][@checked]/@value")
    assert kept == ["agree"]


def test_refused_consent_ends_the_questionnaire_and_can_be_changed(light: Light) -> None:
    reader = light()
    begun(reader)
    reader.press("next", {"consent": "decline", "publish": "no"})
    assert "nothing is sent" in reader.words
    reader.press("stay", {"consent": "agree"})
    reader.press("next")
    assert reader.title == "About you"


def test_two_windows_merge_answers_to_different_questions(light: Light, store: Store) -> None:
    one = light()
    code = begun(one)
    one.press("next", CONSENT)
    two = light().open(one.path)
    one.press("next", {"org_name": "One", "region": "n"})
    two.press("next", {"staff": "4"})
    answers = stored(store, code).state.answers
    assert (answers["org_name"], answers["region"], answers["staff"]) == ("One", "n", 4)


def test_two_windows_never_overwrite_the_same_answer_unseen(light: Light, store: Store) -> None:
    one = light()
    code = begun(one)
    one.press("next", CONSENT)
    two = light().open(one.path)
    one.press("next", {"org_name": "One", "region": "n"})
    two.press("next", {"org_name": "Two", "region": "n"})
    assert two.status == 409
    assert two.page.xpath("string(//input[@name='q.org_name']/@value)") == "Two"
    assert stored(store, code).state.answers["org_name"] == "One"
    two.press("next")
    assert (two.status, stored(store, code).state.answers["org_name"]) == (409, "One"), "nothing was chosen"
    two.press("next", chosen={"org_name": "here"})
    assert stored(store, code).state.answers["org_name"] == "Two"


def test_a_second_click_sends_once(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    small.fill(store, code, now=datetime.now(UTC))
    reader.open(f"/f/small?r={code}&s=_review")
    form = [*reader.form("send").form_values(), ("act", "send")]
    reader.post("/f/small", form)
    first = stored(store, code).response
    reader.post("/f/small", form)
    assert stored(store, code).response == first


def test_the_last_look_links_every_open_point(light: Light) -> None:
    reader = light()
    code = begun(reader)
    reader.press("next", CONSENT)
    reader.open(f"/f/small?r={code}&s=_review")
    links = reader.page.xpath("//section//li/a/@href")
    assert [link.rpartition("#")[2] for link in links] == ["q-org_name", "q-region"]
    reader.press("send")
    assert reader.status == 400
    reader.open(links[0])
    assert reader.page.xpath("//*[@id='q-org_name'][@aria-invalid='true']")


def test_the_language_changes_with_what_was_entered(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    reader.press("next", CONSENT)
    reader.press("language", {"org_name": "Étoile"}, lang="fr")
    assert reader.page.get("lang") == "fr"
    assert reader.title == "Sur vous"
    assert stored(store, code).state.answers["org_name"] == "Étoile"
    assert stored(store, code).response.language == "fr"


SAYING = """
| survey |
| | type         | name   | label::English (en) | label::Français (fr) | calculation |
| | begin group  | place  | Place               | Lieu                 |
| | select_one r | region | Region              | Région               |
| | calculate    | said   |                     |                      | jr:choice-name(${region}, '${region}') |
| | end group    |        |                     |                      |
| choices |
| | list_name | name | label::English (en) | label::Français (fr) |
| | r         | n    | North               | Nord                 |
| settings |
| | form_title | form_id | default_language |
| | Form       | form    | English (en)     |
"""


def test_what_follows_from_labels_is_kept_in_the_language_that_was_chosen(light_for: LightFor) -> None:
    reader, store = light_for(SAYING)
    reader.open("/f/form").press("begin")
    code = reader.code
    reader.press("language", {"region": "n"})
    for tag, said in (("fr", "Nord"), ("en", "North"), ("xx", "North")):
        reader.post("/f/form", [("act", "language"), ("r", code), ("s", "place"), ("lang", tag)])
        assert stored(store, code).response.answers["said"] == said


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_start_speaks_every_language_of_the_interface(light: Light, tag: str) -> None:
    reader = light(language=tag).open(f"/f/small?lang={tag}")
    assert reader.status == 200
    assert len(reader.content) < 30_000


@pytest.mark.parametrize(
    ("path", "status"),
    [("/f/nowhere", 404), ("/f/small?r=0000-0000-0000", 404), ("/f/nowhere?r=0000-0000-0000", 404)],
)
def test_unknown_addresses_are_told_in_words(light: Light, path: str, status: int) -> None:
    reader = light(language="fr").open(path)
    assert reader.status == status
    assert reader.page.get("lang") == "fr"
    assert reader.errors


@pytest.mark.parametrize("path", ["/f/nowhere", "/f/no%3Fwhere", "/f/small?i=ABCD-EFGH-JKMN", "/f/nowhere?r=0000&s=s1"])
def test_what_cannot_be_shown_is_told_in_each_language(light: Light, path: str) -> None:
    reader = light(language="en").open(path)
    (shown,) = reader.page.xpath("//nav[@class='langs']/b")
    assert shown.get("lang") == "en"
    told = {reader.title}
    for link in reader.page.xpath("//nav[@class='langs']/a"):
        there = light(language="en").open(link.get("href"))
        assert (there.status, there.page.get("lang")) == (404, link.get("hreflang"))
        told.add(there.title)
    assert len(told) == len(LANGUAGES)


def test_a_form_that_was_refused_offers_no_page_in_which_it_would_be_lost(light: Light) -> None:
    reader = light().post("/f/small", [("act", "next"), ("r", "0000-0000-0000"), ("s", "s1")])
    assert reader.status == 404
    assert not reader.page.xpath("//nav")


def test_a_code_of_another_consultation_opens_nothing_here(light: Light, store: Store) -> None:
    small.publish(store, slug="second", opens_at=None, deadline_at=None, closes_at=None)
    code = begun(light())
    assert light().open(f"/f/second?r={code}").status == 404


def test_a_closed_consultation_takes_nothing_and_says_so(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    close(store)
    reader.press("next", CONSENT)
    assert reader.status == 400
    assert "closed" in reader.words
    assert stored(store, code).state.answers.get("consent") is None
    reader.open("/f/small")
    assert not reader.page.xpath("//button[@value='begin']")


def test_what_was_typed_is_shown_again_when_the_disk_is_full(light: Light, store: Store) -> None:
    def no_room(_connection: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    reader = light()
    code = begun(reader)
    reader.press("next", CONSENT)
    event.listen(store._engine, "commit", no_room)
    try:
        reader.press("next", {"org_name": "Typed", "staff": "three"})
    finally:
        event.remove(store._engine, "commit", no_room)
    assert (reader.status, reader.title) == (503, "About you")
    assert "disk is full" in reader.errors[0]
    assert [reader.form("next").fields[f"q.{name}"] for name in ("org_name", "staff")] == ["Typed", "three"]
    assert "org_name" not in stored(store, code).state.answers
    reader.press("next", {"staff": "3"})
    assert stored(store, code).state.answers["org_name"] == "Typed"


def test_autosave_keeps_answers_and_answers_with_new_marks(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    form = reader.form("next")
    form.xpath(".//input[@name='q.consent'][@value='agree']")[0].checked = True
    fields = [*form.form_values(), ("act", "keep")]
    reader.post("/f/small", fields, **{"x-soundings": "quiet"})
    told = json.loads(reader.content)
    assert told["saved"].startswith("Saved at")
    assert stored(store, code).state.answers["consent"] == "agree"
    changed = [(name, told["marks"] if name == "marks" else value) for name, value in fields]
    changed = [(name, "decline" if name == "q.consent" else value) for name, value in changed]
    reader.post("/f/small", changed, **{"x-soundings": "quiet"})
    assert reader.status == 200
    assert stored(store, code).state.answers["consent"] == "decline"


def test_the_copy_can_be_taken_from_the_receipt(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    small.fill(store, code, now=datetime.now(UTC))
    responses.submit(store, code, now=datetime.now(UTC))
    reader.open(f"/f/small?r={code}&lang=fr")
    form = reader.page.xpath("//form[@action='/receipts/json']")[0]
    reader.post("/receipts/json", form.form_values())
    assert json.loads(reader.content)["language"] == "fr"


# Against machines


def test_a_machine_that_fills_the_trap_or_is_too_fast_begins_nothing(
    light: Light, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = light().open("/f/small")
    reader.press("begin", website="http://spam.example")
    assert reader.status == 400
    assert "once more" in reader.words
    monkeypatch.setattr("survey.guard.LEAST_SECONDS", 5.0)
    reader.open("/f/small").press("begin")
    assert reader.status == 400
    reader.post("/f/small", [("act", "begin"), ("t", f"{time.time() - 60:.1f}.0000")])
    assert reader.status == 400
    with store.read() as kept:
        assert not kept.responses(kept.consultation("small").id, status=ResponseStatus.DRAFT)


def test_guessing_codes_ends_for_that_address_only(store: Store, settings: Settings) -> None:
    small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
    app = application(store, settings, guard=Guard())
    code = begun(Reader(app))
    guesser = Reader(app, address="10.6.6.6")
    found = [guesser.open(f"/f/small?r=0000-0000-{number:04d}").status for number in range(70)]
    assert found[0] == 404
    assert found[-1] == 429
    assert guesser.open(f"/f/small?r={code}").status == 429
    assert Reader(app).open(f"/f/small?r={code}").status == 200


def test_who_is_held_up_sees_no_section_of_a_right_code_by_saving(store: Store, settings: Settings) -> None:
    small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
    app = application(store, settings, guard=Guard())
    code = begun(Reader(app))
    small.fill(store, code, {"org_name": "Nobody else knows"}, now=datetime.now(UTC))
    guesser = Reader(app, address="10.6.6.6")
    for number in range(61):
        guesser.open(f"/f/small?r=0000-0000-{number:04d}")
    answers = []
    for tried in (code, "0000-0000-0000"):
        guesser.post("/f/small", [("act", "stay"), ("s", "s1"), ("r", tried), ("lang", "en")])
        answers.append((guesser.status, guesser.title))
        assert "Nobody else knows" not in str(guesser.content)
    assert answers[0] == answers[1]


def test_who_is_at_work_or_begins_is_not_held_up_by_wrong_codes_of_the_same_office(
    store: Store, settings: Settings
) -> None:
    """A code that was not opened there before waits with the wrong ones: a guesser would learn that it is right."""
    small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
    app = application(store, settings, guard=Guard())
    strange = begun(Reader(app))
    office = Reader(app, address="10.6.6.6")
    code = begun(office)
    for number in range(61):
        Reader(app, address="10.6.6.6").open(f"/f/small?r=0000-0000-{number:04d}")
    assert office.open(f"/f/small?r={code}").status == 200
    assert office.press("next").status == 200
    assert begun(Reader(app, address="10.6.6.6"))
    held_up = office.open(f"/f/small?r={strange}")
    assert held_up.status == 429
    assert "Please try again in 60 min," in held_up.words


def test_the_holder_of_an_expired_draft_is_not_held_up_where_it_was_opened_before(
    store: Store, settings: Settings
) -> None:
    small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
    app = application(store, settings, guard=Guard())
    long_ago = datetime.now(UTC) - timedelta(days=400)
    codes = [
        responses.begin(store, "small", language="en", channel="light", now=long_ago, draft_days=30) for _ in range(2)
    ]
    office = Reader(app, address="10.6.6.6").open(f"/f/small?r={codes[0]}")
    for number in range(61):
        Reader(app, address="10.6.6.6").open(f"/f/small?r=0000-0000-{number:04d}")
    assert office.open(f"/f/small?r={codes[0]}").title == "This draft has expired"
    assert office.open(f"/f/small?r={codes[1]}").status == 429


def test_who_erases_while_held_up_reads_that_it_is_not_done_yet(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
    guard = Guard()
    app = application(store, settings, guard=guard)
    reader = Reader(app)
    code = begun(reader)
    erasing = [("act", "erase"), ("erase-sure", "1"), ("r", code), ("lang", "en")]
    reader.post("/f/small", erasing)
    too_many = Unavailable("request.too_many")

    def busy(*_given: object) -> None:
        raise too_many

    with monkeypatch.context() as patch:
        patch.setattr(guard, "require_calm", busy)
        reader.press("erase-now")
        assert (reader.status, reader.title) == (429, "Not done yet")
        assert MESSAGES["request.too_many"] in reader.words
        assert "a file has to be chosen once more" not in reader.words
        assert Reader(app).post("/f/small", [("act", "next"), ("s", "s1"), ("r", code)]).title == "Not saved yet"
    reader.press("erase-now")
    assert (reader.status, reader.title) == (410, "This response was erased")


@pytest.mark.parametrize("way", ["link", "begin", "open", "file", "copy"])
def test_wrong_codes_and_links_are_counted_by_whatever_way_they_come(
    way: str, store: Store, settings: Settings
) -> None:
    small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
    app = application(store, settings, guard=Guard())
    guesser = Reader(app, address="2001:db8::1")
    start = guesser.open("/f/small")

    def guess(number: int) -> int:
        wrong = f"0000-0000-{number:04d}"
        if way == "link":
            return start.open(f"/f/small?i={wrong}").status
        if way == "begin":
            token = start.open("/f/small").page.xpath("string(//input[@name='t']/@value)")
            return start.post("/f/small", [("act", "begin"), ("i", wrong), ("t", token)]).status
        path, fields = {
            "open": ("/f/small", [("act", "open"), ("r", wrong)]),
            "file": ("/files", [("code", wrong), ("question", "story_file"), ("remove", "1")]),
            "copy": ("/receipts/json", [("code", wrong)]),
        }[way]
        return start.post(path, fields).status

    assert [guess(number) for number in range(61)] == [404] * 60 + [429]
    neighbour = Reader(app, address="2001:db8::2:3")
    assert neighbour.post("/receipts/json", [("code", "0000-0000-0000")]).status == 429, "one subscriber"


def test_a_start_page_is_good_for_its_consultation_and_a_few_drafts(light: Light, store: Store) -> None:
    small.publish(store, slug="second", opens_at=None, deadline_at=None, closes_at=None)
    reader = light().open("/f/small")
    form = [*reader.form("begin").form_values(), ("act", "begin")]
    assert reader.post("/f/second", form).status == 400
    assert [reader.post("/f/small", form).status for _ in range(4)] == [200, 200, 200, 400]


@pytest.mark.parametrize("token", ["1.é", "é", "1.2.é", ".", "1" * 5000, "nan.x.y"])
def test_a_token_that_nobody_made_begins_nothing(light: Light, token: str) -> None:
    assert light().post("/f/small", [("act", "begin"), ("t", token)]).status == 400


def test_one_code_written_in_many_ways_is_one_code(store: Store, settings: Settings) -> None:
    small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
    app = application(store, settings, guard=Guard())
    code = begun(Reader(app))
    reader = Reader(app, address="10.6.6.6")
    ways = (code, code.lower(), code.replace("-", " "))
    found = [reader.post("/f/small", [("act", "keep"), ("r", ways[n % 3]), ("s", "s0")]).status for n in range(245)]
    assert found.count(429) >= 4


@pytest.mark.parametrize("path", ["/files", "/receipts/json", "/receipts/pdf"])
def test_files_and_copies_are_refused_to_other_sites(light: Light, path: str) -> None:
    fields = [("code", "0000-0000-0000"), ("question", "story_file")]
    assert light().post(path, fields, **{"sec-fetch-site": "cross-site"}).status == 403


def test_a_form_of_another_site_is_refused(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    reader.post("/f/small", [("act", "next"), ("r", code), ("s", "s0")], **{"sec-fetch-site": "cross-site"})
    assert reader.status == 403


@pytest.mark.parametrize("fields", [[], [("act", "next")], [("act", "remove:x:y"), ("r", "a")], [("r", "0" * 5000)]])
def test_what_no_page_sends_is_refused_in_words(light: Light, fields: list[tuple[str, str]]) -> None:
    reader = light().post("/f/small", fields)
    assert reader.status == 404
    assert reader.errors


# the personal link of an invited organisation


def invited_link(store: Store) -> str:
    """A link for Southern Cross, which reads French."""
    now = datetime.now(UTC)
    rows = [{"organisation": "Southern Cross", "region": "s", "language": "fr"}]
    invitations.import_frame(store, "small", rows, actor=small.SECRETARIAT, now=now)
    return links.renew_link(store, "small", 1, actor=small.SECRETARIAT, now=now)


def test_the_link_of_an_organisation_begins_its_response_and_opens_it_again(light: Light, store: Store) -> None:
    token = invited_link(store)
    reader = light(language="fr").open(f"/f/small?i={token}")
    assert "Ce lien est destiné à Southern Cross." in reader.words
    assert reader.page.xpath(f"//a[contains(@href, '/respond') and contains(@href, 'i={token}')]")
    reader.press("begin")
    assert reader.code != token
    assert stored(store, reader.code).state.answers["org_name"] == "Southern Cross"
    again = light().open(f"/f/small?i={token}")
    assert f"r={token}" in again.path
    assert stored(store, token).response.id == stored(store, reader.code).response.id


def test_a_code_typed_from_a_letter_opens_at_this_door_too(light: Light, store: Store) -> None:
    token = invited_link(store)
    reader = light().open("/f/small").press("open", r=token.lower().replace("-", " "))
    assert "This link is for Southern Cross." in reader.words
    reader.press("begin")
    again = light().open("/f/small").press("open", r=token)
    assert stored(store, token).response.id == stored(store, reader.code).response.id
    assert again.title == "Before you start"


def test_a_code_from_a_letter_that_was_misread_is_called_a_slip(light: Light, store: Store) -> None:
    token = invited_link(store)
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    reader = light().open("/f/small").press("open", r=wrong)
    assert reader.errors == ["There is a slip in this personal code. Check each letter and digit."]


def test_a_wrong_code_is_told_at_its_field_which_keeps_what_was_typed(light: Light) -> None:
    for reader in (
        light().open("/f/small").press("open", r="0000-0000-0000"),
        light().open("/f/small?r=0000-0000-0000"),
    ):
        assert (reader.status, reader.title) == (404, "Small consultation")
        (field,) = reader.page.xpath("//input[@name='r']")
        assert (field.get("value"), field.get("aria-invalid")) == ("0000-0000-0000", "true")
        assert "code-e" in field.get("aria-describedby")
        assert "No response belongs to this personal code." in reader.page.xpath("string(//*[@id='code-e'])")
        assert reader.page.xpath("//button[@value='begin']")


def erased_by(reader: Reader) -> Reader:
    """The box is ticked, and both buttons are pressed."""
    form = reader.form("erase")
    reader.post("/f/small", [*form.form_values(), ("erase-sure", "1"), ("act", "erase")])
    return reader.press("erase-now")


def test_who_came_by_a_link_begins_anew_by_it_when_the_draft_expired(store: Store, settings: Settings) -> None:
    """A new response at the page for everybody would count for nobody on the contact list."""
    small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
    guard = Guard()
    app = application(store, settings, guard=guard)
    token, long_ago = invited_link(store), datetime.now(UTC) - timedelta(days=400)
    code = responses.begin(
        store, "small", language="en", channel="light", now=long_ago, draft_days=30, invitation_token=token
    )
    for address in (f"r={code}", f"i={token}"):
        reader = Reader(app).open(f"/f/small?{address}&lang=fr")
        assert reader.title == Words("fr").translate("This draft has expired")
        assert not reader.page.xpath("//a[text()='Commencer']")
        assert " ".join(Words("fr").translate(ERASE_FIRST).split()) in reader.words
    erased_by(reader)
    assert (reader.status, reader.title) == (410, Words("fr").translate("This response was erased"))
    (again,) = reader.page.xpath("//a[text()='Commencer']")
    reader.open(again.get("href")).press("begin")
    assert stored(store, reader.code).response.invitation_id == 1
    assert guard._limiter.get_window_stats(_LIMITS["guess"], "guess", "10.0.0.1").remaining == 60


def test_a_link_whose_response_was_erased_says_so_and_begins_another(light: Light, store: Store) -> None:
    token = invited_link(store)
    reader = light().open(f"/f/small?i={token}&lang=en").press("begin")
    late = light().open(f"/f/small?r={token}")
    erasing = light().open(f"/f/small?r={token}&s=_own")
    erasing.post("/f/small", [*erasing.form("erase").form_values(), ("erase-sure", "1"), ("act", "erase")])
    again = [*erasing.form("erase-now").form_values(), ("act", "erase-now")]
    erasing.press("erase-now")
    for other in (
        light().open(f"/f/small?r={token}&lang=en"),
        light().open(f"/f/small?r={token}&s=s1&lang=en"),
    ):
        assert (other.status, other.title) == (404, "Small consultation")
        assert MESSAGES["response.not_begun"] in other.words
        assert "This link is for Southern Cross." in other.words
    assert MESSAGES["response.not_begun"] in late.press("next").words
    assert MESSAGES["response.not_begun"] in late.post("/f/small", [("act", "send"), ("r", token)]).words
    assert reader.open(f"/f/small?r={reader.code}").title == "This response was erased"
    other.press("begin")
    assert stored(store, other.code).response.invitation_id == 1
    assert light().open(f"/f/small?r={token}").title == "Before you start"
    sent_again = erasing.post("/f/small", again)  # as a browser does that goes back and loads the page once more
    assert sent_again.title == "Erase this response?"
    assert stored(store, other.code).response.reference in sent_again.words


def test_where_the_consultation_is_closed_nothing_is_offered_to_begin(light: Light, store: Store) -> None:
    token, long_ago = invited_link(store), datetime.now(UTC) - timedelta(days=400)
    drafts = [
        responses.begin(
            store, "small", language="en", channel="light", now=long_ago, draft_days=30, invitation_token=invitation
        )
        for invitation in ("", token)
    ]
    close(store)
    for code in drafts:
        reader = light().open(f"/f/small?r={code}")
        assert reader.title == "This draft has expired"
        assert not reader.page.xpath("//a[text()='Begin']")
        assert ERASE_FIRST not in reader.words
    assert not erased_by(light().open(f"/f/small?r={token}")).page.xpath("//a[text()='Begin']")


def test_whose_link_was_revoked_begins_anew_at_the_first_page(store: Store, settings: Settings) -> None:
    small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
    token, long_ago = invited_link(store), datetime.now(UTC) - timedelta(days=400)
    code = responses.begin(
        store, "small", language="en", channel="light", now=long_ago, draft_days=30, invitation_token=token
    )
    links.revoke_links(store, "small", 1, actor=small.SECRETARIAT, now=datetime.now(UTC))
    reader = Reader(application(store, settings, guard=Guard())).open(f"/f/small?r={code}")
    assert (reader.title, ERASE_FIRST in reader.words) == ("This draft has expired", False)
    assert [link.get("href") for link in reader.page.xpath("//a[text()='Begin']")] == ["/f/small?lang=en"]


def test_a_link_that_was_renewed_is_refused(light: Light, store: Store) -> None:
    token = invited_link(store)
    links.revoke_links(store, "small", 1, actor=small.SECRETARIAT, now=datetime.now(UTC))
    assert "This link is not valid any more." in light().open(f"/f/small?i={token}").words


def test_sending_confirms_once(light: Light, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed: list[str] = []
    monkeypatch.setattr("survey.confirmations.confirm", lambda sent, **_how: confirmed.append(sent.response.reference))
    code = begun(light())
    small.fill(store, code, now=datetime.now(UTC))
    for _ in range(2):
        light().post("/f/small", [("act", "send"), ("r", code), ("lang", "en")])
    assert confirmed == [stored(store, code).response.reference]


def test_who_presses_twice_at_once_gets_one_mail(light: Light, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed: list[str] = []
    monkeypatch.setattr("survey.confirmations.confirm", lambda sent, **_how: confirmed.append(sent.response.reference))
    code = begun(light())
    small.fill(store, code, now=datetime.now(UTC))
    entry = responses.entry(store, code, now=datetime.now(UTC))
    monkeypatch.setattr("survey.responses.entry", lambda *_given, **_how: entry)  # as both found it
    for _ in range(2):
        light().post("/f/small", [("act", "send"), ("r", code), ("lang", "en")])
    assert len(confirmed) == 1


def test_a_sending_opens_the_form_once(light: Light, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    code = begun(light())
    small.fill(store, code, now=datetime.now(UTC))
    opened: list[str] = []
    open_form = open_responses.open_form

    def noted(*given: Any, **how: Any) -> Any:
        opened.append(how["seed"])
        return open_form(*given, **how)

    def led(*given: Any, **how: Any) -> RedirectResponse:
        times.append(len(opened))
        return RedirectResponse(*given, **how)

    times: list[int] = []
    monkeypatch.setattr(open_responses, "open_form", noted)
    monkeypatch.setattr(light_acts, "RedirectResponse", led)
    reader = light().post("/f/small", [("act", "send"), ("r", code), ("lang", "fr")])
    assert (times, "lang=fr" in reader.path) == ([1], True)
    assert stored(store, code).submitted


def test_a_response_is_sent_only_at_the_address_of_its_consultation(light: Light, store: Store) -> None:
    small.publish(store, slug="other")
    code = begun(light())
    small.fill(store, code, now=datetime.now(UTC))
    reader = light().post("/f/other", [("act", "send"), ("r", code), ("lang", "en")])
    assert (reader.status, stored(store, code).submitted) == (404, False)


def test_what_was_sent_can_be_changed_and_withdrawn(light: Light, store: Store) -> None:
    """By buttons of the receipt; the copy says so."""
    now = datetime.now(UTC)
    consultation_rules.set_policies(
        store, small.SLUG, {"corrections_until": "2099-01-01"}, actor=small.ADMINISTRATOR, now=now
    )
    reader = light()
    code = begun(reader)
    small.fill(store, code, now=now)
    responses.submit(store, code, now=now)
    reader.open(f"/f/small?r={code}").press("correct")
    assert "You are changing a response that was sent." in reader.words
    reader.open(f"/f/small?r={code}&s=s2").press("next", {"finding": "Corrected words"})
    reader.open(f"/f/small?r={code}&s=_review").press("send")
    assert "version 2" in reader.words
    assert stored(store, code).response.submission["finding"] == "Corrected words"
    reader.press("withdraw")
    assert stored(store, code).response.status is ResponseStatus.SUBMITTED, "the box was not ticked"
    form = reader.form("withdraw")
    reader.post("/f/small", [*form.form_values(), ("sure", "1"), ("act", "withdraw")])
    assert reader.title == "This response was withdrawn."
    assert stored(store, code).response.status is ResponseStatus.WITHDRAWN


def test_the_start_and_each_section_tell_the_end_and_how_soon_it_is(store: Store, settings: Settings) -> None:
    closes = datetime.now(UTC) + timedelta(days=3, hours=1)
    small.publish(store, opens_at=None, deadline_at=None, closes_at=closes)
    reader = Reader(application(store, settings)).open("/f/small")
    assert "(in 3 days)" in reader.words
    assert reader.page.xpath("//time/@datetime") == [store_moment(closes)]
    assert "(in 3 days)" in reader.press("begin").words


def store_moment(moment: datetime) -> str:
    """As the database keeps it: to the second at least."""
    return moment.isoformat()


HALF = """
| survey |
| | type        | name | label::English (en) | label::Français (fr) |
| | begin group | one  | First               | Première             |
| | text        | a    | Why?                |                      |
| | end group   | | | |
"""


def test_a_page_says_where_the_questionnaire_is_not_translated(
    light_for: Callable[[str], tuple[Reader, Store]],
) -> None:
    reader, _store = light_for(HALF)
    told = "Tout n’est pas encore traduit ici"
    reader.open("/f/form?lang=fr")
    assert told in reader.words
    assert "Not everything here" not in reader.open("/f/form?lang=en").words
    reader.open("/f/form?lang=fr").press("begin")
    assert told in reader.words


# what belongs to whoever answers


@pytest.mark.parametrize("sent", [True, False])
def test_a_response_is_erased_after_it_was_asked_twice(light: Light, store: Store, sent: bool) -> None:
    now = datetime.now(UTC)
    reader = light()
    code = begun(reader)
    small.fill(store, code, now=now)
    if sent:
        responses.submit(store, code, now=now)
    reference = stored(store, code).response.reference
    reader.open(f"/f/small?r={code}")
    (there,) = reader.page.xpath("//a[contains(@href, '_own')]/@href")
    reader.open(there).press("erase")
    assert "Please tick the box to erase the response. Nothing was changed." in reader.words
    form = reader.form("erase")
    reader.post("/f/small", [*form.form_values(), ("erase-sure", "1"), ("act", "erase")])
    assert (reader.title, stored(store, code).response.reference) == ("Erase this response?", reference)
    reader.press("erase-now")
    assert (reader.status, reader.title) == (410, "This response was erased")
    assert reference in reader.words
    assert reader.open(f"/f/small?r={code}").title == "This response was erased"


def test_what_is_kept_of_an_expired_draft_is_taken_along_or_erased(light: Light, store: Store) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=400)
    code = responses.begin(store, "small", language="en", channel="light", now=long_ago, draft_days=30)
    for reader in (
        light().open(f"/f/small?r={code}"),
        light().open(f"/f/small?r={code}&s=s2"),
        light().post("/f/small", [("act", "open"), ("r", f" {code} ")]),
    ):
        assert (reader.status, reader.title) == (404, "This draft has expired")
        assert MESSAGES["response.expired_code"] in reader.words
        assert "Last saved: " in reader.words
        assert [link.get("href") for link in reader.page.xpath("//a[text()='Begin']")] == ["/f/small?lang=en"]
    assert light().open(f"/f/small?r={code}&lang=fr").title == Words("fr").translate("This draft has expired")
    assert light().open(f"/f/other?r={code}").status == 404
    taken = light().post("/own-data", [("code", code), ("lang", "en")])
    assert taken.headers["content-type"] == "application/zip"
    reader.press("erase")
    assert "Please tick the box to erase the response. Nothing was changed." in reader.words
    form = reader.form("erase")
    reader.post("/f/small", [*form.form_values(), ("erase-sure", "1"), ("act", "erase")]).press("erase-now")
    assert (reader.status, reader.title) == (410, "This response was erased")


def test_what_is_shown_no_more_can_still_be_erased(light: Light, store: Store) -> None:
    now = datetime.now(UTC)
    code = responses.begin(store, "small", language="en", channel="light", now=now)
    small.fill(store, code, now=now)
    responses.submit(store, code, now=now)
    answers = [value for value in stored(store, code).response.submission.values() if isinstance(value, str)]
    rules = {"visible_until": (now - timedelta(days=1)).isoformat()}
    consultation_rules.set_policies(store, small.SLUG, rules, actor=small.ADMINISTRATOR, now=now)
    for reader in (light().open(f"/f/small?r={code}"), light().post("/f/small", [("act", "open"), ("r", code)])):
        assert (reader.status, reader.title) == (404, "Your data")
        assert MESSAGES["response.not_visible"] in reader.words
        assert not reader.page.xpath("//form[@action='/own-data']")
        assert not [each for each in answers if len(each) > 3 and each in reader.words]
    assert light().post("/own-data", [("code", code), ("lang", "en")]).status == 404
    form = reader.form("erase")
    reader.post("/f/small", [*form.form_values(), ("erase-sure", "1"), ("act", "erase")]).press("erase-now")
    assert (reader.status, reader.title) == (410, "This response was erased")


def test_everything_kept_is_taken_along_as_a_zip(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    small.fill(store, code, now=datetime.now(UTC))
    reader.post("/own-data", [("code", code), ("lang", "en")])
    with zipfile.ZipFile(io.BytesIO(reader.content)) as archive:
        assert sorted(archive.namelist()) == ["data.json", "index.html"]
    assert reader.headers["content-type"] == "application/zip"
    assert reader.headers["cache-control"] == "no-store"
    assert reader.post("/own-data", [("code", "0000-0000-0000")]).status == 404
    assert reader.post("/own-data", [("code", code)], **{"sec-fetch-site": "cross-site"}).status == 403


def test_a_page_is_made_while_a_section_waits_for_the_disk(light: Light, store: Store) -> None:
    reader, other = light(), light()
    code, its = begun(reader), begun(other)
    titles: list[str] = []
    first = iter([True])

    def meanwhile(_connection: object) -> None:
        if next(first, False):
            with ThreadPoolExecutor(1) as pool:
                titles.append(pool.submit(lambda: other.open(f"/f/small?r={its}").title).result(20))

    reader.open(f"/f/small?r={code}")
    event.listen(store._engine, "commit", meanwhile)
    try:
        reader.press("next", CONSENT)
    finally:
        event.remove(store._engine, "commit", meanwhile)
    assert titles == ["Before you start"]
    assert reader.title == "About you"
