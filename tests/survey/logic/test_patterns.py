"""Patterns of form authors: useful ones pass, dangerous ones are refused."""

import pytest

from survey.logic.patterns import MAX_SUBJECT, compiled_pattern, matches
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
    ],
)
def test_ordinary_pattern_is_accepted(pattern: str) -> None:
    compiled_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a*)*", "([a-z]+)*@", "(a|aa)+$", "(.|a)*b", "((a{1,9})b?){20}", "(?:x+y?)+"]
)
def test_pattern_that_could_run_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(ExpressionError, match=r"expression\.pattern_unsafe"):
        compiled_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(", "[a", "a{2,1}", "*", "\\"])
def test_malformed_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ExpressionError, match=r"expression\.pattern_invalid"):
        compiled_pattern(pattern)


def test_a_very_long_text_matches_nothing() -> None:
    assert matches("a" * MAX_SUBJECT, "a")
    assert not matches("a" * (MAX_SUBJECT + 1), "a")
