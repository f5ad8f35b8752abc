"""Tables of numbers behind charts: on slides when they are wanted there, and nowhere when they are not."""

import io
from typing import Any

import pytest
from pptx import Presentation

from analysis.disclosure import Permission
from analysis.findings.card import Card, Quote
from analysis.report import html, pdf, powerpoint, slide_numbers, slide_room, word
from analysis.report.compose import compose
from analysis.report.table import tabulate, written
from analysis.report.tree import Numbers, Report
from tests.analysis import cards
from tests.analysis.cards import ENGLISH, PlainWords
from tests.analysis.report import office

QUOTE: dict[str, Any] = {
    "response_id": 1,
    "question": "finding",
    "language": "en",
    "region": "",
    "attribution": "Somebody",
    "permission": Permission.NAMED,
}
ARABIC = PlainWords(language="ar", direction="rtl")


def report(*shown: Card, numbers: Numbers, words: PlainWords = ENGLISH) -> Report:
    return compose(shown, title="Report", words=words, numbers=numbers)


def slides(made: Report, words: PlainWords = ENGLISH) -> list[Any]:
    return list(Presentation(io.BytesIO(powerpoint.render(made, words))).slides)


def rows_of(found: list[Any], *, rtl: bool = False) -> list[list[str]]:
    """The rows of all tables of slides that are named after the numbers, heads left out."""
    rows = []
    for slide in found:
        if slide.shapes.title is not None and slide.shapes.title.text_frame.text.startswith("Numbers: "):
            (table,) = [shape.table for shape in slide.shapes if shape.has_table]
            rows += [[cell.text for cell in row.cells][:: -1 if rtl else 1] for row in list(table.rows)[1:]]
    return rows


@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=lambda words: words.language)
def test_slides_with_all_numbers_follow_the_chart(words: PlainWords) -> None:
    card = cards.single(question="many", rows=tuple(cards.row(f"o{n}", f"Option {n}", 5 + n) for n in range(40)))
    found = slides(report(card, numbers=Numbers.ALWAYS, words=words), words)
    table = tabulate(card, words)
    expected = [[written(v, c.unit, words) for v, c in zip(row, table.columns, strict=True)] for row in table.rows]
    assert rows_of(found, rtl=words is ARABIC) == expected
    for slide in found:
        for shape in slide.shapes:
            assert not shape.has_table or shape.top + shape.height <= slide_room.HIGH * 12_700


@pytest.mark.parametrize("numbers", [Numbers.DOCUMENTS, Numbers.NEVER])
def test_slides_have_no_tables_of_numbers_unless_they_are_wanted(numbers: Numbers) -> None:
    assert rows_of(slides(report(cards.single(), numbers=numbers))) == []


def test_documents_have_tables_of_numbers_unless_they_are_not_wanted() -> None:
    for numbers, many in ((Numbers.DOCUMENTS, 1), (Numbers.ALWAYS, 1), (Numbers.NEVER, 0)):
        made = report(cards.single(), numbers=numbers)
        assert len(office.tables(word.render(made, ENGLISH))) == many
        assert html.render(made, ENGLISH).count(b"<table>") == many
        assert (b"/Table" in pdf.render(made, ENGLISH)) == bool(many)


def test_rows_without_any_figure_are_counted_and_not_listed() -> None:
    hidden = tuple(cards.row(f"h{n}", f"Hidden {n}", cards.SUPPRESSED) for n in range(20))
    card = cards.single(rows=(cards.row("yes", "Yes", 250), *hidden))
    found = slides(report(card, numbers=Numbers.ALWAYS))
    assert [row[0] for row in rows_of(found)] == ["Yes"]
    assert slide_numbers.hidden_line(tabulate(card, ENGLISH), ENGLISH) == "Rows in which every figure is hidden: 20."


def test_a_chart_of_hidden_figures_alone_is_told_in_words() -> None:
    card = cards.single(rows=(cards.row("yes", "Yes", cards.SUPPRESSED), cards.row("no", "No", cards.SUPPRESSED)))
    (_cover, slide) = slides(report(card, numbers=Numbers.ALWAYS))
    assert not any(shape.has_chart or shape.has_table for shape in slide.shapes)
    words = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    assert "[c]: not shown, to protect small groups.\nYes, No" in words


def test_long_quotes_stand_on_several_slides_in_large_letters() -> None:
    quotes = tuple(Quote(text=f"{n} " + "many words that somebody wrote " * 30, **QUOTE) for n in range(3))
    card = cards.text(quotes=quotes)
    found = slides(report(card, numbers=Numbers.DOCUMENTS))[1:]
    assert len(found) > 1
    sizes = [
        run.font.size.pt
        for slide in found
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
        if "many words" in run.text
    ]
    assert len(sizes) == 3
    assert min(sizes) >= 14
