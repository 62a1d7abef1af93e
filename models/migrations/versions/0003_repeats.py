"""What a senior did or asked again although the brief holds it; whether the junior is asked a question."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the repeats, and when the first was found, for the figures to read without them."""
    op.add_column("handoff", sa.Column("repeats", own.Json, nullable=True))
    op.add_column(
        "account", sa.Column("ask_junior", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("handoff", sa.Column("repeated_at", own.UtcDateTime(), nullable=True))
