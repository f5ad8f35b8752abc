"""Totals of what was sent, which the database itself keeps up to date"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_KEY = "consultation_id = OLD.consultation_id AND region = OLD.region AND language = OLD.language"
_LESS = f"""UPDATE reply_totals SET replies = replies - 1, revisions = revisions - OLD.revision,
    newest = CASE WHEN newest <= OLD.updated_at THEN NULL ELSE newest END
    WHERE {_KEY} AND OLD.status = 'submitted';
DELETE FROM reply_totals WHERE {_KEY} AND replies <= 0;"""
_MORE = """INSERT INTO reply_totals (consultation_id, region, language, replies, revisions, newest)
    SELECT NEW.consultation_id, NEW.region, NEW.language, 1, NEW.revision, NEW.updated_at
    WHERE NEW.status = 'submitted'
    ON CONFLICT (consultation_id, region, language) DO UPDATE SET replies = reply_totals.replies + 1,
    revisions = reply_totals.revisions + excluded.revisions,
    newest = CASE WHEN reply_totals.newest > excluded.newest THEN reply_totals.newest ELSE excluded.newest END;"""
_READ = "status, revision, updated_at, region, language"
_WHEN = {
    "added": ("INSERT", "NEW.status = 'submitted'", _MORE),
    "removed": ("DELETE", "OLD.status = 'submitted'", _LESS),
    "changed": (f"UPDATE OF {_READ}", "OLD.status = 'submitted' OR NEW.status = 'submitted'", _LESS + _MORE),
}


def upgrade() -> None:
    """Whether figures are still those of now is read from a few rows, however many responses there are.

    Triggers keep them, so that no way of writing can forget them. Of what is gone no moment stays: with the newest
    response of its region and language the moment goes, until another one comes. The index gives what was saved since.
    """
    op.create_table(
        "reply_totals",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("revisions", sa.BigInteger(), nullable=False),
        sa.Column("newest", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_reply_totals_consultation_id_consultations")
        ),
        sa.PrimaryKeyConstraint("consultation_id", "region", "language", name=op.f("pk_reply_totals")),
    )
    op.execute(
        "INSERT INTO reply_totals SELECT consultation_id, region, language, count(*), sum(revision), max(updated_at) "
        "FROM responses WHERE status = 'submitted' GROUP BY consultation_id, region, language"
    )
    for name, (act, when, does) in _WHEN.items():
        trigger = f"CREATE TRIGGER reply_totals_{name} AFTER {act} ON responses FOR EACH ROW WHEN ({when})"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"{trigger} BEGIN {does} END")
        else:
            function = f"reply_totals_{name}()"
            op.execute(
                f"CREATE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does} RETURN NULL; END $$"
            )
            op.execute(f"{trigger} EXECUTE FUNCTION {function}")
    op.drop_index("ix_responses_submitted", "responses")
    op.create_index(
        "ix_responses_submitted",
        "responses",
        ["consultation_id", "status", "updated_at", "revision", "region", "language"],
        sqlite_where=sa.text("status = 'submitted'"),
        postgresql_where=sa.text("status = 'submitted'"),
    )
