"""What a card says, as claims that numbers can prove or refute.

The rules stand in docs/methods.md ("Sentences"). No claim rests on a hidden figure, and where a hidden figure could
refute a claim, it is not made.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.charts import wording
from analysis.charts.description import ASIDE
from analysis.disclosure import Suppressed
from analysis.findings.card import BatteryItem, Card, CardKind, Row, Verdict
from analysis.findings.contrast import beyond_chance
from analysis.findings.robustness import TOLERANCE

FEW = 30
"""On fewer answers a sentence tells counts first, and nothing is among the strongest findings."""


class Says(StrEnum):
    """What a claim says of the options, items or groups that it is about.

    GIVEN    so many gave this answer
    LEADS    it stands first, ahead of the next by more than two percentage points (of ranks: of the way along them)
    AHEAD    it stands first by no more than that
    TIED     they stand first together
    NEXT     it stands second, alone
    HIGHEST, LOWEST  no other item or group is higher, or lower, or is written with the same percent
    SAME     all items are equal; no two groups are more than two percentage points apart
    ALL_ABOVE, ALL_BELOW  the net values of all items are above nought, or below
    MIDDLE, MEAN     the median of the numbers, and their mean
    BEYOND_CHANCE, WITHIN_CHANCE  the highest group differs from the lowest by more than chance, or not
    """

    GIVEN = "given"
    LEADS = "leads"
    AHEAD = "ahead"
    TIED = "tied"
    NEXT = "next"
    HIGHEST = "highest"
    LOWEST = "lowest"
    SAME = "same"
    ALL_ABOVE = "all_above"
    ALL_BELOW = "all_below"
    MIDDLE = "middle"
    MEAN = "mean"
    BEYOND_CHANCE = "beyond_chance"
    WITHIN_CHANCE = "within_chance"


class Of(StrEnum):
    """What a claim measures: shares of all, shares by group, net values of items, mean ranks, numbers."""

    SHARE = "share"
    GROUP = "group"
    NET = "net"
    RANK = "rank"
    NUMBER = "number"


class Degree(StrEnum):
    """The word that a share of the answers deserves; `degree_of` says when."""

    ALL = "all"
    NEARLY_ALL = "nearly_all"
    THREE_QUARTERS = "three_quarters"
    TWO_THIRDS = "two_thirds"
    MOST = "most"
    HALF = "half"
    THIRD = "third"
    QUARTER = "quarter"
    SOME = "some"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing that a sentence says, such that the card can refute it.

    about   codes of the options, items or groups, in the card's order
    figure  the share, net value, mean rank or number that they have; None for claims without one
    count   how many gave the answer, where the sentence may tell it
    degree  the word for the share; None where none is used
    part    True when it is said only of groups that are shown and have at least FEW answers
    """

    says: Says
    of: Of
    about: tuple[str, ...] = ()
    figure: float | None = None
    count: int | None = None
    degree: Degree | None = None
    part: bool = False


def degree_of(count: int, n: int, share: float) -> Degree:
    """The word for a share: a fraction only within 1.5 percentage points of it, "most" only well above half."""
    if count == n:
        return Degree.ALL
    if share >= 0.95:
        return Degree.NEARLY_ALL
    for part, degree in (
        (3 / 4, Degree.THREE_QUARTERS),
        (2 / 3, Degree.TWO_THIRDS),
        (1 / 2, Degree.HALF),
        (1 / 3, Degree.THIRD),
        (1 / 4, Degree.QUARTER),
    ):
        if abs(share - part) <= 0.015:
            return degree
    return Degree.MOST if share > 0.5 else Degree.SOME


def claims(card: Card) -> tuple[Claim, ...]:
    """All that the card's sentence says; () when nothing can be said.

    Nothing is said of open answers, without answers, where the number of answers is hidden, and of a finding that
    another lens reverses: a title must not carry what another way of counting denies.
    """
    n = card.base.answered
    if isinstance(n, Suppressed) or n == 0:
        return ()
    if card.robustness is not None and card.robustness.of(Verdict.REVERSED):
        return ()
    match card.kind:
        case CardKind.SINGLE | CardKind.MULTIPLE:
            return _of_options(card, n)
        case CardKind.BATTERY:
            return _of_battery(card, n)
        case CardKind.RANKING:
            return _of_ranking(card)
        case CardKind.NUMBER:
            return _of_number(card)
        case _:
            return ()


def rank_of(row: Row) -> float:
    """The mean rank, where one is shown; else behind all others."""
    return row.mean_rank if isinstance(row.mean_rank, float) else math.inf


def _same(one: float, other: float) -> bool:
    return abs(one - other) < 1e-9


def _looks_same(one: float, other: float) -> bool:
    """Whether two shares or net values are written alike: a reader would see a tie."""
    return wording.rounded(one, "0.01") == wording.rounded(other, "0.01")


def _is_weighted(card: Card) -> bool:
    return card.statistics is not None and card.statistics.weights is not None


def _of_options(card: Card, n: int) -> tuple[Claim, ...]:
    shown = [row for row in card.rows if isinstance(row.cell.count, int) and isinstance(row.cell.share, float)]
    if not shown or (n < FEW and _is_weighted(card)):
        return ()
    order = sorted(shown, key=_share, reverse=True)
    top = _share(order[0])
    leaders = [row for row in shown if _same(_share(row), top)]
    if top <= 0:
        return ()
    unseen = _most_unseen(card, shown)
    if top <= unseen:
        # A hidden option may lead. What more than half of them said is worth telling all the same.
        is_plain = len(leaders) == 1 and top > 0.515 and leaders[0].code not in ASIDE
        return (_given(Says.GIVEN, leaders, n),) if is_plain else ()
    if len(leaders) > 1:
        return (_given(Says.TIED, leaders, n, degree=None),)
    if len(card.rows) == 1:
        return (_given(Says.GIVEN, leaders, n),)
    behind = max((_share(row) for row in order[1:]), default=0.0)
    lead = top - max(behind, unseen)
    says = Says.LEADS if lead > TOLERANCE else Says.AHEAD
    first = _given(says, leaders, n)
    if card.columns:
        return (first, *_of_groups(card, leaders[0])) if says is Says.LEADS else (first,)
    second = [row for row in order[1:] if _same(_share(row), behind)]
    is_told = n >= FEW and first.degree is not Degree.ALL and behind > max(0.0, unseen) and len(second) == 1
    if not is_told or (card.kind is CardKind.SINGLE and top > 0.515):
        return (first,)
    return (first, Claim(says=Says.NEXT, of=Of.SHARE, about=(second[0].code,), figure=behind))


def _share(row: Row) -> float:
    return row.cell.share if isinstance(row.cell.share, float) else 0.0


def _most_unseen(card: Card, shown: Sequence[Row]) -> float:
    """The largest share that a hidden option can have; -1 when none is hidden."""
    if len(shown) == len(card.rows):
        return -1.0
    if card.kind is CardKind.MULTIPLE:
        return 1.0
    return max(0.0, 1.0 - sum(_share(row) for row in shown)) + TOLERANCE  # rounded counts do not add up


def _given(says: Says, rows: Sequence[Row], n: int, *, degree: Degree | None = Degree.SOME) -> Claim:
    cell = rows[0].cell
    assert isinstance(cell.count, int)
    share = _share(rows[0])
    return Claim(
        says=says,
        of=Of.SHARE,
        about=tuple(row.code for row in rows),
        figure=share,
        count=cell.count,
        degree=None if degree is None else degree_of(cell.count, n, share),
    )


def _of_groups(card: Card, row: Row) -> tuple[Claim, ...]:
    """Where the leading option is highest and lowest, among groups that are shown and large enough."""
    sizes = {each.code: each.base.answered for each in card.columns}
    found = {}
    for code, size in sizes.items():
        cell = row.by.get(code)
        if cell is not None and isinstance(size, int) and size >= FEW and isinstance(cell.share, float):
            found[code] = cell.share
    if len(found) < 2:
        return ()
    part = len(found) < sum(size != 0 for size in sizes.values())
    ends = _ends(found, Of.GROUP, part=part)
    if ends[:1] and ends[0].says is not Says.SAME and len(ends) < 2:
        return ()
    if len(ends) == 2 and all(len(each.about) == 1 for each in ends):
        pairs = len(found) * (len(found) - 1) // 2
        is_beyond = beyond_chance(card, row, ends[0].about[0], ends[1].about[0], pairs=pairs)
        if is_beyond is not None:
            says = Says.BEYOND_CHANCE if is_beyond else Says.WITHIN_CHANCE
            ends = (*ends, Claim(says=says, of=Of.GROUP, about=(*ends[0].about, *ends[1].about)))
    return ends


def _ends(figures: Mapping[str, float], of: Of, *, part: bool = False) -> tuple[Claim, ...]:
    """The highest and the lowest of several, each when at most two share it; that all are the same."""
    high, low = max(figures.values()), min(figures.values())
    if _same(high, low) or (of is Of.GROUP and high - low <= TOLERANCE):
        return (Claim(says=Says.SAME, of=of, about=tuple(figures), figure=high, part=part),)
    ends = tuple(
        Claim(
            says=says,
            of=of,
            about=tuple(code for code, figure in figures.items() if _looks_same(figure, end)),
            figure=end,
            part=part,
        )
        for says, end in ((Says.HIGHEST, high), (Says.LOWEST, low))
    )
    return tuple(each for each in ends if len(each.about) <= 2)


def _of_battery(card: Card, n: int) -> tuple[Claim, ...]:
    """The items with the highest and the lowest net value, and whether all are on one side of nought.

    A hidden net value lies within what the shown points of its scale leave open; an end is told only where none of
    those can be beyond it, and of many answers only where many answered the item.
    """
    counted = [item for item in card.items if item.base.answered != 0]
    nets = {item.name: item.net for item in counted if isinstance(item.net, float)}
    if len(counted) < 2 or all(item.net is None for item in counted):
        return ()
    unseen = [_net_range(item) for item in counted if item.name not in nets]
    sides: tuple[Claim, ...] = ()
    if max((*nets.values(), *(most for _least, most in unseen))) < 0:
        sides = (Claim(says=Says.ALL_BELOW, of=Of.NET, about=tuple(item.name for item in counted)),)
    elif min((*nets.values(), *(least for least, _most in unseen))) > 0:
        sides = (Claim(says=Says.ALL_ABOVE, of=Of.NET, about=tuple(item.name for item in counted)),)
    if len(nets) < 2:
        return sides
    if unseen and _same(max(nets.values()), min(nets.values())):
        return sides
    many = {
        item.name for item in counted if n < FEW or (isinstance(item.base.answered, int) and item.base.answered >= FEW)
    }
    sure = {
        Says.HIGHEST: all(most < max(nets.values()) for _least, most in unseen),
        Says.LOWEST: all(least > min(nets.values()) for least, _most in unseen),
        Says.SAME: not unseen,
    }
    ends = [each for each in _ends(nets, Of.NET) if sure[each.says] and many.issuperset(each.about)]
    return (*ends, *sides)


def _net_range(item: BatteryItem) -> tuple[float, float]:
    """The least and the most that a hidden net value can be, by the shares that are shown."""
    shares = [row.cell.share if isinstance(row.cell.share, float) else None for row in item.rows]
    known = sum(share for share in shares if share is not None)
    rest = max(0.0, 1.0 - known) + TOLERANCE  # rounded counts do not add up
    ends = min(2, len(shares) // 2)
    below, above = shares[:ends], shares[len(shares) - ends :]
    plain = sum(share or 0.0 for share in above) - sum(share or 0.0 for share in below)
    least, most = (rest if None in side or item.net is None else 0.0 for side in (below, above))
    return plain - least, plain + most


def _of_ranking(card: Card) -> tuple[Claim, ...]:
    if any(isinstance(row.mean_rank, Suppressed) for row in card.rows):
        return ()
    ranked = sorted((row for row in card.rows if row.mean_rank is not None), key=rank_of)
    leaders = [row for row in ranked if _same(rank_of(row), rank_of(ranked[0]))]
    # Means are among those who ranked an item: one that few ranked cannot be called first.
    if len(ranked) < 2 or any(not isinstance(row.cell.share, float) or row.cell.share < 0.5 for row in leaders):
        return ()
    about = tuple(row.code for row in card.rows if row in leaders)
    if len(leaders) > 1:
        return (Claim(says=Says.TIED, of=Of.RANK, about=about, figure=rank_of(leaders[0])),)
    lead = rank_of(ranked[1]) - rank_of(ranked[0])
    says = Says.LEADS if lead > max(0.1, TOLERANCE * (len(card.rows) - 1)) else Says.AHEAD
    first = Claim(says=says, of=Of.RANK, about=about, figure=rank_of(ranked[0]))
    second = [row for row in ranked[1:] if _same(rank_of(row), rank_of(ranked[1]))]
    if len(second) > 1:
        return (first,)
    return (first, Claim(says=Says.NEXT, of=Of.RANK, about=(second[0].code,), figure=rank_of(second[0])))


def _of_number(card: Card) -> tuple[Claim, ...]:
    figures = ((Says.MIDDLE, card.median), (Says.MEAN, card.mean))
    return tuple(
        Claim(says=says, of=Of.NUMBER, figure=float(figure))
        for says, figure in figures
        if figure is not None and not isinstance(figure, Suppressed)
    )
