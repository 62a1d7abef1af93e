"""What every row of ConnectWise's JSON has, and how its values are read.

Tolerant on purpose: unknown fields are ignored, missing ones are None, enumerations are plain strings (a new
release may bring new values), `_info` may hold anything. Only fields that are used are named.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec


class Row(msgspec.Struct, rename="camel", kw_only=True):
    needs_info: ClassVar[bool] = False
    """Whether `_info` holds something that is used of this row."""

    id: int | None = None
    info: dict[str, Any] | None = msgspec.field(name="_info", default=None)

    def noted(self, key: str) -> str | None:
        """Return an entry of `_info` if it is text."""
        value = (self.info or {}).get(key)
        return value if isinstance(value, str) else None


class Ref(Row):
    """A reference to another record."""

    name: str | None = None
    identifier: str | None = None
    summary: str | None = None


def when(text: str | None) -> datetime | None:
    """Read a ConnectWise timestamp (`yyyy-MM-ddTHH:mm:ssZ`, UTC); None for what is none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def name_of(ref: Ref | None) -> str | None:
    """Return what people call the record."""
    return ref.name or ref.identifier if ref else None


def id_of(ref: Ref | None) -> int | None:
    """Return the record's id."""
    return ref.id if ref else None


def login_of(ref: Ref | None) -> str | None:
    """Return a member's login name, or their name where there is none."""
    return ref.identifier or ref.name if ref else None


def joined(*parts: str | None, by: str = "\n") -> str:
    """Return those parts that say something, trimmed, in one text."""
    return by.join(p.strip() for p in parts if p and p.strip())


def fields_of(row: type[Row]) -> str:
    """Return the `fields=` value that asks for just what a row reads."""
    names = [f.encode_name for f in msgspec.structs.fields(row)]
    return ",".join(name for name in names if row.needs_info or name != "_info")
