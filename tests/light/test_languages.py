"""The light form in the six languages of the demonstration: language, direction, size, and no word left in English."""

from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette

from data.settings import Settings
from data.store import Store
from survey import asking, demo, responses
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
    opened = responses.save(demo_copy, code, agreed, seen={}, section="s1", language=tag, now=now)
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


def test_a_page_that_is_full_of_answers_is_still_drawn(demo_copy: Store, demo_app: Starlette) -> None:
    """A submitted reply of the demo, as a draft would be: the receipt in every language."""
    now = datetime.now(UTC)
    code = responses.begin(demo_copy, demo.SLUG, language="ru", channel="light", now=now)
    long = "Длинный ответ. " * 600
    changes = {"consent": "agree", "publish": "named", "finding": long, "recommendation": '<b>& "quoted"'}
    responses.save(demo_copy, code, changes, seen={}, section="s6", language="ru", now=now)
    reader = Reader(demo_app, language="ru").open(f"/f/{demo.SLUG}?r={code}&s=s6")
    kept = {area.get("name"): area.text_content() for area in reader.page.xpath("//textarea")}
    assert kept["q.finding"].strip() == long.strip()
    assert kept["q.recommendation"].removeprefix("\n") == '<b>& "quoted"'
