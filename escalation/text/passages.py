"""What the reading works on and what it finds: a text of the ticket cut up, and a deed with its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from escalation.text.chats import Turn, turns
from escalation.text.language import foreign, may_be_foreign
from escalation.text.lines import rows_of
from escalation.text.mail import heading, sent_by
from escalation.text.places import Plain
from escalation.text.stretches import OTHERS, Stretch, stretches
from escalation.text.whose import NOBODY, People, actor_of
from escalation.wording.deeds import begins_with_deed
from escalation.wording.outcomes import Outcome

Actor = Literal["tech", "customer", "vendor", "unknown"]

NOT_STAFF = frozenset({"customer", "system", "us", "unknown"})
"""Roles of writers whose wishes, leads and promises are not the MSP's; of `unknown` nobody knows whose they are."""

_FIRST_PERSON = re.compile(r"\b(?:i|i'm|i've|i'd|i’m|i’ve|we|we're|we've|my|our|me|us)\b")


def is_work_note(text: str) -> bool:
    """Whether a text is written as work notes are, without "I" and "we", so that whatever it states was looked at."""
    low = text[:2000].lower()
    return len(_FIRST_PERSON.findall(low)) <= max(1, len(low) // 330)


@dataclass(frozen=True, slots=True)
class Passage:
    """One text of a ticket, cut into stretches, with what is known about who wrote it."""

    text: str
    stretches: tuple[Stretch, ...]
    role: str
    resolution: bool = False
    """Whether this is where the ticket says how it was solved."""
    description: bool = False
    """Whether this is how the ticket began: history and symptoms stand here more often than steps."""

    work_note: bool = False
    """Whether it is written without "I" and "we", as work notes are, so that whatever it states was looked at."""

    own: str = ""
    """The text as its writer's own words: without quoted mail, signatures, notices and what a form says was not done."""

    language: str | None = None
    """The name of the language, if it is not English: then nothing is read out of it but quoted."""

    people: People = field(default_factory=dict, compare=False)
    """Whose names are known from the ticket."""
    chat: tuple[Turn, ...] = ()
    """Who says what in it, where it holds a chat."""

    partly: str | None = None
    """The name of another language in which only parts of it are written, as beside their translation: these are not read."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "partly", None)
        if (beside := _other_part(self.text, self.stretches)) is not None:
            kept = (replace(s, kind="quoted") if s.start in beside[1] else s for s in self.stretches)
            object.__setattr__(self, "stretches", tuple(kept))
            object.__setattr__(self, "partly", beside[0])
        others = any(s.kind in OTHERS for s in self.stretches)
        own = "\n".join(s.text for s in self.stretches if s.kind not in OTHERS) if others else self.text
        object.__setattr__(self, "own", own)
        object.__setattr__(self, "language", foreign(own))
        object.__setattr__(self, "work_note", is_work_note(own))

    def actor(self, start: int, end: int) -> Actor:
        """Return who did the deed that stands there."""
        turn = next((turn for turn in self.chat if turn.start <= start < turn.end), None)
        begin = min(max(start, turn.begin), end) if turn else start
        return cast("Actor", actor_of(self.text[begin:end], (turn and turn.role) or self.role, self.people))


_ENGLISH = re.compile(r"\b(?:the|and|is|was|not|no|we|has|have|with|still|after|it|this|to|of)\b", re.IGNORECASE)
_FEWEST_WORDS = 3
_SAID = frozenset(("sentence", "item", "heading"))


def _other_part(text: str, cut: Sequence[Stretch]) -> tuple[str, set[int]] | None:
    """Return the language of the sentences that are not English, where others are, and where they begin; None if there are none.

    A sentence that shows no language is of the one before it.
    """
    if not may_be_foreign(text):
        return None
    told = [(s.start, _tongue(s.text)) for s in cut if s.kind in _SAID]
    name = next((tongue for _, tongue in told if tongue not in (None, "English")), None)
    if name is None or not any(tongue == "English" for _, tongue in told):
        return None
    others, last = set(), next(tongue for _, tongue in told if tongue)
    for start, tongue in told:
        last = tongue or last
        if last != "English":
            others.add(start)
    return name, others


def _tongue(said: str) -> str | None:
    if (name := foreign(said)) is not None:
        return name
    return "English" if len(_ENGLISH.findall(said)) >= _FEWEST_WORDS or begins_with_deed(said[:600]) else None


def read(
    plain: Plain, role: str, *, resolution: bool = False, description: bool = False, people: People = NOBODY
) -> Passage:
    """Return the text as a passage. A description that only forwards a mail speaks by that mail's words: there are no others.

    So does a customer's note that a connector made of their mail, with its heading. `people` are those whom the ticket knows.
    """
    chat = _chat(plain.text, people)
    made = Passage(plain.text, tuple(stretches(plain.text, chat)), role, resolution, description, people=people, chat=chat)
    begin = 0
    if description and not made.own.strip():
        begin = _below_heading(plain.text)
    elif role == "customer" and (names := frozenset(name for name, theirs in people.items() if theirs == role)):
        begin = _below_heading(plain.text, names)
    if not begin:
        return made
    below = plain.text[begin:]
    body = (replace(s, start=s.start + begin, end=s.end + begin) for s in stretches(below, _chat(below, people)))
    return replace(made, stretches=(Stretch(0, begin, "quoted", plain.text[:begin]), *body))


def _chat(text: str, people: People) -> tuple[Turn, ...]:
    return tuple(turns(list(rows_of(text)), people))


def _below_heading(text: str, names: frozenset[str] = frozenset()) -> int:
    """Return where the words of a mail begin whose heading a text begins with; 0 if it begins with none.

    With names, the mail has to be from one of them, and a row or two of a connector may stand right above its heading.
    """
    rows = list(rows_of(text))
    first = next((place for place, row in enumerate(rows) if not row.blank), len(rows))
    for place in range(first, min(first + (3 if names else 1), len(rows))):
        if rows[place].blank:
            break
        if length := sent_by(rows, place, names) if names else heading(rows, place):
            return rows[place + length].start if place + length < len(rows) else 0
    return 0


Words = tuple[int, int, int]
"""Where words stand: which passage, from where, to where."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A step as found: `passages[passage].text[start:end]` is its evidence."""

    passage: int
    start: int
    end: int
    deed_end: int
    """Where the deed itself ends and its result begins."""
    outcome: Outcome
    actor: Actor
    result_stated: bool = False
    """Whether the outcome was read from the evidence itself, not from a later sentence."""
    check: bool = False
    """Whether it looked or tested rather than changed something."""
    inferred: bool = False
    """Whether nobody said what came of it: that people went on shows that it did not solve the problem."""
    sure: float = 1.0
    """How often a stretch that looks like this one was a step."""
    outcome_sure: float = 1.0
    """How often an outcome told with this much certainty was right."""
    left: bool = False
    """Whether, by what was learned, it left something changed that somebody has to know of or to take back."""
    because: str = ""
    """What spoke most for its being a step: names of features with their weight."""
    result: Words | None = None
    """The words after it that tell what came of it, where its own do not."""
