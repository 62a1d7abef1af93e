"""The API's requests and answers about sessions as marshmallow schemas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apiflask import Schema
from apiflask.fields import Boolean, Integer, List, Nested, Raw, String
from apiflask.validators import Length, OneOf, Range, Regexp
from marshmallow import ValidationError, validates_schema

from escalation.brief.sanitize import printable
from escalation.sessions.exports import LONGEST
from escalation.sessions.steps import KINDS, LONGEST_OUTPUT, LONGEST_TEXT, MOST_STEPS, OUTCOMES, STATES
from webhooks.api.schemas import LARGEST_ID, Person, in_lines, moment, writable
from webhooks.sessions.recording import MOST_LISTED, MOST_TOLD

MOST_AT_ONCE = 50
"""Steps of one request."""


def _telling(words: str) -> None:
    """Refuse what holds nothing that is seen. Raises `ValidationError`."""
    if not printable(words).strip():
        raise ValidationError("Say what was done, is to be done, or was found.")


def _text(example: str, description: str = "", *also: Callable[[str], None], **more: Any) -> String:
    checks: list[Any] = [Length(max=LONGEST_TEXT), in_lines, *also]
    return String(validate=checks, metadata={"example": example, "description": description}, **more)


def _no_outcome_yet(values: dict[str, Any]) -> None:
    if values.get("state") == "pending" and values.get("outcome", "unknown") != "unknown":
        raise ValidationError("What is pending has no outcome yet: give `done`, or leave the outcome out.", "outcome")


class Key(Schema):
    """The header that makes a repeat harmless."""

    key = String(
        data_key="Idempotency-Key", load_default=None, validate=[Length(max=100), Regexp(r"[\x21-\x7e]{1,100}\Z")],
        metadata={"description": "Any text of your own, at most 100 characters. The same request again adds nothing."},
    )  # fmt: skip


class NewSession(Schema):
    """On which ticket somebody begins to work."""

    ticket = Integer(required=True, strict=True, validate=Range(min=1, max=LARGEST_ID), metadata={"example": 48213})
    client = String(
        load_default="an assistant", validate=[Length(min=1, max=80), writable],
        metadata={"description": "The assistant's name.", "example": "Claude Desktop"},
    )  # fmt: skip


class SessionQuery(Schema):
    """Which sessions."""

    ticket = Integer(required=True, validate=Range(min=1, max=LARGEST_ID), metadata={"description": "Of this ticket."})


class StepsQuery(Schema):
    """How much of a session."""

    newest = Integer(
        load_default=None, validate=Range(min=1, max=MOST_STEPS),
        metadata={"description": "Only so many steps of each state: the newest, but of what is pending the first; else all."},
    )  # fmt: skip


class StepFields(Schema):
    """What a step may say."""

    kind = String(
        load_default="step", validate=OneOf(KINDS),
        metadata={"description": "`step` a deed, `finding` what was learned, `reason` why the ticket is escalated."},
    )  # fmt: skip
    state = String(
        load_default="done", validate=OneOf(STATES),
        metadata={"description": "`pending`: still to be done; `dropped`: nobody will, or it was recorded by mistake."},
    )  # fmt: skip
    text = _text("restarted the print spooler", "What was done, is to be done, or was found.", _telling, required=True)
    outcome = String(load_default="unknown", validate=OneOf(OUTCOMES))
    output = String(
        load_default="", validate=[Length(max=LONGEST_OUTPUT), in_lines],
        metadata={"description": "What a program said, as it was printed."},
    )  # fmt: skip
    changed = _text("spooler set to manual start", "What this left changed.", load_default="")

    @validates_schema
    def _fits(self, values: dict[str, Any], **_: Any) -> None:
        _no_outcome_yet(values)


class NewSteps(Schema):
    """Steps to append, in the order they were done."""

    steps = List(Nested(StepFields), required=True, validate=Length(min=1, max=MOST_AT_ONCE))


class Transcript(Schema):
    """A talk with an assistant."""

    text = String(
        required=True, validate=[Length(min=1, max=LONGEST)],
        metadata={
            "description": "ChatGPT's or Claude's export of one talk (JSON, as text), Markdown, or plain text as it was copied. "
            "Read into steps; not stored itself.",
            "example": "You said:\nprinter is offline\nChatGPT said:\n1. Restart the spooler",
        },
    )  # fmt: skip


class Correction(Schema):
    """What is otherwise with a step; fields that are left out stay."""

    kind = String(validate=OneOf(KINDS))
    state = String(validate=OneOf(STATES))
    text = _text("restarted the print spooler on PRN02", "", _telling)
    outcome = String(
        validate=OneOf(OUTCOMES), metadata={"description": "Of a pending step one other than `unknown` makes it `done`."}
    )
    output = String(validate=[Length(max=LONGEST_OUTPUT), in_lines])
    changed = _text("spooler set to manual start")

    @validates_schema
    def _says_something(self, values: dict[str, Any], **_: Any) -> None:
        if not values:
            raise ValidationError("Say what is otherwise.")
        _no_outcome_yet(values)


class SessionStep(Schema):
    """A step as it stands."""

    number = Integer()
    kind = String(validate=OneOf(KINDS))
    state = String(validate=OneOf(STATES))
    text = String()
    outcome = String(validate=OneOf(OUTCOMES))
    output = String()
    changed = String()
    recorded_by = String(metadata={"description": "Login name of whoever did it, ticked it or let it be."})
    at = moment("When it was recorded or corrected last, by our clock.", nullable=False)
    corrected = Integer(metadata={"description": "How often."})


class Session(Schema):
    """One member's work on one ticket with an assistant."""

    id = Integer()
    ticket_id = Integer()
    member = Nested(Person)
    client = String()
    started_at = moment("By our clock.", nullable=False)
    last_at = moment("When something was recorded last.", nullable=False)
    steps = List(Nested(SessionStep))
    older = Integer(
        metadata={
            "description": f"How many steps are not told here. Of each state {MOST_TOLD} are, the newest, but of what is pending "
            "the first; `GET /sessions/{id}` tells all."
        }
    )
    pending = Integer(metadata={"description": "How many steps are still to be done."})
    added = List(Integer(), metadata={"description": "Numbers of the rows that this request made, now or before."})
    new = Boolean(metadata={"description": "False where an earlier request with this key did it."})


class SessionInFull(Session):
    """A session, and what its ticket said when it was opened last."""

    ticket = Raw(
        allow_none=True, metadata={"description": "The ticket as an escalation package; null until read.", "type": "object"}
    )
    ticket_read_at = moment("When its ticket was read; null for some seconds after the session was opened, or was again.")
    ticket_unread = String(allow_none=True, metadata={"description": "Why the ticket could not be read."})
    over = String(
        allow_none=True,
        metadata={"description": "Why to begin another session: it has no room for a long step, or its episode has ended."},
    )


class SessionOfTicket(Session):
    """A session in a list: one shape in two places needs two names in the document."""


class SessionList(Schema):
    """A ticket's newest sessions, the oldest of them first."""

    sessions = List(Nested(SessionOfTicket))
    older = Integer(metadata={"description": f"How many sessions are not told here: {MOST_LISTED} are, empty ones last."})
