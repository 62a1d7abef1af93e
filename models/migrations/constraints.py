"""What migrations say again and again. Frozen like them: what stands here is never changed, only added to.

So it follows no change of `models.tables`: what a database was made of must read the same in ten years.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


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


def on_every_row(table: str, statement: str) -> None:
    """Execute an UPDATE on the rows of all accounts: PostgreSQL hides those of a forced table from its owner too."""
    forced = op.get_bind().dialect.name == "postgresql"
    if forced:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    if forced:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
