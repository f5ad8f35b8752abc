"""A slope that Office draws itself: a line chart of two points, one series for each category.

Its workbook holds both figures of every series; what is not shown is an empty cell. Names and figures stand beside it
as text, where they do not lie on each other, which Office's own labels would. Lengths are in points.
"""

from dataclasses import dataclass
from typing import Any

from pptx.chart.chart import Chart
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE
from pptx.oxml.ns import qn
from pptx.util import Pt

from analysis.charts import lettering, palette, placing
from analysis.charts.placing import SlopePlan
from analysis.charts.spec import ChartSpec
from analysis.report import native_chart
from analysis.report.native_chart import cell_text, fix_plot, rgb
from analysis.report.slide_room import Area

SHAPE = XL_CHART_TYPE.LINE_MARKERS
SIZES = (16.0, 14.0, 12.0)
HEAD = 22.0
LEADER = 22.0
_BETWEEN = 14.0
_NAME_SHARE = 0.36
_MARGIN = 1.12
"""Office sets some letters a little wider than they are measured."""
_SPARE = 8.0
"""It breaks a figure at its sign when a hair of room is missing."""
_MARKER = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How wide the columns are from the side where reading begins: names, figures, lines, figures, differences."""

    size: float
    names: float
    figures: tuple[float, float]
    changes: float
    lines: float
    plan: SlopePlan

    @property
    def near(self) -> float:
        """From the side where reading begins to the first upright."""
        return self.names + _BETWEEN + self.figures[0] + LEADER


def room(spec: ChartSpec, area: Area) -> Room:
    """The largest letters with which all labels have room below the heads."""
    high = area.high - HEAD
    for size in SIZES:
        names = area.wide * _NAME_SHARE
        plan = placing.slope(spec, spec.categories, name_width=names / _MARGIN, size=size, least=high, most=high)
        if plan.height <= high:
            break
    columns = [*(each.labels for each in spec.series), spec.sides[0].labels]
    before, after, changes = (
        _SPARE + _MARGIN * max((lettering.width(label, size) for label in labels), default=0.0) for labels in columns
    )
    lines = area.wide - names - before - after - changes - 2 * (_BETWEEN + LEADER)
    return Room(size=size, names=names, figures=(before, after), changes=changes, lines=lines, plan=plan)


def data_of(spec: ChartSpec) -> Any:
    """What the chart and its workbook hold: a row for each end, a column for each category."""
    data = native_chart.empty_data(spec, [series.name for series in spec.series])
    for index, name in enumerate(spec.categories):
        data.add_series(cell_text(name, spec), [series.values[index] for series in spec.series])
    return data


def style(native: Chart, spec: ChartSpec, place: Room) -> None:
    """Lines with points at both ends, at the heights that the text beside them was measured for."""
    native.has_title = native.has_legend = False
    ends, values = native.category_axis, native.value_axis
    heights = _reach(spec, place.plan)
    values.minimum_scale, values.maximum_scale = heights
    _begin_at_the_edge(values)
    ends.reverse_order = spec.is_rtl
    for axis in (ends, values):
        axis.visible = axis.has_major_gridlines = False
    for index, drawn in enumerate(native.plots[0].series):
        was, now = (series.values[index] for series in spec.series)
        colour = rgb(palette.change(was, now))
        drawn.smooth = False
        drawn.format.line.color.rgb, drawn.format.line.width = colour, Pt(2.5)
        drawn.marker.style, drawn.marker.size = XL_MARKER_STYLE.CIRCLE, _MARKER
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = drawn.marker.format.line.color.rgb = colour
    whole = Area(0, 0, place.lines, place.plan.height)
    fix_plot(native, whole, whole)


def _reach(spec: ChartSpec, plan: SlopePlan) -> tuple[float, float]:
    """The figures that stand at the foot and at the top of the plan."""
    top, foot = plan.axis
    step = (spec.maximum - spec.minimum) / (foot - top)
    return spec.minimum - (plan.height - foot) * step, spec.maximum + top * step


def _begin_at_the_edge(values: Any) -> None:
    """The first point stands on the edge of the chart, not in the middle of a column as wide as half of it."""
    element = values._element
    before = element.find(qn("c:crosses"))
    before.addnext(element.makeelement(qn("c:crossBetween"), {"val": "midCat"}))
