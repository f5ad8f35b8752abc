"""Every block of the library is faultless alone and in the demonstration's questionnaire, once and twice."""

import json
from pathlib import Path

import pytest

from survey import demo
from survey.__main__ import main
from survey.library.adding import add_block
from survey.library.blocks import block, blocks
from survey.translator import LANGUAGES
from survey.xlsform.checker import check
from survey.xlsform.reader import read
from survey.xlsform.sheets import Sheets, from_markdown, read_sheets
from survey.xlsform.translations import progress
from tests import small

FORM = small.FORM.replace("Français (fr) |\n| | consent ", "Français (fr) | missing |\n| | consent ").replace(
    "Ne sait pas          |", "Ne sait pas          | dont_know |"
)
NAMES = [each.name for each in blocks()]
NO_FAULT = {"type.not_collected", "setting.no_effect", "translation.missing", "form.no_consent"}
"""What the questionnaires of the tests have anyway; consent is a block of its own."""


@pytest.fixture(scope="module")
def demo_form() -> Sheets:
    return read_sheets(demo.FORM)


def faults(sheets: Sheets) -> list[str]:
    return [f"{issue.row} {issue.message}" for issue in check(sheets) if issue.code not in NO_FAULT]


def test_the_library_has_the_blocks_that_consultations_need() -> None:
    assert NAMES == [
        "consent",
        "organisation_profile",
        "agreement_battery",
        "adequacy_battery",
        "top_three",
        "ranking",
        "reach",
        "sdgs",
        "anything_else",
        "contact",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_block_alone_has_no_issue_and_every_text_in_six_languages(name: str) -> None:
    sheets = block(name).sheets
    assert faults(sheets) == []
    assert {language.tag for language in read(sheets)[0].languages} == set(LANGUAGES)
    assert [each.share for each in progress(sheets)] == [1.0] * 5


@pytest.mark.parametrize("name", NAMES)
def test_a_block_enters_the_demonstration_twice_without_an_issue(name: str, demo_form: Sheets) -> None:
    once = add_block(demo_form, block(name).sheets)
    twice = add_block(once.sheets, block(name).sheets)
    assert faults(once.sheets) == faults(twice.sheets) == []
    before, after = ([q.name for q in read(each)[0].questions()] for each in (demo_form, twice.sheets))
    assert len(after) == len(before) + 2 * len(block(name).questions)
    assert after[: len(before)] == before
    assert twice.missing_languages == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_block_enters_an_empty_questionnaire_as_it_is(name: str) -> None:
    empty = Sheets(rows={"survey": ()}, headers={"survey": ("type", "name", "label::English (en)")})
    added = add_block(empty, block(name).sheets)
    assert (added.names, added.lists, faults(added.sheets)) == ({}, {}, [])


def test_names_that_are_taken_get_a_number_with_everything_that_refers_to_them(demo_form: Sheets) -> None:
    added = add_block(demo_form, block("top_three").sheets)
    assert added.names == {"prio_1": "prio_1_2", "prio_2": "prio_2_2", "prio_3": "prio_3_2"}
    rows = {row["name"]: row for row in added.sheets["survey"]}
    assert rows["prio_2_2"]["relevant"] == "${prio_1_2} != ''"
    assert rows["prio_3_2"]["choice_filter"] == "name != ${prio_1_2} and name != ${prio_2_2}"
    assert rows["prio_2"]["choice_filter"] == "name != ${prio_1}"


def test_a_list_that_offers_something_else_keeps_its_name_and_the_blocks_own_gets_another() -> None:
    added = add_block(from_markdown(FORM), block("organisation_profile").sheets)
    assert (dict(added.lists), added.shared) == ({"region": "region_2"}, ())
    again = add_block(added.sheets, block("organisation_profile").sheets)
    assert (dict(again.lists), again.shared) == ({"region": "region_2"}, ("org_type", "level", "region_2"))
    types = {row["name"]: row["type"] for row in again.sheets["survey"]}
    assert (types["region"], types["region_2"], types["region_3"]) == (
        "select_one region",
        "select_one region_2",
        "select_one region_2",
    )
    assert faults(again.sheets) == []


def test_languages_that_a_block_lacks_are_told_and_others_left_out() -> None:
    form = from_markdown(FORM.replace("Français (fr)", "Kiswahili (sw)"))
    added = add_block(form, block("anything_else").sheets)
    assert [language.tag for language in added.missing_languages] == ["sw"]
    assert not any("(fr)" in header for header in added.sheets.headers["survey"])


def test_a_questionnaire_without_named_languages_takes_the_words_of_its_language() -> None:
    form = from_markdown("| survey |\n| | type | name | label |\n| | text | a | A |\n")
    added = add_block(form, block("anything_else").sheets)
    assert added.sheets["survey"][2]["label"] == "Anything else you wish to add"
    assert added.sheets.headers["survey"] == ("type", "name", "label", "constraint", "constraint_message", "appearance")


def test_a_block_stands_below_the_section_that_holds_the_row() -> None:
    form = from_markdown(FORM)
    after = next(row.number for row in form["survey"] if row["name"] == "publish")
    added = add_block(form, block("sdgs").sheets, after=after)
    groups = [row["name"] for row in added.sheets["survey"] if row["type"] == "begin group"]
    assert groups == ["s0", "sdgs", "s1", "s2", "m_serv", "s3"]
    assert added.sheets["survey"][added.rows[0] - 2]["name"] == "sdgs"


def test_the_command_lists_and_adds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["library", "--list", "--json"]) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)] == NAMES
    form, out = tmp_path / "form.md", tmp_path / "new.xlsx"
    form.write_text(FORM, encoding="utf-8")
    assert main(["library", "contact", "--into", str(form), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["renamed"] == {"contact_email": "contact_email_2"}
    assert faults(read_sheets(out)) == []
    assert main(["library", "contact", "--into", str(form)]) == 1
    assert main(["library", "../blocks", "--out", str(out)]) == 1
    assert "no block" in capsys.readouterr().err
