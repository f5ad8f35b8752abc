"""A slope chart: a line for each category from its figure on one side to its figure on the other."""

import plotly.graph_objects as go

from analysis.charts import layout, lettering, palette, placing, wording
from analysis.charts.sheet import EDGE, PHONE, SIZE, Sheet, disarmed, frame
from analysis.charts.spec import ChartSpec

LEAST_HIGH = 260.0
_NAMES = 124.0
_LEADER = 12
_HEAD_WIDTH = 128.0
_HEAD_SIZE = SIZE - 1


def figure(spec: ChartSpec) -> go.Figure:
    """Both ends named over the chart; narrow beside it the names with their figures, and what became of them."""
    was, now = spec.series
    names = [f"{name} {label}" for name, label in zip(spec.categories, was.labels, strict=True)]
    changes = zip(now.labels, spec.sides[0].labels, strict=True)
    ends = [label if gap == wording.NOTHING else f"{label} ({gap})" for label, gap in changes]
    plan = placing.slope(spec, names, name_width=_NAMES, size=SIZE, least=LEAST_HIGH)
    fig = Sheet()
    for index, points in enumerate(plan.points):
        colour = palette.change(was.values[index], now.values[index])
        known = [(x, point) for x, point in enumerate(points) if point is not None]
        fig.add_scatter(
            x=[x for x, _ in known],
            y=[point for _, point in known],
            mode="lines+markers",
            line={"color": colour, "width": 2.5},
            marker={"color": colour, "size": 9},
            name=disarmed(spec.categories[index], spec),
            customdata=[disarmed((was, now)[x].labels[index], spec) for x, _ in known],
            hovertemplate="%{fullData.name}: %{customdata}<extra></extra>",
            cliponaxis=False,
        )
        texts = (plan.lines[index], (ends[index],))
        for x, (point, label, lines) in enumerate(zip(points, plan.labels[index], texts, strict=True)):
            _write(fig, spec, x, point, label, lines)
    for x in (0, 1):
        fig.line((x, 0), (x, plan.height), palette.LINE, 1)
    room = max((lettering.width(end, SIZE) for end in ends), default=0.0) + _LEADER + EDGE
    left, right = _NAMES + _LEADER + EDGE, min(room, PHONE / 3)
    high = _write_heads(fig, spec, right)
    if spec.is_rtl:
        left, right = right, left
    fig.update_xaxes(range=[1, 0] if spec.is_rtl else [0, 1], visible=False, fixedrange=True)
    fig.update_yaxes(range=[plan.height, 0], visible=False, fixedrange=True)
    frame(fig, spec, left=left, right=right, top=high + EDGE)
    fig.update_layout(height=plan.height + high + 2 * EDGE)
    return fig.finished()


def _write(fig: Sheet, spec: ChartSpec, x: int, point: float | None, label: float, lines: tuple[str, ...]) -> None:
    """A label beside its end; where it had to give way, a thin line leads to its point.

    One annotation per line: plotly places centred single lines alike whatever direction the page around it has.
    """
    is_left = (x == 0) is not spec.is_rtl
    first = label - (len(lines) - 1) * SIZE * layout.LINE_HEIGHT / 2
    for number, line in enumerate(lines):
        fig.note(
            x=x,
            y=first + number * SIZE * layout.LINE_HEIGHT,
            text=disarmed(line, spec),
            showarrow=False,
            xanchor="right" if is_left else "left",
            xshift=-_LEADER if is_left else _LEADER,
            font={"color": palette.QUIET_TEXT if point is None else palette.TEXT, "size": SIZE},
        )
    if point is not None and abs(point - label) > 1:
        fig.note(
            x=x,
            y=point,
            ax=(-_LEADER if is_left else _LEADER),
            ay=label - point,
            axref="pixel",
            ayref="pixel",
            text="",
            showarrow=True,
            arrowhead=0,
            arrowwidth=1,
            arrowcolor=palette.LINE,
        )


def _write_heads(fig: Sheet, spec: ChartSpec, room: float) -> float:
    """What both ends are, one over the names and one up to the edge, so that they never meet; their height."""
    heads = [lettering.wrap(each.name, _HEAD_WIDTH, _HEAD_SIZE, bold=True) for each in spec.series]
    line_height = _HEAD_SIZE * layout.LINE_HEIGHT
    for x, (lines, shift) in enumerate(zip(heads, (EDGE, room - EDGE), strict=True)):
        for number, line in enumerate(reversed(lines)):
            fig.note(
                x=x,
                y=1,
                yref="paper",
                yanchor="bottom",
                xshift=-shift if spec.is_rtl else shift,
                yshift=EDGE / 2 + number * line_height,
                text=f"<b>{disarmed(line, spec)}</b>",
                showarrow=False,
                xanchor="left" if spec.is_rtl else "right",
                font={"color": palette.TEXT, "size": _HEAD_SIZE},
            )
    return max(len(lines) for lines in heads) * line_height
