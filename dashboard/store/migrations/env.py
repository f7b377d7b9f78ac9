"""Runs the migrations on the connection that the store holds already, in its transaction."""

from alembic import context

from dashboard.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
context.run_migrations()
