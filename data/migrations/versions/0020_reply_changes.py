"""Totals of what was sent count every change as well"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_KEY = "consultation_id = OLD.consultation_id AND region = OLD.region AND language = OLD.language"
_LESS = f"""UPDATE reply_totals SET replies = replies - 1, revisions = revisions - OLD.revision, changes = changes + 1,
    newest = CASE WHEN newest <= OLD.updated_at THEN NULL ELSE newest END
    WHERE {_KEY} AND OLD.status = 'submitted';"""
_MORE = """INSERT INTO reply_totals (consultation_id, region, language, replies, revisions, changes, newest)
    SELECT NEW.consultation_id, NEW.region, NEW.language, 1, NEW.revision, 1, NEW.updated_at
    WHERE NEW.status = 'submitted'
    ON CONFLICT (consultation_id, region, language) DO UPDATE SET replies = reply_totals.replies + 1,
    revisions = reply_totals.revisions + excluded.revisions, changes = reply_totals.changes + 1,
    newest = CASE WHEN reply_totals.newest > excluded.newest THEN reply_totals.newest ELSE excluded.newest END;"""
_READ = "status, revision, updated_at, region, language"
_WHEN = {
    "added": ("INSERT", "NEW.status = 'submitted'", _MORE),
    "removed": ("DELETE", "OLD.status = 'submitted'", _LESS),
    "changed": (f"UPDATE OF {_READ}", "OLD.status = 'submitted' OR NEW.status = 'submitted'", _LESS + _MORE),
}


def upgrade() -> None:
    """A response that goes while another of the same day and revision comes leaves the other totals as they were.

    The count of changes only grows: a row of totals stays when its last response goes.
    """
    op.add_column("reply_totals", sa.Column("changes", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE reply_totals SET changes = replies")
    for name, (act, when, does) in _WHEN.items():
        trigger = f"CREATE TRIGGER reply_totals_{name} AFTER {act} ON responses FOR EACH ROW WHEN ({when})"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER reply_totals_{name}")
            op.execute(f"{trigger} BEGIN {does} END")
        else:
            op.execute(
                f"CREATE OR REPLACE FUNCTION reply_totals_{name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {does} RETURN NULL; END $$"
            )
