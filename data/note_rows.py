"""The part of a transaction that is about the notes under cards.

A part of `data.store.Transaction`, which inherits it. Who may write one, and what it may say, is decided in
`analysis.card_notes`.
"""

import json
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from data import schema
from data.analysis_records import CardNoteRecord
from data.errors import Conflict
from data.records import Scope
from data.rows import Rows

_TABLE = schema.card_notes


class NoteRows(Rows):
    """Reads and writes of notes; a card has one for each part of the consultation whose readers wrote one."""

    def card_notes(self, consultation_id: int, scope: Scope) -> dict[str, CardNoteRecord]:
        """Question -> its note, of those whose writers saw exactly this part; a note that was emptied stays, as ""."""
        query = select(_TABLE).where(_TABLE.c.consultation_id == consultation_id, _TABLE.c.part == _part(scope))
        found = (dict(row) for row in self._all(query))
        return {
            row["question"]: CardNoteRecord(**{name: row[name] for name in CardNoteRecord.__dataclass_fields__})
            for row in found
        }

    def keep_card_note(
        self, consultation_id: int, question: str, scope: Scope, *, expected_revision: int, **values: object
    ) -> None:
        """Changes a note that nobody changed meanwhile; revision 0: the first one is written.

        Raises Conflict("record.changed_elsewhere").
        """
        before = self.card_notes(consultation_id, scope).get(question)
        if before is not None:
            self._change(_TABLE, before.id, expected_revision, values)
            return
        if expected_revision:
            raise Conflict("record.changed_elsewhere")
        place = {"consultation_id": consultation_id, "question": question, "part": _part(scope)}
        try:
            with self._connection.begin_nested():
                self._insert(_TABLE, {**place, **values})
        except IntegrityError:
            raise Conflict("record.changed_elsewhere") from None


def _part(scope: Scope) -> str:
    """A name of the part that is as long for many regions as for one; "" for everything."""
    if not scope.is_narrow:
        return ""
    return sha256(json.dumps(scope.as_mapping(), sort_keys=True).encode()).hexdigest()
