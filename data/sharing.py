"""What processes over one database share besides its tables: who does a thing alone, what was done today, counts that
end, and a secret.

On a PostgreSQL server they share it by advisory locks and by one table that is unlogged: never on the disk for good,
in no back-up and empty after a crash, as nothing in it is worth more than a day. An embedded database has one process,
which keeps all of it in memory.
"""

import hashlib
import hmac
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from data.engine import explained, make_folder
from data.errors import Unavailable
from data.settings import Settings

TABLE = "process_counts"
"""Its name; it is no part of the schema, and migrations and back-ups do not know it."""
KEPT_SECONDS = 2 * 24 * 3600
"""So long it is remembered that the work of a day was done."""
_SWEEP_SECONDS = 60.0
_LOCKS = 0x50F9
_CREATORS = 0x50FA
_CREATE = f"""CREATE UNLOGGED TABLE IF NOT EXISTS {TABLE} (
    name text PRIMARY KEY, count bigint NOT NULL, ends_at timestamptz NOT NULL, word text)"""
_SECRET = f"SELECT word FROM {TABLE} WHERE name = 'secret'"
_NEW_SECRET = f"INSERT INTO {TABLE} VALUES ('secret', 0, 'infinity', :word) ON CONFLICT DO NOTHING"
# In the order of names, so that no two processes wait for each other.
_ADD = f"""INSERT INTO {TABLE} AS kept (name, count, ends_at)
    SELECT name, added, now() + seconds * interval '1 second'
    FROM unnest(cast(:names AS text[]), cast(:added AS bigint[]), cast(:seconds AS bigint[]))
        AS given (name, added, seconds) ORDER BY name
    ON CONFLICT (name) DO UPDATE SET
        count = CASE WHEN kept.ends_at <= now() THEN 0 ELSE kept.count END + excluded.count,
        ends_at = CASE WHEN kept.ends_at <= now() THEN excluded.ends_at ELSE kept.ends_at END"""
_LOOK = f"""SELECT name, count, extract(epoch FROM ends_at - now()) FROM {TABLE}
    WHERE name = ANY(cast(:names AS text[])) AND ends_at > now()"""
_SWEEP = f"""DELETE FROM {TABLE} WHERE name IN (
    SELECT name FROM {TABLE} WHERE ends_at <= now() FOR UPDATE SKIP LOCKED)"""
_HELD = """SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted
    AND classid = :kind AND objid = :name
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""
_Found = TypeVar("_Found")


class Sharing:
    """The part of a store that is about other processes; threads share it."""

    _engine: Engine

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._names: dict[str, threading.Lock] = {}
        self._counts: dict[str, tuple[int, float]] = {}
        self._secret = secrets.token_bytes(32)
        self._sweep_at = 0.0

    @property
    def is_shared(self) -> bool:
        """True when other processes may serve the same database."""
        return self._engine.dialect.name == "postgresql"

    # one at a time

    @contextmanager
    def alone(self, name: str, *, wait: bool = False) -> Iterator[bool]:
        """Inside the block: True for whoever does what this name stands for, False when somebody else is at it.

        wait  True waits until the other is ready, and is always True inside
        On a server the lock ends with the process too, however it ends.
        """
        if not self.is_shared:
            with self._mutex:
                lock = self._names.setdefault(name, threading.Lock())
            mine = lock.acquire(blocking=wait)
            try:
                yield mine
            finally:
                if mine:
                    lock.release()
            return
        # A connection of its own, outside of any transaction: an open one would keep the server from tidying up.
        with explained():
            pooled = self._engine.raw_connection()
            connection: Any = pooled.driver_connection
            pooled.detach()
        try:
            with explained():
                mine = _taken(connection, name, wait)
            yield mine
        finally:
            with suppress(Exception):  # a connection that broke has given the lock back
                # Asked for, because the server notices only some time later that a connection was closed.
                connection.execute("SELECT pg_advisory_unlock_all()")
            with suppress(Exception):
                connection.close()

    def is_held(self, name: str) -> bool:
        """True while somebody is inside `alone` with this name."""
        if not self.is_shared:
            with self._mutex:
                lock = self._names.get(name)
            return lock is not None and lock.locked()
        return bool(self._at_table(lambda it: it.scalar(text(_HELD), {"kind": _LOCKS, "name": _number(name)})))

    @contextmanager
    def once_a_day(self, name: str, day: date) -> Iterator[bool]:
        """Inside the block: True for the one process that does this work of this day now.

        The work counts as done when the block ends without an error; what was cut off is done by another process. After
        a crash of the database server it may be done once more.
        """
        key = f"day {name} {day.isoformat()}"
        with self.alone(f"day {name}") as mine:
            if not mine or self.counted({}, (key,))[key][0]:
                yield False
                return
            yield True
            self.counted({key: (1, KEPT_SECONDS)})

    # counts that end

    def counted(
        self, added: Mapping[str, tuple[int, int]], looked_at: Collection[str] = ()
    ) -> dict[str, tuple[int, float]]:
        """name -> (count of all processes, seconds until it ends), after what is added; (0, 0.0) for none.

        added  name -> (how many more, seconds after which a count that begins now ends)
        The names themselves are not kept, but a hash of each under the shared secret.
        """
        if not self.is_shared:
            return self._counted_here(added, looked_at)
        secret = self.secret()
        keys = {
            name: hmac.new(secret, name.encode(errors="replace"), "sha256").hexdigest() for name in {*added, *looked_at}
        }
        found = self._at_table(lambda connection: self._exchanged(connection, added, keys))
        return {name: found.get(key, (0, 0.0)) for name, key in keys.items()}

    def _exchanged(
        self, connection: Connection, added: Mapping[str, tuple[int, int]], keys: Mapping[str, str]
    ) -> dict[str, tuple[int, float]]:
        if time.monotonic() > self._sweep_at:
            self._sweep_at = time.monotonic() + _SWEEP_SECONDS
            connection.execute(text(_SWEEP))
        if added:
            numbers = {
                "added": [more for more, _end in added.values()],
                "seconds": [end for _more, end in added.values()],
            }
            connection.execute(text(_ADD), {"names": [keys[name] for name in added], **numbers})
        rows = connection.execute(text(_LOOK), {"names": list(keys.values())})
        return {name: (int(count), float(seconds)) for name, count, seconds in rows}

    def _counted_here(
        self, added: Mapping[str, tuple[int, int]], looked_at: Collection[str]
    ) -> dict[str, tuple[int, float]]:
        now = time.monotonic()
        with self._mutex:
            if now > self._sweep_at:
                self._sweep_at = now + _SWEEP_SECONDS
                self._counts = {name: kept for name, kept in self._counts.items() if kept[1] > now}
            for name, (more, seconds) in added.items():
                count, end = self._counts.get(name, (0, 0.0))
                self._counts[name] = (count + more, end) if end > now else (more, now + seconds)
            found = {name: self._counts.get(name, (0, 0.0)) for name in {*added, *looked_at}}
        return {name: (count, end - now) if end > now else (0, 0.0) for name, (count, end) in found.items()}

    def secret(self) -> bytes:
        """256 random bits that all processes over the database know, and nobody else."""
        if not self.is_shared:
            return self._secret

        def known(connection: Connection) -> str:
            if (word := connection.scalar(text(_SECRET))) is None:
                connection.execute(text(_NEW_SECRET), {"word": secrets.token_hex(32)})
                word = connection.scalar(text(_SECRET))
            return str(word)

        return bytes.fromhex(self._at_table(known))

    def _at_table(self, work: Callable[[Connection], _Found]) -> _Found:
        """What the work finds in a transaction that waits for no writer; the table is made when it is not there."""
        with explained():
            try:
                with self._engine.connect() as connection, connection.begin():
                    return work(connection)
            except ProgrammingError as error:
                if getattr(error.orig, "sqlstate", "") != "42P01":  # undefined table
                    raise
            with self._engine.connect() as connection, connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CREATORS})
                connection.execute(text(_CREATE))
                return work(connection)


def _taken(connection: Any, name: str, wait: bool) -> bool:
    connection.autocommit = True
    ask = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    (mine,) = connection.execute(f"SELECT {ask}(%s, %s)", (_LOCKS, _signed(_number(name)))).fetchone()
    return wait or bool(mine)


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4])


def _signed(number: int) -> int:
    return number - 2**32 if number >= 2**31 else number


def serve_alone(settings: Settings) -> sqlite3.Connection | None:
    """From now on no other process can serve the same embedded database, until this one ends or closes what it gets.

    None on a server, which is made for several, and for a database in memory.
    Raises Unavailable("store.served") when another process serves it.
    """
    path = settings.sqlite_path
    if path is None:
        return None
    make_folder(path.parent)
    # An empty database of SQLite's own: its lock works on every system and ends with the process.
    held = sqlite3.connect(
        path.with_name(f"{path.name}.served"), isolation_level=None, timeout=0, check_same_thread=False
    )
    try:
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        held.close()
        if "locked" in str(error):
            raise Unavailable("store.served", path=str(path)) from None
        return None  # a disk that cannot be written to; nobody can spoil anything there
    return held
