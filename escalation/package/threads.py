"""Read an offline thread file: one ticket as JSON, for building packages without a PSA.

A file is `{id, ticket: {summary, initial_description, company, notes: [{author, role, kind, created, text}]}}`.
Other keys are ignored.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from escalation.evidence import Evidence, Note, NoteKind, Person, Role, Ticket, TimeEntry
from escalation.text.unwrapped import in_letters, unwrapped

_ROLES: dict[str, Role] = {"tech": "technician", "customer": "customer", "system": "system"}
_KINDS = ("discussion", "internal", "time_entry", "resolution")
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class MalformedThread(ValueError):
    """The thread file lacks a field or has one of the wrong type. The message leads with where."""


def evidence_from_thread(record: Any) -> Evidence:
    """Return the thread as evidence. Raises `MalformedThread`, which names the field."""
    body = _mapping(record, "thread")
    name = _text(body, "id", "thread")
    ticket = _mapping(body.get("ticket"), "ticket")
    raw_notes = ticket.get("notes", [])
    if not isinstance(raw_notes, list):
        raise MalformedThread(f"ticket.notes: expected a list, found {_kind_of(raw_notes)}")
    notes: list[Note] = []
    entries: list[TimeEntry] = []
    description = unwrapped(_text(ticket, "initial_description", "ticket"))
    if description.strip():
        author = Person(name="not recorded")
        notes.append(Note(0, description, author, None, "discussion", is_description=True))
    for index, raw in enumerate(raw_notes):
        record_read = _note(raw, index)
        if isinstance(record_read, Note):
            notes.append(record_read)
        else:
            entries.append(record_read)
    times = [t for t in [n.created_at for n in notes] + [e.entered_at for e in entries] if t]
    return Evidence(
        ticket=Ticket(
            id=0,
            summary=in_letters(_text(ticket, "summary", "ticket")),
            board_id=0,
            board="",
            status_id=0,
            status="",
            company=_optional_text(ticket, "company", "ticket"),
            entered_at=min(times, default=None),
            external_id=name,
        ),
        read_at=max(times, default=_NO_TIME),
        notes=tuple(notes),
        time_entries=tuple(entries),
    )


def _note(raw: Any, index: int) -> Note | TimeEntry:
    where = f"ticket.notes[{index}]"
    body = _mapping(raw, where)
    text = unwrapped(_text(body, "text", where))
    role = body.get("role", "tech")
    if role not in _ROLES:
        raise MalformedThread(f"{where}.role: {role!r} is none of {', '.join(_ROLES)}")
    kind = body.get("kind", "discussion")
    if kind not in _KINDS:
        raise MalformedThread(f"{where}.kind: {kind!r} is none of {', '.join(_KINDS)}")
    author = Person(name=_optional_text(body, "author", where) or "not recorded", role=_ROLES[role])
    created = _moment(body.get("created"), f"{where}.created")
    if kind == "time_entry":
        return TimeEntry(
            id=index + 1,
            text=text,
            author=author,
            started_at=created,
            ended_at=None,
            entered_at=created,
            position=index,
        )
    return Note(index + 1, text, author, created, cast("NoteKind", kind), position=index)


def _moment(value: Any, where: str) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise MalformedThread(f"{where}: expected an ISO 8601 time, found {_kind_of(value)}")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise MalformedThread(f"{where}: {value!r} is not an ISO 8601 time") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedThread(f"{where}: expected an object, found {_kind_of(value)}")
    return value


def _text(body: dict[str, Any], name: str, where: str) -> str:
    if name not in body:
        raise MalformedThread(f"{where}.{name}: is missing")
    value = body[name]
    if not isinstance(value, str):
        raise MalformedThread(f"{where}.{name}: expected a text, found {_kind_of(value)}")
    return value


def _optional_text(body: dict[str, Any], name: str, where: str) -> str | None:
    return None if body.get(name) is None else _text(body, name, where)


def _kind_of(value: Any) -> str:
    names = {
        "dict": "an object",
        "list": "a list",
        "str": "a text",
        "NoneType": "null",
        "bool": "true or false",
    }
    return names.get(type(value).__name__, "a number")
