"""A browser, an app over a copy of the demo, and readers whose every request and error is written down."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from data.backups import backup
from data.settings import Settings
from tests.browser.running import ARGUMENTS, NO_CHROMIUM, RunningApp, chromium
from tests.browser.watching import Watch

expect.set_options(timeout=20_000)  # other tests use the processors too
_FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window, until the last test of its file."""
    path = chromium()
    if path is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def app(demo_loaded: Settings, tmp_path: Path) -> Iterator[RunningApp]:
    """`python app.py` with a demo of its own, in demo mode, taking files up to 2 MB."""
    path = tmp_path / "soundings.db"
    backup(demo_loaded, path)
    running = RunningApp(path, upload_limit_mb="2")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def watch() -> Watch:
    """What every context of the test writes down."""
    return Watch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed is marked, so that its pages can be photographed."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture
def reader(
    browser: Browser, watch: Watch, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser context of its own: reader(width=390, locale="ar").

    After a failure there is a picture of every open page in the test's folder.
    """
    contexts: list[BrowserContext] = []

    def make(*, width: int, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **options)
        context.set_default_timeout(30_000)
        watch.context(context)
        contexts.append(context)
        return context.new_page()

    yield make
    for number, context in enumerate(contexts):
        if request.node.stash.get(_FAILED, False):
            for page in context.pages:
                page.screenshot(path=tmp_path / f"failed-{number}.png")
        context.close()
