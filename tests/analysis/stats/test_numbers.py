"""Mean and median against R's summary of a classic data set."""

import json
from pathlib import Path

import numpy as np
import pytest

from analysis.stats.numbers import mean, median
from analysis.stats.proportions import EmptyBase

CARS = json.loads((Path(__file__).parents[2] / "reference" / "numbers.json").read_text())["cars_dist"]


def test_mean_and_median_match_r() -> None:
    values = np.array(CARS["values"], dtype=np.float64)
    assert mean(values) == pytest.approx(CARS["mean"], abs=1e-12)
    assert median(values) == CARS["median"]


def test_the_median_of_an_even_number_lies_between_the_middle_values() -> None:
    assert median(np.array([1.0, 10.0, 2.0, 4.0])) == 3.0


def test_numbers_of_nobody_are_refused() -> None:
    with pytest.raises(EmptyBase):
        mean(np.array([]))
    with pytest.raises(EmptyBase):
        median(np.array([]))
