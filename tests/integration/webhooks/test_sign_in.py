"""Signing in without a login page: by ConnectWise's proof inside it, by a link in an e-mail outside."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models.account import accounts
from models.account.people import MemberRow
from models.database.sessions import Database
from models.tables import Report
from models.work import sign_ins
from psa.simulator.remote import Remote
from psa.simulator.server import Simulator
from tests.fakes import FakeMailer
from tests.integration.models.places import account
from tests.integration.webhooks.office import (
    JONAS,
    MARIA,
    MEMBERS,
    PUBLIC,
    ROBOT,
    SENIORS,
    Office,
    form_of,
    open_office,
)
from webhooks.authorization import COOKIE
from worker.figures import weekly
from worker.process.tokens import Audience
from worker.settings import Settings

LINK = re.compile(rf"{PUBLIC}(/sign-in/[\w.-]+)")
SENT = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    office = open_office(database, tmp_path)
    yield office
    office.app.extensions["resolutionflow"].dispose()


# --- inside ConnectWise


@pytest.fixture
def remote(office: Office, simulator: Simulator) -> Remote:
    """Let the office's ConnectWise be the simulator, with the clientId that it knows."""
    simulator.reset()
    remote = Remote(simulator.url)
    keys = remote.credentials()
    office.set(site=simulator.url, company=keys["company"], allow_private=True, codebase=keys["codebase"])
    with office.database.account(office.account_id) as session:
        assert office.cipher is not None
        accounts.set_credentials(session, office.account_id, office.cipher, client_id=keys["client_id"])
    return remote


def page_key(office: Office) -> str:
    with office.database.account(office.account_id, reading=True) as session:
        row = accounts.get(session, office.account_id)
        assert row is not None
        assert row.page_key is not None
        return row.page_key


def handshake(office: Office, remote: Remote, member: str = "msvensson", **changed: Any) -> Any:
    said = {"account": page_key(office), "memberid": member, "memberHash": remote.member_hash(member), "memberContext": "web"}
    return office.browser().post("/pod/session", json={**said, **changed})


def test_a_proven_member_gets_a_token_for_a_quarter_of_an_hour(office: Office, remote: Remote) -> None:
    answer = handshake(office, remote)
    assert answer.status_code == 200, answer.json
    assert answer.json["expires_in"] == 900
    assert answer.json["member"] == {
        "id": MARIA, "login": "msvensson", "name": "Maria Svensson", "role": "engineer", "may_claim": True,
    }  # fmt: skip
    assert "Set-Cookie" not in answer.headers
    bearer = {"Authorization": f"Bearer {answer.json['token']}"}
    assert office.api("GET", "/handoffs", headers=bearer).status_code == 200
    assert office.api("POST", f"/handoffs/{office.handoff_id}/claim", headers=bearer).status_code == 200
    assert handshake(office, remote, "jlind").json["member"]["may_claim"] is False


def test_what_a_frame_says_opens_nothing_by_itself(office: Office, remote: Remote) -> None:
    other = account(office.database, "harbour")
    with office.database.account(other, reading=True) as session:
        row = accounts.get(session, other)
        assert row is not None
        theirs = str(row.page_key)
    forged: list[dict[str, Any]] = [
        {"memberHash": "0" * 40},
        {"memberHash": remote.member_hash("tobrien")},
        {"memberid": "tobrien"},
        {"memberid": "phall"},
        {"memberid": "msvensson; memberHash=x"},
        {"memberContext": ""},
        {"account": "1"},
        {"account": "x" * 22},
        {"account": page_key(office)[:-1]},
        {"site": "evil.example", "companyid": "evil", "memberHash": "0" * 40},
    ]
    for changed in forged:
        answer = handshake(office, remote, **changed)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), changed
        assert "token" not in answer.json
    # The other account's ConnectWise is elsewhere and is asked, not ours.
    assert handshake(office, remote, account=theirs).status_code in (401, 503)


def test_bodies_that_cannot_be_read_are_refused_in_words(office: Office, remote: Remote) -> None:
    for body, status in ((b"", 400), (b"{", 400), (b'{"a":1,"a":2}', 400), (b"\xff", 400), (b"[]", 422), (b"{}", 422),
                         (b'{"account":1}', 422), (b"x" * 9000, 413)):  # fmt: skip
        answer = office.browser().post("/pod/session", data=body, content_type="application/json")
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), body[:20]
    for name in ("account", "memberid", "memberHash", "memberContext"):
        assert handshake(office, remote, **{name: None}).status_code == 422


def test_bodies_in_chunks_may_be_no_larger_than_others(office: Office) -> None:
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    large = BytesIO(b'{"account": "' + b"x" * 9000 + b'"}')
    answer = office.browser().post("/pod/session", input_stream=large, environ_base=chunked, content_type="application/json")
    assert answer.status_code == 413
    browser = office.browser()
    form = urlencode({"form": form_of(browser.get("/sign-in").text), "address": "nobody@northgate.example"})
    for more, status in (("", 200), ("&more=" + "x" * 4096, 403)):
        answer = browser.post(
            "/sign-in", input_stream=BytesIO((form + more).encode()), environ_base=chunked, headers=SENT,
            content_type="application/x-www-form-urlencoded",
        )  # fmt: skip
        assert answer.status_code == status


def test_a_member_who_left_or_is_not_known_yet_gets_no_token(office: Office, remote: Remote) -> None:
    office.people([member for member in MEMBERS if member.id != MARIA], *SENIORS)
    assert handshake(office, remote).status_code == 403
    remote.settings(expire_hash=["jlind"])
    assert handshake(office, remote, "jlind").status_code == 401


# --- outside


def wait_for(found: Any, seconds: float = 5) -> Any:
    end = time.monotonic() + seconds
    while not (value := found()) and time.monotonic() < end:
        time.sleep(0.02)
    return value


def asked(office: Office) -> list[Report]:
    with office.database.account(office.account_id, reading=True) as session:
        return list(session.scalars(select(Report).where(Report.kind == sign_ins.KIND).order_by(Report.id)))


def ask(office: Office, address: str, browser: FlaskClient | None = None, **headers: str) -> Any:
    browser = browser or office.browser()
    form = form_of(browser.get("/sign-in").text)
    return browser.post("/sign-in", data={"form": form, "address": address}, headers={**SENT, **headers})


def mailed(office: Office, report: Report) -> str:
    """Send the row's e-mail as the worker does and return the link in it."""
    mailer = FakeMailer()
    services: Any = SimpleNamespace(
        database=office.database, clock=office.database.now, mailer=mailer, passes=office.passes,
        settings=Settings.read({"PUBLIC_URL": PUBLIC, "MAIL_FROM": "rf@northgate.example"}),
    )  # fmt: skip
    assert weekly.send(services, account_id=office.account_id, report_id=report.id)
    body = mailer.sent[0].get_body(("plain",))
    assert body is not None
    found = LINK.search(body.get_content())
    assert found
    return found[1]


def link_of(office: Office, address: str = "maria@northgate.example") -> str:
    ask(office, address)
    (row,) = wait_for(lambda: asked(office))
    return mailed(office, row)


def press(browser: FlaskClient, link: str, **headers: str) -> Any:
    return browser.post(link, data={"form": form_of(browser.get(link).text)}, headers={**SENT, **headers})


def test_from_the_wish_to_the_queue(office: Office) -> None:
    link = link_of(office, "  Maria@Northgate.example ")
    browser = office.browser()
    page = browser.get(link)
    assert page.status_code == 200
    assert "Maria Svensson" in page.text
    assert browser.get_cookie(COOKIE) is None
    went = press(browser, link)
    assert (went.status_code, went.headers["Location"]) == (303, "/escalations")
    set_cookie = next(each for each in went.headers.getlist("Set-Cookie") if each.startswith(f"{COOKIE}="))
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= {part.strip() for part in set_cookie.split(";")}
    value = set_cookie.split(";")[0].partition("=")[2]
    read = office.passes.tokens.read(value, Audience.BROWSER)
    assert (read.account_id, read.member_id) == (office.account_id, MARIA)
    fresh = office.browser()
    fresh.set_cookie(COOKIE, value)
    assert fresh.get("/api/v1/handoffs").status_code == 200
    assert fresh.post("/sign-out").status_code == 403
    out = fresh.post("/sign-out", headers={"X-ResolutionFlow": "1", "Origin": PUBLIC})
    assert out.status_code == 204
    assert fresh.get("/api/v1/handoffs").status_code == 401


@pytest.mark.parametrize(
    ("ticket", "where"),
    [("48213", "/pod/ticket?ticket=48213"), ("//evil.example", "/escalations"), ("", "/escalations")],
)
def test_whoever_comes_from_a_ticket_is_led_back_to_it_once(office: Office, ticket: str, where: str) -> None:
    browser = office.browser()
    door = browser.get("/pod/ticket", query_string={"ticket": ticket})
    assert ("/sign-in?ticket=48213" in door.text) == (ticket == "48213")
    browser.get("/sign-in", query_string={"ticket": ticket})
    assert press(browser, link_of(office, "maria@northgate.example")).headers["Location"] == where
    assert browser.get_cookie("sign_in_ticket", path="/") is None


def test_opening_a_link_changes_nothing_and_the_button_works_once(office: Office) -> None:
    link = link_of(office)
    for _ in range(5):
        for method in ("GET", "HEAD"):
            assert office.browser().open(link, method=method).status_code == 200
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert press(office.browser(), link, **headers).status_code == 403
    assert office.browser().post(link, data={"form": ""}, headers=SENT).status_code == 403
    assert asked(office)[0].used_at is None
    assert press(office.browser(), link).status_code == 303
    assert press(office.browser(), link).status_code == 410, "used up"


def test_its_message_id_is_of_the_senders_own_domain(database: Database, tmp_path: Path) -> None:
    office = open_office(database, tmp_path, MAIL_FROM="ResolutionFlow <handoff@mail.northgate.example>")
    ask(office, "maria@northgate.example")
    (row,) = wait_for(lambda: asked(office))
    assert row.message_id.endswith("@mail.northgate.example>")
    office.app.extensions["resolutionflow"].dispose()


def test_every_address_gets_the_same_answer(office: Office) -> None:
    office.people([*MEMBERS[:-1], MemberRow(ROBOT, "robot", "Robot", "robot@northgate.example", is_api=True),
                   MemberRow(199, "left", "Left", "left@northgate.example", active=False)], *SENIORS)  # fmt: skip
    form = re.compile(r'value="[^"]+"')
    answers = {
        (answer.status_code, form.sub("", answer.text))
        for address in ("maria@northgate.example", "nobody@northgate.example", "robot@northgate.example",
                        "left@northgate.example", "", "x", "a@b", "' OR 1=1 --", "maria@northgate.example\r\nBcc: x@y.z",
                        "maria%@northgate.example", "é@ü.example", "a" * 300 + "@x.example")
        for answer in [ask(office, address)]
    }  # fmt: skip
    assert len(answers) == 1
    assert wait_for(lambda: asked(office))
    time.sleep(0.2)
    assert [row.recipient_user_id for row in asked(office)] == [MARIA]


def test_links_are_rare_for_an_address_and_for_a_caller(office: Office) -> None:
    now = datetime.now(UTC)
    with office.database.account(office.account_id) as session:
        made = [
            sign_ins.ask(session, office.account_id, MARIA, now=now + timedelta(minutes=n / 2), message_domain="x.example")
            for n in range(40)
        ]
    assert len([each for each in made if each]) == sign_ins.EACH_HOUR
    browser = office.browser()
    seen = [ask(office, f"somebody{n}@northgate.example", browser).status_code for n in range(32)]
    assert seen[:30] == [200] * 30
    assert seen[30:] == [429] * 2


def wishes(office: Office, times: int, *, peer: str = "127.0.0.1", forwarded: str | None = None) -> set[int]:
    """Ask for links as one who comes by way of `peer`, which says that it forwards for `forwarded`."""
    browser = office.browser()
    form = form_of(browser.get("/sign-in").text)
    headers = SENT if forwarded is None else {**SENT, "X-Forwarded-For": forwarded}
    data = {"form": form, "address": "nobody@northgate.example"}
    return {
        browser.post("/sign-in", data=data, headers=headers, environ_base={"REMOTE_ADDR": peer}).status_code
        for _ in range(times)
    }


def test_a_stranger_behind_the_proxy_keeps_nobody_else_from_signing_in(office: Office) -> None:
    wishes(office, 30, forwarded="203.0.113.7")
    assert wishes(office, 2, forwarded="203.0.113.7") == {429}
    # What a caller writes stands before what the proxy adds: it neither helps them nor is held against somebody else.
    assert wishes(office, 30, forwarded="198.51.100.4, 203.0.113.7") == {429}
    assert wishes(office, 1, forwarded="127.0.0.1, 203.0.113.7") == {429}
    assert wishes(office, 2, forwarded="198.51.100.4") == {200}
    assert wishes(office, 1) == {200}


def test_who_does_not_come_by_the_proxy_is_counted_by_their_own_address(office: Office) -> None:
    seen = [wishes(office, 1, peer="203.0.113.9", forwarded=f"198.51.100.{number}") for number in range(31)]
    assert seen == [{200}] * 30 + [{429}]
    assert wishes(office, 1, forwarded="198.51.100.1") == {200}


def test_a_proxy_on_another_machine_is_believed_once_it_is_named(database: Database, tmp_path: Path) -> None:
    office = open_office(database, tmp_path, TRUSTED_PROXIES="10.0.0.0/24, 2001:db8::5")
    assert wishes(office, 31, peer="10.0.0.7", forwarded="203.0.113.7, 2001:db8::5") == {200, 429}
    assert wishes(office, 1, peer="2001:db8::5", forwarded="203.0.113.7") == {429}
    assert wishes(office, 1, peer="10.0.0.7", forwarded="198.51.100.4") == {200}
    assert wishes(office, 1, peer="10.0.1.7", forwarded="203.0.113.7") == {200}, "not named: counted as itself"
    office.app.extensions["resolutionflow"].dispose()


def test_a_link_dies_with_time_membership_and_the_accounts_epoch(office: Office) -> None:
    who = {"account_id": office.account_id, "member_id": MARIA, "epoch": 1}
    old = office.passes.tokens.sign(Audience.SIGN_IN, **who, at=datetime.now(UTC) - timedelta(minutes=31), subject=1)
    others = [office.passes.tokens.sign(audience, **who) for audience in Audience if audience != Audience.SIGN_IN]
    for token in (old, "x.y.z", *others):
        assert office.browser().get(f"/sign-in/{token}").status_code == 410
    assert office.browser().get(f"/sign-in/{'a' * 3000}").status_code in (404, 410, 414)
    made_up = office.passes.tokens.sign(Audience.SIGN_IN, **who, subject=4711)
    assert press(office.browser(), f"/sign-in/{made_up}").status_code == 410, "there is no such row"
    link = link_of(office)
    browser = office.browser()
    form = form_of(browser.get(link).text)
    office.set(token_epoch=2)
    assert browser.post(link, data={"form": form}, headers=SENT).status_code == 410
    office.set(token_epoch=1)
    office.people([member for member in MEMBERS if member.id != MARIA], *SENIORS)
    assert browser.post(link, data={"form": form}, headers=SENT).status_code == 403


def test_a_link_that_waited_too_long_for_the_mail_server_is_not_sent(office: Office) -> None:
    with office.database.account(office.account_id) as session:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        row = sign_ins.ask(session, office.account_id, JONAS, now=long_ago, message_domain="x.example")
    assert row is not None
    mailer = FakeMailer()
    services: Any = SimpleNamespace(
        database=office.database, clock=office.database.now, mailer=mailer, passes=office.passes,
        settings=Settings.read({"PUBLIC_URL": PUBLIC}),
    )  # fmt: skip
    assert not weekly.send(services, account_id=office.account_id, report_id=row)
    assert mailer.sent == []
    assert asked(office)[0].status == "suppressed"


def test_the_pages_leak_nothing(office: Office) -> None:
    for path in ("/sign-in", "/sign-in/x"):
        headers = office.browser().get(path).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "script" not in headers["Content-Security-Policy"]
