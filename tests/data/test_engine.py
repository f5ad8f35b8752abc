"""What the database cannot do now, backing up and restoring: every case has a code, and nothing saved is lost."""

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DateTime
from sqlalchemy.dialects import sqlite

from data import backups, engine
from data.errors import InvalidInput, NotFound, SoundingsError, Unavailable
from data.schema import UTCDateTime, from_json
from data.settings import Settings
from data.store import Store, open_store
from survey import responses
from tests.data import child
from tests.databases import changed, settings_for
from tests.small import ANSWERS, NOW, SENT, begin, fill, publish, refused, send


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder that a process without privileges can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="soundings-disk-"))
    folder.chmod(0o755)
    yield folder
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)
    shutil.rmtree(folder)


def published(folder: Path) -> tuple[Settings, str]:
    """Settings of a database in the folder, and the code of a reply in it; nobody holds it open."""
    settings = settings_for(folder / "soundings.db")
    store = open_store(settings, migrate=True)
    publish(store)
    code = send(store)
    store.close()
    return settings, code


def log_once(store: Store) -> None:
    with store.write() as kept:
        kept.record(at=NOW, actor="a", action="b", subject="c", details={})


def submission_behind(settings: Settings, code: str) -> object:
    store = open_store(settings)
    sent = responses.resume(store, code, now=NOW).response.submission
    store.close()
    return dict(sent)


# a locked database


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)


@pytest.mark.usefixtures("hurried")
def test_a_locked_database_is_said_to_be_busy_and_can_still_be_read(tmp_path: Path) -> None:
    settings, code = published(tmp_path)
    store = open_store(settings)
    draft = begin(store)
    fill(store, draft)
    with closing(sqlite3.connect(tmp_path / "soundings.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        for act in (
            lambda: begin(store),
            lambda: fill(store, draft, {"finding": "Another"}),
            lambda: responses.submit(store, draft, now=NOW),
        ):
            with pytest.raises(Unavailable) as caught:
                act()
            assert caught.value.code == "store.locked"
        assert submission_behind(settings, code) == SENT
    assert responses.resume(store, draft, now=NOW).state.answers["finding"] == ANSWERS["finding"]
    assert responses.submit(store, draft, now=NOW).submitted


@pytest.mark.sqlite
@pytest.mark.usefixtures("hurried")
def test_a_database_that_is_locked_while_it_is_made_is_said_to_be_busy(settings: Settings) -> None:
    with closing(sqlite3.connect(str(settings.sqlite_path))) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unavailable) as caught:
            open_store(settings, migrate=True)
    assert caught.value.code == "store.locked"


# disks that take nothing


def test_a_database_file_that_may_not_be_written_is_said_to_be_read_only(disk: Path) -> None:
    settings, code = published(disk)
    with child.owned_by_nobody(disk):
        (disk / "soundings.db").chmod(0o444)

        def act() -> list[object]:
            return [child.outcome(lambda: log_once(open_store(settings))), submission_behind(settings, code)]

        assert child.run(act) == ["Unavailable store.read_only", child.as_json(SENT)]
    assert submission_behind(settings, code) == SENT


def test_a_folder_that_may_not_be_written_is_told_and_loses_nothing(disk: Path) -> None:
    settings, code = published(disk)
    disk.chmod(0o555)
    assert child.run(lambda: log_once(open_store(settings))) == "Unavailable store.read_only"
    assert submission_behind(settings, code) == SENT


def test_no_folder_can_be_made_where_it_is_not_allowed(disk: Path) -> None:
    settings = settings_for(disk / "new" / "soundings.db")
    disk.chmod(0o555)
    assert child.run(lambda: open_store(settings, migrate=True)) == "Unavailable store.unreachable"


def test_no_database_can_be_made_where_it_is_not_allowed(disk: Path) -> None:
    settings = settings_for(disk / "soundings.db")
    disk.chmod(0o555)
    assert child.run(lambda: open_store(settings, migrate=True)) == "Unavailable store.unreachable"


def test_a_back_up_to_a_folder_that_may_not_be_written_is_refused(disk: Path) -> None:
    settings, _ = published(disk)
    with child.owned_by_nobody(disk):
        assert (
            child.run(lambda: backups.backup(settings, Path("/nowhere/backup.db"))) == "Unavailable store.unreachable"
        )


def fill_the_disk(settings: Settings, code: str) -> list[object]:
    """Writes until the disk takes no more; then what the error was, and whether what was saved is there."""
    store = open_store(settings)
    draft = begin(store)
    kept = 0

    def write() -> None:
        nonlocal kept
        for turn in range(200):
            fill(store, draft, {"finding": f"{turn:06}" * 3000})
            kept = turn

    said = child.outcome(write)
    found = str(responses.resume(store, draft, now=NOW).state.answers["finding"])
    return [said, found == f"{kept:06}" * 3000, kept > 1, submission_behind(settings, code)]


def test_a_full_disk_is_told_and_everything_saved_before_is_there(disk: Path) -> None:
    settings, code = published(disk)
    with child.owned_by_nobody(disk):
        found = child.run(lambda: fill_the_disk(settings, code), most_bytes_a_file=600_000)
        assert found == ["Unavailable store.full", True, True, child.as_json(SENT)]
    assert submission_behind(settings, code) == SENT


def test_a_full_file_system_is_told_and_everything_saved_before_is_there(disk: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1800k,mode=777", "tmpfs", disk], check=False).returncode:
        # Mounting needs privileges; the limit on the size of a file, above, shows the same from within a process.
        return
    try:
        settings, code = published(disk)
        with child.owned_by_nobody(disk):
            found = child.run(lambda: fill_the_disk(settings, code))
            assert found == ["Unavailable store.full", True, True, child.as_json(SENT)]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_back_up_that_does_not_fit_is_removed(disk: Path) -> None:
    settings, code = published(disk)
    target = disk / "backup.db"
    with child.owned_by_nobody(disk):
        said = child.run(lambda: backups.backup(settings, target), most_bytes_a_file=50_000)
    assert (said, target.exists()) == ("Unavailable store.full", False)
    assert submission_behind(settings, code) == SENT


# files that are no database


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("content", "code"), [(b"no database at all" * 100, "store.not_a_database"), (None, "store.unreachable")]
)
def test_a_file_that_is_no_database_is_told(settings: Settings, content: bytes | None, code: str) -> None:
    path = settings.sqlite_path
    assert path is not None
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(Unavailable) as caught:
        open_store(settings, migrate=True)
    assert caught.value.code == code
    assert content is None or path.read_bytes() == content


def test_a_database_of_a_newer_version_is_left_alone(settings: Settings, store: Store) -> None:
    changed(settings, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Unavailable) as caught:
        open_store(settings, migrate=True)
    assert caught.value.code == "store.too_new"


def test_a_folder_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as caught:
        open_store(settings_for(tmp_path / "file" / "soundings.db"), migrate=True)
    assert caught.value.code == "store.unreachable"


# back-up and restore


def test_a_back_up_taken_while_another_writes_holds_what_was_finished(tmp_path: Path) -> None:
    settings, code = published(tmp_path)
    target = tmp_path / "backup.db"
    store = open_store(settings)
    with store.write() as kept:
        kept.record(at=NOW, actor="a", action="unfinished", subject="", details={})
        backups.backup(settings, target)
    copy = open_store(settings_for(target))
    with copy.read() as kept:
        actions = [entry.action for entry in kept.log()]
    assert (actions[0], actions[-1]) == ("response.submitted", "consultation.published")
    assert submission_behind(settings_for(target), code) == SENT


def test_a_back_up_never_replaces_a_file(tmp_path: Path) -> None:
    settings, _ = published(tmp_path)
    target = tmp_path / "backup.db"
    target.write_text("mine")
    with refused(InvalidInput, "backup.exists"):
        backups.backup(settings, target)
    assert target.read_text() == "mine"


@pytest.mark.sqlite
def test_there_is_no_back_up_of_a_database_that_does_not_exist(settings: Settings, tmp_path: Path) -> None:
    with refused(NotFound, "store.missing"):
        backups.backup(settings, tmp_path / "backup.db")
    assert list(tmp_path.iterdir()) == []


def test_a_restore_brings_back_the_back_up_and_keeps_the_replaced_database(tmp_path: Path) -> None:
    settings, code = published(tmp_path)
    backups.backup(settings, tmp_path / "backup.db")
    store = open_store(settings)
    later = send(store, org_name="Later")
    store.close()
    kept = backups.restore(settings, tmp_path / "backup.db")
    assert kept == tmp_path / "soundings.before-restore-1.db"
    assert submission_behind(settings, code) == SENT
    with refused(NotFound, "response.unknown_code"):
        submission_behind(settings, later)
    assert submission_behind(settings_for(kept), later) == {**SENT, "org_name": "Later"}
    assert backups.restore(settings, tmp_path / "backup.db") == tmp_path / "soundings.before-restore-2.db"


def test_a_restore_where_nothing_was_keeps_nothing(tmp_path: Path) -> None:
    _, code = published(tmp_path)
    elsewhere = settings_for(tmp_path / "new" / "soundings.db")
    assert backups.restore(elsewhere, tmp_path / "soundings.db") is None
    assert submission_behind(elsewhere, code) == SENT


def test_a_restore_mends_a_damaged_database_and_keeps_it(tmp_path: Path) -> None:
    settings, code = published(tmp_path)
    backups.backup(settings, tmp_path / "backup.db")
    (tmp_path / "soundings.db").write_bytes(b"scrambled" * 1000)
    kept = backups.restore(settings, tmp_path / "backup.db")
    assert kept is not None
    assert kept.read_bytes() == b"scrambled" * 1000
    assert submission_behind(settings, code) == SENT


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 12] = b"\xff" * (4096 * 11)
    path.write_bytes(content)


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (damaged, "backup.damaged"),
        (foreign, "backup.not_ours"),
        (lambda path: path.write_bytes(b"PK a zip file" * 99), "backup.not_ours"),
        (lambda path: path.write_bytes(b""), "backup.not_ours"),
        (lambda path: path.unlink(), "backup.missing"),
    ],
)
def test_a_file_that_is_no_sound_back_up_is_refused_and_nothing_changes(
    tmp_path: Path, spoil: object, code: str
) -> None:
    settings, reply = published(tmp_path)
    bad = tmp_path / "backup.db"
    backups.backup(settings, bad)
    spoil(bad)  # type: ignore[operator]
    with pytest.raises(SoundingsError) as caught:
        backups.restore(settings, bad)
    assert caught.value.code == code
    assert submission_behind(settings, reply) == SENT
    assert list(tmp_path.glob("*before-restore*")) == []


@pytest.mark.usefixtures("hurried")
def test_a_restore_over_a_database_in_use_gives_up_and_loses_nothing(tmp_path: Path) -> None:
    settings, code = published(tmp_path)
    backups.backup(settings, tmp_path / "backup.db")
    with closing(sqlite3.connect(tmp_path / "soundings.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable) as caught:
            backups.restore(settings, tmp_path / "backup.db")
    assert caught.value.code == "store.locked"
    assert submission_behind(settings, code) == SENT


def test_a_database_in_memory_has_neither_back_up_nor_restore(tmp_path: Path) -> None:
    published(tmp_path)
    memory = Settings(database_url="sqlite://")
    with refused(NotFound, "store.missing"):
        backups.backup(memory, tmp_path / "copy.db")
    with refused(InvalidInput, "backup.needs_file"):
        backups.restore(memory, tmp_path / "soundings.db")


def test_tests_of_disks_run_without_privileges() -> None:
    assert child.run(os.geteuid) != 0


@pytest.mark.sqlite
def test_an_older_database_is_copied_before_it_is_upgraded(settings: Settings) -> None:
    older = engine.open_engine(settings)
    command.upgrade(engine._alembic(older), "0005")
    older.dispose()
    open_store(settings, migrate=True).close()
    path = settings.sqlite_path
    assert path is not None
    kept = path.with_name("soundings.before-upgrade-0005.db")
    assert engine.revision(engine.open_engine(Settings(database_url=f"sqlite:///{kept}"))) == "0005"
    assert kept.stat().st_mode & 0o077 == 0
    open_store(settings, migrate=True).close()
    assert sorted(each.name for each in path.parent.glob("*before-upgrade*.db")) == [kept.name]


@pytest.mark.parametrize(
    "text",
    [
        '{"a":[1,2.5,-0,-0.0,1e3,null,true,"\\u00e9",{"b":[]}]}',
        '{"large":18446744073709551616,"small":-9223372036854775809,"most":18446744073709551615}',
        '{"far":1e400,"near":1e-400,"long":0.1000000000000000055511151231257827}',
        '{"nan":NaN,"endless":-Infinity}',
        '{"half":"\\ud800"}',
        '{"twice":1,"twice":2}',
        "null",
        '"a\\u0000b"',
    ],
)
def test_a_document_reads_as_python_reads_it(text: str) -> None:
    expected = json.loads(text)
    assert repr(from_json(text)) == repr(from_json(text.encode())) == repr(expected)


@pytest.mark.parametrize("address", ["sqlite:///{}/a.db", "postgresql://nobody@127.0.0.1/{}"])
def test_both_databases_read_documents_alike(address: str, tmp_path: Path) -> None:
    opened = engine.open_engine(Settings(database_url=address.format(tmp_path)))
    assert opened.dialect._json_deserializer is from_json  # type: ignore[attr-defined]


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])))
def test_a_moment_lies_in_sqlite_as_sqlalchemy_writes_it(moment: datetime) -> None:
    try:
        plain = moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:  # the first hours of the calendar in another zone
        return
    dialect, ours = sqlite.dialect(), UTCDateTime()
    theirs = DateTime().dialect_impl(dialect).bind_processor(dialect)
    written = ours.bind_processor(dialect)
    read = ours.result_processor(dialect, None)
    assert theirs is not None and written is not None and read is not None
    assert written(moment) == theirs(plain)
    assert read(written(moment)) == moment
    assert (written(None), read(None)) == (None, None)
    with pytest.raises(ValueError, match="naive"):
        written(plain)
