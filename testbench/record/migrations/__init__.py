"""Alembic's migrations of the record, run by `testbench.record.migrate`."""
