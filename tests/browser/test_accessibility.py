"""axe-core finds nothing on any page of the app, in English and Arabic, on a telephone and on a desk."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.browser import everything
from tests.browser.axe import violations
from tests.browser.running import RunningApp

pytestmark = [pytest.mark.browser, pytest.mark.long]
READERS = [("en", 360), ("en", 1280), ("ar", 360), ("ar", 1280)]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningApp, str]]:
    """One app for all readers, and the code of a reply that was sent."""
    database = tmp_path_factory.mktemp("axe") / "axe.db"
    sent = everything.prepare(database)
    app = RunningApp(database, demo="false")
    app.start()
    yield app, sent
    app.stop()


def found(page: Page) -> list[str]:
    return [str(each) for each in violations(page)]


def speaks(page: Page, language: str) -> bool:
    """Whether the page says that it is in this language, and runs in its direction."""
    html = page.locator("html")
    return (html.get_attribute("lang"), html.get_attribute("dir")) == (language, "rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize("section", everything.SECTIONS)
def test_every_kind_of_question_conforms(
    running: tuple[RunningApp, str], reader: Callable[..., Page], section: str
) -> None:
    """As it is asked, and with its message after a vain attempt to go on."""
    app, _ = running
    for language, width in (("en", 1280), ("ar", 360)):
        page = reader(width=width, locale=language)
        for _when in everything.section(app, page, language, section):
            assert speaks(page, language)
            assert page.locator("[class*=st-key-q_], .st-key-next").count() > 0
            assert found(page) == []


@pytest.mark.parametrize(("language", "width"), READERS)
def test_the_pages_around_the_questions_conform(
    running: tuple[RunningApp, str], reader: Callable[..., Page], language: str, width: int
) -> None:
    app, sent = running
    page = reader(width=width, locale=language)
    faults = {name: found(page) for name in everything.frames(app, page, language, sent)}
    assert faults == {name: [] for name in everything.FRAMES}


def test_the_staffs_pages_conform(running: tuple[RunningApp, str], reader: Callable[..., Page]) -> None:
    app, _ = running
    page = reader(width=1280, locale="en")
    everything.enter(app, page)
    faults = {}
    for language, width in READERS:
        page.set_viewport_size({"width": width, "height": 900})
        for name in everything.staff_pages(app, page, language):
            assert speaks(page, language), name
            faults[f"{name}, {language}, {width}"] = found(page)
    assert len(faults) == len(READERS) * len(everything.STAFF_PAGES)
    assert {name: each for name, each in faults.items() if each} == {}


@pytest.mark.parametrize(("language", "width"), READERS)
def test_the_pages_of_an_account_conform(
    running: tuple[RunningApp, str], reader: Callable[..., Page], language: str, width: int
) -> None:
    app, _ = running
    page = reader(width=width, locale=language)
    faults = {}
    for name in everything.account_pages(app, page, language):
        assert speaks(page, language), name
        faults[name] = found(page)
    assert faults == {name: [] for name in everything.ACCOUNT_PAGES}


def test_a_fault_would_be_found(running: tuple[RunningApp, str], reader: Callable[..., Page]) -> None:
    app, _ = running
    page = reader(width=360)
    next(everything.frames(app, page, "en", ""))
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"look/icon.png\">')")
    assert [each.rule for each in violations(page)] == ["image-alt"]


@pytest.mark.parametrize("width", [320, 360])
def test_nothing_is_cut_off_on_a_narrow_screen(
    running: tuple[RunningApp, str], reader: Callable[..., Page], width: int
) -> None:
    app, sent = running
    page = reader(width=width, locale="ar")
    wide = (
        "() => { const e = document.querySelector('[data-testid=stMain]'); return e.scrollWidth > e.clientWidth + 1 }"
    )
    cut = [name for name in everything.frames(app, page, "ar", sent) if page.evaluate(wide)]
    cut += [name for name in everything.sections(app, page, "ar") if page.evaluate(wide)]
    assert cut == []
