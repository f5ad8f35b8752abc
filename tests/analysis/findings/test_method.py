"""A method in the address of a file, and back."""

from dataclasses import replace

import pytest

from analysis.findings.method import (
    PLAIN,
    Correction,
    Interval,
    Method,
    Strength,
    Unranked,
    WeightKind,
    method_of,
    parameters_of,
    unweighted,
)
from data.errors import InvalidInput
from tests.small import refused


@pytest.mark.parametrize(
    "method",
    [
        PLAIN,
        Method(weights=WeightKind.RAKED, letters=True),
        Method(weights=WeightKind.LOGIT, lowest=0.5, highest=2.25, trim=True, margins=("region", "type")),
        Method(
            weights=WeightKind.EQUAL_REGIONS,
            interval=Interval.AGRESTI_COULL,
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


def test_without_weights_nothing_is_left_of_how_they_are_found() -> None:
    assert method_of({"lowest": "0.5", "trim": "1", "margins": "region", "letters": "1"}) == Method(letters=True)
    chosen = Method(weights=WeightKind.LINEAR, highest=3.0, trim=True, margins=("region",), letters=True)
    assert unweighted(chosen) == Method(letters=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [("lowest", "1"), ("lowest", "-0.1"), ("lowest", "low"), ("highest", "1"), ("highest", "101"), ("highest", "nan")],
)
def test_a_bound_that_cannot_bound_weights_is_refused(name: str, value: str) -> None:
    with refused(InvalidInput, "weights.bounds"):
        method_of({"weights": "raked", name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("weights", "magic"), ("interval", ""), ("letters", "yes"), ("strength", "x" * 900)]
)
def test_an_unknown_value_is_refused(name: str, value: str) -> None:
    with refused(InvalidInput, "method.unknown"):
        method_of({name: value})
