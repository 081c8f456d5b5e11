"""The trace: bytes to and from the instruments."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "trace",
        sa.Column("evaluation", sa.String(length=64), nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Double(), nullable=False),
        sa.Column("ends", sa.Double(), nullable=False),
        sa.Column("instruments", sa.Text(), nullable=False),
        sa.Column("bench_time", sa.LargeBinary(), nullable=False),
        sa.Column("real_time", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation"], ["evaluation.identifier"], name="fk_trace_evaluation_evaluation"),
        sa.PrimaryKeyConstraint("evaluation", "first", name="pk_trace"),
    )
