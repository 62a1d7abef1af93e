"""Row-level security on PostgreSQL, tried as the role the application has."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from escalation.runbook.contents import Runbook, Step
from models.account import accounts
from models.account.accounts import MemberRow, StatusRow
from models.database.access import OF_ACCOUNT, SECRETS
from models.database.sessions import Database
from models.handoff import briefs, deliveries, handoffs
from models.memory import runbooks
from models.tables import (
    AiSession,
    AiSessionStep,
    AssessmentOutcome,
    AssessmentVerdict,
    Backcast,
    Calendar,
    Canary,
    Memory,
    MemoryTerm,
    ModelCall,
    Opened,
    Report,
    Resolution,
    ResolutionNote,
    ResolvedTicket,
    Sighting,
    Stopwatch,
    Wish,
)
from models.tables.columns import Row
from models.work import inbox, jobs, ticket_watch
from models.work.alert_kinds import Kind
from tests.databases import APP, PostgresServer
from tests.integration.models.handoff.test_handoffs import EVIDENCE
from tests.integration.models.places import NOW, account, handoff

BOOK = Runbook("VPN drops", "every eight hours", (Step("set both lifetimes to 28800"),))
TABLES = ["account", *(table.__tablename__ for table in OF_ACCOUNT)]


@dataclass
class Two:
    """A database with two accounts, each with a row in every table."""

    database: Database
    ours: int
    theirs: int


@pytest.fixture(scope="module")
def two(postgres_server: PostgresServer) -> Iterator[Two]:
    """Give one pair of accounts for all that leaves each row as it was."""
    database = Database(postgres_server.url(postgres_server.fresh_database(), APP))
    yield filled(database)
    database.dispose()


def filled(database: Database) -> Two:
    ids = [account(database, name) for name in ("northwind", "contoso")]
    for one in ids:
        it = handoff(database, one)
        with database.account(one) as session:
            fill(session, one, it)
    return Two(database, *ids)


def fill(session: Session, one: int, it: int) -> None:
    accounts.replace_statuses(session, one, [StatusRow(1, 7, "Service", "Escalate", "escalate")])
    accounts.import_members(session, one, [MemberRow(11, "bob", "Bob", "b@msp.example")], engineers=["bob"])
    inbox.store(
        session,
        account_id=one,
        dedupe_key="k",
        type="ticket",
        action="updated",
        record_id=1,
        raw=b"{}",
        now=NOW,
    )
    ticket_watch.record(
        session, one, 4711, expected_version=0, board_id=1, status_id=7, in_escalation=True, left_at=None,
        last_updated=NOW, episode=1, missing_since=None, absent_since=None,
    )  # fmt: skip
    handoffs.add_snapshot(session, one, it, EVIDENCE, kind="handoff")
    book, version = runbooks.save(session, one, BOOK, by="bob", now=NOW)
    runbooks.note_offered(session, one, it, [(book, version)], now=NOW)
    row = handoffs.get(session, one, it)
    assert row is not None
    deliveries.create(session, row, accounts.recipients(session, one), now=NOW, message_domain="x.example")
    jobs.claim_job(session, one, "weekly", "2026-W10", NOW)
    jobs.raise_alert(session, one, kind=Kind.PARKED, subject="s", detail="d", now=NOW)
    session.add_all(
        [
            Sighting(account_id=one, handoff_id=it, stamp="s", at=NOW, board_id=1, status_id=7, seen_at=NOW),
            Calendar(account_id=one, version=1, body={}, created_at=NOW),
            Stopwatch(
                account_id=one, reference="1", technician="bob", opened_at=NOW, acted_at=NOW, recorded_at=NOW
            ),
            Backcast(
                account_id=one, since=NOW, until=NOW, ran_at=NOW, version=1, candidates=0, pattern={},
                observations=[], summary={},
            ),
            Canary(account_id=one, nonce="n", sent_at=NOW, attempts=0),
            Wish(account_id=one, ticket_id=4711, member_id=11, member="bob", asked_at=NOW),
            AiSession(account_id=one, id=one, ticket_id=1, member_id=11, member="bob", client="c", started_at=NOW, last_at=NOW),
            Memory(account_id=one, tickets=1),
            AssessmentOutcome(account_id=one, handoff_id=it, domain="network", outcome="right", withheld=False, at=NOW),
            AssessmentVerdict(account_id=one, handoff_id=it, member_id=11, domain="network", verdict="wrong", at=NOW),
            ResolutionNote(
                account_id=one, handoff_id=it, form="internal", text="t", member_id=11, member="bob", asked_at=NOW,
            ),
            Resolution(
                account_id=one, handoff_id=it, at=NOW, domain="network", reach="unknown", reach_word="", alike=[],
            ),
            MemoryTerm(account_id=one, term="vpn", block=0, tickets=1, numbers=b"\0\0"),
            ResolvedTicket(
                account_id=one, number=0, ticket_id=1, summary="s", problem="p", tried=[], environment=[], closed_at=NOW,
                terms="vpn\n\n", stored_at=NOW,
            ),
            ModelCall(
                account_id=one, handoff_id=it, request_key="k", provider="p", model="m", asked_at=NOW, outcome="asked",
                tokens_in=1, tokens_out=1,
            ),
            Opened(account_id=one, handoff_id=it, member_id=11, at=NOW),
            Report(
                account_id=one, kind="weekly", period="2026-W10", recipient_user_id=11, figures={},
                measures_version=1, status="queued", message_id="<m>", created_at=NOW,
            ),
        ]
    )  # fmt: skip
    session.flush()
    session.add(
        AiSessionStep(
            account_id=one, session_id=one, number=1, member_id=11, member="bob", kind="step", state="done", text="t",
            outcome="worked", output="", changed="", at=NOW,
        )
    )  # fmt: skip


def test_connects_as_a_role_that_security_holds_for(postgres_database: Database) -> None:
    with postgres_database.account(1) as session:
        row = session.execute(
            text("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        ).one()
        owned = session.scalar(text("SELECT count(*) FROM pg_tables WHERE tableowner = current_user"))
        unforced = session.scalars(
            text(
                "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                " WHERE a.attname = 'account_id' AND c.relkind = 'r'"
                " AND c.relnamespace = 'public'::regnamespace"
                " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
            )
        ).all()
    assert tuple(row) == (False, False, False)
    assert owned == 0
    assert unforced == []


@pytest.mark.parametrize("table", [*TABLES, "notification_log"])
def test_reads_its_own_rows_only(two: Two, table: str) -> None:
    column = "id" if table == "account" else "account_id"
    with two.database.account(two.ours) as session:
        seen = set(session.scalars(text(f"SELECT {column} FROM {table}")))
    assert seen == {two.ours}


@pytest.mark.parametrize("table", TABLES)
def test_changes_and_deletes_no_row_of_another(two: Two, table: str) -> None:
    column = "id" if table == "account" else "account_id"
    where = f"WHERE {column} = {two.theirs}"
    with two.database.account(two.ours) as session:
        for statement in (f"UPDATE {table} SET {column} = {column} {where}", f"DELETE FROM {table} {where}"):
            assert session.execute(text(statement)).rowcount == 0  # type: ignore[attr-defined]
    with two.database.account(two.theirs) as session:
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) != 0


@pytest.mark.parametrize("table", TABLES)
def test_moves_no_row_to_another(two: Two, table: str) -> None:
    column = "id" if table == "account" else "account_id"
    with (
        pytest.raises(DBAPIError, match=r"row-level security|foreign key"),
        two.database.account(two.ours) as session,
    ):
        session.execute(text(f"UPDATE {table} SET {column} = {two.theirs}"))


@pytest.mark.parametrize("table", OF_ACCOUNT)
def test_inserts_no_row_for_another(two: Two, table: type[Row]) -> None:
    """A row of ours, copied under the other's account and a free id, is refused by the policy itself."""
    name = table.__tablename__
    columns = [column.name for column in table.__table__.columns if column.name not in ("account_id", "id")]
    listed = ", ".join(columns)
    identity = ", id" if name == "member" else ""
    values = f"{listed}{identity}"
    copy = f"INSERT INTO {name} (account_id, {values}) SELECT {two.theirs}, {values} FROM {name}"
    with pytest.raises(DBAPIError, match="row-level security"), two.database.account(two.ours) as session:
        session.execute(text(copy))


@pytest.mark.parametrize("table", TABLES)
def test_sees_nothing_without_an_account(two: Two, table: str) -> None:
    with two.database.engine.begin() as connection:  # a connection that had an account set before
        assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    two.database.dispose()
    with two.database.engine.begin() as connection:  # and one that never had
        assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_a_child_cannot_hang_on_another_accounts_handoff(two: Two) -> None:
    with two.database.account(two.theirs) as session:
        (foreign,) = handoffs.by_ticket(session, two.theirs, 4711)
    with pytest.raises(DBAPIError, match="foreign key"), two.database.account(two.ours) as session:
        handoffs.add_snapshot(session, two.ours, foreign.id, EVIDENCE, kind="refresh")


@pytest.mark.parametrize("column", sorted(SECRETS))
def test_the_system_role_reads_no_secret(two: Two, column: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), two.database.system() as system:
        system.execute(text(f"SELECT {column} FROM account"))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT raw FROM inbox",
        "SELECT escalation_package_markdown FROM handoff",
        "SELECT escalation_package FROM handoff",
        "SELECT evidence FROM snapshot",
        "SELECT name FROM member",
        "SELECT address FROM delivery",
        "SELECT * FROM notification_log",
        "UPDATE account SET frozen_reason = 'x'",
        "UPDATE handoff SET fence = 0",
        "DELETE FROM account",
        "DELETE FROM inbox",
    ],
)
def test_the_system_role_reads_and_writes_little(two: Two, query: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), two.database.system() as system:
        system.execute(text(query))


def test_the_system_role_sees_every_account_but_writes_no_accounts_job(two: Two) -> None:
    with two.database.system() as system:
        assert {a for a, _ in briefs.due_briefs(system, now=NOW.replace(year=2027), limit=9)} == {
            two.ours,
            two.theirs,
        }
        assert {a for a, _ in inbox.due(system, now=NOW.replace(year=2027), limit=9)} == {
            two.ours,
            two.theirs,
        }
        assert len(jobs.open_alerts(system)) == 2
    with pytest.raises(DBAPIError, match="row-level security"), two.database.system() as system:
        jobs.claim_job(system, two.ours, "weekly", "2026-W11", NOW)


def test_the_wider_policies_end_with_the_system_session(two: Two) -> None:
    with two.database.system() as system:
        assert len(accounts.list_accounts(system)) == 2
    with two.database.account(two.ours) as session:
        assert len(session.scalars(text("SELECT id FROM account")).all()) == 1


def test_removing_an_account_takes_all_of_its_rows_and_no_other(postgres_database: Database) -> None:
    two = filled(postgres_database)
    with two.database.account(two.ours) as session:
        assert not accounts.remove_account(session, two.theirs)
        assert accounts.remove_account(session, two.ours)
        for table in TABLES:
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    with two.database.account(two.theirs) as session:
        assert all(session.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES)
