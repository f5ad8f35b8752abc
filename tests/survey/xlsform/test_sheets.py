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
from survey.xlsform.attachments import AttachedTable
from survey.xlsform.rows import Row, rows_of
from survey.xlsform.sheets import MAX_FILE_BYTES, Sheets, from_json, from_markdown, read_sheets, to_json

TABLES: dict[str, list[list[object]]] = {
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


_TABLES = st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=3).map(
    lambda rows: AttachedTable(("a", "b"), tuple(rows))
)


@given(
    st.dictionaries(st.sampled_from(["survey", "choices", "x", "format", "sheets", "files"]), _ROWS, min_size=1),
    st.dictionaries(st.sampled_from(["a.csv", "b.xml"]), _TABLES),
)
def test_a_kept_workbook_comes_back_unchanged(
    rows: dict[str, tuple[Row, ...]], files: dict[str, AttachedTable]
) -> None:
    sheets = Sheets(rows=rows, headers=dict.fromkeys(rows, ("a", "a", "b")), files=files)
    assert from_json(to_json(sheets)) == sheets


def test_a_workbook_kept_before_there_were_files_is_read() -> None:
    kept = '{"survey": {"headers": ["type"], "rows": [[2, {"type": "note"}]]}}'
    assert from_json(kept) == Sheets(rows={"survey": (Row(2, {"type": "note"}),)}, headers={"survey": ("type",)})


FORM: dict[str, list[list[object]]] = {"survey": [["type", "name", "label"], ["select_one_from_file a.csv", "a", "A"]]}
A = AttachedTable(("name", "label"), (("x", "X"),))


def test_files_that_a_workbook_names_are_read_from_beside_it(tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(workbook(FORM))
    (tmp_path / "a.csv").write_text("name,label\nx,X\n", encoding="utf-8")
    (tmp_path / "other.csv").write_text("secret\n", encoding="utf-8")
    assert read_sheets(tmp_path / "form.xlsx").files == {"a.csv": A}


@pytest.mark.parametrize("cell", ["pulldata('t', 'a', 'b', 'c')", 'instance("t")/root/item', "search('t')"])
def test_files_that_an_expression_names_are_read_from_beside_it(cell: str, tmp_path: Path) -> None:
    (tmp_path / "form.md").write_text(
        f"| survey |\n| | type | calculation |\n| | calculate | {cell} |", encoding="utf-8"
    )
    (tmp_path / "T.csv").write_text("name,label\nx,X\n", encoding="utf-8")
    assert read_sheets(tmp_path / "form.md").files == {"T.csv": A}


def test_no_file_outside_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name\nsecret\n", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/form.md").write_text(
        "| survey |\n| | type | name |\n| | select_one_from_file ../a.csv | a |", encoding="utf-8"
    )
    assert read_sheets(tmp_path / "sub/form.md").files == {}


def test_files_are_handed_over_with_an_upload() -> None:
    handed = {"a.csv": b"name;label\nx;X\n", "C:\\b.xml": b"<root><item><name>x</name></item></root>", "c.png": b""}
    assert read_sheets(workbook(FORM), "form.xlsx", attachments=handed).files == {
        "a.csv": A,
        "b.xml": AttachedTable(("name",), (("x",),)),
    }


def test_names_of_files_have_no_sign_that_nobody_can_see() -> None:
    long = "x" * 300 + ".csv"
    handed = {"a\0\x1b\ud800.csv": b"name,label\nx,X\n", long: b"name,label\nx,X\n", "bad\0.xml": b"<"}
    sheets = read_sheets(workbook(FORM), "form\0.xlsx", attachments=handed)
    assert sheets.files == {"a.csv": A, long: A}
    (unread,) = [found.message for found in sheets.findings if found.code == "file.unreadable"]
    assert unread.startswith("The file 'bad.xml' cannot be read")


def test_an_archive_holds_a_workbook_and_its_files() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("form/form.xlsx", workbook(FORM))
        archive.writestr("form/media/a.csv", "name,label\nx,X\n")
        archive.writestr("__MACOSX/form/._form.xlsx", "x")
    assert read_sheets(content.getvalue(), "form.zip") == read_sheets(
        workbook(FORM), attachments={"a.csv": b"name,label\nx,X\n"}
    )


def test_a_folder_of_csv_files_brings_its_other_files(tmp_path: Path) -> None:
    (tmp_path / "survey.csv").write_text("type,name\ntext,a\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text("name,label\nx,X\n", encoding="utf-8")
    assert read_sheets(tmp_path).files == {"a.csv": A}


def test_places_are_read_from_geojson() -> None:
    text = """{"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": 7, "properties": {"title": "Nairobi", "people": 4.0, "capital": true},
         "geometry": {"type": "Point", "coordinates": [36.8, -1.29]}},
        {"type": "Feature", "properties": {"id": "l", "title": null},
         "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}}]}"""
    table = read_sheets(workbook(FORM), attachments={"p.geojson": text.encode()}).files["p.geojson"]
    assert table.records() == (
        {"title": "Nairobi", "people": "4", "capital": "true", "id": "7", "geometry": "-1.29 36.8 0 0"},
        {"id": "l", "geometry": "2.0 1.0 0 0; 4.0 3.0 0 0"},
    )


def test_a_csv_file_in_one_piece_holds_all_sheets() -> None:
    content = b"survey,,\n,type,name\n,text,a\nchoices,,\n,list_name,name\n,l,x\n"
    sheets = read_sheets(content, "form.csv")
    assert (dict(sheets["survey"][0].cells), dict(sheets["choices"][0].cells)) == (
        {"type": "text", "name": "a"},
        {"list_name": "l", "name": "x"},
    )


@pytest.mark.parametrize(
    ("encoding", "delimiter", "findings"),
    [("utf-8-sig", ",", []), ("utf-16", ";", []), ("utf-8", "\t", []), ("latin-1", ";", ["file.encoding"])],
)
def test_csv_is_read_as_spreadsheets_write_it(encoding: str, delimiter: str, findings: list[str]) -> None:
    sheets = read_sheets(f"type{delimiter}name\ntext{delimiter}été\n".encode(encoding), "survey.csv")
    assert sheets["survey"] == (Row(2, {"type": "text", "name": "été"}),)
    assert [finding.code for finding in sheets.findings] == findings


def test_what_a_spreadsheet_hides_is_told() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("survey")
        sheet.write_row(0, 0, ["type", "name", "label"])
        sheet.write_row(1, 0, ["text", "a", "A\x0bB", "remark"])
        sheet.write_formula("C3", '="A"&"B"', None, "AB")
        sheet.write_formula("C4", '="A"&"B"', None, "")
        sheet.write_formula("C5", "=1/0", None, "#DIV/0!")
        sheet.merge_range("A6:B6", "note")
        sheet.set_row(6, None, None, {"hidden": True})
        sheet.write_row(6, 0, ["text", "b", "B"])
        book.add_worksheet("choices").hide()
    sheets = read_sheets(content.getvalue(), "form.xlsx")
    assert [(each.code, each.severity, each.sheet, each.row, each.column) for each in sheets.findings] == [
        ("cell.merged", "warning", "survey", 6, "type"),
        ("cell.formula_without_value", "warning", "survey", 4, "label"),
        ("cell.error", "warning", "survey", 5, "label"),
        ("row.hidden", "info", "survey", 7, ""),
        ("sheet.hidden", "info", "choices", 0, ""),
        ("cell.control_characters", "warning", "survey", 2, "label"),
        ("column.no_header", "info", "survey", 2, ""),
    ]
    assert [row["label"] for row in sheets["survey"]] == ["AB", "AB", "", "B"]


def test_headers_and_cells_lose_invisible_space() -> None:
    sheets = from_markdown("| survey |\n| | \u00a0type\t | \ufeffname |\n| | text\u00a0 | a\u200b |")
    assert sheets["survey"] == (Row(2, {"type": "text", "name": "a"}),)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"survey": 1}', '{"survey": {"rows": [[1]], "headers": []}}', "[" * 9999]
)
def test_a_kept_workbook_that_is_none_is_refused(text: str) -> None:
    if text == "[]":
        assert from_json(text) == Sheets(rows={}, headers={})
        return
    with pytest.raises(InvalidInput, match=r"workbook\.unreadable"):
        from_json(text)


def test_cells_that_stand_for_one_long_text_count_each() -> None:
    text = "x" * 30_000
    with pytest.raises(InvalidInput, match=r"workbook.too_large"):
        rows_of([["type", "name"], *[[text, "a"]] * 1_000], 20_000)


def test_nought_and_false_fill_a_row_and_nothing_does_not() -> None:
    rows = rows_of([["type"], [0], [""], [False], [None], []], 10)[1]
    assert [(row.number, row["type"]) for row in rows] == [(2, "0"), (4, "FALSE")]
