"""`account check` over real HTTP: keys that are refused, and a site that does not answer, are one line each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.account import accounts
from models.database.sessions import Database
from psa.simulator.remote import Remote
from psa.simulator.server import Simulator
from tests.hostile.odd_answers import OddAnswers
from tests.hostile.records import Shop
from worker.account.check import check
from worker.account.onboarding import CannotConnect, account_named, connect
from worker.wiring import Services

LIBRARIES = re.compile(r"(?i)pydantic|requests\.|urllib3|msgspec|httpsconnection|traceback|expected `|object at 0x")


@pytest.mark.parametrize("what", ["keys", "client id", "site"])
def test_what_stops_every_call_is_one_line(sqlite_database: Database, tmp_path: Path, what: str) -> None:
    with Simulator() as simulator, OddAnswers(simulator.url) as proxy:
        shop = Shop(sqlite_database, Remote(simulator.url), proxy, tmp_path)
        with shop.database.account(shop.account_id) as session:
            if what == "site":
                accounts.set_account(session, shop.account_id, site="http://127.0.0.1:9")
            else:
                wrong = {"client_id": "wrong"} if what == "client id" else {"public_key": "wrong", "private_key": "wrong"}
                accounts.set_credentials(session, shop.account_id, shop.services.cipher, **wrong)
        lines = check(shop.services, account_named(shop.services, "northgate"))
        shop.services.close()
    bad = [line for line in lines if not line.ok and line.what in ("keys", "connection", "boards and statuses", "callbacks")]
    assert len(bad) == 1, bad
    assert bad[0].detail.startswith("the keys were refused (401)" if what != "site" else "GET ")
    assert "account set northgate" in bad[0].detail or what == "site"
    assert not [line.detail for line in lines if LIBRARIES.search(line.detail)]


def test_an_installation_that_nobody_can_reach_is_told_and_not_connected(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither PUBLIC_URL nor SMTP_URL set, and a ConnectWise in the shop's own network: what the simulator is taken for."""
    with Simulator() as simulator, OddAnswers(simulator.url) as proxy:
        shop = Shop(sqlite_database, Remote(simulator.url), proxy, tmp_path)
        trial = {line.what: line.ok for line in check(shop.services, account_named(shop.services, "northgate"))}
        psa = shop.services.psa(shop.account_id)
        monkeypatch.setattr(Services, "psa", lambda *_: psa)
        with shop.database.account(shop.account_id) as session:
            accounts.set_account(session, shop.account_id, site="https://cw.northgate.example:8443")
        account = account_named(shop.services, "northgate")
        told = {line.what: line for line in check(shop.services, account)}
        before = simulator.door.log.shown()["requests"]
        with pytest.raises(CannotConnect, match=r"PUBLIC_URL is .*, which is this machine alone"):
            connect(shop.services, account)
        asked = simulator.door.log.shown()["requests"][len(before):]
        shop.services.close()
    assert trial["our address"]
    assert trial["mail"]
    assert not told["our address"].ok
    assert "PUBLIC_URL" in told["our address"].detail
    assert not told["mail"].ok
    assert "SMTP_URL" in told["mail"].detail
    assert {row["method"] for row in asked} == {"GET"}


def test_a_site_that_does_not_answer_hides_not_that_our_address_is_missing(sqlite_database: Database, tmp_path: Path) -> None:
    with Simulator() as simulator, OddAnswers(simulator.url) as proxy:
        shop = Shop(sqlite_database, Remote(simulator.url), proxy, tmp_path)
        with shop.database.account(shop.account_id) as session:
            accounts.set_account(session, shop.account_id, site="http://cw.northgate.invalid")
        told = {line.what: line.ok for line in check(shop.services, account_named(shop.services, "northgate"))}
        shop.services.close()
    assert (told["connection"], told["our address"]) == (False, False)
