"""Since when a ticket cannot be read, though nobody said that it was deleted."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nothing is known of what was before."""
    op.add_column("watch", sa.Column("missing_since", own.UtcDateTime(), nullable=True))
    op.add_column("watch", sa.Column("absent_since", own.UtcDateTime(), nullable=True))
