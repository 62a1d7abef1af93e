"""Who took it, by each way ConnectWise shows, and what they did first."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta

import pytest

from escalation.response.sightings import RESPONSE_VERSION
from models.account import accounts
from models.handoff import claims, deliveries, handoffs
from psa.connectwise.schemas import decode
from psa.connectwise.schemas.ticket import TicketRow
from psa.port import Unavailable
from tests.fakes import ASSIGNED, ESCALATED, NEW, FakeClock
from tests.integration.worker.conftest import Shop
from tests.integration.worker.response.followed import brief_now, handed_off, newest, seen_after
from worker.handoff import notify, preview, triage
from worker.response.observe import observe
from worker.upkeep import poller


class Ahead(FakeClock):
    """A clock that goes with another one."""

    def __init__(self, other: FakeClock, seconds: float) -> None:
        self.other, self.ahead = other, timedelta(seconds=seconds)

    def __call__(self) -> datetime:
        return self.other() + self.ahead


def skewed(shop: Shop, ahead: float) -> None:
    """Let the PSA's clock be so many seconds ahead of ours."""
    shop.psa.clock = Ahead(shop.clock, ahead)
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, clock_skew_s=ahead)


@pytest.mark.parametrize("ahead", [-180.0, 180.0])
def test_who_takes_what_was_handed_off_by_hand_is_seen_whatever_the_psa_s_clock_says(shop: Shop, ahead: float) -> None:
    skewed(shop, ahead)
    shop.psa.add(status=NEW)
    assert preview.hand_off(shop.services, account_id=shop.account_id, ticket_id=48213) == 0
    assert newest(shop).escalated_at == shop.psa.clock()
    shop.clock.advance(60)
    shop.psa.change(48213, owner="tobrien", updated_by="tobrien")
    assert seen_after(shop).claimed_by == 3


class TestClaims:
    def test_becoming_the_owner(self, shop: Shop) -> None:
        handed_off(shop)
        at = shop.clock()
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        handoff = seen_after(shop)
        assert (handoff.response_state, handoff.claimed_by, handoff.claim_kind) == ("claimed", 2, "owner")
        assert (handoff.claimed_at, handoff.claim_source) == (at, "ticket 48213, owner")

    def test_moving_it_to_a_claim_status(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.change(48213, status_id=ASSIGNED, updated_by="tobrien")
        handoff = seen_after(shop)
        assert (handoff.claimed_by, handoff.claim_kind) == (3, "status")

    def test_acknowledging_the_schedule_entry(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.plan(48213, "msvensson", None)
        assert seen_after(shop).response_state == "open"
        shop.psa.planned[48213].clear()
        shop.psa.plan(48213, "msvensson", shop.clock())
        assert seen_after(shop).claim_kind == "schedule"

    def test_starting_a_time_entry_which_is_the_first_action_only_if_it_reports_one(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.time(48213, "", by="msvensson")
        handoff = seen_after(shop)
        assert (handoff.response_state, handoff.claim_kind) == ("claimed", "time_entry")
        shop.clock.advance(120)
        shop.psa.time(48213, "Cleared the stale SA on the firewall, tunnel is up", by="msvensson")
        handoff = seen_after(shop)
        assert handoff.response_state == "acted"
        assert handoff.first_action is not None
        assert handoff.first_action["kind"] == "time_entry"

    def test_a_technician_claims_nothing(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.change(48213, owner="jlind", updated_by="jlind")
        assert seen_after(shop).response_state == "open"

    def test_who_lost_the_role_claims_nothing(self, shop: Shop) -> None:
        handed_off(shop)
        with shop.database.account(shop.account_id) as session:
            members = [
                accounts.MemberRow(r.id, r.identifier, r.name, r.email)
                for r in accounts.roster_rows(session, shop.account_id)
            ]
            accounts.import_members(session, shop.account_id, members, engineers=["tobrien"])
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        assert seen_after(shop).response_state == "open"

    def test_the_owner_it_was_escalated_with_has_taken_nothing(self, shop: Shop) -> None:
        shop.psa.add(status=ESCALATED, owner="msvensson")
        (handoff_id,) = shop.triage()
        shop.publish(handoff_id)
        assert seen_after(shop, 300).response_state == "open"

    def test_is_found_by_the_timer_if_no_callback_comes(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.note(48213, "I'll take this one", by="tobrien")
        shop.sweep()
        assert newest(shop).response_state == "open"
        shop.clock.advance(shop.services.settings.intervals.observe_open)
        shop.sweep()
        assert (newest(shop).claimed_by, newest(shop).claim_kind) == (3, "note")

    def test_a_claim_before_the_brief_is_posted_stops_no_brief(self, shop: Shop) -> None:
        handoff_id = shop.escalated()
        shop.clock.advance(2)
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        assert seen_after(shop).response_state == "claimed"
        assert shop.publish(handoff_id)
        assert "**Claimed by Maja Svensson** at 15:55, as the ticket's owner." in shop.psa.posted[48213][0].text
        assert shop.tell(handoff_id) == 0
        with shop.database.account(shop.account_id) as session:
            rows = deliveries.of_handoff(session, shop.account_id, handoff_id)
        assert {(r.recipient_user_id, r.status, r.reason) for r in rows} == {
            (2, "suppressed", "claimed by Maja Svensson"),
            (3, "suppressed", "no e-mail address"),
        }

    def test_taken_and_closed_before_anybody_looked(self, shop: Shop) -> None:
        handed_off(shop)
        at = shop.clock()
        shop.psa.time(48213, "Replaced the expired certificate, VPN is stable", by="msvensson")
        shop.clock.advance(60)
        shop.psa.change(48213, closed=True, updated_by="msvensson")
        handoff = seen_after(shop)
        assert (handoff.response_state, handoff.claimed_by) == ("resolved", 2)
        assert (handoff.claimed_at, handoff.acted_at) == (at, at)
        assert "**Claimed by Maja Svensson**" in brief_now(shop), "and it still comes to stand there"


class TestWhatACallbackToldOf:
    def test_a_fast_senior_is_not_taken_for_who_escalated(self, shop: Shop) -> None:
        escalated_at = shop.clock()
        shop.psa.add(status=ESCALATED)
        shop.clock.advance(20)
        took_at = shop.clock()
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        shop.clock.advance(5)
        (handoff_id,) = shop.told(at=escalated_at, member="jlind", status=ESCALATED)
        handoff = newest(shop)
        assert (handoff.id, handoff.escalated_at, handoff.escalated_by) == (handoff_id, escalated_at, "jlind")
        handoff = seen_after(shop)
        assert (handoff.claimed_by, handoff.claimed_at) == (2, took_at)

    def test_a_workflow_that_saves_after_a_claim_hides_nothing(self, shop: Shop) -> None:
        handed_off(shop)
        took_at = shop.clock()
        shop.clock.advance(2)
        shop.psa.change(48213, owner="msvensson", status_id=ASSIGNED, updated_by="WorkflowRule")
        shop.told(at=took_at, member="msvensson", status=ASSIGNED, owner="msvensson")
        shop.observe()
        assert (newest(shop).claimed_by, newest(shop).claimed_at) == (2, took_at)

    def test_a_senior_who_saved_last_without_a_callback_is_not_said_to_have_escalated(self, shop: Shop) -> None:
        shop.psa.add(status=ESCALATED, updated_by="msvensson")
        shop.triage()
        assert newest(shop).escalated_by is None


class TestFirstAction:
    def test_looking_into_it_is_none_and_a_deed_is(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        seen_after(shop)
        shop.clock.advance(30)
        shop.psa.note(48213, "Looking into it", by="msvensson")
        assert seen_after(shop).response_state == "claimed"
        shop.clock.advance(240)
        at = shop.clock()
        shop.psa.note(48213, "Cleared the phase 2 SA and the tunnel came back up.", by="msvensson")
        handoff = seen_after(shop)
        assert (handoff.response_state, handoff.acted_at) == ("acted", at)
        assert handoff.first_action is not None
        assert (handoff.first_action["kind"], handoff.first_action["trusted"]) == ("note", True)
        assert handoff.first_action["version"] == RESPONSE_VERSION
        with shop.database.account(shop.account_id) as session:
            moves = [m for m in handoffs.transitions(session, shop.account_id, handoff.id) if m.machine == "response"]
        assert [(m.from_state, m.to_state, m.actor) for m in moves] == [
            (None, "open", "jlind"), ("open", "claimed", "msvensson"), ("claimed", "acted", "msvensson"),
        ]  # fmt: skip
        assert f"first action 16:00 ({handoff.first_action['source']})" in brief_now(shop)

    def test_the_answer_to_the_brief_is_kept_and_shown(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        seen_after(shop)
        shop.psa.note(48213, "I start with the phase 2 lifetimes on both ends", by="msvensson")
        handoff = seen_after(shop)
        assert handoff.response_state == "claimed"
        assert handoff.read_back is not None
        assert 'Says: "I start with the phase 2 lifetimes on both ends".' in brief_now(shop)

    def test_is_not_chosen_while_an_earlier_one_may_be_unread(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        seen_after(shop)
        shop.clock.advance(60)
        shop.psa.note(48213, "Restarted the IKE service, no change.", by="msvensson")
        shop.psa.before["time_entries"] = lambda: _raise(Unavailable("GET time: 503"))
        assert seen_after(shop).response_state == "claimed"
        shop.psa.before.clear()
        assert seen_after(shop).response_state == "acted"


class TestTheEndOfAClaim:
    def test_without_action_it_runs_out_is_announced_once_and_offered_again(self, shop: Shop) -> None:
        handoff_id = handed_off(shop)
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        handoff = seen_after(shop)
        assert handoff.claimed_at is not None
        assert handoff.claim_expires_at == handoff.claimed_at + timedelta(minutes=60)
        shop.mailer.sent.clear()
        shop.clock.advance(3600)
        for _ in range(3):
            shop.sweep()
            shop.clock.advance(1)
        handoff = newest(shop)
        assert (handoff.response_state, handoff.claimed_by) == ("open", None)
        assert len(shop.mailer.sent) == 1
        told = str(shop.mailer.sent[0].get_body(("plain",)))
        assert "without a first action" in told
        assert "Waiting 1 h 1 min, ticket open for 3 h 1 min at 16:56" in told, "the wait as it is now"
        assert "**Free again** since 16:56: Maja Svensson, its claim ran out" in brief_now(shop)
        shop.psa.change(48213, owner="tobrien", updated_by="tobrien")
        assert seen_after(shop).claimed_by == 3
        with shop.database.account(shop.account_id) as session:
            assert len(claims.returns(session, shop.account_id, handoff_id)) == 1

    @pytest.mark.parametrize("ahead", [-180.0, 180.0])
    def test_is_stored_by_the_psa_s_clock_so_that_who_takes_it_next_is_seen(self, shop: Shop, ahead: float) -> None:
        skewed(shop, ahead)
        handoff_id = handed_off(shop)
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        expires = seen_after(shop).claim_expires_at
        assert expires is not None
        shop.clock.advance(3600)
        shop.sweep()
        with shop.database.account(shop.account_id) as session:
            (back,) = claims.returns(session, shop.account_id, handoff_id)
        assert back.happened_at == expires + timedelta(seconds=ahead)
        shop.clock.advance(60)
        shop.psa.change(48213, owner="tobrien", updated_by="tobrien")
        assert seen_after(shop).claimed_by == 3

    def test_an_action_seen_at_the_last_moment_keeps_it(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        seen_after(shop)
        shop.clock.advance(3590)
        shop.psa.note(48213, "Replaced the failing SFP, link is clean now.", by="msvensson")
        shop.clock.advance(60)
        shop.sweep()
        assert newest(shop).response_state == "acted"

    def test_it_does_not_run_out_over_the_weekend(self, shop: Shop) -> None:
        shop.clock.advance(55 * 60)  # Friday, ten minutes before closing
        handed_off(shop)
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        handoff = seen_after(shop)
        assert handoff.claim_expires_at is not None
        assert handoff.claim_expires_at.strftime("%a %H:%M") == "Mon 08:51"

    def test_it_ends_with_whoever_had_it(self, shop: Shop) -> None:
        """One who leaves, or claims no more, on a Friday had kept a ticket from everybody else until Monday."""
        for ticket_id, no_longer in ((48213, {"active": False}), (48214, {"role": "technician"})):
            shop.psa.add(ticket_id, status=11)
            (handoff_id,) = shop.triage(ticket_id)
            shop.publish(handoff_id)
            shop.psa.change(ticket_id, owner="msvensson", updated_by="msvensson")
            assert shop.triage(ticket_id) == []
            shop.observe()
            with shop.database.account(shop.account_id) as session:
                row = next(row for row in accounts.roster_rows(session, shop.account_id) if row.identifier == "msvensson")
                before = {name: getattr(row, name) for name in no_longer}
                for name, value in no_longer.items():
                    setattr(row, name, value)
            shop.clock.advance(600)
            observe(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
            (handoff,) = shop.handoffs(ticket_id)
            assert (handoff.response_state, handoff.claimed_by) == ("open", None), no_longer
            shop.clock.advance(60)
            shop.psa.change(ticket_id, owner="tobrien", updated_by="tobrien")
            shop.triage(ticket_id)
            shop.observe()
            assert shop.handoffs(ticket_id)[0].claimed_by == 3, no_longer
            with shop.database.account(shop.account_id) as session:
                row = next(row for row in accounts.roster_rows(session, shop.account_id) if row.identifier == "msvensson")
                for name, value in before.items():
                    setattr(row, name, value)

    def test_it_stays_with_whom_the_pages_let_claim(self, shop: Shop) -> None:
        """A technician who was promoted while the ticket was read, and an engineer whose own keys we use."""
        for ticket_id, member_id, us in ((48213, 1, "resolutionflow"), (48214, 2, "msvensson")):
            shop.psa.add(ticket_id, status=11)
            (handoff_id,) = shop.triage(ticket_id)

            def claim(handoff_id: int = handoff_id, member_id: int = member_id, us: str = us) -> None:
                with shop.database.account(shop.account_id) as session:
                    accounts.set_account(session, shop.account_id, api_member=us)
                    next(row for row in accounts.roster_rows(session, shop.account_id) if row.id == member_id).role = "engineer"
                    assert claims.claim(session, shop.account_id, handoff_id, member_id=member_id, now=shop.clock(), kind="link")

            shop.psa.before["ticket"] = claim
            shop.clock.advance(3600)
            observe(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
            shop.psa.before.clear()
            assert shop.handoffs(ticket_id)[0].claimed_by == member_id, us
            shop.clock.advance(600)
            observe(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
            assert shop.handoffs(ticket_id)[0].claimed_by == member_id, us

    def test_an_owner_who_cannot_be_read_gives_nothing_back(self, shop: Shop) -> None:
        """By number alone, as a number or a text: for a moment, in what is read or in what a callback tells."""
        handed_off(shop)
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        seen_after(shop)
        for owner in ({"id": 155}, 155, "msvensson", ["x"], {"id": "x", "name": "Maja Svensson"}):
            shop.clock.advance(60)
            entity = {"id": 48213, "board": {"id": 1}, "status": {"id": 11}, "owner": owner,
                      "_info": {"lastUpdated": f"{shop.clock():%Y-%m-%dT%H:%M:%SZ}", "updatedBy": "msvensson"}}  # fmt: skip
            row = decode.record(json.dumps(entity).encode(), TicketRow).ticket()
            shop.told(at=shop.clock(), member="msvensson", status=11, owner=owner)
            if row.owner is None:
                shop.psa.change(48213, owner=None, owner_unread=row.owner_unread, updated_by="msvensson")
            handoff = seen_after(shop)
            assert (handoff.response_state, handoff.claimed_by) == ("claimed", 2), owner
        shop.clock.advance(60)
        shop.psa.change(48213, owner="tobrien", owner_unread=False, updated_by="msvensson")
        assert seen_after(shop).claimed_by == 3

    def test_given_back_in_the_psa_by_clearing_the_owner(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        seen_after(shop)
        shop.clock.advance(60)
        shop.psa.change(48213, owner=None, updated_by="msvensson")
        handoff = seen_after(shop)
        assert (handoff.response_state, handoff.claimed_by) == ("open", None)
        shop.clock.advance(60)
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        assert seen_after(shop).claimed_by == 2

    def test_handed_to_another_engineer_in_the_psa(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
        seen_after(shop)
        shop.clock.advance(60)
        at = shop.clock()
        shop.psa.change(48213, owner="tobrien", updated_by="msvensson")
        handoff = seen_after(shop)
        assert (handoff.claimed_by, handoff.claimed_at) == (3, at)

    def test_escalated_again_while_claimed_ends_the_first_and_opens_the_second(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.change(48213, status_id=ASSIGNED, owner="msvensson", updated_by="msvensson")
        seen_after(shop)
        shop.clock.advance(600)
        shop.psa.change(48213, status_id=ESCALATED, updated_by="msvensson")
        seen_after(shop)
        assert [(h.episode, h.response_state) for h in shop.handoffs()] == [(2, "open"), (1, "resolved")]
        assert shop.handoffs()[1].end_reason == "escalated again"


    def test_a_claimed_ticket_that_is_deleted_is_ended(self, shop: Shop) -> None:
        handed_off(shop)
        shop.psa.change(48213, status_id=ASSIGNED, updated_by="msvensson")
        assert seen_after(shop).response_state == "claimed"
        del shop.psa.tickets[48213]
        shop.clock.advance(400)
        shop.sweep()
        for ids in shop.bell.take("triage"):
            triage.triage(shop.services, **ids)
        assert (newest(shop).response_state, newest(shop).missing_since) == ("claimed", shop.clock()), "nobody told of a deletion"
        shop.triage(action="deleted")
        assert (newest(shop).response_state, newest(shop).end_reason) == ("resolved", "deleted")


def _raise(error: Exception) -> None:
    raise error


def test_what_a_senior_does_again_after_the_brief_is_counted(shop: Shop) -> None:
    handed_off(shop)
    shop.clock.advance(240)
    shop.psa.note(48213, "Rebooted the firewall again, it dropped after a few hours.", by="msvensson")
    shop.psa.note(48213, "Rebooted the firewall once more.", by="jlind")
    seen_after(shop)
    brief_now(shop)
    row = newest(shop)
    assert row.repeated_at == shop.clock()
    assert row.repeats is not None
    assert len(row.repeats) == 1
    assert (row.repeats[0]["kind"], row.repeats[0]["step"]) == ("step", 0)
    assert "Rebooted the firewall again" in row.repeats[0]["evidence"]


def test_the_junior_is_asked_once_and_only_if_the_account_wants_it(shop: Shop) -> None:
    handed_off(shop)
    brief_now(shop)
    assert len(shop.psa.posted[48213]) == 1
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, ask_junior=True)
    for _ in range(2):
        shop.clock.advance(60)
        shop.psa.note(48213, f"Customer called again at {shop.clock():%H:%M}.")
        seen_after(shop)
        brief_now(shop)
    notes = [note.text for note in shop.psa.posted[48213]]
    assert len(notes) == 2
    assert notes[1].startswith("jlind, one question before an engineer claims this: ")


def test_reading_twice_changes_nothing(shop: Shop) -> None:
    handoff_id = handed_off(shop)
    shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
    for _ in range(2):
        seen_after(shop)
    with shop.database.account(shop.account_id) as session:
        moves = [m.to_state for m in handoffs.transitions(session, shop.account_id, handoff_id)]
    assert moves.count("claimed") == 1


def test_who_left_and_who_came_is_known_two_polls_later_and_told_accordingly(shop: Shop) -> None:
    shop.psa_members_with_mail()
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    queued = notify.notify(shop.services, account_id=shop.account_id, handoff_id=handoff_id)
    left = [m for m in shop.psa.members() if m.identifier != "tobrien"]
    shop.psa.members = lambda: left  # type: ignore[method-assign]
    for _ in range(2):
        shop.clock.advance(shop.services.settings.intervals.poll + 1)
        poller.poll(shop.services, account_id=shop.account_id)
    for delivery_id in queued:
        notify.deliver(shop.services, account_id=shop.account_id, delivery_id=delivery_id)
    with shop.database.account(shop.account_id) as session:
        rows = deliveries.of_handoff(session, shop.account_id, handoff_id)
    assert {(r.recipient_user_id, r.status) for r in rows} == {(2, "sent"), (3, "suppressed")}
    assert "no longer" in next(r.reason or "" for r in rows if r.recipient_user_id == 3)


def test_beside_a_brief_that_a_person_edited_stands_one_note_with_who_has_it(shop: Shop) -> None:
    handed_off(shop)
    brief_note = shop.psa.posted[48213][0]
    shop.psa.posted[48213] = [dataclasses.replace(brief_note, text="My own words about this.")]
    for minute in range(3):
        shop.clock.advance(60)
        shop.psa.note(48213, f"Customer rang, call {minute}.")
        seen_after(shop)
        brief_now(shop)
    shop.psa.change(48213, owner="msvensson", updated_by="msvensson")
    seen_after(shop)
    brief_now(shop)
    texts = [note.text for note in shop.psa.posted[48213]]
    assert len(texts) == 2
    assert texts[0] == "My own words about this."
    assert "**Claimed by Maja Svensson**" in texts[1]
