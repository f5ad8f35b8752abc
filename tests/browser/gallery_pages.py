"""The pages in docs/gallery: `python -m tests.browser.gallery_pages [FOLDER]`, by day and by night, in Chromium.

The demo of `screenshots`, with a published page. `gallery.PAGES` says which page is shown how.
"""

import argparse
import io
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from analysis import published
from analysis.published import Choice
from data.settings import Settings
from data.store import Store, open_store
from survey import demo
from survey.access import Actor, ActorKind, Role
from tests.browser import screenshots
from tests.browser.gallery import ADDRESSES, PAGES, ROOT, ShownPage
from tests.browser.running import ARGUMENTS, NO_CHROMIUM, RunningApp, chromium

QUALITY = 60
TALLEST_PIXELS = {1280: 1500, 768: 1800, 390: 2600}
"""By width: of a page so much is shown, down to its first charts."""
_STAFF = Actor(kind=ActorKind.PERSON, person_id=1, login="pictures", name="Pictures", role=Role.SECRETARIAT)
_LOCALES = {"en": "en-GB", "ar": "ar-EG"}


def main(arguments: list[str]) -> int:
    """The pictures lie in the folder, docs/gallery unless another is named; 1 without a browser."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.gallery_pages")
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "gallery")
    parser.add_argument("--only", default="", help="only pictures whose file names hold this")
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    path = chromium()
    if path is None:
        print(NO_CHROMIUM, file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        database = Path(place) / "soundings.db"
        prepare(database)
        app = RunningApp(database)
        app.start()
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            cookies = _signed_in(browser, app)
            for shown in PAGES:
                if options.only not in shown.file:
                    continue
                (folder / shown.file).write_bytes(_small(_picture(browser, app, cookies, shown)))
        finally:
            browser.close()
            app.stop()
    return 0


def prepare(database: Path) -> None:
    """The demo of `screenshots` with a published page."""
    screenshots.prepare(database)
    store = open_store(Settings(database_url=f"sqlite:///{database}"))
    try:
        _write(store, datetime.now(UTC))
    finally:
        store.close()


def _write(store: Store, now: datetime) -> None:
    choice = Choice(
        findings=(1, 2),
        introduction={"en": "What organisations told us, in short.", "ar": "ما قالته لنا المنظمات، باختصار."},
        recommendations=True,
    )
    published.prepare(store, demo.SLUG, choice, revision=0, actor=_STAFF, now=now)
    published.publish(store, demo.SLUG, revision=1, actor=_STAFF, now=now)


def _signed_in(browser: Browser, app: RunningApp) -> list[dict[str, object]]:
    context = browser.new_context()
    page = context.new_page()
    screenshots.become_administrator(page, app)
    cookies = context.cookies()
    context.close()
    return [dict(cookie) for cookie in cookies]


def _picture(browser: Browser, app: RunningApp, cookies: list[dict[str, object]], shown: ShownPage) -> bytes:
    context = browser.new_context(
        viewport={"width": shown.width, "height": 900},
        color_scheme=shown.scheme,
        locale=_LOCALES[shown.language],
        timezone_id="Africa/Nairobi",
    )
    context.set_default_timeout(screenshots.LIMIT_MS)
    context.add_cookies(cookies)
    page = context.new_page()
    address = ADDRESSES[shown.name]
    sign = "&" if "?" in address else "?"
    page.goto(f"{app.url}/{address}{sign}lang={shown.language}")
    page.locator("h1, .sd-slide").first.wait_for()
    if page.locator("[data-testid=stApp]").count():
        screenshots.rest(page)
    page.set_viewport_size({"width": shown.width, "height": TALLEST_PIXELS[shown.width]})
    page.wait_for_timeout(screenshots.SETTLING_MS)
    found = page.screenshot()
    context.close()
    return found


def _small(picture: bytes) -> bytes:
    """The picture as a small file."""
    target = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").save(target, "webp", quality=QUALITY, method=6)
    return target.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
