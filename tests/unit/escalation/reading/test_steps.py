"""How people say what they did, did not do, who did it, and what came of it."""

# ruff: noqa: E501 - a row of examples is easier to read in one long line than in a ladder

from __future__ import annotations

import pytest

from escalation.reading.reader import read_steps
from escalation.text.passages import Deed, Passage, is_work_note
from escalation.text.stretches import stretches
from escalation.wording.deeds import actor_of, advising, claims
from escalation.wording.outcomes import outcome_of


def read(*texts: str, role: str = "technician") -> list[Deed]:
    return read_steps([Passage(text, tuple(stretches(text)), role) for text in texts])


@pytest.mark.parametrize(
    "text",
    [
        "Have you tried another cable?",
        "Did you reboot it?",
        "Tomorrow I will replace the switch.",
        "Next step is to rebuild the profile.",
        "Please check the firewall rules.",
        "You should update the driver.",
        "If that fails, replace the disk.",
        "I haven't tried another user yet.",
        "Not tested from outside.",
        "According to the article the cache is cleared at logon.",
        "Here is what I tried:",
        "The user reports that Outlook crashes.",
        "I would try a new cable.",
        "We need to replace the battery.",
        "Hi team,",
        "Thanks for your help.",
        "When I restarted it last year it was fine.",
        "The printer stopped working yesterday.",
        "Could someone look at the certificate?",
        "It started happening after the update.",
    ],
)
def test_what_only_looks_like_a_deed_is_none(text: str) -> None:
    assert claims(text) != "deed"


@pytest.mark.parametrize(
    "text",
    [
        "Ellen emailed, same again.",
        "Remoted onto PC-14.",
        "Found the solution.",
        "The PC rebooted itself twice.",
        "If I can ping it, it must be the proxy.",
        "Check if the client is able to reach it.",
        "Nope, still dead.",
    ],
)
def test_talk_summaries_and_what_is_taken_back_are_no_steps(text: str) -> None:
    assert claims(text) != "deed"


@pytest.mark.parametrize(
    ("text", "role", "actor"),
    [
        ("Had the user restart the PC, still drops.", "technician", "customer"),
        ("The user rebooted twice, no change.", "technician", "customer"),
        ("I restarted my laptop, same thing.", "customer", "customer"),
        ("The ISP tested the line and found no errors.", "technician", "vendor"),
        ("Called the ISP, no answer.", "technician", "tech"),
    ],
)
def test_who_did_it(text: str, role: str, actor: str) -> None:
    assert actor_of(text, role) == actor


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


def test_system_notes_and_our_own_are_nobodys_deeds() -> None:
    text = "Rebooted the firewall, no change."
    assert len(read(text)) == 1
    assert read(text, role="system") == []
    assert read(text, role="us") == []


def test_advice_to_somebody_else_is_none_of_their_deeds() -> None:
    text = "Please run dcdiag on both controllers and then put the files on a share. Let me know what you find."
    assert advising(text)
    assert read(text) == []


def test_a_work_note_is_written_without_i_and_we() -> None:
    assert not is_work_note("I am new here and we have my old server in our office. ")
    assert is_work_note("ACL at the branch has /22. Tunnel is up, no traffic.")


def test_a_step_copied_into_another_note_is_counted_once() -> None:
    told = "Restarted the spooler on the print server, no change."
    found = read(told, told)
    assert [d.passage for d in found] == [0]


def test_what_a_line_says_was_not_tried_is_no_step() -> None:
    """Before a colon or in a sentence, on a line of its own or behind what was done; what tells its result was done after all."""
    heads = ("Not tried: {}", "Not tried yet - {}", "Untested: {}", "Still to try: {}", "- Not done: {}", "Things not tried: {}", "Skipped: {}", "To do: {}", "What I didn't try: {}", "Not checked: {}")
    said = ("Haven't tried {}", "We haven't tested {}", "I did not try {}, the user left", "Have yet to try {}", "Did not get to {}", "No time for {}", "Never tried {}")
    things = ("swapping the cable, updating the firmware", "replacing the NIC", "sfc /scannow and DISM")
    lines = [head.format(what) for head in (*heads, *said) for what in things] + [head.format("rebooted the switch, replaced the cable") for head in heads]
    for line in lines:
        for text in (f"Rebooted the firewall, no change. {line.removeprefix('- ')}", f"Rebooted the firewall, no change.\n{line}."):
            found = [text[deed.start : deed.end] for deed in read(text)]
            assert [words for words in found if "firewall" not in words] == [], text
    assert len(read("Untested: replaced the cable, no change.")) == 1
    assert len(read("I did not try the cable but replaced the switch, no change.")) == 1
