"""The numbers behind a card as one table, for workbooks, text files and readers who prefer rows to a picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from analysis.charts import combinations, crossings, opinions, wording
from analysis.charts.spec import Words
from analysis.disclosure import Suppressed
from analysis.findings.battery import net_bounds
from analysis.findings.card import BatteryItem, Card, CardKind, Cell, Combinations, Opinions, Row
from analysis.findings.card import Column as Compared
from analysis.findings.crossing import axes, pairs

Value = str | float | Suppressed | None


class Unit(StrEnum):
    """How the values of a column are written."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    POINTS = "points"
    """A difference of shares, in percentage points with its sign."""
    DECIMAL = "decimal"
    PART = "part"
    """A share in words already: exact, or by fifths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its heading, its unit and a value for every row; None is an empty cell.

    old  its heading in files of version 0.1.0, where it was a share; "" for a column that they have not, None for one
         that is as it was
    """

    head: str
    unit: Unit
    values: tuple[Value, ...]
    old: str | None = None


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


def _rows(card: Card, words: Words) -> tuple[Column, ...]:
    rows = card.rows
    columns = [
        _text(words.translate("Option"), [row.label for row in rows]),
        *_cells([row.cell for row in rows], words.translate("Count"), words.translate("Share")),
        _figures(words.translate("Share, lower bound (95 %)"), Unit.SHARE, [row.cell.low for row in rows]),
        _figures(words.translate("Share, upper bound (95 %)"), Unit.SHARE, [row.cell.high for row in rows]),
    ]
    if card.kind is CardKind.RANKING:
        columns += _first_places(rows, words)
    for column in card.columns:
        count = words.translate("{group}: count", group=column.label)
        share = words.translate("{group}: share", group=column.label)
        columns += _cells([row.by.get(column.code) for row in rows], count, share)
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
        found += _cells([column.firsts.get(row.code) for row in rows], count, share)
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


def _first_places(rows: Sequence[Row], words: Words) -> list[Column]:
    return [
        _figures(words.translate("Mean rank"), Unit.DECIMAL, [row.mean_rank for row in rows]),
        *_cells([row.first for row in rows], words.translate("Put first: count"), words.translate("Put first: share")),
        *(
            column
            for number in range(2, max((len(row.places) for row in rows), default=0) + 1)
            for column in _cells(
                [row.places[number - 1] if row.places else None for row in rows],
                words.translate("Place {number}: count", number=wording.count(number, words)),
                words.translate("Place {number}: share", number=wording.count(number, words)),
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
    columns = [_text(words.translate("Item"), [item.label for item, _ in lines])]
    if card.columns:
        everybody = words.translate("All")
        columns.append(_text(words.translate("Group"), [names.get(group, everybody) for _, group in lines]))
    columns += [
        _figures("n", Unit.COUNT, [item.base.answered if item else None for item in whole]),
        _figures(
            words.translate("Don't know"),
            Unit.COUNT,
            [item.base.missing.get("dont_know") if item else None for item in whole],
        ),
        *_nets(whole, words),
        _figures(words.translate("Mean"), Unit.DECIMAL, [item.mean if item else None for item in whole]),
    ]
    for code, label in card.scale:
        count = words.translate("{group}: count", group=label)
        share = words.translate("{group}: share", group=label)
        columns += _cells([_cell(item, code, group) for item, group in lines], count, share)
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


def _cells(cells: Sequence[Cell | None], count: str, share: str) -> list[Column]:
    return [
        _figures(count, Unit.COUNT, [cell.count if cell else None for cell in cells]),
        _figures(share, Unit.SHARE, [cell.share if cell else None for cell in cells]),
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
        case Unit.POINTS:
            return wording.points(value, words)
        case Unit.DECIMAL:
            return wording.decimal(value, words)
        case _:
            return wording.count(value if isinstance(value, Suppressed) else round(value), words)
