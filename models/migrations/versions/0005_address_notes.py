"""What was wrong with a member's e-mail address as the PSA has it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the daily renewal of members fills it."""
    op.add_column("member", sa.Column("email_note", sa.String(), nullable=True))
