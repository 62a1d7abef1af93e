"""Behind a pooler (PgBouncer) each transaction has another of the server's connections: nothing may be left on one."""

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from models.database import schema, sessions
from models.database.sessions import Database, UnknownDatabase
from tests.databases import OWNER, PostgresServer

LEFT = "SELECT current_setting('statement_timeout'), current_user::text, current_setting('resolutionflow.account', true)"


def test_what_is_set_ends_with_its_transaction(postgres_database: Database) -> None:
    engine = postgres_database.engine
    with engine.connect() as connection:
        before = connection.execute(text(LEFT)).one()
    with postgres_database.account(7) as session:
        assert session.execute(text(LEFT)).one()[::2] == ("4s", "7")
    with postgres_database.system() as system:
        assert system.execute(text(LEFT)).one()[:2] == ("4s", f"{before[1]}_system")
    with engine.connect() as connection:
        after = connection.execute(text(LEFT)).one()
    assert (after[0], after[1], after[2] or None) == (before[0], before[1], before[2] or None)


def test_a_connection_begins_with_what_poolers_take(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anything else is refused (`unsupported startup parameter`), or ignored, which is worse."""
    given: dict[str, object] = {}
    real = sessions._Bounded.connect.__func__  # type: ignore[attr-defined]

    def connect(cls: type, *args: object, **params: object) -> object:
        given.update(params)
        return real(cls, *args, **params)

    monkeypatch.setattr(sessions._Bounded, "connect", classmethod(connect))
    database = Database(postgres_url)
    database.ping()
    database.dispose()
    kept_from_the_server = {"connect_timeout", "target_session_attrs"}
    theirs = set(make_url(postgres_url).translate_connect_args(username="user", database="dbname")) | {"host", "context"}
    assert set(given) - theirs - kept_from_the_server == {"application_name", "client_encoding"}


@pytest.mark.parametrize(("behind", "prepares"), [(False, True), (True, False)])
def test_nothing_is_prepared_where_somebody_else_answers(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, behind: bool, prepares: bool
) -> None:
    if behind:
        monkeypatch.setattr(sessions, "_SIGN_OF_LIFE", sessions._SIGN_OF_LIFE.replace("pg_backend_pid()", "pg_backend_pid() + 1"))
    database = Database(postgres_url, pool_size=1)
    for number in range(10):
        with database.account(1) as session:
            session.execute(text("SELECT :number + 1"), {"number": number})
    with database.account(1) as session:
        assert bool(session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))) is prepares
    database.dispose()


def test_a_stricter_default_of_the_server_refuses_nobody(postgres_url: str) -> None:
    url = make_url(postgres_url).update_query_dict({"options": "-c default_transaction_isolation=serializable"})
    database = Database(url.render_as_string(hide_password=False))
    with database.account(1) as session:
        assert session.scalar(text("SHOW transaction_isolation")) == "read committed"
    database.dispose()
    with schema._alone(url) as connection:
        assert connection.scalar(text("SHOW transaction_isolation")) == "read committed"


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_lacks_letters_is_refused_before_anything_is_made(postgres_server: PostgresServer, encoding: str) -> None:
    name = f"rf_{encoding.lower()}"
    postgres_server.run(f"CREATE DATABASE {name} OWNER {OWNER} ENCODING '{encoding}' TEMPLATE template0 LOCALE 'C'")
    url = postgres_server.url(name, OWNER)
    with pytest.raises(UnknownDatabase, match=f"encoding is {encoding}.*--encoding UTF8"):
        schema.migrate(url)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True, client_encoding="utf8") as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    postgres_server.run(f"DROP DATABASE {name}")


def test_an_old_server_is_refused_in_words(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "OLDEST", 990_000)
    postgres_server.run(f"CREATE DATABASE rf_old OWNER {OWNER}")
    with pytest.raises(UnknownDatabase, match="99 or later is needed"):
        schema.migrate(postgres_server.url("rf_old", OWNER))
    postgres_server.run("DROP DATABASE rf_old")


def test_a_role_of_other_letters_writes_them_all(postgres_url: str) -> None:
    url = make_url(postgres_url).update_query_dict({"options": "-c client_encoding=latin1"})
    database = Database(url.render_as_string(hide_password=False))
    with database.account(1) as session:
        assert session.scalar(text("SELECT :text"), {"text": "🔥 ąž"}) == "🔥 ąž"
    database.dispose()


def test_a_role_without_rights_is_told_so_in_one_line(postgres_database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    from worker.cli.failures import in_one_line

    with in_one_line() as failed, postgres_database.account(1) as session:
        session.execute(text("CREATE TABLE public.mine (a int)"))
    assert failed.code == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "permission denied" in said
    assert "--app-role" in said
    with pytest.raises(DBAPIError), in_one_line(), postgres_database.account(1) as session:
        session.execute(text("SELECT no_such_column FROM account"))
