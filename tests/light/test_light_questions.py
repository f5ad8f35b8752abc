"""Each kind of question in the light form: what can be answered, what is refused, and what is shown again."""

from datetime import UTC, datetime

import pytest

from data.settings import Settings
from data.store import Store
from survey.translator import Words
from survey.words import MESSAGES
from tests import small
from tests.light.conftest import CONSENT, Light, LightFor, application, begun, stored
from tests.light.reader import Reader

pytestmark = pytest.mark.usefixtures("no_waiting")


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


def test_a_number_is_read_in_the_language_of_the_page_on_which_it_was_typed(light: Light, store: Store) -> None:
    reader = light()
    code = begun(reader)
    reader.press("next", CONSENT).press("language", {"staff": "1,000"}, lang="fr")
    assert stored(store, code).state.answers["staff"] == 1000
    reader.press("next", {"staff": "1,000", "org_name": "A", "region": "s"})
    assert any("1000" in error for error in reader.errors)
    assert reader.page.xpath("//input[@name='q.staff']/@value") == ["1,000"]
