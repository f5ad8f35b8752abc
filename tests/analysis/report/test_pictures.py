"""Pictures of who answered, which no card stands behind, in every file of a report."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pypdf
import pytest
from openpyxl import load_workbook
from pptx import Presentation

from analysis.charts import choose, countries
from analysis.charts.spec import ChartSpec, CoverageRow, MonitoringSource, TimelinePoint, Words
from analysis.disclosure import SUPPRESSED, Policy
from analysis.report import html, pdf, powerpoint, word, workbook
from analysis.report.compose import compose
from analysis.report.tree import Numbers, Report
from survey import translator
from tests.analysis import cards
from tests.analysis.report import office

SOURCE = MonitoringSource(title="Small", fictional=True, as_of=datetime(2027, 1, 1, tzinfo=UTC), sha256="a" * 64)
PLACES = (("FRA", 60), ("KEN", 12), ("NZL", SUPPRESSED), ("CUB", 0), *((code, 5) for code in ("CAN", "IND", "BRA")))


def pictures(words: Words) -> list[ChartSpec]:
    day = date(2026, 9, 1)
    points = [TimelinePoint(day=day + timedelta(days=n), replies=10 + n) for n in range(9)]
    rows = [
        CoverageRow(label="Africa", invited=40, replied=10),
        CoverageRow(label="Asia", invited=20, replied=SUPPRESSED),
        CoverageRow(label="Europe", invited=30, replied=SUPPRESSED),
    ]
    rules = Policy(threshold=5)
    card = cards.single(rows=tuple(cards.row(code, code, count) for code, count in PLACES))
    return [
        choose.timeline(points, replies=126, source=SOURCE, words=words, rules=rules, deadline=day + timedelta(days=4)),
        choose.coverage(rows, source=SOURCE, words=words),
        replace(countries.country_map(card, words), provenance=""),
    ]


def report(language: str = "en", numbers: Numbers = Numbers.DOCUMENTS) -> tuple[Report, Words]:
    words = translator.Words(language)
    return compose([cards.single()], title="All", words=words, pictures=pictures(words), numbers=numbers), words


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
@pytest.mark.parametrize(("kind", "room"), [(powerpoint, "ppt"), (word, "word")])
def test_office_draws_them_and_hides_what_a_meeting_may_not_see(kind: object, room: str, language: str) -> None:
    made, words = report(language)
    arrivals, coverage, places, _card = office.charts(kind.render(made, words), room)  # type: ignore[attr-defined]
    assert arrivals.series[0][1] == [10.0 + n for n in range(9)]
    assert coverage.series[0][1] == [0.25, None, None]
    assert places.series[0][1] == [60.0, 12.0, 5.0, 5.0, 5.0, None]
    assert all(each.cache == each.workbook for each in (arrivals, coverage, places))


def test_slides_of_numbers_follow_where_they_are_wanted() -> None:
    made, words = report(numbers=Numbers.ALWAYS)
    slides = Presentation(io.BytesIO(powerpoint.render(made, words))).slides
    titles = [slide.shapes.title.text for slide in slides]
    who = ["Replies over time", "Who has replied, by region", "Replies by country or area"]
    assert titles[1:7] == [text for title in who for text in (title, f"Numbers: {title}")]
    (table,) = [shape.table for shape in slides[4].shapes if shape.has_table]
    assert [[cell.text for cell in row.cells] for row in table.rows][:3] == [
        ["Region", "Replied", "Replied / invited"],
        ["Africa", "25%", "10\u00a0/\u00a040"],
        ["Asia", "[c]", "[c]\u00a0/\u00a020"],
    ]


def test_a_workbook_has_a_sheet_for_each_with_figures_as_figures() -> None:
    made, words = report()
    book = load_workbook(io.BytesIO(workbook.render(made, words)))
    assert book.sheetnames[1:4] == ["Replies over time", "Who has replied, by region", "Replies by country or area"]
    assert [[cell.value for cell in row] for row in book["Who has replied, by region"].iter_rows(min_row=6)] == [
        ["Region", "Replied", "Replied / invited"],
        ["Africa", 0.25, "10 / 40"],
        ["Asia", "[c]", "[c] / 20"],
        ["Europe", "[c]", "[c] / 30"],
    ]
    assert [row[0].value for row in book["Replies by country or area"].iter_rows(min_row=7)][:2] == ["France", "Kenya"]


def test_page_and_pdf_show_the_map_with_its_numbers() -> None:
    made, words = report()
    page = html.render(made, words).decode()
    assert page.count("<figure>") == 4
    assert "Map of tiles: replies from 5 countries and areas are shown." in page
    text = " ".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(pdf.render(made, words))).pages)
    assert "Who answered" in text and "Replies by country or area" in text
    assert "New Zealand" in text and "Cuba" not in text
