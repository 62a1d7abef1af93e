"""A canary's row and its ticket: in turn, late when it should be, and no trace left in the ticket that was lent."""

from __future__ import annotations

import dataclasses
import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from models.account import accounts
from models.work import canaries, inbox, jobs
from models.work.alert_kinds import Kind
from models.work.canaries import Canary
from psa.port import Forbidden, PostedNote, Unavailable, VisibleNote
from tests.integration.worker.conftest import Shop
from worker.handoff import triage
from worker.upkeep import auditor, canary, sweeper

LENT = 777


class Door(http.server.HTTPServer):
    """A receiver that keeps what it is sent, and answers as told."""

    status = 204

    def __init__(self) -> None:
        door = self
        self.came: list[tuple[str, bytes, str]] = []

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                door.came.append((self.path, raw, self.headers["x-content-signature"]))
                self.send_response(door.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        super().__init__(("127.0.0.1", 0), Answer)


@pytest.fixture
def door(shop: Shop) -> Iterator[Door]:
    server = Door()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    shop.services.settings = dataclasses.replace(
        shop.services.settings, canary_url=f"http://127.0.0.1:{server.server_port}"
    )
    yield server
    server.shutdown()
    server.server_close()


def sent(shop: Shop) -> Canary:
    """Send the next period's canary and return it."""
    shop.clock.advance(shop.services.settings.intervals.canary)
    (number,) = canary.send(shop.services)
    return row(shop, number)


def row(shop: Shop, number: int) -> Canary:
    with shop.database.account(shop.account_id, reading=True) as session:
        found = canaries.get(session, shop.account_id, number)
    assert found is not None
    return found


def land(shop: Shop, one: Canary) -> None:
    """Do what receiver and worker do with it."""
    with shop.database.account(shop.account_id) as session:
        assert canaries.receive(session, shop.account_id, one.id, nonce=one.nonce, now=shop.clock())
        stored = inbox.store(
            session, account_id=shop.account_id, dedupe_key=f"canary/{one.id}", type="canary", action="updated",
            record_id=None, raw=b"", verified=True, now=shop.clock(),
        )  # fmt: skip
    assert stored is not None
    assert triage.triage(shop.services, account_id=shop.account_id, inbox_id=stored) == []


def lend(shop: Shop, *, posts: bool = True) -> None:
    shop.psa.add(LENT)
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, canary_ticket=LENT, canary_posts=posts)


def tried(shop: Shop) -> tuple[bool, Canary]:
    """Send one, let it land, and try the ticket as the sweeper rings for it."""
    one = sent(shop)
    land(shop, one)
    shop.clock.advance(10)
    sweeper.sweep(shop.services)
    (ids,) = shop.bell.take("try_ticket")
    assert ids == {"account_id": shop.account_id, "canary_id": one.id}
    return canary.try_ticket(shop.services, **ids), row(shop, one.id)


def late(shop: Shop) -> list[str]:
    auditor.audit(shop.services)
    with shop.database.system(reading=True) as system:
        return [alert.detail for alert in jobs.open_alerts(system) if alert.kind == "canary is late"]


def test_one_goes_out_signed_and_ends_when_a_worker_has_it(shop: Shop, door: Door) -> None:
    one = sent(shop)
    ((path, raw, signature),) = door.came
    assert path.startswith("/callbacks/connectwise/")
    shop.services.passes.check_canary(raw, signature, account_id=shop.account_id)
    assert one.answered_at is not None
    shop.clock.advance(2)
    land(shop, one)
    ended = row(shop, one.id)
    assert (ended.ended_at, ended.failure) == (shop.clock(), None)
    assert canaries.parts(ended) == {"receiver": 2.0, "worker": 0.0}
    assert shop.psa.calls == []
    assert shop.handoffs() == []


def test_two_beats_send_one_and_nobody_is_told_while_it_flies(shop: Shop, door: Door) -> None:
    sent(shop)
    assert canary.send(shop.services) == []
    assert late(shop) == []
    assert len(door.came) == 1


@pytest.mark.parametrize("status", [301, 403, 429, 502])
def test_what_the_receiver_does_not_take_is_told_of_in_time_and_cleared_by_the_next(
    shop: Shop, door: Door, status: int
) -> None:
    door.status = status
    first = sent(shop)
    assert first.failure == f"it answered {status}"
    shop.clock.advance(61)
    assert late(shop) == [
        f"the receiver did not take it: it answered {status} since {first.sent_at:%Y-%m-%d %H:%M} UTC"
    ]
    door.status = 204
    second = sent(shop)
    assert len(late(shop)) == 1, "one under way says nothing yet"
    land(shop, second)
    assert late(shop) == []


def test_one_that_nobody_takes_up_says_how_far_it_came(shop: Shop, door: Door) -> None:
    one = sent(shop)
    with shop.database.account(shop.account_id) as session:
        canaries.receive(session, shop.account_id, one.id, nonce=one.nonce, now=shop.clock())
    shop.clock.advance(61)
    (detail,) = late(shop)
    assert detail.startswith("the receiver stored it, and no worker took it up")


def test_one_whose_sender_died_says_nothing_about_the_way(shop: Shop, door: Door) -> None:
    with shop.database.account(shop.account_id) as session:
        canaries.note(session, shop.account_id, ticket_id=None, now=shop.clock())
    shop.clock.advance(3600)
    assert late(shop) == []


@pytest.mark.parametrize("why", ["suspended", "disconnected", "off"])
def test_where_none_is_sent_any_more_the_last_that_failed_is_told_of_no_longer(shop: Shop, door: Door, why: str) -> None:
    """Else nothing could end the alert, and the dead-man's switch would be silent for as long as canaries are kept."""
    door.status = 502
    sent(shop)
    shop.clock.advance(61)
    assert len(late(shop)) == 1
    if why == "off":
        shop.services.settings = dataclasses.replace(shop.services.settings, canary_url="")
    else:
        columns: dict[str, Any] = {"suspended_at": shop.clock()} if why == "suspended" else {"connected_at": None}
        with shop.database.account(shop.account_id) as session:
            accounts.set_account(session, shop.account_id, **columns)
    assert late(shop) == []
    assert not [still for still in auditor.audit(shop.services) if still.kind is Kind.CANARY_LATE]


def test_accounts_take_turns_and_a_failed_one_is_tried_again_beside(shop: Shop, door: Door) -> None:
    with shop.database.system() as system:
        other = accounts.add_account(
            system, shop.services.cipher, name="contoso", site="na.myconnectwise.net", company="contoso",
            public_key="p", private_key="q", client_id="c", now=shop.clock(), connected_at=shop.clock(),
        )  # fmt: skip
    first = sent(shop)
    assert first.account_id == shop.account_id
    shop.clock.advance(shop.services.settings.intervals.canary)
    assert len(canary.send(shop.services)) == 2, "the other, and the first once more"
    with shop.database.account(other, reading=True) as session:
        assert canaries.newest(session, other) is not None


def test_the_ticket_that_was_lent_is_read_written_and_left_as_it_was(shop: Shop, door: Door) -> None:
    lend(shop)
    good, ended = tried(shop)
    assert good
    assert ended.ended_at == shop.clock()
    assert [call for call in shop.psa.calls if "note" in call] == ["own_notes", "post_internal_note", "delete_note"]
    assert shop.psa.posted[LENT] == []
    assert shop.handoffs(LENT) == []


def test_without_leave_to_write_it_is_only_read(shop: Shop, door: Door) -> None:
    lend(shop, posts=False)
    assert tried(shop)[0]
    assert shop.psa.calls == ["ticket", "own_notes"]


def test_what_an_earlier_canary_left_is_removed_and_a_persons_note_is_not(shop: Shop, door: Door) -> None:
    lend(shop)
    shop.psa.posted[LENT] = [
        PostedNote(1, f"{canary.MARK} A trial", "resolutionflow", internal=True),
        PostedNote(2, f"{canary.MARK} says Maja", "msvensson", internal=True),
        PostedNote(3, "A brief", "resolutionflow", internal=True),
    ]
    assert tried(shop)[0]
    assert [note.id for note in shop.psa.posted[LENT]] == [2, 3]


def test_a_visible_note_freezes_the_account_before_a_customers_ticket_meets_it(shop: Shop, door: Door) -> None:
    lend(shop)

    def shown() -> None:
        (note,) = shop.psa.posted[LENT]
        raise VisibleNote("note is visible to customers", note_id=note.id)

    shop.psa.after["post_internal_note"] = shown
    good, _ = tried(shop)
    assert not good
    assert shop.psa.posted[LENT] == []
    assert "canary's ticket 777" in (shop.services.desk(shop.account_id).frozen or "")


def test_a_failure_that_passes_is_tried_again_and_one_that_does_not_is_told_of(shop: Shop, door: Door) -> None:
    lend(shop)
    errors: list[Exception] = [Unavailable("GET: 503", status=503), Forbidden("GET: 403", status=403)]

    def fail() -> None:
        raise errors.pop(0)

    shop.psa.before["ticket"] = fail
    good, waiting = tried(shop)
    assert not good
    assert waiting.next_attempt_at is not None
    shop.clock.advance(400)
    assert not canary.try_ticket(shop.services, account_id=shop.account_id, canary_id=waiting.id)
    assert row(shop, waiting.id).next_attempt_at is None
    (detail,) = late(shop)
    assert detail.startswith("a worker had it; ticket 777 was not tried: Forbidden: GET: 403")


def test_a_canary_row_that_names_a_ticket_looks_at_none(shop: Shop) -> None:
    shop.psa.add(status=11)
    with shop.database.account(shop.account_id) as session:
        stored = inbox.store(
            session, account_id=shop.account_id, dedupe_key="canary/1", type="canary", action="updated",
            record_id=48213, raw=b"", verified=True, now=shop.clock(),
        )  # fmt: skip
    assert stored is not None
    assert triage.triage(shop.services, account_id=shop.account_id, inbox_id=stored) == []
    assert (shop.psa.calls, shop.handoffs()) == ([], [])
