"""A consultation with every kind of question, and a way through every page, for tests that look at all of them.

All that an author or a respondent wrote stands between ‹ and ›, so that it can be told from the application's words.
"""

# ruff: noqa: E501 - the form stands here as a Markdown table

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyotp
from playwright.sync_api import Page

from analysis import recommendations
from analysis.opened_data import Filters
from data.settings import Settings
from data.store import open_store
from survey import outcomes, people, preparation, publications, responses, saving
from survey.access import OPERATOR, Actor, ActorKind, Role
from survey.translator import LANGUAGES
from survey.xlsform.sheets import from_markdown
from tests.browser.running import RunningApp

SLUG = "everything"
PASSWORD = "a-long-password-1"
VIEWS = 6
"""Views of a questionnaire in preparation."""
FRAMES = (
    "start",
    "not to be written",
    "problem",
    "review",
    "receipt",
    "own data",
    "asked before erasing",
    "erased",
)
"""The respondent's pages around the sections, in the order of `frames`."""
STAFF_PAGES = (
    "home",
    "overview",
    "monitor",
    "review",
    "explore",
    "voices",
    "recommend",
    "meet",
    "take-away",
    "report",
    "collect",
    "log",
    "people",
    "my-account",
    "prepare",
    *(f"prepare view {place + 1}" for place in range(VIEWS)),
)
"""The staff's pages, in the order of `staff_pages`."""
ACCOUNT_PAGES = (
    "link",
    "link that was used",
    "second factor",
    "wrong code",
    "recovery codes",
    "sign in",
    "sign in that failed",
    "code asked for",
    "account with a second factor",
)
"""The pages of an account, in the order of `account_pages`."""
STAFF = Actor(kind=ActorKind.PERSON, person_id=1, login="ada", name="‹Ada›", role=Role.SECRETARIAT)

KINDS = {
    "text": "| | text | {n} | ‹Text› | ‹نص› | yes | | ‹A hint› | ‹تلميح› | | |",
    "multiline": "| | text | {n} | ‹Long text› | ‹نص طويل› | | multiline | | | ‹At length› | |",
    "integer": "| | integer | {n} | ‹Whole number› | ‹عدد› | yes | | | | | . > 0 |",
    "decimal": "| | decimal | {n} | ‹Decimal› | ‹كسر› | | | | | | |",
    "range": "| | range | {n} | ‹Range› | ‹مدى› | | | | | | |",
    "date": "| | date | {n} | ‹Date› | ‹تاريخ› | yes | | | | | |",
    "year": "| | date | {n} | ‹Year› | ‹سنة› | | year | | | | |",
    "month": "| | date | {n} | ‹Month› | ‹شهر› | | month-year | | | | |",
    "time": "| | time | {n} | ‹Time› | ‹وقت› | | | | | | |",
    "datetime": "| | dateTime | {n} | ‹Moment› | ‹لحظة› | | | | | | |",
    "select_one": "| | select_one c | {n} | ‹One of three› | ‹واحد› | yes | | | | | |",
    "likert": "| | select_one c | {n} | ‹One of three in a row› | ‹واحد في صف› | | likert | | | | |",
    "menu": "| | select_one c | {n} | ‹One of a menu› | ‹قائمة› | | minimal | | | | |",
    "select_multiple": "| | select_multiple c | {n} | ‹Some of three› | ‹بعض› | yes | | | | | |",
    "many": "| | select_multiple c | {n} | ‹Some of a menu› | ‹بعض القائمة› | | minimal | | | | |",
    "rank": "| | rank c | {n} | ‹Rank› | ‹رتب› | | | | | | |",
    "acknowledge": "| | acknowledge | {n} | ‹I have read it› | ‹قرأت› | yes | | | | | |",
    "note": "| | note | {n} | ‹A note› | ‹ملاحظة› | | | | | | |",
    "file": "| | file | {n} | ‹File› | ‹ملف› | | | | | | |",
    "image": "| | image | {n} | ‹Image› | ‹صورة› | | | | | | |",
    "audio": "| | audio | {n} | ‹Sound› | ‹صوت› | | | | | | |",
    "video": "| | video | {n} | ‹Film› | ‹فيلم› | | | | | | |",
    "geopoint": "| | geopoint | {n} | ‹Place› | ‹مكان› | | | | | | |",
    "geotrace": "| | geotrace | {n} | ‹Line› | ‹خط› | | | | | | |",
    "geoshape": "| | geoshape | {n} | ‹Area› | ‹مساحة› | | | | | | |",
}
"""Every kind of question that a page shows, as a row of the form; a battery and a repeat stand beside them."""
SECTIONS = [f"s_{name}" for name in KINDS] + ["s_battery", "s_repeat"]
REQUIRED = {f"s_{name}" for name, row in KINDS.items() if "| yes |" in row} | {"s_battery", "s_repeat"}
"""Sections that cannot be left as they are."""
_CHOICES = """| choices |
| | list_name | name | label::English (en) | label::العربية (ar) |
| | c | a | ‹Alpha› | ‹ألف› |
| | c | b | ‹Beta› | ‹باء› |
| | c | d | ‹Delta› | ‹دال› |
"""
_HEAD = "| survey |\n| | type | name | label::English (en) | label::العربية (ar) | required | appearance | hint::English (en) | hint::العربية (ar) | guidance_hint::English (en) | constraint |"


def form(languages: Sequence[str] = ("en", "ar")) -> str:
    """One section for each kind, so that a fault can be laid at its door."""
    lines = [_HEAD]
    for name, row in KINDS.items():
        lines += [f"| | begin group | s_{name} | ‹Part {name}› | ‹جزء {name}› |", row.format(n=name), "| | end group |"]
    lines += [
        "| | begin group | s_battery | ‹Part battery› | ‹جزء battery› |",
        "| | begin group | battery | ‹How much?› | ‹كم؟› | | table-list |",
        "| | select_one c | row_1 | ‹First row› | ‹صف أول› | yes |",
        "| | select_one c | row_2 | ‹Second row› | ‹صف ثان› |",
        "| | end group |",
        "| | end group |",
        "| | begin repeat | s_repeat | ‹Part repeat› | ‹جزء repeat› |",
        "| | text | member | ‹Member› | ‹عضو› | yes |",
        "| | end repeat |",
    ]
    return translated("\n".join(lines) + "\n" + _CHOICES, languages)


PHRASES = {
    "fr": "Dans quelle mesure votre organisation est-elle concernée ?",
    "es": "¿En qué medida afecta esto a su organización?",
    "ru": "В какой степени это касается вашей организации?",
    "zh": "这在多大程度上关系到贵组织？",
}
"""What a label says in the languages that the form has no words of its own in."""


def translated(markdown: str, languages: Sequence[str]) -> str:
    """The form's tables with texts in these languages beside English and Arabic."""
    lines, headings = [], list[str]()
    for line in markdown.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) > 1 and not headings:
            headings = cells
        elif len(cells) == 1:
            headings = []
        texts = [place for place, heading in enumerate(headings) if heading.endswith("::English (en)")]
        if headings:
            cells = [*cells, *[""] * len(headings)][: len(headings)]
        for tag in languages:
            if tag in PHRASES:
                for place in texts:
                    text = cells[place]
                    if text == headings[place]:
                        cells.append(text.replace("English (en)", f"{LANGUAGES[tag]} ({tag})"))
                    else:
                        cells.append(text and f"‹{text.strip('‹›')} {PHRASES[tag]}›")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def part(name: str, language: str) -> str:
    """The heading of a section."""
    if language == "ar":
        return f"‹جزء {name}›"
    return f"‹Part {name} {PHRASES[language]}›" if language in PHRASES else f"‹Part {name}›"


ANSWERS = {
    "text": "‹words›",
    "multiline": "‹more words›",
    "integer": 3,
    "decimal": 2.5,
    "range": 4,
    "date": "2026-10-31",
    "time": "14:30",
    "select_one": "a",
    "menu": "b",
    "select_multiple": ["a", "d"],
    "rank": ["d", "a", "b"],
    "acknowledge": "OK",
    "row_1": "a",
    "row_2": "b",
    "s_repeat[1]/member": "‹Member one›",
}


def prepare(database: Path, *, replies: int = 12, languages: Sequence[str] = ("en", "ar")) -> str:
    """A database with the consultation, replies, a finding, a recommendation and a draft; the code of a sent reply."""
    store = open_store(Settings(database_url=f"sqlite:///{database}"), migrate=True)
    now = datetime.now(UTC)
    code = ""
    try:
        title = {"en": "‹Everything›", "ar": "‹كل شيء›"}
        publications.publish(
            store, from_markdown(form(languages)), slug=SLUG, title=title, actor=OPERATOR, now=now, fictional=True
        )
        said = {"en": "‹The report names your answer.›"}
        outcomes.write_outcome(store, SLUG, words=said, link="", on="2027-01-31", actor=OPERATOR, now=now)
        for number in range(replies):
            code = responses.begin(store, SLUG, language="en", channel="app", now=now)
            answers = {**ANSWERS, "select_one": "abd"[number % 3]}
            saving.save(store, code, answers, seen={}, section="s_repeat", language="en", now=now)
            responses.submit(store, code, now=now)
        kept = recommendations.keep_finding(
            store, SLUG, "select_one", "‹A finding›", filters=Filters(), actor=STAFF, now=now
        )
        recommendations.write_recommendation(
            store,
            SLUG,
            text="‹Do it›",
            addressee="‹You›",
            level="national",
            challenge="",
            finding_ids=[kept],
            answers=[],
            actor=STAFF,
            now=now,
        )
        preparation.begin_project(
            store,
            name="‹Draft›",
            content=form().replace("select_one c", "select_one x", 1).encode(),
            filename="draft.md",
            actor=STAFF,
            now=now,
        )
    finally:
        store.close()
    return code


def draft(database: Path, section: str, *, language: str = "en") -> str:
    """The code of a new response that stands at a section."""
    store = open_store(Settings(database_url=f"sqlite:///{database}"))
    now = datetime.now(UTC)
    try:
        code = responses.begin(store, SLUG, language=language, channel="app", now=now)
        saving.save(store, code, {}, seen={}, section=section, language=language, now=now)
    finally:
        store.close()
    return code


def settle(page: Page) -> None:
    """The script has ended, and what it asked the browser to fetch has come."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


def section(app: RunningApp, page: Page, language: str, name: str) -> Iterator[str]:
    """A section as it is asked, then after a vain attempt to go on, where it has a question that must be answered."""
    code = draft(app.database, name, language=language)
    page.goto(f"{app.url}/respond?c={SLUG}&r={code}&lang={language}")
    page.locator(".st-key-next button").wait_for()
    settle(page)
    yield name
    if name in REQUIRED:
        page.locator(".st-key-next button").click()
        page.locator(".sd-issue").first.wait_for()
        settle(page)
        yield f"{name} with messages"


def sections(app: RunningApp, page: Page, language: str) -> Iterator[str]:
    """Every section."""
    for name in SECTIONS:
        yield from section(app, page, language, name)


def frames(app: RunningApp, page: Page, language: str, sent: str) -> Iterator[str]:
    """The respondent's pages around the sections, named as in FRAMES."""

    def go(code: str) -> None:
        page.goto(f"{app.url}/respond?c={SLUG}&r={code}&lang={language}")

    page.goto(f"{app.url}/respond?c={SLUG}&lang={language}")
    page.locator(".st-key-begin").wait_for()
    settle(page)
    yield "start"
    page.wait_for_timeout(1_100)  # nobody reads the page faster
    with locked(app.database):
        page.locator(".st-key-begin button").click()
        page.locator("[role=alert], .sd-issue").first.wait_for()
        settle(page)
        yield "not to be written"
    page.goto(f"{app.url}/respond?c=unknown&lang={language}")
    page.locator("h1").wait_for()
    settle(page)
    yield "problem"
    go(draft(app.database, "_review", language=language))
    settle(page)
    yield "review"
    go(sent)
    page.locator(".sd-buttons form").first.wait_for()
    settle(page)
    yield "receipt"
    go(draft(app.database, "s_text", language=language))
    page.locator(".st-key-own-data button").click()
    page.locator(".st-key-own-data-box").wait_for()
    settle(page)
    yield "own data"
    page.locator(".st-key-erase-sure label").click()
    page.locator(".st-key-erase button:enabled").click()
    page.locator(".st-key-erase-now").wait_for()
    settle(page)
    yield "asked before erasing"
    page.locator(".st-key-erase-now button").click()
    page.locator(".st-key-erase-now").wait_for(state="detached")
    page.locator("h1").wait_for()
    settle(page)
    yield "erased"


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Meanwhile nothing can be written, as when a back-up is put back or the disk is full."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def enter(app: RunningApp, page: Page) -> None:
    """The first administrator is made and signed in."""
    page.goto(app.administrator_link)
    page.locator("#login").fill("ada")
    page.locator("#name").fill("‹Ada›")
    page.locator("#password").fill(PASSWORD)
    page.locator("form button").click()
    page.locator("[data-testid=stApp]").wait_for()
    settle(page)


def staff_pages(app: RunningApp, page: Page, language: str) -> Iterator[str]:
    """Every page of the staff, which has entered, and every view of the draft, named as in STAFF_PAGES."""
    for name in STAFF_PAGES[:-VIEWS]:
        page.goto(f"{app.url}/{'' if name == 'home' else name}?lang={language}")
        page.locator("h1, .sd-slide").first.wait_for()
        settle(page)
        yield name
    for place, name in enumerate(STAFF_PAGES[-VIEWS:]):
        page.goto(f"{app.url}/prepare?lang={language}&project=1")
        page.locator(".st-key-project-view button").nth(place).click()
        page.wait_for_timeout(1_200)
        settle(page)
        yield name


def account_pages(app: RunningApp, page: Page, language: str) -> Iterator[str]:
    """The way of a new colleague: link, account, second factor, the next sign-in; named as in ACCOUNT_PAGES."""
    login, now = f"new-{language}-{(page.viewport_size or {})['width']}", datetime.now(UTC)
    store = open_store(Settings(database_url=f"sqlite:///{app.database}"))
    try:
        link = people.invite(store, login=login, name="‹New›", role=Role.SECRETARIAT, actor=OPERATOR, now=now)
    finally:
        store.close()

    def send() -> None:
        with page.expect_navigation():
            page.locator("main form button, form button").first.click()

    page.goto(f"{app.url}/account/link?t={link}&lang={language}")
    yield "link"
    page.locator("#password").fill(PASSWORD)
    send()
    settle(page)
    page.goto(f"{app.url}/account/link?t={link}&lang={language}")
    yield "link that was used"
    page.goto(f"{app.url}/account/second-factor?lang={language}")
    yield "second factor"
    page.locator("#code").fill("000000")
    send()
    yield "wrong code"
    page.goto(f"{app.url}/account/second-factor?lang={language}")
    secret = page.locator("code").inner_text().replace(" ", "")
    page.locator("#code").fill(pyotp.TOTP(secret).now())
    send()
    yield "recovery codes"
    recovery = page.locator("li code").first.inner_text()
    page.context.clear_cookies()
    page.goto(f"{app.url}/?lang={language}")
    page.locator("[name=login]").wait_for()
    settle(page)
    yield "sign in"
    for password, name in ((PASSWORD[::-1], "sign in that failed"), (PASSWORD, "code asked for")):
        page.goto(f"{app.url}/?lang={language}")
        page.locator("[name=login]").fill(login)
        page.locator("[name=password]").fill(password)
        with page.expect_navigation():
            page.locator("[name=password]").press("Enter")
        yield name
    page.locator("#code").fill(recovery)
    send()
    settle(page)
    page.goto(f"{app.url}/my-account?lang={language}")
    page.locator("h1").wait_for()
    settle(page)
    yield "account with a second factor"
