"""The forecast of replies: weekdays, ranges, who can still reply, and silence where there is too little."""

from collections.abc import Sequence

import numpy as np
import pytest

from analysis.stats.arrivals import Forecast, Stream, forecast


def expected(
    counts: Sequence[int], days_left: int, *, silent: int | None = None, first_weekday: int = 0, so_far: int = 0
) -> Forecast | None:
    rng = np.random.default_rng(1)
    streams = [Stream(counts=tuple(counts), silent=silent)]
    return forecast(streams, days_left, so_far=so_far, first_weekday=first_weekday, rng=rng)


def told(
    counts: Sequence[int], days_left: int, *, silent: int | None = None, first_weekday: int = 0, so_far: int = 0
) -> Forecast:
    found = expected(counts, days_left, silent=silent, first_weekday=first_weekday, so_far=so_far)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("counts", "days_left"), [([], 5), ([9] * 6, 5), ([1] * 9, 5), ([5] * 20, 0), ([5] * 20, -3), ([0] * 40, 4)]
)
def test_with_too_little_nothing_is_said(counts: list[int], days_left: int) -> None:
    assert expected(counts, days_left) is None


@pytest.mark.parametrize(("days", "days_left"), [(8, 9), (28, 29), (60, 29), (60, 1130)])
def test_a_day_further_off_than_the_days_seen_is_not_foreseen(days: int, days_left: int) -> None:
    assert expected([20] * days, days_left) is None
    assert expected([20] * days, min(days, 28)) is not None


def test_there_are_never_more_replies_than_organisations_that_can_still_reply() -> None:
    rush = [3] * 21 + [60] * 7
    found = told(rush, 28, silent=40, so_far=483)
    assert found.high <= 523
    assert told(rush, 28, silent=0, so_far=483) == Forecast(low=483, middle=483, high=483, days=28, from_days=28)


def test_the_curve_flattens_as_fewer_can_reply() -> None:
    # A tenth of 400 silent organisations each day, for ten days; 139 are silent still.
    silent, counts = 400, []
    for _ in range(10):
        counts.append(round(silent / 10))
        silent -= counts[-1]
    after = [told(counts, days, silent=silent).middle for days in (2, 4, 6, 8, 10)]
    steps = np.diff([0, *after])
    assert list(steps) == sorted(steps, reverse=True)
    truth = silent * (1 - 0.9**10)
    assert told(counts, 10, silent=silent).low <= truth <= told(counts, 10, silent=silent).high


def test_replies_that_thin_out_are_foreseen_to_go_on_thinning_out() -> None:
    counts = [round(40 * np.exp(-0.15 * day)) for day in range(21)]
    truth = sum(40 * np.exp(-0.15 * day) for day in range(21, 35))
    found = told(counts, 14)
    assert found.low <= truth <= found.high
    assert found.middle < 3 * truth


def test_replies_that_grow_are_not_foreseen_to_go_on_growing() -> None:
    counts = [round(2 * 1.15**day) for day in range(21)]
    found = told(counts, 14)
    assert found.high < 14 * max(counts)


def test_equal_days_have_a_range_all_the_same() -> None:
    found = told([20] * 28, 28, so_far=1000)
    assert found.low < found.middle < found.high
    assert found.low <= 1560 <= found.high
    assert found.high - found.low > 40


def test_a_weekday_is_foreseen_from_its_like() -> None:
    # Seven replies on each Monday (0) and none else; the last day of the window is a Saturday, two days before Monday.
    week = [0, 7, 0, 0, 0, 0, 0]  # Sunday to Saturday
    after = [told(week * 4, days).middle for days in (1, 7, 8)]
    assert after[0] >= 3
    assert after[2] - after[1] >= 3
    assert after[1] - after[0] < 6 * 7 / 7


@pytest.mark.parametrize("scatter", [1, 4])
@pytest.mark.parametrize("silent", [None, 400])
def test_the_range_covers_what_comes_in_about_eight_of_ten(scatter: int, silent: int | None) -> None:
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(200):
        left, drawn = silent, []
        for _day in range(42):
            mean = 6.0 if left is None else 0.03 * left
            noisy = mean if scatter == 1 else rng.gamma(mean / (scatter - 1), scatter - 1)
            come = int(rng.poisson(noisy))
            if left is not None:
                come = min(come, left)
                left -= come
            drawn.append(come)
        known = None if silent is None else silent - sum(drawn[:28])
        streams = [Stream(counts=tuple(drawn[:28]), silent=known)]
        found = forecast(streams, 14, so_far=0, first_weekday=3, rng=rng)
        assert found is not None
        inside += found.low <= sum(drawn[28:]) <= found.high
    assert 0.68 < inside / 200 < 0.95


def test_two_streams_add_up_each_with_its_own_bound() -> None:
    rng = np.random.default_rng(1)
    streams = [Stream(counts=(10,) * 28, silent=5), Stream(counts=(1,) * 28)]
    found = forecast(streams, 28, so_far=308, first_weekday=0, rng=rng)
    assert found is not None
    assert 313 <= found.low <= 308 + 5 + 28 <= found.high < 308 + 5 + 60


def test_old_days_do_not_count() -> None:
    assert told([50] * 30 + [1] * 28, 7).high < 14
