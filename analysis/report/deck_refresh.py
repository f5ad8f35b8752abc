"""A deck that people have worked on, with the figures of its charts brought up to date and everything else as it is.

Every chart carries its query in the workbook inside it, so it is known wherever it was moved or copied to; a chart
whose workbook was lost is known by the notes of its slide. Only values change: in the chart, in its workbook, in the
tables and lines beside it that still read as they were handed over. Parts without a change are the same bytes.
"""

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from lxml import etree

from analysis.charts import lettering, palette, wording
from analysis.charts.spec import ChartSpec, Form
from analysis.findings import provenance
from analysis.report import native_chart, native_points, opened, points_refresh, slide_numbers, slide_room
from analysis.report.chart_refresh import (
    Moved,
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
from analysis.report.opened import plain
from analysis.report.table_refresh import Numbers, behind, gone, is_of, numbers_of_chart, renew
from data.errors import InvalidInput, SoundingsError

MOST_CHARTS = 400
"""In one file that comes back."""
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_SHORTEST_TITLE = 8
_SHORTEST_NOTE = 8
_BESIDE_NAMES = " \u200f"
"""Around the names of a legend."""
_NUMBER = re.compile(r" \(\d+/\d+\)$")
"""Behind the title of a chart or a table that stands on several slides."""
_BOUNDS = re.compile(r".*\d.* \(.*\d.*–.*\d.*\)")
"""A net value with its interval."""
NumbersOf = Callable[[str], Numbers]
"""A query -> the numbers behind its chart."""


def refresh(
    content: bytes, redraw: Redraw, numbers_of: NumbersOf | None = None, *, most: int = MOST_CHARTS
) -> tuple[bytes, tuple[Refreshed, ...]]:
    """The deck with present figures, and what became of each chart and table of numbers, in the order of the slides.

    numbers_of  of the tables on slides without a chart; None leaves those as they are
    Raises  InvalidInput as `opened.package`; "returned.no_query" when no chart carries a query,
            "returned.too_many_charts".
    """
    deck = _Deck(opened.package(content))
    charts = deck.charts()
    if len(charts) > most:
        raise InvalidInput("returned.too_many_charts", limit=most)
    told = [_chart(deck, name, redraw) for name in charts]
    if numbers_of is not None:
        told += _of_all([_sheet(deck, place, redraw, numbers_of) for place in range(1, len(deck.slides()) + 1)])
    found = tuple(sorted((each for each in told if each is not None), key=lambda each: each.place))
    if not found:
        raise InvalidInput("returned.no_query")
    # A chart of many rows stands on several slides: what is missing on one is on another.
    missing = {query: set.intersection(*(set(e.added) for e in found if e.query == query)) for query in queries(found)}
    kept = (replace(each, added=tuple(name for name in each.added if name in missing[each.query])) for each in found)
    return deck.saved(content), tuple(kept)


def _of_all(sheets: Sequence[Refreshed | None]) -> list[Refreshed]:
    """A table of many rows stands on several slides: what it lacks, all of them lack, and the last one is told."""
    found = [each for each in sheets if each is not None]
    last = {each.query: each.place for each in found}
    lacking = {query: set.intersection(*(set(e.untold) for e in found if e.query == query)) for query in last}
    return [
        replace(each, untold=tuple(name for name in each.untold if name in lacking[each.query]))
        if each.place == last[each.query]
        else replace(each, untold=())
        for each in found
    ]


def queries(charts: Sequence[Refreshed]) -> tuple[str, ...]:
    """What the charts ask for, each once."""
    return tuple(dict.fromkeys(each.query for each in charts))


class _Deck(Package):
    """The parts of a deck."""

    def slides(self) -> list[str]:
        """The slides in the order in which they are shown."""
        if "ppt/presentation.xml" not in self.parts:
            raise InvalidInput("returned.no_deck")
        rels = self.parts.get("ppt/_rels/presentation.xml.rels", b"<r/>")
        targets = {each.get("Id"): posixpath.normpath(f"ppt/{each.get('Target')}") for each in opened.tree(rels)}
        shown = [
            targets.get(each.get(f"{_R}id"))
            for each in opened.tree(self.parts["ppt/presentation.xml"]).iter()
            if isinstance(each.tag, str) and each.tag.endswith("}sldId")
        ]
        return [name for name in shown if name in self.parts]

    def charts(self) -> list[str]:
        """The charts that slides show, slide by slide, each once."""
        return list(dict.fromkeys(name for slide in self.slides() for name in self.related(slide, "/chart")))


def _chart(deck: _Deck, name: str, redraw: Redraw) -> Refreshed | None:
    """One chart brought up to date; None for a chart that is not ours."""
    slides = deck.slides()
    place = next((n for n, slide in enumerate(slides, start=1) if name in deck.related(slide, "/chart")), 0)
    slide = slides[place - 1]
    books = deck.related(name, "/package")
    book = book_of(deck.parts[books[0]]) if books and books[0].endswith(".xlsx") else {}
    query = query_of(book)
    if not query and len(deck.related(slide, "/chart")) == 1:
        query = next((line for line in _notes(deck, slide) if line.startswith("{")), "")
    if not query.startswith("{"):
        return None
    title, drawn = _title(deck, slide), deck.tree(name)
    try:
        spec = redraw(query, with_intervals=True) if shows_intervals(drawn) else redraw(query)
        if _tells_bounds(deck, slide, spec):
            spec = redraw(provenance.as_drawn(query, form=spec.form.value), with_intervals=True)
        if points_refresh.is_points(drawn):
            names = _names(deck, slide, spec)
            points = points_refresh.redraw(drawn, spec, [_cell_text(cell) for cell in names])
            found = points.found
            _name_rows(names, spec, found.order)
            if books and book:
                deck.parts[books[0]] = points.workbook
        else:
            found = values(drawn, spec, book)
            if books and book:
                if "docProps/core.xml" in book:
                    book["docProps/core.xml"] = described_anew(book["docProps/core.xml"], spec.provenance)
                deck.parts[books[0]] = packed(deck.parts[books[0]], book)
    except SoundingsError as error:
        return Refreshed(place=place, title=title, query=query, error=error)
    if spec.form is Form.BARS:
        spec = native_chart.told_beside(spec)
    _beside(deck, slide, spec, query, found.order)
    return Refreshed(place=place, title=title, query=query, moved=found.moved, unknown=found.unknown, added=found.added)


def _sheet(deck: _Deck, place: int, redraw: Redraw, numbers_of: NumbersOf) -> Refreshed | None:
    """A slide with figures as a table and no chart; None for any other."""
    slide = deck.slides()[place - 1]
    tables = list(deck.tree(slide).iter(f"{_A}tbl"))
    query = next((line for line in _notes(deck, slide) if line.startswith("{")), "")
    if not tables or not query or deck.related(slide, "/chart"):
        return None
    title = _title(deck, slide)
    try:
        spec = redraw(query)
        known = [numbers_of(query), numbers_of_chart(spec)]
        if not any(is_of(_texts(table), numbers) for table in tables for numbers in known):
            raise InvalidInput("returned.no_table")
    except SoundingsError as error:
        return Refreshed(place=place, title=title, query=query, error=error)
    moved: list[Moved] = []
    unknown: list[str] = []
    untold: list[str] = []
    for table in tables:
        cells = [list(row.iter(f"{_A}tc")) for row in table.iter(f"{_A}tr")]
        numbers = next((each for each in known if is_of(_texts(table), each)), None)
        if numbers is not None:
            unknown += gone(_texts(table), numbers)
            moved += renew(cells, _cell_text, _say_cell, numbers)
            untold = [" · ".join(name) for name in behind(_texts(table), numbers)] if goes_on(spec) else []
        if numbers is known[1]:
            _name_groups(cells[0], spec)
            if spec.form is Form.HEAT_MAP:
                _colour(cells, spec)
    _beside(deck, slide, spec, query, ())
    return Refreshed(
        place=place,
        title=title,
        query=query,
        moved=tuple(moved),
        unknown=tuple(dict.fromkeys(unknown)),
        untold=tuple(untold),
    )


def _tells_bounds(deck: _Deck, slide: str, spec: ChartSpec) -> bool:
    """Whether bars of a battery were handed over with the interval of each net value beside them, in brackets."""
    if spec.form not in (Form.STACKED, Form.DIVERGING):
        return False
    titles = {plain(side.title) for side in spec.sides}
    tables = [_texts(table) for table in deck.tree(slide).iter(f"{_A}tbl")]
    return any(
        plain(head) in titles and _BOUNDS.fullmatch(plain(cell))
        for rows in tables
        for row in rows[1:]
        for head, cell in zip(rows[0], row, strict=False)
    )


def _names(deck: _Deck, slide: str, spec: ChartSpec) -> list[Any]:
    """The cells beside points that say what each line of them is, from above; none without such a table."""
    for table in deck.tree(slide).iter(f"{_A}tbl"):
        rows = [list(row.iter(f"{_A}tc")) for row in table.iter(f"{_A}tr")]
        if all(len(row) == 1 for row in rows):
            cells = [row[0] for row in rows]
            if any(place is not None for place in points_refresh.rows_of([_cell_text(cell) for cell in cells], spec)):
                return cells
    return []


def _name_rows(cells: Sequence[Any], spec: ChartSpec, order: Sequence[int | None]) -> None:
    """Names of lines tell which figure is hidden now, and which groups lie furthest apart."""
    names = slide_room.category_names(spec)
    for cell, place in zip(cells, order, strict=True):
        if place is not None and _cell_text(cell) != lettering.printable(names[place]):
            _say_cell(cell, names[place])


def _name_groups(heads: Sequence[Any], spec: ChartSpec) -> None:
    """Heads that still name a group tell how many of it answer now."""
    names = {plain(series.name): series.name for series in spec.series}
    for cell in heads:
        if (name := names.get(plain(_cell_text(cell)))) is not None:
            _say_cell(cell, name)


def _colour(cells: Sequence[Sequence[Any]], spec: ChartSpec) -> None:
    """Figures whose ground is one of a heat map's have that of the present figure; another ground stays."""
    rows = {plain(name): at for at, name in enumerate(spec.categories)}
    columns = {plain(series.name): series for series in spec.series}
    heads = [plain(_cell_text(cell)) for cell in cells[0]]
    for row in cells[1:]:
        at = next((rows[name] for name in map(plain, map(_cell_text, row)) if name in rows), None)
        for head, cell in zip(heads, row, strict=False):
            if at is not None and head in columns:
                _ground(cell, columns[head].values[at], columns[head].labels[at], spec)


def _ground(cell: Any, value: float | None, label: str, spec: ChartSpec) -> None:
    look = cell.find(f"{_A}tcPr")
    if look is None:
        return
    solid, hatched = look.find(f"{_A}solidFill/{_A}srgbClr"), look.find(f"{_A}pattFill/{_A}fgClr/{_A}srgbClr")
    old = next((each for each in (solid, hatched) if each is not None), None)
    ours = {_hex(colour) for colour in (palette.heat_grounds() if old is solid else (palette.HATCH,))}
    if old is None or old.get("val", "").upper() not in ours:
        return  # nobody answered then, or somebody coloured it
    fill = old.getparent() if old is solid else old.getparent().getparent()
    ink = palette.TEXT
    if value is not None:
        colour = palette.heat(value, spec.minimum, spec.maximum)
        ink = palette.text_on(colour)
        new = etree.SubElement(look, f"{_A}solidFill")
        etree.SubElement(new, f"{_A}srgbClr").set("val", _hex(colour))
    elif wording.HIDDEN in label:
        new = etree.SubElement(look, f"{_A}pattFill")
        new.set("prst", "ltUpDiag")
        for name, tint in (("fgClr", palette.HATCH), ("bgClr", palette.PAPER)):
            etree.SubElement(etree.SubElement(new, f"{_A}{name}"), f"{_A}srgbClr").set("val", _hex(tint))
    else:
        new = etree.SubElement(look, f"{_A}noFill")
    look.replace(fill, new)
    for each in cell.iter(f"{_A}rPr"):
        said = each.find(f"{_A}solidFill/{_A}srgbClr")
        if said is not None and said.get("val", "").upper() in {_hex(palette.TEXT), _hex(palette.PAPER)}:
            said.set("val", _hex(ink))


def _hex(colour: str) -> str:
    """A colour as Office writes it."""
    return colour.removeprefix("#").upper()


def _texts(table: Any) -> list[list[str]]:
    return [[_cell_text(cell) for cell in row.iter(f"{_A}tc")] for row in table.iter(f"{_A}tr")]


def _cell_text(cell: Any) -> str:
    return "".join(cell.itertext(f"{_A}t"))


def _say_cell(cell: Any, text: str) -> None:
    paragraphs = list(cell.iter(f"{_A}p"))
    if len(paragraphs) == 1:
        _say(paragraphs[0], text)


def _notes(deck: _Deck, slide: str) -> list[str]:
    return [line for name in deck.related(slide, "/notesSlide") for line in opened.note_lines(deck.parts[name])]


def _title(deck: _Deck, slide: str) -> str:
    """The words of the slide's title, else its first words."""
    presentation = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
    shapes = list(deck.tree(slide).iter(f"{presentation}sp"))
    titled = [
        each for each in shapes if any(p.get("type") in ("title", "ctrTitle") for p in each.iter(f"{presentation}ph"))
    ]
    for each in titled or shapes:
        words = "".join(each.itertext(f"{_A}t")).strip()
        if words:
            return words[:200]
    return ""


def _beside(deck: _Deck, slide: str, spec: ChartSpec, query: str, order: Sequence[int | None]) -> None:
    """Lines, tables and alternative text beside the chart that still read as they were made tell the new figures.

    order  where the chart's categories stand in the description, None for those that are not there
    """
    root = deck.tree(slide)
    handed = _handed(deck, slide, spec, query)
    described = [each for each in root.iter() if isinstance(each.tag, str) and each.tag.endswith("}cNvPr")]
    # The alternative text begins with the title as it was handed over: so a title that nobody touched is known.
    alts = [spaced(each.get("descr", "")) for each in described]
    of_numbers = {spaced(each.get("descr", "")) for each in described if _has_columns(each)}
    titles: dict[str, str] = {}
    """As they were handed over -> as they are now."""
    for paragraph in root.iter(f"{_A}p"):
        if next(paragraph.iterancestors(f"{_A}tbl"), None) is not None:
            continue
        said = "".join(paragraph.itertext(f"{_A}t"))
        title, number = _numbered(spaced(said), alts)
        if spaced(said) in of_numbers:
            continue  # it names the question, which does not change
        if len(title) >= _SHORTEST_TITLE and any(alt.startswith(title) for alt in alts):
            titles[title + number] = now = f"{spec.title}{number}"
            if title + number != spaced(now):
                _say(paragraph, wording.unbroken(now))
        elif (renewed := _renewed(said, spec, handed, paragraph)) is not None:
            _say(paragraph, renewed)
        else:
            _legend(paragraph, spec)
    for table in root.iter(f"{_A}tbl"):
        _table(table, spec, order)
    for each, alt in zip(described, alts, strict=True):
        if alt in titles:  # the names of points have a table whose alternative text is the title alone
            each.set("descr", lettering.printable(titles[alt]))
        elif alt != spaced(spec.alt) and (
            shape(alt) == shape(spec.alt) or any(alt.startswith(_NUMBER.sub("", title)) for title in titles)
        ):
            each.set("descr", lettering.printable(spec.alt))
    for paragraph, text in ((handed.asked, spec.provenance), (handed.source, spec.source), (handed.note, spec.note)):
        if paragraph is not None:
            _say(paragraph, text)


def _has_columns(described: Any) -> bool:
    """Whether an alternative text is that of a table of more than names."""
    frame = next(described.iterancestors("{*}graphicFrame"), None)
    return frame is not None and any(len(row.findall(f"{_A}tc")) > 1 for row in frame.iter(f"{_A}tr"))


def _numbered(said: str, alts: Sequence[str]) -> tuple[str, str]:
    """A title, and which of its slides this is, as " (1/3)"; "" where the number is part of the title itself."""
    found = _NUMBER.search(said)
    if found is None or any(alt.startswith(said) and alt != said for alt in alts):
        return said, ""
    return said[: found.start()], found[0]


@dataclass(frozen=True, slots=True)
class _Handed:
    """The lines that a slide's notes were handed over with; None for one that is not there any more.

    feet  the paragraphs of the slide that may be the note: directly before the source
    """

    asked: Any = None
    source: Any = None
    note: Any = None
    feet: Sequence[Any] = ()


def _handed(deck: _Deck, slide: str, spec: ChartSpec, query: str) -> _Handed:
    """The query, the source directly before it and the note directly behind it; all else was written by people.

    A line behind the query is the note only if the slide has it too, directly before the source, or if it is the
    present note but for its figures.
    """
    feet = [
        each
        for each in deck.tree(slide).iter(f"{_A}p")
        if (below := _line(each.getnext())) and is_source(below, spec.source)
    ]
    for notes in deck.related(slide, "/notesSlide"):
        paragraphs = list(deck.tree(notes).iter(f"{_A}p"))
        lines = [_line(each) for each in paragraphs]
        if query not in lines:
            continue
        at = lines.index(query)
        before, behind = lines[at - 1] if at else "", lines[at + 1] if at + 1 < len(lines) else ""
        is_note = any(_ends_with(_line(each), behind) for each in feet) or (
            behind != "" and shape(behind) == shape(spec.note)
        )
        return _Handed(
            asked=paragraphs[at],
            source=paragraphs[at - 1] if before and is_source(before, spec.source) else None,
            note=paragraphs[at + 1] if is_note else None,
            feet=feet,
        )
    return _Handed(feet=feet)


def _line(paragraph: Any) -> str:
    return "" if paragraph is None else "".join(paragraph.itertext(f"{_A}t")).strip()


def _ends_with(said: str, note: str) -> bool:
    """Whether a line is the note, or a remark of staff and then the note."""
    if len(note) < _SHORTEST_NOTE or not spaced(said).endswith(spaced(note)):
        return False
    return len(said) == len(note) or spaced(said[: -len(note)]).endswith((" ", *wording.WIDE_ENDS))


def _renewed(said: str, spec: ChartSpec, handed: _Handed, paragraph: Any) -> str | None:
    """What a line is to say; None when it is not one of ours or says so already."""
    source, note = _line(handed.source), _line(handed.note)
    if source and said.strip() == source:
        return spec.source if said != spec.source else None
    if paragraph in handed.feet and _ends_with(said, note):
        renewed = f"{said[: len(said) - len(note)]}{spec.note}".strip()
        return renewed if renewed != said else None
    for wanted in (spec.subtitle, slide_numbers.subtitle(spec), spec.note):
        if wanted and said != wanted and shape(said) == shape(wanted):
            return wanted
    return None


def _legend(paragraph: Any, spec: ChartSpec) -> None:
    """Names of the series behind their signs tell how many of each answer now."""
    runs = list(paragraph.iter(f"{_A}t"))
    names = {plain(series.name): series.name for series in spec.series}
    for sign, run in pairwise(runs):
        told = (run.text or "").strip(_BESIDE_NAMES)
        if (sign.text or "").strip() in native_points.SIGNS and (name := names.get(plain(told))) is not None:
            run.text = (run.text or "").replace(told, lettering.printable(name))


def _say(paragraph: Any, text: str) -> None:
    """The first run says all, in its own look; a paragraph of several runs was edited or is none of ours."""
    runs = list(paragraph.iter(f"{_A}t"))
    if len(runs) == 1:
        runs[0].text = lettering.printable(text)


def _table(table: Any, spec: ChartSpec, order: Sequence[int | None]) -> None:
    """The text columns beside the bars (net values, n), row by row as the chart's categories stand."""
    rows = [list(row.iter(f"{_A}tc")) for row in table.iter(f"{_A}tr")]
    if len(rows) != len(order) + 1:
        return
    sides = {plain(side.title): side.labels for side in spec.sides}
    for column, cell in enumerate(rows[0]):
        labels = sides.get(plain("".join(cell.itertext(f"{_A}t"))))
        for cells, place in zip(rows[1:], order, strict=True):
            paragraphs = list(cells[column].iter(f"{_A}p")) if column < len(cells) else []
            if labels is not None and place is not None and len(paragraphs) == 1:
                _say(paragraphs[0], labels[place])
