"""What the script sends of the fields when their page is closed, on a page without a server behind it."""

import html
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Locator, Page, Route

from survey.logic.marks import mark, marks
from survey.ui import components

pytestmark = pytest.mark.browser

SCRIPT = (Path(components.__file__).parent / "assets" / "keeper.js").read_text(encoding="utf-8")
BEFORE = "many:- one:- bare:- text:-"
START = """
import script from '/keeper.js';
window.sent = [];
window.answer = { ok: true, status: 200 };
window.fetch = async (_address, { body }) => {
  sent.push(String(body));
  return { json: async () => ({ saved: '' }), ...(typeof answer === 'function' ? answer(String(body)) : answer) };
};
addEventListener('mousedown', (event) => event.preventDefault());  // some browsers give no focus to what is clicked
window.told = [];
const data = { get place() { return window.place ?? 'p:0'; } };
script({ data, setTriggerValue: (name, value) => told.push([name, value]) });
window.started = true;
"""


def keeper(seen: str, **values: object) -> str:
    """What stands in the page beside when the section was saved."""
    codes = {"many": ["是", "否", "+1", "-1"], "one": ["是", "否"]}
    always = {
        "address": "f/x",
        "code": "ABCD",
        "place": "p",
        "language": "zh",
        "version": 1,
        "run": 1,
        "kept": True,
        "settled": True,
    }
    return json.dumps({**always, "marks": seen, "typed": {}, "codes": codes, **values})


def kept(**answers: str | tuple[str, ...]) -> str:
    """The same after these answers were kept."""
    return keeper(marks({**dict.fromkeys(("many", "one", "bare", "text")), **answers}))


def drawn(page: Page, text: str) -> None:
    """The section was drawn again."""
    page.evaluate("text => { document.querySelector('.sd-saved').dataset.keeper = text; }", text)
    page.evaluate("() => new Promise(requestAnimationFrame)")


def radios(name: str) -> str:
    field = f'<input type="radio" name="{name}">'
    return f'<div class="st-key-q_{name}">{field * 3}</div>'


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A section as Streamlit draws it: every sign of a key that a class cannot have is a hyphen there."""
    boxes = "".join(
        f'<div class="st-key-q_many__{key}"><input type="checkbox"></div>' for key in ("-", "-", "-1", "-1")
    )
    button = '<div class="st-key-{}" data-testid="stButton"><button>{}</button></div>'
    saved = f'<div class="sd-saved" data-keeper="{html.escape(keeper(BEFORE))}"></div>'
    text = '<div class="st-key-q_text"><input type="text"></div>'
    document = (
        f"{boxes}{radios('one')}{radios('bare')}{text}{button.format('next', 1)}{button.format('save', 2)}{saved}"
    )
    document += f'<script type="module">{START}</script>'

    def answer(route: Route) -> None:
        is_script = route.request.url.endswith("keeper.js")
        kind = "text/javascript" if is_script else "text/html; charset=utf-8"
        route.fulfill(body=SCRIPT if is_script else document, content_type=kind)

    context = browser.new_context()
    context.route("**/*", answer)
    opened = context.new_page()
    opened.goto("http://page.test/")
    opened.wait_for_function("window.started")
    yield opened
    context.close()


def tick(page: Page, at: int) -> None:
    page.locator("input[type=checkbox]").nth(at).click()


def closed(page: Page, kind: str = "q") -> dict[str, list[str]]:
    """The answers that are sent when the page is closed now."""
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    body = next(iter(page.evaluate("sent.splice(0)")), "")
    return {
        name.removeprefix(f"{kind}."): found for name, found in parse_qs(body).items() if name.startswith(f"{kind}.")
    }


def test_choices_whose_codes_share_a_class_are_told_apart(page: Page) -> None:
    tick(page, 1)
    tick(page, 2)
    page.locator(".st-key-q_one input").nth(1).click()
    assert closed(page) == {"many": ["否", "+1"], "one": ["否"]}


def test_what_the_page_cannot_tell_is_not_sent(page: Page) -> None:
    page.locator(".st-key-q_bare input").nth(0).click()
    tick(page, 0)
    page.locator("input[type=checkbox]").nth(3).evaluate("box => box.remove()")
    assert closed(page) == {}


def test_a_box_that_is_ticked_while_the_section_is_saved_is_sent(page: Page) -> None:
    tick(page, 0)
    page.locator(".st-key-save button").click()
    tick(page, 2)
    drawn(page, kept(many=("是",)))
    assert closed(page) == {"many": ["是", "+1"]}
    page.locator(".st-key-save button").click()
    drawn(page, kept(many=("是", "+1")))
    assert closed(page) == {}  # everything is kept


def test_a_run_that_was_asked_for_before_says_nothing_of_what_was_typed_since(page: Page) -> None:
    """Two runs are on their way; the first one is of the older text."""
    field = page.locator(".st-key-q_text input")
    field.fill('A "first" é text')
    page.locator(".st-key-save button").click()
    field.fill("A second one")
    page.locator(".st-key-save button").click()
    drawn(page, kept(text='A "first" é text'))
    assert closed(page) == {"text": ["A second one"]}
    drawn(page, kept(text="A second one"))
    assert closed(page) == {}


def test_what_may_be_kept_meanwhile_is_told_to_be_this_pages_own(page: Page) -> None:
    field = page.locator(".st-key-q_text input")
    field.fill("Before")
    page.locator(".st-key-save button").click()
    field.fill("After")
    assert closed(page) == {"text": ["After"]}
    assert closed(page, "own") == {"text": ["Before"]}


def test_a_number_that_is_kept_is_not_sent_again(page: Page) -> None:
    """What a colleague answered meanwhile would be overwritten by a page in which nobody does anything."""
    field = page.locator(".st-key-q_text input")
    for number in (12, 15):
        field.fill(str(number))
        page.locator(".st-key-save button").click()
        drawn(page, keeper(marks({"text": number}), typed={"text": mark(str(number))}))
    assert closed(page) == {}
    field.fill("20")
    assert closed(page) == {"text": ["20"]}
    assert closed(page, "own") == {}


def test_what_was_kept_before_is_not_this_pages_own_any_more(page: Page) -> None:
    field = page.locator(".st-key-q_text input")
    for number in (12, 15):
        field.fill(str(number))
        page.locator(".st-key-save button").click()
    drawn(page, keeper(marks({"text": 12}), typed={"text": mark("12")}))
    assert closed(page) == {"text": ["15"]}
    assert closed(page, "own") == {}


def links(page: Page) -> Locator:
    """A link to another language; how often the page was asked to keep is `asked`."""
    page.evaluate("() => { window.asked = 0; window.__soundings_keep = () => { window.asked += 1; }; }")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<nav class=sd-langs><a href=\"#fr\">fr</a></nav>')")
    return page.locator(".sd-langs a")


def test_a_link_to_another_language_waits_until_all_is_kept(page: Page) -> None:
    link = links(page)
    link.click()
    assert (page.url.endswith("#fr"), page.evaluate("asked")) == (True, 0)  # nothing was entered
    page.evaluate("history.replaceState(null, '', '/')")
    page.locator(".st-key-q_text input").fill("Typed")
    link.click()
    assert (page.url.endswith("#fr"), page.evaluate("asked")) == (False, 1)
    drawn(page, keeper(BEFORE, run=2))  # a run that was on its way before
    page.wait_for_timeout(200)
    assert not page.url.endswith("#fr")
    drawn(page, keeper(marks({"text": "Typed"}), run=3))
    page.wait_for_url("**/#fr")


def test_a_link_leads_nowhere_while_something_cannot_be_kept(page: Page) -> None:
    link, field = links(page), page.locator(".st-key-q_text input")
    field.fill("Typed")
    link.click()
    drawn(page, keeper(BEFORE, run=2, kept=False))
    page.wait_for_timeout(4_000)
    assert not page.url.endswith("#fr")
    link.click()
    drawn(page, keeper(marks({"text": "Typed"}), run=3))
    page.wait_for_url("**/#fr")


@pytest.mark.parametrize("is_taken", [True, False])
def test_a_link_asks_the_light_form_where_no_run_comes(page: Page, is_taken: bool) -> None:
    link = links(page)
    page.evaluate("ok => { window.answer = { ok, status: ok ? 200 : 503 }; }", is_taken)
    page.locator(".st-key-q_text input").fill("Typed")
    link.click()
    page.wait_for_function("sent.length")
    assert "q.text=Typed" in page.evaluate("sent")[0]
    page.wait_for_timeout(100)
    assert page.url.endswith("#fr") is is_taken


def test_what_the_server_could_not_keep_at_closing_stays_in_the_browser_until_it_can(page: Page) -> None:
    page.evaluate("window.answer = { ok: false, status: 503 }")
    page.locator(".st-key-q_text input").fill("Typed")
    assert closed(page) == {"text": ["Typed"]}
    assert page.evaluate("Object.keys(localStorage).length") == 1
    drawn(page, keeper(BEFORE, place="other"))
    drawn(page, keeper(BEFORE, run=2))  # the section is opened again
    assert "q.text=Typed" in page.evaluate("sent.splice(0)")[0]
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.evaluate("window.answer = { ok: true, status: 200 }")
    drawn(page, keeper(BEFORE, place="other"))
    drawn(page, keeper(BEFORE, run=3))
    page.wait_for_function("!Object.keys(localStorage).length")
    assert "q.text=Typed" in page.evaluate("sent")[0]


def test_what_another_window_answered_meanwhile_is_left_to_the_page_which_asks(page: Page) -> None:
    """It stays in the browser until the page has shown both answers and nothing is left to choose."""
    page.evaluate("window.answer = { ok: false, status: 503 }")
    page.locator(".st-key-q_text input").fill("Typed")
    closed(page)
    drawn(page, keeper(BEFORE, place="other"))
    page.evaluate(
        """() => {
          const told = { code: 'response.changed_elsewhere', entered: { text: 'Typed' } };
          window.answer = { ok: false, status: 409, json: async () => told };
        }"""
    )
    drawn(page, keeper(BEFORE, run=2))
    page.wait_for_function("told.length")
    assert page.evaluate("told") == [["entered", {"place": "p", "answers": {"text": "Typed"}, "elsewhere": {}}]]
    drawn(page, keeper(BEFORE, run=3))  # a run that was on its way before
    drawn(page, keeper(BEFORE, run=4, kept=False))
    assert page.evaluate("Object.keys(localStorage).length") == 1
    drawn(page, keeper(BEFORE, run=5))
    assert page.evaluate("Object.keys(localStorage).length") == 0


def without_section(page: Page) -> None:
    """The last section was left: the look over it, or what was sent, is drawn in the same page."""
    page.evaluate("for (const each of document.querySelectorAll('.sd-saved, .st-key-next')) each.remove()")
    page.evaluate("() => new Promise(requestAnimationFrame)")


def test_a_link_to_another_language_leads_on_behind_the_last_section(page: Page) -> None:
    link = links(page)
    page.locator(".st-key-q_text input").fill("Typed")
    without_section(page)
    link.click()
    assert page.url.endswith("#fr")
    assert closed(page) == {}


def held(page: Page, status: int, told: dict[str, object]) -> None:
    """The answer "Typed" was left in this browser, and whatever is sent from now on is answered so."""
    page.evaluate("window.answer = { ok: false, status: 503 }")
    page.locator(".st-key-q_text input").fill("Typed")
    closed(page)
    page.evaluate(
        "([status, told]) => { window.answer = { ok: status === 200, status, json: async () => told }; }",
        [status, {**told, **({"saved": ""} if status == 200 else {})}],
    )


KEYS = "Object.keys(localStorage).length"


@pytest.mark.parametrize(
    ("status", "code", "left"),
    [
        (200, "", 0),
        (404, "response.unknown_code", 0),
        (410, "response.erased", 0),
        (409, "response.submitted", 0),
        (408, "request.too_slow", 1),
        (429, "request.too_many", 1),
        (400, "consultation.closed", 1),
        (503, "store.busy", 1),
    ],
)
def test_what_the_browser_holds_goes_when_it_was_kept_or_nothing_can_keep_it(
    page: Page, status: int, code: str, left: int
) -> None:
    held(page, status, {"code": code})
    drawn(page, keeper(BEFORE, place="other"))
    page.wait_for_function("sent.length")
    page.wait_for_timeout(100)
    assert (page.evaluate(KEYS), page.evaluate("told")) == (left, [])


def type_offline(page: Page, **texts: str) -> None:
    """What is typed stays in the browser when the page is closed, and the next page begins without it."""
    page.evaluate("window.answer = { ok: false, status: 503 }")
    for name, text in texts.items():
        page.locator(f".st-key-q_{name} input").first.fill(text)
        page.locator(f".st-key-q_{name} input").first.blur()
    closed(page)
    drawn(page, keeper(BEFORE, place="other"))
    drawn(page, keeper(BEFORE, run=2))
    page.evaluate("sent.splice(0)")


def test_what_is_closed_a_second_time_holds_what_waited_from_the_first(page: Page) -> None:
    page.evaluate("document.querySelector('.st-key-q_bare').innerHTML = '<input type=text>'")
    type_offline(page, text="First")
    page.wait_for_timeout(100)
    type_offline(page, bare="Other")
    type_offline(page, text="Second")
    page.evaluate("window.answer = { ok: true, status: 200 }")
    drawn(page, keeper(BEFORE, place="other"))
    page.wait_for_function("!Object.keys(localStorage).length")
    bodies = [parse_qs(body) for body in page.evaluate("sent")]
    assert [(body.get("q.text"), body.get("q.bare")) for body in bodies] == [(None, ["Other"]), (["Second"], None)]


def test_one_answer_that_is_none_keeps_no_other_from_the_server(page: Page) -> None:
    page.evaluate("document.querySelector('.st-key-q_bare').innerHTML = '<input type=text>'")
    page.evaluate("window.answer = { ok: false, status: 503 }")
    page.locator(".st-key-q_bare input").fill("Far too long")
    page.locator(".st-key-q_text input").fill("Typed")
    closed(page)
    drawn(page, keeper(BEFORE, place="other"))
    page.evaluate(
        """() => {
          const refused = { ok: false, status: 400, json: async () => ({ code: 'answer.too_long' }) };
          window.answer = (body) => body.includes('q.bare') ? refused : { ok: true, status: 200 };
        }"""
    )
    drawn(page, keeper(BEFORE, run=2))
    page.wait_for_function("told.length")
    assert page.evaluate("told") == [["entered", {"place": "p", "answers": {"bare": "Far too long"}, "elsewhere": {}}]]
    assert "q.text=Typed" in page.evaluate("sent").pop()


def test_what_its_reader_has_chosen_about_goes_with_the_section(page: Page) -> None:
    """What could not be placed may still be unread."""
    held(page, 409, {"code": "response.changed_elsewhere", "entered": {"text": "Typed"}})
    drawn(page, keeper(BEFORE, place="other"))
    drawn(page, keeper(BEFORE, run=2))
    page.wait_for_function("told.length")
    drawn(page, keeper(BEFORE, run=3, kept=False, settled=False))
    drawn(page, keeper(BEFORE, run=4, kept=False))
    drawn(page, keeper(BEFORE, place="third"))
    assert page.evaluate(KEYS) == 0


def test_a_page_of_another_program_takes_nothing_away(page: Page) -> None:
    """A proxy without a server behind it."""
    for json_of_it in ("{ throw new SyntaxError(); }", "null", "({ code: 502 })"):
        for ok in ("false, status: 404", "true, status: 200"):
            page.evaluate(f"window.answer = {{ ok: {ok}, json: async () => {json_of_it} }}")
            page.locator(".st-key-q_text input").fill("Typed")
            closed(page)
            page.wait_for_timeout(100)
            drawn(page, keeper(BEFORE, place="other"))
            drawn(page, keeper(BEFORE, run=2))
            page.wait_for_timeout(100)
            assert page.evaluate(KEYS) == 1


ONE_AFTER_THE_OTHER = """() => {
  const clash = { code: 'response.changed_elsewhere', entered: { text: 'Typed' } };
  window.answer = (body) => body.includes('q.text') ? { ok: false, status: 409, json: async () => clash }
    : window.back ? { ok: true, status: 200 } : { ok: false, status: 503 };
}"""


def test_what_the_server_has_not_judged_outlives_what_its_reader_has_chosen(page: Page) -> None:
    page.evaluate("document.querySelector('.st-key-q_bare').innerHTML = '<input type=text>'")
    type_offline(page, text="Typed")
    type_offline(page, bare="Other")
    page.evaluate(ONE_AFTER_THE_OTHER)
    drawn(page, keeper(BEFORE, place="other"))
    drawn(page, keeper(BEFORE, run=3))
    page.wait_for_function("told.length")
    drawn(page, keeper(BEFORE, run=4, kept=False, settled=False))
    page.evaluate("window.back = true; sent.splice(0)")
    drawn(page, keeper(BEFORE, run=5))
    page.wait_for_function("!Object.keys(localStorage).length")
    assert "q.bare=Other" in page.evaluate("sent").pop()


def test_what_was_kept_of_a_body_is_not_sent_again(page: Page) -> None:
    """A colleague may have taken it back since."""
    page.evaluate("document.querySelector('.st-key-q_bare').innerHTML = '<input type=text>'")
    page.evaluate("window.answer = { ok: false, status: 503 }")
    page.locator(".st-key-q_bare input").fill("Kept")
    page.locator(".st-key-q_text input").fill("Typed")
    closed(page)
    page.evaluate("window.back = true")
    page.evaluate(ONE_AFTER_THE_OTHER)
    drawn(page, keeper(BEFORE, place="other"))
    drawn(page, keeper(BEFORE, run=2))
    page.wait_for_function("told.length")
    (left,) = page.evaluate("JSON.parse(Object.values(localStorage)[0]).bodies")
    assert ("q.text=Typed" in left, "bare" in left) == (True, False)


def test_nothing_of_one_response_is_sent_into_another(page: Page) -> None:
    page.evaluate("document.querySelector('.st-key-q_bare').innerHTML = '<input type=text>'")
    type_offline(page, text="Typed")
    type_offline(page, bare="Other")
    page.evaluate(
        "window.answer = () => ({ ok: true, status: 200,"
        " json: () => new Promise((done) => { window.go = () => done({ saved: '' }); }) })"
    )
    drawn(page, keeper(BEFORE, place="other"))
    page.wait_for_function("Boolean(window.go)")
    drawn(page, keeper(BEFORE, place="other", code="WXYZ"))
    page.evaluate("go()")
    page.wait_for_timeout(100)
    assert [parse_qs(body)["r"] for body in page.evaluate("sent")] == [["ABCD"]]


def test_what_has_no_place_stays_until_its_reader_has_read_it(page: Page) -> None:
    held(page, 400, {"code": "answer.too_long"})
    drawn(page, keeper(BEFORE, place="other"))
    drawn(page, keeper(BEFORE, run=2))
    page.wait_for_function("told.length")
    drawn(page, keeper(BEFORE, run=3, kept=False, settled=False))
    drawn(page, keeper(BEFORE, place="third"))
    assert page.evaluate(KEYS) == 1


def test_what_cannot_be_an_answer_stays_and_is_told(page: Page) -> None:
    held(page, 400, {"code": "answer.too_long"})
    drawn(page, keeper(BEFORE, place="other"))
    drawn(page, keeper(BEFORE, run=2))
    page.wait_for_function("told.length")
    assert page.evaluate("told") == [["entered", {"place": "p", "answers": {"text": "Typed"}, "elsewhere": {}}]]
    assert page.evaluate(KEYS) == 1


def test_what_another_section_holds_and_somebody_answered_otherwise_is_told_at_this_one(page: Page) -> None:
    held(page, 409, {"code": "response.changed_elsewhere", "entered": {"text": "Typed"}})
    page.evaluate("window.place = 'other:0'")
    drawn(page, keeper(BEFORE, place="other"))
    page.wait_for_function("told.length")
    assert page.evaluate("told") == [["entered", {"place": "other", "answers": {}, "elsewhere": {"text": "Typed"}}]]
    assert page.evaluate(KEYS) == 1
    drawn(page, keeper(BEFORE, place="third"))  # once is enough
    page.wait_for_timeout(100)
    assert len(page.evaluate("told")) == 1


def test_the_browser_holds_no_code_and_nothing_older_than_a_week(page: Page) -> None:
    page.evaluate("localStorage.setItem('soundings:y/WXYZ:app:p', JSON.stringify({ bodies: ['a=b'], at: 1 }))")
    held(page, 200, {})
    found: list[str] = page.evaluate("Object.values(localStorage)")
    assert len(found) == 2 and not any("ABCD" in each for each in found)
    drawn(page, keeper(BEFORE, place="other"))
    page.wait_for_function("!Object.keys(localStorage).length")
    assert "r=ABCD" in page.evaluate("sent").pop()


def test_a_page_of_a_response_that_is_gone_leaves_nothing_in_the_browser(page: Page) -> None:
    page.evaluate("window.answer = { ok: false, status: 410, json: async () => ({ code: 'response.erased' }) }")
    page.locator(".st-key-q_text input").fill("Typed")
    assert closed(page) == {"text": ["Typed"]}
    page.wait_for_timeout(100)
    assert page.evaluate(KEYS) == 0
