"""Notes that staff write under the cards of a consultation"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """No card has a note yet."""
    op.create_table(
        "card_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_card_notes_consultation_id_consultations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_notes")),
        sa.UniqueConstraint("consultation_id", "question", "part", name="uq_card_notes_place"),
    )
