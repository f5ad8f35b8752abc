"""A question in two states or waves as a slope: what each option was, what it became.

Figures are those of the two cards; an option that one of them hides is hidden there and has no difference. Who may see
which card is decided where the cards are made (analysis/waves.py).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis.charts import wording
from analysis.charts.description import cell_label, described, reach_of, share_measure, shown_values
from analysis.charts.spec import ChartSpec, Form, Role, Series, Side, ValueFormat, Words
from analysis.charts.variants import gap, widest_gaps
from analysis.disclosure import Suppressed
from analysis.findings import provenance
from analysis.findings.card import Base, Card, CardKind
from analysis.findings.rewording import Reworded
from data.errors import InvalidInput

LEAST_REACH = 0.2
"""The axis is this long at least, so that a point or two do not look like a leap."""
KINDS = (CardKind.SINGLE, CardKind.MULTIPLE, CardKind.RANKING, CardKind.BATTERY)

_Figure = tuple[float | None, str]


def slope(before: Card, after: Card, words: Words, reworded: Sequence[Reworded] = ()) -> ChartSpec:
    """Two figures for each option, ranked item (first places), or item of a battery (net values) that both cards have.

    The ends are named after the consultations, or after the states where both are of the same one.
    reworded  what is worded otherwise at the later end, for the note
    Raises    InvalidInput "slope.number" for numbers; "trend.not_comparable" for answers in words, or when nothing is
              in both.
    """
    require_drawable(before.kind, after.kind, after.question)
    pairs = list(_pairs(before, after, words))
    if not pairs:
        raise InvalidInput("trend.not_comparable", question=before.question)
    same = before.source.consultation == after.source.consultation
    series = tuple(
        Series(
            name=f"{_name(card, same, words)} (n\u00a0=\u00a0{wording.count(card.base.answered, words)})",
            values=tuple(pair[end][0] for _, *pair in pairs),
            labels=tuple(pair[end][1] for _, *pair in pairs),
            role=Role.GROUP,
        )
        for end, card in enumerate((before, after))
    )
    categories = tuple(label for label, *_ in pairs)
    is_net = after.kind is CardKind.BATTERY
    minimum, maximum = _ends([value for each in series for value in each.values if value is not None], is_net)
    shown = replace(after, base=replace(after.base, missing={}), robustness=None)
    spec = described(
        shown,
        words,
        form=Form.SLOPE,
        categories=categories,
        series=series,
        minimum=minimum,
        maximum=maximum,
        measure=_measure(after, words),
        value_format=ValueFormat.NET if is_net else ValueFormat.SHARE,
        sides=(Side(title=words.translate("Difference"), labels=_gaps(series, words)),),
        more_notes=(
            wording.internal_mark(after.audience, words),
            words.translate(
                "The two ends rest on different sets of replies; whether a change is beyond chance is not tested here."
            ),
            *filter(None, (wording.reworded_line(reworded, words),)),
        ),
        leading=widest_gaps(series, categories, words),
    )
    bases = [wording.base_line(card, words) for card in (before, after)]
    sources = dict.fromkeys(wording.source_line(card.source, words) for card in (before, after))
    return replace(
        spec,
        base=words.listed(bases),
        source=wording.sentences(sources),
        note=spec.note.strip(),
        provenance=provenance.of_change(before, after),
    )


def require_drawable(before: CardKind | None, after: CardKind | None, question: str) -> None:
    """Whether cards of these kinds have a slope.

    Raises  InvalidInput "slope.number", "trend.not_comparable".
    """
    if after is CardKind.NUMBER:
        raise InvalidInput("slope.number", question=question)
    if before is not after or after not in KINDS:
        raise InvalidInput("trend.not_comparable", question=question)


def _pairs(before: Card, after: Card, words: Words) -> Iterator[tuple[str, _Figure, _Figure]]:
    """The words of each option or item that both have, what it was and what it is."""
    first, last = (_figures(card, words) for card in (before, after))
    for code, (label, now) in last.items():
        if code in first:
            yield label, first[code][1], now


def _measure(card: Card, words: Words) -> str:
    """What the figures at the ends are."""
    if card.kind is CardKind.BATTERY:
        return words.translate("Net value, in percentage points")
    if card.kind is CardKind.RANKING:
        return words.translate("Put first: share")
    return share_measure(card, words)


def _figures(card: Card, words: Words) -> dict[str, tuple[str, _Figure]]:
    """Code of an option or name of an item -> its words, and its figure with its label."""
    if card.kind is CardKind.BATTERY:
        return {
            each.name: (each.label, (_value(each.net), wording.points(each.net, words)))
            for each in card.items
            if each.net is not None or _nobody(each.base)
        }
    if _nobody(card.base):
        return {row.code: (row.label, (None, wording.NOTHING)) for row in card.rows}
    cells = [(row, row.cell if row.first is None else row.first) for row in card.rows]
    return {
        row.code: (row.label, (shown_values([cell])[0], cell_label(cell, card.base.answered, words)))
        for row, cell in cells
    }


def _nobody(base: Base) -> bool:
    return base.answered == 0


def _value(figure: float | Suppressed | None) -> float | None:
    return None if isinstance(figure, Suppressed) else figure


def _name(card: Card, same: bool, words: Words) -> str:
    """The consultation, or the time of the state, whose number stands in the line of the source."""
    return wording.moment(card.source.as_of, words) if same else card.source.title


def _gaps(series: Sequence[Series], words: Words) -> tuple[str, ...]:
    return tuple(gap(was, now, words) for was, now in zip(series[0].values, series[1].values, strict=True))


def _ends(known: list[float], is_net: bool) -> tuple[float, float]:
    """The axis: full tenths around the figures, not from 0, for what is read is how steep a line is."""
    if not known:
        return 0.0, LEAST_REACH
    low = math.floor(round(min(known) * 10, 6)) / 10
    high = -math.floor(round(-max(known) * 10, 6)) / 10 if is_net else reach_of(known)
    short = max(0.0, LEAST_REACH - (high - low))
    low = min(1.0 - LEAST_REACH, max(-1.0 if is_net else 0.0, low - short / 2))
    return low, max(high, low + LEAST_REACH)
