"""A runbook's way: a fix that came twice, saved and approved, offered in the next brief, and counted by what then mended it."""

from __future__ import annotations

import pytest

from escalation.runbook.contents import Runbook, Step
from models.handoff import endings
from models.memory import runbooks
from tests.fakes import ASSIGNED
from tests.integration.worker.conftest import Shop
from worker.figures.weekly import _in_words

FIX = "Replaced the power supply of the firewall FW-7, it works since."
OTHER = "Renewed the certificate on the gateway, it works since."
BOOK = Runbook(
    "VPN drops after 8 hours", "the firewall FW-7 drops the VPN after 8 hours",
    (Step("Replace the power supply of the firewall"),),
)  # fmt: skip


def solve(shop: Shop, ticket_id: int, fix: str = FIX) -> int:
    """Let a junior escalate a ticket, a senior take it, mend it and close it; return the handoff."""
    shop.psa.add(ticket_id, status=11, summary="VPN drops after 8 hours on FW-7")
    shop.psa.note(ticket_id, "The VPN of the firewall FW-7 drops after 8 hours.")
    (handoff_id,) = shop.triage(ticket_id)
    shop.publish(handoff_id)
    shop.clock.advance(300)
    shop.psa.change(ticket_id, owner="msvensson", status_id=ASSIGNED, status="Assigned to Engineer", updated_by="msvensson")
    shop.triage(ticket_id)
    shop.observe()
    shop.clock.advance(300)
    shop.psa.note(ticket_id, fix, by="msvensson")
    shop.clock.advance(60)
    shop.psa.change(ticket_id, closed=True, closed_at=shop.clock(), updated_by="msvensson")
    shop.triage(ticket_id)
    return handoff_id


def approved(shop: Shop) -> int:
    with shop.database.account(shop.account_id) as session:
        number, version = runbooks.save(session, shop.account_id, BOOK, by="jlind", now=shop.clock())
        assert runbooks.approve(session, shop.account_id, number, version=version, by="msvensson", now=shop.clock())
    return number


def test_a_fix_that_came_before_is_told_as_it_comes_again(shop: Shop) -> None:
    first, second = solve(shop, 5001), solve(shop, 5002)
    with shop.database.account(shop.account_id, reading=True) as session:
        was, now = (endings.get(session, shop.account_id, it) for it in (first, second))
    assert was is not None
    assert now is not None
    assert ([one["ticket_id"] for one in was.alike], [one["ticket_id"] for one in now.alike]) == ([], [5001])


@pytest.mark.parametrize(("fix", "came"), [(FIX, "worked"), (OTHER, "something else did")])
def test_an_approved_one_is_offered_and_counted_by_what_mended_it(shop: Shop, fix: str, came: str) -> None:
    number = approved(shop)
    handoff_id = solve(shop, 5003, fix)
    assert "**Runbook:** VPN drops after 8 hours" in (shop.handoffs(5003)[0].draft or "")
    with shop.database.account(shop.account_id, reading=True) as session:
        kept = runbooks.get(session, shop.account_id, number, now=shop.clock())
        ended = endings.get(session, shop.account_id, handoff_id)
    assert kept is not None
    assert ended is not None
    assert (kept.worth.offered, kept.worth.worked, kept.worth.something_else) == (1, int(came == "worked"), int(came != "worked"))
    assert ended.runbook_id == (number if came == "worked" else None)


def test_one_that_nobody_approved_is_not_offered(shop: Shop) -> None:
    with shop.database.account(shop.account_id) as session:
        runbooks.save(session, shop.account_id, BOOK, by="jlind", now=shop.clock())
    solve(shop, 5004)
    (handoff,) = shop.handoffs(5004)
    assert handoff.draft
    assert "**Runbook:**" not in handoff.draft


def test_the_weekly_line_counts_what_a_technician_could_have_mended() -> None:
    assert _in_words(None, "northgate") == _in_words({"count": 0, "runbooks": [], "tickets": []}, "northgate") == ""
    line = _in_words({"count": 2, "runbooks": ["VPN drops"], "tickets": [48213]}, "northgate")
    assert line.startswith("2 of this week's handoffs were mended by something a technician may do.")
    assert "The runbook for it: VPN drops." in line
    assert "resolutionflow runbook draft northgate TICKET" in line
