"""What a card says, as a sentence: first as claims that numbers can prove or refute, then as words.

`claims` reads the protected card and nothing else; `headline` words what it says, in the reader's language; `strongest`
chooses among cards. The rules stand in docs/methods.md ("Sentences"). No claim rests on a hidden figure, and where a
hidden figure could refute a claim, it is not made.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.charts import wording
from analysis.charts.spec import Words
from analysis.disclosure import Suppressed
from analysis.findings.card import BatteryItem, Card, CardKind, Row, Verdict
from analysis.findings.contrast import beyond_chance
from analysis.findings.robustness import TOLERANCE

FEW = 30
"""On fewer answers a sentence tells counts first, and nothing is among the strongest findings."""
LONGEST_LABEL = 90
Z = 1.96
_NOT_SAID = ("other", "none", "dk", "dont_know", "na", "ns", "ref", "refused")


class Says(StrEnum):
    """What a claim says of the options, items or groups that it is about.

    GIVEN    so many gave this answer
    LEADS    it stands first, ahead of the next by more than two percentage points (of ranks: of the way along them)
    AHEAD    it stands first by no more than that
    TIED     they stand first together
    NEXT     it stands second, alone
    HIGHEST, LOWEST  no other item or group is higher, or lower
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Strongest:
    """A card among the strongest findings, and what it says."""

    card: Card
    sentence: str


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


def headline(card: Card, words: Words) -> str:
    """The card's finding as one or two short sentences; "" when nothing can be said."""
    found = claims(card)
    if not found:
        return ""
    match card.kind:
        case CardKind.SINGLE | CardKind.MULTIPLE:
            sentence = _options_in_words(card, found, words)
        case CardKind.BATTERY:
            sentence = _battery_in_words(card, found, words)
        case CardKind.RANKING:
            sentence = _ranking_in_words(card, found, words)
        case _:
            sentence = _number_in_words(card, found, words)
    return sentence


def strongest(cards: Sequence[Card], words: Words, count: int = 5) -> tuple[Strongest, ...]:
    """The strongest findings, the strongest first; one for each question, none about the respondents themselves.

    A finding needs 30 answers, a leader (or a net value) that holds under every lens that was tested, and a `strength`
    above 0. Of equal strength the one with more answers comes first, then the one that is asked first.
    """
    best: dict[str, tuple[float, int, int, Card]] = {}
    for place, card in enumerate(cards):
        value, n = strength(card), card.base.answered
        if card.profile or value <= 0 or isinstance(n, Suppressed) or not _holds(card):
            continue
        entry = (-value, -n, place, card)
        if card.question not in best or entry[:3] < best[card.question][:3]:
            best[card.question] = entry
    order = sorted(best.values(), key=lambda entry: entry[:3])
    return tuple(Strongest(card=card, sentence=headline(card, words)) for *_rank, card in order[:count])


def strength(card: Card) -> float:
    """How far beyond chance a finding is, in shares of 1; 0 or less for none.

    options   the leader's share less one half, or less the share of the next if that is more, each less 1.96 standard
              errors (of several answers the largest that the difference can have)
    battery   the net value of the highest or the lowest item, whichever is further from nought; where all are on one
              side, the nearest of those shown if that is more; each less 1.96 standard errors
    ranking   how far the first is ahead of the next over the number of places less one, less 1.96 times the largest
              standard error that such a difference can have, 1 over the root of the fewer that ranked one of the two
    """
    n, found = card.base.answered, claims(card)
    if isinstance(n, Suppressed) or n < FEW or not found:
        return 0.0
    first = found[0]
    if card.kind is CardKind.BATTERY:
        return _battery_strength(card, found)
    if card.kind is CardKind.RANKING:
        return _rank_strength(card) if first.says is Says.LEADS else 0.0
    if first.says not in (Says.LEADS, Says.GIVEN):
        return 0.0
    leader = next(row for row in card.rows if row.code == first.about[0])
    others = [row.cell.share for row in card.rows if row is not leader and isinstance(row.cell.share, float)]
    if leader.code in _NOT_SAID or not isinstance(leader.cell.share, float):
        return 0.0
    size = n if card.statistics is None or card.statistics.effective_n is None else card.statistics.effective_n
    one, two = leader.cell.share, max(others, default=0.0)
    from_half = one - 0.5 - Z * math.sqrt(one * (1 - one) / size)
    if len(others) < len(card.rows) - 1:
        return from_half
    if card.kind is CardKind.SINGLE:
        spread = one + two - (one - two) ** 2
    else:  # how often both were chosen is not known: the largest spread that their difference can have
        spread = (math.sqrt(one * (1 - one)) + math.sqrt(two * (1 - two))) ** 2
    return max(from_half, one - two - Z * math.sqrt(spread / size))


def _rank_strength(card: Card) -> float:
    ranked = sorted((row for row in card.rows if isinstance(row.mean_rank, float)), key=_rank)
    times = [row.cell.count for row in ranked[:2] if isinstance(row.cell.count, int) and row.cell.count > 0]
    if len(times) < 2:
        return 0.0
    return (_rank(ranked[1]) - _rank(ranked[0])) / (len(card.rows) - 1) - Z / math.sqrt(min(times))


def _battery_strength(card: Card, found: Sequence[Claim]) -> float:
    strengths = {item.name: _net_strength(item) for item in card.items if isinstance(item.net, float)}
    ends = [strengths[code] for each in found if each.says in (Says.HIGHEST, Says.LOWEST) for code in each.about]
    if any(each.says in (Says.ALL_ABOVE, Says.ALL_BELOW) for each in found) and strengths:
        ends.append(min(strengths.values()))
    return max(ends, default=0.0)


def _net_strength(item: BatteryItem) -> float:
    if not isinstance(item.net, float) or not isinstance(item.base.answered, int) or not item.base.answered:
        return 0.0
    shares = [row.cell.share for row in item.rows]
    ends = min(2, len(shares) // 2)
    known = [share for share in (*shares[:ends], *shares[len(shares) - ends :]) if isinstance(share, float)]
    both = sum(known) if len(known) == 2 * ends else 1.0
    return abs(item.net) - Z * math.sqrt(max(0.0, both - item.net**2) / item.base.answered)


def _holds(card: Card) -> bool:
    """Whether no lens that was tested turns the finding or makes it level."""
    found = card.robustness
    if found is None:
        return True
    return found.untested is None and not found.of(Verdict.REVERSED) and not found.of(Verdict.LEVEL)


def _rank(row: Row) -> float:
    return row.mean_rank if isinstance(row.mean_rank, float) else math.inf


def _same(one: float, other: float) -> bool:
    return abs(one - other) < 1e-9


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
        is_plain = len(leaders) == 1 and top > 0.515 and leaders[0].code not in _NOT_SAID
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
            about=tuple(code for code, figure in figures.items() if _same(figure, end)),
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
    ranked = sorted((row for row in card.rows if row.mean_rank is not None), key=_rank)
    leaders = [row for row in ranked if _same(_rank(row), _rank(ranked[0]))]
    # Means are among those who ranked an item: one that few ranked cannot be called first.
    if len(ranked) < 2 or any(not isinstance(row.cell.share, float) or row.cell.share < 0.5 for row in leaders):
        return ()
    about = tuple(row.code for row in card.rows if row in leaders)
    if len(leaders) > 1:
        return (Claim(says=Says.TIED, of=Of.RANK, about=about, figure=_rank(leaders[0])),)
    lead = _rank(ranked[1]) - _rank(ranked[0])
    says = Says.LEADS if lead > max(0.1, TOLERANCE * (len(card.rows) - 1)) else Says.AHEAD
    first = Claim(says=says, of=Of.RANK, about=about, figure=_rank(ranked[0]))
    second = [row for row in ranked[1:] if _same(_rank(row), _rank(ranked[1]))]
    if len(second) > 1:
        return (first,)
    return (first, Claim(says=Says.NEXT, of=Of.RANK, about=(second[0].code,), figure=_rank(second[0])))


def _of_number(card: Card) -> tuple[Claim, ...]:
    figures = ((Says.MIDDLE, card.median), (Says.MEAN, card.mean))
    return tuple(
        Claim(says=says, of=Of.NUMBER, figure=float(figure))
        for says, figure in figures
        if figure is not None and not isinstance(figure, Suppressed)
    )


def _options_in_words(card: Card, found: Sequence[Claim], words: Words) -> str:
    labels = {row.code: row.label for row in card.rows}
    first, n = found[0], card.base.answered
    assert not isinstance(n, Suppressed)
    assert first.figure is not None
    second = next((each for each in found if each.says is Says.NEXT), None)
    named = _quoted([labels[code] for code in first.about], words)
    share, size = wording.share(first.figure, words), wording.count(n, words)
    if n < FEW:
        sentence = _few_options(first, named, share, n, words)
    elif first.says is Says.TIED:
        sentence = _tied_options(first, named, share, size, words)
    elif first.says is Says.AHEAD:
        sentence = _ahead(named, share, size, words, second, labels)
    else:
        sentence = _many_options(first, named, share, size, words, second, labels)
    return " ".join(part for part in (sentence, *_groups_in_words(card, found[1:], words)) if part)


def _few_options(first: Claim, named: str, share: str, n: int, words: Words) -> str:
    count = wording.count(first.count or 0, words)
    if first.says is Says.TIED and len(first.about) == 2:
        return words.plural(
            "{options} are tied: {chosen} of {count} respondent each ({share}).",
            "{options} are tied: {chosen} of {count} respondents each ({share}).",
            n,
            options=named,
            chosen=count,
            share=share,
        )
    if first.says is Says.TIED:
        return words.plural(
            "Several answers are tied for first place: {chosen} of {count} respondent each ({share}).",
            "Several answers are tied for first place: {chosen} of {count} respondents each ({share}).",
            n,
            chosen=count,
            share=share,
        )
    if first.says is Says.GIVEN:
        return words.plural(
            "{option} was chosen by {chosen} of {count} respondent ({share}).",
            "{option} was chosen by {chosen} of {count} respondents ({share}).",
            n,
            option=named,
            chosen=count,
            share=share,
        )
    return words.plural(
        "{option} is the most frequent answer: {chosen} of {count} respondent ({share}).",
        "{option} is the most frequent answer: {chosen} of {count} respondents ({share}).",
        n,
        option=named,
        chosen=count,
        share=share,
    )


def _tied_options(first: Claim, named: str, share: str, size: str, words: Words) -> str:
    if len(first.about) == 2:
        return words.translate(
            "{options} are tied as the most frequent answers ({share} each, n = {n}).",
            options=named,
            share=share,
            n=size,
        )
    return words.plural(
        "{count} answer is tied for first place ({share} each, n = {n}).",
        "{count} answers are tied for first place ({share} each, n = {n}).",
        len(first.about),
        share=share,
        n=size,
    )


def _ahead(named: str, share: str, size: str, words: Words, second: Claim | None, labels: Mapping[str, str]) -> str:
    if second is None or second.figure is None:
        return words.translate(
            "{option} ({share}, n = {n}) is only just ahead of the other answers.", option=named, share=share, n=size
        )
    return words.translate(
        "{option} ({share}) is only just ahead of {second} ({second_share}; n = {n}).",
        option=named,
        share=share,
        second=_quoted([labels[second.about[0]]], words),
        second_share=wording.share(second.figure, words),
        n=size,
    )


def _many_options(
    first: Claim,
    named: str,
    share: str,
    size: str,
    words: Words,
    second: Claim | None,
    labels: Mapping[str, str],
) -> str:
    _ = words.translate
    told = {"option": named, "share": share, "n": size}
    following = {}
    if second is not None and second.figure is not None:
        following = {
            "second": _quoted([labels[second.about[0]]], words),
            "second_share": wording.share(second.figure, words),
        }
    degree = first.degree
    if not following and degree in (Degree.THIRD, Degree.QUARTER):
        degree = Degree.SOME  # a fraction below one half does not tell that it leads
    match degree:
        case Degree.ALL:
            sentence = _("All respondents chose {option} (n = {n}).", option=named, n=size)
        case Degree.NEARLY_ALL:
            sentence = _("Nearly all respondents ({share}, n = {n}) chose {option}.", **told)
        case Degree.THREE_QUARTERS:
            sentence = _("Three in four respondents ({share}, n = {n}) chose {option}.", **told)
        case Degree.TWO_THIRDS:
            sentence = _("Two in three respondents ({share}, n = {n}) chose {option}.", **told)
        case Degree.MOST:
            sentence = _("Most respondents ({share}, n = {n}) chose {option}.", **told)
        case Degree.HALF:
            sentence = _("About half of the respondents ({share}, n = {n}) chose {option}.", **told)
        case Degree.THIRD:
            sentence = _("One in three respondents ({share}, n = {n}) chose {option}.", **told)
        case Degree.QUARTER:
            sentence = _("One in four respondents ({share}, n = {n}) chose {option}.", **told)
        case _:
            sentence = _("The most frequent answer is {option} ({share}, n = {n}).", **told)
    return f"{sentence} {_('Next comes {second} ({second_share}).', **following)}" if following else sentence


def _groups_in_words(card: Card, found: Sequence[Claim], words: Words) -> list[str]:
    _ = words.translate
    labels = {column.code: column.label for column in card.columns}
    said = {each.says: each for each in found if each.of is Of.GROUP}
    if (same := said.get(Says.SAME)) is not None:
        if same.part:
            return [_("The share is nearly the same in all groups shown with at least 30 answers.")]
        return [_("The share is nearly the same in all groups.")]
    if Says.HIGHEST not in said or Says.LOWEST not in said:
        return []
    high, low = said[Says.HIGHEST], said[Says.LOWEST]
    told = {
        "high": _joined([_clipped(labels[code]) for code in high.about], words),
        "high_share": wording.share(high.figure or 0.0, words),
        "low": _joined([_clipped(labels[code]) for code in low.about], words),
        "low_share": wording.share(low.figure or 0.0, words),
    }
    if high.part:
        sentences = [
            _(
                "Among the groups shown with at least 30 answers, highest: {high} ({high_share}); "
                "lowest: {low} ({low_share}).",
                **told,
            )
        ]
    else:
        sentences = [_("Highest: {high} ({high_share}); lowest: {low} ({low_share}).", **told)]
    if Says.BEYOND_CHANCE in said:
        sentences.append(_("The difference is beyond chance."))
    if Says.WITHIN_CHANCE in said:
        sentences.append(_("The difference is not beyond chance."))
    return sentences


def _battery_in_words(card: Card, found: Sequence[Claim], words: Words) -> str:
    _ = words.translate
    said = {each.says: each for each in found}
    told = {
        key: value
        for name, says in (("high", Says.HIGHEST), ("low", Says.LOWEST))
        if says in said
        for key, value in _end_of_battery(card, name, said[says], words).items()
    }
    sentences = []
    if Says.SAME in said:
        sentences.append(
            _("All items have the same net value ({net}).", net=wording.points(said[Says.SAME].figure, words))
        )
    elif Says.HIGHEST in said and Says.LOWEST in said:
        sentences.append(
            _("Highest net value: {high} ({high_net}, n = {high_n}); lowest: {low} ({low_net}, n = {low_n}).", **told)
        )
    elif Says.HIGHEST in said:
        sentences.append(_("Highest net value: {high} ({high_net}, n = {high_n}).", **told))
    elif Says.LOWEST in said:
        sentences.append(_("Lowest net value: {low} ({low_net}, n = {low_n}).", **told))
    if Says.ALL_BELOW in said:
        sentences.append(_("All items have a negative net value."))
    if Says.ALL_ABOVE in said:
        sentences.append(_("All items have a positive net value."))
    return _with_few(card, " ".join(sentences), words)


def _end_of_battery(card: Card, name: str, claim: Claim, words: Words) -> dict[str, str]:
    own = [item for item in card.items if item.name in claim.about]
    return {
        name: _quoted([item.label for item in own], words),
        f"{name}_net": wording.points(claim.figure, words),
        f"{name}_n": _joined([wording.count(item.base.answered, words) for item in own], words),
    }


def _ranking_in_words(card: Card, found: Sequence[Claim], words: Words) -> str:
    labels = {row.code: row.label for row in card.rows}
    first = found[0]
    second = found[1] if len(found) > 1 else None
    told = {
        "items": _quoted([labels[code] for code in first.about], words),
        "rank": wording.decimal(first.figure, words),
        "n": wording.count(card.base.answered, words),
    }
    if second is not None:
        told["second"] = _quoted([labels[second.about[0]]], words)
        told["second_rank"] = wording.decimal(second.figure, words)
    _ = words.translate
    if first.says is Says.TIED:
        sentence = _("{items} share first place (mean rank {rank}, n = {n}).", **told)
    elif first.says is Says.AHEAD and second is not None:
        sentence = _("{items} (mean rank {rank}) is only just ahead of {second} ({second_rank}; n = {n}).", **told)
    elif first.says is Says.AHEAD:
        sentence = _("{items} (mean rank {rank}, n = {n}) is only just ahead of the others.", **told)
    elif second is not None:
        sentence = _("{items} comes first (mean rank {rank}, n = {n}), followed by {second} ({second_rank}).", **told)
    else:
        sentence = _("{items} comes first (mean rank {rank}, n = {n}).", **told)
    return _with_few(card, sentence, words)


def _number_in_words(card: Card, found: Sequence[Claim], words: Words) -> str:
    _ = words.translate
    told = {each.says: wording.decimal(each.figure, words) for each in found}
    n = wording.count(card.base.answered, words)
    if len(told) == 2:
        sentence = _(
            "The median is {median}, the mean {mean} (n = {n}).", median=told[Says.MIDDLE], mean=told[Says.MEAN], n=n
        )
    elif Says.MIDDLE in told:
        sentence = _("The median is {median} (n = {n}).", median=told[Says.MIDDLE], n=n)
    else:
        sentence = _("The mean is {mean} (n = {n}).", mean=told[Says.MEAN], n=n)
    return _with_few(card, sentence, words)


def _with_few(card: Card, sentence: str, words: Words) -> str:
    """The sentence, after the number of answers when they are few."""
    n = card.base.answered
    if isinstance(n, Suppressed) or n >= FEW:
        return sentence
    told = words.plural("Only {count} respondent answered.", "Only {count} respondents answered.", n)
    return f"{told} {sentence}"


def _quoted(labels: Sequence[str], words: Words) -> str:
    return _joined([words.translate("“{quote}”", quote=_clipped(label)) for label in labels], words)


def _joined(names: Sequence[str], words: Words) -> str:
    if len(names) == 2:
        return words.translate("{first} and {second}", first=names[0], second=names[1])
    return wording.listing(names, words)


def _clipped(label: str) -> str:
    """A label short enough for a sentence, cut at a word where there is one."""
    plain = " ".join(label.split())
    if len(plain) <= LONGEST_LABEL:
        return plain
    cut = plain[: LONGEST_LABEL - 1]
    head, space, _rest = cut.rpartition(" ")
    return f"{(head if space and len(head) > LONGEST_LABEL // 2 else cut).rstrip(' ,;:')}…"
