"""What a mark of a chart stands for, as a filter: which variable, which of its codes."""

from collections.abc import Sequence
from typing import TypeAlias

from analysis.charts.spec import ChartSpec, Form
from analysis.disclosure import Suppressed
from analysis.findings.card import Card, CardKind
from analysis.findings.crossing import axes, pairs

Meanings: TypeAlias = tuple[tuple[tuple[str, str] | None, ...], ...]
"""By series, then by category: (variable, code), or None for a mark that chooses nothing."""


_CLICKABLE = frozenset(
    {Form.BARS, Form.GROUPED, Form.STACKED, Form.DIVERGING, Form.DUMBBELL, Form.INTERVALS, Form.MULTIPLES}
)


def meanings(card: Card, spec: ChartSpec) -> Meanings:
    """What each mark chooses: the replies that gave this answer or, where each bar is a group, those of the group.

    A figure that is not shown, options that were put together, classes of numbers, ranks and net values choose
    nothing. () when no mark does.
    """
    if spec.form is Form.SCATTER:
        return _points(card, spec)
    if spec.form not in _CLICKABLE:
        return ()
    found = tuple(
        tuple(
            None if _is_unseen(series.values[place]) else _meaning(card, spec, number, place)
            for place in range(len(spec.categories))
        )
        for number, series in enumerate(spec.series)
    )
    return found if any(any(each) for each in found) else ()


def _points(card: Card, spec: ChartSpec) -> Meanings:
    """Of each point that is drawn the option of the question across; items and ranks choose nothing."""
    across, _up = axes(card)
    if across.kind not in (CardKind.SINGLE, CardKind.MULTIPLE):
        return ()
    drawn = [
        None if _is_unseen(x) else (across.question, pair.code)
        for pair, x, y in zip(pairs(card), spec.series[0].values, spec.series[1].values, strict=True)
        if x is not None and y is not None
    ]
    return (tuple(drawn),) if any(drawn) else ()


def _is_unseen(value: float | Suppressed | None) -> bool:
    return value is None or isinstance(value, Suppressed) or value == 0


def _meaning(card: Card, spec: ChartSpec, series: int, category: int) -> tuple[str, str] | None:
    if card.kind is CardKind.BATTERY:
        # A point of a dumbbell is a net value, of which no series has the name of an answer.
        item = _only([item.name for item in card.items if item.label == spec.categories[category]])
        code = _only([code for code, label in card.scale if label == spec.series[series].name])
        return (item, code) if item and code else None
    if card.kind not in (CardKind.SINGLE, CardKind.MULTIPLE):
        return None
    if spec.form in (Form.STACKED, Form.DIVERGING):
        return (card.by, card.columns[category].code) if category < len(card.columns) else None
    told = spec.categories[category]
    code = _only([row.code for row in card.rows if told == row.label or _names_ends(told, row.label, spec)])
    return (card.question, code) if code else None


def _names_ends(category: str, label: str, spec: ChartSpec) -> bool:
    """Whether the category is the option and behind it, in brackets, the groups between which its line lies."""
    behind = category.removeprefix(f"{label} (")
    return spec.form is Form.DUMBBELL and behind != category and "\u00a0– " in behind


def _only(names: Sequence[str]) -> str:
    """The one name; "" where a label is that of none or of several."""
    return names[0] if len(names) == 1 else ""
