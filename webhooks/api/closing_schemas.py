"""Requests and answers about how an episode ended, as marshmallow schemas."""

from __future__ import annotations

from apiflask import Schema
from apiflask.fields import Boolean, Dict, Integer, Nested, Raw, String
from apiflask.validators import Length, OneOf

from escalation.resolution.text import FORMS, LONGEST, SHORTEST
from webhooks.api.schemas import Person, in_lines, moment


class NoteToPost(Schema):
    """A resolution note as somebody left it."""

    form = String(
        required=True, validate=OneOf(FORMS),
        metadata={"description": "`internal`: the MSP's own people see it; `resolution`: customers can see it."},
    )  # fmt: skip
    text = String(required=True, validate=[Length(min=SHORTEST, max=LONGEST), in_lines])


class ResolutionNote(Schema):
    """How the resolution note of an episode stands."""

    handoff_id = Integer()
    ticket_id = Integer()
    state = String(
        validate=OneOf(["draft", "waiting", "posted", "failed"]),
        metadata={"description": "`draft`: nobody asked for it yet; `failed`: see `outcome`, another may be asked for."},
    )  # fmt: skip
    drafts = Dict(metadata={"description": "By form, as Markdown. Empty before the ticket was read, and once one is asked for."})
    note = Raw(
        allow_none=True,
        metadata={"type": "object", "description": "What drafts are made of, each line with its source."},
    )  # fmt: skip
    as_of = moment("When the ticket was read that the drafts are made of.")
    being_read = Boolean(metadata={"description": "It is being read again; a newer draft may come."})
    form = String(allow_none=True, validate=OneOf([*FORMS, None]))
    text = String(allow_none=True, metadata={"description": "As it was asked to be posted; secrets are taken out."})
    asked_by = Nested(Person, allow_none=True, metadata={"description": "Null also where the account has it posted by itself."})
    asked_at = moment("By our clock.")
    note_id = Integer(allow_none=True, metadata={"description": "The note's id in the PSA."})
    posted_at = moment("When the PSA had it.")
    outcome = String(allow_none=True)
