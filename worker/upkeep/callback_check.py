"""Make sure that the PSA still calls us."""

from __future__ import annotations

import structlog

from models.account import accounts
from models.work import jobs
from worker.account.onboarding import measure_skew, register, renew_members
from worker.process import crash
from worker.wiring import Services

log = structlog.get_logger()

CHECK = "check callbacks"
"""The job that looks once a period whether our callback entries are still active."""


def check_callbacks(services: Services, *, account_id: int) -> int:
    """Make sure ConnectWise still calls us: bring back entries that are gone or switched off; return how many.

    ConnectWise disables an entry after three days of failures (ConnectWise developer guide, callbacks).
    """
    crash.point("check.rung")
    psa = services.psa(account_id)
    measure_skew(services, account_id, psa)
    with services.database.account(account_id, reading=True) as session:
        account = accounts.get(session, account_id)
        assert account is not None
        token = accounts.path_token(account, services.cipher)
        rows = accounts.statuses(session, account_id)
    renew_members(services, account, psa)
    period = str(int(services.clock().timestamp() // services.settings.intervals.callback_check))
    alive = {entry.id for entry in psa.callbacks() if token in entry.url and not entry.inactive}
    wanted = register(psa, services.settings.public_url, token, rows)
    mended = [entry for entry in wanted if entry.id not in alive]
    for entry in mended:
        log.warning("callback_mended", callback_id=entry.id, type=entry.type, level=entry.level)
    with services.database.account(account_id) as session:
        jobs.finish_job(session, account_id, CHECK, period, services.clock(), outcome=f"{len(mended)} mended")
        if mended:
            jobs.raise_alert(
                session, account_id, kind="callback was inactive", subject=account.name, now=services.clock(),
                detail=f"{len(mended)} callback entries were switched off or gone, and are active again",
            )  # fmt: skip
    crash.point("check.ended")
    return len(mended)
