"""One journey for each language and each door: every kind of question, a mistake, a step back, the code, the receipt.

By keyboard alone it is made in `tests.browser.test_light_accessibility`.
"""

import itertools
import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from survey.translator import LANGUAGES, Words, direction
from tests.browser import everything
from tests.browser.doors import AppDoor, Door, LightDoor
from tests.browser.running import RunningApp
from tests.browser.watching import Watch

pytestmark = pytest.mark.browser
DOORS: dict[str, Callable[[Page, RunningApp, str], Door]] = {"app": AppDoor, "light": LightDoor}
QUICK = {("zh", "light")}
"""The app's journey in `make test` is that of tests/browser/test_journey.py."""
JOURNEYS = [
    pytest.param(language, door, marks=() if (language, door) in QUICK else pytest.mark.long)
    for language in LANGUAGES
    for door in DOORS
]
ANSWERED = {
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
    "select_multiple": ["a", "d"],
    "many": ["a"],
    "rank": ["d", "a", "b"],
    "acknowledge": "OK",
    "row_1": "a",
    "row_2": "d",
    "s_repeat[1]/member": "‹One›",
}
"""What the copy must say; places are compared by their beginning, files by having a number."""
ASKED = {"s_battery": ("row_1", "row_2"), "s_repeat": ("member",), "s_note": ()}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """One app for all journeys."""
    database = tmp_path_factory.mktemp("languages") / "languages.db"
    everything.prepare(database, replies=0, languages=tuple(LANGUAGES))
    app = RunningApp(database, demo="false")
    app.start()
    yield app
    app.stop()


@pytest.mark.parametrize(("language", "door"), JOURNEYS)
def test_a_response_from_the_start_to_its_copy(
    running: RunningApp, reader: Callable[..., Page], watch: Watch, language: str, door: str
) -> None:
    def at(name: str) -> None:
        heading = everything.part(name.removeprefix("s_"), language)
        expect(hands.page.locator("h1, h2").filter(has_text=heading).first).to_be_visible()

    def fill(name: str) -> None:
        for question in ASKED.get(name, (name.removeprefix("s_"),)):
            hands.answer(question)

    telephone = reader(width=360, locale=language)
    hands = DOORS[door](telephone, running, language)
    code = hands.begin()
    html = telephone.locator("html")
    expect(html).to_have_attribute("lang", language)
    expect(html).to_have_attribute("dir", direction(language))
    at("s_text")
    hands.go_on()
    expect(hands.issue("text")).to_have_text(Words(language).translate("Please answer this question."))
    names = everything.SECTIONS
    half = names.index("s_menu")
    for name, following in itertools.pairwise(names[: half + 1]):
        fill(name)
        hands.go_on()
        at(following)
    hands.go_back()
    at(names[half - 1])
    hands.go_on()
    at(names[half])
    telephone.context.close()

    desk = reader(width=1280, locale=language)
    hands = DOORS[door](desk, running, language)
    hands.resume(code.lower().replace("-", " "))
    at(names[half - 1])  # where it was saved last
    hands.go_on()
    at(names[half])
    expect(desk.locator("html")).to_have_attribute("lang", language)
    for name, following in zip(names[half:], [*names[half + 1 :], ""], strict=True):
        fill(name)
        hands.go_on()
        if following:
            at(following)
    reference = hands.send()
    copy = json.loads(hands.copy())
    assert copy["reference"] == reference
    answers = {entry["question"]: entry["answer"] for entry in copy["answers"]}
    assert {name: answers.get(name) for name in ANSWERED} == ANSWERED
    for name in ("geopoint", "geotrace", "geoshape"):
        assert str(answers[name]).startswith("48.2 16.3"), name
    for name in ("file", "image", "audio", "video"):
        assert re.fullmatch("[0-9a-f]{32}", str(answers[name])), name
    assert copy["language"] == language
    assert watch.faults == []
    assert watch.hosts == {"127.0.0.1"}
