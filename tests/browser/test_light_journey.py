"""The light form in a real browser: six languages, the keyboard alone, no script, a broken connection."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, TimeoutError, expect

from data.backups import backup
from data.settings import Settings
from data.store import open_store
from survey import asking, demo, publications, responses, saving
from survey.access import OPERATOR
from survey.translator import LANGUAGES, Words, direction
from survey.words import MESSAGES
from survey.xlsform.sheets import from_markdown
from tests.browser.running import RunningApp
from tests.browser.watching import Watch

PHONE, DESK = 360, 1280
SHORT = ("en", "ar", "zh")
"""Languages of the short run: Latin letters, right to left, and without spaces."""
Reader = Callable[..., Page]
LAST = "button[value=send]"
NEXT = ".steps button[value=next]"


@pytest.fixture(scope="module")
def light(demo_loaded: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """One server for all tests here; each begins responses of its own."""
    path = tmp_path_factory.mktemp("light") / "soundings.db"
    backup(demo_loaded, path)
    running = RunningApp(path)
    running.start()
    yield running
    running.stop()


def kept(app: RunningApp, code: str) -> dict[str, Any]:
    """The row of a response, by the reference or by being the newest."""
    with sqlite3.connect(Path(app.database)) as connection:
        connection.row_factory = sqlite3.Row
        query = "select * from responses where reference = ? or ? = '' order by id desc limit 1"
        row = dict(connection.execute(query, (code, code)).fetchone())
    return {**row, "answers": json.loads(row["answers"]), "submission": json.loads(row["submission"])}


def begin(page: Page, app: RunningApp, tag: str) -> None:
    """A new response in this language, at its first section."""
    page.goto(f"{app.url}/f/{demo.SLUG}?lang={tag}")
    page.wait_for_timeout(1100)  # nobody reads the page faster
    page.locator("button[value=begin]").click()
    expect(page.locator("#form")).to_be_visible()


def tick(box: Locator) -> None:
    """The box is ticked, unless the answer before closed its question in this very moment."""
    try:
        box.check(timeout=3_000)
    except TimeoutError:
        expect(box).not_to_be_visible()


def answer_all(page: Page, words: str) -> None:
    """Every question of the section that has no answer yet gets one."""
    for group in page.locator("fieldset").all():
        buttons = group.locator("input[type=radio]:visible")
        boxes = group.locator("input[type=checkbox]")
        if buttons.count() and not group.locator("input:checked:not([value=''])").count():
            tick(buttons.first)
        elif boxes.count() and not group.locator("input:checked:not([value=''])").count():
            tick(boxes.first)
    for menu in page.locator("#form .q > select").all():
        if not menu.input_value():
            menu.select_option(index=3)
    for field in page.locator("#form textarea, #form .q > input:not([type=file])").all():
        if not field.input_value():
            name = field.get_attribute("name") or ""
            mode = field.get_attribute("inputmode")
            text = "https://example.org/x" if "url" in name else "a@example.org" if mode == "email" else words
            field.fill("12" if mode in ("numeric", "decimal") else text)


def agree(page: Page, app: RunningApp, tag: str) -> None:
    """A new response at its second section."""
    begin(page, app, tag)
    page.locator("input[name='q.consent']:not([value=''])").first.check()
    page.locator("input[name='q.publish']:not([value=''])").first.check()
    page.locator(NEXT).click()
    expect(page.locator("[name='q.org_name']")).to_be_visible()


def settled(page: Page) -> None:
    """Questions that an answer opened are there."""
    page.wait_for_load_state("networkidle")


@pytest.mark.browser
@pytest.mark.parametrize(
    "tag", [tag if tag in SHORT else pytest.param(tag, marks=pytest.mark.long) for tag in LANGUAGES]
)
def test_a_journey_in_every_language(light: RunningApp, reader: Reader, watch: Watch, tag: str) -> None:
    page = reader(width=PHONE, locale=tag)
    begin(page, light, tag)
    words = f"{Words(tag).translate('Reference')} 4711"
    for _page in range(40):
        if page.locator(LAST).count():
            break
        assert page.locator("html").get_attribute("dir") == direction(tag)
        answer_all(page, words)
        settled(page)
        answer_all(page, words)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, page.url
        page.locator(NEXT).click()
    page.locator(LAST).click()
    reference = page.locator("#sent .code").inner_text()
    row = kept(light, reference)
    assert row["status"] == "submitted"
    assert row["language"] == tag
    assert row["submission"]["finding"] == words
    assert page.evaluate("Object.keys(localStorage).length") == 0
    assert not watch.faults
    assert watch.hosts == {"127.0.0.1"}


@pytest.mark.browser
def test_the_keyboard_alone_is_enough(light: RunningApp, reader: Reader) -> None:
    page = reader(width=DESK, locale="fr")
    page.goto(f"{light.url}/f/{demo.SLUG}?lang=fr")
    page.wait_for_timeout(1100)

    def to(selector: str) -> None:
        for _press in range(120):
            page.keyboard.press("Tab")
            if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                return
        raise AssertionError(f"Tab never reaches {selector}")

    to("button[value=begin]")
    page.keyboard.press("Enter")
    expect(page.locator("#form")).to_be_visible()
    to("input[name='q.consent']")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")  # as the button "Save and go on"
    expect(page.locator("#wrong")).to_be_focused()
    to("#wrong a")
    page.keyboard.press("Enter")
    to("input[name='q.publish']")
    page.keyboard.press("Space")
    to(NEXT.removeprefix(".steps "))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Votre organisation")
    to("[name='q.org_name']")
    page.keyboard.type("Réseau du port")
    page.keyboard.press("Enter")
    expect(page.locator("#wrong")).to_be_focused()
    expect(page.locator("[name='q.org_name']")).to_have_value("Réseau du port")


@pytest.mark.browser
def test_unsent_text_survives_a_reload_and_a_broken_connection(light: RunningApp, reader: Reader) -> None:
    page = reader(width=PHONE, locale="ar")
    agree(page, light, "ar")
    name = page.locator("[name='q.org_name']")
    name.fill("شبكة الميناء")
    page.wait_for_timeout(600)
    page.reload()
    expect(name).to_have_value("شبكة الميناء")
    page.context.set_offline(True)
    name.fill("شبكة الميناء الجديدة")
    page.locator(NEXT).click()
    expect(page.locator("#saved")).to_have_text(page.locator("#saved").get_attribute("data-lost") or "")
    expect(name).to_have_value("شبكة الميناء الجديدة")
    page.context.set_offline(False)
    page.locator(NEXT).click()
    expect(page.locator("#wrong")).to_be_visible()
    assert kept(light, "")["answers"]["org_name"] == "شبكة الميناء الجديدة"


@pytest.mark.browser
def test_what_is_entered_is_saved_every_twenty_seconds(light: RunningApp, reader: Reader) -> None:
    page = reader(width=PHONE, locale="en")
    page.clock.install()
    page.goto(f"{light.url}/f/{demo.SLUG}?lang=en")
    page.wait_for_timeout(1100)
    page.locator("button[value=begin]").click()
    page.locator("input[name='q.consent']:not([value=''])").first.check()
    page.locator("input[name='q.publish']:not([value=''])").first.check()
    page.clock.fast_forward(21_000)
    expect(page.locator("#saved")).to_contain_text("Saved at")
    page.wait_for_load_state("networkidle")
    assert "publish" in kept(light, "")["answers"]


@pytest.mark.browser
def test_a_question_that_an_answer_opens_appears_at_once(light: RunningApp, reader: Reader) -> None:
    page = reader(width=DESK, locale="en")
    agree(page, light, "en")
    page.locator("[name='q.org_name']").fill("Typed before")
    other = page.locator("input[name='q.fields'][value=other]")
    other.check()
    expect(page.locator("[name='q.fields_other']")).to_be_visible()
    expect(other).to_be_focused()
    expect(page.locator("[name='q.org_name']")).to_have_value("Typed before")
    other.uncheck()
    expect(page.locator("[name='q.fields_other']")).to_have_count(0)


def in_browser(page: Page) -> list[str]:
    """What this browser keeps of responses."""
    keys: list[str] = page.evaluate("Object.keys(localStorage)")
    return keys


@pytest.mark.browser
def test_fields_that_stay_are_the_same_ones_when_an_answer_opens_a_question(light: RunningApp, reader: Reader) -> None:
    """A tap in that moment must not hit an element that is not in the page any more."""
    page = reader(width=PHONE, locale="en")
    agree(page, light, "en")
    page.evaluate("window.before = [...document.querySelectorAll('#form input, #form select, #form fieldset')]")
    page.locator("input[name='q.fields'][value=other]").check()
    page.locator("input[name='q.work_level'][value=local]").check()  # while the page comes back
    expect(page.locator("[name='q.fields_other']")).to_be_visible()
    assert page.evaluate("window.before.every((field) => field.isConnected)")
    expect(page.locator("input[name='q.work_level'][value=local]")).to_be_checked()
    page.locator(NEXT).click()
    assert kept(light, "")["answers"]["work_level"] == ["local"]


@pytest.mark.browser
def test_what_the_server_has_kept_leaves_the_browser(light: RunningApp, reader: Reader) -> None:
    page = reader(width=PHONE, locale="en")
    agree(page, light, "en")
    assert in_browser(page) == []
    page.locator("[name='q.org_name']").fill("Port network")
    page.wait_for_timeout(600)
    assert len(in_browser(page)) == 1
    page.locator("button[value=later]").click()
    expect(page.locator(".later .code")).to_be_visible()
    assert in_browser(page) == []


@pytest.mark.browser
def test_on_a_shared_computer_the_browser_forgets_and_keeps_nothing_more(light: RunningApp, reader: Reader) -> None:
    page = reader(width=PHONE, locale="en")
    agree(page, light, "en")
    page.locator("[name='q.org_name']").fill("Port network")
    page.locator("button[value=later]").click()
    page.locator("[data-forget] button").click()
    expect(page.locator("[data-forget]")).to_contain_text("keeps nothing of this response any more")
    page.locator(".steps a").click()
    expect(page.locator("[name='q.org_name']")).to_have_value("Port network")
    page.locator("[name='q.org_name']").fill("Another name")
    page.wait_for_timeout(600)
    assert in_browser(page) == []


@pytest.mark.browser
def test_what_is_changed_while_it_is_being_saved_is_sent_without_a_question(light: RunningApp, reader: Reader) -> None:
    """The page does not know yet that the server has the half of it."""
    page = reader(width=PHONE, locale="en")
    agree(page, light, "en")
    saving: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.headers.get("x-soundings") == "quiet":
            route.fetch()
            saving.append(route)  # its answer never comes
        else:
            route.continue_()

    page.route("**/f/**", hold)
    page.locator("[name='q.org_name']").fill("Half a name")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)
    assert (len(saving), kept(light, "")["answers"]["org_name"]) == (1, "Half a name")
    page.locator("[name='q.org_name']").fill("Half a name more")
    page.locator("button[value=later]").click()
    expect(page.locator(".later .code")).to_be_visible()
    assert kept(light, "")["answers"]["org_name"] == "Half a name more"


LOST = """
| survey |
| | type            | name  | label  | parameters |
| | begin group     | one   | One    |            |
| | text            | name  | Name   |            |
| | integer         | count | Count  |            |
| | rank yn         | order | Order  |            |
| | select_multiple yn | many | Many |            |
| | end group       |       |        |            |
| choices |
| | list_name | name | label |
| | yn        | y.1  | Yes   |
| | yn        | n    | No    |
| | yn        | x    | Other |
"""


@pytest.mark.browser
@pytest.mark.parametrize("which", ["here", "there"])
def test_what_the_browser_held_is_offered_beside_what_a_colleague_answered_meanwhile(
    light: RunningApp, reader: Reader, which: str
) -> None:
    store = open_store(Settings(database_url=f"sqlite:///{light.database}"))
    now, slug = datetime.now(UTC), f"held-{which}"
    publications.publish(store, from_markdown(LOST), slug=slug, title={"en": "L"}, actor=OPERATOR, now=now)
    code = responses.begin(store, slug, language="en", channel="light", now=now)
    before = {"name": "Before", "count": 1, "many": ["n"]}
    saving.save(store, code, before, seen={}, section="one", language="en", now=now)
    page = reader(width=PHONE)
    address = f"{light.url}/f/{slug}?r={code}&s=one"
    page.goto(address)
    page.locator("[name='q.name']").fill("Mine")
    page.locator("[name='q.order.n']").select_option("1")
    page.wait_for_timeout(600)
    page.goto("about:blank")
    seen = responses.resume(store, code, now=now).state.answers
    saving.save(store, code, {"name": "Hers", "count": 2}, seen=seen, section="one", language="en", now=now)
    for _visit in range(2):  # it is offered again until somebody has chosen
        page.goto(address)
        expect(page.locator("#k-name")).to_contain_text("Hers")
        expect(page.locator("[name='q.name']")).to_have_value("Mine")
        expect(page.locator("[name='q.count']")).to_have_value("2")  # which nobody changed here
        expect(page.locator("fieldset[id^='k-']")).to_have_count(1)
        page.goto("about:blank")
    page.goto(address)
    page.locator(f"[name='k.name'][value='{which}']").check()
    page.locator("button[value=later]").click()
    expect(page.locator(".later .code")).to_be_visible()
    answers = responses.resume(store, code, now=now).state.answers
    assert answers["name"] == ("Mine" if which == "here" else "Hers")
    assert (answers["count"], answers["many"], answers["order"]) == (2, ("n",), ("n",))
    assert in_browser(page) == []
    store.close()


@pytest.mark.browser
@pytest.mark.parametrize("how", ["next", "keep"])
def test_what_was_saved_without_an_answer_is_no_other_windows(light: RunningApp, reader: Reader, how: str) -> None:
    store = open_store(Settings(database_url=f"sqlite:///{light.database}"))
    now, slug = datetime.now(UTC), f"lost-{how}"
    publications.publish(store, from_markdown(LOST), slug=slug, title={"en": "L"}, actor=OPERATOR, now=now)
    code = responses.begin(store, slug, language="en", channel="light", now=now)
    store.close()
    page = reader(width=PHONE)
    page.goto(f"{light.url}/f/{slug}?r={code}&s=one")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    def enter(name: str, count: str, places: dict[str, str], many: str) -> None:
        page.locator("[name='q.name']").fill(name)
        page.locator("[name='q.count']").fill(count)
        for choice, place in places.items():
            page.locator(f"[name='q.order.{choice}']").select_option(place)
        page.locator(f"[name='q.many'][value='{many}']").check()

    page.route("**/f/**", lose)
    enter("First", "1 500", {"n": "1", "y.1": "2"}, "n")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#saved")).to_have_text(page.locator("#saved").get_attribute("data-lost") or "")
    first = {"name": "First", "count": 1500, "order": ["n", "y.1"], "many": ["n"]}
    assert kept(light, "")["answers"] == first
    page.unroute("**/f/**")
    enter("Second", "16", {"n": "3", "y.1": "1", "x": "2"}, "x")
    if how == "keep":
        with page.expect_response("**/f/**") as answered:
            page.evaluate("dispatchEvent(new Event('online'))")
        assert answered.value.status == 200
    else:
        page.evaluate("Object.defineProperty(navigator, 'onLine', { value: false, configurable: true })")
        page.locator(NEXT).click()  # prevented
        page.evaluate("delete navigator.onLine")
        assert page.locator("[name^='own.']").count() == 0
        with page.expect_navigation():
            page.locator(NEXT).click()
    second = {"name": "Second", "count": 16, "order": ["y.1", "x", "n"], "many": ["n", "x"]}
    assert kept(light, "")["answers"] == second


@pytest.mark.browser
def test_an_answer_of_another_window_is_shown_beside_what_was_typed_here(light: RunningApp, reader: Reader) -> None:
    page = reader(width=PHONE, locale="en")
    page.clock.install()
    agree(page, light, "en")
    other = reader(width=PHONE, locale="en")
    other.goto(page.url)
    other.locator("[name='q.org_name']").fill("Theirs")
    other.locator(NEXT).click()
    other.wait_for_load_state()
    page.locator("[name='q.org_name']").fill("Mine")
    page.clock.fast_forward(21_000)
    expect(page.locator("[id='k-org_name']")).to_contain_text("Theirs")
    expect(page.locator("[name='q.org_name']")).to_have_value("Mine")
    page.locator("input[name='k.org_name'][value=here]").check()
    page.locator(NEXT).click()
    page.wait_for_load_state()
    assert kept(light, "")["answers"]["org_name"] == "Mine"


@pytest.mark.browser
def test_without_scripts_questions_open_by_going_on(light: RunningApp, reader: Reader) -> None:
    page = reader(width=PHONE, locale="en", java_script_enabled=False)
    begin(page, light, "en")
    page.locator("input[name='q.consent']:not([value=''])").first.check()
    page.locator(NEXT).click()
    page.locator("input[name='q.publish']:not([value=''])").first.check()
    page.locator(NEXT).click()
    page.locator("[name='q.org_name']").fill("Without")
    page.locator("input[name='q.fields'][value=other]").check()
    page.locator(NEXT).click()
    expect(page.locator("[name='q.fields_other']")).to_be_visible()


@pytest.mark.browser
def test_the_door_can_be_changed_in_the_middle(light: RunningApp, reader: Reader) -> None:
    page = reader(width=DESK, locale="en")
    agree(page, light, "en")
    page.locator("[name='q.org_name']").fill("Two doors")
    page.locator("button[value=language]").click()
    page.locator("button[value=later]").click()
    page.locator(".later a").click()
    expect(page.get_by_label("Name of your organisation")).to_have_value("Two doors", timeout=30_000)
    page.get_by_text("Go on later or on another device").click()
    page.get_by_role("link", name="simple version").click()
    expect(page.locator("[name='q.org_name']")).to_have_value("Two doors")


def at_the_story(app: RunningApp, tag: str) -> str:
    """The address of a section that asks for a file."""
    store = open_store(Settings(database_url=f"sqlite:///{app.database}"))
    now = datetime.now(UTC)
    code = responses.begin(store, demo.SLUG, language=tag, channel="light", now=now)
    given = {"consent": "agree", "publish": "named", "story_yes": "yes"}
    saving.save(store, code, given, seen={}, section="s7", language=tag, now=now)
    store.close()
    return f"{app.url}/f/{demo.SLUG}?r={code}&s=s7&lang={tag}"


ALONE = """
| survey |
| | type                 | name   | label::English (en) | label::Arabic (ar) | relevant             |
| | select_multiple kind | kinds  | Which kinds?        | أي أنواع؟          |                      |
| | text                 | why    | Why Anna?           | لماذا آنا؟         | selected(${kinds}, 'a') |
| choices |
| | list_name | name | label::English (en) | label::Arabic (ar) |
| | kind      | a    | Anna                | آنا                |
| | kind      | none | None of them        | لا شيء منها        |
"""


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_an_answer_beside_one_that_stands_alone_is_told_at_once(light: RunningApp, reader: Reader, tag: str) -> None:
    store = open_store(Settings(database_url=f"sqlite:///{light.database}"))
    now, slug = datetime.now(UTC), f"alone-{tag}"
    publications.publish(store, from_markdown(ALONE), slug=slug, title={"en": "A"}, actor=OPERATOR, now=now)
    code = responses.begin(store, slug, language=tag, channel="light", now=now)
    store.close()
    page = reader(width=PHONE)
    page.goto(f"{light.url}/f/{slug}?r={code}&s=_kinds&lang={tag}")
    anna, none = page.locator("[value=a]"), page.locator("[value=none]")
    told = asking.alone_words("None of them" if tag == "en" else "لا شيء منها", Words(tag))
    none.check()
    expect(page.get_by_text(told)).to_have_count(0)
    anna.check()
    expect(page.get_by_role("alert")).to_have_text(told)
    expect(page.locator("[name='q.why']")).to_be_visible()  # the page was mended
    expect(page.get_by_text(told)).to_have_count(1)
    page.locator(NEXT).click()
    expect(page.locator("#wrong")).to_be_visible()
    expect(page.get_by_text(told)).to_have_count(1)
    none.uncheck()
    page.locator("[name='q.why']").fill("So")
    page.locator(NEXT).click()
    expect(page.locator(LAST)).to_be_visible()
    expect(page.get_by_text(told)).to_have_count(0)


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_a_file_that_is_too_large_is_told_of_before_it_is_sent(light: RunningApp, reader: Reader, tag: str) -> None:
    page = reader(width=PHONE)
    page.goto(at_the_story(light, tag))
    field = page.locator("input[type=file]")
    field.set_input_files({"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"x" * 11_000_000})
    told = Words(tag).translate(MESSAGES["file.too_large"], limit_mb=10)
    expect(page.locator(".err")).to_have_text(told)
    expect(field).to_have_value("")
    field.set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"once upon a time"})
    expect(page.locator(".err:visible")).to_have_count(0)
    with page.expect_navigation():
        page.locator(NEXT).click()
    page.go_back()
    page.reload()
    expect(page.locator("#form .ans").first).to_contain_text("a.txt")


def test_without_scripts_a_file_far_over_the_limit_loses_no_word(
    light: RunningApp, reader: Reader, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"x" * 45_000_000)
    page = reader(width=PHONE, java_script_enabled=False)
    page.goto(at_the_story(light, "en"))
    page.locator("[name='q.story_title']").fill("Typed beside a film")
    page.locator("input[type=file]").set_input_files(film)
    page.locator(NEXT).click()
    expect(page.locator("#q-story_file-e")).to_contain_text("at most 10 MB")
    expect(page.locator("[name='q.story_title']")).to_have_value("Typed beside a film")
