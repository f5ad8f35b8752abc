"""Small multiples: the same bars for each group in a panel of its own, a tick where all together stand."""

import math

import plotly.graph_objects as go

from analysis.charts import layout, lettering, palette, wording
from analysis.charts.sheet import ABOVE_WIDTH, EDGE, SIZE, Sheet, disarmed, frame
from analysis.charts.spec import ChartSpec, Series

MOST_BESIDE = 3
"""Panels beside each other: as many as a telephone has room for."""
_BAR = 18.0
_LINE = SIZE * layout.LINE_HEIGHT
_GAP = 0.06
"""Between panels, as part of one."""


def figure(spec: ChartSpec) -> go.Figure:
    """Panels in lines of three; one unit of x is a panel, one of y a pixel."""
    count = max(1, len(spec.series))
    each = min(MOST_BESIDE, math.ceil(count / math.ceil(count / MOST_BESIDE)))
    fig, top = Sheet(), 0.0
    for first in range(0, len(spec.series), each):
        top = _draw_panels(fig, spec, spec.series[first : first + each], ABOVE_WIDTH / each, top) + 14
    reach = [each, 0] if spec.is_rtl else [0, each]
    fig.update_xaxes(range=reach, visible=False, fixedrange=True)
    fig.update_yaxes(range=[top, 0], visible=False, fixedrange=True)
    frame(fig, spec, left=EDGE, right=EDGE, top=EDGE)
    fig.update_layout(height=math.ceil(top + 2 * EDGE), barmode="overlay")
    return fig.finished()


def _draw_panels(fig: Sheet, spec: ChartSpec, part: tuple[Series, ...], wide: float, top: float) -> float:
    heads = [lettering.wrap(series.name, wide * (1 - _GAP) - 4, SIZE, bold=True) for series in part]
    head = max(len(lines) for lines in heads) * _LINE + 4
    for number, lines in enumerate(heads):
        for place, line in enumerate(lines):
            middle = top + head - 4 - (len(lines) - place - 0.5) * _LINE
            _write(fig, spec, f"<b>{disarmed(line, spec)}</b>", number, middle)
    top += head
    heights = []
    for category in spec.categories:
        for line in lettering.wrap(category, ABOVE_WIDTH, SIZE):
            _write(fig, spec, disarmed(line, spec), 0, top + _LINE / 2, colour=palette.QUIET_TEXT)
            top += _LINE
        heights.append(top + _BAR / 2)
        top += _BAR + 8
    for number, series in enumerate(part):
        _draw_bars(fig, spec, series, number, heights, wide)
    return top


def _draw_bars(fig: Sheet, spec: ChartSpec, series: Series, number: int, heights: list[float], wide: float) -> None:
    room = (max((lettering.width(label, SIZE) for each in spec.series for label in each.labels), default=0) + 8) / wide
    near = room if spec.minimum < 0 else 0.0
    scale = max(0.1, 1 - _GAP - near - room) / (spec.maximum - spec.minimum)
    zero = number + near - spec.minimum * scale
    is_whole = series is spec.series[0]
    fig.add_bar(
        x=[(value or 0.0) * scale for value in series.values],
        y=heights,
        base=[zero] * len(heights),
        width=[_BAR] * len(heights),
        orientation="h",
        marker={"color": palette.NEUTRAL if is_whole else palette.ACCENT, "line": {"width": 0}},
        name=series.name,
        customdata=list(zip(spec.categories, series.labels, strict=True)),
        hovertemplate="%{customdata[0]}<br>%{fullData.name}: %{customdata[1]}<extra></extra>",
    )
    columns = zip(heights, series.values, series.labels, spec.series[0].values, strict=True)
    for height, value, label, whole in columns:
        end = zero + (value or 0.0) * scale
        if whole is not None and not is_whole:
            across = zero + whole * scale
            fig.line((across, height - _BAR / 2), (across, height + _BAR / 2 + 3), palette.TEXT, 2, layer="above")
            end = end if value is None else max(end, across) if value >= 0 else min(end, across)
        is_left = (value is not None and value < 0) is not spec.is_rtl
        fig.note(
            x=end,
            y=height,
            text=disarmed(label, spec),
            showarrow=False,
            xanchor="right" if is_left else "left",
            xshift=-3 if is_left else 3,
            font={"color": palette.QUIET_TEXT if wording.HIDDEN in label else palette.TEXT, "size": SIZE},
        )


def _write(fig: Sheet, spec: ChartSpec, text: str, x: float, y: float, colour: str = palette.TEXT) -> None:
    fig.note(
        x=x,
        y=y,
        text=text,
        showarrow=False,
        xanchor="right" if spec.is_rtl else "left",
        borderpad=0,
        font={"color": colour, "size": SIZE},
    )
