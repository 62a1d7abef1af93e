"""Make sure that the PSA still calls us, and that what we wait for is still there."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from models.account import accounts
from models.account.accounts import Account
from models.work import jobs
from models.work.alert_kinds import Kind
from psa.port import PsaError, Unauthorized
from worker.account.onboarding import follow_names, measure_skew, register
from worker.process import crash
from worker.wiring import Services

log = structlog.get_logger()

CHECK = "check callbacks"
"""The job that looks once a period whether our callback entries are still active."""
NEW_ADDRESS = "new callback address"


def check_callbacks(services: Services, *, account_id: int) -> int:
    """Make sure ConnectWise still calls us: bring back entries that are gone or switched off; return how many.

    ConnectWise disables an entry after three days of failures (ConnectWise developer guide, callbacks), and a person
    can at any time. A board or status that was renamed is followed; one that is gone is an alert until it is mended,
    since every escalation there would be lost. So is a look that goes on being refused. Alerts close themselves.
    """
    crash.point("check.rung")
    try:
        return _check(services, account_id)
    except PsaError as error:
        log.warning("callbacks_not_checked", error=type(error).__name__, status=error.status)
        if not error.retry and not isinstance(error, Unauthorized):  # of keys the polls tell
            _tell_unchecked(services, account_id, error)
        return 0


def _tell_unchecked(services: Services, account_id: int, error: PsaError) -> None:
    """Tell the operator, once nothing was checked for a while: one refusal is no fact yet."""
    now = services.clock()
    with services.database.account(account_id) as session:
        account = accounts.get(session, account_id)
        assert account is not None
        last = jobs.last_done(session, account_id, CHECK) or account.connected_at or now
        if now - last > timedelta(seconds=2 * services.settings.intervals.callback_check):
            detail = f"whether our callback entries are active could not be seen since {last:%Y-%m-%d %H:%M} UTC: {error}"[:500]
            jobs.raise_alert(
                session, account_id, kind=Kind.CALLBACK_INACTIVE, subject=account.name, detail=detail, now=now
            )


def _check(services: Services, account_id: int) -> int:
    psa, now = services.psa(account_id), services.clock()
    try:
        measure_skew(services, account_id, psa)
    except PsaError as error:  # figures want it; whether we are called does not hang on it
        log.warning("clock_not_measured", error=type(error).__name__, status=error.status)
    with services.database.account(account_id, reading=True) as session:
        account = accounts.get(session, account_id)
        assert account is not None
        token = accounts.path_token(account, services.cipher)
    renewed = _renew_address(services, account, now)
    token = renewed or token
    gone = follow_names(services, account, psa)
    crash.point("check.followed")
    with services.database.account(account_id, reading=True) as session:
        rows = accounts.statuses(session, account_id)
    there = psa.callbacks()
    alive = {entry.id for entry in there if not entry.inactive}
    wanted = register(psa, services.settings.public_url, token, rows, there)
    mended = [entry for entry in wanted if entry.id not in alive]
    for entry in mended:
        log.warning("callback_mended", callback_id=entry.id, type=entry.type, level=entry.level)
    with services.database.account(account_id) as session:
        jobs.finish_job(session, account_id, CHECK, period_of(services, now), now, outcome=f"{len(mended)} mended")
        if mended:
            jobs.raise_alert(
                session, account_id, kind=Kind.CALLBACK_INACTIVE, subject=account.name, now=now,
                detail=f"{len(mended)} callback entries were switched off or gone, and are active again",
            )  # fmt: skip
        else:
            jobs.clear_alert(session, account_id, kind=Kind.CALLBACK_INACTIVE, subject=account.name, now=now)
        if gone:
            jobs.raise_alert(session, account_id, kind=Kind.STATUS_GONE, subject=account.name, detail="; ".join(gone), now=now)
        else:
            jobs.clear_alert(session, account_id, kind=Kind.STATUS_GONE, subject=account.name, now=now)
    crash.point("check.ended")
    return len(mended)


def _renew_address(services: Services, account: Account, now: datetime) -> str | None:
    """Ask for callbacks at a new address where another key than the pinned one signs; return its token, once an hour.

    ConnectWise alone hears of the address, by our own credentials, so whichever key signs the first callback there is
    its own: the rule by which the first one was pinned.
    """
    with services.database.account(account.id) as session:
        wrong = [alert for alert in jobs.open_alerts(session, account.id) if alert.kind == Kind.OTHER_KEY]
        if not wrong or not jobs.claim_job(session, account.id, NEW_ADDRESS, f"{now:%Y-%m-%dT%H}", now, lease_s=3600):
            return None
        token = accounts.renew_path_token(session, account, services.cipher)
        jobs.clear_alert(session, account.id, kind=Kind.OTHER_KEY, subject=account.name, now=now)
    crash.point("check.readdressed")
    log.warning("callback_address_renewed", account=account.name)
    return token


def period_of(services: Services, now: datetime) -> str:
    """Return the period that a check at this moment is the one check of."""
    return str(int(now.timestamp() // services.settings.intervals.callback_check))
