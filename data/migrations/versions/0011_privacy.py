"""Contact data sealed with a key outside the database; what was erased"""

import json
import secrets

import sqlalchemy as sa
from alembic import op

from data.sealed import keys_of

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Everything that is there is sealed; the plain columns are gone afterwards."""
    op.create_table(
        "contact_keys",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_keys")),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_erasures_consultation_id_consultations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_erasures_subject"), "erasures", ["subject"], unique=False)
    op.create_table(
        "erased_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("erasure_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasures.id"], name=op.f("fk_erased_codes_erasure_id_erasures")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_erased_codes")),
    )
    _remember_deleted()
    for table, key, column, optional in (
        ("invitations", "id", "email", False),
        ("mails", "id", "email", False),
        ("mails", "id", "reason", False),
        ("contacts", "response_id", "details", False),
        ("contacts", "response_id", "correction", True),
    ):
        _seal(table, key, column, optional=optional)


def _remember_deleted() -> None:
    """What was erased from the trash is an erasure like the others, and its reason is not kept."""
    connection = op.get_bind()
    erased = connection.execute(
        sa.text("SELECT id, consultation_id, reference, ended_at FROM deletions WHERE state = 'erased'").columns(
            ended_at=sa.DateTime(timezone=True)
        )
    ).all()
    erasures = sa.table(
        "erasures",
        *map(sa.column, ("id", "kind", "subject", "consultation_id", "cause")),
        sa.column("erased_at", sa.DateTime(timezone=True)),
    )
    for row in erased:
        key = secrets.token_hex(16)
        values = {"kind": "response", "subject": row.reference, "consultation_id": row.consultation_id}
        connection.execute(sa.insert(erasures).values(id=key, cause="trash", erased_at=row.ended_at, **values))
        connection.execute(
            sa.text(
                "INSERT INTO erased_codes (code_hash, erasure_id)"
                " SELECT code_hash, :erasure FROM deleted_codes WHERE deletion_id = :deletion"
            ),
            {"erasure": key, "deletion": row.id},
        )
    op.execute("UPDATE deletions SET reason = '' WHERE state = 'erased'")
    op.drop_table("deleted_codes")


def _seal(table: str, key: str, column: str, *, optional: bool) -> None:
    """The column is replaced by a sealed one of the same name; the rows stay where they are."""
    connection = op.get_bind()
    keys = keys_of(connection.dialect)
    sealed = f"{column}_sealed"
    default = None if optional else ""
    op.add_column(table, sa.Column(sealed, sa.Text(), nullable=optional, server_default=default))
    is_document = table == "contacts"
    plain = sa.table(table, sa.column(key), sa.column(column, sa.JSON() if is_document else sa.Text()))
    rows = connection.execute(sa.select(plain.c[key], plain.c[column]).order_by(plain.c[key])).all()
    change = sa.text(f"UPDATE {table} SET {sealed} = :value WHERE {key} = :key")
    for row_key, value in rows:
        if value is None or (not is_document and not value):
            continue
        text = json.dumps(value, ensure_ascii=False) if is_document else value
        connection.execute(change, {"key": row_key, "value": keys.seal(text, f"{table}.{column}")})
    op.drop_column(table, column)
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {sealed} TO {column}")
