"""Thirty notes: each planted fact is in, with its record; nothing is said that no record says."""

from __future__ import annotations

import re

import pytest

from escalation.package.records import flat
from escalation.resolution.note import LONGEST, ResolutionNote, Said, draft
from escalation.resolution.text import FORMS, drafted, signed
from tests.unit.escalation.resolution.endings import SEEN, UNSEEN, Ending, course, evidence_of

KINDS = {"seen": SEEN, "unseen": UNSEEN}
EVERY = [pytest.param(one, id=f"{kind}-{n}") for kind, some in KINDS.items() for n, one in enumerate(some)]


def note_of(ending: Ending) -> ResolutionNote:
    return draft(evidence_of(ending), course())


def lost_facts(ending: Ending, note: ResolutionNote) -> list[str]:
    """Return the planted facts that the note lacks, and what it states that it must not."""
    cause, fix = " | ".join(s.text for s in note.cause), " | ".join(s.text for s in note.fix)
    tried = " | ".join(s.text for s in note.tried)
    lost = [f"fix: {text}" for text in ending.fix if text not in fix]
    lost += [f"tried: {text}" for text in ending.tried if text not in tried]
    lost += [f"cause: {ending.cause}"] if ending.cause and ending.cause not in cause else []
    lost += [f"back: {ending.back}"] if ending.back not in " | ".join(s.text for s in note.taken_back) else []
    lost += [f"left: {ending.left}"] if ending.left not in " | ".join(s.text for s in note.still_changed) else []
    lost += [f"problem: {note.problem.text}"] if ending.problem.rstrip(".")[:40] not in note.problem.text else []
    if ending.entry:
        lost += [] if [round(w.hours, 2) for w in note.worked] == [ending.entry[1] or 0.75] else ["hours"]
    return lost + [f"said: {text}" for text in ending.never if text in cause or text in fix]


@pytest.mark.parametrize("ending", EVERY)
def test_each_planted_fact_is_in_the_note(ending: Ending) -> None:
    assert lost_facts(ending, note_of(ending)) == []


@pytest.mark.parametrize("ending", EVERY)
def test_nothing_is_said_that_its_record_does_not_say(ending: Ending) -> None:
    evidence, note = evidence_of(ending), note_of(ending)
    texts = {str(each.id): each.text for each in (*evidence.notes, *evidence.time_entries)}
    records = {s.id: flat(texts.get(s.record.split()[-1], "")) for s in note.sources}
    records |= {"d": flat(evidence.notes[0].text), "s": evidence.ticket.summary}
    lines: list[Said] = [note.problem, *note.cause, *note.fix, *note.tried, *note.taken_back, *note.still_changed]
    for line in lines:
        words = flat(line.text).rstrip("…. ")
        assert words in records[line.source], f"[{line.source}] does not say {line.text!r}"
        assert len(line.text) <= LONGEST


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("ending", EVERY)
def test_what_is_missing_is_said_and_a_customer_reads_nobody_s_name(ending: Ending, form: str) -> None:
    note = note_of(ending)
    text = drafted(note, form, time_zone="Europe/London")  # type: ignore[arg-type]
    if form == "internal":
        assert text.count("not recorded") == len(set(note.missing))
        assert set(re.findall(r"\[([a-z]\d*)\]", text)) <= {s.id for s in note.sources} | {"s"}
    else:
        assert not re.search(r"Dana|Maria|\[|\d h\b", text)
        assert "**What was done:**" in text
    assert signed(text, form=form, by="Maria Svensson", marker="RN-ABCD1234").endswith("[ref: RN-ABCD1234]")  # type: ignore[arg-type]




@pytest.mark.parametrize(
    ("resolution", "quoted"),
    [
        ("Cause: both ends differ in lifetime. Set both to 28800.", "- Cause: both ends differ in lifetime. Set both to 28800"),
        ("Root cause: two old rules on FW-EAST. Then removed them.", "- Root cause: two old rules on FW-EAST. Then removed them"),
        ("Found two old rules on FW-EAST. Then removed them.", "- Found two old rules on FW-EAST. [n2]\n- Then removed them"),
        ("The fuser was worn. Replaced the fuser.", "- Replaced the fuser"),
        ("The cable was broken. Set both routers to DHCP.", "- Set both routers to DHCP"),
        ("Who has the spare? Swapped it.", "- Swapped it"),
        ("Swapped it.", "- Swapped it"),
    ],
)
def test_a_deed_that_points_back_has_what_stands_before_it(resolution: str, quoted: str) -> None:
    note = note_of(Ending("The tunnel is down.", ("Rebooted FW-EAST, no change.",), resolution=resolution))
    assert quoted in drafted(note, "internal", time_zone="UTC")
    for line in (*note.fix, *note.tried):
        assert f"{line.before} {line.text}".strip().rstrip(".") in resolution or not line.before
        assert not line.before or f"- {line.before}" not in drafted(note, "resolution")
