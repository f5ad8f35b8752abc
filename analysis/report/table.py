"""The numbers behind a card as one table, for workbooks, text files and readers who prefer rows to a picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from analysis.charts import combinations, countries, crossings, opinions, trend_words, wording
from analysis.charts.spec import ChartSpec, Form, Series, ValueFormat, Words
from analysis.disclosure import SUPPRESSED, Suppressed
from analysis.findings.battery import net_bounds
from analysis.findings.card import BatteryItem, Card, CardKind, Cell, Combinations, Opinions, Row
from analysis.findings.card import Column as Compared
from analysis.findings.crossing import axes, pairs
from analysis.findings.moves import Figure
from analysis.findings.trend import Trend

Value = str | float | Suppressed | None


class Unit(StrEnum):
    """How the values of a column are written."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    POINTS = "points"
    """A net value, in percentage points with its sign."""
    CHANGE = "change"
    """A difference of shares: as text with commas a fraction as they are, elsewhere in points with its sign."""
    DECIMAL = "decimal"
    EXACT = "exact"
    """A number with two decimals."""
    PROBABILITY = "probability"
    PART = "part"
    """Figures in words already: a share, exact or by fifths, or a part of a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its heading, its unit and a value for every row; None is an empty cell.

    old    its heading in files of version 0.1.0, where it was a share; "" for a column that they have not, None for one
           that is as it was
    units  of each value, where they differ; () for `unit`
    """

    head: str
    unit: Unit
    values: tuple[Value, ...]
    old: str | None = None
    units: tuple[Unit, ...] = ()

    def unit_at(self, row: int) -> Unit:
        """The unit of a value."""
        return self.units[row] if self.units else self.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns of equal length, in reading order."""

    columns: tuple[Column, ...]

    @property
    def rows(self) -> tuple[tuple[Value, ...], ...]:
        """The same values line by line."""
        return tuple(zip(*(column.values for column in self.columns), strict=True))


def new_heads(table: Table) -> frozenset[str]:
    """Headings that files of version 0.1.0 have not."""
    return frozenset(column.head for column in table.columns if column.old == "")


def as_of_old(table: Table) -> Table:
    """The table as version 0.1.0 wrote it: with other headings and units."""
    return Table(
        columns=tuple(
            column if column.old is None else replace(column, head=column.old, unit=Unit.SHARE, old=None)
            for column in table.columns
            if column.old != ""
        )
    )


def tabulate(card: Card, words: Words) -> Table:
    """Every figure of the card, suppressed ones as SUPPRESSED; open answers with their permission.

    Of a card that is set against another one, both figures of what they share; of one that tells which options were
    chosen together, the sets of options; of one that tells groups of opinion, the share of each on the sides told.
    """
    if card.against is not None:
        return Table(columns=_crossed(card, words))
    if card.opinions is not None:
        return Table(columns=_groups(card.opinions, words))
    if card.combinations is not None:
        return Table(columns=_combined(card, card.combinations, words))
    match card.kind:
        case CardKind.BATTERY:
            return Table(columns=_battery(card, words))
        case CardKind.TEXT:
            return Table(columns=_quotes(card, words))
        case _:
            return Table(columns=_rows(card, words))


def of_picture(spec: ChartSpec) -> Table:
    """The figures of a picture of who answered, and the text beside them; of a map those that are not zero."""
    if spec.form is Form.TILES:
        spec = countries.with_replies(spec)
    unit = Unit.SHARE if spec.value_format is ValueFormat.SHARE else Unit.COUNT
    return Table(
        columns=(
            _text(spec.axis, spec.categories),
            *(_figures(series.name, unit, _values(series)) for series in spec.series),
            *(_figures(side.title, Unit.PART, side.labels) for side in spec.sides),
        )
    )


def of_trend(found: Trend, words: Words) -> Table:
    """Every figure of two waves with its change, as the audience of the trend may see it."""
    changes = found.changes
    bounds = [each.bounds for each in changes]
    share = {Figure.SHARE: Unit.SHARE, Figure.FIRST: Unit.SHARE, Figure.NET: Unit.POINTS}
    values = [share.get(each.figure, Unit.EXACT) for each in changes]
    gaps = [Unit.CHANGE if unit is Unit.SHARE else unit for unit in values]
    figure, first_n, last_n, before, after, change, _interval, p, adjusted, size = trend_words.heads(found, words)

    def told(value: float | None, *behind: int | None) -> Value:
        return SUPPRESSED if value is None and 0 not in behind else value

    def mixed(head: str, units: Sequence[Unit], values: Sequence[Value]) -> Column:
        return Column(head=head, unit=Unit.EXACT, values=tuple(values), units=tuple(units))

    return Table(
        columns=(
            _text(figure, [trend_words.name_of(each, words) for each in changes]),
            *(
                _figures(head, Unit.COUNT, [SUPPRESSED if n is None else n for n in behind])
                for head, behind in (
                    (first_n, [each.first_n for each in changes]),
                    (last_n, [each.last_n for each in changes]),
                )
            ),
            mixed(before, values, [told(each.before, each.first_n) for each in changes]),
            mixed(after, values, [told(each.after, each.last_n) for each in changes]),
            mixed(change, gaps, [told(each.difference, each.first_n, each.last_n) for each in changes]),
            mixed(
                words.translate("Change, lower bound (95 %)"),
                gaps,
                [None if each is None else each.low for each in bounds],
            ),
            mixed(
                words.translate("Change, upper bound (95 %)"),
                gaps,
                [None if each is None else each.high for each in bounds],
            ),
            _figures(p, Unit.PROBABILITY, [each.p for each in changes]),
            _figures(adjusted, Unit.PROBABILITY, [each.adjusted for each in changes]),
            _figures(size, Unit.EXACT, [each.size for each in changes]),
        )
    )


def _values(series: Series) -> list[Value]:
    return [
        SUPPRESSED if value is None and wording.HIDDEN in label else value
        for value, label in zip(series.values, series.labels, strict=True)
    ]


def _rows(card: Card, words: Words) -> tuple[Column, ...]:
    rows = card.rows
    low, high = words.translate("Share, lower bound (95 %)"), words.translate("Share, upper bound (95 %)")
    if not card.at_level:
        low, high = words.translate("Share, lower bound"), words.translate("Share, upper bound")
    nobody = [card.base.answered == 0] * len(rows)
    columns = [
        _text(words.translate("Option"), [row.label for row in rows]),
        *_cells([row.cell for row in rows], words.translate("Count"), words.translate("Share"), nobody=nobody),
        _figures(low, Unit.SHARE, [row.cell.low for row in rows]),
        _figures(high, Unit.SHARE, [row.cell.high for row in rows]),
    ]
    if card.kind is CardKind.RANKING:
        columns += _first_places(rows, words, nobody=nobody)
    for column in card.columns:
        count = words.translate("{group}: count", group=column.label)
        share = words.translate("{group}: share", group=column.label)
        empty = [column.base.answered == 0] * len(rows)
        columns += _cells([row.by.get(column.code) for row in rows], count, share, nobody=empty)
        columns += _ranks_in(column, rows, words)
        if column.letter:
            head = words.translate("{group} ({letter}): higher than", group=column.label, letter=column.letter)
            columns.append(_text(head, [row.letters.get(column.code, "") for row in rows]))
    return tuple(columns)


def _ranks_in(column: Compared, rows: Sequence[Row], words: Words) -> list[Column]:
    """Mean ranks and first places of a ranking's items in one group of a comparison; [] for another card."""
    found = []
    if column.mean_ranks:
        ranks = [column.mean_ranks.get(row.code) for row in rows]
        found.append(_figures(words.translate("{group}: mean rank", group=column.label), Unit.DECIMAL, ranks))
    if column.firsts:
        count = words.translate("{group}: put first, count", group=column.label)
        share = words.translate("{group}: put first, share", group=column.label)
        nobody = [column.base.answered == 0] * len(rows)
        found += _cells([column.firsts.get(row.code) for row in rows], count, share, nobody=nobody)
    return [replace(each, old="") for each in found]


def _crossed(card: Card, words: Words) -> tuple[Column, ...]:
    found = pairs(card)
    heads = crossings.names(card, words)
    return (
        _text(words.translate("Option"), [each.label for each in found]),
        *(
            _figures(head, Unit.POINTS if of.kind is CardKind.BATTERY else Unit.SHARE, values)
            for of, head, values in zip(
                axes(card), heads, ([each.x for each in found], [each.y for each in found]), strict=True
            )
        ),
    )


def _groups(found: Opinions, words: Words) -> tuple[Column, ...]:
    """A row for each statement and the side of it that is told; shares may be fifths, and so are words."""
    statements = opinions.statements_told(found)
    return (
        _text(words.translate("Statement"), [each.label for each in statements]),
        _text(words.translate("Side"), [each.words for each in statements]),
        *(
            _figures(
                opinions.group_name(group, words),
                Unit.PART,
                [opinions.part(each.shares[at], words) for each in statements],
            )
            for at, group in enumerate(found.groups)
        ),
    )


def _combined(card: Card, found: Combinations, words: Words) -> tuple[Column, ...]:
    """A row for each set; its share is of everybody who answered, where that is told."""
    labels, n = {row.code: row.label for row in card.rows}, card.base.answered
    told = [each for each in found.told if set(each.codes) <= set(labels)]
    columns = [
        _text(words.translate("Combination"), [combinations.name_of(each, labels) for each in told]),
        _figures(words.translate("Count"), Unit.COUNT, [each.count for each in told]),
    ]
    if not isinstance(n, Suppressed) and n:
        columns.append(_figures(words.translate("Share"), Unit.SHARE, [each.count / n for each in told]))
    return tuple(columns)


def _first_places(rows: Sequence[Row], words: Words, *, nobody: Sequence[bool]) -> list[Column]:
    count, share = words.translate("Put first: count"), words.translate("Put first: share")
    return [
        _figures(words.translate("Mean rank"), Unit.DECIMAL, [row.mean_rank for row in rows]),
        *_cells([row.first for row in rows], count, share, nobody=nobody),
        *(
            column
            for number in range(2, max((len(row.places) for row in rows), default=0) + 1)
            for column in _cells(
                [row.places[number - 1] if row.places else None for row in rows],
                words.translate("Place {number}: count", number=wording.count(number, words)),
                words.translate("Place {number}: share", number=wording.count(number, words)),
                nobody=nobody,
            )
        ),
    ]


def _battery(card: Card, words: Words) -> tuple[Column, ...]:
    """One row per item, and per group of a comparison below it."""
    groups = ("", *(column.code for column in card.columns))
    names = {
        column.code: f"{column.label} ({column.letter})" if column.letter else column.label for column in card.columns
    }
    lines = [(item, group) for item in card.items for group in groups]
    whole = [None if group else item for item, group in lines]
    unanswered = [_nobody_in(item, group) for item, group in lines]
    columns = [_text(words.translate("Item"), [item.label for item, _ in lines])]
    if card.columns:
        everybody = words.translate("All")
        columns.append(_text(words.translate("Group"), [names.get(group, everybody) for _, group in lines]))
    columns += [
        _figures("n", Unit.COUNT, [item.base.answered if item else None for item in whole]),
        *(
            replace(
                _figures(title, Unit.COUNT, [item.base.missing.get(cause) if item else None for item in whole]),
                old=None if cause == "dont_know" else "",
            )
            for cause, title in wording.without_answer(words).items()
            if cause == "dont_know" or any(cause in item.base.missing for item in card.items)
        ),
        *_nets(whole, words),
        _figures(words.translate("Mean"), Unit.DECIMAL, [item.mean if item else None for item in whole]),
    ]
    for code, label in card.scale:
        count = words.translate("{group}: count", group=label)
        share = words.translate("{group}: share", group=label)
        columns += _cells([_cell(item, code, group) for item, group in lines], count, share, nobody=unanswered)
        if any(column.letter for column in card.columns):
            head = words.translate("{group}: higher than", group=label)
            columns.append(_text(head, [_letters(item, code, group) for item, group in lines]))
    return tuple(columns)


def _nets(items: Sequence[BatteryItem | None], words: Words) -> list[Column]:
    """Net values with their bounds, where any has them."""
    bounds = [net_bounds(item) if item else None for item in items]
    columns = [
        replace(
            _figures(
                words.translate("Net, percentage points"), Unit.POINTS, [item.net if item else None for item in items]
            ),
            old=words.translate("Net"),
        )
    ]
    if any(bounds):
        low, high = (
            [None if each is None else each.low for each in bounds],
            [None if each is None else each.high for each in bounds],
        )
        columns += [
            replace(_figures(words.translate("Net, lower bound (95 %)"), Unit.POINTS, low), old=""),
            replace(_figures(words.translate("Net, upper bound (95 %)"), Unit.POINTS, high), old=""),
        ]
    return columns


def _letters(item: BatteryItem, code: str, group: str) -> str:
    row = next((row for row in item.rows if row.code == code), None)
    return row.letters.get(group, "") if row else ""


def _cell(item: BatteryItem, code: str, group: str) -> Cell | None:
    row = next((row for row in item.rows if row.code == code), None)
    if row is None:
        return None
    return row.by.get(group) if group else row.cell


def _nobody_in(item: BatteryItem, group: str) -> bool:
    """Whether nobody of a group answered an item; whoever did stands in one of its cells."""
    if not group:
        return item.base.answered == 0
    return not any(row.by[group].count for row in item.rows if group in row.by)


def _quotes(card: Card, words: Words) -> tuple[Column, ...]:
    return (
        _text(words.translate("Answer"), [quote.text for quote in card.quotes]),
        _text(words.translate("By"), [quote.attribution for quote in card.quotes]),
        _text(words.translate("Region"), [quote.region for quote in card.quotes]),
        _text(words.translate("Language"), [quote.language for quote in card.quotes]),
        _text(words.translate("Publication"), [wording.permission(quote.permission, words) for quote in card.quotes]),
    )


def _text(head: str, values: Sequence[str]) -> Column:
    return Column(head=head, unit=Unit.TEXT, values=tuple(values))


def _figures(head: str, unit: Unit, values: Sequence[Value]) -> Column:
    return Column(head=head, unit=unit, values=tuple(values))


def _cells(cells: Sequence[Cell | None], count: str, share: str, *, nobody: Sequence[bool]) -> list[Column]:
    """Counts and shares; nobody  for each, whether nobody answered, for of no answers there is no share."""
    shares = [cell.share if cell and not empty else None for cell, empty in zip(cells, nobody, strict=True)]
    return [
        _figures(count, Unit.COUNT, [cell.count if cell else None for cell in cells]),
        _figures(share, Unit.SHARE, shares),
    ]


def written(value: Value, unit: Unit, words: Words) -> str:
    """A value as a reader of the language sees it; "" for an empty cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    match unit:
        case Unit.SHARE:
            return wording.share(value, words)
        case Unit.POINTS | Unit.CHANGE:
            return wording.points(value, words)
        case Unit.DECIMAL:
            return wording.decimal(value, words)
        case _:
            return wording.count(value if isinstance(value, Suppressed) else round(value), words)
