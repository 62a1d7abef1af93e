"""A note that raises no callback and leaves the ticket's time as it was is in the brief within two minutes all the same.

The kind: notes by anybody at any moment of an unfinished handoff, open, claimed or acted on. Only sweeps tell of them.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import update

from models.tables import Handoff
from psa.port import Unavailable
from tests.fakes import ESCALATED
from tests.integration.worker.conftest import Shop
from worker.handoff import refresh
from worker.response import newer_notes, observe
from worker.response.newer_notes import SLOWEST_S, next_look
from worker.upkeep import sweeper

NOTE = "Swapped the patch cable on port 14, no change."
TICKET = 48213


def work(shop: Shop, seconds: float, *, step: float = 20.0) -> None:
    """Let sweeps ring and workers do what they rang for."""
    deeds = {"look_for_notes": newer_notes.look_for_notes, "refresh": refresh.refresh, "observe": observe.observe}
    for _ in range(int(seconds / step)):
        shop.clock.advance(step)
        sweeper.sweep(shop.services)
        for task, deed in deeds.items():
            for ids in shop.bell.take(task):
                deed(shop.services, **ids)


def brief(shop: Shop, ticket: int = TICKET) -> str:
    return "\n".join(note.text for note in shop.psa.posted[ticket])


@pytest.fixture
def posted(shop: Shop) -> Shop:
    """Give a shop with a posted brief; its sweeps ring again however short the time between them."""
    shop.services.not_rung_lately = lambda *_, **__: True  # type: ignore[method-assign]
    shop.publish(shop.escalated())
    return shop


@pytest.mark.parametrize("written_after_s", [0, 40, *(pytest.param(late, marks=pytest.mark.storm) for late in (500, 7000))])
def test_it_is_in_the_brief_within_two_minutes(posted: Shop, written_after_s: int) -> None:
    work(posted, written_after_s, step=max(20, written_after_s / 25))
    posted.psa.note(TICKET, NOTE)
    work(posted, 120)
    assert "port 14" in brief(posted)


def test_one_that_takes_it_claims_it(posted: Shop) -> None:
    work(posted, 200, step=20)
    posted.psa.note(TICKET, "I'll take this one.", by="msvensson")
    work(posted, 120)
    assert posted.handoffs()[0].response_state == "claimed"


def test_it_is_read_once_and_ours_are_none(posted: Shop) -> None:
    work(posted, 600, step=30)
    assert "edit_note" not in posted.psa.calls
    posted.psa.note(TICKET, "Thanks.")
    posted.psa.calls.clear()
    work(posted, 900, step=30)
    assert posted.psa.calls.count("related") == 1, "read in full once"


@pytest.mark.storm
def test_fifteen_unfinished_handoffs_take_a_twelfth_of_what_an_account_may_ask(shop: Shop) -> None:
    """Sixty take a third: each has a look of its own, and nothing else is asked."""
    shop.services.not_rung_lately = lambda *_, **__: True  # type: ignore[method-assign]
    for ticket in range(50_000, 50_015):
        shop.psa.add(ticket, status=ESCALATED)
        (handoff_id,) = shop.triage(ticket)
        shop.publish(handoff_id)
    work(shop, 60, step=30)
    shop.psa.calls.clear()
    work(shop, 600, step=30)
    calls = Counter(shop.psa.calls)
    assert calls["newest_note"] <= 15 * 8
    assert sum(calls.values()) / 10 <= 26, "a minute, of 300 we allow ourselves"
    assert calls["related"] == 0, "nothing is read in full"


def test_it_is_looked_at_less_often_as_it_grows_older_and_not_once_it_has_ended(posted: Shop) -> None:
    (handoff,) = posted.handoffs()
    ages = [0, 3600, 7200, 10_800, 86_400, 864_000]
    pauses = []
    for age in ages:
        now = handoff.seen_at + timedelta(seconds=age)
        at = next_look(handoff, now, 75)
        assert at is not None
        pauses.append((at - now).total_seconds())
    assert pauses == [75, 75, 75, 435, SLOWEST_S, SLOWEST_S]
    with posted.database.account(posted.account_id) as session:
        session.execute(update(Handoff).values(response_state="resolved"))
    posted.psa.calls.clear()
    work(posted, 300, step=30)
    assert posted.psa.calls == []
    assert posted.handoffs()[0].notes_due_at is None


def test_a_worker_that_dies_over_it_leaves_it_to_the_next_look(posted: Shop) -> None:
    class Died(BaseException):
        pass

    def die() -> None:
        raise Died

    posted.psa.note(TICKET, NOTE)
    posted.clock.advance(60)
    posted.psa.before["newest_note"] = die
    with pytest.raises(Died):
        newer_notes.look_for_notes(posted.services, account_id=posted.account_id, handoff_id=posted.handoffs()[0].id)
    posted.psa.before.clear()
    work(posted, 100)
    assert "port 14" in brief(posted)


@pytest.mark.parametrize("age_s", [60, *(pytest.param(age, marks=pytest.mark.storm) for age in (3 * 3600, 10 * 86_400))])
def test_a_look_that_failed_hides_a_note_for_minutes_and_not_for_an_hour(posted: Shop, age_s: float) -> None:
    def away() -> None:
        raise Unavailable("GET notes: 502")

    posted.clock.advance(age_s)
    work(posted, 100, step=50)
    (handoff,) = posted.handoffs()
    assert handoff.notes_due_at is not None
    pause = (handoff.notes_due_at - posted.clock()).total_seconds()
    posted.psa.note(TICKET, NOTE)
    posted.clock.advance(pause + 1)
    posted.psa.before["newest_note"] = away
    newer_notes.look_for_notes(posted.services, account_id=posted.account_id, handoff_id=handoff.id)
    posted.psa.before.clear()
    due_at = posted.handoffs()[0].notes_due_at
    assert due_at is not None
    assert (due_at - posted.clock()).total_seconds() <= max(75, pause / 9)
    work(posted, 420)
    assert "port 14" in brief(posted)


def test_what_was_found_and_could_not_be_stored_is_found_again_within_minutes(
    posted: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OSError("the database is away")

    posted.clock.advance(10 * 86_400)
    work(posted, 100, step=50)
    (handoff,) = posted.handoffs()
    assert handoff.notes_due_at is not None
    posted.psa.note(TICKET, NOTE)
    posted.clock.advance((handoff.notes_due_at - posted.clock()).total_seconds() + 1)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("models.handoff.claims.note_newest", away)
        with pytest.raises(OSError, match="away"):
            newer_notes.look_for_notes(posted.services, account_id=posted.account_id, handoff_id=handoff.id)
    work(posted, 480)
    assert "port 14" in brief(posted)
