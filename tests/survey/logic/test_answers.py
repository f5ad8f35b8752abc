"""What is sent becomes an answer, or is refused with a code."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvalidInput
from survey.logic.answers import coerce
from survey.questionnaire import UNASKED_KINDS, Answer, Kind, Question


def question(kind: Kind) -> Question:
    return Question(name="q", kind=kind)


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (Kind.TEXT, "  two\r\nlines \x00\x07 ", "two\nlines"),
        (Kind.TEXT, " \t ", None),
        (Kind.TEXT, 5.0, "5"),
        (Kind.TEXT, None, None),
        (Kind.TEXT, ["only"], "only"),
        (Kind.INTEGER, "017", 17),
        (Kind.INTEGER, 17.0, 17),
        (Kind.INTEGER, "-3", -3),
        (Kind.INTEGER, "١٧", 17),
        (Kind.DECIMAL, "1,5", 1.5),
        (Kind.DECIMAL, ".5", 0.5),
        (Kind.DECIMAL, float("nan"), None),
        (Kind.RANGE, "3", 3),
        (Kind.DATE, "2026-1-3", "2026-01-03"),
        (Kind.DATE, date(2026, 1, 3), "2026-01-03"),
        (Kind.DATE, datetime(2026, 1, 3, 10, tzinfo=UTC), "2026-01-03"),
        (Kind.TIME, "9:05", "09:05"),
        (Kind.DATETIME, "2026-01-03T09:05", "2026-01-03T09:05"),
        (Kind.SELECT_ONE, "yes", "yes"),
        (Kind.SELECT_ONE, 1.0, "1"),
        (Kind.SELECT_MULTIPLE, "b  a", ("b", "a")),
        (Kind.SELECT_MULTIPLE, ["b", "a"], ("b", "a")),
        (Kind.SELECT_MULTIPLE, [], None),
        (Kind.RANK, ("c", "a"), ("c", "a")),
        (Kind.ACKNOWLEDGE, "on", "OK"),
        (Kind.ACKNOWLEDGE, True, "OK"),
        (Kind.ACKNOWLEDGE, False, None),
    ],
)
def test_raw_value_becomes_an_answer(kind: Kind, raw: object, expected: Answer | None) -> None:
    assert coerce(question(kind), raw) == expected


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        (Kind.TEXT, "x" * 20_001, "answer.too_long"),
        (Kind.TEXT, {"a": 1}, "answer.not_text"),
        (Kind.INTEGER, "ten", "answer.not_a_number"),
        (Kind.INTEGER, "1e400", "answer.not_a_number"),
        (Kind.INTEGER, "1.5", "answer.not_an_integer"),
        (Kind.DATE, "31.12.2026", "answer.not_a_date"),
        (Kind.DATE, "2026-02-30", "answer.not_a_date"),
        (Kind.TIME, "25:00", "answer.not_a_time"),
        (Kind.SELECT_ONE, "a b", "answer.not_a_choice"),
        (Kind.SELECT_MULTIPLE, "a b a", "answer.duplicate_choice"),
        (Kind.ACKNOWLEDGE, "maybe", "answer.not_a_choice"),
        (Kind.NOTE, "x", "answer.not_askable"),
        (Kind.CALCULATE, "x", "answer.not_askable"),
    ],
)
def test_what_cannot_be_an_answer_is_refused(kind: Kind, raw: object, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        coerce(question(kind), raw)
    assert (caught.value.code, caught.value.params["question"]) == (code, "q")


_RAW = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.dates(), st.datetimes()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)


@given(st.sampled_from([kind for kind in Kind if kind not in UNASKED_KINDS]), _RAW)
def test_an_answer_is_its_own_answer(kind: Kind, raw: object) -> None:
    try:
        answer = coerce(question(kind), raw)
    except InvalidInput:
        return
    assert coerce(question(kind), answer) == answer


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        (Kind.GEOPOINT, "48.2082 16.3738", "48.2082 16.3738"),
        (Kind.GEOPOINT, "48.2082, 16.3738", "48.2082 16.3738"),
        (Kind.GEOPOINT, "48,2082 16,3738", "48.2082 16.3738"),
        (Kind.GEOPOINT, " -33.9  18.4 12.5 5 ", "-33.9 18.4 12.5 5"),
        (Kind.GEOTRACE, "1 2 0 0; 3 4 0 0;", "1 2 0 0;3 4 0 0"),
        (Kind.GEOSHAPE, "1 2;\n3 4;\n5 6", "1 2;3 4;5 6"),
    ],
)
def test_places_are_kept_as_points(kind: Kind, raw: str, kept: str) -> None:
    assert coerce(Question(name="q", kind=kind), raw) == kept


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Kind.GEOPOINT, "Vienna"),
        (Kind.GEOPOINT, "91 0"),
        (Kind.GEOPOINT, "0 181"),
        (Kind.GEOPOINT, "48.2"),
        (Kind.GEOPOINT, "1 2;3 4"),
        (Kind.GEOPOINT, "nan nan"),
        (Kind.GEOTRACE, "1 2"),
        (Kind.GEOSHAPE, "1 2;3 4"),
    ],
)
def test_what_is_no_place_is_refused(kind: Kind, raw: str) -> None:
    with pytest.raises(InvalidInput, match=r"answer.not_a_place"):
        coerce(Question(name="q", kind=kind), raw)


@pytest.mark.parametrize(
    ("appearance", "raw", "kept"),
    [
        (("month-year",), "2026-9", "2026-09-01"),
        (("year",), "2026", "2026-01-01"),
        (("year",), "2026-05-06", "2026-05-06"),
    ],
)
def test_dates_may_leave_out_day_and_month(appearance: tuple[str, ...], raw: str, kept: str) -> None:
    assert coerce(Question(name="q", kind=Kind.DATE, appearance=appearance), raw) == kept
