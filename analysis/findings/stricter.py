"""One card that shows no more than either of two: of the same question, made for two audiences or at two moments."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from analysis.disclosure import SUPPRESSED, Suppressed
from analysis.findings.card import Base, BatteryItem, Card, Cell, Column, Combinations, Count, Figure, Row

_HIDDEN = Cell(count=SUPPRESSED, share=SUPPRESSED, low=SUPPRESSED, high=SUPPRESSED)
_Value = TypeVar("_Value", Count, Figure, Count | None, Figure | None)


def stricter(card: Card, other: Card) -> Card:
    """The card with everything hidden that the other hides, or does not have.

    What a method added rests on all figures, so it goes where any figure is hidden that it may have been made of; so
    does the badge of robustness.
    """
    rows = {row.code: row for row in other.rows}
    items = {item.name: item for item in other.items}
    columns = {column.code: column for column in other.columns}
    found = replace(
        card,
        base=_base(card.base, other.base),
        columns=tuple(_column(each, columns.get(each.code)) for each in card.columns),
        rows=tuple(_row(row, rows.get(row.code)) for row in card.rows),
        items=tuple(_item(item, items.get(item.name)) for item in card.items),
        mean=_figure(card.mean, other.mean),
        median=_figure(card.median, other.median),
        combinations=_combinations(card.combinations, other.combinations),
        against=None if card.against is None or other.against is None else stricter(card.against, other.against),
    )
    if found == card:
        return card
    return replace(
        found,
        statistics=None,
        robustness=None,
        columns=tuple(replace(each, letter="") for each in found.columns),
        rows=tuple(replace(row, letters={}, mean_rank_bounds=None) for row in found.rows),
        items=tuple(replace(item, rows=tuple(replace(row, letters={}) for row in item.rows)) for item in found.items),
    )


def is_hidden_whole(card: Card) -> bool:
    """True when no figure of the answers is left: neither how many answered nor any count."""
    bases = (card.base, *(item.base for item in card.items))
    counts = [row.cell.count for row in (*card.rows, *(row for item in card.items for row in item.rows))]
    return all(isinstance(each, Suppressed) for each in (*(base.answered for base in bases), *counts))


def same_figures(card: Card, other: Card) -> bool:
    """True when both show the same figures and hide the same ones, whatever their words, source and badge say."""
    if not all(row.places for row in card.rows) or not all(row.places for row in other.rows):
        card, other = _without_places(card), _without_places(other)  # one of them was kept before cards had them
    if not _describes_groups(card) or not _describes_groups(other):  # likewise
        card, other = _without_groups(card), _without_groups(other)
    return _figures_of(card) == _figures_of(other)


def _describes_groups(card: Card) -> bool:
    """Whether the card tells more of its groups than how many replies chose what."""
    return any(each.mean is not None or each.firsts for each in card.columns)


def _without_groups(card: Card) -> Card:
    """The card without means, medians and first places by group."""
    columns = tuple(replace(each, mean=None, median=None, firsts={}) for each in card.columns)
    return replace(card, columns=columns)


def _without_places(card: Card) -> Card:
    """The card without the places of a ranking after the first."""
    return replace(card, rows=tuple(replace(row, places=()) for row in card.rows))


def _figures_of(card: Card) -> object:
    def cells(found: Mapping[str, Cell]) -> object:
        return tuple(sorted((code, _cell_key(cell)) for code, cell in found.items()))

    def row(each: Row) -> object:
        first = None if each.first is None else _cell_key(each.first)
        places = tuple(_cell_key(cell) for cell in each.places)
        return each.code, _cell_key(each.cell), cells(each.by), repr(each.mean_rank), first, places

    def base(each: Base) -> object:
        return each.replies, each.answered, sorted(each.missing.items(), key=str)

    return (
        base(card.base),
        [(each.code, base(each.base), repr(each.mean), repr(each.median), cells(each.firsts)) for each in card.columns],
        [row(each) for each in card.rows],
        [
            (item.name, base(item.base), [row(each) for each in item.rows], repr(item.net), repr(item.mean))
            for item in card.items
        ],
        repr(card.mean),
        repr(card.median),
        repr(card.combinations),
        None if card.against is None else _figures_of(card.against),
    )


def _cell_key(cell: Cell) -> object:
    return repr((cell.count, cell.share))


def _figure(value: _Value, other: object) -> _Value:
    return SUPPRESSED if value is not None and isinstance(other, Suppressed) else value


def _base(base: Base, other: Base | None) -> Base:
    if other is None:
        return Base(replies=SUPPRESSED, answered=SUPPRESSED, missing=dict.fromkeys(base.missing, SUPPRESSED))
    # A cause that the other does not name had nobody there.
    missing: Mapping[str, Count] = {
        cause: _figure(count, other.missing.get(cause)) for cause, count in base.missing.items()
    }
    return Base(
        replies=_figure(base.replies, other.replies), answered=_figure(base.answered, other.answered), missing=missing
    )


def _cell(cell: Cell, other: Cell | None) -> Cell:
    if other is None:
        return _HIDDEN
    return replace(
        cell,
        count=_figure(cell.count, other.count),
        share=_figure(cell.share, other.share),
        low=_figure(cell.low, other.low),
        high=_figure(cell.high, other.high),
    )


def _combinations(found: Combinations | None, other: Combinations | None) -> Combinations | None:
    """The sets that both list; what is left of the replies follows from n, where it is told at all."""
    if found is None or other is None:
        return None
    known = {each.codes for each in other.told}
    told = tuple(each for each in found.told if each.codes in known)
    dropped = sum(each.count for each in found.told) - sum(each.count for each in told)
    rest = SUPPRESSED if isinstance(other.replies, Suppressed) else found.replies
    return Combinations(
        told=told,
        others=None if other.others is None or dropped else found.others,
        replies=rest if isinstance(rest, Suppressed) else rest + dropped,
    )


def _column(column: Column, other: Column | None) -> Column:
    return replace(
        column,
        base=_base(column.base, None if other is None else other.base),
        mean=None if other is None or other.mean is None else _figure(column.mean, other.mean),
        median=None if other is None or other.median is None else _figure(column.median, other.median),
        mean_ranks={},  # nobody but an internal reader sees them
        firsts={}
        if other is None or not other.firsts
        else {code: _cell(cell, other.firsts.get(code)) for code, cell in column.firsts.items()},
    )


def _row(row: Row, other: Row | None) -> Row:
    theirs: Mapping[str, Cell] = {} if other is None else other.by
    first = None if row.first is None else _cell(row.first, None if other is None else other.first)
    return replace(
        row,
        cell=_cell(row.cell, None if other is None else other.cell),
        by={code: _cell(cell, theirs.get(code)) for code, cell in row.by.items()},
        mean_rank=_figure(row.mean_rank, SUPPRESSED if other is None else other.mean_rank),
        first=first,
        places=tuple(map(_cell, row.places, other.places)) if other is not None else (),
    )


def _item(item: BatteryItem, other: BatteryItem | None) -> BatteryItem:
    rows = {} if other is None else {row.code: row for row in other.rows}
    return replace(
        item,
        base=_base(item.base, None if other is None else other.base),
        rows=tuple(_row(row, rows.get(row.code)) for row in item.rows),
        net=_figure(item.net, SUPPRESSED if other is None else other.net),
        mean=_figure(item.mean, SUPPRESSED if other is None else other.mean),
    )
