"""A PostgreSQL server behind the store: away, too old a schema, several writers. Always on a real one."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.engine import newest_revision, open_engine, revision
from data.errors import Unavailable
from data.settings import Settings
from data.store import Store, open_store
from tests import databases
from tests.small import NOW, refused

pytestmark = pytest.mark.server


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Settings]:
    yield databases.settings_for(tmp_path / "served.db")
    databases.dropped(tmp_path / "served.db")


def test_an_empty_or_older_database_is_refused_and_the_command_named(served: Settings) -> None:
    with refused(Unavailable, "store.not_migrated"):
        open_store(served)
    open_store(served, migrate=True).close()
    assert revision(open_engine(served)) == newest_revision()


def test_a_password_is_never_shown() -> None:
    settings = Settings(database_url="postgresql://me:secret@host/name")
    assert settings.database_shown == "postgresql://me:…@host/name"


def test_a_server_that_is_away_is_told_and_the_store_goes_on_when_it_is_back(served: Settings) -> None:
    store = open_store(served, migrate=True)
    with store.read() as kept:
        assert kept.consultations() == ()
    databases.rows(
        served,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    with store.read() as kept:
        assert kept.consultations() == ()
    away = Store(open_engine(Settings(database_url="postgresql://nobody@127.0.0.1:9/none")))
    with refused(Unavailable, "store.no_server"), away.read():
        raise AssertionError("it cannot be read")


def test_a_connection_that_ends_in_the_middle_keeps_nothing_of_the_transaction(served: Settings) -> None:
    store = open_store(served, migrate=True)
    with refused(Unavailable, "store.no_server"), store.write() as kept:
        kept.record(at=NOW, actor="a", action="b", subject="c", details={})
        (pid,) = kept._connection.exec_driver_sql("SELECT pg_backend_pid()").one()
        databases.rows(served, "SELECT pg_terminate_backend(:pid)", pid=pid)
        kept.record(at=NOW, actor="a", action="b", subject="c", details={})
    with store.read() as kept:
        assert kept.log() == ()


def test_writers_of_several_processes_decide_one_after_the_other(served: Settings) -> None:
    stores = [open_store(served, migrate=True) for _number in range(2)]
    seen: list[int] = []

    def add(store: Store) -> None:
        for _turn in range(10):
            with store.write() as kept:
                count = len(kept.log())
                kept.record(at=NOW, actor="a", action="b", subject=str(count), details={})
            seen.append(count)

    threads = [threading.Thread(target=add, args=(stores[number % 2],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(80))


def test_a_reader_does_not_see_what_is_written_meanwhile(served: Settings) -> None:
    store = open_store(served, migrate=True)
    with store.read() as kept:
        assert kept.log() == ()
        with store.write() as other:
            other.record(at=NOW, actor="a", action="b", subject="c", details={})
        assert kept.log() == ()
    with store.read() as kept:
        assert len(kept.log()) == 1


def test_a_reader_cannot_write(served: Settings) -> None:
    store = open_store(served, migrate=True)
    with refused(Unavailable, "store.read_only"), store.read() as kept:
        kept.record(at=NOW, actor="a", action="b", subject="c", details={})
