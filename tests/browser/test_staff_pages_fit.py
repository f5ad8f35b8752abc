"""No page of the staff is wider than the screen: on a telephone and on a tablet, from the left and from the right."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from data.backups import backup
from data.settings import Settings
from data.store import open_store
from tests.browser import everything, screenshots
from tests.browser.running import RunningApp

pytestmark = [pytest.mark.browser, pytest.mark.long]
WIDTHS = (768, 390)
TOO_WIDE = """() => {
  const root = document.documentElement, main = document.querySelector("[data-testid=stMain]") || root;
  const isTooWide = [main, root].some((each) => each.scrollWidth > each.clientWidth + 1);
  if (!isTooWide) return "";
  const clips = (each) => each !== main && each !== root && each !== document.body
    && getComputedStyle(each).overflowX !== "visible";
  const isHeld = (each) => { while ((each = each.parentElement)) if (clips(each)) return true; return false; };
  const out = [...main.querySelectorAll("*")].filter((each) => {
    const box = each.getBoundingClientRect();
    return box.width > 0 && (box.right > root.clientWidth + 1 || box.left < -1) && !isHeld(each);
  });
  const named = (each) => `${each.tagName.toLowerCase()}.${each.getAttribute("class") || each.dataset.testid || ""}`;
  return [main.scrollWidth, ...out.slice(0, 3).map(named)].join(" ");
}"""
"""What stands out of the screen, "" when nothing does."""


@pytest.fixture
def running(demo_loaded: Settings, tmp_path: Path) -> Iterator[RunningApp]:
    """The app over the demo with findings, a report and a draft."""
    path = tmp_path / "staff.db"
    backup(demo_loaded, path)
    store = open_store(Settings(database_url=f"sqlite:///{path}"))
    screenshots.furnish(store)
    store.close()
    app = RunningApp(path)
    app.start()
    yield app
    app.stop()


def visits(app: RunningApp, page: Page, language: str) -> Iterator[str]:
    """Every page of the staff and every view of a draft as soon as it is drawn, named as in STAFF_PAGES."""

    def drawn() -> None:
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        page.wait_for_function(screenshots.DRAWN)

    pages, views = everything.STAFF_PAGES[: -everything.VIEWS], everything.STAFF_PAGES[-everything.VIEWS :]
    for name in pages:
        page.goto(f"{app.url}/{'' if name == 'home' else name}?lang={language}", wait_until="commit")
        page.locator("h1, .sd-slide").first.wait_for()
        drawn()
        yield name
    page.goto(f"{app.url}/prepare?lang={language}&project=1", wait_until="commit")
    for place, name in enumerate(views):
        page.locator(".st-key-project-view button").nth(place).click()
        page.locator(f".st-key-project-view button:nth-of-type({place + 1})[aria-checked=true]").wait_for()
        page.wait_for_timeout(300)  # until the script begins
        drawn()
        yield name


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_of_the_staff_scrolls_sideways(running: RunningApp, reader: Callable[..., Page], language: str) -> None:
    page = reader(width=WIDTHS[0], locale=language)
    screenshots.become_administrator(page, running)
    wide, seen = {}, 0
    for name in visits(running, page, language):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(100)
            seen += 1
            if told := page.evaluate(TOO_WIDE):
                wide[f"{name}, {width}"] = told
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    assert wide == {}
    assert seen == len(WIDTHS) * len(everything.STAFF_PAGES)
    page.evaluate("document.querySelector('[data-testid=stMain] h1').style.width = '900px'")
    assert page.evaluate(TOO_WIDE).startswith("9")
