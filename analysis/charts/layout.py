"""Where the rows of a horizontal chart stand, in pixels from the top; the same for the screen and for images."""

from dataclasses import dataclass

from analysis.charts import lettering
from analysis.charts.spec import ChartSpec, Form

LINE_HEIGHT = 1.3


def column_part(count: int) -> float:
    """How much of its room an upright column takes: of up to three less, so that one alone is no wall."""
    return min(0.85, 0.3 * count)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowBox:
    """One category: its label's lines and its bars, one per series unless stacked.

    label_middle  height of the middle of the label's block
    bar_tops      upper edge of each bar
    """

    lines: tuple[str, ...]
    label_middle: float
    bar_tops: tuple[float, ...]
    bar_height: float

    @property
    def middle(self) -> float:
        """Height of the middle of the bars."""
        return (self.bar_tops[0] + self.bar_tops[-1] + self.bar_height) / 2

    def line_middles(self, size: float) -> tuple[float, ...]:
        """Height of the middle of each of the label's lines."""
        first = self.label_middle - (len(self.lines) - 1) * size * LINE_HEIGHT / 2
        return tuple(first + number * size * LINE_HEIGHT for number in range(len(self.lines)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """All rows and the height they take together."""

    boxes: tuple[RowBox, ...]
    height: float


def starts(spec: ChartSpec) -> tuple[float, ...]:
    """Where each bar of a diverging chart begins: the low half and half of a middle point before 0.

    What is not shown has no length, so a bar with such a part is only as exact as what it shows.
    """
    points = len(spec.series)
    found = []
    for index in range(len(spec.categories)):
        shares = [series.values[index] or 0.0 for series in spec.series]
        middle = shares[points // 2] / 2 if points % 2 else 0.0
        found.append(-(sum(shares[: points // 2]) + middle))
    return tuple(found)


def ends(spec: ChartSpec) -> tuple[float, float]:
    """The axis of a diverging chart: to both sides as far as the longest bar, a little at least."""
    firsts = starts(spec)
    lasts = [first + sum(series.values[index] or 0.0 for series in spec.series) for index, first in enumerate(firsts)]
    return min([*firsts, -0.1]), max([*lasts, 0.1])


def halves(spec: ChartSpec) -> tuple[slice, slice]:
    """The series of the low half of a scale, and the others."""
    return slice(len(spec.series) // 2), slice(len(spec.series) // 2, None)


def hidden_label(spec: ChartSpec, half: slice, index: int) -> str:
    """What is written beside a bar for the parts of that half that are not shown; "" when all are."""
    return next((series.labels[index] for series in spec.series[half] if series.values[index] is None), "")


def rows(spec: ChartSpec, *, label_width: float, size: float, bar: float, gap: float, above: bool) -> Rows:
    """Rows from top to bottom.

    label_width  room for a label's line; size  of its letters
    bar, gap     height of a bar and distance between rows
    above        labels stand over the bars instead of beside them
    """
    count = len(spec.series) if spec.form is Form.GROUPED else 1
    bar_height = bar if count == 1 else bar * 0.72
    boxes: list[RowBox] = []
    top = 0.0
    for label in spec.categories:
        lines = lettering.wrap(label, label_width, size)
        text_height = len(lines) * size * LINE_HEIGHT
        bars_height = count * bar_height
        if above:
            label_middle, first, bottom = (
                top + text_height / 2,
                top + text_height + 2,
                top + text_height + 2 + bars_height,
            )
        else:
            height = max(text_height, bars_height)
            label_middle, first, bottom = top + height / 2, top + (height - bars_height) / 2, top + height
        boxes.append(
            RowBox(
                lines=lines,
                label_middle=label_middle,
                bar_tops=tuple(first + index * bar_height for index in range(count)),
                bar_height=bar_height,
            )
        )
        top = bottom + gap
    return Rows(boxes=tuple(boxes), height=max(0.0, top - gap))
