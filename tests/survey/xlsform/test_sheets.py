"""Opening workbooks: every format, and what is refused."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvalidInput
from survey.xlsform.sheets import MAX_FILE_BYTES, Row, Sheets, from_json, from_markdown, read_sheets, to_json

TABLES = {
    "survey": [["type", " name ", "label::English (en)"], [], ["range", "a", 2.0], ["text", "b", True]],
    "choices": [["list_name", "name"]],
}


def workbook(tables: dict[str, list[list[object]]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return content.getvalue()


def test_a_workbook_keeps_row_numbers_and_writes_numbers_as_authors_do() -> None:
    sheets = read_sheets(workbook({**TABLES, "Notes": [["x"]]}), "form.xlsx")
    assert sheets["survey"] == (
        Row(3, {"type": "range", "name": "a", "label::English (en)": "2"}),
        Row(4, {"type": "text", "name": "b", "label::English (en)": "TRUE"}),
    )
    assert sheets.headers["survey"] == ("type", "name", "label::English (en)")
    assert sheets["choices"] == sheets["notes"] == sheets["absent"] == ()


def test_sheet_names_are_read_in_any_case() -> None:
    assert read_sheets(workbook({"Survey ": [["type"], ["note"]]}))["survey"] == (Row(2, {"type": "note"}),)


def test_a_folder_of_csv_files_reads_like_a_workbook(tmp_path: Path) -> None:
    (tmp_path / "survey.csv").write_text("\ufefftype,name\ntext,été\n", encoding="utf-8")
    assert read_sheets(tmp_path)["survey"] == (Row(2, {"type": "text", "name": "été"}),)


def test_markdown_reads_like_a_workbook(tmp_path: Path) -> None:
    text = "# Form\n| survey |\n| | type | name |\n| | --- | --- |\n| | text | a\\|b |\n"
    (tmp_path / "form.md").write_text(text, encoding="utf-8")
    assert read_sheets(tmp_path / "form.md") == from_markdown(text)
    assert from_markdown(text)["survey"] == (Row(2, {"type": "text", "name": "a|b"}),)


def test_the_first_of_two_equal_columns_counts_and_both_are_seen() -> None:
    sheets = from_markdown("| survey |\n| | type | label | label |\n| | text | A | B |")
    assert sheets["survey"][0]["label"] == "A"
    assert sheets.headers["survey"] == ("type", "label", "label")


def zip_bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b" " * 70 * 2**20)
    return content.getvalue()


def far_cell() -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.add_worksheet("survey").write("XFD1048576", "far")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "form.xlsx", "workbook.unreadable"),
        (b"hello", "form.xlsx", "workbook.unreadable"),
        (b"PK\x03\x04 broken", "form.xlsx", "workbook.unreadable"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600, "form.xls", "workbook.unreadable"),
        (b"\xff\xfe\x00", "form.csv", "workbook.unreadable"),
        (b" " * (MAX_FILE_BYTES + 1), "form.xlsx", "workbook.too_large"),
        (zip_bomb(), "form.xlsx", "workbook.too_large"),
        (far_cell(), "form.xlsx", "workbook.too_large"),
        (workbook({"Sheet1": [["type"]]}), "form.xlsx", "workbook.no_survey_sheet"),
        (b"type\n" + b"note\n" * 20_001, "survey.csv", "workbook.too_large"),
        (b"type\n" + b"x" * 32_768, "survey.csv", "workbook.too_large"),
        (b"# nothing", "form.md", "workbook.no_survey_sheet"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(content: bytes, filename: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_sheets(content, filename)
    assert caught.value.code == code


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"workbook\.unreadable"):
        read_sheets(tmp_path / "absent.xlsx")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for filename in ("a.xlsx", "a.csv", "a.md"):
        with suppress(InvalidInput):
            assert read_sheets(content, filename)["survey"] is not None


_CELLS = st.dictionaries(st.text(min_size=1, max_size=5), st.text(min_size=1, max_size=8), max_size=3)
_ROWS = st.lists(st.builds(Row, st.integers(2, 99), _CELLS), max_size=3).map(tuple)


@given(st.dictionaries(st.sampled_from(["survey", "choices", "x"]), _ROWS, min_size=1))
def test_a_kept_workbook_comes_back_unchanged(rows: dict[str, tuple[Row, ...]]) -> None:
    sheets = Sheets(rows=rows, headers=dict.fromkeys(rows, ("a", "a", "b")))
    assert from_json(to_json(sheets)) == sheets


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"survey": 1}', '{"survey": {"rows": [[1]], "headers": []}}', "[" * 9999]
)
def test_a_kept_workbook_that_is_none_is_refused(text: str) -> None:
    if text == "[]":
        assert from_json(text) == Sheets(rows={}, headers={})
        return
    with pytest.raises(InvalidInput, match=r"workbook\.unreadable"):
        from_json(text)
