"""Whoever is made inactive in ConnectWise, or is there no more, opens nothing here five minutes later: every door is tried.

By the real poller on both databases against the simulated ConnectWise, with the intervals an installation has by default.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.account import accounts
from models.account.accounts import Cipher, StatusRow
from models.account.people import MemberRow
from models.database.sessions import Database
from models.work import jobs, refusals
from psa.simulator.remote import Remote
from tests.fakes import FakeBell, FakeClock, FakeMailer
from tests.integration.webhooks.conftest import environment_for
from tests.integration.webhooks.office import Office, open_office, press
from tests.integration.webhooks.test_sign_in import page_key
from webhooks.authorization import COOKIE, NotAllowed, door
from webhooks.streams.listeners import Listeners, Pace
from worker.process.tokens import Audience, MemberPass
from worker.settings import Settings
from worker.upkeep import poller
from worker.wiring import Services, psa_maker

KEY, ITS_KEY = "k" * 40, "first secret key long enough to be one"
"""Of the installation, and what `places.account` seals with."""
MAJA, TESS = 155, 156
THEIRS = {"msvensson": MAJA, "tobrien": TESS}
"""By the simulated ConnectWise's numbers."""
WITHIN_S = 300
SWEEP_S = 3


class House:
    """An office whose people are those of the simulated ConnectWise, and what keeps it in step."""

    def __init__(self, office: Office, remote: Remote, settings: Settings) -> None:
        self.office, self.remote, self.clock = office, remote, FakeClock()
        self.clock.now = office.database.now()
        self.services = Services(
            settings, database=office.database, bell=FakeBell(), mailer=FakeMailer(), psa_maker=psa_maker(settings),
            clock=self.clock,
        )  # fmt: skip
        self.services.cipher = Cipher([KEY, ITS_KEY])
        self.hashes = {login: remote.member_hash(login) for login in ("msvensson", "tobrien")}
        keys = remote.credentials()
        office.set(
            site=remote.url, company=keys["company"], allow_private=True, codebase=keys["codebase"], owner="gnorth",
            engineers=[*THEIRS], connected_at=self.clock(), next_poll_at=self.clock(),
        )  # fmt: skip
        with office.database.account(office.account_id) as session:
            assert office.cipher is not None
            names = ("public_key", "private_key", "client_id")
            accounts.set_credentials(session, office.account_id, office.cipher, **{name: keys[name] for name in names})
            accounts.replace_statuses(session, office.account_id, [StatusRow(1, 11, "Help Desk", "Escalated", "escalate")])
        office.people([MemberRow(number, login, login, None) for login, number in THEIRS.items()], *THEIRS)
        self.pass_by(1)

    def pass_by(self, seconds: float) -> None:
        """Let time pass; the account is polled by the first sweep after it is due."""
        end = self.clock.now + timedelta(seconds=seconds)
        while self.clock.now < end:
            poller.poll(self.services, account_id=self.office.account_id)
            with self.office.database.account(self.office.account_id, reading=True) as session:
                due = accounts.get(session, self.office.account_id).next_poll_at  # type: ignore[union-attr]
            assert due is not None
            self.clock.now = min(end, max(due, self.clock.now) + timedelta(seconds=SWEEP_S))
        poller.poll(self.services, account_id=self.office.account_id)

    def opens(self, member_id: int) -> dict[str, int]:
        """Try every door as this member; return the statuses."""
        office = self.office
        login = {MAJA: "msvensson", TESS: "tobrien"}[member_id]
        signed = office.passes.tokens.sign(Audience.BROWSER, account_id=office.account_id, member_id=member_id, epoch=1)
        browser = office.browser()
        browser.set_cookie(COOKIE, signed, domain="localhost")
        link = office.link(member_id)
        said = {"account": page_key(office), "memberid": login, "memberHash": self.hashes[login], "memberContext": "web"}
        return {
            "API": office.api("GET", "/handoffs", member_id).status_code,
            "claim by API": office.api("POST", f"/handoffs/{office.handoff_id}/claim", member_id).status_code,
            "claim link": office.browser().get(link).status_code,
            "page": browser.get("/escalations/content").status_code,
            "figures": browser.get("/analytics/escalations/content").status_code,
            "pod": office.browser().post("/pod/session", json=said).status_code,
            "stream": self.streamed(member_id),
        }

    def who(self, member_id: int) -> MemberPass:
        later = self.office.database.now() + timedelta(hours=1)
        return MemberPass(self.office.account_id, member_id, 1, Audience.API, later)

    def streamed(self, member_id: int) -> int:
        with self.office.app.app_context():
            try:
                door().let_in(self.who(member_id))
            except NotAllowed:
                return 403
        return 200


@pytest.fixture
def house(database: Database, tmp_path: Path, remote: Remote) -> Iterator[House]:
    office = open_office(database, tmp_path, SECRET_KEYS=KEY)
    more = {"SECRET_KEYS": KEY, "RESOLUTIONFLOW_CALLS_PER_SECOND": "1000", "RESOLUTIONFLOW_BURST": "1000"}
    made = House(office, remote, Settings.read({**environment_for(database, tmp_path), **more}))
    yield made
    made.services.reader.close()
    office.app.extensions["resolutionflow"].dispose()


@pytest.mark.parametrize("gone", [False, True], ids=["inactive", "gone from a suspended account"])
def test_every_door_is_closed_and_nobody_elses(house: House, gone: bool) -> None:
    if gone:
        house.office.set(suspended_at=house.clock())
        house.remote.clear_requests()
    assert {door: status for door, status in house.opens(TESS).items() if status != 200} == {}
    link = house.office.link(TESS)
    page = house.office.browser()
    page.get(link)
    house.remote.leave("tobrien", gone=gone)
    house.pass_by(WITHIN_S - Pace().check)
    assert set(house.opens(TESS).values()) <= {401, 403}
    assert press_refused(house, link)
    assert set(house.opens(MAJA).values()) <= {200, 409}, "Tess had claimed it"
    if gone:
        asked = [request["path"] for request in house.remote.requests()]
        assert any("/system/members" in path for path in asked)
        assert not [path for path in asked if "/service/" in path], "of a suspended account no ticket is read"
    else:
        house.remote.come_back("tobrien")
        house.pass_by(WITHIN_S)
        assert house.opens(TESS)["API"] == 200


def press_refused(house: House, link: str) -> bool:
    """Tell whether a button of a page that was opened before they left is refused."""
    office = house.office
    try:
        return int(press(office.browser(), link).status_code) == 403
    except AssertionError:
        return True  # the page has no form any more


def test_however_the_moment_falls_between_two_readings(house: House) -> None:
    slowest = 0.0
    for phase in (0, 88, 95, 179):
        house.pass_by(phase)
        house.remote.leave("tobrien")
        left, waited = house.clock.now, 0.0
        while house.streamed(TESS) == 200:
            house.pass_by(5 * SWEEP_S)
            waited = (house.clock.now - left).total_seconds()
            assert waited <= WITHIN_S
        slowest = max(slowest, waited)
        house.remote.come_back("tobrien")
        house.pass_by(200)
    assert 0 < slowest <= WITHIN_S - Pace().check, "an open stream is looked at once a minute after that"


def test_an_open_stream_ends(house: House) -> None:
    class Line:
        def __init__(self) -> None:
            self.said, self.closed = b"", asyncio.Event()

        def write(self, lines: bytes) -> None:
            self.said += lines

        def waiting(self) -> int:
            return 0

        def close(self) -> None:
            self.closed.set()

    async def listen() -> tuple[Line, Line]:
        with house.office.app.app_context():
            doors = door()
        listeners = Listeners(house.office.database, doors.let_in, pace=Pace(check=0.2))  # type: ignore[arg-type]
        hers, others = Line(), Line()
        for member, line in ((TESS, hers), (MAJA, others)):
            await listeners.join(doors.let_in(house.who(member)), line, "")
        watching = asyncio.create_task(listeners.watch())
        house.remote.leave("tobrien")
        await asyncio.to_thread(house.pass_by, 200)
        await asyncio.wait_for(hers.closed.wait(), 10)
        watching.cancel()
        return hers, others

    hers, others = asyncio.run(listen())
    assert hers.said.endswith(b"event: expired\ndata: {}\n\n")
    assert not others.closed.is_set()


def test_members_that_are_refused_are_an_alert_and_tickets_are_polled_all_the_same(house: House) -> None:
    def alerts() -> list[str]:
        with house.office.database.account(house.office.account_id, reading=True) as session:
            return [a.detail for a in jobs.open_alerts(session, house.office.account_id) if a.subject == refusals.MEMBERS]

    house.remote.fault(kind="forbidden", method="GET", path="/system/members")
    house.remote.clear_requests()
    house.pass_by(100)
    assert alerts() == []
    house.pass_by(300)
    (said,) = alerts()
    assert "who left keeps their access" in said
    assert "GET /system/members: 403" in said
    assert sum("/service/tickets" in str(request) for request in house.remote.requests()) >= 4
    house.remote.clear_faults()
    house.pass_by(WITHIN_S)
    assert alerts() == []
    assert house.streamed(TESS) == 200
