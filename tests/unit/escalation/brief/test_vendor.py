"""What goes to a vendor names nobody, wherever a name stands, and keeps what the vendor needs."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from escalation.brief.vendor import vendor_form
from escalation.evidence import Evidence, Note, Ticket
from tests.unit.escalation.tickets import DANA, MIA, at, package_of, rich, ticket

MEMBERS = ("Dana Reyes", "dreyes", "Tom O'Brien", "tobrien")
PLACES = {
    "summary": "{} cannot sign in", "problem": "Hello, {} called about it.", "step": "Asked {} to restart the VPN, same error.",
    "output": "```\nuser={} event 4625 logon failure\n```", "code": "Error 0x80070005 while {} was signed in.",
}
NAMES = ("Dana Reyes", "DREYES", "O'Brien", "Mia Olsen", "Olsen", "Harbor Dental", "HARBOR",
         "mia.olsen@harbor.example", "+44 20 7946 0958")


def with_name(place: str, name: str) -> Evidence:
    text = PLACES[place].format(name)
    told: Ticket = ticket(text if place == "summary" else "VPN drops")
    notes = (
        Note(1, text if place == "problem" else "The VPN drops every 8 hours.", MIA, at(0), "discussion", is_description=True),
        Note(2, text if place not in ("summary", "problem") else "Rebooted FW-EAST, no change.", DANA, at(10), "internal"),
    )
    return Evidence(ticket=told, read_at=at(130), notes=notes)


@pytest.mark.parametrize(("place", "name"), itertools.product(PLACES, NAMES))
def test_no_name_address_or_number_is_left_wherever_it_stood(place: str, name: str) -> None:
    form = vendor_form(package_of(with_name(place, name)), members=MEMBERS).lower()
    for part in ("reyes", "o'brien", "olsen", "harbor", "@", "7946"):
        assert part not in form, part


def test_what_the_vendor_needs_is_there() -> None:
    package = package_of(rich())
    form = vendor_form(package, members=MEMBERS)
    assert package.error_codes
    for quote in package.error_codes:
        assert quote.evidence in form
    for label in ("Subject:", "Problem:", "Ticket opened:", "Devices:", "Tried:", "Ruled out:", "What we ask of you:",
                  "Our reference: ticket 48377"):
        assert label in form


def test_words_of_the_language_that_are_also_names_stay() -> None:
    package = dataclasses.replace(package_of(with_name("step", "nobody")), contact="Mark Will", company="North Medical Group")
    form = vendor_form(dataclasses.replace(package, summary="The north side will mark the group as medical"), members=())
    assert "The north side will mark the group as medical" in form
