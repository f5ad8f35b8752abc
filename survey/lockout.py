"""Back-off after wrong attempts to sign in: growing for an account from one address, for an address, for an account.

What a stranger does at another address holds the owner of an account up for a minute at most, and not at all where the
owner signed in lately. Names and addresses are kept as hashes, whether there is such an account or not.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.errors import NotAllowed
from data.people_records import FailureCount
from data.store import Transaction
from survey.codes import hash_of
from survey.guard import counted_as

QUIET_HOURS = 24
"""So long after the last wrong attempt a count begins anew."""
KNOWN_DAYS = 90
"""So long an address is known after a sign-in from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """After `free` wrong attempts the next waits `first_seconds`, doubling with each up to `most_seconds`."""

    free: int
    first_seconds: int
    most_seconds: int

    def wait(self, failures: int) -> timedelta:
        over = failures - self.free
        return timedelta(seconds=0 if over < 0 else min(self.most_seconds, self.first_seconds << min(over, 20)))


_HERE = _Limit(free=5, first_seconds=60, most_seconds=3600)
_ADDRESS = _Limit(free=50, first_seconds=60, most_seconds=3600)
_ACCOUNT = _Limit(free=20, first_seconds=2, most_seconds=60)
_CODE = _Limit(free=5, first_seconds=60, most_seconds=3600)
"""Only who has the password, or a session, gets to try codes, so no stranger comes here."""

FAILURES_BEFORE_LOCK = _HERE.free


def begin_attempt(kept: Transaction, login: str, address: str, *, now: datetime) -> None:
    """Counts an attempt as a wrong one before it is judged, so that many at once gain nothing.

    address  "" when addresses cannot be told apart: then the account's own count decides alone
    Raises NotAllowed("sign_in.locked") with `until` when it comes too soon; that one is not counted.
    """
    address = counted_as(address)
    limits = _limits(login, address)
    counts = {key: kept.failure_count(key) for key in limits}
    known = bool(address) and _is_known(counts[_key("here", login, address)], now)
    waits = [
        count.blocked_until
        for key, count in counts.items()
        if count.blocked_until is not None and not (known and key == _key("account", login))
    ]
    if waits and max(waits) > now:
        raise NotAllowed("sign_in.locked", until=max(waits))
    for key, limit in limits.items():
        _count(kept, key, counts[key], limit, now)
    kept.forget_failures(
        failed_before=now - timedelta(hours=QUIET_HOURS), succeeded_before=now - timedelta(days=KNOWN_DAYS)
    )


def attempt_succeeded(kept: Transaction, login: str, address: str, *, now: datetime) -> None:
    """The attempt was right: the account's counts begin anew, and the address is known for it."""
    address = counted_as(address)
    kept.set_failure_count(_key("account", login), FailureCount())
    if address:
        kept.set_failure_count(_key("here", login, address), FailureCount(succeeded_at=now))
        # The others of an address stay: an account of one's own must not wipe them out.
        key = _key("address", address)
        count = kept.failure_count(key)
        failures = max(0, count.failures - 1)
        kept.set_failure_count(key, replace(count, failures=failures, blocked_until=None))


def begin_code(kept: Transaction, person_id: int, *, now: datetime) -> None:
    """Counts a code, or a password that a signed-in person repeats, as wrong before it is judged.

    Raises NotAllowed("sign_in.locked") when it comes too soon.
    """
    key = _key("code", str(person_id))
    count = kept.failure_count(key)
    if count.blocked_until is not None and count.blocked_until > now:
        raise NotAllowed("sign_in.locked", until=count.blocked_until)
    _count(kept, key, count, _CODE, now)


def code_succeeded(kept: Transaction, person_id: int) -> None:
    """It was right: the count begins anew."""
    kept.set_failure_count(_key("code", str(person_id)), FailureCount())


def failures_here(kept: Transaction, login: str, address: str) -> int:
    """Wrong attempts at this account, from this address where it is known."""
    address = counted_as(address)
    return kept.failure_count(_key("here", login, address) if address else _key("account", login)).failures


def _limits(login: str, address: str) -> dict[str, _Limit]:
    limits = {_key("account", login): _ACCOUNT}
    if address:
        limits |= {_key("here", login, address): _HERE, _key("address", address): _ADDRESS}
    return limits


def _count(kept: Transaction, key: str, count: FailureCount, limit: _Limit, now: datetime) -> None:
    lately = count.failed_at is not None and count.failed_at > now - timedelta(hours=QUIET_HOURS)
    failures = (count.failures if lately else 0) + 1
    wait = limit.wait(failures)
    kept.set_failure_count(
        key, replace(count, failures=failures, failed_at=now, blocked_until=now + wait if wait else None)
    )


def _is_known(count: FailureCount, now: datetime) -> bool:
    return count.succeeded_at is not None and count.succeeded_at > now - timedelta(days=KNOWN_DAYS)


def _key(kind: str, *parts: str) -> str:
    return hash_of("\n".join([kind, *parts]))
