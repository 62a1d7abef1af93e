"""Read stored packages: JSON with `schema_version`, of any version ever written, checked field by field."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from escalation.package.contents import (
    SCHEMA_VERSION,
    Assessment,
    Change,
    Contingency,
    Device,
    Discounted,
    Event,
    Lane,
    Missing,
    Offered,
    OtherTicket,
    Package,
    Quote,
    Solved,
    Source,
    Start,
    Step,
    Told,
    Unread,
)


class UnknownPackageVersion(ValueError):
    """The stored package was written by a newer program, or is no package."""


class DamagedPackage(ValueError):
    """The stored package is of a known version but does not hold what that version promises."""


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


class _StartV1(_QuoteV1):
    of: ClassVar[Any] = Start
    reason = fields.String(load_default="")


class _ToldV1(_Record):
    of: ClassVar[Any] = Told
    source = _text()
    outcome = _text()
    evidence = _text()


class _LaneV1(_Record):
    of: ClassVar[Any] = Lane
    session = fields.Integer(required=True)
    who = _text()
    client = _text()
    begun = fields.AwareDateTime(format="iso", required=True)
    last = fields.AwareDateTime(format="iso", required=True)
    done = fields.Integer(load_default=0)
    pending = fields.Integer(load_default=0)
    beside = fields.List(fields.Integer(), load_default=list)


class _StepV1(_QuoteV1):
    of: ClassVar[Any] = Step
    note_index = fields.Integer(required=True)
    outcome = _text()
    actor = _text()
    result_stated = fields.Boolean(load_default=False)
    result_inferred = fields.Boolean(load_default=False)
    sure = fields.Float(load_default=1.0)
    outcome_sure = fields.Float(load_default=1.0)
    because = fields.String(load_default="")
    also = _many(_ToldV1)
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


class _SolvedV1(_Record):
    of: ClassVar[Any] = Solved
    id = fields.Integer(required=True)
    summary = _text()
    fix = _text()
    why = _text()
    at = _moment()
    resolver = _text(none=True)
    company = _text(none=True)
    same_customer = fields.Boolean(load_default=False)
    source = _text()
    record = fields.String(load_default="")


class _OfferedV1(_Record):
    of: ClassVar[Any] = Offered
    id = fields.Integer(required=True)
    title = _text()
    version = fields.Integer(required=True)
    first = _text()
    worth = _text()
    stale = _text(none=True)
    source = _text()


class _MissingV1(_Record):
    of: ClassVar[Any] = Missing
    text = _text()
    question = _text()


class _UnreadV1(_Record):
    of: ClassVar[Any] = Unread
    source = _text()
    reason = _text()


class _DiscountedV1(_Record):
    of: ClassVar[Any] = Discounted
    theory = _text()
    theory_source = _text()
    evidence = _text()
    source = _text()


class _AssessmentV1(_Record):
    of: ClassVar[Any] = Assessment
    likely_cause = _text(none=True)
    suggested_steps = fields.List(fields.String(), load_default=list)
    confidence = fields.Float(allow_none=True, load_default=None)
    cause_source = _text(none=True)
    step_sources = fields.List(fields.String(), load_default=list)
    domain_right = fields.Integer(load_default=0)
    domain_known = fields.Integer(load_default=0)
    withheld = fields.Boolean(load_default=False)
    made_by = fields.String(load_default="local")
    cause_evidence = fields.String(load_default="")
    step_evidence = fields.List(fields.String(), load_default=list)
    discounted = _many(_DiscountedV1)
    against = _many(_QuoteV1)


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
    start_here = _maybe(_StartV1)
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
    reader = fields.String(load_default="local")
    reader_version = fields.String(load_default="")
    solved = _many(_SolvedV1)
    still_to_do = _many(_QuoteV1)
    findings = _many(_QuoteV1)
    lanes = _many(_LaneV1)
    runbooks = _many(_OfferedV1)


_package_v1 = _PackageV1()
