"""Charts in the browser: the one place that knows plotly.

The page writes title, subtitle, note and source as text around the figure, where they can be selected and read
aloud; the figure holds the picture and its direct labels. Nothing is to be found by hovering only. Heights are in
pixels, so that one unit of a horizontal chart's y axis is one pixel at every width.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import plotly.graph_objects as go

from analysis.charts import layout, lettering, palette
from analysis.charts.screen_forms import diverging, dumbbell, intervals, multiples, scatter, slope
from analysis.charts.screen_forms.rows import add_segments, rows_figure, write_share, write_value
from analysis.charts.sheet import (
    ABOVE_WIDTH,
    EDGE,
    FAMILY,
    PHONE,
    SIZE,
    SQUARE,
    Sheet,
    disarmed,
    frame,
)
from analysis.charts.spec import ChartSpec, Form, MapSpec, Series

CONFIG = {"displayModeBar": False, "staticPlot": False, "scrollZoom": False, "doubleClick": False}
"""For `st.plotly_chart(config=...)`: no tool bar over a chart that needs none."""


def figure(spec: ChartSpec, *, dark: bool = False) -> go.Figure:
    """The chart of a description, as wide as its place and as high as its rows need.

    dark  for a dark page, in the colours of `palette.in_dark`
    """
    return _for_page(_FIGURES.get(spec.form, _bars)(spec), dark=dark)


def map_figure(spec: MapSpec, *, dark: bool = False) -> go.Figure:
    """A point for each reply; groups differ in colour and in shape, and nothing tells who stands where."""
    fig = Sheet()
    for number, name in enumerate(spec.groups):
        inside = [(x, y) for x, y, group in spec.points if group == number]
        fig.add_scatter(
            x=[x for x, _ in inside],
            y=[y for _, y in inside],
            mode="markers",
            name=name,
            hoverinfo="skip",
            marker={
                "color": palette.GROUPS[number % len(palette.GROUPS)],
                "symbol": _SHAPES[number % len(_SHAPES)],
                "size": 7,
                "opacity": 0.6,
            },
        )
    axis = {"showticklabels": False, "showgrid": False, "zeroline": True, "zerolinecolor": palette.FAINT}
    fig.update_xaxes(fixedrange=True, **axis)
    fig.update_yaxes(fixedrange=True, scaleanchor="x", **axis)
    fig.update_layout(
        font={"family": FAMILY, "size": SIZE, "color": palette.TEXT},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": EDGE, "r": EDGE, "t": EDGE, "b": EDGE},
        dragmode=False,
        height=320,
        showlegend=False,
    )
    return _for_page(fig.finished(), dark=dark)


def _for_page(fig: Sheet, *, dark: bool) -> go.Figure:
    """The sheet, or the same one with every colour turned; what was checked once is not checked again."""
    return go.Figure(_turned(fig.to_plotly_json()), _validate=False) if dark else fig


def _turned(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _KEYS.get(name, _turned)(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_turned(each) for each in part]
    return _SPAN.sub(lambda found: found[1] + palette.in_dark(found[2]), part) if isinstance(part, str) else part


def _coloured(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_coloured(each) for each in value]
    if isinstance(value, dict):
        return _turned(value)
    return palette.in_dark(value) if isinstance(value, str) and value.startswith("#") else value


_KEYS: Mapping[str, Callable[[Any], Any]] = {
    "color": _coloured,
    "linecolor": _coloured,
    "zerolinecolor": _coloured,
    "template": lambda value: value,
}
"""Where colours of ours are; plotly's template has its own, which nothing of ours leaves to it."""
_SPAN = re.compile(r'(<span style="color:)(#[0-9a-f]{6})')
"""The sign before the name of a series. Words of a form cannot be taken for one: they hold no "<"."""


def map_legend(spec: MapSpec) -> tuple[tuple[str, str, str], ...]:
    """(sign, colour, name) of each group, to be written over the map."""
    return tuple(
        (_SIGNS[number % len(_SIGNS)], palette.GROUPS[number % len(palette.GROUPS)], name)
        for number, name in enumerate(spec.groups)
    )


_TOP = 1.12
"""How high upright columns have room, of the highest."""
_FLAT = 136
"""Height of columns where none has a figure to show: no empty frame."""
_FIGURE = 0.15
"""How much of that the figure above a column takes."""
_SHAPES = ("circle", "square", "diamond", "triangle-up", "x")
_SIGNS = ("\u25cf", "\u25a0", "\u25c6", "\u25b2", "\u2716")


def _bars(spec: ChartSpec) -> go.Figure:
    """Horizontal bars, one or several for a category, labels at their ends."""
    signs = (SQUARE,) * len(spec.series) if spec.form is Form.GROUPED else None
    return rows_figure(spec, _draw_bars, end_room=_end_room(spec), signs=signs)


def _stacked(spec: ChartSpec) -> go.Figure:
    """Horizontal bars of 100 %, names over them."""
    return rows_figure(spec, _draw_segments, end_room=_end_room(spec), above=True, signs=(SQUARE,) * len(spec.series))


def _ranks(spec: ChartSpec) -> go.Figure:
    """Points on lines from the first rank to the last."""
    return rows_figure(spec, _draw_points, first=1.0, end_room=_end_room(spec))


def _draw_bars(fig: Sheet, spec: ChartSpec, plan: layout.Rows, narrowest: float) -> None:
    for number, (series, colour) in enumerate(zip(spec.series, palette.colours(spec), strict=True)):
        heights = [box.bar_tops[number] + box.bar_height / 2 for box in plan.boxes]
        fig.add_bar(
            x=list(series.values),
            y=heights,
            width=[box.bar_height * 0.92 for box in plan.boxes],
            orientation="h",
            marker={"color": colour, "line": {"width": 0}},
            name=series.name,
            customdata=list(zip(spec.categories, series.labels, strict=True)),
            hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
        )
        for index, (value, label, height) in enumerate(zip(series.values, series.labels, heights, strict=True)):
            high = _draw_interval(fig, series, index, height)
            write_value(fig, spec, max(value or 0.0, high), label, height, quiet=value is None)


def _draw_interval(fig: Sheet, series: Series, index: int, height: float) -> float:
    """The line between the bounds, where there are any, light on the bar and dark beyond; its far end, else 0."""
    low, high = (ends[index] if ends else None for ends in (series.low, series.high))
    if low is None or high is None:
        return 0.0
    end = series.values[index] or 0.0
    for first, last, colour in ((low, min(end, high), palette.PAPER), (max(end, low), high, palette.TEXT)):
        if first <= last:
            fig.line((first, height), (last, height), colour, 1.5, layer="above")
    for edge, on_bar in ((low, low <= end), (high, high < end)):
        fig.line((edge, height - 4), (edge, height + 4), palette.PAPER if on_bar else palette.TEXT, 1.5, layer="above")
    return high


def _draw_points(fig: Sheet, spec: ChartSpec, plan: layout.Rows, narrowest: float) -> None:
    """Points on faint lines that run over all ranks."""
    (series,), heights = spec.series, [box.bar_tops[0] + box.bar_height / 2 for box in plan.boxes]
    for height in heights:
        fig.line((1.0, height), (spec.maximum, height), palette.FAINT, 3)
    fig.add_scatter(
        x=list(series.values),
        y=heights,
        mode="markers",
        marker={"color": palette.ACCENT, "size": 13},
        name=series.name,
        customdata=list(zip(spec.categories, series.labels, strict=True)),
        hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
        cliponaxis=False,
    )
    for value, label, height in zip(series.values, series.labels, heights, strict=True):
        room = 5 if value is None else 11
        write_value(fig, spec, 1.0 if value is None else value, label, height, quiet=value is None, room=room)


def _draw_segments(fig: Sheet, spec: ChartSpec, plan: layout.Rows, narrowest: float) -> None:
    """Bars of 100 %; a suppressed segment leaves its room empty at the bar's end and "[c]" there."""
    ends = [0.0] * len(plan.boxes)
    heights = [box.middle for box in plan.boxes]
    for series, colour in zip(spec.series, palette.colours(spec), strict=True):
        known = add_segments(fig, spec, series, colour, plan, ends)
        for index, (value, label) in enumerate(zip(known, series.labels, strict=True)):
            if value:
                middle = ends[index] + value / 2
                write_share(fig, spec, label, colour, value, x=middle, y=heights[index], narrowest=narrowest)
            ends[index] += value
    for index, height in enumerate(heights):
        hidden = [series.labels[index] for series in spec.series if series.values[index] is None]
        if hidden:
            write_value(fig, spec, ends[index], hidden[0], height, quiet=True)


def _columns(spec: ChartSpec) -> go.Figure:
    """Upright columns; not more names on the axis than a telephone can show."""
    (series,) = spec.series
    count = len(spec.categories)
    places = list(range(count))
    fig = Sheet()
    fig.add_bar(
        x=places,
        y=list(series.values),
        marker={"color": palette.ACCENT, "line": {"width": 0}},
        width=layout.column_part(count),
        customdata=list(zip(spec.categories, series.labels, strict=True)),
        hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
    )
    widest = max((lettering.width(label, SIZE) for label in series.labels), default=0)
    labels_fit = count * (widest + 4) <= PHONE
    for place, value, label in zip(places, series.values, series.labels, strict=True):
        if label and (labels_fit or value is None or value == _highest(series)):
            fig.note(
                x=place,
                y=value or 0,
                text=disarmed(label, spec),
                showarrow=False,
                yshift=10,
                font={"color": palette.TEXT if value is not None else palette.QUIET_TEXT, "size": SIZE},
            )
    for mark in spec.marks:
        value = next((value or 0.0 for at, value in enumerate(series.values) if abs(mark.at - at) < 0.5), 0.0)
        line = {"color": palette.MARK, "width": 1.5, "dash": "dash"}
        # Not through the figure of a column that it stands in.
        for low, high in ((0.0, value), (value + _FIGURE * spec.maximum, _TOP * spec.maximum)):
            fig.add_shape(type="line", x0=mark.at, x1=mark.at, y0=low, y1=high, line=line)
        late = mark.at > (count - 1) / 2
        fig.note(
            x=mark.at,
            yref="paper",
            y=1,
            yshift=24,  # above the value of the highest column
            text=disarmed(mark.label, spec),
            showarrow=False,
            xanchor="right" if late != spec.is_rtl else "left",
            font={"color": palette.MARK, "size": SIZE},
        )
    shown = [*range(0, count, max(1, math.ceil(count / _names_that_fit(spec))))]
    ends = [count - 0.4, -0.6] if spec.is_rtl else [-0.6, count - 0.4]
    fig.update_xaxes(
        range=ends,
        tickvals=shown,
        ticktext=["<br>".join(lettering.wrap(disarmed(spec.categories[place], spec), 80, SIZE)) for place in shown],
        tickangle=0,
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        linecolor=palette.LINE,
    )
    fig.update_yaxes(range=[0, spec.maximum * _TOP], visible=False, fixedrange=True)
    frame(fig, spec, left=EDGE, right=EDGE, top=42, bottom=44)
    fig.update_layout(height=272 if any(series.values) else _FLAT)
    return fig.finished()


def _table(spec: ChartSpec) -> go.Figure:
    """Categories by series as text."""
    columns = [list(spec.categories), *(list(series.labels) for series in spec.series)]
    heads = ["", *(series.name for series in spec.series)]
    grounds = [[palette.PAPER] * len(spec.categories), *(palette.grounds(spec, series) for series in spec.series)]
    letters = [[palette.text_on(ground) for ground in column] for column in grounds]
    if spec.is_rtl:
        for parts in (columns, heads, grounds, letters):
            parts.reverse()
    fig = Sheet(
        go.Table(
            header={"values": [f"<b>{disarmed(head, spec)}</b>" for head in heads], "fill": {"color": palette.FAINT}},
            cells={
                "values": [[disarmed(cell, spec) for cell in column] for column in columns],
                "fill": {"color": grounds},
                "font": {"color": letters},
                "height": 26,
            },
        )
    )
    frame(fig, spec, left=0, right=0, top=0, bottom=0)
    fig.update_layout(height=60 + 34 * (len(spec.categories) + 1))
    return fig.finished()


def _end_room(spec: ChartSpec) -> float:
    """Room beyond the longest bar for its label."""
    if spec.form is Form.STACKED:
        hidden = [
            label
            for series in spec.series
            for label, value in zip(series.labels, series.values, strict=True)
            if value is None
        ]
        return max((lettering.width(label, SIZE) for label in hidden), default=0) + 6
    labels = [label for series in spec.series for label in series.labels]
    return max((lettering.width(label, SIZE) for label in labels), default=0) + 14


def _names_that_fit(spec: ChartSpec) -> int:
    widest = max((min(80.0, lettering.width(name, SIZE)) for name in spec.categories), default=1)
    return max(2, int(ABOVE_WIDTH / (widest + 10)))


def _highest(series: Series) -> float:
    return max((value for value in series.values if value is not None), default=0.0)


_FIGURES: Mapping[Form, Callable[[ChartSpec], go.Figure]] = {
    Form.STACKED: _stacked,
    Form.RANKS: _ranks,
    Form.COLUMNS: _columns,
    Form.TABLE: _table,
    Form.HEAT_MAP: _table,
    Form.DUMBBELL: dumbbell.figure,
    Form.SLOPE: slope.figure,
    Form.DIVERGING: diverging.figure,
    Form.INTERVALS: intervals.figure,
    Form.MULTIPLES: multiples.figure,
    Form.SCATTER: scatter.figure,
}
