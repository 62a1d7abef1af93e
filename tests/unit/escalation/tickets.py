"""Tickets as technicians write them, made up for these tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from escalation.evidence import (
    Configuration,
    Document,
    Evidence,
    Gap,
    Note,
    Person,
    RelatedTicket,
    Task,
    Ticket,
    TimeEntry,
)
from escalation.package.build import build
from escalation.package.contents import Package

START = datetime(2026, 3, 12, 8, 57, tzinfo=UTC)
DANA = Person("Dana Reyes", "technician", "dreyes")
MIA = Person("Mia Olsen", "customer")


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def ticket(summary: str = "VPN to branch drops every 8 hours") -> Ticket:
    return Ticket(
        id=48377,
        summary=summary,
        board_id=1,
        board="Help Desk",
        status_id=9,
        status="Escalated",
        company_id=5,
        company="Harbor Dental",
        site="Main office",
        contact="Mia Olsen",
        priority="P2",
        entered_at=START,
        entered_by="molsen",
    )


def evidence_of(
    *texts: str, summary: str = "A ticket", description: str = "", who: Person = DANA
) -> Evidence:
    """Return evidence with the description and one internal note a text, ten minutes apart."""
    notes = [Note(100, description, MIA, START, "discussion", is_description=True)] if description else []
    notes += [Note(101 + i, text, who, at(10 + 10 * i), "internal") for i, text in enumerate(texts)]
    return Evidence(ticket=ticket(summary), read_at=at(130), notes=tuple(notes))


def package_of(evidence: Evidence, episode: int = 1, *, explain: bool = False) -> Package:
    return build(
        evidence,
        episode=episode,
        escalated_at=at(120),
        escalated_by="Dana Reyes",
        as_of=at(130),
        time_zone="Europe/London",
        explain=explain,
    )


def rich() -> Evidence:
    """Return a ticket with something of everything a handoff can hold."""
    notes = (
        Note(
            700,
            "Hi,\nthe VPN between the main office and the branch drops exactly every 8 hours since Monday. "
            "Everyone at the branch loses the ERP.\n\nThanks,\nMia",
            MIA,
            at(0),
            "discussion",
            is_description=True,
        ),
        Note(
            701,
            "Tried so far:\n- flushed DNS on PC-14: no change\n- rebooted the firewall: worked for 8 hours, then failed "
            "again\n- turned antivirus off on PC-14: no change",
            DANA,
            at(20),
            "internal",
        ),
        Note(702, "It dropped again just now. We cannot work like this.", MIA, at(60), "discussion"),
        Note(
            703,
            "Pinged the gateway during the drop, it answers. That rules out the line.\n"
            "Mar 12 10:21:07 fw01 ike: IKE SA lifetime expired, no proposal chosen (14)\n"
            "Mar 12 10:21:08 fw01 ike: tunnel down\n"
            "Event ID 20227 on the server at the same time. I suspect the phase-2 lifetime differs on both ends. "
            "Escalating because I don't have access to the branch firewall. "
            "Need someone to compare the phase-2 lifetime on both ends. "
            "If the lifetimes match, look at the ISP's session limit.",
            DANA,
            at(100),
            "internal",
        ),
    )
    entries = (
        TimeEntry(
            31,
            "Connected from another laptop, the same drop. So it's not this PC. Told Mia an engineer by 14:00.",
            DANA,
            at(45),
            at(55),
            at(56),
            0.25,
        ),
    )
    return Evidence(
        ticket=ticket(),
        read_at=at(130),
        notes=notes,
        time_entries=entries,
        tasks=(Task(1, "Collect firewall configuration", False),),
        configurations=(
            Configuration(9, "FW-MAIN", type="Firewall", os="SonicOS 7.1", ip_address="10.0.0.1"),
        ),
        documents=(Document(4, "log", "ike.log", 1200),),
        related=(
            RelatedTicket(
                48211, "VPN to branch drops", "Help Desk", "Closed", True, at(-9000), at(-8000), "kpatel"
            ),
            RelatedTicket(48300, "New starter laptop", "Help Desk", "New", False, at(-500)),
        ),
        gaps=(Gap("schedule", "no permission"),),
    )
