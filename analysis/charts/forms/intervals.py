"""Shares or net values with intervals: a point for each category, the line of its interval, its figure behind."""

from analysis.charts import lettering, palette
from analysis.charts.forms import rows
from analysis.charts.plane import SIZE, Plane
from analysis.charts.spec import ChartSpec

RADIUS = 7.0


def draw(plane: Plane, spec: ChartSpec, top: float) -> float:
    """The names, points and lines; the height below."""
    (series,) = spec.series
    room = max((lettering.width(label, SIZE) for label in series.labels), default=0.0) + 18
    placed = rows.write_rows(plane, spec, top, near_room=RADIUS, end_room=room)
    scale = (placed.reach - placed.start) / (spec.maximum - spec.minimum)
    zero = placed.start - spec.minimum * scale
    bottom = placed.top + placed.plan.height
    plane.line(zero, placed.top - 4, zero, bottom + 4, palette.LINE, 1)
    bounds = zip(series.values, series.labels, series.low, series.high, strict=True)
    for box, (value, label, low, high) in zip(placed.plan.boxes, bounds, strict=True):
        y = placed.top + box.middle
        if value is None:
            plane.text(label, placed.start + 7, y, SIZE, colour=palette.QUIET_TEXT)
            continue
        x = end = zero + value * scale
        if low is not None and high is not None:
            start, end = zero + low * scale, zero + high * scale
            plane.line(start, y, end, y, palette.ACCENT, 3)
            for edge in (start, end):
                plane.line(edge, y - 6, edge, y + 6, palette.ACCENT, 2)
        plane.dot(x, y, RADIUS, palette.ACCENT)
        plane.text(label, max(end, x + RADIUS) + 7, y, SIZE)
    return bottom
