"""Tickets of our own with labels, written before the rules read them, and how well the rules do.

`first.txt` holds sixty, four for each domain; `second.txt` and `third.txt` 50 written later, when the rules fitted the first too
well. `fourth.txt` and `sixth.txt` (36, in the manner of public forums), `fifth.txt` and `seventh.txt` (36, work notes and long
accounts) were written and labelled without sight of the rules, and so were `eighth.txt` and `ninth.txt` (71, work notes, time
entries, forwarded mail and vendors' calls in the manner of help desks), before any reader had been taught with them,
and so were `tenth.txt` and `eleventh.txt` (76, half admins' fault reports on forums, half internal queues of hospitals,
universities, councils, factories),
and `twelfth.txt` and `thirteenth.txt` (90, everyday tickets of help desks, stuck at the moment of escalation),
and `fourteenth.txt` and `fifteenth.txt` (98, every outcome in many wordings).
`sixteenth.txt` to `nineteenth.txt` (200, half posts as admins write them, half queues, by four hands) measure: no reader is
taught with them, so what they give is what to expect of a ticket that was not seen.
`twentieth.txt` to `thirty_first.txt` (600, a hand each) were written without sight of those: lines, firewalls, mail, identity,
endpoints, servers, telephony and programs, a small MSP's everyday, admins' posts, public service desks, night shifts, mails to
customers, what readers get wrong, every voice. `twenty_fifth.txt` and `thirty_first.txt` measure too, and so do
`thirty_second.txt` to `thirty_seventh.txt` (300, three hands), in the manner of public forums and of the queues of help desks.

A ticket starts with `=== id | domain | summary`. A line `d:` begins the description, `t:` a technician's note, `c:` a
customer's, `r:` a resolution. Labels stand in the text and are taken out of it:

- `{n:…}` a step with its outcome (n no change, f failed, p partial, w worked, u unknown), `{n:…@c}` by the customer
  (`@v` the vendor), `{-:…}` something that looks like a step and is none;
- `[[…]]` pasted output or error text; `‹…›` an error code, which may repeat one that stands in the text; `‹?…›` one
  that readers may or may not take for a code.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from escalation.package.build import build
from escalation.package.contents import Package
from escalation.package.threads import evidence_from_thread
from escalation.reading.weights import Learned

UNSEEN = ("sixteenth.txt", "seventeenth.txt", "eighteenth.txt", "nineteenth.txt", "twenty_fifth.txt", "thirty_first.txt")
"""No reader is taught with these: they measure."""
FORUMS = (
    "thirty_second.txt", "thirty_third.txt", "thirty_fourth.txt", "thirty_fifth.txt", "thirty_sixth.txt", "thirty_seventh.txt",
)  # fmt: skip
"""Nor with these."""
TAUGHT = (
    "first.txt", "second.txt", "third.txt", "fourth.txt", "fifth.txt", "sixth.txt", "seventh.txt", "eighth.txt", "ninth.txt",
    "tenth.txt", "eleventh.txt", "twelfth.txt", "thirteenth.txt", "fourteenth.txt", "fifteenth.txt",
    "twentieth.txt", "twenty_first.txt", "twenty_second.txt", "twenty_third.txt", "twenty_fourth.txt",
    "twenty_sixth.txt", "twenty_seventh.txt", "twenty_eighth.txt", "twenty_ninth.txt", "thirtieth.txt",
)  # fmt: skip
_OUTCOMES = {"n": "no_change", "f": "failed", "p": "partial", "w": "worked", "u": "unknown"}
_ACTORS = {"c": "customer", "v": "vendor", None: "tech"}
_KINDS = {"t": ("tech", "internal"), "c": ("customer", "discussion"), "r": ("tech", "resolution")}
_MARK = re.compile(
    r"\{(?P<what>[nfpwu-]):(?P<said>[^{}]*?)(?:@(?P<by>[cv]))?\}|\[\[(?P<block>.*?)\]\]|\s?‹(?P<code>[^›]*)›",
    re.S,
)


@dataclass(frozen=True)
class Label:
    """A stretch of a note with what it is: an outcome, `-` for no step, `block` for pasted text."""

    note: int
    start: int
    end: int
    what: str
    actor: str = "tech"


@dataclass(frozen=True)
class Ticket:
    """A ticket with its labels."""

    record: dict[str, Any]
    domain: str
    labels: tuple[Label, ...]
    codes: frozenset[str]
    maybe_codes: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        return str(self.record["id"])

    @functools.cached_property
    def package(self) -> Package:
        return self.read_by(None)

    def read_by(self, known: Learned | None) -> Package:
        """Return the package as what was learned has it read; None: the weights of words alone."""
        evidence = evidence_from_thread(self.record)
        at = evidence.read_at
        return build(evidence, episode=1, escalated_at=at, escalated_by=None, as_of=at, known=known)


@functools.cache
def tickets(name: str = "first.txt") -> tuple[Ticket, ...]:
    """Return the tickets of one file beside this module, always the same ones: each is read once."""
    body = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return tuple(_ticket(part) for part in re.split(r"^=== ", body, flags=re.M)[1:])


def _ticket(part: str) -> Ticket:
    head, rest = part.split("\n", 1)
    name, domain, summary = (word.strip() for word in head.split("|"))
    parts = re.split(r"^([dtcr]): ", rest.rstrip("\n"), flags=re.M)[1:]
    labels: list[Label] = []
    codes: set[str] = set()
    notes: list[dict[str, Any]] = []
    description = ""
    for letter, marked in zip(parts[::2], parts[1::2], strict=True):
        number = -1 if letter == "d" else len(notes)
        text = _unmarked(marked.strip("\n"), number, labels, codes)
        if letter == "d":
            description = text
        else:
            role, kind = _KINDS[letter]
            created = f"2026-03-{2 + number:02d}T09:00:00Z"
            notes.append({"author": role, "role": role, "kind": kind, "created": created, "text": text})
    record = {"id": name, "ticket": {"summary": summary, "initial_description": description, "notes": notes}}
    sure = frozenset(code for code in codes if not code.startswith("?"))
    return Ticket(record, domain, tuple(labels), sure, frozenset(code[1:] for code in codes - sure))


def _unmarked(marked: str, number: int, labels: list[Label], codes: set[str]) -> str:
    text, at = "", 0
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        at = mark.end()
        if mark["code"] is not None:
            codes.add(mark["code"].lower())
            continue
        said = mark["block"] if mark["what"] is None else mark["said"]
        what = "block" if mark["what"] is None else _OUTCOMES.get(mark["what"], "-")
        labels.append(Label(number, len(text), len(text) + len(said), what, _ACTORS[mark["by"]]))
        text += said
    return text + marked[at:]


@dataclass
class Score:
    """Counts over tickets."""

    right: int = 0
    extra: int = 0
    missed: int = 0
    outcomes: int = 0
    actors: int = 0
    dead_right: int = 0
    dead_extra: int = 0
    dead_missed: int = 0
    non_steps: int = 0
    non_taken: int = 0
    block_characters: int = 0
    block_found: int = 0
    block_taken: int = 0
    codes_right: int = 0
    codes_wrong: int = 0
    codes_missed: int = 0
    domains: int = 0
    tickets: int = 0

    @property
    def step_f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.extra + self.missed)

    @property
    def dead_end_f1(self) -> float:
        return 2 * self.dead_right / (2 * self.dead_right + self.dead_extra + self.dead_missed)

    @property
    def code_f1(self) -> float:
        return 2 * self.codes_right / (2 * self.codes_right + self.codes_wrong + self.codes_missed)


def score(chosen: Sequence[Ticket], known: Learned | None = None) -> tuple[Score, list[str]]:
    """Return the counts, and a line for each thing that is not as labelled."""
    total = Score()
    wrong: list[str] = []
    for ticket in chosen:
        _score_one(ticket, ticket.read_by(known) if known else ticket.package, total, wrong)
    return total, wrong


def _score_one(ticket: Ticket, package: Package, total: Score, wrong: list[str]) -> None:
    texts = {-1: ticket.record["ticket"]["initial_description"]}
    texts |= {i: note["text"] for i, note in enumerate(ticket.record["ticket"]["notes"])}
    steps = [label for label in ticket.labels if label.what not in ("-", "block")]
    found = []
    for step in package.steps_attempted:
        start = texts[step.note_index].find(step.evidence)
        found.append((step.note_index, start, start + len(step.evidence)))
    pairs = _pairs(found, steps)
    dead = {"failed", "no_change"}
    flagged = set(package.dead_ends_flagged)
    total.tickets += 1
    for place, step in enumerate(package.steps_attempted):
        if place in pairs:
            label = pairs[place]
            total.right += 1
            total.outcomes += step.outcome == label.what
            total.actors += step.actor == label.actor
            total.dead_right += label.what in dead and place in flagged
            total.dead_missed += label.what in dead and place not in flagged
            total.dead_extra += label.what not in dead and place in flagged
            if step.outcome != label.what:
                wrong.append(f"{ticket.id}: {step.outcome}, labelled {label.what}: {step.evidence!r}")
            if step.actor != label.actor:
                wrong.append(f"{ticket.id}: by {step.actor}, labelled {label.actor}: {step.evidence!r}")
        else:
            total.extra += 1
            total.dead_extra += place in flagged
            wrong.append(f"{ticket.id}: no step: {step.evidence!r}")
    for label in steps:
        if label not in pairs.values():
            total.missed += 1
            total.dead_missed += label.what in dead
            wrong.append(f"{ticket.id}: missed {label.what}: {texts[label.note][label.start : label.end]!r}")
    for label in (x for x in ticket.labels if x.what == "-"):
        total.non_steps += 1
        total.non_taken += any(_overlap(f, label) for i, f in enumerate(found) if i not in pairs)
    _score_blocks(ticket, package, texts, total, wrong)
    codes = {" ".join(q.evidence.lower().split()) for q in package.error_codes}
    codes = {next((c for c in ticket.codes if code.endswith((f" {c}", f":{c}", f"#{c}"))), code) for code in codes}
    codes -= ticket.maybe_codes
    total.codes_right += len(codes & ticket.codes)
    total.codes_wrong += len(codes - ticket.codes)
    total.codes_missed += len(ticket.codes - codes)
    if codes ^ ticket.codes:
        wrong.append(f"{ticket.id}: codes {sorted(codes)}, labelled {sorted(ticket.codes)}")
    total.domains += package.domain == ticket.domain
    if package.domain != ticket.domain:
        wrong.append(f"{ticket.id}: domain {package.domain}")


def _score_blocks(
    ticket: Ticket, package: Package, texts: dict[int, str], total: Score, wrong: list[str]
) -> None:
    """Count characters: labelled, found of those, and taken for pasted text altogether."""
    place_of = {source.id: source.note_index for source in package.sources}
    taken: dict[int, set[int]] = {place: set() for place in texts}
    for quote in package.evidence_blocks:
        place = place_of[quote.source]
        assert place is not None
        marked = [x for x in ticket.labels if x.what == "block" and x.note == place]
        starts = [m.start() for m in re.finditer(re.escape(quote.evidence), texts[place])]
        near = [s for s in starts if any(x.start < s + len(quote.evidence) and s < x.end for x in marked)]
        start = (near or starts)[0]
        taken[place].update(range(start, start + len(quote.evidence)))
    labelled: dict[int, set[int]] = {place: set() for place in texts}
    for label in (x for x in ticket.labels if x.what == "block"):
        here = set(range(label.start, label.end))
        labelled[label.note] |= here
        found = len(here & taken[label.note])
        total.block_characters += len(here)
        total.block_found += found
        if found < 0.9 * len(here):
            begin = texts[label.note][label.start : label.start + 70]
            wrong.append(f"{ticket.id}: block {found} of {len(here)}: {begin!r}")
    for place, characters in taken.items():
        total.block_taken += len(characters)
        if beside := sorted(characters - labelled[place]):
            said = "".join(texts[place][at] for at in beside)
            if said.strip():
                wrong.append(f"{ticket.id}: no block: {said[:90]!r}")


def _overlap(found: tuple[int, int, int], label: Label) -> bool:
    note, start, end = found
    shared = min(end, label.end) - max(start, label.start)
    return note == label.note and shared >= 0.5 * max(1, min(end - start, label.end - label.start))


def _pairs(found: list[tuple[int, int, int]], labels: list[Label]) -> dict[int, Label]:
    """Return which label each found step stands for, one to one, as many as possible."""
    owner: dict[Label, int] = {}

    def take(place: int, seen: set[Label]) -> bool:
        for label in labels:
            if label not in seen and _overlap(found[place], label):
                seen.add(label)
                if label not in owner or take(owner[label], seen):
                    owner[label] = place
                    return True
        return False

    for place in range(len(found)):
        take(place, set())
    return {place: label for label, place in owner.items()}
