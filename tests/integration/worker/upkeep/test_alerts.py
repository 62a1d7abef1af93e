"""Each kind of alert: what raises it is told once while it lasts, its cure closes it, and the next outage is told again.

The kinds are the table's own (`models/work/alert_kinds.py`); one without a journey here is named as the operator's to close.
Causes that last while other things go well stand in `test_alerts_lasting.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.handoff import briefs
from models.work.alert_kinds import Kind
from psa.port import NotFound
from tests.integration.worker.conftest import Shop
from tests.integration.worker.upkeep.outages import (
    F403,
    GONE,
    NO_RELAY,
    R400,
    U401,
    Scene,
    another_mail,
    callback_accepted,
    callback_kills,
    callbacks_refused,
    canary_ends,
    canary_lost,
    checked,
    edit_refused,
    edited,
    entries_back,
    entries_refused,
    entry_off,
    healed,
    live_again,
    mail_fails,
    members_back,
    members_refused,
    no_sweep,
    nobody_in_dry_run,
    nobody_polls,
    nobody_publishes,
    nobody_reads,
    nobody_reports,
    nobody_told,
    note_gone,
    note_stays,
    note_visible,
    one_in_dry_run,
    other_key,
    owner_refused,
    owner_set,
    poll_refused,
    post_refused,
    replayed,
    resolution_refused,
    somebody_publishes,
    somebody_reads,
    somebody_reports,
    status_back,
    status_lost,
    status_refused,
    swept,
    unfrozen,
)  # fmt: skip
from worker.handoff import refresh
from worker.mail.smtp_answers import MailError

Deed = Callable[[Scene], None]
JOURNEYS: dict[str, tuple[Kind, Deed, Deed]] = {
    "note visible": (Kind.NOTE_VISIBLE, note_visible, unfrozen),
    "note stays": (Kind.NOTE_STAYS, note_stays, note_gone),
    "edit refused": (Kind.NOT_REFRESHED, edit_refused(R400), edited),
    "post refused": (Kind.PARKED, post_refused(R400), healed),
    "owner refused": (Kind.OWNER_NOT_SET, owner_refused(R400), owner_set),
    "handoff": (Kind.HANDOFF_STANDS, nobody_publishes, somebody_publishes),
    "callback": (Kind.CALLBACK_STANDS, nobody_reads, somebody_reads),
    "message": (Kind.MESSAGE_STANDS, mail_fails(MailError("no connection"), 5), another_mail),
    "poll": (Kind.NOT_POLLED, nobody_polls, Scene.poll),
    "sweep": (Kind.SILENT, no_sweep, swept),
    "canary": (Kind.CANARY_LATE, canary_lost, canary_ends),
    "callback parked": (Kind.CALLBACK_PARKED, callback_kills, replayed),
    "keys": (Kind.REFUSED, poll_refused(U401), healed),
    "polls by role": (Kind.REFUSED, poll_refused(F403), healed),
    "polls by a bad request": (Kind.REFUSED, poll_refused(R400), healed),
    "polls by a record that is gone": (Kind.REFUSED, poll_refused(NotFound("GET: 404", status=404)), healed),
    "members": (Kind.REFUSED, members_refused, healed),
    "briefs by role": (Kind.REFUSED, post_refused(F403), healed),
    "briefs by keys that polls pass with": (Kind.REFUSED, post_refused(U401), healed),
    "edits by role": (Kind.REFUSED, edit_refused(F403), edited),
    "resolution notes by role": (Kind.REFUSED, resolution_refused, healed),
    "status by role": (Kind.REFUSED, status_refused, healed),
    "owner by role": (Kind.REFUSED, owner_refused(F403), owner_set),
    "entry": (Kind.CALLBACK_INACTIVE, entry_off, checked),
    "entries that cannot be seen": (Kind.CALLBACK_INACTIVE, entries_refused, entries_back),
    "callbacks refused": (Kind.CALLBACKS_REFUSED, callbacks_refused, callback_accepted),
    "other key": (Kind.OTHER_KEY, other_key, checked),
    "status": (Kind.STATUS_GONE, status_lost, status_back),
    "nobody to tell": (Kind.NOBODY_TO_TELL, nobody_told, members_back),
    "nobody to tell, until it is live": (Kind.NOBODY_TO_TELL, nobody_in_dry_run, live_again),
    "nobody to tell in dry run": (Kind.NOBODY_TO_TELL, nobody_in_dry_run, one_in_dry_run),
    "nobody to report to": (Kind.NOBODY_TO_REPORT_TO, nobody_reports, somebody_reports),
    "address": (Kind.MAIL_REFUSED, mail_fails(GONE, 1), another_mail),
    "server": (Kind.CANNOT_SEND, mail_fails(NO_RELAY, 2), another_mail),
}


def test_every_kind_that_we_close_has_a_journey() -> None:
    assert {kind for kind, _, _ in JOURNEYS.values()} == {kind for kind in Kind if kind.by_us}


QUICK = ("callback", "message", "poll", "keys", "server")
"""Tried in each run; the others are hours of outages each, and go with the storms."""


@pytest.mark.parametrize("what", [one if one in QUICK else pytest.param(one, marks=pytest.mark.storm) for one in JOURNEYS])
def test_told_once_closed_by_its_cure_and_told_again_at_the_second_outage(shop: Shop, what: str) -> None:
    kind, provoke, cure = JOURNEYS[what]
    it = Scene(shop)
    for outage in (1, 2):
        provoke(it)
        assert it.told(kind) == outage
        assert len(it.open(kind)) == 1
        cure(it)
        assert it.told(kind) == outage
        assert it.open(kind) == []


def test_a_brief_whose_ticket_is_gone_is_no_cause_and_closes_what_was_told_of_it(shop: Shop) -> None:
    it, gone = Scene(shop), NotFound("GET: 404", status=404)
    handoff_id = it.posted()
    shop.psa.tickets.clear()
    for error, told, open_now in ((gone, 0, 0), (R400, 1, 1), (gone, 1, 0)):
        it.refuse("own_notes", error)
        with it.shop.database.account(it.account_id) as session:
            briefs.ask_refresh(session, it.account_id, handoff_id, due_at=it.shop.clock())
        refresh.refresh(it.services, account_id=it.account_id, handoff_id=handoff_id)
        assert (it.told(Kind.NOT_REFRESHED), len(it.open(Kind.NOT_REFRESHED))) == (told, open_now)
