"""The first tables: evaluations, runs, steps, readings, findings, verdicts, events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "evaluation",
        sa.Column("identifier", sa.String(length=64), nullable=False),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.Column("standard_text", sa.Text(), nullable=False),
        sa.Column("standard_digest", sa.String(length=64), nullable=False),
        sa.Column("station_path", sa.Text(), nullable=False),
        sa.Column("station_text", sa.Text(), nullable=False),
        sa.Column("station_digest", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("software", sa.Text(), nullable=False),
        sa.Column("measurand", sa.Text(), nullable=False),
        sa.Column("devices", sa.Text(), nullable=False),
        sa.Column("started", sa.String(40), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("finished", sa.String(40), nullable=True),
        sa.PrimaryKeyConstraint("identifier", name="pk_evaluation"),
    )
    op.create_table(
        "channel",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("evaluation", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Double(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["evaluation"], ["evaluation.identifier"], name="fk_channel_evaluation_evaluation"),
        sa.PrimaryKeyConstraint("number", name="pk_channel"),
        sa.UniqueConstraint("evaluation", "name", name="uq_channel_evaluation_name"),
    )
    op.create_table(
        "run",
        sa.Column("identifier", sa.String(length=64), nullable=False),
        sa.Column("evaluation", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("began_at", sa.Double(), nullable=False),
        sa.Column("started", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("finished", sa.String(40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation"], ["evaluation.identifier"], name="fk_run_evaluation_evaluation"),
        sa.PrimaryKeyConstraint("identifier", name="pk_run"),
        sa.UniqueConstraint("evaluation", "number", name="uq_run_evaluation_number"),
    )
    op.create_table(
        "verdict",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("evaluation", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation"], ["evaluation.identifier"], name="fk_verdict_evaluation_evaluation"),
        sa.PrimaryKeyConstraint("number", name="pk_verdict"),
    )
    op.create_index("ix_verdict_evaluation", "verdict", ["evaluation"], unique=False)
    op.create_table(
        "block",
        sa.Column("channel", NUMBER, autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Double(), nullable=False),
        sa.Column("ends", sa.Double(), nullable=False),
        sa.Column("minimum", sa.Double(), nullable=True),
        sa.Column("maximum", sa.Double(), nullable=True),
        sa.Column("doubtful", sa.Integer(), nullable=False),
        sa.Column("time", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.LargeBinary(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["channel.number"], name="fk_block_channel_channel"),
        sa.PrimaryKeyConstraint("channel", "first", name="pk_block"),
    )
    op.create_index("ix_block_channel_begins", "block", ["channel", "begins"], unique=False)
    op.create_table(
        "event",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("evaluation", sa.String(length=64), nullable=False),
        sa.Column("run", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("bench_time", sa.Double(), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["evaluation"], ["evaluation.identifier"], name="fk_event_evaluation_evaluation"),
        sa.ForeignKeyConstraint(["run"], ["run.identifier"], name="fk_event_run_run"),
        sa.PrimaryKeyConstraint("number", name="pk_event"),
    )
    op.create_index("ix_event_evaluation", "event", ["evaluation"], unique=False)
    op.create_table(
        "finding",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("characteristic", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("expanded_uncertainty", sa.Double(), nullable=True),
        sa.Column("coverage_factor", sa.Double(), nullable=True),
        sa.Column("interval_low", sa.Double(), nullable=True),
        sa.Column("interval_high", sa.Double(), nullable=True),
        sa.Column("index", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.identifier"], name="fk_finding_run_run"),
        sa.PrimaryKeyConstraint("number", name="pk_finding"),
    )
    op.create_index("ix_finding_run", "finding", ["run"], unique=False)
    op.create_table(
        "level",
        sa.Column("channel", NUMBER, autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("factor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["channel.number"], name="fk_level_channel_channel"),
        sa.PrimaryKeyConstraint("channel", "first", "factor", name="pk_level"),
    )
    op.create_table(
        "step",
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("began_at", sa.Double(), nullable=False),
        sa.Column("started", sa.String(40), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("finished", sa.String(40), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["run.identifier"], name="fk_step_run_run"),
        sa.PrimaryKeyConstraint("run", "number", name="pk_step"),
    )
    op.create_table(
        "tail",
        sa.Column("channel", NUMBER, autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Double(), nullable=False),
        sa.Column("ends", sa.Double(), nullable=False),
        sa.Column("compressed", sa.Boolean(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["channel.number"], name="fk_tail_channel_channel"),
        sa.PrimaryKeyConstraint("channel", "first", name="pk_tail"),
    )
