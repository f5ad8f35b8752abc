"""Frozen states of the data; a salt for each response"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_CHANCE = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "replace(gen_random_uuid()::text, '-', '')"}


def upgrade() -> None:
    """Every response has a salt, and every one that was sent has a revision that a snapshot can refer to."""
    op.add_column("responses", sa.Column("salt", sa.String(length=32), nullable=False, server_default=""))
    op.execute(f"UPDATE responses SET salt = {_CHANCE[op.get_bind().dialect.name]}")
    op.execute(
        "INSERT INTO response_revisions (response_id, revision, saved_at, channel, submission)"
        " SELECT id, revision, coalesce(submitted_at, updated_at), channel, submission FROM responses"
        " WHERE status = 'submitted' AND id NOT IN (SELECT response_id FROM response_revisions)"
    )
    op.create_table(
        "snapshots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("figures_mark", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.JSON(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_snapshots_consultation_id_consultations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
        sa.UniqueConstraint("consultation_id", "sha256", name=op.f("uq_snapshots_consultation_id")),
    )
    op.create_table(
        "snapshot_responses",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("region", sa.String(length=80), nullable=False),
        sa.Column("publish", sa.String(length=20), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_snapshot_responses_response_id_responses")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["snapshots.id"],
            name=op.f("fk_snapshot_responses_snapshot_id_snapshots"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "response_id", name=op.f("pk_snapshot_responses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_snapshot_responses_response_id"), "snapshot_responses", ["response_id"], unique=False)
