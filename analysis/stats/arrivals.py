"""Forecast of how many replies will have arrived on a later day, from the replies of the days before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WINDOW_DAYS = 28
MINIMUM_DAYS = 7
MINIMUM_REPLIES = 10
DRAWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Replies on the last day: the middle of the draws, and the range that eight of ten draws fall into."""

    low: int
    middle: int
    high: int
    days: int
    from_days: int


def forecast(
    counts: Sequence[int], days_left: int, *, so_far: int, first_weekday: int, rng: np.random.Generator
) -> Forecast | None:
    """How many replies there will be after `days_left` more days, None when there is too little to go by.

    counts         replies of each whole day up to yesterday, the oldest first
    so_far         all replies until now, those of the running day too
    first_weekday  weekday (0 to 6) of the first of the days that are left
    Method  weekday bootstrap: each day that is left draws the count of a day of the same weekday among the last 28,
            or of any of them where there are fewer than two; 2,000 draws, quantiles 0.1, 0.5, 0.9. It knows no rush
            before a deadline and no effect of a reminder that is yet to be sent.
    None    with fewer than 7 days or 10 replies among them, or when no day is left.
    """
    window = np.asarray(counts[-WINDOW_DAYS:], dtype=np.int64)
    if days_left <= 0 or len(window) < MINIMUM_DAYS or int(window.sum()) < MINIMUM_REPLIES:
        return None
    # The last day of the window is the day before the first that is drawn, less the running day.
    weekdays = (first_weekday - 1 - np.arange(len(window), 0, -1)) % 7
    totals = np.zeros(DRAWS, dtype=np.int64)
    for offset in range(7):
        repeated = len(range(offset, days_left, 7))
        if repeated:
            same = window[weekdays == (first_weekday + offset) % 7]
            pool = same if len(same) >= 2 else window
            totals += rng.choice(pool, size=(DRAWS, repeated)).sum(axis=1)
    low, middle, high = np.quantile(totals, (0.1, 0.5, 0.9), method="inverted_cdf")
    return Forecast(
        low=so_far + int(low),
        middle=so_far + int(middle),
        high=so_far + int(high),
        days=days_left,
        from_days=len(window),
    )
