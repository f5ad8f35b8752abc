"""Points that Office draws itself, one line of them for each category: the sides of a dumbbell, shares with intervals.

They are a chart of x and y: x is the figure, y the line from below. Its workbook holds both; what is not shown is not
in it. Lengths are in points.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pptx.chart.chart import Chart
from pptx.chart.data import XyChartData
from pptx.chart.xlsx import XyWorkbookWriter
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_MARKER_STYLE
from pptx.parts.chart import ChartPart
from pptx.util import Pt
from xlsxwriter import Workbook

from analysis.charts import lettering, palette
from analysis.charts.spec import ChartSpec, Form, Series, Words
from analysis.report.native_chart import cell_text, fix_plot, package, rgb, set_ink
from analysis.report.slide_room import Area

FORMS = (Form.DUMBBELL, Form.INTERVALS)
SHAPE = XL_CHART_TYPE.XY_SCATTER
SIGNS = ("■", "●")
_MARKER = 12
_LABEL_ROOM = 14.0
_LINES = "\u2194"
"""Heads the lines between points."""
_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 - a workbook's time has no zone


class _Writer(XyWorkbookWriter):
    """The workbook of a chart, without the time at which it is written."""

    @contextmanager
    def _open_worksheet(self, xlsx_file: Any) -> Any:
        with Workbook(xlsx_file, {"in_memory": True, "strings_to_formulas": False}) as book:
            book.set_properties({"created": _EPOCH, "comments": self._chart_data.query})
            yield book, book.add_worksheet()


class _Data(XyChartData):
    """Points with that workbook; query  of the chart, for programs."""

    query = ""

    @property
    def _workbook_writer(self) -> XyWorkbookWriter:
        return _Writer(self)  # type: ignore[no-untyped-call]


def empty_data(spec: ChartSpec) -> Any:
    """A workbook of points without a series."""
    data: Any = _Data()  # type: ignore[no-untyped-call]
    data.query = spec.provenance
    return data


def data_of(spec: ChartSpec) -> XyChartData:
    """What the chart and its workbook hold: the figures that are shown, the first category highest.

    Before them come those of every line that joins two points, with an empty row between one line and the next.
    """
    data = empty_data(spec)
    lines = data.add_series(_LINES)
    for index, ends in enumerate(_lines(spec)):
        if None not in ends:
            for value in ends:
                lines.add_data_point(value, _height(spec, index))
            lines.add_data_point(None, None)
    for series in spec.series:
        points = data.add_series(cell_text(series.name, spec))
        for index, value in enumerate(series.values):
            if value is not None:
                points.add_data_point(value, _height(spec, index))
    return data  # type: ignore[no-any-return]


def bare(spec: ChartSpec) -> tuple[bytes, bytes]:
    """The chart's XML without looks, and its workbook."""
    part = ChartPart.new(SHAPE, data_of(spec), package())  # type: ignore[arg-type]
    return part.blob, part.chart_workbook.xlsx_part.blob


def style(native: Chart, spec: ChartSpec, words: Words, *, size: float, area: Area, ink: str = palette.TEXT) -> None:
    """The points as the house draws them: a square and a disc, a line between them, labels of `size` outside.

    ink  of the labels, "" for the template's own
    """
    native.font.size = Pt(size)
    set_ink(native.font, ink)
    native.has_title = native.has_legend = False
    across, up = native.category_axis, native.value_axis
    across.minimum_scale, across.maximum_scale = _reach(spec, size, area.wide)
    across.reverse_order = spec.is_rtl
    up.minimum_scale, up.maximum_scale = 0, max(1, len(spec.categories))
    for axis in (across, up):
        axis.visible = axis.has_major_gridlines = False
    shapes = (XL_MARKER_STYLE.SQUARE, XL_MARKER_STYLE.CIRCLE)[-len(spec.series) :]
    lines, *points = native.plots[0].series
    lines.marker.style = XL_MARKER_STYLE.NONE
    lines.format.line.color.rgb, lines.format.line.width = rgb(palette.LINE), Pt(3)
    looks = zip(points, spec.series, palette.colours(spec), shapes, strict=True)
    for drawn, series, colour, shape in looks:
        _mark(drawn, colour, shape)
        _write_labels(drawn, spec, series, words, size, ink)
    fix_plot(native, Area(0, 0, area.wide, area.high), area)


def _lines(spec: ChartSpec) -> Iterator[tuple[float | None, ...]]:
    """Both ends of each category's line: two figures, or the bounds of one."""
    first = spec.series[0]
    if spec.form is Form.INTERVALS:
        return zip(first.low, first.high, strict=True)
    return zip(*(series.values for series in spec.series), strict=True)


def _height(spec: ChartSpec, index: int) -> float:
    return len(spec.categories) - index - 0.5


def _reach(spec: ChartSpec, size: float, wide: float) -> tuple[float, float]:
    """The axis, longer than the figures by the room of a label on each side."""
    labels = [lettering.width(label, size) for series in spec.series for label in series.labels]
    room = min(wide / 3, max(labels, default=0.0) + _LABEL_ROOM)
    step = (spec.maximum - spec.minimum) / (wide - 2 * room)
    return spec.minimum - room * step, spec.maximum + room * step


def _mark(drawn: Any, colour: str, shape: XL_MARKER_STYLE) -> None:
    drawn.format.line.fill.background()
    marker = drawn.marker
    marker.style, marker.size = shape, _MARKER
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = marker.format.line.color.rgb = rgb(colour)


def _write_labels(drawn: Any, spec: ChartSpec, series: Series, words: Words, size: float, ink: str) -> None:
    """Each figure beside its point, away from the other one."""
    point = 0
    for index, (value, label) in enumerate(zip(series.values, series.labels, strict=True)):
        if value is None:
            continue
        data_label = drawn.points[point].data_label
        data_label.text_frame.word_wrap = False
        run = data_label.text_frame.paragraphs[0].add_run()
        run.text = lettering.printable(label)
        run.font.size = Pt(size)
        set_ink(run.font, ink)
        run._r.get_or_add_rPr().set("lang", words.language)
        data_label.position = _label_position(spec, series, index)
        point += 1


def _label_position(spec: ChartSpec, series: Series, index: int) -> XL_LABEL_POSITION:
    if spec.form is Form.INTERVALS:
        return XL_LABEL_POSITION.ABOVE
    is_left = _is_near(spec, series, index) is not spec.is_rtl
    return XL_LABEL_POSITION.LEFT if is_left else XL_LABEL_POSITION.RIGHT


def label_side(spec: ChartSpec, series: Series, index: int) -> str:
    """Where the label of a point stands, as XML says it."""
    return {XL_LABEL_POSITION.LEFT: "l", XL_LABEL_POSITION.RIGHT: "r"}.get(_label_position(spec, series, index), "t")


def _is_near(spec: ChartSpec, series: Series, index: int) -> bool:
    """Whether a point is the lower of two; of two that are the same the first is."""
    values = [each.values[index] for each in spec.series]
    if None in values:
        return False
    return spec.series[min(range(len(values)), key=lambda number: values[number])] is series  # type: ignore[arg-type, return-value]
