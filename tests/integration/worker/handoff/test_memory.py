"""What was solved comes back: remembered as a ticket closes, shown in the next brief like it, and in no other account's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.evidence import Note, Person
from escalation.memory.rank import Terms
from escalation.memory.track_record import TrackRecord
from escalation.package.lesson import Lesson
from models.figures.scoring import scorecard_of
from models.handoff import handoffs
from models.handoff.handoffs import Handoff
from models.memory import assessments, resolved
from models.tables import AssessmentOutcome
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
    (handoff,) = shop.handoffs()
    assert handoff.draft
    assert "Alike, and solved here" not in handoff.draft


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


def solved_by(shop: Shop, ticket_id: int, text: str) -> None:
    """Close a ticket with a resolution note that says so."""
    maja = Person("Maja Svensson", "engineer", "msvensson")
    shop.psa.children[ticket_id].append(Note(900_000 + ticket_id, text, maja, shop.clock(), "resolution"))
    shop.psa.change(ticket_id, closed=True, updated_by="msvensson")
    shop.triage(ticket_id)


def escalated_alike(shop: Shop, ticket_id: int) -> Handoff:
    """Escalate one more ticket like those that are remembered, and return its handoff with the brief in the ticket."""
    shop.psa.add(ticket_id, status=11)
    shop.psa.note(ticket_id, "Rebooted the firewall, worked for 8 hours, then dropped again.")
    (handoff_id,) = shop.triage(ticket_id)
    shop.publish(handoff_id)
    return shop.handoffs(ticket_id)[0]


def record(shop: Shop) -> TrackRecord:
    with shop.database.account(shop.account_id, reading=True) as session:
        return assessments.record_of(session, shop.account_id, "network")


def told(shop: Shop, count: int, outcome: str, start: int = 70_000) -> None:
    """Store what so many earlier handoffs' assessments of that domain turned out to be."""
    with shop.database.account(shop.account_id) as session:
        for number in range(start, start + count):
            opened = handoffs.open_handoff(
                session, account_id=shop.account_id, ticket_id=number, episode=1, escalated_at=T0, now=T0, rule_version=1
            )  # fmt: skip
            assert opened
            session.add(AssessmentOutcome(
                account_id=shop.account_id, handoff_id=opened.id, domain="network", outcome=outcome, withheld=False, at=T0
            ))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lifetimes of phase-2 differed, set both ends to 3600.", TrackRecord(1, 1)),
        ("Replaced the ISP's modem.", TrackRecord(0, 1)),
        ("Resolved.", TrackRecord(0, 0)),
    ],
)
def test_as_the_ticket_closes_what_solved_it_is_compared_with_the_guess(shop: Shop, text: str, expected: TrackRecord) -> None:
    remembered(shop, ALIKE)
    escalated_alike(shop, 48213)
    solved_by(shop, 48213, text)
    assert record(shop) == expected


def test_the_next_brief_says_what_the_guesses_were_worth(shop: Shop) -> None:
    remembered(shop, ALIKE)
    told(shop, 4, "wrong")
    first = escalated_alike(shop, 48213)
    assert "(confidence 80%)" in (first.draft or "")
    solved_by(shop, 48213, "Set the phase-2 lifetime to 3600 on both ends.")
    second = escalated_alike(shop, 48214)
    assert "(right 1 of 5 times on network)" in (second.draft or "")


def test_where_they_were_seldom_right_the_next_is_withheld_and_still_compared(shop: Shop) -> None:
    remembered(shop, ALIKE)
    told(shop, 8, "wrong")
    handoff = escalated_alike(shop, 48213)
    assert "Assessment, a guess" not in (handoff.draft or "")
    assert handoff.escalation_package
    assert handoff.escalation_package["ai_assessment_data"]["withheld"]
    solved_by(shop, 48213, f"{FIX}.")
    assert record(shop) == TrackRecord(1, 9)


def test_a_guess_that_no_posted_brief_made_is_not_counted(shop: Shop) -> None:
    remembered(shop, ALIKE)
    shop.escalated()
    solved_by(shop, 48213, FIX)
    assert record(shop) == TrackRecord(0, 0)


def test_members_overrule_the_comparison_and_only_their_last_word_counts(shop: Shop) -> None:
    remembered(shop, ALIKE)
    handoff = escalated_alike(shop, 48213)
    solved_by(shop, 48213, "Replaced the ISP's modem.")
    with shop.database.account(shop.account_id) as session:
        for verdict in ("wrong", "helpful"):
            for _ in range(2):
                said = assessments.judge(session, shop.account_id, handoff.id, member_id=11, verdict=verdict, now=T0)  # type: ignore[arg-type]
                assert said == ("network", "local")
    assert record(shop) == TrackRecord(1, 1)


def test_the_figures_count_what_was_accepted_what_was_corrected_and_where_there_was_none(shop: Shop) -> None:
    remembered(shop, ALIKE)
    fixes = ("Set both ends to 3600.", "Replaced the ISP's modem.", "Resolved.", None, "Replaced the ISP's modem.")
    made = [escalated_alike(shop, 48213 + number) for number in range(len(fixes))]
    for number, fix in enumerate(fixes):
        if fix:
            solved_by(shop, 48213 + number, fix)
    with shop.database.account(shop.account_id) as session:
        assessments.judge(session, shop.account_id, made[4].id, member_id=11, verdict="helpful", now=shop.clock())
    shop.psa.add(49000, status=11)
    shop.psa.note(49000, "Printer says PC LOAD LETTER")
    (other,) = shop.triage(49000)
    shop.publish(other)
    with shop.database.account(shop.account_id, reading=True) as session:
        found = scorecard_of(session, shop.account_id, as_of=shop.clock() + timedelta(minutes=1)).to_json()["assessments"]
        before = scorecard_of(session, shop.account_id, as_of=T0 - timedelta(days=1)).to_json()["assessments"]
    counted = {name: (rate["n"], rate["of"]) for name, rate in found.items()}
    assert counted == {"acceptance": (2, 4), "correction": (1, 4), "abstention": (1, 6)}
    assert found["acceptance"]["status"] == "collecting"
    assert found["abstention"] | {"ci95": None} == {"n": 1, "of": 6, "share": 0.167, "ci95": None, "status": "early"}
    assert before["abstention"]["of"] == 0
