"""Runs the migrations on the connection, and in the transaction, that `schema.migrate` gives."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite changes a table by copying it.
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
