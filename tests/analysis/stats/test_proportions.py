"""Shares and Wilson intervals against roots of the score equation and published figures."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.proportions import EmptyBase, share, wilson
from data.errors import InvalidInput

CASES = json.loads((Path(__file__).parents[2] / "reference" / "wilson.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['chosen']}/{case['n']}")
def test_wilson_bounds_are_the_roots_of_the_score_equation(case: dict[str, Any]) -> None:
    estimate = wilson(case["chosen"], case["n"], level=case["level"])
    assert estimate.low == pytest.approx(case["low"], abs=1e-12)
    assert estimate.high == pytest.approx(case["high"], abs=1e-12)


@pytest.mark.parametrize("case", [case for case in CASES if "published" in case], ids=lambda case: str(case["n"]))
def test_wilson_bounds_match_the_published_figures(case: dict[str, Any]) -> None:
    estimate = wilson(case["chosen"], case["n"])
    assert [round(estimate.low, 4), round(estimate.high, 4)] == case["published"]


def test_nobody_and_everybody_have_exact_bounds() -> None:
    assert wilson(0, 20).low == 0.0
    assert wilson(20, 20).high == 1.0


def test_share_counts_the_flags() -> None:
    chosen = np.array([True] * 81 + [False] * 182)
    assert share(chosen) == wilson(81, 263)
    assert share(chosen).share == 81 / 263


def test_an_empty_base_is_refused() -> None:
    with pytest.raises(EmptyBase) as caught:
        share(np.array([], dtype=np.bool_))
    assert caught.value.code == "stats.empty_base"


@pytest.mark.parametrize("chosen", [-1, 4])
def test_a_count_outside_its_base_is_refused(chosen: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        wilson(chosen, 3)
    assert caught.value.code == "stats.count_outside_base"


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_mirrors_with_the_complement(case: tuple[int, int]) -> None:
    chosen, n = case
    estimate, mirrored = wilson(chosen, n), wilson(n - chosen, n)
    assert 0 <= estimate.low <= estimate.share <= estimate.high <= 1
    assert estimate.low == pytest.approx(1 - mirrored.high, abs=1e-12)
