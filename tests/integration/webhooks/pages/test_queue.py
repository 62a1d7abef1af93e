"""The queue as it is served, on both databases: what is on it, in which order, who may press what."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from models.handoff import claims
from models.tables import Handoff
from tests.integration.webhooks.office import JONAS, MARIA, TOM
from tests.integration.webhooks.pages.conftest import Pages


def tickets(page: str) -> list[int]:
    """Return the tickets whose cards stand on a page, from the top."""
    return [int(number) for number in re.findall(r'<span class="soft">#(\d+)', page)]


def test_a_shell_holds_nothing_and_the_content_is_for_members(pages: Pages) -> None:
    for path in ("/escalations", f"/escalations?account={pages.key}", "/escalations?account=none"):
        shell = pages.get(path, None)
        assert shell.status_code == 200
        assert "Send me a link" in shell.text
        assert "Bright" not in shell.text
        assert "48301" not in shell.text
    for path in ("content", "cards", f"{pages.made[0]}/brief"):
        refused = pages.get(f"/escalations/{path}", None)
        assert (refused.status_code, "Bright" in refused.text) == (401, False)


def test_what_waits_stands_by_urgency_and_then_by_age(pages: Pages) -> None:
    shown = pages.get("/escalations/cards").text
    assert tickets(shown) == [48301, 48302, 48303, 48213, 48304, 48305]
    assert "6 escalations waiting" in shown
    assert ">Claim<" in shown
    assert re.search(r"<span>\d tried or found</span><span>\d dead ends( \(\d failed\))?</span>", shown)
    assert "brief being written" in shown
    pages.office.set_handoff(pages.office.handoff_id, brief_state="parked")
    assert "brief could not be written" in pages.get("/escalations/cards").text


def test_a_card_counts_what_the_brief_counts(pages: Pages) -> None:
    office, first = pages.office, pages.made[0]

    def counted() -> tuple[int, int]:
        card = pages.get("/escalations/cards?q=48301").text
        brief = pages.get(f"/escalations/{first}/brief").text
        told = re.search(r"<span>(\d+) tried or found</span><span>(\d+|no) dead end", card)
        assert told
        found = (int(told[1]), int(told[2].replace("no", "0")))
        assert f'<span class="figures">({found[0]})</span>' in brief
        assert brief.count('class="outcome dead"') == found[1]
        return found

    package = office.row(first).escalation_package or {}
    steps, dead = package["steps_attempted"], package["dead_ends_flagged"]
    for step in steps:
        step["sure"] = step["outcome_sure"] = 1.0
    _store(pages, first, package)
    assert counted() == (len(steps), len(dead))
    steps[dead[0]]["sure"] = steps[dead[1]]["outcome_sure"] = 0.3
    _store(pages, first, package)
    assert counted() == (len(steps) - 1, len(dead) - 2)
    steps[dead[2]]["outcome"] = "failed"
    _store(pages, first, package)
    assert "dead end (1 failed)" in pages.get("/escalations/cards?q=48301").text.replace("dead ends", "dead end")


def _store(pages: Pages, handoff_id: int, package: dict[str, object]) -> None:
    office = pages.office
    with office.database.account(office.account_id) as session:
        here = update(Handoff).where(Handoff.account_id == office.account_id, Handoff.id == handoff_id)
        session.execute(here.values(escalation_package=package))


def test_one_can_filter_and_search(pages: Pages) -> None:
    def found(query: str) -> list[int]:
        return tickets(pages.get(f"/escalations/cards?{query}").text)

    assert found("board=Network") == [48302, 48304]
    assert found("company=Harbor+Dental") == [48304, 48305]
    assert found("q=4830") == [48301, 48302, 48303, 48304, 48305]
    assert found("q=%2348213") == [48213]
    assert found("q=GIFT+receipt") == [48303]
    assert found("q=100%25") == []
    assert found("show=mine") == []
    assert sorted(found("show=all")) == [48213, 48301, 48302, 48303, 48304, 48305]
    assert "Nothing fits" in pages.get("/escalations/cards?q=nothing+like+it").text
    assert found("show=nonsense&board=") == found("")


def test_one_takes_it_and_the_other_is_told_who(pages: Pages) -> None:
    first = pages.made[0]
    won = pages.post(f"/escalations/{first}/claim")
    assert won.status_code == 200
    assert "You have it" in won.text
    assert "5 escalations waiting" in won.text
    lost = pages.post(f"/escalations/{first}/claim", TOM)
    assert lost.status_code == 409
    assert re.search(r"Already claimed by Maria Svensson, \d+ s ago", lost.text)
    assert "data-leaves" in lost.text
    assert pages.office.row(first).claimed_by == MARIA


def test_what_somebody_took_names_them_for_a_while_and_then_is_gone(pages: Pages) -> None:
    office, now = pages.office, datetime.now(UTC)
    for handoff_id, ago in ((pages.made[0], 5), (pages.made[1], 60)):
        with office.database.account(office.account_id) as session:
            claims.claim(session, office.account_id, handoff_id, member_id=TOM, now=now - timedelta(seconds=ago))
    shown = pages.get("/escalations/cards").text
    assert tickets(shown) == [48301, 48303, 48213, 48304, 48305]
    assert "<b>Tom O&#39;Brien</b>" in shown
    assert "4 escalations waiting" in shown
    assert tickets(pages.get("/escalations/cards?show=mine", TOM).text) == [48301, 48302]


def test_an_unread_dot_goes_by_opening_claiming_or_dismissing_and_by_nothing_else(pages: Pages) -> None:
    def unread(member_id: int = MARIA) -> int:
        return pages.get("/escalations/cards", member_id).text.count(" unread")

    assert (unread(), unread(TOM)) == (6, 6)
    opened = pages.get(f"/escalations/{pages.made[0]}/brief")
    version = re.search(r'data-version="([^"]+)"', opened.text)
    assert version
    assert (unread(), unread(TOM)) == (5, 6)
    pages.get("/escalations/cards")
    pages.office.browser().get(pages.office.link(TOM))
    assert unread(TOM) == 6, "an e-mail's page is no opening of the queue"
    pages.get(f"/pod/ticket/content?ticket={48302}")
    assert unread() == 4
    pages.post(f"/escalations/{pages.made[2]}/claim")
    pages.post(f"/escalations/{pages.made[3]}/dismiss", reason="solved by phone")
    assert unread() == 2
    assert pages.get(f"/escalations/{pages.made[0]}/brief", **{}).status_code == 200


def test_a_page_that_is_up_to_date_is_left_alone(pages: Pages) -> None:
    path = f"/escalations/{pages.made[0]}/brief"
    version = re.search(r'data-version="([^"]+)"', pages.get(path).text)
    assert version
    again = pages.office.browser().get(path, query_string={"version": version[1]}, headers=pages.office.token())
    assert again.status_code == 204
    pages.post(f"/escalations/{pages.made[0]}/claim", TOM)
    after = pages.office.browser().get(path, query_string={"version": version[1]}, headers=pages.office.token())
    assert "Tom O&#39;Brien has it" in after.text


def test_a_dismissal_takes_a_reason(pages: Pages) -> None:
    first = pages.made[0]
    assert pages.post(f"/escalations/{first}/dismiss", reason="  x ").status_code == 422
    assert pages.office.row(first).response_state == "open"
    assert pages.post(f"/escalations/{first}/dismiss", reason="solved by phone").status_code == 200
    assert pages.office.row(first).end_reason == "dismissed by Maria Svensson: solved by phone"


def test_a_technician_looks_and_presses_nothing(pages: Pages) -> None:
    shown = pages.get("/escalations/content", JONAS).text
    assert tickets(shown)
    assert ">Claim<" not in shown
    for deed in ("claim", "release", "dismiss", "start"):
        refused = pages.post(f"/escalations/{pages.made[0]}/{deed}", JONAS, reason="because", text="the log")
        assert refused.status_code == 403
    assert pages.office.row(pages.made[0]).response_state == "open"


def test_in_a_window_of_its_own_everything_is_there_at_once(pages: Pages) -> None:
    page = pages.in_window(f"/escalations?open={pages.made[0]}&q=48301").text
    assert tickets(page) == [48301]
    assert 'data-handoff="' in page
    assert "flushed DNS on PC-14" in page


def test_what_is_not_there_says_so(pages: Pages) -> None:
    assert pages.get("/escalations/999999/brief").status_code == 404
    assert pages.get(f"/escalations/{2**63}/brief").status_code == 404
    assert pages.post("/escalations/999999/claim").status_code == 404
    assert pages.in_window("/escalations?open=99999999999999999999999").status_code == 200
