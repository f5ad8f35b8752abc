"""What the answers to a question say of the whole contact frame: each interval, the finite frame, the strata.

Of all in view and of each group of a comparison. Only replies of organisations on the contact list count, of each one
reply (`analysis.findings.listed`). A share is of the answered; the strata are the regions of the list, each with its
own size and its own sampling fraction, and a group is a domain of that design.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite

import numpy as np

from analysis.dataset.arrays import (
    ANSWERED,
    BoolArray,
    Dataset,
    NumberColumn,
    RankColumn,
    TextColumn,
)
from analysis.disclosure import Suppressed
from analysis.findings.card import Base, Card, CardKind, Cell, Count
from analysis.findings.listed import Bounded, ContactList, listed_rows
from analysis.findings.method import Bounds, FrameBase, FrameMargin, NoFrame, Unspoken
from analysis.stats import designs
from analysis.stats.proportions import EmptyBase, IntervalKind, interval
from data.errors import InvalidInput


class NoStrata(StrEnum):
    """Why there is no estimate by region.

    PROTECTED   a sum weighted by region could tell a meeting and the public hidden counts of regions
    FROZEN      the frozen state is from before it was kept which replies are of organisations on the contact list
    NO_REGIONS  the contact list names no region that the questionnaire asks for
    UNLINKED    no reply is known to be of an organisation on it
    NOBODY      nobody of a region of the contact list answered
    """

    PROTECTED = "protected"
    FROZEN = "frozen"
    NO_REGIONS = "no_regions"
    UNLINKED = "unlinked"
    NOBODY = "nobody"


ESTIMATED = (CardKind.SINGLE, CardKind.MULTIPLE, CardKind.NUMBER)
"""Of cards of these kinds there are estimates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """How many of the frame would be asked and say so: the exact interval, and the bounds if all silent say no, or yes.

    n               answers that count; for a meeting and the public those of the card
    not_asked       replies that were not asked: they are known not to say so
    not_applicable  nor do those who said that the question does not apply
    """

    frame: int
    n: int
    not_asked: int
    not_applicable: int
    low: int
    high: int
    worst: int
    best: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratified:
    """A share, a mean or a median in the frame, of those to whom the question applies.

    replies                 that it rests on
    standard_error, bounds  None of a median of which the interval reaches beyond all answers, and where not all were
                            asked: of a mean if all of each region said the same, of a median if all stand on one side
    """

    value: float
    standard_error: float | None
    bounds: Bounds | None
    replies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionEstimate:
    """One option with its intervals; all but the label is None or empty where the count is hidden.

    intervals   by the name of the kind
    whole       None as `PartEstimate.no_frame` says
    stratified  None as `PartEstimate.no_strata` says
    """

    code: str
    label: str
    count: int | None
    share: float | None
    intervals: dict[str, Bounds] = field(default_factory=dict)
    whole: Whole | None = None
    stratified: Stratified | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEstimate:
    """All in view, or one group of a comparison.

    code, label   of the group; "" for all in view
    n             valid answers
    options       of a question of choices
    mean, median  of a question of numbers
    """

    code: str
    label: str
    n: Count
    options: tuple[OptionEstimate, ...] = ()
    mean: Stratified | None = None
    median: Stratified | None = None
    no_frame: NoFrame | None = None
    no_strata: NoStrata | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """Estimates of all in view and of each group.

    regions   words of the question that makes the strata; "" without strata
    unspoken  regions of the frame without a single reply: the estimates by region say nothing of them
    listed    which replies count, and which are left out
    """

    everybody: PartEstimate
    listed: FrameBase
    groups: tuple[PartEstimate, ...] = ()
    regions: str = ""
    unspoken: tuple[Unspoken, ...] = ()

    @property
    def parts(self) -> tuple[PartEstimate, ...]:
        """All in view, then each group."""
        return (self.everybody, *self.groups)


def require_estimates(dataset: Dataset, question: str) -> None:
    """Returns for a question of choices or numbers, and for an unknown one; else InvalidInput "estimate.no_choices"."""
    column = dataset.columns.get(question)
    batteries = {battery.name for battery in dataset.codebook.batteries}
    if question in batteries or isinstance(column, RankColumn | TextColumn):
        raise InvalidInput("estimate.no_choices", question=question)


def estimates(card: Card, dataset: Dataset, contacts: ContactList) -> Estimates:
    """Estimates for the whole frame of a card of choices or numbers, and for each group that it compares.

    Raises  as `require_estimates`.
    """
    require_estimates(dataset, card.question)
    return _Estimating(card, dataset, contacts).run()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Strata:
    """The design of the replies of which the region is known, and which replies those are."""

    of: designs.Design
    known: BoolArray
    unspoken: tuple[Unspoken, ...]


class _Estimating:
    def __init__(self, card: Card, dataset: Dataset, contacts: ContactList) -> None:
        self._card, self._dataset = card, dataset
        self._listed = listed_rows(dataset, contacts)
        self._bounded = Bounded(card, dataset, self._listed)
        self._place = {code.name: i for i, code in enumerate(dataset.variables[card.question].codes)}
        self._answered = np.equal(dataset.columns[card.question].state, ANSWERED) & dataset.select(card.filters)
        self._chosen = None if card.kind is CardKind.NUMBER else dataset.chosen(card.question)
        self._region = dataset.codebook.roles.get("region", "")
        self._strata = self._designed(next((each for each in contacts.margins if each.variable == self._region), None))

    def run(self) -> Estimates:
        card, strata = self._card, self._strata
        members = self._dataset.chosen(card.by) if card.by else None
        codes = [code.name for code in self._dataset.variables[card.by].codes] if card.by else []
        groups = (
            ()
            if members is None
            else tuple(
                self._part(each.base, members[:, codes.index(each.code)], each.code, each.label)
                for each in card.columns
            )
        )
        designed = not isinstance(strata, NoStrata)
        label = self._dataset.variables[self._region].label if designed else None
        return Estimates(
            everybody=self._part(card.base, np.ones(self._dataset.size, dtype=np.bool_)),
            listed=self._bounded.base,
            groups=groups,
            regions="" if label is None else self._dataset.codebook.words(label, card.language, self._region),
            unspoken=() if isinstance(strata, NoStrata) else strata.unspoken,
        )

    def _part(self, base: Base, members: BoolArray, code: str = "", label: str = "") -> PartEstimate:
        """members  (n,) of a group those who answered so"""
        domain = self._answered & members
        no_strata = self._strata if isinstance(self._strata, NoStrata) else None
        if not isinstance(self._strata, NoStrata) and not (domain & self._strata.known).any():
            no_strata = NoStrata.NOBODY
        no_frame = self._no_frame(base, code)
        options: tuple[OptionEstimate, ...] = ()
        if self._chosen is not None:
            cells = [(row.code, row.label, row.by.get(code) if code else row.cell) for row in self._card.rows]
            options = tuple(
                self._option(name, words, cell, base, domain, None if no_frame else code) for name, words, cell in cells
            )
        mean, median = (None, None) if no_strata is not None else self._middles(domain)
        return PartEstimate(
            code=code,
            label=label,
            n=base.answered,
            options=options,
            mean=mean,
            median=median,
            no_frame=no_frame,
            no_strata=no_strata,
        )

    def _no_frame(self, base: Base, code: str) -> NoFrame | None:
        """Why nothing is said of the frame of all in view or of a group."""
        reason = self._bounded.reason(code)
        if self._card.kind is CardKind.NUMBER:
            return reason if reason is NoFrame.FILTERED else None
        if reason is None and self._bounded.protected:
            hidden = (base.missing.get(cause, 0) for cause in ("not_asked", "not_applicable"))
            return NoFrame.HIDDEN if any(isinstance(each, Suppressed) for each in hidden) else None
        return reason

    def _option(
        self, code: str, label: str, cell: Cell | None, base: Base, domain: BoolArray, group: str | None
    ) -> OptionEstimate:
        """group  None where nothing is said of the frame"""
        if cell is None or isinstance(cell.count, Suppressed) or isinstance(base.answered, Suppressed):
            return OptionEstimate(code=code, label=label, count=None, share=None)
        n = base.answered
        if n == 0:
            return OptionEstimate(code=code, label=label, count=0, share=None)
        count = min(cell.count, n)  # each is rounded by itself
        bounds = {kind.value: interval(count, n, kind=kind) for kind in IntervalKind}
        return OptionEstimate(
            code=code,
            label=label,
            count=count,
            share=count / n,
            intervals={name: Bounds(low=low, high=high) for name, (low, high) in bounds.items()},
            whole=None if group is None else self._whole(code, (count, n), base, group),
            stratified=self._share(code, domain),
        )

    def _whole(self, option: str, told: tuple[int, int], base: Base, group: str) -> Whole | None:
        """Of the statement "is asked and says so", to which who stands outside the question is a "no" that is known.

        told  (who chose the option, valid answers) of the card: for whom it is not told which replies count
        """
        count, n = told
        if not self._bounded.protected and self._chosen is not None:
            rows = self._bounded.rows(group)
            count = int(np.count_nonzero(self._chosen[rows, self._place[option]]))
            n = int(np.count_nonzero(self._answered[rows]))
        not_asked, not_applicable = self._bounded.outside(self._card.question, base, group)
        found = self._bounded.of_all(count, n, not_asked + not_applicable, group)
        if found is None:
            return None
        return Whole(
            frame=found.frame,
            n=n,
            not_asked=not_asked,
            not_applicable=not_applicable,
            low=found.low,
            high=found.high,
            worst=found.worst,
            best=found.best,
        )

    def _share(self, code: str, domain: BoolArray) -> Stratified | None:
        strata = self._strata
        if isinstance(strata, NoStrata) or self._chosen is None:
            return None
        try:
            found = designs.share(strata.of, self._chosen[strata.known, self._place[code]], domain[strata.known])
        except EmptyBase:
            return None
        return _stratified(found)

    def _middles(self, domain: BoolArray) -> tuple[Stratified | None, Stratified | None]:
        """Mean and median of a number."""
        column, strata = self._dataset.columns[self._card.question], self._strata
        if not isinstance(column, NumberColumn) or isinstance(strata, NoStrata):
            return None, None
        values, inside = column.values[strata.known], domain[strata.known]
        mean, median = designs.mean(strata.of, values, inside), designs.quantile(strata.of, values, 0.5, inside)
        missed = bool((strata.of.remaining[strata.of.stratum[strata.of.unit[inside]]] > 0).any())
        below = designs.mean(strata.of, (values <= median.value).astype(np.float64), inside)
        # Where everybody of a region said the same, or stands on one side, its spread is not known, and is not 0.
        known = not missed or mean.standard_error > 1e-12 * max(1.0, abs(mean.value))
        return _stratified(mean, known=known), _stratified(median, known=not missed or below.standard_error > 1e-12)

    def _designed(self, margin: FrameMargin | None) -> _Strata | NoStrata:
        """Strata as the list tells them, so that each holds no more replies than were invited."""
        if self._bounded.protected:  # a sum weighted by region could tell hidden counts of regions
            return NoStrata.PROTECTED
        if self._listed.contacts.invited is None:
            return NoStrata.FROZEN
        if margin is None or margin.variable not in self._dataset.variables:
            return NoStrata.NO_REGIONS
        if not self._listed.size:
            return NoStrata.UNLINKED
        regions = self._dataset.variables[margin.variable].codes
        invited = np.array([margin.targets.get(region.name, 0) for region in regions])
        place = {region.name: i for i, region in enumerate(regions) if invited[i]}
        codes = np.full(self._dataset.size, -1, dtype=np.int64)
        for row, code in self._listed.codes(margin.variable).items():
            codes[row] = place.get(code, -1)
        known = codes >= 0
        if not known.any():
            return NoStrata.NOBODY
        replies = np.bincount(codes[known], minlength=invited.size)
        strata = codes[known]
        of = designs.design(
            (invited / np.maximum(replies, 1))[strata],
            strata=strata,
            population=invited[strata].astype(np.float64),
            lonely=designs.Lonely.CENTRE,
        )
        words, language = self._dataset.codebook.words, self._card.language
        unspoken = tuple(
            Unspoken(
                variable=margin.variable,
                code=region.name,
                label=words(region.label, language, region.name),
                invited=int(size),
            )
            for region, size, came in zip(regions, invited, replies, strict=True)
            if size and not came
        )
        return _Strata(of=of, known=known, unspoken=unspoken)


def _stratified(found: designs.DesignEstimate, *, known: bool = True) -> Stratified:
    reached = known and isfinite(found.low) and isfinite(found.high)
    return Stratified(
        value=found.value,
        standard_error=found.standard_error if reached else None,
        bounds=Bounds(low=found.low, high=found.high) if reached else None,
        replies=found.n,
    )
