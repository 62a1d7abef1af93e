"""The page behind a claim link, as browsers, mail scanners and attackers use it, on both databases."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from itsdangerous import TimestampSigner

from escalation.package.contents import Assessment, Quote
from models.account import people
from models.database.sessions import Database
from models.handoff import claims, handoffs
from models.memory import assessments
from tests.integration.models.places import account
from tests.integration.webhooks.office import (
    JONAS,
    MARIA,
    MEMBERS,
    OWNER,
    PUBLIC,
    ROBOT,
    SENIORS,
    TOM,
    Office,
    form_of,
    open_office,
    press,
)
from tests.trail import followed
from tests.unit.escalation.tickets import package_of, rich
from webhooks.claims.claiming import Claiming
from webhooks.claims.page import ago
from worker.process.links import CLAIM_LINK_S, ClaimPass


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    office = open_office(database, tmp_path)
    yield office
    office.app.extensions["resolutionflow"].dispose()


@pytest.fixture(autouse=True)
def _followed(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail the test that changes a row without a crash point behind it."""
    with followed(office.app.extensions["resolutionflow"].engine, monkeypatch) as trail:
        yield
    assert not trail.gaps, "\n".join(trail.gaps)


def words(page: str) -> str:
    """Return a page's text as it is read."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_opening_the_link_shows_what_it_is_about_and_changes_nothing(office: Office) -> None:
    before = office.row(), office.moves()
    for _ in range(3):
        scanner = office.browser()
        answer = scanner.get(office.link(), headers={"User-Agent": "scanner", "Purpose": "prefetch"})
        assert answer.status_code == 200
        assert scanner.head(office.link()).status_code == 200
        assert scanner.options(office.link()).status_code == 200
    after = office.row(), office.moves()
    assert (before[0].response_state, before[0].settle_due_at, before[1]) == (
        after[0].response_state, after[0].settle_due_at, after[1],
    )  # fmt: skip
    text = words(answer.text)
    for part in ("ticket #48213", "Harbor &amp; Sons", "Escalated by Jonas Lind", "waiting for 12 min",
                 "You are Maria Svensson .", "Claim this ticket", "Priority 2 - High"):  # fmt: skip
        assert part in text
    assert "VPN drops &lt;b&gt;every&lt;/b&gt; 8 hours" in answer.text, "ticket text stays text"
    assert "fv_sr100_request.rails?service_recid=48213&amp;companyName=northgate" in answer.text


def test_the_button_claims_and_says_what_happens_next(office: Office) -> None:
    said = "do NOT reboot the gateway"
    package = replace(package_of(rich()), forbidden=(Quote(said, said, "n1"),)).to_json()
    office.set_handoff(office.handoff_id, escalation_package=package)
    shown = words(office.browser().get(office.link()).text)
    assert "Not to be done:" in shown, "beside where to start, before anything is decided"
    assert said in shown
    answer = press(office.browser(), office.link())
    assert answer.status_code == 200
    text = words(answer.text)
    assert said in text
    assert "You have it, Maria Svensson." in text
    assert "You become the ticket’s owner in ConnectWise in a moment." in text
    row = office.row()
    assert (row.response_state, row.claimed_by, row.claim_kind) == ("claimed", MARIA, "link")
    assert row.settle_due_at is not None, "what follows is due work"
    with office.database.account(office.account_id) as session:
        last = handoffs.transitions(session, office.account_id, office.handoff_id)[-1]
    assert (last.actor, last.why) == ("msvensson", "claimed by the link in an e-mail")


def test_the_loser_reads_who_won_and_how_long_ago(office: Office) -> None:
    tom = office.browser()
    early = form_of(tom.get(office.link(TOM)).text)
    assert press(office.browser(), office.link()).status_code == 200
    answer = tom.post(office.link(TOM), data={"form": early, "deed": "claim"})
    assert answer.status_code == 409
    assert re.search(r"<strong>Already claimed by Maria Svensson, \d s ago</strong>", answer.text)
    assert "<button" not in answer.text
    seen = tom.get(office.link(TOM))
    assert seen.status_code == 200
    assert "Already claimed by Maria Svensson, " in seen.text


def test_who_has_read_the_assessment_says_on_the_page_what_it_was_worth(office: Office) -> None:
    guess = Assessment("the root certificate had expired", ("renew it",), 0.8)
    package = replace(package_of(rich()), ai_assessment_data=guess).to_json()
    office.set_handoff(office.handoff_id, escalation_package=package, posted_at=datetime.now(UTC))
    maria, tom = office.browser(), office.browser()
    assert "root certificate" not in maria.get(office.link()).text, "before it is taken there is one thing to press"
    assert "root certificate" in press(maria, office.link()).text
    for verdict in ("wrong", "helpful"):
        said = press(maria, office.link(), verdict)
        assert said.status_code == 200
        assert f"You said {verdict}." in words(said.text)
    seen = tom.get(office.link(TOM)).text
    assert "You said" not in seen
    assert "Already claimed by Maria Svensson" in seen
    assert "You said wrong." in words(press(tom, office.link(TOM), "wrong").text)
    with office.database.account(office.account_id, reading=True) as session:
        said_of_it = [assessments.verdict_of(session, office.account_id, office.handoff_id, one) for one in (MARIA, TOM)]
    assert said_of_it == ["helpful", "wrong"]
    early = form_of(tom.get(office.link(TOM)).text)
    abstained = replace(package_of(rich()), ai_assessment_data=Assessment()).to_json()
    office.set_handoff(office.handoff_id, escalation_package=abstained)
    gone = tom.post(office.link(TOM), data={"form": early, "deed": "helpful"})
    assert (gone.status_code, "You said" in gone.text) == (409, False)


def test_ages_are_right_where_the_clocks_are_apart(office: Office) -> None:
    office.set(clock_skew_s=-300.0)
    press(office.browser(), office.link())
    assert re.search(r"Already claimed by Maria Svensson, \d s ago", office.browser().get(office.link(TOM)).text)


def test_pressing_again_says_that_they_have_it(office: Office) -> None:
    browser = office.browser()
    press(browser, office.link())
    since = office.row().claimed_at
    again = press(browser, office.link())
    assert again.status_code == 200
    assert "You have it already, Maria Svensson." in again.text
    assert office.row().claimed_at == since


def test_a_claim_can_be_given_back_by_who_has_it_and_taken_by_another(office: Office) -> None:
    maria, tom = office.browser(), office.browser()
    foreign = form_of(tom.get(office.link(TOM)).text)
    press(maria, office.link())
    assert tom.post(office.link(TOM), data={"form": foreign, "deed": "give back"}).status_code == 409
    assert office.row().claimed_by == MARIA
    answer = press(maria, office.link(), "give back")
    assert answer.status_code == 200
    assert "You gave it back." in answer.text
    assert "Claim this ticket" in answer.text
    row = office.row()
    assert (row.response_state, row.claimed_by) == ("open", None)
    assert row.settle_due_at is not None
    assert press(tom, office.link(TOM)).status_code == 200
    assert office.row().claimed_by == TOM


def test_after_the_first_action_there_is_nothing_to_give_back(office: Office) -> None:
    press(office.browser(), office.link())
    now = datetime.now(UTC)
    with office.database.account(office.account_id) as session:
        claims.mark_acted(session, office.account_id, office.handoff_id, now=now, happened_at=now, why="note 7")
    page = office.browser().get(office.link())
    assert "Your first action was" in page.text
    assert "<form" not in page.text


@pytest.mark.parametrize("resolved", [True, False])
def test_what_has_ended_says_how_and_cannot_be_claimed(office: Office, resolved: bool) -> None:
    browser = office.browser()
    form = form_of(browser.get(office.link()).text)
    now = datetime.now(UTC)
    with office.database.account(office.account_id) as session:
        if resolved:
            claims.claim(session, office.account_id, office.handoff_id, member_id=TOM, now=now)
        handoffs.end(session, office.account_id, office.handoff_id, now=now, why="closed in the PSA")
    answer = browser.post(office.link(), data={"form": form, "deed": "claim"})
    assert answer.status_code == 409
    text = words(answer.text)
    assert ("Resolved" if resolved else "No longer escalated") in text
    assert "closed in the PSA" in text
    assert ("Claimed by Tom" in text) is resolved
    assert "<button" not in answer.text


def test_only_our_own_page_may_send_the_form(office: Office) -> None:
    for headers, status in (
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://handoff.example.evil.example"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": PUBLIC, "Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({}, 200),
    ):
        browser = office.browser()
        form = form_of(browser.get(office.link()).text)
        answer = browser.post(office.link(), data={"form": form, "deed": "claim"}, headers=headers)
        assert answer.status_code == status, headers
        assert (office.row().response_state == "claimed") is (status == 200), headers
        if status == 200:
            assert press(browser, office.link(), "give back").status_code == 200


def test_a_form_is_good_for_its_link_and_its_browser_alone(office: Office) -> None:
    mine, theirs = office.browser(), office.browser()
    theirs.get(office.link())
    form = form_of(mine.get(office.link()).text)
    assert theirs.post(office.link(), data={"form": form, "deed": "claim"}).status_code == 403, "another browser's form"
    assert office.browser().post(office.link(), data={"form": form, "deed": "claim"}).status_code == 403, "no cookie"
    assert mine.post(office.link(), data={}).status_code == 403, "no form at all"
    assert mine.post(office.link(), data={"form": form, "deed": "dismiss"}).status_code == 403, "no button of ours"
    other = office.escalate(48999)
    assert mine.post(office.link(handoff_id=other), data={"form": form, "deed": "claim"}).status_code == 403, "another link"
    assert mine.post(office.link(), data={"form": form, "deed": "x" * 5000}).status_code == 403, "larger than ours"
    assert office.row().response_state == "open"
    assert "press the button again" in theirs.post(office.link(), data={"form": form, "deed": "claim"}).text


def test_the_page_is_kept_from_leaking_and_from_frames(office: Office) -> None:
    for path in (office.link(), "/claim/forged"):
        headers = office.browser().get(path).headers
        csp = headers["Content-Security-Policy"]
        assert "default-src 'none'" in csp
        assert "frame-ancestors 'none'" in csp
        assert "unsafe-inline" not in csp
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
    page = office.browser().get(office.link())
    assert "<script" not in page.text
    assert " style=" not in page.text
    cookie = page.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Strict", "Secure", "Path=/claim"):
        assert part in cookie
    assert office.browser().get("/pages/plain.css").mimetype == "text/css"


def test_links_that_do_not_open_say_why_and_what_to_do(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as then:
        then.setattr(TimestampSigner, "get_timestamp", lambda _: int(time.time() - CLAIM_LINK_S - 60))
        old = office.passes.claim_link(
            "", account_id=office.account_id, handoff_id=office.handoff_id, member_id=MARIA, epoch=1
        )
    token = office.token()["Authorization"].removeprefix("Bearer ")
    for path, status, title in (
        (old, 410, "This link has expired"),
        ("/claim/forged", 404, "This link does not work"),
        (office.link()[:-4], 404, "This link does not work"),
        (f"/claim/{token}", 404, "This link does not work"),
        (office.link(epoch=2), 410, "This link was taken back"),
        (office.link(handoff_id=999_999), 410, "This escalation is gone"),
        (office.link(JONAS), 403, "You cannot claim this"),
        (office.link(ROBOT), 403, "You cannot claim this"),
        (office.link(9999), 403, "You cannot claim this"),
    ):
        for answer in (office.browser().get(path), office.browser().post(path, data={"deed": "claim"})):
            if answer.request.method == "POST" and status != 404 and path != old:
                assert answer.status_code == 403, "nobody gets past the form"
                continue
            assert (answer.status_code, answer.mimetype) == (status, "text/html"), path
            assert title in answer.text
    assert office.row().response_state == "open"


def test_rights_are_those_of_this_moment(office: Office) -> None:
    browser = office.browser()
    form = form_of(browser.get(office.link()).text)
    office.people(MEMBERS, "tobrien")
    assert browser.post(office.link(), data={"form": form, "deed": "claim"}).status_code == 403
    gone = [member for member in MEMBERS if member.id != MARIA]
    office.people(gone, *SENIORS)
    assert browser.post(office.link(), data={"form": form, "deed": "claim"}).status_code == 403
    office.people(MEMBERS, *SENIORS)
    office.set(token_epoch=2)
    assert browser.post(office.link(), data={"form": form, "deed": "claim"}).status_code == 410
    assert office.row().response_state == "open"
    office.set(token_epoch=1)
    assert browser.post(office.link(), data={"form": form, "deed": "claim"}).status_code == 200


def test_the_owner_claims_too_and_a_removed_account_does_not(office: Office) -> None:
    from models.account.accounts import remove_account

    assert press(office.browser(), office.link(OWNER)).status_code == 200
    assert (office.row().response_state, office.row().claimed_by) == ("claimed", OWNER)
    with office.database.account(office.account_id) as session:
        remove_account(session, office.account_id)
    assert office.browser().get(office.link()).status_code == 410


def test_a_link_of_one_account_never_reaches_anothers_handoff(office: Office) -> None:
    other = account(office.database, "harbour")
    with office.database.account(other) as session:
        people.import_members(session, other, MEMBERS, engineers=SENIORS)
    foreign = office.passes.claim_link("", account_id=other, handoff_id=office.handoff_id, member_id=MARIA, epoch=1)
    page = office.browser()
    form = form_of(page.get(office.link()).text)
    for answer in (page.get(foreign), page.post(foreign, data={"form": form, "deed": "claim"})):
        assert answer.status_code in (403, 410)
        assert "VPN drops" not in answer.text
    assert page.get(foreign).status_code == 410
    assert office.row().response_state == "open"


def test_a_package_of_a_newer_worker_does_not_hide_who_has_it(office: Office) -> None:
    with office.database.account(office.account_id) as session:
        row = handoffs.get(session, office.account_id, office.handoff_id)
        assert row is not None
        row.escalation_package = {"schema_version": 999}
    assert press(office.browser(), office.link()).status_code == 200
    assert "Already claimed by Maria Svensson" in words(office.browser().get(office.link(TOM)).text)


def test_an_address_gets_into_no_log(
    office: Office, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    office.set(site="no site at all")
    answer = office.browser().get(office.link())
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "That did not work" in answer.text
    office.browser().post(office.link(TOM), data={"deed": "claim"})
    told = "".join(capfd.readouterr()) + caplog.text
    assert "claim_page_failed" in told
    assert office.link().removeprefix("/claim/") not in told
    assert office.link(TOM).removeprefix("/claim/") not in told


def test_the_worker_is_rung_for_once_the_claim_is_stored(office: Office) -> None:
    rung: list[tuple[str, dict[str, object], str]] = []

    class Bell:
        def ring(self, task: str, **ids: object) -> bool:
            rung.append((task, ids, office.row().response_state))
            return True

    claiming = Claiming(office.database, Bell(), lambda: datetime.now(UTC))
    who = ClaimPass(office.account_id, office.handoff_id, MARIA, 1)
    ids = {"account_id": office.account_id, "handoff_id": office.handoff_id}
    claiming.claim(who, office.handoff_id, way="link")
    claiming.claim(who, office.handoff_id, way="link")
    claiming.give_back(who, office.handoff_id)
    claiming.give_back(who, office.handoff_id)
    assert rung == [("settle", ids, "claimed"), ("settle", ids, "open")]


def test_ages_have_one_unit() -> None:
    now = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
    spans = {0: "0 s", 59: "59 s", 60: "1 min", 3599: "59 min", 3600: "1 h", 170_000: "47 h", 200_000: "2 days", -5: "0 s"}
    assert {s: ago(now - timedelta(seconds=s), now) for s in spans} == spans


def test_a_claim_bears_the_psas_time_like_the_deeds_that_follow_it(office: Office) -> None:
    office.set(clock_skew_s=-90.0)
    before = datetime.now(UTC)
    page = office.browser()
    assert press(page, office.link()).status_code == 200
    row = office.row()
    assert row.claimed_at is not None
    assert row.claim_observed_at is not None
    assert row.claimed_at - before == pytest.approx(timedelta(seconds=-90), abs=timedelta(seconds=5))
    assert row.claim_observed_at - row.claimed_at == timedelta(seconds=90)


def test_a_name_from_right_to_left_leaves_the_sentence_as_it_is(office: Office) -> None:
    office.people([replace(MEMBERS[0], name="\u05de\u05e8\u05d9\u05d4 <i>"), *MEMBERS[1:]], *SENIORS)
    press(office.browser(), office.link())
    seen = office.browser().get(office.link(TOM)).text
    assert re.search(r"Already claimed by <bdi>\u05de\u05e8\u05d9\u05d4 &lt;i&gt;</bdi>, \d+ s ago", seen)
    assert "<bdi>Tom" not in seen
