"""What forms of rows share in a picture: the names before them, text columns behind them, the names of the series."""

from collections.abc import Callable
from dataclasses import dataclass

from analysis.charts import layout, lettering, palette
from analysis.charts.plane import EDGE, END, LABEL_SHARE, SIZE, Plane, write_lines
from analysis.charts.spec import ChartSpec

FEW_ROWS = 12
_LEGEND_LINE = 24
Sign = Callable[[int, float, float, str], None]
"""Draws the sign of a series: its number, where its middle lies, its colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Rows whose names are written: what is left to draw stands between `start` and `reach`, below `top`."""

    plan: layout.Rows
    top: float
    start: float
    reach: float


def write_legend(plane: Plane, spec: ChartSpec, top: float, sign: Sign | None = None) -> float:
    """Names of the series, a long one on lines of its own; the height below them.

    sign  what stands before a name; a square in its colour unless told otherwise
    """
    x, room = float(EDGE), plane.width - 2 * EDGE - 22
    for number, (series, colour) in enumerate(zip(spec.series, palette.colours(spec), strict=True)):
        names = lettering.wrap(series.name, room, SIZE)
        wide = 22 + max(lettering.width(name, SIZE) for name in names)
        if x > EDGE and x + wide > plane.width - EDGE:
            x, top = float(EDGE), top + _LEGEND_LINE
        if sign is None:
            plane.box(x, top + 3, 14, 14, colour)
        else:
            sign(number, x + 8, top + 10, colour)
        below = (len(names) - 1) * SIZE * layout.LINE_HEIGHT
        write_lines(plane, names, x + 22, top + 10 + below / 2, SIZE)
        top += below
        x = plane.width if below else x + wide + 22
    return top + 36


def write_rows(plane: Plane, spec: ChartSpec, top: float, *, near_room: float = 0, end_room: float = 0) -> Placed:
    """The names of the categories and the text columns beyond them.

    near_room, end_room  what stays free before and behind the plot, for labels that stand outside it
    """
    room = (plane.width - 2 * EDGE) * LABEL_SHARE
    bar = 30 if len(spec.categories) <= FEW_ROWS else 24
    plan = layout.rows(spec, label_width=room, size=SIZE, bar=bar, gap=12, above=False)
    widest = max((lettering.width(line, SIZE) for box in plan.boxes for line in box.lines), default=0.0)
    start = EDGE + widest + 12
    side_widths = [
        max(lettering.width(text, SIZE, bold=True) for text in (s.title, *s.labels)) + 22 for s in spec.sides
    ]
    reach = plane.width - EDGE - sum(side_widths) - end_room
    if spec.sides:
        edge = plane.width - EDGE - sum(side_widths)
        for side, wide in zip(spec.sides, side_widths, strict=True):
            edge += wide
            plane.text(side.title, edge, top + 8, SIZE, anchor=END, bold=True)
            for label, box in zip(side.labels, plan.boxes, strict=True):
                plane.text(label, edge, top + 26 + box.middle, SIZE, anchor=END)
        top += 26
    for box in plan.boxes:
        for line, middle in zip(box.lines, box.line_middles(SIZE), strict=True):
            plane.text(line, start - 12, top + middle, SIZE, anchor=END)
    return Placed(plan=plan, top=top, start=start + near_room, reach=reach)
