"""Who may do what on PostgreSQL: the application's role, and the narrow one for work across accounts.

Row-level security is forced on every table of an account: a row is visible where its account is the one set
in the transaction, and none is where none is set. The role `<application>_system` cannot log in; the
application's role may change into it but does not inherit from it, so its wider policies hold only inside
`Database.system()`. PostgreSQL 16 or newer, which can grant a role without its being inherited.
"""

from __future__ import annotations

from typing import Literal

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from models.tables import (
    Account,
    AccountStatus,
    AiSession,
    AiSessionStep,
    Alert,
    AssessmentOutcome,
    AssessmentVerdict,
    Backcast,
    Calendar,
    Canary,
    Delivery,
    Handoff,
    Heartbeat,
    Inbox,
    Job,
    Member,
    Memory,
    MemoryTerm,
    ModelCall,
    Opened,
    Report,
    Resolution,
    ResolutionNote,
    ResolvedTicket,
    Runbook,
    RunbookUse,
    RunbookVersion,
    Sighting,
    Snapshot,
    Stopwatch,
    Transition,
    Watch,
    Wish,
)
from models.tables.columns import Row

log = structlog.get_logger()

OF_ACCOUNT: tuple[type[Row], ...] = (
    AccountStatus, Member, Inbox, Watch, Handoff, Snapshot, Transition, Delivery, Job, Alert, Sighting, Calendar,
    Stopwatch, Backcast, Report, Canary, ModelCall, Opened, Memory, ResolvedTicket,
    MemoryTerm, Wish, AssessmentOutcome, AssessmentVerdict, AiSession, AiSessionStep,
    ResolutionNote, Resolution, Runbook, RunbookVersion, RunbookUse,
)  # fmt: skip
"""Tables with `account_id`; `account` itself goes by its id, `heartbeat` belongs to nobody."""

SECRETS = frozenset({"public_key", "private_key", "client_id", "path_token", "marker_key"})

_SYSTEM_READS: dict[type[Row], tuple[str, ...]] = {
    Account: tuple(c.name for c in Account.__table__.columns if c.name not in SECRETS),
    Inbox: ("id", "account_id", "event_id", "state", "received_at", "next_attempt_at", "lease_until", "urgent"),
    Watch: ("account_id", "ticket_id", "episode", "left_at"),
    Handoff: (
        "id", "account_id", "ticket_id", "episode", "brief_state", "response_state", "escalated_at",
        "seen_at", "post_attempted_at", "posted_at", "claimed_at", "ended_at", "next_attempt_at", "refresh_due_at", "lease_until",
        "notify_state", "notified_at", "extra_notes_removed", "attempts", "acted_at", "settle_due_at",
        "observe_due_at", "notes_due_at", "read_due_at", "claim_expires_at", "repeated_at", "origin", "dry_run",
    ),
    Delivery: ("id", "account_id", "handoff_id", "channel", "kind", "status", "attempts", "next_attempt_at"),
    Canary: (
        "id", "account_id", "nonce", "sent_at", "answered_at", "stored_at", "arrived_at", "ended_at", "failure", "ticket_id",
        "next_attempt_at", "attempts",
    ),
    Wish: ("id", "account_id", "ticket_id", "asked_at", "ended_at", "next_attempt_at"),
    AiSession: ("id", "account_id", "ticket_id", "started_at", "next_attempt_at"),
    ResolutionNote: ("id", "account_id", "handoff_id", "asked_at", "next_attempt_at"),
    # Whose address it is that asks for a sign-in link: neither names nor roles.
    Member: ("account_id", "id", "email", "active", "is_api"),
    Report: ("id", "account_id", "kind", "period", "status", "attempts", "doubts", "next_attempt_at"),
    ModelCall: (
        "id", "account_id", "handoff_id", "provider", "model", "asked_at", "answered_at", "outcome", "tokens_in", "tokens_out",
        "cost", "ms", "dropped",
    ),
    Job: tuple(c.name for c in Job.__table__.columns),
    Alert: tuple(c.name for c in Alert.__table__.columns),
}  # fmt: skip

_INSTALLATION_WIDE: tuple[type[Row], ...] = (Job, Alert)
"""Rows with account 0 concern everyone; the system role may write those."""


class SystemRoleMissing(RuntimeError):
    """PostgreSQL lacks the role for work across accounts. The message holds the statements that make it."""

    def __init__(self, app_role: str) -> None:
        statements = "\n".join(role_statements(app_role))
        super().__init__(
            f"the role {app_role}_system does not exist or may not be used, and this role may not create it. "
            f"Ask the database's administrator to run the following, then run migrate again:\n{statements}"
        )


def role_statements(app_role: str) -> list[str]:
    """Return the SQL that makes the narrow role. It takes a role with CREATEROLE to run it."""
    system = _quoted(f"{app_role}_system")
    return [
        f"CREATE ROLE {system} NOLOGIN NOBYPASSRLS;",
        f"GRANT {system} TO {_quoted(app_role)} WITH INHERIT FALSE, SET TRUE;",
    ]


def system_role_of(connection: Connection) -> tuple[str, Literal["superuser", "owner"] | None, bool]:
    """Return who is connected, what makes it more than it should be, and whether it has a system role."""
    user, unrestricted, owns, usable = connection.execute(
        text(
            "SELECT current_user, r.rolsuper OR r.rolbypassrls,"
            " EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass('account') AND c.relowner = r.oid),"
            " EXISTS (SELECT FROM pg_roles s WHERE s.rolname = current_user || '_system'"
            "         AND pg_has_role(current_user, s.oid, 'SET'))"
            " FROM pg_roles r WHERE r.rolname = current_user"
        )
    ).one()
    return user, "superuser" if unrestricted else "owner" if owns else None, usable


def row_security(table: str, column: str) -> list[str]:
    """Return the SQL that shows a table's rows only to the account set in the transaction, whoever asks."""
    setting = "NULLIF(current_setting('resolutionflow.account', true), '')::bigint"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY of_account ON {table} USING ({column} = {setting}) WITH CHECK ({column} = {setting})",
    ]


def grant(connection: Connection, app_role: str | None) -> None:
    """Give the application's role and its system role what they need; harmless to repeat.

    Without a name the connected role is the application's. Raises `SystemRoleMissing`.
    """
    user = str(connection.scalar(text("SELECT current_user")))
    app = app_role or user
    _make_system_role(connection, app)
    system = _quoted(f"{app}_system")
    tables: list[type[Row]] = [Account, *OF_ACCOUNT, Heartbeat]
    statements = [f"GRANT USAGE ON SCHEMA public TO {_quoted(app)}, {system}"]
    if app != user:
        names = ", ".join(t.__tablename__ for t in tables)
        statements += [
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {names} TO {_quoted(app)}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {_quoted(app)}",
            f"GRANT SELECT ON notification_log, alembic_version TO {_quoted(app)}",
        ]
    statements += _system_statements(app, system)
    for statement in statements:
        connection.execute(text(statement))


def _system_statements(app: str, system: str) -> list[str]:
    """Return the grants and policies of the narrow role; each application's policies bear its name."""
    policy = f"{app}_across"
    statements = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {system}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON heartbeat TO {system}",
        f"GRANT SELECT ON alembic_version TO {system}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {system}",
        # It opens accounts, without ever reading back what it encrypted.
        f"GRANT INSERT ON account TO {system}",
    ]
    for table, columns in _SYSTEM_READS.items():
        name = table.__tablename__
        statements += [
            f"GRANT SELECT ({', '.join(columns)}) ON {name} TO {system}",
            *_policy(f"{policy}_reads", name, f"FOR SELECT TO {system} USING (true)"),
        ]
    statements += _policy(f"{policy}_opens", "account", f"FOR INSERT TO {system} WITH CHECK (true)")
    for table in _INSTALLATION_WIDE:
        name = table.__tablename__
        statements.append(f"GRANT INSERT, UPDATE ON {name} TO {system}")
        for deed, clause in (("INSERT", "WITH CHECK"), ("UPDATE", "USING")):
            rule = f"FOR {deed} TO {system} {clause} (account_id = 0)"
            statements += _policy(f"{policy}_{deed.lower()}s", name, rule)
    return statements


def _policy(policy: str, table: str, rule: str) -> list[str]:
    return [
        f"DROP POLICY IF EXISTS {_quoted(policy)} ON {table}",
        f"CREATE POLICY {_quoted(policy)} ON {table} {rule}",
    ]


def _make_system_role(connection: Connection, app: str) -> None:
    usable = text(
        "SELECT EXISTS (SELECT FROM pg_roles s WHERE s.rolname = :system AND pg_has_role(:app, s.oid, 'SET')"
        " AND (NOT pg_has_role(:app, s.oid, 'USAGE')"
        "      OR (SELECT rolsuper FROM pg_roles WHERE rolname = :app)))"
    )
    names = {"system": f"{app}_system", "app": app}
    if connection.scalar(usable, names):
        return
    exists = connection.scalar(text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :system)"), names)
    try:
        with connection.begin_nested():
            for statement in role_statements(app)[1 if exists else 0 :]:
                connection.execute(text(statement))
    except ProgrammingError as error:
        raise SystemRoleMissing(app) from error
    log.info("database_role_created", role=f"{app}_system")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
