"""What an account has solved, found again by its words."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own
from models.database.access import row_security
from models.migrations.constraints import of_account

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and shut them in; a replay of history and closing tickets fill them."""
    op.create_table(
        "memory",
        sa.Column("account_id", own.Id, autoincrement=False, nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        of_account("memory"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_memory")),
    )
    op.create_table(
        "resolved_ticket",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ticket_id", own.Id, nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("tried", own.Json, nullable=False),
        sa.Column("fix", sa.Text(), nullable=True),
        sa.Column("fix_source", sa.String(), nullable=True),
        sa.Column("environment", own.Json, nullable=False),
        sa.Column("domain", sa.String(), nullable=True),
        sa.Column("company_id", own.Id, nullable=True),
        sa.Column("company", sa.String(), nullable=True),
        sa.Column("resolver", sa.String(), nullable=True),
        sa.Column("closed_at", own.UtcDateTime(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("stored_at", own.UtcDateTime(), nullable=False),
        of_account("resolved_ticket"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolved_ticket")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_resolved_ticket_account_id_id")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_resolved_ticket_account_id_number")),
        sa.UniqueConstraint("account_id", "ticket_id", name=op.f("uq_resolved_ticket_account_id_ticket_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_resolved_ticket_account_id_company_id_closed_at", "resolved_ticket", ["account_id", "company_id", "closed_at"],
        unique=False,
    )  # fmt: skip
    op.create_table(
        "memory_term",
        sa.Column("account_id", own.Id, autoincrement=False, nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("numbers", sa.LargeBinary(), nullable=False),
        of_account("memory_term"),
        sa.PrimaryKeyConstraint("account_id", "term", "block", name=op.f("pk_memory_term")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("memory", "resolved_ticket", "memory_term"):
            for statement in row_security(table, "account_id"):
                op.execute(statement)
