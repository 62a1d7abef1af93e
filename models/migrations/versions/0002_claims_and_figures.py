"""Claims, first actions and what the owner is told: their columns, calendars, baselines and reports."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own
from models.database.access import row_security
from models.migrations.constraints import index_of_waiting, of_account, of_handoff

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OF_ACCOUNT = ("sighting", "calendar", "stopwatch", "backcast", "report")


def upgrade() -> None:
    """Add the tables and columns, shut the tables in, and let what is live be looked at."""
    make_tables()
    add_columns()
    if op.get_bind().dialect.name == "postgresql":
        for table in OF_ACCOUNT:
            for statement in row_security(table, "account_id"):
                op.execute(statement)
    op.execute("UPDATE handoff SET observe_due_at = seen_at WHERE response_state IN ('open', 'claimed')")


def make_tables() -> None:
    op.create_table(
        "backcast",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("since", own.UtcDateTime(), nullable=False),
        sa.Column("until", own.UtcDateTime(), nullable=False),
        sa.Column("ran_at", own.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("pattern", own.Json, nullable=False),
        sa.Column("observations", own.Json, nullable=False),
        sa.Column("summary", own.Json, nullable=False),
        of_account("backcast"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backcast")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_backcast_account_id_ran_at", "backcast", ["account_id", "ran_at"], unique=False)
    op.create_table(
        "calendar",
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", own.Json, nullable=False),
        sa.Column("created_at", own.UtcDateTime(), nullable=False),
        of_account("calendar"),
        sa.PrimaryKeyConstraint("account_id", "version", name=op.f("pk_calendar")),
    )
    op.create_table(
        "report",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("recipient_user_id", own.Id, nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("figures", own.Json, nullable=False),
        sa.Column("measures_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", own.UtcDateTime(), nullable=True),
        sa.Column("lease_until", own.UtcDateTime(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("created_at", own.UtcDateTime(), nullable=False),
        sa.Column("sent_at", own.UtcDateTime(), nullable=True),
        of_account("report"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint(
            "account_id",
            "kind",
            "period",
            "recipient_user_id",
            name=op.f("uq_report_account_id_kind_period_recipient_user_id"),
        ),
        sqlite_autoincrement=True,
    )
    index_of_waiting("report", "next_attempt_at")
    op.create_table(
        "stopwatch",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("technician", sa.String(), nullable=False),
        sa.Column("opened_at", own.UtcDateTime(), nullable=False),
        sa.Column("acted_at", own.UtcDateTime(), nullable=False),
        sa.Column("domain", sa.String(), nullable=True),
        sa.Column("recorded_at", own.UtcDateTime(), nullable=False),
        of_account("stopwatch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stopwatch")),
        sa.UniqueConstraint(
            "account_id",
            "reference",
            "technician",
            "opened_at",
            name=op.f("uq_stopwatch_account_id_reference_technician_opened_at"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sighting",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("handoff_id", own.Id, nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.Column("at", own.UtcDateTime(), nullable=False),
        sa.Column("member", sa.String(), nullable=True),
        sa.Column("board_id", own.Id, nullable=False),
        sa.Column("status_id", own.Id, nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("seen_at", own.UtcDateTime(), nullable=False),
        of_handoff("sighting"),
        of_account("sighting"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
        sa.UniqueConstraint(
            "account_id", "handoff_id", "stamp", name=op.f("uq_sighting_account_id_handoff_id_stamp")
        ),
        sqlite_autoincrement=True,
    )


def add_columns() -> None:
    op.add_column(
        "account",
        sa.Column("claim_expiry_minutes", sa.Integer(), server_default=sa.text("60"), nullable=False),
    )
    op.add_column(
        "account", sa.Column("token_epoch", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column("account", sa.Column("clock_skew_s", sa.Double(), nullable=True))
    op.add_column("account", sa.Column("skew_measured_at", own.UtcDateTime(), nullable=True))
    op.add_column("account", sa.Column("next_weekly_at", own.UtcDateTime(), nullable=True))
    index_of_waiting("account", "next_weekly_at")
    op.add_column(
        "handoff", sa.Column("origin", sa.String(), server_default=sa.text("'status'"), nullable=False)
    )
    op.add_column("handoff", sa.Column("domain", sa.String(), nullable=True))
    op.add_column("handoff", sa.Column("calendar_version", sa.Integer(), nullable=True))
    op.add_column("handoff", sa.Column("claim_kind", sa.String(), nullable=True))
    op.add_column("handoff", sa.Column("claim_source", sa.String(), nullable=True))
    op.add_column("handoff", sa.Column("claim_observed_at", own.UtcDateTime(), nullable=True))
    op.add_column("handoff", sa.Column("claim_version", sa.Integer(), nullable=True))
    op.add_column("handoff", sa.Column("claim_expires_at", own.UtcDateTime(), nullable=True))
    op.add_column("handoff", sa.Column("owner_outcome", sa.Text(), nullable=True))
    op.add_column("handoff", sa.Column("settle_due_at", own.UtcDateTime(), nullable=True))
    op.add_column("handoff", sa.Column("observe_due_at", own.UtcDateTime(), nullable=True))
    op.add_column("handoff", sa.Column("acted_at", own.UtcDateTime(), nullable=True))
    op.add_column("handoff", sa.Column("first_action", own.Json, nullable=True))
    op.add_column("handoff", sa.Column("read_back", own.Json, nullable=True))
    index_of_waiting("handoff", "observe_due_at")
    index_of_waiting("handoff", "settle_due_at")
