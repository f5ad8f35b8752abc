"""A file that comes back, opened within bounds: which queries it carries, and which figures it shows.

A file that is brought in is hostile until shown otherwise: its kind is judged by its content, archives are unpacked
within bounds, and XML that declares a document type or entities is refused.
"""

import csv
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from lxml import etree

from analysis.data_files import ddi, parquet, readme, spss, stata
from analysis.findings import provenance
from analysis.findings.method import written
from data.errors import InvalidInput
from survey.xlsform.excel_files import unpacked

MOST_MB = 60
MOST_BYTES = MOST_MB * 2**20
"""Of a file as it comes in."""
_MOST_UNPACKED, _MOST_PART, _MOST_ENTRIES = 200 * 2**20, 50 * 2**20, 10_000
_MOST_QUERY = 20_000
_PROPERTIES = "docProps/core.xml"
_DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"
_SVG_METADATA = "{http://www.w3.org/2000/svg}metadata"
_PACKET_BEGINS, _PACKET_ENDS = b"<x:xmpmeta", b"</x:xmpmeta>"
_MOST_PACKETS, _MOST_PACKET = 20, 200_000
UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")
COUNT = re.compile(r"\s*[(\uff08]\u2066?n\s*=\s*[^()\uff08\uff09]*[)\uff09]$")
"""How many answered, behind a name; Chinese has brackets of full width."""
HIDDEN = re.compile("\\s*\\([\u2066-\u2069\u200e\u200f]*\\[c\\][\u2066-\u2069\u200e\u200f]*\\)$")
_MOST_WORDS = 2**20
"""Of a text, from its beginning."""
_FIGURE = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_SHARE = re.compile("(?=.*\\d)(?=.*[%٪])[<\\d\\s%٪.,٫٬–\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
"""A share in words, or between two: of groups of opinion."""
Figures = Mapping[tuple[str, str], str]
"""(row, column) -> the figure as it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a file says of itself.

    kind     png, svg, pdf, csv, xlsx, pptx, docx, html, ddi, sav, dta, parquet, zip or txt
    queries  each as JSON, none twice, in the order in which they stand there
    figures  of a table, where the file has one question and its numbers as a table
    """

    kind: str
    queries: tuple[str, ...]
    figures: Figures | None = None


def open_file(content: bytes) -> Opened:
    """The file, whatever its name says.

    Raises  InvalidInput "returned.too_large", "returned.unknown" when it is of no kind that is handed over here,
            "returned.damaged", "returned.no_query" when it carries none.
    """
    if len(content) > MOST_BYTES:
        raise InvalidInput("returned.too_large", most=MOST_MB)
    kind = next((name for name, begins, _read in _KINDS if begins(content)), "")
    if not kind:
        raise InvalidInput("returned.unknown")
    read = next(read for name, _begins, read in _KINDS if name == kind)
    found, figures = read(content)
    queries = tuple(dict.fromkeys(text for text in found if _is_query(text)))
    if not queries:
        raise InvalidInput("returned.no_query")
    return Opened(kind=kind, queries=queries, figures=figures)


def _is_query(text: str) -> bool:
    return text.startswith("{") and len(text) <= _MOST_QUERY and '"consultation"' in text


def package(content: bytes, *, only: str = "", most: int = _MOST_UNPACKED) -> dict[str, bytes]:
    """The parts of a document of Office, each by its name in the archive.

    only    the one part that is unpacked, "" for all; most  bytes of all parts
    Raises  InvalidInput "returned.damaged", "returned.too_large".
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if len(entries) > _MOST_ENTRIES or len(names) < len(entries):
                raise InvalidInput("returned.damaged")
            sizes = [entry.file_size for entry in entries]
            if sum(sizes) > most or max(sizes, default=0) > _MOST_PART:
                raise InvalidInput("returned.too_large", most=most // 2**20)
            return {entry.filename: unpacked(archive, entry) for entry in entries if only in ("", entry.filename)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        raise InvalidInput("returned.damaged") from None


def tree(part: bytes) -> Any:
    """The XML of a part.

    Raises  InvalidInput "returned.damaged" for what is no XML, and for a document type or entities.
    """
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\x00" in part[:64]:
        raise InvalidInput("returned.damaged")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise InvalidInput("returned.damaged") from None


def described(parts: Mapping[str, bytes]) -> str:
    """The comments in the properties of a document of Office; "" without any."""
    core = parts.get(_PROPERTIES)
    return (tree(core).findtext(_DESCRIPTION) or "").strip() if core else ""


def plain(text: str) -> str:
    """A name without what only directs or marks it: directions, "[c]", and how many answered."""
    return COUNT.sub("", HIDDEN.sub("", UNSEEN.sub("", text).replace("\u00a0", " "))).strip()


def csv_figures(content: bytes) -> tuple[list[str], Figures]:
    """The queries and figures of a table that was handed over as text; heads without how many answered."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise InvalidInput("returned.damaged") from None
    heads = rows[0] if rows else []
    figures: dict[tuple[str, str], str] = {}
    queries: list[str] = []
    for row in rows[1:]:
        if len(row) != len(heads) or len(row) < 7:
            continue
        queries.append(row[-1])
        # Question first; base, note, source and query last: between them the table, whose words name its row.
        cells = list(zip(heads[1:-4], row[1:-4], strict=True))
        named = 2 if len(cells) > 1 and not _FIGURE.fullmatch(cells[1][1]) and cells[1][1] != "[c]" else 1
        name = " · ".join(value for _head, value in cells[:named])
        figures.update(((name, plain(head)), value) for head, value in cells[named:] if _is_figure(value))
    return queries, figures


def _is_figure(text: str) -> bool:
    return text == "[c]" or _FIGURE.fullmatch(text) is not None or _SHARE.fullmatch(text) is not None


def _png(content: bytes) -> tuple[list[str], None]:
    """The text chunk of our name."""
    at, found = 8, []
    while at + 12 <= len(content):
        length, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        body = content[at + 8 : at + 8 + length]
        start = provenance.NAME.encode() + b"\x00\x00\x00\x00\x00"
        if name == b"iTXt" and body.startswith(start):
            found.append(body[len(start) :].decode("utf-8", "replace"))
        at += 12 + length
    return found, None


def _svg(content: bytes) -> tuple[list[str], None]:
    return [each.text or "" for each in tree(content).iter(_SVG_METADATA)], None


def _pdf(content: bytes) -> tuple[list[str], None]:
    texts: list[str] = []
    start = -1
    for _packet in range(_MOST_PACKETS):
        start = content.find(_PACKET_BEGINS, start + 1)
        if start < 0:
            break
        end = content.find(_PACKET_ENDS, start, start + _MOST_PACKET)
        packet = content[start : max(start, end)].decode("utf-8", "replace")
        texts += [html.unescape(each) for each in re.findall(r">([^<>]+)<", packet)]
    return [text.strip() for text in texts], None


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "meta" and given.get("name") == provenance.NAME:
            self.found.append(given.get("content") or "")

    def handle_data(self, data: str) -> None:
        if len(data) <= _MOST_QUERY:
            self.found.append(data.strip())  # the metadata of drawings inside the page


def _ddi(content: bytes) -> tuple[list[str], None]:
    return [_behind_its_name(each.text or "") for each in tree(content).iter(ddi.NOTES)], None


def _zip(content: bytes) -> tuple[list[str], None]:
    return _txt(package(content, only=readme.NAME).get(readme.NAME, b""))


def _txt(content: bytes) -> tuple[list[str], None]:
    lines = content[:_MOST_WORDS].decode("utf-8-sig", "replace").splitlines()
    return [_behind_its_name(line) for line in lines], None


def _behind_its_name(line: str) -> str:
    """What stands in a line behind the word for a query, whatever the language; "" when it has none."""
    return "".join(line.partition("{")[1:]).strip()


def _html(content: bytes) -> tuple[list[str], None]:
    page = _Page()
    try:
        page.feed(content.decode("utf-8", "replace"))
    except AssertionError:  # how the parser says that a marked section is none
        raise InvalidInput("returned.damaged") from None
    return page.found, None


def _office(content: bytes) -> tuple[list[str], None]:
    """The queries of a workbook, of every chart in slides or a document, in notes, and of the whole."""
    parts = package(content)
    found = [described(parts)]
    for name, part in parts.items():
        if name.endswith(".xlsx"):
            try:
                found.append(described(package(part, only=_PROPERTIES)))
            except InvalidInput:
                continue  # a workbook of somebody else, or a broken one: the chart stays as it is
        elif name.startswith("ppt/notesSlides/notesSlide") and name.endswith(".xml"):
            found += note_lines(part)
        elif name == "customXml/soundings.xml":
            found += [text.strip() for text in tree(part).itertext()]
    return found, None


def note_lines(part: bytes) -> list[str]:
    """The paragraphs of a speaker's notes."""
    drawing = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    return ["".join(each.itertext(f"{drawing}t")).strip() for each in tree(part).iter(f"{drawing}p")]


def _holds(room: str) -> Callable[[bytes], bool]:
    def holds(content: bytes) -> bool:
        if not content.startswith(b"PK\x03\x04"):
            return False
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return any(name.startswith(room) for name in archive.namelist()[:_MOST_ENTRIES])
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return False

    return holds


def _begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower().startswith(starts)


_KINDS: tuple[tuple[str, Callable[[bytes], bool], Callable[[bytes], tuple[list[str], Figures | None]]], ...] = (
    ("png", lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"), _png),
    ("pdf", lambda content: content.startswith(b"%PDF-"), _pdf),
    ("pptx", _holds("ppt/"), _office),
    ("docx", _holds("word/"), _office),
    ("xlsx", _holds("xl/"), _office),
    ("html", _begins(b"<!doctype html", b"<html", b"<figure"), _html),
    ("svg", lambda content: _begins(b"<?xml", b"<svg")(content) and b"<svg" in content[:1000], _svg),
    ("ddi", lambda content: _begins(b"<?xml")(content) and ddi.NAMESPACE.encode() in content[:1000], _ddi),
    ("sav", lambda content: content.startswith(b"$FL2"), lambda content: (spss.queries(content), None)),
    ("dta", lambda content: content.startswith(b"<stata_dta>"), lambda content: (stata.queries(content), None)),
    ("parquet", lambda content: content.startswith(b"PAR1"), lambda content: (parquet.queries(content), None)),
    ("zip", _holds(readme.NAME), _zip),
    ("csv", lambda content: b'""consultation""' in content and b"\x00" not in content, csv_figures),
    ("txt", lambda content: b'"consultation"' in content[:_MOST_WORDS] and b"\x00" not in content, _txt),
)
"""The kinds of files that come home: by which content each is known, and what reads it. One line for each."""


def read_query(text: str) -> dict[str, Any]:
    """A query as it was written, with every value of the type that it must have.

    Raises  InvalidInput "returned.query_unreadable".
    """
    try:
        given = json.loads(text)
        words = {name: given.get(name, "") for name in _WORDS}
        filters, method = given.get("filters", {}), given.get("method", {})
        listed = {name: given.get(name, []) for name in _LISTED}
        ticks = {name: given.get(name, False) for name in _TICKS}
        if not (
            all(isinstance(value, str) and len(value) <= 200 for value in words.values())
            and all(_are_codes(names) for names in listed.values())
            and all(isinstance(value, bool) for value in ticks.values())
            and all(isinstance(name, str) and _are_codes(codes) for name, codes in filters.items())
            and all(isinstance(value, str | bool | int | float) or _are_codes(value) for value in method.values())
        ):
            raise ValueError
    except (ValueError, AttributeError, RecursionError):
        raise InvalidInput("returned.query_unreadable") from None
    told = {name: written(value) for name, value in method.items()}
    return {**words, **listed, **ticks, "filters": filters, "method": told}


def ends_of(text: str) -> tuple[dict[str, Any], ...]:
    """The two queries that a slope was drawn of, the earlier one first; () for any other query.

    Raises  InvalidInput "returned.query_unreadable".
    """
    if read_query(text)["picture"] != provenance.SLOPE:
        return ()
    both = json.loads(text).get("of")
    if not isinstance(both, list) or len(both) != 2:
        raise InvalidInput("returned.query_unreadable")
    return tuple(read_query(json.dumps(each)) for each in both)


_WORDS = (
    *("consultation", "question", "by", "audience", "language", "snapshot", "as_of", "picture", "form"),
    *("data", "format"),
)
_LISTED, _TICKS = ("banners", "questions"), ("intervals", "names", "texts")


def _are_codes(codes: object) -> bool:
    return isinstance(codes, list) and all(isinstance(code, str) for code in codes)
