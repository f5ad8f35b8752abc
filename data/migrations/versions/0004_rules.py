"""Rules of a consultation; corrections and withdrawal of what was sent"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Consultations that are there go on as they did."""
    with op.batch_alter_table("consultations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("policies", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("correcting", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("correction", sa.JSON(none_as_null=True), nullable=True))
