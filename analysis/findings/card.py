"""The values in which every number reaches a person: a card for a question, under an audience's policy.

Made by `analysis.findings.summary` and `.battery`, `.ranking`; read by charts, pages, reports and the command line.
A count or share is a number or `SUPPRESSED` (analysis.disclosure); it is drawn as "[c]", never as 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from analysis.disclosure import Audience, Permission, Suppressed
from analysis.findings.method import Bounds, Interval, Statistics
from analysis.stats.opinions import Verdict as Groups

Count = int | Suppressed
Figure = float | Suppressed


class CardKind(StrEnum):
    """What a card shows; it decides the chart."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    BATTERY = "battery"
    RANKING = "ranking"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Who stands behind the figures: answered + the causes in `missing` = replies.

    replies   submitted replies in view (after filters)
    answered  n: replies with a valid answer; the denominator of every share
    missing   cause -> count; causes: not_asked, skipped, not_applicable, dont_know, refused
    """

    replies: int | Suppressed
    answered: int | Suppressed
    missing: Mapping[str, Count]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One count with its share of the answered; `low`, `high` bound the share (95 %; Wilson unless a method says more).

    When nobody answered there is no share: it stands as 0.0, and low and high are None.

    standard_error  of a weighted share, by linearisation; None without weights
    """

    count: Count
    share: Figure
    low: Figure | None = None
    high: Figure | None = None
    standard_error: Figure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a comparison: a value of the `by` variable with its own base; `letter` when columns are tested.

    mean, median  numbers: of those in it who answered; None when nobody did
    *_bounds      of internal figures under a method
    mean_letters  letters of the columns whose mean is significantly lower
    mean_ranks    rankings, internal: item -> mean position among those in it who ranked it, None when nobody did
    firsts        rankings: item -> how many in it put it first
    """

    code: str
    label: str
    base: Base
    letter: str = ""
    mean: Figure | None = None
    median: Figure | None = None
    mean_bounds: Bounds | None = None
    median_bounds: Bounds | None = None
    mean_letters: str = ""
    mean_ranks: Mapping[str, Figure | None] = field(default_factory=dict)
    firsts: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One answer option (or number bin, or ranked item).

    by          column code -> Cell, when the card compares groups
    mean_rank   rankings: mean position among those who ranked the item (1 = first); None when nobody did
    first       rankings: how many put it first
    places      rankings: how many put it first, second, ...; shares are of everybody who answered
    letters     column code -> letters of the columns whose share is significantly lower
    """

    code: str
    label: str
    cell: Cell
    by: Mapping[str, Cell] = field(default_factory=dict)
    mean_rank: Figure | None = None
    mean_rank_bounds: Bounds | None = None
    first: Cell | None = None
    places: tuple[Cell, ...] = ()
    letters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """Options of a multiple choice that were chosen together, and by how many replies exactly these."""

    codes: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Combinations:
    """The most frequent combinations; `others` more were chosen by `replies` replies.

    others   None where it may not be told how many there are
    replies  SUPPRESSED where it is not known either
    """

    told: tuple[Combination, ...]
    others: int | None
    replies: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryItem:
    """One line of a battery: the distribution over the scale, lowest code first.

    net   share of the two highest minus share of the two lowest scale points, -1..1
    mean  mean scale point
    Both are None when nobody answered, or when the scale's codes are not numbers and so have no order.
    effective_n  Kish's, where figures are weighted; None otherwise
    """

    name: str
    label: str
    base: Base
    rows: tuple[Row, ...]
    net: Figure | None
    mean: Figure | None
    effective_n: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One open answer that may be shown to this audience. `attribution` respects the permission to publish.

    permission  goes wherever the words go, so that nobody publishes what an internal reader may read only
    """

    response_id: int
    question: str
    text: str
    language: str
    region: str
    attribution: str
    permission: Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What stands under every chart: consultation, time and state of the data.

    snapshot  the first 12 hex digits of `sha256`, the state that the figures are of (analysis.dataset.snapshot); sha256
              is "" in findings that were kept before it was noted
    erased    how many replies of a frozen state were erased since, and are not counted
    excluded  replies that do not count after a review of their quality; 0 also where an audience may not know how few
    """

    consultation: str
    title: str
    fictional: bool
    as_of: datetime
    snapshot: str
    sha256: str = ""
    erased: int = 0
    excluded: int = 0


class Lens(StrEnum):
    """Another way to look at the replies.

    ONE_VOICE      each organisation has one voice, however many replies it sent
    EQUAL_REGIONS  each region counts the same
    RAKED          regions and types count as in the contact frame
    NO_CAMPAIGNS   without replies whose open answers were copied from a campaign
    """

    ONE_VOICE = "one_voice"
    EQUAL_REGIONS = "equal_regions"
    RAKED = "raked"
    NO_CAMPAIGNS = "no_campaigns"


class Verdict(StrEnum):
    """What a lens does to a finding; `analysis.findings.robustness.assess` says when."""

    HOLDS = "holds"
    LEVEL = "level"
    MOVED = "moved"
    REVERSED = "reversed"
    UNTESTED = "untested"


class Untested(StrEnum):
    """Why a lens, or a whole card, was not tested; of several reasons the first one is told."""

    HIDDEN = "hidden"
    NO_LEAD = "no_lead"
    NO_GAP = "no_gap"
    TOO_FEW = "too_few"
    NO_NAMES = "no_names"
    NO_REGION = "no_region"
    NO_FRAME = "no_frame"
    NOT_REACHED = "not_reached"
    NO_OPEN_ANSWERS = "no_open_answers"
    NOBODY_LEFT = "nobody_left"
    NOT_FROZEN = "not_frozen"


@dataclass(frozen=True, slots=True, kw_only=True)
class LensVerdict:
    """What one lens does to the finding; `about` are the items of a battery that it turns."""

    lens: Lens
    verdict: Verdict
    untested: Untested | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """The badge of a card: the verdict of each lens in the order of Lens, or why none was tested."""

    lenses: tuple[LensVerdict, ...]
    untested: Untested | None = None

    def of(self, verdict: Verdict) -> tuple[LensVerdict, ...]:
        """The lenses with that verdict."""
        return tuple(each for each in self.lenses if each.verdict is verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facing:
    """The question that a card can be set against, option by option: (own code or item, that of the other)."""

    question: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A share that is told roughly: it lies between these two, the upper one included only at 1."""

    low: float
    high: float


Part = float | Band | Suppressed
"""A share of those of a group who answered; NaN never: nobody answered is a share of 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement with how much of each group is on one side of the scale.

    side    1 the high side, -1 the low side; `words` what the scale calls it
    shares  one per group, the largest group first
    """

    name: str
    label: str
    side: int
    words: str
    shares: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionGroup:
    """One group: its number from 1, how many replies, how surely it comes back (0..1), what sets it apart."""

    number: int
    size: int
    stability: float
    apart: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionPoint:
    """One reply on the map."""

    x: float
    y: float
    group: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """What a battery says about groups of opinion, for one audience in one language.

    hidden     True when so few replies are there, or in a group, that nothing may be shown; the rest is empty then
    verdict    whether there are groups, and if not, why
    statements how many the battery has
    placed     replies with enough answers to be placed
    tried      groups of the clearest division, also where it was not accepted
    p          chance of so clear a division in shuffled answers; None when none was looked for
    gap        whether the groups are further apart than the ends of one range; None without groups
    again      share of draws with the same number of groups; None without a gap
    stability  of the least stable group found; None when none was found
    groups     () unless the verdict is GROUPS
    shared     on which side the majority of every group is; of all who are placed when there is one group
    dividing   with the high side's shares
    points     INTERNAL only
    """

    question: str
    label: str
    audience: Audience
    source: Source
    language: str
    hidden: bool
    verdict: Groups
    statements: int
    placed: int
    tried: int
    p: float | None
    gap: bool | None
    again: float | None
    stability: float | None
    groups: tuple[OpinionGroup, ...] = ()
    shared: tuple[Statement, ...] = ()
    dividing: tuple[Statement, ...] = ()
    points: tuple[OpinionPoint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One question (or battery) summarised for one audience in one language.

    question  name of the question, or of the battery's group
    section   words of the top-level group, "" when it has none
    filters   variable -> codes that were let through (OR inside, AND across)
    filter_labels  variable and values in words, for the note; filter_causes  at each of them, the causes of missing
               answers that were let through too
    by, by_label   the variable whose values are the columns of a comparison, and its words
    overlapping  whether one reply may stand in several columns
    rows      options in questionnaire order (SINGLE, MULTIPLE, RANKING, NUMBER bins)
    items     the lines of a BATTERY; `scale` its points as (code, label)
    mean, median  NUMBER only; None when nobody answered
    quotes    TEXT only
    statistics  what a chosen method added; None for plain counts
    combinations  MULTIPLE: which options were chosen together, where that is looked at
    robustness  whether the finding holds under other lenses; None where there is no finding, or nobody looked
    profile   whether it asks who the respondents are, and not what they say
    facing    the question that asks something else of the same options; None where there is none, and for groups
    against   that question's card, where both are looked at together
    opinions  of a battery: groups of opinion among all replies, where a finding of them was kept
    remark    what staff wrote under it, on its way into a file
    form      of the chart in which a finding was kept (analysis.charts.spec.Form); "" for the first of its forms
    """

    question: str
    kind: CardKind
    label: str
    section: str
    base: Base
    audience: Audience
    source: Source
    language: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filter_labels: tuple[tuple[str, str], ...] = ()
    filter_causes: tuple[tuple[str, ...], ...] = ()
    by: str = ""
    by_label: str = ""
    columns: tuple[Column, ...] = ()
    overlapping: bool = False
    rows: tuple[Row, ...] = ()
    scale: tuple[tuple[str, str], ...] = ()
    items: tuple[BatteryItem, ...] = ()
    mean: Figure | None = None
    median: Figure | None = None
    quotes: tuple[Quote, ...] = ()
    statistics: Statistics | None = None
    combinations: Combinations | None = None
    robustness: Robustness | None = None
    profile: bool = False
    facing: Facing | None = None
    against: "Card | None" = None
    opinions: Opinions | None = None
    remark: str = ""
    form: str = ""

    @property
    def at_level(self) -> bool:
        """Whether the bounds of shares are an interval at 95 %, and not what the silent might at most change."""
        return self.statistics is None or self.statistics.method.interval is not Interval.WORST_CASE
