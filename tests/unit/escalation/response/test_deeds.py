"""What a senior writes around the work is no work, and only who says "I" takes a ticket by a note."""

from __future__ import annotations

import pytest

from escalation.response.deeds import reports_deed, takes

BY = ("Maja Svensson", "msvensson")


@pytest.mark.parametrize(
    "text",
    [
        "What did you try?", "any update?", "Can someone else take this?", "Can you test now?",
        "Giving this back, no time", "Reassigning to Tess", "Handing over to the night shift",
        "Looking into the VPN issue", "Looking further into this", "Looking at it w/ Jonas", "checking the firewall",
        "Investigating VPN drops", "Working on the VPN problem", "Reviewing notes from Jonas",
        "Reading the handoff brief now", "taking a look at the firewall now", "Taking over from Jonas",
        "Picked up from queue", "ETA 2pm", "On my way to site", "driving over there", "k", "Bumping",
        "Ticket claimed via ResolutionFlow", "Maja, take this.", "Tess, can you reboot the NAS",
    ],
)  # fmt: skip
def test_talk_around_the_work_is_no_deed(text: str) -> None:
    assert not reports_deed(text, by=BY)


@pytest.mark.parametrize(
    "text",
    [
        "Checked the firewall, phase 2 lifetime differs", "Looking into it - rebooted the NAS, no change",
        "Checking the log shows error 1014", "Rebooted", "Imported the new root certificate, test scan arrived.",
        "Set both lifetimes to 28800 and rekeyed.", "What did you try? I restarted the spooler and it prints.",
    ],
)  # fmt: skip
def test_a_deed_among_talk_is_one(text: str) -> None:
    assert reports_deed(text, by=BY)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("I'll take this one", True), ("I'm taking it", True), ("I've got this one", True), ("mine, taking it", True),
        ("On it", True), ("I start with DNS", True), ("I'll start with the firewall logs", True),
        ("Maja, take this.", False), ("Tess, pick it up", False), ("Got it, thanks", False), ("Got it.", False),
        ("I start at 9 tomorrow", False), ("Starting with Monday we close early", False),
        ("We start by 9am usually", False), ("On it?", False),
    ],
)  # fmt: skip
def test_only_who_says_so_of_themselves_takes_it(text: str, taken: bool) -> None:
    assert takes(text) is taken
