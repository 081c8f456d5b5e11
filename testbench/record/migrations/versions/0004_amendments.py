"""What people add: choices and pictures of prompts, results that are excluded or repeated after an evaluation has ended."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the columns and tables; nothing of what is there changes, so the chains stay as they are."""
    op.add_column("prompt", sa.Column("choices", sa.Text(), nullable=True))
    op.add_column("prompt", sa.Column("wants_picture", sa.Boolean(), nullable=True))
    op.create_table(
        "picture",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("evaluation", sa.String(length=64), nullable=False),
        sa.Column("prompt", NUMBER, nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation"], ["evaluation.identifier"], name="fk_picture_evaluation_evaluation"),
        sa.ForeignKeyConstraint(["prompt"], ["prompt.number"], name="fk_picture_prompt_prompt"),
        sa.PrimaryKeyConstraint("number", name="pk_picture"),
    )
    op.create_index("ix_picture_evaluation", "picture", ["evaluation"], unique=False)
    op.create_index("ix_picture_prompt", "picture", ["prompt"], unique=False)
    op.create_table(
        "amendment",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("evaluation", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("finding", NUMBER, nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["evaluation"], ["evaluation.identifier"], name="fk_amendment_evaluation_evaluation"),
        sa.PrimaryKeyConstraint("number", name="pk_amendment"),
    )
    op.create_index("ix_amendment_evaluation", "amendment", ["evaluation"], unique=False)
