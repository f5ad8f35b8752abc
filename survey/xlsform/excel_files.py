"""Workbooks of Excel opened safely: .xlsx and .xls made into cells, with a finding for what an author cannot see there.

A workbook that is uploaded is hostile until shown otherwise. Of an .xlsx only the parts that are read are unpacked,
each within a bound; they are looked at and packed anew, so that the library meets nothing else. What the cells mean is
for `survey.xlsform.sheets`.
"""

import html
import io
import os
import re
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum
from xlrd.compdoc import CompDoc, CompDocError

from data.errors import InvalidInput
from survey.xlsform.issues import CheckIssue, Severity

MAX_UNPACKED_BYTES = 200 * 2**20
MAX_PARTS_BYTES = 100 * 2**20
"""Most that the parts which are read may unpack to."""
MAX_GRID = 4_000_000
"""Cells between the first and the farthest one, empty ones too: the library keeps them all."""
MAX_MARKED = 1_000_000
"""Cells that an .xlsx may write down."""
MAX_ENTRIES = 10_000
MAX_SHEETS = 100
_MOST_TOLD = 10
MEMORY_SHEET = "translation_memory"
"""A hidden sheet with what the memory of translations knows; other programs pass it over."""
XLS_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
ZIP_MAGIC = b"PK\x03\x04"

_PLACE = re.compile(r"([A-Za-z]{0,3})(\d{1,10})")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c(?=\s)([^<>]*)>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<>]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ERROR_CELL = re.compile(rb"<(?:\w+:)?c(?=\s)([^<>]*\st=[\"']e[\"'][^<>]*)>")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row(?=\s)([^<>]*\shidden=[\"'](?:1|true)[\"'][^<>]*)>")
_REFERENCE = re.compile(rb"\sr=[\"']([A-Za-z]{0,3})(\d{1,10})[\"']")
_SHEET = re.compile(r"<(?:\w+:)?sheet(?=\s)([^<>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship(?=\s)([^<>]*)>")
_COUNTED = re.compile(rb"<(?:\w+:)?(?:sst|cellXfs|numFmts)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_COUNT = re.compile(rb"\b(?:unique)?count\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@dataclass(slots=True)
class OpenedWorkbook:
    """Cells of the wanted sheets, the names of all, and what an author should know about them."""

    tables: dict[str, Sequence[Sequence[object]]] = field(default_factory=dict)
    findings: list[CheckIssue] = field(default_factory=list)


def open_workbook(content: bytes, wanted: Callable[[str], bool]) -> OpenedWorkbook:
    """The cells of the sheets whose names are wanted; other sheets come out empty.

    Raises  InvalidInput: workbook.unreadable, workbook.too_large.
    """
    marks: dict[str, bytes] = {}
    if content[:4] == ZIP_MAGIC:
        content, marks = _repacked(content, wanted)
    elif content[:8] == XLS_MAGIC:
        _check_xls(content)
    else:
        raise _unreadable(_kind_of_text(content))
    return _tables(content, marks, wanted)


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The content of an entry, unpacked piece by piece: never much more than the size that the archive declares.

    Raises  zipfile.BadZipFile when it is not of that size: `ZipFile.read` would unpack it whole before it says so.
    """
    pieces: list[bytes] = []
    with archive.open(entry) as stream:
        while piece := stream.read(2**16):
            pieces.append(piece)
    return b"".join(pieces)


def column_number(letters: str) -> int:
    """The place of a column, 0 for A."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _tables(content: bytes, marks: Mapping[str, bytes], wanted: Callable[[str], bool]) -> OpenedWorkbook:
    opened = OpenedWorkbook()
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        hidden = {each.name for each in workbook.sheets_metadata if each.visible is not SheetVisibleEnum.Visible}
        for name in workbook.sheet_names[:MAX_SHEETS]:
            if not wanted(name):
                opened.tables[name] = ()
                continue
            sheet = workbook.get_sheet_by_name(name)
            if sheet.height * sheet.width > MAX_GRID:
                raise _too_large()
            opened.tables[name] = sheet.to_python(skip_empty_area=False)
            key = name.strip().lower()
            if name in hidden and key != MEMORY_SHEET:
                opened.findings.append(
                    _issue(
                        "sheet.hidden", "info", key, 0, "", f"The sheet '{name}' is hidden; it is read all the same."
                    )
                )
            opened.findings += _merged(key, sheet.merged_cell_ranges or [])
            if name in marks:
                opened.findings += _marked(key, marks[name], opened.tables[name])
    except InvalidInput:
        raise
    except PasswordError as error:
        raise _unreadable("the workbook is protected with a password") from error
    except BaseException as error:  # calamine's Rust side panics with a BaseException on some broken files
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise _unreadable("the workbook is damaged or protected") from error
    return opened


# .xlsx


def _repacked(content: bytes, wanted: Callable[[str], bool]) -> tuple[bytes, dict[str, bytes]]:
    """The archive with only the parts that are read, none of which is hostile; and the wanted sheets by name."""
    if content.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise _too_large(MAX_ENTRIES, "entries")
    marks: dict[str, bytes] = {}
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(packed, "w") as clean:
            entries = {entry.filename.replace("\\", "/").lower(): entry for entry in archive.infolist()}
            if sum(entry.file_size for entry in entries.values()) > MAX_UNPACKED_BYTES:
                raise _too_large(MAX_UNPACKED_BYTES, "bytes unpacked")
            if "xl/workbook.xml" not in entries:
                raise _unreadable(
                    "it is an OpenDocument file; save it as .xlsx"
                    if "content.xml" in entries
                    else "the archive holds no .xlsx workbook"
                )
            left = MAX_PARTS_BYTES
            sheets = _sheet_parts(archive, entries)
            for path, entry in entries.items():
                name = sheets.get(path)
                if name is not None and not wanted(name):
                    continue
                if name is None and not _is_frame(path):
                    continue
                if entry.file_size > left:
                    raise _too_large(MAX_PARTS_BYTES, "bytes unpacked")
                part = unpacked(archive, entry)
                left -= len(part)
                if name is not None or path.startswith("xl/worksheets/"):
                    part = _trimmed(part)
                    _check_encoding(part)
                    _check_extent(part)
                    if name is not None:
                        marks[name] = part
                else:
                    _check_encoding(part)
                    _parse(part, None)
                    part = _uncounted(part)
                clean.writestr(entry.filename.replace("\\", "/"), part)
    except InvalidInput:
        raise
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        KeyError,
        struct.error,
    ) as error:
        raise _unreadable("the archive is damaged or protected") from error
    except Exception as error:
        if type(error).__module__ not in ("zlib", "lzma", "_lzma"):
            raise
        raise _unreadable("the archive is damaged") from error
    return packed.getvalue(), marks


def _is_frame(path: str) -> bool:
    return path in (
        "[content_types].xml",
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/sharedstrings.xml",
        "xl/styles.xml",
    )


def _sheet_parts(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo]) -> dict[str, str]:
    """Path of each sheet's part, in lower case -> its name."""

    def attributes(path: str, pattern: re.Pattern[str]) -> list[dict[str, str]]:
        entry = entries.get(path)
        if entry is None:
            return []
        if entry.file_size > 2**20:
            raise _too_large(2**20, "bytes unpacked")
        text = unpacked(archive, entry).decode("utf-8", "replace")
        return [
            {name.rpartition(":")[2]: html.unescape(one or other) for name, one, other in _ATTRIBUTE.findall(found)}
            for found in pattern.findall(text)
        ]

    targets = {
        each.get("Id", ""): each.get("Target", "") for each in attributes("xl/_rels/workbook.xml.rels", _RELATION)
    }
    parts: dict[str, str] = {}
    for each in attributes("xl/workbook.xml", _SHEET):
        target = targets.get(each.get("id", ""), "").replace("\\", "/")
        path = target.lstrip("/") if target.startswith("/") else os.path.normpath(f"xl/{target}")
        parts[path.lower()] = each.get("name", "")
    return parts


def _check_encoding(part: bytes) -> None:
    """Raises for entities and document types, which no spreadsheet writes, and for encodings that could hide them."""
    if b"\x00" in part[:64] or part[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _unreadable("its XML is not UTF-8")
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise _unreadable("its XML declares a document type or entities, as no spreadsheet program writes them")


def _parse(part: bytes, start: Callable[[str, dict[str, str]], None] | None) -> None:
    """Tells each element; raises for XML that is not well formed, which others would read otherwise than we do."""
    parser = expat.ParserCreate()
    if start is not None:
        parser.StartElementHandler = start
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, LookupError) as error:
        raise _unreadable("its XML is damaged") from error


def _uncounted(part: bytes) -> bytes:
    """The part without its own word on how many strings or styles follow: the library makes room for so many."""
    return _COUNTED.sub(lambda found: _COUNT.sub(b"", found[0]), part)


def _trimmed(sheet: bytes) -> bytes:
    """The sheet without the rows behind its last filled cell, which programs leave by the million."""
    last = max(sheet.rfind(mark) for mark in (b"</v>", b"</is>", b"</f>", b"</t>"))
    start = sheet.find(b"</row>", last) if last >= 0 else -1
    end = sheet.find(b"</sheetData>", start) if start >= 0 else -1
    if end < 0 or b":sheetData" in sheet[:4096]:
        return sheet
    return sheet[: start + len(b"</row>")] + sheet[end:]


def _check_extent(sheet: bytes) -> None:
    """Raises when the grid of all cells, also of those that name no place, would fill the memory."""
    if sheet.count(b"<c ") + sheet.count(b"<c>") + sheet.count(b"<row") + sheet.count(b":c ") > MAX_MARKED:
        raise _too_large()
    row = column = 0
    width = height = 0
    held = True

    def placed(attributes: dict[str, str]) -> re.Match[str] | None:
        written = attributes.get("r")
        found = None if written is None else _PLACE.fullmatch(written)
        if written and not found:
            raise _unreadable("a cell stands nowhere")
        return found

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, width, height, held
        name = tag.rpartition(":")[2] if ":" in tag else tag
        if name == "c":
            place = placed(attributes)
            row = int(place[2]) if place else max(row, 1)
            column = column_number(place[1]) + 1 if place and place[1] else column + 1
            held = False
        elif name == "row":
            place = placed(attributes)
            row, column, held = int(place[2]) if place else row + 1, 0, True
        elif not held:  # the first element inside a cell: it holds something
            held, width, height = True, max(width, column), max(height, row)

    _parse(sheet, start)
    if width * height > MAX_GRID:
        raise _too_large()


# .xls


def _check_xls(content: bytes) -> None:
    """Raises when the workbook is encrypted, or has a cell so far out that the grid would fill the memory."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _unreadable("the workbook is protected with a password")
    try:
        compound = CompDoc(content, logfile=io.StringIO())
        if _is_circular(compound.SAT) or _is_circular(compound.SSAT):
            raise CompDocError("a stream that never ends")
        found = compound.locate_named_stream("Workbook")
        if not found[0]:
            found = compound.locate_named_stream("Book")
    except Exception as error:  # xlrd passes on whatever a broken directory leads to
        raise _unreadable("the workbook is damaged") from error
    memory, start, length = found
    if not memory:
        raise _unreadable("the file holds no workbook")
    rows = columns = 0
    for kind, place, size in _records(bytes(memory[start : start + length])):
        if kind == _SST and size >= 8:
            strings = max(struct.unpack_from("<II", memory, start + place))
            if strings > MAX_MARKED or strings * 3 > length + 3 * 2**16:  # the library makes room for so many
                raise _unreadable("the workbook is damaged")
        if kind == _DIMENSIONS and size in (10, 14):
            first, last, left, right = struct.unpack_from("<IIHH" if size == 14 else "<HHHH", memory, start + place)
            if last and right and (first >= last or left >= right or last > 2**16 or right > 2**8):
                raise _unreadable("a sheet states a wrong size; save it as .xlsx")  # the library makes room for it
        if kind in _XLS_CELLS and size >= 4:
            row, column = struct.unpack_from("<HH", memory, start + place)
            if kind == _MULRK:
                column = struct.unpack_from("<H", memory, start + place + size - 2)[0]
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if rows * columns > MAX_GRID:
                raise _too_large()


def _is_circular(following: Sequence[int]) -> bool:
    """True when going from sector to sector leads back to one; the libraries would follow for ever."""
    seen = bytearray(len(following))
    for begun in range(len(following)):
        path: list[int] = []
        place = begun
        while 0 <= place < len(following) and not seen[place]:
            seen[place] = 1
            path.append(place)
            place = following[place]
        if 0 <= place < len(following) and seen[place] == 1:
            return True
        for each in path:
            seen[each] = 2
    return False


_MULRK = 0x00BD
_SST = 0x00FC
_DIMENSIONS = 0x0200
_XLS_CELLS = frozenset({_MULRK, 0x00FD, 0x0203, 0x027E, 0x0204, 0x0205, 0x0006, 0x00D6, 0x0207, 0x0002, 0x0003, 0x0004})


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of each record of a BIFF stream."""
    place = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        if place + 4 + size > len(stream):
            return
        yield kind, place + 4, size
        place += 4 + size


# Findings


def _merged(sheet: str, ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> list[CheckIssue]:
    return _told(
        [
            _issue(
                "cell.merged",
                "warning",
                sheet,
                first[0] + 1,
                _letters(first[1]),
                f"The cells {_letters(first[1])}{first[0] + 1}:{_letters(last[1])}{last[0] + 1} are merged;"
                " only the first of them is read.",
                "Unmerge them and write the words into each cell.",
            )
            for first, last in ranges[: _MOST_TOLD + 1]
        ]
    )


def _marked(sheet: str, part: bytes, table: Sequence[Sequence[object]]) -> list[CheckIssue]:
    """Formulas without a value, errors, and hidden rows, as the part of an .xlsx shows them."""
    found: list[CheckIssue] = []
    if b"<f" in part or b":f" in part:
        for cell in _FORMULA.finditer(part):
            place = _REFERENCE.search(cell[1])
            if place and b't="str"' not in cell[1] and len(found) <= _MOST_TOLD:
                found.append(
                    _issue(
                        "cell.formula_without_value",
                        "warning",
                        sheet,
                        int(place[2]),
                        place[1].decode(),
                        f"The cell {(place[1] + place[2]).decode()} holds a formula whose value was not saved;"
                        " it is read as empty.",
                        "Open the workbook in a spreadsheet program and save it, or write the value itself.",
                    )
                )
    errors = [place for cell in _ERROR_CELL.finditer(part) if (place := _REFERENCE.search(cell[1]))]
    found += _told(
        [
            _issue(
                "cell.error",
                "warning",
                sheet,
                int(place[2]),
                place[1].decode(),
                f"The formula in cell {(place[1] + place[2]).decode()} has an error for a value; it is read as empty.",
                "Correct the formula, or write the value itself.",
            )
            for place in errors[: _MOST_TOLD + 1]
        ]
    )
    hidden = [int(place[2]) for row in _HIDDEN_ROW.finditer(part) if (place := _REFERENCE.search(row[1]))]
    filled = [row for row in hidden if row <= len(table) and any(table[row - 1])]
    if filled:
        rows = ", ".join(map(str, filled[:_MOST_TOLD])) + (" ..." if len(filled) > _MOST_TOLD else "")
        found.append(_issue("row.hidden", "info", sheet, filled[0], "", f"Hidden rows are read all the same: {rows}."))
    return found


def _told(findings: list[CheckIssue]) -> list[CheckIssue]:
    """The findings, or the first of them with a word on the others."""
    if len(findings) <= _MOST_TOLD:
        return findings
    last = findings[_MOST_TOLD - 1]
    more = CheckIssue(
        code=last.code,
        severity=last.severity,
        sheet=last.sheet,
        row=last.row,
        column=last.column,
        message=f"{last.message} There are more.",
        fix=last.fix,
    )
    return [*findings[: _MOST_TOLD - 1], more]


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _kind_of_text(content: bytes) -> str:
    """What a file is that was said to be a workbook."""
    start = content[:4096]
    with suppress(UnicodeDecodeError):
        text = start.decode("utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "strict").lstrip(
            "\ufeff \r\n\t"
        )
        lowered = text.lower()
        if lowered.startswith(("<!doctype html", "<html", "<table", "<head", "<div")):
            return "it is a web page, not a workbook; open it in a spreadsheet program and save it as .xlsx"
        if lowered.startswith("<"):
            return "it is an XML file, not a workbook; save it as .xlsx"
        if (text and text.isprintable()) or (("," in text or ";" in text or "\t" in text) and "\x00" not in text):
            return "it is a text file, not a workbook; give it the ending .csv or save it as .xlsx"
    return "it is no .xlsx or .xls workbook"


def _issue(
    code: str, severity: Severity, sheet: str, row: int, column: str, message: str, fix: str = "Nothing to do."
) -> CheckIssue:
    return CheckIssue(code=code, severity=severity, sheet=sheet, row=row, column=column, message=message, fix=fix)


def _unreadable(reason: str) -> InvalidInput:
    return InvalidInput("workbook.unreadable", reason=reason)


def _too_large(limit: int = MAX_GRID, unit: str = "cells") -> InvalidInput:
    return InvalidInput("workbook.too_large", limit=limit, unit=unit)
