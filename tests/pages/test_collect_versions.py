"""Collect: what a new version changes is shown before it is published."""

import ast
import functools
import io

import pytest
import xlsxwriter

from data.store import Store
from survey import publications, responses, saving
from survey.access import OPERATOR, Role
from survey.xlsform.sheets import read_sheets
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit
from tests.small import NOW

Rows = list[list[str]]
HEAD = ["type", "name", "label::English (en)"]
FIRST: Rows = [HEAD, ["text", "who", "Your name"], ["select_one yn", "agree", "Do you agree?"]]
RENAMED: Rows = [HEAD, ["text", "name", "Your name"], ["select_one yn", "agree", "Do you agree?"]]


def workbook(survey: Rows) -> bytes:
    """A workbook with these questions; the same bytes each time, though the time of writing stands in it."""
    return _written(repr(survey))


@functools.cache
def _written(rows: str) -> bytes:
    survey: Rows = ast.literal_eval(rows)
    sheets = {
        "survey": survey,
        "choices": [["list_name", "name", "label::English (en)"], ["yn", "yes", "Yes"], ["yn", "no", "No"]],
        "settings": [["form_title", "form_id", "version"], ["Short", "short", "1"]],
    }
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return target.getvalue()


@pytest.fixture
def visit(opened: Store, sign_in: SignIn) -> Visit:
    """Collect, with a consultation named short that has one reply, and a second workbook chosen for it."""
    publish(opened, FIRST)
    code = responses.begin(opened, "short", language="en", channel="web", now=NOW)
    saving.save(opened, code, {"who": "Ada", "agree": "yes"}, seen={}, section="s", language="en", now=NOW)
    responses.submit(opened, code, now=NOW)
    visit = Visit("collect", session=sign_in(Role.SECRETARIAT))
    visit.widget("form").upload("second.xlsx", workbook(RENAMED))
    visit.run()
    visit.enter("slug", "short")
    return visit.run()


def publish(store: Store, survey: Rows) -> None:
    publications.publish(
        store,
        read_sheets(workbook(survey), "first.xlsx"),
        slug="short",
        title={"en": "Short"},
        actor=OPERATOR,
        now=NOW,
        accept_changes=True,
        fictional=True,
    )


def test_the_difference_stands_before_the_button_which_waits_for_a_yes(visit: Visit) -> None:
    assert "What changes since version 1" in visit.words
    assert "1 replies, 0 drafts" in visit.words
    assert visit.widget("publish").label == "Publish version 2"
    assert visit.widget("publish").disabled
    visit.enter("accept", True).run()
    assert not visit.widget("publish").disabled


def test_a_confirmed_rename_is_published_and_the_workbook_kept(visit: Visit, opened: Store) -> None:
    visit.enter("rename_:who=name", True).run()
    assert "Called who before. Answers follow it." in visit.words
    visit.click("publish")
    assert [found.value for found in visit.at.success] == ["Published as version 2."]
    _first, second = publications.history(opened, "short", actor=OPERATOR)
    assert (second.renames["questions"], second.file_name) == ({"who": "name"}, "second.xlsx")
    assert publications.workbook(opened, "short", 2, actor=OPERATOR).content == workbook(RENAMED)
    assert visit.has("workbook_short_2")
    assert "Nothing differs from version 2." in visit.words


def test_renames_can_be_written_and_each_that_cannot_hold_is_told(visit: Visit) -> None:
    visit.enter("renames", "nobody=name\nyn:yes=maybe").run()
    assert [found.value for found in visit.at.error] == ["2 renames are not possible. Each is listed with its reason."]
    assert "The present version has no question or group nobody." in visit.words
    assert visit.widget("publish").disabled
    visit.enter("renames", "no sign").run()
    assert visit.at.error[0].value.startswith("no sign is no rename.")


def test_a_version_that_somebody_else_published_meanwhile_is_noticed(visit: Visit, opened: Store) -> None:
    visit.enter("accept", True).run()
    publish(opened, FIRST)
    visit.click("publish")
    assert [found.value for found in visit.at.error] == [
        "Version 2 was published meanwhile. Look at the difference again."
    ]
    assert len(publications.history(opened, "short", actor=OPERATOR)) == 2
    visit.click("publish")
    assert [found.value for found in visit.at.success] == ["Published as version 3."]
