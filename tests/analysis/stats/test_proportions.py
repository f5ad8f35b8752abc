"""Shares and Wilson intervals against roots of the score equation and published figures."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.proportions import EmptyBase, IntervalKind, interval, share, share_of_sums, wilson
from data.errors import InvalidInput
from tests.analysis.stats.reference import expected

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


@pytest.mark.parametrize("kind", IntervalKind)
@pytest.mark.parametrize("case", expected("intervals")["shares"], ids=lambda case: f"{case['chosen']}/{case['n']}")
def test_each_kind_of_interval_matches_r(case: dict[str, Any], kind: IntervalKind) -> None:
    bounds = interval(case["chosen"], case["n"], kind=kind, level=case["level"])
    assert bounds == pytest.approx(case[kind.value], rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    ("chosen", "n", "kind", "published"),
    [
        (81, 263, IntervalKind.WILSON, (0.2553, 0.3662)),
        (81, 263, IntervalKind.CLOPPER_PEARSON, (0.2527, 0.3676)),
        (81, 263, IntervalKind.AGRESTI_COULL, (0.2552, 0.3663)),
        (81, 263, IntervalKind.JEFFREYS, (0.2545, 0.3656)),
        (0, 20, IntervalKind.WILSON, (0.0, 0.1611)),
        (0, 20, IntervalKind.CLOPPER_PEARSON, (0.0, 0.1684)),
    ],
)
def test_published_bounds_come_out(chosen: int, n: int, kind: IntervalKind, published: tuple[float, float]) -> None:
    low, high = interval(chosen, n, kind=kind)
    assert (round(low, 4), round(high, 4)) == published


def test_weights_count_by_kishs_effective_n() -> None:
    chosen, weights = np.array([True, True, False, False]), np.array([1.0, 2.0, 3.0, 2.0])
    found = share(chosen, weights)
    assert found.share == 3 / 8
    assert found.effective_n == pytest.approx(64 / 18)
    assert found.design_effect == pytest.approx(4 * 18 / 64)
    assert (found.low, found.high) == pytest.approx(interval(3 / 8 * 64 / 18, 64 / 18))


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.sampled_from(list(IntervalKind)), st.floats(0.01, 100))
def test_equal_weights_are_no_weights(flags: list[bool], kind: IntervalKind, weight: float) -> None:
    chosen = np.array(flags)
    weighted, plain = share(chosen, np.full(chosen.size, weight), kind=kind), share(chosen, kind=kind)
    assert weighted.share == pytest.approx(plain.share, abs=1e-12)
    assert (weighted.low, weighted.high) == pytest.approx((plain.low, plain.high), abs=1e-9)
    assert weighted.effective_n == pytest.approx(plain.n)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.floats(0.1, 9)), min_size=1, max_size=60),
    st.randoms(use_true_random=False),
)
def test_shares_of_exclusive_options_sum_to_one_in_any_order_of_rows(
    rows: list[tuple[int, float]], chance: Any
) -> None:
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    totals = []
    for each in (rows, shuffled):
        codes, weights = np.array([code for code, _ in each]), np.array([weight for _, weight in each])
        totals.append([share(codes == code, weights).share for code in range(5)])
    assert sum(totals[0]) == pytest.approx(1)
    assert totals[0] == pytest.approx(totals[1])


def test_a_respondent_of_weight_zero_does_not_count() -> None:
    found = share(np.array([True, False, False]), np.array([1.0, 1.0, 0.0]))
    assert (found.share, found.n, found.effective_n) == (0.5, 2, 2.0)


@pytest.mark.parametrize("weights", [[1.0, -1.0], [1.0, float("inf")], [1.0, float("nan")], [1.0]])
def test_what_is_no_weight_is_refused(weights: list[float]) -> None:
    with pytest.raises(InvalidInput) as caught:
        share(np.array([True, False]), np.array(weights))
    assert caught.value.code == "stats.weights"


def test_weights_that_are_all_zero_are_an_empty_base() -> None:
    with pytest.raises(EmptyBase):
        share(np.array([True, False]), np.zeros(2))
    with pytest.raises(EmptyBase):
        share_of_sums(0.0, 0.0, 0.0, n=0)


@pytest.mark.parametrize("level", [0.0, 1.0, -1.0, float("nan")])
def test_a_level_outside_zero_and_one_is_refused(level: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        interval(1, 2, level=level)
    assert caught.value.code == "stats.level"
