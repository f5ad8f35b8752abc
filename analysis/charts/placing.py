"""Labels that must not lie on each other: where each of them stands, as near as can be to what it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from analysis.charts import layout, lettering
from analysis.charts.spec import ChartSpec, Crossing

_GAP = 4.0
_ENDS = 2


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float, *, order: Sequence[int] = ()
) -> tuple[float, ...]:
    """The middles of labels of these heights, each as near as can be to its wanted one, none on another.

    Least squares under an order (isotonic regression by pooling adjacent violators, Barlow et al. 1972); all lie
    between `low` and `high`, where there is room for all.

    order  places of the labels from the top; () for the order of `wanted`
    """
    if not wanted:
        return ()
    order = order or sorted(range(len(wanted)), key=lambda place: wanted[place])
    pitch = [0.0]
    for one, other in pairwise(order):
        pitch.append(pitch[-1] + (heights[one] + heights[other]) / 2)
    pools: list[tuple[float, int]] = []
    for place, offset in zip(order, pitch, strict=True):
        mean, size = wanted[place] - offset, 1
        while pools and pools[-1][0] > mean:
            above, many = pools.pop()
            mean, size = (mean * size + above * many) / (size + many), size + many
        pools.append((mean, size))
    levels = [mean for mean, size in pools for _ in range(size)]
    first, last = low + heights[order[0]] / 2, high - heights[order[-1]] / 2 - pitch[-1]
    found = [0.0] * len(wanted)
    for place, level, offset in zip(order, levels, pitch, strict=True):
        found[place] = max(first, min(last, level)) + offset
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlopePlan:
    """Heights from the top, for each category: the words before it, its points at both ends and their labels.

    points  None where a figure is not shown
    axis    heights of the highest and of the lowest value of the chart's axis
    """

    lines: tuple[tuple[str, ...], ...]
    points: tuple[tuple[float | None, float | None], ...]
    labels: tuple[tuple[float, float], ...]
    axis: tuple[float, float]
    height: float


def slope(
    spec: ChartSpec, names: Sequence[str], *, name_width: float, size: float, least: float, most: float = float("inf")
) -> SlopePlan:
    """Where the lines of a slope begin and end, and where its labels stand; what has no figure stands at the foot.

    names  the words of each category, to be wrapped into `name_width`
    least, most  of the height, where the labels need neither more nor less; without a figure none is needed
    """
    lines = tuple(lettering.wrap(name, name_width, size) for name in names)
    line = size * layout.LINE_HEIGHT
    blocks = [len(each) * line + _GAP for each in lines]
    values = list(zip(*(series.values for series in spec.series), strict=True))
    hidden = [block for block, pair in zip(blocks, values, strict=True) if pair == (None,) * _ENDS]
    height = max(sum(blocks) + line, min(most, least + sum(hidden)) if spec.has_figures else 0.0)
    foot = height - sum(hidden) - line
    scale = (foot - line) / (spec.maximum - spec.minimum)

    def at(value: float | None) -> float | None:
        return None if value is None else foot - (value - spec.minimum) * scale

    points = tuple((at(was), at(now)) for was, now in values)
    wanted = [
        tuple(next(each for each in (pair[end], pair[1 - end], height) if each is not None) for pair in points)
        for end in range(_ENDS)
    ]
    near, far = spread(wanted[0], blocks, 0, height), spread(wanted[1], [line + _GAP] * len(blocks), 0, height)
    return SlopePlan(
        lines=lines, points=points, labels=tuple(zip(near, far, strict=True)), axis=(line, foot), height=height
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatterPlan:
    """Where the points of a scatter lie and where their names stand, beside its far edge.

    shown   places of the categories that have a point
    lines   the words of each of these, with both figures
    points  (part of the way across, height from the top) of each
    labels  height of the middle of each name
    inner   heights of the highest and of the lowest value of y; above and below stand the words of the corners
    """

    shown: tuple[int, ...]
    lines: tuple[tuple[str, ...], ...]
    points: tuple[tuple[float, float], ...]
    labels: tuple[float, ...]
    inner: tuple[float, float]
    height: float


LABEL_EDGE = 1.04
"""Where the lines to the names end, of the way across: a little beyond the highest value."""


def scatter(
    spec: ChartSpec, *, name_width: float, size: float, least: float, corner: float, most: float = float("inf")
) -> ScatterPlan:
    """Points where their figures meet, and names of which no two lie on each other nor their leading lines cross.

    corner  height that is left for the words of the corners, above and below
    least, most  of the height, where the names need neither more nor less
    """
    assert isinstance(spec.plan, Crossing)
    across, up = spec.plan.x, spec.plan.y
    xs, ys = (series.values for series in spec.series)
    shown = tuple(place for place, pair in enumerate(zip(xs, ys, strict=True)) if None not in pair)
    named = (f"{spec.categories[place]} ({figures(spec, place)})" for place in shown)
    lines = tuple(lettering.wrap(name, name_width, size) for name in named)
    blocks = [len(each) * size * layout.LINE_HEIGHT + _GAP for each in lines]
    height = max(sum(blocks), min(most, least))

    def points(foot: float) -> tuple[tuple[float, float], ...]:
        both = ((across.part(xs[place] or 0.0), up.part(ys[place] or 0.0)) for place in shown)
        return tuple((x, foot - y * (foot - corner)) for x, y in both)

    found = points(height - corner)
    labels = _near(found, blocks, height)
    if labels is None:
        height = max(height, len(blocks) * max(blocks))
        found = points(height - corner)
        labels = _evenly(found, height)
    inner = (corner, height - corner)
    return ScatterPlan(shown=shown, lines=lines, points=found, labels=labels, inner=inner, height=height)


def figures(spec: ChartSpec, place: int) -> str:
    """Both figures of a category as they stand behind its name."""
    return "\u00a0·\u00a0".join(series.labels[place] for series in spec.series)


def _near(points: Sequence[tuple[float, float]], blocks: Sequence[float], height: float) -> tuple[float, ...] | None:
    """Heights of names at the far edge near their points, no two lines crossing; None when none are found.

    Two whose lines cross change places, a few times at most. Whether straight lines cross stays the same when the chart
    is made wider.
    """
    order = sorted(range(len(points)), key=lambda place: points[place][1])
    wanted = [point[1] for point in points]
    for _ in range(4 * len(points) + 1):
        found = spread(wanted, blocks, 0, height, order=order)
        ends = combinations(range(len(order)), 2)
        crossed = next(((i, j) for i, j in ends if _cross(points, found, order[i], order[j])), None)
        if crossed is None:
            return found
        one, other = crossed
        order[one], order[other] = order[other], order[one]
    return None


def _evenly(points: Sequence[tuple[float, float]], height: float) -> tuple[float, ...]:
    """Heights of names at equal distances. Each place from the top takes the point that a line from above meets first:
    all others lie below that line, and so do their own."""
    found, left = [0.0] * len(points), list(range(len(points)))
    for number in range(len(points)):
        at = (number + 0.5) * height / len(points)
        first = min(left, key=lambda place: (points[place][1] - at) / (LABEL_EDGE - points[place][0]))
        found[first] = at
        left.remove(first)
    return tuple(found)


def _cross(points: Sequence[tuple[float, float]], labels: Sequence[float], upper: int, lower: int) -> bool:
    """Whether the line of the upper name lies below that of the lower one where both have begun."""
    start = max(points[upper][0], points[lower][0])

    def at(place: int) -> float:
        x, y = points[place]
        return y + (labels[place] - y) * (start - x) / (LABEL_EDGE - x)

    return at(upper) > at(lower) + 1e-9
