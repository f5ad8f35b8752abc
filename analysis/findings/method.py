"""How figures of a card are computed beyond counting: weights, interval, correction, ranking; and what came of it.

Values only. `analysis.findings.weighting` finds the weights, `analysis.findings.refine` puts the figures into a card.
Pages and charts take the names of methods from here: they never import `analysis.stats`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from math import floor, log10, nan

from analysis.stats.multiplicity import Correction
from analysis.stats.proportions import IntervalKind
from analysis.stats.ranking import Strength, Unranked
from data.errors import InvalidInput

__all__ = [
    "HIGHEST",
    "JUST_ABOVE",
    "JUST_BELOW",
    "LOWEST",
    "MOST",
    "PARAMETERS",
    "PLAIN",
    "TAB",
    "Association",
    "Bounds",
    "Correction",
    "FrameMargin",
    "IntervalKind",
    "JoinedRanking",
    "MeanPair",
    "Method",
    "Statistics",
    "Strength",
    "Unranked",
    "Unspoken",
    "WeightKind",
    "WeightReport",
    "method_of",
    "parameters_of",
    "unweighted",
    "written",
]


class WeightKind(StrEnum):
    """Whose voice counts how much.

    UNWEIGHTED      every reply once
    RAKED           replies count so that regions and types of organisation have their share of the contact frame
    EQUAL_REGIONS   every region counts the same
    POSTSTRATIFIED  as RAKED, but every region and type together has its share
    LINEAR, LOGIT   as RAKED, with weights nearest to 1 by least squares, or by the logit distance
    """

    UNWEIGHTED = "unweighted"
    RAKED = "raked"
    EQUAL_REGIONS = "equal_regions"
    POSTSTRATIFIED = "poststratified"
    LINEAR = "linear"
    LOGIT = "logit"

    @property
    def to_frame(self) -> bool:
        """True for weights that rest on the contact frame."""
        return self not in (WeightKind.UNWEIGHTED, WeightKind.EQUAL_REGIONS)


LOWEST, HIGHEST = 0.2, 5.0
"""Unless chosen otherwise no reply counts less than a fifth or more than five times as much as without weights."""
JUST_BELOW, JUST_ABOVE, MOST = 0.99, 1.01, 100.0
"""The lower bound goes from 0 to JUST_BELOW, the upper one from JUST_ABOVE to MOST."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """What a reader chose; the defaults are what a card has without being asked.

    lowest, highest     how often a reply may count, of what it counts without weights: from 0 to JUST_BELOW, and
                        from JUST_ABOVE to MOST
    trim                weights are cut to these bounds afterwards, instead of being looked for within them
    margins             variables of the contact frame to weigh by; () for all
    letters             compare the columns of a comparison in pairs
    joined              join the ballots of a ranking into one order
    unranked, strength  what items left out of a ballot mean, and the variant of Schulze's method
    """

    weights: WeightKind = WeightKind.UNWEIGHTED
    lowest: float = LOWEST
    highest: float = HIGHEST
    trim: bool = False
    margins: tuple[str, ...] = ()
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
_TICKS = ("trim", "letters", "joined")
_BOUNDS = ("lowest", "highest")
PARAMETERS = (*_KINDS, *_BOUNDS, *_TICKS, "margins")
"""Names of what a method is made of, in an address."""


def parameters_of(method: Method) -> tuple[tuple[str, str], ...]:
    """What differs from PLAIN as (name, value), for the address of a file; `method_of` reads it."""
    plain = asdict(PLAIN)
    return tuple((name, written(value)) for name, value in asdict(method).items() if value != plain[name])


def written(value: object) -> str:
    """A value of a method as it stands in an address."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return ",".join(value) if isinstance(value, tuple | list) else str(value)


def unweighted(method: Method) -> Method:
    """The method without its weights."""
    plain = {name: getattr(PLAIN, name) for name in ("weights", *_BOUNDS, "trim", "margins")}
    return replace(method, **plain)


def method_of(given: Mapping[str, str]) -> Method:
    """The method that such parameters name; names that are none of a method's are passed over.

    Without weights nothing is left of how they are found.
    Raises  InvalidInput "method.unknown" for a value that is none of the named ones, "weights.bounds".
    """
    found: dict[str, StrEnum | bool | float | tuple[str, ...]] = {}
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
    for name in _BOUNDS:
        if name in given:
            found[name] = _bound(name, given[name])
    if "margins" in given:
        found["margins"] = tuple(dict.fromkeys(filter(None, map(str.strip, given["margins"].split(",")))))
    method = Method(**found)  # type: ignore[arg-type]
    return method if method.weights is not WeightKind.UNWEIGHTED else unweighted(method)


def _bound(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = nan
    low, high = (0.0, JUST_BELOW) if name == "lowest" else (JUST_ABOVE, MOST)
    if not low <= value <= high:
        raise InvalidInput("weights.bounds", value=text[:40], low=f"{low:g}", high=f"{high:g}")
    return value


def two_digits(p: float) -> float:
    """A p-value to two significant digits; 0 stays 0."""
    return round(p, 1 - floor(log10(p))) if p > 0 else p


TAB = "\t"
"""Divides names, and codes, of variables that are counted together; it can be in neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameMargin:
    """Invited organisations by one variable: code -> how many.

    variable, targets  of several variables together their names, and their codes, stand one after the other with a TAB
                       between them
    """

    variable: str
    targets: Mapping[str, int]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variable, or those that are counted together."""
        return tuple(self.variable.split(TAB))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unspoken:
    """A category or a cell of the frame from which nobody replied: no weight can speak for it."""

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
    bounded        True when factors had to be held within the bounds
    trimmed        True when weights were cut to the bounds, which misses margins
    bounds         lowest and highest factor
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
    trimmed: bool = False
    bounds: tuple[float, float] = (LOWEST, HIGHEST)


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
class MeanPair:
    """Two groups, by their codes, and how far the mean of `higher` is above the other, with the test; internal only."""

    higher: str
    lower: str
    difference: float
    low: float
    high: float
    p: float
    adjusted: float


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
    mean_pairs   of numbers, the means of each two groups that could be tested; mean_untested: of those that could not
    """

    method: Method
    weights: WeightReport | None = None
    effective_n: float | None = None
    mean_bounds: Bounds | None = None
    median_bounds: Bounds | None = None
    association: Association | None = None
    untested: int = 0
    mean_pairs: tuple[MeanPair, ...] = ()
    mean_untested: int = 0
    ranking: JoinedRanking | None = None
