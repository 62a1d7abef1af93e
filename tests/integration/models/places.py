"""A moment, an account and a handoff to start from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.account import accounts
from models.account.encryption import Cipher
from models.database.sessions import Database
from models.handoff import handoffs
from models.tables import AiSessionStep

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "first secret key long enough to be one"
CIPHER = Cipher([SECRET])


def later(seconds: float) -> datetime:
    """Return a moment so many seconds after `NOW`."""
    return NOW + timedelta(seconds=seconds)


def account(database: Database, name: str = "northwind", cipher: Cipher = CIPHER) -> int:
    """Store an account and return its id."""
    with database.system() as system:
        return accounts.add_account(
            system,
            cipher,
            name=name,
            site="na.myconnectwise.net",
            company=name,
            public_key=f"{name}-public",
            private_key=f"{name}-private",
            client_id=f"{name}-client",
            now=NOW,
        )


def handoff(database: Database, account_id: int, ticket_id: int = 4711, episode: int = 1) -> int:
    """Open a handoff and return its id."""
    with database.account(account_id) as session:
        opened = handoffs.open_handoff(
            session,
            account_id=account_id,
            ticket_id=ticket_id,
            episode=episode,
            escalated_at=NOW,
            now=later(1),
            rule_version=1,
            summary="VPN drops every eight hours",
        )
        assert opened is not None
        return opened.id


def recorded_rows(session: Session, account_id: int, session_id: int) -> list[AiSessionStep]:
    """Return the rows of a session with an assistant in the order they were recorded, corrections among them."""
    mine = (AiSessionStep.account_id == account_id, AiSessionStep.session_id == session_id)
    return list(session.scalars(select(AiSessionStep).where(*mine).order_by(AiSessionStep.number)))
