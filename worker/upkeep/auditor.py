"""Does anything stand still? Tell the operator once, and a dead-man's switch each minute that all is well.

Two audits at once do no harm.

Alerts that others raise are told here too; an alert is told in one e-mail, however often it repeats. The switch's
address is asked for only while nothing stands still: whoever runs it is called when we fall silent, for any reason.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.error import URLError

import structlog
from sqlalchemy.orm import Session

from models.account import accounts
from models.work import jobs
from models.work.alert_kinds import Kind
from models.work.jobs import EVERYONE, Alert
from models.work.stalled import Stalled, stalled
from worker.mail.alerts import AlertMail, render_alerts
from worker.mail.message import compose, message_id
from worker.mail.smtp_answers import UNCONFIRMED, MailError
from worker.process import crash
from worker.upkeep.retention import CLEAR, day_of
from worker.wiring import Services

log = structlog.get_logger()

KINDS = (
    Kind.HANDOFF_STANDS, Kind.CALLBACK_STANDS, Kind.MESSAGE_STANDS, Kind.NOT_POLLED, Kind.CANARY_LATE, Kind.SILENT,
)  # fmt: skip
"""What the auditor itself raises and clears."""
SILENT_S = 60.0
SWITCH_TIMEOUT_S = 5.0
DOUBT = "the mail server took it and did not answer"
PAUSE = 4
"""Audits that did not come, after which everything was down: what is late then has had no time to move (a count)."""


def audit(services: Services) -> list[Stalled]:
    """Raise an alert for what stands still, clear those that hold no longer, tell the operator; return what stands.

    The first after everything was down judges nothing: what was due meanwhile is only being rung for.
    Once a day it rings for the cleaning of what belongs to no account, and of accounts that nobody polls; an account's own is
    rung for by its poll.
    """
    crash.point("audit.rung")
    now = services.clock()
    waits = services.settings.intervals
    silent_s = {"sweep": SILENT_S}
    if services.settings.canary_url:
        silent_s["canary"] = max(SILENT_S, waits.canary * 3)
    # Reading alone: what this asks goes over all accounts, and SQLite takes one writer at a time.
    with services.database.system(reading=True) as system:
        without_s = (now - (jobs.last_sign(system, "audit") or now)).total_seconds()
        begins_again, late_s = without_s > PAUSE * waits.audit, services.settings.canary_late_s
        found = [] if begins_again else stalled(system, now=now, silent_s=silent_s, canary_late_s=late_s)
    with services.database.system() as system:
        jobs.beat(system, "audit", now)
        if begins_again:
            log.info("audits_begin_again", silent_s=round(without_s))
            return []
        _keep_alerts(system, found, now)
        clear_due = jobs.claim_job(system, EVERYONE, CLEAR, day_of(now), now)
        to_clear = [EVERYONE, *accounts.nobody_polls(system)] if clear_due else []
    crash.point("audit.looked")
    for account_id in to_clear:
        services.bell.ring("clear_old", account_id=account_id)
    _tell(services, now)
    if not found:
        _ping(services.settings.dead_man_url)
    else:
        log.error("stalled", kinds=sorted({still.kind.value for still in found}), count=sum(s.count for s in found))
    return found


def _keep_alerts(system: Session, found: Sequence[Stalled], now: datetime) -> None:
    """Raise what stands still as alerts of the installation, and clear what moves again."""
    still_so = {(still.kind.value, still.subject) for still in found}
    for still in found:
        since = f" since {still.since:%Y-%m-%d %H:%M} UTC" if still.since else ""
        jobs.raise_alert(
            system, EVERYONE, kind=still.kind, subject=still.subject, now=now,
            detail=f"{still.detail or still.count}{since}",
        )
    for alert in jobs.open_alerts(system, EVERYONE):
        if alert.kind in KINDS and (alert.kind, alert.subject) not in still_so:
            jobs.clear_alert(system, EVERYONE, kind=alert.kind, subject=alert.subject, now=now)


def _tell(services: Services, now: datetime) -> None:
    """Send the operator one e-mail with all alerts nobody has been told of."""
    operator = services.settings.operator_email
    if not operator:
        return
    with services.database.system() as system:
        fresh = [
            alert for alert in jobs.untold(system)
            if jobs.claim_job(
                system, EVERYONE, jobs.TELL, str(alert.id), now, lease_s=services.settings.intervals.lease
            )
        ]  # fmt: skip
    crash.point("audit.taken")
    if not fresh:
        return
    try:
        message = compose(
            render_alerts(_mail(services, fresh)),
            sender=services.settings.mail_from,
            recipient=operator,
            message_id=message_id(
                account_id="operator", delivery_id="-".join(str(a.id) for a in fresh),
                domain=services.settings.message_domain,
            ),
            date=fresh[0].raised_at,
            topic="alerts",
        )  # fmt: skip
        services.mailer.send(message)
    except (ValueError, MailError) as error:
        log.error("operator_not_told", reason=str(error)[:300])
        with services.database.system() as system:
            doubtful = isinstance(error, MailError) and error.doubtful
            for alert in fresh:
                at = now + timedelta(seconds=services.settings.intervals.audit)
                if doubtful and jobs.finish_job(
                    system, EVERYONE, jobs.TELL, str(alert.id), services.clock(), outcome=UNCONFIRMED, after=DOUBT
                ):
                    continue  # as with every message: handed over whole twice, it is sent no more
                reason = DOUBT if doubtful else str(error)[:200]
                jobs.release_job(system, EVERYONE, jobs.TELL, str(alert.id), at=at, reason=reason)
        crash.point("audit.waits")
        return
    crash.point("audit.told")
    with services.database.system() as system:
        for alert in fresh:
            jobs.finish_job(system, EVERYONE, jobs.TELL, str(alert.id), services.clock())
    crash.point("audit.recorded")
    log.info("operator_told", alerts=len(fresh))


def _mail(services: Services, alerts: Sequence[Alert]) -> AlertMail:
    with services.database.system(reading=True) as system:
        names = {account.id: account.name for account in accounts.list_accounts(system)}
    rows = tuple(
        (names.get(alert.account_id, "whole installation"), alert.kind, alert.subject, alert.detail, alert.raised_at)
        for alert in alerts
    )
    return AlertMail(rows, services.settings.public_url)


def _ping(url: str) -> None:
    """Tell the dead-man's switch that we live. A failure is only logged: the switch will notice by itself."""
    if not url:
        return
    try:
        with urllib.request.urlopen(url, timeout=SWITCH_TIMEOUT_S) as answer:  # noqa: S310 - the operator's own setting
            answer.read(1024)
    except (URLError, OSError, ValueError) as error:
        log.warning("dead_man_switch_not_reached", error=type(error).__name__)
