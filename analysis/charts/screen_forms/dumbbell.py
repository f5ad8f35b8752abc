"""A dumbbell chart: two points for each category on one line, a ring and a disc, their figures outside."""

import plotly.graph_objects as go

from analysis.charts import layout, lettering, palette
from analysis.charts.screen_forms.rows import rows_figure, write_value
from analysis.charts.sheet import SIZE, Sheet
from analysis.charts.spec import ChartSpec

_SIGNS = ("\u25cb", "\u25cf")
_ROOM = 11.0


def figure(spec: ChartSpec) -> go.Figure:
    """The two sides named over the chart, then a line for each category."""
    room = max((lettering.width(label, SIZE) for each in spec.series for label in each.labels), default=0.0) + 18
    return rows_figure(spec, _draw, first=spec.minimum, near_room=room, end_room=room, above=True, signs=_SIGNS)


def _draw(fig: Sheet, spec: ChartSpec, plan: layout.Rows, narrowest: float) -> None:
    heights = [box.middle for box in plan.boxes]
    if spec.minimum < 0 and heights:
        fig.line((0.0, 0.0), (0.0, plan.height), palette.LINE, 1)
    for index, height in enumerate(heights):
        known = [(each.values[index], number) for number, each in enumerate(spec.series)]
        points = sorted((value, number) for value, number in known if value is not None)
        fig.line((spec.minimum, height), (spec.maximum, height), palette.FAINT, 1)
        if len(points) == 2:
            fig.line((points[0][0], height), (points[1][0], height), palette.LINE, 4)
        for place, (value, number) in enumerate(points):
            is_near = place == 0 and len(points) == 2
            label = spec.series[number].labels[index]
            write_value(fig, spec, value, label, height, room=-_ROOM if is_near else _ROOM)
        hidden = [spec.series[number].labels[index] for value, number in known if value is None]
        if hidden:
            write_value(fig, spec, spec.minimum, hidden[0], height, quiet=True, room=-_ROOM)
    for number, (series, colour) in enumerate(zip(spec.series, palette.colours(spec), strict=True)):
        fig.add_scatter(
            x=list(series.values),
            y=heights,
            mode="markers",
            marker={
                "color": palette.PAPER if number == 0 else colour,
                "size": 13,
                "line": {"color": colour, "width": 2.5},
                "opacity": 1,
            },
            name=series.name,
            customdata=list(zip(spec.categories, series.labels, strict=True)),
            hovertemplate="%{customdata[0]}<br>%{fullData.name}: %{customdata[1]}<extra></extra>",
            cliponaxis=False,
        )
