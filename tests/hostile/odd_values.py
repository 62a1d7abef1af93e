"""Values at the edge of their type or of another one, as raw JSON, and the fields of ConnectWise's records they go into.

Which kinds of field a value can be read as stands beside it, so that what must be named is known without the client.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import msgspec

from psa.connectwise.schemas import note, row, set_up, ticket

_SAYS_NONE = frozenset(("text", "names", "number", "size", "hours", "truth", "date", "ref", "info", "either", "unread"))


@dataclass(frozen=True, slots=True)
class Odd:
    """One value. `fits`: kinds of field it can be read as, or plainly says none to; elsewhere it is to be named."""

    label: str
    raw: str
    fits: frozenset[str]


def _odd(label: str, raw: str, *fits: str) -> Odd:
    either = ("either",) if {"text", "truth"}.intersection(fits) else ()
    return Odd(label, raw, frozenset((*fits, *either, "unread")))


_DATES = {
    "year 1": "0001-01-01T00:00:00Z",
    "year 1, east": "0001-01-01T00:00:00+14:00",
    "year 1, west": "0001-01-01T00:00:00-12:00",
    "year 9999": "9999-12-31T23:59:59Z",
    "year 9999, east": "9999-12-31T23:59:59+14:00",
    "year 9999, west": "9999-12-31T23:59:59-05:00",
    ".NET's smallest": "0001-01-01T00:00:00.0000000",
    ".NET's largest": "9999-12-31T23:59:59.9999999Z",
    "SQL Server's zero": "1900-01-01T00:00:00Z",
    "next century": "2150-06-01T00:00:00Z",
}
VALUES: tuple[Odd, ...] = (
    *(_odd(label, json.dumps(text), "text", "names", "date") for label, text in _DATES.items()),
    _odd("30 February", '"2026-02-30T10:00:00Z"', "text", "names"),
    _odd("hour 25", '"2026-03-06T25:61:00Z"', "text", "names"),
    _odd("date as seconds", "1772812500", "text", "names", "number", "size"),
    _odd("date as milliseconds", "1772812500000", "text", "names", "number", "size"),
    _odd("number as text", '"12"', "text", "names", "number", "size", "hours"),
    _odd("text as number", "12345", "text", "names", "number", "size", "hours"),
    _odd("unknown word", '"Neither of these"', "text", "names"),
    Odd("empty text", '""', _SAYS_NONE),
    Odd("null", "null", _SAYS_NONE),
    _odd("list", "[1, 2]", "names"),
    _odd("list of records", '[{"id": 1}]', "names"),
    _odd("empty list", "[]", "names"),
    _odd("record", '{"id": 5, "name": "x"}', "ref", "info"),
    _odd("empty record", "{}", "ref", "info"),
    _odd("truth", "true", "truth"),
    _odd("truth as text", '"True"', "truth", "text", "names"),
    _odd("yes", '"yes"', "text", "names"),
    _odd("one", "1", "truth", "text", "names", "number", "size", "hours"),
    _odd("2^31", "2147483648", "text", "names", "number", "size"),
    _odd("2^63", "9223372036854775808", "text", "names"),
    _odd("40 digits", "9" * 40, "text", "names"),
    _odd("5000 digits", "9" * 5000),
    _odd("negative", "-7", "text", "names", "size", "hours"),
    _odd("fraction", "12.5", "text", "names", "hours"),
    _odd("whole fraction", "12.0", "text", "names", "number", "size", "hours"),
    _odd("1e400", "1e400"),
    _odd("NaN", "NaN"),
    _odd("NUL", '"a\\u0000b"', "text", "names"),
    _odd("half a character", '"x\\ud800y"', "text", "names"),
    _odd("the other half", '"\\udc00"', "text", "names"),
    _odd("control characters", '"\\u0001\\u0007\\u001b[31m\\u007f\\u0085\\u2028\\b"', "text", "names"),
    _odd("a mail header", '"a\\r\\nBcc: x@mail.example"', "text", "names"),
    _odd("a megabyte", json.dumps("It is slow again today. " * 43_700), "text", "names"),
    _odd("deep lists", "[" * 3000 + "]" * 3000, "names"),
    _odd("deep records", '{"a":' * 3000 + "1" + "}" * 3000, "ref", "info"),
)
RECORDS: tuple[Odd, ...] = tuple(value for value in VALUES if value.label in (
    "null", "unknown word", "text as number", "list", "empty text", "deep lists", "NaN"
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A field of an endpoint's record; `name` is empty for the record itself, and has a dot inside a reference."""

    endpoint: str
    name: str
    kind: str


ROWS: dict[str, tuple[type[Any], str]] = {
    "ticket": (ticket.TicketRow, "Ticket"),
    "notes": (note.NoteRow, "ServiceNote"),
    "all notes": (note.NoteRow, "ServiceTicketNote"),
    "time entries": (note.TimeRow, "TimeEntry"),
    "tasks": (ticket.TaskRow, "Task"),
    "configurations of a ticket": (row.Ref, "ConfigurationReference"),
    "configurations": (ticket.ConfigurationRow, "CompanyConfiguration"),
    "documents": (ticket.DocumentRow, "DocumentInfo"),
    "schedule": (ticket.ScheduleRow, "ScheduleEntry"),
    "other tickets": (ticket.TicketRow, "Ticket"),
    "boards": (set_up.BoardRow, "Board"),
    "statuses": (set_up.StatusRow, "BoardStatus"),
    "members": (set_up.MemberRow, "Member"),
    "callbacks": (set_up.CallbackRow, "CallbackEntry"),
    "system info": (set_up.SystemRow, "Info"),
    "company info": (set_up.CompanyInfo, ""),
    "audit trail": (ticket.AuditRow, "AuditTrailEntry"),
}
"""What the client reads, as the row it reads it into, and the record's name in ConnectWise's OpenAPI document."""


def places(endpoint: str) -> Iterator[Place]:
    """Yield every field that the client reads of an endpoint, and all others that the OpenAPI document has, if it is there."""
    shape, schema = ROWS[endpoint]
    read = set()
    if endpoint not in ("system info", "company info"):
        yield Place(endpoint, "", "record")
    for field in msgspec.structs.fields(shape):
        read.add(field.encode_name)
        kind = _kind(field.encode_name, field.type)
        yield Place(endpoint, field.encode_name, kind)
        inner = {"ref": ("id", "name", "identifier"), "info": ("lastUpdated", "updatedBy", "dateEntered", "enteredBy")}
        for name in inner.get(kind, ()):
            yield Place(endpoint, f"{field.encode_name}.{name}", _kind(name, str))
    for name in sorted(_documented(schema) - read):
        yield Place(endpoint, name, "unread")


def _kind(name: str, type_: Any) -> str:
    if name == "_info":
        return "info"
    if any(isinstance(part, type) and issubclass(part, msgspec.Struct) for part in get_args(type_)):
        return "ref"
    if name == "enteredDate" or name == "text":  # the audit trail's dates are free text (OpenAPI)
        return "text"
    if re.search(r"Date$|^date|^lastUpdated$|^time(Start|End)$", name):
        return "date"
    if name == "id" or (re.search(r"[a-z]I[dD]$", name) and name not in ("screenId", "CompanyID")):
        return "number"
    if name.endswith("Flag") or name in ("closedStatus", "inactive", "hasChildTicket"):
        return "truth"
    special = {"size": "size", "actualHours": "hours", "resources": "names", "isCloud": "either", "IsCloud": "either"}
    return special.get(name, "text")


def _documented(schema: str) -> set[str]:
    folder = os.environ.get("RF_OPENAPI_DIR")
    if not folder or not schema:
        return set()
    document = json.loads((Path(folder) / "openapi-subset.json").read_text())
    return set(document["components"]["schemas"].get(schema, {}).get("properties", {}))
