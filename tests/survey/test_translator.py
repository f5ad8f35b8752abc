"""Words, numbers and dates in the reader's language."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from data.errors import InvalidInput
from survey.translator import LANGUAGES, Words, direction, nearest
from tests.catalogues import catalogue


def test_arabic_and_its_neighbours_are_read_from_the_right() -> None:
    assert {tag: direction(tag) for tag in (*LANGUAGES, "ar-EG", "fa", "xx")} == {
        "en": "ltr",
        "fr": "ltr",
        "es": "ltr",
        "ru": "ltr",
        "ar": "rtl",
        "zh": "ltr",
        "ar-EG": "rtl",
        "fa": "rtl",
        "xx": "ltr",
    }


@pytest.mark.parametrize(
    ("wanted", "offered", "found"),
    [
        ("fr-CA", ("en", "fr"), "fr"),
        ("fr-CA", ("fr-CA", "fr"), "fr-CA"),
        ("de", ("fr", "en"), "en"),
        ("de", ("fr", "es"), "fr"),
        ("de", (), "en"),
    ],
)
def test_the_nearest_language_is_offered(wanted: str, offered: tuple[str, ...], found: str) -> None:
    assert nearest(wanted, offered) == found


def test_numbers_are_written_as_each_language_writes_them() -> None:
    assert [Words(tag).number(1234567.8, 1) for tag in ("en", "fr", "es", "ru")] == [
        "1,234,567.8",
        "1\u202f234\u202f567,8",
        "1.234.567,8",
        "1\xa0234\xa0567,8",
    ]


def test_an_unknown_word_or_language_stays_english() -> None:
    assert Words("fr").translate("No catalogue has this {n}.", n=3) == "No catalogue has this 3."
    assert Words("xx-yy").translate("Reference") == "Reference"
    assert Words("../../etc").number(1000) == "1,000"


def test_a_wrong_placeholder_does_not_end_a_page() -> None:
    assert Words("en").translate("{this} is {0} not there", that=1) == "{this} is {0} not there"


def test_dates_carry_their_zone() -> None:
    moment = datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
    assert Words("fr").date(date(2026, 10, 31)) == "31 octobre 2026"
    assert Words("en").moment(moment, UTC) == "31 October 2026, 23:59 UTC"
    assert Words("en").moment(moment, timezone(timedelta(hours=5, minutes=30))) == "1 November 2026, 05:29 UTC+05:30"


def test_an_error_is_told_in_words_and_never_in_python() -> None:
    words = {"a.known": "There are {count}."}
    assert Words("en").error(InvalidInput("a.known", count=2), words) == "There are 2."
    assert Words("en").error(InvalidInput("not.known"), words) == "not.known"


def test_a_language_is_named_in_the_readers_words() -> None:
    assert [Words(tag).language_name("ar") for tag in ("en", "fr", "ar")] == ["Arabic", "arabe", "العربية"]
    assert [Words("en").language_name(tag) for tag in ("", "zz-unheard", "Klingon!")] == ["", "zz-unheard", "Klingon!"]


def test_no_line_of_french_begins_with_a_sign_or_ends_after_a_quotation_mark() -> None:
    words = Words("fr")
    assert words.translate("After {section}", section="A") == "Après «\u00a0A\u00a0»"
    for message in catalogue("fr"):
        forms = [message.id] if isinstance(message.id, str) else [message.id[0]]
        for said in (words.translate(form) for form in forms if form):
            assert not re.search(r"\S [:;?!%»]|« |[\w)»]: ", said), said
            assert not re.search(r"[^\W\d_]'[^\W\d_]", said), said


@pytest.mark.parametrize("language", [*LANGUAGES, "de"])
def test_no_line_ends_between_a_letter_and_its_figure(language: str) -> None:
    words = Words(language)
    held = "n=461" if language == "zh" else "n\u00a0=\u00a0461"
    assert held in words.translate("n = {answered} (replies: {replies})", answered=461, replies=500)
    assert "x = 5" in words.translate("What nobody translated: x = 5, max = {most}.", most=1)
    for message in catalogue("fr"):
        forms = [message.id] if isinstance(message.id, str) else [message.id[0]]
        for said in (words.translate(form) for form in forms if form):
            assert not re.search(r"\b[a-z] = \{", said), said


def test_a_letter_and_its_figure_are_read_from_the_left_among_arabic_words() -> None:
    words = Words("ar")
    assert words.translate("n = {replies}", replies=461) == "\u2066n\u00a0=\u00a0461\u2069"
    assert "\u2066p\u00a0=\u00a0\u2068\u200e0.02\u2069\u2069" in words.translate(
        "Chance gives so clear a division of shuffled answers with p = {p}.", p="\u200e0.02"
    )
    for message in catalogue("ar"):
        forms = [message.id] if isinstance(message.id, str) else [message.id[0]]
        for said in (words.translate(form) for form in forms if form):
            assert not re.search(r"(?<!\u2066)\b[a-z] = \{|\} %(?!\u2069)", said), said


def test_a_name_and_its_value_are_parted_as_the_language_does() -> None:
    parted = {tag: Words(tag).colon for tag in (*LANGUAGES, "fr-CA")}
    assert (parted["en"], parted["fr"], parted["fr-CA"], parted["zh"]) == (": ", "\u00a0: ", "\u00a0: ", "：")


def test_what_is_said_aside_stands_in_the_brackets_of_the_language() -> None:
    aside = {tag: Words(tag).aside("x") for tag in (*LANGUAGES, "zh-Hans")}
    assert (aside["en"], aside["ar"], aside["zh"], aside["zh-Hans"]) == (" (x)", " (x)", "（x）", "（x）")


def test_chinese_sentences_have_the_signs_of_chinese() -> None:
    for message in catalogue("zh"):
        for said in message.string if isinstance(message.string, tuple | list) else [message.string]:
            assert not re.search(r"[\u4e00-\u9fff][,;?]|[,;?][\u4e00-\u9fff]", said), said


@pytest.mark.parametrize("language", LANGUAGES)
def test_seconds_change_nothing_of_how_long_it_is(language: str) -> None:
    words = Words(language)
    for minutes in (1, 90, 119, 121, 2_881, 4_320, 144_001, 1_051_201):
        span = timedelta(minutes=minutes)
        assert (
            words.until(span - timedelta(seconds=29)) == words.until(span + timedelta(seconds=29)) == words.until(span)
        )
    assert words.until(timedelta(seconds=1)) == words.until(timedelta(minutes=1))


def test_a_moment_is_told_to_the_minute_in_the_zone_that_is_asked_for() -> None:
    moment = datetime(2026, 10, 31, 23, 59, 58, tzinfo=UTC)
    assert Words("en").moment(moment, UTC) == Words("en").moment(moment.replace(second=1), UTC)
    assert Words("en").moment(moment, timezone(timedelta(hours=4))) == "1 November 2026, 03:59 UTC+04:00"
