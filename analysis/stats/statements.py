"""What groups of opinion hold: what sets one apart, what all share, what divides them.

Votes are 1 (agrees), -1 (disagrees), 0 (neither) and NaN (not asked, no answer); a sign is never turned in between:
every figure here counts the votes as they are given.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis.stats.differences import shares_apart
from analysis.stats.distributions import binomial_tail
from analysis.stats.multiplicity import adjust
from analysis.stats.opinions import GroupArray
from analysis.stats.proportions import FloatArray

CountArray: TypeAlias = NDArray[np.int64]

LEVEL = 0.05
MAJORITY = 0.5
SIDES = (1, -1)
"""Agreement, disagreement; the last axis of every array by side."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tally:
    """Votes by group: `sides` (groups, statements, 2) who agrees and who disagrees, `answered` (groups, statements)."""

    sides: CountArray
    answered: CountArray

    @property
    def shares(self) -> FloatArray:
        """(groups, statements, 2) share of those who answered; 0 of nobody."""
        found: FloatArray = self.sides / np.maximum(self.answered, 1)[:, :, None]
        return found

    @property
    def of_others(self) -> FloatArray:
        """(groups, statements, 2) share among the people of all other groups."""
        sides = self.sides.sum(axis=0) - self.sides
        answered = self.answered.sum(axis=0) - self.answered
        found: FloatArray = sides / np.maximum(answered, 1)[:, :, None]
        return found

    @property
    def smoothed(self) -> FloatArray:
        """(groups, statements, 2) share with one vote more on the side and one off it."""
        found: FloatArray = (self.sides + 1) / (self.answered + 2)[:, :, None]
        return found


def tally(votes: FloatArray, group: GroupArray) -> Tally:
    """The votes of each group; who is in none (-1) is not counted."""
    groups = range(int(group.max(initial=0)) + 1)
    return Tally(
        sides=np.array(
            [[[int((column == side).sum()) for side in SIDES] for column in votes[group == g].T] for g in groups]
        ),
        answered=np.array([(~np.isnan(votes[group == g])).sum(axis=0) for g in groups]),
    )


def consensus(counts: Tally) -> FloatArray:
    """(statements, 2) how far all groups are on one side: the product of their smoothed shares.

    Source  group-aware consensus of Polis, Small et al. (2021), Recerca 26(2).
    """
    found: FloatArray = counts.smoothed.prod(axis=0)
    return found


def divisiveness(counts: Tally) -> FloatArray:
    """(statements,) smoothed share of agreement of the group that agrees most, minus the least."""
    agree = counts.smoothed[:, :, 0]
    found: FloatArray = agree.max(axis=0) - agree.min(axis=0)
    return found


def apart(votes: FloatArray, without: GroupArray, groups: int) -> FloatArray:
    """(groups, statements, 2) adjusted p that a group holds a side as often as the others.

    without  (statements, n) for each statement the groups that were found without it: a group made of a statement
             differs in it by construction, and a test of that would say nothing. No rows when there are no groups
    Test     pooled z, or Fisher's exact test, by `shares_apart`; Benjamini-Hochberg over all of them. 1 where nothing
             can be tested.
    """
    statements = votes.shape[1]
    found = np.ones((groups, statements, 2))
    for at in range(len(without)):
        answered = ~np.isnan(votes[:, at])
        for group in range(groups):
            inside = answered & (without[at] == group)
            outside = answered & (without[at] >= 0) & (without[at] != group)
            if not inside.any() or not outside.any():
                continue
            for s, side in enumerate(SIDES):
                test = shares_apart(votes[outside, at] == side, votes[inside, at] == side).test
                found[group, at, s] = 1.0 if test is None else test.p
    return adjust(found.ravel()).reshape(found.shape)


def representative(counts: Tally, p: FloatArray, group: int, *, most: int = 5) -> tuple[tuple[int, int], ...]:
    """(statement, side) that set a group apart, the widest difference first.

    The majority of the group is on that side, more than of the others, and the adjusted p is at most .05. Of a
    statement only the side with the wider difference is named.
    """
    shares, others = counts.shares[group], counts.of_others[group]
    wider = shares - others
    named = []
    for at, differences in enumerate(wider):
        s = int(differences.argmax())
        if shares[at, s] > MAJORITY and differences[s] > 0 and p[group, at, s] <= LEVEL:
            named.append((at, s))
    named.sort(key=lambda each: -float(wider[each]))
    return tuple((at, SIDES[s]) for at, s in named[:most])


def shared(counts: Tally, *, most: int = 5) -> tuple[tuple[int, int], ...]:
    """(statement, side) on which the majority of every group stands, the clearest first.

    Test  in each group the binomial tail against one half, the largest p of the groups; Benjamini-Hochberg over
          statements and sides (Berger 1982, Technometrics 24:295-300, for the largest).
    """
    groups, statements, _ = counts.sides.shape
    p = np.array(
        [
            [
                max(
                    binomial_tail(int(counts.sides[g, at, s]), int(counts.answered[g, at]), MAJORITY)
                    for g in range(groups)
                )
                for s in (0, 1)
            ]
            for at in range(statements)
        ]
    )
    adjusted, score = adjust(p.ravel()).reshape(p.shape), consensus(counts)
    held = (counts.shares > MAJORITY).all(axis=0) & (adjusted <= LEVEL)
    named = sorted(zip(*np.nonzero(held), strict=True), key=lambda each: -float(score[each]))
    return tuple((int(at), SIDES[s]) for at, s in named[:most])


def dividing(counts: Tally, p: FloatArray, *, most: int = 5) -> tuple[int, ...]:
    """Statements that the majority of one group agrees with and the majority of another does not, widest first.

    At least one group differs from the others in agreement with an adjusted p of at most .05.
    """
    agree = counts.shares[:, :, 0]
    held = (agree.max(axis=0) > MAJORITY) & (agree.min(axis=0) < MAJORITY) & (p[:, :, 0].min(axis=0) <= LEVEL)
    spread = divisiveness(counts)
    return tuple(sorted(np.flatnonzero(held).tolist(), key=lambda at: -float(spread[at]))[:most])
