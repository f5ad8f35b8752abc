"""Tests of tables, of multiple responses and of differences, against R and published cases."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, median_test

from analysis.stats.columns import mean_letters
from analysis.stats.designs import design
from analysis.stats.differences import (
    detectable_change,
    means_apart,
    means_paired,
    median_change,
    medians_apart,
    shares_apart,
    shares_paired,
    standardised,
)
from analysis.stats.multiple_response import multiple_independence
from analysis.stats.multiplicity import Correction, adjust
from analysis.stats.numbers import mean
from analysis.stats.proportions import EmptyBase
from analysis.stats.tables import (
    TestKind,
    association,
    cramers_v,
    fisher,
    fisher_simulated,
    pearson,
    rao_scott,
    rao_scott_of_sums,
)
from data.errors import InvalidInput
from tests.analysis.stats.reference import expected, table

R = expected("comparisons")
FARMERS, MRCV = expected("multiple_response"), expected("multiple_response")["mrcv"]


def _codes(values: Any) -> Any:
    return np.unique(values.to_numpy(str), return_inverse=True)[1]


@pytest.mark.parametrize(
    ("name", "sample", "first", "second"),
    [
        ("clus", "apiclus1", "sch.wide", "stype"),
        ("strat", "apistrat", "sch.wide", "stype"),
        ("strat_comp", "apistrat", "comp.imp", "sch.wide"),
        ("plain", "apistrat", "sch.wide", "stype"),
    ],
)
def test_rao_scott_matches_r_survey(name: str, sample: str, first: str, second: str) -> None:
    data = table(sample)
    population = None if name == "plain" else data["fpc"].to_numpy(float)
    of = design(
        data["pw"].to_numpy(float),
        strata=data["stype"].to_numpy(str) if name.startswith("strat") else None,
        clusters=data["dnum"].to_numpy() if name == "clus" else None,
        population=population,
    )
    found = rao_scott(of, _codes(data[first]), _codes(data[second]), np.ones(len(data), dtype=np.bool_))
    wanted = R[name]
    assert [found.statistic, found.degrees, found.denominator, found.p] == pytest.approx(
        [wanted["f"], wanted["ndf"], wanted["ddf"], wanted["p"]], rel=1e-6
    )


def test_the_sums_of_the_cells_of_a_plain_sample_give_the_same_test() -> None:
    data, wanted = table("apistrat"), R["plain"]
    weights, cells = data["pw"].to_numpy(float), (_codes(data["sch.wide"]), _codes(data["stype"]) + 1)
    counts, sums, squares = (np.zeros((2, 4)) for _ in range(3))  # the first column has nobody
    for into, each in zip((counts, sums, squares), (np.ones(len(data)), weights, weights**2), strict=True):
        np.add.at(into, cells, each)
    found = rao_scott_of_sums(counts.astype(np.int64), sums, squares)
    assert [found.statistic, found.degrees, found.denominator, found.p] == pytest.approx(
        [wanted["f"], wanted["ndf"], wanted["ddf"], wanted["p"]], rel=1e-6
    )
    with pytest.raises(InvalidInput, match="stats.one_category"):
        rao_scott_of_sums(counts[:1].astype(np.int64), sums[:1], squares[:1])
    with pytest.raises(EmptyBase):
        rao_scott_of_sums(np.zeros((2, 2), dtype=np.int64), np.zeros((2, 2)), np.zeros((2, 2)))


def test_the_published_rao_scott_case_comes_out() -> None:
    data = table("apiclus1")
    of = design(data["pw"].to_numpy(float), clusters=data["dnum"].to_numpy(), population=data["fpc"].to_numpy(float))
    found = rao_scott(of, _codes(data["sch.wide"]), _codes(data["stype"]), np.ones(183, dtype=np.bool_))
    assert found.statistic is not None
    assert (round(found.statistic, 4), round(found.degrees, 3)) == (5.1934, 1.495)
    assert (round(found.denominator, 3), round(found.p, 5)) == (20.925, 0.02175)


@pytest.mark.parametrize("case", R["tables"], ids=lambda case: str(case["counts"]))
def test_pearson_and_fisher_match_r(case: dict[str, Any]) -> None:
    counts = np.array(case["counts"])
    found = pearson(counts)
    assert [found.statistic, found.degrees, found.p] == pytest.approx([case["chisq"], case["df"], case["p"]], rel=1e-6)
    if counts.sum() > 90:
        return  # too large for the exact test; simulated below
    assert fisher(counts).p == pytest.approx(case["fisher"], rel=1e-6)
    assert fisher(counts.T).p == pytest.approx(case["fisher"], rel=1e-6)


def test_a_large_table_is_simulated_near_the_exact_value() -> None:
    case = R["tables"][4]
    counts = np.array(case["counts"])
    with pytest.raises(InvalidInput) as caught:
        fisher(counts, most=10)
    assert caught.value.code == "stats.table_too_large"
    found = fisher_simulated(counts, rng=np.random.default_rng(3), draws=4000)
    assert found.p == pytest.approx(case["fisher"], abs=0.03)


def test_small_expected_counts_ask_for_the_exact_test() -> None:
    rng = np.random.default_rng(1)
    assert association(np.array([[3, 1], [1, 3]]), rng=rng).kind is TestKind.FISHER
    assert association(np.array([[30, 10], [10, 30]]), rng=rng).kind is TestKind.PEARSON


@pytest.mark.parametrize("case", R["cramer"], ids=lambda case: str(case["x"]))
def test_bounds_of_cramers_v_invert_the_noncentral_distribution(case: dict[str, Any]) -> None:
    columns = case["df"] // (case["k"] - 1) + 1
    found = cramers_v(case["x"], case["n"], case["k"], columns)
    assert [found.value, found.low, found.high] == pytest.approx([case["v"], case["low"], case["high"]], rel=1e-6)


def test_a_table_without_any_dependence_does_not_prove_that_there_is_none() -> None:
    """The upper bound goes to that of no noncentrality as the statistic does, and does not fall to 0 below it."""
    levelled, close = cramers_v(0.0, 80, 2, 2), cramers_v(0.00099, 80, 2, 2)
    assert (levelled.value, levelled.low, levelled.high) == (0.0, 0.0, pytest.approx((1 / 80) ** 0.5))
    assert close.high == pytest.approx(levelled.high, rel=0.01)


@pytest.mark.parametrize("correction", Correction)
def test_adjusted_p_values_match_r(correction: Correction) -> None:
    case = R["adjusted"]
    found = adjust(np.array(case["p"]), correction)
    np.testing.assert_allclose(found, case[correction.value], rtol=1e-12)


def test_the_published_numbers_of_rejections_come_out() -> None:
    p = np.array(R["adjusted"]["p"])
    rejected = {each: int((adjust(p, each) <= 0.05).sum()) for each in Correction}
    assert rejected[Correction.BONFERRONI] == rejected[Correction.HOLM] == 3
    assert rejected[Correction.BENJAMINI_HOCHBERG] == 4
    assert rejected[Correction.BENJAMINI_YEKUTIELI] == 3


def test_no_tests_need_no_correction_and_impossible_ones_are_refused() -> None:
    assert adjust(np.array([])).size == 0
    for p in (-0.1, 1.1, float("nan")):
        with pytest.raises(InvalidInput):
            adjust(np.array([p]))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.sampled_from(list(Correction)))
def test_corrections_keep_the_order_and_never_lower_a_p_value(p: list[float], correction: Correction) -> None:
    values = np.array(p)
    found = adjust(values, correction)
    assert (found >= values * (1 - 1e-12)).all() and (found <= 1).all()
    order = np.argsort(values, kind="stable")
    assert (np.diff(found[order]) >= -1e-12).all()


def _farmers() -> tuple[Any, Any]:
    patterns = table("farmers").astype({"sources": str})
    groups = np.repeat(patterns["education"].to_numpy(), patterns["n"])
    items = np.array([[mark == "1" for mark in marks.zfill(5)] for marks in patterns["sources"]])
    return np.equal.outer(groups, np.arange(1, 6)), np.repeat(items, patterns["n"], axis=0)


@pytest.mark.parametrize("wanted", [FARMERS["mmi"], MRCV], ids=["r", "mrcv"])
def test_a_multiple_response_by_a_single_one_matches_r_and_mrcv(wanted: dict[str, Any]) -> None:
    groups, items = _farmers()
    found = multiple_independence(groups, items, first_exclusive=True)
    assert found.statistic == pytest.approx(wanted["statistic"], rel=1e-6)
    assert found.pairs.sum(axis=0).tolist() == pytest.approx(wanted["by_item"], rel=1e-6)
    assert [found.whole.statistic, found.whole.degrees, found.whole.p] == pytest.approx(
        [wanted["corrected"], wanted["degrees"], wanted["p"]], rel=1e-6
    )


def test_two_multiple_responses_match_r() -> None:
    _groups, items = _farmers()
    found, wanted = multiple_independence(items[:, :2], items[:, 2:]), FARMERS["spmi"]
    assert found.statistic == pytest.approx(wanted["statistic"], rel=1e-6)
    assert found.pairs.reshape(-1).tolist() == pytest.approx(np.ravel(wanted["pairs"]).tolist(), rel=1e-6)
    assert [found.whole.statistic, found.whole.degrees, found.whole.p] == pytest.approx(
        [wanted["corrected"], wanted["degrees"], wanted["p"]], rel=1e-6
    )


def test_two_single_options_are_pearsons_two_by_two_table() -> None:
    rng = np.random.default_rng(5)
    first, second = rng.random((80, 1)) < 0.4, rng.random((80, 1)) < 0.6
    found = multiple_independence(first, second)
    counts = np.array(
        [[(first & second).sum(), (first & ~second).sum()], [(~first & second).sum(), (~first & ~second).sum()]]
    )
    assert found.statistic == pytest.approx(pearson(counts).statistic)


def test_a_multiple_response_test_does_not_care_for_the_scale_of_weights_or_the_order_of_rows() -> None:
    groups, items = _farmers()
    order = np.random.default_rng(2).permutation(groups.shape[0])
    one = multiple_independence(groups, items, first_exclusive=True)
    other = multiple_independence(groups[order], items[order], np.full(order.size, 3.0), first_exclusive=True)
    assert other.whole.p == pytest.approx(one.whole.p)


def test_options_that_nobody_or_everybody_chose_are_left_out() -> None:
    groups, items = _farmers()
    more = np.column_stack([items, np.zeros(262, dtype=bool), np.ones(262, dtype=bool)])
    found = multiple_independence(groups, more, first_exclusive=True)
    assert found.whole.p == pytest.approx(MRCV["p"], rel=1e-6)
    with pytest.raises(InvalidInput) as caught:
        multiple_independence(groups, np.zeros((262, 2), dtype=bool))
    assert caught.value.code == "stats.one_category"
    with pytest.raises(InvalidInput) as caught:
        multiple_independence(items, groups, first_exclusive=True)
    assert caught.value.code == "stats.not_exclusive"


def _flags(chosen: int, n: int) -> Any:
    return np.arange(n) < chosen


@pytest.mark.parametrize("case", R["apart"], ids=lambda case: f"{case['x']}/{case['n']}")
def test_a_difference_of_separate_shares_matches_r(case: dict[str, Any]) -> None:
    found = shares_apart(_flags(case["x"], case["n"]), _flags(case["y"], case["m"]))
    assert [found.effect.value, found.effect.low, found.effect.high] == pytest.approx(
        [case["difference"], case["low"], case["high"]], rel=1e-6
    )
    assert found.test is not None
    if found.test.kind is TestKind.FISHER:
        assert found.test.p == pytest.approx(case["fisher"], rel=1e-6)
    else:
        assert found.test.statistic is not None
        assert [found.test.statistic**2, found.test.p] == pytest.approx([case["chisq"], case["p"]], rel=1e-6)


def test_newcombes_published_interval_comes_out() -> None:
    found = shares_apart(_flags(48, 80), _flags(56, 70))
    assert (round(found.effect.low, 4), round(found.effect.high, 4)) == (0.0524, 0.3339)


def test_equal_weights_give_the_unweighted_difference() -> None:
    first, second = _flags(48, 80), _flags(56, 70)
    weighted, plain = shares_apart(first, second, np.full(80, 2.0), np.full(70, 5.0)), shares_apart(first, second)
    assert weighted.effect.low == pytest.approx(plain.effect.low)
    assert weighted.test is not None and plain.test is not None
    assert weighted.test.p == pytest.approx(plain.test.p)


def test_a_difference_that_cannot_be_tested_has_an_interval_and_no_p_value() -> None:
    found = shares_apart(_flags(0, 10), _flags(0, 20))
    assert found.test is None
    assert found.effect.low < 0 < found.effect.high
    assert shares_apart(_flags(1, 9), _flags(2, 8), np.ones(9), np.ones(8)).test is None
    with pytest.raises(InvalidInput):
        shares_apart(_flags(0, 0), _flags(1, 2))


@pytest.mark.parametrize(("back", "ahead", "place"), [(3, 11, 0), (6, 6, 1), (0, 5, 2)])
def test_matched_waves_are_tested_by_those_who_changed(back: int, ahead: int, place: int) -> None:
    first = np.array([True] * back + [False] * ahead + [True] * 9 + [False] * 4)
    second = np.array([False] * back + [True] * ahead + [True] * 9 + [False] * 4)
    found = shares_paired(first, second)
    assert found.test is not None
    assert found.test.p == pytest.approx(R["mcnemar"][place], rel=1e-9)
    assert found.effect.value == pytest.approx((ahead - back) / first.size)
    assert found.effect.low <= found.effect.value <= found.effect.high


def test_newcombes_published_paired_interval_comes_out() -> None:
    # Newcombe (1998), Statistics in Medicine 17:2635-2650, table II, method 10: 36, 12, 2, 0.
    first = np.array([True] * 48 + [False] * 2)
    second = np.array([True] * 36 + [False] * 12 + [True] * 2)
    found = shares_paired(second, first)
    assert (round(found.effect.low, 4), round(found.effect.high, 4)) == (0.0569, 0.3404)


def test_waves_in_which_nobody_changed_have_no_p_value() -> None:
    flags = np.array([True, False, True])
    assert shares_paired(flags, flags).test is None
    with pytest.raises(InvalidInput) as caught:
        shares_paired(flags, flags[:2])
    assert caught.value.code == "stats.not_paired"


def test_differences_of_means_match_r() -> None:
    case = R["welch"]
    found = means_apart(np.array(case["first"]), np.array(case["second"]))
    assert found.test is not None
    assert [found.test.statistic, found.test.degrees, found.test.p] == pytest.approx(
        [case["t"], case["df"], case["p"]], rel=1e-6
    )
    assert [found.effect.low, found.effect.high] == pytest.approx(case["bounds"], rel=1e-6)


def test_means_without_spread_or_with_one_answer_are_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        means_apart(np.array([1.0, 1.0]), np.array([2.0, 2.0]))
    assert caught.value.code == "stats.no_variation"
    with pytest.raises(InvalidInput) as caught:
        means_apart(np.array([1.0]), np.array([2.0]))
    assert caught.value.code == "stats.too_few"


def test_changes_of_means_of_the_same_respondents_match_r() -> None:
    case = R["paired"]
    found = means_paired(np.array(case["first"]), np.array(case["second"]))
    assert found.test is not None
    assert [found.test.statistic, found.test.degrees, found.test.p] == pytest.approx(
        [case["t"], case["df"], case["p"]], rel=1e-6
    )
    assert [found.effect.low, found.effect.high] == pytest.approx(case["bounds"], rel=1e-6)


def test_paired_numbers_that_cannot_be_tested_are_refused() -> None:
    one, other = np.array([1.0, 5.0]), np.array([2.0, 6.0])
    tenths = np.array([0.2, 0.7, 1.1, 5.3])
    for first, second, code in (
        (one, other, "stats.no_variation"),
        (tenths, tenths + 0.1, "stats.no_variation"),  # though the changes differ in their last bit
        (one[:1], other[:1], "stats.too_few"),
        (one, other[:1], "stats.not_paired"),
        (one[:0], other[:0], "stats.empty_base"),
    ):
        with pytest.raises(InvalidInput) as caught:
            means_paired(first, second)
        assert caught.value.code == code


@pytest.mark.parametrize("shift", [0.0, 3.0, 12.0])
def test_medians_of_separate_waves_are_tested_as_scipy_does(shift: float) -> None:
    draw = np.random.default_rng(5)
    first, second = np.round(draw.gamma(2, 10, 60)), np.round(draw.gamma(2, 10, 75) + shift)
    found = medians_apart(first, second)
    assert found.test is not None
    assert found.test.p == pytest.approx(median_test(first, second, correction=False, ties="below").pvalue, rel=1e-9)
    assert found.effect.value == np.median(second) - np.median(first)
    assert found.effect.low < found.effect.value < found.effect.high
    turned = medians_apart(second, first)
    assert (turned.effect.low, turned.effect.high) == pytest.approx((-found.effect.high, -found.effect.low))


@pytest.mark.parametrize("n", [12, 30])
def test_the_interval_of_two_medians_holds_their_difference_as_often_as_it_says(n: int) -> None:
    draw = np.random.default_rng(2)
    held = 0
    for _ in range(400):
        found = medians_apart(draw.exponential(1, n), draw.exponential(3, 2 * n))
        held += found.effect.low <= 2 * np.log(2) <= found.effect.high
    assert held >= 0.94 * 400


def test_the_middle_change_has_the_interval_and_the_test_of_its_signs() -> None:
    first = np.array([4.0, 2, 9, 5, 7, 3, 8, 6, 1, 5, 4, 2])
    second = first + np.array([1.0, 2, 3, 4, 5, 6, 7, -1, -2, 0, 8, 9])
    found = median_change(first, second)
    assert found.test is not None
    assert found.test.p == pytest.approx(binomtest(2, 11).pvalue, rel=1e-12)
    # The third of the twelve changes from either end: R qbinom(0.025, 12, 0.5) is 3.
    assert (found.effect.value, found.effect.low, found.effect.high) == (3.5, 0, 7)
    assert median_change(first, first).test is None
    for change in (lambda: median_change(first[:5], second[:5]), lambda: medians_apart(first, second[:5])):
        with pytest.raises(InvalidInput) as caught:
            change()
        assert (caught.value.code, caught.value.params["n"]) == ("stats.too_few", 6)


def test_a_change_is_measured_by_what_respondents_differ_by() -> None:
    first, second = np.array([1.0, 2, 3, 4, 5]), np.array([3.0, 4, 5, 6, 7])
    assert standardised(first, second) == pytest.approx(2 / 2.5**0.5)
    case = R["welch"]  # by Python's statistics: (mean(y) - mean(x)) / sqrt((variance(x) + variance(y)) / 2)
    assert standardised(np.array(case["first"]), np.array(case["second"])) == pytest.approx(-0.6977669635712, rel=1e-9)
    assert standardised(np.ones(4), np.ones(4)) is None
    assert standardised(first[:1], second) is None


def test_letters_of_means_name_the_lower_columns() -> None:
    case = R["welch"]
    first, second = np.array(case["first"]), np.array(case["second"])
    columns = [mean(first), mean(second), mean(first + 100), mean(np.array([1.0])), None]
    found = mean_letters(columns, correction=Correction.NONE)
    assert found.letters[2] == "AB"
    assert found.letters[3:] == ("", "")
    assert (len(found.pairs), found.untested) == (3, 7)
    pair = next(each for each in found.pairs if {each.higher, each.lower} == {0, 1})
    wanted = means_apart(first, second)
    assert wanted.test is not None
    assert (pair.p, pair.adjusted) == (wanted.test.p, wanted.test.p)
    assert pair.difference == abs(wanted.effect.value)
    assert sorted((abs(pair.low), abs(pair.high))) == sorted((abs(wanted.effect.low), abs(wanted.effect.high)))
    assert pair.low < pair.difference < pair.high


def test_letters_of_weighted_means_rest_on_weighted_means() -> None:
    values = np.arange(10, dtype=np.float64)
    plain = [mean(values), mean(values)]
    assert mean_letters(plain).pairs[0].difference == 0
    heavy = np.where(values > 7, 50.0, 1.0)
    (pair,) = mean_letters([mean(values, heavy), mean(values, np.ones(10))]).pairs
    assert (pair.higher, pair.lower) == (0, 1)
    assert pair.difference == pytest.approx(float(heavy @ values / heavy.sum()) - 4.5)


def test_the_detectable_change_of_two_waves_comes_out() -> None:
    assert round(detectable_change(460, 460), 3) == 0.092
    assert detectable_change(460, 300) == pytest.approx(R["detectable"], rel=1e-9)
    with pytest.raises(InvalidInput):
        detectable_change(0, 460)


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ([[0, 0], [0, 0]], "stats.empty_base"),
        ([[3, 4], [0, 0]], "stats.one_category"),
        ([[3, 0], [4, 0]], "stats.one_category"),
        ([[3, -1], [4, 0]], "stats.count_outside_base"),
    ],
)
def test_a_table_of_one_row_or_of_nobody_is_refused(counts: list[list[int]], code: str) -> None:
    for act in (pearson, fisher):
        with pytest.raises(InvalidInput) as caught:
            act(np.array(counts))
        assert caught.value.code == code


def test_empty_rows_of_a_table_change_nothing() -> None:
    assert pearson(np.array([[3, 1], [0, 0], [1, 3]])) == pearson(np.array([[3, 1], [1, 3]]))
    assert fisher(np.array([[3, 0, 1], [1, 0, 3]])) == fisher(np.array([[3, 1], [1, 3]]))
