"""A resolution note: one in the ticket whatever fails, as its writer left it; and what follows as a ticket closes.

The kinds: whatever fails before, at or behind the POST, by the form of the note, also across an upgrade; a process that dies or
falls asleep behind it; whoever may not have it posted; an account that has it posted by itself; who is told of the end, and what
is kept of it.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from escalation.evidence import Note, Person
from escalation.resolution.text import Form
from models.account import accounts
from models.handoff import briefs, deliveries, endings, handoffs
from models.handoff import resolution_notes as notes
from models.handoff.resolution_notes import LASTS, ResolutionNote
from models.memory import resolved
from models.work import jobs, refusals
from models.work.alert_kinds import Kind
from psa.port import Ambiguous, Forbidden, PsaError, Refused, Throttled, Unavailable, VisibleNote
from tests.fakes import ASSIGNED
from tests.integration.worker.conftest import Shop
from worker.handoff import notify, refresh, resolution

TICKET, MAJA = 48213, 2
TEXT = "**What fixed it:**\n\n- Replaced the power supply of the firewall [n2]"
FIX = "Replaced the power supply of the firewall. The cause was a failing fan, it works since."


def asked(shop: Shop, handoff_id: int, form: Form = "internal", member_id: int | None = MAJA, text: str = TEXT) -> int:
    member = shop.services.desk(shop.account_id).login(member_id) if member_id else "resolutionflow"
    with shop.database.account(shop.account_id) as session:
        made = notes.ask(
            session, shop.account_id, handoff_id, form=form, text=text, member_id=member_id, member=member, now=shop.clock()
        )
    assert made is not None
    return made


def post(shop: Shop, resolution_id: int) -> bool:
    return resolution.post(shop.services, account_id=shop.account_id, resolution_id=resolution_id)


def stored(shop: Shop, resolution_id: int) -> ResolutionNote:
    with shop.database.account(shop.account_id, reading=True) as session:
        found = notes.get(session, shop.account_id, resolution_id)
        assert found is not None
        return found


def in_ticket(shop: Shop) -> list[str]:
    return [note.text for note in shop.psa.posted.get(TICKET, []) if "[ref: RN-" in note.text]


def failing(error: PsaError) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def set_account(shop: Shop, **columns: Any) -> None:
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, **columns)


FAULTS = {
    "no answer to the reading": ("before", "own_notes", Unavailable("GET: 503")),
    "throttled": ("before", "POST", Throttled("POST: 429", retry_after=3.0)),
    "nothing written": ("before", "POST", Unavailable("POST: no connection")),
    "not written, nobody knows": ("before", "POST", Ambiguous("POST: 503")),
    "written, nobody knows": ("after", "POST", Ambiguous("POST: time-out")),
    "role mended later": ("before", "POST", Forbidden("POST: 403", status=403)),
}
CALLS: dict[Form, str] = {"internal": "post_internal_note", "resolution": "post_resolution_note"}


@pytest.mark.parametrize(("what", "form"), itertools.product(FAULTS, CALLS))
def test_after_any_fault_the_ticket_has_one_note_in_the_form_that_was_asked_for(shop: Shop, what: str, form: Form) -> None:
    side, call, error = FAULTS[what]
    it = asked(shop, shop.escalated(), form)
    getattr(shop.psa, side)[CALLS[form] if call == "POST" else call] = failing(error)
    assert not post(shop, it)
    assert not post(shop, it), "not due"
    getattr(shop.psa, side).clear()
    for _ in range(3):
        shop.clock.advance(120)
        post(shop, it)
    (text,) = in_ticket(shop)
    assert text.startswith(TEXT)
    assert ("Maja Svensson" in text) == (form == "internal"), "customers read nobody's name"
    row = stored(shop, it)
    assert (row.note_id, row.next_attempt_at) == (shop.psa.posted[TICKET][-1].id, None)
    assert shop.psa.posted[TICKET][-1].internal == (form == "internal")
    assert not post(shop, it)


@pytest.mark.parametrize("form", CALLS)
def test_our_login_changed_before_a_post_in_doubt_makes_no_second_note(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, form: Form
) -> None:
    it = asked(shop, shop.escalated(), form)
    now = [dataclasses.replace(m, identifier="handoff.api") if m.is_api else m for m in shop.psa.members()]
    monkeypatch.setattr(shop.psa, "members", lambda: now)
    monkeypatch.setattr(shop.psa, "api_member", "handoff.api")
    shop.psa.after[CALLS[form]] = failing(Ambiguous("POST: time-out"))
    post(shop, it)
    shop.psa.after.clear()
    for _ in range(2):
        shop.clock.advance(600)
        post(shop, it)
    assert len(in_ticket(shop)) == 1


def test_one_of_unknown_end_is_not_repeated_while_it_may_still_arrive_whoever_asks(shop: Shop) -> None:
    it = asked(shop, shop.escalated(), "internal")
    shop.psa.before["post_internal_note"] = failing(Ambiguous("POST: time-out"))
    assert not post(shop, it)
    shop.psa.before.clear()
    with shop.database.account(shop.account_id) as session:  # as a process that died before it stored the wait leaves it
        session.execute(update(ResolutionNote).values(next_attempt_at=shop.clock()))
    shop.clock.advance(1)
    assert not post(shop, it)
    assert in_ticket(shop) == []
    shop.clock.advance(600)
    assert post(shop, it)
    assert len(in_ticket(shop)) == 1


@pytest.mark.parametrize("point", ["resolution.attempted", "resolution.posted"])
def test_a_process_that_dies_around_the_post_leaves_it_to_whoever_comes_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    class Died(BaseException):
        pass

    followed = resolution.crash.point

    def die(name: str) -> None:
        if name == point:
            raise Died
        followed(name)

    it = asked(shop, shop.escalated())
    with monkeypatch.context() as patch:
        patch.setattr(resolution.crash, "point", die)
        with pytest.raises(Died):
            post(shop, it)
    shop.clock.advance(600)
    assert post(shop, it)
    assert len(in_ticket(shop)) == 1
    assert shop.psa.calls.count("post_internal_note") == 1


def test_whoever_is_overtaken_neither_posts_nor_writes_to_the_row(shop: Shop) -> None:
    it = asked(shop, shop.escalated())

    def overtake() -> None:
        shop.psa.before.clear()
        shop.clock.advance(600)
        assert post(shop, it)

    shop.psa.before["own_notes"] = overtake
    post(shop, it)
    assert len(in_ticket(shop)) == 1
    assert stored(shop, it).outcome == "posted"


def test_whoever_stood_still_beyond_its_lease_does_not_post_beside_the_next_one(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = asked(shop, shop.escalated())
    monkeypatch.setattr(resolution, "counted", lambda: 0.0)  # a clock that saw nothing of the pause
    taken: list[ResolutionNote | None] = []

    def taken_over() -> None:
        shop.clock.advance(600)
        with shop.database.account(shop.account_id) as session:
            taken.append(notes.take(session, shop.account_id, it, now=shop.clock(), lease_s=60))

    shop.psa.before["own_notes"] = taken_over
    assert not post(shop, it)
    assert taken
    assert in_ticket(shop) == [], "the next one has it, and is under way"


def arrives(shop: Shop, form: Form, text: str) -> None:
    """Let ConnectWise carry out a POST of ours that nobody waits for any more."""
    getattr(shop.psa, CALLS[form])(TICKET, text)


@pytest.mark.parametrize("form", CALLS)
def test_of_two_that_arrived_the_younger_one_is_removed_and_counted(shop: Shop, form: Form) -> None:
    handoff_id = shop.escalated()
    it = asked(shop, handoff_id, form)
    shop.psa.after[CALLS[form]] = failing(Ambiguous("POST: time-out"))
    assert not post(shop, it)
    shop.psa.after.clear()
    first = shop.psa.posted[TICKET][-1]
    arrives(shop, form, first.text)
    shop.clock.advance(120)
    assert post(shop, it)
    assert [note.id for note in shop.psa.posted[TICKET]] == [first.id]
    assert stored(shop, it).note_id == first.id
    assert shop.handoffs()[0].extra_notes_removed == 1


@pytest.mark.parametrize("form", CALLS)
def test_one_whose_author_cannot_be_read_is_taken_over_and_a_second_one_left_alone(shop: Shop, form: Form) -> None:
    it = asked(shop, shop.escalated(), form)
    shop.psa.after[CALLS[form]] = failing(Ambiguous("POST: time-out"))
    assert not post(shop, it)
    shop.psa.after.clear()
    arrives(shop, form, shop.psa.posted[TICKET][-1].text)
    shop.psa.posted[TICKET] = [dataclasses.replace(note, created_by=None) for note in shop.psa.posted[TICKET]]
    shop.clock.advance(120)
    assert post(shop, it)
    assert stored(shop, it).note_id == shop.psa.posted[TICKET][0].id
    assert len(in_ticket(shop)) == 2, "somebody may have copied it"


@pytest.mark.parametrize("form", CALLS)
def test_where_our_role_may_not_delete_a_second_one_customers_read_nothing_of_ours(shop: Shop, form: Form) -> None:
    it = asked(shop, shop.escalated(), form)
    shop.psa.after[CALLS[form]] = failing(Ambiguous("POST: time-out"))
    assert not post(shop, it)
    shop.psa.after.clear()
    first = shop.psa.posted[TICKET][-1]
    arrives(shop, form, first.text)
    shop.psa.before["delete_note"] = failing(Forbidden("DELETE: 403", status=403))
    shop.clock.advance(120)
    assert post(shop, it)
    second = shop.psa.posted[TICKET][-1]
    assert [note.text for note in shop.psa.posted[TICKET] if not note.internal] == [first.text] * 2 * (form == "resolution")
    assert ("repeated by mistake" in second.text) == (form == "internal")
    with shop.database.account(shop.account_id, reading=True) as session:
        (told,) = [one.detail for one in jobs.open_alerts(session, shop.account_id) if one.kind == Kind.SECOND_BRIEF]
    assert f"remove note {second.id} by hand" in told or form == "internal"


@pytest.mark.parametrize("form", CALLS)
def test_one_that_was_posted_but_not_answered_is_found_also_with_its_brackets_escaped(shop: Shop, form: Form) -> None:
    it = asked(shop, shop.escalated(), form)
    shop.psa.after[CALLS[form]] = failing(Ambiguous("POST: time-out"))
    assert not post(shop, it)
    shop.psa.after.clear()
    shop.clock.advance(120)
    (there,) = shop.psa.posted[TICKET]
    escaped = re.sub(r"([\[\]])", r"\\\1", there.text)
    shop.psa.posted[TICKET] = [dataclasses.replace(there, text=escaped)]
    assert post(shop, it)
    assert shop.psa.calls.count(CALLS[form]) == 1
    assert stored(shop, it).note_id == there.id


@pytest.mark.parametrize("form", CALLS)
def test_one_that_arrives_after_the_next_was_posted_is_found_and_removed(
    shop: Shop, form: Form
) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    it = asked(shop, handoff_id, form)
    shop.psa.before[CALLS[form]] = failing(Ambiguous("POST: time-out"))
    assert not post(shop, it)
    shop.psa.before.clear()
    shop.clock.advance(120)
    assert post(shop, it)
    assert refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id) is False, "not due yet"
    kept = stored(shop, it).note_id
    arrives(shop, form, in_ticket(shop)[0])
    shop.clock.advance(120)
    shop.sweep()
    (due,) = shop.bell.take("refresh")
    refresh.refresh(shop.services, **due)
    assert len(in_ticket(shop)) == 1
    assert kept in [note.id for note in shop.psa.posted[TICKET]]
    assert not shop.services.desk(shop.account_id).frozen


def test_of_one_that_a_person_deleted_nothing_is_removed_or_brought_back(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    it = asked(shop, handoff_id)
    assert post(shop, it)
    text = in_ticket(shop)[0]
    shop.psa.delete_note(TICKET, stored(shop, it).note_id or 0)
    arrives(shop, "internal", text)
    shop.clock.advance(600)
    with shop.database.account(shop.account_id) as session:
        briefs.ask_refresh(session, shop.account_id, handoff_id, due_at=shop.clock())
    refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
    assert len(in_ticket(shop)) == 1


def test_one_that_customers_may_not_see_and_do_is_removed_and_freezes_the_account(shop: Shop) -> None:
    it = asked(shop, shop.escalated())
    shop.psa.after["post_internal_note"] = failing(Ambiguous("POST: time-out"))
    assert not post(shop, it)
    (note,) = shop.psa.posted[TICKET]
    shop.psa.posted[TICKET] = [dataclasses.replace(note, internal=False)]
    shop.clock.advance(120)
    assert not post(shop, it)
    assert in_ticket(shop) == []
    assert shop.services.desk(shop.account_id).frozen


NEXT: dict[str, tuple[Form, str]] = {"another form": ("resolution", TEXT), "other words": ("internal", TEXT + ", once more")}


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("what", NEXT)
def test_one_asked_for_before_in_another_form_or_other_words_is_not_taken_for_the_next(
    shop: Shop, what: str, mirrored: bool
) -> None:
    handoff_id = shop.escalated()
    pair: list[tuple[Form, str]] = [("internal", TEXT), NEXT[what]]
    (before, said_before), (form, text) = reversed(pair) if mirrored else pair
    ended(shop, asked(shop, handoff_id, before, text=said_before), before)
    it = asked(shop, handoff_id, form, text=text)
    assert post(shop, it)
    (there,) = [note for note in shop.psa.posted[TICKET] if "[ref: RN-" in note.text]
    assert (there.id, there.internal) == (stored(shop, it).note_id, form == "internal")
    assert there.text.startswith(f"{text}\n")
    assert not shop.services.desk(shop.account_id).frozen


def ended(shop: Shop, resolution_id: int, form: Form) -> None:
    """Let a request end in doubt whose POST was carried out."""
    shop.psa.after[CALLS[form]] = failing(Ambiguous("POST: time-out"))
    assert not post(shop, resolution_id)
    shop.psa.after.clear()
    set_account(shop, suspended_at=shop.clock())
    shop.clock.advance(120)
    assert not post(shop, resolution_id)
    assert stored(shop, resolution_id).failed_at is not None
    set_account(shop, suspended_at=None)


def test_the_same_asked_for_again_is_found(shop: Shop) -> None:
    handoff_id = shop.escalated()
    ended(shop, asked(shop, handoff_id, "resolution"), "resolution")
    assert post(shop, asked(shop, handoff_id, "resolution"))
    assert len(in_ticket(shop)) == 1
    assert shop.psa.calls.count("post_resolution_note") == 1


def test_whoever_is_overtaken_does_not_end_what_another_is_posting(shop: Shop) -> None:
    it = asked(shop, shop.escalated())

    def overtake() -> None:
        shop.clock.advance(600)
        with shop.database.account(shop.account_id) as session:
            assert notes.take(session, shop.account_id, it, now=shop.clock(), lease_s=60)
        raise Refused("GET: 400", status=400)

    shop.psa.before["own_notes"] = overtake
    assert not post(shop, it)
    assert stored(shop, it).failed_at is None


def refuse(shop: Shop, why: str) -> None:
    if why == "suspended":
        set_account(shop, suspended_at=shop.clock())
    elif why == "no active member":
        with shop.database.account(shop.account_id) as session:
            next(r for r in accounts.roster_rows(session, shop.account_id) if r.id == MAJA).active = False
    else:
        shop.psa.before["post_internal_note"] = failing(Refused("POST: 400", status=400))


@pytest.mark.parametrize("why", ["suspended", "no active member", "ConnectWise refused"])
def test_what_cannot_be_posted_says_why_and_another_may_be_asked_for(shop: Shop, why: str) -> None:
    handoff_id = shop.escalated()
    it = asked(shop, handoff_id)
    refuse(shop, why)
    assert not post(shop, it)
    row = stored(shop, it)
    assert row.failed_at is not None
    assert why in (row.outcome or "")
    assert in_ticket(shop) == []
    assert asked(shop, handoff_id) != it


def test_it_is_given_up_after_two_days(shop: Shop) -> None:
    it = asked(shop, shop.escalated())
    shop.psa.before["own_notes"] = failing(Unavailable("GET: 503"))
    post(shop, it)
    shop.clock.advance(LASTS.total_seconds() + 60)
    post(shop, it)
    assert "two days" in (stored(shop, it).outcome or "")


def test_one_that_came_back_in_the_discussion_is_removed_and_freezes_the_account(shop: Shop) -> None:
    it = asked(shop, shop.escalated(), "resolution")

    def visible() -> None:
        raise VisibleNote("came back in the discussion", note_id=shop.psa.posted[TICKET][-1].id)

    shop.psa.after["post_resolution_note"] = visible
    assert not post(shop, it)
    assert in_ticket(shop) == []
    assert shop.services.desk(shop.account_id).frozen


def test_the_sweeper_rings_for_it(shop: Shop) -> None:
    it = asked(shop, shop.escalated())
    shop.clock.advance(10)
    shop.sweep()
    assert shop.bell.take("resolve") == [{"account_id": shop.account_id, "resolution_id": it}]


def closed(shop: Shop, fix: str = FIX, *, claimed: bool = True) -> int:
    """Let a junior escalate, a senior take and mend it, and close it; return the handoff."""
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    shop.clock.advance(300)
    if claimed:
        shop.psa.change(TICKET, owner="msvensson", status_id=ASSIGNED, status="Assigned to Engineer", updated_by="msvensson")
        shop.triage()
        shop.observe()
    shop.clock.advance(300)
    if fix:
        shop.psa.note(TICKET, fix, by="msvensson" if claimed else "jlind")
    shop.clock.advance(60)
    shop.psa.change(TICKET, closed=True, closed_at=shop.clock(), updated_by="msvensson")
    shop.triage()
    return handoff_id


def messages(shop: Shop, handoff_id: int) -> list[tuple[int, str]]:
    with shop.database.account(shop.account_id, reading=True) as session:
        rows = deliveries.of_handoff(session, shop.account_id, handoff_id)
    return [(row.recipient_user_id, row.status) for row in rows if row.kind == "solved"]


def test_as_it_closes_what_mended_it_is_kept_and_the_junior_told_once(shop: Shop) -> None:
    handoff_id = closed(shop)
    with shop.database.account(shop.account_id, reading=True) as session:
        kept = endings.get(session, shop.account_id, handoff_id)
        draft = notes.draft_of(session, shop.account_id, handoffs.get(session, shop.account_id, handoff_id))  # type: ignore[arg-type]
    assert kept is not None
    assert draft is not None
    assert "Replaced the power supply" in (kept.fix or "")
    assert "failing fan" in (kept.cause or "")
    assert any("Replaced the power supply" in line.text for line in draft.fix), "its last reading is kept"
    assert messages(shop, handoff_id) == [(1, "queued")]
    assert in_ticket(shop) == [], "nothing is posted by itself"
    shop.settle()
    shop.triage()
    assert messages(shop, handoff_id) == [(1, "queued")], "no later settlement takes it back"


@pytest.mark.parametrize("why", ["switched off", "nothing known", "nobody had it"])
def test_the_junior_is_told_nothing_where(shop: Shop, why: str) -> None:
    if why == "switched off":
        set_account(shop, settings={"tell_junior": False})
    handoff_id = closed(shop, "" if why == "nothing known" else FIX, claimed=why != "nobody had it")
    assert messages(shop, handoff_id) == []


def test_an_account_that_wants_it_has_the_internal_draft_posted_as_its_ticket_closes(shop: Shop) -> None:
    set_account(shop, settings={"post_resolution": True})
    handoff_id = closed(shop)
    with shop.database.account(shop.account_id, reading=True) as session:
        row = notes.of_handoff(session, shop.account_id, handoff_id)
    assert row is not None
    assert (row.form, row.member_id) == ("internal", None)
    assert post(shop, row.id)
    assert "drafted and posted by ResolutionFlow" in in_ticket(shop)[0]
    assert shop.psa.posted[TICKET][-1].internal


def test_what_customers_can_see_is_never_posted_by_itself(shop: Shop) -> None:
    it = asked(shop, shop.escalated(), "resolution", member_id=None)
    assert not post(shop, it)
    assert in_ticket(shop) == []


def test_a_note_that_was_posted_before_the_close_is_what_the_memory_keeps(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    assert post(shop, asked(shop, handoff_id))
    shop.psa.change(TICKET, owner="msvensson", status_id=ASSIGNED, status="Assigned to Engineer", updated_by="msvensson")
    shop.triage()
    shop.observe()
    shop.psa.change(TICKET, closed=True, closed_at=shop.clock(), updated_by="msvensson")
    shop.triage()
    with shop.database.account(shop.account_id, reading=True) as session:
        kept = endings.get(session, shop.account_id, handoff_id)
    assert kept is not None
    assert kept.fix == "Replaced the power supply of the firewall."


def remembered(shop: Shop) -> tuple[str | None, str | None, str | None]:
    with shop.database.account(shop.account_id, reading=True) as session:
        lesson = resolved.of_ticket(session, shop.account_id, TICKET)
        assert resolved.of_ticket(session, shop.account_id, TICKET + 1) is None
    assert lesson is not None
    return lesson.fix, lesson.fix_source, lesson.resolver


def test_a_note_that_is_posted_after_the_close_renews_what_the_memory_keeps(shop: Shop) -> None:
    problem = Note(1, "The VPN drops each night.", Person("Ellen", "customer"), shop.clock(), "discussion", is_description=True)
    shop.psa.children[TICKET] = [problem]
    handoff_id = closed(shop, "Replaced the power supply of the firewall, it works again.")
    before = remembered(shop)
    assert (before[1] or "").startswith("internal note "), before
    it = asked(shop, handoff_id)
    assert remembered(shop) == before, "only asked for"
    assert post(shop, it)
    note = shop.psa.posted[TICKET][-1]
    assert remembered(shop) == ("Replaced the power supply of the firewall.", f"resolution note {note.id}", "Maja Svensson")


def test_a_note_that_is_posted_by_itself_after_the_close_changes_nothing_in_the_memory(shop: Shop) -> None:
    problem = Note(1, "The VPN drops each night.", Person("Ellen", "customer"), shop.clock(), "discussion", is_description=True)
    shop.psa.children[TICKET] = [problem]
    set_account(shop, settings={"post_resolution": True})
    handoff_id = closed(shop)
    before = remembered(shop)
    with shop.database.account(shop.account_id, reading=True) as session:
        row = notes.of_handoff(session, shop.account_id, handoff_id)
    assert row is not None
    assert post(shop, row.id)
    assert remembered(shop) == before


def test_the_junior_s_message_goes_to_a_technician(shop: Shop) -> None:
    handoff_id = closed(shop)
    with shop.database.account(shop.account_id, reading=True) as session:
        (mine,) = [row for row in deliveries.of_handoff(session, shop.account_id, handoff_id) if row.kind == "solved"]
    assert notify.deliver(shop.services, account_id=shop.account_id, delivery_id=mine.id)
    (message,) = [m for m in shop.mailer.sent if "jonas.lind@" in str(m["To"])]
    assert "Replaced the power supply" in str(message)


def test_one_refusal_of_an_old_note_is_no_alert_and_a_quarter_of_an_hour_of_them_is(shop: Shop) -> None:
    it = asked(shop, shop.escalated())

    def told_of(error: PsaError) -> list[str]:
        shop.psa.before["post_internal_note"] = failing(error)
        shop.clock.advance(301)
        post(shop, it)
        with shop.database.account(shop.account_id, reading=True) as session:
            return [alert.subject for alert in jobs.open_alerts(session, shop.account_id) if alert.kind == Kind.REFUSED]

    assert [told_of(Unavailable("POST: 503")) for _ in range(5)] == [[]] * 5
    refused = Forbidden("POST: 403", status=403)
    assert [told_of(refused) for _ in range(4)] == [[], [], [], [refusals.Write.RESOLUTION_NOTES]]
