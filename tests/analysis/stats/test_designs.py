"""Estimates under designs against R's `survey`, and the figures published for its California schools."""

import numpy as np
import pytest

from analysis.stats.designs import (
    Design,
    DesignEstimate,
    Lonely,
    covariance,
    design,
    mean,
    quantile,
    ratio,
    share,
    total,
)
from data.errors import InvalidInput
from tests.analysis.stats.reference import expected, table

R = expected("survey_designs")
STRATA, CLUSTERS = table("apistrat"), table("apiclus1")
STRATIFIED = design(
    STRATA["pw"].to_numpy(float),
    strata=STRATA["stype"].to_numpy(str),
    population=STRATA["fpc"].to_numpy(float),
)
WITHOUT_CORRECTION = design(STRATA["pw"].to_numpy(float), strata=STRATA["stype"].to_numpy(str))
CLUSTERED = design(
    CLUSTERS["pw"].to_numpy(float),
    clusters=CLUSTERS["dnum"].to_numpy(),
    population=CLUSTERS["fpc"].to_numpy(float),
)
SCORE, SCORE_CLUSTERED = STRATA["api00"].to_numpy(float), CLUSTERS["api00"].to_numpy(float)
PUPILS = STRATA["enroll"].to_numpy(float)
UNEVEN = {
    "weights": np.array([2.0, 2, 2, 3, 3, 4]),
    "strata": np.array([1, 1, 1, 2, 2, 3]),
}
FOUND = {
    "strat_mean_api00": mean(STRATIFIED, SCORE),
    "plain_mean_api00": mean(WITHOUT_CORRECTION, SCORE),
    "strat_total_enroll": total(STRATIFIED, PUPILS),
    "strat_ratio": ratio(STRATIFIED, SCORE, PUPILS),
    "strat_wide": share(STRATIFIED, (STRATA["sch.wide"] == "Yes").to_numpy()),
    "strat_median_api00": quantile(STRATIFIED, SCORE),
    "clus_mean_api00": mean(CLUSTERED, SCORE_CLUSTERED),
    "clus_wide": share(CLUSTERED, (CLUSTERS["sch.wide"] == "Yes").to_numpy()),
    "clus_median_api00": quantile(CLUSTERED, SCORE_CLUSTERED),
    "clus_total_enroll": total(CLUSTERED, CLUSTERS["enroll"].to_numpy(float)),
    "domain_comp_yes": mean(STRATIFIED, SCORE, (STRATA["comp.imp"] == "Yes").to_numpy()),
    "domain_type_h": mean(STRATIFIED, SCORE, (STRATA["stype"] == "H").to_numpy()),
    "clus_domain_h": mean(CLUSTERED, SCORE_CLUSTERED, (CLUSTERS["stype"] == "H").to_numpy()),
}


@pytest.mark.parametrize("name", FOUND)
def test_estimate_error_and_bounds_match_r_survey(name: str) -> None:
    found, wanted = FOUND[name], R[name]
    assert [found.value, found.standard_error, found.low, found.high] == pytest.approx(
        [wanted["value"], wanted["se"], wanted["low"], wanted["high"]], rel=1e-6
    )


def test_published_figures_come_out() -> None:
    def shown(found: DesignEstimate, digits: int) -> tuple[float, float]:
        return round(found.value, digits), round(found.standard_error, digits)

    assert shown(FOUND["strat_mean_api00"], 2) == (662.29, 9.41)
    assert round(FOUND["strat_mean_api00"].standard_error, 4) == 9.4089
    assert shown(FOUND["strat_total_enroll"], 0) == (3687178, 114642)
    assert shown(FOUND["clus_mean_api00"], 2) == (644.17, 23.54)


def test_design_effects_match_r_survey() -> None:
    assert FOUND["strat_mean_api00"].design_effect == pytest.approx(R["strat_deff_api00"], rel=1e-6)
    assert FOUND["clus_mean_api00"].design_effect == pytest.approx(R["clus_deff_api00"], rel=1e-6)


def test_a_domain_has_the_degrees_of_freedom_of_its_own_strata() -> None:
    assert FOUND["domain_type_h"].degrees == R["domain_degf"] == 49
    assert STRATIFIED.degrees_of_freedom == 197


@pytest.mark.parametrize(("lonely", "name"), [(Lonely.CENTRE, "lonely_centre"), (Lonely.CERTAIN, "lonely_certain")])
def test_a_stratum_with_one_unit_is_treated_as_asked(lonely: Lonely, name: str) -> None:
    found = mean(design(**UNEVEN, lonely=lonely), np.array([2.0, 4, 9, 1, 5, 7]))
    assert [found.value, found.standard_error] == pytest.approx([R[name]["value"], R[name]["se"]], rel=1e-6)


def test_a_stratum_with_one_unit_is_refused_unless_said_otherwise() -> None:
    with pytest.raises(InvalidInput) as caught:
        design(**UNEVEN)
    assert caught.value.code == "stats.lonely_unit"
    whole = design(**UNEVEN, population=np.array([30.0, 30, 30, 20, 20, 1]))
    assert mean(whole, np.arange(6.0)).n == 6


def test_a_frame_that_replied_in_full_has_no_error() -> None:
    whole = design(np.ones(4), strata=np.array([1, 1, 2, 2]), population=np.full(4, 2.0))
    found = mean(whole, np.array([1.0, 2, 3, 5]))
    assert (found.value, found.standard_error, found.low, found.high) == (2.75, 0.0, 2.75, 2.75)


def test_a_share_of_nobody_or_everybody_keeps_an_interval() -> None:
    nobody = share(STRATIFIED, np.zeros(200, dtype=np.bool_))
    assert (nobody.value, nobody.low) == (0.0, 0.0)
    assert nobody.high == pytest.approx(0.01827534036, rel=1e-6)  # R binom.test(0, 200)
    assert share(STRATIFIED, np.ones(200, dtype=np.bool_)).low == pytest.approx(1 - 0.01827534036, rel=1e-6)


def test_permuting_the_rows_changes_nothing() -> None:
    order = np.random.default_rng(7).permutation(200)
    shuffled = STRATA.iloc[order]
    other = design(
        shuffled["pw"].to_numpy(float),
        strata=shuffled["stype"].to_numpy(str),
        population=shuffled["fpc"].to_numpy(float),
    )
    found = mean(other, SCORE[order])
    assert [found.value, found.standard_error] == pytest.approx(
        [FOUND["strat_mean_api00"].value, FOUND["strat_mean_api00"].standard_error], rel=1e-12
    )


def test_covariances_of_two_estimates_hold_their_variances() -> None:
    weights = STRATA["pw"].to_numpy(float)
    scores = np.column_stack([weights * (each - np.average(each, weights=weights)) for each in (SCORE, PUPILS)])
    found = covariance(STRATIFIED, scores / weights.sum())
    assert found[0, 0] ** 0.5 == pytest.approx(R["strat_mean_api00"]["se"], rel=1e-9)
    assert found[0, 1] == pytest.approx(found[1, 0])


def _refused(code: str, act: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        act()  # type: ignore[operator]
    assert caught.value.code == code


def test_impossible_designs_and_domains_are_refused() -> None:
    _refused("stats.empty_base", lambda: design(np.array([])))
    _refused("stats.empty_base", lambda: design(np.zeros(3)))
    _refused("stats.weights", lambda: design(np.array([1.0, -1.0])))
    _refused("stats.population", lambda: design(np.ones(3), population=np.full(3, 2.0)))
    _refused("stats.population", lambda: design(np.ones(3), population=np.array([9.0, 9.0, 8.0])))
    of: Design = design(np.ones(3))
    _refused("stats.empty_base", lambda: mean(of, np.ones(3), np.zeros(3, dtype=np.bool_)))
    _refused("stats.not_finite", lambda: mean(of, np.array([1.0, np.nan, 2.0])))
    _refused("stats.zero_denominator", lambda: ratio(of, np.ones(3), np.zeros(3)))
    _refused("stats.level", lambda: mean(of, np.ones(3), level=1.0))


def test_a_median_that_everybody_gave_is_certain() -> None:
    """Everybody who was invited replied, and most said the highest value: nobody can be above it."""
    values = np.array([1.0] * 40 + [5.0] * 60)
    found = quantile(design(np.ones(100), population=np.full(100, 100.0)), values, 0.5)
    assert (found.value, found.low, found.high, found.standard_error) == (5.0, 5.0, 5.0, 0.0)
    assert quantile(design(np.ones(100), population=np.full(100, 200.0)), values, 0.5).high == np.inf


def test_missing_answers_stand_outside_the_domain() -> None:
    values, there = np.array([1.0, np.nan, 3.0]), np.array([True, False, True])
    found = mean(design(np.ones(3)), values, there)
    assert (found.value, found.n) == (2.0, 2)
    assert quantile(design(np.ones(3)), values, 0.5, there).value == 2.0
