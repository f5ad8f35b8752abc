"""What was acknowledged outlives a killed app or database server, and is on the disk before that is said."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.settings import Settings
from data.store import open_store
from tests.load import killed, killed_door, trace
from tests.load.postgres import RunningPostgres

traced = pytest.mark.skipif(shutil.which("strace") is None, reason=trace.NO_STRACE)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningPostgres]:
    with RunningPostgres(tmp_path / "server") as running:
        yield running


def require_nothing_lost(outcome: killed.Outcome) -> None:
    assert outcome.faults == []
    assert outcome.sent > 0, outcome


@pytest.mark.sqlite
def test_what_was_acknowledged_is_there_once_after_the_app_was_killed(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/killed.db")
    require_nothing_lost(killed.run(settings, kills=5, seed=1))


@pytest.mark.server
def test_what_was_acknowledged_is_there_once_after_the_app_or_the_server_was_killed(server: RunningPostgres) -> None:
    settings = Settings(database_url=server.address)
    require_nothing_lost(killed.run(settings, kills=2, seed=1, server=server))


@pytest.mark.long
@pytest.mark.sqlite
def test_what_was_acknowledged_is_there_once_after_500_kills(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/killed.db")
    require_nothing_lost(killed.run(settings, kills=500, seed=2))


@pytest.mark.long
@pytest.mark.server
def test_what_was_acknowledged_is_there_once_after_500_kills_on_a_server(server: RunningPostgres) -> None:
    require_nothing_lost(killed.run(Settings(database_url=server.address), kills=500, seed=2))


@pytest.mark.long
@pytest.mark.sqlite
def test_what_the_light_form_acknowledged_is_there_once_after_its_server_was_killed(tmp_path: Path) -> None:
    database = tmp_path / "killed.db"
    store = open_store(Settings(database_url=f"sqlite:///{database}"), migrate=True)
    outcome = killed_door.run(store, database, kills=3)
    store.close()
    assert outcome.faults == []
    assert min(outcome.saved, outcome.sent, outcome.tried_again) > 0, outcome


@traced
@pytest.mark.sqlite
def test_each_acknowledgement_comes_after_the_sync_of_its_write(tmp_path: Path) -> None:
    found = trace.of_sqlite(tmp_path)
    assert (len(found.acknowledged), found.unproven()) == (40, ())
    assert len(found.syncs) < 40  # those who wait share one


@traced
@pytest.mark.sqlite
def test_a_missing_sync_is_noticed(tmp_path: Path) -> None:
    found = trace.of_sqlite(tmp_path, threads=2, turns=2, unsafe=True)
    assert len(found.unproven()) == 4


@traced
@pytest.mark.server
def test_each_acknowledgement_comes_after_the_sync_of_its_write_by_the_server(
    server: RunningPostgres, tmp_path: Path
) -> None:
    try:
        found = trace.of_postgresql(server, tmp_path)
    except PermissionError as error:
        pytest.skip(f"the processes of the server may not be traced: {error}")
    assert (len(found.acknowledged), found.unproven()) == (40, ())


_WRITE = '7 100.0 pwrite64(5</d/a.db-wal>, "..<entry-1>..", 4096, 0) = 4096 <0.000010>'
_SYNC = "8 {at} fdatasync(5</d/{file}>) = 0 <0.100000>"


@pytest.mark.parametrize(
    ("lines", "unproven"),
    [
        ([_WRITE, _SYNC.format(at=100.1, file="a.db-wal")], ()),
        ([_WRITE], ("entry-1",)),
        ([_WRITE, _SYNC.format(at=100.45, file="a.db-wal")], ("entry-1",)),
        ([_WRITE, _SYNC.format(at=99.9, file="a.db-wal")], ("entry-1",)),
        ([_WRITE, _SYNC.format(at=100.1, file="b.db-wal")], ("entry-1",)),
        ([_SYNC.format(at=100.1, file="a.db-wal")], ("entry-1",)),
        (
            [
                _WRITE,
                "8 100.1 fdatasync(5</d/a.db-wal> <unfinished ...>",
                "8 100.2 <... fdatasync resumed>) = 0 <0.100000>",
            ],
            (),
        ),
    ],
)
def test_a_trace_proves_only_what_was_synced_between_write_and_acknowledgement(
    lines: list[str], unproven: tuple[str, ...]
) -> None:
    assert trace.read("\n".join(lines), {"entry-1": 100.5}).unproven() == unproven
