"""What a work note states is a finding; what a story tells is not; and what came of things, the last word counting."""

from __future__ import annotations

import pytest

from escalation.reading.outcomes import outcome_of
from escalation.reading.statements import finding_stated, is_work_note
from escalation.reading.steps import Passage, find_steps
from escalation.reading.text import stretches


def read(text: str) -> list[tuple[str, str]]:
    passage = Passage(text, tuple(stretches(text)), "technician")
    return [(d.outcome, text[d.start : d.end]) for d in find_steps([passage])]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("icacls shows an explicit deny for her SID.", "partial"),
        ("gpresult on TS2 -> computer is in the wrong OU", "partial"),
        ("Branch ACL contains 10.4.0.0/22, ours 10.4.0.0/24.", "partial"),
        ("Certificates on both ends valid till 2031.", "no_change"),
        ("Free space on E: is 80 GB, so not that.", "no_change"),
        ("No new inbox rules on her mailbox.", "no_change"),
        ("ping 10.4.0.9 -> request timed out", "failed"),
        ("Job log shows error 1460 at 02:10.", "partial"),
        ("Spare phone on port 7 is dead as well.", "failed"),
        ("With a PoE injector in between it is stable.", "partial"),
        ("GPO for the drive changed from Replace to Update, no change.", "no_change"),
        ("Our hoster says the VM is healthy.", "no_change"),
    ],
)
def test_a_work_note_states_a_finding(text: str, outcome: str) -> None:
    assert read(text) == [(outcome, text)]


@pytest.mark.parametrize(
    "text",
    [
        "I think the firewall is the problem.",
        "The customer is upset and wants a call.",
        "They are on Windows 11 and use SAP because the group does.",
        "Maybe the lease is 8 hours.",
        "The switch needs to be replaced.",
        "Next: replace SW-2.",
        "Ordered a new SSD, arrives Thursday.",
        "Other desks should be moved as well.",
        "App owner confirmed.",
        "Here is what I did over the weekend.",
        "The rollout took 31 minutes.",
    ],
)
def test_opinions_plans_and_people_are_no_findings(text: str) -> None:
    assert read(text) == []


def test_a_story_needs_something_that_shows_it() -> None:
    story = "I am new here and we have my old server in our office. "
    assert not is_work_note(story)
    assert not finding_stated("The server has 16 GB of RAM.", work_note=False)
    assert finding_stated("The server has 16 GB of RAM.", work_note=True)
    assert finding_stated("The port log shows 400 CRC errors.", work_note=False)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("moved her to VLAN 20, she is in", "worked"),
        ("swapped the dock: nine reboots without a crash", "worked"),
        ("set the MTU to 1400, no drop in five days", "worked"),
        ("put the old driver back and the queue prints again", "worked"),
        ("restarted the pool, users are on, but half of them lost their drafts", "partial"),
        ("commented the line out, boots now, but without /srv", "partial"),
        ("cleared the queue, prints fine, then stuck again", "partial"),
        ("turned the AV off temporarily, but this did not help", "no_change"),
        ("updated the driver, crashed on the next file", "no_change"),
        ("lowered the speed, 6 of 10 faxes arrive", "partial"),
        ("installed the hotfix, setup failed with 1603", "failed"),
        ("changed the password for now", "unknown"),
    ],
)
def test_the_last_word_counts(text: str, outcome: str) -> None:
    assert outcome_of(text.split(" ", 1)[1]) == outcome


def test_a_line_that_leads_to_output_has_its_result_below() -> None:
    text = "mount -a gives:\nmount: /srv: can't find UUID=9f1c."
    assert read(text) == [("failed", "mount -a gives")]


def test_a_step_copied_into_another_note_is_counted_once() -> None:
    text = "Restarted the spooler on PRT01."
    told = "Restarted the spooler on PRT01. No change."
    passages = [Passage(t, tuple(stretches(t)), "technician") for t in (text, told)]
    found = find_steps(passages)
    assert [(d.passage, d.outcome) for d in found] == [(0, "no_change")]
