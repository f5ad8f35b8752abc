"""Coefficients of agreement against their definitions, computed pair by pair in R, and published examples."""

from typing import Any

import numpy as np
import pytest

from analysis.stats.agreement import KappaWeights, Metric, cohen, fleiss, krippendorff
from analysis.stats.proportions import EmptyBase
from data.errors import InvalidInput
from tests.analysis.stats.reference import expected

R = expected("agreement")


def _rng() -> np.random.Generator:
    return np.random.default_rng(8)


def _ratings(name: str) -> Any:
    return np.array(R[name], dtype=np.float64)


@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize(("name", "alphas"), [("ratings", "alphas"), ("three", "three_alphas")])
def test_alpha_matches_its_definition(name: str, alphas: str, metric: Metric) -> None:
    found = krippendorff(_ratings(name), metric=metric, rng=_rng(), draws=10)
    assert found.value == pytest.approx(R[alphas][metric.value], rel=1e-9)


def test_the_published_alphas_come_out() -> None:
    found = {metric.value: krippendorff(_ratings("ratings"), metric=metric, rng=_rng(), draws=1) for metric in Metric}
    assert {name: round(each.value, 3) for name, each in found.items()} == {
        "nominal": 0.743,
        "ordinal": 0.815,
        "interval": 0.849,
        "ratio": 0.797,
    }
    three = krippendorff(_ratings("three"), metric=Metric.NOMINAL, rng=_rng(), draws=1)
    assert round(three.value, 3) == 0.691


def test_the_bootstrap_interval_holds_alpha_and_repeats_with_the_same_chance() -> None:
    one = krippendorff(_ratings("ratings"), metric=Metric.ORDINAL, rng=_rng())
    assert one == krippendorff(_ratings("ratings"), metric=Metric.ORDINAL, rng=_rng())
    assert one.low is not None and one.high is not None
    assert one.low < one.value < one.high <= 1
    assert one.units == 11


def test_the_bootstrap_interval_covers_the_alpha_of_a_large_population() -> None:
    rng = np.random.default_rng(21)

    def draw(units: int) -> Any:
        truth = rng.integers(0, 3, units)
        return np.array([np.where(rng.random(units) < 0.75, truth, rng.integers(0, 3, units)) for _ in range(2)], float)

    population = krippendorff(draw(200_000), metric=Metric.NOMINAL, rng=rng, draws=1).value
    hits = 0
    for _ in range(200):
        found = krippendorff(draw(80), metric=Metric.NOMINAL, rng=rng, draws=200)
        hits += found.low is not None and found.high is not None and found.low <= population <= found.high
    assert hits >= 180


def test_alpha_does_not_care_for_the_order_of_coders_and_units() -> None:
    ratings = _ratings("ratings")
    shuffled = ratings[[2, 0, 3, 1]][:, _rng().permutation(12)]
    for metric in Metric:
        one, other = (krippendorff(each, metric=metric, rng=_rng(), draws=1) for each in (ratings, shuffled))
        assert other.value == pytest.approx(one.value, rel=1e-12)


def test_perfect_agreement_is_one_without_bounds() -> None:
    found = krippendorff(np.array([[1.0, 2, 3], [1, 2, 3]]), metric=Metric.INTERVAL, rng=_rng())
    assert (found.value, found.low, found.high) == (1.0, None, None)
    assert cohen(np.array([0, 1, 1]), np.array([0, 1, 1])).low is None
    perfect = fleiss(np.array([[3, 0], [0, 3]]), rng=_rng())
    assert (perfect.value, perfect.high) == (1.0, None)


@pytest.mark.parametrize(
    ("ratings", "metric", "code"),
    [
        ([[1.0, 1.0], [1.0, 1.0]], Metric.NOMINAL, "stats.no_variation"),
        ([[1.0, float("nan")], [float("nan"), 2.0]], Metric.NOMINAL, "stats.empty_base"),
        ([[float("nan")], [float("nan")]], Metric.NOMINAL, "stats.empty_base"),
        ([[-1.0, 2.0], [1.0, 2.0]], Metric.RATIO, "stats.negative_ratio"),
        ([[float("inf"), 2.0], [1.0, 2.0]], Metric.INTERVAL, "stats.not_finite"),
    ],
)
def test_ratings_without_an_alpha_are_refused(ratings: list[list[float]], metric: Metric, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        krippendorff(np.array(ratings), metric=metric, rng=_rng())
    assert caught.value.code == code


def test_ratings_of_zero_have_a_ratio_alpha() -> None:
    found = krippendorff(np.array([[0.0, 0, 2, 4], [0, 0, 2, 5]]), metric=Metric.RATIO, rng=_rng(), draws=1)
    assert 0.9 < found.value < 1


def _coders(counts: list[list[int]]) -> tuple[Any, Any]:
    pairs = [(a, b) for a, row in enumerate(counts) for b, times in enumerate(row) for _ in range(times)]
    return np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])


@pytest.mark.parametrize("case", R["cohen"], ids=lambda case: f"{len(case['counts'])} {case['weights']}")
def test_cohens_kappa_and_bounds_match_a_numerical_gradient(case: dict[str, Any]) -> None:
    found = cohen(*_coders(case["counts"]), weights=KappaWeights(case["weights"]))
    assert [found.value, found.low, found.high] == pytest.approx([case["value"], case["low"], case["high"]], rel=1e-6)


def test_cohens_published_kappa_comes_out() -> None:
    assert cohen(*_coders([[20, 5], [10, 15]])).value == pytest.approx(0.40)


def test_a_kappa_that_no_spread_stands_behind_has_no_bounds() -> None:
    """The large-sample variance is 0 where one coder always chose the same, and where two disagree throughout."""
    for first, second, value in (
        ([0, 0, 0], [0, 0, 1], 0.0),
        ([1, 1], [0, 0], 0.0),
        ([0, 1, 0, 1], [1, 0, 1, 0], -1.0),
    ):
        found = cohen(np.array(first), np.array(second))
        assert (found.value, found.low, found.high) == (pytest.approx(value), None, None)


def test_coders_who_always_say_the_same_have_no_kappa() -> None:
    with pytest.raises(InvalidInput) as caught:
        cohen(np.array([1, 1]), np.array([1, 1]))
    assert caught.value.code == "stats.no_variation"
    with pytest.raises(InvalidInput) as caught:
        fleiss(np.array([[2, 0], [2, 0]]), rng=_rng())
    assert caught.value.code == "stats.no_variation"
    with pytest.raises(EmptyBase):
        cohen(np.array([], dtype=np.int64), np.array([], dtype=np.int64))
    with pytest.raises(InvalidInput) as caught:
        cohen(np.array([1, 1]), np.array([1]))
    assert caught.value.code == "stats.not_paired"


def test_fleiss_kappa_matches_its_definition_and_the_published_value() -> None:
    found = fleiss(np.array(R["fleiss"]["counts"]), rng=_rng())
    assert found.value == pytest.approx(R["fleiss"]["value"], rel=1e-9)
    assert round(found.value, 3) == 0.210
    assert found.low is not None and found.high is not None
    assert found.low < found.value < found.high


@pytest.mark.parametrize("counts", [[[2, 0], [2, 1]], [[1, 0], [0, 1]]])
def test_fleiss_kappa_needs_the_same_number_of_coders(counts: list[list[int]]) -> None:
    with pytest.raises(InvalidInput) as caught:
        fleiss(np.array(counts), rng=_rng())
    assert caught.value.code == "stats.uneven_coders"


def test_two_complete_coders_have_nearly_the_same_alpha_and_kappa() -> None:
    first, second = _coders([[40, 9], [6, 45]])
    alpha = krippendorff(np.array([first, second], dtype=float), metric=Metric.NOMINAL, rng=_rng(), draws=1)
    assert alpha.value == pytest.approx(cohen(first, second).value, abs=0.01)
