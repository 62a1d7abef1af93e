"""Tickets of odd shape still get a true brief: one line, 400 notes, merged, quoted mails, a huge log, another language."""

# ruff: noqa: E501 - a row of words is easier to find in one long line than in a ladder

from __future__ import annotations

import re
import time

import pytest

from escalation.brief.explain import explain
from escalation.brief.render import LIMIT, render
from escalation.evidence import Evidence, Note
from tests.unit.escalation.tickets import DANA, MIA, at, evidence_of, package_of, ticket


def test_one_line_and_no_notes() -> None:
    package = package_of(evidence_of(summary="Printer broken", description="Printer broken"))
    note = render(package, marker=None)
    assert package.thin
    assert package.steps_attempted == ()
    assert "**Tried:** none recorded" in note
    assert package.not_recorded
    assert note.count("One question for") == 1


@pytest.mark.storm
def test_four_hundred_notes() -> None:
    texts = [f"Swapped patch cable {i} at desk {i}, no change. Checked port {i}, no errors." for i in range(400)]
    evidence = evidence_of(*texts, summary="Network drops", description="Network drops at many desks since Monday.")
    began = time.process_time()
    package = package_of(evidence)
    assert time.process_time() - began < 2
    assert len(package.steps_attempted) == 800
    note = render(package, marker=None)
    assert len(note.encode()) < LIMIT
    assert "**Tried (8 of 800):**" in note


def test_a_merged_ticket_counts_what_was_told_twice_once_and_keeps_both_problems() -> None:
    told = "Restarted the print spooler on PRT01, no change."
    notes = (
        Note(1, "Nobody on floor 2 can print.", MIA, at(0), "discussion", is_description=True),
        Note(2, told, DANA, at(10), "internal"),
        Note(3, "Printer on floor 3 is offline too.", MIA, at(20), "discussion", is_description=True),
        Note(4, told, DANA, at(21), "internal"),
        Note(5, "Swapped the switch port of PRT01, same again.", DANA, at(30), "internal"),
    )
    package = package_of(Evidence(ticket=ticket("Printing down"), read_at=at(40), notes=notes))
    assert [s.source for s in package.steps_attempted] == ["n1", "n4"]
    assert package.problem is not None
    assert package.problem.evidence == "Nobody on floor 2 can print."
    assert {s.id for s in package.sources} >= {"d", "n1", "n2", "n3", "n4"}


def test_a_chain_of_quoted_mails_is_read_once() -> None:
    mail = (
        "Still the same after lunch.\n\nRegards\nMia\n\n"
        "From: Dana Reyes <dana@msp.example>\nSent: Monday 09:10\nTo: Mia\nSubject: RE: VPN\n\n"
        "Hi Mia,\nI rebooted the firewall and reset your password.\n\n"
        "-----Original Message-----\nFrom: Mia\nSent: Monday 08:55\nTo: Helpdesk\nSubject: VPN\n\nI restarted my laptop twice.\n"
    )
    quoted = "> I rebooted the firewall and reset your password.\n> Did it help?\n\nNo, no change."
    evidence = evidence_of("Rebooted the firewall and reset her password.", summary="VPN", description="VPN drops daily.")
    late = (Note(50, mail, MIA, at(90), "discussion"), Note(51, quoted, MIA, at(95), "discussion"))
    package = package_of(Evidence(evidence.ticket, at(100), (*evidence.notes, *late)))
    assert {s.source for s in package.steps_attempted} == {"n1"}


@pytest.mark.storm
def test_a_pasted_log_of_200_kb() -> None:
    rows = [f"2026-03-12 10:{i // 60 % 60:02}:{i % 60:02} [worker-{i % 9}] INFO request {i} answered in {i % 97} ms" for i in range(3150)]
    rows[2000] = "2026-03-12 10:33:20 [worker-2] ERROR connection to db01:5432 refused (ECONNREFUSED)"
    log = "\n".join(rows)
    assert len(log) > 200_000
    evidence = evidence_of(
        f"Restarted the app pool, no change. Log:\n{log}\nAsked the vendor for help.",
        summary="ERP slow",
        description="ERP is slow since the update.",
    )
    began = time.process_time()
    package = package_of(evidence)
    assert time.process_time() - began < 3
    assert [s.outcome for s in package.steps_attempted][:1] == ["no_change"]
    assert [q.evidence for q in package.evidence_blocks] == [log]
    assert "ECONNREFUSED" in [q.evidence for q in package.error_codes]
    note = render(package, marker=None)
    assert len(note.encode()) < LIMIT
    assert "connection to db01:5432 refused" in note


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("German", "Der Drucker geht seit gestern nicht mehr. Ich habe den Rechner neu gestartet und die Kabel geprüft, aber es hat nichts geändert."),
        ("French", "Depuis hier je ne peux plus imprimer. Nous avons redémarré le serveur et changé le câble, mais le problème est toujours là."),
        ("Spanish", "Desde ayer no se puede imprimir en la oficina. He reiniciado el servidor y también la impresora, pero el error es el mismo."),
        ("Dutch", "De printer werkt sinds gisteren niet meer. Ik heb de computer opnieuw gestart en ook de kabel vervangen, maar het is nog kapot."),
        ("Polish", "Od wczoraj drukarka nie działa i nie da się drukować. Zrobiłem restart komputera, ale to nie pomogło i już nie wiem co dalej, jest źle."),
    ],
)  # fmt: skip
def test_another_language_is_named_and_quoted_and_not_read_for_steps(name: str, text: str) -> None:
    evidence = evidence_of(text, summary="Drucker", description=text)
    package = package_of(evidence)
    assert package.steps_attempted == ()
    assert any(f"written in {name}" in gap.reason for gap in package.unread)
    assert package.problem is not None
    assert package.problem.evidence in text
    assert f"written in {name}" in render(package, marker=None)


def test_english_with_names_and_output_of_elsewhere_stays_english() -> None:
    package = package_of(
        evidence_of("Restarted the router in El Paso for Van der Berg at La Plaza, no change. Den Haag is fine.")
    )
    assert package.unread == ()
    assert len(package.steps_attempted) >= 1


def test_a_note_of_two_languages_does_not_lose_the_english_ones() -> None:
    german = "Ich habe es auch probiert und es ist nicht die Leitung, aber der Router wird heiß."
    package = package_of(evidence_of("Swapped the router, same again.", german))
    assert [s.source for s in package.steps_attempted] == ["n1"]
    assert [gap.source for gap in package.unread] == ["steps in n2"]


def test_explain_names_the_source_and_the_reason_of_every_line() -> None:
    package = package_of(
        evidence_of(
            "Flushed DNS on PC-14, no change. icacls shows an explicit deny on her SID.",
            "C:\\> ping 10.0.0.9\nRequest timed out.\nRequest timed out.",
            "Escalating because I don't have access to the firewall. Told Mia an engineer by 14:00.",
        ),
        explain=True,
    )
    rows = explain(package).splitlines()
    steps = [row for row in rows if row.startswith("step ")]
    reasons = [row for row in rows if row.startswith("    a step: ")]
    assert len(steps) == len(reasons) == len(package.steps_attempted) >= 2
    assert all(re.match(r"    a step: \d+%; for it: \S+.* \+0\.\d\d; outcome: \d+%, (?:not )?said in its own words$", row) for row in reasons)
    for kind in ("problem: [", "promise [", "evidence ["):
        of_kind = [row for row in rows if row.startswith(kind)]
        assert of_kind, kind
        assert all("(read by: " in row for row in of_kind), of_kind
