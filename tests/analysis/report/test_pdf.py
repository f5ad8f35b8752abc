"""A PDF that is read by people, by screen readers and by programs, and tells no more than the cards."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from pypdf import PdfReader

from analysis.disclosure import Audience
from analysis.findings.card import Card
from analysis.report.compose import compose
from analysis.report.pdf import render
from analysis.report.tree import Heading, Paragraphs, Report
from data.errors import InvalidInput
from survey.translator import Words
from tests.analysis import cards
from tests.analysis.cards import ENGLISH, PlainWords
from tests.analysis.report.test_powerpoint import FINDING, FINDING_CARD, RECOMMENDATION

ARABIC = PlainWords(language="ar", direction="rtl")


def report(*shown: Card, words: PlainWords = ENGLISH, **more: Any) -> Report:
    return compose(shown, title="The way forward", words=words, **more)


def made(*shown: Card, words: PlainWords = ENGLISH, **more: Any) -> PdfReader:
    return PdfReader(io.BytesIO(render(report(*shown, words=words, **more), words)))


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def structure(reader: PdfReader) -> list[Any]:
    """The elements of the structure tree, from the first to the last."""

    def walk(element: Any) -> Iterator[Any]:
        found = element.get_object() if hasattr(element, "get_object") else element
        if isinstance(found, list):
            for each in found:
                yield from walk(each)
        elif isinstance(found, dict) and "/K" in found:
            yield found
            yield from walk(found["/K"])

    return list(walk(reader.trailer["/Root"]["/StructTreeRoot"]))  # type: ignore[index]


def kinds(reader: PdfReader) -> list[str]:
    return [str(each.get("/S", ""))[1:] for each in structure(reader)]


def test_its_words_and_figures_can_be_taken_out() -> None:
    text = text_of(made(cards.single(section="Work"), findings=[(FINDING, FINDING_CARD)]))
    for words in (
        "The way forward",
        "As of 23 November 2026, 19:05 UTC",
        "Two in three took part.",
        "Has your organisation taken part? · % of those who answered · n = 400 (replies: 400)",
        "Option Count Share Share, lower bound (95 %) Share, upper bound (95 %)",
        "Yes 250 63% 58% 68%",
        "Not sure [c] [c]",
        "Data state 3fa94c21d07b.",
    ):
        assert words in text


def test_its_structure_has_headings_figures_with_words_and_tables_with_heads() -> None:
    reader = made(*cards.ALL)
    found = kinds(reader)
    root: Any = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en", True)
    assert str(root["/ViewerPreferences"]["/DisplayDocTitle"]) == "True"
    assert found.count("H1") >= 1
    assert found.count("TH") > 10
    figures = [each for each in structure(reader) if each.get("/S") == "/Figure"]
    assert len(figures) == 7
    assert all(str(each["/Alt"]).endswith(".") for each in figures)


def test_its_contents_lead_to_its_headings() -> None:
    reader = made(cards.single(section="Work"), cards.text(section="Voices"))
    outline: list[Any] = []

    def flat(entries: Any) -> None:
        for each in entries:
            flat(each) if isinstance(each, list) else outline.append(each.title)

    flat(reader.outline)
    assert outline[-4:] == [
        "Work",
        "Most respondents (63%, n = 400) chose “Yes”.",
        "Voices",
        "What is the most positive development?",
    ]
    links = [each for each in reader.pages[0].annotations or () if each.get_object()["/Subtype"] == "/Link"]
    assert len(links) >= 4


def test_its_metadata_tell_state_query_and_time() -> None:
    whole = replace(report(cards.single()), sha256="ab" * 32)
    reader = PdfReader(io.BytesIO(render(whole, ENGLISH)))
    told: Any = reader.metadata
    assert (told["/Title"], told["/Author"], told["/Keywords"]) == ("The way forward", "Soundings", "ab" * 32)
    assert told["/Subject"] == whole.provenance
    assert reader.metadata is not None
    assert reader.metadata.creation_date == datetime.fromisoformat("2026-11-23T19:05:00+00:00")


def test_only_bundled_fonts_are_in_it() -> None:
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in made(*cards.ALL).pages
        for font in page["/Resources"].get("/Font", {}).values()  # type: ignore[index]
    }
    assert fonts
    assert all(name.startswith("SoundingsSans") for name in fonts)


@pytest.mark.parametrize(("language", "expected"), [("en", "1 / 2"), ("zh", "1 / 2"), ("ar", "1 من 2")])
def test_the_foot_tells_the_page_before_all_pages_in_the_direction_of_reading(language: str, expected: str) -> None:
    document = replace(report(cards.single()), language=language, direction="rtl" if language == "ar" else "ltr")
    first = PdfReader(io.BytesIO(render(document, Words(language)))).pages[0].extract_text()
    assert first.splitlines()[-1].split() == expected.split()  # as they are read, whatever stands between them


@pytest.mark.parametrize(("words", "expected"), [(ARABIC, "ar"), (PlainWords(language="zh"), "zh")])
def test_its_language_is_the_readers(words: PlainWords, expected: str) -> None:
    assert (
        made(cards.battery(label="问题？" if expected == "zh" else "سؤال؟"), words=words).trailer["/Root"]["/Lang"]
        == expected
    )  # type: ignore[index]


def test_a_letter_that_no_font_has_is_named_and_no_file_is_made() -> None:
    with pytest.raises(InvalidInput, match=r"report\.missing_letters") as told:
        made(cards.single(label="Taken part? \U00012000 \ue000"))
    assert told.value.params["letters"] == "\U00012000 (U+12000), \ue000 (U+E000)"


def test_a_sign_of_a_respondent_that_no_font_has_stands_as_its_number_and_the_note_says_so() -> None:
    card = cards.text()
    answers = ("Thank you \U0001f600", "Plain words.", "More \U0001f44d\U0001f3fd please")
    quotes = [replace(each, text=answer) for each, answer in zip(card.quotes, answers, strict=False)]
    quotes[0] = replace(quotes[0], attribution="The \U0001f40d house")
    text = text_of(made(replace(card, quotes=tuple(quotes))))
    assert "“Thank you [U+1F600]”" in text
    assert "“More [U+1F44D U+1F3FD] please”" in text
    assert "– The [U+1F40D] house · may be published with the name" in text
    assert text.count("Some signs cannot be printed here and stand as numbers, such as [U+1F600].") == 1


def test_the_note_of_quotes_without_such_signs_says_nothing_of_them() -> None:
    assert "stand as numbers" not in text_of(made(cards.text()))


def test_a_sign_of_staff_that_no_font_has_still_stops_the_pdf_beside_those_of_respondents() -> None:
    card = cards.text(label="What helped \U0001f389?")
    with pytest.raises(InvalidInput, match=r"report\.missing_letters") as told:
        made(replace(card, quotes=tuple(replace(each, text="Thank you \U0001f600") for each in card.quotes)))
    assert told.value.params["letters"] == "\U0001f389 (U+1F389)"


def test_words_of_staff_and_recommendations_are_told_in_full() -> None:
    whole = report(cards.text(), findings=[(FINDING, FINDING_CARD)], recommendations=[RECOMMENDATION])
    parts = (Heading(level=1, text="Why"), Paragraphs(texts=("First #words.", "Second *words*.")), *whole.parts)
    text = text_of(PdfReader(io.BytesIO(render(replace(whole, parts=parts), ENGLISH))))
    assert "First #words. Second *words*." in text
    assert "Recommendation 2 Fund community-led services. Addressed to: Member States" in text
    assert "Rests on these findings" in text
    assert "– An organisation, Sub-Saharan Africa · may be published with the name" in text


def test_a_name_and_its_value_are_parted_as_the_language_does() -> None:
    text = text_of(made(cards.text(), words=PlainWords(colon=" :: "), recommendations=[RECOMMENDATION]))
    assert "Addressed to :: Member States" in text


def test_an_answer_in_a_language_whose_tag_was_made_of_its_name_is_quoted_all_the_same() -> None:
    card = cards.text()
    spelt = tuple(replace(each, language=tag) for each, tag in zip(card.quotes, ("kiswahili", "x", ""), strict=False))
    assert "Quote 2: naloxone reached the villages." in text_of(made(replace(card, quotes=spelt)))


def test_internal_figures_say_so_on_every_later_page() -> None:
    reader = made(*(replace(card, audience=Audience.INTERNAL) for card in cards.ALL))
    assert all("Internal figures: not for publication." in page.extract_text() for page in reader.pages)


def test_a_question_that_nobody_gave_a_number_to_has_no_picture() -> None:
    assert kinds(made(cards.number(rows=(), base=cards.base(0)))).count("Figure") == 0


def test_the_same_report_is_the_same_file() -> None:
    assert render(report(*cards.ALL), ENGLISH) == render(report(*cards.ALL), ENGLISH)
