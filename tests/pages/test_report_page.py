"""The page Report: a report begun, written with live numbers, put in order, stopped by what is wrong, taken away."""

from datetime import UTC, datetime
from typing import Any

import pytest

from analysis import reports
from analysis.report.outline import Item, ItemKind
from data.store import Store
from survey import demo
from survey.access import OPERATOR, Role
from tests.analysis.report import templates
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit

NOW = datetime.now(UTC)
ME = {"actor": OPERATOR, "now": NOW}


@pytest.fixture
def session(loaded: Store, sign_in: SignIn) -> str:
    """The secretariat's cookie."""
    return sign_in(Role.SECRETARIAT)


def begun(store: Store, *items: Item) -> int:
    key = reports.create_report(store, demo.SLUG, "What they said", "en", **ME)
    for revision, item in enumerate(items, start=1):
        reports.add_item(store, demo.SLUG, key, item, revision=revision, **ME)
    return key


def texts(store: Store, key: int) -> list[str]:
    opened = reports.open_report(store, demo.SLUG, key, **ME)
    return [content.title.text or content.text.text for content in opened.contents]


def text(words: str) -> Item:
    return Item(kind=ItemKind.TEXT, text=words)


def labelled(visit: Visit, kind: str, label: str) -> Any:
    return next(found for found in getattr(visit.at, kind) if found.label == label)


def test_a_report_is_begun_written_and_taken_away(loaded: Store, session: str) -> None:
    visit = Visit("report", session=session)
    assert "There is no report yet." in visit.at.info[0].value
    visit.enter("new_report_title", "What they said").press("Begin")
    (record,) = reports.listed(loaded, demo.SLUG, actor=OPERATOR)
    visit.click("report_add_heading").enter("item_title", "Who replied").click("item-save")
    visit.click("report_add_text").enter("item_text", "They are {{region|what=n}}:").run()
    assert "It reads:" in visit.words
    visit.enter("number_question", "ecosoc").run()
    visit.click("number_insert")
    token = "{{ecosoc." + str(visit.widget("number_option_ecosoc").value) + "}}"
    assert visit.widget("item_text").value == "They are {{region|what=n}}: " + token
    visit.click("item-save")
    visit.click("report_add_chart").enter("item_question", "region").enter("item_title", "Where they work")
    visit.run().click("item-save")
    heading, words, chart = reports.open_report(loaded, demo.SLUG, record.id, **ME).contents
    assert heading.title.text == "Who replied"
    assert words.text.text.startswith("They are 461: ") and words.text.text.endswith("%")
    assert (chart.item.question, chart.title.text) == ("region", "Where they work")
    assert f'href="export/{demo.SLUG}/report/{record.id}.pptx"' in visit.markup
    assert '<mark class="sd-number"' in visit.markup
    master = templates.saved(templates.document())
    visit.at.file_uploader(key=f"report-template-{record.id}").set_value(("a.docx", master, "application/octet-stream"))
    visit.press("Make the file")
    offered = [each.label for each in visit.at.get("download_button")]
    assert offered == [f"Take {demo.SLUG}-report-{record.id}.docx away"]


def test_the_form_of_a_chart_is_chosen_among_those_that_suit_its_question(loaded: Store, session: str) -> None:
    key = begun(loaded, Item(kind=ItemKind.CHART, question="networks"))
    visit = Visit("report", session=session)
    visit.click("report_edit_1")
    assert visit.widget("item_form").options[2] == "Which answers were given together"
    visit.enter("item_form", "upset").click("item-save")
    (content,) = reports.open_report(loaded, demo.SLUG, key, **ME).contents
    assert content.item.form == "upset"
    assert content.problems == ()
    assert 'class="sd-table sd-sets"' in visit.markup


def test_a_picture_of_who_answered_is_chosen_among_those_that_there_are(loaded: Store, session: str) -> None:
    key = begun(loaded)
    visit = Visit("report", session=session).click("report_add_picture")
    assert visit.widget("item_picture").options[:2] == ["Replies over time", "Who has replied, by region"]
    visit.enter("item_picture", "coverage").click("item-save")
    (content,) = reports.open_report(loaded, demo.SLUG, key, **ME).contents
    assert (content.item.picture, content.problems) == ("coverage", ())
    assert f'href="export/{demo.SLUG}/report/{key}.pptx"' in visit.markup


def test_items_are_moved_changed_and_removed(loaded: Store, session: str) -> None:
    key = begun(loaded, text("One"), text("Two"), text("Three"))
    visit = Visit("report", session=session).click("report_3_-1")
    assert texts(loaded, key) == ["One", "Three", "Two"]
    assert visit.widget("report_1_-1").disabled and visit.widget("report_2_1").disabled
    visit.click("report_edit_2").enter("item_text", "Two again").click("item-save").click("report_remove_1")
    assert texts(loaded, key) == ["Three", "Two again"]
    visit.click("report_edit_2").click("item-cancel")
    assert not visit.has("item_text")
    visit.click("report_add_text").enter("item_text", "First").enter("item_place", 0).click("item-save")
    assert texts(loaded, key) == ["First", "Three", "Two again"]


def test_what_is_wrong_is_listed_and_stands_in_the_way_of_the_files(loaded: Store, session: str) -> None:
    key = begun(
        loaded, text("Good."), text("Most ({{ecosoc.none|must=<0}}) say so.\n{{region|what=n|was=1}} {{nothing}}")
    )
    visit = Visit("report", session=session)
    assert "3 problems stop this report" in visit.words
    assert "Item 2 · {{ecosoc.none|must=<0}} · The number must be <0, and is" in visit.words
    assert (
        "Item 2, line 2 · {{region|what=n|was=1}} · It was 1 when the text was accepted, and is 461 now." in visit.words
    )
    assert f"report/{key}.pptx" not in visit.markup
    visit.click("accept-all")
    assert "2 problems stop this report" in visit.words
    assert "was=461" in reports.open_report(loaded, demo.SLUG, key, **ME).contents[1].item.text


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_on_the_page(loaded: Store, session: str) -> None:
    key = begun(loaded, text("One"))
    visit = Visit("report", session=session).click("report_edit_1").enter("item_text", "Mine")
    theirs = Item(kind=ItemKind.TEXT, key=1, text="Theirs")
    reports.change_item(loaded, demo.SLUG, key, theirs, revision=2, **ME)
    visit.click("item-save")
    assert "Somebody else changed this meanwhile" in visit.at.error[0].value
    assert texts(loaded, key) == ["Theirs"]
    visit.click("item-again")
    assert visit.widget("item_text").value == "Theirs"
    visit.enter("item_text", "Both").click("item-save")
    assert texts(loaded, key) == ["Both"]


def test_a_report_writer_reads_and_takes_away_and_changes_nothing(loaded: Store, sign_in: SignIn) -> None:
    writer = sign_in(Role.REPORT_WRITER)
    assert not Visit("report", session=writer).has("new_report_title")
    key = begun(loaded, text("They are {{region|what=n}}."), Item(kind=ItemKind.CHART, question="region"))
    visit = Visit("report", session=writer)
    assert "461" in visit.words
    assert f'href="export/{demo.SLUG}/report/{key}.pptx"' in visit.markup
    for absent in ("report_edit_1", "report_remove_1", "report_add_text", f"report_rename_{key}", "new_report_title"):
        assert not visit.has(absent)


def test_one_of_several_reports_is_looked_at(loaded: Store, session: str) -> None:
    first, second = begun(loaded, text("The first.")), begun(loaded, text("The second."))
    visit = Visit("report", session=session)
    assert visit.widget("report-menu").value == second
    visit.enter("report-menu", first).run()
    assert "The first." in visit.words and "The second." not in visit.words
    visit.run()
    assert "The first." in visit.words
    visit.enter("new_report_title", "A third").press("Begin")
    assert visit.widget("report-menu").value == second + 1
    visit.enter("report-menu", first).run()
    assert "The first." in visit.words


def test_a_report_is_renamed_and_removed(loaded: Store, session: str) -> None:
    key = begun(loaded)
    visit = Visit("report", session=session).enter(f"report_title_{key}", "Another").click(f"report_rename_{key}")
    assert [each.title for each in reports.listed(loaded, demo.SLUG, actor=OPERATOR)] == ["Another"]
    visit.click(f"report_drop_{key}")
    assert reports.listed(loaded, demo.SLUG, actor=OPERATOR) == ()
    assert "There is no report yet." in visit.at.info[0].value


@pytest.mark.parametrize("language", ["ar", "zh"])
def test_the_page_speaks_the_language_of_the_reader(loaded: Store, session: str, language: str) -> None:
    begun(loaded, text("Most: {{nothing}}"))
    visit = Visit("report", session=session, language=language)
    assert visit.title == {"ar": "التقرير", "zh": "报告"}[language]
    assert "Item" not in visit.words
