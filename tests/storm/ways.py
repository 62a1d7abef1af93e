"""How each crash point is reached: what has to happen, and what is put right afterwards.

A way begins from a quiet rig. Its `provoke` is done again each `again_s` seconds until the process has ended, so that a
later pass of the same process is reached too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from models.account import accounts
from models.handoff import briefs
from tests.storm.provocations import (
    Provoke,
    ask_junior,
    ask_to_read_again,
    by,
    delete,
    dismiss,
    do_again,
    dry_run,
    edit_by_hand,
    edit_by_hand_and_take,
    escalate,
    forge,
    forget_key,
    hand_off,
    hand_off_nothing,
    judge,
    leave,
    note_it,
    press,
    read_by_a_model_in_trouble,
    read_by_model,
    read_by_model_below_a_cap,
    reread,
    rest,
    run_out,
    second_note,
    set_accounts,
    start,
    sweep_in_the_future,
    take,
    unverified,
    wait_too_long,
    work_goes_on,
    work_with_assistant,
)
from tests.storm.rig import Escalation, Msp, Rig
from tests.storm.timers import (
    by_itself,
    entries_off,
    lend,
    lend_a_littered_one,
    lent,
    no_mail,
    raise_alert,
    raise_alert_without_mail,
    silent,
    week,
    week_without_mail,
)
from worker.account.onboarding import account_named, connect
from worker.handoff.preview import replay
from worker.upkeep.canary import MARK

NOTES = r"/service/tickets/\d+/notes$"
NOTE = r"/service/tickets/\d+/notes/\d+$"
NOTES_READ = r"/service/tickets/\d+/notes"
TICKET = r"/service/tickets/\d+$"


def _nothing(rig: Rig) -> None:
    """Prepare nothing."""


@dataclass(frozen=True, slots=True)
class Way:
    """What makes the product pass a point."""

    provoke: Provoke
    """Gets the escalations made before; none where the point is on an escalation's own way."""
    on_the_way: bool = False
    """Escalations are made by `provoke` itself, with the order to end standing already."""
    prepare: Callable[[Rig], None] = _nothing
    """Done before everything, on a quiet rig."""
    again_s: float = 4.0
    passes: int = 3
    """How often one process can come by."""
    removes_notes: bool = False
    """Notes are removed that nobody counts on a handoff: those that came back visible."""
    gone: bool = False
    """The tickets themselves are deleted."""


def new(prepare: Callable[[Rig], None] = _nothing, **details: Any) -> Way:
    return Way(escalate, on_the_way=True, prepare=prepare, **details)


def failing(**rule: Any) -> Callable[[Rig], None]:
    """Return what makes the PSA fail until the rig is healed."""

    def prepare(rig: Rig) -> None:
        rig.stack.simulator.fault(**rule)

    return prepare


def visible_and_kept(rig: Rig) -> None:
    """Let a note be seen by customers, and its removal fail in passing."""
    rig.stack.simulator.fault(path=NOTES, method="POST", kind="visible")
    for method in ("DELETE", "PATCH"):
        rig.stack.simulator.fault(path=NOTE, method=method, kind="status", status=503)


def failing_trial(**fault: Any) -> Way:
    """Return the way to what follows when a canary's ticket cannot be tried."""

    def provoke(rig: Rig, _: Sequence[Escalation]) -> None:
        if not rig.stack.simulator.faults():
            rig.stack.simulator.fault(**fault)

    return Way(provoke, prepare=lend, passes=1, removes_notes=True)


WAYS: dict[str, Way] = {
    "callback.canary": Way(by_itself),
    "canary": Way(by_itself),
    "try_ticket": Way(by_itself, prepare=lend, removes_notes=True),
    "try_ticket.cleaned": Way(by_itself, prepare=lend_a_littered_one, removes_notes=True),
    "try_ticket.waits": failing_trial(path=NOTES_READ, method="GET", kind="status", status=503),
    "callback": new(),
    "callback.pinned": Way(forget_key, on_the_way=True, passes=1),
    "claim": Way(press(["claim"])),
    "claim.returning": Way(press(["claim", "give back"])),
    "claim.returned": Way(press(["claim", "give back"])),
    "claim.answering": Way(start),
    "claim.answered": Way(start),
    "claim.dismissing": Way(dismiss),
    "claim.dismissed": Way(dismiss),
    "claim.judging": Way(judge),
    "triage": new(),
    "triage.verified": new(unverified, passes=1),
    "triage.waits": new(failing(path=TICKET, method="GET", kind="status", status=503)),
    "triage.refused": Way(forge),
    "triage.ignored": new(rest, passes=1),
    "publish": new(),
    "publish.withheld": new(dry_run, passes=1),
    "publish.waits": new(failing(path=NOTES, method="POST", kind="throttle", retry_after=1)),
    "publish.parked": new(failing(path=NOTES, method="POST", kind="status", status=409)),
    "take_away": new(visible_and_kept, passes=1, removes_notes=True),
    "take_away.owed": new(failing(path=NOTES, method="POST", kind="visible"), passes=1, removes_notes=True),
    "notify": new(),
    "deliver": new(),
    "deliver.waits": new(no_mail),
    "refresh": Way(work_goes_on),
    "refresh.removed": Way(second_note),
    "refresh.counted": Way(second_note),
    "refresh.asked": new(ask_junior),
    "refresh.repeats": Way(do_again, passes=1),
    "refresh.said_beside": Way(edit_by_hand),
    "refresh.kept_beside": Way(edit_by_hand_and_take, passes=1),
    "refresh.waits": Way(by({"path": NOTES_READ, "method": "GET", "kind": "status", "status": 503}, work_goes_on)),
    "refresh.put_off": Way(by({"path": "/time/entries", "method": "GET", "kind": "status", "status": 503}, work_goes_on)),
    "read": new(read_by_model),
    "read.capped": new(read_by_model_below_a_cap),
    "read.failed": new(read_by_a_model_in_trouble),
    "read.ended": Way(ask_to_read_again, prepare=read_by_model),
    "observe": Way(work_goes_on),
    "observe.expired": Way(run_out),
    "observe.ending": Way(leave, passes=1),
    "observe.withdrawn": Way(leave, passes=1),
    "observe.asked": Way(delete, passes=1, gone=True),
    "notes": Way(work_goes_on),
    "claim.wishing": Way(hand_off, on_the_way=True),
    "claim.wished": Way(hand_off, on_the_way=True),
    "wish": Way(hand_off, on_the_way=True, passes=1),
    "wish.ended": Way(hand_off_nothing, passes=1),
    "wish.waits": Way(by({"path": TICKET, "method": "PATCH", "kind": "status", "status": 503}, hand_off), on_the_way=True),
    "read_for_session": Way(work_with_assistant, passes=1),
    "read_for_session.waits": Way(
        by({"path": TICKET, "method": "GET", "kind": "status", "status": 503}, work_with_assistant), passes=1
    ),
    "session": Way(work_with_assistant, passes=1),
    "claim.rereading": Way(reread),
    "claim.reread": Way(reread),
    "claim.noting": Way(note_it),
    "claim.noted": Way(note_it),
    "resolution": Way(note_it, passes=1),
    "resolution.ended": Way(by({"path": NOTES, "method": "POST", "kind": "status", "status": 409}, note_it), passes=1),
    "resolution.waits": Way(by({"path": NOTES, "method": "POST", "kind": "throttle", "retry_after": 1}, note_it), passes=1),
    "settle": Way(take),
    "settle.waits": Way(by({"path": TICKET, "method": "PATCH", "kind": "status", "status": 503}, take)),
    "sweep": Way(by_itself),
    "sweep.moved": Way(wait_too_long),
    "sweep.freed": Way(sweep_in_the_future),
    "poll": new(silent),
    "check": Way(entries_off),
    "weekly": Way(week),
    "report": Way(week),
    "report.waits": Way(week_without_mail),
    "audit": Way(raise_alert),
    "audit.waits": Way(raise_alert_without_mail),
}
"""By point, else by task."""


def way_to(point: str) -> Way:
    """Return how a point is reached."""
    return WAYS.get(point) or WAYS[point.partition(".")[0]]


def put_right(rig: Rig) -> list[str]:
    """Do what an operator does once a fault is over: bring parked work back, let accounts that rest or are frozen go on.

    Return the notes of canaries that the next ones did not remove.
    """
    services = rig.stack.services
    for msp in rig.msps:
        if services.desk(msp.account_id).suspended:
            connect(services, account_named(services, msp.name), include_open=True)
        with services.database.account(msp.account_id) as session:
            accounts.unfreeze(session, msp.account_id)
            accounts.set_account(session, msp.account_id, ask_junior=False, canary_posts=False, reader="local")
    with_parked = [msp for msp in rig.msps if _parked(rig, msp)]
    for msp in with_parked:
        replay(services, since=None, only=msp.account_id)
    end, left = time.monotonic() + 25, _littered(rig)
    while left and time.monotonic() < end:
        time.sleep(0.3)
        left = _littered(rig)
    set_accounts(rig, canary_ticket=None)
    return left


def stopped(rig: Rig) -> bool:
    """Tell whether an account is frozen or a brief is parked."""
    frozen = any(rig.stack.services.desk(msp.account_id).frozen for msp in rig.msps)
    return frozen or any(_parked(rig, msp) for msp in rig.msps)


def _littered(rig: Rig) -> list[str]:
    return [
        f"{msp.name} {ticket}: {note['text'][:60]}"
        for msp, ticket in lent(rig) for note in msp.simulator.notes(ticket) if note["text"].startswith(MARK)
    ]  # fmt: skip


def _parked(rig: Rig, msp: Msp) -> bool:
    with rig.stack.services.database.account(msp.account_id, reading=True) as session:
        return bool(briefs.parked(session, msp.account_id))
