"""A consultation counts its changes, so that two people do not write over each other"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Every consultation stands at its first revision."""
    op.add_column("consultations", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
