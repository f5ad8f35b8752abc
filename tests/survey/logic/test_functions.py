"""Functions of the expression language that the traps in test_expression do not cover."""

import math
from datetime import UTC, date, datetime
from random import Random

import pytest

from survey.logic.expression import EvaluationContext, ExpressionError, Value, compile_expression, parse
from survey.logic.functions import FUNCTIONS, NOT_OFFERED, format_date, join
from survey.logic.geography import distance, intersects
from survey.logic.values import MAX_TEXT, joined
from tests.effort import calls


def evaluate(text: str) -> Value:
    context = EvaluationContext(
        today=date(2026, 11, 23), now=datetime(2026, 11, 23, 14, 5, tzinfo=UTC), draw=Random("seed").random
    )
    return compile_expression(parse(text))(context)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("string(1.50)", "1.5"),
        ("string(1230000000000000000000)", "1230000000000000000000"),
        ("string(true())", "true"),
        ("string(1 div 0)", "Infinity"),
        ("concat()", ""),
        ("concat('a', 1, true())", "a1true"),
        ("join(', ', 'a', 'b')", "a, b"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring('12345', -1 div 0)", "12345"),
        ("substring-before('hello', 'l')", "he"),
        ("substring-before('hello', 'x')", ""),
        ("substring-before('hello', '')", ""),
        ("substring-after('hello', 'l')", "lo"),
        ("substring-after('hello', '')", "hello"),
        ("translate('hello', 'lo', 'L')", "heLL"),
        ("string-length('مرحبا')", 5.0),
        ("normalize-space('  a   b ')", "a b"),
        ("contains('abc', '')", True),
        ("starts-with('abc', 'ab')", True),
        ("ends-with('abc', 'bc')", True),
        ("digest('abc', 'SHA-256')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
        ("digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"),
        ("digest('abc', 'CRC')", ""),
        ("base64-decode('SGVsbG8=')", "Hello"),
        ("base64-decode('%')", ""),
        ("base64-decode('YQBiBw==')", "ab"),
        ("coalesce('', 0 div 0, 'c')", "c"),
        ("not('')", True),
        ("checklist(2, 3, 1, 0, 1)", True),
        ("checklist(-1, 2, 1, 1, 1)", False),
        ("weighted-checklist(3, -1, 1, 2, 1, 1)", True),
        ("floor(-1.05)", -2.0),
        ("ceiling(-1.05)", -1.0),
        ("round(12345.15, 1)", 12345.2),
        ("round(-12355, -1)", -12360.0),
        ("min(3, 1, 2)", 1.0),
        ("max(3, '10', 2)", 10.0),
        ("sum(1, '2', 3)", 6.0),
        ("pow(4, 0.5)", 2.0),
        ("pow(10, 1000)", math.inf),
        ("log10(1000)", 3.0),
        ("log(0)", -math.inf),
        ("exp(1000)", math.inf),
        ("abs(-3)", 3.0),
        ("round(pi(), 2)", 3.14),
        ("today()", "2026-11-23"),
        ("now()", "2026-11-23T14:05:00.000+00:00"),
        ("date(0)", "1970-01-01"),
        ("date('2026-02-30')", ""),
        ("decimal-date-time('1970-01-02T12:00:00.000Z')", 1.5),
        ("decimal-date-time('1970-01-01T00:00:00.000-06:00')", 0.25),
        ("decimal-time('06:00:00.000+02:00')", 0.25),
        ("decimal-time('2026-01-01T18:00:00')", 0.75),
        ("format-date-time('2026-11-23T04:05:06.789+02:00', '%Y-%m-%d %H:%M:%S.%3')", "2026-11-23 04:05:06.789"),
        ("format-date('2026-01-02', '%y %n %e %h %%')", "26 1 2 0 %"),
        ("format-date(365, '%Y')", "1971"),
    ],
)
def test_function_gives_what_the_specification_says(text: str, expected: Value) -> None:
    assert evaluate(text) == expected


@pytest.mark.parametrize(
    "text", ["decimal-time('a')", "decimal-time('06:00-24:00')", "pow(-8, 0.5)", "log(-1)", "acos(2)"]
)
def test_function_without_result_gives_no_number(text: str) -> None:
    assert math.isnan(float(evaluate(text)))


def test_only_the_chosen_branch_is_computed() -> None:
    assert evaluate("if(true(), 'a', regex('x', '('))") == "a"
    assert evaluate("coalesce('a', regex('x', '('))") == "a"


def test_uuid_is_drawn_from_what_is_passed_in() -> None:
    assert evaluate("uuid()") == evaluate("uuid()")
    assert len(str(evaluate("uuid()"))) == 36
    assert len(str(evaluate("uuid(8)"))) == 8


def test_no_function_is_both_offered_and_not_offered() -> None:
    assert NOT_OFFERED.isdisjoint(FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("count('a')", "expression.not_nodes"),
        ("count-non-empty(1 + 1)", "expression.not_nodes"),
        ("position(concat('a', 'b'))", "expression.not_nodes"),
        ("randomize('a b c')", "expression.not_nodes"),
        ("1 | 2", "expression.not_nodes"),
        ("${a} | 'b'", "expression.not_nodes"),
        ("weighted-checklist(1, 2, true(), 1, false())", "expression.unpaired"),
    ],
)
def test_arguments_of_the_wrong_kind_are_refused_before_any_answer(text: str, code: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(parse(text))
    assert caught.value.code == code


@pytest.mark.parametrize("text", ["count(instance('a')/root/item)", "count(current() | .)", "randomize(${a})"])
def test_what_may_be_nodes_is_accepted(text: str) -> None:
    compile_expression(parse(text))


@pytest.mark.parametrize(("length", "digits"), [("0", 0), ("50", 50), ("2000", 1000), ("'x'", 36), ("-1", 36)])
def test_uuid_is_as_long_as_asked(length: str, digits: int) -> None:
    assert len(str(evaluate(f"uuid({length})"))) == digits


def test_a_text_is_given_up_while_it_is_joined() -> None:
    half = "x" * (MAX_TEXT // 2)
    assert len(join("", half, half)) == MAX_TEXT
    pieces = iter([half] * 1_000)
    with pytest.raises(ExpressionError, match=r"expression\.value_too_long"):
        joined("", pieces)
    assert len(list(pieces)) == 997


@pytest.mark.parametrize(
    ("language", "written"),
    [("fr", "5 févr. 2024 lun."), ("en", "5 Feb 2024 Mon"), ("", "5 Feb 2024 Mon"), ("xx-odd", "5 Feb 2024 Mon")],
)
def test_months_and_days_are_named_in_the_language(language: str, written: str) -> None:
    assert format_date("2024-02-05", "%e %b %Y %a", language) == written


ZIGZAG = ";".join(f"{number % 2} {number / 100}" for number in range(1_400))


@pytest.mark.parametrize(
    ("line", "crosses"),
    [
        (ZIGZAG, False),
        (ZIGZAG + ";0.5 0", True),
        ("0 0;0 2;1 1;-1 1", True),
        ("0 0;0 2;0 1", False),
        ("0 0;0 1;1 1;1 0;0 0", False),
        ("0 0;1 1;0 1;1 0;0 0", True),
        ("0 0;0 2;1 2;0 1", True),
        ("0 0", False),
        ("", False),
        ("a b", False),
    ],
)
def test_a_long_line_is_held_against_itself_soon(line: str, *, crosses: bool) -> None:
    assert intersects(line) is crosses
    assert calls(lambda: intersects(line)) < 200 * (line.count(";") + 1)


def test_a_line_of_too_many_points_is_an_error_and_not_false() -> None:
    with pytest.raises(ExpressionError, match=r"expression\.too_many_steps"):
        intersects(";".join(["1 2", "2 1"] * 2_501))


@pytest.mark.parametrize("place", ["1_0 2", "١ 2", "nan 1", "1"])
def test_only_plain_figures_are_a_place(place: str) -> None:
    assert math.isnan(distance(place, "0 0"))
