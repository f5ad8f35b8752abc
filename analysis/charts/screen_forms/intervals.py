"""Shares or net values with intervals: a point for each category, the line of its interval, its figure behind."""

import plotly.graph_objects as go

from analysis.charts import layout, lettering, palette
from analysis.charts.screen_forms.rows import rows_figure, write_value
from analysis.charts.sheet import SIZE, Sheet
from analysis.charts.spec import ChartSpec


def figure(spec: ChartSpec) -> go.Figure:
    """Names, points and lines."""
    room = max((lettering.width(label, SIZE) for label in spec.series[0].labels), default=0.0) + 16
    return rows_figure(spec, _draw, first=spec.minimum, near_room=7, end_room=room)


def _draw(fig: Sheet, spec: ChartSpec, plan: layout.Rows, narrowest: float) -> None:
    (series,) = spec.series
    heights = [box.middle for box in plan.boxes]
    if spec.minimum < 0 and heights:
        fig.line((0.0, 0.0), (0.0, plan.height), palette.LINE, 1)
    bounds = zip(series.values, series.labels, series.low, series.high, strict=True)
    for height, (value, label, low, high) in zip(heights, bounds, strict=True):
        if low is not None and high is not None:
            fig.line((low, height), (high, height), palette.ACCENT, 3)
            for edge in (low, high):
                fig.line((edge, height - 5), (edge, height + 5), palette.ACCENT, 2)
        end = value if high is None else high if value is None else max(value, high)
        room = 5 if value is None or (high is not None and value < high) else 11
        write_value(fig, spec, spec.minimum if end is None else end, label, height, quiet=value is None, room=room)
    fig.add_scatter(
        x=list(series.values),
        y=heights,
        mode="markers",
        marker={"color": palette.ACCENT, "size": 11},
        name=series.name,
        customdata=list(zip(spec.categories, series.labels, spec.sides[0].labels, strict=True)),
        hovertemplate="%{customdata[0]}: %{customdata[1]} (%{customdata[2]})<extra></extra>",
        cliponaxis=False,
    )
