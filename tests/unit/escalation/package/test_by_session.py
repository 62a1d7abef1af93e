"""Steps recorded with an assistant beside those read from notes.

Kinds: a deed told in a note and in a session by one person (counted once, both sources); the same by two people, in two
sessions, or about two machines (two deeds); results that agree, that only one of the two says, and that contradict.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from escalation.brief.outline import Limits, outline
from escalation.brief.render import render
from escalation.evidence import AiSession, Evidence, Note, Person, SessionStep, Ticket
from escalation.package import stored
from escalation.package.build import build
from escalation.package.contents import Package
from escalation.response.first_action import recorded_steps

AT = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
JONAS = Person("Jonas Lind", "technician", "jlind")
MARIA = Person("Maria Svensson", "engineer", "msvensson")
DEEDS = (
    ("Restarted the print spooler on PRN02.", "restarted the print spooler on PRN02"),
    ("Flushed the DNS cache on the client.", "flush the DNS cache of the client"),
    ("Replaced the patch cable at port 14.", "replaced patch cable, port 14"),
    ("Rebuilt the Outlook profile for the user.", "rebuilt the outlook profile"),
)
ELSEWHERE = (
    ("Rebooted switch SW3.", "rebooted switch SW4"),
    ("Replaced the patch cable at port 14.", "replaced the patch cable at port 22"),
)


def step(number: int, text: str, outcome: str = "no_change", *, by: Person = JONAS, **more: Any) -> SessionStep:
    values: dict[str, Any] = {"kind": "step", "state": "done", **more}
    return SessionStep(number, text=text, outcome=outcome, author=by, at=AT + timedelta(minutes=number), **values)


def session(*steps: SessionStep, number: int = 1, by: Person = JONAS, begun: datetime = AT) -> AiSession:
    return AiSession(number, by, "Claude Desktop", begun, steps)


def built(*sessions: AiSession, notes: tuple[str, ...] = (), by: Person = JONAS) -> Package:
    ticket = Ticket(4711, "Printer on floor 2 prints nothing", 1, "Help Desk", 7, "Escalated", entered_at=AT)
    anna = Person("Anna", "customer")
    begin = Note(1, "The printer on floor 2 prints nothing since this morning.", anna, AT, "discussion", True)
    written = tuple(Note(2 + n, text, by, AT + timedelta(minutes=30 + n), "internal") for n, text in enumerate(notes))
    evidence = Evidence(ticket, AT + timedelta(hours=1), (begin, *written), sessions=sessions)
    assert Evidence.from_json(evidence.to_json()) == evidence
    package = build(evidence, episode=1, escalated_at=AT, escalated_by="jlind", as_of=AT + timedelta(hours=1))
    assert stored.load(package.to_json()) == package
    return package


@pytest.mark.parametrize(("noted", "recorded"), DEEDS)
def test_a_deed_told_twice_by_one_person_counts_once(noted: str, recorded: str) -> None:
    package = built(session(step(1, recorded)), notes=(f"{noted} No change.",))
    (told,) = package.steps_attempted
    assert (told.source, [one.source for one in told.also]) == ("n1", ["a1"])
    (line,) = outline(package, Limits.all_of(package)).steps_above
    assert line.cite == "[n1] [a1]"


@pytest.mark.parametrize(("noted", "recorded"), ELSEWHERE)
def test_another_machine_is_another_deed(noted: str, recorded: str) -> None:
    package = built(session(step(1, recorded)), notes=(f"{noted} No change.",))
    assert [one.source for one in package.steps_attempted] == ["a1", "n1"]


@pytest.mark.parametrize(("noted", "recorded"), DEEDS)
def test_somebody_elses_deed_and_another_session_stay_apart(noted: str, recorded: str) -> None:
    package = built(session(step(1, recorded)), notes=(f"{noted} No change.",), by=MARIA)
    assert len(package.steps_attempted) == 2
    package = built(session(step(1, recorded)), session(step(1, recorded), number=2))
    assert [one.source for one in package.steps_attempted] == ["a1", "a2"]


@pytest.mark.parametrize(("noted", "recorded"), DEEDS)
def test_a_contradiction_is_shown_and_what_only_one_says_is_taken(noted: str, recorded: str) -> None:
    package = built(session(step(1, recorded, "worked")), notes=(f"{noted} No change.",))
    (line,) = outline(package, Limits.all_of(package)).steps_above
    assert line.label is not None
    assert "[a1] says: worked" in line.label
    assert "[a1] says: worked" in render(package, marker="RF-ABCDEFGH")
    package = built(session(step(1, recorded, "worked")), notes=(noted,))
    assert [(one.outcome, one.outcome_sure, one.sure) for one in package.steps_attempted] == [("worked", 1.0, 1.0)]


def test_everything_a_session_holds_has_its_place() -> None:
    package = built(
        session(
            step(1, "restarted the print spooler", output="Error 1068\nThe dependency service failed",
                 changed="spooler set to manual"),
            step(2, "print a test page from the web page", "unknown", state="pending", changed="the web page is unlocked"),
            step(3, "the driver was updated last night", "unknown", kind="finding"),
            step(4, "no rights on the print server", "unknown", kind="reason"),
            step(5, "it may be the fuser", "unknown", kind="finding", state="pending"),
        )
    )  # fmt: skip
    assert [(one.text, one.note_index) for one in package.steps_attempted] == [("restarted the print spooler", -2)]
    assert package.dead_ends_flagged == (0,)
    assert [one.source for one in package.still_to_do] == ["a2", "a5"]
    assert [one.source for one in package.findings] == ["a3"]
    assert package.why_escalated is not None
    assert package.why_escalated.source == "a4"
    assert [one.text for one in package.state_left_behind] == ["spooler set to manual"]
    assert "a1" in {one.source for one in package.evidence_blocks}
    brief = render(package, marker="RF-ABCDEFGH")
    headings = ("**Still to do:**", "**Found or suspected:**")
    for said in (*headings, "no rights on the print server", "spooler set to manual", "Error 1068", "step 1 of session 1"):
        assert said in brief, said


def test_sessions_at_one_time_stand_side_by_side() -> None:
    mine = session(step(1, "pinged the printer"), step(9, "checked the queue"))
    reasons = [step(n, f"stuck since {n}", "unknown", kind="reason") for n in (8, 3)]
    last = built(session(reasons[0]), session(reasons[1], number=2, by=MARIA)).why_escalated
    assert last is not None
    assert last.text == "stuck since 8", "the one said last, whichever session began first"
    theirs = session(step(2, "checked the firewall", by=MARIA), number=2, by=MARIA, begun=AT + timedelta(minutes=5))
    later = session(step(40, "rebooted it"), number=3, begun=AT + timedelta(minutes=39))
    assert [lane.beside for lane in built(mine, replace(theirs, steps=()), later).lanes][2] == ()
    package = built(mine, theirs, later)
    assert [lane.beside for lane in package.lanes] == [(2,), (1,), ()]
    assert [one.source for one in package.steps_attempted] == ["a1", "a3", "a2", "a4"], "in the order of time"
    brief = render(package, marker="RF-ABCDEFGH")
    assert "**Worked on side by side:** session 1, Jonas Lind with Claude Desktop" in brief
    assert "session 3" not in brief.partition("**Worked on side by side:**")[2].partition("\n")[0]


def test_only_what_is_done_is_a_first_action() -> None:
    steps = (step(1, "pinged it"), step(2, "reboot it", state="pending"), step(3, "it is the cable", kind="finding"))
    evidence = Evidence(Ticket(1, "s", 1, "b", 1, "s"), AT, sessions=(session(*steps),))
    (only,) = recorded_steps(evidence)
    assert (only.member, only.text, only.at) == ("jlind", "pinged it", AT + timedelta(minutes=1))


def test_evidence_without_sessions_keeps_its_fingerprint() -> None:
    bare = Evidence(Ticket(1, "s", 1, "b", 1, "s"), AT)
    told = replace(bare, sessions=(session(step(1, "pinged it")),))
    old = bare.to_json()
    del old["sessions"]
    assert Evidence.from_json(old) == bare
    assert told.fingerprint() != bare.fingerprint()
    assert told.fingerprint() != replace(bare, sessions=(session(step(1, "pinged it", "worked")),)).fingerprint()
