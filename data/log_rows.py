"""The part of a transaction that is about the log of acts: append, read, blank a content; nothing else is possible.

Triggers refuse every other change (`data/migrations/versions/0009_log_chain.py`). Writers of all processes queue, so
each entry follows the newest one.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select, update

from data import schema
from data.audit import NO_HEAD, Head, content_hash, content_text, entry_hash
from data.driver import Prepared, adding
from data.log_records import LogFilter, LogRecord
from data.rows import Rows

_AT_ONCE = 1000
_EVERYTHING = LogFilter()
_HEAD = Prepared(
    lambda _dialect: select(schema.log.c.id, schema.log.c.sha256).order_by(schema.log.c.id.desc()).limit(1)
)
_COLUMNS = tuple(column.name for column in schema.log.c)
_ENTRY, _CONTENT = (adding(table, *[column.name for column in table.c]) for table in (schema.log, schema.log_contents))
_LENGTHS = {"actor": 200, "action": 80, "subject": 200, "consultation": 80}


class LogRows(Rows):
    """What can be read and remembered of acts."""

    def record(
        self,
        *,
        at: datetime,
        actor: str,
        action: str,
        subject: str,
        details: Mapping[str, object],
        consultation: str = "",
        changes: Mapping[str, Sequence[object]] | None = None,
    ) -> None:
        """Appends one act to the log.

        consultation  short name of the one that it belongs to: who may read the log of that one sees the entry
        changes       name -> [before, after] (`audit.differences`); never contact data
        """
        head = self.log_head()
        content = content_text(details, changes or {})
        salt = secrets.token_hex(16)
        texts = {"actor": actor, "action": action, "subject": subject, "consultation": consultation}
        entry = LogRecord(
            id=head.number + 1,
            at=at,
            **{name: text[: _LENGTHS[name]] for name, text in texts.items()},
            content_sha256=content_hash(salt, content),
            previous=head.sha256,
            salt=salt,
            content=content,
        )
        values = {name: getattr(entry, name) for name in _COLUMNS}
        values["sha256"] = entry_hash(entry)
        self._driver.run(_ENTRY, values)
        self._driver.run(_CONTENT, {"entry_id": entry.id, "salt": entry.salt, "content": entry.content})
        self._driver.known["log_head"] = Head(number=entry.id, sha256=values["sha256"])

    def log_head(self) -> Head:
        """The newest entry; who writes is alone, so within a batch of writers it is read once."""
        known: Head | None = self._driver.known.get("log_head")
        if known is None:
            row = self._driver.first(_HEAD, {})
            known = NO_HEAD if row is None else Head(number=row[0], sha256=row[1])
        return known

    def log(self, limit: int = 200, found: LogFilter = _EVERYTHING, *, before: int = 0) -> tuple[LogRecord, ...]:
        """The newest acts first; `before` is the number of an entry, of which only earlier ones are wanted."""
        query = _entries().where(*_conditions(found)).order_by(schema.log.c.id.desc()).limit(limit)
        if before:
            query = query.where(schema.log.c.id < before)
        return tuple(LogRecord(**row) for row in self._connection.execute(query).mappings())

    def log_entries(self, found: LogFilter = _EVERYTHING) -> Iterator[LogRecord]:
        """Every entry, the first one first, some at a time."""
        last = 0
        query = _entries().where(*_conditions(found)).order_by(schema.log.c.id).limit(_AT_ONCE)
        while rows := self._connection.execute(query.where(schema.log.c.id > last)).mappings().all():
            for row in rows:
                yield LogRecord(**row)
            last = rows[-1]["id"]

    def count_log(self, found: LogFilter) -> int:
        """How many entries there are."""
        query = select(func.count()).select_from(schema.log).where(*_conditions(found))
        return int(self._connection.scalar(query) or 0)

    def log_names(self, consultation: str | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """(who acted, which acts there are), each in order; of one consultation or of everything."""
        conditions = _conditions(LogFilter(consultation=consultation))
        actors, actions = (
            tuple(self._connection.scalars(select(column).where(*conditions).distinct().order_by(column)))
            for column in (schema.log.c.actor, schema.log.c.action)
        )
        return actors, actions

    def blank_log(self, consultation: str, subject: str) -> int:
        """Erases what the entries about this object hold, and leaves who did what when; how many there were."""
        entries = select(schema.log.c.id).where(
            schema.log.c.consultation == consultation, schema.log.c.subject == subject
        )
        table = schema.log_contents
        condition = and_(table.c.entry_id.in_(entries), table.c.content != "")
        return self._connection.execute(update(table).where(condition).values(salt="", content="")).rowcount


def _entries() -> Any:
    contents = schema.log_contents
    return select(schema.log, contents.c.salt, func.coalesce(contents.c.content, "").label("content")).join(
        contents, contents.c.entry_id == schema.log.c.id, isouter=True
    )


def _conditions(found: LogFilter) -> list[Any]:
    table = schema.log.c
    conditions: list[Any] = []
    if found.consultation is not None:
        conditions.append(table.consultation == found.consultation)
    if found.since is not None:
        conditions.append(table.at >= found.since)
    if found.until is not None:
        conditions.append(table.at < found.until)
    if found.actor:
        conditions.append(table.actor == found.actor)
    if found.action:
        conditions.append(table.action == found.action)
    if found.subject:
        conditions.append(table.subject.icontains(found.subject, autoescape=True))
    return conditions
