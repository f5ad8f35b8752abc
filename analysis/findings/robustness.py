"""Does a card's finding hold when the replies are looked at through other lenses? Only the verdict leaves this module.

A lens is a weight for each reply; the figures under it stay here, so that a meeting and the public learn of them no
more than the badge says.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.dataset.arrays import (
    ANSWERED,
    FIRST_CODE,
    BoolArray,
    Dataset,
    FloatArray,
    NumberColumn,
    RankColumn,
    SingleColumn,
)
from analysis.disclosure import Suppressed
from analysis.findings.card import Card, CardKind, Lens, LensVerdict, Robustness, Row, Untested, Verdict
from analysis.findings.method import FrameMargin, Method, WeightKind
from analysis.findings.weighting import weigh
from analysis.stats.scales import net_signs
from data.errors import InvalidInput

TOLERANCE = 0.02
"""A lead, a net value or a difference of two percentage points or less is level: it says nothing that could hold."""
SMALL = 0.2
"""A fifth of a standard deviation: groups of numbers no further apart are level, and a mean that goes no further holds
(a small effect: Cohen 1988)."""
MOST_ON_A_SIDE = 0.6
"""A median of which more of the replies are on one side under a lens has moved."""
FEWEST_ANSWERS = 30
"""On fewer answers there is no finding to test; a few replies more would turn it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lenses:
    """The lenses of a data set.

    weights  (n,) for each lens that can be computed; not all 0
    missing  lens -> why it cannot be
    """

    weights: Mapping[Lens, FloatArray]
    missing: Mapping[Lens, Untested]


def open_lenses(
    dataset: Dataset,
    *,
    organisations: Mapping[int, str],
    frame: Sequence[FrameMargin],
    copied: frozenset[int] | None,
    language: str,
) -> Lenses:
    """The four lenses, found once for all replies and the same under every filter.

    organisations  reply -> a key that replies of one organisation share; who has none is an organisation of its own
    frame          the contact frame's margins
    copied         replies that belong to a campaign; None when nobody answered in words
    """
    weights, missing = _weighted(dataset, frame, language)
    ids = dataset.respondents.ids
    keys = [organisations.get(each, "") for each in ids.tolist()]
    if any(keys):
        times = Counter(keys)
        weights[Lens.ONE_VOICE] = np.array([1.0 / times[key] if key else 1.0 for key in keys])
    else:
        missing[Lens.ONE_VOICE] = Untested.NO_NAMES
    if copied is None:
        missing[Lens.NO_CAMPAIGNS] = Untested.NO_OPEN_ANSWERS
    else:
        weights[Lens.NO_CAMPAIGNS] = (~np.isin(ids, list(copied))).astype(np.float64)
    return Lenses(weights=weights, missing=missing)


def open_frozen_lenses(dataset: Dataset, *, frame: Sequence[FrameMargin], language: str) -> Lenses:
    """The lenses of a frozen state: those of regions and of the frame, which it keeps.

    It refers to answers and keeps neither which replies were of one organisation then, nor which were a campaign
    (docs/decisions/0013-frozen-states.md).
    """
    weights, missing = _weighted(dataset, frame, language)
    missing |= dict.fromkeys((Lens.ONE_VOICE, Lens.NO_CAMPAIGNS), Untested.NOT_FROZEN)
    return Lenses(weights=weights, missing=missing)


def _weighted(
    dataset: Dataset, frame: Sequence[FrameMargin], language: str
) -> tuple[dict[Lens, FloatArray], dict[Lens, Untested]]:
    weights: dict[Lens, FloatArray] = {}
    missing: dict[Lens, Untested] = {}
    for lens, kind, why in (
        (Lens.EQUAL_REGIONS, WeightKind.EQUAL_REGIONS, Untested.NO_REGION),
        (Lens.RAKED, WeightKind.RAKED, Untested.NO_FRAME),
    ):
        try:
            found = weigh(dataset, Method(weights=kind), frame, language)
        except InvalidInput:
            found = None
        if found is None:
            missing[lens] = why
        elif not found.report.converged:
            missing[lens] = Untested.NOT_REACHED
        else:
            weights[lens] = found.weights
    return weights, missing


def assess(card: Card, dataset: Dataset, lenses: Lenses) -> Card:
    """The card with its badge; as it was when it makes no statement that could be turned: words, one option.

    The statement, each time with its size d in shares of 1, of numbers in standard deviations of the answers:

    options     the leading option's share less the highest of the others
    rankings    how far its mean rank is ahead of the next, over the number of places less one
    batteries   the net value of each item (of a scale without order, its leading option)
    comparison  the leading option's share in the group where it is highest less that where it is lowest; of numbers the
                mean there

    A lens is tested when |d| > TOLERANCE (of numbers SMALL) without weights, on FEWEST_ANSWERS or more. It *holds* when
    d under the lens has the same sign beyond that, is *level* within it, and *reversed* beyond it with the other sign.
    Of a battery one item decides: reversed before level before holds. Nothing is tested on figures that the card hides.

    Numbers that are not compared state their middle. It *holds* when under the lens no more than MOST_ON_A_SIDE of the
    replies lie on one side of the median and the mean is within SMALL of what it was, else it has *moved*.
    """
    if card.kind is CardKind.TEXT:
        return card
    stated, why = _statements(card, dataset, lenses)
    if not stated:
        return card if why is None else replace(card, robustness=Robustness(lenses=(), untested=why))
    verdicts = [_verdict(lens, stated, place) for place, lens in enumerate(lenses.weights, start=1)] + [
        LensVerdict(lens=lens, verdict=Verdict.UNTESTED, untested=reason) for lens, reason in lenses.missing.items()
    ]
    order = list(Lens)
    return replace(card, robustness=Robustness(lenses=tuple(sorted(verdicts, key=lambda each: order.index(each.lens)))))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """Its size without weights and then under each lens, NaN where a lens leaves nobody; what it is about.

    limit    up to this size there is nothing that could hold
    is_move  the size is how far a middle has moved, which holds within the limit
    """

    sizes: FloatArray
    label: str = ""
    limit: float = TOLERANCE
    is_move: bool = False

    def under(self, place: int) -> Verdict:
        """The verdict of one lens."""
        before, after = self.sizes[0], self.sizes[place]
        if np.isnan(after):
            return Verdict.UNTESTED
        if self.is_move:
            return Verdict.HOLDS if after <= self.limit else Verdict.MOVED
        if abs(after) <= self.limit:
            return Verdict.LEVEL
        return Verdict.HOLDS if (before > 0) == (after > 0) else Verdict.REVERSED


def _verdict(lens: Lens, stated: Sequence[_Statement], place: int) -> LensVerdict:
    found = [(each.under(place), each.label) for each in stated]
    if all(verdict is Verdict.UNTESTED for verdict, _label in found):
        return LensVerdict(lens=lens, verdict=Verdict.UNTESTED, untested=Untested.NOBODY_LEFT)
    for worst in (Verdict.REVERSED, Verdict.LEVEL, Verdict.MOVED):
        about = tuple(label for verdict, label in found if verdict is worst)
        if about:
            return LensVerdict(lens=lens, verdict=worst, about=tuple(filter(None, about)))
    return LensVerdict(lens=lens, verdict=Verdict.HOLDS)


def _statements(card: Card, dataset: Dataset, lenses: Lenses) -> tuple[list[_Statement], Untested | None]:
    """What the card states, and why nothing when it states nothing that can be tested."""
    if isinstance(card.base.answered, Suppressed):
        return [], Untested.HIDDEN
    weights = np.array([np.ones(dataset.size), *lenses.weights.values()]).T  # each lens lies together
    view = dataset.select(card.filters)
    if card.kind is CardKind.BATTERY:
        return _of_battery(card, dataset, view, weights)
    column = dataset.columns[card.question]
    if len(card.rows) < 2 and not isinstance(column, NumberColumn):
        return [], None
    answered = (column.state == ANSWERED) & view
    if _is_few(answered):
        return [], Untested.TOO_FEW
    if isinstance(column, NumberColumn):
        if card.by:
            return _of_number_groups(card, dataset, answered, column.values, weights)
        return _of_number(card, column.values[answered], weights[answered])
    if isinstance(column, RankColumn):
        return _of_ranking(card, column.ranks[answered], weights[answered])
    if card.by:
        return _of_groups(card, dataset, answered, weights)
    return _leading(card.rows, _option_shares(dataset, card.question, answered, weights))


def _leading(rows: Sequence[Row], shares: FloatArray, label: str = "") -> tuple[list[_Statement], Untested | None]:
    """The lead of the option that leads without weights; `shares` (lenses, options)."""
    first, second = np.argsort(-shares[0], kind="stable")[:2]
    if any(isinstance(rows[place].cell.share, Suppressed) for place in (first, second)):
        return [], Untested.HIDDEN
    lead = shares[:, first] - np.delete(shares, first, axis=1).max(axis=1)
    return ([_Statement(sizes=lead, label=label)], None) if lead[0] > TOLERANCE else ([], Untested.NO_LEAD)


def _of_ranking(card: Card, ranks: np.ndarray, weights: FloatArray) -> tuple[list[_Statement], Untested | None]:
    placed = ranks > 0
    sums = weights.T @ ranks.astype(np.float64)
    times = weights.T @ placed.astype(np.float64)
    means = np.divide(sums, times, out=np.full(sums.shape, np.nan), where=times > 0)
    known = np.flatnonzero(~np.isnan(means[0]))
    if known.size < 2:
        return [], None
    first, second = known[np.argsort(means[0, known], kind="stable")[:2]]
    if any(isinstance(card.rows[place].mean_rank, Suppressed) for place in (first, second)):
        return [], Untested.HIDDEN
    others = np.where(np.isnan(means), np.inf, means)
    others[:, first] = np.inf
    lead = (others.min(axis=1) - means[:, first]) / max(1, ranks.shape[1] - 1)
    lead = np.where(np.isinf(lead), np.nan, lead)
    return ([_Statement(sizes=lead)], None) if lead[0] > TOLERANCE else ([], Untested.NO_LEAD)


def _of_number(card: Card, values: FloatArray, weights: FloatArray) -> tuple[list[_Statement], Untested | None]:
    if isinstance(card.mean, Suppressed) or isinstance(card.median, Suppressed):
        return [], Untested.HIDDEN
    middle, spread = float(np.median(values)), float(values.std())
    sides = _shares(np.column_stack((values < middle, values > middle)), weights)
    moved = np.abs(_shares(values[:, None], weights)[:, 0] - values.mean())
    off = np.divide(moved, spread, out=np.where(np.isnan(moved), np.nan, 0.0), where=spread > 0)
    return [
        _Statement(sizes=sides.max(axis=1), limit=MOST_ON_A_SIDE, is_move=True),
        _Statement(sizes=off, limit=SMALL, is_move=True),
    ], None


def _of_number_groups(
    card: Card, dataset: Dataset, answered: BoolArray, values: FloatArray, weights: FloatArray
) -> tuple[list[_Statement], Untested | None]:
    """The mean in the group where it is highest, less that where it is lowest; groups large enough."""
    if any(isinstance(column.mean, Suppressed) for column in card.columns):
        return [], Untested.HIDDEN
    spread, found = float(values[answered].std()), []
    for _code, inside in _groups(card, dataset, answered):
        found.append(_shares(values[inside][:, None], weights[inside])[:, 0])
    if len(found) < 2:
        return [], Untested.TOO_FEW
    if not spread:
        return [], Untested.NO_GAP
    sizes = _furthest(found) / spread
    return ([_Statement(sizes=sizes, limit=SMALL)], None) if sizes[0] > SMALL else ([], Untested.NO_GAP)


def _groups(card: Card, dataset: Dataset, answered: BoolArray) -> Iterator[tuple[str, BoolArray]]:
    """(code, who of it answered) of each group of a comparison in which enough did."""
    places = [code.name for code in dataset.variables[card.by].codes]
    for column in card.columns:
        inside = dataset.chose(card.by, places.index(column.code)) & answered
        if not _is_few(inside):
            yield column.code, inside


def _furthest(by_group: Sequence[FloatArray]) -> FloatArray:
    """The group that is highest without weights less the one that is lowest."""
    found = np.array(by_group)
    furthest: FloatArray = found[found[:, 0].argmax()] - found[found[:, 0].argmin()]
    return furthest


def _of_battery(
    card: Card, dataset: Dataset, view: BoolArray, weights: FloatArray
) -> tuple[list[_Statement], Untested | None]:
    stated: list[_Statement] = []
    reasons: list[Untested] = []
    for item in card.items:
        answered = (dataset.columns[item.name].state == ANSWERED) & view
        if isinstance(item.base.answered, Suppressed) or isinstance(item.net, Suppressed):
            reasons.append(Untested.HIDDEN)
            continue
        if _is_few(answered):
            reasons.append(Untested.TOO_FEW)
            continue
        codes = [code.name for code in dataset.variables[item.name].codes]
        shares = np.zeros((weights.shape[1], len(card.scale)))
        own = _option_shares(dataset, item.name, answered, weights)
        for place, (code, _words) in enumerate(card.scale):
            if code in codes:
                shares[:, place] = own[:, codes.index(code)]
        if item.net is None:
            found, why = _leading(item.rows, shares, item.label) if len(item.rows) > 1 else ([], None)
        else:
            sizes = shares @ np.array(net_signs(len(card.scale)), dtype=np.float64)
            plain = abs(sizes[0]) > TOLERANCE
            found, why = ([_Statement(sizes=sizes, label=item.label)], None) if plain else ([], Untested.NO_LEAD)
        stated += found
        reasons += [why] if why is not None else []
    return stated, None if stated or not reasons else _first(reasons)


def _of_groups(
    card: Card, dataset: Dataset, answered: BoolArray, weights: FloatArray
) -> tuple[list[_Statement], Untested | None]:
    """The leading option in the group where it is highest, less that where it is lowest; groups large enough."""
    plain = _option_shares(dataset, card.question, answered, weights[:, :1])
    leader = int(plain[0].argmax())
    row, option = card.rows[leader], dataset.chose(card.question, leader)
    found = []
    for code, inside in _groups(card, dataset, answered):
        cell = row.by.get(code)
        if cell is not None and not isinstance(cell.share, Suppressed):
            found.append(_shares(option[inside][:, None], weights[inside])[:, 0])
    if len(found) < 2:
        return [], Untested.TOO_FEW
    sizes = _furthest(found)
    return ([_Statement(sizes=sizes)], None) if sizes[0] > TOLERANCE else ([], Untested.NO_LEAD)


def _is_few(rows: BoolArray) -> bool:
    return int(np.count_nonzero(rows)) < FEWEST_ANSWERS


def _first(reasons: Iterable[Untested]) -> Untested:
    found = set(reasons)
    return next(reason for reason in Untested if reason in found)


def _shares(flags: BoolArray | FloatArray, weights: FloatArray) -> FloatArray:
    """(lenses, options): the weighted share of each option, or the mean of numbers; NaN under a lens that leaves
    nobody."""
    total = weights.sum(axis=0)
    sums: FloatArray = weights.T @ flags.astype(np.float64)
    found: FloatArray = np.divide(sums, total[:, None], out=np.full(sums.shape, np.nan), where=total[:, None] > 0)
    return found


def _option_shares(dataset: Dataset, question: str, rows: BoolArray, weights: FloatArray) -> FloatArray:
    """(lenses, options) as `_shares`, of a single or multiple choice among these rows."""
    column = dataset.columns[question]
    if not isinstance(column, SingleColumn):
        return _shares(dataset.chosen(question)[rows], weights[rows])
    # A matrix with a column for each option would be large where there are many, such as countries.
    codes, last = column.codes[rows], FIRST_CODE + len(dataset.variables[question].codes)
    sums = [np.bincount(codes, weights=each[rows], minlength=last)[FIRST_CODE:] for each in weights.T]
    return np.array([_divided(np.asarray(each, dtype=np.float64), float(each.sum())) for each in sums])


def _divided(sums: FloatArray, total: float) -> FloatArray:
    found: FloatArray = sums / total if total > 0 else np.full(sums.shape, np.nan)
    return found
