"""A Word document that people have worked on, with present figures in its charts and tables and all else as it is.

Every chart carries its query in the workbook inside it, wherever it was moved to. The lines and tables of a chart are
looked for between it and the next one: its numbers by their heads and rows, base, note and source as far as they still
read as they were handed over, and the title in its heading and in the contents.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from analysis.charts import lettering
from analysis.charts.spec import ChartSpec
from analysis.report import opened
from analysis.report.chart_refresh import (
    Package,
    Redraw,
    Refreshed,
    book_of,
    described_anew,
    goes_on,
    is_source,
    packed,
    query_of,
    shape,
    shows_intervals,
    spaced,
    values,
)
from analysis.report.table_refresh import Numbers, behind, gone, is_as_handed_over, renew
from data.errors import InvalidInput, SoundingsError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MAIN, _QUERIES = "word/document.xml", "customXml/soundings.xml"
_BY_HAND = ("ins", "del", "vMerge", "gridSpan")
"""What the rows of a table as it was handed over do not have: changes that Word tracks, and joined cells."""
_OF_ONE_PLACE = ("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "commentReference")
_PARAGRAPH_NAMES = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_SHORTEST_TITLE = 8
_SHORTEST_NOTE = 20
NumbersOf = Callable[[str], Numbers]
"""A query -> the numbers behind its chart."""


@dataclass(kw_only=True)
class _Drawn:
    """A chart in the text: what it asks for, what it shows now, and the title under which it was handed over."""

    query: str
    drawing: Any
    spec: ChartSpec | None = None
    error: SoundingsError | None = None
    title: str = ""
    told: list[Refreshed] = field(default_factory=list)


def refresh(content: bytes, redraw: Redraw, numbers_of: NumbersOf, *, most: int) -> tuple[bytes, tuple[Refreshed, ...]]:
    """The document with present figures, and what became of each chart, in the order of the text; `place` counts them.

    Raises  InvalidInput as `opened.package`; "returned.no_query", "returned.too_many_charts".
    """
    file = Package(opened.package(content))
    if _MAIN not in file.parts:
        raise InvalidInput("returned.no_deck")
    body = file.tree(_MAIN)
    found = list(_charts(file, body, redraw, most))
    if not found:
        raise InvalidInput("returned.no_query")
    titles = {spaced(each.title): each.spec.title for each in found if each.spec and len(each.title) >= _SHORTEST_TITLE}
    _lines(body, found, titles, _handed_notes(file))
    told = [_with_tables(each, body, found, numbers_of) for each in found]
    _queries(file, found)
    return file.saved(content), tuple(told)


def _charts(file: Package, body: Any, redraw: Redraw, most: int) -> Iterator[_Drawn]:
    """The charts of ours, in the order of the text, each with present figures."""
    targets = file.targets(_MAIN)
    drawings = [each for each in body.iter(f"{_W}drawing") if each.find(f".//{_C}chart") is not None]
    if len(drawings) > most:
        raise InvalidInput("returned.too_many_charts", limit=most)
    for number, drawing in enumerate(drawings, start=1):
        name = targets.get(drawing.find(f".//{_C}chart").get(f"{_R}id", ""), "")
        books = file.related(name, "/package") if name else []
        book = book_of(file.parts[books[0]]) if books and books[0].endswith(".xlsx") else {}
        query = query_of(book)
        if not query:
            continue
        made = _Drawn(query=query, drawing=drawing)
        alt = _alt(drawing)
        drawn = file.tree(name)
        try:
            spec = redraw(query, with_intervals=True) if shows_intervals(drawn) else redraw(query)
            moved = values(drawn, spec, book)
        except SoundingsError as error:
            made.error = error
            made.told.append(Refreshed(place=number, title=alt[:200], query=query, error=error))
            yield made
            continue
        made.spec, made.title = spec, _title_in(alt, body)
        if "docProps/core.xml" in book:
            book["docProps/core.xml"] = described_anew(book["docProps/core.xml"], spec.provenance)
        file.parts[books[0]] = packed(file.parts[books[0]], book)
        if made.title or shape(alt) == shape(spec.alt):
            drawing.find(".//{*}docPr").set("descr", lettering.printable(spec.alt))
        title = made.title or spec.title
        made.told.append(
            Refreshed(
                place=number, title=title, query=query, moved=moved.moved, unknown=moved.unknown, added=moved.added
            )
        )
        yield made


def _alt(drawing: Any) -> str:
    held = drawing.find(".//{*}docPr")
    return "" if held is None else held.get("descr", "")


def _title_in(alt: str, body: Any) -> str:
    """The heading with which the alternative text begins; "" when nobody left it as it was."""
    return next((text for text in map(_said, body.iter(f"{_W}p")) if _begins(alt, text)), "")


def _begins(alt: str, text: str) -> bool:
    return len(text) >= _SHORTEST_TITLE and spaced(alt).startswith(spaced(text))


def _handed_notes(file: Package) -> dict[str, str]:
    """Query -> the note below its chart, as the document was handed over."""
    if _QUERIES not in file.parts:
        return {}
    return {(each.text or "").strip(): each.get("note", "") for each in file.tree(_QUERIES).iter()}


def _lines(body: Any, found: list[_Drawn], titles: Mapping[str, str], notes: Mapping[str, str]) -> None:
    """Paragraphs that still read as they were handed over: headings, contents, base, note, source.

    A base is the last such line before a chart, and a source the first one behind it: others are of tables alone.
    """
    of = {id(each.drawing): each for each in found}
    ahead = [each.spec for each in found]
    before: ChartSpec | None = None
    note, base = "", None
    for paragraph in body.iter(f"{_W}p"):
        drawn = [of[id(each)] for each in paragraph.iter(f"{_W}drawing") if id(each) in of]
        if drawn:
            if base is not None and drawn[0].spec:
                _say(base, drawn[0].spec.subtitle)
            base = None
            before, ahead = drawn[-1].spec, ahead[len(drawn) :]
            note = notes.get(drawn[-1].query, "")
            continue
        said = _said(paragraph)
        if not said:
            continue
        after = ahead[0] if ahead else None
        if spaced(said) in titles:
            _say(paragraph, titles[spaced(said)])
        elif after and shape(said) == shape(after.subtitle):
            base = paragraph
        elif before and said != before.note and (spaced(said) == spaced(note) or _is_note(said, before.note)):
            _say(paragraph, before.note)
        elif before and _is_source(said, before):
            _say(paragraph, before.source)
            before = None


def _is_source(said: str, spec: ChartSpec) -> bool:
    return is_source(said, spec.source) and abs(len(said) - len(spec.source)) < len(said) // 4


def _is_note(said: str, note: str) -> bool:
    """Whether a line is our note: it reads so but for its figures, or one has sentences that the other has not."""
    one, other = sorted((shape(said), shape(note)), key=len)
    return len(one) >= _SHORTEST_NOTE and one in other


def _with_tables(drawn: _Drawn, body: Any, found: list[_Drawn], numbers_of: NumbersOf) -> Refreshed:
    """What became of a chart, with the tables of its numbers between it and the next chart."""
    told = drawn.told[0]
    if drawn.spec is None:
        return told
    drawings = {id(each.drawing): each for each in found}
    present: _Drawn | None = None
    tables, sources = [], 0
    for element in body.iter(f"{_W}drawing", f"{_W}tbl", f"{_W}p"):
        present = drawings.get(id(element), present)
        if present is not drawn:
            continue
        sources += element.tag == f"{_W}p" and _is_source(_said(element), drawn.spec)
        if element.tag == f"{_W}tbl" and sources < 2:  # behind another source stand figures of something else
            tables.append(element)
    if not tables:
        return told
    numbers = numbers_of(drawn.query)
    moved, unknown, untold = list(told.moved), list(told.unknown), list[str]()
    for table in tables:
        rows = [list(row.iter(f"{_W}tc")) for row in table.iter(f"{_W}tr")]
        unknown += gone([list(map(_cell_text, row)) for row in rows], numbers)
        moved += list(renew(rows, _cell_text, _say_cell, numbers))
        if goes_on(drawn.spec):
            untold += _go_on(table, rows, numbers)
        caption = table.find(f"{_W}tblPr/{_W}tblCaption")
        if caption is not None and drawn.title and spaced(caption.get(f"{_W}val", "")) == spaced(drawn.title):
            caption.set(f"{_W}val", lettering.printable(drawn.spec.title))
    return Refreshed(
        place=told.place,
        title=told.title,
        query=told.query,
        moved=tuple(dict.fromkeys(moved)),
        unknown=tuple(dict.fromkeys(unknown)),
        added=told.added,
        untold=tuple(dict.fromkeys(untold)),
    )


def _go_on(table: Any, rows: Sequence[Sequence[Any]], numbers: Numbers) -> tuple[str, ...]:
    """The table of days or weeks goes on to the present one, in the look of its last row.

    Returns  the days or weeks that it has not, because people changed its rows
    """
    texts = [list(map(_cell_text, row)) for row in rows]
    more = behind(texts, numbers)
    if not more:
        return ()
    last = list(table.iter(f"{_W}tr"))[-1]
    changed = any(table.find(f".//{_W}{name}") is not None for name in _BY_HAND)
    one_text_each = all(len(list(cell.iter(f"{_W}t"))) == 1 for cell in rows[-1])
    if changed or not one_text_each or not is_as_handed_over(texts, numbers):
        return tuple(" · ".join(name) for name in more)
    for name in more:
        new = deepcopy(last)
        for each in [each for each in new.iter() if each.tag in {f"{_W}{tag}" for tag in _OF_ONE_PLACE}]:
            each.getparent().remove(each)
        for each in new.iter():
            for attribute in [key for key in each.attrib if key.startswith(_PARAGRAPH_NAMES)]:
                del each.attrib[attribute]
        for cell, head in zip(new.iter(f"{_W}tc"), numbers.heads, strict=True):
            _say_cell(cell, numbers.rows[name][head])
        last.addnext(new)
        last = new
    return ()


def _queries(file: Package, found: list[_Drawn]) -> None:
    """What the document says of itself to programs asks for the present state."""
    if _QUERIES not in file.parts:
        return
    renewed = {each.query: each.spec.provenance for each in found if each.spec is not None}
    noted = {each.query: each.spec.note for each in found if each.spec is not None}
    for each in file.tree(_QUERIES).iter():
        if (text := (each.text or "").strip()) in renewed:
            each.text = renewed[text]
            if "note" in each.attrib:
                each.set("note", lettering.printable(noted[text]))


def _said(paragraph: Any) -> str:
    return "".join(each.text or "" for each in paragraph.iter(f"{_W}t"))


def _say(paragraph: Any, text: str) -> None:
    """The first run says all, in its own look; a paragraph of several runs was edited or is none of ours."""
    runs = list(paragraph.iter(f"{_W}t"))
    if len(runs) == 1:
        runs[0].text = lettering.printable(text)


def _cell_text(cell: Any) -> str:
    return "".join(map(_said, cell.iter(f"{_W}p")))


def _say_cell(cell: Any, text: str) -> None:
    paragraphs = list(cell.iter(f"{_W}p"))
    if len(paragraphs) == 1:
        _say(paragraphs[0], text)
