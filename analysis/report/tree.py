"""A report as a value: what it says, in which order, before anybody sets it as slides, a document or a page.

Composed once (compose.py, or by staff); each renderer reads it and adds nothing: powerpoint.py, word.py, pdf.py,
html.py, workbook.py, all as `render(report, words) -> bytes`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from analysis.charts.spec import RTL, ChartSpec, Words
from analysis.findings.card import Card, Quote
from analysis.report.table import Table, of_picture, tabulate


class Numbers(StrEnum):
    """Where a chart is followed by the table of its numbers."""

    DOCUMENTS = "documents"
    """In documents and pages, not on slides."""
    ALWAYS = "always"
    NEVER = "never"
    """Only where the table is what there is of the chart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Begins a chapter (level 1) or a section of one (2, 3); what follows stands below it in the contents.

    has_slide  whether a presentation gives it a slide of its own; without, it only names the slides that follow
    """

    level: int
    text: str
    has_slide: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraphs:
    """Words of staff."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart with the card that it was made of, whose numbers stand behind it as a table.

    card    None for a picture of who answered, whose numbers are its own
    remark  a sentence of staff below the chart, "" for none
    """

    spec: ChartSpec
    card: Card | None
    remark: str = ""

    @property
    def label(self) -> str:
        """What it shows in words without a figure: the question, else the title."""
        return self.card.label if self.card is not None else self.spec.title

    def numbers(self, words: Words) -> Table:
        """Every figure behind the chart."""
        return tabulate(self.card, words) if self.card is not None else of_picture(self.spec)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes:
    """Open answers that this audience may read.

    base, note, source  as on a chart
    card                that they were taken from, for its query
    """

    title: str
    base: str
    quotes: tuple[Quote, ...]
    note: str
    source: str
    card: Card
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationPart:
    """A recommendation, as it is read out.

    number    as printed
    facts     name and value: to whom it goes, its level, its challenge; none without a value
    rests_on  the findings it rests on, as sentences
    """

    number: str
    text: str
    facts: tuple[tuple[str, str], ...]
    rests_on: tuple[str, ...]


Part = Heading | Paragraphs | Figure | Quotes | RecommendationPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report; two equal ones make the same file, byte for byte.

    cover       lines below the title: consultation, time with zone, replies
    mark        the sentence that all is invented; "" for real data
    internal    the sentence that it is not for publication; "" for what a meeting may see
    source      consultation, time and state, for parts without a source of their own
    numbers     where charts are followed by their tables
    as_of       aware; stands in the file as the time at which it was made
    sha256      the state of the data; provenance  the query, as JSON (analysis.findings.provenance)
    """

    title: str
    cover: tuple[str, ...]
    mark: str
    parts: tuple[Part, ...]
    language: str
    direction: str
    as_of: datetime
    sha256: str
    provenance: str
    source: str = ""
    internal: str = ""
    numbers: Numbers = Numbers.DOCUMENTS

    @property
    def is_rtl(self) -> bool:
        """Whether it is read from right to left."""
        return self.direction == RTL
