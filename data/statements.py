"""Statements that are built once: to build one anew for each row, and to find what was compiled of it, costs more than
to run it."""

from functools import cache

from sqlalchemy import Insert, Table, Update, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite

KEY = "key_"
"""What stands before the name of a column in the parameters of `updating`, for the value that it has."""


@cache
def inserting(table: Table) -> Insert:
    """Adds the row that it is executed with."""
    return insert(table)


@cache
def updating(table: Table, *keys: str) -> Update:
    """Sets the columns that it is executed with, where the columns `keys` have the values of `key_NAME`."""
    return update(table).where(*(table.c[name] == bindparam(f"{KEY}{name}") for name in keys))


@cache
def upserting(dialect: str, table: Table, *keys: str, adds: tuple[str, ...] = ()) -> postgresql.Insert | sqlite.Insert:
    """Adds the row that it is executed with; where one with the same `keys` stands, its other columns are set.

    dialect  "sqlite" or "postgresql": both have this statement, in the same words, but no common one
    adds     columns to which the new value is added
    """
    adding = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    others = [column for column in table.c if column.name not in keys]
    return adding.on_conflict_do_update(
        index_elements=[table.c[name] for name in keys],
        set_={c.name: c + adding.excluded[c.name] if c.name in adds else adding.excluded[c.name] for c in others},
    )
