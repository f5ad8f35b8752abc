"""Weights against R's `survey`, the raking example of Kalton and Flores-Cervantes, and what must hold for any."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.weights import (
    UNKNOWN,
    Distance,
    Margin,
    Weighting,
    calibrate,
    diagnose,
    equalise,
    margin_miss,
    poststratify,
    rake,
    trim,
)
from data.errors import InvalidInput
from tests.analysis.stats.reference import expected, table

R = expected("survey_designs")
SCHOOLS, STRATIFIED = table("apiclus1"), table("apistrat")
BEFORE = SCHOOLS["pw"].to_numpy(float)
TYPES = Margin(
    codes=np.unique(SCHOOLS["stype"].to_numpy(str), return_inverse=True)[1], targets=np.array([4421.0, 755, 1018])
)
WIDE = Margin(
    codes=np.unique(SCHOOLS["sch.wide"].to_numpy(str), return_inverse=True)[1], targets=np.array([1072.0, 5122])
)
AUXILIARY = np.column_stack([np.ones(183), TYPES.codes == 1, TYPES.codes == 2, SCHOOLS["api99"].to_numpy(float)])
TOTALS = np.array([6194.0, 755, 1018, 3914069])

# Kalton and Flores-Cervantes (2003), Journal of Official Statistics 19:81-97: rows a1-a4, columns b1-b3.
SAMPLE = np.array([[20, 40, 40], [50, 140, 310], [100, 50, 50], [30, 100, 70]])
FRAME = np.array([[80, 40, 55], [60, 150, 340], [170, 60, 200], [55, 165, 125]])
FACTORS = np.array([[1.81, 1.45, 2.02], [1.08, 0.87, 1.21], [2.20, 1.76, 2.45], [1.83, 1.47, 2.04]])
ROWS, COLUMNS = (np.repeat(index.ravel(), SAMPLE.ravel()) for index in np.indices(SAMPLE.shape))
EXAMPLE = [
    Margin(codes=ROWS, targets=FRAME.sum(axis=1).astype(float)),
    Margin(codes=COLUMNS, targets=FRAME.sum(axis=0).astype(float)),
]


def _matches(found: Weighting, name: str) -> None:
    assert found.converged
    np.testing.assert_allclose(found.weights, R[name], rtol=1e-6)


def test_post_stratified_and_raked_weights_match_r_survey() -> None:
    _matches(poststratify(BEFORE, TYPES), "poststratified")
    _matches(rake(BEFORE, [TYPES, WIDE]), "raked")


@pytest.mark.parametrize(
    ("distance", "bounds", "name"),
    [
        (Distance.LINEAR, None, "linear"),
        (Distance.LINEAR, (0.5, 1.6), "linear_bounded"),
        (Distance.RAKING, None, "raking"),
        (Distance.LOGIT, (0.5, 1.6), "logit"),
    ],
)
def test_calibrated_weights_match_r_survey(distance: Distance, bounds: tuple[float, float] | None, name: str) -> None:
    _matches(calibrate(BEFORE, AUXILIARY, TOTALS, distance=distance, bounds=bounds), name)


def test_trimmed_weights_match_r_survey() -> None:
    weights = STRATIFIED["pw"].to_numpy(float)
    _matches(trim(weights, lowest=18, highest=40), "trimmed")
    _matches(trim(weights, highest=40), "trimmed_above")


def test_the_published_raking_factors_come_out() -> None:
    found = rake(np.ones(1000), EXAMPLE)
    assert found.converged
    for row, column in np.ndindex(SAMPLE.shape):
        here = found.weights[(row == ROWS) & (column == COLUMNS)]
        assert round(float(here[0]), 2) == FACTORS[row, column]
    assert round(found.diagnostics.design_effect, 5) == 1.09968
    assert found.diagnostics.effective_n == pytest.approx(1000 / found.diagnostics.design_effect)


def test_raking_in_wide_bounds_is_raking() -> None:
    bounded = rake(np.ones(1000), EXAMPLE, bounds=(0.1, 10))
    np.testing.assert_allclose(bounded.weights, rake(np.ones(1000), EXAMPLE).weights, rtol=1e-8)


def test_raking_keeps_bounds_and_margins_where_both_can_be_had() -> None:
    found = rake(np.full(1000, 1.5), EXAMPLE, bounds=(0.65, 1.5))
    assert found.converged
    assert margin_miss(found.weights, EXAMPLE) < 1e-9
    assert found.weights.min() >= 0.65 * 1.5 - 1e-12
    assert found.weights.max() <= 1.5 * 1.5 + 1e-12


def test_bounds_too_narrow_for_the_margins_are_told() -> None:
    found = rake(np.full(1000, 1.5), EXAMPLE, bounds=(0.98, 1.02))
    assert not found.converged
    assert found.miss > 0.1
    assert found.weights.max() <= 1.02 * 1.5 + 1e-12


def test_margins_that_contradict_the_sample_are_told() -> None:
    # Whoever is in row 0 is in column 0, yet the rows want 90 and the columns 10.
    codes = np.array([0, 0, 1, 1])
    margins = [
        Margin(codes=codes, targets=np.array([90.0, 10.0])),
        Margin(codes=codes, targets=np.array([10.0, 90.0])),
    ]
    found = rake(np.ones(4), margins, cycles=50)
    assert (found.converged, found.cycles) == (False, 50)
    assert found.miss > 1


def test_trimming_after_raking_misses_the_margins_and_says_by_how_much() -> None:
    found = trim(rake(np.ones(1000), EXAMPLE).weights, highest=2.0)
    assert found.weights.max() <= 2.0 + 1e-12
    assert found.weights.sum() == pytest.approx(1500)
    assert margin_miss(found.weights, EXAMPLE) > 0.01


def test_a_respondent_of_unknown_category_keeps_its_weight() -> None:
    margin = Margin(codes=np.array([0, 0, 1, UNKNOWN]), targets=np.array([1.0, 2.0]))
    assert poststratify(np.ones(4), margin).weights.tolist() == [0.5, 0.5, 2.0, 1.0]
    assert rake(np.ones(4), [margin]).weights.tolist() == [0.5, 0.5, 2.0, 1.0]


def test_regions_count_the_same_when_equalised() -> None:
    codes = np.array([0, 0, 0, 2, UNKNOWN])
    weights = equalise(codes)
    assert weights[:3].sum() == pytest.approx(weights[3])
    assert weights[:4].mean() == pytest.approx(1)
    assert weights[4] == 1.0
    with pytest.raises(InvalidInput):
        equalise(np.array([UNKNOWN]))


@st.composite
def _samples(draw: st.DrawFn) -> tuple[np.ndarray, list[Margin]]:
    n = draw(st.integers(8, 80))
    weights = np.array(draw(st.lists(st.floats(0.2, 5), min_size=n, max_size=n)))
    margins = []
    for size in draw(st.lists(st.integers(2, 4), min_size=1, max_size=3)):
        codes = np.array(draw(st.lists(st.integers(0, size - 1), min_size=n, max_size=n)))
        codes[:size] = np.arange(size)
        targets = np.array(draw(st.lists(st.floats(1, 9), min_size=size, max_size=size)))
        margins.append(Margin(codes=codes, targets=targets / targets.sum() * 100))
    return weights, margins


@settings(max_examples=50)
@given(_samples())
def test_weights_reproduce_the_margins_or_say_that_they_do_not(case: tuple[np.ndarray, list[Margin]]) -> None:
    weights, margins = case
    found = rake(weights, margins)
    assert found.converged == (margin_miss(found.weights, margins) <= 1e-10)
    assert (found.weights > 0).all() or not found.converged
    for margin in margins:
        sums = np.bincount(margin.codes, weights=found.weights, minlength=margin.targets.size)
        if found.converged:
            np.testing.assert_allclose(sums, margin.targets, rtol=1e-9)
    if len(margins) == 1:
        assert found.converged


@settings(max_examples=50)
@given(_samples(), st.randoms(use_true_random=False))
def test_permuting_the_rows_permutes_the_weights(case: tuple[np.ndarray, list[Margin]], chance: object) -> None:
    weights, margins = case
    order = np.arange(weights.size)
    chance.shuffle(order)  # type: ignore[attr-defined]
    shuffled = [Margin(codes=margin.codes[order], targets=margin.targets) for margin in margins]
    one, other = rake(weights, margins, cycles=60), rake(weights[order], shuffled, cycles=60)
    np.testing.assert_allclose(other.weights, one.weights[order], rtol=1e-6)


@settings(max_examples=50)
@given(_samples())
def test_logit_factors_stay_in_their_bounds(case: tuple[np.ndarray, list[Margin]]) -> None:
    weights, margins = case
    columns = np.hstack([np.equal.outer(m.codes, np.arange(m.targets.size)).astype(float) for m in margins])
    scaled = weights * 100 / weights.sum()
    targets = np.concatenate([m.targets for m in margins])
    found = calibrate(scaled, columns, targets, distance=Distance.LOGIT, bounds=(0.4, 2.5))
    factors = found.weights / scaled
    assert (factors >= 0.4 - 1e-9).all() and (factors <= 2.5 + 1e-9).all()
    if found.converged:
        np.testing.assert_allclose(found.weights @ columns, targets, rtol=1e-8)


@pytest.mark.parametrize(
    ("weights", "margins", "code"),
    [
        ([], [Margin(codes=np.array([], dtype=np.int64), targets=np.array([1.0]))], "stats.empty_base"),
        ([0.0, 0.0], [Margin(codes=np.array([0, 0]), targets=np.array([1.0]))], "stats.empty_base"),
        ([1.0, -1.0], [Margin(codes=np.array([0, 0]), targets=np.array([1.0]))], "stats.weights"),
        ([1.0, 1.0], [Margin(codes=np.array([0, 0]), targets=np.array([1.0, 2.0]))], "stats.empty_cell"),
        ([1.0, 0.0], [Margin(codes=np.array([0, 1]), targets=np.array([1.0, 2.0]))], "stats.empty_cell"),
        ([1.0, 1.0], [Margin(codes=np.array([0, 2]), targets=np.array([1.0, 2.0]))], "stats.targets"),
        ([1.0, 1.0], [Margin(codes=np.array([0, 1]), targets=np.array([-1.0, 2.0]))], "stats.targets"),
        ([1.0, 1.0], [Margin(codes=np.array([0, 1]), targets=np.array([0.0, 0.0]))], "stats.targets"),
        ([1.0, 1.0], [], "stats.targets"),
        (
            [1.0, 1.0],
            [
                Margin(codes=np.array([0, 1]), targets=np.array([1.0, 2.0])),
                Margin(codes=np.array([0, 1]), targets=np.array([1.0, 3.0])),
            ],
            "stats.margins_differ",
        ),
    ],
)
def test_what_cannot_be_raked_is_refused(weights: list[float], margins: list[Margin], code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        rake(np.array(weights), margins)
    assert caught.value.code == code


def test_impossible_bounds_are_refused() -> None:
    for act in (
        lambda: rake(np.ones(1000), EXAMPLE, bounds=(1.1, 2.0)),
        lambda: calibrate(BEFORE, AUXILIARY, TOTALS, distance=Distance.LOGIT),
        lambda: trim(np.ones(3), highest=0.5),
    ):
        with pytest.raises(InvalidInput) as caught:
            act()
        assert caught.value.code == "stats.bounds"


def test_diagnostics_leave_out_weights_of_zero() -> None:
    found = diagnose(np.array([1.0, 3.0, 0.0]))
    assert (found.n, found.effective_n, found.design_effect) == (2, 1.6, 1.25)
    assert (found.lowest, found.highest) == (0.5, 1.5)


def test_weights_of_which_all_are_cut_keep_their_sum_and_their_bounds() -> None:
    found = trim(np.array([0.6] * 60 + [2.2] * 20), lowest=0.8, highest=1.25)
    assert found.converged
    assert found.weights.sum() == pytest.approx(80)
    assert (found.weights.min(), found.weights.max()) == pytest.approx((55 / 60, 1.25))
