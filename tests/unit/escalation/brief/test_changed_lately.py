"""What changed lately at a customer on what the ticket names stands near the top, and old unrelated tickets nowhere."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from escalation.brief.render import render
from escalation.evidence import Configuration, RelatedTicket
from escalation.package.contents import Package
from escalation.package.surroundings import changed_lately
from tests.unit.escalation.tickets import at, evidence_of, package_of

DAY = 24 * 60


def _package(summary: str, *others: tuple[str, int], device: str = "", site: str = "") -> Package:
    evidence = evidence_of("Rebooted it, no change.", summary=summary)
    related = tuple(
        RelatedTicket(100 + n, told, "Help Desk", "Closed", True, at(-days * DAY), at(-days * DAY))
        for n, (told, days) in enumerate(others)
    )
    devices = (Configuration(9, device, type="Server"),) if device else ()
    ticket = dataclasses.replace(evidence.ticket, site=site or None)
    return package_of(dataclasses.replace(evidence, ticket=ticket, related=related, configurations=devices))


@pytest.mark.parametrize(
    ("summary", "device", "site", "other"),
    [
        ("Mill Lane loses the VPN at night", "", "", "Replace router Mill Lane"),
        ("Nobody can open the ERP", "SRV-APP2", "", "Move srv-app2 to the new host"),
        ("Prints garbage", "", "Oak House annex", "New switch for Oak House"),
        ("Cannot log on to RDS03", "", "", "RDS03: Windows updates installed"),
        ("Hexham branch: mails bounce", "", "", "Upgraded connector of the Hexham branch"),
    ],
)
def test_a_change_to_what_the_ticket_names_is_told(summary: str, device: str, site: str, other: str) -> None:
    package = _package(summary, ("Scanner jams", 1), (other, 6), device=device, site=site)
    note = render(package, marker=None)
    assert f"**Changed lately:** 101 {other} (Closed, " in note
    assert note.index("**Changed lately") < note.index("---")


@pytest.mark.parametrize(
    ("summary", "other", "days"),
    [
        ("Laptop of Dana is slow", "New laptop for the accountant", 3),
        ("User cannot print", "New user in accounts", 2),
        ("Mill Lane loses the VPN at night", "Phones at Mill Lane crackle", 2),
        ("Mill Lane loses the VPN at night", "Replace router Mill Lane", 60),
        ("Outlook asks for a password", "Password changed for Mia", 1),
    ],
)
def test_what_is_no_change_to_it_is_not(summary: str, other: str, days: int) -> None:
    assert changed_lately(_package(summary, (other, days))) == ()


def test_the_two_newest_are_named() -> None:
    package = _package("Mill Lane: RDS03 slow", ("RDS03 moved", 20), ("RDS03 patched", 3), ("RDS03 rebuilt", 9))
    assert [o.id for o in changed_lately(package)] == [101, 102]


def test_what_is_neither_alike_nor_of_the_last_two_weeks_stands_nowhere() -> None:
    package = _package("Nobody can open the ERP", ("Scanner jams", 3), ("Badge reader beeps", 15))
    note = render(dataclasses.replace(package, as_of=package.as_of + timedelta(hours=1)), marker=None)
    assert "Scanner jams" in note
    assert "Badge reader" not in note
    assert "other ticket" not in note
