"""Rules of a consultation"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Consultations that are there go on as they did."""
    with op.batch_alter_table("consultations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("policies", sa.JSON(), nullable=False, server_default="{}"))
