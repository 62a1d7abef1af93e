"""Wishes of members that a ticket be escalated, one at a time for each ticket."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own
from models.database.access import row_security
from models.migrations.constraints import index_of_waiting, of_account

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and shut it in."""
    op.create_table(
        "wish",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("ticket_id", own.Id, nullable=False),
        sa.Column("member_id", own.Id, nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("asked_at", own.UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", own.UtcDateTime(), nullable=True),
        sa.Column("status_id", own.Id, nullable=True),
        sa.Column("attempted_at", own.UtcDateTime(), nullable=True),
        sa.Column("written_at", own.UtcDateTime(), nullable=True),
        sa.Column("ended_at", own.UtcDateTime(), nullable=True),
        sa.Column("handoff_id", own.Id, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        of_account("wish"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_wish_account_id_ticket_id", "wish", ["account_id", "ticket_id"], unique=False)
    still_open = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_wish_open", "wish", ["account_id", "ticket_id"], unique=True, sqlite_where=still_open,
        postgresql_where=still_open,
    )  # fmt: skip
    index_of_waiting("wish", "next_attempt_at")
    if op.get_bind().dialect.name == "postgresql":
        for statement in row_security("wish", "account_id"):
            op.execute(statement)
