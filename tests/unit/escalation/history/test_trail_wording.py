"""The wording of an audit trail is learned, not known: each of these is one that the program never saw."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.history.audit_trail import AuditEntry, Names, Trail
from escalation.history.trail_wording import clock_offset, learn
from tests.unit.escalation.history.trails import NAMES, START, WORDINGS, made, witness


@pytest.mark.parametrize("name", [name for name in WORDINGS if name != "new alone"])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_change_is_read_whatever_the_wording(name: str, seed: int) -> None:
    trails, truth = made(WORDINGS[name], seed=seed)
    pattern, changes = learn("status", trails, NAMES)
    assert pattern.trusted, pattern.why()
    assert {ticket: [(c.old, c.new) for c in found] for ticket, found in changes.items()} == truth
    assert pattern.consistency == 1.0
    (template,) = pattern.templates
    assert "{old}" in template.shown()
    assert "{new}" in template.shown()


def test_a_wording_that_names_the_new_status_alone_is_read_too() -> None:
    trails, truth = made(WORDINGS["new alone"])
    pattern, changes = learn("status", trails, NAMES)
    assert pattern.trusted, pattern.why()
    assert {t: [c.new for c in found] for t, found in changes.items()} == {t: [n for _, n in m] for t, m in truth.items()}
    assert not any(c.says_old for found in changes.values() for c in found)


def test_what_we_saw_ourselves_confirms_the_reading() -> None:
    trails, truth = made(WORDINGS["from to"])
    seen = witness(trails, truth, WORDINGS["from to"])
    pattern, _ = learn("status", trails, NAMES, witnessed=seen)
    assert (pattern.witnessed, pattern.found_again, pattern.trusted) == (20, 20, True)
    late = [replace(w, at=w.at + timedelta(minutes=5)) for w in seen]
    pattern, _ = learn("status", trails, NAMES, witnessed=late)
    assert not pattern.trusted
    assert "0 of 20 changes we saw ourselves are found again" in pattern.why()


def test_a_status_that_was_renamed_is_found_by_its_neighbours() -> None:
    trails, _ = made(WORDINGS["table"], tickets=60)
    renamed = [_under_the_old_name(trail) if trail.ticket_id < 40 else trail for trail in trails]
    pattern, changes = learn("status", renamed, NAMES)
    assert pattern.aliases == {"with the seniors (l2)": "Escalated"}
    assert pattern.trusted
    _, want = learn("status", trails, NAMES)
    assert changes == want


def _under_the_old_name(trail: Trail) -> Trail:
    """Let the last change before a ticket leaves the status be written before it was renamed."""
    entries = list(trail.entries)
    for n, entry in enumerate(entries):
        if entry.text.endswith("|Escalated|"):
            entries[n] = replace(entry, text=entry.text.replace("|Escalated|", "|With the Seniors (L2)|"))
    return replace(trail, entries=tuple(entries))


def test_texts_that_do_not_fit_together_are_not_believed() -> None:
    trails, _ = made(WORDINGS["from to"])
    mixed = [Trail(t.ticket_id, t.entries[:2] + trails[-n].entries[3:5], "In Progress") for n, t in enumerate(trails)]
    pattern, _ = learn("status", mixed, NAMES)
    assert not pattern.trusted


def test_nothing_is_learned_from_nothing() -> None:
    pattern, changes = learn("status", [], NAMES)
    assert not pattern.trusted
    assert changes == {}
    assert pattern.why() == "no wording for a change of status could be learned from 0 audit trails"
    odd = [Trail(1, (AuditEntry("", None), AuditEntry("Escalated", None, kind="Status")), None)]
    assert not learn("status", odd, NAMES)[0].trusted


def test_changes_within_one_second_are_put_in_the_order_in_which_they_connect() -> None:
    trails, _ = made(WORDINGS["table"], noise=False)
    at = START + timedelta(days=50)
    rule = [AuditEntry("Status|Escalated|Assigned|", at, "zadmin", "Ticket"),
            AuditEntry("Status|New|Escalated|", at, "jlind", "Ticket")]  # fmt: skip
    _, changes = learn("status", [*trails, Trail(999, tuple(rule), "Assigned")], NAMES)
    assert [(c.old, c.new) for c in changes[999]] == [("New", "Escalated"), ("Escalated", "Assigned")]


def test_a_clock_in_the_servers_own_time_is_found_and_one_that_nobody_can_tell_is_not_used() -> None:
    hour = timedelta(hours=1)
    assert clock_offset([timedelta(seconds=n) for n in range(20)]) == timedelta()
    assert clock_offset([-5 * hour + timedelta(seconds=n) for n in range(20)]) == -5 * hour
    assert clock_offset([n * hour for n in range(20)]) is None
    assert clock_offset([hour]) == timedelta()


def test_another_field_whose_values_have_the_names_of_statuses_is_kept_apart() -> None:
    trails, truth = made(WORDINGS["sentence"])
    other = [
        replace(trail, entries=(
            *trail.entries,
            AuditEntry("Approval: New > In Progress", START + timedelta(days=60), "jlind", "Ticket"),
            AuditEntry("Approval: In Progress > Completed", START + timedelta(days=61), "jlind", "Ticket"),
        ))
        for trail in trails
    ]  # fmt: skip
    pattern, changes = learn("status", other, NAMES)
    assert [template.mask.startswith("Approval") for template in pattern.templates] == [False]
    assert {ticket: [(c.old, c.new) for c in found] for ticket, found in changes.items()} == truth


def test_a_rare_field_is_read_like_one_that_differs_in_a_word() -> None:
    trails, _ = made(WORDINGS["from to"])
    status, _ = learn("status", trails, NAMES)
    boards = Names({"help desk": "Help Desk", "noc": "NOC"})
    moved = AuditEntry("Board: from Help Desk to NOC", START, "jlind", "Ticket")
    board, changes = learn("board", [Trail(1, (moved,), "NOC")], boards, like=status.templates)
    assert board.trusted
    assert [(c.old, c.new) for c in changes[1]] == [("Help Desk", "NOC")]
    backwards, _ = learn("board", [Trail(1, (moved,), "Help Desk")], boards, like=status.templates)
    assert not backwards.trusted


def test_a_status_that_took_another_ones_place_is_taken_for_it() -> None:
    trails, _ = made(WORDINGS["table"], tickets=120, seed=4)
    before = START + timedelta(hours=3 * 60)
    renamed = [
        replace(trail, entries=tuple(
            replace(e, text=e.text.replace("Escalated", "T2 Queue")) if e.at and e.at < before else e for e in trail.entries
        ))
        for trail in trails
    ]  # fmt: skip
    pattern, changes = learn("status", renamed, NAMES)
    assert pattern.aliases == {"t2 queue": "Escalated"}
    assert changes == learn("status", trails, NAMES)[1]
