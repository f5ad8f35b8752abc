"""axe-core finds nothing on any page of the light form, in six languages; the keyboard and a narrow screen suffice."""

import itertools
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from survey.translator import LANGUAGES, direction
from tests.browser import everything, light_pages
from tests.browser.axe import violations
from tests.browser.light_pages import Light
from tests.browser.running import RunningApp

pytestmark = pytest.mark.browser
Reader = Callable[..., Page]


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Light]:
    """One app for all tests here."""
    app = RunningApp(tmp_path_factory.mktemp("light-axe") / "light.db", demo="false", upload_limit_mb="1")
    prepared = light_pages.prepare(app)
    app.start()
    yield prepared
    app.stop()


def found(page: Page) -> list[str]:
    """What axe-core finds, also in what is folded up."""
    light_pages.unfold(page)
    return [str(each) for each in violations(page)]


def speaks(page: Page, language: str) -> bool:
    """Whether the page says that it is in this language, and runs in its direction."""
    html = page.locator("html")
    return (html.get_attribute("lang"), html.get_attribute("dir")) == (language, direction(language))


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_question_conforms(light: Light, reader: Reader, language: str) -> None:
    """As it is asked, and with its message after a vain attempt to go on."""
    page = reader(width=1280, locale=language)
    faults = {}
    for name in light_pages.sections(light, page, language):
        assert speaks(page, language), name
        faults[name] = found(page)
    assert len(faults) == len(everything.SECTIONS) + len(everything.REQUIRED)
    assert {name: each for name, each in faults.items() if each} == {}


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_around_the_questions_conform(light: Light, reader: Reader, language: str) -> None:
    page = reader(width=360, locale=language)
    faults = {}
    for name in light_pages.frames(light, page, language):
        assert speaks(page, language), name
        faults[name] = found(page)
    assert tuple(faults) == light_pages.FRAMES
    assert {name: each for name, each in faults.items() if each} == {}


MUST = "Please answer this question."
PLACE = "Give each its place: 1 is the most important. You need not place all."
LIMIT = "Choose a file (at most 1 MB)"
PLACES = "For example: 48.2082 16.3738; 48.2100 16.3700"
FIELDS = [
    ("text", "#q-text", "textbox", "‹Text› (required)", "‹A hint›", True),
    ("multiline", "#q-multiline", "textbox", "‹Long text›", "", False),
    ("integer", "#q-integer", "textbox", "‹Whole number› (required)", "", True),
    ("decimal", "#q-decimal", "textbox", "‹Decimal›", "", False),
    ("range", "#q-range", "radiogroup", "‹Range›", "", False),
    ("date", "#q-date", "textbox", "‹Date› (required)", "", True),
    ("year", "#q-year", "textbox", "‹Year›", "For example: 2026", False),
    ("month", "#q-month", "textbox", "‹Month›", "For example: 2026-10", False),
    ("time", "#q-time", "textbox", "‹Time›", "", False),
    ("datetime", "#q-datetime", "textbox", "‹Moment›", "", False),
    ("select_one", "#q-select_one", "radiogroup", "‹One of three› (required)", "", True),
    ("select_one", "#q-select_one input:visible >> nth=0", "radio", "‹Alpha›", "", False),
    ("likert", "#q-likert", "radiogroup", "‹One of three in a row›", "", False),
    ("likert", "#q-likert input:visible >> nth=1", "radio", "‹Beta›", "", False),
    ("menu", "#q-menu", "combobox", "‹One of a menu›", "", False),
    ("select_multiple", "#q-select_multiple", "group", "‹Some of three› (required)", "", True),
    ("select_multiple", "#q-select_multiple input >> nth=2", "checkbox", "‹Delta›", "", False),
    ("many", "#q-many", "listbox", "‹Some of a menu›", "", False),
    ("rank", "#q-rank", "group", "‹Rank›", PLACE, False),
    ("rank", "#q-rank select >> nth=0", "combobox", "‹Alpha›", "", False),
    ("acknowledge", "#q-acknowledge", "checkbox", "‹I have read it› (required)", "", True),
    ("file", "#q-file", "button", "‹File›", LIMIT, False),
    ("image", "#q-image", "button", "‹Image›", LIMIT, False),
    ("audio", "#q-audio", "button", "‹Sound›", LIMIT, False),
    ("video", "#q-video", "button", "‹Film›", LIMIT, False),
    ("geopoint", "#q-geopoint", "textbox", "‹Place›", "For example: 48.2082 16.3738", False),
    ("geotrace", "#q-geotrace", "textbox", "‹Line›", PLACES, False),
    ("geoshape", "#q-geoshape", "textbox", "‹Area›", PLACES, False),
    ("battery", "#g-battery >> xpath=..", "group", "‹How much?›", "", False),
    ("battery", "#q-row_1", "radiogroup", "‹First row› (required)", "", True),
    ("repeat", ".instance", "group", "‹Part repeat› 1", "", False),
    ("repeat", ".instance input[type=text], .instance input:not([type])", "textbox", "‹Member› (required)", "", True),
]
"""Kind, element, its role, name and description as a screen reader has them, whether it must be answered."""


@pytest.mark.parametrize(("kind", "selector", "role", "name", "description", "must"), FIELDS)
def test_a_field_has_its_role_its_name_and_what_belongs_to_it(
    light: Light, reader: Reader, kind: str, selector: str, role: str, name: str, description: str, must: bool
) -> None:
    """Also with its message, which belongs to the field, is the first thing in focus and leads to the field."""
    page = reader(width=1280, locale="en")
    code = everything.draft(light.app.database, f"s_{kind}")
    page.goto(light.address(code, f"s_{kind}"))
    field = page.locator(selector)
    expect(field).to_have_role(role)  # type: ignore[arg-type]
    expect(field).to_have_accessible_name(name)
    expect(field).to_have_accessible_description(description)
    if must:
        light_pages.press(page, "next")
        expect(page.locator("#wrong")).to_be_focused()
        expect(page).to_have_title(re.compile("^Please correct: "))
        expect(field).to_have_accessible_description(f"{description} {MUST}".strip())
        if role != "group":  # a group has no such state; its description has the message
            expect(field).to_have_attribute("aria-invalid", "true")
        page.locator("#wrong a").click()
        expect(field).to_be_focused()


def test_a_note_is_read_as_text(light: Light, reader: Reader) -> None:
    page = reader(width=1280, locale="en")
    page.goto(light.address(everything.draft(light.app.database, "s_note"), "s_note"))
    expect(page.locator("#form .note p")).to_have_text("‹A note›")
    expect(page.locator("#form .note :is(input, [tabindex])")).to_have_count(0)


def test_what_is_wrong_with_an_answer_belongs_to_its_field(light: Light, reader: Reader) -> None:
    page = reader(width=1280, locale="en")
    answers = {"year": "soon", "integer": "0"}
    for kind, said in (("year", "Please enter a date."), ("integer", "This answer is not valid.")):
        page.goto(light.address(everything.draft(light.app.database, f"s_{kind}"), f"s_{kind}"))
        page.locator(f"#q-{kind}").fill(answers[kind])
        light_pages.press(page, "next")
        expect(page.locator(f"#q-{kind}")).to_have_value(answers[kind])
        expect(page.locator(f"#q-{kind}")).to_have_accessible_description(re.compile(re.escape(said) + "$"))
    page.goto(light.address(everything.draft(light.app.database, "s_rank"), "s_rank"))
    for place in range(2):
        page.locator("#q-rank select").nth(place).select_option("1")
    light_pages.press(page, "next")
    expect(page.locator("#q-rank")).to_have_accessible_description(f"{PLACE} Please give each place only once.")
    expect(page.locator("#q-rank select").first).to_have_value("1")


_CUT = """() => {
  const root = document.documentElement, found = [];
  if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} px wide`);
  for (const each of document.querySelectorAll('main *, header *, footer *')) {
    const box = each.getBoundingClientRect(), style = getComputedStyle(each);
    if (!box.width || each.closest('.gone, option')) continue;
    if (box.left < -1 || box.right > root.clientWidth + 1) found.push(`${each.tagName} leaves the page`);
    if (!['INPUT', 'SELECT', 'TEXTAREA'].includes(each.tagName) && style.overflow !== 'visible'
        && !each.matches('.bar') && each.scrollHeight > each.clientHeight + 1) found.push(`${each.tagName} cuts`);
  }
  return found;
}"""
SPACED = (
    "* {line-height:1.5 !important; letter-spacing:.12em !important; word-spacing:.16em !important} "
    "p {margin-bottom:2em !important}"
)
"""What WCAG 1.4.12 asks a page to bear."""


def cut(page: Page) -> list[str]:
    """What does not fit into the window, with everything unfolded."""
    light_pages.unfold(page)
    found: list[str] = page.evaluate(_CUT)
    return found


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("width", "height", "spaced"), [(320, 640, False), (640, 400, False), (360, 640, True)])
def test_nothing_is_lost_on_a_narrow_or_enlarged_page(
    light: Light, reader: Reader, language: str, width: int, height: int, spaced: bool
) -> None:
    """320 px wide (1.4.10), a desk of 1280 x 800 px at 200 % (1.4.4), and text set wider apart (1.4.12)."""
    page = reader(width=width, height=height, locale=language)
    faults, buttons = {}, 0
    for pages in (light_pages.sections(light, page, language), light_pages.frames(light, page, language)):
        for name in pages:
            if spaced:
                page.add_style_tag(content=SPACED)
            faults[name] = cut(page)
            buttons += page.locator("button:visible").count()
    assert {name: each for name, each in faults.items() if each} == {}
    assert buttons > len(faults)


def test_too_wide_a_page_would_be_found(light: Light, reader: Reader) -> None:
    page = reader(width=320)
    page.goto(light.address())
    assert cut(page) == []
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<div style=\"width:400px\">x</div>')"
    )
    assert cut(page) == ["the page is 418 px wide", "DIV leaves the page"]
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"data:,\">')")
    assert "image-alt" in [each.rule for each in violations(page)]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_some_pages_conform(light: Light, reader: Reader, language: str) -> None:
    """A few of those that `make test-all` looks at."""
    page = reader(width=320, locale=language)
    for name in ("s_text", "s_select_multiple", "s_rank", "s_battery"):
        code = everything.draft(light.app.database, name, language=language)
        for _when in light_pages.section(light, page, language, name, code=code):
            assert speaks(page, language)
            assert found(page) == []
            assert cut(page) == []
    page.goto(light.address(light.sent(language), language=language))
    assert (found(page), cut(page)) == ([], [])


class Keys:
    """Somebody who has a keyboard and no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, selector: str, *, back: bool = False) -> None:
        """Tab until this has the focus, and the focus can be seen."""
        for _press in range(80):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                break
        else:
            raise AssertionError(f"Tab never reaches {selector}")
        outline, top, bottom = self.page.evaluate(
            """() => { const e = document.activeElement, box = e.getBoundingClientRect();
            return [getComputedStyle(e).outlineStyle, box.top, innerHeight - box.bottom] }"""
        )
        assert outline != "none", selector
        assert top > -1 and bottom > -1, f"{selector} has the focus and is out of sight"

    def press(self, *keys: str) -> None:
        """One key after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def on(self, title: str) -> None:
        """The button that goes on leads to this section."""
        self.to("button[value=next]")
        self.press("Enter")
        expect(self.page.locator("h1")).to_have_text(title)


TYPED = {
    "text": "‹words›",
    "multiline": "‹more words›",
    "integer": "3",
    "decimal": "2.5",
    "date": "10312026",
    "year": "2026",
    "month": "2026-10",
    "time": "1430",
    "datetime": "10312026>1430",
    "geopoint": "48.2 16.3",
    "geotrace": "48.2 16.3; 48.3 16.4",
    "geoshape": "48.2 16.3; 48.3 16.4; 48.3 16.3; 48.2 16.3",
}
"""What is typed; > leads from the year to the hour in the browser's own field, whose order is that of the browser."""
PRESSED = {
    "range": ("input", ["Space", "ArrowRight", "ArrowRight", "ArrowRight"]),
    "select_one": ("input", ["Space", "ArrowDown"]),
    "likert": ("input", ["Space", "ArrowDown", "ArrowUp"]),
    "menu": ("select", ["ArrowDown", "ArrowDown"]),
    "select_multiple": ("input[value=b]", ["Space"]),
    "many": ("select", ["Home", "Space"]),
    "acknowledge": ("input", ["Space"]),
    "rank": ("select", ["ArrowDown", "Tab", "ArrowDown", "ArrowDown"]),
}
KEPT = {
    "text": "‹words›",
    "multiline": "‹more words›",
    "integer": 3,
    "decimal": 2.5,
    "range": 4,
    "date": "2026-10-31",
    "year": "2026-01-01",
    "month": "2026-10-01",
    "time": "14:30",
    "datetime": "2026-10-31T14:30",
    "select_one": "b",
    "likert": "a",
    "menu": "b",
    "select_multiple": ("b",),
    "many": ("a",),
    "rank": ("a", "b"),
    "acknowledge": "OK",
    "row_1": "a",
    "row_2": "b",
    "s_repeat[1]/member": "‹One›",
    "s_repeat[2]/member": "‹Two›",
}


def test_the_keyboard_alone_answers_every_kind_of_question(light: Light, reader: Reader) -> None:
    """From the start to the receipt, with a mistake, a step back and a repeat; the focus is always to be seen."""
    page = reader(width=1280, height=700, locale="en-GB")
    keys = Keys(page)
    page.goto(light.address())
    keys.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.wait_for_timeout(1_100)
    keys.to("button[value=begin]")
    keys.press("Enter")
    code = page.locator(".code").first.inner_text()
    keys.on("‹Part text›")  # the answer is missing
    expect(page.locator("#wrong")).to_be_focused()
    keys.to("#wrong a")
    keys.press("Enter")
    expect(page.locator("#q-text")).to_be_focused()
    page.keyboard.type(TYPED["text"])
    names = [*everything.KINDS, "battery", "repeat"]
    for name, following in itertools.pairwise(names):
        if name in PRESSED:
            control, pressed = PRESSED[name]
            keys.to(f"[id='q-{name}'] {control}, {control}[id='q-{name}']")
            keys.press(*pressed)
        elif name == "battery":
            for row, pressed in (("row_1", ["Space"]), ("row_2", ["Space", "ArrowDown"])):
                keys.to(f"#q-{row} input")
                keys.press(*pressed)
        elif name in TYPED and name != "text":
            keys.to(f"#q-{name}")
            for number, part in enumerate(TYPED[name].split(">")):
                keys.press(*["ArrowRight"] * min(number, 1))
                page.keyboard.type(part)
        keys.on(f"‹Part {following}›")
    keys.to("#form button[value^='add:']")
    keys.press("Enter")
    expect(page.locator(".instance")).to_have_count(2)
    for number, text in ((1, "‹One›"), (2, "‹Two›")):
        keys.to(f"[id='q-s_repeat[{number}]/member']")
        page.keyboard.type(text)
    keys.to("button[value=back]")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("‹Part battery›")
    keys.on("‹Part repeat›")
    keys.on("Look it over and send it")
    keys.to("button[value=send]")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("Thank you. Your response was received.")
    sent = light.submission(code)
    assert {key: sent.get(key) for key in KEPT} == KEPT
    keys.to("form[action$=html] button")
    with page.expect_download():
        keys.press("Enter")
    keys.to("details:has(#sure) summary")
    keys.press("Enter")
    keys.to("#sure")
    keys.press("Space")
    keys.to("button[value=withdraw]")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("This response was withdrawn.")
