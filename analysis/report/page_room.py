"""How much has room on a page: the parts of a native chart between margins, and tables that are too wide for it.

Lengths are in points. Nothing here knows docx or typst.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analysis.charts import countries, lettering, wording
from analysis.charts.spec import ChartSpec, Form, Words
from analysis.disclosure import Suppressed
from analysis.report import slide_room
from analysis.report.slide_room import Area, RowsPlan
from analysis.report.table import Column, Table, Unit
from analysis.report.tree import Figure, Heading, Paragraphs, Part, Quotes, RecommendationPart, Report

WIDE = 468.0
"""Between the margins of an A4 page."""
SIZE = 9.0
COLUMNS_HIGH = 210.0
MOST_COLUMNS = 7
HIGHEST = 560.0
"""Of a chart on such a page."""
_LABEL_SHARE = 0.4
_LINE_PITCH = 1.4
_BAND = 22.0
_BAR = 12.0
_ARABIC_MARGIN = 1.25
_DEEPEST = 3
_FOLDED_FROM = 12


PAGE, PAGES = "1", "2"
"""In the words of a foot, where the number of the page stands and that of all pages; letters would be isolated."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A part of a report with the level of its heading, 1 to 3; 0 for words without one."""

    level: int
    part: Part


def placed(report: Report) -> Iterator[Placed]:
    """Every part in its order; a chart, quotes or a recommendation stand one level below the heading before them."""
    above = 0
    for part in report.parts:
        match part:
            case Heading():
                above = min(max(1, part.level), _DEEPEST)
                yield Placed(above, part)
            case Paragraphs():
                yield Placed(0, part)
            case _:
                yield Placed(min(above + 1, _DEEPEST), part)


def foot(words: Words) -> tuple[str, ...]:
    """Which page of how many, as PAGE, PAGES and the words around them, in the order in which they are read."""
    said = words.translate("{page} / {pages}", page=PAGE, pages=PAGES)
    return tuple(filter(None, re.split(f"({PAGE}|{PAGES})", said)))


def without_sides(spec: ChartSpec) -> ChartSpec:
    """The chart without text columns, whose figures stand in the table below it; those of a slope are its ends."""
    return spec if spec.form is Form.SLOPE else replace(spec, sides=())


def as_bars(spec: ChartSpec, words: Words) -> ChartSpec:
    """Sets of options as one bar each, whose name says which options it holds, points with intervals as bars with them,
    which Office draws, and a map as bars; any other chart as it is."""
    if spec.form is Form.TILES:
        return countries.as_bars(spec, words)
    return replace(spec, form=Form.BARS, plan=None) if spec.form in (Form.UPSET, Form.INTERVALS) else spec


def title_of(part: Part, words: Words) -> str:
    """The words of a part's heading."""
    match part:
        case Heading():
            return part.text
        case Figure():
            return part.spec.title
        case Quotes():
            return part.title
        case RecommendationPart():
            return words.translate("Recommendation {number}", number=part.number)
    return ""


def pages(spec: ChartSpec, *, wide: float = WIDE, high: float = HIGHEST) -> list[ChartSpec]:
    """The chart in as many nearly equal parts as its rows need to fit a page each, none higher than `high`."""
    count = len(spec.categories)
    if spec.form in (Form.COLUMNS, Form.UPSET, Form.TILES) or count < 2:
        return [spec]
    for parts in range(1, count + 1):
        each = math.ceil(count / parts)
        pieces = [slide_room.part_of(spec, start, start + each) for start in range(0, count, each)]
        if all(len(piece.categories) * _band(piece, wide) <= high for piece in pieces):
            break
    return pieces


def plan(spec: ChartSpec, *, wide: float = WIDE) -> tuple[Area, RowsPlan | None]:
    """The chart's area, and where its rows stand in it; None for upright columns, which Office places itself."""
    if spec.form is Form.COLUMNS:
        return Area(0, 0, wide, COLUMNS_HIGH), None
    names = max((_width(line, spec) for lines in _names(spec, wide) for line in lines), default=0.0)
    # LibreOffice squeezes the whole chart when a name is a hair too long for its room.
    label_room = names * 1.08 + 14
    end_room = 8.0 if spec.form is Form.STACKED else 58.0
    legend, is_native = _legend(spec, wide)
    high = max(1, len(spec.categories)) * _band(spec, wide)
    plot = Area(end_room if spec.is_rtl else label_room, legend, wide - label_room - end_room, high)
    area = Area(0, 0, wide, legend + high + 4)
    return area, RowsPlan(size=SIZE, frame=area, plot=plot, legend=legend, is_native=is_native, side_widths=())


def parted(table: Table, most: int = MOST_COLUMNS) -> list[Table]:
    """A wide table as several below each other, each of which begins with the columns that name its rows.

    A count and what follows from it stay together.
    """
    named = next((at for at, column in enumerate(table.columns) if column.unit is not Unit.TEXT), 1)
    names, figures = table.columns[:named], table.columns[named:]
    groups: list[tuple[Column, ...]] = []
    for column in figures:
        if groups and column.unit not in (Unit.COUNT, Unit.PART):
            groups[-1] = (*groups[-1], column)
        else:
            groups.append((column,))
    blocks: list[tuple[Column, ...]] = []
    for group in groups:
        if blocks and named + len(blocks[-1]) + len(group) <= most:
            blocks[-1] = (*blocks[-1], *group)
        else:
            blocks.append(group)
    return [Table(columns=(*names, *block)) for block in blocks] or [table]


def folded(table: Table) -> tuple[Table, tuple[str, ...]]:
    """A long table without the rows that show no figure at all, and the names of those; others stay as they are."""
    rows = [
        any(not isinstance(value, Suppressed | str | None) for value in row)
        or not any(isinstance(value, Suppressed) for value in row)
        for row in table.rows
    ]
    if rows.count(False) < _FOLDED_FROM:
        return table, ()
    columns = [
        replace(column, values=tuple(value for value, shown in zip(column.values, rows, strict=True) if shown))
        for column in table.columns
    ]
    names = table.columns[0].values
    return Table(columns=tuple(columns)), tuple(str(name) for name, shown in zip(names, rows, strict=True) if not shown)


def hidden_line(names: Sequence[str], words: Words) -> str:
    """The rows that were folded away, after the sign that stands for a suppressed figure; "" for none."""
    return f"{wording.hidden(words)}{words.colon}{wording.listing(names, words)}" if names else ""


def turned(text: str, *, rtl: bool) -> bool:
    """Whether a text runs from right to left: one in Latin letters alone does not, wherever it stands."""
    return rtl and (runs_rtl(text) or not any(unicodedata.bidirectional(sign) == "L" for sign in text))


def runs_rtl(text: str) -> bool:
    """Whether a text has letters that are read from right to left."""
    return any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)


def widths(table: Table, *, wide: float = WIDE) -> list[float]:
    """Widths of a table's columns: figures alike, the rest to the words, more to longer ones."""
    figures = sum(column.unit is not Unit.TEXT for column in table.columns)
    lengths = [
        0
        if column.unit is not Unit.TEXT
        else min(60, max(8, *(len(str(value)) for value in (column.head, *column.values))))
        for column in table.columns
    ]
    texts = sum(length > 0 for length in lengths)
    # Few figures have room for heads in words.
    each = 0.0 if not figures else min(72.0 if figures > 2 else 130.0, wide * (0.7 if texts else 1.0) / figures)
    rest = wide - each * figures
    return [each if not length else rest * length / sum(lengths) for length in lengths]


def _names(spec: ChartSpec, wide: float) -> list[tuple[str, ...]]:
    room = wide * _LABEL_SHARE / (_ARABIC_MARGIN if spec.is_rtl else 1.0)
    return [lettering.wrap(name, room, SIZE) for name in slide_room.category_names(spec)]


def _band(spec: ChartSpec, wide: float) -> float:
    """Height of one row: its name's lines, or its bars."""
    lines = max((len(name) for name in _names(spec, wide)), default=1)
    bars = len(spec.series) * _BAR + 8 if spec.form is Form.GROUPED else 0.0
    return max(_BAND, lines * SIZE * _LINE_PITCH + 4, bars)


def _legend(spec: ChartSpec, wide: float) -> tuple[float, bool]:
    """Height of Office's own legend and whether it has room; it runs from left to right only."""
    if spec.form not in (Form.GROUPED, Form.STACKED) or spec.is_rtl:
        return 0.0, False
    longest = max((lettering.width(series.name, SIZE) for series in spec.series), default=0.0)
    fits = len(spec.series) * (longest + 24) <= 0.9 * wide
    return (22.0, True) if fits else (0.0, False)


def _width(text: str, spec: ChartSpec) -> float:
    return lettering.width(text, SIZE) * (_ARABIC_MARGIN if spec.is_rtl else 1.0)
