"""Two questions set against each other as a picture: points on a plane in four parts, their names beside it."""

from analysis.charts import layout, lettering, palette, placing
from analysis.charts.plane import EDGE, END, LABEL_SHARE, MIDDLE, NOTE_SIZE, SIZE, START, Plane, paragraph, write_lines
from analysis.charts.spec import ChartSpec, Crossing

LEAST_HIGH = 430.0
RADIUS = 6.0
_LINE = NOTE_SIZE * layout.LINE_HEIGHT
_LEAST = 76.0
"""The words of a corner are not broken narrower than this, wherever the line stands."""


def draw(plane: Plane, spec: ChartSpec, top: float) -> float:
    """What y is, the plane with the names beside it, what x is; the height below."""
    assert isinstance(spec.plan, Crossing)
    x_axis, y_axis = spec.plan.x, spec.plan.y
    names = (plane.width - 2 * EDGE) * LABEL_SHARE
    start = EDGE + max(lettering.width(label, NOTE_SIZE) for label in y_axis.labels) + 10
    end = plane.width - EDGE - names - 10
    top = paragraph(plane, spec.series[1].name, top, NOTE_SIZE, colour=palette.QUIET_TEXT) + 8
    reach = (end - start) / placing.LABEL_EDGE
    parts = (0.5,) * 2 if x_axis.middle is None else (x_axis.part(x_axis.middle), 1 - x_axis.part(x_axis.middle))
    corners = [
        lettering.wrap(words, max(_LEAST, parts[number % 2] * reach - 16), NOTE_SIZE)
        for number, words in enumerate(spec.plan.corners)
    ]
    corner = max(len(lines) for lines in corners) * _LINE + 14
    plan = placing.scatter(spec, name_width=names, size=SIZE, least=LEAST_HIGH, corner=corner)
    high, low = plan.inner

    def across(part: float) -> float:
        return start + part * reach

    for x in (start, across(1)):
        plane.line(x, top, x, top + plan.height, palette.FAINT, 1)
    for y in (top, top + plan.height):
        plane.line(start, y, across(1), y, palette.FAINT, 1)
    for number, lines in enumerate(corners):
        middle = len(lines) * _LINE / 2 + 4
        y = top + (middle if number < 2 else plan.height - middle)
        x, anchor = (across(1) - 8, END) if number % 2 else (start + 8, START)
        write_lines(plane, lines, x, y, NOTE_SIZE, anchor=anchor, colour=palette.QUIET_TEXT)
    below = top + plan.height
    if x_axis.middle is not None:
        x = across(x_axis.part(x_axis.middle))
        plane.line(x, top, x, below, palette.LINE, 1, "6 4")
    if y_axis.middle is not None:
        y = top + low - y_axis.part(y_axis.middle) * (low - high)
        plane.line(start, y, across(1), y, palette.LINE, 1, "6 4")
    for part, label in y_axis.marks:
        y = top + low - part * (low - high)
        plane.text(label, start - 6, y, NOTE_SIZE, anchor=END, colour=palette.QUIET_TEXT)
    for part, label in x_axis.marks:
        plane.text(label, across(part), below + _LINE * 0.8, NOTE_SIZE, anchor=MIDDLE, colour=palette.QUIET_TEXT)
    _draw_points(plane, plan, start, reach, end, top)
    if not plan.shown and spec.categories:
        plane.text(spec.series[0].labels[0], across(0.5), top + plan.height / 2, SIZE, anchor=MIDDLE)
    return paragraph(plane, spec.series[0].name, below + _LINE * 1.6, NOTE_SIZE, colour=palette.QUIET_TEXT)


def _draw_points(plane: Plane, plan: placing.ScatterPlan, start: float, reach: float, end: float, top: float) -> None:
    for (x, y), label in zip(plan.points, plan.labels, strict=True):
        plane.line(start + x * reach, top + y, end, top + label, palette.LINE, 0.8)
    for x, y in plan.points:
        plane.dot(start + x * reach, top + y, RADIUS, palette.ACCENT)
    for lines, middle in zip(plan.lines, plan.labels, strict=True):
        write_lines(plane, lines, end + 8, top + middle, SIZE)
