"""A visit of the app by one browser, as far as `AppTest` can play one: which address, which cookie, what is pressed.

Streamlit's test harness knows no cookies, so `conftest.py` patches `st.context.cookies` to read `COOKIES`; a visit lays
its own there before each run.
"""

import html
import re
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from survey.ui import resources

ROOT = Path(__file__).resolve().parents[2]
NAVIGATION = ROOT / "survey" / "ui" / "navigation.py"
COOKIE = "soundings_session"
COOKIES: dict[str, str] = {}
OPEN = "open-form"
"""Slug of the demo's questionnaire published without dates and without replies."""

_components: list[Any] = []
_WORDS = (
    "title",
    "header",
    "subheader",
    "markdown",
    "caption",
    "error",
    "warning",
    "info",
    "success",
    "metric",
    "button",
    "radio",
    "selectbox",
    "multiselect",
    "checkbox",
    "text_input",
    "text_area",
)


class Visit:
    """One browser tab."""

    def __init__(self, page: str, *, session: str = "", language: str = "en", **query: str | list[str]) -> None:
        self.session = session
        self.at = AppTest.from_file(NAVIGATION, default_timeout=60)
        self.at.context = {"url": f"http://127.0.0.1:8501/{page}", "locale": language, "timezone": "UTC"}
        for name, value in query.items():
            self.at.query_params[name] = value
        # What a browser sends for an address; `switch_page` knows file names only, and `take-away` is not one.
        self.at._page_hash = calc_hash(page.replace("_", "-"))
        self.run()

    def run(self) -> "Visit":
        """The page after everything that was entered arrived."""
        COOKIES.clear()
        if self.session:
            COOKIES[resources.settings().session_cookie] = self.session
        if _components:  # else the harness looks through every installed package again
            self.at._bidi_component_manager = _components[0]
        self.at.run()
        _components[:] = [self.at._bidi_component_manager]
        assert not self.at.exception, [found.value for found in self.at.exception]
        return self

    def widget(self, key: str) -> Any:
        """The input or button with this key."""
        return self.at.get_by_key(key)

    def has(self, key: str) -> bool:
        """True when something with this key is on the page."""
        return any(getattr(node, "key", None) == key for node in self.at._tree)

    def enter(self, key: str, value: object) -> "Visit":
        """Puts a value into an input without sending it yet."""
        self.widget(key).set_value(value)
        return self

    def answer(self, **answers: object) -> "Visit":
        """Answers questions by name; several choices as a list of codes, each of which has a box to tick."""
        for name, value in answers.items():
            if isinstance(value, list) and not self.has(f"q_{name}"):
                for code in value:
                    self.enter(f"q_{name}__{code}", True)
            else:
                self.enter(f"q_{name}", value)
        return self

    def click(self, key: str) -> "Visit":
        """Presses a button and lets the page answer."""
        self.widget(key).click()
        return self.run()

    def press(self, label: str) -> "Visit":
        """Presses the only button with these words."""
        (button,) = [found for found in self.at.button if found.label == label]
        button.click()
        return self.run()

    @property
    def title(self) -> str:
        """The page's heading."""
        return str(self.at.title[0].value)

    @property
    def issues(self) -> list[str]:
        """What is said at questions."""
        return [plain(found) for found in re.findall(r'class="sd-issue"[^>]*>(.*?)</div>', self.markup)]

    @property
    def markup(self) -> str:
        """All HTML of our own on the page."""
        found = [str(node.value) for node in self.at.get("html")]
        return "\n".join(part for part in found if not part.lstrip().startswith("<style"))

    @property
    def words(self) -> str:
        """Everything that can be read on the page."""
        found = []
        for kind in _WORDS:
            for node in self.at.get(kind):
                found += [str(getattr(node, "label", "") or ""), str(getattr(node, "value", "") or "")]
                found += [str(option) for option in getattr(node, "options", None) or ()]
        found += [str(node.label) for node in self.at.expander]
        return "\n".join([*found, plain(self.markup)])

    @property
    def code(self) -> str:
        """The personal code in the address."""
        return str(self.at.query_params["r"])


def plain(markup: str) -> str:
    """Words without tags."""
    return html.unescape(re.sub(r"<[^>]+>", " ", markup))
