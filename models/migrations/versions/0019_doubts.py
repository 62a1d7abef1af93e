"""How often a message was handed over whole and never answered."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nothing is known of what was before."""
    op.add_column("delivery", sa.Column("doubts", sa.Integer(), server_default=sa.text("0"), nullable=False))
