"""Accounts on both databases."""

import pytest
from sqlalchemy.exc import IntegrityError

from models.account import accounts
from models.account.accounts import CannotDecrypt, Cipher, MemberRow, StatusRow
from models.database.sessions import Database
from tests.integration.models.places import CIPHER, NOW, account, later

BOB = MemberRow(11, "Bob", "Bob Ray", "bob@msp.example")
EVA = MemberRow(12, "eva", "Eva Lind", None)
TIM = MemberRow(13, "tim", "Tim Ode", "tim@msp.example")
API = MemberRow(14, "rfapi", "ResolutionFlow", "rf@msp.example", is_api=True)


def test_gives_credentials_back_in_the_accounts_own_session(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        row = accounts.get(session, one)
    assert row is not None
    credentials = accounts.credentials(row, CIPHER)
    assert (credentials.public_key, credentials.private_key) == ("northwind-public", "northwind-private")
    assert "northwind-private" not in repr(credentials)
    assert len(accounts.marker_key(row, CIPHER)) >= 32


def test_lists_accounts_by_name_and_refuses_a_second_of_the_same(database: Database) -> None:
    account(database, "b"), account(database, "a")
    with database.system() as system:
        assert [row.name for row in accounts.list_accounts(system)] == ["a", "b"]
        found = accounts.account_by_name(system, "a")
        assert found is not None
        assert accounts.account_by_name(system, "c") is None
    with pytest.raises(IntegrityError):
        account(database, "a")


def test_never_gives_an_id_twice(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        assert accounts.remove_account(session, one)
    assert account(database) != one


def test_rotates_every_secret_and_then_needs_no_former_key(database: Database) -> None:
    one = account(database)
    new = "second secret key, long enough to be one"
    both, only_new = Cipher([new, "first secret key long enough to be one"]), Cipher([new])
    with database.account(one) as session:
        row = accounts.get(session, one)
        assert row is not None
        before, marker = accounts.path_token(row, CIPHER), accounts.marker_key(row, CIPHER)
        with pytest.raises(CannotDecrypt, match="not in SECRET_KEYS"):
            accounts.credentials(row, only_new)
        assert accounts.rotate(session, one, both)
        assert not accounts.rotate(session, one, both)
    with database.account(one) as session:
        row = accounts.get(session, one)
        assert row is not None
        assert accounts.credentials(row, only_new).client_id == "northwind-client"
        assert accounts.marker_key(row, only_new) == marker
        assert row.path_token_hash in only_new.token_hashes(before)


def test_changes_columns_but_no_secret_that_way(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        assert accounts.set_account(session, one, hourly_rate=95.5, engineers=["bob"])
        assert accounts.set_credentials(session, one, CIPHER, private_key="new")
        with pytest.raises(ValueError, match="private_key"):
            accounts.set_account(session, one, private_key=b"plain")
    with database.account(one) as session:
        row = accounts.get(session, one)
        assert row is not None
        assert (row.hourly_rate, row.engineers) == (95.5, ["bob"])
        assert accounts.credentials(row, CIPHER).private_key == "new"


def test_gives_roles_by_id_and_name_and_reports_who_is_unknown(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        unknown = accounts.import_members(
            session, one, [BOB, EVA, TIM, API], engineers=["bob", 12, "nobody"], admins=["rfapi"], owner="BOB"
        )
        assert unknown == ["nobody"]
        told = accounts.recipients(session, one)
        assert [(m.identifier, m.role, m.email) for m in told] == [
            ("Bob", "owner", "bob@msp.example"),
            ("eva", "engineer", None),
        ]
        assert accounts.roster(session, one, us="rfapi").person("BOB").role == "owner"


def test_makes_members_inactive_who_are_gone(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        accounts.import_members(session, one, [BOB, EVA], engineers=["bob", "eva"])
        accounts.import_members(session, one, [EVA], engineers=["bob", "eva"])
        assert [m.identifier for m in accounts.recipients(session, one)] == ["eva"]
        assert len(accounts.roster_rows(session, one)) == 2


def test_replaces_statuses(database: Database) -> None:
    one = account(database)
    first = StatusRow(1, 7, "Service", "Escalate", "escalate")
    second = StatusRow(1, 8, "Service", "In hand", "claim")
    with database.account(one) as session:
        accounts.replace_statuses(session, one, [first])
        accounts.replace_statuses(session, one, [first, second])
        assert sorted(accounts.statuses(session, one), key=lambda row: row.status_id) == [first, second]
        accounts.replace_statuses(session, one, [])
        assert accounts.statuses(session, one) == []


def test_pins_the_first_callback_key_for_good(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        assert accounts.pin_callback_key(session, one, "k1")
        assert accounts.pin_callback_key(session, one, "k1")
        assert not accounts.pin_callback_key(session, one, "k2")


def test_freezes_once_and_keeps_the_first_reason(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        assert accounts.freeze(session, one, reason="visible note 5", now=NOW)
        assert not accounts.freeze(session, one, reason="again", now=later(1))
        row = accounts.get(session, one)
        assert row is not None
        assert (row.frozen_reason, row.frozen_at) == ("visible note 5", NOW)
        assert accounts.unfreeze(session, one)
        assert not accounts.unfreeze(session, one)


def test_gives_a_poll_to_one_and_never_moves_the_cursor_back(database: Database) -> None:
    one = account(database)
    with database.account(one) as session:
        assert accounts.set_account(session, one, next_poll_at=NOW)
    with database.system() as system:
        assert accounts.due_polls(system, now=later(-1), limit=5) == []
        assert accounts.due_polls(system, now=NOW, limit=5) == [one]
    with database.account(one) as session:
        assert accounts.claim_poll(session, one, now=NOW, next_at=later(90))
        assert not accounts.claim_poll(session, one, now=NOW, next_at=later(90))
        assert accounts.save_poll(session, one, cursor=later(60), now=later(61))
        assert not accounts.save_poll(session, one, cursor=later(30), now=later(62))
