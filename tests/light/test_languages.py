"""The light form in the six languages of the demonstration: language, direction, size, and no word left in English."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette

from data.settings import Settings
from data.store import Store
from survey import asking, demo, responses, saving
from survey.questionnaire import UNASKED_KINDS, UPLOAD_KINDS, Kind, Question, Questionnaire
from survey.translator import LANGUAGES, direction
from tests.light.conftest import application
from tests.light.reader import Reader

SECTIONS = [f"s{number}" for number in range(9)]
MOST_BYTES = 30_000


@pytest.fixture
def demo_app(demo_copy: Store, demo_settings: Settings) -> Starlette:
    """The light form over a copy of the demo."""
    return application(demo_copy, demo_settings)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_page_is_small_and_speaks_its_language(demo_copy: Store, demo_app: Starlette, tag: str) -> None:
    now = datetime.now(UTC)
    code = responses.begin(demo_copy, demo.SLUG, language=tag, channel="light", now=now)
    agreed = {"consent": "agree", "publish": "named"}
    opened = saving.save(demo_copy, code, agreed, seen={}, section="s1", language=tag, now=now)
    sections = {section.name: section for section in asking.shown_sections(opened.state)}
    assert sorted(sections) == SECTIONS
    reader = Reader(demo_app, language=tag)
    for place in ["", *SECTIONS, "_review"]:
        reader.open(f"/f/{demo.SLUG}" + (f"?r={code}&s={place}&check=1&new=1" if place else f"?lang={tag}"))
        assert reader.status == 200
        assert len(reader.content) < MOST_BYTES, place
        page = reader.page
        assert (page.get("lang"), page.get("dir")) == (tag, direction(tag))
        if place in sections:
            assert reader.title == opened.state.words(sections[place].label)
        if tag != "en":
            for english in ("Save and go on", "required", "Language", "Please answer", "Go on later"):
                assert english not in reader.words, place


LETTER = {"en": "w", "fr": "é", "es": "ñ", "ru": "ж", "ar": "ع", "zh": "中"}
_LIMIT = re.compile(r"string-length\(\.\) <= (\d+)")


def wrong_answer(question: Question, form: Questionnaire, tag: str) -> object:
    """As much as can be answered, and one too many of it where there is a limit."""
    codes = [choice.name for choice in form.choices(question)]
    match question.kind:
        case Kind.SELECT_MULTIPLE | Kind.RANK:
            return codes
        case Kind.SELECT_ONE:
            return codes[-1]
        case Kind.TEXT:
            found = _LIMIT.search(question.constraint)
            return LETTER[tag] * (int(found[1]) + 1 if found else 60)
    return "xxxx"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_page_is_small_with_everything_answered_and_wrong(
    demo_copy: Store, demo_app: Starlette, tag: str
) -> None:
    now = datetime.now(UTC)
    code = responses.begin(demo_copy, demo.SLUG, language=tag, channel="light", now=now)
    opened = responses.resume(demo_copy, code, now=now)
    form = opened.state.questionnaire
    asked = [q for q in form.questions() if q.kind not in UNASKED_KINDS | UPLOAD_KINDS]
    changes = {question.name: wrong_answer(question, form, tag) for question in asked} | {"consent": "agree"}
    saving.save(demo_copy, code, changes, seen=opened.state.answers, section="s1", language=tag, now=now)
    reader, sizes, faults = Reader(demo_app, language=tag), {}, 0
    for place in [*SECTIONS, "_review"]:
        reader.open(f"/f/{demo.SLUG}?r={code}&s={place}&lang={tag}&check=1")
        sizes[place] = len(reader.content)
        faults += len(reader.page.xpath("//*[@aria-invalid='true']"))
    assert faults > 10
    assert max(sizes.values()) < MOST_BYTES, sizes


MANY = """
| survey |
| | type         | name   | label | required |
| | begin repeat | site   | Объект, о котором вы сообщаете |
| | text         | name   | Название объекта, как оно указано в документах | yes |
| | select_one k | kind   | Вид объекта и его назначение | yes |
| | integer      | staff  | Число сотрудников, включая добровольцев | yes |
| | begin repeat | need   | Потребность этого объекта |
| | text         | what   | Чего не хватает больше всего | yes |
| | end repeat   |        | |
| | end repeat   |        | |
| choices |
| | list_name | name | label |
| | k         | a    | Учреждение здравоохранения |
| | k         | b    | Общественная организация |
"""


def test_a_repeat_with_many_instances_comes_in_parts_that_are_walked_one_after_the_other(
    light_for: Callable[[str], tuple[Reader, Store]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.guard.LEAST_SECONDS", 0.0)
    reader, store = light_for(MANY)
    now = datetime.now(UTC)
    code = reader.open("/f/form").press("begin").code
    seen = responses.resume(store, code, now=now).state.answers
    counts = {"site": 40} | {f"site[{number}]/need": 30 for number in range(1, 41)}
    for key, count in counts.items():
        seen = saving.save(store, code, {key: count}, seen=seen, section="site", language="en", now=now).state.answers
    reader.open(f"/f/form?r={code}&s=site&check=1")
    assert len(reader.content) < MOST_BYTES
    reader.press("add:0:site")
    assert len(reader.content) < MOST_BYTES
    assert reader.page.xpath("//*[@id='g-site[41]'][@tabindex='-1']"), "the new one is shown"
    reader.press("remove:41:site")
    reader.open(f"/f/form?r={code}&s=site")
    first = len(reader.page.xpath("//*[@class='instance'][starts-with(@id, 'g-site[1]/need')]"))
    reader.press(f"show:{first + 1}:site[1]/need", {"site[1]/name": "Kept"})
    assert reader.page.xpath(f"//*[@id='g-site[1]/need[{first + 1}]']")
    assert responses.resume(store, code, now=now).state.answers["site[1]/name"] == "Kept"


SHORT = """
| survey |
| | type         | name  | label |
| | begin repeat | site  | Site  |
| | text         | name  | Name  |
| | end repeat   |       |       |
"""


def test_going_on_walks_through_all_instances_and_comes_back_to_a_fault(
    light_for: Callable[[str], tuple[Reader, Store]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.guard.LEAST_SECONDS", 0.0)
    reader, store = light_for(SHORT)
    now = datetime.now(UTC)
    code = reader.open("/f/form").press("begin").code
    seen = responses.resume(store, code, now=now).state.answers
    saving.save(store, code, {"site": 60}, seen=seen, section="site", language="en", now=now)
    reader.open(f"/f/form?r={code}&s=site")
    assert "1 to 24 of 60" in reader.words
    reader.press("next", {"site[3]/name": "Three"})
    assert "25 to 48 of 60" in reader.words
    reader.press("next")
    reader.press("next", {"site[60]/name": "Last"})
    assert reader.title == "Look it over and send it"
    answers = responses.resume(store, code, now=now).state.answers
    assert (answers["site[3]/name"], answers["site[60]/name"]) == ("Three", "Last")


def test_a_page_that_is_full_of_answers_is_still_drawn(demo_copy: Store, demo_app: Starlette) -> None:
    """A submitted reply of the demo, as a draft would be: the receipt in every language."""
    now = datetime.now(UTC)
    code = responses.begin(demo_copy, demo.SLUG, language="ru", channel="light", now=now)
    long = "Длинный ответ. " * 600
    changes = {"consent": "agree", "publish": "named", "finding": long, "recommendation": '<b>& "quoted"'}
    saving.save(demo_copy, code, changes, seen={}, section="s6", language="ru", now=now)
    reader = Reader(demo_app, language="ru").open(f"/f/{demo.SLUG}?r={code}&s=s6")
    kept = {area.get("name"): area.text_content() for area in reader.page.xpath("//textarea")}
    assert kept["q.finding"].strip() == long.strip()
    assert kept["q.recommendation"].removeprefix("\n") == '<b>& "quoted"'
