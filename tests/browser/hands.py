"""Hands on a page: answer questions of the demo form by their names and codes, in the language that the page shows."""

import csv
from functools import cache

from playwright.sync_api import Locator, Page, expect

from survey import demo

TAGS = {"en": "English", "fr": "Français", "es": "Español", "ru": "Русский", "ar": "العربية", "zh": "中文"}


@cache
def _rows(sheet: str) -> tuple[dict[str, str], ...]:
    with (demo.FORM / f"{sheet}.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def _column(kind: str, language: str) -> str:
    return f"{kind}::{TAGS[language]} ({language})"


def _question(name: str) -> dict[str, str]:
    return next(row for row in _rows("survey") if row["name"] == name)


def question_words(name: str, language: str, kind: str = "label") -> str:
    """A question's label, hint or constraint_message, from the demo form's sheets."""
    return _question(name)[_column(kind, language)]


def choice_words(question: str, code: str, language: str) -> str:
    """A choice's label."""
    listed = _question(question)["type"].split()[1]
    found = next(row for row in _rows("choices") if row["list_name"] == listed and row["name"] == code)
    return found[_column("label", language)]


class Hands:
    """One reader at one page of the questionnaire."""

    def __init__(self, page: Page, language: str) -> None:
        self.page = page
        self.language = language

    def box(self, name: str) -> Locator:
        """What belongs to a question: label, input, hint, message."""
        return self.page.locator(f".st-key-box_{name}, .st-key-q_{name}, [class*=st-key-q_{name}__]").first

    def option(self, name: str, code: str) -> Locator:
        """A radio button's label, which is what a finger hits."""
        words = choice_words(name, code, self.language)
        options = self.page.locator(f".st-key-q_{name} [data-testid=stRadioOption]")
        return options.filter(has=self.page.get_by_text(words, exact=True))

    def choose(self, name: str, code: str) -> None:
        """One of the radio buttons is chosen."""
        option = self.option(name, code)
        option.click()
        expect(option.locator("input")).to_be_checked()

    def tick(self, name: str, *codes: str) -> None:
        """These boxes are changed, each from what it was to the other state."""
        for code in codes:
            box = self.page.locator(f".st-key-q_{name}__{code} label").first
            before = box.locator("input").is_checked()
            box.click()
            expect(box.locator("input")).to_be_checked(checked=not before)

    def search(self, name: str, code: str) -> None:
        """A choice is found in a long menu by typing its words."""
        words = choice_words(name, code, self.language)
        field = self.page.locator(f".st-key-q_{name} input[role=combobox]")
        field.click()
        field.press_sequentially(words)
        self.page.get_by_role("option", name=words, exact=True).click()
        expect(field).to_have_value(words)

    def write(self, name: str, text: str) -> None:
        """The text stands in the field and the field was left."""
        field = self.page.locator(f".st-key-q_{name} textarea, .st-key-q_{name} input")
        field.fill(text)
        field.blur()

    def _at(self, first: str) -> str:
        name = first.removeprefix("box_")
        return f".st-key-{first}" if name == first else f".st-key-{first}, .st-key-q_{name}, [class*=st-key-q_{name}__]"

    def go_on(self, first: str) -> None:
        """The section is left forwards; `first` is a key that the next page shows."""
        self.page.locator(".st-key-next button").click()
        self.page.locator(self._at(first)).first.wait_for()

    def go_back(self, first: str) -> None:
        """The section is left backwards; `first` is a key that the page before shows."""
        self.page.locator(".st-key-back button").click()
        self.page.locator(self._at(first)).first.wait_for()

    # The demo's sections, as one organisation answers them.

    def begin(self) -> str:
        """A new response; its personal code."""
        self.page.locator(".st-key-begin button").wait_for()
        self.page.wait_for_timeout(1_100)  # nobody reads the page faster
        self.page.locator(".st-key-begin button").click()
        return self.page.locator(".sd-box .sd-code").first.inner_text()

    def consent(self) -> None:
        """Section 0, left."""
        self.choose("consent", "agree")
        self.choose("publish", "named")
        self.go_on("box_org_name")

    def organisation(self, name: str, *, other_field: str) -> None:
        """Section 1 without the mistakes that a test adds; not left."""
        self.write("org_name", name)
        self.search("country", "KEN")
        self.choose("region", "ssa")
        self.choose("org_type", "cbo")
        self.tick("work_level", "local", "national")
        self.tick("fields", "prev", "hr", "other")
        self.write("fields_other", other_field)
        self.tick("work_challenges", "c06", "c07")
        self.tick("populations", "pwud")
        self.choose("ecosoc", "none")

    def progress(self) -> None:
        """Section 2; not left."""
        for number in range(1, 12):
            self.choose(f"prog_c{number:02}", str(number % 5 + 1))
        self.choose("prio_1", "c06")
        self.choose("prio_2", "c07")
        self.choose("prio_3", "c10")

    def services(self) -> None:
        """Section 3 without the ranking; not left."""
        for name, code in (("serv_prev", "2"), ("serv_treat", "2"), ("serv_hr", "1"), ("serv_meds", "dk")):
            self.choose(name, code)
        self.tick("barriers", "stigma", "fund")
