"""What an account's boards, statuses and people mean, from its settings and from what its PSA has now; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from escalation.evidence import Role, Roster
from escalation.history.saves import Meaning
from models.account import accounts
from models.account.accounts import Account
from psa.port import Board, Member
from worker.account.onboarding import CannotConnect
from worker.account.statuses import resolve
from worker.account_values import status_rules


def meaning_of(account: Account, boards: Sequence[Board]) -> Meaning:
    """Return what the account's statuses mean on all boards there are. Raises `CannotConnect`."""
    names = {name.lower() for name in account.board_names}
    found = resolve(account, [b for b in boards if not names or b.name.lower() in names] or boards)
    if found.wrong:
        raise CannotConnect("\n".join(f"  - {line}" for line in found.wrong))
    return Meaning(
        status_rules(found.rows),
        {board.name: board.id for board in boards},
        {(board.id, status.name): status.id for board in boards for status in board.statuses},
        frozenset((board.id, status.id) for board in boards for status in board.statuses if status.closed),
    )


def roster_of(account: Account, members: Iterable[Member], *, us: str | None) -> Roster:
    """Return who is who, from the account's settings and the PSA's members."""
    wanted: dict[str, Role] = {str(name).strip().lower(): "engineer" for name in account.engineers}
    wanted |= {str(name).strip().lower(): "admin" for name in account.admins}
    if account.owner:
        wanted[account.owner.strip().lower()] = "owner"
    roles: dict[str, Role] = {}
    names: dict[str, str] = {}
    for member in members:
        login = member.identifier.lower()
        given = wanted.get(login) or wanted.get(str(member.id)) or "technician"
        roles[login] = "system" if member.is_api else given
        names[login] = member.name
    return Roster(roles, names, us, connectors=accounts.connectors_of(account.settings))


def api_login(members: Iterable[Member]) -> str | None:
    """Return the one API member's login name; with several nobody can say yet which is ours."""
    api = [member.identifier for member in members if member.is_api]
    return api[0] if len(api) == 1 else None
