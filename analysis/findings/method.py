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
    "FrameBase",
    "FrameMargin",
    "Interval",
    "JoinedRanking",
    "MeanPair",
    "Method",
    "NoFrame",
    "Statistics",
    "Strength",
    "Unranked",
    "Unspoken",
    "WeightKind",
    "WeightReport",
    "method_of",
    "parameters_of",
    "unweighted",
    "weights_of",
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


class Interval(StrEnum):
    """What bounds a share: one of the kinds of `stats.proportions`, or what it says of a contact list of known size.

    HYPERGEOMETRIC  exact, if those who replied were drawn from it at random
    WORST_CASE      nothing taken for granted: nobody who is silent would say so, or everybody
    """

    WILSON = IntervalKind.WILSON.value
    CLOPPER_PEARSON = IntervalKind.CLOPPER_PEARSON.value
    AGRESTI_COULL = IntervalKind.AGRESTI_COULL.value
    JEFFREYS = IntervalKind.JEFFREYS.value
    HYPERGEOMETRIC = "hypergeometric"
    WORST_CASE = "worst_case"

    @property
    def of_frame(self) -> bool:
        """True for those that need the size of the contact list."""
        return self in (Interval.HYPERGEOMETRIC, Interval.WORST_CASE)


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
    interval: Interval = Interval.WILSON
    letters: bool = False
    correction: Correction = Correction.BENJAMINI_HOCHBERG
    joined: bool = False
    unranked: Unranked = Unranked.LAST
    strength: Strength = Strength.WINNING


PLAIN = Method()
_KINDS: Mapping[str, type[StrEnum]] = {
    "weights": WeightKind,
    "interval": Interval,
    "correction": Correction,
    "unranked": Unranked,
    "strength": Strength,
}
_TICKS = ("trim", "letters", "joined")
_BOUNDS = ("lowest", "highest")
_OF_WEIGHTS = ("weights", *_BOUNDS, "trim", "margins")
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


def weights_of(method: Method) -> Method:
    """The weights of the method with all that they are found by, and nothing else of it."""
    return replace(PLAIN, **{name: getattr(method, name) for name in _OF_WEIGHTS})


def unweighted(method: Method) -> Method:
    """The method without its weights."""
    return replace(method, **{name: getattr(PLAIN, name) for name in _OF_WEIGHTS})


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


class NoFrame(StrEnum):
    """Why nothing is said of the whole contact list; of several reasons the first.

    WEIGHTED      a weighted share has no count
    FILTERED      of a part of the replies nobody knows how many were invited
    FROZEN        the frozen state is from before it was kept which replies are of organisations on the list
    NOBODY        nobody is on the list
    UNLINKED      no reply is known to be of an organisation on it
    MORE_REPLIED  in findings kept before: more replied than were invited
    NO_GROUPS     the list does not tell how many of a group were invited
    HIDDEN        it is hidden how many of those who replied were not asked, or of how many it does not apply
    """

    WEIGHTED = "weighted"
    FILTERED = "filtered"
    FROZEN = "frozen"
    NOBODY = "nobody"
    UNLINKED = "unlinked"
    MORE_REPLIED = "more_replied"
    NO_GROUPS = "no_groups"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameBase:
    """The contact list that the bounds of a card's shares are of.

    invited         how many are on it; 0 where `reason` says why shares have no bounds
    not_asked       replies that were not asked, which are left out of it; 0 where that is hidden, so that bounds are
                    wider than they need be, and of a battery
    not_applicable  the same of those who said that the question does not apply
    strangers       of all replies those of nobody on the list, `elsewhere` of who sees a part of the list those of an
                    organisation in another part, and `repeated` further ones of an organisation on it: they do not
                    count; all 0 for a meeting and the public
    allowed         for a meeting and the public: so many replies may be among those of the card that do not count
    groups          of a comparison, whether every group is bounded by its own part of the list
    """

    invited: int
    not_asked: int = 0
    not_applicable: int = 0
    strangers: int = 0
    elsewhere: int = 0
    repeated: int = 0
    allowed: int = 0
    reason: NoFrame | None = None
    groups: bool = False


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
    strangers      replies of nobody on the contact list that are weighted to it, and their share of the weight; 0 where
                   of no reply it is known that it is of the list
    repeated       the same of further replies of an organisation on it
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
    strangers: int = 0
    strangers_weight: float = 0.0
    repeated: int = 0
    repeated_weight: float = 0.0


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
    frame        where shares are bounded by the size of the contact list
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
    frame: FrameBase | None = None
