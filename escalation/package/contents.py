"""What an escalation package contains. `escalation.package.stored` reads what was stored, of any version, for ever."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from escalation.evidence import plain

SCHEMA_VERSION = 1

SURE = 0.7
"""From which probability on a step counts as tried: nine in ten are one and tell no wrong outcome (`docs/reading.md`)."""
CERTAIN = 0.8
"""From which on a step or an outcome may close a way, contradict somebody or stand against a model's reading."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a quotation stands: `id` is what the brief cites."""

    id: str
    """`d` the description, `n1`… notes, `t1`… time entries, `a1`… steps recorded with an assistant, `c1`… configurations,
    `s` the summary, `r1`… other tickets."""
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
class Start(Quote):
    """What to do first. `text` may be the product's own words; `evidence` is what it rests on."""

    reason: str = ""
    """Why this, in a few words."""
    sure: float = 1.0
    """How often such a one was right or useful, where it was chosen by what was learned; 0 where nothing was sure enough."""


@dataclass(frozen=True, slots=True)
class Told:
    """The same deed as told elsewhere, by the same person."""

    source: str
    outcome: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something a person did to diagnose or fix the problem."""

    text: str
    evidence: str
    note_index: int
    """Of the note, -1 the description; -2 for what was recorded with an assistant."""
    outcome: str
    actor: str
    source: str
    result_stated: bool = False
    """Whether the evidence itself carries the result, so that a reader needs no label for it."""
    at: datetime | None = None
    result_inferred: bool = False
    """Whether nobody said what came of it: that people went on shows that it did not solve the problem."""
    sure: float = 1.0
    """The local reader's probability that this is a step, as measured; 1 where a model read it and it was checked."""
    outcome_sure: float = 1.0
    """The same for its outcome."""
    because: str = ""
    """What spoke most for its being a step: features by name, with their weight."""
    also: tuple[Told, ...] = ()
    """Where else it is told; it counts once, and where the results contradict each other both are shown."""
    result: Quote | None = None
    """The words that tell what came of it, where they stand outside its evidence."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One member's work with an assistant, beside whatever others did at the same time."""

    session: int
    who: str
    client: str
    begun: datetime
    last: datetime
    done: int
    """Steps."""
    pending: int
    beside: tuple[int, ...] = ()
    """Sessions of others that ran at the same time."""


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
class Solved:
    """A ticket like this one that was solved here before."""

    id: int
    summary: str
    fix: str
    """What helped, as whoever solved it wrote."""
    why: str
    """What both have in common."""
    at: datetime | None
    resolver: str | None
    company: str | None
    same_customer: bool
    source: str
    record: str = ""
    """Which of its records says what helped."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A runbook of this account that fits."""

    id: int
    title: str
    version: int
    first: str
    """Its first step."""
    worth: str
    """How often it was offered and worked, in words."""
    stale: str | None
    source: str


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
class Discounted:
    """A theory that is out, and the words of the ticket that put it out."""

    theory: str
    theory_source: str
    """Where it is from: an earlier ticket, or what a model's statement rests on."""
    evidence: str
    source: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is guessed; all None or empty when nothing was asked or it abstained."""

    likely_cause: str | None = None
    suggested_steps: tuple[str, ...] = ()
    confidence: float | None = None
    cause_source: str | None = None
    """Which source the cause is quoted from."""
    step_sources: tuple[str, ...] = ()
    """The same for each suggested step, in their order."""
    domain_right: int = 0
    """How many assessments of this domain turned out right here, of `domain_known`, when this one was made."""
    domain_known: int = 0
    withheld: bool = False
    """Whether those were right so seldom that nobody is shown this one; it is kept so that the record can recover."""
    made_by: str = "local"
    """`local`, or the name of the model that made it."""
    cause_evidence: str = ""
    """Of a model's: the stretch of that source that it cites. What is made here is a quotation itself."""
    step_evidence: tuple[str, ...] = ()
    """The same for each suggested step, in their order."""
    discounted: tuple[Discounted, ...] = ()
    """Theories that are out by now."""
    against: tuple[Quote, ...] = ()
    """What contradicts the cause."""


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
    waiting_since: datetime | None = field(metadata={"description": "When the ticket was opened. It waits since `escalated_at`."})
    problem: Quote | None
    ask: Quote | None
    why_escalated: Quote | None
    start_here: Start | None
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
    reader: str = "local"
    """Who told steps from other words: `local`, or the model's name."""
    reader_version: str = ""
    """Of that reader; packages from before it was kept have none."""
    solved: tuple[Solved, ...] = ()
    """What is alike and was solved, this customer's first; empty where nothing convinces."""
    still_to_do: tuple[Quote, ...] = ()
    """What sessions hold as pending."""
    findings: tuple[Quote, ...] = ()
    """What was learned, as recorded in sessions."""
    lanes: tuple[Lane, ...] = ()
    """The sessions, the oldest first."""
    runbooks: tuple[Offered, ...] = ()
    """Approved runbooks that fit, the best first; empty where nothing convinces."""
    start_otherwise: Start | None = None
    """Where else to start, if another place is likely enough: a senior sees which of the two fits."""
    last_word: Quote | None = None
    """What the customer wrote after everything of ours, where they did: nobody has answered it."""
    unread_words: tuple[Quote, ...] = ()
    """The newest sentences of the staff in a language that is quoted and not read for steps."""
    forbidden: tuple[Quote, ...] = ()
    """What somebody said is not to be done, the newest last."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; datetimes as ISO 8601 in UTC with `Z`."""
        body: dict[str, Any] = plain(self)
        return body

    def source(self, source_id: str) -> Source | None:
        """Return the source with this citation id."""
        return next((s for s in self.sources if s.id == source_id), None)
