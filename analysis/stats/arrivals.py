"""Forecast of how many replies will have arrived on a later day, from the replies of the days before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WINDOW_DAYS = 28
MINIMUM_DAYS = 7
MINIMUM_REPLIES = 10
DRAWS = 4000
_DECAYS = np.linspace(0.0, 0.4, 81)
"""By how much arrivals may thin out from day to day; at 0.4 they halve within two days. They never grow."""
_ORDINARY_DAYS = 2.0
"""A weekday counts as if it had been seen on so many ordinary days besides: few weeks tell little about a weekday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Replies on the last day: the middle of the draws, and the range that eight of ten draws fall into."""

    low: int
    middle: int
    high: int
    days: int
    from_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Replies of each whole day up to yesterday, the oldest first, of those who answer independently of others.

    silent  how many of them can still reply; None when nobody knows
    """

    counts: tuple[int, ...]
    silent: int | None = None


def forecast(
    streams: Sequence[Stream], days_left: int, *, so_far: int, first_weekday: int, rng: np.random.Generator
) -> Forecast | None:
    """How many replies there will be after `days_left` more days, None when there is too little to go by.

    streams        of equally many days; days before a turning point, such as a deadline that has passed, left out
    so_far         all replies until now, those of the running day too
    first_weekday  weekday (0 to 6) of the first of the days that are left
    Method  For each stream the chance that one of the silent replies on a day (without a bound: the number of replies
            of a day) follows the weekday and thins out exponentially. How fast it thins out is weighed on a grid by
            its quasi-likelihood, half of the weight beforehand on not at all; the rate is drawn from a Gamma
            distribution; days scatter as much more than Poisson as those seen did (McCullagh and Nelder 1989,
            section 6.2). No stream yields more than its silent. 4,000 draws, quantiles 0.1, 0.5, 0.9. It knows no
            rush before a deadline and no effect of a reminder that is yet to be sent.
    None    with fewer than 7 days or 10 replies, when no day is left, or when the day is further off than as many
            days as are seen: at most 28.
    """
    counts = [np.asarray(stream.counts[-WINDOW_DAYS:], dtype=np.float64) for stream in streams]
    seen = len(counts[0])
    if not 0 < days_left <= seen or seen < MINIMUM_DAYS or sum(each.sum() for each in counts) < MINIMUM_REPLIES:
        return None
    # The last day of the window is the day before the first that is drawn, less the running day.
    weekdays = (first_weekday - 1 - np.arange(seen, 0, -1)) % 7
    ahead = (first_weekday + np.arange(days_left)) % 7
    usual = _weekday_factors(np.sum(counts, axis=0), weekdays)
    totals = np.zeros(DRAWS, dtype=np.int64)
    for stream, of_days in zip(streams, counts, strict=True):
        totals += _drawn(of_days, stream.silent, usual[weekdays], usual[ahead], rng)
    low, middle, high = np.quantile(totals, (0.1, 0.5, 0.9), method="inverted_cdf")
    return Forecast(
        low=so_far + int(low), middle=so_far + int(middle), high=so_far + int(high), days=days_left, from_days=seen
    )


def _weekday_factors(counts: NDArray[np.float64], weekdays: NDArray[np.int64]) -> NDArray[np.float64]:
    """(7,) how much more or less than an ordinary day each weekday brings, drawn towards 1."""
    ordinary = counts.mean()
    days = np.bincount(weekdays, minlength=7)
    sums = np.bincount(weekdays, weights=counts, minlength=7)
    factors: NDArray[np.float64] = (sums / ordinary + _ORDINARY_DAYS) / (days + _ORDINARY_DAYS)
    return factors


def _drawn(
    counts: NDArray[np.float64],
    silent: int | None,
    usual: NDArray[np.float64],
    ahead: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """(DRAWS,) replies of one stream on the days ahead."""
    total, days = counts.sum(), len(counts)
    # Those of a day were drawn from whoever was silent on its morning.
    exposed = usual * (1.0 if silent is None else silent + np.cumsum(counts[::-1])[::-1])
    if not exposed.any():
        return np.zeros(DRAWS, dtype=np.int64)
    age = np.arange(days - 1, -1, -1)
    weights = exposed * np.exp(_DECAYS[:, None] * age)
    sums = weights.sum(axis=1)
    likelihood = _DECAYS * (counts @ age) - total * np.log(sums)
    best = int(likelihood.argmax())
    expected = total * weights[best] / sums[best]
    known = expected > 0
    scatter = max(1.0, float(((counts - expected)[known] ** 2 / expected[known]).sum()) / (days - 2))
    prior = np.full(len(_DECAYS), 0.5 / (len(_DECAYS) - 1))
    prior[0] = 0.5
    chance = prior * np.exp((likelihood - likelihood.max()) / scatter)
    decay = rng.choice(len(_DECAYS), size=DRAWS, p=chance / chance.sum())
    rate = rng.gamma(total / scatter + 0.5, scatter / sums[decay])
    left = np.full(DRAWS, np.inf if silent is None else silent)
    found = np.zeros(DRAWS)
    for day, factor in enumerate(ahead, start=1):
        mean = rate * np.exp(-_DECAYS[decay] * day) * factor * (1.0 if silent is None else left)
        # Gamma and Poisson together scatter by `scatter` times the mean.
        spread = mean if scatter == 1.0 else rng.gamma(mean / (scatter - 1.0) + 1e-12, scatter - 1.0)
        come = np.minimum(rng.poisson(spread), left)
        found += come
        left -= come
    return found.astype(np.int64)
