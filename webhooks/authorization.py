"""Who may act: an active engineer, admin or owner, looked up when a pass is used and not when it was signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from escalation.response.sightings import CLAIMING_ROLES
from models.tables import Account, Member
from worker.process.links import ApiPass, ClaimPass


class TakenBack(PermissionError):
    """The pass was good once: the account is gone, or took back all links and tokens."""


class NotSenior(PermissionError):
    """The pass is good, but whoever it was made for is no active engineer, admin or owner."""


@dataclass(frozen=True, slots=True)
class Senior:
    """Somebody who may claim, and what their account's pages need."""

    account_id: int
    member_id: int
    login: str
    name: str
    account: str
    site: str
    company: str
    allow_private: bool
    time_zone: str
    clock_ahead: timedelta
    """How far the PSA's clock is ahead of ours, as last compared."""

    def psa_time(self, now: datetime) -> datetime:
        """Return a moment of ours by the PSA's clock, which tells when notes and time entries were made."""
        return now + self.clock_ahead


def require_engineer_or_admin(session: Session, who: ClaimPass | ApiPass) -> Senior:
    """Return who it is, in the account's own session. Raises `TakenBack` and `NotSenior`."""
    account = session.execute(
        select(
            Account.name, Account.site, Account.company, Account.allow_private, Account.time_zone, Account.token_epoch,
            Account.clock_skew_s,
        ).where(Account.id == who.account_id)
    ).one_or_none()  # fmt: skip
    if account is None:
        raise TakenBack("the account was removed")
    if account.token_epoch != who.epoch:
        raise TakenBack("all links and tokens made before were taken back")
    member = session.scalar(
        select(Member).where(Member.account_id == who.account_id, Member.id == who.member_id)
    )
    if member is None or not member.active:
        raise NotSenior("not an active member of this account any more")
    if member.is_api or member.role not in CLAIMING_ROLES:
        raise NotSenior(f"{member.name} is {'an API member' if member.is_api else f'a {member.role}'} here")
    return Senior(
        account_id=who.account_id,
        member_id=member.id,
        login=member.identifier,
        name=member.name,
        account=account.name,
        site=account.site,
        company=account.company,
        allow_private=account.allow_private,
        time_zone=account.time_zone,
        clock_ahead=timedelta(seconds=account.clock_skew_s or 0.0),
    )
