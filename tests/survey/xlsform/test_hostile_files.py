"""Files made to break a reader: each is refused or read in bounded time and memory.

Both are measured in a process of its own; the memory as the kernel counts it since that process began, because
`ru_maxrss` would begin with what the tests themselves have used.
"""

import io
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from data.errors import InvalidInput
from survey.xlsform.excel_files import _is_circular
from survey.xlsform.sheets import read_sheets

SECONDS = 2.0
MEGABYTES = 300
_CHILD = """
import json, re, resource, sys, time
from data.errors import InvalidInput
from survey.xlsform.sheets import read_sheets
content = open(sys.argv[1], "rb").read()
began = time.process_time()
try:
    sheets = read_sheets(content, sys.argv[1])
    outcome = "read %d" % len(sheets["survey"])
    if sheets.findings and sheets.findings[0].severity == "error":
        outcome += " " + sheets.findings[0].code
except InvalidInput as error:
    outcome = error.code
try:
    kilobytes = int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])
except OSError:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([outcome, time.process_time() - began, kilobytes / 1024]))
"""


def workbook(fill: Callable[[xlsxwriter.Workbook], object]) -> dict[str, bytes]:
    """The parts of a workbook that xlsxwriter made."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        fill(book)
    with zipfile.ZipFile(content) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def small(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("survey")
    sheet.write_row(0, 0, ["type", "name", "label"])
    sheet.write_row(1, 0, ["text", "a", "A"])


def packed(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def with_rows(rows: bytes) -> bytes:
    parts = workbook(small)
    return packed(parts | {SHEET: parts[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")})


def empty_rows() -> bytes:
    return with_rows(
        b"".join(
            b'<row r="%d" s="1"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>' % (n, n, n) for n in range(3, 1_000_000)
        )
    )


def filled_rows() -> bytes:
    return with_rows(b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(3, 1_000_000)))


def nameless_cells() -> bytes:
    """Rows and cells that name no place: a wide row and a long column make a grid of 10^10."""
    return with_rows(b"<row>" + b"<c><v>1</v></c>" * 16_000 + b"</row>" + b"<row><c><v>1</v></c></row>" * 600_000)


def far_cell() -> bytes:
    return with_rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def bomb() -> bytes:
    return packed(workbook(small) | {SHEET: b"<worksheet>" + b" " * 190 * 2**20})


def lying_bomb() -> bytes:
    """The archive says that the sheet unpacks to 100 bytes; it unpacks to 400 MB."""
    parts = workbook(small)
    content = bytearray(packed(parts | {SHEET: b"x" * 100}))
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = b"".join(deflate.compress(b" " * 2**20) for _ in range(400)) + deflate.flush()
    real = io.BytesIO()
    with zipfile.ZipFile(real, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            if name != SHEET:
                archive.writestr(name, part)
        archive.writestr(SHEET, b"x" * 100)
    content = bytearray(real.getvalue())
    with zipfile.ZipFile(real) as archive:
        entry = archive.getinfo(SHEET)
    start = entry.header_offset + 30 + len(SHEET)
    content[start : start + entry.compress_size] = stream
    grown = len(stream) - entry.compress_size
    content[entry.header_offset + 18 : entry.header_offset + 22] = len(stream).to_bytes(4, "little")
    central = bytes(content).rindex(b"PK\x01\x02")
    content[central + 20 : central + 24] = len(stream).to_bytes(4, "little")
    end = bytes(content).rindex(b"PK\x05\x06")
    offset = int.from_bytes(content[end + 16 : end + 20], "little") + grown
    content[end + 16 : end + 20] = offset.to_bytes(4, "little")
    return bytes(content)


def nested_bomb() -> bytes:
    return packed({"form.xlsx": bomb()})


def many_entries() -> bytes:
    return packed(workbook(small) | {f"xl/media/{number}": b"" for number in range(20_000)})


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "'
    + b"ha" * 10
    + b'">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)


def laughing_workbook() -> bytes:
    parts = workbook(small)
    body = parts["xl/sharedStrings.xml"].partition(b"?>")[2].replace(b"<t>A</t>", b"<t>&j;</t>")
    return packed(parts | {"xl/sharedStrings.xml": LAUGHS + body})


def outside_entity() -> bytes:
    parts = workbook(small)
    body = parts["xl/sharedStrings.xml"].partition(b"?>")[2].replace(b"<t>A</t>", b"<t>&x;</t>")
    declared = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return packed(parts | {"xl/sharedStrings.xml": declared + body})


def hidden_entity() -> bytes:
    """The same in UTF-16, where a search for bytes does not find it."""
    parts = workbook(small)
    text = (
        (LAUGHS + parts["xl/sharedStrings.xml"].partition(b"?>")[2])
        .decode()
        .replace('"1.0"?', '"1.0" encoding="UTF-16"?')
    )
    return packed(parts | {"xl/sharedStrings.xml": text.encode("utf-16")})


def laughing_attachment() -> bytes:
    return packed(
        {"form.xlsx": packed(workbook(small)), "places.xml": LAUGHS + b"<root><item><name>&j;</name></item></root>"}
    )


def wide_sheet() -> bytes:
    return workbook_bytes(lambda book: book.add_worksheet("survey").write_row(0, 0, ["type"] * 16_384))


def workbook_bytes(fill: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    return packed(workbook(fill))


def encrypted() -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 600


def deep_geojson() -> bytes:
    return packed({"survey.csv": b"type,name,label\ntext,a,A\n", "x.geojson": b"[" * 200_000})


def many_features() -> bytes:
    features = b'{"type": "FeatureCollection", "features": [' + b"{}," * 2_700_000 + b"{}]}"
    return packed({"survey.csv": b"type,name,label\ntext,a,A\n", "x.geojson": features})


CASES = {
    "empty_rows.xlsx": (empty_rows, "read 1"),
    "filled_rows.xlsx": (filled_rows, "workbook.too_large"),
    "nameless_cells.xlsx": (nameless_cells, "workbook.too_large"),
    "far_cell.xlsx": (far_cell, "workbook.too_large"),
    "bomb.xlsx": (bomb, "workbook.too_large"),
    "lying_bomb.xlsx": (lying_bomb, "workbook.unreadable"),
    "nested_bomb.zip": (nested_bomb, "workbook.too_large"),
    "many_entries.xlsx": (many_entries, "workbook.too_large"),
    "laughs.xlsx": (laughing_workbook, "workbook.unreadable"),
    "outside.xlsx": (outside_entity, "workbook.unreadable"),
    "hidden_entity.xlsx": (hidden_entity, "workbook.unreadable"),
    "laughs.zip": (laughing_attachment, "read 1 file.unreadable"),
    "wide.xlsx": (wide_sheet, "workbook.too_large"),
    "encrypted.xlsx": (encrypted, "workbook.unreadable"),
    "deep.zip": (deep_geojson, "read 1 file.unreadable"),
    "features.zip": (many_features, "read 1 file.unreadable"),
    "garbage.xls": (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(range(256)) * 2_000, "workbook.unreadable"),
    "long_line.csv": (lambda: b"type,name\n" + b"a," * 8_000_000, "workbook.too_large"),
    "newlines.csv": (lambda: b"type,name\n" + b"\n" * 15_000_000, "workbook.too_large"),
    "short_rows.csv": (lambda: b"type,name\n" + b"a,b\n" * 4_000_000, "workbook.too_large"),
    "short_rows.md": (lambda: b"| survey |\n" + b"|a\n" * 5_000_000, "workbook.too_large"),
    "quotes.csv": (lambda: b"type,name\n" + b'"' * 15_000_000, "workbook.unreadable"),
    "pipes.md": (lambda: b"| survey |\n" + b"|" * 10_000_000, "workbook.too_large"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_costs_little(name: str, tmp_path: Path) -> None:
    make, expected = CASES[name]
    (tmp_path / name).write_bytes(make())
    ran = subprocess.run(
        [sys.executable, "-c", _CHILD, str(tmp_path / name)], capture_output=True, text=True, check=True, timeout=60
    )
    outcome, seconds, megabytes = json.loads(ran.stdout)
    print(f"{name}: {outcome}, {seconds:.2f} s, {megabytes:.0f} MB")
    assert outcome == expected
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


@pytest.mark.parametrize(
    ("content", "filename", "word"),
    [
        (b"<html><table><tr><td>type</td></tr></table></html>", "form.xlsx", "web page"),
        (b"<?xml version='1.0'?><Workbook/>", "form.xls", "XML file"),
        (b"type,name,label\ntext,a,A\n", "form.xlsx", "text file"),
        (encrypted(), "form.xlsx", "password"),
        (packed({"content.xml": b"<x/>", "mimetype": b"ods"}), "form.ods", "OpenDocument"),
        (packed({"a.txt": b"x"}), "form.xlsx", "no .xlsx"),
        (packed({"a.xlsx": b"x", "b.xlsx": b"y"}), "form.zip", "more than one"),
    ],
)
def test_a_refusal_says_what_the_file_is(content: bytes, filename: str, word: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_sheets(content, filename)
    assert caught.value.code == "workbook.unreadable"
    assert word in str(caught.value.params["reason"])


XLS = Path(__file__).parents[4] / "shared/field-data/01_xlsforms/forms/pyxform_widgets.xls"


@pytest.mark.skipif(not XLS.is_file(), reason="the shared folder with field data is not beside the repository")
def test_a_far_cell_of_an_old_workbook_is_refused() -> None:
    content = bytearray(XLS.read_bytes())
    assert read_sheets(bytes(content), "form.xls")["survey"]
    place = content.index(b"\xfd\x00\x0a\x00")  # a cell with a text: row and column follow
    content[place + 4 : place + 8] = b"\xff\xff\xff\x00"
    with pytest.raises(InvalidInput, match=r"workbook\.too_large"):
        read_sheets(bytes(content), "form.xls")


def spoiled(part: str, old: bytes, new: bytes) -> bytes:
    parts = workbook(small)
    assert old in parts[part]
    return packed(parts | {part: parts[part].replace(old, new, 1)})


@pytest.mark.parametrize(
    ("part", "old", "new", "outcome"),
    [
        ("xl/sharedStrings.xml", b'uniqueCount="6"', b'uniqueCount="2147483648"', "read 1"),
        ("xl/styles.xml", b'<cellXfs count="1"', b'<cellXfs count="2147483648"', "read 1"),
        (SHEET, b'<c r="A2"', b'<c x=">" r="XFD1048576"', "workbook.too_large"),
        (SHEET, b'<c r="A2"', b'<c r="XFD104857&#54;"', "workbook.too_large"),
        (SHEET, b'<c r="A2"', b'<c r="A2" r="XFD1048576"', "workbook.unreadable"),
        (SHEET, b'<c r="A2"', b'<c r="C399999999994"', "workbook.unreadable"),
    ],
    ids=["strings", "styles", "sign", "entity", "twice", "digits"],
)
def test_no_statement_of_a_workbook_makes_the_library_ask_for_all_memory(
    tmp_path: Path, part: str, old: bytes, new: bytes, outcome: str
) -> None:
    """Found by the fuzz: the library aborts the whole process when it gets no memory."""
    (tmp_path / "form.xlsx").write_bytes(spoiled(part, old, new))
    ran = subprocess.run(
        [sys.executable, "-c", _CHILD, str(tmp_path / "form.xlsx")], capture_output=True, text=True, timeout=60
    )
    assert (ran.returncode, json.loads(ran.stdout or "[null]")[0]) == (0, outcome)


@pytest.mark.skipif(not XLS.is_file(), reason="the shared folder with field data is not beside the repository")
@pytest.mark.parametrize(
    ("mark", "offset", "new"),
    [
        (b"\x00\x02\x0e\x00", 4, b"\x00\x08\x00\x00\x01"),  # the first row of a sheet after its last
        (b"\xfc\x00\x3a\x0b", 8, b"\xff\xff\xff\x7f"),  # how many texts there are
    ],
    ids=["dimensions", "texts"],
)
def test_no_statement_of_an_old_workbook_makes_the_library_ask_for_all_memory(
    tmp_path: Path, mark: bytes, offset: int, new: bytes
) -> None:
    content = bytearray(XLS.read_bytes())
    place = content.index(mark) + offset
    content[place : place + len(new)] = new
    (tmp_path / "form.xls").write_bytes(content)
    ran = subprocess.run(
        [sys.executable, "-c", _CHILD, str(tmp_path / "form.xls")], capture_output=True, text=True, timeout=60
    )
    assert (ran.returncode, json.loads(ran.stdout or "[null]")[0]) == (0, "workbook.unreadable")


def test_sectors_that_lead_back_to_one_are_found() -> None:
    assert not _is_circular([1, 2, -2, -1, 2])
    assert _is_circular([-2, 2, 3, 1])
    assert _is_circular([0])
