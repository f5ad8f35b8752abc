"""Writers that share a commit: each is kept whole or not at all, is told only what is kept, and none waits for ever."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from functools import partial

import pytest
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from data.engine import BUSY_SECONDS
from data.errors import NotFound, SoundingsError, Unavailable
from data.group_commit import Turn, _Writer
from data.settings import Settings
from data.store import Store, Transaction, open_store
from tests import databases
from tests.small import NOW, refused


def log(kept: Transaction, name: str) -> None:
    kept.record(at=NOW, actor="a", action=name, subject="c", details={})


def logged(settings: Settings) -> list[str]:
    return [str(action) for (action,) in databases.rows(settings, "SELECT action FROM log ORDER BY id")]


@contextmanager
def commits(store: Store, act: Callable[[object], None] = lambda connection: None) -> Iterator[list[object]]:
    """Every commit of the store; `act` happens before it."""
    seen: list[object] = []

    def on_commit(connection: object) -> None:
        seen.append(connection)
        act(connection)

    event.listen(store._engine, "commit", on_commit)
    yield seen
    event.remove(store._engine, "commit", on_commit)


def waiting(store: Store, count: int) -> None:
    """Returns when so many writers wait for their turn."""
    until = time.monotonic() + 10
    while len(store._writers._waiting) < count:
        assert time.monotonic() < until
        time.sleep(0.001)


def write(store: Store, body: Callable[[Transaction], object]) -> None:
    with store.write() as kept:
        body(kept)


def careless(kept: Transaction) -> None:
    """Passes over an error of the database."""
    log(kept, "careless")
    with suppress(SQLAlchemyError):
        kept._connection.exec_driver_sql("SELECT nothing FROM nowhere")


def together(store: Store, *bodies: Callable[[Transaction], object]) -> list[Future[None]]:
    """Runs the bodies in one batch, in this order."""
    with ThreadPoolExecutor(len(bodies) + 1) as pool:
        gate = threading.Event()
        first = pool.submit(write, store, lambda kept: gate.wait(10))
        futures: list[Future[None]] = []
        for number, body in enumerate(bodies):
            if number == 0:
                until = time.monotonic() + 10
                while not store._writers._busy and time.monotonic() < until:
                    time.sleep(0.001)
            futures.append(pool.submit(write, store, body))
            waiting(store, number + 1)
        gate.set()
        first.exception()
    return futures


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch ends when nobody waits, also on a machine that is busy with something else."""
    monkeypatch.setattr("data.group_commit.LONGEST_SECONDS", 30)


def test_writers_that_wait_are_kept_by_one_commit_in_the_order_they_came(settings: Settings, store: Store) -> None:
    with commits(store) as seen:
        futures = together(store, *[lambda kept, n=n: log(kept, f"w{n}") for n in range(5)])  # type: ignore[misc]
    assert [each.exception() for each in futures] == [None] * 5
    assert (len(seen), logged(settings)) == (1, ["w0", "w1", "w2", "w3", "w4"])


def test_an_error_takes_back_what_its_own_writer_wrote_and_nothing_else(settings: Settings, store: Store) -> None:
    def fail(kept: Transaction) -> None:
        log(kept, "never")
        raise NotFound("version.no_file")

    for order in (0, 1, 2):
        bodies = [lambda kept, n=n, order=order: log(kept, f"{order}{n}") for n in range(2)]  # type: ignore[misc]
        bodies.insert(order, fail)
        futures = together(store, *bodies)
        errors = [each.exception() for each in futures]
        assert [isinstance(error, NotFound) for error in errors] == [number == order for number in range(3)]
        assert errors.count(None) == 2
    assert logged(settings) == ["00", "01", "10", "11", "20", "21"]


def test_nobody_is_told_before_the_commit_of_the_batch(settings: Settings, store: Store) -> None:
    told: list[str] = []
    early: list[list[str]] = []

    def write(name: str) -> None:
        with store.write() as kept:
            log(kept, name)
        told.append(name)

    def slowly(connection: object) -> None:
        time.sleep(0.1)
        early.append([*told])

    with commits(store, slowly), ThreadPoolExecutor(4) as pool, store.write() as kept:
        for number in range(4):
            pool.submit(write, f"w{number}")
        waiting(store, 4)
        log(kept, "first")
    assert early == [[]]
    assert sorted(told) == ["w0", "w1", "w2", "w3"]


def test_a_failed_commit_is_told_to_every_writer_of_the_batch_and_keeps_nothing(
    settings: Settings, store: Store
) -> None:
    def no_room(connection: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with commits(store, no_room):
        futures = together(store, *[lambda kept, n=n: log(kept, f"w{n}") for n in range(3)])  # type: ignore[misc]
    errors = [each.exception() for each in futures]
    assert [error.code for error in errors if isinstance(error, SoundingsError)] == ["store.full"] * 3
    assert logged(settings) == []
    together(store, lambda kept: log(kept, "afterwards"))
    assert logged(settings) == ["afterwards"]


def test_an_error_that_ends_the_transaction_is_told_to_everybody_in_it(settings: Settings, store: Store) -> None:
    def broken(kept: Transaction) -> None:
        log(kept, "broken")
        # SQLite itself does this after some errors, a full disk among them.
        kept._connection.connection.rollback()
        raise sqlite3.OperationalError("disk I/O error")

    futures = together(store, lambda kept: log(kept, "w0"), broken, lambda kept: log(kept, "w1"))
    errors = [each.exception() for each in futures]
    assert [getattr(error, "code", None) for error in errors[:2]] == ["store.full"] * 2
    assert (errors[2], logged(settings)) == (None, ["w1"])


@pytest.mark.sqlite
def test_a_transaction_that_sqlite_rolled_back_in_silence_is_not_said_to_be_kept(
    settings: Settings, store: Store
) -> None:
    with refused(Unavailable, "store.full"), store.write() as kept:
        log(kept, "lost")
        kept._connection.connection.rollback()
    assert logged(settings) == []


@pytest.mark.sqlite
def test_who_begins_a_batch_that_sqlite_rolled_back_in_silence_is_told_though_others_follow(
    settings: Settings, store: Store
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with refused(Unavailable, "store.full"), store.write() as kept:
            log(kept, "lost")
            second = pool.submit(write, store, lambda kept: log(kept, "second"))
            waiting(store, 1)
            kept._connection.connection.rollback()
        assert second.exception() is None
    assert logged(settings) == ["second"]


@pytest.mark.parametrize("place", range(3))
def test_who_passes_over_an_error_of_the_database_takes_nothing_from_the_others(
    settings: Settings, store: Store, place: int
) -> None:
    bodies: list[Callable[[Transaction], None]] = [partial(log, name="w0"), partial(log, name="w1")]
    bodies.insert(place, careless)
    errors = [each.exception() for each in together(store, *bodies)]
    names = ["w0", "w1"]
    names.insert(place, "careless")
    told = [name for name, error in zip(names, errors, strict=True) if error is None]
    assert told == logged(settings)
    # PostgreSQL keeps nothing of what was written beside its error.
    assert told == (["w0", "w1"] if databases.ON_SERVER else names)


def test_who_writes_alone_and_passes_over_an_error_of_the_database_is_told(settings: Settings, store: Store) -> None:
    told = []
    with suppress(SQLAlchemyError):
        write(store, careless)
        told.append("careless")
    assert told == logged(settings) == ([] if databases.ON_SERVER else ["careless"])


def test_who_waits_too_long_is_told_and_the_others_go_on(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.store.BUSY_SECONDS", 0.2)
    said: list[str] = []

    def impatient() -> None:
        try:
            with store.write() as kept:
                log(kept, "impatient")
        except Unavailable as error:
            said.append(error.code)

    with store.write() as kept:
        threads = [threading.Thread(target=impatient) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        log(kept, "slow")
    assert (said, logged(settings)) == (["store.locked"] * 3, ["slow"])
    together(store, lambda kept: log(kept, "afterwards"))
    assert logged(settings) == ["slow", "afterwards"]


def test_what_was_written_is_there_for_everybody_when_the_writer_goes_on(settings: Settings, store: Store) -> None:
    other = open_store(settings)
    missing: list[str] = []

    def write(number: int) -> None:
        for turn in range(10):
            name = f"{number}-{turn}"
            with store.write() as kept:
                log(kept, name)
            with other.read() as kept:
                if name not in {entry.action for entry in kept.log()}:
                    missing.append(name)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    other.close()
    assert (missing, len(logged(settings))) == ([], 80)


def test_a_batch_ends_after_a_while_though_others_wait(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.group_commit.LONGEST_SECONDS", 0.0)
    with commits(store) as seen:
        together(store, *[lambda kept, n=n: log(kept, f"w{n}") for n in range(4)])  # type: ignore[misc]
    assert len(seen) == 5
    monkeypatch.setattr("data.group_commit.LONGEST_SECONDS", 30)
    monkeypatch.setattr("data.group_commit.MOST_WRITERS", 3)
    with commits(store) as seen:
        together(store, *[lambda kept, n=n: log(kept, f"x{n}") for n in range(5)])  # type: ignore[misc]
    assert len(seen) == 2
    assert len(logged(settings)) == 9


def test_who_has_written_does_not_wait_for_a_long_act_behind_it(settings: Settings, store: Store) -> None:
    go = threading.Event()

    def long_act() -> None:
        with store.write(takes_long=True) as kept:
            assert go.wait(10)
            log(kept, "long")

    with ThreadPoolExecutor(1) as pool:
        with store.write() as kept:
            log(kept, "short")
            behind = pool.submit(long_act)
            waiting(store, 1)
        assert logged(settings) == ["short"]
        go.set()
        behind.result(10)
    assert logged(settings) == ["short", "long"]


def test_two_processes_that_write_without_pause_both_go_on(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.group_commit.LONGEST_SECONDS", 0.02)
    other = open_store(settings)  # a store of its own queues at the database, as another process does
    stop = time.monotonic() + 2
    longest = {0: 0.0, 1: 0.0}

    def write(which: int, to: Store) -> None:
        while time.monotonic() < stop:
            begun = time.monotonic()
            with to.write() as kept:
                log(kept, f"{which}")
            longest[which] = max(longest[which], time.monotonic() - begun)

    threads = [threading.Thread(target=write, args=(n % 2, (store, other)[n % 2])) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert max(longest.values()) < BUSY_SECONDS
    assert {"0", "1"} == set(logged(settings))


@pytest.mark.parametrize("its_turn_has_come", [False, True])
def test_a_signal_while_a_writer_waits_stops_nobody_else(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch, its_turn_has_come: bool
) -> None:
    inside, go = threading.Event(), threading.Event()
    asleep = _Writer.sleep

    def interrupted(writer: _Writer, seconds: float = -1) -> bool:
        if threading.current_thread() is not threading.main_thread():
            return asleep(writer, seconds)
        if its_turn_has_come:
            go.set()
            asleep(writer)
        raise KeyboardInterrupt

    def first(kept: Transaction) -> None:
        log(kept, "first")
        inside.set()
        assert go.wait(10)

    monkeypatch.setattr(_Writer, "sleep", interrupted)
    with ThreadPoolExecutor(2) as pool:
        others = [pool.submit(write, store, first)]
        assert inside.wait(10)
        with pytest.raises(KeyboardInterrupt), store.write() as kept:
            log(kept, "never")
        others.append(pool.submit(write, store, lambda kept: log(kept, "second")))
        go.set()
        assert [each.result(10) for each in others] == [None, None]
    assert logged(settings) == ["first", "second"]


def test_who_waits_for_the_disk_leaves_its_turn_to_the_next_one(settings: Settings, store: Store) -> None:
    turn, worked = Turn(), threading.Event()

    def work() -> None:
        with turn:
            worked.set()

    def slowly(connection: object) -> None:
        assert worked.wait(10)

    with ThreadPoolExecutor(1) as pool, commits(store, slowly), turn:
        with store.write() as kept:
            other = pool.submit(work)
            log(kept, "kept")
            time.sleep(0.05)
            assert not worked.is_set()
        assert other.result(10) is None
    assert logged(settings) == ["kept"]


def test_those_who_write_in_turns_share_a_commit_while_the_disk_is_busy(settings: Settings, store: Store) -> None:
    turn, futures = Turn(), list[Future[None]]()

    def work(name: str) -> None:
        with turn:
            write(store, lambda kept: log(kept, name))

    def slowly(connection: object) -> None:
        if not futures:
            futures.extend(pool.submit(work, f"w{number}") for number in range(4))
            waiting(store, 4)

    with ThreadPoolExecutor(4) as pool, commits(store, slowly) as seen:
        work("first")
        wait(futures, 10)
    assert ([each.result(0) for each in futures], len(seen)) == ([None] * 4, 2)
    assert sorted(logged(settings)) == ["first", "w0", "w1", "w2", "w3"]


def test_of_those_who_take_turns_one_works_at_a_time_the_first_to_come_first() -> None:
    turn, came, at_work, most = Turn(), list[int](), list[int](), list[int]()

    def work(number: int) -> None:
        with turn:
            at_work.append(number)
            came.append(number)
            most.append(len(at_work))
            time.sleep(0.001)
            at_work.remove(number)

    with ThreadPoolExecutor(8) as pool, turn:
        for number in range(8):
            pool.submit(work, number)
            until = time.monotonic() + 10
            while len(turn._new) <= number and time.monotonic() < until:
                time.sleep(0.001)
    assert (came, max(most)) == (list(range(8)), 1)


def test_who_left_its_turn_goes_on_before_those_who_came_meanwhile() -> None:
    turn, came = Turn(), list[str]()
    inside, go = threading.Event(), threading.Event()

    def late() -> None:
        with turn:
            came.append("late")

    def holds() -> None:
        with turn:
            came.append("meanwhile")
            inside.set()
            assert go.wait(10)

    with ThreadPoolExecutor(2) as pool, turn:
        with Turn.left():
            pool.submit(holds)
            assert inside.wait(10)
            pool.submit(late)
            until = time.monotonic() + 10
            while not turn._new and time.monotonic() < until:
                time.sleep(0.001)
            threading.Timer(0.05, go.set).start()
        came.append("back")
    assert came == ["meanwhile", "back", "late"]


def test_an_error_gives_the_turn_on() -> None:
    turn = Turn()
    with suppress(NotFound), turn:
        raise NotFound("version.no_file")
    with turn:
        pass
