"""What the shares of a question say of the whole contact frame: each interval, the finite frame, the strata."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.dataset.arrays import ANSWERED, FIRST_CODE, Dataset, SingleColumn
from analysis.disclosure import Audience, Suppressed
from analysis.findings.card import Card, CardKind, Count
from analysis.findings.method import Bounds, FrameMargin, IntervalKind, Unspoken
from analysis.stats import designs
from analysis.stats.finite import hypergeometric
from analysis.stats.proportions import interval
from data.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """How many of the frame would be asked and say so: the exact interval, and the bounds if all silent say no, or yes.

    not_asked  replies that the question did not apply to: they are known not to say so
    """

    frame: int
    not_asked: int
    low: int
    high: int
    worst: int
    best: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratified:
    """The share in the frame by regions, each with its own size and its own sampling fraction.

    It is of those to whom the question applies.

    unspoken  regions of the frame without a single reply: the figure says nothing of them
    """

    share: float
    standard_error: float
    bounds: Bounds
    replies: int
    unspoken: tuple[Unspoken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionEstimate:
    """One option with its intervals; all but the label is None or empty where the count is hidden.

    intervals   by the name of the kind
    whole       None without a contact list, when more replied than were invited, or where it is hidden how many were
                not asked
    stratified  None without invited organisations by region, when a region has more replies than invited, and for a
                meeting and the public
    """

    code: str
    label: str
    count: int | None
    share: float | None
    intervals: dict[str, Bounds]
    whole: Whole | None = None
    stratified: Stratified | None = None


def estimates(card: Card, dataset: Dataset, frame: Sequence[FrameMargin], invited: int) -> tuple[OptionEstimate, ...]:
    """One estimate per option of a card of choices.

    invited  organisations of the contact frame; 0 when there is none
    card     of all replies: the frame is of everybody
    Raises   InvalidInput "estimate.no_choices" for a card of another kind.
    """
    if card.kind not in (CardKind.SINGLE, CardKind.MULTIPLE):
        raise InvalidInput("estimate.no_choices", question=card.question)
    chosen = dataset.chosen(card.question)
    place = {code.name: i for i, code in enumerate(dataset.variables[card.question].codes)}
    answered = dataset.columns[card.question].state == ANSWERED
    region = dataset.codebook.roles.get("region", "")
    margin = next((each for each in frame if each.variable == region), None)
    found = []
    for row in card.rows:
        if isinstance(row.cell.count, Suppressed) or isinstance(card.base.answered, Suppressed):
            found.append(OptionEstimate(code=row.code, label=row.label, count=None, share=None, intervals={}))
            continue
        n = card.base.answered
        count = min(row.cell.count, n)  # each is rounded by itself
        if n == 0:
            found.append(OptionEstimate(code=row.code, label=row.label, count=0, share=None, intervals={}))
            continue
        bounds = {kind.value: interval(count, n, kind=kind) for kind in IntervalKind}
        found.append(
            OptionEstimate(
                code=row.code,
                label=row.label,
                count=count,
                share=count / n,
                intervals={name: Bounds(low=low, high=high) for name, (low, high) in bounds.items()},
                whole=_whole(count, n, card.base.missing.get("not_asked", 0), invited),
                # A sum weighted by region could tell hidden counts of regions.
                stratified=None
                if margin is None or card.audience is not Audience.INTERNAL
                else _stratified(dataset, margin, chosen[:, place[row.code]], answered, card.language),
            )
        )
    return tuple(found)


def _whole(count: int, n: int, not_asked: Count, invited: int) -> Whole | None:
    """Of the statement "is asked and says so", to which whoever was not asked is a "no" that is known."""
    if isinstance(not_asked, Suppressed) or n + not_asked > invited:
        return None
    found = hypergeometric(count, n + not_asked, invited)
    return Whole(frame=invited, not_asked=not_asked, low=found.low, high=found.high, worst=found.worst, best=found.best)


def _stratified(
    dataset: Dataset, margin: FrameMargin, chosen: np.ndarray, answered: np.ndarray, language: str
) -> Stratified | None:
    column = dataset.columns[margin.variable]
    if not isinstance(column, SingleColumn):
        return None
    codes = column.codes.astype(np.int64) - FIRST_CODE
    regions = dataset.variables[margin.variable].codes
    invited = np.array([margin.targets.get(region.name, 0) for region in regions])
    known = (codes >= 0) & (invited[codes] > 0)
    replies = np.bincount(codes[known], minlength=invited.size)
    if not (known & answered).any() or bool((replies > invited).any()):
        return None
    strata = codes[known]
    of = designs.design(
        (invited / np.maximum(replies, 1))[strata],
        strata=strata,
        population=invited[strata].astype(np.float64),
        lonely=designs.Lonely.CENTRE,
    )
    found = designs.share(of, chosen[known], answered[known])
    return Stratified(
        share=found.value,
        standard_error=found.standard_error,
        bounds=Bounds(low=found.low, high=found.high),
        replies=found.n,
        unspoken=tuple(
            Unspoken(
                variable=margin.variable,
                code=region.name,
                label=dataset.codebook.words(region.label, language, region.name),
                invited=int(size),
            )
            for region, size, came in zip(regions, invited, replies, strict=True)
            if size and not came
        ),
    )
