"""The forecast of replies: weekdays, ranges, and silence where there is too little."""

import numpy as np
import pytest

from analysis.stats.arrivals import Forecast, forecast


def expected(counts: list[int], days_left: int, *, first_weekday: int = 0, so_far: int = 0) -> Forecast | None:
    rng = np.random.default_rng(1)
    return forecast(counts, days_left, so_far=so_far, first_weekday=first_weekday, rng=rng)


@pytest.mark.parametrize(
    ("counts", "days_left"), [([], 5), ([9] * 6, 5), ([1] * 9, 5), ([5] * 20, 0), ([5] * 20, -3), ([0] * 40, 4)]
)
def test_with_too_little_nothing_is_said(counts: list[int], days_left: int) -> None:
    assert expected(counts, days_left) is None


def test_days_that_never_differ_leave_no_range() -> None:
    assert expected([3] * 30, 10, so_far=100) == Forecast(low=130, middle=130, high=130, days=10, from_days=28)


def test_a_weekday_is_drawn_from_its_like() -> None:
    # Seven replies on each Monday (0) and none else; the last day of the window is a Saturday, two days before Monday.
    week = [0, 7, 0, 0, 0, 0, 0]  # Sunday to Saturday
    assert expected(week * 4, 1, first_weekday=0) == Forecast(low=7, middle=7, high=7, days=1, from_days=28)
    found = expected(week * 4, 15, first_weekday=0)
    assert found is not None
    assert (found.low, found.high) == (21, 21)


def test_the_range_covers_what_comes_in_about_eight_of_ten() -> None:
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(200):
        drawn = rng.poisson(4, size=28 + 14)
        found = forecast(list(map(int, drawn[:28])), 14, so_far=0, first_weekday=3, rng=rng)
        assert found is not None
        inside += found.low <= drawn[28:].sum() <= found.high
    assert 0.6 < inside / 200 < 0.95


def test_old_days_do_not_count() -> None:
    found = expected([50] * 30 + [1] * 28, 7)
    assert found is not None
    assert found.high == 7
