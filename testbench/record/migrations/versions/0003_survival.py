"""What outlives a process: states, requests, attempts, commands, prompts, alarms, and the hash chain over the record.

Evaluations that are in the record already get a chain now; its first entry says so, as it protects from now on only.
"""

import sqlalchemy as sa
from alembic import op

from testbench.record.chain import cover_migrated

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LOST = "the program that ran it was lost"


def upgrade() -> None:
    """Make the tables, enter where the evaluations stand, and compute their chains."""
    _add_columns()
    _make_tables()
    _enter_states()
    cover_migrated(op.get_bind(), f"schema {down_revision}")


def _add_columns() -> None:
    op.add_column("evaluation", sa.Column("state", sa.String(16), nullable=False, server_default="running"))
    op.add_column("evaluation", sa.Column("request", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("evaluation", sa.Column("reason", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("step", sa.Column("state", sa.Text(), nullable=True))
    op.add_column("step", sa.Column("error_kind", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("step", sa.Column("reestablished", sa.Text(), nullable=True))
    op.add_column("verdict", sa.Column("judging", sa.Integer(), nullable=False, server_default="1"))


def _make_tables() -> None:
    op.create_table(
        "attempt",
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("began_at", sa.Double(), nullable=False),
        sa.Column("started", sa.String(40), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=False),
        sa.Column("ended", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run", "step"], ["step.run", "step.number"], name="fk_attempt_run_step_step"),
        sa.PrimaryKeyConstraint("run", "step", "number", name="pk_attempt"),
    )
    _numbered(
        "command",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("taken", sa.String(40), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
    )
    _numbered(
        "prompt",
        sa.Column("run", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=True),
        sa.Column("bench_time", sa.Double(), nullable=False),
        sa.Column("asked", sa.String(40), nullable=False),
        sa.Column("answer_text", sa.Text(), nullable=True),
        sa.Column("answer_number", sa.Double(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("answered", sa.String(40), nullable=True),
        sa.Column("withdrawn", sa.String(40), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["run.identifier"], name="fk_prompt_run_run"),
    )
    _numbered(
        "alarm",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("bench_time", sa.Double(), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("released_at", sa.Double(), nullable=True),
        sa.Column("released", sa.String(40), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("acknowledged", sa.String(40), nullable=True),
    )
    _counted("laboratory", sa.Column("document", sa.Text(), nullable=False))
    _counted(
        "chain",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
    )


def _numbered(name: str, *columns: sa.schema.SchemaItem) -> None:
    """A table of an evaluation whose rows are numbered throughout the record."""
    op.create_table(
        name,
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("evaluation", sa.String(length=64), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["evaluation"], ["evaluation.identifier"], name=f"fk_{name}_evaluation_evaluation"),
        sa.PrimaryKeyConstraint("number", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_evaluation", name, ["evaluation"], unique=False)


def _counted(name: str, *columns: sa.schema.SchemaItem) -> None:
    """A table of an evaluation whose rows are numbered from 1 in each evaluation."""
    op.create_table(
        name,
        sa.Column("evaluation", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["evaluation"], ["evaluation.identifier"], name=f"fk_{name}_evaluation_evaluation"),
        sa.PrimaryKeyConstraint("evaluation", "number", name=f"pk_{name}"),
    )


def _enter_states() -> None:
    """Finished or aborted by the outcome; what has no end was lost with its program."""
    op.execute(
        "UPDATE evaluation SET state = CASE WHEN finished IS NULL THEN 'interrupted' "
        "WHEN outcome = 'aborted' THEN 'aborted' ELSE 'finished' END"
    )
    op.execute(sa.text("UPDATE evaluation SET reason = :reason WHERE finished IS NULL").bindparams(reason=LOST))
    op.execute(
        sa.text(
            "UPDATE run SET state = 'interrupted', reason = :reason, outcome = 'error' WHERE state IN ('running', 'paused')"
        ).bindparams(reason=LOST)
    )
