"""Two questions set against each other, as a chart of x and y that Office draws itself.

Its last series holds both figures of every option that is drawn, and nothing else. The others are help: the lines, and
points without a mark whose labels are names, corners and figures of the axes, at places where they do not lie on each
other. Lengths are in points.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pptx.chart.chart import Chart
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_MARKER_STYLE
from pptx.parts.chart import ChartPart
from pptx.util import Pt

from analysis.charts import layout, lettering, palette
from analysis.charts.placing import ScatterPlan
from analysis.charts.spec import ChartSpec, Crossing, Words
from analysis.report import native_points, slide_room
from analysis.report.native_chart import FAMILY, cell_text, fix_plot, package, rgb, set_ink, unframe
from analysis.report.slide_room import Area, ScatterRoom

SHAPE = XL_CHART_TYPE.XY_SCATTER
_LEADERS, _EDGES, _PARTS, _WORDS = "\u2194", "\u25a1", "\u253c", "\u00b6"
"""Head the lines to the names, the edges of the plane, the lines that part it, and the words."""
_MARKER = 10
_A_LINE = 3
"""Rows of a line to a name: its ends, and an empty one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """One line of text that begins at x, ends there, or stands in its middle."""

    text: str
    x: float
    y: float
    size: float
    where: XL_LABEL_POSITION
    quiet: bool = True


class Drawing:
    """A scatter laid out in an area: what the chart and its workbook hold, and how it looks."""

    def __init__(self, spec: ChartSpec, area: Area, sizes: Sequence[float] = slide_room.LABEL_SIZES[1:]) -> None:
        assert isinstance(spec.plan, Crossing)
        self._spec, self._area, self._crossing = spec, area, spec.plan
        self._room: ScatterRoom = slide_room.scatter_room(spec, area.wide, area.high, sizes=sizes)
        self._plan: ScatterPlan = self._room.plan
        self._words = list(self._texts())

    def data(self) -> Any:
        """Words, lines, then the points. LibreOffice draws nothing of the series before a longer one."""
        data, spec = native_points.empty_data(self._spec), self._spec
        series = data.add_series(_WORDS)
        for word in self._words:
            series.add_data_point(self._x(word.x), self._y(word.y))
        for _ in range(_A_LINE * len(self._plan.shown) - len(self._words)):
            series.add_data_point(None, None)
        for name, lines in ((_LEADERS, self._leaders()), (_EDGES, self._edges()), (_PARTS, self._parts())):
            series = data.add_series(name)
            for line in lines:
                for x, y in line:
                    series.add_data_point(self._x(x), self._y(y))
                series.add_data_point(None, None)
        points = data.add_series(cell_text(" × ".join(each.name for each in spec.series), spec))
        for place in self._plan.shown:
            points.add_data_point(*(each.values[place] for each in spec.series))
        return data

    def style(self, native: Chart, words: Words, *, ink: str = palette.TEXT) -> None:
        """As the house draws it; ink  of letters, "" for the template's own."""
        native.font.size = Pt(self._room.size)
        set_ink(native.font, ink)
        native.has_title = native.has_legend = False
        across, up = native.category_axis, native.value_axis
        across.minimum_scale, across.maximum_scale = self._x(0), self._x(self._area.wide)
        across.reverse_order = self._spec.is_rtl
        up.minimum_scale, up.maximum_scale = self._y(self._area.high), self._y(0)
        for axis in (across, up):
            axis.visible = axis.has_major_gridlines = False
        told, leaders, edges, parts, points = native.plots[0].series
        points.format.line.fill.background()
        marker = points.marker
        marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, _MARKER
        marker.format.fill.solid()
        marker.format.fill.fore_color.rgb = marker.format.line.color.rgb = rgb(palette.ACCENT)
        for drawn, colour, thick in (
            (leaders, palette.LINE, 0.75),
            (edges, palette.HATCH, 0.5),
            (parts, palette.QUIET_TEXT, 1.0),
        ):
            drawn.marker.style = XL_MARKER_STYLE.NONE
            drawn.smooth = False
            drawn.format.line.color.rgb, drawn.format.line.width = rgb(colour), Pt(thick)
        told.marker.style = XL_MARKER_STYLE.NONE
        told.format.line.fill.background()
        for number, word in enumerate(self._words):
            self._write(told.points[number].data_label, word, words, ink)
        whole = Area(0, 0, self._area.wide, self._area.high)
        fix_plot(native, whole, whole)

    def _write(self, label: Any, word: _Word, words: Words, ink: str) -> None:
        label.text_frame.word_wrap = False
        run = label.text_frame.paragraphs[0].add_run()
        run.text = lettering.printable(word.text)
        run.font.size, run.font.bold = Pt(word.size), False
        set_ink(run.font, palette.QUIET_TEXT if word.quiet and ink else ink)
        run._r.get_or_add_rPr().set("lang", words.language)
        label.position = word.where

    # Places in points from the near upper corner; to figures, and back.

    def _x(self, place: float) -> float:
        axis, room = self._crossing.x, self._room
        return axis.low + (place - room.start) / room.reach * (axis.high - axis.low)

    def _y(self, place: float) -> float:
        axis, (high, low) = self._crossing.y, self._plan.inner
        return axis.low + (self._room.top + low - place) / (low - high) * (axis.high - axis.low)

    def _leaders(self) -> Iterator[tuple[tuple[float, float], ...]]:
        room = self._room
        for (x, y), label in zip(self._plan.points, self._plan.labels, strict=True):
            yield (room.start + x * room.reach, room.top + y), (room.names, room.top + label)

    def _edges(self) -> Iterator[tuple[tuple[float, float], ...]]:
        room = self._room
        left, right, top, foot = room.start, room.start + room.reach, room.top, room.top + self._plan.height
        yield (left, top), (right, top), (right, foot), (left, foot), (left, top)

    def _parts(self) -> Iterator[tuple[tuple[float, float], ...]]:
        room, (high, low) = self._room, self._plan.inner
        x_axis, y_axis = self._crossing.x, self._crossing.y
        if x_axis.middle is not None:
            x = room.start + x_axis.part(x_axis.middle) * room.reach
            yield (x, room.top), (x, room.top + self._plan.height)
        if y_axis.middle is not None:
            y = room.top + low - y_axis.part(y_axis.middle) * (low - high)
            yield (room.start, y), (room.start + room.reach, y)

    def _texts(self) -> Iterator[_Word]:
        room, plan, crossing = self._room, self._plan, self._crossing
        rtl = self._spec.is_rtl
        begins = XL_LABEL_POSITION.LEFT if rtl else XL_LABEL_POSITION.RIGHT
        ends = XL_LABEL_POSITION.RIGHT if rtl else XL_LABEL_POSITION.LEFT
        line, small = room.size * layout.LINE_HEIGHT, room.small * layout.LINE_HEIGHT
        for lines, middle in zip(plan.lines, plan.labels, strict=True):
            first = room.top + middle - (len(lines) - 1) * line / 2
            for number, text in enumerate(lines):
                yield _Word(text=text, x=room.names, y=first + number * line, size=room.size, where=begins, quiet=False)
        for number, lines in enumerate(room.corners):
            first = small / 2 + 3 if number < 2 else plan.height - 3 - (len(lines) - 0.5) * small
            x, where = (room.start + room.reach, ends) if number % 2 else (room.start, begins)
            for at, text in enumerate(lines):
                yield _Word(text=text, x=x, y=room.top + first + at * small, size=room.small, where=where)
        high, low = plan.inner
        for part, label in crossing.y.marks:
            y = room.top + low - part * (low - high)
            yield _Word(text=label, x=room.start, y=y, size=room.small, where=ends)
        foot = room.top + plan.height
        for part, label in crossing.x.marks:
            x = room.start + part * room.reach
            yield _Word(text=label, x=x, y=foot + small * 0.8, size=room.small, where=XL_LABEL_POSITION.CENTER)
        if not plan.shown and self._spec.categories:
            x, y = room.start + room.reach / 2, room.top + plan.height / 2
            text = self._spec.series[0].labels[0]
            yield _Word(text=text, x=x, y=y, size=room.size, where=XL_LABEL_POSITION.CENTER)
        for lines, first in ((room.heads[1], small / 2), (room.heads[0], foot + small * 2)):
            for at, text in enumerate(lines):
                yield _Word(text=text, x=0, y=first + at * small, size=room.small, where=begins)


def loose(
    spec: ChartSpec, words: Words, *, area: Area, ink: str, sizes: Sequence[float], family: str = FAMILY
) -> tuple[bytes, bytes]:
    """The chart's XML and its workbook for a document, as `native_chart.loose`; sizes  of letters, largest first."""
    drawing = Drawing(spec, area, sizes)
    part = ChartPart.new(SHAPE, drawing.data(), package())
    drawing.style(part.chart, words, ink=ink)
    if family:
        part.chart.font.name = family
    unframe(part.chart)
    return part.blob, part.chart_workbook.xlsx_part.blob
