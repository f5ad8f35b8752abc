"""Back-off: growing, for an account and for an address, without a stranger locking somebody out for long."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest

from data.errors import NotAllowed
from data.store import Store
from survey import lockout
from tests.small import NOW, refused

SECOND = timedelta(seconds=1)
HOME, STRANGER = "192.0.2.7", "203.0.113.9"


def attempt(store: Store, login: str = "ana", address: str = STRANGER, now: datetime = NOW) -> timedelta:
    """How long the attempt has to wait; a wrong one that was counted waits no time."""
    try:
        with store.write() as kept:
            lockout.begin_attempt(kept, login, address, now=now)
    except NotAllowed as error:
        until = error.params["until"]
        assert isinstance(until, datetime)
        return until - now
    return timedelta()


def waits(store: Store, addresses: Iterable[str], login: str = "ana") -> list[int]:
    """Seconds before each of these attempts, one after the other, each as early as it may be."""
    now, found = NOW, []
    for address in addresses:
        wait = attempt(store, login, address, now)
        found.append(wait // SECOND)
        if wait:
            now += wait
            assert attempt(store, login, address, now) == timedelta()
    return found


def succeed(store: Store, address: str, now: datetime = NOW, login: str = "ana") -> None:
    with store.write() as kept:
        lockout.attempt_succeeded(kept, login, address, now=now)


def test_one_address_waits_longer_and_longer_for_one_account(store: Store) -> None:
    assert waits(store, [STRANGER] * 13) == [0, 0, 0, 0, 0, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_a_stranger_does_not_hold_up_another_address(store: Store) -> None:
    waits(store, [STRANGER] * 12)
    assert attempt(store, address=HOME) == timedelta()


def test_many_addresses_at_one_account_hold_a_new_address_up_for_a_minute_at_most(store: Store) -> None:
    found = waits(store, [f"198.51.100.{n}" for n in range(1, 40)])
    assert found[:20] == [0] * 20
    assert found[20:26] == [2, 4, 8, 16, 32, 60]
    assert max(found) == 60


def test_where_somebody_signed_in_lately_strangers_hold_up_nothing(store: Store) -> None:
    succeed(store, HOME)
    for n in range(1, 40):
        attempt(store, address=f"198.51.100.{n}")
    assert attempt(store, address="198.51.100.99") > timedelta()
    assert attempt(store, address=HOME) == timedelta()


def test_an_address_is_forgotten_after_three_months(store: Store) -> None:
    succeed(store, HOME, NOW - timedelta(days=lockout.KNOWN_DAYS))
    for n in range(1, 40):
        attempt(store, address=f"198.51.100.{n}")
    assert attempt(store, address=HOME) > timedelta()


def test_one_address_that_tries_many_accounts_waits_for_all_of_them(store: Store) -> None:
    found = [attempt(store, login=f"person{n}") // SECOND for n in range(52)]
    assert (found[:50], found[50:]) == ([0] * 50, [60, 60])
    succeed(store, STRANGER, login="own-account")
    assert attempt(store, login="person1") == timedelta()
    assert attempt(store, login="person2") > timedelta(), "an account of one's own wipes one attempt out, not all"


def test_neighbours_in_one_ipv6_network_count_as_one(store: Store) -> None:
    waits(store, ["2001:db8::1"] * 5)
    assert attempt(store, address="2001:db8::ffff") > timedelta()
    assert attempt(store, address="2001:db8:1::1") == timedelta()


def test_without_addresses_the_account_alone_counts_and_waits_a_minute_at_most(store: Store) -> None:
    assert max(waits(store, [""] * 40)) == 60


def test_a_day_of_quiet_begins_anew(store: Store) -> None:
    waits(store, [STRANGER] * 8)
    later = NOW + timedelta(hours=30)
    assert [attempt(store, now=later) // SECOND for _each in range(6)] == [0, 0, 0, 0, 0, 60]


def test_many_attempts_at_once_gain_nothing(store: Store) -> None:
    taken, together = [], Barrier(30)

    def one() -> None:
        together.wait()
        taken.append(attempt(store) == timedelta())

    threads = [Thread(target=one) for _each in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(True) == lockout.FAILURES_BEFORE_LOCK


def test_neither_names_nor_addresses_can_be_read_in_the_database(store: Store) -> None:
    attempt(store, login="my password typed into the wrong field")
    with store.read() as kept:
        keys = kept._connection.exec_driver_sql("SELECT key FROM sign_in_failures").scalars().all()
    assert len(keys) == 3
    assert all(len(key) == 64 for key in keys)


@pytest.mark.parametrize("right", [True, False])
def test_codes_of_one_person_wait_as_well(right: bool, store: Store) -> None:
    for _each in range(5):
        with store.write() as kept:
            lockout.begin_code(kept, 1, now=NOW)
    if right:
        with store.write() as kept:
            lockout.code_succeeded(kept, 1)
            lockout.begin_code(kept, 1, now=NOW)
        return
    with refused(NotAllowed, "sign_in.locked"), store.write() as kept:
        lockout.begin_code(kept, 1, now=NOW)
    with store.write() as kept:
        lockout.begin_code(kept, 2, now=NOW)
