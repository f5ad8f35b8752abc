"""Hands at either door of a consultation: the Streamlit page and the light form, told apart by nothing but their names.

A journey says what is answered; how a field is filled in belongs here.
"""

from pathlib import Path
from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from tests.browser import everything
from tests.browser.running import RunningApp
from tests.survey.test_uploads import MP3, boxes, picture

FILES = {
    name: {"name": f"evidence.{ending}", "mimeType": kind, "buffer": content}
    for name, ending, kind, content in (
        ("file", "pdf", "application/pdf", b"%PDF-1.4\n%%EOF\n"),
        ("image", "png", "image/png", picture("PNG")),
        ("audio", "mp3", "audio/mpeg", MP3),
        ("video", "mp4", "video/mp4", boxes(b"isom", b"vide", b"soun")),
    )
}
TEXTS = {
    "text": "‹words›",
    "multiline": "‹more words›",
    "integer": "3",
    "decimal": "2.5",
    "date": "2026-10-31",
    "year": "2026",
    "month": "2026-10",
    "time": "14:30",
    "datetime": "2026-10-31T14:30",
    "geotrace": "48.2 16.3; 48.3 16.4",
    "geoshape": "48.2 16.3; 48.3 16.4; 48.3 16.3; 48.2 16.3",
}
"""Question -> what is typed."""
PLACES = {"range": 3, "select_one": 1, "likert": 0, "row_1": 0, "row_2": 2}
"""Question -> which of the choices that stand open is taken."""


class Door(Protocol):
    """What a respondent can do, in the language of the page."""

    page: Page

    def begin(self) -> str: ...
    def resume(self, code: str) -> None: ...
    def answer(self, name: str) -> None: ...
    def value(self, name: str) -> str: ...
    def issue(self, name: str) -> Locator: ...
    def go_on(self) -> None: ...
    def go_back(self) -> None: ...
    def send(self) -> str: ...
    def copy(self) -> bytes: ...


class LightDoor:
    """The light form."""

    def __init__(self, page: Page, app: RunningApp, language: str) -> None:
        self.page = page
        self._start = f"{app.url}/f/{everything.SLUG}?lang={language}"

    def begin(self) -> str:
        """A new response; its code."""
        self.page.goto(self._start)
        self.page.wait_for_timeout(1_100)  # nobody reads the page faster
        self.page.locator("button[value=begin]").click()
        return self.page.locator(".code").first.inner_text()

    def resume(self, code: str) -> None:
        """The code is typed at the start."""
        self.page.goto(self._start)
        self.page.locator("#code").fill(code)
        self.page.locator("button[value=open]").click()
        expect(self.page.locator("#form")).to_be_visible()

    def _field(self, name: str) -> Locator:
        return self.page.locator(f"[id='q-{name}']")

    def answer(self, name: str) -> None:
        """The question has its answer of TEXTS, PLACES or of its kind."""
        field = self._field(name)
        if name in PLACES:
            field.locator("input:not([value=''])").nth(PLACES[name]).check()
        elif name in TEXTS:
            field.fill(TEXTS[name])
        elif name == "menu":
            field.select_option("b")
        elif name == "many":
            field.select_option(["a"])
        elif name == "select_multiple":
            field.locator("input[value=a], input[value=d]").nth(0).check()
            field.locator("input[value=a], input[value=d]").nth(1).check()
        elif name == "rank":
            for place, code in enumerate("dab", start=1):
                field.locator(f"select[name$='.{code}']").select_option(str(place))
        elif name == "acknowledge":
            field.check()
        elif name == "geopoint":
            field.fill("48.2 16.3")
        elif name == "member":
            self._field("s_repeat[1]/member").fill("‹One›")
        else:
            field.set_input_files(FILES[name])  # type: ignore[arg-type]

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self._field(name).input_value()

    def issue(self, name: str) -> Locator:
        """What is said to be wrong with the question."""
        return self.page.locator(f"[id='q-{name}-e']")

    def go_on(self) -> None:
        self.page.locator(".steps button[value=next]").click()

    def go_back(self) -> None:
        self.page.locator(".steps button[value=back]").click()

    def send(self) -> str:
        """The reference."""
        self.page.locator("button[value=send]").click()
        return self.page.locator("#sent .code").inner_text()

    def copy(self) -> bytes:
        """The copy as data."""
        with self.page.expect_download() as waiting:
            self.page.locator("form[action$=json] button").click()
        return Path(waiting.value.path()).read_bytes()


class AppDoor:
    """The Streamlit page."""

    def __init__(self, page: Page, app: RunningApp, language: str) -> None:
        self.page = page
        self._start = f"{app.url}/respond?c={everything.SLUG}&lang={language}"

    def begin(self) -> str:
        """A new response; its code."""
        self.page.goto(self._start)
        self.page.locator(".st-key-begin button").wait_for()
        self.page.wait_for_timeout(1_100)  # nobody reads the page faster
        self.page.locator(".st-key-begin button").click()
        return self.page.locator(".sd-box .sd-code").first.inner_text()

    def resume(self, code: str) -> None:
        """The code is typed at the start."""
        self.page.goto(self._start)
        self.page.locator(".st-key-typed-code input").fill(code)
        self.page.locator(".st-key-typed-code input").blur()
        self.page.locator(".st-key-open-code button").click()
        self.page.locator(".st-key-next").wait_for()

    def _field(self, name: str) -> Locator:
        return self.page.locator(f".st-key-q_{name}")

    def answer(self, name: str) -> None:
        """The question has its answer of TEXTS, PLACES or of its kind."""
        field = self._field(name)
        if name in PLACES:
            option = field.locator("[data-testid=stRadioOption]").nth(PLACES[name])
            option.click()
            expect(option.locator("input")).to_be_checked()
        elif name in TEXTS:
            field.locator("input, textarea").fill(TEXTS[name])
            field.locator("input, textarea").blur()
        elif name in ("menu", "many"):
            field.locator("input").first.click()
            self.page.get_by_role("option").nth(1).click()  # of several the first entry is all of them
            self.page.keyboard.press("Tab")
        elif name == "select_multiple":
            for code in "ad":
                box = self._field(f"{name}__{code}").locator("label").first
                box.click()
                expect(box.locator("input")).to_be_checked()
        elif name == "rank":
            for code in "dab":
                field.locator(f"[data-focus=add-{code}]").click()
                field.locator(f"[data-focus=out-{code}]").wait_for()
        elif name == "acknowledge":
            field.locator("label").first.click()
            expect(field.locator("input")).to_be_checked()
        elif name == "geopoint":
            field.locator("input").fill("48.2 16.3")
            field.locator("input").blur()
        elif name == "member":
            member = self.page.locator("[class*=st-key-q_s_repeat] input")
            member.fill("‹One›")
            member.blur()
        else:
            field.locator("input[type=file]").set_input_files(FILES[name])  # type: ignore[arg-type]
            expect(field.locator(".file")).to_contain_text("evidence.")

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self._field(name).locator("input").input_value()

    def issue(self, name: str) -> Locator:
        """What is said to be wrong with the question."""
        return self.page.locator(f".st-key-box_{name} .sd-issue")

    def go_on(self) -> None:
        self.page.locator(".st-key-next button").click()

    def go_back(self) -> None:
        self.page.locator(".st-key-back button").click()

    def send(self) -> str:
        """The reference."""
        self.page.locator(".st-key-submit button").click()
        self.page.locator(".sd-buttons form").first.wait_for()
        return self.page.locator(".sd-box .sd-code").first.inner_text()

    def copy(self) -> bytes:
        """The copy as data."""
        with self.page.expect_download() as waiting:
            self.page.locator("form[action$=json] button").click()
        return Path(waiting.value.path()).read_bytes()
