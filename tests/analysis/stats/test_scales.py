"""Net and mean of scales against answers counted one by one."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.stats.proportions import EmptyBase
from analysis.stats.scales import mean_point, net, net_estimate
from data.errors import InvalidInput

CASES = json.loads((Path(__file__).parents[2] / "reference" / "scales.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["counts"]))
def test_net_and_mean_match_the_single_answers(case: dict[str, Any]) -> None:
    counts = case["counts"]
    assert net(counts) == pytest.approx(case["net"], abs=1e-15)
    assert mean_point(counts, range(1, len(counts) + 1)) == pytest.approx(case["mean"], abs=1e-15)


def test_net_is_positive_when_the_high_end_is_chosen() -> None:
    assert net([0, 0, 0, 0, 3]) == 1.0
    assert net([3, 0, 0, 0, 0]) == -1.0


def test_a_scale_that_nobody_answered_has_no_net_and_no_mean() -> None:
    with pytest.raises(EmptyBase):
        net([0, 0])
    with pytest.raises(EmptyBase):
        mean_point([0, 0], [1, 2])


def test_one_point_is_no_scale() -> None:
    with pytest.raises(InvalidInput) as caught:
        net([4])
    assert caught.value.code == "stats.scale_too_short"


def test_the_bounds_of_a_net_value_are_those_of_a_difference_of_shares() -> None:
    counts = [4, 6, 10, 12, 8]
    positions = np.repeat(np.arange(5), counts).astype(float)
    found = net_estimate(positions, 5)
    n, high, low = sum(counts), 20 / 40, 10 / 40
    variance = (high + low - (high - low) ** 2) / (n - 1)
    assert found.value == pytest.approx(net(counts)) == pytest.approx(0.25)
    assert found.high is not None
    assert found.high - found.value == pytest.approx(2.022690920037 * variance**0.5, rel=1e-9)  # R qt(0.975, 39)


def test_flipping_the_scale_flips_the_net_value_and_its_bounds() -> None:
    positions, weights = np.array([0.0, 1, 1, 3, 4, 4]), np.array([1.0, 2, 1, 3, 1, 1])
    found, flipped = net_estimate(positions, 5, weights), net_estimate(4 - positions, 5, weights)
    assert flipped.value == pytest.approx(-found.value)
    assert (flipped.low, flipped.high) == (pytest.approx(-found.high), pytest.approx(-found.low))  # type: ignore[operator]
