"""How the answers to a question changed from one consultation to a later one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.dataset.arrays import Dataset
from analysis.dataset.codebook import Code
from analysis.disclosure import Audience, Suppressed
from analysis.findings.card import Card, CardKind, Count, Source
from analysis.findings.method import Bounds, Correction, two_digits
from analysis.findings.moves import Figure
from analysis.findings.rewording import Reworded, battery_of, sides_of, worded_otherwise
from analysis.findings.summary import CARD_KINDS
from analysis.findings.wave_figures import Compared, Pairs, of_cards
from analysis.stats.differences import (
    Difference,
    detectable_change,
    means_apart,
    means_paired,
    median_change,
    medians_apart,
    shares_apart,
    shares_paired,
    standardised,
)
from analysis.stats.multiplicity import adjust
from data.errors import InvalidInput, NotAllowed

CHOICES = (CardKind.SINGLE, CardKind.MULTIPLE)
_SHARES = (Figure.SHARE, Figure.FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure in two waves; None stands for what is hidden, what a card does not tell, and what nobody is behind.

    Shares and net values are whole percents, means and ranks have two decimals, and p-values two digits, for a meeting
    and the public.

    code             of the option or ranked item, name of the item of a battery; "" for a number
    first_n, last_n  who stands behind it in either wave
    before, after    each by itself, as the card of its wave tells it
    difference       later minus earlier; of matched medians the middle one of the changes
    p, adjusted      None too where nothing can be tested
    size             of means, mean ranks and net values: the difference over what respondents differ by (Cohen's d)
    """

    code: str
    label: str
    figure: Figure
    first_n: int | None = None
    last_n: int | None = None
    before: float | None = None
    after: float | None = None
    difference: float | None = None
    bounds: Bounds | None = None
    p: float | None = None
    adjusted: float | None = None
    size: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Every figure that both waves have: of options, of ranked items, of the items of a battery, or of a number.

    matched         True when only organisations that answered both times are compared, each with itself
    same            both are states of one consultation, which share replies: they are matched by reply, and unmatched
                    there is no interval, no test and no effect size, for those of separate samples would be wrong
    first_n, last_n respondents with a valid answer; None where hidden
    detectable      the smallest change of a share that waves of this size would find with 80 % power (unmatched waves)
    reworded        what is worded otherwise in the later wave
    earlier, later  the state of either wave
    """

    question: str
    label: str
    matched: bool
    same: bool
    first_n: int | None
    last_n: int | None
    detectable: float | None
    correction: Correction
    changes: tuple[Change, ...]
    reworded: tuple[Reworded, ...]
    earlier: Source
    later: Source


def require_comparable(
    earlier: Dataset, later: Dataset, question: str, *, audience: Audience, matched: bool
) -> tuple[Code, ...]:
    """What both waves have of the question: options, items, or for a number the number itself.

    Raises  InvalidInput "trend.not_comparable" unless both ask it alike and have something in common: as a choice, a
            ranking, a number, or a battery whose scale has an order;
            NotAllowed "trend.internal_only" for matched waves unless INTERNAL: those who answered both times differ
            from all who answered by a few, whom nobody counts; as `worded_otherwise`.
    """
    first, last = (_parts(each, question) for each in (earlier, later))
    known = {code.name for code in first}
    common = tuple(code for code in last if code.name in known)
    if not common or not are_alike(kind_of(earlier, question), kind_of(later, question)):
        raise InvalidInput("trend.not_comparable", question=question)
    if matched and audience is not Audience.INTERNAL:
        raise NotAllowed("trend.internal_only")
    worded_otherwise(earlier, later, question, later.codebook.default_language)
    return common


def kind_of(dataset: Dataset, question: str) -> CardKind | None:
    """The kind of a question's card; None when there is none, or it names organisations."""
    if battery_of(dataset, question) is not None:
        return CardKind.BATTERY
    variable = dataset.variables.get(question)
    return None if variable is None or variable.identifying else CARD_KINDS.get(variable.kind)


def are_alike(earlier: CardKind | None, later: CardKind | None) -> bool:
    """Whether two kinds of cards have figures in common: the same kind, or both choices."""
    return earlier is later or (earlier in CHOICES and later in CHOICES)


def _parts(dataset: Dataset, question: str) -> Sequence[Code]:
    """What figures are of; () where a question has none that could change."""
    kind, battery = kind_of(dataset, question), battery_of(dataset, question)
    if battery is not None:
        items = battery.items if sides_of(dataset, battery) else ()
        return [Code(name=name, label=dataset.variables[name].label) for name in items]
    if kind is CardKind.NUMBER:
        return [Code(name="", label=dataset.variables[question].label)]
    return () if kind is None else dataset.variables[question].codes


def trend(
    earlier: Dataset,
    later: Dataset,
    cards: tuple[Card, Card],
    *,
    matched: bool,
    correction: Correction = Correction.BENJAMINI_HOCHBERG,
) -> Trend:
    """The change of each figure, later minus earlier, with interval and test; all tests are one family.

    A number has neither for a meeting and the public: no card that they see tells how far numbers spread.

    cards    of the question, of all replies to either wave: unmatched waves are compared by what they show
    matched  by the organisation's name, as the program compares names; whoever answered twice in a wave is left out. Of
             two states of one consultation: by reply
    Raises   as `require_comparable`; InvalidInput "trend.nobody_matched".
    """
    question, language, kind = cards[1].question, cards[1].language, cards[1].kind
    common = require_comparable(earlier, later, question, audience=cards[0].audience, matched=matched)
    first, last = cards[0].base.answered, cards[1].base.answered
    same = cards[0].source.consultation == cards[1].source.consultation
    pairs = Pairs(earlier, later, question, same=same) if matched else None
    if pairs is not None:
        first = last = pairs.count
        if not pairs.count:
            raise InvalidInput("trend.nobody_matched")
    found: list[tuple[str, str, Compared, Difference | None]] = []
    for code in common:
        label = later.codebook.words(code.label, language, code.name or question)
        told = of_cards(cards, code.name, (earlier, later)) if pairs is None else pairs.compared(code.name, kind)
        if same and not matched:  # no separate samples: nothing may be made of how far answers spread
            told = (replace(each, samples=None) for each in told)
        found += [(code.name, label, each, _tested(each, matched=matched)) for each in told]
    tests = [change.test.p for *_, change in found if change is not None and change.test is not None]
    corrected = iter(adjust(np.array(tests), correction).tolist())
    protected = cards[0].audience is not Audience.INTERNAL
    return Trend(
        question=question,
        label=cards[1].label,
        matched=matched,
        same=same,
        first_n=_known(first),
        last_n=_known(last),
        detectable=None if matched or same or kind not in CHOICES else _detectable(first, last),
        correction=correction,
        changes=tuple(
            _change(
                code,
                label,
                each,
                change,
                adjusted=None if change is None or change.test is None else next(corrected),
                protected=protected,
            )
            for code, label, each, change in found
        ),
        reworded=worded_otherwise(earlier, later, question, language),
        earlier=cards[0].source,
        later=cards[1].source,
    )


def _tested(each: Compared, *, matched: bool) -> Difference | None:
    """The change with its interval and test; None where the answers are hidden, too few, or all the same."""
    if each.samples is None:
        return None
    first, last = each.samples
    if each.figure in _SHARES:
        return shares_paired(first > 0, last > 0) if matched else shares_apart(first > 0, last > 0)
    try:
        if each.figure is Figure.MEDIAN:
            return median_change(first, last) if matched else medians_apart(first, last)
        return means_paired(first, last) if matched else means_apart(first, last)
    except InvalidInput:  # stats.too_few, stats.no_variation
        return None


def _change(
    code: str, label: str, each: Compared, change: Difference | None, *, adjusted: float | None, protected: bool
) -> Change:
    first_n, last_n = (_known(n) for n in each.n)

    def part(value: float | None) -> float | None:
        return round(value, 2) if protected and value is not None else value

    def tested(p: float | None) -> float | None:
        return two_digits(p) if protected and p is not None else p

    before, after = each.values
    told = Change(
        code=code,
        label=label,
        figure=each.figure,
        first_n=first_n,
        last_n=last_n,
        before=part(before),
        after=part(after),
    )
    if before is None or after is None:
        return told
    bounds = None
    if change is not None:
        low, high = part(change.effect.low), part(change.effect.high)
        bounds = None if low is None or high is None else Bounds(low=low, high=high)
    return replace(
        told,
        difference=part(after - before if change is None else change.effect.value),
        bounds=bounds,
        p=None if change is None or change.test is None else tested(change.test.p),
        adjusted=tested(adjusted),
        size=part(_size(each)),
    )


def _size(each: Compared) -> float | None:
    if each.samples is None or each.figure is Figure.MEDIAN or each.figure in _SHARES:
        return None
    return standardised(*each.samples)


def _known(count: Count) -> int | None:
    return None if isinstance(count, Suppressed) else count


def _detectable(first: Count, last: Count) -> float | None:
    if isinstance(first, Suppressed) or isinstance(last, Suppressed) or not first or not last:
        return None
    return detectable_change(first, last)
