"""Charts in the browser: the one place that knows plotly.

The page writes title, subtitle, note and source as text around the figure, where they can be selected and read
aloud; the figure holds the picture and its direct labels. Nothing is to be found by hovering only. Heights are in
pixels, so that one unit of a horizontal chart's y axis is one pixel at every width.
"""

import math
from typing import Any

import plotly.graph_objects as go

from analysis.charts import layout, lettering, palette
from analysis.charts.spec import ChartSpec, Form, MapSpec, Series

FAMILY = '"Soundings Sans", "Soundings Sans Arabic", "Soundings Sans SC", "Noto Sans", "Segoe UI", Arial, sans-serif'
PHONE = 360
AROUND = 66
"""What page and card take of a telephone's width."""
SIZE = 13
EDGE = 8
BESIDE_WIDTH = 140
ABOVE_WIDTH = PHONE - AROUND - 2 * EDGE
LEGEND_LINE = 20
SQUARE = "\u25a0"
LABELLED_SEGMENT = 0.15
CONFIG = {"displayModeBar": False, "staticPlot": False, "scrollZoom": False, "doubleClick": False}
"""For `st.plotly_chart(config=...)`: no tool bar over a chart that needs none."""


class _Sheet(go.Figure):  # type: ignore[misc]  # plotly has no types
    """A figure that takes its notes in one go: Plotly checks all earlier ones again at each addition."""

    def __init__(self, *traces: Any) -> None:
        super().__init__(*traces)
        self._notes: list[dict[str, Any]] = []

    def note(self, **annotation: Any) -> None:
        """Remembers an annotation."""
        self._notes.append(annotation)

    def finished(self) -> "_Sheet":
        """The figure with all its notes."""
        self.update_layout(annotations=self._notes)
        return self


def figure(spec: ChartSpec) -> go.Figure:
    """The chart of a description, as wide as its place and as high as its rows need."""
    if spec.form is Form.TABLE:
        return _table(spec)
    return _columns(spec) if spec.form is Form.COLUMNS else _rows(spec)


def map_figure(spec: MapSpec) -> go.Figure:
    """A point for each reply; groups differ in colour and in shape, and nothing tells who stands where."""
    fig = _Sheet()
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
    return fig.finished()


def map_legend(spec: MapSpec) -> tuple[tuple[str, str, str], ...]:
    """(sign, colour, name) of each group, to be written over the map."""
    return tuple(
        (_SIGNS[number % len(_SIGNS)], palette.GROUPS[number % len(palette.GROUPS)], name)
        for number, name in enumerate(spec.groups)
    )


_SHAPES = ("circle", "square", "diamond", "triangle-up", "x")
_SIGNS = ("\u25cf", "\u25a0", "\u25c6", "\u25b2", "\u2716")


def _rows(spec: ChartSpec) -> go.Figure:
    """Horizontal bars or points, labels beside or above them, text columns at the far end."""
    beside = spec.form is not Form.STACKED and all(
        len(lettering.wrap(label, BESIDE_WIDTH, SIZE)) <= 2 for label in spec.categories
    )
    plan = layout.rows(
        spec,
        label_width=BESIDE_WIDTH if beside else ABOVE_WIDTH,
        size=SIZE,
        bar=24,
        gap=10 if beside else 12,
        above=not beside,
    )
    names = [lettering.width(line, SIZE) for box in plan.boxes for line in box.lines]
    near = EDGE + (max(names, default=0) + EDGE if beside else 0)
    ends = _end_labels_width(spec)
    sides = [max(lettering.width(text, SIZE) for text in (side.title, *side.labels)) + 12 for side in spec.sides]
    far = EDGE + ends + sum(sides)
    header = 22 if spec.sides else 0
    legend = _legend_height(spec)
    fig = _Sheet()
    _draw_rows(fig, spec, plan, narrowest=PHONE - near - far)
    _write_labels(fig, spec, plan, beside=beside)
    _write_sides(fig, spec, plan, sides, start=ends)
    first = 1.0 if spec.form is Form.RANKS else 0.0
    reach = [spec.maximum, first] if spec.is_rtl else [first, spec.maximum]
    fig.update_xaxes(range=reach, visible=False, fixedrange=True)
    _write_legend(fig, spec, bottom=header, edge=near - EDGE)
    fig.update_yaxes(range=[plan.height, -header - legend], visible=False, fixedrange=True)
    _frame(fig, spec, left=far if spec.is_rtl else near, right=near if spec.is_rtl else far, top=EDGE)
    fig.update_layout(height=math.ceil(plan.height + header + legend + 2 * EDGE), barmode="overlay")
    return fig.finished()


def _draw_rows(fig: _Sheet, spec: ChartSpec, plan: layout.Rows, *, narrowest: float) -> None:
    """The marks themselves, with their value labels."""
    colours = palette.colours(spec)
    if spec.form is Form.STACKED:
        _draw_segments(fig, spec, plan, colours, narrowest)
        return
    for number, (series, colour) in enumerate(zip(spec.series, colours, strict=True)):
        heights = [box.bar_tops[number] + box.bar_height / 2 for box in plan.boxes]
        if spec.form is Form.RANKS:
            _draw_points(fig, spec, series, heights, colour)
        else:
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
        for value, label, height in zip(series.values, series.labels, heights, strict=True):
            start = 1.0 if spec.form is Form.RANKS else 0.0
            _write_value(fig, spec, start if value is None else value, label, height, quiet=value is None)


def _draw_points(fig: _Sheet, spec: ChartSpec, series: Series, heights: list[float], colour: str) -> None:
    """Points on faint lines that run over all ranks."""
    for height in heights:
        fig.add_shape(
            type="line",
            x0=1,
            x1=spec.maximum,
            y0=height,
            y1=height,
            line={"color": palette.FAINT, "width": 3},
            layer="below",
        )
    fig.add_scatter(
        x=list(series.values),
        y=heights,
        mode="markers",
        marker={"color": colour, "size": 13},
        name=series.name,
        customdata=list(zip(spec.categories, series.labels, strict=True)),
        hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
        cliponaxis=False,
    )


def _draw_segments(fig: _Sheet, spec: ChartSpec, plan: layout.Rows, colours: tuple[str, ...], narrowest: float) -> None:
    """Bars of 100 %; a suppressed segment leaves its room empty at the bar's end and "[c]" there."""
    ends = [0.0] * len(plan.boxes)
    heights = [box.middle for box in plan.boxes]
    for series, colour in zip(spec.series, colours, strict=True):
        known = [value or 0.0 for value in series.values]
        fig.add_bar(
            x=known,
            y=heights,
            base=list(ends),
            width=[box.bar_height for box in plan.boxes],
            orientation="h",
            marker={"color": colour, "line": {"width": 1, "color": palette.PAPER}},
            name=series.name,
            customdata=[[category, label] for category, label in zip(spec.categories, series.labels, strict=True)],
            hovertemplate="%{customdata[0]}<br>%{fullData.name}: %{customdata[1]}<extra></extra>",
        )
        for index, (value, label) in enumerate(zip(known, series.labels, strict=True)):
            # On a telephone a narrow segment has no room for its figure; a broad one is always labelled.
            if value >= min(LABELLED_SEGMENT, (lettering.width(label, SIZE - 1) + 4) / narrowest):
                fig.note(
                    x=ends[index] + value / 2,
                    y=heights[index],
                    text=_text(label, spec),
                    showarrow=False,
                    font={"color": palette.text_on(colour), "size": SIZE - 1},
                )
            ends[index] += value
    for index, height in enumerate(heights):
        hidden = [series.labels[index] for series in spec.series if series.values[index] is None]
        if hidden:
            _write_value(fig, spec, ends[index], hidden[0], height, quiet=True)


def _write_value(fig: _Sheet, spec: ChartSpec, x: float, label: str, height: float, *, quiet: bool) -> None:
    """The direct label just past the end of a bar."""
    room = 11 if spec.form is Form.RANKS and not quiet else 5
    fig.note(
        x=x,
        y=height,
        text=_text(label, spec),
        showarrow=False,
        xanchor="right" if spec.is_rtl else "left",
        xshift=-room if spec.is_rtl else room,
        font={"color": palette.QUIET_TEXT if quiet else palette.TEXT, "size": SIZE},
    )


def _write_labels(fig: _Sheet, spec: ChartSpec, plan: layout.Rows, *, beside: bool) -> None:
    """Names of the categories, before the bars or over them.

    One annotation per line: plotly places centred single lines alike whatever direction the page around it has.
    """
    starts_left = beside is spec.is_rtl
    for box in plan.boxes:
        for line, middle in zip(box.lines, box.line_middles(SIZE), strict=True):
            fig.note(
                xref="paper",
                x=1 if spec.is_rtl else 0,
                y=middle,
                text=_text(line, spec),
                showarrow=False,
                xanchor="left" if starts_left else "right",
                xshift=0 if not beside else EDGE if spec.is_rtl else -EDGE,
                borderpad=0,
                font={"color": palette.TEXT, "size": SIZE},
            )


def _write_sides(fig: _Sheet, spec: ChartSpec, plan: layout.Rows, widths: list[float], *, start: float) -> None:
    """Columns of text beyond the bars, each under its heading."""
    offset = start
    for side, wide in zip(spec.sides, widths, strict=True):
        offset += wide
        for text, height in ((f"<b>{_text(side.title, spec)}</b>", -10.0), *_side_cells(spec, side.labels, plan)):
            fig.note(
                xref="paper",
                x=0 if spec.is_rtl else 1,
                y=height,
                text=text,
                showarrow=False,
                xanchor="left" if spec.is_rtl else "right",
                xshift=-offset if spec.is_rtl else offset,
                font={"color": palette.TEXT, "size": SIZE},
            )


def _side_cells(spec: ChartSpec, labels: tuple[str, ...], plan: layout.Rows) -> list[tuple[str, float]]:
    return [(_text(label, spec), box.middle) for label, box in zip(labels, plan.boxes, strict=True)]


def _columns(spec: ChartSpec) -> go.Figure:
    """Upright columns; not more names on the axis than a telephone can show."""
    (series,) = spec.series
    count = len(spec.categories)
    places = list(range(count))
    fig = _Sheet()
    fig.add_bar(
        x=places,
        y=list(series.values),
        marker={"color": palette.ACCENT, "line": {"width": 0}},
        width=0.85,
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
                text=_text(label, spec),
                showarrow=False,
                yshift=10,
                font={"color": palette.TEXT if value is not None else palette.QUIET_TEXT, "size": SIZE},
            )
    for mark in spec.marks:
        fig.add_vline(x=mark.at, line={"color": palette.MARK, "width": 1.5, "dash": "dash"})
        late = mark.at > (count - 1) / 2
        fig.note(
            x=mark.at,
            yref="paper",
            y=1,
            yshift=24,  # above the value of the highest column
            text=_text(mark.label, spec),
            showarrow=False,
            xanchor="right" if late != spec.is_rtl else "left",
            font={"color": palette.MARK, "size": SIZE},
        )
    shown = [*range(0, count, max(1, math.ceil(count / _names_that_fit(spec))))]
    ends = [count - 0.4, -0.6] if spec.is_rtl else [-0.6, count - 0.4]
    fig.update_xaxes(
        range=ends,
        tickvals=shown,
        ticktext=["<br>".join(lettering.wrap(_text(spec.categories[place], spec), 80, SIZE)) for place in shown],
        tickangle=0,
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        linecolor=palette.LINE,
    )
    fig.update_yaxes(range=[0, spec.maximum * 1.12], visible=False, fixedrange=True)
    _frame(fig, spec, left=EDGE, right=EDGE, top=42, bottom=44)
    fig.update_layout(height=272)
    return fig.finished()


def _table(spec: ChartSpec) -> go.Figure:
    """Categories by series as text."""
    columns = [list(spec.categories), *(list(series.labels) for series in spec.series)]
    heads = ["", *(series.name for series in spec.series)]
    if spec.is_rtl:
        columns.reverse()
        heads.reverse()
    fig = _Sheet(
        go.Table(
            header={"values": [f"<b>{_text(head, spec)}</b>" for head in heads], "fill": {"color": palette.FAINT}},
            cells={
                "values": [[_text(cell, spec) for cell in column] for column in columns],
                "fill": {"color": palette.PAPER},
                "height": 26,
            },
        )
    )
    _frame(fig, spec, left=0, right=0, top=0, bottom=0)
    fig.update_layout(height=60 + 34 * (len(spec.categories) + 1))
    return fig.finished()


def _frame(fig: _Sheet, spec: ChartSpec, *, left: float, right: float, top: float, bottom: float = EDGE) -> None:
    """Paper, letters and margins, the same for every form."""
    fig.update_layout(
        font={"family": FAMILY, "size": SIZE, "color": palette.TEXT},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": left, "r": right, "t": top, "b": bottom, "autoexpand": False},
        dragmode=False,
        hoverlabel={"font": {"family": FAMILY, "size": SIZE}},
        showlegend=False,
    )


def _legend(spec: ChartSpec) -> list[tuple[float, int]]:
    """Offset and line of every series' name, broken for the width of a telephone; [] when nothing needs a name."""
    if spec.form not in (Form.GROUPED, Form.STACKED):
        return []
    places: list[tuple[float, int]] = []
    used, line = 0.0, 0
    for series in spec.series:
        wide = lettering.width(f"{SQUARE} {series.name}", SIZE) + 16
        if used and used + wide > PHONE - 4 * EDGE:
            used, line = 0.0, line + 1
        places.append((used, line))
        used += wide
    return places


def _write_legend(fig: _Sheet, spec: ChartSpec, *, bottom: float, edge: float) -> None:
    """The names of the series over the chart; plotly's own legend would stack them in one column on a telephone."""
    places = _legend(spec)
    for (offset, line), series, colour in zip(places, spec.series, palette.colours(spec), strict=bool(places)):
        lines_above_bars = places[-1][1] - line
        fig.note(
            xref="paper",
            x=1 if spec.is_rtl else 0,
            y=-(bottom + 16 + lines_above_bars * LEGEND_LINE),
            text=f'<span style="color:{colour}">{SQUARE}</span> {_text(series.name, spec)}',
            showarrow=False,
            xanchor="right" if spec.is_rtl else "left",
            xshift=edge - offset if spec.is_rtl else offset - edge,
            font={"color": palette.TEXT, "size": SIZE},
        )


def _legend_height(spec: ChartSpec) -> float:
    places = _legend(spec)
    return LEGEND_LINE * (places[-1][1] + 1) + 2 * EDGE if places else 0


def _end_labels_width(spec: ChartSpec) -> float:
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


def _text(text: str, spec: ChartSpec) -> str:
    """The words as plotly may show them: its markup disarmed, the direction written in."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return lettering.embedded(plain, rtl=spec.is_rtl)
