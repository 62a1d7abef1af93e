"""A model that reads tickets for the accounts that want it: when one is due, and a row for each call."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own
from models.database.access import row_security
from models.migrations.constraints import index_of_waiting, of_account, of_handoff

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and shut it in; every account keeps the local reader."""
    op.create_table(
        "model_call",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("handoff_id", own.Id, nullable=False),
        sa.Column("request_key", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("asked_at", own.UtcDateTime(), nullable=False),
        sa.Column("answered_at", own.UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Numeric(14, 6), nullable=True),
        sa.Column("ms", sa.Integer(), nullable=True),
        sa.Column("dropped", own.Json, nullable=True),
        sa.Column("reading", own.Json, nullable=True),
        of_account("model_call"),
        of_handoff("model_call"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_call")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_model_call_account_id_handoff_id", "model_call", ["account_id", "handoff_id"], unique=False)
    op.create_index("ix_model_call_account_id_asked_at", "model_call", ["account_id", "asked_at"], unique=False)
    op.add_column("handoff", sa.Column("read_due_at", own.UtcDateTime(), nullable=True))
    index_of_waiting("handoff", "read_due_at")
    op.add_column("account", sa.Column("reader", sa.String(), server_default=sa.text("'local'"), nullable=False))
    op.add_column("account", sa.Column("model_cap", sa.Numeric(14, 4), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        for statement in row_security("model_call", "account_id"):
            op.execute(statement)
