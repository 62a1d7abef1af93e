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
from worker.account.onboarding import account_named

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
