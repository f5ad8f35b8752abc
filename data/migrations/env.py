"""Alembic's entry: runs on the engine that `data.engine` hands over, never on an address of its own."""

from alembic import context

from data.schema import metadata

engine = context.config.attributes["engine"]

with engine.connect().execution_options(writes=True) as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
