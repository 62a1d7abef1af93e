"""What came in of one ticket lately, which callbacks are read before others; when notes are looked for that nobody told of."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and their indexes; what is stored already keeps its place, and handoffs of before are not looked at."""
    op.add_column("inbox", sa.Column("urgent", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_index("ix_inbox_account_id_record_id", "inbox", ["account_id", "record_id"], unique=False)
    op.add_column("handoff", sa.Column("notes_due_at", own.UtcDateTime(), nullable=True))
    op.add_column("handoff", sa.Column("newest_note", own.Id, nullable=True))
    op.create_index(
        "ix_handoff_notes_due_at",
        "handoff",
        ["notes_due_at"],
        unique=False,
        sqlite_where=sa.text("notes_due_at IS NOT NULL"),
        postgresql_where=sa.text("notes_due_at IS NOT NULL"),
    )
