"""From a questionnaire to rows and files, and back."""

# ruff: noqa: E501 - forms stand here as Markdown tables

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.questionnaire import Kind, Question, Questionnaire
from survey.xlsform.checker import check
from survey.xlsform.reader import read, read_questionnaire
from survey.xlsform.rows import Row
from survey.xlsform.sheets import Sheets, from_markdown, read_sheets
from survey.xlsform.text_files import to_csv_files, to_markdown
from survey.xlsform.workbook_writer import HELPER_SHEET, to_archive, to_workbook
from survey.xlsform.writer import to_sheets
from tests.survey.xlsform.questionnaires import questionnaires, without_rows

FORMS = sorted((Path(__file__).parents[4] / "shared/field-data/01_xlsforms/forms").glob("*.xls*"))
DEMO = Path(__file__).parents[3] / "data/demo/way_forward_2029"
slow = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def reread(content: bytes, filename: str = "form.xlsx") -> Sheets:
    """The sheets of a file, without those that the writer adds for the menus of Excel."""
    sheets = read_sheets(content, filename)
    return replace(
        sheets,
        rows={name: rows for name, rows in sheets.rows.items() if name != HELPER_SHEET},
        headers={name: headers for name, headers in sheets.headers.items() if name != HELPER_SHEET},
    )


def from_folder(folder: Path, files: dict[str, bytes]) -> Sheets:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return read_sheets(folder)


@slow
@given(questionnaires())
def test_reading_what_was_written_gives_the_same_questionnaire(questionnaire: Questionnaire) -> None:
    again, issues = read(to_sheets(questionnaire))
    assert without_rows(again) == questionnaire
    assert [issue for issue in issues if issue.severity == "error"] == []


@slow
@given(questionnaires())
def test_a_workbook_holds_the_sheets_unchanged(questionnaire: Questionnaire) -> None:
    sheets = to_sheets(questionnaire)
    assert reread(to_workbook(sheets)) == sheets


@slow
@given(questionnaires(most_questions=6))
def test_csv_files_hold_the_sheets_unchanged(
    tmp_path_factory: pytest.TempPathFactory, questionnaire: Questionnaire
) -> None:
    sheets = to_sheets(questionnaire)
    assert from_folder(tmp_path_factory.mktemp("form"), to_csv_files(sheets)) == sheets


@slow
@given(questionnaires(lines=False))
def test_markdown_holds_the_sheets_unchanged(questionnaire: Questionnaire) -> None:
    sheets = to_sheets(questionnaire)
    assert from_markdown(to_markdown(sheets)) == sheets


@slow
@given(questionnaires(most_questions=9))
def test_pyxform_accepts_what_is_written(questionnaire: Questionnaire) -> None:
    sheets = reread(to_workbook(to_sheets(questionnaire)))
    assert [issue for issue in check(sheets) if issue.code == "workbook.refused_by_pyxform"] == []


@pytest.mark.skipif(not FORMS, reason="the shared folder with field data is not beside the repository")
@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_of_the_field_survives_writing(path: Path) -> None:
    sheets = read_sheets(path)
    before, issues = read(sheets)
    after, again = read(to_sheets(before))
    assert without_rows(after) == without_rows(before)
    assert {issue.code for issue in again if issue.severity == "error"} <= {
        issue.code for issue in issues if issue.severity == "error"
    }
    kept = reread(to_workbook(sheets))
    known = {name: rows for name, rows in sheets.rows.items() if rows}
    assert {name: rows for name, rows in kept.rows.items() if rows} == known
    assert {name: headers for name, headers in kept.headers.items() if headers} == {
        name: headers for name, headers in sheets.headers.items() if headers
    }


@pytest.mark.skipif(not FORMS, reason="the shared folder with field data is not beside the repository")
@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_pyxform_judges_a_written_form_as_the_original(path: Path) -> None:
    refused = "workbook.refused_by_pyxform"
    sheets = read_sheets(path)
    before = {issue.code for issue in check(sheets) if issue.severity == "error"}
    written = {issue.code for issue in check(to_sheets(read(sheets)[0])) if issue.severity == "error"}
    assert refused not in written
    assert written <= before


def test_the_demo_is_written_as_it_was_read() -> None:
    questionnaire = read_questionnaire(read_sheets(DEMO))
    assert without_rows(read_questionnaire(to_sheets(questionnaire))) == without_rows(questionnaire)
    assert reread(to_workbook(read_sheets(DEMO))).rows == read_sheets(DEMO).rows


def test_equal_sheets_make_equal_bytes() -> None:
    sheets = read_sheets(DEMO)
    assert to_workbook(sheets) == to_workbook(read_sheets(DEMO))


FORM = """
| survey |
| | type | name | label::English (en) | label::العربية (ar) | my notes | relevant |
| | begin group | g | Group | مجموعة | keep | |
| | select_one yn | a | =1+1 | نعم؟ | | |
| | begin repeat | r | Rooms | غرف | | |
| | integer | n | +1 | رقم | 007 | ${a} = '1' |
| | end repeat | | | | | |
| | end group | | | | | |
| choices |
| | list_name | name | label::English (en) | label::العربية (ar) | region |
| | yn | 1 | Yes | نعم | =x |
| | yn | 0 | No | لا | |
"""


def opened(sheets: Sheets) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(to_workbook(sheets)))


def test_words_are_never_formulas_or_numbers() -> None:
    book = opened(from_markdown(FORM))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert book["survey"]["C3"].value == "=1+1"
    assert book["survey"]["E5"].value == "007"
    assert book["choices"]["B2"].value == "1"


def test_columns_that_only_people_know_are_kept() -> None:
    sheets = from_markdown(FORM)
    assert reread(to_workbook(sheets)).rows == sheets.rows
    assert "my notes" in sheets.headers["survey"]


def test_a_workbook_is_readable_by_people() -> None:
    book = opened(from_markdown(FORM))
    survey = book["survey"]
    assert survey.freeze_panes == "C2"
    assert survey["A1"].font.bold
    assert survey.auto_filter.ref == "A1:F7"
    assert survey["D3"].alignment.readingOrder == 2
    assert survey["C3"].alignment.wrap_text
    tints = [survey.cell(row, 1).fill.fgColor.rgb for row in range(2, 8)]
    assert (tints[0], tints[2]) == (tints[5], tints[4])
    assert len({tints[0], tints[1], tints[2]}) == 3
    assert survey["B5"].alignment.indent == 2


def test_menus_offer_types_with_lists_and_names_of_lists() -> None:
    book = opened(from_markdown(FORM))
    helper = book[HELPER_SHEET]
    offered = [cell.value for cell in helper["A"]]
    assert {"select_one yn", "select_multiple yn", "rank yn", "text", "begin repeat"} <= set(offered)
    assert [cell.value for cell in helper["B"] if cell.value] == ["choices list_name", "yn"]
    assert helper.sheet_state == "hidden"
    rules = {rule.formula1: str(rule.sqref) for rule in book["survey"].data_validations.dataValidation}
    assert rules == {f"'{HELPER_SHEET}'!$A$2:$A${len(offered)}": "A2:A507"}


def test_where_choices_are_declared_no_answer_a_menu_offers_the_words() -> None:
    choices = (
        "| choices |\n| | list_name | name | label | missing |\n| | yn | yes | Yes | |\n| | yn | no | No | answer |"
    )
    book = opened(from_markdown(f"| survey |\n| | type | name | label |\n| | select_one yn | a | A |\n{choices}"))
    offered = [cell.value for cell in book[HELPER_SHEET]["C"] if cell.value]
    assert offered == ["choices missing", "not_applicable", "dont_know", "refused", "answer"]
    rules = {rule.formula1: str(rule.sqref) for rule in book["choices"].data_validations.dataValidation}
    assert rules[f"'{HELPER_SHEET}'!$C$2:$C$5"].startswith("D2:")


def test_where_choices_are_declared_exclusive_a_menu_offers_yes_and_no() -> None:
    choices = (
        "| choices |\n| | list_name | name | label | exclusive |\n| | yn | yes | Yes | |\n| | yn | no | No | yes |"
    )
    form = f"| survey |\n| | type | name | label |\n| | select_multiple yn | a | A |\n{choices}"
    book = opened(from_markdown(form))
    assert [cell.value for cell in book[HELPER_SHEET]["C"] if cell.value] == ["choices exclusive", "yes", "no"]
    assert reread(to_workbook(from_markdown(form))).rows == from_markdown(form).rows


def test_a_questionnaire_in_arabic_is_read_from_right_to_left() -> None:
    form = f"{FORM}\n| settings |\n| | default_language |\n| | العربية (ar) |\n"
    assert opened(from_markdown(form))["survey"].sheet_view.rightToLeft
    assert not opened(from_markdown(FORM))["survey"].sheet_view.rightToLeft


def test_row_numbers_stay_where_lines_were_left_free() -> None:
    rows = (Row(2, {"type": "text", "name": "a"}), Row(6, {"type": "text", "name": "b"}))
    sheets = Sheets(rows={"survey": rows}, headers={"survey": ("type", "name")})
    assert reread(to_workbook(sheets)).rows["survey"] == rows
    assert read_sheets(to_csv_files(sheets)["survey.csv"], "survey.csv").rows["survey"] == rows


@pytest.mark.parametrize("label", ["a\nb", "a\n\n| b", "&#10; as words", "&#38;#10;\n&#10;", "a & b"])
def test_line_breaks_come_back_from_markdown(label: str) -> None:
    sheets = Sheets(rows={"survey": (Row(2, {"label": label}),)}, headers={"survey": ("label",)})
    assert from_markdown(to_markdown(sheets)).rows == sheets.rows


FROM_FILE = """
| survey |
| | type | name | label | parameters |
| | select_one_from_file cities.csv | c | City | value=code label=title |
| | select_one_from_file plain.xml | p | Plain | |
| | select_one_from_file spots.geojson | s | Spot | |
"""
ATTACHMENTS = {
    "cities.csv": b'code,title,region\n1,"A, ""b""",=north\n2,B,\n',
    "plain.xml": b"<root><item><name>x</name><label>X &amp; Y</label></item></root>",
    "spots.geojson": b'{"type":"FeatureCollection","features":[{"type":"Feature","id":"7","properties":{"title":"T"},"geometry":{"type":"Point","coordinates":[1.5,2.25]}}]}',
}


def test_an_archive_holds_the_workbook_and_its_files() -> None:
    sheets = read_sheets(FROM_FILE.encode(), "form.md", attachments=ATTACHMENTS)
    archive = to_archive(sheets, "form")
    assert set(zipfile.ZipFile(io.BytesIO(archive)).namelist()) == {"form.xlsx", *ATTACHMENTS}
    again = reread(archive, "form.zip")
    assert (again.rows, dict(again.files)) == (sheets.rows, dict(sheets.files))
    assert again.files["spots.geojson"].records() == ({"id": "7", "title": "T", "geometry": "2.25 1.5 0 0"},)


def test_lists_from_files_are_written_as_files() -> None:
    questionnaire = read_questionnaire(read_sheets(FROM_FILE.encode(), "form.md", attachments=ATTACHMENTS))
    sheets = to_sheets(questionnaire)
    assert without_rows(read_questionnaire(sheets)) == without_rows(questionnaire)
    assert [row["type"] for row in sheets["survey"]] == [
        "select_one_from_file cities.csv",
        "select_one_from_file plain.xml",
        "select_one_from_file spots.geojson",
    ]
    assert "choices" not in sheets.rows


@given(st.text(max_size=40))
@settings(max_examples=100)
def test_no_text_breaks_a_workbook(words: str) -> None:
    sheets = Sheets(rows={"survey": (Row(2, {"type": words}),), words: ()}, headers={"survey": ("type", words)})
    openpyxl.load_workbook(io.BytesIO(to_workbook(sheets)))


def test_a_question_made_by_a_program_needs_no_more_than_its_name() -> None:
    bare = Questionnaire(
        title="T",
        form_id="t",
        version="",
        languages=(),
        default_language="en",
        children=(Question(name="a", kind=Kind.TEXT),),
        choice_lists={},
    )
    assert [dict(row.cells) for row in to_sheets(bare)["survey"]] == [{"type": "text", "name": "a"}]
