"""Cards that are hard to draw: one option and thirty, nobody and one answer, everything hidden, very long names."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis.disclosure import SUPPRESSED
from analysis.findings.card import (
    BatteryItem,
    Card,
    CardKind,
    Cell,
    Column,
    Combination,
    Combinations,
    Facing,
    Row,
)
from tests.analysis import cards

OPTIONS = (1, 2, 7, 30)
STATES = ("many answers", "no answer", "one answer", "everything hidden", "long names")
LONG = (
    "Access to internationally controlled medicines for the relief of pain and for palliative care, including in "
    "emergencies, in rural districts and in places of detention, where hardly anybody has asked for it so far. "
)
assert len(LONG) >= 200
SCALE = ("Much worse", "Worse", "No change", "Better", "Much better")


def hard_cards(state: str, options: Sequence[int] = OPTIONS) -> Iterator[tuple[str, Card]]:
    """(name, card) of every kind in that state with so many options, alone and compared."""
    for kind in (CardKind.SINGLE, CardKind.MULTIPLE, CardKind.NUMBER, CardKind.BATTERY, CardKind.RANKING):
        for number in options:
            yield f"{kind} {number} {state}", hard_card(kind, number, state)
            # Many groups of many options, and two groups of few, where all forms differ.
            for groups in () if kind is CardKind.RANKING else (2, 12) if number == 7 else (12,):
                yield f"{kind} {number} {state} {groups} groups", hard_card(kind, number, state, groups)
    for number in options:
        yield f"two questions {number} {state}", crossed(number, state)
        if state not in ("no answer", "everything hidden"):
            yield f"sets of {number} {state}", together(number, state)


def crossed(options: int, state: str) -> Card:
    """A battery set against a choice of the same things."""
    one, other = hard_card(CardKind.BATTERY, options, state), hard_card(CardKind.MULTIPLE, options, state)
    names = tuple((each.name, each.name) for each in one.items)
    return replace(one, facing=Facing(question="other", pairs=names), against=other)


def together(options: int, state: str) -> Card:
    """A multiple choice whose options were chosen in up to fifteen sets: all of them, then one after the other."""
    card = hard_card(CardKind.MULTIPLE, options, state)
    codes = tuple(row.code for row in card.rows)
    sets = [codes, *((code,) for code in codes)][:15]
    told = tuple(Combination(codes=each, count=20 - place) for place, each in enumerate(dict.fromkeys(sets)))
    return replace(card, combinations=Combinations(told=told, others=None, replies=9))


def hard_card(kind: CardKind, options: int, state: str, groups: int = 0) -> Card:
    """One such card; `groups` columns of a comparison."""
    n = {"no answer": 0, "one answer": 1}.get(state, 400)
    columns = tuple(
        Column(code=f"g{place}", label=_name(f"Group {place}", state), base=cards.base(_of_group(n, place, groups)))
        for place in range(1, groups + 1)
    )
    names = [f"o{place}" for place in range(options)]
    rows = tuple(_row(name, place, options, n, columns, state) for place, name in enumerate(names))
    changes: dict[str, object] = {
        "label": _name("A question?", state),
        "base": cards.base(SUPPRESSED if state == "everything hidden" else n),
        "columns": columns,
        "by": "region" if columns else "",
        "by_label": "Region" if columns else "",
    }
    if kind is CardKind.BATTERY:
        points = tuple((str(point), label) for point, label in enumerate(SCALE, start=1))
        items = tuple(_item(name, place, points, n, columns, state) for place, name in enumerate(names))
        return cards.card(kind, **changes, scale=points, items=items)
    if kind is CardKind.RANKING:
        rows = tuple(_ranked(row, place, options, n, state) for place, row in enumerate(rows))
    if kind is CardKind.NUMBER:
        known = n > 0 and state != "everything hidden"
        changes |= {"mean": 12.5 if known else None, "median": 10.0 if known else None}
    return cards.card(kind, **changes, rows=rows)


def _name(name: str, state: str) -> str:
    return f"{LONG}{name}" if state == "long names" else name


def _of_group(n: int, place: int, groups: int) -> int:
    """Nearly equal parts; of one answer all but the first group have none."""
    return n // groups + (1 if place <= n % groups else 0)


def _count(n: int, place: int, parts: int, turn: int = 0) -> int:
    """A part of n that differs from option to option and from group to group; all parts make n."""
    weights = [1 + (each * 3 + turn) % 5 for each in range(parts)]
    before, after = sum(weights[:place]), sum(weights[: place + 1])
    return n * after // sum(weights) - n * before // sum(weights)


def _cell(count: int, n: int, state: str) -> Cell:
    if state == "everything hidden":
        return Cell(count=SUPPRESSED, share=SUPPRESSED, low=SUPPRESSED, high=SUPPRESSED)
    return cards.cell(count, n) if n else Cell(count=0, share=0.0)


def _row(name: str, place: int, parts: int, n: int, columns: tuple[Column, ...], state: str, turn: int = 0) -> Row:
    by = {}
    for number, column in enumerate(columns):
        size = _of_group(n, number + 1, len(columns))
        by[column.code] = _cell(_count(size, place, parts, number + turn), size, state)
    label = _name(f"Option {place}", state)
    return Row(code=name, label=label, cell=_cell(_count(n, place, parts, turn), n, state), by=by)


def _item(
    name: str, place: int, points: tuple[tuple[str, str], ...], n: int, columns: tuple[Column, ...], state: str
) -> BatteryItem:
    rows = tuple(
        replace(_row(code, point, len(points), n, columns, state, place), label=label)
        for point, (code, label) in enumerate(points)
    )
    shares = [row.cell.share for row in rows]
    hidden = state == "everything hidden"
    net = None if n == 0 else SUPPRESSED if hidden else sum(shares[3:]) - sum(shares[:2])  # type: ignore[arg-type]
    return BatteryItem(
        name=name,
        label=_name(f"Statement {place}", state),
        base=cards.base(SUPPRESSED if hidden else n, dont_know=SUPPRESSED if hidden else 3),
        rows=rows,
        net=net,
        mean=net,
    )


def _ranked(row: Row, place: int, options: int, n: int, state: str) -> Row:
    if state == "everything hidden":
        return replace(row, mean_rank=SUPPRESSED, first=_cell(0, n, state))
    first = _cell(_count(n, place, options), n, state)
    ranked = _cell(n, n, state)
    return replace(row, cell=ranked, first=first, mean_rank=1.0 + place % options if n else None)
