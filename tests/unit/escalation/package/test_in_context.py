"""Where to start is quoted with what it points back to, literally, and nothing is added where it stands by itself."""

from __future__ import annotations

import pytest

from escalation.package.contents import Start
from escalation.package.in_context import in_context, points_back
from escalation.package.records import records_of
from tests.unit.escalation.tickets import evidence_of

BACK = (
    "turn that policy off and test again", "It only happens on the second dock", "Then compare with the other one",
    "Would replace it first", "The other one is still on 2.1", "Instead use the wired port", "This is only so on floor two",
    "but not on the laptop of the intern",
)  # fmt: skip
ALONE = (
    "Compare the phase-2 lifetime on both ends", "Check the switch log for port 7", "Event 4740 names RCP-PC-02 as the caller",
    "Nobody has looked at the firewall log yet", "Look at the cable this morning", "I think that the switch is at fault",
)  # fmt: skip
BEFORE = "The DLP policy blocks the upload"


@pytest.mark.parametrize("words", BACK)
def test_what_points_back_has_the_sentence_before(words: str) -> None:
    assert points_back(words)
    note = f"Rang the customer at nine. {BEFORE}. {words}."
    records = records_of(evidence_of(note))
    found = in_context(Start(f'go on from "{words}"', f"{words}.", "n1", "the last word on it"), records)
    assert found is not None
    assert found.evidence == f"{BEFORE}. {words}."
    assert found.evidence in note
    assert found.text == f'go on from "{BEFORE}. {words}"'


@pytest.mark.parametrize("words", ALONE)
def test_what_stands_by_itself_stays(words: str) -> None:
    start = Start(words, f"{words}.", "n1", "suggested, and not followed yet")
    assert in_context(start, records_of(evidence_of(f"{BEFORE}. {words}."))) == start


def test_half_a_sentence_is_quoted_from_its_beginning() -> None:
    whole = "The second dock is fine, only the firmware of the first differs"
    half = "only the firmware of the first differs"
    start = Start(f'follow up what was found: "{half}"', half, "n1", "what a step found")
    found = in_context(start, records_of(evidence_of(f"{whole}. Went home.")))
    assert found is not None
    assert found.evidence == whole


def test_of_a_long_sentence_before_its_end_is_quoted() -> None:
    long = (
        "The firewall of the branch was swapped in May by the other provider, who left no notes at all, "
        "and the tunnel has had a lifetime of eight hours since the swap"
    )
    start = Start("Would change it first", "Would change it first.", "n1", "x")
    found = in_context(start, records_of(evidence_of(f"{long}. Would change it first.")))
    assert found is not None
    assert found.text.startswith("… ")
    assert found.evidence.endswith("since the swap. Would change it first.")
    assert len(found.text) < 160
