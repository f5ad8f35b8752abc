"""What a page carries for the script that sends what stands in its fields when it is closed or left by a link."""

import html
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from data.store import Store
from survey import publications, responses, saving
from survey.access import OPERATOR
from survey.logic.marks import mark
from survey.ui import components, resources, session
from survey.ui.response_changes import bring_back
from survey.words import ANSWER_WORDS, MESSAGES
from survey.xlsform.sheets import from_markdown
from tests.pages.visits import Visit

FORM = """
| survey |
| | type            | name   | label  | appearance | parameters     |
| | begin group     | one    | One    |            |                |
| | integer         | people | People |            |                |
| | date            | day    | Day    |            |                |
| | date            | month  | Month  | month-year |                |
| | range           | rate   | Rate   |            | start=1 end=3  |
| | text            | name   | Name   |            |                |
| | select_one yn   | sure   | Sure   |            |                |
| | select_multiple yn | many | Many  |            |                |
| | geopoint        | place  | Place  |            |                |
| | rank yn         | order  | Order  |            |                |
| | acknowledge     | seen   | Seen   |            |                |
| | end group       |        |        |            |                |
| | begin group     | two    | Two    |            |                |
| | text            | more   | More   |            |                |
| | end group       |        |        |            |                |
| choices |
| | list_name | name | label |
| | yn        | y    | Yes   |
| | yn        | n    | No    |
"""


@pytest.fixture(autouse=True)
def published(empty: Store) -> None:
    """The consultation of these tests."""
    publications.publish(
        empty, from_markdown(FORM), slug="closed", title={"en": "C"}, actor=OPERATOR, now=datetime.now(UTC)
    )


@pytest.fixture
def visit(published: None) -> Visit:
    """A response that was begun."""
    return Visit("respond", c="closed").click("begin")


def carried(visit: Visit) -> dict[str, Any]:
    """What the page carries for its script."""
    (held,) = re.findall(r"data-keeper='([^']*)'", visit.markup)
    values: dict[str, Any] = json.loads(html.unescape(held))
    return values


def change(store: Store, visit: Visit, **answers: object) -> None:
    """Another window of the same response."""
    seen, now = responses.resume(store, visit.code, now=datetime.now(UTC)).state.answers, datetime.now(UTC)
    saving.save(store, visit.code, answers, seen=seen, section="one", language="en", now=now)


def test_what_is_kept_otherwise_than_it_is_typed_has_a_mark_of_its_own(visit: Visit) -> None:
    assert carried(visit)["typed"] == {}
    visit.answer(people="1 500", day="2026-9-1", month="2026-9", rate=2, name=" Port ", sure="y", many=["y"], seen=True)
    visit.run()
    typed = {"people": "1 500", "day": "2026-9-1", "month": "2026-9", "rate": "2", "name": " Port "}
    assert carried(visit)["typed"] == {name: mark(text) for name, text in typed.items()}
    assert carried(visit)["kept"]
    again = Visit("respond", c="closed", r=visit.code)
    shown = {"people": "1500", "month": "2026-09", "rate": "2"}
    assert carried(again)["typed"] == {name: mark(text) for name, text in shown.items()}


def test_what_could_not_be_kept_counts_as_not_kept(empty: Store, visit: Visit) -> None:
    visit.answer(people="12").run()
    change(empty, visit, people=3)
    visit.answer(people="15", name="Port").run()
    assert MESSAGES["response.changed_elsewhere"] in [found.value for found in visit.at.error]
    assert carried(visit)["typed"] == {}
    assert not carried(visit)["kept"]
    visit.click("keep-mine-people").run()
    assert carried(visit)["kept"]
    assert carried(visit)["typed"] == {"people": mark("15")}


def brought_back(visit: Visit, monkeypatch: pytest.MonkeyPatch, place: str = "one", **answers: object) -> None:
    """The script tells the page what the browser held, which a run of the whole page is asked for."""
    told = [{"place": place, "answers": answers}]
    drawn = components.shell

    def shell(*given: Any, **how: Any) -> Mapping[str, object]:
        drawn(*given, **how)
        return {"entered": told.pop()} if told else {}

    with monkeypatch.context() as patch:
        patch.setattr(components, "shell", shell)
        visit._whole = True
        visit.run()


@pytest.mark.parametrize("is_mine", [True, False])
def test_what_a_closed_page_held_is_offered_beside_what_another_window_answered(
    empty: Store, monkeypatch: pytest.MonkeyPatch, is_mine: bool
) -> None:
    begun = Visit("respond", c="closed").click("begin")
    change(empty, begun, people=3, sure="n", many=["n"], name="Hers")
    visit = Visit("respond", c="closed", r=begun.code)
    brought_back(visit, monkeypatch, people=15, sure="y", many=["y"], name="Hers")
    assert MESSAGES["response.changed_elsewhere"] in [found.value for found in visit.at.error]
    assert (visit.widget("q_people").value, visit.widget("q_sure").value) == ("15", "y")
    assert [visit.widget(f"q_many__{code}").value for code in "yn"] == [True, False]
    assert not carried(visit)["kept"]
    visit.run()  # it stays so until somebody has chosen
    stored = responses.resume(empty, visit.code, now=datetime.now(UTC)).state.answers
    assert (stored["people"], stored["sure"], stored["many"], stored["name"]) == (3, "n", ("n",), "Hers")
    assert not visit.has("take-other-name")
    for name in ("people", "sure", "many"):
        visit.click(f"keep-mine-{name}" if is_mine else f"take-other-{name}")
    visit.run()
    assert carried(visit)["kept"]
    stored = responses.resume(empty, visit.code, now=datetime.now(UTC)).state.answers
    assert (stored["people"], stored["sure"], stored["many"]) == ((15, "y", ("y",)) if is_mine else (3, "n", ("n",)))


@pytest.mark.parametrize("is_mine", [True, False])
def test_what_a_closed_page_held_and_cannot_be_read_is_offered_with_its_fault(
    empty: Store, monkeypatch: pytest.MonkeyPatch, is_mine: bool
) -> None:
    begun = Visit("respond", c="closed").click("begin")
    change(empty, begun, people=3, day="2026-09-01")
    visit = Visit("respond", c="closed", r=begun.code)
    brought_back(visit, monkeypatch, people=" a dozen", day="soon")
    assert MESSAGES["response.changed_elsewhere"] in [found.value for found in visit.at.error]
    assert (visit.widget("q_people").value, visit.widget("q_day").value) == ("a dozen", "soon")
    assert not visit.has("note-read")
    visit.run()
    stored = responses.resume(empty, visit.code, now=datetime.now(UTC)).state.answers
    assert (stored["people"], stored["day"]) == (3, "2026-09-01")
    for name in ("people", "day"):
        visit.click(f"keep-mine-{name}" if is_mine else f"take-other-{name}")
    visit.run()
    assert carried(visit)["kept"]
    assert visit.widget("q_people").value == ("a dozen" if is_mine else "3")
    visit.click("next")
    assert ANSWER_WORDS["answer.not_a_number"] in "".join(visit.issues) or not is_mine
    brought_back(visit, monkeypatch, people="a dozen" if is_mine else "3")
    assert not visit.has("keep-mine-people")


APART = """
| survey |
| | type               | name  | label  | relevant      | parameters    |
| | begin group        | one   | One    |               |               |
| | select_one yn      | sure  | Sure   |               |               |
| | select_multiple yn | many  | Many   | ${sure} = 'y' |               |
| | rank yn            | order | Order  | ${sure} = 'y' |               |
| | integer            | count | Count  | ${sure} = 'y' |               |
| | range              | rate  | Rate   |               | start=1 end=3 |
| | begin repeat       | each  | Member |               |               |
| | text               | who   | Who    |               |               |
| | end repeat         |       |        |               |               |
| | end group          |       |        |               |               |
| choices |
| | list_name | name | label |
| | yn        | y    | Yes   |
| | yn        | n    | No    |
"""


def test_what_has_no_place_any_more_is_told_with_its_question_and_in_words(
    empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    publications.publish(empty, from_markdown(APART), slug="apart", title={"en": "A"}, actor=OPERATOR, now=now)
    visit = Visit("respond", c="apart").click("begin")
    held: dict[str, Any] = {
        "many": ["y", "n"],
        "order": ["n", "n"],
        "count": 1500,
        "rate": "often",
        "each[4]/who": "Amal",
        "each[0]/who": "Bo",
        "nowhere[2]/else": "Cy",
        "nowhere[2]/who": "Di",
        "unknown": ["Lost", "text"],
        "sure": None,
        "gone": None,
        "empty": "",
    }
    for _ in range(2):
        brought_back(visit, monkeypatch, **held)
    told = re.findall(r"<li>(.*?)</li>", visit.markup)
    assert told == [
        "Many: Yes; No",
        "Order: 1. No; 2. No",
        "Count: 1500",
        "Rate: often",
        "Member 4: Who: Amal",
        "Bo",
        "Cy",
        "Di",
        "Lost; text",
    ]


def test_what_a_closed_page_held_and_has_no_place_is_told(
    empty: Store, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought_back(visit, monkeypatch, unknown=["Lost", "text"], name="Port")
    shown = visit.markup
    assert "Lost; text" in shown
    assert "The questionnaire was changed" not in shown
    assert visit.widget("q_name").value == "Port"
    if visit.has("keep-mine-name"):
        visit.click("keep-mine-name")
    assert not carried(visit)["settled"]
    visit.click("note-read")
    assert carried(visit)["settled"]
    assert "Lost; text" not in visit.markup


def test_what_a_browser_holds_for_another_section_is_told_with_its_question(visit: Visit) -> None:
    opened = responses.resume(resources.store(), visit.code, now=datetime.now(UTC))
    told = {"place": "one", "answers": {}, "elsewhere": {"name": "Port", "people": None}}
    with pytest.MonkeyPatch.context() as patch:
        remembered: dict[str, Any] = {}
        patch.setattr(session, "recall", remembered.get)
        patch.setattr(session, "remember", remembered.__setitem__)
        assert bring_back(opened, "one", told)
    (line,) = remembered["not_placed"]
    assert line.endswith("Port") and line.startswith("Name")


@pytest.mark.parametrize("told", [None, [], {"place": "two", "answers": {"name": "x"}}, {"place": "one"}])
def test_what_a_browser_tells_of_no_section_that_is_shown_changes_nothing(visit: Visit, told: object) -> None:
    opened = responses.resume(resources.store(), visit.code, now=datetime.now(UTC))
    assert not bring_back(opened, "one", told)


def too_many(_visit: Visit) -> None:
    for _ in range(1200):
        resources.guard().require_calm("127.0.0.1", "save")


def not_placed(visit: Visit) -> None:
    visit.at.session_state[session._OWN]["not_placed"] = ["Lost text"]


@pytest.mark.parametrize("hinder", [too_many, not_placed])
def test_a_page_that_must_not_be_left_says_so(visit: Visit, hinder: Callable[[Visit], None]) -> None:
    hinder(visit)
    visit.answer(name="Port").run()
    assert not carried(visit)["kept"]
