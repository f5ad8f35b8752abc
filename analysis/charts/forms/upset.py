"""Sets of options as a picture: a column for each set, and under it a dot for each option that it holds."""

from analysis.charts import layout, lettering, palette
from analysis.charts.plane import EDGE, END, LABEL_SHARE, MIDDLE, SIZE, Plane, write_lines
from analysis.charts.spec import ChartSpec, Sets

HIGH = 190
WIDEST = 56
"""Of a column with its room, so that a few do not spread over the whole picture."""
DOT = 7
GAP = 8


def draw(plane: Plane, spec: ChartSpec, top: float) -> float:
    """The columns and their dots; the height below. Without a set nothing is drawn: note and base say why."""
    assert isinstance(spec.plan, Sets)
    if not spec.categories:
        return top
    (series,) = spec.series
    room = (plane.width - 2 * EDGE) * LABEL_SHARE
    start = EDGE + room + 16
    step = min(WIDEST, (plane.width - EDGE - start) / max(1, len(spec.categories)))
    foot = top + HIGH
    for number, (value, label) in enumerate(zip(series.values, series.labels, strict=True)):
        high = (value or 0.0) / spec.maximum * (HIGH - 30)
        middle = start + (number + 0.5) * step
        plane.box(middle - step * 0.35, foot - high, step * 0.7, high, palette.ACCENT)
        plane.text(label, middle, foot - high - 12, SIZE, anchor=MIDDLE)
    plane.line(start, foot, start + step * len(spec.categories), foot, palette.LINE, 1)
    middles, below = _write_options(plane, spec.plan, foot + 12, room, start + step * len(spec.categories))
    for number, members in enumerate(spec.plan.members):
        x = start + (number + 0.5) * step
        for middle in middles:
            plane.dot(x, middle, DOT, palette.FAINT)
        inside = [middles[place] for place in members]
        plane.line(x, min(inside), x, max(inside), palette.ACCENT, 3)
        for middle in inside:
            plane.dot(x, middle, DOT, palette.ACCENT)
    return below


def _write_options(plane: Plane, plan: Sets, top: float, room: float, end: float) -> tuple[list[float], float]:
    """Names of the options before their rows, with a line between rows; middles of the rows, and the height below."""
    middles = []
    for option in plan.options:
        lines = lettering.wrap(option, room, SIZE)
        high = max(2 * DOT + GAP, len(lines) * SIZE * layout.LINE_HEIGHT + GAP)
        middles.append(top + high / 2)
        write_lines(plane, lines, EDGE + room, top + high / 2, SIZE, anchor=END)
        top += high
        plane.line(EDGE, top, end, top, palette.FAINT, 1)
    return middles, top
