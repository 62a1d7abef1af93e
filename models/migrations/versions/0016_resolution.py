"""Resolution notes and what mended an episode; runbooks with their versions and uses."""

import sqlalchemy as sa
from alembic import op

import models.tables.columns as own
from models.database.access import row_security
from models.migrations.constraints import index_of_waiting, index_some, of_account, of_handoff

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = ("resolution_note", "resolution", "runbook", "runbook_version", "runbook_use")


def upgrade() -> None:
    """Add the tables and shut them in."""
    _notes()
    _runbooks()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in row_security(table, "account_id"):
                op.execute(statement)


def _notes() -> None:
    op.create_table(
        "resolution_note",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("handoff_id", own.Id, nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("member_id", own.Id, nullable=True),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("asked_at", own.UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", own.UtcDateTime(), nullable=True),
        sa.Column("attempted_at", own.UtcDateTime(), nullable=True),
        sa.Column("note_id", own.Id, nullable=True),
        sa.Column("posted_at", own.UtcDateTime(), nullable=True),
        sa.Column("failed_at", own.UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        of_account("resolution_note"),
        of_handoff("resolution_note"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution_note")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_resolution_note_account_id_id")),
        sqlite_autoincrement=True,
    )
    index_some(
        "uq_resolution_note_standing", "resolution_note", ["account_id", "handoff_id"], where="failed_at IS NULL", unique=True
    )
    index_of_waiting("resolution_note", "next_attempt_at")
    op.create_table(
        "resolution",
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("handoff_id", own.Id, autoincrement=False, nullable=False),
        sa.Column("at", own.UtcDateTime(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("fix", sa.Text(), nullable=True),
        sa.Column("fix_source", sa.String(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("step_by", sa.String(), nullable=True),
        sa.Column("reach", sa.String(), nullable=False),
        sa.Column("reach_word", sa.String(), nullable=False),
        sa.Column("alike", own.Json, nullable=False),
        sa.Column("runbook_id", own.Id, nullable=True),
        of_account("resolution"),
        of_handoff("resolution"),
        sa.PrimaryKeyConstraint("account_id", "handoff_id", name=op.f("pk_resolution")),
    )
    op.create_index("ix_resolution_account_id_at", "resolution", ["account_id", "at"], unique=False)


def _runbooks() -> None:
    op.create_table(
        "runbook",
        sa.Column("id", own.Id, nullable=False),
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("made_at", own.UtcDateTime(), nullable=False),
        sa.Column("approved_version", sa.Integer(), nullable=True),
        of_account("runbook"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runbook")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_runbook_account_id_id")),
        sa.UniqueConstraint("account_id", "title", name=op.f("uq_runbook_account_id_title")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "runbook_version",
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("runbook_id", own.Id, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", own.Json, nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", own.UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_at", own.UtcDateTime(), nullable=True),
        of_account("runbook_version"),
        _of_runbook("runbook_version"),
        sa.PrimaryKeyConstraint("account_id", "runbook_id", "version", name=op.f("pk_runbook_version")),
    )
    op.create_table(
        "runbook_use",
        sa.Column("account_id", own.Id, nullable=False),
        sa.Column("handoff_id", own.Id, autoincrement=False, nullable=False),
        sa.Column("runbook_id", own.Id, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("offered_at", own.UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("ended_at", own.UtcDateTime(), nullable=True),
        of_account("runbook_use"),
        of_handoff("runbook_use"),
        _of_runbook("runbook_use"),
        sa.PrimaryKeyConstraint("account_id", "handoff_id", "runbook_id", name=op.f("pk_runbook_use")),
    )
    op.create_index("ix_runbook_use_account_id_runbook_id", "runbook_use", ["account_id", "runbook_id"], unique=False)


def _of_runbook(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_account_id_runbook_id_runbook")
    ours, its = ["account_id", "runbook_id"], ["runbook.account_id", "runbook.id"]
    return sa.ForeignKeyConstraint(ours, its, name=name, ondelete="CASCADE")
