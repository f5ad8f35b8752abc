"""Back-up and restore: a file in SQLite's format of the embedded database or of a server, which restores either.

A back-up is verified after it was written: it opens, it is whole, every reference in it leads somewhere, and what it
says is what was there.
"""

import asyncio
import hashlib
import json
import logging
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, Integer, MetaData, Table, delete, func, insert, select

from data import schema
from data.column_files import ColumnFiles
from data.engine import (
    BUSY_SECONDS,
    SQLITE_MARK,
    copy_file,
    explained,
    make_folder,
    newest_revision,
    open_engine,
    require_keys,
    revision,
    sealing_keys,
    upgrade,
)
from data.errors import InvalidInput, NotFound, SoundingsError, Unavailable
from data.sealed import as_stored
from data.settings import Settings
from data.sharing import TABLE, Sharing

_TABLES = as_stored(schema.metadata)
_TABLES.remove(_TABLES.tables[schema.reply_totals.name])  # the database makes it from the others
"""Contact data are copied as they lie there, sealed: no back-up needs a key to be made or looked into."""
_OF_THE_INSTANCE = frozenset({"contact_keys"})
"""Tables that a database has rows in from its first day on."""
_ROWS_AT_ONCE = 500
_LOOK_AGAIN_SECONDS = 900.0
_LOGGER = logging.getLogger("soundings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a back-up holds.

    rows     of all tables together
    content  SHA-256 of everything in it: the same for a database and for whatever was restored from it
    """

    rows: int
    content: str


def backup(settings: Settings, target: Path) -> Backup:
    """A consistent copy of the database in `target`, taken while the app runs; an existing file is never replaced.

    Its pages are written in the order of keys: unlike the database's own they do not tell in which order rows came.
    Raises  InvalidInput("backup.exists"), NotFound("store.missing"), Unavailable; ("backup.failed") when what was
            written is not what was read, and then nothing is left of it.
    """
    path = settings.sqlite_path
    if not settings.on_server and (path is None or not path.is_file()):
        raise NotFound("store.missing", path=str(path))
    if target.exists():
        raise InvalidInput("backup.exists", path=str(target))
    try:
        written: Backup | None = None
        if path is None:
            written = _gathered(settings, target)
        else:
            _written_anew(path, target)
        target.chmod(0o600)  # it holds contact data
        found = look_into(target)
        if written not in (None, found):
            raise Unavailable("backup.failed", path=str(target))
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return found


def look_into(path: Path) -> Backup:
    """What a back-up holds; InvalidInput("backup.damaged"), ("backup.not_ours"); NotFound("backup.missing")."""
    if not path.is_file():
        raise NotFound("backup.missing", path=str(path))
    require_ours(path)
    return contents(Settings(database_url=f"sqlite:///{path.as_posix()}"))


def contents(settings: Settings) -> Backup:
    """What a database holds at this moment."""
    engine = open_engine(settings)
    try:
        with explained(), engine.connect() as connection, connection.begin():
            return _contents(connection)
    finally:
        engine.dispose()


def _contents(connection: Connection) -> Backup:
    digest, count = hashlib.sha256(), 0
    known = _TABLES
    if MigrationContext.configure(connection).get_current_revision() != newest_revision():
        known = MetaData()  # the tables of another version, as they are
        known.reflect(connection, only=lambda name, _metadata: name not in (TABLE, schema.reply_totals.name))
    for table in sorted(known.tables.values(), key=lambda table: table.name):
        digest.update(f"\x1d{table.name}".encode())
        for row in _rows(connection, table):
            digest.update(b"\x1e" + json.dumps(row, ensure_ascii=False, sort_keys=True, default=_plain).encode())
            count += 1
    return Backup(rows=count, content=digest.hexdigest())


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a table in the order of its key; those of a former one as they are, without what came later."""
    result = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(
        select(table).order_by(*table.primary_key.columns)
    )
    for row in result.mappings():
        yield dict(row)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    raise TypeError(type(value).__name__)


def _written_anew(source: Path, target: Path) -> None:
    with explained(), closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as old:
        old.execute("VACUUM INTO ?", (str(target),))


def _gathered(settings: Settings, target: Path) -> Backup:
    """The rows of one moment of a server in a new file; what was read."""
    server = open_engine(settings)
    file = open_engine(_of_file(settings, target))
    try:
        if revision(server) != newest_revision():
            raise Unavailable("store.not_migrated", path=settings.database_shown)
        upgrade(file)
        with explained(), server.connect() as source, source.begin():
            _copy_rows(source, file)
            return _contents(source)
    finally:
        file.dispose()
        server.dispose()


def _copy_rows(source: Connection, target: Engine) -> None:
    """Every row of every table, those that others lead to first; the target has none but those of any instance."""
    with explained(), target.connect().execution_options(writes=True) as into, into.begin():
        for table in _TABLES.sorted_tables:
            if table.name in _OF_THE_INSTANCE:
                into.execute(delete(table))
            waiting: list[Mapping[str, Any]] = []
            for row in _rows(source, table):
                waiting.append(row)
                if len(waiting) == _ROWS_AT_ONCE:
                    into.execute(insert(table), waiting)
                    waiting = []
            if waiting:
                into.execute(insert(table), waiting)
        if into.dialect.name == "postgresql":
            _count_on(into)


def _has_rows(connection: Connection, table: Table) -> bool:
    return table.name not in _OF_THE_INSTANCE and connection.execute(select(table).limit(1)).first() is not None


def _count_on(connection: Connection) -> None:
    """The next keys that the server gives follow those that are there."""
    for table in _TABLES.sorted_tables:
        key = table.c.get("id")
        if key is not None and isinstance(key.type, Integer):
            sequence = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(sequence, select(func.coalesce(func.max(key), 1)).scalar_subquery())))


def restore(settings: Settings, source: Path) -> Path | None:
    """The database is what the back-up `source` holds.

    An embedded database is replaced; the replaced one is kept beside it and its path returned. A server's database must
    be empty: nobody's answers are overwritten there. What was erased since the back-up was made is erased again by
    `data.store.open_store(...).replay_erasures()`.

    Raises NotFound("backup.missing"), InvalidInput("backup.damaged"), ("backup.not_ours"), ("backup.needs_file"),
    ("backup.not_empty"); Unavailable("store.locked") when somebody writes for longer than BUSY_SECONDS,
    ("backup.failed") when the database is not what the file holds, ("contact_key.missing") or ("contact_key.wrong")
    when its contact data cannot be read with the key that is there; then nothing is changed.
    """
    if not source.is_file():
        raise NotFound("backup.missing", path=str(source))
    require_ours(source)
    _require_its_key(settings, source)
    if settings.on_server:
        _fill_server(settings, source)
        ColumnFiles(settings.column_path).remove()
        return None
    target = settings.sqlite_path
    if target is None:
        raise InvalidInput("backup.needs_file")
    make_folder(target.parent)
    kept: Path | None = None
    if target.exists():
        kept = _free_name(target)
        try:
            _written_anew(target, kept)
            kept.chmod(0o600)
        except Unavailable as error:
            kept.unlink(missing_ok=True)
            if error.code != "store.not_a_database":
                raise
            # A damaged database is why people restore; it cannot be copied, so it is put aside as it is.
            for ending in ("", "-wal", "-shm"):
                part = target.with_name(target.name + ending)
                if part.exists():
                    part.rename(kept.with_name(kept.name + ending))
    copy_file(source, target)
    ColumnFiles(settings.column_path).remove()
    return kept


def _of_file(settings: Settings, path: Path) -> Settings:
    """Settings of a file that is used for a moment, with the keys of the database itself."""
    place = {"database_url": f"sqlite:///{path.as_posix()}", "contact_key_file": str(settings.contact_key_path)}
    return settings.model_copy(update=place)


def _require_its_key(settings: Settings, source: Path) -> None:
    file = open_engine(_of_file(settings, source))
    try:
        if sealing_keys(file):
            require_keys(file)
    finally:
        file.dispose()


def _fill_server(settings: Settings, source: Path) -> None:
    server = open_engine(settings)
    with tempfile.TemporaryDirectory() as folder:
        # A back-up of an earlier version is brought to this one first, in a copy.
        copy = Path(folder) / "restored.db"
        copy_file(source, copy)
        file = open_engine(_of_file(settings, copy))
        try:
            upgrade(file)
            upgrade(server)
            with explained(), server.connect() as connection, connection.begin():
                if any(_has_rows(connection, table) for table in _TABLES.sorted_tables):
                    raise InvalidInput("backup.not_empty", database=settings.database_shown)
            with file.connect() as read, read.begin():
                _copy_rows(read, server)
                wanted = _contents(read)
            with explained(), server.connect() as connection, connection.begin():
                if _contents(connection) != wanted:
                    raise Unavailable("backup.failed", path=settings.database_shown)
        finally:
            file.dispose()
            server.dispose()


def require_ours(source: Path) -> None:
    """The file is a whole database of this program; else InvalidInput("backup.damaged"), ("backup.not_ours")."""
    try:
        with explained(), closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as check:
            whole = check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            if not whole or check.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise InvalidInput("backup.damaged", path=str(source))
            names = _tables(check)
    except Unavailable as error:
        if error.code != "store.not_a_database":
            raise
        is_sqlite = source.read_bytes()[: len(SQLITE_MARK)] == SQLITE_MARK
        raise InvalidInput("backup.damaged" if is_sqlite else "backup.not_ours", path=str(source)) from None
    if not names >= _OUR_TABLES:
        raise InvalidInput("backup.not_ours", path=str(source))


def _free_name(target: Path) -> Path:
    number = 1
    while (candidate := target.with_name(f"{target.stem}.before-restore-{number}{target.suffix}")).exists():
        number += 1
    return candidate


def keep_newest(folder: Path, stem: str, kept: int) -> tuple[Path, ...]:
    """Of the scheduled back-ups in a folder the newest stay; the others are deleted and returned."""
    older = sorted(folder.glob(f"{stem}-*.db"), reverse=True)[kept:]
    for path in older:
        path.unlink(missing_ok=True)
    return tuple(older)


def old_backups(settings: Settings, folder: Path, *, now: datetime) -> tuple[Path, ...]:
    """The back-ups in a folder that are older than the settings allow, the oldest first; never the database itself.

    Raises NotFound("backup.missing").
    """
    if not folder.is_dir():
        raise NotFound("backup.missing", path=str(folder))
    before = (now - timedelta(days=settings.backup_days)).timestamp()
    database = None if settings.sqlite_path is None else settings.sqlite_path.absolute()
    found = [
        path
        for path in folder.iterdir()
        if path.is_file() and path.absolute() != database and path.stat().st_mtime < before and _is_ours(path)
    ]
    return tuple(sorted(found, key=lambda path: path.stat().st_mtime))


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        if file.read(len(SQLITE_MARK)) != SQLITE_MARK:
            return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as check:
            return _tables(check) >= _OUR_TABLES
    except sqlite3.Error:
        return False


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}


_OUR_TABLES = frozenset({"alembic_version", "consultations"})


def scheduled(settings: Settings, day: date) -> Path | None:
    """The back-up of a day, in the folder that the settings name; None when there is one, of another process perhaps.

    Of the earlier ones the newest stay, and none that is older than the settings allow.
    """
    folder = Path(settings.backup_folder)
    make_folder(folder)
    target = folder / f"soundings-{day.isoformat()}.db"
    if target.exists():
        return None
    # Under its own name only when it is whole: a process that is killed meanwhile leaves nothing that looks like one.
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    backup(settings, part)
    part.rename(target)
    keep_newest(folder, "soundings", settings.backups_kept)
    for path in old_backups(settings, folder, now=datetime.now(UTC)):
        path.unlink(missing_ok=True)
    return target


def scheduled_once(settings: Settings, sharing: Sharing, day: date) -> Path | None:
    """The same, when no other process over the database has made it or is at it."""
    with sharing.once_a_day("backup", day) as mine:
        return scheduled(settings, day) if mine else None


async def each_day(settings: Settings, sharing: Callable[[], Sharing]) -> None:
    """Without end: a back-up of every day, soon after it began in UTC, by one process of all; what went wrong is
    logged and tried again."""
    while settings.backup_folder:
        try:
            await asyncio.to_thread(scheduled_once, settings, sharing(), datetime.now(UTC).date())
        except (SoundingsError, OSError) as error:
            _LOGGER.error("The scheduled back-up could not be made: %s", error)
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
