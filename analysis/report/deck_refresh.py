"""A deck that people have worked on, with the figures of its charts brought up to date and everything else as it is.

Every chart carries its query in the workbook inside it, so it is known wherever it was moved or copied to; a chart
whose workbook was lost is known by the notes of its slide. Only values change: in the chart, in its workbook, in the
tables and lines beside it that still read as they were handed over. Parts without a change are the same bytes.
"""

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import nan
from typing import Any

from lxml import etree

from analysis.charts import lettering
from analysis.charts.spec import ChartSpec, Form
from analysis.report import opened, slide_room
from data.errors import InvalidInput, SoundingsError

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_CELL = re.compile(r"'?(?P<sheet>[^'!]+)'?!\$?(?P<column>[A-Z]{1,3})\$?(?P<row>\d{1,7})")
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_COUNT = re.compile(r"\s*\(n\s*=\s*[^()]*\)$")
_HIDDEN = re.compile("\\s*\\([\u2066-\u2069\u200e\u200f]*\\[c\\][\u2066-\u2069\u200e\u200f]*\\)$")
_SHORTEST_TITLE = 8
_MOST_BOOK = 20 * 2**20
"""Bytes of a workbook inside a chart, unpacked."""
Redraw = Callable[[str], ChartSpec]
"""A query -> the chart as it is now, with its new query; raises what keeps it from being drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A figure that differs: of a category and a series, as it was and as it is; "" for no figure."""

    category: str
    series: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What became of one chart.

    place     number of the slide, 0 when it stands on none; title  of that slide
    query     of the chart as it came
    moved     figures that were replaced
    unknown   categories and series of the chart that the question has not any more, or not by this name
    added     categories that the question has and the chart has not
    error     why the chart stayed as it was; None when it is up to date
    """

    place: int
    title: str
    query: str
    moved: tuple[Moved, ...] = ()
    unknown: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    error: SoundingsError | None = None


def refresh(content: bytes, redraw: Redraw) -> tuple[bytes, tuple[Refreshed, ...]]:
    """The deck with present figures, and what became of each of its charts, in the order of the slides.

    Raises  InvalidInput as `opened.package`; "returned.no_query" when no chart carries a query.
    """
    deck = _Deck(opened.package(content))
    told = tuple(_chart(deck, name, redraw) for name in deck.charts())
    found = tuple(each for each in told if each is not None)
    if not found:
        raise InvalidInput("returned.no_query")
    # A chart of many rows stands on several slides: what is missing on one is on another.
    missing = {query: set.intersection(*(set(e.added) for e in found if e.query == query)) for query in queries(found)}
    kept = (replace(each, added=tuple(name for name in each.added if name in missing[each.query])) for each in found)
    return deck.saved(content), tuple(kept)


def queries(charts: Sequence[Refreshed]) -> tuple[str, ...]:
    """What the charts ask for, each once."""
    return tuple(dict.fromkeys(each.query for each in charts))


@dataclass
class _Deck:
    """The parts of the deck; those that were changed are written anew."""

    parts: dict[str, bytes]
    changed: dict[str, Any] = field(default_factory=dict)
    relations: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def tree(self, name: str) -> Any:
        """The XML of a part, the same each time it is asked for."""
        if name not in self.changed:
            self.changed[name] = opened.tree(self.parts[name])
        return self.changed[name]

    def related(self, name: str, kind: str) -> list[str]:
        """The parts that a part points to by relations whose type ends so."""
        if name not in self.relations:
            self.relations[name] = self._relations(name)
        return [path for of, path in self.relations[name] if of.endswith(kind)]

    def _relations(self, name: str) -> list[tuple[str, str]]:
        """(type, part) of each relation of a part to another one that is there."""
        folder, file = posixpath.split(name)
        rels = self.parts.get(f"{folder}/_rels/{file}.rels")
        if rels is None:
            return []
        found = []
        for each in opened.tree(rels):
            if each.get("TargetMode") != "External":
                target = each.get("Target") or ""
                path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                if path in self.parts:
                    found.append((each.get("Type") or "", path))
        return found

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

    def saved(self, content: bytes) -> bytes:
        """The archive with the same entries in the same order."""
        target = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
            for entry in old.infolist():
                part = self.parts[entry.filename]
                if entry.filename in self.changed:
                    written = etree.tostring(self.changed[entry.filename])
                    if written != etree.tostring(opened.tree(part)):
                        part = etree.tostring(
                            self.changed[entry.filename], xml_declaration=True, encoding="UTF-8", standalone=True
                        )
                new.writestr(entry, part, entry.compress_type)
        return target.getvalue()


def _chart(deck: _Deck, name: str, redraw: Redraw) -> Refreshed | None:
    """One chart brought up to date; None for a chart that is not ours."""
    slides = deck.slides()
    place = next((n for n, slide in enumerate(slides, start=1) if name in deck.related(slide, "/chart")), 0)
    slide = slides[place - 1]
    books = deck.related(name, "/package")
    book = _book(deck.parts[books[0]]) if books and books[0].endswith(".xlsx") else {}
    query = opened.described(book)
    if not query.startswith("{") and len(deck.related(slide, "/chart")) == 1:
        query = next((line for line in _notes(deck, slide) if line.startswith("{")), "")
    if not query.startswith("{"):
        return None
    title = _title(deck, slide)
    try:
        spec = redraw(query)
    except SoundingsError as error:
        return Refreshed(place=place, title=title, query=query, error=error)
    found = _values(deck.tree(name), spec, book)
    if books and book:
        if "docProps/core.xml" in book:
            book["docProps/core.xml"] = _described_anew(book["docProps/core.xml"], spec.provenance)
        deck.parts[books[0]] = _packed(deck.parts[books[0]], book)
    _beside(deck, slide, spec, query, found.order)
    return Refreshed(place=place, title=title, query=query, moved=found.moved, unknown=found.unknown, added=found.added)


def _book(part: bytes) -> dict[str, bytes]:
    """The parts of the workbook inside a chart; none of one that cannot be opened, or is far larger than ours are."""
    try:
        return opened.package(part, most=_MOST_BOOK)
    except InvalidInput:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    moved: tuple[Moved, ...]
    unknown: tuple[str, ...]
    added: tuple[str, ...]
    order: tuple[int | None, ...]


def _plain(text: str) -> str:
    """A name without what only directs or marks it: directions, "[c]", and how many answered."""
    return _COUNT.sub("", _HIDDEN.sub("", _UNSEEN.sub("", text).replace("\u00a0", " "))).strip()


def _places(names: Sequence[str]) -> dict[str, int]:
    """Name -> its place; names that occur twice are left out, for nobody could tell which is meant."""
    times = Counter(map(_plain, names))
    return {_plain(name): place for place, name in enumerate(names) if times[_plain(name)] == 1}


def _values(root: Any, spec: ChartSpec, book: dict[str, bytes]) -> _Found:
    """The figures of the chart and of its workbook are those of the description, matched by their names."""
    categories, series = _places(spec.categories), _places([each.name for each in spec.series])
    marked = slide_room.category_names(spec)
    moved: list[Moved] = []
    unknown: list[str] = []
    seen: set[str] = set()
    drawn = list(root.iter(f"{_C}ser"))
    for each in drawn:
        name = "".join(each.findtext(f"{_C}tx//{_C}v") or "")
        at = 0 if len(drawn) == len(spec.series) == 1 else series.get(_plain(name))
        if at is None:
            unknown.append(_plain(name))
            continue
        new = spec.series[at]
        counted = _COUNT.search(new.name)
        _rename(each.find(f"{_C}tx"), 0, counted[0] if counted else "", book)
        for place, label in sorted(_points(each.find(f"{_C}cat")).items()):
            category = categories.get(_plain(label))
            if category is None:
                unknown.append(_plain(label))
                continue
            seen.add(_plain(label))
            before = _points(each.find(f"{_C}val")).get(place, "")
            value = new.values[category]
            after = "" if value is None else repr(float(value))
            if not _same(before, after):
                moved.append(Moved(category=_plain(label), series=_plain(name), before=before, after=after))
                _set(each.find(f"{_C}val"), place, after, book)
            _own_label(each, place, new.labels[category])
            _rename(each.find(f"{_C}cat"), place, marked[category][len(spec.categories[category]) :], book)
    highest = max((v for each in spec.series for v in each.values if v is not None), default=0.0)
    for scaling in root.iter(f"{_C}max"):
        if spec.form is not Form.STACKED and 0 < _number(scaling.get("val")) < highest:
            scaling.set("val", repr(spec.maximum))
    names = _points(drawn[0].find(f"{_C}cat")) if drawn else {}
    return _Found(
        moved=tuple(moved),
        unknown=tuple(dict.fromkeys(unknown)),
        added=tuple(name for name in categories if name not in seen),
        order=tuple(categories.get(_plain(names[place])) for place in sorted(names)),
    )


def _same(before: str, after: str) -> bool:
    if not before or not after:
        return before == after
    return abs(_number(before) - _number(after)) < 1e-12


def _number(text: str | None) -> float:
    """A figure as XML writes it; not a number for what is none."""
    try:
        return float(text or "nan")
    except ValueError:
        return nan


def _place(point: Any) -> int:
    """Where a value stands, -1 when it does not say so."""
    text = point.get("idx") or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else -1


def _points(part: Any) -> dict[int, str]:
    """Place -> what stands there in the cache of a chart."""
    if part is None:
        return {}
    return {_place(each): each.findtext(f"{_C}v") or "" for each in part.iter(f"{_C}pt")}


def _set(part: Any, place: int, text: str, book: dict[str, bytes]) -> None:
    """One value in the cache and in the workbook; "" takes it out."""
    caches = () if part is None else part.iter(f"{_C}numCache", f"{_C}strCache")
    cache = next(iter(caches), None)
    if cache is None:
        return
    points = {_place(each): each for each in cache.findall(f"{_C}pt") if each.find(f"{_C}v") is not None}
    if not text:
        if place in points:
            cache.remove(points[place])
    elif place in points:
        points[place].find(f"{_C}v").text = text
    else:
        point = cache.makeelement(f"{_C}pt", {"idx": str(place)})
        etree.SubElement(point, f"{_C}v").text = text
        before = [each for at, each in sorted(points.items()) if at < place]
        count = cache.find(f"{_C}ptCount")
        if before:
            before[-1].addnext(point)
        elif count is not None:
            count.addnext(point)
        else:
            cache.append(point)
    _write_cell(part.findtext(f".//{_C}f") or "", place, text, book, as_words=cache.tag.endswith("strCache"))


def _rename(part: Any, place: int, ending: str, book: dict[str, bytes]) -> None:
    """A name keeps its words and its direction; only what stands behind them, of hidden figures or of n, is renewed."""
    now = _points(part).get(place, "")
    closing = lettering.END_EMBED if now.endswith(lettering.END_EMBED) else ""
    bare = now.removesuffix(closing)
    renewed = f"{_COUNT.sub('', _HIDDEN.sub('', bare))}{ending}{closing}"
    if now and renewed != now:
        _set(part, place, renewed, book)


def _own_label(series: Any, place: int, wanted: str) -> None:
    """A label of its own (a count with its share) tells the new figure, when it still told one alone."""
    for label in series.iter(f"{_C}dLbl"):
        at = label.find(f"{_C}idx")
        runs = list(label.iter(f"{_A}t"))
        if at is None or at.get("val") != str(place) or len(runs) != 1:
            continue
        if _shape(runs[0].text or "") == _shape(wanted) or re.fullmatch(r"[\d\s.,%()\[\]c]+", runs[0].text or ""):
            runs[0].text = lettering.printable(wanted)


def _write_cell(formula: str, place: int, text: str, book: dict[str, bytes], *, as_words: bool) -> None:
    """The cell of the workbook behind a value that lies `place` rows below the first of its range."""
    first = _CELL.match(formula)
    path = _sheet(first["sheet"], book) if first else ""
    if not first or not path:
        return
    number = int(first["row"]) + place
    name = f"{first['column']}{number}"
    root = opened.tree(book[path])
    data = root.find(f"{_S}sheetData")
    if data is None:
        return
    row = next((each for each in data if each.get("r") == str(number)), None)
    if row is None:
        return
    cell = next((each for each in row if each.get("r") == name), None)
    if cell is None:
        cell = row.makeelement(f"{_S}c", {"r": name})
        after = [each for each in row if _column(each.get("r") or "") < _column(name)]
        row.insert(len(after), cell)
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if text and as_words:
        cell.set("t", "inlineStr")
        etree.SubElement(etree.SubElement(cell, f"{_S}is"), f"{_S}t").text = text
    elif text:
        etree.SubElement(cell, f"{_S}v").text = text
    book[path] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _column(name: str) -> tuple[int, str]:
    letters = name.rstrip("0123456789")
    return len(letters), letters


def _sheet(name: str, book: Mapping[str, bytes]) -> str:
    """The part of a sheet by its name; "" without one."""
    if "xl/workbook.xml" not in book or "xl/_rels/workbook.xml.rels" not in book:
        return ""
    targets = {each.get("Id"): each.get("Target") or "" for each in opened.tree(book["xl/_rels/workbook.xml.rels"])}
    for each in opened.tree(book["xl/workbook.xml"]).iter(f"{_S}sheet"):
        if each.get("name") == name:
            target = targets.get(each.get(f"{_R}id"), "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            return path if path in book else ""
    return ""


def _described_anew(core: bytes, query: str) -> bytes:
    root = opened.tree(core)
    for each in root.iter("{http://purl.org/dc/elements/1.1/}description"):
        each.text = query
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)  # type: ignore[no-any-return]


def _packed(old: bytes, parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(old)) as before, zipfile.ZipFile(target, "w") as after:
        for entry in before.infolist():
            after.writestr(entry, parts[entry.filename], entry.compress_type)
    return target.getvalue()


def _notes(deck: _Deck, slide: str) -> list[str]:
    return [line for name in deck.related(slide, "/notesSlide") for line in opened.note_lines(deck.parts[name])]


def _title(deck: _Deck, slide: str) -> str:
    """The words of the slide's title, else its first words."""
    presentation = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
    shapes = list(deck.tree(slide).iter(f"{presentation}sp"))
    titled = [
        each for each in shapes if any(p.get("type") in ("title", "ctrTitle") for p in each.iter(f"{presentation}ph"))
    ]
    for shape in titled or shapes:
        words = "".join(shape.itertext(f"{_A}t")).strip()
        if words:
            return words[:200]
    return ""


def _beside(deck: _Deck, slide: str, spec: ChartSpec, query: str, order: Sequence[int | None]) -> None:
    """Lines, tables and alternative text beside the chart that still read as they were made tell the new figures.

    order  where the chart's categories stand in the description, None for those that are not there
    """
    root = deck.tree(slide)
    sources = [line for line in _notes(deck, slide) if line and not line.startswith("{")]
    described = [each for each in root.iter() if isinstance(each.tag, str) and each.tag.endswith("}cNvPr")]
    # The alternative text begins with the title as it was handed over: so a title that nobody touched is known.
    alts = [each.get("descr", "") for each in described]
    titles = set()
    for paragraph in root.iter(f"{_A}p"):
        said = "".join(paragraph.itertext(f"{_A}t"))
        if len(said) >= _SHORTEST_TITLE and any(alt.startswith(said) for alt in alts):
            titles.add(said)
            if said != spec.title:
                _say(paragraph, spec.title)
        elif renewed := _renewed(said, spec, sources):
            _say(paragraph, renewed)
    for table in root.iter(f"{_A}tbl"):
        _table(table, spec, order)
    for each, alt in zip(described, alts, strict=True):
        if alt != spec.alt and (_shape(alt) == _shape(spec.alt) or any(alt.startswith(title) for title in titles)):
            each.set("descr", lettering.printable(spec.alt))
    for notes in deck.related(slide, "/notesSlide"):
        for paragraph in deck.tree(notes).iter(f"{_A}p"):
            said = "".join(paragraph.itertext(f"{_A}t")).strip()
            if said == query:
                _say(paragraph, spec.provenance)
            elif said in sources[:1] and _is_source(said, spec.source):
                _say(paragraph, spec.source)


def _renewed(said: str, spec: ChartSpec, sources: Sequence[str]) -> str:
    """What a line is to say; "" when it is not one of ours or says so already."""
    if said in sources[:1] and _is_source(said, spec.source):
        return spec.source if said != spec.source else ""
    for wanted in (spec.subtitle, spec.note):
        if wanted and said != wanted and _shape(said) == _shape(wanted):
            return wanted
    return ""


def _is_source(said: str, wanted: str) -> bool:
    """Whether a line names the source as we do: it begins with the same consultation."""
    common = len(wanted) // 3
    return said[:common] == wanted[:common]


def _shape(text: str) -> str:
    """A line without its figures."""
    return re.sub(r"\d+(?:[.,\u00a0\u202f]\d+)*|\[c\]", "#", _UNSEEN.sub("", text))


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
    sides = {_plain(side.title): side.labels for side in spec.sides}
    for column, cell in enumerate(rows[0]):
        labels = sides.get(_plain("".join(cell.itertext(f"{_A}t"))))
        for cells, place in zip(rows[1:], order, strict=True):
            paragraphs = list(cells[column].iter(f"{_A}p")) if column < len(cells) else []
            if labels is not None and place is not None and len(paragraphs) == 1:
                _say(paragraphs[0], labels[place])
