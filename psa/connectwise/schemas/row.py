"""What every row of ConnectWise's JSON has, and the types of its fields.

Unknown fields are ignored, missing ones are None, enumerations are plain strings (a new release may bring new values).
Only fields that are used are named. `decode.py` beside it makes rows of answers, however odd a value may be.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, ClassVar

import msgspec

from escalation.evidence import Gap
from escalation.text.unwrapped import in_letters

Id = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
"""A record's number: 32 bits today (OpenAPI); what JavaScript and both databases hold without loss is let pass."""
Whole = Annotated[int, msgspec.Meta(ge=-(2**53) + 1, le=2**53 - 1)]
Hours = Annotated[float, msgspec.Meta(ge=-100_000, le=100_000)]

FIRST_YEAR, LAST_YEAR = 1980, 2199
"""Years that can be meant. Outside are the empty dates of .NET (1, 9999), SQL Server (1753, 1900), OLE (1899) and
Unix (1970); inside, every zone's offset, difference and timestamp can be computed."""
WHOLE = ("",)
"""What `Row.odd` holds of a record that is none at all."""
_SHOWN = 5
_WORDS = {
    "_info": "dates and authors",
    "dateCreated": "date",
    "dateEnd": "end",
    "dateEntered": "date of entry",
    "dateStart": "start",
    "id": "number",
    "lastUpdated": "date of the last change",
    "text": "text",
    "timeEnd": "end time",
    "timeStart": "start time",
}


class Info(msgspec.Struct, rename="camel", kw_only=True, dict=True):
    """The part of a record's `_info` that is used."""

    odd: ClassVar[tuple[str, ...]] = ()
    stamps: ClassVar[tuple[str, ...]] = ("last_updated", "date_entered")

    last_updated: datetime | None = None
    updated_by: str | None = None
    date_entered: datetime | None = None
    entered_by: str | None = None


class Row(msgspec.Struct, rename="camel", kw_only=True, dict=True):
    needs_info: ClassVar[bool] = False
    """Whether `_info` holds something that is used of this row."""
    odd: ClassVar[tuple[str, ...]] = ()
    """Names of the fields whose values could not be read, set on the record by `decode`; `WHOLE` if all could not."""
    stamps: ClassVar[tuple[str, ...]] = ()
    """Fields in which the PSA itself writes down when something happened: none of them is in the future."""

    id: Id | None = None
    info: Info | None = msgspec.field(name="_info", default=None)

    def __post_init__(self) -> None:
        """Forget references to nothing: some programs write an empty object, or number 0, where there is none."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, Ref) and not value.id and not name_of(value) and not value.summary:
                setattr(self, name, None)

    @property
    def noted(self) -> Info:
        """What `_info` says, nothing where it is missing."""
        return self.info or Info()

    @property
    def numbered(self) -> tuple[int | None, str | None]:
        """What no other record of the same list has: its number, and whose number it is where a list joins two kinds."""
        return self.id, None


class Ref(Row):
    """A reference to another record."""

    name: str | None = None
    identifier: str | None = None
    summary: str | None = None


def when(moment: datetime | str | None) -> datetime | None:
    """Return a ConnectWise timestamp (`yyyy-MM-ddTHH:mm:ssZ`, UTC); None for what is none, or cannot be meant."""
    try:
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment.strip())
        if not moment or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def gaps_of(what: str, rows: Iterable[Row]) -> tuple[Gap, ...]:
    """Name what of some records could not be read, in a reader's words; beyond a few records their count."""
    odd = [row for row in rows if row.odd]
    shown = [Gap(f"{what} {row.id}" if row.id else f"a {what}", unread(row.odd)) for row in odd[:_SHOWN]]
    more = len(odd) - _SHOWN
    return (*shown, Gap(f"{what}: {more} more", "could not be read whole")) if more > 0 else tuple(shown)


def unread(odd: tuple[str, ...]) -> str:
    """Return the sentence about a record of which some fields, or all of it, could not be read."""
    names = list(dict.fromkeys(_word(name) for name in odd if name))
    if not names:
        return "could not be read"
    few = names if len(names) < 4 else [*names[:2], f"{len(names) - 2} more fields"]
    return f"its {' and '.join([', '.join(few[:-1]), few[-1]] if len(few) > 1 else few)} could not be read"


def _word(name: str) -> str:
    """Return `severity` for `severity`, `closed` for `closedFlag`, `company` for `company.name`."""
    outer, _, inner = name.partition(".")
    if outer == "_info" and inner:
        outer = inner
    plain = re.sub(r"([a-z])([A-Z])", r"\1 \2", outer).lower().removesuffix(" flag")
    return _WORDS.get(outer, plain)


def name_of(ref: Ref | None) -> str | None:
    """Return what people call the record."""
    return _said(ref.name, ref.identifier) if ref else None


def id_of(ref: Ref | None) -> int | None:
    """Return the record's id; none is 0."""
    return ref.id or None if ref else None


def login_of(ref: Ref | None) -> str | None:
    """Return a member's login name, or their name where there is none."""
    return _said(ref.identifier, ref.name) if ref else None


def _said(*texts: str | None) -> str | None:
    return next((text.strip() for text in texts if text and text.strip()), None)


def joined(*parts: str | None, by: str = "\n") -> str:
    """Return those parts that say something, trimmed, in one text."""
    return by.join(p.strip() for p in parts if p and p.strip())


def fields_of(row: type[Row]) -> str:
    """Return the `fields=` value that asks for just what a row reads."""
    names = [f.encode_name for f in msgspec.structs.fields(row)]
    return ",".join(name for name in names if row.needs_info or name != "_info")


def as_read(text: str | None) -> str:
    """Return a name or a summary as its reader sees it, on one line: integrations store `R&amp;D`, or words encoded for mail."""
    text = in_letters(text or "")
    if not _ENTITY.search(text):
        return text
    return " ".join(_ENTITY.sub(lambda found: html.unescape(found.group()), text).split())


_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#(?:3[49]|38|60|62|160|821[1-7]|822[01]|x[0-9A-Fa-f]{2,4}));")
