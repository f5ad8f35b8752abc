"""How figures of a card are computed beyond counting: weights, interval, correction, ranking; and what came of it.

Values only. `analysis.findings.weighting` finds the weights, `analysis.findings.refine` puts the figures into a card.
Pages and charts take the names of methods from here: they never import `analysis.stats`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import floor, log10

from analysis.stats.multiplicity import Correction
from analysis.stats.proportions import IntervalKind
from analysis.stats.ranking import Strength, Unranked
from data.errors import InvalidInput

__all__ = [
    "PARAMETERS",
    "PLAIN",
    "Association",
    "Bounds",
    "Correction",
    "FrameMargin",
    "IntervalKind",
    "JoinedRanking",
    "Method",
    "Statistics",
    "Strength",
    "Unranked",
    "Unspoken",
    "WeightKind",
    "WeightReport",
    "method_of",
    "parameters_of",
]


class WeightKind(StrEnum):
    """Whose voice counts how much.

    UNWEIGHTED     every reply once
    RAKED          replies count so that regions and types of organisation have their share of the contact frame
    EQUAL_REGIONS  every region counts the same
    """

    UNWEIGHTED = "unweighted"
    RAKED = "raked"
    EQUAL_REGIONS = "equal_regions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """What a reader chose; the defaults are what a card has without being asked.

    letters             compare the columns of a comparison in pairs
    joined              join the ballots of a ranking into one order
    unranked, strength  what items left out of a ballot mean, and the variant of Schulze's method
    """

    weights: WeightKind = WeightKind.UNWEIGHTED
    interval: IntervalKind = IntervalKind.WILSON
    letters: bool = False
    correction: Correction = Correction.BENJAMINI_HOCHBERG
    joined: bool = False
    unranked: Unranked = Unranked.LAST
    strength: Strength = Strength.WINNING


PLAIN = Method()
_KINDS: Mapping[str, type[StrEnum]] = {
    "weights": WeightKind,
    "interval": IntervalKind,
    "correction": Correction,
    "unranked": Unranked,
    "strength": Strength,
}
_TICKS = ("letters", "joined")
PARAMETERS = (*_KINDS, *_TICKS)
"""Names of what a method is made of, in an address."""


def parameters_of(method: Method) -> tuple[tuple[str, str], ...]:
    """What differs from PLAIN as (name, value), for the address of a file; `method_of` reads it."""
    plain = asdict(PLAIN)
    return tuple(
        (name, "1" if value is True else str(value)) for name, value in asdict(method).items() if value != plain[name]
    )


def method_of(given: Mapping[str, str]) -> Method:
    """The method that such parameters name; names that are none of a method's are passed over.

    Raises  InvalidInput "method.unknown" for a value that is none of the named ones.
    """
    found: dict[str, StrEnum | bool] = {}
    for name, kind in _KINDS.items():
        if name in given:
            try:
                found[name] = kind(given[name])
            except ValueError:
                allowed = ", ".join(str(each) for each in kind)
                raise InvalidInput("method.unknown", name=name, value=given[name][:40], allowed=allowed) from None
    for name in _TICKS:
        if name in given:
            if given[name] not in ("0", "1"):
                raise InvalidInput("method.unknown", name=name, value=given[name][:40], allowed="0, 1")
            found[name] = given[name] == "1"
    return Method(**found)  # type: ignore[arg-type]


def two_digits(p: float) -> float:
    """A p-value to two significant digits; 0 stays 0."""
    return round(p, 1 - floor(log10(p))) if p > 0 else p


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameMargin:
    """Invited organisations by one variable: code -> how many."""

    variable: str
    targets: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unspoken:
    """A category of the frame from which nobody replied: no weight can speak for it."""

    variable: str
    code: str
    label: str
    invited: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightReport:
    """What the weights are and what they cost.

    margins        names of the variables that were weighted by
    replies        how many have a weight: all that were submitted, filters aside
    effective_n, design_effect  Kish's; lowest, highest: weights over their mean
    unknown        replies of which a margin is not known, or is not in the frame: their weight comes from the others
    bounded        True when factors had to be held within 1/5 and 5
    converged      False when a margin was missed; miss tells by how much, as a share of its target
    """

    kind: WeightKind
    margins: tuple[str, ...]
    replies: int
    effective_n: float
    design_effect: float
    lowest: float
    highest: float
    unknown: int
    bounded: bool
    converged: bool
    miss: float
    unspoken: tuple[Unspoken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """An interval at 95 %."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """Whether the answers depend on the group: the test's name, its p-value, and how strongly (Cramér's V).

    strength, low, high  V with its interval; where several answers can be given, of the part of the table named. None
                         in findings kept before such tests had one
    about                () for the whole table; else the words of the option, of the group, or of both, for which V is
                         largest: the largest of many is larger than one of them by chance
    """

    test: str
    p: float
    strength: float | None = None
    low: float | None = None
    high: float | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedRanking:
    """One order out of all ballots, three times; items by their code.

    borda     (code, score) from the highest
    schulze   places from the first; items of one place are tied
    kemeny    the orders that tie for the best, at most 24 of them; () when there are too many items
    kemeny_count, kemeny_score  how many tie; pairs that such an order has as the ballots have them
    """

    unranked: Unranked
    strength: Strength
    borda: tuple[tuple[str, float], ...]
    schulze: tuple[tuple[str, ...], ...]
    kemeny: tuple[tuple[str, ...], ...]
    kemeny_count: int
    kemeny_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What a method adds to a card.

    effective_n  Kish's, of those who answered; None without weights or when it must not be shown
    untested     pairs of columns that were too small or too alike to be tested
    """

    method: Method
    weights: WeightReport | None = None
    effective_n: float | None = None
    mean_bounds: Bounds | None = None
    median_bounds: Bounds | None = None
    association: Association | None = None
    untested: int = 0
    ranking: JoinedRanking | None = None
