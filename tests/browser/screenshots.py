"""Pictures of every page: `python -m tests.browser.screenshots FOLDER [--languages ar zh fr] [--widths 360 1280]`.

The demo is loaded into a new database, a response is given in each language, findings and recommendations are made
through their use cases. Names say page, width and language: respond-section-390-ar.png.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from analysis import recommendations, reports
from analysis.opened_data import Filters
from analysis.report.outline import Item, ItemKind
from data.settings import Settings
from data.store import Store, open_store
from survey import demo, preparation
from survey.access import OPERATOR, Actor, ActorKind, Role
from survey.translator import LANGUAGES
from survey.xlsform.sheets import read_sheets
from survey.xlsform.text_files import to_markdown
from tests.browser.hands import Hands
from tests.browser.running import ARGUMENTS, NO_CHROMIUM, RunningApp, chromium

TALLEST_PIXELS = 12_000
LIMIT_MS = 90_000
"""A page that is drawn for the first time while the machine does something else takes its time."""
SETTLING_MS = 500
DRAWN = """() => document.fonts.status === "loaded"
    && !document.querySelector("[data-testid=stSkeleton]")
    && [...document.querySelectorAll("[data-testid=stPlotlyChart]")].every(chart => chart.querySelector(".main-svg"))"""
"""Letters are there, and every chart has its drawing."""
STAFF_PAGES = (
    "home",
    "overview",
    "monitor",
    "review",
    "explore",
    "voices",
    "recommend",
    "meet",
    "report",
    "take-away",
    "collect",
    "people",
)
ADDRESSES = {"home": ""}
"""Pages whose address is not their name."""
_STAFF = Actor(kind=ActorKind.PERSON, person_id=1, login="pictures", name="Pictures", role=Role.SECRETARIAT)


def main(arguments: list[str]) -> int:
    """The pictures lie in the folder; 2 when it is not named, 1 without a browser."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=("en", "ar"))
    parser.add_argument("--widths", nargs="+", type=int, default=(1280, 390))
    chosen = parser.parse_args(arguments)
    path = chromium()
    if path is None:
        print(NO_CHROMIUM, file=sys.stderr)
        return 1
    folder: Path = chosen.folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        database = Path(place) / "soundings.db"
        prepare(database)
        app = RunningApp(database)
        app.start()
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            for language in chosen.languages:
                for width in chosen.widths:
                    _answer(browser, app, folder, width, language)
                    _answer_lightly(browser, app, folder, width, language)
            _staff(browser, app, folder, chosen.widths, chosen.languages)
        finally:
            browser.close()
            app.stop()
    return 0


def prepare(database: Path) -> None:
    """The demo with two findings, two recommendations and a report."""
    store = open_store(Settings(database_url=f"sqlite:///{database}"), migrate=True)
    try:
        demo.load(store, actor=OPERATOR, now=datetime.now(UTC))
        furnish(store)
    finally:
        store.close()


def furnish(store: Store) -> None:
    """The demo that is there gets two findings, two recommendations, a report and a questionnaire in preparation."""
    _write(store)
    _put_together(store)
    _draft(store)


def _write(store: Store) -> None:
    now = datetime.now(UTC)
    kept = [
        recommendations.keep_finding(store, demo.SLUG, question, statement, filters=filters, actor=_STAFF, now=now)
        for question, statement, filters in (
            ("prio_1", "Health services and deaths are named most often as the first priority.", Filters()),
            (
                "m_serv",
                "In Sub-Saharan Africa, access to most services is called inadequate.",
                Filters.of({"region": ["ssa"]}),
            ),
        )
    ]
    asked = recommendations.asked_for(
        store, demo.SLUG, "recommendation", actor=_STAFF, language="en", filters=Filters(), challenge="c06"
    )
    for text, addressee, level, challenge, numbers in (
        (
            "Fund services where people live, with civil society.",
            "Member States",
            "national",
            "c06",
            kept,
        ),
        ("Report every year on access to controlled medicines.", "INCB and Member States", "international", "c10", []),
    ):
        recommendations.write_recommendation(
            store,
            demo.SLUG,
            text=text,
            addressee=addressee,
            level=level,
            challenge=challenge,
            finding_ids=numbers,
            answers=[(quote.response_id, quote.question) for quote in asked[:2]] if numbers else [],
            actor=_STAFF,
            now=now,
        )


def _put_together(store: Store) -> None:
    """A report with an item of several kinds."""
    now = datetime.now(UTC)
    report = reports.create_report(store, demo.SLUG, "The way forward to 2029", "en", actor=_STAFF, now=now)
    for item in (
        Item(kind=ItemKind.HEADING, title="Services"),
        Item(kind=ItemKind.CHART, question="m_serv", text="Most services lag behind."),
        Item(kind=ItemKind.FINDING, finding_id=1),
        Item(kind=ItemKind.RECOMMENDATIONS, title="What follows"),
    ):
        revision = reports.open_report(store, demo.SLUG, report, actor=_STAFF, now=now).record.revision
        reports.add_item(store, demo.SLUG, report, item, revision=revision, actor=_STAFF, now=now)


def _draft(store: Store) -> None:
    """A questionnaire in preparation with two faults."""
    form = to_markdown(read_sheets(demo.FORM)).replace("| ${prio_1} != ''", "| ${prio_one} != ''", 1)
    form = form.replace("| select_one change | funding", "| select_one chnge | funding", 1)
    preparation.begin_project(
        store,
        name="The way forward, second round",
        content=form.encode(),
        filename="second.md",
        actor=_STAFF,
        now=datetime.now(UTC),
    )


@contextmanager
def _reader(browser: Browser, width: int, language: str) -> Iterator[Page]:
    locale = {"en": "en-GB", "ar": "ar-EG"}.get(language, language)
    context = browser.new_context(viewport={"width": width, "height": 900}, locale=locale, timezone_id="Africa/Nairobi")
    context.set_default_timeout(LIMIT_MS)
    yield context.new_page()
    context.close()


def rest(page: Page) -> None:
    """The page is drawn to its end; the network is not asked, as it need not ever be idle on a page that is alive."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_function(DRAWN)
    page.wait_for_timeout(SETTLING_MS)


def _shoot(page: Page, folder: Path, name: str, language: str) -> None:
    """The whole page: the window is made as tall as what scrolls in it."""
    rest(page)
    size = page.viewport_size or {"width": 1280, "height": 900}
    for _ in range(2):  # charts take their size from the page, and the page from them
        tall = int(
            page.evaluate("document.querySelector('[data-testid=stMain]')?.scrollHeight || document.body.scrollHeight")
        )
        page.set_viewport_size({"width": size["width"], "height": min(max(tall, 400), TALLEST_PIXELS)})
        page.wait_for_timeout(250)
    page.screenshot(path=folder / f"{name}-{size['width']}-{language}.png")
    page.set_viewport_size(size)


def _answer(browser: Browser, app: RunningApp, folder: Path, width: int, language: str) -> None:
    with _reader(browser, width, language) as page:
        form = Hands(page, language)

        def shoot(name: str) -> None:
            _shoot(page, folder, f"respond-{name}", language)

        page.goto(f"{app.url}/respond?c={demo.SLUG}&lang={language}")
        page.locator(".st-key-begin").wait_for()
        shoot("start")
        form.begin()
        shoot("consent")
        form.consent()
        form.organisation("Harbour Light Network", other_field="")
        page.locator(".st-key-next button").click()
        page.locator(".sd-issue").first.wait_for()
        shoot("mistakes")
        form.write("fields_other", "Community radio")
        form.go_on("box_prio_1")
        form.progress()
        shoot("grid")
        form.go_on("box_barriers")
        form.services()
        for item in ("hr", "treat"):
            page.locator(f".st-key-q_invest_rank [data-focus=add-{item}]").click()
            page.locator(f".st-key-q_invest_rank [data-focus=out-{item}]").wait_for()
        shoot("ranking")
        form.go_on("box_part_done")
        form.choose("part_done", "no")
        shoot("participation")
        form.go_on("box_pos_oviedo")
        form.go_on("box_finding")
        form.write("finding", "Services closed where they were needed most.")
        form.write("recommendation", "Fund services that people can reach on foot.")
        shoot("texts")
        form.go_on("box_story_yes")
        form.choose("story_yes", "yes")
        page.locator(".st-key-q_story_file .pick").wait_for()
        shoot("story")
        form.choose("story_yes", "no")
        form.go_on("box_comments")
        form.go_on("submit")
        shoot("review")
        page.locator(".st-key-submit button").click()
        page.locator(".sd-buttons form").first.wait_for()
        shoot("receipt")
        page.goto(f"{app.url}/respond?c=unknown&lang={language}")
        page.locator("h1").wait_for()
        shoot("unknown")


def _answer_lightly(browser: Browser, app: RunningApp, folder: Path, width: int, language: str) -> None:
    """The same consultation in the light form."""
    with _reader(browser, width, language) as page:

        def shoot(name: str) -> None:
            page.screenshot(path=folder / f"light-{name}-{width}-{language}.png", full_page=True)

        def on() -> None:
            page.locator(".steps button[value=next]").click()

        page.goto(f"{app.url}/f/{demo.SLUG}?lang={language}")
        shoot("start")
        page.wait_for_timeout(1_100)
        page.locator("button[value=begin]").click()
        page.locator("input[name='q.consent']:not([value=''])").first.check()
        on()
        page.locator("#wrong").wait_for()
        shoot("mistakes")
        page.locator("input[name='q.publish']:not([value=''])").first.check()
        on()
        page.locator("[name='q.org_name']").fill("Harbour Light Network")
        for name, value in (("country", "KEN"),):
            page.locator(f"select[name='q.{name}']").select_option(value)
        for name, value in (("region", "ssa"), ("org_type", "cbo")):
            page.locator(f"input[name='q.{name}'][value={value}]").check()
        shoot("organisation")
        page.locator("input[name='q.fields']:not([value=''])").first.check()
        on()
        for place in range(2, 8):
            page.goto(f"{page.url.split('&s=')[0].split('#')[0]}&s=s{place}")
            shoot(f"section-{place}")
        page.goto(f"{page.url.split('&s=')[0]}&s=_review")
        shoot("review")
        page.goto(f"{app.url}/f/unknown?lang={language}")
        shoot("unknown")


def _staff(browser: Browser, app: RunningApp, folder: Path, widths: Sequence[int], languages: Sequence[str]) -> None:
    with _reader(browser, 1280, "en") as page:
        _at_all(page, lambda: page.goto(f"{app.url}/?lang=en"), folder, "home-anonymous", "en", widths)
        _at_all(page, lambda: page.goto(app.administrator_link), folder, "account-link", "en", widths)
        become_administrator(page, app)
        for language in languages:
            for name in STAFF_PAGES:
                address = f"{app.url}/{ADDRESSES.get(name, name)}?lang={language}"
                _at_all(page, _going(page, address), folder, name, language, widths)
            _preparing(page, app, folder, language, widths)
        if "en" in languages:
            _details(page, app, folder)


def become_administrator(page: Page, app: RunningApp) -> None:
    """The reader follows the one-time link and is signed in."""
    page.goto(app.administrator_link)
    page.locator("#login").fill("admin")
    page.locator("#name").fill("Ada Administrator")
    page.locator("#password").fill("a-long-password-1")
    page.locator("form button").click()
    page.locator(".sd-tiles").wait_for()


def _details(page: Page, app: RunningApp, folder: Path) -> None:
    """Views of a page that takes some clicks, in English on a desk."""
    page.goto(f"{app.url}/explore?lang=en")
    page.locator(".st-key-section input").wait_for()
    rest(page)  # a menu that is opened before closes when the rest of the page comes
    field = page.locator(".st-key-section input").first
    field.click()
    field.fill("Services")
    page.get_by_role("option", name="Services and rights").click()
    page.locator(".st-key-card_m_serv").wait_for()
    _shoot(page, folder, "explore-services", "en")
    field = page.locator(".st-key-compare input").first
    field.click()
    field.fill("Region")
    page.get_by_role("option", name="Region", exact=True).click()
    page.locator(".st-key-card_m_serv").get_by_text("The chart shows all replies together").wait_for()
    _shoot(page, folder, "explore-compared", "en")
    page.goto(f"{app.url}/take-away?lang=en")
    field = page.locator(".st-key-data_questions_figures input").first
    for word in ("(region)", "(m_serv)"):
        field.click()
        field.fill(word)
        page.get_by_role("option").last.click()  # the first one picks all that match
        rest(page)
    page.keyboard.press("Escape")
    page.locator(".st-key-data_by").wait_for()
    _shoot(page, folder, "take-away-data", "en")
    page.goto(f"{app.url}/meet?lang=en")
    page.locator(".sd-slide").wait_for()
    for place in (2, 3):  # a press while the page is still drawn would be lost
        page.locator(".st-key-meeting-next button").click()
        page.get_by_text(f"· {place} / 4").wait_for()
        rest(page)
    page.locator("h1.sd-meeting").wait_for()
    _shoot(page, folder, "meet-recommendation", "en")


def _preparing(page: Page, app: RunningApp, folder: Path, language: str, widths: Sequence[int]) -> None:
    """Every view of a questionnaire in preparation."""
    _at_all(page, _going(page, f"{app.url}/prepare?lang={language}"), folder, "prepare", language, widths)
    for place, view in enumerate(("issues", "preview", "edit", "library", "translations", "publish")):

        def show(place: int = place) -> None:
            page.goto(f"{app.url}/prepare?lang={language}&project=1")
            chosen = page.locator(".st-key-project-view button").nth(place)
            chosen.click()
            page.locator(".st-key-project-view button[aria-checked=true], .st-key-undo").first.wait_for()
            page.wait_for_timeout(1_500)

        _at_all(page, show, folder, f"prepare-{view}", language, widths)


def _going(page: Page, address: str) -> Callable[[], object]:
    return lambda: page.goto(address)


def _at_all(
    page: Page, go: Callable[[], object], folder: Path, name: str, language: str, widths: Sequence[int]
) -> None:
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        go()
        page.locator("h1, .sd-slide").first.wait_for()
        if page.locator("[data-testid=stApp]").count():
            _shoot(page, folder, name, language)
        else:
            page.screenshot(path=folder / f"{name}-{width}-{language}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
