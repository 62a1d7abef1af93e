"""Run migrations inside the transaction that `models.database.schema.migrate` opened and locked."""

from alembic import context

from models.tables.columns import Row

connection = context.config.attributes["connection"]
# SQLite's DDL is transactional as long as the driver begins no transactions of its own.
context.configure(
    connection=connection, target_metadata=Row.metadata, render_as_batch=True, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
