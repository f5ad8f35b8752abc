"""What forms of rows share in the browser: names beside or above, text columns at the far end, names of the series."""

import math
from collections.abc import Callable, Sequence

import plotly.graph_objects as go

from analysis.charts import layout, lettering, palette
from analysis.charts.sheet import (
    ABOVE_WIDTH,
    AROUND,
    BESIDE_WIDTH,
    EDGE,
    IF_NARROW,
    IF_WIDE,
    LABELLED_SEGMENT,
    LEGEND_LINE,
    PHONE,
    SIZE,
    WIDE,
    WIDE_LABEL,
    Sheet,
    disarmed,
    frame,
)
from analysis.charts.spec import ChartSpec, Series

Drawing = Callable[[Sheet, ChartSpec, layout.Rows, float], None]
"""Puts the marks of a form on a sheet whose rows stand; the last value is the plot's width on a telephone."""
TITLE_LINE = 17
_SIDE_WIDTH = 76
"""What a column of text beyond the bars takes at most for its heading, so that bars have room on a telephone."""


def rows_figure(
    spec: ChartSpec,
    draw: Drawing,
    *,
    first: float = 0.0,
    near_room: float = 0.0,
    end_room: float = 0.0,
    above: bool = False,
    signs: Sequence[str] | None = None,
) -> go.Figure:
    """Horizontal rows, labels beside or above them, text columns at the far end.

    first                where the axis of values begins
    near_room, end_room  what stays free before and behind the plot, for labels that stand outside it
    signs                before the names of the series over the chart; None for no names
    above                labels stand over their rows even when they are short
    """
    beside = not above and all(len(lettering.wrap(label, BESIDE_WIDTH, SIZE)) <= 2 for label in spec.categories)
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
    titles = [_side_title(side.title) for side in spec.sides]
    sides = [
        max(
            *(lettering.width(line, SIZE, bold=True) for line in title),
            *(lettering.width(label, SIZE) for label in side.labels),
        )
        + 12
        for title, side in zip(titles, spec.sides, strict=True)
    ]
    far = EDGE + end_room + sum(sides)
    header = 22 + TITLE_LINE * (max(len(title) for title in titles) - 1) if titles else 0
    places = _legend(spec, signs) if signs else []
    legend_height = LEGEND_LINE * (places[-1][1] + len(places[-1][2])) + 2 * EDGE if places else 0
    fig = Sheet()
    draw(fig, spec, plan, max(PHONE - AROUND - near - near_room - far, 1.0))
    _write_labels(fig, spec, plan, near_room, beside=beside)
    _write_sides(fig, spec, plan, sides, titles, start=end_room)
    reach = [spec.maximum, first] if spec.is_rtl else [first, spec.maximum]
    fig.update_xaxes(range=reach, visible=False, fixedrange=True)
    _write_legend(fig, spec, places, signs or (), bottom=header, edge=near + near_room - EDGE)
    fig.update_yaxes(range=[plan.height, -header - legend_height], visible=False, fixedrange=True)
    before = near + near_room
    frame(fig, spec, left=far if spec.is_rtl else before, right=before if spec.is_rtl else far, top=EDGE)
    fig.update_layout(height=math.ceil(plan.height + header + legend_height + 2 * EDGE), barmode="overlay")
    return fig.finished()


def write_value(
    fig: Sheet, spec: ChartSpec, x: float, label: str, height: float, *, quiet: bool = False, room: float = 5
) -> None:
    """The direct label `room` pixels past the end of a bar; before it when `room` is below zero."""
    fig.note(
        x=x,
        y=height,
        text=disarmed(label, spec),
        showarrow=False,
        xanchor="right" if spec.is_rtl is (room > 0) else "left",
        xshift=-room if spec.is_rtl else room,
        font={"color": palette.QUIET_TEXT if quiet else palette.TEXT, "size": SIZE},
    )


def _write_labels(fig: Sheet, spec: ChartSpec, plan: layout.Rows, near_room: float, *, beside: bool) -> None:
    """Names of the categories, before the bars or over them.

    One annotation per line: plotly places centred single lines alike whatever direction the page around it has.
    """
    starts_left = beside is spec.is_rtl
    shift = near_room + (EDGE if beside else 0)
    for label, box in zip(spec.categories, plan.boxes, strict=True):
        middles = box.line_middles(SIZE)
        wide = box.lines if beside else lettering.wrap(label, WIDE_LABEL, SIZE)
        fewer = len(wide) < len(box.lines)
        lines = [(line, middle, IF_NARROW if fewer else "") for line, middle in zip(box.lines, middles, strict=True)]
        if fewer:
            lines += [(line, middle, IF_WIDE) for line, middle in zip(wide, middles[-len(wide) :], strict=True)]
        for line, middle, shown in lines:
            fig.note(
                xref="paper",
                x=1 if spec.is_rtl else 0,
                y=middle,
                text=disarmed(line, spec),
                shown=shown,
                showarrow=False,
                xanchor="left" if starts_left else "right",
                xshift=shift if spec.is_rtl else -shift,
                borderpad=0,
                font={"color": palette.TEXT, "size": SIZE},
            )


def _side_title(title: str) -> tuple[str, ...]:
    """The lines of a heading, none of which breaks a word."""
    longest = max((lettering.width(word, SIZE, bold=True) for word in title.split()), default=0.0)
    return lettering.wrap(title, max(_SIDE_WIDTH, math.ceil(longest)), SIZE, bold=True)


def _write_sides(
    fig: Sheet,
    spec: ChartSpec,
    plan: layout.Rows,
    widths: list[float],
    titles: list[tuple[str, ...]],
    *,
    start: float,
) -> None:
    """Columns of text beyond the bars, each under its heading."""
    offset = start
    for side, title, wide in zip(spec.sides, titles, widths, strict=True):
        offset += wide
        heading = [
            (f"<b>{disarmed(line, spec)}</b>", -10.0 - TITLE_LINE * (len(title) - 1 - number))
            for number, line in enumerate(title)
        ]
        for text, height in (*heading, *_side_cells(spec, side.labels, plan)):
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
    return [(disarmed(label, spec), box.middle) for label, box in zip(labels, plan.boxes, strict=True)]


def _legend(spec: ChartSpec, signs: Sequence[str]) -> list[tuple[float, int, tuple[str, ...]]]:
    """Offset, first line and words of every series' name, broken for the width of a telephone."""
    places: list[tuple[float, int, tuple[str, ...]]] = []
    used, line = 0.0, 0
    for series, sign in zip(spec.series, signs, strict=True):
        names = lettering.wrap(series.name, ABOVE_WIDTH - lettering.width(f"{sign} ", SIZE), SIZE)
        wide = lettering.width(f"{sign} ", SIZE) + max(lettering.width(name, SIZE) for name in names) + 16
        if used and used + wide > PHONE - 4 * EDGE:
            used, line = 0.0, line + 1
        places.append((used, line, names))
        line += len(names) - 1
        used = float(PHONE) if len(names) > 1 else used + wide
    return places


def _write_legend(
    fig: Sheet,
    spec: ChartSpec,
    places: list[tuple[float, int, tuple[str, ...]]],
    signs: Sequence[str],
    *,
    bottom: float,
    edge: float,
) -> None:
    """The names of the series over the chart; plotly's own legend would stack them in one column on a telephone."""
    if not places:
        return
    last = places[-1][1] + len(places[-1][2]) - 1
    for (offset, first, names), sign, colour in zip(places, signs, palette.colours(spec), strict=True):
        indent = lettering.width(f"{sign} ", SIZE)
        for number, name in enumerate(names):
            shift = offset - edge + (indent if number else 0.0)
            mark = "" if number else f'<span style="color:{colour}">{sign}</span> '
            fig.note(
                xref="paper",
                x=1 if spec.is_rtl else 0,
                y=-(bottom + 16 + (last - first - number) * LEGEND_LINE),
                text=f"{mark}{disarmed(name, spec)}",
                showarrow=False,
                xanchor="right" if spec.is_rtl else "left",
                xshift=-shift if spec.is_rtl else shift,
                font={"color": palette.TEXT, "size": SIZE},
            )


def write_share(
    fig: Sheet, spec: ChartSpec, label: str, colour: str, value: float, *, x: float, y: float, narrowest: float
) -> None:
    """The figure of a segment inside it, where there is room; in a wide chart a broad segment always has room.

    value      the segment's share of the axis
    narrowest  the plot's width on a telephone
    """
    needed = lettering.width(label, SIZE - 1) + 4
    in_narrow = value * narrowest >= needed
    if in_narrow or value >= LABELLED_SEGMENT or value * (narrowest + WIDE - PHONE + AROUND) >= needed:
        fig.note(
            x=x,
            y=y,
            text=disarmed(label, spec),
            shown="" if in_narrow else IF_WIDE,
            showarrow=False,
            font={"color": palette.text_on(colour), "size": SIZE - 1},
        )


def add_segments(
    fig: Sheet, spec: ChartSpec, series: Series, colour: str, plan: layout.Rows, ends: Sequence[float]
) -> list[float]:
    """One segment of every bar, each where the one before it ends; how long they are, 0 for what is not shown."""
    known = [value or 0.0 for value in series.values]
    fig.add_bar(
        x=known,
        y=[box.middle for box in plan.boxes],
        base=list(ends),
        width=[box.bar_height for box in plan.boxes],
        orientation="h",
        marker={"color": colour, "line": {"width": 1, "color": palette.PAPER}},
        name=series.name,
        customdata=[[category, label] for category, label in zip(spec.categories, series.labels, strict=True)],
        hovertemplate="%{customdata[0]}<br>%{fullData.name}: %{customdata[1]}<extra></extra>",
    )
    return known
