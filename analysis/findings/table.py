"""A card as plain JSON values: what `python -m analysis table` prints and a test or another program reads."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import asdict
from typing import Any

from analysis.disclosure import Suppressed
from analysis.findings.battery import net_bounds
from analysis.findings.card import Base, BatteryItem, Card, CardKind, Cell, Column, Row, Source
from analysis.findings.estimates import Estimates, PartEstimate
from analysis.findings.opinions import Band, Opinions, Part, Statement


def table_document(card: Card, snapshot: str) -> dict[str, Any]:
    """The card as a dict of strings, numbers, lists and None, ready for json.dumps.

    snapshot   the SHA-256 of the data, in full.
    base       replies in view; asked = replies without not_asked; n = valid answers; missing cause -> count.
    rows       one per option with code, label, count, share, low, high and, in a comparison, by: column code ->
               {count, share}; a ranking adds mean_rank, first and places (who put it first, second, ...). A battery has
               one row per item and scale point and an entry per item in "items". A text question has "quotes" instead.
               A weighted share has its standard_error too.
    columns    of a comparison, with its base; of a number also mean and median, their bounds under a method, and the
               letters of means; of a ranking mean_ranks and firsts by item, the former in internal figures only.
    method     in a card that a method was chosen for: what was chosen, the report on weights, bounds, tests, orders;
               rows of a comparison then have letters: column code -> letters, and columns a letter.
    A figure that this audience may not see is None, and its row says "suppressed": true; a share of nobody is None.
    A weighted share whose effective n is below 2 has low and high None.
    """
    document: dict[str, Any] = {
        "consultation": card.source.consultation,
        "question": card.question,
        "label": card.label,
        "kind": card.kind.value,
        "language": card.language,
        "by": card.by,
        "filters": {name: list(codes) for name, codes in card.filters.items()},
        **_base(card.base),
        "rows": _rows(card),
        "audience": card.audience.value,
        "fictional": card.source.fictional,
        "as_of": card.source.as_of.isoformat(),
        "snapshot": snapshot,
    }
    if card.by:
        document["columns"] = [
            {
                "code": column.code,
                "label": column.label,
                **({"letter": column.letter} if column.letter else {}),
                **_base(column.base),
                **_described(card, column),
            }
            for column in card.columns
        ]
    if card.statistics is not None:
        document["method"] = asdict(card.statistics)
    if card.kind is CardKind.BATTERY:
        document["items"] = [_item(item) for item in card.items]
    if card.kind is CardKind.NUMBER:
        document |= {"mean": _figure(card.mean), "median": _figure(card.median)}
        document["suppressed"] = isinstance(card.mean, Suppressed) or isinstance(card.median, Suppressed)
    if card.kind is CardKind.TEXT:
        document["quotes"] = [
            {
                "response": quote.response_id,
                "text": quote.text,
                "language": quote.language,
                "region": quote.region,
                "attribution": quote.attribution,
                "permission": quote.permission.value,
            }
            for quote in card.quotes
        ]
    return document


def source_document(source: Source) -> dict[str, Any]:
    """What a figure rests on: the consultation, whether it is invented, the moment, and the SHA-256 of the state."""
    return {
        "consultation": source.consultation,
        "fictional": source.fictional,
        "as_of": source.as_of.isoformat(),
        "snapshot": source.sha256 or source.snapshot,
    }


def estimates_document(card: Card, found: Estimates) -> dict[str, Any]:
    """The estimates of a card, ready for json.dumps; a figure that this audience may not see is None.

    options, mean, median  of all in view; `groups` has the same of each group of a comparison
    no_frame, no_strata    why there is none of the whole frame, or by region; else None
    unspoken               regions of the frame that nobody replied from
    listed                 which replies count for the frame: how many are left out, and why
    """
    return {
        "question": card.question,
        "label": card.label,
        "language": card.language,
        "audience": card.audience.value,
        "by": card.by,
        "filters": {name: list(codes) for name, codes in card.filters.items()},
        **source_document(card.source),
        **_base(card.base),
        **_part_document(found.everybody),
        "groups": [
            {"code": each.code, "label": each.label, "n": _figure(each.n), **_part_document(each)}
            for each in found.groups
        ],
        "unspoken": [asdict(each) for each in found.unspoken],
        "listed": {
            "strangers": found.listed.strangers,
            "elsewhere": found.listed.elsewhere,
            "repeated": found.listed.repeated,
            "allowed": found.listed.allowed,
        },
    }


def _part_document(part: PartEstimate) -> dict[str, Any]:
    return {
        "options": [asdict(each) for each in part.options],
        "mean": None if part.mean is None else asdict(part.mean),
        "median": None if part.median is None else asdict(part.median),
        "no_frame": part.no_frame,
        "no_strata": part.no_strata,
    }


def opinions_document(found: Opinions, snapshot: str) -> dict[str, Any]:
    """Groups of opinion as a dict of strings, numbers, lists and None, ready for json.dumps.

    snapshot  the SHA-256 of the data, in full.
    A share is a number, {"low", "high"} where it is told roughly, or None where it may not be told.
    """
    return {
        "consultation": found.source.consultation,
        "question": found.question,
        "label": found.label,
        "language": found.language,
        "audience": found.audience.value,
        "hidden": found.hidden,
        "verdict": found.verdict.value,
        "groups": [
            {
                "number": group.number,
                "size": group.size,
                "stability": group.stability,
                "apart": [_statement(each) for each in group.apart],
            }
            for group in found.groups
        ],
        "shared": [_statement(each) for each in found.shared],
        "dividing": [_statement(each) for each in found.dividing],
        "statements": found.statements,
        "placed": found.placed,
        "tried": found.tried,
        "p": found.p,
        "gap": found.gap,
        "again": found.again,
        "stability": found.stability,
        "points": [{"x": each.x, "y": each.y, "group": each.group} for each in found.points],
        "fictional": found.source.fictional,
        "as_of": found.source.as_of.isoformat(),
        "snapshot": snapshot,
    }


def _statement(found: Statement) -> dict[str, Any]:
    return {
        "name": found.name,
        "label": found.label,
        "side": found.side,
        "words": found.words,
        "shares": [_part(each) for each in found.shares],
    }


def _part(value: Part) -> float | dict[str, float] | None:
    if isinstance(value, Suppressed):
        return None
    return {"low": value.low, "high": value.high} if isinstance(value, Band) else value


def _described(card: Card, column: Column) -> dict[str, Any]:
    """What a column tells of a number or a ranking beside counts of options."""
    if card.kind is CardKind.NUMBER:
        bounds = (("mean", column.mean_bounds), ("median", column.median_bounds))
        return {
            "mean": _figure(column.mean),
            "median": _figure(column.median),
            **{f"{name}_low": each.low for name, each in bounds if each is not None},
            **{f"{name}_high": each.high for name, each in bounds if each is not None},
            **({"mean_letters": column.mean_letters} if column.letter else {}),
        }
    found: dict[str, Any] = {}
    if column.mean_ranks:
        found["mean_ranks"] = {code: _figure(rank) for code, rank in column.mean_ranks.items()}
    if column.firsts:
        nobody = _nobody(column.firsts.values())
        found["firsts"] = {code: _cell(cell, nobody=nobody) for code, cell in column.firsts.items()}
    return found


def _base(base: Base) -> dict[str, Any]:
    replies, not_asked = base.replies, base.missing.get("not_asked", 0)
    hidden = isinstance(replies, Suppressed) or isinstance(not_asked, Suppressed)
    return {
        "base": _figure(replies),
        # A hidden not_asked hides asked too, or a subtraction would show it.
        "asked": None if hidden else replies - not_asked,  # type: ignore[operator]
        "n": _figure(base.answered),
        "missing": {cause: _figure(count) for cause, count in base.missing.items()},
    }


def _rows(card: Card) -> list[dict[str, Any]]:
    if card.kind is CardKind.BATTERY:
        return [{"item": item.name, **row} for item in card.items for row in _of_rows(item.rows, by=card.by)]
    return _of_rows(card.rows, by=card.by)


def _of_rows(rows: Sequence[Row], *, by: str) -> list[dict[str, Any]]:
    columns = rows[0].by if rows else ()
    empty = {code for code in columns if _nobody(row.by[code] for row in rows if code in row.by)}
    return [_row(row, nobody=_nobody(each.cell for each in rows), by=by, empty=empty) for row in rows]


def _nobody(cells: Iterable[Cell]) -> bool:
    """Whether nobody answered: whoever did stands in one of these cells. Weights can leave a share without bounds."""
    return all(isinstance(cell.count, Suppressed) or (cell.count == 0 and cell.low is None) for cell in cells)


def _row(row: Row, *, nobody: bool, by: str, empty: Set[str]) -> dict[str, Any]:
    document: dict[str, Any] = {"code": row.code, "label": row.label, **_cell(row.cell, nobody=nobody)}
    if row.mean_rank is not None or row.first is not None:
        document["mean_rank"] = _figure(row.mean_rank)
        document["first"] = _cell(row.first, nobody=nobody) if row.first is not None else None
        document["places"] = [_cell(each, nobody=nobody) for each in row.places]
    if row.mean_rank_bounds is not None:
        document |= {"mean_rank_low": row.mean_rank_bounds.low, "mean_rank_high": row.mean_rank_bounds.high}
    if row.letters:
        document["letters"] = dict(row.letters)
    if by:
        document["by"] = {code: _cell(cell, nobody=code in empty) for code, cell in row.by.items()}
    return document


def _cell(cell: Cell, *, nobody: bool) -> dict[str, Any]:
    document = {
        "count": _figure(cell.count),
        "share": None if nobody else _figure(cell.share),
        "low": _figure(cell.low),
        "high": _figure(cell.high),
    }
    if cell.standard_error is not None:
        document["standard_error"] = _figure(cell.standard_error)
    if isinstance(cell.count, Suppressed):
        document["suppressed"] = True
    return document


def _item(item: BatteryItem) -> dict[str, Any]:
    bounds = net_bounds(item)
    document = {
        "name": item.name,
        "label": item.label,
        **_base(item.base),
        "net": _figure(item.net),
        "net_low": None if bounds is None else bounds.low,
        "net_high": None if bounds is None else bounds.high,
        "mean": _figure(item.mean),
    }
    if isinstance(item.base.answered, Suppressed):
        document["suppressed"] = True
    return document


def _figure(value: "float | Suppressed | None") -> float | None:
    return None if isinstance(value, Suppressed) else value
