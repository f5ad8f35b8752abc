"""Small multiples: the same bars for each group in a panel of its own, a tick where all together stand."""

import math

from analysis.charts import layout, lettering, palette, wording
from analysis.charts.plane import EDGE, END, LABEL_SHARE, NOTE_SIZE, SIZE, START, Plane, write_lines
from analysis.charts.spec import ChartSpec, Series

LABEL_SIZE = 13.0
LEAST_WIDE = 104.0
_BAR = 20.0
_GAP = 14.0
_BETWEEN = 18.0


def draw(plane: Plane, spec: ChartSpec, top: float) -> float:
    """As many panels beside each other as have room, the others below; the height below them."""
    names = [lettering.wrap(name, plane.width * LABEL_SHARE - 12, SIZE) for name in spec.categories]
    start = EDGE + max((lettering.width(line, SIZE) for lines in names for line in lines), default=0.0) + 14
    room = plane.width - EDGE - start + _GAP
    each = max(1, min(len(spec.series), int(room / _least(spec))))
    each = math.ceil(len(spec.series) / math.ceil(len(spec.series) / each))
    wide = room / each - _GAP
    for first in range(0, len(spec.series), each):
        part = spec.series[first : first + each]
        heads = [lettering.wrap(series.name, wide, NOTE_SIZE, bold=True) for series in part]
        head = max(len(lines) for lines in heads) * NOTE_SIZE * layout.LINE_HEIGHT + 6
        lefts = [start + number * (wide + _GAP) for number in range(len(part))]
        for left, lines in zip(lefts, heads, strict=True):
            middle = top + head - 6 - len(lines) * NOTE_SIZE * layout.LINE_HEIGHT / 2
            write_lines(plane, lines, left, middle, NOTE_SIZE, bold=True)
        top += head
        for row, lines in enumerate(names):
            high = max(_BAR, len(lines) * SIZE * layout.LINE_HEIGHT) + 8
            write_lines(plane, lines, start - 14, top + high / 2, SIZE, anchor=END)
            for left, series in zip(lefts, part, strict=True):
                _draw_bar(plane, spec, series, row, (left, top, wide, high))
            top += high
        top += _BETWEEN
    return top - _BETWEEN


def _draw_bar(
    plane: Plane, spec: ChartSpec, series: Series, row: int, place: tuple[float, float, float, float]
) -> None:
    left, top, wide, high = place
    room = _label_room(spec)
    near = room if spec.minimum < 0 else 0.0
    scale = (wide - near - room) / (spec.maximum - spec.minimum)
    zero = left + near - spec.minimum * scale
    value, label, middle = series.values[row], series.labels[row], top + high / 2
    is_whole = series is spec.series[0]
    end = zero + (value or 0.0) * scale
    if value is not None:
        colour = palette.NEUTRAL if is_whole else palette.ACCENT
        plane.box(min(zero, end), middle - _BAR / 2, abs(end - zero), _BAR, colour)
    plane.line(zero, top, zero, top + high, palette.LINE, 1)
    whole = spec.series[0].values[row]
    if whole is not None and not is_whole:
        across = zero + whole * scale
        plane.line(across, middle - _BAR / 2 - 3, across, middle + _BAR / 2 + 3, palette.TEXT, 2)
        end = end if value is None else max(end, across) if value >= 0 else min(end, across)
    is_left = value is not None and value < 0
    colour = palette.QUIET_TEXT if wording.HIDDEN in label else palette.TEXT
    plane.text(
        label, end - 5 if is_left else end + 5, middle, LABEL_SIZE, anchor=END if is_left else START, colour=colour
    )


def _label_room(spec: ChartSpec) -> float:
    labels = (lettering.width(label, LABEL_SIZE) for series in spec.series for label in series.labels)
    return max(labels, default=0.0) + 10


def _least(spec: ChartSpec) -> float:
    """The narrowest panel: its longest figure and some room for bars, and the longest word of a name."""
    words = [
        min(LEAST_WIDE, lettering.width(word, NOTE_SIZE, bold=True))
        for series in spec.series
        for word in series.name.split(" ")
    ]
    bars = 60 + _label_room(spec) * (2 if spec.minimum < 0 else 1)
    return max([bars, *words]) + _GAP
