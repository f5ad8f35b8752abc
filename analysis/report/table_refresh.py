"""The figures of a table that people have worked on, brought up to date: cells are known by the words that name them.

Rows and columns may have been moved, added, renamed or deleted; a cell changes only while it holds a figure, or "[c]",
or nothing, as where nobody had answered. What people wrote into cells stays.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.charts import lettering
from analysis.charts.spec import ChartSpec
from analysis.report.chart_refresh import Moved
from analysis.report.opened import plain
from analysis.report.table import Table, Unit, as_of_old

_ONE = "[-+−<>]?\\s*[\\d.,\u00a0\u202f٫٬]*\\d[\\d.,\u00a0\u202f٫٬]*\\s*[%٪]?"
_FIGURE = re.compile(f"{_ONE}(?:\\s*–\\s*{_ONE})?|\\[c\\]|")
Written = Callable[[Any, Unit], str]
"""A value as a reader of the language sees it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What a table is to say: names of a row (one, or two where groups stand below items) -> head -> text.

    parts  whether its rows are those that are told now: others may have been told before, and are not any more
    full   the heads with how many answered
    """

    heads: tuple[str, ...]
    named: int
    rows: Mapping[tuple[str, ...], Mapping[str, str]]
    parts: bool = False
    full: Mapping[str, str] = field(default_factory=dict)


def numbers_of(table: Table, written: Written) -> Numbers:
    """The numbers behind a card; a column is known by its head in older files too, and written as there."""
    old = [column for column in as_of_old(table).columns if column not in table.columns]
    heads = tuple(plain(column.head) for column in table.columns)
    named = next((at for at, column in enumerate(table.columns) if column.unit is not Unit.TEXT), len(heads))
    columns = (*table.columns, *old)
    texts = [
        [written(value, column.unit) for value, column in zip(row, columns, strict=True)]
        for row in Table(columns=columns).rows
    ]
    return Numbers(
        heads=heads,
        named=named,
        rows=_by_name((*heads, *(plain(column.head) for column in old)), named, texts),
        parts=any(column.unit is Unit.PART for column in table.columns),
        full={plain(column.head): column.head for column in table.columns},
    )


def numbers_of_chart(spec: ChartSpec) -> Numbers:
    """What a chart that is a table itself shows: categories by series."""
    heads = ("", *(plain(series.name) for series in spec.series))
    texts = [[name, *(series.labels[at] for series in spec.series)] for at, name in enumerate(spec.categories)]
    return Numbers(heads=heads, named=1, rows=_by_name(heads, 1, texts))


def _by_name(
    heads: Sequence[str], named: int, texts: Sequence[Sequence[str]]
) -> dict[tuple[str, ...], Mapping[str, str]]:
    found: dict[tuple[str, ...], Mapping[str, str]] = {}
    twice = set()
    for row in texts:
        name = tuple(map(plain, row[:named]))
        twice |= {name} & found.keys()
        found[name] = dict(zip(heads, row, strict=True))
    return {name: row for name, row in found.items() if name not in twice}


def is_of(rows: Sequence[Sequence[str]], numbers: Numbers) -> bool:
    """Whether a table, as texts, is one of these numbers: two or more heads and half of its rows are known.

    Where rows come and go, all heads that name a row and one of a figure are enough.
    """
    if len(rows) < 2:
        return False
    heads = [plain(text) for text in rows[0]]
    known = sum(head in numbers.heads[numbers.named :] for head in heads)
    if numbers.parts:
        return known > 0 and set(numbers.heads[: numbers.named]) <= set(heads)
    names = {part for name in numbers.rows for part in name[:1]}
    told = sum(any(plain(text) in names for text in row) for row in rows[1:])
    return known >= min(2, len(numbers.heads) - numbers.named) and known > 0 and 2 * told >= len(rows) - 1


def renew(
    cells: Sequence[Sequence[Any]], text_of: Callable[[Any], str], say: Callable[[Any, str], None], numbers: Numbers
) -> Iterator[Moved]:
    """Every cell of a known row and column that holds a figure tells the present one; yields those that moved."""
    rows = [[text_of(cell) for cell in row] for row in cells]
    if not is_of(rows, numbers):
        return
    heads = [plain(text) for text in rows[0]]
    for head, cell, text in zip(heads, cells[0], rows[0], strict=True):
        if head in numbers.full and plain_figure(text) != plain_figure(numbers.full[head]):
            say(cell, numbers.full[head])
    places = [heads.index(head) for head in numbers.heads[: numbers.named] if head in heads]
    for texts, row in zip(rows[1:], cells[1:], strict=True):
        name = tuple(plain(texts[place]) for place in places if place < len(texts))
        new = numbers.rows.get(name)
        if new is None:
            continue
        for at, head in enumerate(heads[: len(texts)]):
            if at in places or head not in new or heads.count(head) > 1:
                continue
            before, after = plain_figure(texts[at]), new[head]
            if _FIGURE.fullmatch(before) and before != plain_figure(after):
                say(row[at], lettering.printable(after))
                yield Moved(category=" · ".join(name), series=head, before=before, after=plain_figure(after))


def gone(rows: Sequence[Sequence[str]], numbers: Numbers) -> tuple[str, ...]:
    """Rows of a table, as texts, that are not told any more and keep their figures; () where rows stay."""
    if not numbers.parts or not is_of(rows, numbers):
        return ()
    heads = [plain(text) for text in rows[0]]
    places = [heads.index(head) for head in numbers.heads[: numbers.named]]
    names = (tuple(plain(row[place]) for place in places if place < len(row)) for row in rows[1:])
    return tuple(" · ".join(name) for name in names if name not in numbers.rows)


def behind(rows: Sequence[Sequence[str]], numbers: Numbers) -> tuple[tuple[str, ...], ...]:
    """The names of rows told now behind the last one that a table, as texts, has of them; () for another table."""
    if not is_of(rows, numbers):
        return ()
    known = _known(rows, numbers)
    told = list(numbers.rows)
    return tuple(told[1 + max(map(told.index, known)) :]) if known else ()


def is_as_handed_over(rows: Sequence[Sequence[str]], numbers: Numbers) -> bool:
    """Whether nobody changed heads and rows: all heads stand in their order, and so do rows, without one left out.

    Rows that are not told any more may stand before them; what does not name a row is a figure.
    """
    if [plain(text) for text in rows[0]] != list(numbers.heads) or any(len(row) != len(rows[0]) for row in rows):
        return False
    known, told = _known(rows, numbers), list(numbers.rows)
    last = [tuple(map(plain, row[: numbers.named])) for row in rows[len(rows) - len(known) :]]
    first = told.index(known[0]) if known else 0
    figures = (text for row in rows[1:] for text in row[numbers.named :])
    return known == last == told[first : first + len(known)] and all(
        _FIGURE.fullmatch(plain_figure(text)) for text in figures
    )


def _known(rows: Sequence[Sequence[str]], numbers: Numbers) -> list[tuple[str, ...]]:
    """The names of a table's rows, as texts, that are told now."""
    heads = [plain(text) for text in rows[0]]
    places = [heads.index(head) for head in numbers.heads[: numbers.named] if head in heads]
    names = (tuple(plain(row[place]) for place in places if place < len(row)) for row in rows[1:])
    return [name for name in names if name in numbers.rows]


def plain_figure(text: str) -> str:
    """A figure without what only directs it."""
    return re.sub("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text).strip()
