"""The numbers behind a chart as tables that can be read on slides: parted by columns and rows, measured before placed.

Lengths are in points. Nothing here knows pptx.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.charts import layout, wording
from analysis.charts.spec import ChartSpec, Words
from analysis.report import page_room, slide_room
from analysis.report.table import Table, Unit, written
from analysis.report.tree import Figure, Numbers, Report

SIZE = 13.0
BESIDE = 5.0
"""Empty at each side of a cell."""
_ROW_PADDING = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands on one slide: a head and rows of texts, widths of columns, heights of rows with the head's.

    at_end  per column, whether its words stand at the end of their cells
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    at_end: tuple[bool, ...]


def is_wanted(report: Report, figure: Figure) -> bool:
    """Whether slides with the numbers follow the chart; not where the chart is a table itself."""
    return report.numbers is Numbers.ALWAYS and not figure.spec.is_table and figure.spec.has_figures


def sheets(numbers: Table, words: Words, *, wide: float, high: float, rtl: bool) -> Iterator[Sheet]:
    """The figures on as many slides as they need, without the many rows in which all is hidden."""
    shown, _hidden = page_room.folded(numbers)
    most = max(3, min(page_room.MOST_COLUMNS, int(page_room.MOST_COLUMNS * wide / slide_room.FULL)))
    for table in page_room.parted(shown, most):
        widths = [each * wide / page_room.WIDE for each in page_room.widths(table)]
        heads = tuple(column.head for column in table.columns)
        rows = [
            tuple(written(value, column.unit, words) for value, column in zip(row, table.columns, strict=True))
            for row in table.rows
        ]
        head = _height(heads, widths, rtl)
        for part in _parted(rows, [_height(row, widths, rtl) for row in rows], high - head):
            yield Sheet(
                heads=heads,
                rows=tuple(part),
                widths=tuple(widths),
                heights=(head, *(_height(row, widths, rtl) for row in part)),
                at_end=tuple(column.unit is not Unit.TEXT for column in table.columns),
            )


def subtitle(spec: ChartSpec) -> str:
    """What stands below the title of such a slide, which names the question."""
    return " · ".join(part for part in (spec.measure, spec.base) if part)


def hidden_line(numbers: Table, words: Words) -> str:
    """How many rows show no figure and were left out; "" for none or few, which stand in the table."""
    _shown, hidden = page_room.folded(numbers)
    many = wording.count(len(hidden), words)
    return words.translate("Rows in which every figure is hidden: {count}.", count=many) if hidden else ""


def _height(texts: Sequence[str], widths: Sequence[float], rtl: bool) -> float:
    lines = max(
        slide_room.line_count(text, wide - 2 * BESIDE, SIZE, rtl=rtl) or 1
        for text, wide in zip(texts, widths, strict=True)
    )
    return lines * SIZE * layout.LINE_HEIGHT + _ROW_PADDING


def _parted(rows: Sequence[tuple[str, ...]], heights: Sequence[float], room: float) -> Iterator[list[tuple[str, ...]]]:
    """Rows in groups that have room, as nearly equal as their number allows."""
    slides, used = 1, 0.0
    for each in heights:
        if used and used + each > room:
            slides, used = slides + 1, 0.0
        used += each
    fair, part, used = sum(heights) / slides, list[tuple[str, ...]](), 0.0
    for row, high in zip(rows, heights, strict=True):
        if part and (used + high > room or used >= fair):
            yield part
            part, used = [], 0.0
        part.append(row)
        used += high
    if part:
        yield part
