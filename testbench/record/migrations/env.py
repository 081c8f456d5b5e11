"""What Alembic runs around the migrations: one transaction, the one that the connection is in already."""

from alembic import context

from testbench.record.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
