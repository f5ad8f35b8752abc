"""Cards that are hard to draw: one option and thirty, nobody and one answer, everything hidden, very long names.

And the charts that are of no card alone: replies over time and of the invited, countries, two states.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from analysis.charts.choose import chart, coverage, forms_of, timeline
from analysis.charts.countries import country_map, places
from analysis.charts.slopes import slope
from analysis.charts.spec import ChartSpec, CoverageRow, Form, MonitoringSource, TimelinePoint, Words
from analysis.disclosure import SUPPRESSED, Audience, policy
from analysis.findings.card import (
    BatteryItem,
    Card,
    CardKind,
    Cell,
    Column,
    Combination,
    Combinations,
    Facing,
    OpinionGroup,
    Opinions,
    Row,
    Statement,
)
from analysis.findings.opinions import Verdict
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
        yield f"sets of {number} {state}", together(number, state)
        if state != "no answer":
            yield f"opinions of {number} {state}", opinions(number, state)


def hard_charts(state: str, words: Words, options: Sequence[int] = OPTIONS) -> Iterator[tuple[str, Card, ChartSpec]]:
    """(name, card, chart) of every form of these cards, of their countries and of two states of them."""
    for name, card in hard_cards(state, options):
        for form in forms_of(card):
            spec = chart(card, words, form=form)
            assert spec is not None
            yield f"{name} as {form}", card, spec
    for number in options:
        where = countries(number, state)
        yield f"map of {number} {state}", where, country_map(where, words)
        for kind in KINDS:
            now = hard_card(kind, number, state)
            yield f"{kind} {number} {state} as slope", now, slope(_earlier(now, state), now, words)


KINDS = (CardKind.SINGLE, CardKind.MULTIPLE, CardKind.BATTERY)
"""What a slope can be of."""


def _earlier(card: Card, state: str) -> Card:
    """The same question in another consultation, its figures turned round."""
    turned = tuple(replace(row, cell=other.cell) for row, other in zip(card.rows, reversed(card.rows), strict=True))
    asked = replace(card.source, consultation="earlier", title=_name("The consultation before", state))
    return replace(card, source=asked, rows=turned)


def monitoring(state: str, words: Words, options: Sequence[int] = OPTIONS) -> Iterator[tuple[str, ChartSpec]]:
    """(name, chart) of replies over so many days with a deadline, and of the invited of so many regions."""
    source = MonitoringSource(title=_name("A consultation", state), fictional=True, as_of=cards.SOURCE.as_of)
    n = {"no answer": 0, "one answer": 1, "everything hidden": 2}.get(state, 400)
    rules = policy(Audience.MEETING if state == "everything hidden" else Audience.INTERNAL)
    for number in options:
        days = [date(2026, 10, 1) + timedelta(days=day) for day in range(number)]
        points = [TimelinePoint(day=day, replies=_count(n, at, number)) for at, day in enumerate(days)]
        yield (
            f"timeline of {number} {state}",
            timeline(points, replies=rules.count(n), source=source, words=words, rules=rules, deadline=days[-1]),
        )
        rows = [
            CoverageRow(
                label=_name(f"Region {at}", state),
                invited=40,
                replied=SUPPRESSED if state == "everything hidden" else min(40, _count(n, at, number)),
            )
            for at in range(number)
        ]
        yield f"coverage of {number} {state}", coverage(rows, source=source, words=words)


def crossed(options: int, state: str) -> Card:
    """A battery set against a choice of the same things."""
    one, other = hard_card(CardKind.BATTERY, options, state), hard_card(CardKind.MULTIPLE, options, state)
    names = tuple((each.name, each.name) for each in one.items)
    return replace(one, facing=Facing(question="other", pairs=names), against=other)


def together(options: int, state: str) -> Card:
    """A multiple choice whose options were chosen in up to fifteen sets: all of them, then one after the other."""
    card = hard_card(CardKind.MULTIPLE, options, state)
    if state in ("no answer", "everything hidden"):
        rest = SUPPRESSED if state == "everything hidden" else 0
        return replace(card, combinations=Combinations(told=(), others=None, replies=rest))
    codes = tuple(row.code for row in card.rows)
    sets = [codes, *((code,) for code in codes)][:15]
    told = tuple(Combination(codes=each, count=20 - place) for place, each in enumerate(dict.fromkeys(sets)))
    return replace(card, combinations=Combinations(told=told, others=None, replies=9))


def opinions(statements: int, state: str, groups: int = 5) -> Card:
    """A battery with groups of opinion that differ in every statement, one for each."""
    card = hard_card(CardKind.BATTERY, statements, state)
    told = tuple(
        Statement(
            name=each.name,
            label=each.label,
            side=1,
            words=_name("Better / Much better", state),
            shares=tuple(
                SUPPRESSED if state == "everything hidden" else (place + group) % groups / groups
                for group in range(groups)
            ),
        )
        for place, each in enumerate(card.items)
    )
    found = Opinions(
        question=card.question,
        label=card.label,
        audience=card.audience,
        source=card.source,
        language=card.language,
        hidden=False,
        verdict=Verdict.GROUPS,
        statements=statements,
        placed=100,
        tried=groups,
        p=0.01,
        gap=True,
        again=0.95,
        stability=0.88,
        groups=tuple(OpinionGroup(number=each, size=20, stability=0.9, apart=told) for each in range(1, groups + 1)),
        dividing=told,
    )
    return replace(card, opinions=found, form=Form.OPINIONS.value)


def countries(options: int, state: str) -> Card:
    """A choice of so many countries, one on every eighth line of the list of all."""
    card = hard_card(CardKind.SINGLE, options, state)
    codes = [each.iso3 for each in sorted(places().values(), key=lambda one: one.iso3)][::8]
    return replace(card, rows=tuple(replace(row, code=code) for row, code in zip(card.rows, codes, strict=False)))


def hard_card(kind: CardKind, options: int, state: str, groups: int = 0, points: int = len(SCALE)) -> Card:
    """One such card; `groups` columns of a comparison, `points` of the scale of a battery."""
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
        named = SCALE if points == len(SCALE) else tuple(f"Point {point}" for point in range(1, points + 1))
        scale = tuple((str(point), label) for point, label in enumerate(named, start=1))
        items = tuple(_item(name, place, scale, n, columns, state) for place, name in enumerate(names))
        return cards.card(kind, **changes, scale=scale, items=items)
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
    half = len(points) // 2
    net = None if n == 0 else SUPPRESSED if hidden else sum(shares[len(points) - half :]) - sum(shares[:half])  # type: ignore[arg-type]
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
