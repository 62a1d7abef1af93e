"""Canaries that travel the way of a callback, the ticket an account lends them; which second notes were counted."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own
from models.database.access import row_security
from models.migrations.constraints import index_of_waiting, index_some, of_account

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, shut it in, and let an account name a ticket."""
    op.create_table(
        "canary",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("sent_at", own.UtcDateTime(), nullable=False),
        sa.Column("answered_at", own.UtcDateTime(), nullable=True),
        sa.Column("stored_at", own.UtcDateTime(), nullable=True),
        sa.Column("arrived_at", own.UtcDateTime(), nullable=True),
        sa.Column("ended_at", own.UtcDateTime(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("ticket_id", own.Id, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", own.UtcDateTime(), nullable=True),
        of_account("canary"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canary")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_canary_account_id_id", "canary", ["account_id", "id"], unique=False)
    index_some("ix_canary_sent_at", "canary", ["sent_at"], where="ended_at IS NULL")
    index_of_waiting("canary", "next_attempt_at")
    op.add_column("account", sa.Column("canary_ticket", own.Id, nullable=True))
    op.add_column(
        "account", sa.Column("canary_posts", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("handoff", sa.Column("extra_note_ids", own.Json, nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        for statement in row_security("canary", "account_id"):
            op.execute(statement)
