"""Mean and median against R's summary of a classic data set."""

import numpy as np
import pytest

from analysis.stats.numbers import mean, median
from analysis.stats.proportions import EmptyBase
from data.errors import InvalidInput
from tests.analysis.stats.reference import expected, table

CARS = expected("numbers")["cars_dist"]
MIDDLE = expected("intervals")["middle"]
SCHOOLS = table("apistrat")


def test_mean_and_median_match_r() -> None:
    values = np.array(CARS["values"], dtype=np.float64)
    assert mean(values).value == pytest.approx(CARS["mean"], abs=1e-12)
    assert median(values).value == CARS["median"]


def test_the_median_of_an_even_number_lies_between_the_middle_values() -> None:
    assert median(np.array([1.0, 10.0, 2.0, 4.0])).value == 3.0


def test_numbers_of_nobody_are_refused() -> None:
    with pytest.raises(EmptyBase):
        mean(np.array([]))
    with pytest.raises(EmptyBase):
        median(np.array([]))


def test_bounds_of_mean_and_median_match_r() -> None:
    values = np.array(MIDDLE["values"], dtype=np.float64)
    found, middle = mean(values), median(values)
    assert [found.low, found.high] == pytest.approx(MIDDLE["mean_bounds"], rel=1e-12)
    assert (middle.value, middle.low, middle.high) == (MIDDLE["median"], MIDDLE["low"], MIDDLE["high"])


def test_weighted_mean_and_median_match_r_survey() -> None:
    values, weights = SCHOOLS["api00"].to_numpy(float), SCHOOLS["pw"].to_numpy(float)
    for found, kind in ((mean(values, weights), "mean"), (median(values, weights), "median")):
        case = expected("survey_designs")[f"weighted_{kind}_api00"]
        assert [found.value, found.low, found.high] == pytest.approx(
            [case["value"], case["low"], case["high"]], rel=1e-6
        )
    assert mean(values, weights).effective_n == pytest.approx(weights.sum() ** 2 / (weights**2).sum(), rel=1e-12)


def test_equal_weights_change_nothing() -> None:
    values = np.array(MIDDLE["values"], dtype=np.float64)
    assert mean(values, np.full(values.size, 3.0)).low == pytest.approx(mean(values).low, rel=1e-12)
    assert median(values, np.full(values.size, 3.0)).value == median(values).value


def test_a_respondent_of_weight_zero_does_not_count() -> None:
    values, weights = np.array([1.0, 5.0, 100.0]), np.array([1.0, 1.0, 0.0])
    assert mean(values, weights) == mean(values[:2], weights[:2])
    assert median(values, weights).n == 2


def test_one_respondent_or_no_spread_has_a_mean_without_bounds() -> None:
    for values in (np.array([4.0]), np.array([4.0, 4.0, 4.0])):
        found = mean(values)
        assert (found.value, found.low, found.high) == (4.0, None, None)
    assert median(np.array([1.0, 2.0, 3.0, 4.0, 5.0])).low is None
    assert median(np.array([4.0]), np.array([2.0])).high is None


@pytest.mark.parametrize(
    ("values", "weights", "code"),
    [
        ([1.0, float("nan")], None, "stats.not_finite"),
        ([1.0, 2.0], [1.0, -1.0], "stats.weights"),
        ([1.0, 2.0], [1.0], "stats.weights"),
        ([1.0, 2.0], [0.0, 0.0], "stats.empty_base"),
    ],
)
def test_what_is_no_number_or_no_weight_is_refused(values: list[float], weights: list[float] | None, code: str) -> None:
    for figure in (mean, median):
        with pytest.raises(InvalidInput) as caught:
            figure(np.array(values), None if weights is None else np.array(weights))
        assert caught.value.code == code
