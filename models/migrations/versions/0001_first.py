"""The first version: accounts, callbacks, handoffs with their moves, deliveries, jobs, alerts."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own
from models.database.access import row_security
from models.migrations.constraints import index_of_waiting, index_some, of_account, of_handoff

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

OF_ACCOUNT = (
    "account_status", "member", "inbox", "watch", "handoff", "snapshot", "transition", "delivery", "job",
    "alert",
)  # fmt: skip

NOTIFICATION_LOG = "SELECT account_id, handoff_id, channel, recipient_user_id, status FROM delivery"


def upgrade() -> None:
    """Make the tables, then shut each account in on PostgreSQL."""
    make_tables()
    if op.get_bind().dialect.name != "postgresql":
        op.execute(f"CREATE VIEW notification_log AS {NOTIFICATION_LOG}")
        return
    # With its owner's eyes a view would show every account's rows.
    op.execute(f"CREATE VIEW notification_log WITH (security_invoker = true) AS {NOTIFICATION_LOG}")
    for statement in row_security("account", "id"):
        op.execute(statement)
    for table in OF_ACCOUNT:
        for statement in row_security(table, "account_id"):
            op.execute(statement)


def make_tables() -> None:
    op.create_table(
        "account",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("api_site", sa.String(), nullable=True),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("allow_private", sa.Boolean(), nullable=False),
        sa.Column("codebase", sa.String(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("hourly_rate", sa.Numeric(precision=12, scale=2, asdecimal=False), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("board_names", own.Json, nullable=False),
        sa.Column("escalate_status_names", own.Json, nullable=False),
        sa.Column("claim_status_names", own.Json, nullable=False),
        sa.Column("engineers", own.Json, nullable=False),
        sa.Column("admins", own.Json, nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.LargeBinary(), nullable=False),
        sa.Column("path_token", sa.LargeBinary(), nullable=False),
        sa.Column("marker_key", sa.LargeBinary(), nullable=False),
        sa.Column("path_token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("callback_key_id", sa.String(), nullable=True),
        sa.Column("api_member", sa.String(), nullable=True),
        sa.Column("created_at", own.UtcDateTime(), nullable=False),
        sa.Column("connected_at", own.UtcDateTime(), nullable=True),
        sa.Column("poll_cursor", own.UtcDateTime(), nullable=True),
        sa.Column("polled_at", own.UtcDateTime(), nullable=True),
        sa.Column("next_poll_at", own.UtcDateTime(), nullable=True),
        sa.Column("frozen_reason", sa.String(), nullable=True),
        sa.Column("frozen_at", own.UtcDateTime(), nullable=True),
        sa.Column("settings", own.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
        sa.UniqueConstraint("path_token_hash", name=op.f("uq_account_path_token_hash")),
        sqlite_autoincrement=True,
    )
    index_of_waiting("account", "next_poll_at")
    op.create_table(
        "alert",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("raised_at", own.UtcDateTime(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("cleared_at", own.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sqlite_autoincrement=True,
    )
    index_some("uq_alert_open", "alert", ["account_id", "kind", "subject"], where="cleared_at IS NULL", unique=True)
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", own.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "job",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", own.UtcDateTime(), nullable=False),
        sa.Column("lease_until", own.UtcDateTime(), nullable=False),
        sa.Column("finished_at", own.UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("account_id", "job", "period", name=op.f("uq_job_account_id_job_period")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "account_status",
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("board_id", own.Id, autoincrement=False, nullable=False),
        sa.Column("status_id", own.Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        of_account("account_status"),
        sa.PrimaryKeyConstraint(
            "account_id", "board_id", "status_id", "kind", name=op.f("pk_account_status")
        ),
    )
    op.create_table(
        "handoff",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("ticket_id", own.Id, nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("board", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("company", sa.String(), nullable=True),
        sa.Column("priority", sa.String(), nullable=True),
        sa.Column("escalated_at", own.UtcDateTime(), nullable=False),
        sa.Column("escalated_by", sa.String(), nullable=True),
        sa.Column("seen_at", own.UtcDateTime(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=True),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("brief_state", sa.String(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", own.UtcDateTime(), nullable=True),
        sa.Column("lease_holder", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", own.UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("post_attempted_at", own.UtcDateTime(), nullable=True),
        sa.Column("park_reason", sa.Text(), nullable=True),
        sa.Column("marker", sa.String(), nullable=True),
        sa.Column("escalation_package_markdown", sa.Text(), nullable=True),
        sa.Column("draft_hash", sa.String(), nullable=True),
        sa.Column("escalation_package", own.Json, nullable=True),
        sa.Column("schema_version", sa.Integer(), nullable=True),
        sa.Column("evidence_fingerprint", sa.String(), nullable=True),
        sa.Column("escalation_package_external_id", own.Id, nullable=True),
        sa.Column("note_hash", sa.String(), nullable=True),
        sa.Column("posted_at", own.UtcDateTime(), nullable=True),
        sa.Column("edited_at", own.UtcDateTime(), nullable=True),
        sa.Column("refresh_due_at", own.UtcDateTime(), nullable=True),
        sa.Column("extra_notes_removed", sa.Integer(), nullable=False),
        sa.Column("response_state", sa.String(), nullable=False),
        sa.Column("claimed_by", own.Id, nullable=True),
        sa.Column("claimed_at", own.UtcDateTime(), nullable=True),
        sa.Column("ended_at", own.UtcDateTime(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("notify_state", sa.String(), nullable=False),
        sa.Column("notified_at", own.UtcDateTime(), nullable=True),
        of_account("handoff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_handoff_account_id_id")),
        sa.UniqueConstraint(
            "account_id", "ticket_id", "episode", name=op.f("uq_handoff_account_id_ticket_id_episode")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_handoff_account_id_escalated_at", "handoff", ["account_id", "escalated_at"], unique=False
    )
    op.create_index(
        "ix_handoff_account_id_response_state", "handoff", ["account_id", "response_state"], unique=False
    )
    index_of_waiting("handoff", "next_attempt_at")
    op.create_index("ix_handoff_notify_state_seen_at", "handoff", ["notify_state", "seen_at"], unique=False)
    index_of_waiting("handoff", "refresh_due_at")
    op.create_table(
        "inbox",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("record_id", own.Id, nullable=True),
        sa.Column("member_identifier", sa.String(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("received_at", own.UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", own.UtcDateTime(), nullable=True),
        sa.Column("lease_until", own.UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        of_account("inbox"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("account_id", "dedupe_key", name=op.f("uq_inbox_account_id_dedupe_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_account_id_received_at", "inbox", ["account_id", "received_at"], unique=False)
    index_of_waiting("inbox", "next_attempt_at")
    op.create_table(
        "member",
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("id", own.Id, autoincrement=False, nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_api", sa.Boolean(), nullable=False),
        of_account("member"),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_member")),
    )
    op.create_table(
        "watch",
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("ticket_id", own.Id, autoincrement=False, nullable=False),
        sa.Column("board_id", own.Id, nullable=True),
        sa.Column("status_id", own.Id, nullable=True),
        sa.Column("in_escalation", sa.Boolean(), nullable=False),
        sa.Column("left_at", own.UtcDateTime(), nullable=True),
        sa.Column("last_updated", own.UtcDateTime(), nullable=True),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("gone", sa.String(), nullable=True),
        of_account("watch"),
        sa.PrimaryKeyConstraint("account_id", "ticket_id", name=op.f("pk_watch")),
    )
    index_of_waiting("watch", "left_at")
    op.create_table(
        "delivery",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("handoff_id", own.Id, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient_user_id", own.Id, nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", own.UtcDateTime(), nullable=True),
        sa.Column("lease_until", own.UtcDateTime(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("created_at", own.UtcDateTime(), nullable=False),
        sa.Column("sent_at", own.UtcDateTime(), nullable=True),
        of_handoff("delivery"),
        of_account("delivery"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "account_id",
            "handoff_id",
            "channel",
            "kind",
            "recipient_user_id",
            name=op.f("uq_delivery_account_id_handoff_id_channel_kind_recipient_user_id"),
        ),
        sqlite_autoincrement=True,
    )
    index_of_waiting("delivery", "next_attempt_at")
    op.create_table(
        "snapshot",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("handoff_id", own.Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("evidence", own.Json, nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("taken_at", own.UtcDateTime(), nullable=False),
        of_handoff("snapshot"),
        of_account("snapshot"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_snapshot_account_id_handoff_id", "snapshot", ["account_id", "handoff_id"], unique=False
    )
    index_some("uq_snapshot_handoff", "snapshot", ["account_id", "handoff_id"], where="kind = 'handoff'", unique=True)
    op.create_table(
        "transition",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("handoff_id", own.Id, nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("happened_at", own.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", own.UtcDateTime(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        of_handoff("transition"),
        of_account("transition"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transition")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_transition_account_id_handoff_id", "transition", ["account_id", "handoff_id"], unique=False
    )
