"""Conditions that can never or always hold, held against every combination of answers there is."""

from datetime import UTC, date, datetime
from itertools import combinations, product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.logic.expression import EvaluationContext, compile_expression, parse, references
from survey.logic.values import Scalar, to_boolean
from survey.xlsform.checker import check
from survey.xlsform.sheets import from_markdown

CODES = ("a", "b", "c")
FORM = """
| survey |
| | type | name | label | relevant | constraint | constraint_message |
| | select_one l | s | S | | | |
| | select_one l | t | T | | | |
| | select_multiple l | m | M | | | |
| | integer | n | N | | . >= 0 and . <= 6 | From 0 to 6 |
| | range | r | R | | | |
| | text | x | X | {condition} | | |
| choices |
| | list_name | name | label |
| | l | a | A |
| | l | b | B |
| | l | c | C |
"""
ANSWERS: dict[str, list[Scalar]] = {
    "s": ["", *CODES],
    "t": ["", *CODES],
    "m": [" ".join(chosen) for size in range(4) for chosen in combinations(CODES, size)],
    "n": ["", *map(float, range(7))],
    "r": ["", *map(float, range(1, 11))],
}

_numbers = st.integers(-1, 8)
_comparisons = st.one_of(
    st.builds("${{{}}} {} '{}'".format, st.sampled_from("st"), st.sampled_from(["=", "!="]), st.sampled_from(CODES)),
    st.builds("selected(${{m}}, '{}')".format, st.sampled_from(CODES)),
    st.builds("count-selected(${{m}}) {} {}".format, st.sampled_from(["=", ">", "<="]), st.integers(0, 3)),
    st.builds("${{n}} {} {}".format, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), _numbers),
    st.builds("${{r}} {} {}".format, st.sampled_from(["=", "<", ">"]), _numbers),
    st.just("${s} = ${t}"),
    st.just("${n} = ''"),
)
CONDITIONS = st.recursive(
    _comparisons,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not({})".format, inner),
    ),
    max_leaves=5,
)


def said_of(condition: str) -> set[str]:
    issues = check(from_markdown(FORM.replace("{condition}", condition)))
    return {issue.code for issue in issues if issue.code.startswith("relevance.")}


@settings(max_examples=150)
@given(condition=CONDITIONS)
def test_never_and_always_are_what_all_combinations_of_answers_show(condition: str) -> None:
    tree = parse(condition)
    evaluate, names = compile_expression(tree), sorted(references(tree))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    held = set()
    for combination in product(*(ANSWERS[name] for name in names)):
        answers = dict(zip(names, combination, strict=True))
        held.add(to_boolean(evaluate(EvaluationContext(today=date(2026, 1, 1), now=now, value=answers.__getitem__))))
    expected = {frozenset({False}): {"relevance.never"}, frozenset({True}): {"relevance.always"}}
    said = said_of(condition)
    assert said <= expected.get(frozenset(held), set())
    if prod(len(ANSWERS[name]) for name in names) < 1_000:  # more may be too much to find out
        assert said == expected.get(frozenset(held), set())


@pytest.mark.parametrize(
    "condition",
    [
        "today() > '2020-01-01' and today() < '2019-01-01'",
        "${n} + ${r} > 1000",
        "string-length(${s}) > 5 and contains(${m}, 'zz') and pulldata('f', 'a', 'b', ${s}) = '1'",
    ],
)
def test_what_cannot_be_decided_is_left_alone(condition: str) -> None:
    assert "relevance.always" not in said_of(condition)


def test_many_questions_in_one_condition_take_bounded_time() -> None:
    names = [f"q{number}" for number in range(30)]
    rows = "\n".join(f"| | select_one l | {name} | {name} | |" for name in names)
    pairs = " and ".join(f"(${{{one}}} != ${{{other}}} or ${{{other}}} = 'a')" for one in names for other in names[:4])
    form = (
        f"| survey |\n| | type | name | label | relevant |\n{rows}\n| | text | x | X | {pairs} |\n"
        "| choices |\n| | list_name | name | label |\n| | l | a | A |\n| | l | b | B |\n| | l | c | C |"
    )
    assert check(from_markdown(form)) == ()
