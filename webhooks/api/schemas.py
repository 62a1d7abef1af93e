"""The API's requests and answers as marshmallow schemas: they check, they write, and the OpenAPI document is theirs."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

from apiflask import Schema
from apiflask.fields import AwareDateTime, Boolean, Dict, Float, Integer, List, Nested, Raw, String
from apiflask.validators import Length, OneOf, Range
from marshmallow import ValidationError

from escalation.lifecycle import Brief, Response
from models.handoff.listing import MOST

LARGEST_ID = 2**63 - 1
"""What either database can hold."""
STATES = [str(state) for state in Response]


def _within_reason(moment: datetime) -> None:
    """Refuse what no figure is known of, and what cannot be told in UTC. Raises `ValidationError`."""
    now = datetime.now(UTC)
    if not 2000 <= moment.year <= now.year + 1 or moment > now + timedelta(minutes=1):
        raise ValidationError("Give a moment between the year 2000 and now.")


def writable(words: str) -> None:
    """Refuse what a database cannot store or a page cannot show. Raises `ValidationError`."""
    if any(unicodedata.category(each) in ("Cc", "Cs") for each in words):
        raise ValidationError("Write plain text, without control characters.")


def in_lines(text: str) -> None:
    """Refuse what a database cannot store or a page cannot show; lines and tabs are wanted. Raises `ValidationError`."""
    if any(unicodedata.category(each) in ("Cc", "Cs") and each not in "\n\r\t" for each in text):
        raise ValidationError("Write plain text; of control characters only line ends and tabs.")


def moment(description: str, *, nullable: bool = True) -> AwareDateTime:
    """Return a field for a moment, with its offset from UTC."""
    return AwareDateTime(
        format="iso", allow_none=nullable, metadata={"description": description, "example": "2026-03-06T15:55:00+00:00"}
    )


class Problem(Schema):
    """A refusal (RFC 9457)."""

    type = String(metadata={"example": "about:blank"})
    title = String(metadata={"example": "Forbidden"})
    status = Integer(metadata={"example": 403})
    detail = String(metadata={"description": "What is wrong and what to do."})
    errors = Dict(metadata={"description": "With 422: what is wrong with which field."})
    handoff_id = Integer(metadata={"description": "With 409 to a ticket's handing off: the handoff it has already."})


class Person(Schema):
    """A member of the account."""

    id = Integer(metadata={"description": "The member's id in the PSA.", "example": 103})
    login = String(metadata={"example": "msvensson"})
    name = String(metadata={"example": "Maria Svensson"})


class Claim(Schema):
    """Who has the handoff, and since when; both null while nobody has."""

    claimed_by = Nested(Person, allow_none=True)
    claimed_at = moment("By the PSA's clock where the claim was made there.")


class ClaimView(Claim):
    """How the handoff stands after a call."""

    id = Integer()
    response_state = String(validate=OneOf(STATES))
    end_reason = String(allow_none=True)


class Wish(Schema):
    """A member's wish that a ticket be handed off now."""

    id = Integer()
    ticket_id = Integer()
    state = String(
        validate=OneOf(["waiting", "written", "escalated", "failed"]),
        metadata={"description": "`written`: the PSA has the status; `escalated`: it has its handoff; `failed`: see `outcome`."},
    )  # fmt: skip
    asked_by = Nested(Person)
    asked_at = moment("By our clock.", nullable=False)
    outcome = String(allow_none=True, metadata={"description": "What stands against it."})
    handoff_id = Integer(allow_none=True, metadata={"description": "The handoff it led to."})
    dry_run = Boolean(metadata={"description": "True where the brief would be mailed to one person and not posted."})


class ListQuery(Schema):
    """Which handoffs."""

    state = List(
        String(validate=OneOf(STATES)),
        metadata={"description": "State of the response; repeatable. Default: all."},
    )
    since = AwareDateTime(
        format="iso", validate=_within_reason,
        metadata={"description": "Escalated at or after this moment, with its offset from UTC."},
    )  # fmt: skip
    ticket = Integer(validate=Range(min=1, max=LARGEST_ID), metadata={"description": "All episodes of one ticket."})
    show = String(
        validate=OneOf(["waiting", "mine", "all"]), load_default="all",
        metadata={"description": "`waiting`: nobody has it; `mine`: the caller has it. Narrows `state`."},
    )  # fmt: skip
    board = String(validate=[Length(max=200), writable], metadata={"description": "The board's whole name."})
    company = String(validate=[Length(max=200), writable], metadata={"description": "The customer's whole name."})
    words = String(
        validate=[Length(min=1, max=100), writable],
        metadata={"description": "A part of summary, customer, problem or login; or how a ticket's number begins."},
    )  # fmt: skip
    next = String(validate=Length(max=200), metadata={"description": "`next` of the page before."})
    limit = Integer(load_default=50, validate=Range(min=1, max=MOST))


class Handoff(Claim):
    """One episode of one ticket, from the status change to its resolution."""

    id = Integer()
    ticket_id = Integer()
    episode = Integer(metadata={"description": "Counts the escalations of this ticket."})
    origin = String(validate=OneOf(["status", "hand"]))
    summary = String(allow_none=True)
    company = String(allow_none=True)
    priority = String(allow_none=True)
    board = String(allow_none=True)
    status = String(allow_none=True)
    domain = String(allow_none=True)
    escalated_at = moment("By the PSA's clock.", nullable=False)
    escalated_by = String(allow_none=True, metadata={"description": "Login name."})
    brief_state = String(validate=OneOf([str(state) for state in Brief]))
    posted_at = moment("When the PSA accepted the note.")
    escalation_package_external_id = Integer(allow_none=True, metadata={"description": "The note's id in the PSA."})
    response_state = String(validate=OneOf(STATES))
    claim_kind = String(
        allow_none=True, metadata={"description": "owner, status, schedule, time_entry, note, link or api."}
    )
    acted_at = moment("First qualifying deed after the claim, by the PSA's clock.")
    ended_at = moment("When it was resolved or withdrawn.")
    end_reason = String(allow_none=True)
    missing_since = moment("Since when the PSA says that there is no such ticket, though nobody is known to have deleted it.")


class Listed(Handoff):
    """A handoff in a list."""

    opened = Boolean(metadata={"description": "Whether the caller has opened, claimed or dismissed it."})


class Opened(Schema):
    """That the caller has opened a handoff."""

    id = Integer()
    opened = Boolean()


class HandoffPage(Schema):
    """One page, newest first."""

    handoffs = List(Nested(Listed))
    next = String(allow_none=True, metadata={"description": "Give it as `next` for the next page; null at the end."})


class Transition(Schema):
    """One move of one of the two machines."""

    machine = String(validate=OneOf(["brief", "response"]))
    from_state = String(allow_none=True)
    to_state = String()
    happened_at = moment("By the PSA's clock.", nullable=False)
    recorded_at = moment("By ours.", nullable=False)
    why = String()
    actor = String()


class Delivery(Schema):
    """One message to one person."""

    channel = String()
    kind = String()
    recipient = Nested(Person)
    status = String(validate=OneOf(["queued", "sending", "sent", "failed", "suppressed"]))
    reason = String(allow_none=True)
    attempts = Integer()
    created_at = moment("", nullable=False)
    sent_at = moment("When the mail server accepted it.")


class FirstAction(Schema):
    """The deed that counts as the start of work, and why this one."""

    kind = String()
    at = String()
    source = String(metadata={"description": "The record in the PSA.", "example": "time entry 77"})
    trusted = Boolean(metadata={"description": "False where the time rests on something typed that does not agree."})
    why = String()
    typed_start = String(allow_none=True)
    entered_at = String(allow_none=True)
    version = Integer(metadata={"description": "Of the rules that chose it."})


class HandoffInFull(Handoff):
    """A handoff with everything that is stored about it."""

    claim_source = String(allow_none=True)
    claim_observed_at = moment("By our clock.")
    claim_expires_at = moment("When a claim without a first action runs out.")
    owner_outcome = String(allow_none=True, metadata={"description": "What became of the ticket's owner in the PSA."})
    read_back = Raw(allow_none=True, metadata={"description": "What the claimant says they start with.", "type": "object"})
    first_action = Nested(FirstAction, allow_none=True)
    seen_at = moment("When we first saw it, by our clock.", nullable=False)
    edited_at = moment("When the note was last brought up to date.")
    park_reason = String(allow_none=True, metadata={"description": "Why the brief cannot be posted."})
    schema_version = Integer(allow_none=True)
    escalation_package = Raw(
        allow_none=True, metadata={"description": "Structured content, by schema_version.", "type": "object"}
    )
    escalation_package_markdown = String(allow_none=True, metadata={"description": "The brief as it is posted."})
    transitions = List(Nested(Transition))
    deliveries = List(Nested(Delivery))


class Reason(Schema):
    """Why a handoff is dismissed."""

    reason = String(
        required=True, validate=[Length(min=3, max=200), writable],
        metadata={"example": "solved by phone, the status was set by mistake"},
    )  # fmt: skip


class Verdict(Schema):
    """What the caller says of the assessment."""

    verdict = String(required=True, validate=OneOf(["helpful", "wrong"]))


class Judged(Schema):
    """The verdict, and what assessments of that domain were worth to the account so far."""

    id = Integer()
    verdict = String(validate=OneOf(["helpful", "wrong"]))
    domain = String()
    right = Integer(metadata={"description": "Of the domain's newest, so many were right."})
    known = Integer(metadata={"description": "Of so many it is known."})


class VendorForm(Schema):
    """The brief for a vendor."""

    id = Integer()
    text = String(allow_none=True, metadata={"description": "Plain text, without names; null before there is a brief."})


class PackageSchema(Schema):
    """The schema of `escalation_package`."""

    schema = Raw(metadata={"type": "object", "description": "JSON Schema, draft 2020-12."})


class MemoryQuery(Schema):
    """What to look for."""

    q = String(
        required=True, validate=[Length(min=2, max=500), writable],
        metadata={"description": "Words, error codes, host names, as they would stand in a ticket."},
    )  # fmt: skip
    limit = Integer(load_default=10, validate=Range(min=1, max=50))


class MemoryMatch(Schema):
    """A resolved ticket."""

    ticket_id = Integer()
    summary = String()
    problem = String()
    fix = String(allow_none=True, metadata={"description": "What solved it; null where nobody wrote it down."})
    tried = List(List(String()), metadata={"description": "What was done, each with its outcome."})
    environment = List(String())
    domain = String(allow_none=True)
    company = String(allow_none=True)
    resolver = String(allow_none=True)
    closed_at = moment("By the PSA's clock.", nullable=False)
    shared = List(String(), metadata={"description": "What it has in common with the words, what tells most first."})
    score = Float()


class MemoryMatches(Schema):
    """Most alike first."""

    matches = List(Nested(MemoryMatch))


class Start(Schema):
    """What the claimant starts with."""

    text = String(
        required=True, validate=[Length(min=3, max=200), writable], metadata={"example": "the firewall's log of 09:40"}
    )


class MetricsQuery(Schema):
    """Which moment, how much detail."""

    as_of = AwareDateTime(
        format="iso", validate=_within_reason,
        metadata={"description": "A moment that is past, with its offset from UTC. Default: now."},
    )  # fmt: skip
    listing = Boolean(load_default=False, metadata={"description": "With the episodes behind each figure."})


class Metrics(Schema):
    """The account's figures. Each figure has n, mean, median, ci95 and status."""

    as_of = String()
    measures_version = Integer()
    calendar_versions = List(Integer())
    sentence = String()
    window = Dict()
    time_zone = String()
    connected_at = String(allow_none=True)
    hourly_rate = Raw(allow_none=True)
    currency = String(allow_none=True)
    clocks = Dict(metadata={"description": "queue_wait, brief_latency, orientation, total: each business and calendar."})
    arithmetic = String(metadata={"description": "Why queue wait and orientation do not come to the total; empty where they do."})
    trend = List(Dict())
    by_technician = Dict()
    by_domain = Dict()
    baselines = Dict(metadata={"description": "Stopwatch and backcast, never mixed; arithmetic: why old minus new is no saving."})
    hours_saved = Dict()
    worth = Dict()
    last_month = Dict(allow_none=True, metadata={"description": "In a month's first week: what the last one saved."})
    counts = Dict()
    assessments = Dict(metadata={"description": "acceptance, correction, abstention: each n, of, share, ci95 and status."})
    kill_switch = Dict()
    worst_waits = List(Dict())
    exclusions = List(Dict())
    untrusted = List(String())
    clock_skew = Dict()
