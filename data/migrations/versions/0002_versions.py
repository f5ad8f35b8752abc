"""Rename maps and original workbooks of versions; from which version a draft was moved"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Versions that are there have no file, and nothing in them was renamed."""
    with op.batch_alter_table("questionnaire_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("renames", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("file_name", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("file_sha256", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("file_content", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moved_from", sa.Integer(), nullable=False, server_default="0"))
