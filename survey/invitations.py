"""Use cases about the contact frame: the organisations that were invited."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from data.errors import InvalidInput
from data.store import Store
from survey.access import Action, Actor, require
from survey.organisations import same_name

COLUMNS = ("organisation", "region", "country", "organisation_type", "language", "email")


def read_csv(content: bytes) -> tuple[dict[str, str], ...]:
    """Rows of a UTF-8 CSV file with the column `organisation` and any other of COLUMNS.

    Raises InvalidInput("frame.unreadable"), or ("frame.columns") when `organisation` is missing or one is unknown.
    """
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput("frame.unreadable", reason=str(error)) from None
    names = tuple(reader.fieldnames or ())
    if "organisation" not in names or set(names) - set(COLUMNS):
        raise InvalidInput("frame.columns", columns=", ".join(COLUMNS))
    for number, row in rows:
        # A comma without quotes in a name would move every later cell to the wrong column.
        if None in row:
            raise InvalidInput("frame.unreadable", reason=f"row {number} has more cells than the header")
    return tuple({name: (row.get(name) or "").strip() for name in COLUMNS} for _, row in rows)


def import_frame(
    store: Store, slug: str, rows: Sequence[Mapping[str, str]], *, actor: Actor, now: datetime
) -> tuple[int, int]:
    """(how many organisations were added, how many were there already by their name)."""
    require(actor, Action.MANAGE_CONSULTATIONS)
    nameless = [number for number, row in enumerate(rows, start=2) if not row.get("organisation", "").strip()]
    if nameless:
        raise InvalidInput("frame.nameless", row=nameless[0])
    with store.write() as kept:
        consultation = kept.consultation(slug)
        known = {same_name(invited.organisation) for invited in kept.invitations(consultation.id)}
        added = []
        for row in rows:
            folded = same_name(row["organisation"])
            if folded in known:
                continue
            known.add(folded)
            values = {name: row.get(name, "").strip() for name in COLUMNS}
            added.append({**values, "consultation_id": consultation.id, "created_at": now})
        kept.add_invitations(added)
        kept.record(at=now, actor=actor.label, action="frame.imported", subject=slug, details={"added": len(added)})
    return len(added), len(rows) - len(added)
