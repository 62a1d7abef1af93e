"""What came in of one ticket lately is found by its number; which callbacks are read before the others."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index, and the mark; what is stored already keeps its place."""
    op.add_column("inbox", sa.Column("urgent", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_index("ix_inbox_account_id_record_id", "inbox", ["account_id", "record_id"], unique=False)
