"""The same for what nobody's deed begins: polls, weeks, alerts, canaries."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from models.account import accounts
from models.tables import Account, Report
from models.work import jobs
from models.work.alert_kinds import Kind
from tests.storm.provocations import TICKETS
from tests.storm.rig import Escalation, Msp, Rig
from worker.account.onboarding import callback_url
from worker.demo.mail_catcher import Faults as MailFaults
from worker.upkeep.canary import MARK

LATER = MailFaults(data_answer="451 4.3.0 try again later")


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
            session, rig.msps[0].account_id, kind=Kind.CALLBACK_INACTIVE, subject=uuid.uuid4().hex, detail="a test",
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
    for msp, ticket in lent(rig):
        us = rig.stack.services.desk(msp.account_id).api_member
        assert us is not None
        for _ in range(TICKETS):
            msp.simulator.add_note(ticket, f"{MARK} A trial", member=us)


def lent(rig: Rig) -> list[tuple[Msp, int]]:
    found = []
    for msp in rig.msps:
        with rig.stack.services.database.account(msp.account_id, reading=True) as session:
            account = accounts.get(session, msp.account_id)
        if account is not None and account.canary_ticket is not None:
            found.append((msp, account.canary_ticket))
    return found


def by_itself(rig: Rig, _: Sequence[Escalation]) -> None:
    """Wait: it comes by of its own accord."""
