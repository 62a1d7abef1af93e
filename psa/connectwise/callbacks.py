"""Callbacks as ConnectWise delivers them, read strictly. Who sent one is proved in `psa.connectwise.signatures`.

Everything in a callback is a hint: the record is read again before anything follows from it. Shapes follow the
ConnectWise developer guide and payloads captured in public code.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

import msgspec

from escalation.response.sightings import UNREAD
from psa.connectwise.schemas.decode import text
from psa.connectwise.schemas.row import when
from psa.outbound import strict_json

LARGEST_BODY = 256 * 1024
"""Bytes."""
_ACTIONS = ("added", "updated", "deleted")


class Malformed(ValueError):
    """The body is not a callback. Says which field, and what was expected."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What the record looked like to ConnectWise when it sent the callback. Never more than a hint."""

    board_id: int | None = None
    status_id: int | None = None
    last_updated: str | None = None
    updated_by: str | None = None
    owner: str | None = None
    """Login name of the ticket's owner."""
    closed: bool | None = None
    ticket_id: int | None = None
    """The ticket a time or schedule entry belongs to."""


@dataclass(frozen=True, slots=True)
class CallbackBody:
    """One callback, its fields of the right types."""

    type: str
    """Lower case: `ticket`, `time`, `schedule`, ..."""
    action: str
    """`added`, `updated` or `deleted`; any other word is a change too."""
    id: int
    company: str
    member_id: str | None
    """Login name of whoever made the change."""
    message_id: str | None
    key_url: str | None
    entry_id: int | None
    """Id of the callback entry that this came from."""
    dedupe_key: str
    """Equal for a repeat of the same delivery of one change; without a message id, for the same change of a record."""
    hint: Hint | None
    """None when nothing about the record could be read, as for deleted ones."""

    @property
    def ticket_id(self) -> int | None:
        """Return the ticket this is about: the record itself, or what an entry belongs to."""
        if self.type == "ticket":
            return self.id
        return self.hint.ticket_id if self.hint else None


class _Metadata(msgspec.Struct):
    key_url: str | None = None


class _Wire(msgspec.Struct, rename="pascal"):
    action: str
    type: str
    id: int = msgspec.field(name="ID")
    company_id: str
    metadata: _Metadata | None = None
    member_id: Any = None
    message_id: Any = None
    entity: Any = None
    callback_object_rec_id: Any = None


class _Ref(msgspec.Struct):
    id: int | None = None


class _Person(msgspec.Struct):
    identifier: str | None = None


class _Entity(msgspec.Struct, rename="camel"):
    board: _Ref | None = None
    status: _Ref | None = None
    owner: _Person | None = None
    closed_flag: bool | None = None
    charge_to_id: int | None = None
    charge_to_type: str | None = None
    object_id: int | None = None
    ticket: _Ref | None = None
    info: dict[str, Any] = msgspec.field(name="_info", default_factory=dict)


def parse(raw: bytes) -> CallbackBody:
    """Read a callback's body. Raises `Malformed` that names the field and what was expected of it.

    1. At most 256 KiB, nested at most 20 deep, no key twice in one object.
    2. What says which record, whose and signed by whom is of the documented type, its number a number in digits at least.
       Unknown fields are let pass; another one of another type is left out, as if it had not come.
    3. `Entity`, JSON inside a string, only gives hints: a broken one, or what is odd in it, is left out.
    """
    if len(raw) > LARGEST_BODY:
        raise Malformed(f"body of {len(raw)} bytes: {LARGEST_BODY} are the most")
    try:
        wire = msgspec.convert(_numbered(strict_json.read(raw.decode("utf-8-sig"))), _Wire)
    except strict_json.Ambiguous as error:
        raise Malformed(f"callback body: {error}") from error
    except msgspec.ValidationError as error:
        raise Malformed(f"callback body: {error}") from error
    except (ValueError, RecursionError) as error:
        raise Malformed(f"callback body is not JSON: {error}"[:200]) from error
    action = wire.action.strip().lower()
    if not 0 < wire.id < 2**63:
        raise Malformed(f"callback body: ID {str(wire.id)[:20]}, expected a positive record id")
    if not re.fullmatch(r"[A-Za-z_]{1,40}", wire.type):
        raise Malformed(f"callback body: Type {wire.type[:40]!r}, expected a word such as ticket")
    member_id, message_id = (v if isinstance(v, str) else None for v in (wire.member_id, wire.message_id))
    for name, value in (("MemberId", member_id), ("MessageId", message_id)):
        if value and (len(value) > 200 or not value.isprintable()):
            raise Malformed(
                f"callback body: {name} {value[:40]!r}, expected at most 200 printable characters"
            )
    hint = _hint(wire.entity)
    return CallbackBody(
        type=wire.type.lower(),
        action=action if action in _ACTIONS else "updated",  # read again it is all the same
        id=wire.id,
        company=wire.company_id,
        member_id=member_id,
        message_id=message_id,
        key_url=wire.metadata.key_url if wire.metadata else None,
        entry_id=wire.callback_object_rec_id if type(wire.callback_object_rec_id) is int else None,
        dedupe_key=_dedupe_key(wire, message_id, hint, raw),
        hint=hint,
    )


def without_details(raw: bytes) -> bytes:
    """Return a callback's body with nothing of the record but what `parse` reads as hints.

    For storing one whose signature has been checked: the rest may hold a customer's words, secrets among them.
    """
    value = json.loads(raw.decode("utf-8-sig"))
    hint = _hint(value.get("Entity"))
    reduced = None
    if hint is not None:
        reduced = json.dumps(
            {
                "board": {"id": hint.board_id},
                "status": {"id": hint.status_id},
                "owner": {"identifier": hint.owner},
                "ticket": {"id": hint.ticket_id},
                "closedFlag": hint.closed,
                "_info": {"lastUpdated": hint.last_updated, "updatedBy": hint.updated_by},
            }
        )
    return json.dumps({**value, "Entity": reduced}).encode()


def _numbered(body: Any) -> Any:
    """Return a body whose `ID` is a number, where its text or its fraction of nothing plainly says one."""
    number = body.get("ID") if isinstance(body, dict) else None
    if isinstance(number, str) and re.fullmatch(r"[0-9]{1,18}", number):
        return {**body, "ID": int(number)}
    if isinstance(number, float) and number.is_integer() and abs(number) < 2**53:
        return {**body, "ID": int(number)}
    return body


def _dedupe_key(wire: _Wire, message_id: str | None, hint: Hint | None, raw: bytes) -> str:
    # A stamp has whole seconds: two changes within one need their message ids, of whatever type, to be told apart. It stands
    # beside the id, since a server that gives each message the same one (an empty GUID) would tell of one change ever.
    stamp = hint.last_updated if hint else None
    own = message_id or (stamp if not wire.message_id else None) or hashlib.sha256(raw).hexdigest()
    parts = (wire.type.lower(), wire.action.lower(), str(wire.id), own, stamp or "")
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:40]


def _hint(entity: Any) -> Hint | None:
    if not entity:
        return None
    try:
        value = strict_json.read(entity) if isinstance(entity, str) else entity
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    row = _readable(value)
    charged = (row.charge_to_type or "").endswith("Ticket")
    ticket_id = (row.ticket.id if row.ticket else None) or (row.charge_to_id if charged else None)
    return Hint(
        board_id=row.board.id if row.board else None,
        status_id=row.status.id if row.status else None,
        last_updated=_stamp(row.info.get("lastUpdated")),
        updated_by=_text(row.info.get("updatedBy")),
        owner=_text(row.owner.identifier if row.owner else None) or _unread(value.get("owner")),
        closed=row.closed_flag,
        ticket_id=ticket_id or row.object_id,
    )


def _unread(owner: Any) -> str | None:
    """Return what stands for an owner who is there, by number, by name or in another shape, and not by a login name."""
    says = any(owner.get(name) for name in ("id", "identifier", "name")) if isinstance(owner, dict) else owner
    return UNREAD if says else None


def _readable(value: dict[str, Any]) -> _Entity:
    """Return what can be read of a record; an odd field is left out and takes no other with it."""
    try:
        return msgspec.convert(value, _Entity, strict=False)
    except (ValueError, RecursionError):
        row = _Entity()
    for field in msgspec.structs.fields(_Entity):
        if value.get(field.encode_name) is not None:
            with contextlib.suppress(ValueError, RecursionError):
                setattr(row, field.name, msgspec.convert(value[field.encode_name], field.type, strict=False))
    return row


def _text(value: Any) -> str | None:
    return text(value[:100]) if isinstance(value, str) else None


def _stamp(value: Any) -> str | None:
    return _text(value) if isinstance(value, str) and when(value) else None
