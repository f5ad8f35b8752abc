"""Expressions: reading, evaluating, and never failing in an unexpected way."""

import math
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.logic.expression import (
    Call,
    Chain,
    Column,
    Current,
    EvaluationContext,
    ExpressionError,
    Literal,
    Negation,
    Reference,
    Tree,
    Value,
    columns,
    compile_expression,
    parse,
    references,
    written,
)
from survey.logic.functions import FUNCTIONS
from survey.logic.values import to_text

VALUES: dict[str, Value] = {
    "age": 17.0,
    "blank": "",
    "fruits": "apple baby crimson",
    "code": "yes",
    "day": "2026-11-23",
}


def evaluate(text: str, current: Value = "") -> Value:
    context = EvaluationContext(
        today=date(2026, 11, 23),
        now=datetime(2026, 11, 23, 14, 5, 6, tzinfo=UTC),
        value=lambda name: VALUES.get(name, ""),
        current=current,
        draw=lambda: 0.25,
        choice_label=lambda question, code: {"fruits/apple": "An apple"}.get(f"{question}/{code}", ""),
    )
    return compile_expression(parse(text))(context)


# Section 4.5 of the reference names these twenty traps; the number is theirs.
PITFALLS = [
    (1, "${blank} > 5", False),
    (1, "${blank} < 5", False),
    (1, "${blank} = 0", False),
    (1, "${blank} != 5", True),
    (1, "coalesce(${blank}, 0) = 0", True),
    (2, "'abc' < 'abcd'", False),
    (2, "'-17' > '-172'", True),
    (2, "'017.' = '17.000'", False),
    (2, "17 = '17.0000000'", True),
    (3, "boolean('false')", True),
    (3, "boolean-from-string('false')", False),
    (3, "boolean-from-string('True')", False),
    (3, "boolean-from-string('1')", True),
    (6, "selected('apple baby', '  baby  ')", True),
    (6, "selected('apple baby', 'bab')", False),
    (6, "selected('', '')", True),
    (6, "selected(${fruits}, '')", False),
    (6, "count-selected('')", 0.0),
    (7, "selected-at(${fruits}, 0)", "apple"),
    (7, "selected-at(${fruits}, 9)", ""),
    (7, "selected-at(${fruits}, -1)", ""),
    (7, "substr('hello', 0, -1)", "hell"),
    (7, "substr('hello', 1)", "ello"),
    (8, "once(. * 10)", ""),
    (9, "round(-1.5)", -2.0),
    (9, "round(-1.475, 2)", -1.48),
    (9, "round('21.5', '-1')", 20.0),
    (9, "int(-1.51)", -1.0),
    (10, "regex('1234', '[0-9]{3}')", True),
    (10, "regex('1234', '^[0-9]{3}$')", False),
    (12, "${day} - '2026-11-20'", 3.0),
    (12, "number('1970-01-01')", 0.0),
    (12, "date('1983-09-31')", ""),
    (13, "format-date('2026-11-03', '%e %b %Y, %a')", "3 Nov 2026, Tue"),
    (13, "format-date('nonsense', '%Y')", ""),
    (20, "-5 mod 2", -1.0),
    (20, "6.1 - 7.8 = -1.7", False),
]


@pytest.mark.parametrize(("pitfall", "text", "expected"), PITFALLS)
def test_known_traps_of_the_language_are_avoided(pitfall: int, text: str, expected: Value) -> None:
    assert evaluate(text) == expected


@pytest.mark.parametrize(
    "text", ["number('')", "max('')", "max(1, 'x')", "sum(1, 'x')", "0 div 0", "sqrt(-2)", "int('x')"]
)
def test_what_is_no_number_is_not_a_number(text: str) -> None:
    value = evaluate(text)
    assert isinstance(value, float)
    assert math.isnan(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("10 - 2 - 3", 5.0),
        ("--1", 1.0),
        ("1 < 2 = true()", True),
        ("0 or 0", False),
        ("1and 1", True),
        (".5 div .5 div .3", 1 / 0.3),
        ("${ age } >= 18", False),
        ("today() > '2026-11-22'", True),
        ("concat(today(), '/', now())", "2026-11-23/2026-11-23T14:05:06.000+00:00"),
        ("jr:choice-name('apple', '${fruits}')", "An apple"),
        ("if(${code} = 'yes', 'A', 'B')", "A"),
        ("random()", 0.25),
        ("“curly” = ‘curly’", True),
        ("${code}\u00a0=\u00a0'yes'", True),
    ],
)
def test_expression_has_its_value(text: str, expected: Value) -> None:
    assert evaluate(text) == expected


def test_the_current_value_is_a_point() -> None:
    assert evaluate("count-selected(.) <= 2 and not(selected(., 'c'))", current="a b") is True


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "expression.incomplete", 0),
        ("1 +", "expression.incomplete", 3),
        ("(1", "expression.unbalanced", 0),
        ("1)", "expression.unbalanced", 1),
        ("1 == 1", "expression.double_equals", 2),
        ("'open", "expression.unclosed_quote", 0),
        ("${a b}", "expression.bad_reference", 0),
        ("${last-saved#a}", "expression.bad_reference", 0),
        ("1 ; 2", "expression.unknown_character", 2),
        ("//a", "expression.path", 0),
        ("@a", "expression.path", 0),
        ("'a'/b", "expression.path", 0),
        ("../", "expression.incomplete", 3),
        ("ancestor::a", "expression.axis", 0),
        ("a[1", "expression.unbalanced", 1),
        ("indexed-repeat(${a}, ${b})", "expression.wrong_argument_count", 0),
        ("1 2", "expression.syntax", 2),
        ("1e6", "expression.syntax", 1),
        ("explode(1)", "expression.unknown_function", 0),
        ("extract-signed('a', 'b')", "expression.unsupported_function", 0),
        ("1 + count-selected(., 3)", "expression.wrong_argument_count", 4),
        ("(" * 41 + "1" + ")" * 41, "expression.too_deep", 40),
        ("1" * 40_000, "expression.too_long", 32_767),
    ],
)
def test_faulty_expression_is_refused_with_code_and_place(text: str, code: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert (caught.value.code, caught.value.position) == (code, position)


def test_references_and_columns_are_found() -> None:
    tree = parse("name != ${a} and (region = ${b} or selected(., ${a}))")
    assert references(tree) == {"a", "b"}
    assert columns(tree) == {"name", "region"}


def test_a_long_sum_needs_no_deep_stack() -> None:
    assert evaluate(" + ".join(["1"] * 3_900)) == 3_900.0


def test_text_cannot_grow_without_bound() -> None:
    VALUES["long"] = "x" * 20_000
    with pytest.raises(ExpressionError, match=r"expression\.value_too_long"):
        evaluate("concat(" + ", ".join(["${long}"] * 20) + ")")


_PIECES = st.sampled_from(
    [
        *FUNCTIONS,
        "${a}",
        "${",
        "}",
        ".",
        "..",
        "'",
        '"',
        "(",
        ")",
        ",",
        "+",
        "-",
        "*",
        "div",
        "mod",
        "=",
        "!=",
        "<",
        ">",
        "and",
        "or",
        "1",
        "2.5",
        "'x y'",
        "'2026-01-31'",
        " ",
        "/",
        "[",
        "|",
        "name",
        "“",
        "e",
        "'(a+)+$'",
        "99999999999",
    ]
)
_TEXTS = st.one_of(
    st.text(max_size=60), st.lists(_PIECES, max_size=25).map("".join), st.lists(_PIECES, max_size=25).map(" ".join)
)


@given(_TEXTS, st.one_of(st.text(max_size=20), st.floats(), st.booleans()))
def test_nothing_but_an_expression_error_comes_out(text: str, value: Value) -> None:
    context = EvaluationContext(
        today=date(2026, 1, 1), now=datetime(2026, 1, 1, tzinfo=UTC), value=lambda name: value, current=value
    )
    try:
        result = compile_expression(parse(text))(context)
    except ExpressionError:
        return
    assert isinstance(result, str | float | bool | tuple)


def compile_constant(value: Value) -> Callable[[EvaluationContext], Value]:
    return lambda context: value


_ARGUMENTS = st.one_of(
    st.text(max_size=12),
    st.floats(),
    st.booleans(),
    st.sampled_from(["2026-01-31", "9999-12-31", "10:30", "a b", "-1", "(a"]),
)


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(_ARGUMENTS, max_size=6))
def test_no_function_fails_on_any_argument(name: str, arguments: list[Value]) -> None:
    function = FUNCTIONS[name]
    count = max(function.least, min(len(arguments), function.most if function.most is not None else 6))
    padded = [*arguments, *[""] * 6][:count]
    context = EvaluationContext(today=date(2026, 1, 1), now=datetime(2026, 1, 1, tzinfo=UTC))
    try:
        result = function.call(context, tuple(compile_constant(each) for each in padded))
    except ExpressionError:
        return
    assert isinstance(result, str | float | bool | tuple)


_LEAVES = st.one_of(
    st.integers(0, 10**6).map(lambda number: Literal(float(number), 0)),
    st.text(st.characters(blacklist_characters="'\"‘’“”„", blacklist_categories=["Cs"]), max_size=8).map(
        lambda text: Literal(text, 0)
    ),
    st.sampled_from(["a", "b_1"]).map(lambda name: Reference(name, 0)),
    st.just(Current(0)),
    st.sampled_from(["name", "region"]).map(lambda name: Column(name, 0)),
)


def _branches(children: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.one_of(
        children.map(lambda operand: Negation(operand, 0)),
        st.tuples(children, st.sampled_from(["or", "=", "<", "+", "div"]), children).map(
            lambda parts: Chain(parts[0], ((parts[1], parts[2]),), 0)
        ),
        st.lists(children, min_size=1, max_size=3).map(lambda arguments: Call("concat", tuple(arguments), 0)),
    )


@given(st.recursive(_LEAVES, _branches, max_leaves=8))
def test_a_written_tree_reads_as_the_same_expression(tree: Tree) -> None:
    assert written(parse(written(tree))) == written(tree)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_a_number_survives_being_written(number: float) -> None:
    assert evaluate(f"number('{to_text(number)}')") == number


@pytest.mark.parametrize(
    "text",
    ["(name)/name", "(.)/name", "${a}[1]/./b[2]", "${a}/.", "9" * 400, """‘it's "so"’""", """“'"’‘”"""],
    ids=["column", "current", "self", "self at the end", "infinite", "both marks", "all marks but its own"],
)
def test_what_the_fuzz_found_reads_as_the_same_expression(text: str) -> None:
    tree = parse(text)
    assert _bare(parse(written(tree))) == _bare(tree)


def _bare(tree: object) -> object:
    if isinstance(tree, tuple):
        return tuple(map(_bare, tree))
    if is_dataclass(tree):
        return type(tree), *(_bare(getattr(tree, each.name)) for each in fields(tree) if each.name != "position")
    return tree


@pytest.mark.parametrize("text", ["date('x' div '')", "date-time(1 div 0)", "date(-1 div 0)"])
def test_no_date_comes_from_what_is_no_number(text: str) -> None:
    assert evaluate(text) == ""
