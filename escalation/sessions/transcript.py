"""Read a talk with an assistant into steps: what the assistant told somebody to do, and what they say came of it.

1. An assistant's instruction is pending: an item or a sentence that orders something.
2. A person's deed is done, read by the reader that reads notes.
3. A person's word about an instruction makes that one done: by its number ("did 1, no change"), or by its words.
4. Notes without speakers: what is ticked, or stands under "done", is done; the rest of a list is pending.

Every step's text stands in the transcript word for word, but for the marks of Markdown.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from escalation.reading.alike import telling
from escalation.reading.reader import read_steps
from escalation.sessions.exports import Turn, turns_of
from escalation.sessions.steps import LONGEST_TEXT, NewStep
from escalation.text.passages import read
from escalation.text.source import plain
from escalation.wording.deeds import CHANGES, CHECKS, CONTACTS
from escalation.wording.outcomes import outcome_of

MOST_STEPS = 100
"""Steps of one transcript; what comes after is left out."""
SURE = 0.6
"""From which probability on a person's sentence is a deed."""
LONGEST_TURN = 20_000
LONGEST_LINE = 2_000
LATER = 6
"""Turns after an instruction within which a person's words can be about it by number."""

_MORE_VERBS = (
    "try make give look revoke suspend mount run open roll turn move swap rebuild reset restart suspend resume survey fit preserve place grant "
    "start stop wait apply get do stay add rule boot include change switch lower block deny"
)
_VERBS = frozenset(f"{CHANGES} {CHECKS} {CONTACTS} {_MORE_VERBS}".split()) - {
    "go", "see", "up", "use", "took", "used", "set-up", "rerouted", "followed", "typed", "fail", "sit", "thing", "list",
}  # fmt: skip
_LEAD = re.compile(
    r"^(?:(?:please|kindly|pls|then|next|first|now|after that|also|so|and|okay|ok|instead|finally|otherwise|if (?:so|not|that|the|it)[^,]{0,60}|before anything else|"
    r"i(?:'d| would) (?:suggest|recommend|start by|first|try)|i suggest|you (?:can|could|should|may|might)|i would|could you(?: please)?|can you(?: please)?|let's|to do|try|try to|you|to)"
    r"[,:]?\s+)+",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\s*(?:[-*•+]|(?P<number>\d{1,2})[.)]|\|\s*(?P<cell>\d{1,2})\s*\||#{1,6}(?=\s))\s*(?:\[(?P<tick>[ xX✓✔])\]\s*)?")
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'])|\s*;\s+|(?:,\s+)?\b(?:and then|then|and|or)\s+(?=[a-z]+\b)", re.IGNORECASE)
_WHOLE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'])")
_MARKS = re.compile(r"\*{1,3}|`+|(?<!\w)_{1,2}|_{1,2}(?!\w)|^\s*\|?\s*|\s*\|\s*$")
_FENCE = re.compile(r"^```.*?^```\s*$|^```.*\Z", re.MULTILINE | re.DOTALL)
_ASKED = re.compile(r"(?:could|can|would) you\b", re.IGNORECASE)
_TALK = re.compile(
    r"^(?:let (?:me|us) know|tell me|post|share|send me|note that|remember|keep in mind|explain|thank|check back|do not|don't|run the following|work through|give it|please (?:do not|don't|check your inbox))\b",
    re.IGNORECASE,
)
_WILL = re.compile(r"\b(?:will|going to|gonna|i'll|tomorrow|later|plan(?:ning)? to|should i|can i|how do i|waiting for|is it safe)\b|\?\s*$", re.IGNORECASE)
_TO_DO = re.compile(r"^\W*(?:to[- ]?do|plan|next(?: steps?)?|open|still to do|pending)\W*$", re.IGNORECASE)
_DONE = re.compile(r"^\W*(?:done(?: so far)?|tried(?: so far)?|already (?:done|tried)|what (?:i|we)(?:'ve| have)? (?:tried|did))\W*$", re.IGNORECASE)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_BY_NUMBER = re.compile(r"\b(?:(?:did|tried|done|step|steps|number|no\.?|#)\s*)?(?P<one>\d{1,2})(?P<more>(?:\s*(?:,|and|&|\+)\s*\d{1,2})*)\b(?=\s*(?:$|[,.:;!)]|tried|done|did|failed|works?|worked|no change|changed|had|made|gave|didn't|is|was))|\b(?P<word>first|second|third|fourth|fifth) (?:one|step)\b", re.IGNORECASE)
_PARTS = re.compile(r"(?<=[.!?;])\s+|\n+|,\s+(?=(?:the )?(?:first|second|third)\b|\d\b)")


@dataclass(slots=True)
class _Told:
    """An instruction, or a deed, as the talk goes on."""

    step: NewStep
    turn: int
    number: int | None
    words: frozenset[str]


def read_transcript(text: str) -> list[NewStep]:
    """Return a talk's steps in the order they come up, as they stand at its end. Raises `Unreadable`."""
    told: list[_Told] = []
    for place, turn in enumerate(turns_of(text)):
        if turn.speaker == "assistant":
            told += [new for new in _instructions(turn, place) if not _known(told, new)]
        elif turn.speaker == "person":
            _answered(told, turn, place)
        else:
            told += _noted(turn, place)
    return [replace(one.step, text=one.step.text[:LONGEST_TEXT]) for one in told[:MOST_STEPS]]


def _lines(turn: Turn) -> list[str]:
    """Return a turn's lines without pasted code, long ones and long turns cut."""
    return [line[:LONGEST_LINE] for line in _FENCE.sub("\n", turn.text[:LONGEST_TURN]).splitlines()]


def _bare(line: str) -> str:
    return " ".join(_MARKS.sub(" ", line).split()).strip(" :.,;!")


def _told(text: str, turn: int, number: int | None = None, **more: str) -> _Told:
    return _Told(NewStep(text, **more), turn, number, telling(text))  # type: ignore[arg-type] # of the literals


def _known(told: Sequence[_Told], new: _Told) -> bool:
    return any(new.words == one.words or new.step.text.lower() == one.step.text.lower() for one in told)


def _instructions(turn: Turn, place: int) -> Iterator[_Told]:
    """Yield what the assistant tells somebody to do."""
    for line in _lines(turn):
        item = _ITEM.match(line)
        number = (item["number"] or item["cell"]) if item else None
        body = line[item.end() :] if item else line
        for sentence in (_WHOLE if item else _SENTENCES).split(body):
            ordered = None if (sentence or "").rstrip().endswith("?") and not _ASKED.match(sentence.strip()) else _ordered(_bare(sentence or ""))
            if ordered:
                ticked = item is not None and (item["tick"] or "").strip() != ""
                yield _told(ordered, place, int(number) if number else None, state="done" if ticked else "pending")
                if item:
                    break  # what follows in an item says how or why


def _ordered(sentence: str) -> str | None:
    """Return the order that a sentence gives, without how it is led in; None if it gives none."""
    lead = _LEAD.match(sentence)
    body = sentence[lead.end() :] if lead else sentence
    words = body.split()
    first = re.sub(r"[^a-z-]", "", words[0].lower()) if words else ""
    if len(words) < 2 or first not in _VERBS or _TALK.match(body) or _TALK.match(sentence):
        return None
    return None if words[1].lower() in ("is", "are", "was", "means", "keeps", "can", "records", "you", "not") else body


def _answered(told: list[_Told], turn: Turn, place: int) -> None:
    """Take what a person says: of instructions by number or by words, and deeds of their own."""
    text = "\n".join(_lines(turn))
    recent = [one for one in told if one.number is not None and 0 < place - one.turn <= LATER]
    last = [one for one in told if one.turn == place - 1]
    parts = [part for part in _PARTS.split(text) if part.strip()]
    for index, part in enumerate(parts):
        if _WILL.search(part):
            continue
        numbers = _numbers(part) if recent else []
        for number in numbers:
            _settle(next((one for one in reversed(recent) if one.number == number), None), part)
        if not numbers:
            rest = " ".join(parts[index : index + 2])
            only = last[0] if len(last) == 1 and index == 0 and _REPLY.match(part) else None
            _settle(_about(told, part) or only, part, rest)
    passage = read(plain(text), "technician", description=place == 0)
    for deed in read_steps([passage]):
        said = _bare(passage.text[deed.start : deed.deed_end])
        if deed.sure < SURE or len(said.split()) < 2 or _WILL.search(passage.text[deed.start : deed.end]):
            continue
        new = _told(said, place, outcome=deed.outcome)
        if not _known(told, new) and _about(told, said) is None and not _BY_NUMBER.match(said):
            told.append(new)


def _numbers(part: str) -> list[int]:
    found = []
    for match in _BY_NUMBER.finditer(part):
        if match["word"]:
            found.append(_ORDINALS[match["word"].lower()])
        else:
            found += [int(match["one"]), *(int(one) for one in re.findall(r"\d+", match["more"] or ""))]
    return found


def _settle(one: _Told | None, said: str, rest: str = "") -> None:
    """Make an instruction done, by what a person says of it; what is done keeps the first result that says something."""
    if one is None:
        return
    outcome = outcome_of(said)
    if outcome == "unknown" and rest:
        outcome = outcome_of(rest)
    if one.step.state == "pending" or (one.step.outcome == "unknown" and outcome != "unknown"):
        one.step = replace(one.step, state="done", outcome=outcome)


def _about(told: Sequence[_Told], said: str) -> _Told | None:
    """Return the instruction that a person's words are about: by the words they share, and above all by its verb."""
    words, begin = telling(said), said.split()[:3]
    best, found = 0.0, None
    for one in told:
        shared = len(one.words & words)
        share = shared / max(1, len(one.words))
        verb = telling(one.step.text.split()[0])
        place = next((n for n, word in enumerate(begin) if verb and telling(word) == verb), None)
        if place is not None:
            share += 1 - 0.2 * place
        if (shared >= 2 or (shared == 1 and len(one.words) <= 2)) and share >= 0.3 and share > best:
            best, found = share, one
    return found


_REPLY = re.compile(
    r"^\W*(?:it(?:'s| is| was)?|that(?:'s| is| was)?|they(?:'re| are)?|same|no (?:luck|change|effect|difference)|done|worked|works|yes|yep|nope|still|fixed|solved|did that)\b",
    re.IGNORECASE,
)
"""How a person answers the one thing that was said last."""


def _noted(turn: Turn, place: int) -> Iterator[_Told]:
    """Yield the items of notes in which nobody speaks."""
    state = "pending"
    for line in _lines(turn):
        item = _ITEM.match(line)
        heading = line.lstrip().startswith("#") or not item
        said = _bare(line[item.end() :] if item else line)
        if heading:
            state = "pending" if _TO_DO.match(said) else "done" if _DONE.match(said) else state
            continue
        if len(said.split()) < 2:
            continue
        tick = item["tick"] if item else None
        now = state if tick is None else "done" if tick.strip() else "pending"
        yield _told(said, place, state=now, outcome=outcome_of(said) if now == "done" else "unknown")
