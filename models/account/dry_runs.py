"""Which boards of an account are in dry run: their briefs are built and mailed to one person, and nothing is posted."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account.people import recipients
from models.tables import Account, Member

ALL = "all"
"""In place of a board's name: no board is in dry run any more."""


def applies(session: Session, account_id: int, board: str | None) -> bool:
    """Tell whether nothing may be posted for a board now. One that is not known by name counts as in dry run."""
    row = session.execute(select(Account.dry_run_to, Account.live_boards).where(Account.id == account_id)).one_or_none()
    if row is None or row.dry_run_to is None:
        return False
    return (board or "").strip().lower() not in {str(name).strip().lower() for name in row.live_boards}


def told(session: Session, account_id: int, *, dry_run: bool) -> list[Member]:
    """Return who is told of an escalation: everybody who may claim, in dry run the one person alone."""
    everybody = recipients(session, account_id)
    if not dry_run:
        return everybody
    login = (session.scalar(select(Account.dry_run_to).where(Account.id == account_id)) or "").strip().lower()
    return [member for member in everybody if login in (member.identifier.lower(), str(member.id))]


def switched_on(live: Iterable[str], board: str) -> list[str]:
    """Return the boards that are live once this one is, too."""
    return [*(name for name in live if name.lower() != board.lower()), board]
