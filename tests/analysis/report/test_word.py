"""A Word document whose charts are Word's own, whose headings are headings, and which tells no more than the cards."""

import io
import zipfile
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from docx import Document
from docx.oxml.ns import qn

from analysis.disclosure import Audience
from analysis.findings.card import Card, CardKind
from analysis.report import native_chart
from analysis.report.compose import compose, part
from analysis.report.tree import Heading, Paragraphs, Report
from analysis.report.word import render
from survey.translator import Words
from tests.analysis import cards
from tests.analysis.cards import ENGLISH, PlainWords
from tests.analysis.report import office
from tests.analysis.report.test_powerpoint import FINDING, FINDING_CARD, RECOMMENDATION

ARABIC = PlainWords(language="ar", direction="rtl")


def report(*shown: Card, words: PlainWords = ENGLISH, **more: Any) -> Report:
    return compose(shown, title="The way forward", words=words, **more)


def made(*shown: Card, words: PlainWords = ENGLISH, **more: Any) -> Any:
    return Document(io.BytesIO(render(report(*shown, words=words, **more), words)))


def told(document: Any) -> list[tuple[str, str]]:
    return [(each.style.name, each.text) for each in document.paragraphs if each.text]


def test_a_document_opens_with_title_cover_and_contents_that_lead_to_its_headings() -> None:
    document = made(cards.single(section="Work"))
    assert told(document)[:9] == [
        ("Title", "The way forward"),
        ("Subtitle", "Civil society consultation: the way forward to 2029"),
        ("Subtitle", "As of 23 November 2026, 19:05 UTC"),
        ("Subtitle", "Replies: 400"),
        ("Normal", "Fictional data: organisations and answers are invented."),
        (
            "Normal",
            "Source: Civil society consultation: the way forward to 2029. As of 23 November 2026, 19:05 UTC. "
            "Data state 3fa94c21d07b.",
        ),
        ("TOC Heading", "Contents"),
        ("TOC 1", "Work"),
        ("TOC 2", "Most respondents (63%, n = 400) chose “Yes”."),
    ]
    body = document.element.body
    anchors = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))]
    marks = {mark.get(qn("w:name")): mark.getparent() for mark in body.iter(qn("w:bookmarkStart"))}
    assert [marks[anchor].text for anchor in anchors] == ["Work", "Most respondents (63%, n = 400) chose “Yes”."]
    assert [told.text for told in body.iter(qn("w:instrText"))] == [r' TOC \o "1-2" \h \z \u ']


def test_headings_of_staff_and_their_words_stand_in_their_order() -> None:
    whole = replace(
        report(cards.single()),
        parts=(Heading(level=2, text="Why"), Paragraphs(texts=("First.", "Second.")), part(cards.single(), ENGLISH)),
    )
    headed = told(Document(io.BytesIO(render(whole, ENGLISH))))
    assert headed[8:12] == [
        ("Heading 2", "Why"),
        ("Normal", "First."),
        ("Normal", "Second."),
        ("Heading 3", "Most respondents (63%, n = 400) chose “Yes”."),
    ]


@pytest.mark.parametrize("words", [ENGLISH, ARABIC], ids=lambda words: words.language)
@pytest.mark.parametrize("card", [card for card in cards.ALL if card.kind is not CardKind.TEXT], ids=lambda c: c.label)
def test_the_workbook_in_a_chart_is_its_cache_and_the_cards_figures(card: Card, words: PlainWords) -> None:
    (chart,) = office.charts(render(report(card, words=words), words), "word")
    figure = part(card, words)
    assert chart.workbook == chart.cache
    assert office.rounded([values for _, values in chart.series]) == office.rounded(
        [list(series.values) for series in figure.spec.series]
    )  # type: ignore[union-attr]


def test_a_suppressed_figure_is_an_empty_cell_and_a_sign_in_the_table() -> None:
    content = render(report(cards.single()), ENGLISH)
    (chart,) = office.charts(content, "word")
    assert chart.workbook[3] == ["Not sure ([c])", ""]
    (table,) = office.tables(content)
    assert table == [
        ["Option", "Count", "Share", "Share, lower bound (95 %)", "Share, upper bound (95 %)"],
        ["Yes", "250", "63%", "58%", "68%"],
        ["No", "147", "37%", "32%", "42%"],
        ["Not sure", "[c]", "[c]", "", ""],
    ]


def test_a_chart_has_its_alternative_text_and_a_table_its_title_and_a_head_on_every_page() -> None:
    body = made(*cards.ALL).element.body
    drawings = list(body.iter(qn("wp:docPr")))
    assert len({drawing.get("id") for drawing in drawings}) == len(drawings) == 7
    assert all(drawing.get("descr").endswith(".") for drawing in drawings)
    for table in body.iter(qn("w:tbl")):
        assert table.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        assert table.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None


def test_a_wide_table_is_parted_and_every_part_names_its_rows_and_keeps_shares_with_counts() -> None:
    found = office.tables(render(report(cards.battery()), ENGLISH))
    assert [rows[0][0] for rows in found] == ["Item"] * len(found)
    assert max(len(rows[0]) for rows in found) <= 7
    heads = [head for rows in found for head in rows[0]]
    for head in heads:
        if head.endswith(": share"):
            assert heads[heads.index(head) - 1] == head.replace(": share", ": count")


def test_rows_that_show_nothing_are_named_in_a_line_when_they_are_many() -> None:
    rows = (*cards.many(3).rows, *(cards.row(f"h{n}", f"Hidden {n}", cards.SUPPRESSED) for n in range(12)))
    card = cards.many(3, rows=rows)
    document = made(card)
    assert [row.cells[0].text for row in document.tables[0].rows][1:] == [f"Country number {n}" for n in range(3)]
    assert f"[c]: {', '.join(f'Hidden {n}' for n in range(12))}" in [text for _, text in told(document)]
    few = made(cards.many(3, rows=rows[:14]))
    assert len(few.tables[0].rows) == 15


def test_a_document_of_internal_figures_says_so_on_every_page() -> None:
    document = made(cards.single(audience=Audience.INTERNAL))
    head = document.sections[0].header.paragraphs[0].text
    assert head == "The way forward · Internal figures: not for publication."
    foot = document.sections[0].footer.paragraphs[0]
    assert foot.text == "1 / 1"
    assert [told.text for told in foot._p.iter(qn("w:instrText"))] == [" PAGE ", " NUMPAGES "]


@pytest.mark.parametrize(("language", "expected"), [("en", "1 / 1"), ("zh", "1 / 1"), ("ar", "1 من 1")])
def test_the_foot_tells_the_page_before_all_pages_in_the_direction_of_reading(language: str, expected: str) -> None:
    document = replace(report(cards.single()), language=language, direction="rtl" if language == "ar" else "ltr")
    foot = Document(io.BytesIO(render(document, Words(language)))).sections[0].footer.paragraphs[0]
    assert foot.text == expected
    assert [told.text for told in foot._p.iter(qn("w:instrText"))] == [" PAGE ", " NUMPAGES "]
    assert (foot._p.find(f".//{qn('w:bidi')}") is not None) == (language == "ar")


def test_an_arabic_document_runs_from_right_to_left_but_its_charts_and_foreign_words_do_not() -> None:
    document = made(cards.multiple(label="سؤال؟"), findings=[(FINDING, FINDING_CARD)], words=ARABIC)
    body = document.element.body
    assert body.sectPr.find(qn("w:bidi")) is not None
    assert all(table.tblPr.find(qn("w:bidiVisual")) is not None for table in body.iter(qn("w:tbl")))
    by_text = {each.text: each._p for each in document.paragraphs}
    assert by_text["سؤال؟"].pPr.find(qn("w:bidi")) is not None
    assert by_text["Two in three took part."].pPr.find(qn("w:bidi")) is None
    run = by_text["سؤال؟"].findall(f".//{qn('w:rPr')}")[-1]
    assert run.find(qn("w:rtl")) is not None
    assert run.find(qn("w:lang")).get(qn("w:bidi")) == "ar"
    for drawing in body.iter(qn("w:drawing")):
        (held,) = drawing.iterancestors(qn("w:p"))
        assert held.pPr.find(qn("w:bidi")) is None


def test_findings_quotes_and_recommendations_are_told_in_full() -> None:
    document = made(cards.text(), findings=[(FINDING, FINDING_CARD)], recommendations=[RECOMMENDATION])
    texts = told(document)
    assert ("Heading 2", "Two in three took part.") in texts
    assert ("Heading 2", "Recommendation 2") in texts
    assert ("Normal", "Addressed to: Member States") in texts
    assert ("List Bullet", "Two in three took part.") in texts
    assert sum(style == "Quote" for style, _ in texts) == 3
    assert ("Normal", "– An organisation, Sub-Saharan Africa · may be published with the name") in texts


def test_a_name_and_its_value_are_parted_as_the_language_does() -> None:
    document = made(cards.text(), words=PlainWords(colon="\u00a0: "), recommendations=[RECOMMENDATION])
    assert ("Normal", "Addressed to\u00a0: Member States") in told(document)


def test_the_query_of_the_report_and_of_each_part_stands_in_the_file() -> None:
    whole = report(cards.single(), cards.text())
    with zipfile.ZipFile(io.BytesIO(render(whole, ENGLISH))) as archive:
        told = ElementTree.fromstring(archive.read("customXml/soundings.xml"))
    assert [each.tag.rpartition("}")[2] for each in told] == ["report", "chart", "quotes"]
    assert told[0].text == whole.provenance
    assert '"question":"q"' in (told[1].text or "")


def test_the_same_report_is_the_same_file() -> None:
    whole = report(*cards.ALL)
    first = render(whole, ENGLISH)
    native_chart.package.cache_clear()
    assert render(whole, ENGLISH) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        with zipfile.ZipFile(io.BytesIO(archive.read("word/embeddings/chart1.xlsx"))) as book:
            assert b"1980-01-01T00:00:00Z" in book.read("docProps/core.xml")


def test_control_signs_do_not_break_a_document() -> None:
    assert "ab" in [text for _, text in told(made(cards.multiple(label="a\x0bb")))]
