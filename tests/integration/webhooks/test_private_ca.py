"""A ConnectWise on premises with a certificate authority of its own (`--ca-bundle`), asked over real HTTPS by the web."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.account import accounts
from models.database.sessions import Database
from psa.simulator.remote import Remote
from psa.simulator.server import Simulator
from tests.integration.receiver import KeyServer, body
from tests.integration.webhooks.conftest import Post, connected, settings_for
from tests.integration.webhooks.office import MARIA, Office, open_office
from tests.private_ca import PrivateCA, TlsFront
from webhooks.app import create_app


@pytest.fixture
def authority() -> PrivateCA:
    return PrivateCA()


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    office = open_office(database, tmp_path)
    yield office
    office.app.extensions["resolutionflow"].dispose()


@pytest.mark.parametrize("trusted", [True, False])
def test_a_callback_is_proven_with_a_key_from_there(
    database: Database, tmp_path: Path, authority: PrivateCA, trusted: bool
) -> None:
    settings = settings_for(database, tmp_path)
    with KeyServer() as keys, TlsFront(keys.url, authority.context(tmp_path)) as front:
        account_id, token = connected(database, settings, front.url)
        with database.account(account_id) as session:
            accounts.set_account(session, account_id, ca_bundle=authority.pem if trusted else None)
        post = Post(create_app(settings).test_client(), database, keys, account_id, token, tmp_path)
        assert post.send(body(front.url)).status_code == 204
        post.its_database.dispose()
    (row,) = post.rows()
    assert row.verified is trusted
    assert keys.asked == int(trusted)


def test_a_member_is_proven_there_and_no_longer_once_the_authority_is_taken_back(
    office: Office, simulator: Simulator, tmp_path: Path, authority: PrivateCA
) -> None:
    simulator.reset()
    remote = Remote(simulator.url)
    keys = remote.credentials()
    with TlsFront(simulator.url, authority.context(tmp_path)) as front:
        with office.database.account(office.account_id) as session:
            assert office.cipher is not None
            accounts.set_credentials(session, office.account_id, office.cipher, client_id=keys["client_id"])
        office.set(site=front.url, company=keys["company"], allow_private=True, codebase=keys["codebase"])
        assert _sign_in(office, remote).status_code == 503
        office.set(ca_bundle=authority.pem)
        answer = _sign_in(office, remote)
        assert (answer.status_code, answer.json.get("member", {}).get("id")) == (200, MARIA)
        office.set(ca_bundle=PrivateCA().pem)
        assert _sign_in(office, remote).status_code == 503


def _sign_in(office: Office, remote: Remote) -> Any:
    with office.database.account(office.account_id, reading=True) as session:
        row = accounts.get(session, office.account_id)
        assert row is not None
        page_key = row.page_key
    said = {"account": page_key, "memberid": "msvensson", "memberHash": remote.member_hash("msvensson"), "memberContext": "web"}
    return office.browser().post("/pod/session", json=said)
