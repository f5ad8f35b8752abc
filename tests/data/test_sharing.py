"""What processes over one database share. Two stores on a server stand for two processes; a file has one process."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from data.backups import backup, contents, scheduled_once
from data.errors import Unavailable
from data.settings import Settings
from data.sharing import serve_alone
from data.store import Store, open_store
from tests.databases import ON_SERVER, rows
from tests.small import refused

ROOT = Path(__file__).parents[2]
DAY = date(2027, 1, 15)


@pytest.fixture
def processes(settings: Settings) -> Iterator[tuple[Store, Store]]:
    """The stores of two processes; of a file twice that of its only one."""
    one = open_store(settings, migrate=True)
    other = open_store(settings) if ON_SERVER else one
    yield one, other
    one.close()
    other.close()


def test_only_one_does_what_is_done_alone_and_then_the_other_may(processes: tuple[Store, Store]) -> None:
    one, other = processes
    assert not other.is_held("mails a")
    with one.alone("mails a") as mine, other.alone("mails a") as yours, other.alone("mails b") as another:
        assert (mine, yours, another) == (True, False, True)
        assert (other.is_held("mails a"), one.is_held("mails c")) == (True, False)
    with other.alone("mails a") as yours:
        assert yours


def test_who_waits_begins_when_the_other_is_ready(processes: tuple[Store, Store]) -> None:
    one, other = processes
    order = []

    def second() -> None:
        with other.alone("start", wait=True) as mine:
            order.append(("second", mine))

    with one.alone("start", wait=True):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.2)
        order.append(("first", True))
    waiting.join(10)
    assert order == [("first", True), ("second", True)]


def test_the_work_of_a_day_is_done_once_and_what_was_cut_off_by_the_other(processes: tuple[Store, Store]) -> None:
    one, other = processes
    turns = []

    def cut_off() -> None:
        with one.once_a_day("daily", DAY) as mine, other.once_a_day("daily", DAY) as yours:
            turns.append((mine, yours))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_off()
    done = []
    for store in (other, one, other):
        with store.once_a_day("daily", DAY) as mine:
            done.append(mine)
    with one.once_a_day("daily", date(2027, 1, 16)) as mine:
        done.append(mine)
    assert (turns, done) == ([(True, False)], [True, False, False, True])


def test_counts_are_those_of_all_and_end(processes: tuple[Store, Store]) -> None:
    one, other = processes
    assert one.counted({"a": (2, 60), "b": (1, 1)})["a"][0] == 2
    found = other.counted({"a": (3, 60)}, ("b", "c"))
    assert {name: count for name, (count, _seconds) in found.items()} == {"a": 5, "b": 1, "c": 0}
    assert 50 < found["a"][1] <= 60
    time.sleep(1.1)
    assert one.counted({"b": (1, 60)}, ("a",))["b"][0] == 1
    assert one.counted({}, ("a",))["a"][0] == 5


def test_many_that_count_at_once_lose_nothing(processes: tuple[Store, Store]) -> None:
    def count(store: Store) -> None:
        for turn in range(20):
            names = ("a", "b") if turn % 2 else ("b", "a")
            store.counted(dict.fromkeys(names, (1, 60)))

    threads = [threading.Thread(target=count, args=(processes[number % 2],)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [processes[0].counted({}, (name,))[name][0] for name in "ab"] == [120, 120]


def test_all_know_one_secret(processes: tuple[Store, Store]) -> None:
    one, other = processes
    assert (one.secret() == other.secret(), len(one.secret())) == (True, 32)


def test_what_is_shared_is_in_no_backup_and_tells_no_address(
    processes: tuple[Store, Store], settings: Settings, tmp_path: Path
) -> None:
    before = contents(settings)
    processes[0].counted({"look 192.0.2.77": (1, 60)})
    assert contents(settings) == before == backup(settings, tmp_path / "copy.db")
    assert b"process_counts" not in (tmp_path / "copy.db").read_bytes()
    if ON_SERVER:
        assert rows(settings, "SELECT relpersistence::text FROM pg_class WHERE relname = 'process_counts'") == [("u",)]
        assert "192.0.2" not in str(rows(settings, "SELECT name, count, word FROM process_counts"))


def test_of_two_processes_one_makes_the_backup_of_a_day(
    processes: tuple[Store, Store], settings: Settings, tmp_path: Path
) -> None:
    planned = settings.model_copy(update={"backup_folder": str(tmp_path / "kept")})
    folders = [planned, planned.model_copy(update={"backup_folder": str(tmp_path / "other")})]
    made = [scheduled_once(each, store, DAY) for each, store in zip(folders, processes, strict=True)]
    assert made == [tmp_path / "kept" / "soundings-2027-01-15.db", None]


def test_a_backup_that_was_cut_off_is_made_anew_and_never_taken_for_one(
    processes: tuple[Store, Store], settings: Settings, tmp_path: Path
) -> None:
    cut_off = tmp_path / "kept" / "soundings-2027-01-15.part"
    cut_off.parent.mkdir()
    cut_off.write_bytes(b"SQLite format 3\0 half of it")
    planned = settings.model_copy(update={"backup_folder": str(cut_off.parent)})
    made = scheduled_once(planned, processes[0], DAY)
    assert [path.name for path in cut_off.parent.iterdir()] == ["soundings-2027-01-15.db"]
    assert made is not None and made.stat().st_size > 10_000


@pytest.mark.sqlite
def test_a_file_is_served_by_one_process_until_that_one_is_gone(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{(tmp_path / 'new' / 'soundings.db').as_posix()}")
    program = (
        "import sys, time; from data.settings import Settings; from data.sharing import serve_alone\n"
        "held = serve_alone(Settings(database_url=sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, settings.database_url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None and child.stdout.readline() == "held\n"
    with refused(Unavailable, "store.served"):
        serve_alone(settings)
    child.kill()
    child.communicate()
    held = serve_alone(settings)
    assert held is not None
    with closing(held), closing(open_store(settings, migrate=True)) as store, store.read() as kept:
        assert kept.consultations() == ()


def test_a_server_is_made_for_several() -> None:
    assert serve_alone(Settings(database_url="postgresql://me@host/name")) is None
