"""Work on tickets that members record outside the PSA: sessions and their steps."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own
from models.database.access import row_security
from models.migrations.constraints import index_of_waiting, of_account

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables and shut them in."""
    op.create_table(
        "ai_session",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("ticket_id", own.Id, nullable=False),
        sa.Column("member_id", own.Id, nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("started_at", own.UtcDateTime(), nullable=False),
        sa.Column("last_at", own.UtcDateTime(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", own.UtcDateTime(), nullable=True),
        sa.Column("read_at", own.UtcDateTime(), nullable=True),
        sa.Column("ticket", own.Json, nullable=True),
        sa.Column("unread", sa.Text(), nullable=True),
        of_account("ai_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_session")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_ai_session_account_id_id")),
        sa.UniqueConstraint(
            "account_id", "member_id", "idempotency_key", name=op.f("uq_ai_session_account_id_member_id_idempotency_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ai_session_account_id_ticket_id", "ai_session", ["account_id", "ticket_id"], unique=False)
    index_of_waiting("ai_session", "next_attempt_at")
    op.create_table(
        "ai_session_step",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("session_id", own.Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("member_id", own.Id, nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at", own.UtcDateTime(), nullable=False),
        of_account("ai_session_step"),
        sa.ForeignKeyConstraint(
            ["account_id", "session_id"], ["ai_session.account_id", "ai_session.id"],
            name=op.f("fk_ai_session_step_account_id_session_id_ai_session"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_session_step")),
        sa.UniqueConstraint(
            "account_id", "session_id", "number", name=op.f("uq_ai_session_step_account_id_session_id_number")
        ),
        sa.UniqueConstraint(
            "account_id", "session_id", "idempotency_key", "place",
            name=op.f("uq_ai_session_step_account_id_session_id_idempotency_key_place"),
        ),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_ai_session_step_account_id_member_id_at", "ai_session_step", ["account_id", "member_id", "at"])
    op.create_index("ix_ai_session_step_account_id_at", "ai_session_step", ["account_id", "at"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("ai_session", "ai_session_step"):
            for statement in row_security(table, "account_id"):
                op.execute(statement)
