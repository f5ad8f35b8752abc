"""Roles in one consultation, and the part of it in which findings and recommendations were made"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Everybody keeps the role they have everywhere; what is kept so far was made from everything."""
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("scope", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_grants_person_id_people")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_grants_consultation_id_consultations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint("person_id", "consultation_id", name=op.f("uq_grants_person_id")),
    )
    op.create_index(op.f("ix_grants_consultation_id"), "grants", ["consultation_id"], unique=False)
    for table in ("findings", "recommendations"):
        with op.batch_alter_table(table) as changed:
            changed.add_column(sa.Column("scope", sa.JSON(), server_default="{}", nullable=False))
