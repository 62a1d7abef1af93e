"""The package: typed steps with sources, what is missing, what was left behind; stored JSON that loads for ever."""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path

import pytest

from escalation.evidence import Evidence, Note, Person, TimeEntry
from escalation.package.build import build
from escalation.package.stored import DamagedPackage, UnknownPackageVersion, load
from tests.unit.escalation.tickets import DANA, MIA, at, evidence_of, package_of, rich, ticket

STORED = Path(__file__).parents[1] / "stored"


def test_a_rich_ticket_is_packed_with_sources() -> None:
    package = package_of(rich(), 2)
    sure = [step for step in package.steps_attempted if step.sure >= 0.8]
    assert [(step.source, step.actor) for step in sure] == [("n1", "tech")] * 3 + [("t1", "tech"), ("n3", "tech")]
    assert [step.outcome for step in sure if step.outcome_sure >= 0.8] == ["no_change", "no_change"]
    assert {0, 2} <= set(package.dead_ends_flagged)
    assert [q.text for q in package.ruled_out] == ["this PC", "the line"]
    assert package.domain == "network"
    assert [(c.text, c.since) for c in package.state_left_behind] == [
        ("turned antivirus off on PC-14", at(20))
    ]
    assert [q.text for q in package.promises] == ["an engineer by 14:00"]
    assert [q.evidence for q in package.error_codes] == ["Event ID 20227"]
    assert package.evidence_blocks[0].evidence.count("\n") == 1
    assert [o.id for o in package.similar] == [48211]
    assert [o.id for o in package.recent] == [48300]
    assert package.ai_assessment_data.likely_cause is None
    assert not package.thin


def test_time_that_says_nothing_of_what_was_done_in_it_is_not_recorded() -> None:
    """However nothing is written; not what a program or a customer charged, nor a few minutes."""
    hour = {"started_at": at(0), "ended_at": at(60), "entered_at": at(60)}
    for nothing in ("", "  \n", ".", "-", "\u2026", "\u00a0"):
        entries = (
            TimeEntry(1, nothing, DANA, **hour), TimeEntry(2, nothing, DANA, **hour, hours=0.5),
            TimeEntry(3, nothing, Person("Portal", "system"), **hour, hours=2.0),
            TimeEntry(4, nothing, Person("Kai Berg", "technician"), **hour, hours=0.1),
            TimeEntry(5, "Restarted the spooler, prints again", DANA, **hour, hours=3.0),
        )  # fmt: skip
        package = package_of(dataclasses.replace(rich(), time_entries=entries), 2)
        (said,) = [gap for gap in package.not_recorded if "time entr" in gap.text]
        assert said.text == "what Dana Reyes did in 2 time entries without a note (1.5 h)", nothing
        assert said.question == "What did Dana Reyes do in 2 time entries without a note (1.5 h), and what came of it?"
        assert [source.record for source in package.sources if "time entry" in source.record] == ["time entry 5"], nothing
        assert package.time_entries_read == 5


def test_a_stored_package_comes_back_whole() -> None:
    package = package_of(rich(), 2)
    body = json.loads(json.dumps(package.to_json()))
    assert body["schema_version"] == 1
    assert load(body) == package


def test_the_first_stored_package_loads_for_ever() -> None:
    body = json.loads((STORED / "package_v1.json").read_text())
    package = load(body)
    assert package.steps_attempted[1].text == "rebooted the firewall: worked for 8 hours, then failed again"
    assert load(package.to_json()) == package
    assert _without_additions(package.to_json(), body) == body


def _without_additions(now: object, then: object) -> object:
    """Return what a program of today writes, without the keys that the older one did not know."""
    if isinstance(now, dict) and isinstance(then, dict):
        return {key: _without_additions(value, then[key]) for key, value in now.items() if key in then}
    if isinstance(now, list) and isinstance(then, list):
        return [_without_additions(a, b) for a, b in zip(now, then, strict=True)]
    return now


def test_keys_of_later_programs_are_left_out_and_absent_ones_have_defaults() -> None:
    body = package_of(rich()).to_json()
    body["invented_later"] = {"x": 1}
    del body["contingency"], body["products"]
    package = load(body)
    assert package.contingency is None
    assert package.products == ()


def test_an_unknown_version_is_named() -> None:
    with pytest.raises(UnknownPackageVersion, match="schema_version 2"):
        load({**package_of(rich()).to_json(), "schema_version": 2})
    with pytest.raises(UnknownPackageVersion, match="None"):
        load({})


def test_a_damaged_package_says_which_field() -> None:
    with pytest.raises(DamagedPackage, match="escalated_at"):
        load({**package_of(rich()).to_json(), "escalated_at": "noon"})


def test_a_time_entry_saved_as_a_note_too_is_read_once() -> None:
    text = "Restarted the spooler, no change."
    evidence = Evidence(
        ticket=ticket("Printer offline"),
        read_at=at(60),
        notes=(Note(1, text, DANA, at(10), "internal"),),
        time_entries=(TimeEntry(2, text + " ", DANA, at(5), at(9), at(10)),),
    )
    assert len(package_of(evidence).steps_attempted) == 1


def test_notes_and_time_entries_are_counted_in_the_order_of_time() -> None:
    evidence = Evidence(
        ticket=ticket("Printer offline"),
        read_at=at(60),
        notes=(
            Note(1, "Printer is offline.", MIA, at(0), "discussion", is_description=True),
            Note(3, "Replaced the cable, no change.", DANA, at(30), "internal"),
        ),
        time_entries=(TimeEntry(2, "Restarted the spooler, no change.", DANA, at(5), at(9), at(10)),),
    )
    assert [(s.note_index, s.source) for s in package_of(evidence).steps_attempted] == [(0, "t1"), (1, "n1")]


def test_a_change_taken_back_is_not_left_behind() -> None:
    package = package_of(
        evidence_of(
            "Disabled the firewall on SRV-01, no change.",
            "Turned the backup job off during the test, same error.",
            "Re-enabled the firewall on SRV-01.",
        )
    )
    assert [c.text for c in package.state_left_behind] == ["Turned the backup job off during the test"]


def test_a_promise_that_was_kept_is_not_shown() -> None:
    package = package_of(
        evidence_of("Told Mia we will call back by 11:00.", "Called the customer back, still down.")
    )
    assert package.promises == ()


def test_a_lead_that_nobody_followed_comes_first() -> None:
    named = package_of(evidence_of("Should compare the MTU on both ends.")).start_here
    assert named is not None
    assert (named.source, named.reason) == ("n1", "suggested, and not followed yet")
    followed = package_of(evidence_of("Should check the cable in the comms room.", "Checked the cable in the comms room, fine."))
    assert followed.start_here is None or "cable" not in followed.start_here.text


def test_what_the_text_answers_is_not_called_missing() -> None:
    asked = package_of(evidence_of(summary="Switch drops the network")).not_recorded
    assert "when it began" in [gap.text for gap in asked]
    told = package_of(
        evidence_of("Began yesterday after the firmware update.", summary="Switch drops the network")
    )
    assert "when it began" not in [gap.text for gap in told.not_recorded]


def test_the_assessment_is_absent_without_a_model() -> None:
    body = package_of(rich()).to_json()
    assert body["ai_assessment_data"] == {
        "likely_cause": None, "suggested_steps": [], "confidence": None, "cause_source": None, "step_sources": [],
        "domain_right": 0, "domain_known": 0, "withheld": False, "made_by": "local", "cause_evidence": "", "step_evidence": [],
        "discounted": [], "against": [],
    }  # fmt: skip


def test_the_input_alone_decides() -> None:
    evidence = rich()
    assert package_of(evidence) == package_of(dataclasses.replace(evidence))


@pytest.mark.storm
def test_twice_the_notes_take_about_twice_the_time() -> None:
    note = "Checked the switch port on the second floor, no errors found. Replaced the cable, same issue. " * 3

    def packed(notes: int) -> float:
        evidence = evidence_of(*[note] * notes, summary="Network drops")
        begun = time.process_time()
        build(evidence, episode=1, escalated_at=at(1), escalated_by=None, as_of=at(2))
        return time.process_time() - begun

    packed(10)  # patterns are compiled at their first use
    assert packed(100) < 0.1 + 3 * packed(50)


@pytest.mark.parametrize(
    "said",
    ["Gail was promised reception by noon.", "The customer has been told that we call back before 15:00."],
)
def test_a_promise_told_from_the_customers_side_is_one(said: str) -> None:
    assert [quote.source for quote in package_of(evidence_of(said)).promises] == ["n1"]


def test_a_colleagues_remark_with_a_time_is_no_promise() -> None:
    for said in (
        "The server was told to reboot by 14:00.",
        "Gail was told by her boss to be back by 15:00.",
        "The user was told to restart it before 14:00.",
    ):
        assert package_of(evidence_of(said)).promises == ()
