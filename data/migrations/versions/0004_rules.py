"""Rules of a consultation; corrections and withdrawal; texts of consent; several people at one response"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Consultations that are there go on as they did."""
    with op.batch_alter_table("consultations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("policies", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("outcome", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("correcting", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sign_off", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("ready_by", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("correction", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "consent_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_consent_texts_consultation_id_consultations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_texts")),
        sa.UniqueConstraint(
            "consultation_id", "version_number", "language", name=op.f("uq_consent_texts_consultation_id")
        ),
    )
    with op.batch_alter_table("response_revisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sent_by", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("consent_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_response_revisions_consent_id_consent_texts"), "consent_texts", ["consent_id"], ["id"]
        )
    op.create_table(
        "response_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_response_keys_response_id_responses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_keys")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_response_keys_code_hash")),
    )
    with op.batch_alter_table("response_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_response_keys_response_id"), ["response_id"], unique=False)
    op.create_table(
        "response_sections",
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=200), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_response_sections_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("response_id", "section", name=op.f("pk_response_sections")),
    )
