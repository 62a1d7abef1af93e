"""The flow chart: each task calls one use case and rings for what follows. Keyword ids only.

    callback ─▶ triage ─▶ publish ─▶ notify ─▶ deliver
                   │           │                  each engineer
                   │           └─▶ (a model, if wanted) read ─▶ refresh
                   ├─▶ (later) refresh            one message
                   └─▶ observe ─▶ settle ─▶ deliver, refresh
    wish ─▶ grant ─▶ triage          resolution note ─▶ resolve
    session ─▶ read_for_session      note that a customer sees ─▶ take_away, until it is gone
    canary ─▶ (our own receiver) ─▶ triage ─▶ try_ticket, where an account lent one
    sweep ─▶ whatever is due         poll ─▶ triage         plan_week ─▶ report
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import structlog
from celery import shared_task, signals

from worker.figures import weekly
from worker.handoff import for_session, publish, read, refresh, resolution, triage, visible, wish
from worker.handoff import notify as notifying
from worker.process.failures import carry_out
from worker.process.fair_queue import MAIL, MODEL
from worker.response import newer_notes, observe, settle
from worker.upkeep import auditor, callback_check, canary, poller, retention, sweeper
from worker.wiring import services


def in_turn(
    lane: str | None = None, *, calls: int = 0, first: bool = False, last: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let a task wait for a thread of its lane's share: its account's, unless another lane is named.

    It begins when the PSA may be asked `calls` times; `first`: before what else waits there, since it ends what was begun;
    `last`: mostly after it, since it only tells more of what is known.
    """

    def wrap(task: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(task)
        def take_turn(**ids: int) -> None:
            key = (task.__name__, *sorted(ids.items()))
            turns, work = services().turns, lambda: carry_out(lambda: task(**ids), task=task.__name__, **ids)
            turns.take(lane or ids["account_id"], key, work, calls=calls, first=first, last=last)

        return take_turn

    return wrap


def at_once(task: Callable[..., None]) -> Callable[..., None]:
    """Let a task begin on the thread that took its message; it is short, or has no account to take turns with."""

    @functools.wraps(task)
    def begin(**ids: int) -> None:
        carry_out(lambda: task(**ids), task=task.__name__, **ids)

    return begin


@shared_task(name="worker.tasks.triage")
@in_turn(calls=7)
def triage_callback(*, account_id: int, inbox_id: int) -> None:
    """Decide what one stored callback means; publish the brief of what it opened."""
    for handoff_id in triage.triage(services(), account_id=account_id, inbox_id=inbox_id):
        services().bell.ring("publish", account_id=account_id, handoff_id=handoff_id)


@shared_task(name="worker.tasks.look_again")
@in_turn(calls=1, last=True)
def triage_what_is_known(*, account_id: int, inbox_id: int) -> None:
    """Do the same for a callback about an escalation that is known; what opens goes first."""
    for handoff_id in triage.triage(services(), account_id=account_id, inbox_id=inbox_id):
        services().bell.ring("publish", account_id=account_id, handoff_id=handoff_id)


@shared_task(name="worker.tasks.publish")
@in_turn(calls=4, first=True)
def publish_brief(*, account_id: int, handoff_id: int) -> None:
    """Post the brief into the ticket; then tell the engineers."""
    if publish.publish(services(), account_id=account_id, handoff_id=handoff_id):
        services().bell.ring("notify", account_id=account_id, handoff_id=handoff_id)


@shared_task(name="worker.tasks.refresh")
@in_turn(calls=7, last=True)
def refresh_brief(*, account_id: int, handoff_id: int) -> None:
    """Bring a posted brief up to date."""
    refresh.refresh(services(), account_id=account_id, handoff_id=handoff_id)


@shared_task(name="worker.tasks.read")
@in_turn(MODEL)
def read_ticket(*, account_id: int, handoff_id: int) -> None:
    """Have a model read the ticket; bring the brief up to date with what stands in it."""
    if read.read(services(), account_id=account_id, handoff_id=handoff_id):
        services().bell.ring("refresh", account_id=account_id, handoff_id=handoff_id)


@shared_task(name="worker.tasks.notify")
@at_once
def notify_engineers(*, account_id: int, handoff_id: int) -> None:
    """Make a row for each message; send each."""
    for delivery_id in notifying.notify(services(), account_id=account_id, handoff_id=handoff_id):
        services().bell.ring("deliver", account_id=account_id, delivery_id=delivery_id)


@shared_task(name="worker.tasks.deliver")
@in_turn(MAIL)
def deliver_message(*, account_id: int, delivery_id: int) -> None:
    """Send one message."""
    notifying.deliver(services(), account_id=account_id, delivery_id=delivery_id)


@shared_task(name="worker.tasks.observe")
@in_turn(calls=4, last=True)
def observe_handoff(*, account_id: int, handoff_id: int) -> None:
    """Look who took a handoff and what they did first."""
    observe.observe(services(), account_id=account_id, handoff_id=handoff_id)


@shared_task(name="worker.tasks.look_for_notes")
@in_turn(calls=1, last=True)
def look_for_newer_notes(*, account_id: int, handoff_id: int) -> None:
    """Look for a note that nobody told of; observe and refresh follow from it."""
    newer_notes.look_for_notes(services(), account_id=account_id, handoff_id=handoff_id)


@shared_task(name="worker.tasks.settle")
@in_turn(calls=2, first=True)
def settle_claim(*, account_id: int, handoff_id: int) -> None:
    """Do what follows from a claim or its return; send each message."""
    for delivery_id in settle.settle(services(), account_id=account_id, handoff_id=handoff_id):
        services().bell.ring("deliver", account_id=account_id, delivery_id=delivery_id)


@shared_task(name="worker.tasks.grant")
@in_turn(calls=2, first=True)
def grant_wish(*, account_id: int, wish_id: int) -> None:
    """Set the status that a member wishes for; triage sees it."""
    for inbox_id in wish.grant(services(), account_id=account_id, wish_id=wish_id):
        services().bell.ring("triage", account_id=account_id, inbox_id=inbox_id)


@shared_task(name="worker.tasks.read_for_session")
@in_turn(calls=7, first=True)
def read_ticket_for_session(*, account_id: int, session_id: int) -> None:
    """Read the ticket that somebody has begun to work on with an assistant."""
    for_session.read_for_session(services(), account_id=account_id, session_id=session_id)


@shared_task(name="worker.tasks.resolve")
@in_turn(calls=2)
def post_resolution_note(*, account_id: int, resolution_id: int) -> None:
    """Post the resolution note that somebody asked for."""
    resolution.post(services(), account_id=account_id, resolution_id=resolution_id)


@shared_task(name="worker.tasks.take_away")
@in_turn(calls=2, first=True)
def take_visible_note_away(*, account_id: int, job_id: int) -> None:
    """Remove a note of ours that a customer can see."""
    visible.take_away(services(), account_id=account_id, job_id=job_id)


@shared_task(name="worker.tasks.plan_week")
@at_once
def plan_weekly_report(*, account_id: int) -> None:
    """Make the rows of an account's weekly e-mail; send each."""
    for report_id in weekly.plan(services(), account_id=account_id):
        services().bell.ring("report", account_id=account_id, report_id=report_id)


@shared_task(name="worker.tasks.report")
@in_turn(MAIL)
def send_report(*, account_id: int, report_id: int) -> None:
    """Send one report to one reader."""
    weekly.send(services(), account_id=account_id, report_id=report_id)


@shared_task(name="worker.tasks.sweep")
@at_once
def sweep_due_rows() -> None:
    """Ring for everything that is due and that nobody rang for."""
    if _worth_it("sweep"):
        sweeper.sweep(services())


@shared_task(name="worker.tasks.poll")
@in_turn(calls=2, last=True)
def poll_account(*, account_id: int) -> None:
    """Look for tickets whose callback never came."""
    poller.poll(services(), account_id=account_id)


@shared_task(name="worker.tasks.check_callbacks")
@in_turn(calls=2)
def check_account_callbacks(*, account_id: int) -> None:
    """Re-activate callback entries that ConnectWise switched off."""
    callback_check.check_callbacks(services(), account_id=account_id)


@shared_task(name="worker.tasks.audit")
@at_once
def audit_installation() -> None:
    """Look for what stands still; tell the operator."""
    if _worth_it("audit"):
        auditor.audit(services())


@shared_task(name="worker.tasks.canary")
@at_once
def send_canary() -> None:
    """Send a canary the way of a callback; it comes back as one to triage."""
    if _worth_it("canary"):
        canary.send(services())


@shared_task(name="worker.tasks.try_ticket")
@in_turn()
def try_canary_ticket(*, account_id: int, canary_id: int) -> None:
    """Read, and where wanted write, the ticket that an account lent for trials."""
    canary.try_ticket(services(), account_id=account_id, canary_id=canary_id)


@shared_task(name="worker.tasks.clear_old")
@at_once
def clear_old_rows(*, account_id: int) -> None:
    """Remove what an account keeps no longer."""
    retention.clear_old(services(), account_id=account_id)


def _worth_it(name: str) -> bool:
    """Tell a poke from those that piled up behind it while no worker was there to take them."""
    return services().not_rung_lately(name, {}, within_s=getattr(services().settings.intervals, name) / 2)


@signals.task_prerun.connect
def _forget_the_last_task(**_: Any) -> None:
    """Start each task without the ids of the one before on the same thread."""
    structlog.contextvars.clear_contextvars()


@signals.worker_shutting_down.connect
def _begin_nothing_more(**_: Any) -> None:
    """End what was begun; what stands in line is still due."""
    services().turns.close()


@signals.worker_ready.connect
def _warm_up(**_: Any) -> None:
    """Import the client and open connections before the first escalation needs them."""
    from worker.upkeep.warm_up import warm_in_background

    warm_in_background(services())
