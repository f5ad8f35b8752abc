"""A chart as a value: what is drawn, in words and numbers, before anybody draws it.

Here: the description that every renderer reads, the plain inputs of the two monitoring charts, and the words it is
made with. Not here: the choice of a chart for a card (choose.py), colours (palette.py), drawing (screen.py, image.py,
analysis/report/powerpoint.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from analysis.disclosure import Suppressed

RTL = "rtl"


class Words(Protocol):
    """The reader's language: a value passed down, never a global.

    language   BCP 47 tag ("fr"); direction  "ltr" or "rtl"
    translate  the English text is the key; `{name}` in it is replaced by the parameter of that name.
    plural     the form that the language uses for `count`, which fills {count}.
    colon      what stands between the name of something and its value
    listed     several things in a row, each of which may hold commas
    """

    @property
    def language(self) -> str: ...

    @property
    def direction(self) -> str: ...

    @property
    def colon(self) -> str: ...

    def translate(self, msgid: str, /, **params: object) -> str: ...

    def plural(self, one: str, many: str, count: int, /, **params: object) -> str: ...

    def listed(self, parts: Iterable[str]) -> str: ...


class Form(StrEnum):
    """How the values are drawn."""

    BARS = "bars"
    """One horizontal bar per category."""
    GROUPED = "grouped"
    """Horizontal bars, one per series within each category."""
    STACKED = "stacked"
    """Horizontal bars of 100 %, one segment per series."""
    RANKS = "ranks"
    """A point per category on a line of ranks; 1 is best."""
    COLUMNS = "columns"
    """Upright columns in the order of numbers or time, with marks such as a deadline."""
    TILES = "tiles"
    """A square for every country and area, where it roughly lies in the world; borders are not drawn."""
    UPSET = "upset"
    """A column for each set of options that was chosen, over a grid of dots that says which options it holds."""
    OPINIONS = "opinion_groups"
    """Bars, one for each group of opinion, for the side of each statement that is named."""
    TABLE = "table"
    """Categories by series as text."""
    HEAT_MAP = "heat_map"
    """Categories by groups, each figure on a colour; the first series is of all together."""
    DUMBBELL = "dumbbell"
    """Two points per category, joined: two groups, or the lowest and the highest of several."""
    SLOPE = "slope"
    """A line per category from what it was to what it is; the two series are two states or waves."""
    DIVERGING = "diverging"
    """Bars of 100 % that are set so that the middle of the scale stands in one line."""
    INTERVALS = "intervals"
    """A point per category, and the line of its interval."""
    MULTIPLES = "small_multiples"
    """The same small chart of bars for each group beside each other; the first series is of all together."""
    SCATTER = "scatter"
    """A point per category, where its two figures meet; the series are those of x and of y."""


class ValueFormat(StrEnum):
    """What a value counts."""

    SHARE = "share"
    COUNT = "count"
    RANK = "rank"
    NET = "net"


class Role(StrEnum):
    """What a series' colour says: the one measure, one group of several, a point of a scale, a place in a ranking."""

    ACCENT = "accent"
    GROUP = "group"
    SCALE = "scale"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One value per category; None is a value that is not shown: its label ("[c]" when suppressed) is drawn instead.

    labels     the values in the reader's language, "" where nothing is to be written
    low, high  bounds of each value, None where there are none; () for a form without intervals
    """

    name: str
    values: tuple[float | None, ...]
    labels: tuple[str, ...]
    role: Role = Role.ACCENT
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A column of text beside the bars: the net value, those who don't know, who put it first."""

    title: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line across columns, `at` a position on the category axis (0 = middle of the first column)."""

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A square of a map: its sign, its name, its place from the upper left corner, and its position among the
    categories; None for a country or area that the question does not offer."""

    sign: str
    name: str
    row: int
    column: int
    at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Squares that belong together, in `columns` columns; the name stands in the row above the first of them."""

    name: str
    row: int
    column: int
    columns: int
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Values from `low` up to the next step have one colour; `label` is its line in the legend."""

    low: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TileMap:
    """Where the squares of a chart of the form TILES lie, and the steps of their colours, the lowest first."""

    blocks: tuple[Block, ...]
    steps: tuple[Step, ...]

    @property
    def columns(self) -> int:
        """Squares from the left edge to the right one."""
        return max(block.column + block.columns for block in self.blocks)

    @property
    def rows(self) -> int:
        """Squares from the upper edge to the lower one."""
        return 1 + max(tile.row for block in self.blocks for tile in block.tiles)

    def step(self, value: float) -> int | None:
        """Which step a value belongs to; None below the lowest."""
        reached = [place for place, step in enumerate(self.steps) if value >= step.low]
        return reached[-1] if reached else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sets:
    """The options of a chart of the form UPSET, and for each category the places of those that it holds."""

    options: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis of a chart of the form SCATTER: its ends, and where the line that parts it stands; None for no line.

    labels  of both ends and of the line, in that order
    halves  what lies below the line and what above it, in words
    """

    low: float
    high: float
    middle: float | None
    labels: tuple[str, str, str]
    halves: tuple[str, str]

    def part(self, value: float) -> float:
        """How far along the axis a value lies, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)

    @property
    def marks(self) -> tuple[tuple[float, str], ...]:
        """Where figures are written along the axis, and which: at its line and at its ends, unless they would touch."""
        ends = ((0.0, self.labels[0]), (1.0, self.labels[1]))
        if self.middle is None:
            return ends
        line = self.part(self.middle)
        return (*(end for end in ends if abs(end[0] - line) > 0.08), (line, self.labels[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """The plane of a chart of the form SCATTER; corners  words for upper near, upper far, lower near, lower far."""

    x: Axis
    y: Axis
    corners: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpec:
    """All that a renderer needs; two equal specs draw the same picture.

    title       what was found, as a sentence; the question where nothing can be said
    question    the question, where the title is a sentence; else ""
    measure     what is measured and its unit, in words
    base        n and who stands behind it, in words
    maximum     end of the value axis (1 for shares; the number of items for ranks)
    minimum     its beginning; below 0 where net values are
    sides       columns of text beside the bars, in reading order
    remark      what staff wrote under it, in a file; "" for nothing
    note        what a reader must know: suppressed cells, several answers, filters, invented data
    source      consultation, time with zone, state of the data
    alt         the picture as a sentence with its leading figures
    provenance  the query and the state of the data for programs (analysis.findings.provenance); "" for none
    plan        where the marks lie, for the forms TILES, UPSET and SCATTER
    axis        what the categories are, where they are no options of a question
    """

    form: Form
    title: str
    measure: str
    base: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    value_format: ValueFormat
    maximum: float
    minimum: float = 0.0
    sides: tuple[Side, ...] = ()
    marks: tuple[Mark, ...] = ()
    note: str
    source: str
    alt: str
    language: str
    direction: str
    provenance: str = ""
    question: str = ""
    remark: str = ""
    plan: TileMap | Sets | Crossing | None = None
    axis: str = ""

    @property
    def subtitle(self) -> str:
        """The question where the title does not say it, measure, unit and base on one line."""
        return " · ".join(part for part in (self.question, self.measure, self.base) if part)

    @property
    def has_figures(self) -> bool:
        """Whether anything of it is shown: a chart of hidden figures alone is an empty frame."""
        return any(value is not None for series in self.series for value in series.values)

    @property
    def is_table(self) -> bool:
        """Whether it is figures in rows and columns, coloured or not."""
        return self.form in (Form.TABLE, Form.HEAT_MAP)

    @property
    def is_rtl(self) -> bool:
        """Whether the picture is read from right to left."""
        return self.direction == RTL


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSpec:
    """A map of replies, one point for each, for a screen inside the house only; two equal ones draw the same picture.

    points  x, y and the place of the group in `groups`, whose names stand over the map
    """

    title: str
    groups: tuple[str, ...]
    points: tuple[tuple[float, float, int], ...]
    note: str
    alt: str
    direction: str

    @property
    def is_rtl(self) -> bool:
        """Whether the words are read from right to left; the map itself is not turned."""
        return self.direction == RTL


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePoint:
    """Replies submitted on one day."""

    day: date
    replies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """Invited organisations of a region and how many of them replied."""

    label: str
    invited: int
    replied: int | Suppressed


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringSource:
    """What stands under a monitoring chart: consultation and time; `as_of` is aware. In a file the state too."""

    title: str
    fictional: bool
    as_of: datetime
    sha256: str = ""
