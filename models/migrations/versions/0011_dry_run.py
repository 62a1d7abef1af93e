"""Accounts that are suspended, that only mail their briefs to one person, or that trust certificates of their own."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; every account runs on as before, live on all its boards."""
    op.add_column("account", sa.Column("suspended_at", own.UtcDateTime(), nullable=True))
    op.add_column("account", sa.Column("dry_run_to", sa.String(), nullable=True))
    op.add_column("account", sa.Column("live_boards", own.Json, server_default=sa.text("'[]'"), nullable=False))
    op.add_column("account", sa.Column("ca_bundle", sa.Text(), nullable=True))
    op.add_column("handoff", sa.Column("dry_run", sa.Boolean(), server_default=sa.false(), nullable=False))
