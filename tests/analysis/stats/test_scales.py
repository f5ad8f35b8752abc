"""Net and mean of scales against answers counted one by one."""

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.stats.proportions import EmptyBase
from analysis.stats.scales import mean_point, net
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
