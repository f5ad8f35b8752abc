"""How much has room on a slide: sizes of letters, lines of text, and charts parted over several slides.

Lengths are in points. Text is measured with the bundled letters, which are wider than those of most presentations, and
with a margin for Arabic, whose substitute on another machine may be wider still. Nothing here knows pptx.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.charts import layout, lettering, placing
from analysis.charts.spec import ChartSpec, Crossing, Form, Series, Sets, Side

WIDE, HIGH = 960.0, 540.0
EDGE = 42.0
FULL = WIDE - 2 * EDGE
TOP, FOOT = 22.0, 22.0
NUMBER_ROOM = 70.0
TITLE_SIZES = (28.0, 24.0, 20.0)
LABEL_SIZES = (16.0, 14.0, 13.0, 12.0)
SUBTITLE_SIZE = 15.0
NOTE_SIZE = 12.0
LEGEND_SIZE = 14.0
SIDE_HEAD = 26.0
MOST_TABLE_ROWS = 16
MOST_TABLE_COLUMNS = 12
_LABEL_SHARE = 0.36
_TABLE_HIGH = 340.0
_SMALL_SCATTER = 12.0
_SMALLEST = 12.0
_WIDEST_BAND = 64.0
_LEAST_ROWS = 40.0
_ARABIC_MARGIN = 1.25
_LINE_PITCH = 1.45
_SMALLEST_PARAGRAPH = 16.0
_TEXT_SIZES = (22.0, 20.0, 18.0, 16.0, 14.0, 12.0)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on a slide."""

    x: float
    y: float
    wide: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a slide leaves to its words and charts: the house's, or what a template has beside its own shapes.

    title         where the title begins and how wide it is; its height is the least that is left to it
    title_sizes   of its letters, the largest first
    x, wide       of what stands below; bottom  where the template's own foot begins
    """

    title: Area = Area(EDGE, TOP, FULL, 0)
    title_sizes: tuple[float, ...] = TITLE_SIZES
    x: float = EDGE
    wide: float = FULL
    bottom: float = HIGH

    def between(self, top: float, bottom: float) -> Area:
        """The whole width from one height to another."""
        return Area(self.x, top, self.wide, bottom - top)


OWN_ROOM = Room()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPlan:
    """Where the parts of a chart of rows stand.

    size         of the letters of the names
    frame        the native chart; plot  its bars, relative to the frame
    legend       height of the names of the series, 0 without; is_native  whether PowerPoint's own legend has room
    side_widths  of the text columns beside the bars, in reading order
    """

    size: float
    frame: Area
    plot: Area
    legend: float
    is_native: bool
    side_widths: tuple[float, ...]


def pages(spec: ChartSpec, room: Room = OWN_ROOM) -> list[ChartSpec]:
    """The chart in as many nearly equal parts as its rows and, of a table, its columns need to stay legible.

    Where the names of its series leave its bars no room, it is a table of them.
    """
    if _is_crowded_out(spec, room):
        beside = (Series(name=side.title, values=(None,) * len(side.labels), labels=side.labels) for side in spec.sides)
        spec = replace(spec, form=Form.TABLE, series=(*spec.series, *beside), sides=())
    is_table = spec.is_table or spec.form is Form.MULTIPLES
    most = max(3, min(MOST_TABLE_COLUMNS, int(MOST_TABLE_COLUMNS * room.wide / FULL)))
    while most > 3 and is_table and not _heads_fit(spec, room, min(most, len(spec.series))):
        most -= 1
    if is_table and len(spec.series) > most:
        parts = math.ceil(len(spec.series) / most)
        each = math.ceil(len(spec.series) / parts)
        wide = [replace(spec, series=spec.series[start : start + each]) for start in range(0, len(spec.series), each)]
        return _numbered([piece for part in wide for piece in _by_rows(part, room)], spec.title)
    return _numbered(_by_rows(spec, room), spec.title)


def _is_crowded_out(spec: ChartSpec, room: Room) -> bool:
    legend, _ = _legend(spec, room.wide * 0.8)
    return legend > 0 and _high(spec, room) - legend - SIDE_HEAD < _LEAST_ROWS


def _high(spec: ChartSpec, room: Room) -> float:
    """What head and foot leave to the chart."""
    head = head_height(spec.title, spec.subtitle, rtl=spec.is_rtl, room=room)
    return room.bottom - head - foot_height(spec.note, spec.source, rtl=spec.is_rtl, room=room) - 12


def _heads_fit(spec: ChartSpec, room: Room, columns: int) -> bool:
    """Whether the longest word of each head has room in one of so many columns beside the names."""
    size, widths = table_look(spec, room.wide, columns)
    longest = max((_width(word, size, spec) for each in spec.series for word in each.name.split()), default=0.0)
    return longest * 1.1 <= widths[1] - 12


def table_look(spec: ChartSpec, wide: float, columns: int = 0) -> tuple[float, tuple[float, float]]:
    """Size of the letters of a table, and widths of the names and of every other column; columns  0 for its own."""
    columns = columns or len(spec.series)
    size = 14.0 if columns <= 5 and len(spec.categories) <= 10 else 11.0
    names = max((lettering.width(name, size) for name in spec.categories), default=0.0) * 1.25 + 16
    first = min(wide * 0.3, names)
    return size, (first, (wide - first) / max(1, columns))


def table_heights(spec: ChartSpec, wide: float) -> list[float]:
    """Heights of the rows of a table, its head first."""
    size, (first, other) = table_look(spec, wide)

    def high(texts: Sequence[str]) -> float:
        widths = (first, *(other for _ in texts[1:]))
        lines = [line_count(text, each - 12, size, rtl=spec.is_rtl) for text, each in zip(texts, widths, strict=True)]
        return max(1, *lines) * size * layout.LINE_HEIGHT + 4

    head = high(["", *(series.name for series in spec.series)])
    rows = [[name, *(series.labels[at] for series in spec.series)] for at, name in enumerate(spec.categories)]
    return [head, *map(high, rows)]


def _numbered(pieces: list[ChartSpec], title: str) -> list[ChartSpec]:
    if len(pieces) == 1:
        return pieces
    return [replace(piece, title=f"{title} ({number}/{len(pieces)})") for number, piece in enumerate(pieces, start=1)]


def _by_rows(spec: ChartSpec, room: Room) -> list[ChartSpec]:
    count = len(spec.categories)
    if spec.form in (Form.COLUMNS, Form.UPSET) or count < 2:
        return [spec]
    for parts in range(1, count + 1):
        each = math.ceil(count / parts)
        pieces = [part_of(spec, start, start + each) for start in range(0, count, each)]
        if all(_fits(piece, room) for piece in pieces):
            break
    return pieces


def rows_plan(spec: ChartSpec, area: Area) -> RowsPlan:
    """The parts of a chart of rows within an area; few bars do not swell to fill it."""
    widths = tuple(_side_width(side, spec) for side in spec.sides)
    wide = area.wide - sum(widths)
    legend, is_native = _legend(spec, wide)
    head = legend + (SIDE_HEAD if spec.sides else 0.0)
    name_room = _name_room(spec, area.wide)
    size = _label_size(spec, area.high - head, name_room) or LABEL_SIZES[-1]
    wrapped = [lettering.wrap(name, name_room, size) for name in category_names(spec)]
    most_lines = max((len(lines) for lines in wrapped), default=1)
    names = max((_width(line, size, spec) for lines in wrapped for line in lines), default=0.0)
    # LibreOffice squeezes the whole chart when a name is a hair too long for its room.
    label_room = names * (1.0 if spec.is_rtl else 1.08) + 18
    end_room = 12.0 if spec.form in (Form.STACKED, Form.DIVERGING, Form.DUMBBELL, Form.INTERVALS) else 64.0
    bars = max(1.0, 0.6 * len(spec.series)) if spec.form is Form.GROUPED else 1.0
    band = max(bars * _WIDEST_BAND, most_lines * size * _LINE_PITCH)
    high = min(area.high - head - 2, max(1, len(spec.categories)) * band)
    left = end_room if spec.is_rtl else label_room
    return RowsPlan(
        size=size,
        frame=Area(area.x + (sum(widths) if spec.is_rtl else 0.0), area.y, wide, head + high + 2),
        plot=Area(left, head, wide - label_room - end_room, high),
        legend=legend,
        is_native=is_native,
        side_widths=widths,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatterRoom:
    """Where the parts of a scatter stand, from the side where reading begins and from the top.

    size, small  of the letters of names, and of all others
    start, reach  of the plane, which is as high as `plan` says; names  where the names begin
    top          of the plane, below what y is
    corners, heads  words in lines: of the corners, and what x and y are
    """

    size: float
    small: float
    start: float
    reach: float
    names: float
    top: float
    high: float
    corners: tuple[tuple[str, ...], ...]
    heads: tuple[tuple[str, ...], ...]
    plan: placing.ScatterPlan


def scatter_room(spec: ChartSpec, wide: float, high: float, *, sizes: Sequence[float] = LABEL_SIZES[1:]) -> ScatterRoom:
    """The largest letters with which all names have room; with the smallest ones it may be higher than `high`."""
    for size in sizes:
        found = _scatter_room(spec, wide, high, size)
        if found.high <= high + 0.5:
            break
    return found


def _scatter_room(spec: ChartSpec, wide: float, high: float, size: float) -> ScatterRoom:
    assert isinstance(spec.plan, Crossing)
    margin = _ARABIC_MARGIN if spec.is_rtl else 1.1
    small = min(size, _SMALL_SCATTER)
    line = small * layout.LINE_HEIGHT
    heads = tuple(lettering.wrap(series.name, wide / margin - 20, small) for series in spec.series)
    start = max(lettering.width(label, small) for label in spec.plan.y.labels) + 12
    names = wide * (1 - _LABEL_SHARE)
    reach = (names - start) / placing.LABEL_EDGE
    middle = 0.5 if spec.plan.x.middle is None else spec.plan.x.part(spec.plan.x.middle)
    corners = tuple(
        lettering.wrap(words, max(70.0, ((1 - middle) if number % 2 else middle) * reach - 16) / margin, small)
        for number, words in enumerate(spec.plan.corners)
    )
    top, foot = len(heads[1]) * line + 6, (2 + len(heads[0])) * line
    strip = max(len(lines) for lines in corners) * line + 12
    room = max(120.0, high - top - foot)
    plan = placing.scatter(
        spec, name_width=(wide - names - 12) / margin, size=size, least=room, most=room, corner=strip
    )
    return ScatterRoom(
        size=size,
        small=small,
        start=start,
        reach=reach,
        names=names,
        top=top,
        high=top + plan.height + foot,
        corners=corners,
        heads=heads,
        plan=plan,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetsRoom:
    """Where the parts of sets of options stand: columns over a table of dots, whose first column names the options.

    size     of the letters of the names; names  how wide they are
    step     of a column; high  of the columns
    heights  of the rows of the table
    """

    size: float
    names: float
    step: float
    high: float
    heights: tuple[float, ...]


def sets_room(spec: ChartSpec, area: Area) -> SetsRoom:
    """The largest letters with which the names of the options leave half of the area to the columns."""
    assert isinstance(spec.plan, Sets)
    room = area.wide * _LABEL_SHARE
    for size in LABEL_SIZES:
        heights = tuple(
            max(1, line_count(name, room - 12, size, rtl=spec.is_rtl)) * size * layout.LINE_HEIGHT + 5
            for name in spec.plan.options
        )
        if sum(heights) <= area.high * 0.55:
            break
    widest = max((_width(name, size, spec) for name in spec.plan.options), default=0.0)
    names = min(room, widest * 1.08 + 16)
    step = min(_WIDEST_BAND, (area.wide - names) / max(1, len(spec.categories)))
    return SetsRoom(size=size, names=names, step=step, high=max(60.0, area.high - sum(heights)), heights=heights)


def category_names(spec: ChartSpec) -> tuple[str, ...]:
    """The categories, "[c]" after those with a suppressed figure: an empty cell has no label of its own."""
    return tuple(_name(spec, index, name) for index, name in enumerate(spec.categories))


def title_size(title: str, sizes: Sequence[float], *, rtl: bool, wide: float = FULL) -> tuple[float, int]:
    """The largest size at which a title needs no more than two lines, and how many it needs."""
    wide = wide / (_ARABIC_MARGIN if rtl else 1.0)
    for size in sizes:
        lines = len(lettering.wrap(title, wide, size, bold=True))
        if lines <= 2:
            break
    return size, lines


def largest(lines: Sequence[str], most: float, area: Area, *, rtl: bool) -> float:
    """Letters no larger than `most` with which bold lines have room in an area; 12 points at least."""
    wide, size = area.wide / (_ARABIC_MARGIN if rtl else 1.0), most
    while size > _SMALLEST:
        needed = sum(len(lettering.wrap(line, wide, size, bold=True)) for line in lines)
        if needed * size * layout.LINE_HEIGHT <= area.high:
            break
        size -= 1
    return size


def line_count(text: str, wide: float, size: float, *, rtl: bool) -> int:
    """Lines that a text needs; none for no text."""
    return len(lettering.wrap(text, wide / (_ARABIC_MARGIN if rtl else 1.0), size)) if text else 0


def text_size(texts: Sequence[str], area: Area, *, rtl: bool) -> float:
    """Letters with which all texts have room one below the other, 22 points at most."""
    for size in _TEXT_SIZES:
        lines = sum(line_count(text, area.wide, size, rtl=rtl) + 2.2 for text in texts)
        if lines * size * layout.LINE_HEIGHT <= area.high:
            return size
    return _TEXT_SIZES[-1] - 1


def parted(texts: Sequence[str], title: str, *, rtl: bool, room: Room = OWN_ROOM) -> list[list[str]]:
    """Texts in groups that have room on a slide each, in letters of 16 points or larger."""
    top = head_height(title, "", rtl=rtl, room=room)
    area = room.between(top, room.bottom - foot_height("x", "x", rtl=rtl, room=room) - 12)
    return [[texts[at] for at in held] for held in in_area(texts, area, rtl=rtl)]


def in_area(texts: Sequence[str], area: Area, *, rtl: bool) -> list[list[int]]:
    """The places of texts in groups, each of which has room in the area in letters of 16 points or larger."""
    groups: list[list[int]] = []
    for at in range(len(texts)):
        group = [*groups[-1], at] if groups else [at]
        if groups and text_size([texts[each] for each in group], area, rtl=rtl) >= _SMALLEST_PARAGRAPH:
            groups[-1] = group
        else:
            groups.append([at])
    return groups


def below_title(title: str, *, rtl: bool, room: Room = OWN_ROOM) -> float:
    """From the slide's top edge to below its title."""
    size, lines = title_size(title, room.title_sizes, rtl=rtl, wide=room.title.wide)
    return room.title.y + max(lines * size * layout.LINE_HEIGHT + 6, room.title.high)


def head_height(title: str, subtitle: str, *, rtl: bool, room: Room = OWN_ROOM) -> float:
    """From the slide's top edge to below its subtitle."""
    below = line_count(subtitle, room.wide, SUBTITLE_SIZE, rtl=rtl) * SUBTITLE_SIZE * layout.LINE_HEIGHT
    return below_title(title, rtl=rtl, room=room) + below + 14


def foot_height(note: str, source: str, *, rtl: bool, room: Room = OWN_ROOM) -> float:
    """From above the note to where the room ends."""
    lines = sum(line_count(text, room.wide - NUMBER_ROOM, NOTE_SIZE, rtl=rtl) for text in (note, source))
    return lines * NOTE_SIZE * layout.LINE_HEIGHT + FOOT


def part_of(spec: ChartSpec, start: int, end: int) -> ChartSpec:
    """The chart of some of its categories, on the same scale."""
    return replace(
        spec,
        categories=spec.categories[start:end],
        series=tuple(
            replace(
                series,
                values=series.values[start:end],
                labels=series.labels[start:end],
                low=series.low[start:end],
                high=series.high[start:end],
            )
            for series in spec.series
        ),
        sides=tuple(replace(side, labels=side.labels[start:end]) for side in spec.sides),
    )


def _fits(spec: ChartSpec, room: Room) -> bool:
    high = _high(spec, room)
    if spec.form is Form.SCATTER:
        return scatter_room(spec, room.wide, high).high <= high + 0.5
    if spec.is_table or spec.form is Form.MULTIPLES:
        rows = max(1, min(MOST_TABLE_ROWS, int(MOST_TABLE_ROWS * high / _TABLE_HIGH)))
        return len(spec.categories) <= rows and sum(table_heights(spec, room.wide)) <= high
    legend, _ = _legend(spec, room.wide * 0.8)
    high -= legend + (SIDE_HEAD if spec.sides else 0.0)
    return _label_size(spec, high, _name_room(spec, room.wide)) is not None


def _label_size(spec: ChartSpec, high: float, name_room: float) -> float | None:
    """The largest letters with which every name has room beside its bars; None when even the smallest have none."""
    names = category_names(spec)
    bars = len(spec.series) if spec.form is Form.GROUPED else 1
    for size in LABEL_SIZES:
        lines = max((len(lettering.wrap(name, name_room, size)) for name in names), default=1)
        if len(names) * max(lines * size * _LINE_PITCH, bars * size * 1.15, size * 1.6) <= high:
            return size
    return None


def _legend(spec: ChartSpec, wide: float) -> tuple[float, bool]:
    """Height of the legend, and whether PowerPoint's own has room on one line.

    Its columns are as wide as the longest name, and it runs from left to right only.
    """
    if spec.form not in (Form.GROUPED, Form.STACKED, Form.DIVERGING, Form.DUMBBELL):
        return 0.0, False
    names = [_width(series.name, LEGEND_SIZE, spec) + 30 for series in spec.series]
    has_own = spec.form in (Form.GROUPED, Form.STACKED)
    if has_own and not spec.is_rtl and len(names) * max(names, default=0.0) <= 0.85 * wide:
        return 30.0, True
    return 10.0 + math.ceil(sum(names) / (0.9 * wide)) * LEGEND_SIZE * layout.LINE_HEIGHT, False


def _name(spec: ChartSpec, index: int, name: str) -> str:
    hidden = [series.labels[index] for series in spec.series if series.values[index] is None]
    return f"{name} ({hidden[0]})" if hidden else name


def _side_width(side: Side, spec: ChartSpec) -> float:
    head = lettering.width(side.title, LEGEND_SIZE, bold=True) * (_ARABIC_MARGIN if spec.is_rtl else 1.1)
    return max([head, *(lettering.width(label, LABEL_SIZES[0]) for label in side.labels)]) + 16


def _name_room(spec: ChartSpec, wide: float) -> float:
    """A share of the width, less where text columns would leave nothing to the bars."""
    return min(wide * _LABEL_SHARE, (wide - sum(_side_width(side, spec) for side in spec.sides)) * 0.5)


def _width(text: str, size: float, spec: ChartSpec) -> float:
    return lettering.width(text, size) * (_ARABIC_MARGIN if spec.is_rtl else 1.0)
