"""Labels that must not lie on each other: where each of them stands, as near as can be to what it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.charts import layout, lettering
from analysis.charts.spec import ChartSpec

_GAP = 4.0
_ENDS = 2


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> tuple[float, ...]:
    """The middles of labels of these heights, each as near as can be to its wanted one, none on another.

    Least squares under an order (isotonic regression by pooling adjacent violators, Barlow et al. 1972), which is the
    order of `wanted`; all lie between `low` and `high`, where there is room for all.
    """
    if not wanted:
        return ()
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
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
    least, most  of the height, where the labels need neither more nor less
    """
    lines = tuple(lettering.wrap(name, name_width, size) for name in names)
    line = size * layout.LINE_HEIGHT
    blocks = [len(each) * line + _GAP for each in lines]
    values = list(zip(*(series.values for series in spec.series), strict=True))
    hidden = [block for block, pair in zip(blocks, values, strict=True) if pair == (None,) * _ENDS]
    height = max(sum(blocks) + line, min(most, least + sum(hidden)))
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
