"""Two states of the same cards beside each other: which figures moved, and by how much."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from analysis.dataset.snapshot import canonical, plain
from analysis.disclosure import Suppressed
from analysis.findings.card import Card, CardKind
from analysis.findings.estimates import Estimates
from analysis.findings.method import WeightReport


class Figure(StrEnum):
    """Which figure of a card moved; NUMBER_ANSWERED is n, FIRST the share who put an item first."""

    NUMBER_ANSWERED = "n"
    SHARE = "share"
    NET = "net"
    MEAN = "mean"
    MEDIAN = "median"
    MEAN_RANK = "mean_rank"
    FIRST = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One figure in two states.

    item           name of the item of a battery, "" for none; item_label its words
    code           of the option, "" for a figure of the whole question; code_label its words
    before, after  the figure, or None where there was none; counts those of an option
    """

    question: str
    label: str
    item: str
    item_label: str
    code: str
    code_label: str
    figure: Figure
    before: float | None
    after: float | None
    count_before: int | None = None
    count_after: int | None = None

    @property
    def change(self) -> float | None:
        """How far it moved; None when it was not there before, or is not there any more."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    label: str
    item_label: str
    code_label: str
    value: float | None
    count: int | None = None


_Place = tuple[str, str, str, Figure]


def moves(before: Sequence[Card], after: Sequence[Card], *, apart: Collection[str] = ()) -> tuple[Move, ...]:
    """Every figure that is not the same in both, in the order of the later cards, then of those that are gone.

    Figures that an audience may not see are left out: give cards of one that may see them.

    apart  questions whose codes mean something else in the later state: only their n are held against each other
    """
    first, last = _values(before, apart), _values(after, apart)
    nothing = _Value(label="", item_label="", code_label="", value=None)
    found = []
    for place in {**last, **first}:
        was, now = first.get(place, nothing), last.get(place, nothing)
        if was.value == now.value and was.count == now.count:
            continue
        told = now if place in last else was
        question, item, code, figure = place
        found.append(
            Move(
                question=question,
                label=told.label,
                item=item,
                item_label=told.item_label,
                code=code,
                code_label=told.code_label,
                figure=figure,
                before=was.value,
                after=now.value,
                count_before=was.count,
                count_after=now.count,
            )
        )
    return tuple(found)


def _values(cards: Sequence[Card], apart: Collection[str]) -> dict[_Place, _Value]:
    return {
        place: value
        for card in cards
        for place, value in _of_card(card)
        if card.question not in apart or place[-1] is Figure.NUMBER_ANSWERED
    }


def _of_card(card: Card) -> Iterator[tuple[_Place, _Value]]:
    def told(
        figure: Figure, value: object, item: str = "", item_label: str = "", code: str = "", words: str = ""
    ) -> Iterator[tuple[_Place, _Value]]:
        if isinstance(value, int | float):
            yield (
                (card.question, item, code, figure),
                _Value(label=card.label, item_label=item_label, code_label=words, value=float(value)),
            )

    parts = [("", "", card.base, card.rows)]
    if card.kind is CardKind.BATTERY:
        parts = [(item.name, item.label, item.base, item.rows) for item in card.items]
    for item, item_label, base, rows in parts:
        yield from told(Figure.NUMBER_ANSWERED, base.answered, item, item_label)
        for row in rows:
            share, count = _share(row.cell.share, base.answered), row.cell.count
            for place, value in told(Figure.SHARE, share, item, item_label, row.code, row.label):
                yield place, replace(value, count=None if isinstance(count, Suppressed) else count)
            yield from told(Figure.MEAN_RANK, row.mean_rank, item, item_label, row.code, row.label)
            if row.first is not None:
                first = _share(row.first.share, base.answered)
                yield from told(Figure.FIRST, first, item, item_label, row.code, row.label)
    for each in card.items:
        yield from told(Figure.NET, each.net, each.name, each.label)
        yield from told(Figure.MEAN, each.mean, each.name, each.label)
    yield from told(Figure.MEAN, card.mean)
    yield from told(Figure.MEDIAN, card.median)


def _share(share: object, answered: object) -> object:
    """None where nobody answered: there is no share of nobody."""
    return share if answered else None


def document(
    cards: Sequence[Card],
    weights: Sequence[tuple[str, WeightReport | str]],
    framed: Sequence[tuple[str, Estimates]] = (),
) -> bytes:
    """Every figure of a state as canonical bytes, without the words of open answers and without the time of asking.

    Floats have twelve digits: the last ones differ from machine to machine.

    weights  (kind, the report on them, or the code of the reason why there are none)
    framed   (question, its estimates for the whole contact list)
    """
    # Cards of a whole state have no filter, so that its causes, which older states do not know, are none.
    without = ("quotes", "source", "robustness", "filter_causes")
    names = [each.name for each in fields(Card) if each.name not in without]
    told = [{name: getattr(card, name) for name in names} for card in cards]
    # How weights are bounded is the same for every state, and frozen ones are older than it; who counts for the contact
    # list is a condition of the state.
    costs = [(kind, cost if isinstance(cost, str) else _cost(cost)) for kind, cost in weights]
    figures: dict[str, object] = {"cards": told, "weights": costs}
    if framed:
        figures["estimates"] = [(question, found.everybody) for question, found in framed]
    return canonical(_steady(plain(figures)))


def _cost(report: WeightReport) -> dict[str, object]:
    later = ("bounds", "trimmed", "strangers", "strangers_weight", "repeated", "repeated_weight")
    names = [each.name for each in fields(WeightReport) if each.name not in later]
    return {name: getattr(report, name) for name in names}


def _steady(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {name: _steady(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_steady(inner) for inner in value]
    return value
