"""Points of x and y with present figures: the sides of a dumbbell, shares with intervals. Their looks stay.

A point knows no category but by its height. The names stand beside the chart as a table, whose rows say which is which.
"""

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isnan, nan
from typing import Any

from analysis.charts import wording
from analysis.charts.spec import ChartSpec, Form, Series
from analysis.report import native_points, opened
from analysis.report.chart_refresh import Found, Moved, number, own_label, points_of, same
from analysis.report.opened import plain
from data.errors import InvalidInput

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_TAGS = ("tx", "xVal", "yVal")
_BETWEEN = re.compile(r"(.*?) \(.* – .*\)")
"""A category of a dumbbell, with the groups that lie furthest apart behind it."""
_NEAR = 0.05
"""A new figure closer to an end of the axis than this share of it needs more room for its label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrawn:
    """What became of the points, and the workbook that holds them now."""

    found: Found
    workbook: bytes


def is_points(root: Any) -> bool:
    """Whether a chart is one of x and y."""
    return root.find(f".//{_C}scatterChart") is not None


def rows_of(names: Sequence[str], spec: ChartSpec) -> tuple[int | None, ...]:
    """Where each name stands in the description; None for one that is not there, or could be several."""
    exact, stems = (
        _unique([_bare(each) for each in spec.categories]),
        _unique([_stem(each) for each in spec.categories]),
    )
    mine = _unique([_stem(each) for each in names])
    found = []
    for at, name in enumerate(names):
        place = exact.get(_bare(name))
        if place is None and spec.form is Form.DUMBBELL and mine.get(_stem(name)) == at:
            place = stems.get(_stem(name))
        found.append(place)
    return tuple(place if place is None or found.count(place) == 1 else None for place in found)


def redraw(root: Any, spec: ChartSpec, names: Sequence[str]) -> Redrawn:
    """Every point stands where the description has it; those of a name that it has not stay.

    names   of the lines of points from above; marks and counts behind them do not matter
    Raises  InvalidInput "returned.points" when it cannot be told which point is whose; nothing has changed then.
    """
    drawn, rows = list(root.iter(f"{_C}ser")), rows_of(names, spec)
    if spec.form not in native_points.FORMS or len(drawn) != len(spec.series) + 1 or rows.count(None) == len(rows):
        raise InvalidInput("returned.points")
    if any(each.find(f"{_C}{tag}") is None for each in drawn for tag in _TAGS) or _lines_of(root) != len(names):
        raise InvalidInput("returned.points")
    lines, *points = drawn
    series = _in_order(points, spec)
    old = [_by_row(each, len(names)) for each in points]
    ends = _ends_by_row(lines, len(names))
    piece = replace(
        spec,
        categories=tuple(names),
        series=tuple(_as_drawn(each, rows, was, ends) for each, was in zip(series, old, strict=True)),
    )
    chart, workbook = native_points.bare(piece)
    new = list(opened.tree(chart).iter(f"{_C}ser"))
    moved = []
    for each, was, at in zip(points, old, piece.series, strict=True):
        for row, value in enumerate(at.values):
            before, after = was[row][1] if row in was else "", "" if value is None else repr(float(value))
            if not same(before, after):
                moved.append(Moved(category=_bare(names[row]), series=plain(at.name), before=before, after=after))
        _remark(each, was, at, rows, piece)
    _widen(root, _held(drawn), _held(new))
    for each, made in zip(drawn, new, strict=True):
        for tag in _TAGS:
            each.replace(each.find(f"{_C}{tag}"), copy.deepcopy(made.find(f"{_C}{tag}")))
    found = Found(
        moved=tuple(moved),
        unknown=tuple(_bare(name) for name, place in zip(names, rows, strict=True) if place is None),
        added=tuple(_bare(name) for place, name in enumerate(spec.categories) if place not in rows),
        order=rows,
    )
    return Redrawn(found=found, workbook=workbook)


def _lines_of(root: Any) -> float:
    """How many lines of points the chart has room for; with a row more or less beside it, names are not level."""
    upright = [each.get("val") for each in root.findall(f".//{_C}scatterChart/{_C}axId")][1:]
    for axis in root.iter(f"{_C}valAx"):
        name, end = axis.find(f"{_C}axId"), axis.find(f"{_C}scaling/{_C}max")
        if name is not None and end is not None and name.get("val") in upright:
            return number(end.get("val"))
    return nan


def _bare(name: str) -> str:
    return plain(name).removesuffix(f" ({wording.NOTHING})")


def _stem(name: str) -> str:
    found = _BETWEEN.fullmatch(_bare(name))
    return found[1] if found else _bare(name)


def _unique(names: Sequence[str]) -> dict[str, int]:
    return {name: at for at, name in enumerate(names) if names.count(name) == 1}


def _in_order(points: Sequence[Any], spec: ChartSpec) -> list[Series]:
    """The series of the description as they are drawn, known by their names; one alone is known anyhow."""
    if len(points) == 1:
        return list(spec.series)
    by_name = {plain(each.name): each for each in spec.series}
    names = [plain("".join(each.findtext(f"{_C}tx//{_C}v") or "")) for each in points]
    if set(names) != by_name.keys():
        raise InvalidInput("returned.points")
    return [by_name[name] for name in names]


def _by_row(series: Any, count: int) -> dict[int, tuple[int, str]]:
    """Row from above -> (place in the series, figure)."""
    across, up = points_of(series.find(f"{_C}xVal")), points_of(series.find(f"{_C}yVal"))
    return {_row(up[place], count): (place, text) for place, text in across.items() if place in up}


def _ends_by_row(lines: Any, count: int) -> dict[int, list[float]]:
    """Row from above -> where its line begins and ends."""
    across, up = points_of(lines.find(f"{_C}xVal")), points_of(lines.find(f"{_C}yVal"))
    found: dict[int, list[float]] = {}
    for place in sorted(across.keys() & up.keys()):
        found.setdefault(_row(up[place], count), []).append(number(across[place]))
    return found


def _row(height: str, count: int) -> int:
    """The row of a point; a chart whose points stand between rows, or beyond them, has another table of names."""
    row = count - number(height) - 0.5
    if not row.is_integer() or not 0 <= row < count:
        raise InvalidInput("returned.points")
    return int(row)


def _as_drawn(
    series: Series, rows: Sequence[int | None], was: dict[int, tuple[int, str]], ends: dict[int, list[float]]
) -> Series:
    """The series in the order of the rows; what the description has not keeps its figure and its line."""

    def kept(row: int) -> float | None:
        value = number(was[row][1]) if row in was else nan
        return None if isnan(value) else value

    def bounds(of: tuple[float | None, ...], end: int) -> tuple[float | None, ...]:
        lines = [ends.get(row, []) for row in range(len(rows))]
        old = [line[end] if len(line) == 2 else None for line in lines]
        return tuple(old[row] if place is None else of[place] for row, place in enumerate(rows)) if of else ()

    return replace(
        series,
        values=tuple(kept(row) if place is None else series.values[place] for row, place in enumerate(rows)),
        labels=tuple("" if place is None else series.labels[place] for place in rows),
        low=bounds(series.low, 0),
        high=bounds(series.high, 1),
    )


def _remark(
    drawn: Any, was: dict[int, tuple[int, str]], series: Series, rows: Sequence[int | None], piece: ChartSpec
) -> None:
    """Labels and looks of single points go with their rows; a figure that is new has a label like the others."""
    new = {row: at for at, row in enumerate(row for row, value in enumerate(series.values) if value is not None)}
    row_of = {place: row for row, (place, _text) in was.items()}
    for look in drawn.findall(f"{_C}dPt"):
        at = new.get(row_of.get(_at(look), -1))
        if at is None:
            drawn.remove(look)
        else:
            look.find(f"{_C}idx").set("val", str(at))
    held = drawn.find(f"{_C}dLbls")
    labels = [] if held is None else [each for each in held.findall(f"{_C}dLbl") if _at(each) >= 0]
    if not labels:
        return
    by_row = {row_of.get(_at(each), -1): each for each in labels}
    pattern = copy.deepcopy(labels[0])
    for tag in (f"{_C}layout", f"{_C}extLst"):
        for each in pattern.findall(tag):
            pattern.remove(each)
    for each in labels:
        held.remove(each)
    for row, at in reversed(new.items()):
        if row in was and row not in by_row:
            continue  # somebody deleted it
        label = by_row[row] if row in by_row else copy.deepcopy(pattern)
        label.find(f"{_C}idx").set("val", str(at))
        held.insert(0, label)
        if rows[row] is None:
            continue
        if row not in by_row:
            for text in label.iter(f"{_A}t"):
                text.text = "0"
        own_label(drawn, at, series.labels[row])
        side = label.find(f"{_C}dLblPos")
        if piece.form is Form.DUMBBELL and side is not None and side.get("val") in ("l", "r"):
            side.set("val", native_points.label_side(piece, series, row))


def _at(part: Any) -> int:
    """Which point a label or a look is of; -1 when it does not say so."""
    held = part.find(f"{_C}idx")
    text = "" if held is None else held.get("val") or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else -1


def _held(drawn: Sequence[Any]) -> set[float]:
    return {round(number(text), 12) for each in drawn for text in points_of(each.find(f"{_C}xVal")).values()}


def _widen(root: Any, old: set[float], new: set[float]) -> None:
    """The axis reaches beyond figures that were not there before, and leaves room to their labels."""
    first = root.find(f".//{_C}scatterChart/{_C}axId")
    for axis in root.iter(f"{_C}valAx"):
        if first is None or axis.find(f"{_C}axId").get("val") != first.get("val"):
            continue
        low, high = axis.find(f"{_C}scaling/{_C}min"), axis.find(f"{_C}scaling/{_C}max")
        fresh = new - old
        if low is None or high is None or not fresh:
            continue
        begins, ends = number(low.get("val")), number(high.get("val"))
        room = (ends - begins) * _NEAR
        if max(fresh) > ends - room:
            high.set("val", repr(max(fresh) + 2 * room))
        if min(fresh) < begins + room:
            low.set("val", repr(min(fresh) - 2 * room))
