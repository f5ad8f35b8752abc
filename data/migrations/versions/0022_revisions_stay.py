"""What was sent is never changed, and says whether somebody approved it"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Nobody knows any more who approved what was sent before. Rows can be removed still, for what is erased."""
    op.add_column("response_revisions", sa.Column("approved", sa.Boolean(), nullable=False, server_default="0"))
    trigger = "CREATE TRIGGER response_revisions_no_update BEFORE UPDATE ON response_revisions"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"{trigger} BEGIN SELECT RAISE(ABORT, 'what was sent is append-only'); END")
    else:
        op.execute(
            "CREATE FUNCTION what_was_sent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'what was sent is append-only'; END $$"
        )
        op.execute(f"{trigger} FOR EACH ROW EXECUTE FUNCTION what_was_sent_is_append_only()")
