"""Who took it, by what, and what they did first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from escalation.evidence import Evidence, Note, Person, Roster, ScheduleEntry, TimeEntry
from escalation.response.claims import ClaimSignal, claim_signals, handed_on
from escalation.response.first_action import FirstAction, RecordedStep, first_action, read_back
from escalation.response.sightings import RESPONSE_VERSION, Sighting
from escalation.rules import StatusRules
from tests.unit.escalation.tickets import at, ticket

RULES = StatusRules(escalate=frozenset({(1, 9)}), claim=frozenset({(1, 12)}))
ROSTER = Roster(
    roles={
        "dreyes": "technician", "jsmith": "engineer", "kwong": "engineer", "aboss": "admin", "mowner": "owner",
        "flowbot": "system",
    },
    names={"jsmith": "Jo Smith"},
    us="RFapi",
)  # fmt: skip
JO = Person("Jo Smith", "engineer", "JSmith")
KIM = Person("Kim Wong", "engineer", "kwong")
DANA = Person("Dana Reyes", "technician", "dreyes")
E = at(0)
BEFORE = Sighting(E, "dreyes", 1, 9, "dreyes")


def save(minute: float, member: str | None, *, status: int = 9, owner: str | None = "dreyes") -> Sighting:
    return Sighting(E + timedelta(minutes=minute), member, 1, status, owner)


def note(id: int, minute: float, text: str, author: Person = JO) -> Note:
    return Note(id, text, author, E + timedelta(minutes=minute), "internal")


def entry(
    id: int, typed: float | None, entered: float | None, *, text: str = "", ended: float | None = None, who: Person = JO
) -> TimeEntry:
    def moment(minute: float | None) -> datetime | None:
        return None if minute is None else E + timedelta(minutes=minute)

    return TimeEntry(id, text, who, moment(typed), moment(ended), moment(entered))


def evidence(
    *, now: Sighting = BEFORE, notes: tuple[Note, ...] = (), entries: tuple[TimeEntry, ...] = (),
    schedule: tuple[ScheduleEntry, ...] = (),
) -> Evidence:  # fmt: skip
    seen = replace(
        ticket(), status_id=now.status_id, owner=now.owner, last_updated=now.at, updated_by=now.member
    )
    return Evidence(seen, at(300), notes=notes, time_entries=entries, schedule=schedule)


def signals(
    seen: Evidence, *, observed: tuple[Sighting, ...] = (), since: datetime = E, escalated_by: str = "dreyes"
) -> list[ClaimSignal]:
    return claim_signals(
        seen, seen_before=BEFORE, rules=RULES, roster=ROSTER, claimable_since=since, escalated_by=escalated_by,
        observed=observed,
    )  # fmt: skip


def action(
    seen: Evidence, *, claimed: float = 5, claim_source: str | None = None, observed: tuple[Sighting, ...] = (),
    steps: tuple[RecordedStep, ...] = (), by: str = "jsmith",
) -> FirstAction | None:  # fmt: skip
    return first_action(
        seen, claimed_by=by, claimed_at=E + timedelta(minutes=claimed), rules=RULES, roster=ROSTER,
        claim_source=claim_source, observed=observed, steps=steps,
    )  # fmt: skip


class TestClaims:
    def test_a_senior_who_becomes_owner_claims(self) -> None:
        for updater in ("jsmith", "kwong"):
            found = signals(evidence(now=save(4, updater, owner="JSmith")))
            assert found == [ClaimSignal("owner", "JSmith", at(4), "ticket 48377, owner")]

    @pytest.mark.parametrize("updater", ["flowbot", "zadmin", None])
    def test_an_owner_whom_no_person_set_was_assigned(self, updater: str | None) -> None:
        assert signals(evidence(now=save(4, updater, owner="jsmith"))) == []

    def test_an_owner_who_was_there_before_claims_nothing(self) -> None:
        assert signals(evidence(now=save(4, "jsmith"))) == []

    def test_without_a_sighting_before_nothing_has_changed(self) -> None:
        seen = evidence(now=save(4, "jsmith", owner="jsmith", status=12))
        assert claim_signals(seen, seen_before=None, rules=RULES, roster=ROSTER, claimable_since=E) == []

    @pytest.mark.parametrize("updater", ["flowbot", "RFapi", "zadmin", "dreyes"])
    def test_an_owner_set_with_the_escalation_was_assigned(self, updater: str) -> None:
        assert signals(evidence(now=save(0, updater, owner="jsmith"))) == []

    def test_a_senior_who_takes_it_in_the_very_second_claims(self) -> None:
        assert [s.member for s in signals(evidence(now=save(0, "jsmith", owner="jsmith")))] == ["jsmith"]

    def test_an_owner_set_by_a_workflow_with_a_status_change_was_assigned(self) -> None:
        moved = save(4, "dreyes", status=11)
        assert signals(evidence(now=save(4, "flowbot", status=11, owner="jsmith")), observed=(moved,)) == []
        assert signals(evidence(now=save(4, "flowbot", status=11, owner="jsmith"))) == []

    def test_our_own_later_write_does_not_hide_the_owner(self) -> None:
        assert [s.kind for s in signals(evidence(now=save(4, "RFapi", owner="jsmith")))] == ["owner"]

    def test_whoever_moves_it_to_a_claim_status_claims(self) -> None:
        found = signals(evidence(now=save(6, "kwong", status=12)))
        assert found == [ClaimSignal("status", "kwong", at(6), "ticket 48377, status 12")]
        assert signals(evidence(now=save(6, "flowbot", status=12))) == []
        assert signals(evidence(now=save(6, None, status=12))) == []

    def test_the_saves_between_say_who_moved_it_when(self) -> None:
        found = signals(evidence(now=save(9, "flowbot", status=12)), observed=(save(6, "kwong", status=12),))
        assert found == [ClaimSignal("status", "kwong", at(6), "ticket 48377, status 12")]

    def test_being_scheduled_counts_once_acknowledged(self) -> None:
        planned = ScheduleEntry(3, "jsmith", at(60), at(90))
        assert signals(evidence(schedule=(planned,))) == []
        known = replace(planned, acknowledged_at=at(7))
        assert signals(evidence(schedule=(known,))) == [ClaimSignal("schedule", "jsmith", at(7), "schedule entry 3")]

    def test_a_time_entry_claims_unless_it_is_about_work_before(self) -> None:
        assert [s.at for s in signals(evidence(entries=(entry(7, 8, 9),)))] == [at(8)]
        assert [s.at for s in signals(evidence(entries=(entry(7, -2, 1),)))] == [at(1)]
        assert signals(evidence(entries=(entry(7, -60, 3, ended=-1),))) == []
        assert signals(evidence(entries=(entry(7, None, None),))) == []

    def test_a_note_claims_if_it_says_so(self) -> None:
        told = evidence(notes=(note(1, 3, "Looking into it"), note(2, 4, "Try another cable?"), note(3, 5, "Taking this one.")))
        assert signals(told) == [ClaimSignal("note", "JSmith", at(5), "note 3")]
        assert signals(evidence(notes=(note(4, 2, "I start with the firewall log"),)))[0].at == at(2)
        assert signals(evidence(notes=(note(4, 2, "I would start with the firewall log"),))) == []
        assert signals(evidence(notes=(note(4, 2, "Start with the firewall log"),))) == []

    @pytest.mark.parametrize("who", ["dreyes", "RFapi", "flowbot", "stranger"])
    def test_only_seniors_claim(self, who: str) -> None:
        person = Person(who, "unknown", who)
        seen = evidence(
            now=save(4, who, owner=who, status=12),
            notes=(note(1, 3, "Taking this", person),),
            entries=(entry(7, 8, 9, who=person),),
            schedule=(ScheduleEntry(3, who, at(60), at(90), acknowledged_at=at(7)),),
        )
        assert signals(seen) == []

    def test_whoever_escalated_it_does_not_take_it_back_by_working_on(self) -> None:
        assert signals(evidence(entries=(entry(7, 8, 9),)), escalated_by="JSMITH") == []

    def test_what_was_before_the_handoff_was_offered_is_over(self) -> None:
        seen = evidence(now=save(4, "jsmith", owner="jsmith"), notes=(note(1, 3, "On it"),))
        assert signals(seen, since=at(5)) == []

    def test_signals_come_in_the_order_of_time(self) -> None:
        seen = evidence(
            now=save(4, "aboss", owner="aboss"), notes=(note(1, 3, "Taking this", KIM),), entries=(entry(7, 2, 2),)
        )
        assert [(s.member, s.kind) for s in signals(seen)] == [
            ("JSmith", "time_entry"), ("kwong", "note"), ("aboss", "owner"),
        ]  # fmt: skip


NOT_YET = [
    "Looking into it.", "looking into this now!!!", "ON IT", "On it, thanks", "Taking this one", "I'll take it",
    "I’m taking a look at this now", "Hi Mia, I'm looking into this now. Thanks", "ack", "Investigating...", "Mine",
    "Hello Mia,\n\nWe are looking into this and will get back to you shortly.\n\nKind regards,\nJo Smith",
    "looking into this now, will call Mia back", "Working on it - Jo", "Got this. Looking into it, probably the firewall",
    "I start with the phase-2 lifetime on both ends", "I'll start with the lifetime, then the ISP session limit",
    "Taking it. Starting with the firewall log", "Picked up, reviewing notes", "will check tomorrow", "Checking", "",
    "Looking into it, sorry for the delay. Update by 14:00", "taking ownership", "Thanks for the notes, on it", "...",
    "> Rebooted the switch\n\nOn it", "In progress", "I will have a look after lunch",
]  # fmt: skip
DEEDS = [
    "Taking this. Rebooted the firewall, tunnel is up.", "On it - VPN lifetime mismatch fixed on both ends",
    "I'll start with the lifetime. Compared both ends: they differ.", "I start with the lifetime, compared both ends",
    "on it!! cleared the spooler", "Rebooted", "Called client", "Looks like the cert expired",
    "Looking into it. Event log shows 4625 every minute", "Checked the firewall logs", "Fixed",
    "Started with a reboot, no change",
    "Looking into it and found the cert expired", "Hi Mia, I have reset your password. Please try again.",
    "On it\nC:\\> ping 10.0.0.1\nReply from 10.0.0.1: bytes=32 time=2ms TTL=64\nRequest timed out.",
]  # fmt: skip


class TestFirstAction:
    @pytest.mark.parametrize("text", NOT_YET)
    def test_saying_that_one_begins_is_no_deed(self, text: str) -> None:
        assert action(evidence(notes=(note(1, 6, text),))) is None

    @pytest.mark.parametrize("text", DEEDS)
    def test_a_note_that_reports_a_deed_is_one(self, text: str) -> None:
        found = action(evidence(notes=(note(1, 6, text),)))
        assert found == FirstAction("note", at(6), "note 1", True, "note by the claimant, time of the PSA")
        assert found.version == RESPONSE_VERSION

    def test_the_first_of_several_deeds_is_chosen(self) -> None:
        seen = evidence(
            notes=(note(1, 6, "Looking into it"), note(3, 30, "Rebooted the firewall")),
            entries=(entry(9, 12, 13, text="Compared both ends"),),
            now=save(20, "jsmith", status=15),
        )
        found = action(seen, observed=(save(5, "jsmith", status=12),))
        assert found is not None
        assert (found.kind, found.at, found.source) == ("time_entry", at(12), "time entry 9")

    def test_only_the_claimants_deeds_after_the_claim_count(self) -> None:
        seen = evidence(
            notes=(note(1, 4, "Rebooted the firewall"), note(2, 6, "Rebooted the switch", DANA)),
            entries=(entry(9, 3, 4), entry(10, 6, 7, who=KIM), entry(11, 2, 8, ended=4)),
        )
        assert action(seen) is None

    def test_our_own_writes_are_nobodys_deeds(self) -> None:
        us = Person("ResolutionFlow", "us", "RFapi")
        assert action(evidence(notes=(note(1, 6, "Rebooted", us),)), by="RFapi") is None

    def test_a_typed_start_far_from_its_entry_is_kept_but_not_used(self) -> None:
        found = action(evidence(entries=(entry(9, 6, 40, text="Rebuilt the tunnel"),)))
        assert found is not None
        assert (found.at, found.trusted) == (at(40), False)
        assert (found.typed_start, found.entered_at) == (at(6), at(40))
        assert "34 min apart" in found.why

    def test_a_typed_start_within_five_minutes_is_used(self) -> None:
        found = action(evidence(entries=(entry(9, 6, 11),)))
        assert found is not None
        assert (found.at, found.trusted) == (at(6), True)

    def test_a_start_typed_before_the_claim_cannot_be_its_first_deed(self) -> None:
        found = action(evidence(entries=(entry(9, 4, 6),)))
        assert found is not None
        assert (found.at, found.trusted) == (at(6), True)

    def test_a_typed_start_alone_is_less_trusted(self) -> None:
        found = action(evidence(entries=(entry(9, 8, None),)))
        assert found is not None
        assert (found.at, found.trusted) == (at(8), False)

    def test_the_claim_itself_counts_only_if_it_reports_a_deed(self) -> None:
        bare = evidence(entries=(entry(9, 5, 5),), notes=(note(1, 5, "Taking this"),))
        assert action(bare, claim_source="time entry 9") is None
        told = evidence(entries=(entry(9, 5, 8, text="Reset the tunnel"),))
        found = action(told, claim_source="time entry 9")
        assert found is not None
        assert found.at == at(8)

    def test_a_workflow_that_repeats_itself_is_no_deed(self) -> None:
        text = "Engineer assigned, SLA timer started"
        seen = evidence(notes=(note(1, -60, text, DANA), note(2, 6, text), note(3, 7, text.upper())))
        assert action(seen) is None
        machine = Person("Flow Bot", "system", "flowbot")
        assert action(evidence(notes=(note(2, 6, text), note(3, 6, text, machine)))) is None
        assert action(evidence(entries=(entry(9, 6, 7, text=text),), notes=(note(1, -60, text, DANA),))) is None

    def test_a_note_saved_twice_counts_once_and_its_time_entry_is_the_same_deed(self) -> None:
        seen = evidence(
            notes=(note(1, 6, "Reset the tunnel"), note(2, 7, "Reset the tunnel")),
            entries=(entry(9, 8, 8, text="Reset the tunnel"),),
        )
        found = action(seen)
        assert found is not None
        assert found.source == "note 1"

    def test_a_status_change_by_the_claimant_counts(self) -> None:
        found = action(evidence(now=save(9, "jsmith", status=15)), observed=(save(5, "jsmith", status=12),))
        assert found is not None
        assert (found.kind, found.at, found.source) == ("status", at(9), "ticket 48377, status 15")

    @pytest.mark.parametrize(
        ("minute", "member", "status"),
        [(9, "kwong", 15), (9, "flowbot", 15), (9, "jsmith", 12), (9, "jsmith", 9), (5, "jsmith", 15), (9, None, 15)],
    )
    def test_other_moves_of_the_status_do_not(self, minute: float, member: str | None, status: int) -> None:
        assert action(evidence(now=save(minute, member, status=status)), observed=(save(4, "jsmith", status=11),)) is None

    def test_a_recorded_step_counts(self) -> None:
        steps = (
            RecordedStep("s0", "jsmith", at(6), "on it"),
            RecordedStep("s1", "jsmith", at(7), "show vpn lifetime"),
            RecordedStep("s2", "kwong", at(6), "rebooted"),
        )
        found = action(evidence(), steps=steps)
        assert found is not None
        assert (found.kind, found.source) == ("step", "step s1")

    def test_the_same_evidence_in_another_order_gives_the_same_choice(self) -> None:
        notes = (note(2, 6, "Rebooted the switch"), note(1, 6, "Rebooted the firewall"), note(3, 8, "Tested"))
        assert action(evidence(notes=notes)) == action(evidence(notes=notes[::-1]))


class TestReadBack:
    def test_the_answer_is_kept_in_the_claimants_words(self) -> None:
        text = "Thanks. I'll start with the phase-2 lifetime on both ends.\nThen the ISP."
        found = read_back(evidence(notes=(note(1, 6, text),)), member="jsmith", since=at(0))
        assert found is not None
        assert (found.text, found.at, found.source) == (
            "I'll start with the phase-2 lifetime on both ends.", at(6), "note 1",
        )  # fmt: skip

    def test_others_and_earlier_notes_are_not_the_answer(self) -> None:
        seen = evidence(notes=(note(1, 2, "I start with DNS"), note(2, 6, "I start with DNS", KIM), note(3, 7, "Starting it")))
        assert read_back(seen, member="jsmith", since=at(5)) is None
        assert read_back(evidence(entries=(entry(9, 6, 6, text="Starting with DNS"),)), member="JSMITH", since=at(5))


class TestHandedOn:
    def on(self, *saves: Sighting) -> tuple[str, str | None] | None:
        claimed = save(5, "jsmith", owner="jsmith")
        found = handed_on([claimed, *saves], claimed_by="jsmith", claimed_at=claimed.at, roster=ROSTER)
        return (found.by, found.to) if found else None

    def test_another_engineer_as_owner_takes_over_and_no_owner_gives_back(self) -> None:
        assert self.on(save(9, "jsmith", owner="kwong")) == ("jsmith", "kwong")
        assert self.on(save(9, "kwong", owner=None)) == ("kwong", None)

    def test_a_claimant_who_makes_a_technician_the_owner_gives_it_back(self) -> None:
        assert self.on(save(9, "jsmith", owner="dreyes")) == ("jsmith", None)

    def test_another_engineer_as_owner_takes_over_what_was_claimed_without_being_owner(self) -> None:
        saves = [save(5, "jsmith", status=12), save(9, "kwong", status=12, owner="kwong")]
        given = {"claimed_by": "jsmith", "claimed_at": saves[0].at, "roster": ROSTER}
        found = handed_on(saves, as_owner=False, **given)  # type: ignore[arg-type]
        assert found is not None
        assert found.to == "kwong"
        assert handed_on(saves, as_owner=True, **given) is None  # type: ignore[arg-type]

    def test_a_machine_a_technician_as_owner_and_an_earlier_change_say_nothing(self) -> None:
        assert self.on(save(9, "flowbot", owner="kwong")) is None
        assert self.on(save(9, "RFapi", owner=None)) is None
        assert self.on(save(9, "kwong", owner="dreyes")) is None
        early = [save(1, "jsmith", owner="jsmith"), save(2, "kwong", owner=None), save(5, "jsmith", owner="jsmith")]
        assert handed_on(early, claimed_by="jsmith", claimed_at=early[-1].at, roster=ROSTER) is None


class TestWorkOfTheOwner:
    def test_the_owner_it_was_escalated_with_claims_by_a_deed(self) -> None:
        owned = Sighting(E, "dreyes", 1, 9, "jsmith")
        seen = evidence(now=owned, notes=(note(1, 3, "Looking into it"), note(2, 6, "Replaced the fan, no errors since.")))
        found = claim_signals(
            seen, seen_before=owned, rules=RULES, roster=ROSTER, claimable_since=E, escalated_by="dreyes", observed=(owned,)
        )
        assert [(s.kind, s.member, s.source) for s in found] == [("deed", "JSmith", "note 2")]

    def test_somebody_elses_deed_claims_nothing(self) -> None:
        owned = Sighting(E, "dreyes", 1, 9, "kwong")
        seen = evidence(now=owned, notes=(note(2, 6, "Replaced the fan, no errors since."),))
        assert claim_signals(
            seen, seen_before=owned, rules=RULES, roster=ROSTER, claimable_since=E, observed=(owned,)
        ) == []

    def test_an_owner_a_machine_sets_with_a_claim_status_has_taken_it(self) -> None:
        moved = save(4, "flowbot", status=12, owner="jsmith")
        assert {s.member for s in signals(evidence(now=moved))} == {"jsmith"}

    def test_hours_tell_that_a_time_entry_without_an_end_was_over(self) -> None:
        early = replace(entry(7, -360, 5), hours=1.0)
        assert signals(evidence(entries=(early,))) == []

    def test_a_move_that_gives_the_ticket_away_is_no_first_action(self) -> None:
        mine = save(5, "jsmith", owner="jsmith")
        away = save(9, "jsmith", status=3, owner="dreyes")
        assert action(evidence(now=away), observed=(mine, away)) is None
