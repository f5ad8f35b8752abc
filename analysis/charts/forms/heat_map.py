"""A heat map: each figure on a ground that is darker for more, what is not shown hatched."""

import math

from analysis.charts import layout, lettering, palette, wording
from analysis.charts.plane import EDGE, LABEL_SHARE, MIDDLE, NOTE_SIZE, SIZE, WIDTH, Plane, write_lines
from analysis.charts.spec import ChartSpec

CELL_SIZE = 13.5
LEAST_HIGH = 30.0
WIDEST_WORD = 104.0
_GAP = 1.5
_BETWEEN = 10.0
"""Pixels between the column of all together and the groups."""


def width(spec: ChartSpec) -> float:
    """As wide as the cells need, at least as wide as any picture."""
    return max(WIDTH, math.ceil(2 * EDGE + WIDTH * LABEL_SHARE + _cell(spec) * len(spec.series) + _BETWEEN))


def draw(plane: Plane, spec: ChartSpec, top: float) -> float:
    """The names of the groups, then a line of cells for each category."""
    room = min(plane.width, WIDTH) * LABEL_SHARE
    names = [lettering.wrap(category, room - 12, SIZE) for category in spec.categories]
    first = EDGE + max((lettering.width(line, SIZE) for lines in names for line in lines), default=0.0) + 12
    wide = (plane.width - EDGE - first - _BETWEEN) / max(1, len(spec.series))
    heads = [lettering.wrap(series.name, wide - 6, NOTE_SIZE, bold=True) for series in spec.series]
    head = max((len(lines) for lines in heads), default=1) * NOTE_SIZE * layout.LINE_HEIGHT + 8
    lefts = [first + number * wide + (_BETWEEN if number else 0.0) for number in range(len(spec.series))]
    for left, lines in zip(lefts, heads, strict=True):
        middle = top + head - 6 - len(lines) * NOTE_SIZE * layout.LINE_HEIGHT / 2
        write_lines(plane, lines, left + wide / 2, middle, NOTE_SIZE, anchor=MIDDLE, bold=True)
    top += head
    for row, lines in enumerate(names):
        high = max(LEAST_HIGH, len(lines) * SIZE * layout.LINE_HEIGHT + 6)
        write_lines(plane, lines, EDGE, top + high / 2, SIZE)
        for left, series in zip(lefts, spec.series, strict=True):
            _draw_cell(plane, spec, series.values[row], series.labels[row], (left, top, wide - _GAP, high - _GAP))
        top += high
    return top


def _draw_cell(
    plane: Plane, spec: ChartSpec, value: float | None, label: str, place: tuple[float, float, float, float]
) -> None:
    left, top, wide, high = place
    middle = top + high / 2
    colour = palette.TEXT
    if value is not None:
        ground = palette.heat(value, spec.minimum, spec.maximum)
        plane.box(left, top, wide, high, ground)
        colour = palette.text_on(ground)
    elif wording.HIDDEN in label:
        plane.hatched(left, top, wide, high)
        half = lettering.width(label, CELL_SIZE) / 2 + 3
        plane.box(left + wide / 2 - half, middle - CELL_SIZE * 0.65, 2 * half, CELL_SIZE * 1.3, palette.PAPER)
    plane.text(label, left + wide / 2, middle, CELL_SIZE, anchor=MIDDLE, colour=colour)


def _cell(spec: ChartSpec) -> float:
    """Width of a cell: its longest figure, and the longest word of the groups' names as far as that is sensible."""
    figures = [lettering.width(label, CELL_SIZE) for series in spec.series for label in series.labels]
    words = [
        min(WIDEST_WORD, lettering.width(word, NOTE_SIZE, bold=True))
        for series in spec.series
        for word in series.name.split(" ")
    ]
    return max([44.0, *figures, *words]) + 10
