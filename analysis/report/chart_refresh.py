"""One chart of Office and the workbook inside it, with present figures: what slides and documents share.

Only values change. Names are matched by their words, so that order and labels may be those of people.
"""

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, nan
from typing import Any

from lxml import etree

from analysis.charts import lettering, wording
from analysis.charts.spec import ChartSpec, Form, Series, ValueFormat
from analysis.report import native_chart, opened, slide_room
from analysis.report.opened import COUNT, HIDDEN, UNSEEN, plain
from data.errors import InvalidInput, SoundingsError

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_CELL = re.compile(r"'?(?P<sheet>[^'!]+)'?!\$?(?P<column>[A-Z]{1,3})\$?(?P<row>\d{1,7})")
_LAST_ROW = re.compile(r"\d{1,7}$")
_FIGURE_ALONE = re.compile(r"[\d\s.,%٪٫٬+\-\u2212()\[\]c]+")
Redraw = Callable[..., ChartSpec]
"""A query -> the chart as it is now, with its new query; raises what keeps it from being drawn.

with_intervals  given as true for a chart that shows intervals, which not every query tells
"""
_MOST_BOOK = 20 * 2**20
"""Bytes of a workbook inside a chart, unpacked."""


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
    untold    days or weeks that there are now and its table has not: people changed its rows, or it is on a slide
    error     why the chart stayed as it was; None when it is up to date
    """

    place: int
    title: str
    query: str
    moved: tuple[Moved, ...] = ()
    unknown: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    error: SoundingsError | None = None


@dataclass
class Package:
    """The parts of a file of Office; those that were changed are written anew."""

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

    def targets(self, name: str) -> dict[str, str]:
        """The parts that a part points to, by the names of its relations."""
        folder, file = posixpath.split(name)
        rels = self.parts.get(f"{folder}/_rels/{file}.rels", b"<r/>")
        found = {}
        for each in opened.tree(rels):
            target = each.get("Target") or ""
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            if each.get("TargetMode") != "External" and path in self.parts:
                found[each.get("Id") or ""] = path
        return found

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


def book_of(part: bytes) -> dict[str, bytes]:
    """The parts of the workbook inside a chart; none of one that cannot be opened, or is far larger than ours are."""
    try:
        return opened.package(part, most=_MOST_BOOK)
    except InvalidInput:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    moved: tuple[Moved, ...]
    unknown: tuple[str, ...]
    added: tuple[str, ...]
    order: tuple[int | None, ...]


def _places(names: Sequence[str]) -> dict[str, int]:
    """Name -> its place; names that occur twice are left out, for nobody could tell which is meant."""
    times = Counter(map(plain, names))
    return {plain(name): place for place, name in enumerate(names) if times[plain(name)] == 1}


def shows_intervals(root: Any) -> bool:
    """Whether a chart may show intervals: it has our lines across its bars, or points."""
    return root.find(f".//{_C}scatterChart") is not None or any(map(_is_ours, root.iter(f"{_C}errBars")))


def _is_ours(bars: Any) -> bool:
    """Whether lines across bars are those of intervals; what people add in Office has other lengths, or a range."""
    kind = bars.find(f"{_C}errValType")
    return (
        kind is not None
        and kind.get("val") == "cust"
        and all(bars.find(f"{_C}{end}/{_C}numLit") is not None for end in ("plus", "minus"))
    )


def values(root: Any, spec: ChartSpec, book: dict[str, bytes]) -> Found:
    """The figures of the chart and of its workbook are those of the description, matched by their names.

    Raises  InvalidInput "returned.points" for a chart of x and y, "returned.steps" for one of other days or weeks;
            nothing has changed then.
    """
    if root.find(f".//{_C}scatterChart") is not None:
        raise InvalidInput("returned.points")
    categories, series = _places(spec.categories), _places([each.name for each in spec.series])
    marked = slide_room.category_names(spec)
    moved: list[Moved] = []
    unknown: list[str] = []
    seen: set[str] = set()
    drawn = list(root.iter(f"{_C}ser"))
    if goes_on(spec):
        for each in drawn:
            _go_on(each, [native_chart.cell_text(name, spec) for name in marked], categories, book)
    for each in drawn:
        name = "".join(each.findtext(f"{_C}tx//{_C}v") or "")
        at = 0 if len(drawn) == len(spec.series) == 1 else series.get(plain(name))
        if at is None and spec.form is Form.DIVERGING and plain(name) == native_chart.OFFSET:
            _set_off(each, native_chart.offsets(spec), categories, book)
            continue
        if at is None:
            unknown.append(plain(name))
            continue
        new = spec.series[at]
        counted = COUNT.search(new.name)
        _rename(each.find(f"{_C}tx"), 0, counted[0] if counted else "", book)
        for place, label in sorted(points_of(each.find(f"{_C}cat")).items()):
            category = categories.get(plain(label))
            if category is None:
                unknown.append(plain(label))
                continue
            seen.add(plain(label))
            before = points_of(each.find(f"{_C}val")).get(place, "")
            value = new.values[category]
            after = "" if value is None else repr(float(value))
            if not same(before, after):
                moved.append(Moved(category=plain(label), series=plain(name), before=before, after=after))
                _set(each.find(f"{_C}val"), place, after, book)
            own_label(each, place, new.labels[category])
            _rename(each.find(f"{_C}cat"), place, marked[category][len(spec.categories[category]) :], book)
        _intervals(each, new, categories)
    shown = [v for each in spec.series for v in (*each.values, *each.low, *each.high) if v is not None]
    lowest, highest = min(shown, default=inf), max(shown, default=-inf)
    for end in root.iter(f"{_C}max", f"{_C}min"):
        held, is_end = number(end.get("val")), end.tag == f"{_C}max"
        if spec.form is Form.DIVERGING and is_end:
            end.set("val", repr(native_chart.reach(spec)))
        elif spec.form not in (Form.DIVERGING, Form.STACKED) and (0 < held < highest if is_end else lowest < held):
            end.set("val", repr(spec.maximum if is_end else spec.minimum))
    names = points_of(drawn[0].find(f"{_C}cat")) if drawn else {}
    return Found(
        moved=tuple(moved),
        unknown=tuple(dict.fromkeys(unknown)),
        added=tuple(name for name in categories if name not in seen),
        order=tuple(categories.get(plain(names[place])) for place in sorted(names)),
    )


def goes_on(spec: ChartSpec) -> bool:
    """Whether a chart has columns of days or weeks, of which there are more with time."""
    return spec.form is Form.COLUMNS and spec.value_format is ValueFormat.COUNT


def _go_on(drawn: Any, names: Sequence[str], places: Mapping[str, int], book: dict[str, bytes]) -> None:
    """Columns of days or weeks go on as far as they do now, behind the last one, without figures yet; not over what
    people wrote below the figures in the workbook.

    names   of the present days or weeks, as cells hold them
    Raises  InvalidInput "returned.steps" when most of those that the chart has are none of them.
    """
    shown = sorted(points_of(drawn.find(f"{_C}cat")).items())
    known = [places.get(plain(name)) for _at, name in shown]
    if 2 * known.count(None) > len(known):
        raise InvalidInput("returned.steps")
    if not known or (last := known[-1]) is None or any(place is not None and place > last for place in known):
        return
    at = shown[-1][0]
    more = names[last + 1 :]
    parts = drawn.find(f"{_C}cat"), drawn.find(f"{_C}val")
    below = range(at + 1, at + 1 + len(more))
    if any(_is_written(part.findtext(f".//{_C}f") or "", place, book) for part in parts for place in below):
        return
    for part in parts:
        _lengthen(part, len(more))
    for place, name in zip(below, more, strict=True):
        _set(parts[0], place, name, book)


def _lengthen(part: Any, more: int) -> None:
    """The range of cells behind a row of values, and the number of values, are greater by this."""
    for formula in part.iter(f"{_C}f"):
        first, _, last = (formula.text or "").rpartition(":")
        end = _LAST_ROW.search(last)
        if end is not None:
            column = last.rpartition("!")[2].removesuffix(end[0])
            formula.text = f"{first or last}:{column}{int(end[0]) + more}"
    for count in part.iter(f"{_C}ptCount"):
        count.set("val", str(_whole(count.get("val")) + more))


def _set_off(drawn: Any, offsets: Sequence[float], categories: Mapping[str, int], book: dict[str, bytes]) -> None:
    """The unseen bars that set the others so that their middles meet are as long as it takes now."""
    figures = drawn.find(f"{_C}val")
    for place, label in points_of(drawn.find(f"{_C}cat")).items():
        category = categories.get(plain(label))
        if category is not None and not same(points_of(figures).get(place, ""), repr(offsets[category])):
            _set(figures, place, repr(offsets[category]), book)


def _intervals(drawn: Any, series: Series, categories: Mapping[str, int]) -> None:
    """Our lines across the ends of bars reach to the present bounds; without bounds there are none."""
    for bars in filter(_is_ours, drawn.findall(f"{_C}errBars")):
        ends = {f"{_C}plus": (series.high, 1), f"{_C}minus": (series.low, -1)}
        if not series.low:
            drawn.remove(bars)
            continue
        places = {at: categories.get(plain(label)) for at, label in points_of(drawn.find(f"{_C}cat")).items()}
        for tag, (bounds, sign) in ends.items():
            held = bars.find(tag)
            far = points_of(held)
            for at, place in places.items():
                if place is not None:
                    value, end = series.values[place], bounds[place]
                    far[at] = repr(0.0 if value is None or end is None else sign * (end - value))
            for each in list(held):
                held.remove(each)
            told = etree.SubElement(held, f"{_C}numLit")
            etree.SubElement(told, f"{_C}formatCode").text = "General"
            etree.SubElement(told, f"{_C}ptCount").set("val", str(1 + max(far, default=-1)))
            for at, text in sorted(far.items()):
                point = etree.SubElement(told, f"{_C}pt")
                point.set("idx", str(at))
                etree.SubElement(point, f"{_C}v").text = text


def same(before: str, after: str) -> bool:
    """Whether two figures are one, or neither is there."""
    if not before or not after:
        return before == after
    return abs(number(before) - number(after)) < 1e-12


def number(text: str | None) -> float:
    """A figure as XML writes it; not a number for what is none."""
    try:
        return float(text or "nan")
    except ValueError:
        return nan


def _place(point: Any) -> int:
    """Where a value stands, -1 when it does not say so."""
    return _whole(point.get("idx"))


def _whole(text: str | None) -> int:
    """A whole number as XML writes it; -1 for what is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 8 else -1


def points_of(part: Any) -> dict[int, str]:
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
    now = points_of(part).get(place, "")
    closing = lettering.END_EMBED if now.endswith(lettering.END_EMBED) else ""
    bare = now.removesuffix(closing)
    renewed = f"{COUNT.sub('', HIDDEN.sub('', bare))}{ending}{closing}"
    if now and renewed != now:
        _set(part, place, renewed, book)


def own_label(series: Any, place: int, wanted: str) -> None:
    """A label of its own (a count with its share) tells the new figure, when it still told one alone."""
    for label in series.iter(f"{_C}dLbl"):
        at = label.find(f"{_C}idx")
        runs = list(label.iter(f"{_A}t"))
        if at is None or at.get("val") != str(place) or len(runs) != 1:
            continue
        told = UNSEEN.sub("", runs[0].text or "")
        if shape(told) == shape(wanted) or _FIGURE_ALONE.fullmatch(told):
            runs[0].text = lettering.printable(wanted)


def _is_written(formula: str, place: int, book: Mapping[str, bytes]) -> bool:
    """Whether the cell of the workbook that lies `place` rows below the first of a range holds something."""
    first = _CELL.match(formula)
    path = _sheet(first["sheet"], book) if first else ""
    if not first or not path:
        return False
    name = f"{first['column']}{int(first['row']) + place}"
    return any(len(each) > 0 for each in opened.tree(book[path]).iter(f"{_S}c") if each.get("r") == name)


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
        row = data.makeelement(f"{_S}row", {"r": str(number)})
        above = [each for each in data if _whole(each.get("r")) < number]
        data.insert(len(above), row)
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


def described_anew(core: bytes, query: str) -> bytes:
    root = opened.tree(core)
    for each in root.iter("{http://purl.org/dc/elements/1.1/}description"):
        each.text = query
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)  # type: ignore[no-any-return]


def packed(old: bytes, parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(old)) as before, zipfile.ZipFile(target, "w") as after:
        for entry in before.infolist():
            after.writestr(entry, parts[entry.filename], entry.compress_type)
    return target.getvalue()


def shape(text: str) -> str:
    """A line without its figures, its spaces all of one kind, and none where files of before have one in Chinese."""
    bare = spaced(re.sub(r"\d+(?:[.,\u00a0\u202f]\d+)*|\[c\]", "#", UNSEEN.sub("", text))).replace("n = ", "n=")
    return re.sub(f"(?<=[{''.join(wording.WIDE_ENDS)}]) ", "", bare)


def query_of(book: Mapping[str, bytes]) -> str:
    """The query that the workbook inside a chart carries; "" for one that is not ours."""
    query = opened.described(book)
    return query if query.startswith("{") else ""


def spaced(text: str) -> str:
    """A text whose spaces are all of one kind: files of before have other ones around the sign in "n = 12"."""
    return text.replace("\u00a0", " ")


def is_source(said: str, wanted: str) -> bool:
    """Whether a line names the source as we do: it begins with the same consultation."""
    common = len(wanted) // 3
    return said[:common] == wanted[:common]
