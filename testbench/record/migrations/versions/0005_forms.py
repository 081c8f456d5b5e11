"""Tables that a person fills in: the form of a prompt, and what was entered."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns; nothing of what is there changes, so the chains stay as they are."""
    op.add_column("prompt", sa.Column("form", sa.Text(), nullable=True))
    op.add_column("prompt", sa.Column("entered", sa.Text(), nullable=True))
