"""Faults of a database that can be put right again, each with what the program says of it.

SQLite answers to a limit on the pages of a file as to a full disk, and to a ban on writing as to a read-only one; the
disks themselves are in `test_engine.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from data.store import Store

SQLITE = {"full": "PRAGMA max_page_count=1", "read-only": "PRAGMA query_only=ON"}
WORDS = {"full": "The disk is full.", "read-only": "The disk is read-only."}


@contextmanager
def fault(store: Store, kind: str) -> Iterator[None]:
    """Every connection of the store has this fault meanwhile."""

    def spoil(driver: object, *_: object) -> None:
        driver.execute(SQLITE[kind])  # type: ignore[attr-defined]

    pool = store._engine.pool
    event.listen(pool, "checkout", spoil)
    try:
        yield
    finally:
        event.remove(pool, "checkout", spoil)
        # The limits belong to the connections; what follows gets them without.
        with store._engine.connect() as connection:
            for statement in ("PRAGMA max_page_count=4294967294", "PRAGMA query_only=OFF"):
                connection.exec_driver_sql(statement)
