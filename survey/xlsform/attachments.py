"""Files that lie beside a workbook, CSV, XML and GeoJSON, made into tables of text.

They feed select_one_from_file, pulldata() and instance(). Which of them a form needs is for
`survey.xlsform.file_choices`; opening workbooks is for `survey.xlsform.workbooks`.
"""

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from data.errors import InvalidInput

ENDINGS = (".csv", ".xml", ".geojson")
MAX_TABLE_ROWS = 200_000
MAX_TABLE_CELLS = 2_000_000
MAX_GEOJSON_BYTES = 8 * 2**20
"""JSON unfolds to twenty times its size in memory."""
MAX_FIELD = 131_072
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class AttachedTable:
    """The rows of an attached file; `rows` are as long as `headers`."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def records(self) -> tuple[Mapping[str, str], ...]:
        """Each row by header, without its empty cells."""
        return tuple(
            {header: cell for header, cell in zip(self.headers, row, strict=True) if cell} for row in self.rows
        )


def is_attachment(name: str) -> bool:
    """True for a file that can be read as a table."""
    return name.lower().endswith(ENDINGS)


def stem_of(name: str) -> str:
    """The name by which an expression calls the file: `cities` for `cities.csv`."""
    return name.rpartition(".")[0] or name


def attached_table(name: str, content: bytes) -> AttachedTable:
    """The table in an attached file.

    Raises  InvalidInput: workbook.unreadable with a reason, workbook.too_large.
    """
    if name.lower().endswith(".xml"):
        return _table(_xml_records(content))
    if name.lower().endswith(".geojson"):
        return _table(_geojson_records(content))
    lines = csv_rows(content)[0]
    if not lines:
        return AttachedTable((), ())
    headers = tuple(dict.fromkeys(clean(cell) for cell in lines[0] if clean(cell)))
    places = [next(place for place, cell in enumerate(lines[0]) if clean(cell) == header) for header in headers]
    if len(lines) * len(headers) > MAX_TABLE_CELLS:
        raise InvalidInput("workbook.too_large", limit=MAX_TABLE_CELLS, unit="cells")
    rows = (tuple(clean(line[place]) if place < len(line) else "" for place in places) for line in lines[1:])
    return AttachedTable(headers, tuple(row for row in rows if any(row)))


def clean(text: str) -> str:
    """A cell without space around, and without signs that neither XML nor a screen can show."""
    text = text.strip().strip("\ufeff\u200b").strip()
    return _UNPRINTABLE.sub("", text) if text else text


def has_unprintable(text: str) -> bool:
    """True when `clean` takes out a sign."""
    return bool(_UNPRINTABLE.search(text))


def decoded(content: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8, UTF-16 with its mark, else Windows-1252, as older programs write it.

    Raises  InvalidInput workbook.unreadable when it is none of them.
    """
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "cp1252" or "\x00" not in text:
            return text, encoding
    raise InvalidInput("workbook.unreadable", reason="the text is not UTF-8")


def csv_rows(content: bytes) -> tuple[list[list[str]], str]:
    """Lines of a CSV file with its encoding; comma, semicolon or tab, whichever parts the first line.

    Raises  InvalidInput workbook.unreadable.
    """
    text, encoding = decoded(content)
    first = next((line for line in io.StringIO(text) if line.strip()), "")[:MAX_FIELD]
    delimiter = max(",;\t", key=lambda sign: (first.count(sign), sign == ","))
    lines: list[list[str]] = []
    cells = 0
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            lines.append(line)
            cells += len(line)
            if len(lines) > MAX_TABLE_ROWS or cells > MAX_TABLE_CELLS:
                raise InvalidInput("workbook.too_large", limit=MAX_TABLE_ROWS, unit="rows")
    except csv.Error as error:
        raise InvalidInput("workbook.unreadable", reason=str(error)) from error
    return lines, encoding


def _table(records: list[dict[str, str]]) -> AttachedTable:
    headers = tuple(dict.fromkeys(key for record in records for key in record))
    if len(records) * len(headers) > MAX_TABLE_CELLS:
        raise InvalidInput("workbook.too_large", limit=MAX_TABLE_CELLS, unit="cells")
    return AttachedTable(headers, tuple(tuple(record.get(key, "") for key in headers) for record in records))


class _Refused(Exception):
    """The file declares a document type."""


def _xml_records(content: bytes) -> list[dict[str, str]]:
    """`<root><item><name>a</name><label>A</label></item></root>`: an item a row, an element a column."""
    records: list[dict[str, str]] = []
    path: list[str] = []
    words: list[str] = []

    def refuse(*_: object) -> int:
        raise _Refused

    def start(tag: str, _: object) -> None:
        path.append(tag)
        if len(path) == 2:
            if len(records) >= MAX_TABLE_ROWS:
                raise InvalidInput("workbook.too_large", limit=MAX_TABLE_ROWS, unit="rows")
            records.append({})
        words.clear()

    def end(tag: str) -> None:
        if len(path) == 3:
            records[-1].setdefault(clean(tag), clean("".join(words)))
        path.pop()

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = words.append
    try:
        parser.Parse(content, True)
    except _Refused as error:
        raise InvalidInput("workbook.unreadable", reason="it declares a document type or entities") from error
    except expat.ExpatError as error:
        raise InvalidInput("workbook.unreadable", reason="it is no XML") from error
    return records


def _geojson_records(content: bytes) -> list[dict[str, str]]:
    """A feature a row: its properties, its id, and `geometry` as ODK writes places ("lat lon 0 0; ...")."""
    if len(content) > MAX_GEOJSON_BYTES:
        raise InvalidInput("workbook.too_large", limit=MAX_GEOJSON_BYTES, unit="bytes")
    try:
        whole = json.loads(content.decode("utf-8-sig"))
        features = whole["features"]
        if whole["type"] != "FeatureCollection" or not isinstance(features, list) or len(features) > MAX_TABLE_ROWS:
            raise ValueError("no feature collection")
        return [_feature(feature) for feature in features]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidInput("workbook.unreadable", reason="it is no GeoJSON FeatureCollection") from error


def _feature(feature: Mapping[str, object]) -> dict[str, str]:
    properties = feature.get("properties") or {}
    record = {clean(str(key)): clean(_words(value)) for key, value in dict(properties).items()}  # type: ignore[call-overload]
    if feature.get("id") is not None:
        record["id"] = clean(_words(feature["id"]))
    geometry = feature.get("geometry")
    if isinstance(geometry, dict):
        coordinates: Any = geometry.get("coordinates")
        match geometry.get("type"):
            case "Point":
                record["geometry"] = _place(coordinates)
            case "LineString":
                record["geometry"] = "; ".join(_place(point) for point in coordinates)
            case "Polygon":
                record["geometry"] = "; ".join(_place(point) for point in coordinates[0])
    return record


def _place(point: object) -> str:
    longitude, latitude = (float(number) for number in list(point)[:2])  # type: ignore[call-overload]
    return f"{latitude!r} {longitude!r} 0 0"


def _words(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
    return str(value)
