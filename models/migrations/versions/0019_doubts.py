"""How often a message was handed over whole and never answered; an index of the visible notes that have to go."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add column and index; nothing is known of what was before."""
    op.add_column("delivery", sa.Column("doubts", sa.Integer(), server_default=sa.text("0"), nullable=False))
    owed = sa.text("job = 'take a visible note away' AND state = 'running'")
    op.create_index("ix_job_visible_note", "job", ["lease_until"], sqlite_where=owed, postgresql_where=owed)
