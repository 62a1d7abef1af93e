"""A handoff under our lease. Every write carries its fence; losing it means that somebody else goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from models.handoff import briefs, handoffs
from models.handoff.handoffs import Handoff
from psa.port import Psa
from worker.process import crash
from worker.wiring import Desk, Services

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Hold:
    """The handoff as it was when the lease was taken, with what is needed to work on it."""

    services: Services
    desk: Desk
    psa: Psa
    handoff: Handoff
    fence: int

    @property
    def ids(self) -> tuple[int, int]:
        """The account's id and the handoff's."""
        return self.desk.account_id, self.handoff.id

    @property
    def predates_restore(self) -> bool:
        """Tell whether its brief may have been posted by rows that were lost when a backup was restored."""
        restored = self.desk.restored_at
        return restored is not None and self.handoff.escalated_at <= restored + self.desk.clock_ahead


def lease(services: Services, desk: Desk, handoff_id: int, *, wanted: Callable[[Handoff], bool]) -> Hold | None:
    """Take the lease of a handoff that is wanted and due. None if it is neither, or somebody else has it.

    One that ended under an earlier lease, before its brief was attempted, is due no more from here on.
    """
    account_id, lease_s = desk.account_id, services.settings.intervals.lease
    with services.database.account(account_id) as session:
        before = handoffs.get(session, account_id, handoff_id)
        if before is None or not wanted(before):
            briefs.drop(session, account_id, handoff_id, now=services.clock())
            return None
        fence = briefs.lease(
            session, account_id, handoff_id, now=services.clock(), lease_s=lease_s, holder=services.holder
        )
        handoff = handoffs.get(session, account_id, handoff_id) if fence else None
    if fence is None or handoff is None:
        return None
    return Hold(services, desk, services.psa(account_id), handoff, fence)


def withheld(hold: Hold) -> bool:
    """Leave a brief that is built unposted where its board is in dry run; true if it is, and the one person is to be told."""
    with hold.services.database.account(hold.desk.account_id) as session:
        done = briefs.withhold(session, *hold.ids, fence=hold.fence, now=hold.services.clock())
    if done:
        crash.point("publish.withheld")
        log.info("brief_withheld", reason="dry run")
    return done
