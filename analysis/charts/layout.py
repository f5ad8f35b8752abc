"""Where the rows of a horizontal chart stand, in pixels from the top; the same for the screen and for images."""

from dataclasses import dataclass

from analysis.charts import lettering
from analysis.charts.spec import ChartSpec, Form

LINE_HEIGHT = 1.3


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
class Split:
    """Where bars of a scale begin so that the middle of the scale stands at 0: all in shares of a whole bar.

    starts           of each category's bar, 0 or less
    minimum, maximum how far the longest bar reaches to either side, at least a little
    """

    starts: tuple[float, ...]
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """All rows and the height they take together."""

    boxes: tuple[RowBox, ...]
    height: float


def split(spec: ChartSpec) -> Split:
    """The bars of a diverging chart: the low half before 0, the high half behind, a middle point half on each side.

    What is not shown has no length, so a bar with such a part is only as exact as what it shows.
    """
    points = len(spec.series)
    starts, ends = [], []
    for index in range(len(spec.categories)):
        shares = [series.values[index] or 0.0 for series in spec.series]
        middle = shares[points // 2] / 2 if points % 2 else 0.0
        start = -(sum(shares[: points // 2]) + middle)
        starts.append(start)
        ends.append(start + sum(shares))
    return Split(
        starts=tuple(starts),
        minimum=min([*starts, -0.1]),
        maximum=max([*ends, 0.1]),
    )


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
