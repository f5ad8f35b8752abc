"""When answers arrive: a slow start, a rise after each mailing, a steep last week, and late ones until 20 November."""

import random
from datetime import UTC, datetime, timedelta

OPENS = datetime(2026, 9, 1, tzinfo=UTC)
DEADLINE = datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
CLOSES = datetime(2026, 11, 21, tzinfo=UTC)
MAILINGS = (0, 14, 30, 44, 55)
"""Days after the opening on which an invitation or a reminder went out."""
HOURS = (1, 1, 1, 1, 2, 3, 5, 8, 11, 12, 11, 9, 10, 12, 12, 10, 8, 6, 5, 4, 4, 3, 2, 1)
"""Weight of each hour of the day, UTC."""


def day_weight(day: int) -> float:
    """How many answers a day (0 = 1 September) draws, relative to others; from day 61 on they are late."""
    date = OPENS + timedelta(days=day)
    weekend = 0.35 if date.weekday() >= 5 else 1.0
    if day > 60:
        reminder = 3.0 if date.day in (10, 11, 18, 19) else 1.0
        return weekend * reminder * (2.0 if day < 64 else 1.0)
    mailing = sum(4.0 * 0.6 ** (day - sent) for sent in MAILINGS if 0 <= day - sent < 6)
    last_week = 2.2 * 1.45 ** (day - 54) if day >= 54 else 0.0
    return max(weekend, 0.6 if day == 60 else 0.0) * (0.7 + 0.015 * day + mailing + last_week)


def submission_times(count: int, late: int, rng: random.Random) -> list[datetime]:
    """`count` distinct times in order; exactly `late` of them lie between 1 and 20 November."""
    on_time = _draw(range(61), count - late, rng)
    return sorted(on_time) + sorted(_draw(range(61, 81), late, rng))


def start_of(submitted: datetime, rng: random.Random) -> datetime:
    """When somebody who submitted then opened the form: mostly within hours, for some days before."""
    minutes = rng.choices((rng.uniform(14, 70), rng.uniform(70, 400), rng.uniform(900, 9000)), (60, 22, 18))[0]
    return max(submitted - timedelta(seconds=round(minutes * 60)), OPENS + timedelta(minutes=rng.randrange(3, 30)))


def _draw(days: range, count: int, rng: random.Random) -> list[datetime]:
    weights = [day_weight(day) for day in days]
    times: set[datetime] = set()
    while len(times) < count:
        day = rng.choices(days, weights)[0]
        hour = rng.choices(range(24), HOURS)[0]
        time = OPENS + timedelta(days=day, hours=hour, minutes=rng.randrange(60), seconds=rng.randrange(60))
        if OPENS + timedelta(hours=1) < time and not DEADLINE - timedelta(seconds=59) < time < DEADLINE + timedelta(
            minutes=1
        ):
            times.add(time)
    return list(times)
