"""What was solved comes back: remembered as a ticket closes, shown in the next brief like it, and in no other account's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from escalation.evidence import Note, Person
from escalation.memory.rank import Terms
from escalation.package.lesson import Lesson
from models.memory import resolved
from psa.port import Unavailable
from tests.fakes import T0
from tests.integration.worker.conftest import Shop

FIX = "phase-2 lifetime was 28800 on their end and 3600 on ours, set both to 3600"
ALIKE = Lesson(
    4001, "VPN drops every 8 hours", "The VPN tunnel drops after exactly 8 hours, FW-EDGE-01 logs IKE phase-2 lifetime",
    (("rebooted the firewall", "no_change"),), FIX, "resolution note 9", ("FW-EDGE-01",), "network", 19, "Tidemark", "tobrien",
    T0 - timedelta(days=20),
)  # fmt: skip


def remembered(shop: Shop, *lessons: Lesson) -> None:
    others = [
        replace(ALIKE, ticket_id=5000 + n, summary=f"Printer {n} jams", problem=f"Jam in tray {n}", environment=(), fix="cleaned")
        for n in range(30)
    ]
    with shop.database.account(shop.account_id) as session:
        resolved.remember(session, shop.account_id, [*lessons, *others], now=T0)


def test_the_brief_shows_what_solved_one_like_it_and_starts_there(shop: Shop) -> None:
    remembered(shop, ALIKE)
    shop.publish(shop.escalated())
    (handoff,) = shop.handoffs()
    assert handoff.draft
    assert handoff.escalation_package
    assert "**Alike, and solved here:**" in handoff.draft
    assert FIX in handoff.draft
    assert "[m1]" in handoff.draft
    assert [s["id"] for s in handoff.escalation_package["solved"]] == [4001]


def test_none_rather_than_a_poor_one(shop: Shop) -> None:
    remembered(shop)
    shop.publish(shop.escalated())
    assert "Alike, and solved here" not in (shop.handoffs()[0].draft or "")


def test_a_ticket_that_closes_is_remembered(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    maja = Person("Maja Svensson", "engineer", "msvensson")
    solution = Note(77, "Set the phase-2 lifetime to 3600 on both ends.", maja, T0, "resolution")
    shop.psa.children[48213].append(solution)
    shop.psa.change(48213, closed=True, updated_by="msvensson")
    shop.triage()
    with shop.database.account(shop.account_id) as session:
        (found,) = resolved.search(session, shop.account_id, Terms.of("vpn drops", ""))
    assert (found.lesson.ticket_id, found.lesson.fix, found.lesson.resolver) == (48213, solution.text, "Maja Svensson")


def test_what_cannot_be_read_as_it_closes_costs_nothing_else(shop: Shop) -> None:
    shop.publish(shop.escalated())
    shop.psa.change(48213, closed=True)

    def refuse() -> None:
        raise Unavailable("GET notes: 503")

    shop.psa.before["notes"] = refuse
    shop.triage()
    assert shop.handoffs()[0].response_state == "withdrawn"
    with shop.database.account(shop.account_id) as session:
        assert resolved.search(session, shop.account_id, Terms.of("vpn drops", "")) == []


def test_the_brief_guesses_from_what_solved_one_like_it_and_cites_it(shop: Shop) -> None:
    remembered(shop, ALIKE)
    shop.publish(shop.escalated())
    (handoff,) = shop.handoffs()
    assert handoff.draft
    assert handoff.escalation_package
    guess = handoff.escalation_package["ai_assessment_data"]
    assert guess["likely_cause"] == FIX.partition(",")[0]
    assert guess["suggested_steps"] == ["set both to 3600"]
    assert (guess["cause_source"], guess["step_sources"]) == ("m1", ["m1"])
    told = f'as in ticket 4001, "{FIX.partition(",")[0]}" [m1] (confidence 80%); try "set both to 3600" [m1]'
    assert f"**Assessment, a guess:** {told}" in handoff.draft
    assert "ticket 4001, resolution note 9" in handoff.draft


def test_without_one_like_it_the_assessment_is_empty(shop: Shop) -> None:
    remembered(shop)
    shop.publish(shop.escalated())
    (handoff,) = shop.handoffs()
    assert handoff.escalation_package
    guess = handoff.escalation_package["ai_assessment_data"]
    assert (guess["likely_cause"], guess["suggested_steps"], guess["confidence"]) == (None, [], None)
