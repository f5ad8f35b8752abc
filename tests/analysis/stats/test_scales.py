"""Net and mean of scales against answers counted one by one."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.stats.numbers import mean
from analysis.stats.proportions import EmptyBase
from analysis.stats.scales import mean_point, net, net_bounds
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


def bounds(counts: list[int], n: float | None = None) -> tuple[float, float]:
    whole = sum(counts)
    found = net_bounds(net(counts), (sum(counts[:2]) + sum(counts[-2:])) / whole, whole if n is None else n)
    assert found is not None
    return found


def test_the_bounds_of_a_net_value_are_those_of_a_difference_of_shares() -> None:
    low, high = bounds([4, 6, 10, 12, 8])
    # By hand: 20/40 and 10/40 of one sample, (0.75 - 0.25^2) / 39; R: qt(0.975, 39) = 2.022690920037.
    assert high - 0.25 == pytest.approx(2.022690920037 * (0.6875 / 39) ** 0.5, rel=1e-9)
    assert 0.25 - low == pytest.approx(high - 0.25)


@pytest.mark.parametrize("counts", [[4, 6, 10, 12, 8], [0, 1, 0, 7, 3], [30, 2, 1, 0, 1]])
def test_they_are_those_of_the_mean_of_minus_one_nought_and_one(counts: list[int]) -> None:
    # R: t.test(rep(c(-1, -1, 0, 1, 1), counts))$conf.int, which `numbers.mean` is checked against.
    answers = np.repeat([-1.0, -1.0, 0.0, 1.0, 1.0], counts)
    found = mean(answers)
    assert found.low is not None and found.high is not None
    assert bounds(counts) == (pytest.approx(max(-1, found.low)), pytest.approx(min(1, found.high)))


def test_with_weights_the_effective_n_stands_for_n() -> None:
    # 40 replies whose weights have a design effect of 2 tell as much as 20.
    wide, narrow = bounds([4, 6, 10, 12, 8], n=20.0), bounds([4, 6, 10, 12, 8])
    # R: qt(0.975, 19) = 2.093024054408
    assert wide[1] - 0.25 == pytest.approx(2.093024054408 * (0.6875 / 19) ** 0.5, rel=1e-9)
    assert wide[0] < narrow[0] < 0.25 < narrow[1] < wide[1]


def test_flipping_the_scale_flips_the_bounds() -> None:
    low, high = bounds([2, 1, 0, 1, 2])
    assert bounds([2, 1, 0, 1, 2][::-1]) == (pytest.approx(-high), pytest.approx(-low))


def test_where_all_said_the_same_or_one_replied_there_are_no_bounds() -> None:
    assert net_bounds(1.0, 1.0, 12) is None
    assert net_bounds(0.0, 0.0, 12) is None
    assert net_bounds(-1.0, 1.0, 1) is None
    assert bounds([1, 0, 0, 0, 1])[0] == -1.0
