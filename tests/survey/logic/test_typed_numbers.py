"""Numbers as people type them: read as they were meant, or refused; never read as another number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvalidInput
from survey.logic.answers import coerce
from survey.logic.typed_numbers import written_number
from survey.questionnaire import Kind, Question


def read(kind: Kind, text: str, language: str) -> object:
    return coerce(Question(name="q", kind=kind), text, language)


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("1,000", "en", 1000),
        ("1,000", "zh", 1000),
        ("-12,500", "en", -12500),
        ("1 000", "fr", 1000),
        ("1\u202f000\u00a0000", "fr", 1_000_000),
        ("1\u2009000", "ru", 1000),
        ("1'000", "de", 1000),
        ("1’000", "fr", 1000),
        ("1,234,567", "es", 1_234_567),
        ("1.234.567", "ar", 1_234_567),
        ("12,34,567", "hi", 1_234_567),
        ("١٬٠٠٠", "ar", 1000),
        ("١٧", "ar", 17),
        ("۱۲۳۴", "fa", 1234),
        ("१२", "hi", 12),
        ("１，０００", "zh", 1000),
        ("\u200f-5", "ar", -5),
        ("2,0", "fr", 2),
    ],
)
def test_thousands_are_read_with_the_signs_that_people_write(text: str, language: str, number: int) -> None:
    assert read(Kind.INTEGER, text, language) == number


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("1,5", "en", 1.5),
        ("1.5", "fr", 1.5),
        ("1.500", "en", 1.5),
        ("1,125", "fr", 1.125),
        ("0,125", "es", 0.125),
        ("0.125", "", 0.125),
        ("1٫125", "ar", 1.125),
        ("1,234.5", "es", 1234.5),
        ("1.234,5", "en", 1234.5),
        ("1 234,5", "fr", 1234.5),
        ("1234,567", "ar", 1234.567),
        ("1,500", "en", 1500),
        ("1,2340", "es", 1.234),
    ],
)
def test_decimals_are_read_by_the_reader_s_language(text: str, language: str, number: float) -> None:
    assert read(Kind.DECIMAL, text, language) == number


@pytest.mark.parametrize(
    ("kind", "text", "language", "ways"),
    [
        (Kind.INTEGER, "1,000", "fr", {"whole": "1000"}),
        (Kind.INTEGER, "1.000", "en", {"whole": "1000"}),
        (Kind.INTEGER, "١،٠٠٠", "ar", {"whole": "1000"}),
        (Kind.DECIMAL, "1,000", "fr", {"whole": "1000", "decimal": "1,0"}),
        (Kind.DECIMAL, "1.500", "fr", {"whole": "1500", "decimal": "1.5"}),
        (Kind.DECIMAL, "1,500", "es", {"whole": "1500", "decimal": "1,5"}),
        (Kind.DECIMAL, "1.234", "ar", {"whole": "1234", "decimal": "1.2340"}),
        (Kind.DECIMAL, "1,500", "", {"whole": "1500", "decimal": "1,5"}),
    ],
)
def test_a_number_of_two_meanings_is_refused_with_ways_to_write_it(
    kind: Kind, text: str, language: str, ways: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput, match=r"answer\.ambiguous_") as caught:
        read(kind, text, language)
    assert caught.value.params == {"question": "q", **ways}
    for way, number in zip(ways.values(), (float(ways["whole"]), None), strict=False):
        assert read(kind, way, language) == (number or float(way.replace(",", ".")))


@pytest.mark.parametrize("text", ["1 00", "10,00,00", "1.2.3", "1,234.567.890", "1 000 00", "1,5 kg", "--1", "1_,2"])
def test_what_is_no_number_in_any_country_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"answer\.not_a_number"):
        read(Kind.DECIMAL, text, "en")


@given(
    st.one_of(st.integers(-(10**14), 10**14), st.floats(-1e14, 1e14)),
    st.sampled_from(["en", "fr", "es", "ru", "ar", "zh", "sw", "de", "xx", ""]),
)
def test_what_stands_in_a_field_is_read_back_as_the_same_number(number: float, language: str) -> None:
    assert read(Kind.DECIMAL, written_number(number, language), language) == number
