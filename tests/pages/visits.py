"""A visit of the app by one browser, as far as `AppTest` can play one: which address, which cookie, what is pressed.

Streamlit's test harness knows no cookies, so `conftest.py` patches `st.context.cookies` to read `COOKIES`; a visit lays
its own there before each run.
"""

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from streamlit.proto.Element_pb2 import Element
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.testing.v1 import AppTest, app_test
from streamlit.testing.v1.local_script_runner import LocalScriptRunner
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


class _Part(LocalScriptRunner):
    """Runs a fragment alone, as a browser asks for when one of its fields or buttons is used; what stands around it
    stays. The test harness knows whole pages only."""

    fragment = ""
    history = False
    drawn = ForwardMsgQueue()

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if self.fragment:
            self._requests = ScriptRequests()  # without that for the whole page, which every runner begins with
            self.forward_msg_queue = _Part.drawn
        _Part.drawn = self.forward_msg_queue

    def request_rerun(self, rerun_data: RerunData) -> bool:
        """A run of the fragment, where one is wanted; one by the browser's way back."""
        queue = [self.fragment] if self.fragment else []
        asked = replace(rerun_data, fragment_id_queue=queue, is_history_navigation=self.history)
        return super().request_rerun(asked)


@contextmanager
def _running(fragment: str, drawn: ForwardMsgQueue, history: bool) -> Iterator[None]:
    whole = app_test.LocalScriptRunner
    _Part.fragment, _Part.drawn, _Part.history = fragment, drawn, history
    app_test.LocalScriptRunner = _Part  # type: ignore[misc]
    try:
        yield
    finally:
        app_test.LocalScriptRunner = whole  # type: ignore[misc]


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
        self._drawn = ForwardMsgQueue()
        self._has_part = page == "respond"
        self._whole = False
        self.run()

    def run(self, *, history: bool = False) -> "Visit":
        """The page after everything that was entered arrived, or (history) after the browser went back or forward.

        A respondent's page runs as in a browser: whole when something around the section was used, else the section.
        """
        COOKIES.clear()
        if self.session:
            COOKIES[resources.settings().session_cookie] = self.session
        if _components:  # else the harness looks through every installed package again
            self.at._bidi_component_manager = _components[0]
        fragments = [] if self._whole or not self._has_part else list(self.at._fragment_storage._fragments)
        with _running(fragments[0] if fragments else "", self._drawn, history):
            self.at.run()
        self._drawn, self._whole = _Part.drawn, False
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
        self._use(self.widget(key)).set_value(value)
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
        self._use(self.widget(key)).click()
        return self.run()

    def press(self, label: str) -> "Visit":
        """Presses the only button with these words."""
        (button,) = [found for found in self.at.button if found.label == label]
        self._use(button).click()
        return self.run()

    def speak(self, language: str) -> "Visit":
        """The page in another language, by its link; what was entered is sent before, as the page's script does."""
        self.run()
        found = re.search(rf'hreflang="{language}" href="\?([^"]+)"', self.markup)
        assert found is not None, f"no link to {language}"
        return Visit("respond", session=self.session, **dict(parse_qsl(html.unescape(found[1]))))

    def _use(self, widget: Any) -> Any:
        inside = {element.id for element, fragment in self._elements if fragment and hasattr(element, "id")}
        self._whole = self._whole or widget.proto.id not in inside
        return widget

    @property
    def _elements(self) -> Iterator[tuple[Any, str]]:
        """Everything that is drawn, with the fragment that it is in."""
        for message in self._drawn._queue:
            element: Element = message.delta.new_element
            if kind := element.WhichOneof("type"):
                yield getattr(element, kind), message.delta.fragment_id

    @property
    def components(self) -> str:
        """What the components of our own are given."""
        given = [each.bytes for each, _fragment in self._elements if hasattr(each, "component_name")]
        return "\n".join(json.dumps(json.loads(each), ensure_ascii=False) for each in given)

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
