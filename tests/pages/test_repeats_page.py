"""Answering questions of a repeat in the browser: instances that come and go, also with two windows and files."""

# ruff: noqa: E501 - the form stands here as a Markdown table

import html
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import Conflict, InvalidInput
from data.store import Store
from survey import imports, publications, receipts, response_files, responses, saving
from survey.access import OPERATOR
from survey.xlsform.sheets import from_markdown
from tests.pages.visits import Visit

FORM = """
| survey |
| | type             | name     | label::English (en) | label::Français (fr) | required | relevant     | repeat_count | calculation  | choice_filter  |
| | begin group      | s1       | About you           | Sur vous             |
| | text             | head     | Name                | Nom                  |
| | integer          | offices  | How many offices?   | Combien de bureaux ? |
| | end group        |
| | begin repeat     | project  | Project             | Projet               |
| | text             | title    | Title               | Titre                | yes |
| | select_one yn    | money    | Was it funded?      | Financé ?            |
| | text             | funder   | Who paid ${title}?  | Qui ?                | yes | ${money} = 'y' |
| | select_multiple topic | topics | Topics           | Thèmes               |
| | file             | paper    | A paper             | Un document          |
| | begin repeat     | partner  | Partner             | Partenaire           |
| | text             | pname    | Partner's name      | Son nom              |
| | end repeat       |
| | end repeat       |
| | begin group      | s3       | Offices             | Bureaux              |
| | begin repeat     | office   | Office              | Bureau               | | | ${offices} |
| | text             | town     | Town                | Ville                |
| | end repeat       |
| | note             | sum      | You named ${title}  | Vous avez nommé      |
| | end group        |
| choices |
| | list_name | name | label::English (en) | label::Français (fr) |
| | yn        | y    | Yes                 | Oui                  |
| | yn        | n    | No                  | Non                  |
| | topic     | a    | Alpha               | Alpha                |
| | topic     | b    | Beta                | Beta                 |
"""
SLUG = "projects"


@pytest.fixture
def projects(empty: Store) -> Store:
    """An app with a consultation that has repeats."""
    publications.publish(
        empty, from_markdown(FORM), slug=SLUG, title={"en": "Projects"}, actor=OPERATOR, now=datetime.now(UTC)
    )
    return empty


def now() -> datetime:
    return datetime.now(UTC)


def begun() -> Visit:
    return Visit("respond", c=SLUG).click("begin").click("next")


def kept(store: Store, visit: Visit) -> dict[str, object]:
    return dict(responses.resume(store, visit.code, now=now()).state.answers)


def test_an_instance_is_there_and_others_can_be_added(projects: Store) -> None:
    visit = begun()
    assert visit.title == "Project"
    visit.enter("q_project[1]/title", "First").click("add_project")
    assert kept(projects, visit)["project"] == 2
    assert kept(projects, visit)["project[1]/title"] == "First"
    visit.enter("q_project[2]/title", "Second").click("add_project[2]/partner")
    visit.enter("q_project[2]/partner[2]/pname", "Anna").click("next")
    answers = kept(projects, visit)
    assert answers["project[2]/partner"] == 2
    assert answers["project[2]/partner[2]/pname"] == "Anna"
    assert "You named First, Second" in visit.words


def test_a_required_answer_is_asked_in_each_instance(projects: Store) -> None:
    visit = begun().enter("q_project[1]/title", "First").click("add_project").click("next")
    assert visit.title == "Project"
    assert len([issue for issue in visit.issues if "Please answer" in issue]) == 1
    assert "Project 2: Title" in visit.issues[0]
    visit.enter("q_project[2]/title", "Second").click("next")
    assert visit.title == "Offices"


def test_relevance_is_that_of_the_instance(projects: Store) -> None:
    visit = begun().enter("q_project[1]/title", "First").click("add_project")
    visit.enter("q_project[2]/title", "Second").enter("q_project[2]/money", "y").run()
    assert visit.has("q_project[2]/funder")
    assert not visit.has("q_project[1]/funder")
    assert visit.widget("q_project[2]/funder").label.startswith("Who paid Second?")


def test_removing_the_first_moves_the_second_up(projects: Store) -> None:
    visit = begun().enter("q_project[1]/title", "First").click("add_project")
    visit.enter("q_project[2]/title", "Second").enter("q_project[2]/topics__b", True)
    visit.click("remove_project[1]/")
    answers = kept(projects, visit)
    assert (answers["project"], answers["project[1]/title"]) == (1, "Second")
    assert answers["project[1]/topics"] == ("b",)
    assert visit.widget("q_project[1]/title").value == "Second"
    assert visit.widget("q_project[1]/topics__b").value is True
    assert not visit.has("q_project[2]/title")


def test_all_instances_may_go_and_come_back_empty(projects: Store) -> None:
    visit = begun().enter("q_project[1]/title", "First").click("remove_project[1]/")
    assert kept(projects, visit)["project"] == 0
    visit.click("add_project")
    assert visit.widget("q_project[1]/title").value == ""


def test_a_counted_repeat_has_no_buttons(projects: Store) -> None:
    visit = Visit("respond", c=SLUG).click("begin").enter("q_offices", "2").click("next")
    visit.enter("q_project[1]/title", "First").click("next")
    assert visit.has("q_office[2]/town")
    assert not visit.has("add_office")
    assert not visit.has("remove_office[1]/")


def test_what_another_window_removed_is_not_written_over(projects: Store) -> None:
    visit = begun().enter("q_project[1]/title", "First").click("add_project")
    seen = kept(projects, visit)
    other = Visit("respond", c=SLUG, r=visit.code)
    other.click("remove_project[2]/")
    with pytest.raises(Conflict):
        saving.save(
            projects, visit.code, {"project[2]/title": "Lost?"}, seen=seen, section="project", language="en", now=now()
        )
    with pytest.raises(Conflict):
        saving.save(
            projects, visit.code, {}, seen=seen, section="project", language="en", now=now(), instance=("project", 1)
        )
    assert kept(projects, visit)["project[1]/title"] == "First"


@pytest.mark.parametrize("instance", [("project", 9), ("project", -1), ("office", 1), ("nothing", 0), ("s1", 1)])
def test_an_impossible_instance_is_refused(projects: Store, instance: tuple[str, int]) -> None:
    visit = begun()
    with pytest.raises(InvalidInput):
        saving.save(
            projects,
            visit.code,
            {},
            seen=kept(projects, visit),
            section="project",
            language="en",
            now=now(),
            instance=instance,
        )


def attach(store: Store, code: str, key: str, content: bytes) -> None:
    response_files.attach(store, code, key, name="a.txt", content=content, limit_bytes=1_000, now=now())


def test_files_go_with_their_instance(projects: Store) -> None:
    visit = begun().enter("q_project[1]/title", "First").click("add_project")
    attach(projects, visit.code, "project[1]/paper", b"one")
    attach(projects, visit.code, "project[2]/paper", b"two")
    with pytest.raises(InvalidInput, match=r"file.not_asked"):
        attach(projects, visit.code, "project[3]/paper", b"three")
    Visit("respond", c=SLUG, r=visit.code).click("remove_project[1]/")
    opened = responses.resume(projects, visit.code, now=now())
    (file,) = opened.files.values()
    assert opened.files["project[1]/paper"] == file
    assert opened.state.answers["project[1]/paper"] == file.id
    assert response_files.file_of(projects, visit.code, file.id, now=now())[1] == b"two"


def test_what_is_sent_stands_in_the_receipt_with_its_instance(projects: Store) -> None:
    visit = begun().enter("q_project[1]/title", "First").click("add_project")
    visit.enter("q_project[2]/title", "Second").click("next").click("next")
    assert "2 answers" in visit.words
    visit.click("submit")
    receipt = receipts.receipt(projects, visit.code, now=now())
    labels = {entry.label: entry.words for _heading, entries in receipt.sections for entry in entries}
    assert labels == {"Project 1: Title": "First", "Project 2: Title": "Second"}
    assert "Project 2: Title" in visit.words


def test_instances_can_be_imported(projects: Store, tmp_path: Path) -> None:
    rows = imports.read_csv(b"head,offices,project[1]/title,project[2]/title,office[2]/town\nAna,2,One,Two,Oslo\n")
    imports.import_responses(projects, SLUG, rows, actor=OPERATOR, now=now())
    with projects.read() as reading:
        (sent,) = reading.responses(reading.consultation(SLUG).id)
    assert sent.submission["project"] == 2
    assert sent.submission["project[2]/title"] == "Two"
    assert sent.submission["office[2]/town"] == "Oslo"


APPEARANCES = """
| survey |
| | type            | name  | label    | appearance   | guidance_hint   | parameters    |
| | select_one yn   | menu  | Menu     | autocomplete |                 |               |
| | select_one yn   | row   | Row      | likert       | Think of <b>it  |               |
| | select_multiple yn | many | Many   | minimal      |                 |               |
| | range           | pick  | Pick     | picker       |                 | start=1 end=3 |
| | date            | month | Month    | month-year   |                 |               |
| choices |
| | list_name | name | label |
| | yn        | y    | Yes   |
| | yn        | n    | No    |
"""


def test_appearances_decide_how_a_question_is_asked(empty: Store) -> None:
    publications.publish(
        empty, from_markdown(APPEARANCES), slug="looks", title={"en": "Looks"}, actor=OPERATOR, now=now()
    )
    visit = Visit("respond", c="looks").click("begin")
    kinds = {key: visit.widget(f"q_{key}").type for key in ("menu", "row", "many", "pick", "month")}
    assert kinds == {
        "menu": "selectbox",
        "row": "radio",
        "many": "multiselect",
        "pick": "selectbox",
        "month": "text_input",
    }
    assert visit.widget("q_row").proto.horizontal
    assert "Think of &lt;b&gt;it" in visit.markup
    (held,) = re.findall(r"data-keeper='([^']*)'", visit.markup)
    assert json.loads(html.unescape(held))["codes"] == {"row": ["y", "n"]}  # of what a closed page can send
    visit.answer(menu="y", row="n", pick=2, month="2026-9").enter("q_many", ["y", "n"]).click("next")
    answers = kept(empty, visit)
    assert (answers["menu"], answers["many"], answers["pick"], answers["month"]) == ("y", ("y", "n"), 2, "2026-09-01")
    visit.click("go-_menu")
    assert visit.widget("q_month").value == "2026-09"


GRID = """
| survey |
| | type          | name | label | appearance   | choice_filter |
| | begin group   | page | Page  |              |               |
| | begin group   | grid | Grid  | table-list   |               |
| | select_one yn | one  | One   | autocomplete |               |
| | select_one yn | two  | Two   |              | name != 'y'   |
| | end group     |      |       |              |               |
| | end group     |      |       |              |               |
| choices |
| | list_name | name | label |
| | yn        | y    | Yes   |
| | yn        | n    | No    |
"""


def test_a_closed_page_sends_the_codes_of_a_grid_as_they_are_drawn(empty: Store) -> None:
    """Every row has the points of the first, whatever it would show on its own."""
    publications.publish(empty, from_markdown(GRID), slug="grid", title={"en": "Grid"}, actor=OPERATOR, now=now())
    visit = Visit("respond", c="grid").click("begin")
    assert [visit.widget(f"q_{key}").type for key in ("one", "two")] == ["radio", "radio"]
    (held,) = re.findall(r"data-keeper='([^']*)'", visit.markup)
    assert json.loads(html.unescape(held))["codes"] == {"one": ["y", "n"], "two": ["y", "n"]}
