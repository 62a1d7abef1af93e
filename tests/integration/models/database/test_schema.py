"""Migrations, run for real: from empty to the newest version, and equal to the rows' classes."""

import contextlib
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, select, text, update

from models import tables  # noqa: F401 - fills the metadata
from models.account import accounts
from models.database import schema
from models.database.access import SystemRoleMissing
from models.database.schema import SchemaOutOfDate, migrate, pending, require_newest
from models.database.sessions import Database
from models.tables import Account, Handoff
from models.tables.columns import Row
from tests.databases import APP, OWNER, PostgresServer, until_one_waits
from tests.integration.models.handoff.test_deliveries import queued
from tests.integration.models.places import NOW, account, handoff

EVERY = [f"{number:04}" for number in range(1, 20) if number != 10]
"""The migrations in their order."""


def test_migrations_give_what_the_classes_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Row.metadata) == []


def test_migrates_from_empty_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'a.db'}"
    (tmp_path / "new").mkdir()
    assert pending(url) == EVERY
    with pytest.raises(SchemaOutOfDate, match="migrate"):
        require_newest(url)
    assert migrate(url) == EVERY
    assert migrate(url) == []
    assert pending(url) == []
    require_newest(url)


def test_several_at_once_migrate_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    done: list[list[str]] = []
    threads = [threading.Thread(target=lambda: done.append(migrate(url))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [[], [], [], EVERY]


def test_refuses_a_database_of_a_newer_program(sqlite_database: Database) -> None:
    with sqlite_database.system() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaOutOfDate, match="9999"):
        pending(str(sqlite_database.url))


def test_the_applications_role_is_told_whether_the_schema_is_newest(postgres_server: PostgresServer) -> None:
    name = postgres_server.fresh_database()
    application = postgres_server.url(name, APP)
    require_newest(application)
    owner = create_engine(postgres_server.url(name, OWNER))
    with owner.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0016'"))
    owner.dispose()
    assert pending(application) == ["0017", "0018", "0019"]
    with pytest.raises(SchemaOutOfDate, match="migrate"):
        require_newest(application)


def test_says_what_to_run_where_it_may_not_make_the_role(postgres_server: PostgresServer) -> None:
    postgres_server.run("CREATE ROLE rf_plain LOGIN", "CREATE DATABASE rf_plain OWNER rf_plain")
    url = postgres_server.url("rf_plain", "rf_plain")
    with pytest.raises(SystemRoleMissing, match='CREATE ROLE "rf_plain_system" NOLOGIN') as error:
        migrate(url)
    for statement in str(error.value).splitlines()[1:]:
        postgres_server.run(statement)
    assert migrate(url) == EVERY
    assert migrate(url) == []
    database = Database(url)
    account(database)
    database.dispose()
    postgres_server.run("DROP DATABASE rf_plain", "DROP ROLE rf_plain_system", "DROP ROLE rf_plain")


@pytest.mark.parametrize("role", ["postgres", OWNER])
def test_works_with_a_single_role_that_owns_everything(postgres_server: PostgresServer, role: str) -> None:
    from models.handoff import briefs, handoffs
    from tests.integration.models.places import later

    postgres_server.run(f"CREATE DATABASE rf_single_{role} OWNER {role}")
    url = postgres_server.url(f"rf_single_{role}", role)
    migrate(url)
    database = Database(url)
    try:
        one = account(database)
        it = handoff(database, one)
        with database.system() as system:
            assert briefs.due_briefs(system, now=later(99), limit=5) == [(one, it)]
            assert len(accounts.list_accounts(system)) == 1
        with database.account(one) as session:
            assert briefs.lease(session, one, it, now=later(99), lease_s=5, holder="w") == 1
        if role == OWNER:  # a superuser is held back by nothing
            with database.account(one + 1) as session:
                assert handoffs.get(session, one, it) is None
    finally:
        database.dispose()
        postgres_server.run(f"DROP DATABASE rf_single_{role} WITH (FORCE)")


def test_keeps_accounts_apart_in_the_view_where_a_superuser_owns_it(postgres_server: PostgresServer) -> None:
    postgres_server.run("CREATE DATABASE rf_super")
    migrate(postgres_server.url("rf_super", "postgres"), app_role=APP)
    database = Database(postgres_server.url("rf_super", APP))
    try:
        one, _, _ = queued(database)
        for asking, rows in ((one, 3), (one + 1, 0)):
            with database.account(asking) as session:
                assert session.scalar(text("SELECT count(*) FROM notification_log")) == rows
    finally:
        database.dispose()
        postgres_server.run("DROP DATABASE rf_super WITH (FORCE)")


def test_a_migration_steps_back_from_workers_at_their_work_and_comes_again(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for a table holds up everybody who comes after, so it waits briefly, and again."""
    monkeypatch.setattr(schema, "TABLE_S", 0.2)
    name = postgres_server.fresh_database()
    working, owner = Database(postgres_server.url(name, APP)), Database(postgres_server.url(name, OWNER))
    with working.account(1) as session:
        session.execute(text("SELECT id FROM handoff"))
        upgrade = threading.Thread(target=migrate, args=(postgres_server.url(name, OWNER), APP))
        upgrade.start()
        until_one_waits(owner)
        upgrade.join(0.8)
        assert upgrade.is_alive(), "it needs the table"
        with Database(postgres_server.url(name, APP)).account(1) as another:
            another.execute(text("SELECT id FROM handoff"))
    upgrade.join(10)
    assert not upgrade.is_alive()
    require_newest(postgres_server.url(name, OWNER))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_an_upgrade_reaches_the_rows_of_every_account(kind: str, request: pytest.FixtureRequest) -> None:
    """The owner of a table with forced row-level security sees none of them by itself."""
    guess = {"likely_cause": "the cable", "suggested_steps": [], "confidence": 0.9}
    server, name = None, ""
    if kind == "postgres":
        server = request.getfixturevalue("postgres_server")
        name = server.fresh_database()
    url = server.url(name, APP) if server else str(request.getfixturevalue("sqlite_url"))
    database = Database(url)
    one = account(database)
    it, done = handoff(database, one), handoff(database, one, ticket_id=4712)
    with database.account(one) as session:
        accounts.set_account(session, one, suspended_at=NOW, connected_at=NOW)
        for number, package in ((it, guess), (done, {**guess, "withheld": True})):
            row = session.get(Handoff, number)
            assert row is not None
            row.observe_due_at, row.assessed_by = None, None
            row.escalation_package = {"ai_assessment_data": package}
        session.get(Handoff, done).response_state = "resolved"  # type: ignore[union-attr]
    owner = create_engine(server.url(name, OWNER) if server else url)
    with owner.begin() as connection:
        connection.execute(text("ALTER TABLE watch DROP COLUMN missing_since"))
        connection.execute(text("ALTER TABLE watch DROP COLUMN absent_since"))
        connection.execute(text("ALTER TABLE delivery DROP COLUMN doubts"))
        connection.execute(text("DROP INDEX ix_job_visible_note"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0016'"))
    owner.dispose()
    if server:
        _leaves_the_others_at_work(server.url(name, OWNER), database, one, it)
    assert migrate(server.url(name, OWNER) if server else url, app_role=APP if server else None) == ["0017", "0018", "0019"]
    with database.account(one, reading=True) as session:
        due, polled = session.execute(select(Account.next_poll_at, Account.polled_at)).one()
        assert due == polled > NOW, "it is not late from the first minute on"
        rows = session.execute(select(Handoff.id, Handoff.assessed_by, Handoff.observe_due_at.is_not(None))).tuples()
        assert sorted(rows) == [(it, "local", True), (done, None, False)]
    database.dispose()


def _leaves_the_others_at_work(owner: str, database: Database, one: int, changed: int) -> None:
    """Whoever reads, or writes a row that does not change, waits for nothing while rows are changed."""
    with contextlib.suppress(InterruptedError), schema._alone(schema.normalise_url(owner)) as migrating:
        config = schema._config()
        config.attributes["connection"] = migrating
        command.upgrade(config, "0017")
        with database.account(one) as session:
            session.execute(text("SET LOCAL lock_timeout = '500ms'"))
            assert session.scalar(select(Account.next_poll_at)) is None
            session.execute(update(Handoff).where(Handoff.id != changed).values(attempts=3))
        raise InterruptedError
