"""A diverging chart: bars of 100 %, the middle of the scale in one line through all of them."""

from analysis.charts import layout, lettering, palette
from analysis.charts.forms import rows
from analysis.charts.plane import END, MIDDLE, SIZE, Plane
from analysis.charts.spec import ChartSpec

_HIDDEN_ROOM = 34.0


def draw(plane: Plane, spec: ChartSpec, top: float) -> float:
    """The names of the points of the scale, then a bar for each category."""
    top = rows.write_legend(plane, spec, top)
    near, far = (_HIDDEN_ROOM if _is_hidden(spec, half) else 12.0 for half in layout.halves(spec))
    placed = rows.write_rows(plane, spec, top, near_room=near, end_room=far)
    scale = (placed.reach - placed.start) / (spec.maximum - spec.minimum)
    zero = placed.start - spec.minimum * scale
    bottom = placed.top + placed.plan.height
    plane.line(zero, placed.top - 4, zero, bottom + 4, palette.TEXT, 1)
    colours = palette.colours(spec)
    for index, (box, start) in enumerate(zip(placed.plan.boxes, layout.starts(spec), strict=True)):
        x, y = zero + start * scale, placed.top + box.bar_tops[0]
        middle = y + box.bar_height / 2
        low, high = (layout.hidden_label(spec, half, index) for half in layout.halves(spec))
        plane.text(low, x - 6, middle, SIZE, anchor=END, colour=palette.QUIET_TEXT)
        for series, colour in zip(spec.series, colours, strict=True):
            long = (series.values[index] or 0.0) * scale
            label = series.labels[index]
            plane.box(x, y, max(0.0, long - 1.5), box.bar_height, colour)
            if lettering.width(label, SIZE - 1) + 6 <= long:
                plane.text(label, x + long / 2, middle, SIZE - 1, anchor=MIDDLE, colour=palette.text_on(colour))
            x += long
        plane.text(high, x + 6, middle, SIZE, colour=palette.QUIET_TEXT)
    return bottom


def _is_hidden(spec: ChartSpec, half: slice) -> bool:
    return any(value is None for series in spec.series[half] for value in series.values)
