"""What stands in the fields when somebody closes the page of a questionnaire or loses the connection."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.backups import backup
from data.settings import Settings
from survey import demo
from tests.browser.hands import Hands
from tests.browser.running import RunningApp

pytestmark = pytest.mark.browser

Reader = Callable[..., Page]


@pytest.fixture(scope="module")
def app(demo_loaded: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """One server for all tests here; each begins a response of its own."""
    path = tmp_path_factory.mktemp("closing") / "soundings.db"
    backup(demo_loaded, path)
    running = RunningApp(path)
    running.start()
    yield running
    running.stop()


def newest(app: RunningApp) -> dict[str, object]:
    """The answers of the response that was begun last."""
    with sqlite3.connect(Path(app.database)) as connection:
        found = connection.execute("select answers from responses order by id desc limit 1").fetchone()
    answers: dict[str, object] = json.loads(found[0])
    return answers


def wait_for(app: RunningApp, name: str, seconds: float = 8) -> object:
    """The answer, as soon as it is kept."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and name not in newest(app):
        time.sleep(0.1)
    return newest(app).get(name)


def at_organisation(page: Page, app: RunningApp) -> Hands:
    """A new response at its second section."""
    page.goto(f"{app.url}/respond?c={demo.SLUG}&lang=en")
    hands = Hands(page, "en")
    hands.begin()
    hands.consent()
    return hands


def test_closing_the_page_keeps_what_was_typed_and_chosen(app: RunningApp, reader: Reader) -> None:
    page = reader(width=390)
    hands = at_organisation(page, app)
    page.locator(".st-key-q_org_name input").fill("Closed at once")
    hands.option("ecosoc", "none").click()
    page.close(run_before_unload=True)
    assert wait_for(app, "org_name") == "Closed at once"
    assert wait_for(app, "ecosoc") == "none"


def test_what_a_closed_page_left_in_the_browser_outlives_a_visit_to_the_plain_pages(
    app: RunningApp, reader: Reader
) -> None:
    page = reader(width=390)
    at_organisation(page, app)
    address, context = page.url, page.context
    context.set_offline(True)
    page.locator(".st-key-q_org_name input").fill("Without a connection")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    context.set_offline(False)
    page.goto(f"{app.url}/f/{demo.SLUG}")
    kept = page.evaluate("Object.keys(localStorage)")
    assert [key for key in kept if key.startswith(f"soundings:{demo.SLUG}/") and ":app:" in key]
    page.goto(address)
    assert wait_for(app, "org_name", 40) == "Without a connection"


def test_a_page_that_is_hidden_keeps_what_is_typed(app: RunningApp, reader: Reader) -> None:
    page = reader(width=390)
    at_organisation(page, app)
    page.locator(".st-key-q_org_name input").fill("Hidden at once")
    page.evaluate(
        """Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))"""
    )
    assert wait_for(app, "org_name") == "Hidden at once"


def test_a_link_of_the_errors_leads_to_its_field(app: RunningApp, reader: Reader) -> None:
    page = reader(width=390)
    at_organisation(page, app)
    page.locator(".st-key-next button").click()
    page.locator("[data-question=org_name]").click()
    expect(page.locator(".st-key-q_org_name input")).to_be_focused()
