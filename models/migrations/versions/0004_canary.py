"""Canaries that travel the way of a callback, the ticket an account lends them; which second notes were counted."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own
from models.database.access import row_security

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
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_canary_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canary")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_canary_account_id_id", "canary", ["account_id", "id"], unique=False)
    op.create_index(
        "ix_canary_sent_at",
        "canary",
        ["sent_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_canary_next_attempt_at",
        "canary",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("next_attempt_at IS NOT NULL"),
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )
    op.add_column("account", sa.Column("canary_ticket", own.Id, nullable=True))
    op.add_column(
        "account", sa.Column("canary_posts", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("handoff", sa.Column("extra_note_ids", own.Json, nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        for statement in row_security("canary", "account_id"):
            op.execute(statement)
