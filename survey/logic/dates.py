"""ISO 8601 dates and times as the expression language needs them: to days, back from days, and in a format.

Days count from 1970-01-01. A date, or a time without zone, counts as written; one with a zone counts in UTC.
Absolute day numbers therefore differ from engines that take local midnight; differences of dates do not.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_OFFSET_MINUTES = 14 * 60


def moment_of(text: str) -> datetime | None:
    """The moment that an ISO date or date-time names, with its zone if it has one; None for anything else."""
    day, separator, clock = text.strip().replace(" ", "T", 1).partition("T")
    matched = _DATE.fullmatch(day)
    if not matched:
        return None
    try:
        found = datetime(*(int(part) for part in matched.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - as written, without zone
    except ValueError:
        return None
    if not separator:
        return found
    time_and_zone = _clock(clock)
    if time_and_zone is None:
        return None
    elapsed, offset_minutes = time_and_zone
    try:
        found += elapsed
        return found if offset_minutes is None else found.replace(tzinfo=_zone(offset_minutes))
    except OverflowError:
        return None


def days_of(text: str) -> float | None:
    """Days since 1970-01-01 of an ISO date or date-time; None when it is none."""
    if not text[:1].isdigit():
        return None
    found = moment_of(text)
    if found is None:
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return (aware - _EPOCH) / timedelta(days=1)


def day_fraction(text: str) -> float | None:
    """The part of the day, from 0 to 1, of a clock time as written; None when it is none."""
    time_and_zone = _clock(text.strip())
    return None if time_and_zone is None else time_and_zone[0] / timedelta(days=1)


def moment_from_days(days: float) -> datetime | None:
    """The moment that many days after 1970-01-01, without zone; None when it is outside the calendar."""
    try:
        return (_EPOCH + timedelta(days=days)).replace(tzinfo=None)
    except (OverflowError, ValueError):
        return None


def iso_date(moment: date) -> str:
    """YYYY-MM-DD."""
    return f"{moment.year:04d}-{moment.month:02d}-{moment.day:02d}"


def iso_moment(moment: datetime) -> str:
    """YYYY-MM-DDThh:mm:ss.sss with the zone when there is one."""
    return moment.isoformat(timespec="milliseconds")


def formatted(moment: datetime, pattern: str, language: str = "") -> str:
    """The moment written by a pattern of format-date() and format-date-time(); unknown codes stay as they are.

    language  tag of the language of the short names of months and days; English when it is not known.
    """
    months, weekdays = _names(language)
    codes = {
        "Y": f"{moment.year:04d}",
        "y": f"{moment.year % 100:02d}",
        "m": f"{moment.month:02d}",
        "n": str(moment.month),
        "b": months[moment.month],
        "d": f"{moment.day:02d}",
        "e": str(moment.day),
        "a": weekdays[moment.weekday()],
        "H": f"{moment.hour:02d}",
        "h": str(moment.hour),
        "M": f"{moment.minute:02d}",
        "S": f"{moment.second:02d}",
        "3": f"{moment.microsecond // 1000:03d}",
        "%": "%",
    }
    return re.sub(r"%(.)", lambda found: codes.get(found[1], found[0]), pattern, flags=re.DOTALL)


@lru_cache(maxsize=64)
def _names(language: str) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """Short names of months by number from 1, and of days of the week from 0 for Monday."""
    try:
        locale = Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        locale = Locale("en")
    return locale.months["format"]["abbreviated"], locale.days["format"]["abbreviated"]


def _clock(text: str) -> tuple[timedelta, int | None] | None:
    """Time since midnight and offset from UTC in minutes of a clock time; None when it is none."""
    matched = _TIME.fullmatch(text)
    if not matched:
        return None
    hours, minutes, seconds = int(matched[1]), int(matched[2]), int(matched[3] or 0)
    offset = _offset_minutes(matched[5])
    if hours > 23 or minutes > 59 or seconds > 59 or (offset is not None and abs(offset) > _MAX_OFFSET_MINUTES):
        return None
    microseconds = int((matched[4] or "0").ljust(6, "0")[:6])
    return timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds), offset


def _offset_minutes(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone == "Z":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return -minutes if zone[0] == "-" else minutes


def _zone(offset_minutes: int) -> timezone:
    return timezone(timedelta(minutes=offset_minutes))
