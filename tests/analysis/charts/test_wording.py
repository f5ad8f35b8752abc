"""Figures as readers of a language write them."""

from datetime import UTC, datetime

import pytest

from analysis.charts import wording
from analysis.disclosure import SUPPRESSED
from analysis.findings.card import Base
from survey.translator import Words
from tests.analysis.cards import ENGLISH, PlainWords

FRENCH = PlainWords(language="fr")
ARABIC = PlainWords(language="ar", direction="rtl")


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "0%"), (0.001, "<1%"), (0.125, "13%"), (0.575, "58%"), (1.0, "100%"), (float("nan"), "–")],
)
def test_shares_are_rounded_as_a_spreadsheet_rounds(value: float, written: str) -> None:
    assert wording.share(value, ENGLISH) == written


def test_a_net_value_carries_its_sign() -> None:
    assert [wording.points(value, ENGLISH) for value in (0.34, -0.27, 0.001, None)] == ["+34", "\u221227", "0", "–"]


def test_a_suppressed_figure_is_written_in_one_way() -> None:
    makers = (wording.count, wording.share, wording.points, wording.decimal)
    assert {make(SUPPRESSED, ENGLISH) for make in makers} == {"[c]"}


def test_each_language_has_its_separators() -> None:
    assert wording.count(1234, FRENCH) == "1\u202f234"
    assert wording.share(0.25, FRENCH) == "25\u00a0%"
    assert wording.decimal(2.25, FRENCH) == "2,3"


def test_arabic_keeps_signs_before_figures() -> None:
    assert wording.points(0.34, ARABIC) == "\u200e+34"


def test_an_unknown_language_is_written_as_english() -> None:
    assert wording.count(1234, PlainWords(language="x-none")) == "1,234"


def test_a_moment_names_its_zone() -> None:
    assert wording.moment(datetime(2026, 11, 23, 9, 5, tzinfo=UTC), ENGLISH) == "23 November 2026, 09:05 UTC"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        wording.moment(datetime(2026, 11, 23), ENGLISH)  # noqa: DTZ001


def test_causes_of_missing_answers_are_named_when_they_may_be_and_are_not_zero() -> None:
    missing = {"skipped": 12, "not_asked": SUPPRESSED, "refused": 0, "dont_know": 7}
    base = Base(replies=419, answered=400, missing=missing)
    assert wording.missing_line(base, ENGLISH) == "Without an answer: don't know 7, skipped 12."


def test_sentences_are_parted_by_a_space_but_behind_a_chinese_full_stop() -> None:
    assert wording.sentences(("One.", "", "Two.")) == "One. Two."
    assert wording.sentences(("共 3 份。", "只含部分。", "One.", "共 2 份。")) == "共 3 份。只含部分。One. 共 2 份。"
    assert wording.sentences(()) == ""


def test_a_sentence_ends_with_the_full_stop_of_its_language_or_with_its_own_sign() -> None:
    words = {language: Words(language) for language in ("en", "ar", "zh")}
    assert wording.sentence("Bar chart", words["en"]) == "Bar chart."
    assert wording.sentence("条形图", words["zh"]) == "条形图。"
    assert wording.sentence("有没有？", words["zh"]) == "有没有？"
    assert wording.sentence("هل شاركتم؟", words["ar"]) == "هل شاركتم؟"
