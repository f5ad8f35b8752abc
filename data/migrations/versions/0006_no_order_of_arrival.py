"""Files and texts of consent without numbers that tell in which order they came"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """The rows stay, in the order of their random keys.

    PostgreSQL has no hidden numbers, and no database of ours was on it when this step was made.
    """
    if op.get_bind().dialect.name != "sqlite":
        return
    op.create_table(
        "files_by_key",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("content_type", sa.String(length=120), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["response_id"], ["responses.id"], name=op.f("fk_files_response_id_responses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sqlite_with_rowid=False,
    )
    columns = "id, response_id, question, name, content_type, size_bytes, sha256, created_at, content"
    op.execute(f"INSERT INTO files_by_key ({columns}) SELECT {columns} FROM files ORDER BY id")
    op.drop_table("files")
    op.rename_table("files_by_key", "files")
    op.create_index(op.f("ix_files_response_id"), "files", ["response_id"], unique=False)

    connection = op.get_bind()
    connection.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
    taken = set(connection.scalars(sa.text("SELECT id FROM consent_texts")))
    for old in sorted(taken):
        new = secrets.randbelow(2**31 - 1) + 1
        while new in taken:
            new = secrets.randbelow(2**31 - 1) + 1
        taken.add(new)
        keys = {"old": old, "new": new}
        connection.execute(sa.text("UPDATE consent_texts SET id = :new WHERE id = :old"), keys)
        connection.execute(sa.text("UPDATE response_revisions SET consent_id = :new WHERE consent_id = :old"), keys)
