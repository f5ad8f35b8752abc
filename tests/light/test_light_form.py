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

from data.records import ResponseStatus
from data.settings import Settings
from data.store import Store
from survey import consultation_rules, invitations, links, open_responses, responses
from survey.channels import light_acts
from survey.guard import Guard
from survey.translator import LANGUAGES, Words
from survey.words import MESSAGES
from tests import small
from tests.light.conftest import application, close
from tests.light.reader import Reader

Light = Callable[..., Reader]
LightFor = Callable[[str], tuple[Reader, Store]]
CONSENT = {"consent": "agree", "publish": "named"}


def stored(store: Store, code: str) -> open_responses.OpenResponse:
    """The response as it is kept."""
    return responses.resume(store, code, now=datetime.now(UTC))


def begun(reader: Reader) -> str:
    """The code of a new draft, at its first section."""
    reader.open("/f/small").press("begin")
    assert reader.status == 200
    return reader.code


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.guard.LEAST_SECONDS", 0.0)


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


def test_questions_that_an_answer_opens_are_shown_before_the_next_section(light: Light) -> None:
    reader = light()
    begun(reader)
    reader.press("next", CONSENT)
    reader.press("next", {"org_name": "A", "region": "n", "fields": ["other"]})
    assert reader.title == "About you"
    assert "more questions" in reader.words
    reader.press("next", {"fields_other": "Music"})
    assert reader.title == "Your view"


def test_a_choice_can_be_taken_back(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    reader.press("next", CONSENT)
    reader.press("next", {"org_name": "A", "region": "n"})
    reader.press("next", {"serv_prev": "2", "rec_challenge": "c1"})
    reader.press("back")
    reader.press("next", {"serv_prev": None, "rec_challenge": None})
    answers = stored(store, code).state.answers
    assert "serv_prev" not in answers
    assert "rec_challenge" not in answers


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


def test_a_choice_that_is_not_in_the_list_is_kept_out_of_what_is_sent(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    fields = [*reader.form("next").form_values(), ("act", "next"), ("q.consent", "agree"), ("q.publish", "<script>")]
    reader.post("/f/small", fields)
    assert reader.title == "Before you start"
    assert "<script>" not in reader.content.decode()
    assert stored(store, code).state.section_issues("s0")


def test_an_answer_that_is_too_long_stays_on_the_page(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    reader.press("next", CONSENT)
    long = "x" * 20_001
    reader.press("next", {"org_name": long, "region": "n"})
    assert reader.status == 400
    assert reader.page.xpath("string(//input[@name='q.org_name']/@value)") == long
    assert "region" not in stored(store, code).state.answers


def test_one_place_for_two_is_told_and_nothing_else_is_lost(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    small.fill(
        store, code, {"consent": "agree", "publish": "no", "org_name": "A", "region": "n"}, now=datetime.now(UTC)
    )
    reader.open(f"/f/small?r={code}&s=s2")
    form = reader.form("next")
    form.fields["q.invest_rank.prev"] = "1"
    form.fields["q.invest_rank.hr"] = "1"
    form.fields["q.finding"] = "Kept"
    reader.post("/f/small", [*form.form_values(), ("act", "next")])
    assert reader.status == 422
    assert "Please give each place only once." in reader.errors
    assert stored(store, code).state.answers["finding"] == "Kept"


def test_a_file_comes_with_its_section_and_goes_again(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    small.fill(store, code, {"consent": "agree", "story_yes": "yes"}, now=datetime.now(UTC))
    reader.open(f"/f/small?r={code}&s=s3")
    reader.press("next", {"story_yes": "yes"}, files={"story_file": ("story.txt", b"once upon a time")})
    assert stored(store, code).files["story_file"].name == "story.txt"
    reader.open(f"/f/small?r={code}&s=s3")
    assert "story.txt" in reader.words
    reader.press("drop:story_file")
    assert not stored(store, code).files


def test_a_file_that_is_too_large_is_refused_in_words(store: Store, settings: Settings) -> None:
    small.publish(store, opens_at=None, deadline_at=None, closes_at=None)
    reader = Reader(application(store, settings.model_copy(update={"upload_limit_mb": 1})), language="fr")
    code = begun(reader)
    small.fill(store, code, {"consent": "agree", "story_yes": "yes"}, now=datetime.now(UTC))
    reader.open(f"/f/small?r={code}&s=s3&lang=fr")
    for size in (1_500_000, 15_000_000):
        reader.press("next", {"contact_email": f"{size}@example.org"}, files={"story_file": ("story.txt", b"x" * size)})
        assert reader.status == 413
        told = Words("fr").translate(MESSAGES["file.too_large"], limit_mb=1)
        assert reader.page.xpath("string(//*[@id='q-story_file-e'])") == told
        assert stored(store, code).state.answers["contact_email"] == f"{size}@example.org", "what was typed is kept"
    reader.press("next", files={"story_file": ("story.txt", b"x" * 25_000_000)})
    assert reader.status == 413
    back = reader.page.xpath("string(//main//a/@href)")
    assert reader.open(back).title == "Un récit", "the way back leads to the section"


UPLOADS = """
| survey |
| | type  | name | label | appearance |
| | text  | word | Word  |            |
| | image | pic  | Pic   | new        |
| | image | me   | Me    | new-front  |
| | file  | doc  | Doc   |            |
"""


def test_a_refused_file_is_told_at_its_question_and_the_answers_are_saved(light_for: LightFor) -> None:
    reader, store = light_for(UPLOADS)
    reader.open("/f/form").press("begin")
    code = reader.code
    reader.press("next", {"word": "Kept"}, files={"pic": ("a.png", b"<svg onload='alert(1)'/>")})
    assert reader.status == 400
    assert "This is no picture" in reader.page.xpath("string(//*[@id='q-pic-e'])")
    assert stored(store, code).state.answers == {"word": "Kept"}
    reader.press("next", {"word": "Changed"})
    assert stored(store, code).state.answers == {"word": "Changed"}, "the page knows what was saved"


def test_a_file_field_offers_what_the_question_takes(light_for: LightFor) -> None:
    reader, _store = light_for(UPLOADS)
    reader.open("/f/form").press("begin")
    fields = {field.get("name"): field.attrib for field in reader.page.xpath("//input[@type='file']")}
    assert {name: field["accept"][:8] for name, field in fields.items()} == {
        "f.pic": "image/*",
        "f.me": "image/*",
        "f.doc": ".pdf,.do",
    }
    assert [fields[name].get("capture") for name in ("f.pic", "f.me", "f.doc")] == ["environment", "user", None]


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


REPEAT = """
| survey |
| | type         | name   | label  | relevant |
| | begin repeat | member | Member |
| | text         | name   | Name   |
| | integer      | age    | Age    |
| | text         | school | School | ${age} < 18 |
| | end repeat   |        |        |
"""


def test_a_repeat_grows_and_shrinks_by_buttons(light_for: LightFor) -> None:
    reader, store = light_for(REPEAT)
    reader.open("/f/form").press("begin")
    code = reader.code
    reader.press("add:0:member", {"member[1]/name": "Ada", "member[1]/age": "12"})
    reader.press("stay", {"member[1]/school": "North", "member[2]/name": "Bo"})
    reader.press("remove:1:member")
    answers = stored(store, code).state.answers
    assert answers["member"] == 1
    assert answers["member[1]/name"] == "Bo"
    assert "member[1]/school" not in answers
    assert "member[2]/name" not in answers


COUNTED = """
| survey |
| | type         | name  | label | repeat_count |
| | begin group  | s1    | One   | |
| | integer      | many  | Many  | |
| | begin repeat | site  | Site  | ${many} |
| | text         | name  | Name  | |
| | end repeat   |       |       | |
| | end group    |       |       | |
"""


def test_a_counted_repeat_without_instances_has_no_heading(light_for: LightFor) -> None:
    reader, _store = light_for(COUNTED)
    reader.open("/f/form").press("begin")
    assert "Site" not in reader.words
    reader.press("stay", {"many": "2"})
    assert [found.text for found in reader.page.xpath("//h3")] == ["Site 1", "Site 2"]


def test_a_button_of_a_repeat_leads_to_the_instance(light_for: LightFor) -> None:
    reader, _store = light_for(REPEAT)
    reader.open("/f/form").press("begin")
    for act, where in (
        ("add:0:member", "g-member[2]"),
        ("remove:1:member", "g-member[1]"),
        ("remove:1:member", "g-member"),
    ):
        reader.press(act)
        assert reader.anchor == where
        assert reader.page.xpath(f"//*[@id='{where}'][@tabindex='-1']"), "it takes the focus"


def test_two_choices_at_one_place_are_shown_as_they_were_given(light: Light, store: Store) -> None:
    code = begun(light())
    small.fill(store, code, now=datetime.now(UTC))
    reader = light().open(f"/f/small?r={code}&s=s2")
    form = reader.form("next")
    form.fields["q.invest_rank.prev"] = form.fields["q.invest_rank.hr"] = "1"
    form.fields["q.invest_rank.other"] = ""
    reader.post("/f/small", [*form.form_values(), ("act", "next")])
    assert reader.status == 422
    assert [reader.form("next").fields[f"q.invest_rank.{each}"] for each in ("prev", "hr", "other")] == ["1", "1", ""]


def test_the_language_can_be_changed_at_the_top_of_a_section_without_losing_what_was_typed(
    light: Light, store: Store
) -> None:
    code = begun(light())
    small.fill(store, code, now=datetime.now(UTC))
    reader = light().open(f"/f/small?r={code}&s=s2")
    controls = reader.page.xpath("//main//*[self::select or self::input or self::textarea][not(@type='hidden')]")
    assert controls[0].get("name") == "lang", "it is the first one of the page"
    reader.press("language", {"finding": "Typed before"}, lang="fr")
    assert reader.page.get("lang") == "fr"
    assert stored(store, code).state.answers["finding"] == "Typed before"


KINDS = """
| survey |
| | type                 | name    | label           | appearance | parameters | hint |
| | note                 | said    | **Bold** <i>x</i> |
| | text                 | long    | Long            | multiline |
| | decimal              | weight  | Weight          |
| | range                | level   | Level           | | start=0 end=10 step=5 |
| | range                | picked  | Picked          | picker | start=0 end=2 |
| | date                 | day     | Day             | | | A hint |
| | date                 | year    | Year            | year |
| | time                 | clock   | Clock           |
| | dateTime             | moment  | Moment          |
| | select_one colour    | menu    | Menu            | minimal |
| | select_multiple colour | several | Several       | minimal |
| | acknowledge          | read    | I have read     |
| | geopoint             | place   | Place           |
| | geotrace             | line    | Line            |
| choices |
| | list_name | name | label |
| | colour    | red  | Red   |
| | colour    | blue | Blue  |
"""


def test_every_kind_of_question_is_answered_and_shown_again(light_for: LightFor) -> None:
    reader, store = light_for(KINDS)
    reader.open("/f/form").press("begin")
    code = reader.code
    content = reader.content.decode()
    assert "<strong>Bold</strong>" in content
    assert "<i>x" not in content
    given = {
        "long": "\nA first line left empty",
        "weight": "1,5",
        "level": "5",
        "picked": "2",
        "day": "2026-10-31",
        "year": "2026",
        "clock": "14:30",
        "moment": "2026-10-31T14:30",
        "menu": "blue",
        "several": ["red", "blue"],
        "read": True,
        "place": "48.2 16.4",
        "line": "48 16;\n49 17",
    }
    reader.press("next", given)
    assert reader.title == "Look it over and send it", reader.errors
    answers = stored(store, code).state.answers
    assert answers["weight"] == 1.5
    assert answers["level"] == 5
    assert answers["year"] == "2026-01-01"
    assert answers["several"] == ("red", "blue")
    assert answers["read"] == "OK"
    reader.open(f"/f/form?r={code}&s=_said")
    before = stored(store, code).response.revision
    reader.press("next")
    assert stored(store, code).response.revision == before, "showing answers and sending them back changes nothing"
    assert stored(store, code).state.answers == answers


def test_a_faulty_entry_is_kept_and_shown_as_it_was_typed(light_for: LightFor) -> None:
    reader, _store = light_for(KINDS)
    reader.open("/f/form").press("begin")
    reader.press("next", {"weight": "much", "place": "somewhere"})
    assert reader.page.xpath("string(//input[@name='q.weight']/@value)") == "much"
    assert reader.page.xpath("string(//input[@name='q.place']/@value)") == "somewhere"
    assert "Please enter a number." in reader.errors


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


def test_a_number_is_read_in_the_language_of_the_page_on_which_it_was_typed(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    reader.press("next", CONSENT).press("language", {"staff": "1,000"}, lang="fr")
    assert stored(store, code).state.answers["staff"] == 1000
    reader.press("next", {"staff": "1,000", "org_name": "A", "region": "s"})
    assert any("1000" in error for error in reader.errors)
    assert reader.page.xpath("//input[@name='q.staff']/@value") == ["1,000"]


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
