"""The engine: SQLite in WAL mode with `synchronous=FULL`, or PostgreSQL by psycopg 3; every write begins with a lock,
migrations run by the program itself, the keys of the contact data."""

import errno
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Connection,
    Engine,
    Text,
    create_engine,
    delete,
    event,
    insert,
    inspect,
    select,
    type_coerce,
    update,
)
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from data import schema
from data.contact_keys import ContactKeys
from data.errors import InvalidInput, SoundingsError, Unavailable
from data.schema import from_json, to_json
from data.sealed import give_keys, keys_of
from data.settings import Settings

BUSY_SECONDS = 5.0
_MIGRATIONS = Path(__file__).parent / "migrations"
SQLITE_MARK = b"SQLite format 3\x00"


def open_engine(settings: Settings) -> Engine:
    """An engine that many threads may share. Nothing is created but the folder that an embedded database lies in."""
    if settings.on_server:
        return _open_server(settings)
    path = settings.sqlite_path
    if path is not None:
        make_folder(path.parent)
    engine = create_engine(
        settings.database_url,
        json_serializer=to_json,
        json_deserializer=from_json,
        connect_args={"timeout": BUSY_SECONDS},
        pool_size=8,
        pool_timeout=BUSY_SECONDS,
        hide_parameters=True,  # an error never quotes what somebody answered
    )
    give_keys(engine, ContactKeys(settings.contact_key, settings.contact_key_path))
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def without_events(engine: Engine) -> Engine:
    """The same database through connections that nothing listens to, which takes a fifth off each short statement.

    Whoever begins a transaction on one calls `begun` next.
    """
    return Engine(engine.pool, engine.dialect, engine.url, hide_parameters=True)


def begun(connection: Connection, *, writes: bool) -> None:
    """The transaction of a connection of `without_events` has begun for the database as well."""
    if connection.dialect.name == "sqlite":
        # A deferred BEGIN that reads and then writes fails at once under load; the lock is taken at the start instead.
        if writes:
            _await_lock(connection)
        else:
            connection.exec_driver_sql("BEGIN")
    elif writes:
        # It sees what the writers before it have kept, and waits for them.
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{int(BUSY_SECONDS * 1000)}ms'")
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_WRITERS,))
    else:  # it sees one moment only
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _await_lock(connection: Connection) -> None:
    # SQLite's own waiting sleeps for up to a tenth of a second, and misses the moments that another process leaves.
    driver: Any = connection.connection.driver_connection
    until = time.monotonic() + BUSY_SECONDS
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    break
            time.sleep(0.001)
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # its error is told in SQLAlchemy's way
    finally:
        driver.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")


def _begin(connection: Connection) -> None:
    begun(connection, writes=bool(connection.get_execution_options().get("writes")))


def _open_server(settings: Settings) -> Engine:
    # A broken connection is found before it is used: the server may have been started anew since.
    engine = create_engine(
        settings.sqlalchemy_url,
        json_serializer=to_json,
        json_deserializer=from_json,
        pool_size=settings.database_connections,
        max_overflow=settings.database_connections,
        pool_timeout=BUSY_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,  # an error never quotes what somebody answered
        connect_args={
            "connect_timeout": int(BUSY_SECONDS),
            # A network that is cut without a word is noticed after so long, not after hours.
            "tcp_user_timeout": int(BUSY_SECONDS * 1000),
            "keepalives_idle": int(BUSY_SECONDS),
            "keepalives_interval": 1,
            "keepalives_count": int(BUSY_SECONDS),
            "application_name": "soundings",
            "options": "-c timezone=utc",
        },
    )
    give_keys(
        engine, ContactKeys(settings.contact_key, settings.contact_key_path, may_make=bool(settings.contact_key_file))
    )
    event.listen(engine, "begin", _begin)
    return engine


_MIGRATORS = 0x50F8
_WRITERS = 0x50F7
"""What writers of all processes queue at, so that each decides on what stands when it writes, as in SQLite."""


def make_folder(folder: Path) -> None:
    """The folder is there; Unavailable when it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        code = {errno.EROFS: "store.read_only", errno.ENOSPC: "store.full"}.get(error.errno or 0, "store.unreachable")
        raise Unavailable(code) from None


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
    """Turns what the database cannot do now into Unavailable with a code that a person can act on, and what it never
    takes into InvalidInput."""
    try:
        yield
    except SoundingsError:
        raise
    except PoolTimeout as error:  # every connection is in use
        raise Unavailable("store.locked") from error
    except (OperationalError, DatabaseError, sqlite3.Error) as error:
        cause = getattr(error, "orig", None) or error
        words = f"{type(cause).__name__} {cause}".lower()
        if "nul (0x00)" in words or "\\u0000 cannot be" in words:
            raise InvalidInput("text.nul") from error
        for needle, code in _REASONS:
            if needle in words:
                raise Unavailable(code) from error
        raise


_REASONS = (
    ("lock timeout", "store.locked"),
    ("deadlock detected", "store.locked"),
    ("read-only transaction", "store.read_only"),
    ("no space left", "store.full"),
    ("connection", "store.no_server"),
    ("starting up", "store.no_server"),
    ("shutting down", "store.no_server"),
    ("password authentication", "store.no_server"),
    ("undefinedtable", "store.not_migrated"),
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


@cache
def newest_revision() -> str:
    """The schema revision that this program needs; its files are read once."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def upgrade(engine: Engine) -> str:
    """Brings the database to the newest schema and returns its revision; nothing happens when it is there.

    An embedded database that holds something is copied first, beside itself, as `NAME.before-upgrade-REVISION.db`. On a
    server one process upgrades and the others wait for it; its back-up is the administrator's. The first key of the
    contact data is made where there is none and nothing is sealed yet.
    Raises Unavailable("store.too_new") for a database of a later version of the program, and what `require_keys` does.
    """
    newest = newest_revision()
    if revision(engine) != newest:
        with explained(), _alone(engine):
            current = revision(engine)
            known = {script.revision for script in ScriptDirectory.from_config(_alembic(engine)).walk_revisions()}
            if current and current not in known:
                raise Unavailable("store.too_new")
            if not sealing_keys(engine):
                keys_of(engine.dialect).make()
            if current and current != newest and engine.dialect.name == "sqlite":
                _keep_before_upgrade(engine, current)
            command.upgrade(_alembic(engine), "head")
            if current:
                tidy(engine)
    require_keys(engine)
    note_key(engine)
    return newest


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """No other process changes the schema meanwhile; SQLite's own lock sees to that."""
    if engine.dialect.name == "sqlite":
        yield
        return
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_lock(%s)", (_MIGRATORS,))
        try:
            yield
        finally:
            connection.exec_driver_sql("SELECT pg_advisory_unlock(%s)", (_MIGRATORS,))


def _keep_before_upgrade(engine: Engine, current: str) -> None:
    source = Path(engine.url.database or "")
    if not source.is_file():
        return
    target = source.with_name(f"{source.stem}.before-upgrade-{current}{source.suffix}")
    if not target.exists():
        copy_file(source, target)
        target.chmod(0o600)  # it holds contact data


def tidy(engine: Engine) -> None:
    """Nothing of what was replaced or removed is left in the files of the database.

    On a server, whose own vacuum gives free what was removed, only the tables with sealed columns are written anew.
    """
    with explained():
        held = engine.raw_connection()
        try:
            raw = held.driver_connection
            assert raw is not None
            if engine.dialect.name == "sqlite":
                raw.execute("VACUUM")
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return
            raw.autocommit = True
            raw.execute(f"SET lock_timeout = '{int(BUSY_SECONDS * 1000)}ms'")
            for name in sorted({table.name for table, _key, _column in SEALED}):
                raw.execute(f"VACUUM FULL {name}")
        finally:
            held.invalidate()  # it is not as the pool gave it


def copy_file(source: Path, target: Path) -> None:
    """A consistent copy of a database file, also of one that is in use; what was in the target is gone."""
    started = time.monotonic()

    def give_up(status: int, _remaining: int, _total: int) -> None:
        # Connection.backup waits for a lock without end.
        busy = status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if busy and time.monotonic() - started > BUSY_SECONDS:
            raise Unavailable("store.locked")

    with explained(), closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=0)) as new:
        old.backup(new, progress=give_up)


# the keys of the contact data


def require_keys(engine: Engine) -> None:
    """Returns when everything that is sealed can be read.

    Raises Unavailable("contact_key.missing") when there is no key, ("contact_key.wrong") when it is another one.
    """
    keys = keys_of(engine.dialect)
    if not keys.ids:
        raise Unavailable("contact_key.missing", path=str(keys.path))
    strange = [each for each in sealing_keys(engine) if each not in keys.ids]
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


def sealing_keys(engine: Engine) -> tuple[str, ...]:
    """The names of the keys with which the database was sealed; () before anything was."""
    with explained(), engine.connect() as connection:
        if not inspect(connection).has_table("contact_keys"):
            return ()
        return tuple(connection.scalars(select(schema.contact_keys.c.id)))


def note_key(engine: Engine) -> None:
    """The database says that it needs the key which seals from now on."""
    keys, table = keys_of(engine.dialect), schema.contact_keys
    if keys.ids[0] in sealing_keys(engine):
        return
    with explained(), engine.connect().execution_options(writes=True) as connection, connection.begin():
        if connection.scalar(select(table.c.id).where(table.c.id == keys.ids[0])) is None:
            connection.execute(insert(table).values(id=keys.ids[0], created_at=datetime.now(UTC)))
