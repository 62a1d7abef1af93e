"""What is done on a rig to get the product to a crash point: on tickets, claims, notes and callbacks."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from models.account import accounts
from models.handoff import claims, handoffs, readings
from models.tables import Handoff, Watch
from models.work import inbox, jobs
from tests.model_server import Plan as ModelPlan
from tests.storm.rig import Escalation, Msp, Rig
from worker.account.leaving import suspend
from worker.account.onboarding import account_named
from worker.demo.link_browser import Browser

TICKETS = 3
Provoke = Callable[[Rig, Sequence[Escalation]], None]


def escalate(rig: Rig, _: Sequence[Escalation]) -> None:
    rig.escalate(TICKETS)


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


JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def dismiss(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let an engineer end each through the API."""
    _as_engineers(rig, made, (("api/v1/handoffs/{}/dismiss", b'{"reason": "a mistake"}', JSON),))


def judge(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let an engineer say through the API what each assessment was worth."""
    _as_engineers(rig, made, (("api/v1/handoffs/{}/assessment", b'{"verdict": "wrong"}', JSON),))


def start(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let an engineer take each through the API, and say on the page what they start with."""
    said = ("escalations/{}/start", b"text=the+log+of+the+firewall", FORM)
    _as_engineers(rig, made, (("api/v1/handoffs/{}/claim", b"", JSON), said))


def _as_engineers(rig: Rig, made: Sequence[Escalation], calls: Sequence[tuple[str, bytes, str]]) -> None:
    """Send requests as an engineer for each escalation, in a thread, since the web may stop."""
    import urllib.request

    services = rig.stack.services

    def ask(one: Escalation) -> None:
        account_id = one.msp.account_id
        with services.database.account(account_id, reading=True) as session:
            senior = accounts.recipients(session, account_id)[0].id
        token = services.passes.api_token(
            account_id=account_id, member_id=senior, epoch=services.desk(account_id).token_epoch
        )
        for path, body, kind in calls:
            url = f"{rig.stack.web_url}/{path.format(_handoff(rig, one).id)}"
            request = urllib.request.Request(url, body, {"Authorization": f"Bearer {token}", "Content-Type": kind})
            with contextlib.suppress(OSError):
                urllib.request.urlopen(request, timeout=5).close()

    for one in made:
        threading.Thread(target=ask, args=(one,), daemon=True).start()


def hand_off(rig: Rig, _: Sequence[Escalation]) -> None:
    """Let juniors open tickets and have them handed off through the API; each asks until it is, as people do."""
    for number in range(TICKETS):
        msp = rig.msps[number % len(rig.msps)]
        made = Escalation(msp, rig.ticket(msp), time.monotonic())
        rig.escalations.append(made)
        _wish(rig, made.msp, made.ticket)


def note_it(rig: Rig, escalations: Sequence[Escalation]) -> None:
    """Have a resolution note posted for each through the API, as a junior; asked again it is the same one."""
    body = {"form": "internal", "text": "**What fixed it:**\n\n- replaced the power supply"}
    for msp, handoff_id in _handoffs(rig, escalations):
        _as_junior(rig, msp, (f"handoffs/{handoff_id}/resolution-note", body))


def reread(rig: Rig, escalations: Sequence[Escalation]) -> None:
    """Have each ticket read again for a newer draft of its resolution note."""
    for msp, handoff_id in _handoffs(rig, escalations):
        _as_junior(rig, msp, (f"handoffs/{handoff_id}/resolution-note/draft", None))


def _handoffs(rig: Rig, escalations: Sequence[Escalation]) -> Iterable[tuple[Msp, int]]:
    for one in escalations:
        with rig.stack.services.database.account(one.msp.account_id, reading=True) as session:
            found = [handoff.id for handoff in handoffs.by_ticket(session, one.msp.account_id, one.ticket)]
        yield from ((one.msp, handoff_id) for handoff_id in found)


def hand_off_nothing(rig: Rig, _: Sequence[Escalation]) -> None:
    """Ask for tickets that are not there."""
    for msp in rig.msps:
        _wish(rig, msp, 2_000_000_000)


def work_with_assistant(rig: Rig, made: Sequence[Escalation]) -> None:
    """Let somebody begin a session on each ticket, and record in it what is still to do."""
    step: dict[str, Any] = {"steps": [{"text": "look at the log of the switch", "state": "pending"}]}
    _each(made, lambda one: _as_junior(
        rig, one.msp, ("sessions", {"ticket": one.ticket}), ("sessions/{id}/steps", step)
    ))  # fmt: skip


def _wish(rig: Rig, msp: Msp, ticket: int) -> None:
    _as_junior(rig, msp, (f"tickets/{ticket}/handoff", None))


def _as_junior(rig: Rig, msp: Msp, *requests: tuple[str, dict[str, Any] | None]) -> None:
    """Have a junior ask the API for one thing after the other, each until it answers: what it told before is named in braces."""
    import urllib.request

    services = rig.stack.services
    with services.database.account(msp.account_id, reading=True) as session:
        junior = next(row.id for row in accounts.roster_rows(session, msp.account_id) if row.identifier == msp.junior)
    token = services.passes.api_token(
        account_id=msp.account_id, member_id=junior, epoch=services.desk(msp.account_id).token_epoch
    )

    def ask() -> None:
        end, told = time.monotonic() + 30, {}
        for path, body in requests:
            url = f"{rig.stack.web_url}/api/v1/{path.format(**told)}"
            headers = {"Authorization": f"Bearer {token}"} | ({"Content-Type": "application/json"} if body else {})
            headers["Idempotency-Key"] = uuid.uuid4().hex
            while time.monotonic() < end:
                request = urllib.request.Request(url, json.dumps(body).encode() if body else b"", headers)
                with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=5) as answer:
                    told = json.load(answer)
                    break
                time.sleep(1)
            else:
                return

    threading.Thread(target=ask, daemon=True).start()


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


def tell_deleted(rig: Rig, made: Sequence[Escalation]) -> None:
    """Say at last that they were deleted, as a callback would: what merely is not there is looked for for a day."""
    services = rig.stack.services
    for one in made:
        with services.database.account(one.msp.account_id) as session:
            inbox.store(
                session, account_id=one.msp.account_id, dedupe_key=f"told/{one.ticket}", type="ticket", action="deleted",
                record_id=one.ticket, raw=b"", verified=True, now=services.clock(),
            )  # fmt: skip


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


def read_by_model(rig: Rig) -> None:
    """Let a model read for every account; the stand-in for it is part of the rig."""
    rig.model.plans = [ModelPlan()]
    set_accounts(rig, reader="model", model_cap=None)


def read_by_model_below_a_cap(rig: Rig) -> None:
    set_accounts(rig, reader="model", model_cap=1)


def read_by_a_model_in_trouble(rig: Rig) -> None:
    read_by_model(rig)
    rig.model.plans = [ModelPlan(status=503)]


def ask_to_read_again(rig: Rig, made: Sequence[Escalation]) -> None:
    """Ask for what was read already."""
    services = rig.stack.services
    for one in made:
        with services.database.account(one.msp.account_id) as session:
            (handoff,) = handoffs.by_ticket(session, one.msp.account_id, one.ticket)
            readings.ask(session, one.msp.account_id, handoff.id, due_at=services.clock())


def ask_junior(rig: Rig) -> None:
    set_accounts(rig, ask_junior=True)


def forget_key(rig: Rig, _: Sequence[Escalation]) -> None:
    """Let the receiver learn its key anew."""
    set_accounts(rig, callback_key_id=None)
    time.sleep(5.5)  # as long as the receiver keeps what it knows of an account
    rig.escalate(TICKETS)


def set_accounts(rig: Rig, **columns: Any) -> None:
    services = rig.stack.services
    for msp in rig.msps:
        with services.database.account(msp.account_id) as session:
            accounts.set_account(session, msp.account_id, **columns)


def rest(rig: Rig) -> None:
    """Let each account be suspended, as an operator does."""
    for msp in rig.msps:
        suspend(rig.stack.services, account_named(rig.stack.services, msp.name))


def dry_run(rig: Rig) -> None:
    """Let briefs be mailed to one engineer of each account, and posted nowhere."""
    for msp in rig.msps:
        with rig.stack.services.database.account(msp.account_id) as session:
            accounts.set_account(session, msp.account_id, dry_run_to=msp.engineers[0])


def wait_too_long(rig: Rig, _: Sequence[Escalation]) -> None:
    """Let the next polls be due tomorrow, as if the clock had been a day ahead."""
    set_accounts(rig, next_poll_at=rig.stack.services.clock() + timedelta(days=1))


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
