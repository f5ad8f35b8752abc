"""The strongest findings among cards: how far each lies beyond chance, and what it says."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.charts.claims import FEW, Claim, Says, claims, rank_of
from analysis.charts.description import ASIDE
from analysis.charts.sentences import headline
from analysis.charts.spec import Words
from analysis.disclosure import Suppressed
from analysis.findings.card import BatteryItem, Card, CardKind, Verdict

Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Strongest:
    """A card among the strongest findings, and what it says."""

    card: Card
    sentence: str


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
    if leader.code in ASIDE or not isinstance(leader.cell.share, float):
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
    ranked = sorted((row for row in card.rows if isinstance(row.mean_rank, float)), key=rank_of)
    times = [row.cell.count for row in ranked[:2] if isinstance(row.cell.count, int) and row.cell.count > 0]
    if len(times) < 2:
        return 0.0
    return (rank_of(ranked[1]) - rank_of(ranked[0])) / (len(card.rows) - 1) - Z / math.sqrt(min(times))


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
