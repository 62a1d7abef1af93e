"""The pod as it is served: the handoff, its states, none, several episodes; and what every page sends along."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import update

from escalation.evidence import Note, Person
from escalation.package.contents import Assessment, Solved
from escalation.package.lesson import with_solved
from escalation.package.stored import load
from models.account import accounts
from models.account.accounts import StatusRow
from models.handoff import claims, endings, handoffs
from models.tables import Handoff
from models.work import wishes
from psa.port import Forbidden, Unauthorized
from tests.browser.showroom import STORIES, evidence
from tests.integration.webhooks.api.test_wish import count
from tests.integration.webhooks.office import JONAS, MARIA, ROBOT, TOM
from tests.integration.webhooks.pages.conftest import Pages
from webhooks.bulkhead import Away, Bulkhead
from worker.process.backoff import refusal


def pod(pages: Pages, ticket: int = 48301, member_id: int = MARIA, **more: object) -> str:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return str(pages.get(f"/pod/ticket/content?ticket={ticket}{query}", member_id).text)


def test_the_pod_holds_the_four_sections(pages: Pages) -> None:
    shown = pod(pages)
    for words in (
        "The office in Clifton drops off the VPN", "flushed DNS on PC-14", "dead end", "Ruled out", "turned antivirus off",
        "different phase-2 lifetimes", "72%", "compare the phase-2 lifetime on both ends",
        "Start here", "IKE SA lifetime expired",
    ):  # fmt: skip
        assert words in shown, words
    assert shown.count("Also mentioned, perhaps tried") == 1


def test_without_an_assessment_it_says_that_none_was_made(pages: Pages) -> None:
    assert "None was made" in pod(pages, 48302)


def guessed(pages: Pages, **more: object) -> str:
    """Return the pod of a ticket whose assessment quotes ticket 4001."""
    office, at = pages.office, datetime(2026, 2, 3, 9, tzinfo=UTC)
    fix = "lifetimes differed, set both to 3600"
    alike = Solved(4001, "VPN drops", fix, "in common: vpn", at, "tom", None, False, "m1", "note 9")
    guess = Assessment("lifetimes differed", ("set both to 3600",), 0.8, "m1", ("m1",))
    row = office.row(pages.made[0])
    assert row.escalation_package
    package = replace(load(row.escalation_package), ai_assessment_data=Assessment())
    body = with_solved(package, [alike], replace(guess, **more)).to_json()  # type: ignore[arg-type]
    here = (Handoff.account_id == office.account_id, Handoff.id == row.id)
    with office.database.account(office.account_id) as session:
        session.execute(update(Handoff).where(*here).values(escalation_package=body))
    return pod(pages)


def test_a_quoted_assessment_names_its_ticket_and_what_such_guesses_were_worth(pages: Pages) -> None:
    shown = unescape(guessed(pages))
    assert 'as in ticket 4001, "lifetimes differed"' in shown
    assert "ticket 4001, note 9" in shown
    assert '<span class="badge figures">80%</span>' in shown
    shown = guessed(pages, domain_right=7, domain_known=12)
    assert "right 7 of 12 times on" in shown
    assert "80%" not in shown


def test_a_withheld_assessment_is_not_shown(pages: Pages) -> None:
    shown = guessed(pages, domain_right=1, domain_known=9, withheld=True)
    assert "None was made" in shown
    assert "right 1 of 9" not in shown


def test_a_senior_says_in_the_pod_what_the_assessment_was_worth(pages: Pages) -> None:
    assert 'value="helpful"' not in guessed(pages), "nobody has read it in the ticket yet"
    pages.office.set_handoff(pages.made[0], posted_at=datetime.now(UTC))
    assert pod(pages).count('aria-pressed="false"') == 2
    for said, other in (("wrong", "helpful"), ("helpful", "wrong")):
        shown = pages.post(f"/escalations/{pages.made[0]}/assessment?as=pod", verdict=said).text
        assert f'value="{said}" aria-pressed="true"' in shown
        assert f'value="{other}" aria-pressed="false"' in shown
        assert f"You said {said}" in pod(pages)
    assert 'aria-pressed="true"' not in pod(pages, member_id=TOM), "each has a word of their own"
    assert 'value="helpful"' not in pod(pages, member_id=JONAS), "a technician judges nothing"
    assert pages.post(f"/escalations/{pages.made[0]}/assessment?as=pod", JONAS, verdict="wrong").status_code == 403
    assert pages.post(f"/escalations/{pages.made[0]}/assessment?as=pod", verdict="meh").status_code == 422
    assert pages.post(f"/escalations/{pages.made[1]}/assessment?as=pod", verdict="wrong").status_code == 409


def test_a_suspended_account_says_that_a_press_does_not_reach_the_ticket(pages: Pages) -> None:
    assert "is suspended" not in pod(pages)
    pages.office.set(suspended_at=datetime.now(UTC))
    linked = pages.office.browser().get(pages.office.link()).text
    for shown in (pod(pages), pages.get("/escalations").text, pages.get("/escalations/content").text, linked):
        assert shown.count("does not show there, until") == 1


def test_before_the_brief_is_written_it_says_so(pages: Pages) -> None:
    assert "The brief is being written" in pod(pages, 48213)


def test_a_claim_offers_what_to_start_with(pages: Pages) -> None:
    first = pages.made[0]
    assert "Claim this ticket</button>" in pod(pages)
    assert "Claim this ticket" not in pod(pages, member_id=JONAS), "a technician could only be refused"
    taken = pages.post(f"/escalations/{first}/claim?as=pod")
    assert taken.status_code == 200
    assert "I start with" in taken.text
    assert 'data-chip="compare the phase-2 lifetime on both ends"' in taken.text
    said = pages.post(f"/escalations/{first}/start?as=pod", text="comparing the lifetimes, password: Maple-River44")
    assert "I start with comparing the lifetimes" in said.text
    assert "Maple-River44" not in said.text
    row = pages.office.row(first)
    assert row.read_back is not None
    assert row.read_back["member"] == "msvensson"
    assert row.refresh_due_at is not None
    pages.post(f"/escalations/{first}/start?as=pod", text="something else")
    assert pages.office.row(first).read_back == row.read_back
    assert pages.post(f"/escalations/{first}/start?as=pod", TOM, text="the log").text.count("something else") == 0


def test_whoever_comes_second_reads_who_was_first(pages: Pages) -> None:
    pages.post(f"/escalations/{pages.made[0]}/claim?as=pod")
    lost = pages.post(f"/escalations/{pages.made[0]}/claim?as=pod", TOM)
    assert lost.status_code == 409
    assert "Already claimed by Maria Svensson" in lost.text
    assert "Maria Svensson has it" in pod(pages, member_id=TOM)


def escalates(pages: Pages) -> None:
    office = pages.office
    with office.database.account(office.account_id) as session:
        accounts.replace_statuses(session, office.account_id, [StatusRow(1, 11, "Help Desk", "Escalated", "escalate")])


def test_a_junior_hands_off_what_was_not_escalated_and_sees_how_it_stands(pages: Pages) -> None:
    escalates(pages)
    office, address = pages.office, "/pod/ticket/handoff?ticket=999"
    assert "Hand off now" in pod(pages, 999, JONAS)
    asked = pages.post(address, JONAS)
    assert asked.status_code == 202
    for shown in (asked.text, pod(pages, 999, MARIA), pages.post(address, MARIA).text):
        assert "Being handed off" in shown
        assert "Jonas Lind asked for it" in shown
        assert "Hand off now" not in shown
    version = re.search(r'&amp;version=([^"&]+)"', asked.text)
    assert version is not None
    assert pages.get(f"/pod/ticket/content?ticket=999&version={version[1]}", JONAS).status_code == 204
    with office.database.account(office.account_id) as session:
        wish = wishes.of_ticket(session, office.account_id, 999)
        assert wish is not None
    now, long_ago = datetime.now(UTC), "no escalation came of it within an hour"
    for error, meant in ((Unauthorized("GET /service/tickets/999: 401"), "refuses our keys"), (Forbidden("x: 403"), "our role")):
        for before in ("", f"{long_ago}: "):
            with office.database.account(office.account_id) as session:
                assert wishes.put_off(session, wish, at=now, reason=before + refusal(error, since=now))
            shown = pod(pages, 999, MARIA)
            assert re.search(rf"Not yet: {before}[^:]*{meant}[^:]*\.", shown)
            assert not re.search("since 20|/service/|403|Forbidden|Unauthorized", shown)
    with office.database.account(office.account_id) as session:
        wishes.give_up(session, wish, now=datetime.now(UTC), reason="<b>ticket</b> 999 is closed")
    failed = pages.get(f"/pod/ticket/content?ticket=999&version={version[1]}", JONAS)
    assert failed.status_code == 200
    assert "It was not handed off: &lt;b&gt;ticket&lt;/b&gt; 999 is closed" in failed.text
    assert "Hand off now" in failed.text
    assert 'hx-post="/pod/ticket/handoff?ticket=999"' in failed.text


def test_where_one_waits_or_is_taken_there_is_no_button_and_pressing_an_old_one_says_so(pages: Pages) -> None:
    escalates(pages)
    first = pages.made[0]
    for _ in range(2):
        assert "Hand off now" not in pod(pages, 48301, JONAS)
        answer = pages.post("/pod/ticket/handoff?ticket=48301", JONAS)
        assert answer.status_code == 409
        assert f"escalated already: handoff {first}" in answer.text
        pages.post(f"/escalations/{first}/claim?as=pod")
    pages.post(f"/escalations/{first}/release?as=pod")
    pages.post(f"/escalations/{first}/dismiss?as=pod", reason="solved by phone")
    assert "Hand off now" in pod(pages, 48301, JONAS), "its handoff has ended"
    assert count(pages.office) == 0
    assert pages.post("/pod/ticket/handoff?ticket=48301", JONAS).status_code == 202
    assert count(pages.office) == 1


def test_what_cannot_be_handed_off_from_the_pod_is_refused(pages: Pages) -> None:
    assert pages.post("/pod/ticket/handoff?ticket=999", JONAS).status_code == 409, "no status is one of escalation"
    escalates(pages)
    assert pages.post("/pod/ticket/handoff?ticket=999", None).status_code == 401
    assert pages.post("/pod/ticket/handoff?ticket=999", ROBOT).status_code == 401
    for number in ("0", "x", "", str(2**63)):
        assert pages.post(f"/pod/ticket/handoff?ticket={number}", JONAS).status_code == 404
    assert count(pages.office) == 0, "nothing was wished for"


def test_it_can_be_given_back(pages: Pages) -> None:
    pages.post(f"/escalations/{pages.made[0]}/claim?as=pod")
    assert "Claim this ticket</button>" in pages.post(f"/escalations/{pages.made[0]}/release?as=pod").text
    assert pages.office.row(pages.made[0]).response_state == "open"


def test_after_the_first_action_it_is_a_bar_that_brings_the_context_back(pages: Pages) -> None:
    office, first, now = pages.office, pages.made[0], datetime.now(UTC)
    pages.post(f"/escalations/{first}/claim?as=pod")
    with office.database.account(office.account_id) as session:
        claims.mark_acted(session, office.account_id, first, now=now, happened_at=now, why="note 7")
    shown = pod(pages)
    assert "Show handoff context" in shown
    assert "handoff begun" in shown
    assert "flushed DNS on PC-14" in shown
    assert "You have it" in shown
    assert "Tom" not in shown


def test_a_ticket_without_a_handoff_says_so(pages: Pages) -> None:
    assert "No handoff here" in pod(pages, 4711)
    assert "No handoff here" in pod(pages, 4711, JONAS)


def test_a_ticket_escalated_again_shows_its_episodes(pages: Pages) -> None:
    office, now = pages.office, datetime.now(UTC)
    with office.database.account(office.account_id) as session:
        handoffs.open_handoff(
            session, account_id=office.account_id, ticket_id=48301, episode=2, escalated_at=now, now=now, rule_version=1,
            summary="The tunnel is down again",
        )  # fmt: skip
    latest = pod(pages)
    assert re.search(r'aria-current="page">Episode 2', latest)
    assert "The tunnel is down again" in latest
    assert "The office in Clifton" in pod(pages, episode=1)


def test_a_number_that_is_none_is_not_found(pages: Pages) -> None:
    for number in ("", "x", "٣", "99999999999999999999", "-1"):
        assert pages.get(f"/pod/ticket/content?ticket={number}").status_code == 404


def test_every_page_has_a_strict_policy_and_its_own_psa_alone_may_frame_it(pages: Pages) -> None:
    for path in ("/pod/ticket", "/escalations"):
        framed = pages.get(f"{path}?account={pages.key}", None).headers["Content-Security-Policy"]
        assert framed.endswith("frame-ancestors https://na.myconnectwise.net")
        for header in (pages.get(f"{path}?account=x", None).headers["Content-Security-Policy"],
                       pages.get(path, None).headers["Content-Security-Policy"]):  # fmt: skip
            assert header.endswith("frame-ancestors 'none'")
            assert "unsafe" not in header
            assert "default-src 'none'" in header


def test_a_page_that_tells_of_the_database_away_has_its_policy_too(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise Away("the database refused")

    assert pages.get(f"/pod/ticket?account={pages.key}").status_code == 200
    monkeypatch.setattr(Bulkhead, "do", away)
    for path in ("/pod/ticket", "/escalations", "/escalations/content"):
        for key, by in ((pages.key, "https://na.myconnectwise.net"), (f"{pages.key[:-1]}~", "'none'"), ("", "'none'")):
            answer = pages.get(f"{path}?account={key}")
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
            assert answer.headers["Content-Security-Policy"].endswith(f"frame-ancestors {by}")


def test_no_page_has_a_script_or_style_of_its_own_and_what_it_needs_is_ours(pages: Pages) -> None:
    for path in ("/escalations", "/pod/ticket?ticket=48301"):
        page = pages.in_window(path).text
        assert not re.search(r"<script(?! src=)|<style|\son\w+=|\sstyle=|javascript:", page)
        needed = re.findall(r'(?:src|href)="(/pages/[^"]+)"', page)
        assert needed
        for address in needed:
            asset = pages.get(address, None)
            assert asset.status_code == 200
            assert "immutable" in asset.headers["Cache-Control"]


def test_script_and_style_of_a_page_weigh_less_than_100_kB(pages: Pages) -> None:
    for path in ("/escalations", "/pod/ticket?ticket=48301"):
        page = pages.in_window(path).text
        parts = re.findall(r'(?:src|href)="(/pages/[^"]+\.(?:js|css)\?[^"]+)"', page)
        assert len(parts) == 5
        assert sum(len(pages.get(part, None).data) for part in parts) < 100_000


def test_whether_to_save_it_as_a_runbook_is_asked_until_somebody_does(pages: Pages) -> None:
    office, it = pages.office, pages.made[0]
    ask = "/pod/ticket/content?ticket=48301"
    with office.database.account(office.account_id) as session:
        claims.claim(session, office.account_id, it, member_id=MARIA, now=datetime.now(UTC), kind="link")
        handoffs.add_snapshot(session, office.account_id, it, evidence(*STORIES[0], 48301), kind="refresh")
    assert "Save this as a runbook?" not in pages.get(ask).text, "it never came before"
    with office.database.account(office.account_id) as session:
        endings.store(
            session, office.account_id, it, at=datetime.now(UTC), domain="network", fix="x", reach="l1", reach_word="cable",
            alike=[{"ticket_id": 4001, "closed_at": "2026-02-03T09:00:00+00:00"}],
        )  # fmt: skip
    shown = pages.get(ask, JONAS).text
    assert "Save this as a runbook?" in shown
    assert "The same thing mended ticket #4001." in shown
    refused = pages.post(f"/escalations/{it}/runbook", JONAS)
    assert (refused.status_code, refused.headers["HX-Reswap"]) == (409, "none")
    assert "does not say what fixed it" in refused.text
    solved = evidence(*STORIES[0], 48301)
    maria = Person("Maria", "engineer", "msvensson")
    fix = Note(900, "Set the lifetime to 28800 on both ends.", maria, solved.read_at, "resolution")
    with office.database.account(office.account_id) as session:
        told = replace(solved, notes=(*solved.notes, fix))
        handoffs.add_snapshot(session, office.account_id, it, told, kind="refresh")
    saved = pages.post(f"/escalations/{it}/runbook", JONAS)
    assert saved.status_code == 200
    assert f"as runbook 1, version 1: {STORIES[0][0]}." in saved.text
    after = pages.get(ask, JONAS).text
    assert "Save this as a runbook?" not in after
    assert f"Runbook 1 has what mended it: {STORIES[0][0]}." in after
    assert pages.post(f"/escalations/{it}/runbook", None).status_code == 401
    assert pages.post("/escalations/999999/runbook").status_code == 404
