"""Slides whose charts are PowerPoint's own, and which tell no more than the cards."""

import io
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pptx import Presentation
from python_calamine import CalamineWorkbook

from analysis.charts.choose import chart
from analysis.charts.spec import Form
from analysis.disclosure import Permission
from analysis.findings.card import Card, CardKind
from analysis.findings.frozen import to_json
from analysis.report.compose import bound, compose, part
from analysis.report.powerpoint import deck, render
from analysis.report.tree import Figure, Heading, Paragraphs, Report
from data.analysis_records import FindingRecord, RecommendationRecord
from data.errors import InvalidInput
from survey.translator import Words
from tests.analysis import cards, hard_cards
from tests.analysis.cards import ENGLISH, PlainWords

ARABIC = PlainWords(language="ar", direction="rtl")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
FINDING_CARD = cards.single()
FINDING = FindingRecord(
    id=7,
    consultation_id=1,
    position=1,
    statement="Two in three took part.",
    question="q",
    filters={},
    card={"en": to_json(FINDING_CARD)},
    replies=400,
    created_at=NOW,
    created_by="staff",
    revision=1,
)
RECOMMENDATION = RecommendationRecord(
    id=3,
    consultation_id=1,
    position=2,
    text="Fund community-led services.",
    addressee="Member States",
    level="National",
    challenge="Services falling short",
    finding_ids=(7,),
    answers=(),
    created_at=NOW,
    created_by="staff",
    revision=1,
)


def opened(*shown: Card, words: PlainWords = ENGLISH, **more: Any) -> Any:
    return Presentation(io.BytesIO(deck(shown, title="The way forward", words=words, **more)))


def charts(slide: Any) -> list[Any]:
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def words_of(slide: Any) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def workbook(chart: Any) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    return book.get_sheet_by_index(0).to_python()


def test_a_deck_is_wide_and_opens_with_consultation_date_and_replies() -> None:
    file = opened(cards.single())
    assert (file.slide_width.pt, file.slide_height.pt) == (960, 540)
    assert words_of(file.slides[0]) == (
        "The way forward\n"
        "Civil society consultation: the way forward to 2029\n"
        "As of 23 November 2026, 19:05 UTC\n"
        "Replies: 400\n"
        "Fictional data: organisations and answers are invented."
    )


def test_a_slide_carries_title_base_note_source_and_number() -> None:
    slide = opened(cards.single()).slides[1]
    assert slide.shapes.title.text_frame.text == "Most respondents (63%, n\xa0=\xa0400) chose “Yes”."
    assert words_of(slide).split("\n")[1:] == [
        "2",
        "Has your organisation taken part? · % of those who answered · n = 400 (replies: 400)",
        "[c]: not shown, to protect small groups. Fictional data: organisations and answers are invented.",
        "Source: Civil society consultation: the way forward to 2029. As of 23 November 2026, 19:05 UTC. "
        "Data state 3fa94c21d07b.",
    ]


def test_a_native_chart_holds_the_cards_figures_and_nothing_of_the_suppressed_one() -> None:
    (chart,) = charts(opened(cards.single()).slides[1])
    assert list(chart.plots[0].categories) == ["Yes", "No", "Not sure ([c])"]
    assert list(chart.plots[0].series[0].values) == [0.625, 0.3675, None]
    assert workbook(chart) == [
        ["", "% of those who answered"],
        ["Yes", 0.625],
        ["No", 0.3675],
        ["Not sure ([c])", ""],
    ]


def test_a_battery_is_stacked_with_net_and_dont_know_in_a_table_beside_it() -> None:
    slide = opened(cards.battery()).slides[1]
    (chart,) = charts(slide)
    assert [series.name for series in chart.plots[0].series] == [label for _, label in cards.CHANGE]
    assert chart.plots[0].overlap == 100
    assert workbook(chart)[4][1] == ""
    (table,) = [shape.table for shape in slide.shapes if shape.has_table]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Net", "Don't know"],
        ["+40", "[c]"],
        ["+8", "0"],
        ["\u221250", "12"],
        ["[c]", "31"],
    ]


@pytest.mark.parametrize("card", [card for card in cards.ALL if card.kind is not CardKind.TEXT], ids=lambda c: c.label)
def test_every_chart_has_its_alternative_text(card: Card) -> None:
    slide = opened(card).slides[1]
    (frame,) = [shape for shape in slide.shapes if shape.has_chart]
    described = frame._element.nvGraphicFramePr.cNvPr.get("descr")
    assert described.endswith(".")
    assert card.label.rstrip("?") in described


def test_below_thirty_answers_the_labels_are_counts_first() -> None:
    rows = (cards.row("yes", "Yes", 12, 20), cards.row("no", "No", 8, 20))
    (chart,) = charts(opened(cards.single(base=cards.base(20), rows=rows)).slides[1])
    labels = [chart.plots[0].series[0].points[index].data_label.text_frame.text for index in range(2)]
    assert labels == ["12\u00a0(60%)", "8\u00a0(40%)"]


def test_a_question_that_nobody_gave_a_number_to_has_a_slide_without_a_chart() -> None:
    shown = opened(cards.number(rows=(), base=cards.base(0))).slides[1]
    assert charts(shown) == []
    assert cards.number().label in words_of(shown)


def test_more_rows_than_can_be_read_are_parted_over_slides() -> None:
    card = cards.battery()
    long = tuple(replace(card.items[0], label=f"{number} {card.items[1].label * 2}") for number in range(14))
    slides = list(opened(replace(card, items=long)).slides)[1:]
    assert [slide.shapes.title.text_frame.text[-5:] for slide in slides] == ["(1/3)", "(2/3)", "(3/3)"]
    assert sum(len(list(charts(slide)[0].plots[0].categories)) for slide in slides) == 14


@pytest.mark.parametrize("card", cards.ALL, ids=lambda card: card.label)
def test_nothing_stands_outside_a_slide(card: Card) -> None:
    for slide in opened(card).slides:
        for shape in slide.shapes:
            assert shape.left.pt >= 0
            assert shape.top.pt >= 0
            assert shape.left.pt + shape.width.pt <= 960
            assert shape.top.pt + shape.height.pt <= 540


def test_a_chart_ends_above_its_note() -> None:
    for slide in list(opened(*cards.ALL).slides)[1:]:
        source = next(s for s in slide.shapes if s.has_text_frame and "Source: " in s.text_frame.text)
        for frame in (shape for shape in slide.shapes if shape.has_chart):
            assert frame.top + frame.height <= source.top


def test_open_answers_become_three_quotes() -> None:
    slide = opened(cards.text()).slides[1]
    assert words_of(slide).count("naloxone") == 3
    assert words_of(slide).count("– An organisation, Sub-Saharan Africa") == 3


def test_quotes_differ_and_those_in_the_readers_language_come_first() -> None:
    first = cards.text().quotes[0]
    said = (
        ("Plus de salles", "fr"),
        ("No childcare", "en"),
        ("no childcare ", "en"),
        ("Visas", "en"),
        ("مواعيد", "ar"),
    )
    quotes = tuple(
        replace(first, text=text, language=language, attribution="", permission=Permission.ANONYMOUS)
        for text, language in said
    )
    slide = opened(cards.text(quotes=quotes)).slides[1]
    text = next(s.text_frame.text for s in slide.shapes if s.has_text_frame and "Visas" in s.text_frame.text)
    assert text.split("\n")[::2] == ["“No childcare”", "“Visas”", "“Plus de salles”"]
    assert text.split("\n")[1] == "– not named · may be published without the name"


def test_an_english_quote_on_an_arabic_slide_runs_from_left_to_right() -> None:
    slide = opened(cards.text(), words=ARABIC).slides[1]
    frame = next(s.text_frame for s in slide.shapes if s.has_text_frame and "naloxone" in s.text_frame.text)
    assert frame.paragraphs[0]._p.pPr.get("rtl") is None


def test_a_quote_that_must_not_be_published_says_so_on_its_slide() -> None:
    (quote, *_) = cards.text().quotes
    slide = opened(cards.text(quotes=(replace(quote, permission=Permission.NOT),))).slides[1]
    assert "– An organisation, Sub-Saharan Africa · must not be published" in words_of(slide)


def test_a_question_without_quotes_has_no_slide() -> None:
    assert len(opened(cards.text(quotes=())).slides) == 1


def test_a_finding_shows_its_sentence_over_the_chart_of_its_frozen_card() -> None:
    slide = opened(findings=[(FINDING, FINDING_CARD)]).slides[1]
    assert slide.shapes.title.text_frame.text == "Two in three took part."
    assert workbook(charts(slide)[0])[1] == ["Yes", 0.625]


def test_a_recommendation_names_addressee_level_challenge_and_findings() -> None:
    slide = opened(findings=[(FINDING, FINDING_CARD)], recommendations=[RECOMMENDATION]).slides[2]
    assert slide.shapes.title.text_frame.text == "Recommendation 2"
    text = next(s.text_frame.text for s in slide.shapes if s.has_text_frame and "Fund" in s.text_frame.text)
    assert text.split("\n") == [
        "Fund community-led services.",
        "Addressed to: Member States",
        "Level: National",
        "Challenge: Services falling short",
        "Rests on these findings",
        "• Two in three took part.",
    ]


def test_a_deck_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"report\.empty"):
        deck([], title="x", words=ENGLISH, recommendations=[RECOMMENDATION])


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://x")', "{=1}", "@x"])
def test_no_label_becomes_a_formula_in_the_charts_workbook(formula: str) -> None:
    (chart,) = charts(opened(cards.single(rows=(cards.row("x", formula, 10),))).slides[1])
    assert workbook(chart)[1][0] == f"\u200b{formula}"


def test_control_signs_do_not_break_a_slide() -> None:
    card = cards.single(label="a\x0bb", rows=(cards.row("x", "c\x07d", 10),))
    (chart,) = charts(opened(card).slides[1])
    assert list(chart.plots[0].categories) == ["cd"]


def test_arabic_paragraphs_run_from_right_to_left() -> None:
    slide = opened(cards.battery(), words=ARABIC).slides[1]
    paragraph = slide.shapes.title.text_frame.paragraphs[0]
    assert paragraph._p.pPr.get("rtl") == "1"
    assert charts(slide)[0].value_axis.reverse_order is True


def composed(*parts: Any, words: PlainWords = ENGLISH) -> Report:
    return replace(compose([cards.single()], title="All", words=words), parts=parts)


def test_a_heading_of_staff_opens_a_chapter_and_its_paragraphs_stand_below_it() -> None:
    report = composed(Heading(level=1, text="Why"), Paragraphs(texts=("First.", "Second.")))
    slides = Presentation(io.BytesIO(render(report, ENGLISH))).slides
    assert [slide.shapes.title.text_frame.text for slide in slides] == ["All", "Why", "Why"]
    assert "First.\nSecond." in words_of(slides[2])


def test_a_long_text_goes_on_over_as_many_slides_as_it_needs() -> None:
    texts = tuple(f"{number}. {'A sentence of some length that says little. ' * 12}" for number in range(8))
    slides = list(Presentation(io.BytesIO(render(composed(Paragraphs(texts=texts)), ENGLISH))).slides)[1:]
    assert len(slides) > 1
    for slide in slides:
        assert all(
            run.font.size.pt >= 11
            for s in slide.shapes
            if s.has_text_frame
            for p in s.text_frame.paragraphs
            for run in p.runs
        )
    assert [line[:2] for slide in slides for line in words_of(slide).split("\n") if line[1:3] == ". "] == [
        f"{number}." for number in range(8)
    ]


def test_a_remark_of_staff_stands_below_its_chart() -> None:
    report = composed(part(cards.single(), ENGLISH, remark="Remarkable."))
    slide = Presentation(io.BytesIO(render(report, ENGLISH))).slides[1]
    assert "\nRemarkable. [c]: not shown" in words_of(slide)


def test_the_same_report_is_the_same_file_whenever_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    first = deck(cards.ALL, title="All", words=ENGLISH)
    later = time.localtime(1_900_000_000)
    monkeypatch.setattr(time, "localtime", lambda *_: later)
    assert deck(cards.ALL, title="All", words=ENGLISH) == first


def test_dots_of_sets_are_described_with_the_sign_between_that_the_language_has() -> None:
    words, card = Words("zh"), hard_cards.together(4, "many answers")
    spec = chart(card, words, form=Form.UPSET)
    assert spec is not None
    made = render(bound([Figure(spec=spec, card=card)], card, title="Report", words=words, asked=""), words)
    slides = Presentation(io.BytesIO(made)).slides
    tables = [shape for slide in slides for shape in slide.shapes if shape.has_table]
    assert ["；".join(spec.categories)] in [shape.element.xpath(".//p:cNvPr/@descr") for shape in tables]
