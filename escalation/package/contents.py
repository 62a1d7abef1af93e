"""What an escalation package contains, and its stored form: JSON with `schema_version`, readable for ever."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

SCHEMA_VERSION = 1


class UnknownPackageVersion(ValueError):
    """The stored package was written by a newer program, or is no package."""


class DamagedPackage(ValueError):
    """The stored package is of a known version but does not hold what that version promises."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a quotation stands: `id` is what the brief cites."""

    id: str
    """`d` the description, `n1`… notes, `t1`… time entries, `c1`… configurations, `s` the
    summary, `r1`… other tickets."""
    record: str
    """Which record, in words: "internal note 4711"."""
    author: str
    role: str
    at: datetime | None
    note_index: int | None = None
    """-1 the description, else counted over notes and time entries from 0; None for other records."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a source. `evidence` is verbatim; `text` only shortens it."""

    text: str
    evidence: str
    source: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something a person did to diagnose or fix the problem."""

    text: str
    evidence: str
    note_index: int
    outcome: str
    actor: str
    source: str
    result_stated: bool = False
    """Whether the evidence itself carries the result, so that a reader needs no label for it."""
    at: datetime | None = None
    result_inferred: bool = False
    """Whether nobody said what came of it: that people went on shows that it did not solve the problem."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was changed and, as far as recorded, not changed back."""

    text: str
    evidence: str
    source: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contingency:
    """If the condition holds, then the action, both as said."""

    condition: str
    action: str
    source: str


@dataclass(frozen=True, slots=True)
class Device:
    """A configuration of the customer attached to the ticket; `text` is our list of its recorded fields."""

    name: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the ticket's history: `text` quotes how the record begins."""

    at: datetime | None
    who: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class OtherTicket:
    """Another ticket of the same customer."""

    id: int
    summary: str
    status: str
    closed: bool
    at: datetime | None
    owner: str | None
    source: str
    similarity: int = 0
    """0 to 100, how far its summary is like this one's."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something not recorded: as listed, and as the question it would take."""

    text: str
    question: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read from the PSA, with the reason."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a model guesses; all None or empty when nothing was asked or it abstained."""

    likely_cause: str | None = None
    suggested_steps: tuple[str, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """The structured content of one handoff, a function of its evidence, the account's settings and `as_of`."""

    schema_version: int
    ticket_id: int
    episode: int
    summary: str
    escalated_at: datetime
    escalated_by: str | None
    as_of: datetime
    time_zone: str
    company: str | None
    contact: str | None
    site: str | None
    board: str
    status: str
    priority: str | None
    severity: str | None
    impact: str | None
    required_at: datetime | None
    waiting_since: datetime | None
    problem: Quote | None
    ask: Quote | None
    why_escalated: Quote | None
    start_here: Quote | None
    steps_attempted: tuple[Step, ...]
    dead_ends_flagged: tuple[int, ...]
    ruled_out: tuple[Quote, ...]
    contingency: Contingency | None
    promises: tuple[Quote, ...]
    state_left_behind: tuple[Change, ...]
    not_recorded: tuple[Missing, ...]
    evidence_blocks: tuple[Quote, ...]
    error_codes: tuple[Quote, ...]
    devices: tuple[Device, ...]
    products: tuple[Quote, ...]
    agreement: str | None
    attachments: tuple[str, ...]
    open_tasks: tuple[str, ...]
    domain: str
    ai_assessment_data: Assessment
    timeline: tuple[Event, ...]
    similar: tuple[OtherTicket, ...]
    recent: tuple[OtherTicket, ...]
    unread: tuple[Unread, ...]
    sources: tuple[Source, ...]
    notes_read: int
    time_entries_read: int
    thin: bool
    """Whether so little was recorded that the junior is asked one question."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; datetimes as ISO 8601 in UTC with `Z`."""
        body: dict[str, Any] = _plain(self)
        return body

    def source(self, source_id: str) -> Source | None:
        """Return the source with this citation id."""
        return next((s for s in self.sources if s.id == source_id), None)


def load(body: dict[str, Any]) -> Package:
    """Rebuild a package of any version ever stored. Raises `UnknownPackageVersion` or `DamagedPackage`."""
    version = body.get("schema_version")
    if version != SCHEMA_VERSION:
        raise UnknownPackageVersion(f"schema_version {version!r}: this program reads {SCHEMA_VERSION}")
    try:
        package: Package = _package_v1.load(body)
    except ValidationError as error:
        raise DamagedPackage(f"package of version {version}: {error.messages}") from error
    return package


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


class _Record(Schema):
    """Loads into `of`; unknown keys, which later programs of the same version may add, are left out."""

    of: ClassVar[Any]

    class Meta:
        unknown = EXCLUDE

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> Any:
        return self.of(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def _text(*, none: bool = False) -> fields.String:
    return fields.String(allow_none=True, load_default=None) if none else fields.String(required=True)


def _moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(format="iso", allow_none=True, load_default=None)


def _many(schema: type[_Record]) -> fields.List[Any]:
    return fields.List(fields.Nested(schema), load_default=list)


def _maybe(schema: type[_Record]) -> fields.Nested:
    return fields.Nested(schema, allow_none=True, load_default=None)


class _SourceV1(_Record):
    of: ClassVar[Any] = Source
    id = _text()
    record = _text()
    author = _text()
    role = _text()
    at = _moment()
    note_index = fields.Integer(allow_none=True, load_default=None)


class _QuoteV1(_Record):
    of: ClassVar[Any] = Quote
    text = _text()
    evidence = _text()
    source = _text()


class _StepV1(_QuoteV1):
    of: ClassVar[Any] = Step
    note_index = fields.Integer(required=True)
    outcome = _text()
    actor = _text()
    result_stated = fields.Boolean(load_default=False)
    result_inferred = fields.Boolean(load_default=False)
    at = _moment()


class _ChangeV1(_QuoteV1):
    of: ClassVar[Any] = Change
    since = _moment()


class _ContingencyV1(_Record):
    of: ClassVar[Any] = Contingency
    condition = _text()
    action = _text()
    source = _text()


class _DeviceV1(_Record):
    of: ClassVar[Any] = Device
    name = _text()
    text = _text()
    source = _text()


class _EventV1(_Record):
    of: ClassVar[Any] = Event
    at = _moment()
    who = _text()
    text = _text()
    source = _text()


class _OtherTicketV1(_Record):
    of: ClassVar[Any] = OtherTicket
    id = fields.Integer(required=True)
    summary = _text()
    status = _text()
    closed = fields.Boolean(required=True)
    at = _moment()
    owner = _text(none=True)
    source = _text()
    similarity = fields.Integer(load_default=0)


class _MissingV1(_Record):
    of: ClassVar[Any] = Missing
    text = _text()
    question = _text()


class _UnreadV1(_Record):
    of: ClassVar[Any] = Unread
    source = _text()
    reason = _text()


class _AssessmentV1(_Record):
    of: ClassVar[Any] = Assessment
    likely_cause = _text(none=True)
    suggested_steps = fields.List(fields.String(), load_default=list)
    confidence = fields.Float(allow_none=True, load_default=None)


class _PackageV1(_Record):
    of: ClassVar[Any] = Package
    schema_version = fields.Integer(required=True)
    ticket_id = fields.Integer(required=True)
    episode = fields.Integer(required=True)
    summary = _text()
    escalated_at = fields.AwareDateTime(format="iso", required=True)
    escalated_by = _text(none=True)
    as_of = fields.AwareDateTime(format="iso", required=True)
    time_zone = fields.String(load_default="UTC")
    company = _text(none=True)
    contact = _text(none=True)
    site = _text(none=True)
    board = fields.String(load_default="")
    status = fields.String(load_default="")
    priority = _text(none=True)
    severity = _text(none=True)
    impact = _text(none=True)
    required_at = _moment()
    waiting_since = _moment()
    problem = _maybe(_QuoteV1)
    ask = _maybe(_QuoteV1)
    why_escalated = _maybe(_QuoteV1)
    start_here = _maybe(_QuoteV1)
    steps_attempted = _many(_StepV1)
    dead_ends_flagged = fields.List(fields.Integer(), load_default=list)
    ruled_out = _many(_QuoteV1)
    contingency = _maybe(_ContingencyV1)
    promises = _many(_QuoteV1)
    state_left_behind = _many(_ChangeV1)
    not_recorded = _many(_MissingV1)
    evidence_blocks = _many(_QuoteV1)
    error_codes = _many(_QuoteV1)
    devices = _many(_DeviceV1)
    products = _many(_QuoteV1)
    agreement = _text(none=True)
    attachments = fields.List(fields.String(), load_default=list)
    open_tasks = fields.List(fields.String(), load_default=list)
    domain = fields.String(load_default="endpoint")
    ai_assessment_data = fields.Nested(_AssessmentV1, load_default=Assessment)
    timeline = _many(_EventV1)
    similar = _many(_OtherTicketV1)
    recent = _many(_OtherTicketV1)
    unread = _many(_UnreadV1)
    sources = _many(_SourceV1)
    notes_read = fields.Integer(load_default=0)
    time_entries_read = fields.Integer(load_default=0)
    thin = fields.Boolean(load_default=False)


_package_v1 = _PackageV1()
