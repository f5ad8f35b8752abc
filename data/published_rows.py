"""The part of a transaction that is about the public page of a consultation's results."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from data import schema
from data.analysis_records import PublishedRecord
from data.errors import Conflict
from data.rows import Rows

_TABLE = schema.published_results
_LIGHT = [_TABLE.c[name] for name in PublishedRecord.__dataclass_fields__ if name not in ("choice", "content")]


class PublishedRows(Rows):
    """Reads and writes of public pages; a consultation has one, or none yet."""

    def published(self, consultation_id: int) -> PublishedRecord | None:
        """The page with all that was chosen and published; None when nobody ever prepared one."""
        return self._published(select(*_TABLE.c).where(_TABLE.c.consultation_id == consultation_id))

    def published_mark(self, consultation_id: int) -> PublishedRecord | None:
        """The same without choice and content, which are long: whether there is a page, and which."""
        return self._published(select(*_LIGHT).where(_TABLE.c.consultation_id == consultation_id))

    def keep_published(self, consultation_id: int, *, expected_revision: int, **values: object) -> None:
        """Changes the page that nobody changed meanwhile; revision 0: the first one is made.

        Raises Conflict("record.changed_elsewhere").
        """
        page = self.published_mark(consultation_id)
        if page is not None:
            self._change(_TABLE, page.id, expected_revision, values)
            return
        if expected_revision:
            raise Conflict("record.changed_elsewhere")
        first = {"choice": {}, "content": {}, "published_by": "", **values}
        try:
            with self._connection.begin_nested():
                self._insert(_TABLE, {"consultation_id": consultation_id, **first})
        except IntegrityError:
            raise Conflict("record.changed_elsewhere") from None

    def _published(self, query: Any) -> PublishedRecord | None:
        row = self._connection.execute(query).mappings().first()
        return None if row is None else PublishedRecord(**{"choice": {}, "content": {}, **row})
