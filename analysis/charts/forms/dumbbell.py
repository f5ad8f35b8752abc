"""A dumbbell chart: two points for each category on one line, a ring and a disc, their figures outside."""

from analysis.charts import lettering, palette
from analysis.charts.forms import rows
from analysis.charts.plane import END, SIZE, START, Plane
from analysis.charts.spec import ChartSpec

RADIUS = 8.0
_LABEL = RADIUS + 6


def draw(plane: Plane, spec: ChartSpec, top: float) -> float:
    """The names of both sides, then a line for each category."""
    colours = palette.colours(spec)

    def sign(number: int, x: float, y: float, colour: str) -> None:
        plane.dot(x, y, RADIUS, colour, hollow=number == 0)

    top = rows.write_legend(plane, spec, top, sign)
    room = max((lettering.width(label, SIZE) for each in spec.series for label in each.labels), default=0.0) + 16
    placed = rows.write_rows(plane, spec, top, near_room=room + 8, end_room=room + 8)
    scale = (placed.reach - placed.start) / (spec.maximum - spec.minimum)
    bottom = placed.top + placed.plan.height
    if spec.minimum < 0:
        zero = placed.start - spec.minimum * scale
        plane.line(zero, placed.top - 4, zero, bottom + 4, palette.LINE, 1)
    for index, box in enumerate(placed.plan.boxes):
        y = placed.top + box.middle
        plane.line(placed.start, y, placed.reach, y, palette.FAINT, 1)
        known = [(each.values[index], number) for number, each in enumerate(spec.series)]
        points = sorted((value, number) for value, number in known if value is not None)
        across = [placed.start + (value - spec.minimum) * scale for value, _ in points]
        if len(points) == 2:
            plane.line(across[0], y, across[1], y, palette.LINE, 4)
        for x, (_, number) in zip(across, points, strict=True):
            plane.dot(x, y, RADIUS, colours[number], hollow=number == 0)
        for place, (x, (_, number)) in enumerate(zip(across, points, strict=True)):
            is_near = place == 0 and len(points) == 2
            label = spec.series[number].labels[index]
            plane.text(label, x - _LABEL if is_near else x + _LABEL, y, SIZE, anchor=END if is_near else START)
        hidden = [spec.series[number].labels[index] for value, number in known if value is None]
        if hidden:
            plane.text(hidden[0], placed.start - _LABEL, y, SIZE, anchor=END, colour=palette.QUIET_TEXT)
    return bottom
