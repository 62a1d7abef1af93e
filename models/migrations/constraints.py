"""What migrations say again and again. Frozen like them: what stands here is never changed, only added to.

So it follows no change of `models.tables`: what a database was made of must read the same in ten years.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from models.tables.columns import UtcDateTime


def of_account(table: str) -> sa.ForeignKeyConstraint:
    """Return a table's reference to the account, with which its rows go."""
    name = op.f(f"fk_{table}_account_id_account")
    return sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=name, ondelete="CASCADE")


def of_handoff(table: str) -> sa.ForeignKeyConstraint:
    """Return a table's reference to the handoff of the same account, with which its rows go."""
    name = op.f(f"fk_{table}_account_id_handoff_id_handoff")
    ours, its = ["account_id", "handoff_id"], ["handoff.account_id", "handoff.id"]
    return sa.ForeignKeyConstraint(ours, its, name=name, ondelete="CASCADE")


def index_some(name: str, table: str, columns: list[str], *, where: str, unique: bool = False) -> None:
    """Make an index over the rows that meet a condition."""
    there = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=there, postgresql_where=there)


def index_of_waiting(table: str, column: str) -> None:
    """Make the index over what is due: only rows whose time is set."""
    index_some(f"ix_{table}_{column}", table, [column], where=f"{column} IS NOT NULL")


def in_each_account(statement: str) -> None:
    """Execute an UPDATE of one account's rows (`:account`, at `:now`) for each: row-level security shows its owner no others.

    Nothing is locked but the rows that change, until the version is applied. A number that no account has changes nothing.
    """
    bind = op.get_bind()
    forced = bind.dialect.name == "postgresql"
    now = sa.bindparam("now", datetime.now(UTC), UtcDateTime(), required=False)
    newest = "SELECT last_value FROM account_id_seq" if forced else "SELECT max(id) FROM account"
    for number in range(1, (bind.scalar(sa.text(newest)) or 0) + 1):
        if forced:
            bind.execute(sa.text("SELECT set_config('resolutionflow.account', :account, true)"), {"account": str(number)})
        asked = sa.text(statement)
        bind.execute(asked.bindparams(now) if ":now" in statement else asked, {"account": number})
    if forced:
        bind.execute(sa.text("SELECT set_config('resolutionflow.account', '', true)"))
