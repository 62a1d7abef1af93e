"""How each crash point is reached: what has to happen, and what is put right afterwards.

A way begins from a quiet rig. Its `provoke` is done again each `again_s` seconds until the process has ended, so that a
later pass of the same process is reached too.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from models.account import accounts
from models.handoff import claims, handoffs
from models.tables import Account, Handoff, Report, Watch
from models.work import inbox, jobs
from tests.storm.rig import Escalation, Msp, Rig
from worker.account.onboarding import callback_url
from worker.demo.link_browser import Browser
from worker.demo.mail_catcher import Faults as MailFaults
from worker.handoff.preview import replay
from worker.upkeep.canary import MARK

TICKETS = 3
NOTES = r"/service/tickets/\d+/notes$"
NOTES_READ = r"/service/tickets/\d+/notes"
TICKET = r"/service/tickets/\d+$"
LATER = MailFaults(data_answer="451 4.3.0 try again later")

Provoke = Callable[[Rig, Sequence[Escalation]], None]


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


def escalate(rig: Rig, _: Sequence[Escalation]) -> None:
    rig.escalate(TICKETS)


def new(prepare: Callable[[Rig], None] = _nothing, **details: Any) -> Way:
    return Way(escalate, on_the_way=True, prepare=prepare, **details)


def failing(**rule: Any) -> Callable[[Rig], None]:
    """Return what makes the PSA fail until the rig is healed."""

    def prepare(rig: Rig) -> None:
        rig.stack.simulator.fault(**rule)

    return prepare


def _each(made: Sequence[Escalation], do: Callable[[Escalation], Any]) -> None:
    for one in made:
        do(one)


def work_goes_on(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let work on escalated tickets go on, so that their briefs are edited."""
    text = f"Swapped the cable on port {rig.chance.randrange(900)}, no change."
    _each(made, lambda one: one.msp.simulator.add_note(one.ticket, text, member=one.msp.junior))


def by(fault: dict[str, Any], provoke: Provoke) -> Provoke:
    """Return the same under a fault of the PSA, which healing takes away."""

    def both(rig: Rig, made: Sequence[Escalation]) -> None:
        if not rig.stack.simulator.faults():
            rig.stack.simulator.fault(**fault)
        provoke(rig, made)

    return both


def _handoff(rig: Rig, one: Escalation) -> Handoff:
    with rig.stack.services.database.account(one.msp.account_id, reading=True) as session:
        return handoffs.by_ticket(session, one.msp.account_id, one.ticket)[0]


def take(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let an engineer take each by the link, as the web stores it; nobody rings, so the sweeper has to find it."""
    services = rig.stack.services
    for one in made:
        account_id = one.msp.account_id
        with services.database.account(account_id) as session:
            (handoff,) = handoffs.by_ticket(session, account_id, one.ticket)
            engineer = accounts.recipients(session, account_id)[0]
            claims.claim(session, account_id, handoff.id, member_id=engineer.id, now=services.clock(), kind="link")


def press(deeds: Iterable[str]) -> Provoke:
    """Open each claim link and press buttons, as browsers do; each in a thread, since the web may stop."""

    def provoke(rig: Rig, made: Sequence[Escalation]) -> None:
        services = rig.stack.services

        def one_browser(one: Escalation) -> None:
            account_id = one.msp.account_id
            with services.database.account(account_id, reading=True) as session:
                senior = accounts.recipients(session, account_id)[0].id
            link = services.passes.claim_link(
                rig.stack.web_url, account_id=account_id, handoff_id=_handoff(rig, one).id, member_id=senior,
                epoch=services.desk(account_id).token_epoch,
            )  # fmt: skip
            browser = Browser(timeout_s=5)
            for deed in deeds:
                with contextlib.suppress(OSError, LookupError):
                    browser.press(link, browser.show(link), deed=deed)

        for one in made:
            threading.Thread(target=one_browser, args=(one,), daemon=True).start()

    return provoke


def dismiss(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let an engineer end each through the API."""
    import urllib.request

    services = rig.stack.services

    def ask(one: Escalation) -> None:
        account_id = one.msp.account_id
        with services.database.account(account_id, reading=True) as session:
            senior = accounts.recipients(session, account_id)[0].id
        token = services.passes.api_token(
            account_id=account_id, member_id=senior, epoch=services.desk(account_id).token_epoch
        )
        request = urllib.request.Request(
            f"{rig.stack.web_url}/api/v1/handoffs/{_handoff(rig, one).id}/dismiss", b'{"reason": "a mistake"}',
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )  # fmt: skip
        with contextlib.suppress(OSError):
            urllib.request.urlopen(request, timeout=5).close()

    for one in made:
        threading.Thread(target=ask, args=(one,), daemon=True).start()


def _due(rig: Rig, one: Escalation, **columns: Any) -> None:
    services, account_id = rig.stack.services, one.msp.account_id
    with services.database.account(account_id) as session:
        mine = update(Handoff).where(Handoff.account_id == account_id, Handoff.ticket_id == one.ticket)
        session.execute(mine.values(observe_due_at=services.clock(), **columns))


def run_out(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let claims that were never acted on be over."""
    take(rig, made)
    time.sleep(1.5)  # settling sets when it ends
    _each(made, lambda one: _due(rig, one, claim_expires_at=rig.stack.services.clock() - timedelta(seconds=1)))


def leave(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let tickets leave the escalation status, longer ago than the grace."""
    for one in made:
        one.msp.simulator.change_status(one.ticket, "New", member=one.msp.junior)
    time.sleep(1.5)
    services = rig.stack.services
    for one in made:
        with services.database.account(one.msp.account_id) as session:
            away = update(Watch).where(
                Watch.account_id == one.msp.account_id, Watch.ticket_id == one.ticket, Watch.left_at.is_not(None)
            )
            session.execute(away.values(left_at=services.clock() - timedelta(minutes=2)))
        _due(rig, one)


def delete(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let tickets vanish without a word, and be read before the poller misses them."""
    for msp in rig.msps:
        msp.simulator.callbacks(drop_ratio=1.0)
    for one in made:
        with contextlib.suppress(Exception):
            one.msp.simulator.delete(one.ticket, member=one.msp.junior)
        _due(rig, one)


def second_note(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let a repeat of the brief stand in the ticket, as by a POST that arrived late."""
    for one in made:
        us = rig.stack.services.desk(one.msp.account_id).api_member
        assert us is not None
        one.msp.simulator.add_note(one.ticket, _handoff(rig, one).draft or "", member=us)
    work_goes_on(rig, made)


def edit_by_hand(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let a person edit each brief, and work go on."""
    for one in made:
        handoff = _handoff(rig, one)
        note = handoff.escalation_package_external_id
        assert note is not None
        text = (handoff.draft or "") + "\n\nSeen by hand."
        one.msp.simulator.edit_note(one.ticket, note, text, member=one.msp.junior)
    work_goes_on(rig, made)


def edit_by_hand_and_take(rig: Rig, made: Sequence[Escalation]) -> None:
    """The same, and then somebody takes it, which the note beside has to say."""
    edit_by_hand(rig, made)
    time.sleep(3)
    take(rig, made)


def do_again(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let a senior do again what the brief says was done."""
    for one in made:
        one.msp.simulator.add_note(one.ticket, "Rebooted the server again, no change.", member=one.msp.engineers[0])
    work_goes_on(rig, made)


def ask_junior(rig: Rig) -> None:
    _set(rig, ask_junior=True)


def forget_key(rig: Rig, _: Sequence[Escalation]) -> None:
    """Let the receiver learn its key anew."""
    _set(rig, callback_key_id=None)
    time.sleep(5.5)  # as long as the receiver keeps what it knows of an account
    rig.escalate(TICKETS)


def _set(rig: Rig, **columns: Any) -> None:
    services = rig.stack.services
    for msp in rig.msps:
        with services.database.account(msp.account_id) as session:
            accounts.set_account(session, msp.account_id, **columns)


def wait_too_long(rig: Rig, _: Sequence[Escalation]) -> None:
    """Let the next polls be due tomorrow, as if the clock had been a day ahead."""
    _set(rig, next_poll_at=rig.stack.services.clock() + timedelta(days=1))


def sweep_in_the_future(rig: Rig, _: Sequence[Escalation]) -> None:
    """Let the last sweep have been in an hour, as if the clock had been set back since."""
    with rig.stack.services.database.system() as system:
        jobs.beat(system, "sweep", rig.stack.services.clock() + timedelta(hours=1))


def unverified(rig: Rig) -> None:
    """Let a receiver that knows no key find its host silent, so that the worker has to check."""
    rig.kill("web")
    _wait_ready(rig)
    rig.stack.simulator.fault(path="callbackkey", kind="status", status=503, count=len(rig.msps))


def _wait_ready(rig: Rig) -> None:
    end = time.monotonic() + 20
    time.sleep(0.5)
    while not rig.stack._web_answers() and time.monotonic() < end:
        time.sleep(0.1)


def forge(rig: Rig, _: Sequence[Escalation]) -> None:
    """Store what somebody else signed, as the receiver does while it cannot check."""
    services = rig.stack.services
    for msp in rig.msps:
        with services.database.account(msp.account_id) as session:
            account = accounts.get(session, msp.account_id)
            assert account is not None
            place = f"{account.site}/{(account.codebase or '').strip('/')}//system/callbackkey/index.rails"
            query = f"companyName={account.company}&id={account.callback_key_id}"
            body = {
                "Action": "updated", "Type": "ticket", "ID": 1, "CompanyId": account.company,
                "MessageId": uuid.uuid4().hex, "MemberId": msp.junior, "Entity": None,
                "Metadata": {"key_url": f"{place}?{query}"},
            }  # fmt: skip
            inbox.store(
                session, account_id=msp.account_id, dedupe_key=uuid.uuid4().hex, type="ticket", action="updated",
                record_id=1, raw=json.dumps(body).encode(), signature="A" * 43 + "=", verified=False,
                now=services.clock(),
            )  # fmt: skip


def silent(rig: Rig) -> None:
    """Let ConnectWise call nobody, so that the poller has to find everything."""
    for msp in rig.msps:
        msp.simulator.callbacks(drop_ratio=1.0)


def entries_off(rig: Rig, _: Sequence[Escalation]) -> None:
    """Switch callback entries off, and leave one from a former address."""
    services = rig.stack.services
    for msp in rig.msps:
        for entry in msp.simulator.callback_entries():
            msp.simulator.callbacks(deactivate=entry["id"])
        with services.database.account(msp.account_id, reading=True) as session:
            account = accounts.get(session, msp.account_id)
            assert account is not None
            token = accounts.path_token(account, services.cipher)
        with contextlib.suppress(Exception):
            services.psa(msp.account_id).register_callback(
                url=callback_url("http://127.0.0.1:9", token), type="time", level="owner", object_id=1,
                description="a former address",
            )  # fmt: skip


def week(rig: Rig, _: Sequence[Escalation]) -> None:
    """Let a week's report be due, whatever was sent of it before."""
    services = rig.stack.services
    now = services.clock()
    for msp in rig.msps:
        with services.database.account(msp.account_id) as session:
            sent = session.scalars(select(Report).where(Report.account_id == msp.account_id, Report.status == "sent"))
            for report in sent:
                report.period = f"before {report.id}"
            mine = update(Account).where(Account.id == msp.account_id)
            session.execute(mine.values(next_weekly_at=now, connected_at=now - timedelta(days=60)))


def week_without_mail(rig: Rig, made: Sequence[Escalation]) -> None:
    rig.mail.faults = LATER
    week(rig, made)


def no_mail(rig: Rig) -> None:
    rig.mail.faults = LATER


def raise_alert(rig: Rig, _: Sequence[Escalation]) -> None:
    """Have something to tell the operator."""
    services = rig.stack.services
    with services.database.account(rig.msps[0].account_id) as session:
        jobs.raise_alert(
            session, rig.msps[0].account_id, kind="callback was inactive", subject=uuid.uuid4().hex, detail="a test",
            now=services.clock(),
        )  # fmt: skip


def raise_alert_without_mail(rig: Rig, made: Sequence[Escalation]) -> None:
    rig.mail.faults = LATER
    raise_alert(rig, made)


def lend(rig: Rig) -> None:
    """Let each account lend a ticket for trials."""
    for msp in rig.msps:
        ticket = msp.simulator.add_ticket(summary="Kept for trials", member=msp.junior, board=msp.board)
        with rig.stack.services.database.account(msp.account_id) as session:
            accounts.set_account(session, msp.account_id, canary_ticket=ticket, canary_posts=True)


def lend_a_littered_one(rig: Rig) -> None:
    """The same, where a canary that died has left its notes."""
    lend(rig)
    for msp, ticket in _lent(rig):
        us = rig.stack.services.desk(msp.account_id).api_member
        assert us is not None
        for _ in range(TICKETS):
            msp.simulator.add_note(ticket, f"{MARK} A trial", member=us)


def _lent(rig: Rig) -> list[tuple[Msp, int]]:
    found = []
    for msp in rig.msps:
        with rig.stack.services.database.account(msp.account_id, reading=True) as session:
            account = accounts.get(session, msp.account_id)
        if account is not None and account.canary_ticket is not None:
            found.append((msp, account.canary_ticket))
    return found


def by_itself(rig: Rig, _: Sequence[Escalation]) -> None:
    """Wait: it comes by of its own accord."""


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
    "try_ticket.frozen": failing_trial(path=NOTES, method="POST", kind="visible"),
    "try_ticket.hidden": failing_trial(path=NOTES, method="POST", kind="visible"),
    "try_ticket.waits": failing_trial(path=NOTES_READ, method="GET", kind="status", status=503),
    "callback": new(),
    "callback.pinned": Way(forget_key, on_the_way=True, passes=1),
    "claim": Way(press(["claim"])),
    "claim.returning": Way(press(["claim", "give back"])),
    "claim.returned": Way(press(["claim", "give back"])),
    "claim.dismissing": Way(dismiss),
    "claim.dismissed": Way(dismiss),
    "triage": new(),
    "triage.verified": new(unverified, passes=1),
    "triage.waits": new(failing(path=TICKET, method="GET", kind="status", status=503)),
    "triage.refused": Way(forge),
    "publish": new(),
    "publish.waits": new(failing(path=NOTES, method="POST", kind="throttle", retry_after=1)),
    "publish.parked": new(failing(path=NOTES, method="POST", kind="forbidden")),
    "publish.hidden": new(failing(path=NOTES, method="POST", kind="visible"), passes=1, removes_notes=True),
    "publish.frozen": new(failing(path=NOTES, method="POST", kind="visible"), passes=1, removes_notes=True),
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
    "observe": Way(work_goes_on),
    "observe.expired": Way(run_out),
    "observe.withdrawn": Way(leave, passes=1),
    "observe.gone": Way(delete, passes=1, gone=True),
    "notes": Way(work_goes_on),
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
    """Do what an operator does once a fault is over: bring parked work back, let frozen accounts go on.

    Return the notes of canaries that the next ones did not remove.
    """
    services = rig.stack.services
    for msp in rig.msps:
        with services.database.account(msp.account_id) as session:
            accounts.unfreeze(session, msp.account_id)
            accounts.set_account(session, msp.account_id, ask_junior=False, canary_posts=False)
    with_parked = [msp for msp in rig.msps if _parked(rig, msp)]
    for msp in with_parked:
        replay(services, since=None, only=msp.account_id)
    end, left = time.monotonic() + 25, _littered(rig)
    while left and time.monotonic() < end:
        time.sleep(0.3)
        left = _littered(rig)
    _set(rig, canary_ticket=None)
    return left


def stopped(rig: Rig) -> bool:
    """Tell whether an account is frozen or a brief is parked."""
    frozen = any(rig.stack.services.desk(msp.account_id).frozen for msp in rig.msps)
    return frozen or any(_parked(rig, msp) for msp in rig.msps)


def _littered(rig: Rig) -> list[str]:
    return [
        f"{msp.name} {ticket}: {note['text'][:60]}"
        for msp, ticket in _lent(rig) for note in msp.simulator.notes(ticket) if note["text"].startswith(MARK)
    ]  # fmt: skip


def _parked(rig: Rig, msp: Msp) -> bool:
    with rig.stack.services.database.account(msp.account_id, reading=True) as session:
        return bool(handoffs.parked(session, msp.account_id))
