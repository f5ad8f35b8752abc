"""Columns that are sealed before they are written and opened after they are read (`data.contact_keys`).

The keys belong to the engine: they hang on its dialect, which every column type is given.
"""

import json
from typing import Any

from sqlalchemy import Dialect, Engine, MetaData, Text
from sqlalchemy.types import TypeDecorator

from data.contact_keys import ContactKeys


class SealedText(TypeDecorator[str]):
    """A text that only holders of the key can read; an empty one stays empty.

    purpose  table and column: a value that somebody moved to another column is refused
    """

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Sealed before it is written."""
        return keys_of(dialect).seal(value, self.purpose) if value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Opened after it is read."""
        return keys_of(dialect).unseal(value, self.purpose) if value else value


class SealedJSON(TypeDecorator[Any]):
    """A document that only holders of the key can read; None stays None."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Sealed before it is written."""
        if value is None:
            return None
        return keys_of(dialect).seal(json.dumps(value, ensure_ascii=False), self.purpose)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Opened after it is read."""
        return None if value is None else json.loads(keys_of(dialect).unseal(value, self.purpose))


def as_stored(tables: MetaData) -> MetaData:
    """The same tables with their sealed columns as they lie there: what is copied with these needs no key."""
    found = MetaData(naming_convention=tables.naming_convention)
    for table in tables.sorted_tables:
        for column in table.to_metadata(found).columns:
            if isinstance(column.type, SealedText | SealedJSON):
                column.type = Text()
    return found


def give_keys(engine: Engine, keys: ContactKeys) -> None:
    """The engine seals and opens with these keys."""
    engine.dialect.contact_keys = keys  # type: ignore[attr-defined]


def keys_of(dialect: Dialect) -> ContactKeys:
    """The keys of an engine, by its dialect."""
    keys: ContactKeys = dialect.contact_keys  # type: ignore[attr-defined]
    return keys
