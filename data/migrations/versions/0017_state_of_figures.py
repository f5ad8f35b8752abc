"""An index that tells whether anything that was sent has changed"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Whether figures are still those of now is read from the index alone, however many responses there are."""
    op.create_index(
        "ix_responses_submitted",
        "responses",
        ["consultation_id", "status", "revision", "updated_at", "region", "language"],
        sqlite_where=sa.text("status = 'submitted'"),
        postgresql_where=sa.text("status = 'submitted'"),
    )
