"""Patterns of form authors: useful ones pass, none runs for ever, and what cannot be bounded is refused."""

import pytest

from survey.logic.patterns import compiled_pattern, matches
from survey.logic.values import ExpressionError


@pytest.mark.parametrize(
    "pattern",
    [
        "^https?://[^ ]+$",
        "^[^@ ]+@[^@ ]+[.][^@ ]+$",
        r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,4}",
        "^[0-9]{2}[/][0-9]{4}$",
        "^(yes|no)$",
        "^(a|b)+$",
        "^([a-z]{2,3} )?[0-9]+$",
        r"^\(\d+\) [)(]+$",
        r"^[\u0600-\u06FF\s]{2,100}$",
        r"^\p{L}[\p{L} .'-]{1,100}$",
        r"(?i)^(?:mr|ms)\.? \w+",
    ],
)
def test_ordinary_pattern_is_accepted(pattern: str) -> None:
    compiled_pattern(pattern)


@pytest.mark.timeout(120, method="thread")  # an engine that tries again needs years
@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^(a+)+$", "a" * 20_000 + "!"),
        ("^(?:a|b?a)+$", "a" * 20_000 + "!"),
        ("^(x?a|a)+$", "a" * 20_000 + "!"),
        ("(?i)^(ab|AB)+$", "ab" * 10_000 + "!"),
        ("^(?i:ab|AB)+$", "ab" * 10_000 + "!"),
        ("^(((a{1,8}){1,8}){1,8})$", "a" * 20_000 + "!"),
        ("^(a+){8}$", "a" * 20_000 + "!"),
        (".*.*.*.*.*x", "a" * 20_000),
        ("(.*)(.*)(.*)=", "a" * 20_000),
        (r"^\w+\s*\w*\s*\w*\s*\w*$", "a" * 20_000 + "!"),
        ("[ab].{1000}[ab].{1000}x", "ab" * 2_000),
    ],
)
def test_no_pattern_runs_for_ever(pattern: str, text: str) -> None:
    assert not matches(text, pattern)


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        (r"^(a*)\1$", r"\1"),
        ("^(?=.*[0-9]).{8}", "(?="),
        ("^(?!no)", "(?!"),
        ("(?<=a)b", "(?<="),
        ("(?<!a)b", "(?<!"),
        ("(?>a)b", "(?>"),
        ("a++b", "++"),
    ],
)
def test_syntax_whose_time_has_no_bound_is_refused_by_name(pattern: str, part: str) -> None:
    with pytest.raises(ExpressionError, match=r"expression\.pattern_unsafe") as raised:
        compiled_pattern(pattern)
    assert raised.value.params["part"] == part


@pytest.mark.parametrize(
    "pattern", ["(", "[a", "a{2,1}", "*", "\\", r"a\Z", "a{1001}", "((((a{1,8}){1,8}){1,8}){1,8})"]
)
def test_malformed_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ExpressionError, match=r"expression\.pattern_invalid"):
        compiled_pattern(pattern)


@pytest.mark.parametrize("pattern", ["a" * 1_001, r"\p{L}{1,1000}a$"])
def test_pattern_that_grows_too_large_is_refused(pattern: str) -> None:
    with pytest.raises(ExpressionError, match=r"expression\.pattern_too_long"):
        compiled_pattern(pattern)


def test_a_large_pattern_on_a_very_long_text_is_an_error_and_not_a_wait() -> None:
    with pytest.raises(ExpressionError, match=r"expression\.too_many_steps"):
        matches("ab" * 100_000, "[ab].{1000}[ab].{1000}x")
    assert matches("a" * 200_000, "a")


@pytest.mark.parametrize(
    ("text", "pattern", "found"),
    [
        ("٣", r"\d", False),
        ("é", r"\w", False),
        ("a\n", "^a$", False),
        ("سلام", r"^[\u0600-\u06FF]+$", True),
        (r"\u0041", r"^\\u0041$", True),
        ("é", r"^\é$", True),
        ("\ud800", "^.$", True),
    ],
)
def test_signs_mean_what_they_mean_to_other_engines(text: str, pattern: str, *, found: bool) -> None:
    assert matches(text, pattern) is found
