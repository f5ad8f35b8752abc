"""Recovery codes are kept as slow hashes"""

import sqlalchemy as sa
from alembic import op
from argon2 import PasswordHasher

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """A code that was handed out goes on opening: what was kept of it, its SHA-256, is hashed again, with argon2."""
    with op.batch_alter_table("recovery_codes") as changed:
        changed.alter_column("code_hash", existing_type=sa.String(64), type_=sa.String(200), existing_nullable=False)
    hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    codes = sa.table("recovery_codes", sa.column("id", sa.Integer), sa.column("code_hash", sa.String))
    connection = op.get_bind()
    for key, fast in connection.execute(sa.select(codes.c.id, codes.c.code_hash)).all():
        connection.execute(sa.update(codes).where(codes.c.id == key).values(code_hash=hasher.hash(fast)))
