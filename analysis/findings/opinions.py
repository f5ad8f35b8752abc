"""Groups of opinion in a battery: who answers alike, what sets each group apart, what all share, under a policy.

A scale has a direction, and nothing here turns it: an answer above the middle of the scale is on its high side, one
below on its low side, and each side is named by the scale's own words, so that a scale from "agree" to "disagree" reads
as rightly as one the other way round. A point that a newer version dropped keeps its place on the scale, as in the
battery's card: whoever chose it has taken a side. It does not move the middle of a scale that has a point there, and
of one that has none only where it is a step of the scale.

For MEETING and PUBLIC no share is given to more than a fifth of the scale from 0 to 1, nobody is on a map, and a
statement is left out when its fifths, with what the battery's card tells, would show fewer than the threshold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

import numpy as np

from analysis.dataset.arrays import FIRST_CODE, Dataset, SingleColumn
from analysis.dataset.codebook import Battery, Code
from analysis.disclosure import SUPPRESSED, Audience, Policy
from analysis.findings.card import Band, OpinionGroup, OpinionPoint, Opinions, Part, Source, Statement
from analysis.findings.scale import is_ordered, scale_of
from analysis.stats.opinions import LEVEL, RESAMPLED_SHARE, Groups, Verdict, opinion_groups
from analysis.stats.proportions import FloatArray
from analysis.stats.statements import SIDES, Tally, apart, dividing, representative, shared, tally
from data.errors import InvalidInput, NotFound

AGREE = frozenset({"agree", "strongly_agree", "somewhat_agree", "yes"})
DISAGREE = frozenset({"disagree", "strongly_disagree", "somewhat_disagree", "no"})
NEITHER = frozenset({"pass", "neutral", "neither", "unsure"})
"""Names of choices by which a scale without numbers has a direction."""
BANDS = 5
MOST_STATEMENTS = 5

__all__ = [
    "RESAMPLED_SHARE",
    "Band",
    "Division",
    "OpinionGroup",
    "OpinionPoint",
    "Opinions",
    "Part",
    "Statement",
    "Verdict",
    "directions",
    "divide",
    "opinions",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Division:
    """The groups of a battery as computed, for nobody's eyes yet: `opinions` makes of it what an audience may see.

    p  (groups, statements, 2) adjusted, by group, statement and side
    """

    battery: Battery
    votes: FloatArray
    groups: Groups
    p: FloatArray


def divide(dataset: Dataset, group: str) -> Division:
    """The groups of opinion of all replies to a battery; takes seconds for thousands of replies.

    Raises  NotFound "card.unknown_question" when there is no battery of that name; InvalidInput "groups.no_direction"
            when its scale has no sides.
    """
    battery = next((each for each in dataset.codebook.batteries if each.name == group), None)
    if battery is None:
        raise NotFound("card.unknown_question", question=group)
    sides = _sides(dataset, battery)
    if not sides:
        raise InvalidInput("groups.no_direction", question=group)
    votes = np.column_stack([_votes(dataset, name, sides) for name in battery.items])
    found = opinion_groups(votes)
    return Division(battery=battery, votes=votes, groups=found, p=apart(votes, found.without, found.count))


def directions(scale: Sequence[Code], present: Sequence[Code] = ()) -> Mapping[str, int]:
    """Code -> side: 1 above the middle of the scale, -1 below, 0 in the middle; {} when the scale has no sides.

    scale    lowest point first, as in the code-book. Numbers give the order; else every code must be a known name.
    present  those of the numbers whose middle it is, by default all; of an even number the middle is all between two
    """
    names = [code.name for code in scale]
    if len(names) < 2:
        return {}
    if is_ordered(names):
        inside = [names.index(code.name) for code in present or scale]
        below, above = inside[(len(inside) - 1) // 2], inside[len(inside) // 2]
        middle = (below + above) / 2
        return {name: 0 if below < at < above else int(np.sign(at - middle)) for at, name in enumerate(names)}
    found = {name: 1 if name in AGREE else -1 if name in DISAGREE else 0 for name in names}
    known = all(name in AGREE | DISAGREE | NEITHER for name in names)
    return found if known and {1, -1} <= set(found.values()) else {}


def _sides(dataset: Dataset, battery: Battery) -> Mapping[str, int]:
    """Code -> side on the scale with the points of all versions; on the present one where those have no direction.

    The middle is the middle point of the present scale. One with an even number of points may have lost its middle or
    an end, so there the points of all versions have it, where these follow each other in equal steps: 5 beside 1 to 4.
    A point that is no such step, 9 or 99, was never part of the scale and moves nothing.
    """
    whole, present = scale_of(dataset, battery), battery.scale
    has_middle = len(present) > 2 and len(present) % 2 == 1
    return directions(whole, present if has_middle or not _stepped(whole) else ()) or directions(present)


def _stepped(scale: Sequence[Code]) -> bool:
    """Whether the points are numbers with the same distance between any two neighbours."""
    names = [code.name for code in scale]
    return is_ordered(names) and len({int(high) - int(low) for low, high in pairwise(names)}) <= 1


def _votes(dataset: Dataset, name: str, sides: Mapping[str, int]) -> FloatArray:
    """(n,) the side of each reply, NaN without a valid answer or with one that has no side."""
    column = dataset.columns[name]
    if not isinstance(column, SingleColumn):
        raise InvalidInput("groups.no_direction", question=dataset.variables[name].battery)
    by_code = [float(sides.get(code.name, np.nan)) for code in dataset.variables[name].codes]
    found: FloatArray = np.array([np.nan] * FIRST_CODE + by_code)[column.codes]
    return found


def opinions(
    dataset: Dataset, division: Division, *, audience: Audience, rules: Policy, language: str, source: Source
) -> Opinions:
    """What an audience may see of the groups of opinion, under the consultation's rules for it."""
    battery, found = division.battery, division.groups
    counts = tally(division.votes, found.group)
    sizes = np.bincount(found.group[found.group >= 0], minlength=found.count).tolist()
    hidden = rules.hides(sum(sizes)) or any(rules.hides(size) for size in sizes)
    teller = _Teller(dataset, division, counts, language, rules)
    groups = [
        OpinionGroup(
            number=at + 1,
            size=_shown(size, rules),
            stability=found.stability[at],
            apart=teller.told(representative(counts, division.p, at, most=len(battery.items))),
        )
        for at, size in enumerate(sizes)
        if found.verdict is Verdict.GROUPS and not hidden
    ]
    divided = [(at, 1) for at in dividing(counts, division.p, most=len(battery.items))] if groups else []
    points = [] if hidden or audience is not Audience.INTERNAL else np.flatnonzero(found.group >= 0).tolist()
    return Opinions(
        question=battery.name,
        label=dataset.codebook.words(battery.label, language, battery.name),
        audience=audience,
        source=source,
        language=language,
        hidden=hidden,
        verdict=found.verdict,
        statements=len(battery.items),
        placed=0 if hidden else _shown(sum(sizes), rules),
        tried=found.tried,
        p=None if hidden else found.p,
        gap=None if hidden or found.gap_p is None else found.gap_p <= LEVEL,
        again=None if hidden else found.again,
        stability=min(found.stability, default=None) if not hidden else None,
        groups=tuple(groups),
        shared=() if hidden else teller.told(shared(counts, most=len(battery.items))),
        dividing=teller.told(divided),
        points=tuple(
            OpinionPoint(x=float(found.points[row, 0]), y=float(found.points[row, 1]), group=int(found.group[row]) + 1)
            for row in points
        ),
    )


def _shown(count: int, rules: Policy) -> int:
    """The count, or where the rules say so the nearest multiple."""
    return rules.rounding * round(count / rules.rounding) if rules.rounding else count


class _Teller:
    """Makes statements of a division under a policy; of one statement it tells one side only where shares are rough."""

    def __init__(self, dataset: Dataset, division: Division, counts: Tally, language: str, rules: Policy) -> None:
        words = dataset.codebook.words
        sides, scale = _sides(dataset, division.battery), scale_of(dataset, division.battery)
        self._names = division.battery.items
        self._labels = [words(dataset.variables[name].label, language, name) for name in self._names]
        self._words = {
            side: " / ".join(words(code.label, language, code.name) for code in scale if sides.get(code.name) == side)
            for side in SIDES
        }
        self._votes, self._counts, self._rules = division.votes, counts, rules
        self._sides: dict[int, int] = {}

    def told(self, named: Sequence[tuple[int, int]]) -> tuple[Statement, ...]:
        """The first of the (statement, side) that may be told at all, with shares where they may be."""
        found: list[Statement] = []
        for at, wanted in named:
            side = wanted if self._rules.threshold == 0 else self._sides.setdefault(at, wanted)
            shares = self._shares(at, side)
            if shares is not None and len(found) < MOST_STATEMENTS:
                found.append(
                    Statement(
                        name=self._names[at],
                        label=self._labels[at],
                        side=side,
                        words=self._words[side],
                        shares=shares,
                    )
                )
        return tuple(found)

    def _shares(self, at: int, side: int) -> tuple[Part, ...] | None:
        """One per group; None when the statement must not be told."""
        s = SIDES.index(side)
        on_side = self._counts.sides[:, at, s].tolist()
        answered = self._counts.answered[:, at].tolist()
        if self._rules.threshold == 0:
            return tuple(float(share) for share in self._counts.shares[:, at, s])
        column = self._votes[:, at]
        everybody, all_on_side = int((~np.isnan(column)).sum()), int((column == side).sum())
        apart_from = everybody - sum(answered)
        total = None if len(answered) == 1 else all_on_side
        if any(self._rules.hides(each) for each in answered):
            return None
        said = [(n // 2 + 1, n) if 2 * count > n else (0, n) for count, n in zip(on_side, answered, strict=True)]
        if not _is_safe(said, answered, apart_from, total, self._rules):
            return None
        bands = [min(BANDS - 1, BANDS * count // n) for count, n in zip(on_side, answered, strict=True)]
        spans = [_span(band, n) for band, n in zip(bands, answered, strict=True)]
        if not _is_safe(spans, answered, apart_from, total, self._rules):
            return (SUPPRESSED,) * len(answered)
        return tuple(Band(low=band / BANDS, high=(band + 1) / BANDS) for band in bands)


def _span(band: int, n: int) -> tuple[int, int]:
    """The counts of n whose share lies in a band."""
    low, after = -(-band * n // BANDS), -(-(band + 1) * n // BANDS)
    return low, n if band == BANDS - 1 else after - 1


def _is_safe(
    spans: Sequence[tuple[int, int]], answered: Sequence[int], others: int, total: int | None, rules: Policy
) -> bool:
    """Whether nobody who knows the total on a side can tell that fewer than the threshold of a group are on it, or off.

    spans   by group, the counts on the side that may be true
    others  who answered and is in no group; how many of them are on the side must stay open, too
    total   on the side in all groups and among the others; None when it is no more than the groups tell
    """
    lows, highs = [low for low, _ in spans] + [0], [high for _, high in spans] + [others]
    sizes = [*answered, others]
    for at, size in enumerate(sizes):
        least = max(lows[at], -inf if total is None else total - (sum(highs) - highs[at]))
        most = min(highs[at], inf if total is None else total - (sum(lows) - lows[at]))
        if at < len(answered):
            if rules.hides(int(most)) or rules.hides(int(size - least)):
                return False
        elif most - least < min(size, rules.threshold):
            return False
    return True
