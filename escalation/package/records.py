"""The ticket's texts in order, each a source that can be cited and a passage that can be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from escalation.evidence import STAFF, Evidence, Note, Person, TimeEntry
from escalation.package.contents import Event, Missing, Source, Unread
from escalation.text.own_mail import without_own_mail
from escalation.text.passages import NOT_STAFF, Passage, read
from escalation.text.places import Plain
from escalation.text.source import plain
from escalation.text.stretches import Stretch
from escalation.text.whose import People, people_of

_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|greetings|morning|all)\b[\w ,!.]{0,30}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Record:
    """A text of the ticket with its source."""

    source: Source
    plain: Plain
    passage: Passage
    kind: str
    """`description`, `internal note`, `time entry` and so on: the record without its number."""
    taken_back: str = ""
    """The source in which its writer says that it is not about this ticket, or wrong."""

    @property
    def text(self) -> str:
        """The text as it is read; `plain.quote` gives what stands in the source."""
        return self.plain.text

    @property
    def spoken(self) -> list[Stretch]:
        """What was said in sentences and items, greetings left out."""
        said = (s for s in self.passage.stretches if s.kind in ("sentence", "item"))
        return [s for s in said if not _GREETING.match(s.text)]


def records_of(evidence: Evidence) -> list[Record]:
    """Return the ticket's texts in order, the description first, with citation ids and note indexes."""
    description = next((n for n in evidence.notes if n.is_description), None)
    entries: list[Note | TimeEntry] = [n for n in evidence.notes if n is not description]
    noted = {flat(n.text) for n in evidence.notes}
    entries += [e for e in evidence.time_entries if e.position is not None or not (_says_nothing(e) or flat(e.text) in noted)]
    entries.sort(key=_place)
    made: list[Record] = []
    people = _people(evidence)
    if description is not None:
        made.append(_record(description, "d", -1, people, evidence.ticket.entered_at))
    counts = {"n": 0, "t": 0}
    for index, entry in enumerate(entries):
        letter = "t" if isinstance(entry, TimeEntry) else "n"
        counts[letter] += 1
        position = entry.position if entry.position is not None else index
        made.append(_record(entry, f"{letter}{counts[letter]}", position, people))
    return _without_taken_back(made)


def time_without_words(evidence: Evidence) -> tuple[Missing, ...]:
    """Return whose charged time says nothing of what was done in it, the longest first; a quarter of an hour and more."""
    silent: dict[str, list[TimeEntry]] = {}
    for entry in evidence.time_entries:
        if entry.author.role not in NOT_STAFF and _says_nothing(entry):
            silent.setdefault(entry.author.name, []).append(entry)
    spent = {name: [_hours(entry) for entry in entries] for name, entries in silent.items()}
    long = [(sum(filter(None, hours)), name, hours) for name, hours in spent.items()]
    told = sorted((one for one in long if one[0] >= _WORTH_NAMING_H or None in one[2]), key=lambda one: (-one[0], one[1]))
    return tuple(_silent(*one) for one in told[:_MOST_NAMED])


def _says_nothing(entry: TimeEntry) -> bool:
    return not any(map(str.isalnum, entry.text))


_WORTH_NAMING_H = 0.25
_MOST_NAMED = 2


def _hours(entry: TimeEntry) -> float | None:
    if entry.hours is not None or entry.started_at is None or entry.ended_at is None:
        return entry.hours
    return max(0.0, (entry.ended_at - entry.started_at).total_seconds() / 3600)


def _silent(total: float, name: str, hours: Sequence[float | None]) -> Missing:
    count = "a time entry" if len(hours) == 1 else f"{len(hours)} time entries"
    where = f"in {count} without a note" + (f" ({total:.2g} h)" if None not in hours else "")
    return Missing(f"what {name} did {where}", f"What did {name} do {where}, and what came of it?")


_WRONG = re.compile(
    r"\W*(?:(?:sorry|oops|apologies|my bad|please|ignore|disregard|scratch|this|that|note|was|is|for|the|posted|entered|added|"
    r"put|in|on|to)\W+){0,8}wrong (?:ticket|case|client|customer|company)\b",
    re.IGNORECASE,
)
_LAST_ONE = re.compile(
    r"(?:ignore|disregard|scratch|strike) (?:(?:my|the|that|this) )?(?:last|previous|prior|above|earlier) "
    r"(?:internal )?(?:note|comment|entry|time entry|update|post|message)\b",
    re.IGNORECASE,
)


def _without_taken_back(records: list[Record]) -> list[Record]:
    """Return the records with the words of those taken back as nobody's: what a technician says was put into the wrong ticket."""
    kept = list(records)
    for place, record in enumerate(records):
        if record.source.role in NOT_STAFF or len(record.text) > 2000:
            continue
        last, wrong = _LAST_ONE.search(record.passage.own), _WRONG.match(record.passage.own)
        short = len(record.passage.own.split()) <= 12
        theirs = (i for i in range(place - 1, -1, -1) if records[i].source.author == record.source.author)
        before = next((i for i in theirs if records[i].source.id != "d"), None)
        taken = place if wrong and not (last or short) else before if last or wrong else None
        for i in () if taken is None else {taken, place} if short else {taken}:
            text = records[i].text
            passage = replace(records[i].passage, stretches=(Stretch(0, len(text), "quoted", text),))
            kept[i] = replace(kept[i], passage=passage, taken_back=record.source.id if i == taken else "")
    return kept


def described(records: Sequence[Record]) -> tuple[str, list[str]]:
    """Return the description in its writer's own words, empty if there is none, and all texts so."""
    texts = [r.passage.own for r in records]
    return next((text for r, text in zip(records, texts, strict=True) if r.source.id == "d"), ""), texts


def _place(entry: Note | TimeEntry) -> tuple[int, float, int]:
    if entry.position is not None:
        return (entry.position, 0.0, 0)
    at = entry.entered_at or entry.started_at if isinstance(entry, TimeEntry) else entry.created_at
    return (0, at.timestamp() if at else 0.0, entry.id)


def _record(
    entry: Note | TimeEntry, source_id: str, note_index: int, people: People, entered_at: datetime | None = None
) -> Record:
    if isinstance(entry, TimeEntry):
        at, kind = entry.started_at or entry.entered_at, "time entry"
    else:
        at = entry.created_at or (entered_at if entry.is_description else None)
        kind = "description" if entry.is_description else f"{entry.kind} note"
    record = kind if kind == "description" else f"{kind} {entry.id}"
    record += f" of ticket {entry.ticket}" if entry.ticket is not None else ""
    source = Source(source_id, record, entry.author.name, entry.author.role, at, note_index)
    solved = isinstance(entry, Note) and entry.kind == "resolution"
    begins = isinstance(entry, Note) and entry.is_description
    # A thread file does not say who wrote its description; in the PSA an author whom nobody knows is not one of ours.
    told = entry.author.role if entry.author != _NOT_RECORDED else "technician"
    written = without_own_mail(plain(entry.text))
    return Record(source, written, read(written, told, resolution=solved, description=begins, people=people), kind)


def _people(evidence: Evidence) -> People:
    """Return whose names the ticket tells: its contact, and whoever wrote on it."""
    authors = [*(n.author for n in evidence.notes), *(e.author for e in evidence.time_entries)]
    wrote = {(a.name, "technician" if a.role in STAFF else a.role) for a in authors if a.role in STAFF or a.role == "customer"}
    return people_of([*sorted(wrote), *([(evidence.ticket.contact, "customer")] if evidence.ticket.contact else [])])


_NOT_RECORDED = Person("not recorded")
"""The author of a thread file's description (`escalation.package.threads`)."""


def summary_source(evidence: Evidence) -> Source:
    """Return the ticket's summary as a source."""
    ticket = evidence.ticket
    return Source(
        "s", f"ticket {ticket.id}, summary", ticket.entered_by or "not recorded", "unknown", ticket.entered_at
    )


_WRITTEN, _PART = "written in ", "a part of "


def languages_unread(unread: Sequence[Unread], *, parts: bool = False) -> str:
    """Return the languages in which a ticket holds words that are not read for steps, as `German and Polish`; empty for none.

    With `parts` also those of texts of which the English is read.
    """
    told = (one for one in unread if one.reason.startswith(_WRITTEN))
    whole = (one for one in told if parts or not one.source.startswith(f"steps in {_PART}"))
    names = (one.reason.removeprefix(_WRITTEN).partition(";")[0] for one in whole)
    return " and ".join(dict.fromkeys(names))


def unread_texts(records: Sequence[Record], read_here: Sequence[Record]) -> tuple[Unread, ...]:
    """Return which texts are quoted but not read for steps: those taken back, and of `read_here` those in other languages."""
    found: dict[tuple[str, bool], list[str]] = {}
    for record in read_here:
        if name := record.passage.language:
            found.setdefault((name, False), []).append(record.source.id)
        elif name := record.passage.partly:
            found.setdefault((name, True), []).append(f"{_PART}{record.source.id}")
    back = tuple(
        Unread(f"steps in {r.source.id}", f"taken back by its writer in {r.taken_back}") for r in records if r.taken_back
    )
    return back + tuple(
        Unread(f"steps in {', '.join(ids[:6])}{' and more' if len(ids) > 6 else ''}", f"{_WRITTEN}{name}; quoted as it stands")
        for (name, _), ids in found.items()
    )


def timeline(records: Sequence[Record]) -> tuple[Event, ...]:
    """Return a line a record in the order of time; a time entry stands where its work began."""
    events = [_event(r) for r in records if r.text.strip()]
    order, last = [], float("-inf")
    for event in events:
        last = event.at.timestamp() if event.at else last
        order.append(last)
    return tuple(events[i] for i in sorted(range(len(events)), key=lambda i: (order[i], i)))


def with_events(events: Sequence[Event], more: Sequence[Event]) -> tuple[Event, ...]:
    """Return both in the order of time; what has no time stays after what stood before it."""
    made, left = [], sorted(more, key=lambda event: event.at.timestamp() if event.at else 0.0)
    for event in events:
        while left and event.at and left[0].at and left[0].at < event.at:
            made.append(left.pop(0))
        made.append(event)
    return (*made, *left)


def _event(record: Record) -> Event:
    spoken = record.spoken or list(record.passage.stretches)
    begin = spoken[0].text if spoken else record.text.strip()
    return Event(record.source.at, record.source.author, flat(begin[:300]), record.source.id)


def flat(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def clipped(text: str, limit: int) -> str:
    """Return a text as it is, or so many characters of it up to the last whole word, and a mark."""
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
