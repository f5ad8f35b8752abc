"""A diverging chart: bars of 100 %, the middle of the scale in one line through all of them."""

import plotly.graph_objects as go

from analysis.charts import layout, lettering, palette
from analysis.charts.screen_forms.rows import add_segments, rows_figure, write_share, write_value
from analysis.charts.sheet import SIZE, SQUARE, Sheet
from analysis.charts.spec import ChartSpec


def figure(spec: ChartSpec) -> go.Figure:
    """The points of the scale named over the chart, then a bar for each category."""
    near, far = (_hidden_width(spec, half) for half in layout.halves(spec))
    return rows_figure(
        spec,
        _draw,
        first=spec.minimum,
        near_room=near + 8 if near else 0.0,
        end_room=far + 8,
        above=True,
        signs=(SQUARE,) * len(spec.series),
    )


def _hidden_width(spec: ChartSpec, half: slice) -> float:
    labels = (layout.hidden_label(spec, half, index) for index in range(len(spec.categories)))
    return max((lettering.width(label, SIZE) for label in labels), default=0.0)


def _draw(fig: Sheet, spec: ChartSpec, plan: layout.Rows, narrowest: float) -> None:
    ends = list(layout.starts(spec))
    heights = [box.middle for box in plan.boxes]
    fig.line((0.0, 0.0), (0.0, plan.height), palette.TEXT, 1)
    reach = spec.maximum - spec.minimum
    low, high = layout.halves(spec)
    for index, height in enumerate(heights):
        write_value(fig, spec, ends[index], layout.hidden_label(spec, low, index), height, quiet=True, room=-5)
    for series, colour in zip(spec.series, palette.colours(spec), strict=True):
        known = add_segments(fig, spec, series, colour, plan, ends)
        for index, (value, label) in enumerate(zip(known, series.labels, strict=True)):
            if value:
                middle = ends[index] + value / 2
                write_share(fig, spec, label, colour, value / reach, x=middle, y=heights[index], narrowest=narrowest)
            ends[index] += value
    for index, height in enumerate(heights):
        write_value(fig, spec, ends[index], layout.hidden_label(spec, high, index), height, quiet=True)
