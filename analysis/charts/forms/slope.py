"""A slope chart: a line for each category from its figure on one side to its figure on the other."""

from analysis.charts import layout, lettering, palette, placing
from analysis.charts.plane import EDGE, END, LABEL_SHARE, MIDDLE, NOTE_SIZE, SIZE, START, Plane, write_lines
from analysis.charts.spec import ChartSpec

LEAST_HIGH = 300.0
RADIUS = 5.0
LEADER = 22.0
"""From a point to its figure: a thin line joins them where the figure had to give way."""
_BETWEEN = 14.0


def draw(plane: Plane, spec: ChartSpec, top: float) -> float:
    """The names of both ends over two upright lines, then the slopes."""
    was, now = spec.series
    gaps = spec.sides[0].labels
    figures = [max((lettering.width(label, SIZE) for label in each.labels), default=0.0) for each in spec.series]
    changes = max((lettering.width(gap, SIZE) for gap in gaps), default=0.0)
    names = (plane.width - 2 * EDGE) * LABEL_SHARE
    near = EDGE + names + _BETWEEN + figures[0] + LEADER
    far = plane.width - EDGE - changes - _BETWEEN - figures[1] - LEADER
    top = _write_heads(plane, spec, top, near, far)
    plan = placing.slope(spec, spec.categories, name_width=names, size=SIZE, least=LEAST_HIGH)
    for x in (near, far):
        plane.line(x, top, x, top + plan.height, palette.LINE, 1)
    for index, (points, labels) in enumerate(zip(plan.points, plan.labels, strict=True)):
        colour = palette.change(was.values[index], now.values[index])
        _draw_line(plane, (near, far), points, colour, top)
        for x, point, label in zip((near - LEADER + 4, far + LEADER - 4), points, labels, strict=True):
            if point is not None:
                end = near - RADIUS if x < near else far + RADIUS
                plane.line(end, top + point, x, top + label, palette.LINE, 1)
        texts = [palette.QUIET_TEXT if point is None else palette.TEXT for point in points]
        before, after = (top + label for label in labels)
        write_lines(plane, plan.lines[index], EDGE + names, before, SIZE, anchor=END)
        plane.text(was.labels[index], near - LEADER, before, SIZE, anchor=END, colour=texts[0])
        plane.text(now.labels[index], far + LEADER, after, SIZE, anchor=START, colour=texts[1])
        plane.text(gaps[index], plane.width - EDGE, after, SIZE, anchor=END, colour=palette.QUIET_TEXT)
    return top + plan.height


def _write_heads(plane: Plane, spec: ChartSpec, top: float, near: float, far: float) -> float:
    """What both ends are, and what the last column is; the height below."""
    half = min(near - EDGE, (far - near) / 2 - _BETWEEN)
    heads = [lettering.wrap(each.name, 2 * half, NOTE_SIZE, bold=True) for each in spec.series[:1]]
    heads.append(lettering.wrap(spec.series[1].name, half + plane.width - EDGE - far, NOTE_SIZE, bold=True))
    line = NOTE_SIZE * layout.LINE_HEIGHT
    high = max(len(each) for each in heads) * line
    for lines, x, anchor in zip(heads, (near, plane.width - EDGE), (MIDDLE, END), strict=True):
        write_lines(plane, lines, x, top + high - len(lines) * line / 2, NOTE_SIZE, anchor=anchor, bold=True)
    return top + high + 8


def _draw_line(
    plane: Plane,
    across: tuple[float, float],
    points: tuple[float | None, float | None],
    colour: str,
    top: float,
) -> None:
    was, now = points
    if was is not None and now is not None:
        plane.line(across[0], top + was, across[1], top + now, colour, 2.5)
    for x, point in zip(across, points, strict=True):
        if point is not None:
            plane.dot(x, top + point, RADIUS, colour)
