"""Two questions about the same things as a scatter: how important each is said to be against how it changed.

Figures are those of the two cards (analysis/findings/crossing.py). What one of them hides is not drawn, and is named.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from analysis.charts import wording
from analysis.charts.description import described
from analysis.charts.spec import Axis, ChartSpec, Crossing, Form, Series, ValueFormat, Words
from analysis.disclosure import Suppressed
from analysis.findings import provenance
from analysis.findings.card import Card, CardKind
from analysis.findings.crossing import Pair, axes, pairs

LEAST_REACH = 0.1
"""An axis is this long at least, so that a point or two do not look like a difference."""
FEW = 30
"""With fewer answers to either question the title stays the question."""
_TOLD = 3


def scatter(card: Card, words: Words) -> ChartSpec:
    """A point for each thing that both cards tell of."""
    across, up = axes(card)
    found = pairs(card)
    series = tuple(
        Series(
            name=name,
            values=tuple(None if isinstance(value, Suppressed) else value for value in values),
            labels=tuple(_label(of, value, words) for value in values),
        )
        for of, name, values in zip(
            (across, up), names(card, words), ([each.x for each in found], [each.y for each in found]), strict=True
        )
    )
    drawn = [place for place, each in enumerate(zip(*(s.values for s in series), strict=True)) if None not in each]
    plan = _plane((across, up), [[s.values[place] or 0.0 for place in drawn] for s in series], words)
    left_out = [each.label for place, each in enumerate(found) if place not in drawn]
    spec = described(
        replace(card, robustness=None),
        words,
        form=Form.SCATTER,
        categories=tuple(each.label for each in found),
        series=series,
        minimum=plan.x.low,
        maximum=plan.x.high,
        measure=words.translate("two questions about the same things"),
        value_format=ValueFormat.SHARE,
        more_notes=(
            words.translate(
                "Not drawn, because a figure is not shown: {names}.", names=wording.listing(left_out, words)
            )
            if left_out
            else "",
            wording.net_line(up, words) if card is across else "",
            words.translate("Lines at the median of what is drawn, or at 0 where net values lie on both sides of it."),
        ),
        leading=_leading(series, drawn, [each.label for each in found], words),
    )
    bases = dict.fromkeys(wording.base_line(each, words) for each in (across, up))
    return replace(
        spec, base=words.listed(bases), note=spec.note.strip(), plan=plan, provenance=provenance.of_card(card)
    )


def names(card: Card, words: Words) -> tuple[str, str]:
    """What x is, and what y is: the measure and the question."""
    across, up = (f"{_measure(of, words)}{words.colon}{of.label}" for of in axes(card))
    return across, up


def statement(card: Card, words: Words) -> str:
    """What has the lowest net value of all that is chosen more often than the median, as a sentence; "" for nothing.

    Only of what is drawn, where two questions have enough answers and one thing alone is the lowest as it is printed.
    """
    across, up = axes(card)
    sizes = [across.base.answered, *(item.base.answered for item in up.items)]
    if across.kind is CardKind.BATTERY or any(isinstance(n, Suppressed) or n < FEW for n in sizes):
        return ""
    shown = [(each, *both) for each in pairs(card) if (both := _both(each)) is not None]
    middle = median([x for _, x, _ in shown]) if len(shown) > 2 else math.inf
    upper = sorted((y, x, each.label) for each, x, y in shown if x > middle)
    if not upper or (len(upper) > 1 and wording.points(upper[0][0], words) == wording.points(upper[1][0], words)):
        return ""
    y, x, label = upper[0]
    told = {
        "option": words.translate("“{quote}”", quote=label),
        "share": wording.share(x, words),
        "net": wording.points(y, words),
    }
    if across.kind is CardKind.RANKING:
        return words.translate(
            "Of what is drawn and put first more often than the median, {option} ({share}) has the lowest net value "
            "({net}).",
            **told,
        )
    return words.translate(
        "Of what is drawn and chosen more often than the median, {option} ({share}) has the lowest net value ({net}).",
        **told,
    )


def _both(pair: Pair) -> tuple[float, float] | None:
    if isinstance(pair.x, float) and isinstance(pair.y, float):
        return pair.x, pair.y
    return None


def _measure(card: Card, words: Words) -> str:
    match card.kind:
        case CardKind.BATTERY:
            return words.translate("Net value, in percentage points")
        case CardKind.RANKING:
            return words.translate("% of those who answered that put it first")
        case _:
            return words.translate("% of those who answered")


def _label(card: Card, value: float | Suppressed | None, words: Words) -> str:
    if value is None:
        return wording.NOTHING
    return wording.points(value, words) if card.kind is CardKind.BATTERY else wording.share(value, words)


def _plane(of: tuple[Card, Card], values: Sequence[Sequence[float]], words: Words) -> Crossing:
    x, y = (_axis(card, known, words) for card, known in zip(of, values, strict=True))
    (less, more), (below, above) = x.halves, y.halves
    pairs = ((less, above), (more, above), (less, below), (more, below))
    upper_near, upper_far, lower_near, lower_far = (wording.listing(filter(None, pair), words) for pair in pairs)
    return Crossing(x=x, y=y, corners=(upper_near, upper_far, lower_near, lower_far))


def _axis(card: Card, known: Sequence[float], words: Words) -> Axis:
    """Full steps of five percent around the figures, from 0 for shares; parted at 0 or at the median."""
    is_net = card.kind is CardKind.BATTERY
    low = math.floor(round(min(known, default=0.0) * 20, 6)) / 20 if is_net else 0.0
    high = max(low + LEAST_REACH, math.ceil(round(max(known, default=0.0) * 20, 6)) / 20)
    middle = None
    if known:
        middle = 0.0 if is_net and min(known) < 0 < max(known) else median(known)
    ends = (_label(card, low, words), _label(card, high, words), "" if middle is None else _label(card, middle, words))
    halves = ("", "") if middle is None else _halves(card, middle, words)
    return Axis(low=low, high=high, middle=middle, labels=ends, halves=halves)


def _halves(card: Card, middle: float, words: Words) -> tuple[str, str]:
    """What lies below the line of an axis and what above it, in words."""
    _ = words.translate
    match card.kind:
        case CardKind.BATTERY if middle == 0.0:
            return _("negative net value"), _("positive net value")
        case CardKind.BATTERY:
            return _("lower net value"), _("higher net value")
        case CardKind.RANKING:
            return _("put first less often"), _("put first more often")
        case _:
            return _("chosen less often"), _("chosen more often")


def _leading(series: Sequence[Series], drawn: Sequence[int], names: Sequence[str], words: Words) -> str:
    """The three things furthest along x with both figures, as a sentence."""
    order = sorted(drawn, key=lambda place: -(series[0].values[place] or 0.0))[:_TOLD]
    told = [f"{names[place]} ({series[0].labels[place]} · {series[1].labels[place]})" for place in order]
    return words.translate("Highest: {figures}.", figures=words.listed(told)) if told else ""
