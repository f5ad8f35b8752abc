"""Two questions set against each other: points on a plane in four parts, and their names beside it.

One unit of y is a pixel; x runs from 0 to 1 between the ends of its axis, whatever the width.
"""

import math

import plotly.graph_objects as go

from analysis.charts import layout, lettering, palette, placing
from analysis.charts.sheet import ABOVE_WIDTH, EDGE, SIZE, Sheet, disarmed, frame
from analysis.charts.spec import ChartSpec, Crossing

LEAST_HIGH = 380.0
_NAMES = 118.0
_SMALL = SIZE - 1
_LINE = _SMALL * layout.LINE_HEIGHT
_HALF = 70.0
"""Pixels that the words for half of the plane take: half of its width on a telephone."""


def figure(spec: ChartSpec) -> go.Figure:
    """What y is, the plane with the names beside it, what x is."""
    assert isinstance(spec.plan, Crossing)
    x_axis, y_axis = spec.plan.x, spec.plan.y
    names = [lettering.wrap(series.name, ABOVE_WIDTH, _SMALL) for series in spec.series]
    halves = {axis: [lettering.wrap(words, _HALF, _SMALL) for words in axis.halves] for axis in (x_axis, y_axis)}
    strip = max(len(lines) for lines in halves[y_axis]) * _LINE + 12
    plan = placing.scatter(spec, name_width=_NAMES, size=SIZE, least=LEAST_HIGH, corner=strip)
    fig = Sheet()
    _draw_plane(fig, spec, plan)
    _draw_points(fig, spec, plan)
    near = EDGE + max(lettering.width(label, _SMALL) for label in y_axis.labels) + 6
    for y, lines in zip((plan.height - strip / 2, strip / 2), halves[y_axis], strict=True):
        _write(fig, spec, lines, 0, y, shift=5)
    foot = plan.height + 1.4 * _LINE
    for x, lines in zip((0, 1), halves[x_axis], strict=True):
        _write(fig, spec, lines, x, foot + len(lines) * _LINE / 2, at_end=bool(x), shift=0 if x else EDGE - near)
    foot += max(len(lines) for lines in halves[x_axis]) * _LINE + EDGE / 2
    _write(fig, spec, names[0], 0, foot + len(names[0]) * _LINE / 2, shift=EDGE - near)
    foot += len(names[0]) * _LINE
    head = len(names[1]) * _LINE + EDGE
    _write(fig, spec, names[1], 0, -head / 2, shift=EDGE - near)
    reach = [0.0, placing.LABEL_EDGE]
    fig.update_xaxes(range=reach[::-1] if spec.is_rtl else reach, visible=False, fixedrange=True)
    fig.update_yaxes(range=[foot, -head], visible=False, fixedrange=True)
    left, right = near, _NAMES + 2 * EDGE
    frame(fig, spec, left=right if spec.is_rtl else left, right=left if spec.is_rtl else right, top=EDGE)
    fig.update_layout(height=math.ceil(foot + head + 2 * EDGE))
    return fig.finished()


def _draw_plane(fig: Sheet, spec: ChartSpec, plan: placing.ScatterPlan) -> None:
    """The edges of the plane, the lines that part it, and the figures of its axes."""
    assert isinstance(spec.plan, Crossing)
    x_axis, y_axis = spec.plan.x, spec.plan.y
    high, low = plan.inner
    for at in (0.0, 1.0):
        fig.line((at, 0), (at, plan.height), palette.FAINT, 1)
        fig.line((0, at * plan.height), (1, at * plan.height), palette.FAINT, 1)
    if x_axis.middle is not None:
        x = x_axis.part(x_axis.middle)
        fig.line((x, 0), (x, plan.height), palette.LINE, 1)
    if y_axis.middle is not None:
        y = low - y_axis.part(y_axis.middle) * (low - high)
        fig.line((0, y), (1, y), palette.LINE, 1)
    for part, label in x_axis.marks:
        _write(fig, spec, (label,), part, plan.height + _LINE * 0.7, centred=True)
    for part, label in y_axis.marks:
        _write(fig, spec, (label,), 0, low - part * (low - high), at_end=True, shift=4)
    if not plan.shown and spec.categories:
        _write(fig, spec, (spec.series[0].labels[0],), 0.5, plan.height / 2, centred=True)


def _draw_points(fig: Sheet, spec: ChartSpec, plan: placing.ScatterPlan) -> None:
    for point, label in zip(plan.points, plan.labels, strict=True):
        fig.line(point, (placing.LABEL_EDGE, label), palette.LINE, 1)
    fig.add_scatter(
        x=[x for x, _ in plan.points],
        y=[y for _, y in plan.points],
        mode="markers",
        marker={"color": palette.ACCENT, "size": 11},
        customdata=[
            [disarmed(spec.categories[place], spec), disarmed(placing.figures(spec, place), spec)]
            for place in plan.shown
        ],
        hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
        cliponaxis=False,
    )
    for lines, middle in zip(plan.lines, plan.labels, strict=True):
        _write(fig, spec, lines, placing.LABEL_EDGE, middle, shift=4, size=SIZE, quiet=False)


def _write(
    fig: Sheet,
    spec: ChartSpec,
    lines: tuple[str, ...],
    x: float,
    middle: float,
    *,
    at_end: bool = False,
    centred: bool = False,
    shift: float = 0.0,
    size: float = _SMALL,
    quiet: bool = True,
) -> None:
    """Lines around a height that begin at x, or end there; `shift` pixels away from it."""
    is_left = at_end is not spec.is_rtl
    for number, line in enumerate(lines):
        fig.note(
            x=x,
            y=middle + (number - (len(lines) - 1) / 2) * size * layout.LINE_HEIGHT,
            text=disarmed(line, spec),
            showarrow=False,
            xanchor="center" if centred else "right" if is_left else "left",
            xshift=-shift if is_left else shift,
            borderpad=0,
            font={"color": palette.QUIET_TEXT if quiet else palette.TEXT, "size": size},
        )
