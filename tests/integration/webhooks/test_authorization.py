"""Who is asking: a token, or the cookie of a browser outside the PSA, and nothing that another site's page can send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.account import accounts
from models.database.sessions import Database
from tests.integration.webhooks.office import (
    JONAS,
    MARIA,
    MEMBERS,
    PUBLIC,
    ROBOT,
    SENIORS,
    Office,
    open_office,
)
from webhooks.authorization import COOKIE, DOOR, Door, frame_policy, viewer
from worker.process.tokens import Audience

OURS = {"X-ResolutionFlow": "1", "Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    office = open_office(database, tmp_path)
    yield office
    office.app.extensions["resolutionflow"].dispose()


def signed(office: Office, audience: Audience, member_id: int = MARIA, *, epoch: int = 1) -> str:
    return office.passes.tokens.sign(audience, account_id=office.account_id, member_id=member_id, epoch=epoch)


def status(office: Office, method: str, path: str, cookie: str, headers: dict[str, str] | None = None) -> int:
    browser = office.browser()
    browser.set_cookie(COOKIE, cookie)
    return int(browser.open(f"/api/v1{path}", method=method, headers=headers or {}).status_code)


def test_a_viewer_says_who_it_is_and_what_they_may(office: Office) -> None:
    for audience in (Audience.API, Audience.POD):
        header = {"Authorization": f"Bearer {signed(office, audience)}"}
        with office.app.test_request_context("/", headers=header):
            who = viewer()
            assert (who.account_id, who.member_id, who.login, who.name) == (
                office.account_id, MARIA, "msvensson", "Maria Svensson"
            )  # fmt: skip
            assert (who.role, who.may_claim, who.time_zone, who.audience) == ("engineer", True, "Europe/London", audience)
            assert who.expires_at is not None
            assert who.expires_at > datetime.now(UTC)
    with office.app.test_request_context("/", headers=office.token(JONAS)):
        assert (viewer().role, viewer().may_claim) == ("technician", False)


def test_a_cookie_looks_and_changes_only_from_our_own_page(office: Office) -> None:
    cookie = signed(office, Audience.BROWSER)
    one = f"/handoffs/{office.handoff_id}"
    assert status(office, "GET", one, cookie) == 200
    foreign = (
        {},
        {"Origin": PUBLIC},
        {"X-ResolutionFlow": "1"},
        OURS | {"Origin": "https://evil.example"},
        OURS | {"Origin": "null"},
        OURS | {"Origin": f"{PUBLIC}.evil.example"},
        OURS | {"Origin": PUBLIC.replace("https", "http")},
        OURS | {"Sec-Fetch-Site": "cross-site"},
        OURS | {"Sec-Fetch-Site": "same-site"},
        {name: value for name, value in OURS.items() if name != "X-ResolutionFlow"},
    )
    for headers in foreign:
        for deed in ("claim", "release", "dismiss"):
            assert status(office, "POST", f"{one}/{deed}", cookie, headers) == 403, headers
    assert office.row().response_state == "open"
    assert status(office, "POST", f"{one}/claim", cookie, OURS) == 200


def test_a_cookie_of_another_kind_or_time_opens_nothing(office: Office) -> None:
    who = {"account_id": office.account_id, "member_id": MARIA, "epoch": 1}
    old = office.passes.tokens.sign(Audience.BROWSER, **who, at=datetime.now(UTC) - timedelta(days=15))
    for cookie in (old, signed(office, Audience.API), signed(office, Audience.POD), signed(office, Audience.SIGN_IN), "x", ""):
        assert status(office, "GET", "/handoffs", cookie) == 401
    good = signed(office, Audience.BROWSER)
    refused = office.browser()
    refused.set_cookie(COOKIE, good)
    assert refused.get("/api/v1/handoffs", headers={"Authorization": "Bearer x"}).status_code == 401, "no second try"
    assert status(office, "GET", "/handoffs", signed(office, Audience.BROWSER, ROBOT)) == 403
    office.people([member for member in MEMBERS if member.id != MARIA], *SENIORS)
    assert status(office, "GET", "/handoffs", good) == 403, "left the PSA"
    office.people(MEMBERS, *SENIORS)
    office.set(token_epoch=2)
    assert status(office, "GET", "/handoffs", good) == 401, "taken back"


def test_a_page_names_its_account_by_a_key_that_is_neither_its_number_nor_its_callback_token(office: Office) -> None:
    with office.database.account(office.account_id, reading=True) as session:
        row = accounts.get(session, office.account_id)
        assert row is not None
        assert row.page_key is not None
        assert len(row.page_key) >= 22
        key = row.page_key
    door: Door = office.app.extensions[DOOR]
    found = door.page_account(key)
    assert found is not None
    assert (found.id, found.name) == (office.account_id, "northgate")
    for other in ("", "1", str(office.account_id), key.swapcase(), key[:-1], "%", "\x00", "northgate"):
        assert door.page_account(other) is None


@dataclass
class Framed:
    site: str
    allow_private: bool = False


@pytest.mark.parametrize(
    ("site", "private", "wanted"),
    [
        ("na.myconnectwise.net", False, "https://na.myconnectwise.net"),
        ("api-eu.myconnectwise.net", False, "https://eu.myconnectwise.net"),
        ("https://psa.msp.example/", False, "https://psa.msp.example"),
        ("http://127.0.0.1:8900", True, "http://127.0.0.1:8900"),
        ("http://127.0.0.1:8900", False, "'none'"),
        ("na.myconnectwise.net; script-src *", False, "'none'"),
        ("*.myconnectwise.net", False, "'none'"),
    ],
)
def test_only_this_accounts_own_screen_may_frame_its_pages(site: str, private: bool, wanted: str) -> None:
    assert frame_policy(Framed(site, private)) == f"frame-ancestors {wanted}"
    assert frame_policy(None) == "frame-ancestors 'none'"
