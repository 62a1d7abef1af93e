"""Where to start: what of all candidates is chosen, always with a reason and a source, and never a dead end."""

# ruff: noqa: E501 - a row of examples is easier to read in one long line than in a ladder

from __future__ import annotations

from dataclasses import replace

import pytest

from escalation.brief.render import opening, render
from escalation.package.build import candidates_of
from escalation.package.candidates import LAST, Candidate
from escalation.package.contents import Solved, Start
from escalation.package.start_here import (
    LAST_RESORT,
    OTHERWISE,
    PLANNED,
    choose,
    from_memory,
    learned,
    quotation_in,
    weigh,
)
from tests.unit.escalation import starts
from tests.unit.escalation.tickets import evidence_of, package_of

TICKETS = starts.tickets()
QUOTING = {"pointer", "error", "changed", "finding", "relief", "guess", "contrast", "last", "left"}
"""Kinds of candidates whose text quotes the ticket between words of ours."""
RELIEF = "Power cycled the controller, the doors opened again for about a day, then the same."


@pytest.mark.parametrize("evidence", TICKETS, ids=lambda e: e.ticket.summary)
def test_where_there_is_something_to_say_it_has_a_reason_and_a_source(evidence: starts.Evidence) -> None:
    package = starts.package_of(evidence)
    texts = {"s": evidence.ticket.summary, "d": evidence.notes[0].text}
    texts |= {f"n{n}": note.text for n, note in enumerate(evidence.notes[1:], 1)}
    ends = [package.steps_attempted[i].evidence for i in package.dead_ends_flagged]
    candidates = candidates_of(evidence, package)
    if (start := package.start_here) is None:
        assert not [one.kind for one in candidates if one.kind in LAST_RESORT]
    else:
        assert [one for one in candidates if one.start.evidence in start.evidence and one.start.reason == start.reason]
        assert start.evidence in texts[start.source]
    for one in candidates:
        assert one.start.reason
        assert one.start.evidence in texts[one.start.source]
        assert one.start.evidence not in ends or one.kind == "check"


def test_a_first_check_that_was_done_is_not_asked_for() -> None:
    asked = TICKETS[6]
    done = starts.with_note(asked, "Event 4740 names RCP-PC-02 as the caller computer, old scheduled task there.")
    before, after = ([c.start.text for c in candidates_of(e, starts.package_of(e))] for e in (asked, done))
    assert [text for text in before if "4740" in text and "PDC" in text]
    assert not [text for text in after if "4740" in text and "PDC" in text]


@pytest.mark.parametrize(
    ("summary", "told", "never"),
    [
        ("Remote desktop fails", "From one PC the connection to TS-2 ends with a timeout.", "database"),
        ("Phones lose registration", "They drop off at night and come back by themselves in the morning.", "bounce"),
        ("Laptop loses the dock", "Three times out of five the second screen stays dark on the dock.", "database"),
        (
            "Domain controller finds no domain",
            "AD connection error as it is promoted. Checked DNS, it gives the public IP instead of the server's.",
            "Entra Connect",
        ),
    ],
)
def test_a_word_that_means_something_else_in_this_domain_brings_no_check(summary: str, told: str, never: str) -> None:
    """Words of one domain that stand in tickets of every other: time-outs, what comes back, what freezes."""
    ticket = replace(TICKETS[0].ticket, summary=summary)
    notes = (replace(TICKETS[0].notes[0], text=told),)
    evidence = replace(TICKETS[0], ticket=ticket, notes=notes)
    package = starts.package_of(evidence)
    texts = [one.start.text for one in candidates_of(evidence, package)]
    assert texts, "silence would prove nothing"
    assert not [text for text in texts if never in text]


@pytest.mark.parametrize(("role", "there"), [("technician", True), ("customer", False), ("unknown", False), ("system", False)])
@pytest.mark.parametrize(
    "last",
    ["The counter team goes home at five today.", "I think somebody should call this number.", "If it fails, open the link."],
)
def test_who_writes_from_outside_says_nowhere_where_a_senior_starts(role: str, last: str, there: bool) -> None:
    """Whoever writes in from outside is no colleague: "call this number" would stand at the top."""
    ticket = replace(TICKETS[0].ticket, summary="Scanner does nothing")
    said = replace(TICKETS[0].notes[0], text="The scanner on the counter does nothing since Monday, nobody knows why.")
    author = replace(said.author, role=role)
    note = replace(said, id=said.id + 1, text=last, author=author, is_description=False)
    evidence = replace(TICKETS[0], ticket=ticket, notes=(said, note))
    every = candidates_of(evidence, starts.package_of(evidence))
    texts = [one.start.text for one in every if one.kind not in ("check", "near")]  # those are our own words
    assert any(last.split()[-1].rstrip(".") in text for text in texts) == there


def candidate(kind: str, **features: float) -> Candidate:
    return Candidate(kind, Start(kind, kind, "n1", "why"), {f"kind={kind}": 1.0, **features})


def test_the_most_promising_is_chosen_and_says_how_sure_that_is() -> None:
    known = learned()
    both = [candidate("error"), candidate("lead")]
    for given in (both, both[::-1]):
        first, second = weigh(given)
        assert first.useful - first.misleading > second.useful - second.misleading
        chosen, _ = choose(given, replace(known, bounds={**known.bounds, "start": 0.0}))
        assert chosen is not None
        assert (chosen.text, chosen.sure) == (first.candidate.kind, round(first.useful, 3))


def test_a_second_place_is_named_where_it_is_likely_enough_and_the_first_is_no_plan() -> None:
    forty = [(choose(every), weigh(every)) for one in starts.tickets() if (every := candidates_of(one, starts.package_of(one)))]
    seen = set()
    for (first, otherwise), ranked in forty:
        if first is None or first.sure in (0.0, PLANNED) or len(ranked) == 1:
            assert otherwise is None
            continue
        output = {one.candidate.kind for one in ranked[:2]} <= {"pointer", "error"}
        same = output and first.source == ranked[1].candidate.start.source
        assert (otherwise is not None) == (ranked[1].useful >= OTHERWISE and not same)
        assert otherwise is None or (otherwise.text == ranked[1].candidate.start.text != first.text)
        seen.add(otherwise is None)
    assert seen == {True, False}


def test_another_row_of_the_same_output_is_no_second_place() -> None:
    rows = candidate("pointer"), candidate("error")
    certain = replace(learned(), bounds={**learned().bounds, "start": 0.0})
    assert choose(rows, certain)[1] is None


def test_where_nothing_is_sure_enough_the_last_word_stands_there_or_nothing() -> None:
    strict = replace(learned(), bounds={**learned().bounds, "start": 1.1})
    chosen, otherwise = choose([candidate("check"), candidate("last")], strict)
    assert otherwise is None
    assert chosen is not None
    assert (chosen.text, chosen.sure) == ("last", 0.0)
    assert choose([candidate("check")], strict) == (None, None)
    assert choose([], strict) == (None, None)


@pytest.mark.parametrize(
    ("sure", "first", "second"), [(0.0, "try what solved", None), (OTHERWISE, "try what solved", "given"), (1.0, "given", None)]
)
def test_what_solved_one_like_it_stands_before_what_is_less_sure(sure: float, first: str, second: str | None) -> None:
    package = starts.package_of(TICKETS[0])
    solved = Solved(7, "like it", "Replaced the drum of the copier", "in common: copier", None, None, None, False, "m1")
    given = replace(package, start_here=Start("given", "given", "d", "why", sure), start_otherwise=None, solved=(solved,))
    made = from_memory(given)
    assert made.start_here is not None
    assert made.start_here.text.startswith(first)
    assert (made.start_otherwise.text if made.start_otherwise else None) == second


def test_it_is_known_of_every_kind_which_words_are_quoted() -> None:
    seen = set()
    output = "Log:\n\nMar 12 10:21:07 fw01 ike: IKE SA expired, no proposal chosen (14)\nMar 12 10:21:08 fw01 ike: tunnel down"
    more = [starts.with_note(TICKETS[0], text) for text in (output, "Maybe the lamp in the left reader is dying.", RELIEF)]
    for evidence in (*TICKETS, *more):
        package = starts.package_of(evidence)
        for one in candidates_of(evidence, package):
            before, quoted, after = quotation_in(one.start.text, one.start)
            assert bool(quoted) == (one.kind in QUOTING), one.start.text
            if quoted:
                seen.add(one.kind)
                assert one.start.text == f'{before}"{quoted}"{after}'
                assert quoted.removesuffix(" …") in " ".join(one.start.evidence.split())
    assert seen == QUOTING


def test_only_what_nobody_wrote_after_is_called_the_last_word() -> None:
    texts = (
        "The spare unit is in the rack since Tuesday. The fans of it run loud.",
        "The vendor has the serial number since noon. The lights on it are amber.",
    )
    evidence = evidence_of(*texts)
    last = [one.start for one in candidates_of(evidence, package_of(evidence)) if one.kind == "last"]
    assert {start.evidence for start in last if start.reason == LAST} == {"The lights on it are amber."}
    assert len(last) > 1


def test_what_is_forbidden_is_no_place_to_start_and_is_seen() -> None:
    """In many wordings, by staff and customer, as the newest words: never a start, a step or a thing to do, always in the brief."""
    forbidding = (
        "do NOT reboot the firewall, the config is not saved", "Don't touch the RAID", "Please do not power cycle the NAS before 18:00", "Never restart it during the backup",
        "Customer asked us not to reboot the server", "The host must not be rebooted until Friday", "NB: do not reseat disk 3", "If it hangs, do not power it off", "Hands off the core switch",
        "Vendor warned not to update the firmware", "We were told by Graham not to reboot it before six", "DO NOT DELETE THE MAILBOX", "Can't be rebooted before the month end run is over",
    )  # fmt: skip
    for words in forbidding:
        for before in ("Checked the event log, nothing there.", "Replaced the cable, no change.\nShould check the switch log next."):
            package = package_of(evidence_of(before, f"{words}."))
            starts_at = [one for one in (package.start_here, package.start_otherwise) if one]
            assert not [one for one in (*starts_at, *package.still_to_do, *package.steps_attempted, *package.findings) if one.evidence in words], words
            assert [one.evidence.rstrip(".") for one in package.forbidden] == [words]
            note, mail = render(package, marker=None), "\n".join(opening(package))
            assert "**Not to be done:** " in note.partition("---")[0], words
            assert "Not to be done: " in mail, words
    for words in ("Users do not see the share", "Cannot connect to the server", "Did not restart", "Don't forget the report", "The server was not rebooted", "She can't reset her password", "Why not reboot?",
                  "told her not to touch the router till Jonas has had a look", "Asked Mia not to restart it", "Told the user not to unplug it"):  # fmt: skip
        assert package_of(evidence_of(f"{words}.".replace("?.", "?"))).forbidden == (), words
