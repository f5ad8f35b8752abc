"""The forms that a reader may choose instead of a card's first one: by group, dumbbell, intervals, places in a ranking.

Figures are those that the card shows; what is worked out here (a net value by group, a difference, who ranked an item
but not first) rests on shown figures only, and is hidden when one of them is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.charts import palette, wording
from analysis.charts.description import (
    NOTHING,
    arranged,
    best_first,
    cell_label,
    described,
    folded,
    headed,
    item_cell,
    leading_options,
    lettered,
    reach_of,
    share_measure,
    shown_values,
)
from analysis.charts.spec import ChartSpec, Form, Role, Series, Side, ValueFormat, Words
from analysis.disclosure import SUPPRESSED, Suppressed
from analysis.findings.battery import net_bounds, net_of_group
from analysis.findings.card import BatteryItem, Card, CardKind, Cell, Column, Figure, Row
from analysis.findings.method import Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """Figures by category and group.

    groups          names with n
    values, labels  of each category, one for each group; a group in which nobody answered has no value and a dash
    whole           values and labels of all together
    """

    categories: tuple[str, ...]
    groups: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    labels: tuple[tuple[str, ...], ...]
    whole: tuple[tuple[float | None, ...], tuple[str, ...]]
    measure: str = ""
    value_format: ValueFormat = ValueFormat.SHARE

    @property
    def known(self) -> list[float]:
        """Every value that is shown."""
        return [value for line in (*self.values, self.whole[0]) for value in line if value is not None]

    @property
    def ends(self) -> tuple[float, float]:
        """The axis of values: from 0 for shares, to both sides for net values that lie on both."""
        if self.value_format is ValueFormat.SHARE:
            return 0.0, reach_of(self.known)
        reach = reach_of(abs(value) for value in self.known)
        return -reach, reach


def by_group(card: Card, form: Form, words: Words) -> ChartSpec:
    """Categories by groups, all together first: shares, or the net values of a battery."""
    grid = _grid(card, words)
    minimum, maximum = grid.ends
    everybody = f"{words.translate('All')} (n\u00a0=\u00a0{wording.count(card.base.answered, words)})"
    whole = Series(name=everybody, values=grid.whole[0], labels=grid.whole[1], role=Role.GROUP)
    columns = [
        Series(
            name=name,
            values=tuple(line[place] for line in grid.values),
            labels=tuple(line[place] for line in grid.labels),
            role=Role.GROUP,
        )
        for place, name in enumerate(grid.groups)
    ]
    return described(
        card,
        words,
        form=form,
        categories=grid.categories,
        series=(whole, *columns),
        minimum=minimum,
        maximum=maximum,
        measure=grid.measure,
        value_format=grid.value_format,
        more_notes=(words.translate("Line across each bar: all together."),) if form is Form.MULTIPLES else (),
        leading=_highest_cells(grid, card.columns, words),
    )


def dumbbell(card: Card, words: Words) -> ChartSpec:
    """Two groups on one line for each category; of more groups the lowest and the highest, named after the category."""
    grid = _grid(card, words)
    two = len(card.columns) == 2
    lines = []
    for category, values, labels in zip(grid.categories, grid.values, grid.labels, strict=True):
        ends = (0, 1) if two else _lowest_and_highest(values)
        lines.append(
            (category if two or ends is None else _between(category, ends, card.columns), ends, values, labels)
        )
    hidden = wording.hidden(words)
    sides = [
        Series(
            name=grid.groups[number] if two else name,
            values=tuple(values[ends[number]] if ends else None for _, ends, values, _ in lines),
            labels=tuple(
                labels[ends[number]] if ends else hidden if hidden in labels else wording.NOTHING
                for _, ends, _, labels in lines
            ),
            role=Role.GROUP,
        )
        for number, name in enumerate((words.translate("Lowest group"), words.translate("Highest group")))
    ]
    gaps = tuple(gap(low, high, words) for low, high in zip(sides[0].values, sides[1].values, strict=True))
    left_out = not two and any(hidden in labels for labels in grid.labels)
    minimum, maximum = grid.ends
    return described(
        card,
        words,
        form=Form.DUMBBELL,
        categories=tuple(category for category, _, _, _ in lines),
        series=tuple(sides),
        minimum=minimum,
        maximum=maximum,
        measure=grid.measure,
        value_format=grid.value_format,
        sides=(Side(title=words.translate("Difference"), labels=gaps),),
        more_notes=(words.translate("Lowest and highest of the groups that are shown."),) if left_out else (),
        leading=widest_gaps(sides, [category for category, _, _, _ in lines], words),
    )


def intervals(card: Card, words: Words) -> ChartSpec:
    """One point per option with its interval."""
    shown = folded(arranged(card), card, words)
    cells = [row.cell for row in shown.rows]
    low, high = ([_bound(cell, end) for cell in cells] for end in ("low", "high"))
    values = shown_values(cells)
    return described(
        card,
        words,
        form=Form.INTERVALS,
        categories=tuple(row.label for row in shown.rows),
        series=(
            Series(
                name=share_measure(card, words),
                values=values,
                labels=tuple(cell_label(cell, card.base.answered, words) for cell in cells),
                low=tuple(low),
                high=tuple(high),
            ),
        ),
        maximum=reach_of((*values, *high)),
        sides=(
            Side(
                title=_level(card, words),
                labels=tuple(_range(*ends, words) for ends in zip(low, high, strict=True)),
            ),
        ),
        more_notes=shown.notes,
        leading=leading_options(card.rows, words, (row.cell.share for row in card.rows)),
    )


def net_intervals(card: Card, words: Words) -> ChartSpec:
    """One point for each item of a battery, its net value, with its interval; best first."""
    items = best_first(card.items)
    values, labels = _net_column(items, words)
    bounds = [net_bounds(item) for item in items]
    low, high = (
        tuple(None if each is None else each.low for each in bounds),
        tuple(None if each is None else each.high for each in bounds),
    )
    known = [abs(value) for value in (*values, *low, *high) if value is not None]
    is_split = any(value < 0 for value in (*values, *low) if value is not None)
    reach = reach_of(known)
    ends = tuple(_net_range(each, words) for each in bounds)
    return described(
        card,
        words,
        form=Form.INTERVALS,
        categories=tuple(item.label for item in items),
        series=(
            Series(name=words.translate("Net"), values=values, labels=labels, role=Role.ACCENT, low=low, high=high),
        ),
        minimum=-reach if is_split else 0.0,
        maximum=reach,
        measure=words.translate("Net value, in percentage points"),
        value_format=ValueFormat.NET,
        sides=(Side(title=wording.figures_in_order("95\u00a0%", words), labels=ends),),
        leading=_ends_of(items, words),
    )


def nets_told_with_bounds(spec: ChartSpec, card: Card, words: Words) -> ChartSpec:
    """Bars of a battery whose net values stand beside them, with the bounds of each behind it."""
    bounds = [net_bounds(item) for item in best_first(card.items)]  # labels may be alike
    title = words.translate("Net")
    sides = tuple(
        replace(
            side,
            labels=tuple(
                label if each is None else f"{label} ({_net_range(each, words)})"
                for each, label in zip(bounds, side.labels, strict=True)
            ),
        )
        if side.title == title
        else side
        for side in spec.sides
    )
    told = words.translate("In brackets behind a net value: its interval at 95 %.")
    return replace(spec, sides=sides, note=wording.sentences((told, spec.note)))


def _net_range(bounds: Bounds | None, words: Words) -> str:
    if bounds is None:
        return wording.NOTHING
    return f"{wording.points(bounds.low, words)}\u00a0– {wording.points(bounds.high, words)}"


def _ends_of(items: Sequence[BatteryItem], words: Words) -> str:
    """The highest three net values, as a sentence."""
    known = [item for item in items if not isinstance(item.net, Suppressed) and item.net is not None][:3]
    told = [f"{item.label} {wording.points(item.net, words)}" for item in known]
    return words.translate("Highest: {figures}.", figures=wording.listing(told, words)) if told else ""


def with_intervals(spec: ChartSpec, card: Card, words: Words) -> ChartSpec:
    """Plain bars with the bounds of each, and beside them as text; options put together have none."""
    cells = [row.cell for row in folded(arranged(card), card, words).rows]  # labels may be alike
    (series,) = spec.series
    low, high = (tuple(_bound(cell, end) for cell in cells) for end in ("low", "high"))
    ranges = tuple(_range(*ends, words) for ends in zip(low, high, strict=True))
    told = words.translate("Line across the end of each bar: the interval at 95 %.")
    if not card.at_level:
        told = words.translate("Line across the end of each bar: the bounds of the share.")
    return replace(
        spec,
        series=(replace(series, low=low, high=high),),
        maximum=reach_of((*series.values, *high)),
        sides=(*spec.sides, Side(title=_level(card, words), labels=ranges)),
        note=wording.sentences((told, spec.note)),
    )


def _bound(cell: Cell, end: str) -> float | None:
    bound: Figure | None = getattr(cell, end)
    return None if _value(cell.share) is None else _value(bound)


def _level(card: Card, words: Words) -> str:
    """What stands over the bounds of shares."""
    return wording.figures_in_order("95\u00a0%", words) if card.at_level else words.translate("Bounds")


def _range(low: float | None, high: float | None, words: Words) -> str:
    if low is None or high is None:
        return wording.NOTHING
    return f"{wording.share(low, words)}\u00a0– {wording.share(high, words)}"


def table(card: Card, words: Words) -> ChartSpec:
    """The figures of all in view as rows and columns, in the order of the card's first chart."""
    if card.kind is CardKind.BATTERY:
        is_ordered = any(item.net is not None for item in card.items)
        items = best_first(card.items) if is_ordered else card.items
        names, series, leading = tuple(item.label for item in items), _columns_of_items(card, items, words), ""
    elif card.kind is CardKind.RANKING:
        rows = sorted(card.rows, key=lambda row: _known(row.mean_rank, math.inf))
        names, series, leading = tuple(row.label for row in rows), _columns_of_ranks(rows, words), ""
    else:
        rows = list(card.rows if card.kind is CardKind.NUMBER else arranged(card))
        names, series = tuple(_row_name(row, card, words) for row in rows), _columns_of_options(card, rows, words)
        leading = leading_options(rows, words, (row.cell.share for row in rows))
    return described(card, words, form=Form.TABLE, categories=names, series=series, maximum=1.0, leading=leading)


def _columns_of_options(card: Card, rows: Sequence[Row], words: Words) -> tuple[Series, ...]:
    cells = [row.cell for row in rows]
    values, labels = shown_values(cells), tuple(wording.share(cell.share, words) for cell in cells)
    low, high = ([_bound(cell, end) for cell in cells] for end in ("low", "high"))
    counts = tuple(None if isinstance(cell.count, Suppressed) else float(cell.count) for cell in cells)
    return (
        _column(words.translate("Count"), counts, [wording.count(cell.count, words) for cell in cells]),
        _column(words.translate("Share"), values, labels),
        _column(
            _level(card, words),
            low,
            [_range(*ends, words) for ends in zip(low, high, strict=True)],
        ),
    )


def _columns_of_ranks(rows: Sequence[Row], words: Words) -> tuple[Series, ...]:
    ranked = [row.cell.share for row in rows]
    first = [row.first.share if row.first else None for row in rows]
    return (
        _column(
            words.translate("Mean rank"),
            [_value(row.mean_rank) for row in rows],
            [wording.decimal(row.mean_rank, words) for row in rows],
        ),
        _column(
            words.translate("Put first"),
            [_value(share) for share in first],
            [wording.NOTHING if share is None else wording.share(share, words) for share in first],
        ),
        _column(
            words.translate("Ranked"),
            [_value(share) for share in ranked],
            [wording.share(share, words) for share in ranked],
        ),
    )


def _columns_of_items(card: Card, items: Sequence[BatteryItem], words: Words) -> tuple[Series, ...]:
    found = []
    for code, label in card.scale:
        cells = [item_cell(item, code) for item in items]
        found.append(_column(label, shown_values(cells), [wording.share(cell.share, words) for cell in cells]))
    if any(item.net is not None for item in items):
        found.append(_column(words.translate("Net"), *_net_column(items, words)))
    sizes = [item.base.answered for item in items]
    known = [None if isinstance(size, Suppressed) else float(size) for size in sizes]
    return (*found, _column("n", known, [wording.count(size, words) for size in sizes]))


def _column(name: str, values: Sequence[float | None], labels: Sequence[str]) -> Series:
    return Series(name=name, values=tuple(values), labels=tuple(labels), role=Role.GROUP)


def rank_places(card: Card, words: Words) -> ChartSpec:
    """One bar of 100 % for each item of a ranking, best mean rank first: every place that it was given, not ranked.

    Places beyond MOST_PLACES stand together. A card that was kept without places tells the first and all others.
    """
    rows = sorted(card.rows, key=lambda row: (_known(row.mean_rank, math.inf), -_known(_first(row))))
    names, parts = _all_places(rows, words) if all(row.places for row in rows) else _first_places(rows, words)
    series = tuple(
        Series(
            name=name,
            values=tuple(_value(part[number]) for part in parts),
            labels=tuple(wording.share(part[number], words) for part in parts),
            role=Role.PLACE,
        )
        for number, name in enumerate(names)
    )
    return described(
        card,
        words,
        form=Form.STACKED,
        categories=tuple(row.label for row in rows),
        series=series,
        maximum=1.0,
        leading=leading_options(rows, words, [_first(row) for row in rows]),
    )


MOST_PLACES = len(palette.STEPS)


def _first(row: Row) -> Figure:
    return row.first.share if row.first else SUPPRESSED


def _all_places(rows: Sequence[Row], words: Words) -> tuple[tuple[str, ...], list[tuple[Figure, ...]]]:
    count = max((len(row.places) for row in rows), default=0)
    alone = count if count <= MOST_PLACES else MOST_PLACES - 1
    names = [words.translate("Place {number}", number=wording.count(number + 1, words)) for number in range(alone)]
    if alone < count:
        names.append(words.translate("Place {number} or lower", number=wording.count(alone + 1, words)))
    return (*names, words.translate("Not ranked")), [_parts(row, alone) for row in rows]


def _parts(row: Row, alone: int) -> tuple[Figure, ...]:
    shares = [cell.share for cell in row.places]
    lower = [share for share in shares[alone:] if not isinstance(share, Suppressed)]
    together = (sum(lower) if len(lower) == len(shares) - alone else SUPPRESSED,) if len(shares) > alone else ()
    return (*shares[:alone], *together, _unranked(row))


def _unranked(row: Row) -> Figure:
    return SUPPRESSED if isinstance(row.cell.share, Suppressed) else 1 - row.cell.share


def _first_places(rows: Sequence[Row], words: Words) -> tuple[tuple[str, ...], list[tuple[Figure, ...]]]:
    names = (words.translate("Put first"), words.translate("Ranked, but not first"), words.translate("Not ranked"))
    return names, [_first_and_lower(row) for row in rows]


def _first_and_lower(row: Row) -> tuple[Figure, Figure, Figure]:
    first = _first(row)
    ranked = row.cell.share
    lower = SUPPRESSED if isinstance(first, Suppressed) or isinstance(ranked, Suppressed) else max(0.0, ranked - first)
    return first, lower, _unranked(row)


def _grid(card: Card, words: Words) -> _Grid:
    return _nets(card, words) if card.kind is CardKind.BATTERY else _shares(card, words)


def _shares(card: Card, words: Words) -> _Grid:
    rows = card.rows if card.kind is CardKind.NUMBER else arranged(card)
    values, labels = [], []
    for row in rows:
        cells = [(column, row.by.get(column.code, NOTHING)) for column in card.columns]
        values.append(tuple(None if column.base.answered == 0 else shown_values([cell])[0] for column, cell in cells))
        labels.append(tuple(_share_label(cell, row, column, words) for column, cell in cells))
    whole = [row.cell for row in rows]
    return _Grid(
        categories=tuple(
            wording.figures_in_order(r.label, words) if card.kind is CardKind.NUMBER else r.label for r in rows
        ),
        groups=_group_names(card.columns, words),
        values=tuple(values),
        labels=tuple(labels),
        whole=(shown_values(whole), tuple(cell_label(cell, card.base.answered, words) for cell in whole)),
    )


def _row_name(row: Row, card: Card, words: Words) -> str:
    return wording.figures_in_order(row.label, words) if card.kind is CardKind.NUMBER else row.label


def _share_label(cell: Cell, row: Row, column: Column, words: Words) -> str:
    if column.base.answered == 0:
        return wording.NOTHING
    return lettered(cell_label(cell, column.base.answered, words), row, column)


def _nets(card: Card, words: Words) -> _Grid:
    """Items by groups, best net value of all together first."""
    items = best_first(card.items)
    found = [[net_of_group(item, column.code) for column in card.columns] for item in items]
    return _Grid(
        categories=tuple(item.label for item in items),
        groups=_group_names(card.columns, words),
        values=tuple(tuple(_value(net) for net in line) for line in found),
        labels=tuple(tuple(wording.points(net, words) for net in line) for line in found),
        whole=_net_column(items, words),
        measure=words.translate("Net value, in percentage points"),
        value_format=ValueFormat.NET,
    )


def _net_column(items: Sequence[BatteryItem], words: Words) -> tuple[tuple[float | None, ...], tuple[str, ...]]:
    return tuple(_value(item.net) for item in items), tuple(wording.points(item.net, words) for item in items)


def _group_names(columns: Sequence[Column], words: Words) -> tuple[str, ...]:
    return tuple(f"{headed(each)} (n\u00a0=\u00a0{wording.count(each.base.answered, words)})" for each in columns)


def _lowest_and_highest(values: Sequence[float | None]) -> tuple[int, int] | None:
    """Places of the lowest and the highest value that is shown; None below two."""
    known = [(value, place) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    return min(known)[1], max(known, key=lambda pair: (pair[0], -pair[1]))[1]


def _between(category: str, ends: tuple[int, int], columns: Sequence[Column]) -> str:
    if ends[0] == ends[1]:  # all the same
        return category
    return f"{category} ({columns[ends[0]].label}\u00a0– {columns[ends[1]].label})"


def gap(first: float | None, second: float | None, words: Words) -> str:
    """The difference of two figures as they are printed, so that a reader who subtracts them agrees."""
    if first is None or second is None:
        return wording.NOTHING
    return wording.points(wording.whole_percent(second) - wording.whole_percent(first), words)


def widest_gaps(sides: Sequence[Series], categories: Sequence[str], words: Words) -> str:
    """The three categories in which the two figures lie furthest apart, as a sentence."""
    found = []
    for place, category in enumerate(categories):
        low, high = sides[0].values[place], sides[1].values[place]
        if low is not None and high is not None:
            told = f"{category} {sides[0].labels[place]}\u00a0– {sides[1].labels[place]}"
            found.append((-abs(high - low), place, told))
    figures = [told for _, _, told in sorted(found)[:3]]
    return words.translate("Furthest apart: {figures}.", figures=words.listed(figures)) if figures else ""


def _highest_cells(grid: _Grid, columns: Sequence[Column], words: Words) -> str:
    """The three highest figures of all groups, as a sentence."""
    cells = [
        (-value, row, place)
        for row, line in enumerate(grid.values)
        for place, value in enumerate(line)
        if value is not None
    ]
    figures = [
        f"{grid.categories[row]} ({columns[place].label}) {grid.labels[row][place]}"
        for _, row, place in sorted(cells)[:3]
    ]
    return words.translate("Highest: {figures}.", figures=wording.listing(figures, words)) if figures else ""


def _value(figure: Figure | None) -> float | None:
    return None if isinstance(figure, Suppressed) else figure


def _known(figure: Figure | None, otherwise: float = -1.0) -> float:
    return otherwise if figure is None or isinstance(figure, Suppressed) else figure
