"""axe-core finds nothing on any page of the light form, in six languages; the keyboard and a narrow screen suffice."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from survey.translator import LANGUAGES, direction
from tests.browser import everything, light_pages
from tests.browser.axe import violations
from tests.browser.light_pages import Light
from tests.browser.running import RunningApp

pytestmark = pytest.mark.browser
Reader = Callable[..., Page]


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Light]:
    """One app for all tests here."""
    app = RunningApp(tmp_path_factory.mktemp("light-axe") / "light.db", demo="false", upload_limit_mb="1")
    prepared = light_pages.prepare(app)
    app.start()
    yield prepared
    app.stop()


def found(page: Page) -> list[str]:
    return [str(each) for each in violations(page)]


def speaks(page: Page, language: str) -> bool:
    """Whether the page says that it is in this language, and runs in its direction."""
    html = page.locator("html")
    return (html.get_attribute("lang"), html.get_attribute("dir")) == (language, direction(language))


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_question_conforms(light: Light, reader: Reader, language: str) -> None:
    """As it is asked, and with its message after a vain attempt to go on."""
    page = reader(width=1280, locale=language)
    faults = {}
    for name in light_pages.sections(light, page, language):
        assert speaks(page, language), name
        faults[name] = found(page)
    assert len(faults) == len(everything.SECTIONS) + len(everything.REQUIRED)
    assert {name: each for name, each in faults.items() if each} == {}


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_around_the_questions_conform(light: Light, reader: Reader, language: str) -> None:
    page = reader(width=360, locale=language)
    faults = {}
    for name in light_pages.frames(light, page, language):
        assert speaks(page, language), name
        faults[name] = found(page)
    assert tuple(faults) == light_pages.FRAMES
    assert {name: each for name, each in faults.items() if each} == {}
