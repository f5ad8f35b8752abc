"""The engine: SQLite in WAL mode with `synchronous=FULL`, every write beginning with the write lock, migrations run
by the program itself, the keys of the contact data, back-up and restore of the embedded database."""

import errno
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Text, create_engine, delete, event, insert, inspect, select, type_coerce, update
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from data import schema
from data.contact_keys import ContactKeys
from data.errors import InvalidInput, NotFound, SoundingsError, Unavailable
from data.schema import to_json
from data.sealed import give_keys, keys_of
from data.settings import Settings

BUSY_SECONDS = 5.0
_MIGRATIONS = Path(__file__).parent / "migrations"
_SQLITE_MARK = b"SQLite format 3\x00"


def open_engine(settings: Settings) -> Engine:
    """An engine that many threads may share. Nothing is created but the folder that the database lies in."""
    path = settings.sqlite_path
    if path is not None:
        _make_folder(path.parent)
    engine = create_engine(
        settings.database_url, json_serializer=to_json, connect_args={"timeout": BUSY_SECONDS}, pool_size=8
    )
    give_keys(engine, ContactKeys(settings.contact_key, settings.contact_key_path))
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(_begin_of(connection)))
    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        code = {errno.EROFS: "store.read_only", errno.ENOSPC: "store.full"}.get(error.errno or 0, "store.unreachable")
        raise Unavailable(code) from None


def _begin_of(connection: object) -> str:
    # A deferred BEGIN that reads and then writes fails at once under load; the lock is taken at the start instead.
    options = connection.get_execution_options()  # type: ignore[attr-defined]
    return "BEGIN IMMEDIATE" if options.get("writes") else "BEGIN"


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        # A read-only disk can still be read; the first write says what is wrong.
        if "readonly" not in str(error):
            raise
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what is erased leaves no bytes in the file


@contextmanager
def explained() -> Iterator[None]:
    """Turns what the database cannot do now into Unavailable with a code that a person can act on."""
    try:
        yield
    except SoundingsError:
        raise
    except (OperationalError, DatabaseError, sqlite3.Error) as error:
        words = str(getattr(error, "orig", None) or error).lower()
        for needle, code in _REASONS:
            if needle in words:
                raise Unavailable(code) from error
        raise


_REASONS = (
    ("locked", "store.locked"),
    ("busy", "store.locked"),
    ("readonly", "store.read_only"),
    ("read-only", "store.read_only"),
    ("full", "store.full"),
    ("disk i/o", "store.full"),
    ("unable to open", "store.unreachable"),
    ("not a database", "store.not_a_database"),
    ("malformed", "store.not_a_database"),
    ("no such table", "store.not_migrated"),
)


def _alembic(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def revision(engine: Engine) -> str:
    """The schema revision of the database, "" for an empty one."""
    with explained(), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def newest_revision() -> str:
    """The schema revision that this program needs."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def upgrade(engine: Engine) -> str:
    """Brings the database to the newest schema and returns its revision; nothing happens when it is there.

    The first key of the contact data is made where there is none and nothing is sealed yet.
    Raises Unavailable("store.too_new") for a database of a later version of the program, and what `require_keys` does.
    """
    current, newest = revision(engine), newest_revision()
    if current != newest:
        known = {script.revision for script in ScriptDirectory.from_config(_alembic(engine)).walk_revisions()}
        if current and current not in known:
            raise Unavailable("store.too_new")
        if not _sealing_keys(engine):
            keys_of(engine.dialect).make()
        with explained():
            command.upgrade(_alembic(engine), "head")
            if current:
                tidy(engine)
    require_keys(engine)
    _note_key(engine)
    return newest


def tidy(engine: Engine) -> None:
    """Nothing of what was replaced or removed is left in the files of an embedded database."""
    if engine.dialect.name != "sqlite":
        return
    with explained(), engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# the keys of the contact data


def require_keys(engine: Engine) -> None:
    """Returns when everything that is sealed can be read.

    Raises Unavailable("contact_key.missing") when there is no key, ("contact_key.wrong") when it is another one.
    """
    used, keys = _sealing_keys(engine), keys_of(engine.dialect)
    if not keys.ids:
        raise Unavailable("contact_key.missing", path=str(keys.path))
    strange = [each for each in used if each not in keys.ids]
    if strange:
        raise Unavailable("contact_key.wrong", key=strange[0])


def rotate_keys(engine: Engine) -> int:
    """Everything is sealed anew with the first key, in one transaction; returns how many values were not yet.

    Until it is done the other keys open what they sealed; afterwards the database needs the first key alone.
    """
    keys = keys_of(engine.dialect)
    first = keys.ids[0]
    changed = 0
    with explained(), engine.connect().execution_options(writes=True) as connection, connection.begin():
        for table, key, column in SEALED:
            mark = f"sealed:{first}:"
            raw = type_coerce(column, Text)
            query = select(table.c[key], column).where(raw != "", raw.not_like(f"{mark}%"))
            for row_key, value in connection.execute(query).all():
                connection.execute(update(table).where(table.c[key] == row_key).values({column.name: value}))
                changed += 1
        connection.execute(delete(schema.contact_keys))
        connection.execute(insert(schema.contact_keys).values(id=first, created_at=datetime.now(UTC)))
    return changed


SEALED = (
    (schema.invitations, "id", schema.invitations.c.email),
    (schema.mails, "id", schema.mails.c.email),
    (schema.mails, "id", schema.mails.c.reason),
    (schema.contacts, "response_id", schema.contacts.c.details),
    (schema.contacts, "response_id", schema.contacts.c.correction),
)
"""Every sealed column, with its table and the name of the key of a row."""


def _sealing_keys(engine: Engine) -> tuple[str, ...]:
    """The names of the keys with which the database was sealed; () before anything was."""
    with explained(), engine.connect() as connection:
        if not inspect(connection).has_table("contact_keys"):
            return ()
        return tuple(connection.scalars(select(schema.contact_keys.c.id)))


def _note_key(engine: Engine) -> None:
    """The database says that it needs the key which seals from now on."""
    keys, table = keys_of(engine.dialect), schema.contact_keys
    if keys.ids[0] in _sealing_keys(engine):
        return
    with explained(), engine.connect().execution_options(writes=True) as connection, connection.begin():
        if connection.scalar(select(table.c.id).where(table.c.id == keys.ids[0])) is None:
            connection.execute(insert(table).values(id=keys.ids[0], created_at=datetime.now(UTC)))


def backup(settings: Settings, target: Path) -> None:
    """A consistent copy of the database in `target`, taken while the app runs; an existing file is never replaced.

    Its pages are written in the order of keys: unlike the database's own they do not tell in which order rows came.
    """
    source = _existing(settings)
    if target.exists():
        raise InvalidInput("backup.exists", path=str(target))
    try:
        _write_anew(source, target)
        target.chmod(0o600)  # it holds contact data
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def restore(settings: Settings, source: Path) -> Path | None:
    """Replaces the database by the back-up `source`; the replaced one is kept beside it and its path returned.

    What was erased since the back-up was made is erased again by `data.store.open_store(...).replay_erasures()`.
    Raises NotFound("backup.missing"), InvalidInput("backup.damaged"), ("backup.not_ours"), ("backup.needs_file");
    Unavailable("store.locked") when somebody writes for longer than BUSY_SECONDS.
    """
    if not source.is_file():
        raise NotFound("backup.missing", path=str(source))
    target = settings.sqlite_path
    if target is None:
        raise InvalidInput("backup.needs_file")
    _require_ours(source)
    _make_folder(target.parent)
    kept: Path | None = None
    if target.exists():
        kept = _free_name(target)
        try:
            backup(settings, kept)
        except Unavailable as error:
            if error.code != "store.not_a_database":
                raise
            # A damaged database is why people restore; it cannot be copied, so it is put aside as it is.
            for ending in ("", "-wal", "-shm"):
                part = target.with_name(target.name + ending)
                if part.exists():
                    part.rename(kept.with_name(kept.name + ending))
    _copy(source, target)
    return kept


def old_backups(folder: Path, *, days: int, now: datetime) -> tuple[Path, ...]:
    """The back-ups of ours in a folder that were written more than so many days ago, the oldest first.

    Raises NotFound("backup.missing").
    """
    if not folder.is_dir():
        raise NotFound("backup.missing", path=str(folder))
    before = (now - timedelta(days=days)).timestamp()
    found = [path for path in folder.iterdir() if path.is_file() and path.stat().st_mtime < before]
    return tuple(sorted((path for path in found if _is_ours(path)), key=lambda path: path.stat().st_mtime))


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        if file.read(len(_SQLITE_MARK)) != _SQLITE_MARK:
            return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as check:
            names = {name for (name,) in check.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    except sqlite3.Error:
        return False
    return names >= _OUR_TABLES


_OUR_TABLES = frozenset({"alembic_version", "consultations"})


def _require_ours(source: Path) -> None:
    try:
        with explained(), closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as check:
            if check.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise InvalidInput("backup.damaged", path=str(source))
            names = {name for (name,) in check.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    except Unavailable as error:
        if error.code != "store.not_a_database":
            raise
        is_sqlite = source.read_bytes()[: len(_SQLITE_MARK)] == _SQLITE_MARK
        raise InvalidInput("backup.damaged" if is_sqlite else "backup.not_ours", path=str(source)) from None
    if not names >= _OUR_TABLES:
        raise InvalidInput("backup.not_ours", path=str(source))


def _write_anew(source: Path, target: Path) -> None:
    with explained(), closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as old:
        old.execute("VACUUM INTO ?", (str(target),))


def _copy(source: Path, target: Path) -> None:
    started = time.monotonic()

    def give_up(status: int, _remaining: int, _total: int) -> None:
        # Connection.backup waits for a lock without end.
        busy = status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if busy and time.monotonic() - started > BUSY_SECONDS:
            raise Unavailable("store.locked")

    with explained(), closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=0)) as new:
        old.backup(new, progress=give_up)


def _free_name(target: Path) -> Path:
    number = 1
    while (candidate := target.with_name(f"{target.stem}.before-restore-{number}{target.suffix}")).exists():
        number += 1
    return candidate


def _existing(settings: Settings) -> Path:
    path = settings.sqlite_path
    if path is None or not path.is_file():
        raise NotFound("store.missing", path=str(path))
    return path
