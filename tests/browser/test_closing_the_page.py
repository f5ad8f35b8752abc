"""What stands in the fields when somebody closes the page of a questionnaire or loses the connection."""

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from data.backups import backup
from data.settings import Settings
from data.store import open_store
from survey import demo, publications, responses, saving
from survey.access import OPERATOR
from survey.logic.marks import mark
from survey.xlsform.sheets import from_markdown
from tests.browser.hands import Hands, choice_words
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


def cut_off(page: Page) -> None:
    """Nothing reaches the server; the browser's own switch leaves its open socket, and what is sent on leaving."""
    page.context.set_offline(True)
    page.evaluate("""() => {
        WebSocket.prototype.send = () => {};
        window.fetch = () => Promise.reject(new TypeError('cut off'));
    }""")


def test_closing_the_page_keeps_what_was_typed_and_chosen(app: RunningApp, reader: Reader) -> None:
    page = reader(width=390)
    hands = at_organisation(page, app)
    page.locator(".st-key-q_org_name input").fill("Closed at once")
    hands.option("ecosoc", "none").click()
    hands.tick("work_level", "local", "national")
    page.close(run_before_unload=True)
    assert wait_for(app, "org_name") == "Closed at once"
    assert wait_for(app, "ecosoc") == "none"
    assert wait_for(app, "work_level") == ["local", "national"]


def test_what_a_closed_page_left_in_the_browser_outlives_a_visit_to_the_plain_pages(
    app: RunningApp, reader: Reader
) -> None:
    page = reader(width=390)
    at_organisation(page, app)
    address, context = page.url, page.context
    cut_off(page)
    page.locator(".st-key-q_org_name input").fill("Without a connection")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    context.set_offline(False)
    page.goto(f"{app.url}/f/{demo.SLUG}")
    kept = page.evaluate("Object.keys(localStorage)")
    assert [key for key in kept if key.startswith(f"soundings:{demo.SLUG}/") and ":app:" in key]
    page.goto(address)
    assert wait_for(app, "org_name", 40) == "Without a connection"
    expect(page.locator("h1")).to_have_text("Before you start")
    page.locator(".st-key-next button").click()
    expect(page.locator(".st-key-q_org_name input")).to_have_value("Without a connection")
    assert [key for key in page.evaluate("Object.keys(localStorage)") if ":app:" in key] == []


NUMBER = """
| survey |
| | type        | name   | label  |
| | begin group | one    | One    |
| | integer     | people | People |
| | text        | name   | Name   |
| | end group   |        |        |
"""


def test_a_closed_page_takes_back_no_number_that_a_colleague_gave(app: RunningApp, reader: Reader) -> None:
    store, now = open_store(Settings(database_url=f"sqlite:///{app.database}")), datetime.now(UTC)
    publications.publish(store, from_markdown(NUMBER), slug="number", title={"en": "N"}, actor=OPERATOR, now=now)
    code = responses.begin(store, "number", language="en", channel="app", now=now)
    page = reader(width=390)
    page.goto(f"{app.url}/respond?c=number&r={code}")
    field = page.locator(".st-key-q_people input")
    for number in (12, 15):
        field.fill(str(number))
        field.blur()
        page.evaluate("window.__soundings_keep()")
        expect(page.locator(".sd-saved")).to_have_attribute("data-keeper", re.compile(re.escape(mark(str(number)))))
    saving.save(store, code, {"people": 12}, seen={"people": 15}, section="one", language="en", now=datetime.now(UTC))
    page.close(run_before_unload=True)
    time.sleep(1)
    assert responses.resume(store, code, now=datetime.now(UTC)).state.answers["people"] == 12
    store.close()


HELD = "Object.keys(localStorage).filter((key) => key.startsWith('soundings:'))"


@pytest.mark.parametrize("is_mine", [True, False])
def test_what_the_browser_held_is_offered_beside_what_a_colleague_answered_meanwhile(
    app: RunningApp, reader: Reader, is_mine: bool
) -> None:
    store, now = open_store(Settings(database_url=f"sqlite:///{app.database}")), datetime.now(UTC)
    slug = f"held-{is_mine}".lower()
    publications.publish(store, from_markdown(NUMBER), slug=slug, title={"en": "N"}, actor=OPERATOR, now=now)
    code = responses.begin(store, slug, language="en", channel="app", now=now)
    page = reader(width=390)
    address = f"{app.url}/respond?c={slug}&r={code}"
    page.goto(address)
    page.locator(".st-key-q_people input").wait_for()
    page.wait_for_load_state("networkidle")  # the script is there
    cut_off(page)
    page.locator(".st-key-q_people input").fill("15")
    page.locator(".st-key-q_name input").fill("Port")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.goto("about:blank")
    saving.save(store, code, {"people": 3}, seen={}, section="one", language="en", now=datetime.now(UTC))
    page.context.set_offline(False)
    for _visit in range(2):  # it is offered again until somebody has chosen
        page.goto(address)
        expect(page.locator(".st-key-clash-people")).to_contain_text("15")
        expect(page.locator(".st-key-clash-people")).to_contain_text("3")
        expect(page.locator(".st-key-q_people input")).to_have_value("15")
        expect(page.locator(".st-key-q_name input")).to_have_value("Port")
        page.goto("about:blank")
    page.goto(address)
    page.locator(f".st-key-{'keep-mine' if is_mine else 'take-other'}-people button").click()
    expect(page.locator(".st-key-clash-people")).to_have_count(0)
    expect(page.locator(".st-key-q_people input")).to_have_value("15" if is_mine else "3")
    until = time.monotonic() + 8
    while time.monotonic() < until and page.evaluate(HELD):
        time.sleep(0.1)
    assert page.evaluate(HELD) == []
    answers = responses.resume(store, code, now=datetime.now(UTC)).state.answers
    assert (answers["people"], answers["name"]) == (15 if is_mine else 3, "Port")
    store.close()


def test_another_language_takes_along_what_was_entered(app: RunningApp, reader: Reader) -> None:
    page = reader(width=390)
    hands = at_organisation(page, app)
    hands.search("country", "KEN")
    page.locator(".st-key-q_org_name input").fill("Typed and not left")
    page.get_by_role("navigation", name="Language").get_by_role("link", name="العربية").click()
    expect(page.locator(".sd-langs b")).to_have_text("العربية")
    assert [page.locator("html").get_attribute(name) for name in ("lang", "dir")] == ["ar", "rtl"]
    expect(page.locator(".st-key-q_org_name input")).to_have_value("Typed and not left")
    expect(page.locator(".st-key-q_country input")).to_have_value(choice_words("country", "KEN", "ar"))
    expect(page).not_to_have_url(re.compile("[?&]s="))
    page.locator(".sd-langs a[lang=zh]").click()  # nothing was entered since
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".st-key-q_org_name input")).to_have_value("Typed and not left")


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


def test_a_question_that_appears_is_given_its_first_value_once(app: RunningApp, reader: Reader) -> None:
    """A second time would undo what is chosen between the two, and nobody would be told."""
    page = reader(width=390)
    given: list[str] = []

    def got(data: bytes | str) -> None:
        message = ForwardMsg.FromString(data) if isinstance(data, bytes) else ForwardMsg()
        radio = message.delta.new_element.radio
        if radio.set_value:
            given.append(radio.id.rpartition("-")[2])

    page.on("websocket", lambda socket: socket.on("framereceived", got))
    page.goto(f"{app.url}/respond?c={demo.SLUG}&lang=en")
    hands = Hands(page, "en")
    hands.begin()
    hands.choose("consent", "agree")
    hands.choose("publish", "named")
    hands.go_on("box_org_name")
    assert given.count("q_publish") == 1
