"""Snapshots keep which replies count for the contact list, and totals count how often that changes"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_ACT = "AFTER UPDATE OF invitation_id ON responses FOR EACH ROW WHEN (NEW.status = 'submitted')"
_DOES = """UPDATE reply_totals SET counted = counted + 1
    WHERE consultation_id = NEW.consultation_id AND region = NEW.region AND language = NEW.language;"""


def upgrade() -> None:
    """Of earlier snapshots nobody knows which replies counted: their conditions say nothing of it."""
    for name, kind in (("listed", sa.String(length=10)), ("listed_region", sa.Text()), ("listed_type", sa.Text())):
        op.add_column("snapshot_responses", sa.Column(name, kind, nullable=False, server_default=""))
    # Who counts for the contact frame is read without a look at every response.
    op.create_index(
        "ix_responses_listed",
        "responses",
        ["consultation_id", "status", "invitation_id"],
        sqlite_where=sa.text("invitation_id IS NOT NULL"),
        postgresql_where=sa.text("invitation_id IS NOT NULL"),
    )
    op.add_column("reply_totals", sa.Column("counted", sa.BigInteger(), nullable=False, server_default="0"))
    trigger = f"CREATE TRIGGER reply_totals_counted {_ACT}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"{trigger} BEGIN {_DOES} END")
    else:
        op.execute(
            f"CREATE FUNCTION reply_totals_counted() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {_DOES} RETURN NULL; END $$"
        )
        op.execute(f"{trigger} EXECUTE FUNCTION reply_totals_counted()")
