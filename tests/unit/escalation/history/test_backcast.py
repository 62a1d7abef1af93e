"""Escalations, claims and first actions told from an audit trail, by the same rules as live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from escalation.evidence import Evidence, Note, Person, RelatedTicket, Roster, Task, Ticket, TimeEntry
from escalation.figures.hours import Calendar
from escalation.history import backcast
from escalation.history.audit_trail import AuditEntry
from escalation.history.backcast import Episode
from escalation.history.saves import Course, Meaning, Past, understand
from escalation.rules import StatusRules

T0 = datetime(2026, 9, 1, 9, tzinfo=UTC)
MIN = timedelta(minutes=1)
STATUSES = ("New", "In Progress", "Escalated", "Assigned", "Closed")
IDS = {name: number for number, name in enumerate(STATUSES, 10)}
MEANING = Meaning(
    StatusRules(frozenset({(1, IDS["Escalated"])}), frozenset({(1, IDS["Assigned"])})),
    {"Help Desk": 1, "Projects": 2},
    {(1, name): number for name, number in IDS.items()} | {(2, "New"): 30, (2, "Closed"): 31},
    frozenset({(1, IDS["Closed"]), (2, 31)}),
)
PEOPLE = {"jlind": "jlind", "maja svensson": "msvensson", "msvensson": "msvensson", "tess o'brien": "tobrien"}
ROSTER = Roster({"jlind": "technician", "msvensson": "engineer", "tobrien": "engineer", "rflow": "us"}, {}, "rflow")
SINCE, UNTIL = T0 - timedelta(days=1), T0 + timedelta(days=30)
Move = tuple[float, str, str]
"""Minutes after `T0`, the new status, and who set it."""


def past(number: int, *moves: Move, owners: tuple[tuple[float, str, str], ...] = (), created: bool = True) -> Past:
    """Return a ticket that went through some statuses, in a wording of the test's own."""
    entries = [AuditEntry("opened", T0, "jlind", "t")] if created else []
    status, owner = "New", "jlind"
    for at, new, by in moves:
        entries.append(AuditEntry(f"[status] {status} => {new}", T0 + at * MIN, by, "t"))
        status = new
    for at, new, by in owners:
        entries.append(AuditEntry(f"[owner] {owner} => {new}", T0 + at * MIN, by, "t"))
        owner = new
    entries.sort(key=lambda entry: str(entry.at))
    last = T0 + max([at for at, _, _ in moves] or [0]) * MIN
    return Past(_ticket(number, status, owner, last), tuple(entries))


def _ticket(number: int, status: str, owner: str, last: datetime) -> Ticket:
    closed = status == "Closed"
    return Ticket(
        number, "VPN drops", 1, "Help Desk", IDS[status], status, owner=owner, closed=closed,
        closed_at=last if closed else None, entered_at=T0, entered_by="jlind", last_updated=last, updated_by="jlind",
    )  # fmt: skip


def usual(number: int) -> Past:
    """A ticket as most of them are, so that there is something to learn from."""
    return past(number, (5, "In Progress", "jlind"), (600 + number, "Closed", "jlind"))


def courses(*mine: Past) -> list[Course]:
    """Return the courses of these tickets, learned together with some usual ones."""
    found = understand([*mine, *(usual(n) for n in range(900, 920))], MEANING, people=PEOPLE)
    assert found.trusted, found.why()
    return [found.courses[p.ticket.id] for p in mine]


def candidates(*mine: Past) -> backcast.Candidates:
    return backcast.candidates(courses(*mine), MEANING, since=SINCE, until=UNTIL)


def minutes(at: datetime | None) -> float | None:
    return None if at is None else (at - T0) / MIN


ESCALATED = ((5, "In Progress", "jlind"), (30, "Escalated", "jlind"), (50, "Assigned", "msvensson"), (200, "Closed", "msvensson"))


def test_an_escalation_is_dated_with_who_made_it_and_its_end() -> None:
    (episode,) = candidates(past(1, *ESCALATED)).episodes
    assert (episode.name, minutes(episode.at), episode.by) == ("1/1", 30, "jlind")
    assert (minutes(episode.ended_at), episode.closed) == (200, True)


def test_a_ticket_escalated_again_has_two_and_one_that_bounced_has_one() -> None:
    again = past(1, (10, "Escalated", "jlind"), (40, "In Progress", "jlind"), (90, "Escalated", "jlind"))
    bounced = past(2, (10, "Escalated", "jlind"), (10.5, "New", "jlind"), (11, "Escalated", "jlind"))
    found = candidates(again, bounced).episodes
    assert [(e.name, minutes(e.at)) for e in found] == [("1/1", 10), ("1/2", 90), ("2/1", 10)]
    assert minutes(found[0].ended_at) == 40


def test_coming_back_within_the_grace_is_a_new_episode_once_somebody_had_taken_it() -> None:
    one = past(1, (10, "Escalated", "jlind"), (20.5, "New", "jlind"), (21, "Escalated", "jlind"))
    (course,) = courses(one)
    taken = {(1, T0 + 10 * MIN): T0 + 15 * MIN}
    assert [e.number for e in backcast.episodes(course, MEANING, {})] == [1]
    assert [e.number for e in backcast.episodes(course, MEANING, taken)] == [1, 2]


def test_what_the_trail_does_not_tell_is_a_candidate_without_a_date() -> None:
    cut = past(1, *ESCALATED)
    cut = Past(cut.ticket, tuple(e for e in cut.trail or () if e.at and e.at > T0 + 30 * MIN))
    skipped = past(2, *ESCALATED)
    skipped = Past(skipped.ticket, tuple(e for e in skipped.trail or () if not e.text.endswith("Escalated")))
    found = candidates(cut, skipped)
    assert found.episodes == ()
    assert [(u.ticket_id, u.why) for u in found.undated] == [
        (1, "its audit trail begins after it was escalated"), (2, "its audit trail skips the escalation"),
    ]  # fmt: skip


def test_a_trail_that_begins_late_or_is_missing_leaves_a_dark_span() -> None:
    late = past(1, *ESCALATED)
    late = Past(late.ticket, (late.trail or ())[-1:])
    none = Past(past(2, *ESCALATED).ticket, None)
    one, other = courses(late, none)
    assert one.dark == (T0, T0 + 200 * MIN)
    assert (other.readable, other.dark) == (False, (T0, T0 + 200 * MIN))
    assert courses(past(3, *ESCALATED))[0].dark is None


def test_many_at_once_by_one_member_are_nobodys_escalation() -> None:
    many = [past(n, (10 + n / 60, "Escalated", "hmoore")) for n in range(1, 7)]
    found = candidates(*many, past(50, *ESCALATED))
    assert [e.ticket_id for e in found.episodes] == [50]
    assert len(found.bulk) == 6


def test_only_what_began_in_the_window_counts() -> None:
    found = backcast.candidates(
        courses(past(1, *ESCALATED)), MEANING, since=T0 + 30 * MIN, until=UNTIL
    )
    assert found.episodes == ()


def note(number: int, at: float, by: str, text: str) -> Note:
    role = ROSTER.roles.get(by, "unknown")
    return Note(number, text, Person(by, role, by), T0 + at * MIN, "internal")


def told(one: Past, *notes: Note, times: tuple[TimeEntry, ...] = ()) -> tuple[Episode, backcast.Response]:
    (episode,) = candidates(one).episodes
    evidence = Evidence(one.ticket, UNTIL, notes=notes, time_entries=times)
    return episode, backcast.responded(episode, evidence, rules=MEANING.rules, roster=ROSTER, until=UNTIL)


def test_claim_and_first_action_are_told_by_the_live_rules() -> None:
    notes = (note(1, 20, "jlind", "rebooted, no change"), note(2, 55, "msvensson", "looking into it"),
             note(3, 61, "msvensson", "mtu was 1500, set to 1400"))  # fmt: skip
    episode, reply = told(past(1, *ESCALATED), *notes)
    assert reply.claim
    assert reply.action
    assert (reply.claim.kind, reply.claim.member, minutes(reply.claim.at)) == ("status", "msvensson", 50)
    assert (reply.action.source, minutes(reply.action.at)) == ("note 3", 61)
    seen = backcast.observation(episode, reply, calendar=Calendar.always(), domain="network", until=UNTIL)
    assert (minutes(seen.claimed_at), minutes(seen.acted_at), seen.technician, seen.source) == (50, 61, "msvensson", "backcast")
    assert (minutes(seen.ended_at), seen.withdrawn, seen.exclusions) == (200, False, ())


def test_an_owner_in_the_trail_is_a_claim() -> None:
    owners = ((6.0, "msvensson", "jlind"), (7.0, "jlind", "jlind"), (42.0, "maja svensson", "msvensson"))
    mine = past(1, (30, "Escalated", "jlind"), (200, "Closed", "msvensson"), owners=owners)
    more = [past(n, (30, "In Progress", "jlind"), owners=((9.0, "tess o'brien", "jlind"),)) for n in range(60, 70)]
    found = understand([mine, *more, *(usual(n) for n in range(900, 920))], MEANING, people=PEOPLE)
    assert found.owner.trusted, found.owner.why()
    (episode,) = backcast.candidates([found.courses[1]], MEANING, since=SINCE, until=UNTIL).episodes
    reply = backcast.responded(
        episode, Evidence(mine.ticket, UNTIL), rules=MEANING.rules, roster=ROSTER, until=UNTIL
    )
    assert reply.claim
    assert (reply.claim.kind, reply.claim.member, minutes(reply.claim.at)) == ("owner", "msvensson", 42)


def test_a_claim_never_acted_on_stays_and_one_that_was_taken_over_counts_for_who_acted() -> None:
    mine = past(1, (30, "Escalated", "jlind"), (50, "Assigned", "msvensson"), (400, "Closed", "jlind"))
    _, reply = told(mine)
    assert reply.claim
    assert reply.action is None
    _, reply = told(mine, note(1, 90, "tobrien", "taking this"), note(2, 99, "tobrien", "replaced the cable"))
    assert reply.claim
    assert reply.action
    assert (reply.claim.member, minutes(reply.action.at)) == ("tobrien", 99)
    assert [minutes(at) for at in reply.returned_at] == [90]


def test_what_happened_after_the_end_is_no_answer() -> None:
    mine = past(1, (30, "Escalated", "jlind"), (60, "In Progress", "jlind"))
    episode, reply = told(mine, note(1, 500, "msvensson", "taking this"))
    assert reply.claim is None
    assert backcast.observation(episode, reply, calendar=Calendar.always(), domain=None, until=UNTIL).withdrawn


def test_evidence_is_cut_to_what_stood_there_at_the_escalation() -> None:
    one = past(1, *ESCALATED)
    (episode,) = candidates(one).episodes
    entry = TimeEntry(5, "tried", Person("jlind"), T0 + 10 * MIN, None, T0 + 45 * MIN)
    later = RelatedTicket(7, "x", "Help Desk", "Closed", True, T0 - MIN, T0 + 100 * MIN)
    evidence = Evidence(
        one.ticket, UNTIL, notes=(note(1, 20, "jlind", "a"), note(2, 31, "jlind", "b")), time_entries=(entry,),
        tasks=(Task(1, "later", True),), related=(later,),
    )  # fmt: skip
    cut = backcast.evidence_at(evidence, episode, MEANING)
    assert [n.id for n in cut.notes] == [1]
    assert (cut.time_entries, cut.tasks) == ((), ())
    assert (cut.ticket.status, cut.ticket.closed, cut.ticket.owner) == ("Escalated", False, "jlind")
    assert (cut.related[0].closed, cut.read_at) == (False, episode.at)


def test_a_hand_over_in_a_note_is_seen_only_by_technicians_and_in_its_time() -> None:
    evidence = Evidence(past(1).ticket, UNTIL, notes=(note(1, 20, "jlind", "Escalating to tier 2"),))
    assert backcast.hands_over(evidence, ROSTER, since=T0, until=UNTIL)
    assert not backcast.hands_over(evidence, ROSTER, since=T0 + 21 * MIN, until=UNTIL)
    senior = Evidence(past(1).ticket, UNTIL, notes=(note(1, 20, "tobrien", "was escalated to me"),))
    assert not backcast.hands_over(senior, ROSTER, since=T0, until=UNTIL)


def test_a_trail_in_the_servers_own_time_is_put_right_by_when_tickets_were_closed() -> None:
    late = timedelta(hours=-5)
    shifted = []
    for one in [past(1, *ESCALATED), *(usual(n) for n in range(900, 920))]:
        entries = tuple(AuditEntry(e.text, e.at + late if e.at else None, e.by, e.kind) for e in one.trail or ())
        shifted.append(Past(one.ticket, entries))
    found = understand(shifted, MEANING, people=PEOPLE)
    assert found.offset == late
    (episode,) = backcast.candidates([found.courses[1]], MEANING, since=SINCE, until=UNTIL).episodes
    assert minutes(episode.at) == 30
