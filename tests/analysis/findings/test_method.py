"""A method in the address of a file, and back."""

from dataclasses import replace

import pytest

from analysis.findings.method import (
    PLAIN,
    Correction,
    IntervalKind,
    Method,
    Strength,
    Unranked,
    WeightKind,
    method_of,
    parameters_of,
)
from data.errors import InvalidInput
from tests.small import refused


@pytest.mark.parametrize(
    "method",
    [
        PLAIN,
        Method(weights=WeightKind.RAKED, letters=True),
        Method(
            weights=WeightKind.EQUAL_REGIONS,
            interval=IntervalKind.AGRESTI_COULL,
            letters=True,
            correction=Correction.NONE,
            joined=True,
            unranked=Unranked.SILENT,
            strength=Strength.MARGINS,
        ),
    ],
)
def test_a_method_comes_back_from_its_parameters(method: Method) -> None:
    assert method_of(dict(parameters_of(method))) == method
    assert (parameters_of(method) == ()) == (method == PLAIN)


def test_what_is_no_parameter_of_a_method_is_passed_over() -> None:
    assert method_of({"lang": "fr", "by": "region", "letters": "0"}) == PLAIN
    assert method_of({"weights": "raked", "f": "x"}) == replace(PLAIN, weights=WeightKind.RAKED)


@pytest.mark.parametrize(
    ("name", "value"), [("weights", "magic"), ("interval", ""), ("letters", "yes"), ("strength", "x" * 900)]
)
def test_an_unknown_value_is_refused(name: str, value: str) -> None:
    with refused(InvalidInput, "method.unknown"):
        method_of({name: value})
