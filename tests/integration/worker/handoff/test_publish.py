"""Exactly one brief, whatever a POST does: refused, throttled, unanswered, visible, doubled, or edited by a person."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import pytest

from models.account import accounts
from models.handoff import briefs, feed, handoffs
from models.work import jobs
from psa.port import (
    Ambiguous,
    Forbidden,
    NotFound,
    PostedNote,
    PsaError,
    Refused,
    Throttled,
    Unavailable,
    VisibleNote,
)
from tests.integration.worker.conftest import Shop
from worker.handoff import refresh


def _raise(error: PsaError) -> None:
    raise error


def test_a_status_change_becomes_one_internal_note_and_one_mail(shop: Shop) -> None:
    handoff_id = shop.escalated()
    assert shop.publish(handoff_id)
    assert shop.tell(handoff_id) == 1
    (handoff,) = shop.handoffs()
    (note,) = shop.psa.posted[48213]
    assert handoff.brief_state == "posted"
    assert handoff.escalation_package_external_id == note.id
    assert f"[ref: {handoff.marker}]" in note.text
    assert "Rebooted the firewall" in note.text
    assert [m["To"] for m in shop.mailer.sent] == ["Maja Svensson <maja@northgate.example>"]


def test_publishing_again_posts_nothing(shop: Shop) -> None:
    handoff_id = shop.escalated()
    assert shop.publish(handoff_id)
    assert not shop.publish(handoff_id)
    assert len(shop.psa.posted[48213]) == 1


def test_a_post_that_was_applied_but_not_answered_is_found_and_not_repeated(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.psa.after["post_internal_note"] = lambda: _raise(Ambiguous("POST notes: connection reset"))
    assert not shop.publish(handoff_id)
    shop.psa.after.clear()
    shop.clock.advance(5)
    assert shop.publish(handoff_id)
    (handoff,) = shop.handoffs()
    assert len(shop.psa.posted[48213]) == 1
    assert handoff.brief_state == "posted"


@pytest.mark.parametrize("internal", [True, False])
def test_a_note_with_our_mark_and_an_unreadable_author_is_our_brief_where_no_customer_sees_it(shop: Shop, internal: bool) -> None:
    handoff_id = shop.escalated()
    shop.psa.after["post_internal_note"] = lambda: _raise(Ambiguous("POST notes: connection reset"))
    assert not shop.publish(handoff_id)
    shop.psa.after.clear()
    (there,) = shop.psa.posted[48213]
    shop.psa.posted[48213] = [dataclasses.replace(there, created_by=None, internal=internal)]
    shop.clock.advance(120)
    assert shop.publish(handoff_id)
    assert (shop.handoffs()[0].escalation_package_external_id == there.id) == internal, "a copy somebody made is none of ours"
    assert len(shop.psa.posted[48213]) == 2 - internal
    assert not shop.services.desk(shop.account_id).frozen


def test_a_post_of_unknown_outcome_is_not_repeated_before_it_can_no_longer_arrive(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.psa.before["post_internal_note"] = lambda: _raise(Ambiguous("POST notes: time-out"))
    assert not shop.publish(handoff_id)
    shop.psa.before.clear()
    waits = shop.services.settings.intervals
    for _ in range(9):
        shop.clock.advance((waits.post_timeout + waits.ambiguous_wait) / 10)
        shop.publish(handoff_id)
        assert not shop.psa.posted.get(48213), "still inside the time in which the first POST may arrive"
    shop.clock.advance(waits.post_timeout)
    assert shop.publish(handoff_id)
    assert len(shop.psa.posted[48213]) == 1


@pytest.mark.parametrize("error", [Forbidden("403"), NotFound("404"), Unavailable("503")])
def test_not_being_able_to_look_is_unknown_and_not_absent(shop: Shop, error: PsaError) -> None:
    handoff_id = shop.escalated()
    shop.psa.before["post_internal_note"] = lambda: _raise(Ambiguous("POST notes: time-out"))
    shop.publish(handoff_id)
    shop.psa.before = {"own_notes": lambda: _raise(error)}
    shop.clock.advance(1000)
    assert not shop.publish(handoff_id)
    assert shop.handoffs()[0].brief_state == "pending"
    assert not shop.psa.posted.get(48213)


def test_a_throttled_post_waits_as_long_as_it_is_told(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.psa.before["post_internal_note"] = lambda: _raise(Throttled("POST notes: 429", retry_after=30))
    assert not shop.publish(handoff_id)
    shop.psa.before.clear()
    shop.clock.advance(29)
    assert not shop.publish(handoff_id)
    shop.clock.advance(3)
    assert shop.publish(handoff_id)


def test_a_refused_post_is_parked_with_its_reason_and_the_engineers_hear_of_it(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.psa.before["post_internal_note"] = lambda: _raise(Refused("POST /service/tickets/48213/notes: 400"))
    assert shop.publish(handoff_id), "the engineers are told without the note"
    (handoff,) = shop.handoffs()
    assert (handoff.brief_state, handoff.park_reason) == ("parked", "POST /service/tickets/48213/notes: 400")
    with shop.database.account(shop.account_id) as session:
        assert [a.kind for a in jobs.open_alerts(session, shop.account_id)] == ["brief parked"]
    assert shop.tell(handoff_id) == 1
    assert "not" in shop.mailer.sent[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_note_that_comes_back_visible_is_removed_and_the_account_frozen(shop: Shop) -> None:
    handoff_id = shop.escalated()

    def visible() -> None:
        raise VisibleNote("note is visible to customers", note_id=shop.psa.posted[48213][0].id)

    shop.psa.after["post_internal_note"] = visible
    shop.publish(handoff_id)
    assert shop.psa.posted[48213] == []
    with shop.database.account(shop.account_id) as session:
        account = accounts.get(session, shop.account_id)
        assert account is not None
        assert "visible" in (account.frozen_reason or "")
    shop.psa.after.clear()
    other = shop.psa.add(48300, status=11)
    (second,) = shop.triage(other.id)
    assert not shop.publish(second), "nothing is written to a frozen account"
    assert not shop.psa.posted.get(48300)


def test_two_notes_with_one_marker_become_one(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.psa.after["post_internal_note"] = lambda: _raise(Ambiguous("POST notes: 504"))
    shop.publish(handoff_id)
    (first,) = shop.psa.posted[48213]
    shop.psa.posted[48213].append(PostedNote(first.id + 1, first.text, "resolutionflow", internal=True))
    shop.psa.after.clear()
    shop.clock.advance(5)
    assert shop.publish(handoff_id)
    assert [n.id for n in shop.psa.posted[48213]] == [first.id]
    assert shop.handoffs()[0].extra_notes_removed == 1


def test_a_stale_worker_cannot_write_after_another_took_over(shop: Shop) -> None:
    handoff_id = shop.escalated()

    def freeze_beyond_the_lease() -> None:
        shop.psa.before.clear()
        shop.clock.advance(shop.services.settings.intervals.lease + 1)
        shop.publish(handoff_id)

    shop.psa.before["related"] = freeze_beyond_the_lease
    assert not shop.publish(handoff_id)
    assert len(shop.psa.posted[48213]) == 1
    assert shop.handoffs()[0].brief_state == "posted"


def test_what_cannot_be_read_is_a_gap_and_no_failure(shop: Shop) -> None:
    handoff_id = shop.escalated()
    for child in ("documents", "related", "tasks"):
        shop.psa.before[child] = lambda: _raise(Forbidden("403"))
    assert shop.publish(handoff_id)
    with shop.database.account(shop.account_id) as session:
        evidence = handoffs.latest_snapshot(session, shop.account_id, handoff_id, kind="handoff")
    assert evidence is not None
    assert {g.source for g in evidence.gaps} == {"documents", "related", "tasks"}


def test_what_was_tried_on_a_merged_ticket_is_in_the_brief(shop: Shop) -> None:
    shop.psa.add(48100, merged_into=48213)
    shop.psa.note(48100, "Swapped the modem, no change.")
    shop.psa.add(status=11, has_merged_children=True)
    (handoff_id,) = shop.triage()
    assert shop.publish(handoff_id)
    assert "Swapped the modem" in shop.psa.posted[48213][0].text


def _refresh(shop: Shop, handoff_id: int) -> bool:
    with shop.database.account(shop.account_id) as session:
        briefs.ask_refresh(session, shop.account_id, handoff_id, due_at=shop.clock())
    return refresh.refresh(shop.services, account_id=shop.account_id, handoff_id=handoff_id)


def test_new_facts_are_edited_into_the_same_note(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    assert not _refresh(shop, handoff_id), "nothing changed, nothing written"
    shop.psa.note(48213, "Swapped the modem, no change.")
    assert _refresh(shop, handoff_id)
    (note,) = shop.psa.posted[48213]
    changed = note.text.partition("**Changed since the first brief:**")[2].partition("**Ask:**")[0]
    assert "Swapped the modem" in changed
    assert not _refresh(shop, handoff_id)


def test_an_edit_is_told_to_listeners_and_is_no_move_of_the_handoff(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)

    def seen() -> tuple[feed.Place, int]:
        with shop.database.account(shop.account_id, reading=True) as session:
            moves = len(handoffs.transitions(session, shop.account_id, handoff_id))
            return feed.now_at(session, shop.account_id, shop.clock()), moves

    def told(place: feed.Place) -> list[int | None]:
        with shop.database.account(shop.account_id, reading=True) as session:
            return [move.handoff_id for move in feed.since(session, shop.account_id, place, now=shop.clock())[0]]

    place, moves = seen()
    assert not _refresh(shop, handoff_id)
    assert told(place) == [], "nothing changed, nothing told"
    shop.psa.note(48213, "Swapped the modem, no change.")
    assert _refresh(shop, handoff_id)
    assert told(place) == [handoff_id]
    assert seen()[1] == moves


def test_an_edit_that_was_applied_but_not_answered_is_still_known_to_be_ours(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    shop.psa.note(48213, "Swapped the modem, no change.")
    shop.psa.after["edit_note"] = lambda: _raise(Ambiguous("PATCH notes: connection reset"))
    assert not _refresh(shop, handoff_id)
    shop.psa.after.clear()
    shop.clock.advance(3600)  # the text has another clock in it by now
    assert _refresh(shop, handoff_id)
    shop.psa.note(48213, "Swapped the cable too, no change.")
    assert _refresh(shop, handoff_id)
    (note,) = shop.psa.posted[48213]
    assert "Swapped the cable" in note.text


def test_a_note_that_a_person_edited_is_never_overwritten(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    (note,) = shop.psa.posted[48213]
    by_hand = PostedNote(note.id, note.text + "\nI tried that already. /Maja", "resolutionflow", internal=True)
    shop.psa.posted[48213] = [by_hand]
    shop.psa.note(48213, "Swapped the modem, no change.")
    _refresh(shop, handoff_id)
    kept, short = shop.psa.posted[48213]
    assert kept == by_hand
    assert "has changed since" in short.text
    assert "Swapped the modem" in short.text, "what is new is named"
    _refresh(shop, handoff_id)
    assert len(shop.psa.posted[48213]) == 2, "said once"


KEPT: dict[str, Callable[[str], str]] = {
    "escapes": lambda text: re.sub(r"([\[\]*_`<>])", r"\\\1", text),
    "brackets as entities": lambda text: text.replace("[", "&#91;").replace("]", "&#93;"),
    "line ends as tags": lambda text: text.replace("\n", "<br />\n"),
}


def _keeping(shop: Shop, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Have the PSA keep the signs of our notes its own way."""
    own_notes = shop.psa.own_notes
    kept = lambda it: [dataclasses.replace(note, text=KEPT[how](note.text)) for note in own_notes(it)]  # noqa: E731
    monkeypatch.setattr(shop.psa, "own_notes", kept)


@pytest.mark.parametrize("how", KEPT)
def test_what_is_said_beside_an_edited_note_is_one_note_however_a_server_keeps_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    _keeping(shop, monkeypatch, how)
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    (note,) = shop.psa.posted[48213]
    shop.psa.posted[48213] = [dataclasses.replace(note, text=f"{note.text}\nI tried that already. /Maja")]
    for step in ("modem", "cable", "switch"):
        shop.psa.note(48213, f"Swapped the {step}, no change.")
        _refresh(shop, handoff_id)
    kept, short = shop.psa.posted[48213]
    assert ("/Maja" in kept.text, "Swapped the switch" in short.text) == (True, True)


@pytest.mark.parametrize("how", KEPT)
def test_the_junior_is_asked_once_however_a_server_keeps_the_question(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, ask_junior=True)
    _keeping(shop, monkeypatch, how)
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    for step in ("modem", "cable"):
        shop.psa.note(48213, f"Swapped the {step}, no change.")
        _refresh(shop, handoff_id)
    assert sum("resolutionflow: question" in note.text for note in shop.psa.posted[48213]) == 1


def test_a_note_that_a_person_deleted_stays_deleted(shop: Shop) -> None:
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    shop.psa.posted[48213] = []
    shop.psa.note(48213, "Swapped the modem, no change.")
    shop.psa.calls.clear()
    _refresh(shop, handoff_id)
    assert "own_notes" in shop.psa.calls, "it was looked for"
    assert shop.psa.posted[48213] == []
