"""All of an account's data as files that anyone can read: a line of JSON for each row, and a README that says what is what.

Left out are what only opens doors (keys, tokens, signatures) and callbacks as they came in, whose text nobody has redacted.
"""

from __future__ import annotations

import inspect
import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Column, LargeBinary, Table, func, select
from sqlalchemy.orm import Session

from models.account.accounts import Account
from models.database.access import OF_ACCOUNT, SECRETS
from models.tables.columns import Row
from worker.wiring import Services

DOORS = SECRETS | {"path_token_hash", "raw", "signature", "nonce", "callback_key_id", "page_key"}
"""Columns that are never exported, whatever their table."""
TABLES: tuple[type[Row], ...] = (Account, *OF_ACCOUNT)
BATCH = 500

README = """\
# {name}: everything ResolutionFlow has stored

Made {made_at:%Y-%m-%d %H:%M} UTC. Each file holds one kind of record, one record a line, as JSON (JSON Lines); moments are UTC.
Texts of tickets were redacted before they were stored. Not in here: keys, tokens and signatures, and callbacks as they came in.

| file | records | what they are |
|---|---|---|
{rows}
"""


def export(services: Services, account: Account, folder: Path) -> dict[str, int]:
    """Write an account's data into a folder, readable by this user alone; return how many records of each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    with services.database.account(account.id, reading=True) as session:
        for row in TABLES:
            table = _table(row)
            counts[table.name] = _file(session, table, account.id, folder / f"{table.name}.jsonl")
    told = {_table(row).name: (inspect.getdoc(row) or "").splitlines()[0] for row in TABLES}
    rows = "\n".join(f"| `{name}.jsonl` | {count} | {told[name]} |" for name, count in counts.items())
    with _open(folder / "README.md") as file:
        file.write(README.format(name=account.name, made_at=services.clock(), rows=rows))
    return counts


def counted(session: Session, account_id: int) -> dict[str, int]:
    """Return how many records of each kind an account has."""
    counts: dict[str, int] = {}
    for row in TABLES:
        table = _table(row)
        query = select(func.count()).select_from(table).where(_owner(table) == account_id)
        counts[table.name] = session.scalar(query) or 0
    return counts


def _table(row: type[Row]) -> Table:
    return cast(Table, row.__table__)


def _owner(table: Table) -> Column[Any]:
    return table.c["id" if table.name == "account" else "account_id"]


def _file(session: Session, table: Table, account_id: int, path: Path) -> int:
    columns, count = [column for column in table.columns if _told(column)], 0
    query = select(*columns).where(_owner(table) == account_id).order_by(*table.primary_key.columns)
    with _open(path) as file:
        for values in session.execute(query.execution_options(yield_per=BATCH)):
            body = {column.name: value for column, value in zip(columns, values, strict=True)}
            file.write(json.dumps(body, ensure_ascii=False, default=_plain) + "\n")
            count += 1
    return count


def _told(column: Column[Any]) -> bool:
    """Tell whether a column says something to a person: bytes are secrets, or places in an index over other rows."""
    return column.name not in DOORS and not isinstance(column.type, LargeBinary)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no plain value")


def _open(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8")
