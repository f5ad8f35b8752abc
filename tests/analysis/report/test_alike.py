"""Every card of the demonstration tells the same figures on the screen and in every file."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

from analysis import review
from analysis.charts.spec import Form
from analysis.disclosure import Audience
from analysis.findings.card import CardKind
from analysis.opened_data import Filters
from analysis.report import html, native_chart, page_room, pdf, powerpoint, slide_room, word, workbook
from analysis.report.compose import compose
from analysis.report.tree import Figure, Report
from analysis.ui import cards as screen
from data.store import Store
from survey.access import OPERATOR
from survey.demo import SLUG
from survey.translator import Words
from tests.analysis.report import office
from tests.analysis.report.test_html import Page

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
WORDS = Words("en")
TEXTS = ("Option", "Item", "Group")


@pytest.fixture(scope="module")
def report(demo_store: Store) -> Report:
    asked: dict[str, Any] = {"actor": OPERATOR, "audience": Audience.MEETING, "language": "en", "filters": Filters()}
    cards = review.cards(demo_store, SLUG, now=NOW, **asked)
    few = next(card.question for card in cards if card.kind is CardKind.SINGLE and len(card.rows) == 3)
    compared = review.card(demo_store, SLUG, few, now=NOW, by="region", **asked)
    return compose([*cards, compared], title="All", words=WORDS)


@pytest.fixture(scope="module")
def figures(report: Report) -> list[Figure]:
    return [part for part in report.parts if isinstance(part, Figure)]


def in_words(head: str, value: str) -> str:
    """A value of a CSV as a person reads it, found here anew: shares in percent, nets in points, halves upwards."""
    if value in ("", "[c]") or head in TEXTS or "higher than" in head:
        return value
    if head.endswith("hare") or head.startswith("Share"):
        share = Decimal(value)
        if 0 < share < Decimal("0.005"):
            return "<1%"
        return f"{share.quantize(Decimal('0.01'), ROUND_HALF_UP) * 100:.0f}%"
    if head.startswith("Net"):
        points = int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP))
        return f"{points:+,}".replace("-", "\N{MINUS SIGN}") if points else "0"
    if head.startswith("Mean"):
        return f"{Decimal(value).quantize(Decimal('0.1'), ROUND_HALF_UP)}"
    return f"{int(value):,}"


def numbers(figure: Figure) -> list[list[str]]:
    """The figures of a card's CSV as a reader sees them, under their heads."""
    rows = list(csv.reader(io.StringIO(workbook.card_csv(figure.card, WORDS).decode("utf-8-sig"))))
    plain = [[cell.removeprefix("'") for cell in row[1:-4]] for row in rows]
    return [
        plain[0],
        *([in_words(head, value) for head, value in zip(plain[0], row, strict=True)] for row in plain[1:]),
    ]


def test_the_numbers_on_the_screen_are_those_of_the_csv(figures: list[Figure]) -> None:
    assert len(figures) > 25
    for figure in figures:
        (table,) = Page(screen._table(figure.card, SimpleNamespace(words=WORDS)).encode()).tables  # type: ignore[arg-type]
        assert table == numbers(figure), figure.spec.title


def test_the_tables_of_the_web_page_are_those_of_the_csv(report: Report, figures: list[Figure]) -> None:
    assert Page(html.render(report, WORDS)).tables == [found for f in figures if len(found := numbers(f)) > 1]


def test_the_tables_of_the_document_are_those_of_the_csv(report: Report, figures: list[Figure]) -> None:
    tables = iter(office.tables(word.render(report, WORDS)))
    for figure in figures:
        expected = shown(numbers(figure), figure)
        if len(expected) > 1:
            assert joined(tables, expected) == expected, figure.spec.title
    assert list(tables) == []


def test_the_tables_of_the_pdf_are_those_of_the_csv(report: Report, figures: list[Figure]) -> None:
    reader = PdfReader(io.BytesIO(pdf.render(report, WORDS)))
    text = "".join("".join(page.extract_text().split()) for page in reader.pages)
    at = 0
    for figure in figures:
        rows = shown(numbers(figure), figure)
        for part in page_room.parted(page_room.folded(screen.table.tabulate(figure.card, WORDS))[0]):
            heads = [column.head for column in part.columns]
            places = [rows[0].index(head) for head in heads]
            for row in rows[1:]:
                wanted = "".join("".join(row[place].split()) for place in places)
                at = text.find(wanted, at)
                assert at >= 0, (figure.spec.title, row)


def test_the_charts_of_deck_and_document_hold_the_figures_of_the_csv(report: Report, figures: list[Figure]) -> None:
    slides = office.charts(powerpoint.render(report, WORDS), "ppt")
    pages = office.charts(word.render(report, WORDS), "word")
    for figure in figures:
        spec = figure.spec
        if spec.form not in native_chart.SHAPES or not spec.has_figures:
            continue  # of hidden figures alone there is no chart, which would be an empty frame
        rows = list(csv.DictReader(io.StringIO(workbook.card_csv(figure.card, WORDS).decode("utf-8-sig"))))
        on_slides = [next(slides) for _ in slide_room.pages(spec)]
        on_pages = [next(pages) for _ in page_room.pages(page_room.without_sides(spec))]
        for charts in (on_slides, on_pages):
            assert all(chart.workbook == chart.cache for chart in charts)
            names = [name for chart in charts for name in chart.categories]
            assert names == list(slide_room.category_names(spec))
            for place, series in enumerate(spec.series):
                values = [value for chart in charts for value in chart.series[place][1]]
                for category, value in zip(spec.categories, values, strict=True):
                    kept = of_csv(figure, rows, category, series.name)
                    if kept is not None:
                        assert kept == ("[c]" if value is None else round(value, 6)), (spec.title, category)
    assert list(slides) == list(pages) == []


def of_csv(figure: Figure, rows: Sequence[dict[str, str]], category: str, series: str) -> float | str | None:
    """The figure that the CSV has for a bar; None for a bar that sums several options."""
    if figure.card.columns and figure.spec.form is Form.STACKED:  # a bar for each group, a segment for each option
        category, series = series, category
    named = figure.card.kind is CardKind.BATTERY
    row = next((row for row in rows if row["Item" if named else "Option"].removeprefix("'") == category), None)
    if row is None:
        assert category.startswith("Other options")
        return None
    if named:
        value = row[f"{series}: share"]
    elif figure.spec.form is Form.RANKS:
        value = row["Mean rank"]
    elif figure.card.columns:
        value = row[f"{series.partition(' (n')[0]}: share"]
    else:
        value = row["Share"]
    return value if value == "[c]" else float(value)


def shown(rows: list[list[str]], figure: Figure) -> list[list[str]]:
    """The rows that a document shows: without those that show nothing, when they are many."""
    hidden = set(page_room.folded(screen.table.tabulate(figure.card, WORDS))[1])
    return [row for row in rows if row[0] not in hidden]


def joined(tables: Iterator[list[list[str]]], expected: list[list[str]]) -> list[list[str]]:
    """The parts of a wide table side by side again, without the names that each repeats."""
    names = sum(head in TEXTS for head in expected[0])
    found = next(tables)
    while len(found[0]) < len(expected[0]):
        found = [[*row, *more[names:]] for row, more in zip(found, next(tables), strict=True)]
    return found
