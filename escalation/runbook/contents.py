"""What a runbook holds; a first wording of one from how an episode ended; and one as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from escalation.brief.sanitize import inline, printable
from escalation.memory.rank import Terms
from escalation.redaction.redact import redact
from escalation.resolution.note import ResolutionNote

MOST_STEPS, MOST_LINES, LONGEST, LONGEST_TITLE = 30, 20, 600, 120


class NoRunbook(ValueError):
    """What was given is no runbook. The message says which part, and what to do."""


class NothingFixedIt(NoRunbook):
    """A ticket does not say what fixed it, so nothing can be written down of it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, and how one sees that it worked."""

    do: str
    check: str = ""


@dataclass(frozen=True, slots=True)
class Runbook:
    """One wording of a runbook."""

    title: str
    applies: str
    """When it is the right one."""
    steps: tuple[Step, ...]
    did_not_work: tuple[str, ...] = ()
    rollback: tuple[str, ...] = ()
    """How to take it back, or what is still to be taken back."""
    tickets: tuple[int, ...] = ()
    """Where it comes from."""

    @property
    def unchecked(self) -> int:
        """How many steps do not say how one sees that they worked."""
        return sum(not step.check for step in self.steps)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, as `read` takes them."""
        return {
            "title": self.title, "applies": self.applies, "steps": [{"do": s.do, "check": s.check} for s in self.steps],
            "did_not_work": list(self.did_not_work), "rollback": list(self.rollback), "tickets": list(self.tickets),
        }  # fmt: skip

    def terms(self) -> Terms:
        """Return what it is found by: as a resolved ticket, title for summary."""
        return Terms.of(self.title, self.applies, "\n".join(step.do for step in self.steps))


def read(body: Any) -> Runbook:
    """Return the runbook of plain JSON values. Raises `NoRunbook`."""
    if not isinstance(body, dict):
        raise NoRunbook("a runbook is an object with title, applies and steps")
    title, applies = _text(body, "title", LONGEST_TITLE), _text(body, "applies", LONGEST)
    given = body.get("steps")
    if not isinstance(given, list) or not 0 < len(given) <= MOST_STEPS:
        raise NoRunbook(f"steps: give 1 to {MOST_STEPS}")
    if not all(isinstance(each, dict) for each in given):
        raise NoRunbook('steps: each is an object with "do" and, where there is one, "check"')
    steps = tuple(Step(_text(each, "do", LONGEST), _text(each, "check", LONGEST, empty=True)) for each in given)
    tickets = body.get("tickets", [])
    if not isinstance(tickets, list) or not all(type(n) is int and 0 < n < 2**63 for n in tickets):
        raise NoRunbook("tickets: give their numbers")
    return Runbook(title, applies, steps, _lines(body, "did_not_work"), _lines(body, "rollback"), tuple(tickets[:MOST_LINES]))


def redacted(book: Runbook) -> Runbook:
    """Return it without secrets: it outlives the ticket it came from. Raises `NoRunbook` where it grows too long by that."""

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return redact(value)
        if isinstance(value, list):
            return [clean(one) for one in value]
        return {name: clean(one) for name, one in value.items()} if isinstance(value, dict) else value

    return read(clean(book.to_json()))


def of_episode(note: ResolutionNote) -> Runbook:
    """Return a first wording: the episode's own words, for a person to make general. Raises `NothingFixedIt`."""
    if not note.fix:
        raise NothingFixedIt("the ticket does not say what fixed it: write it into the ticket, or write the runbook by hand")
    vain = [line for line in note.tried if line.outcome in ("failed", "no_change", "")]
    undo = [f"changed back: {line.text}" for line in note.taken_back]
    undo += [f"still to undo: {line.text}" for line in note.still_changed]
    return Runbook(
        title=" ".join(printable(note.summary).split())[:LONGEST_TITLE] or f"Ticket {note.ticket_id}",
        applies=" ".join([note.problem.text, *(f"Cause: {line.text}" for line in note.cause)])[:LONGEST],
        steps=tuple(Step(line.text[:LONGEST]) for line in note.fix),
        did_not_work=tuple(line.text[:LONGEST] for line in vain[:MOST_LINES]),
        rollback=tuple(text[:LONGEST] for text in undo[:MOST_LINES]),
        tickets=(note.ticket_id,),
    )


def markdown(runbook: Runbook, *, head: str = "") -> str:
    """Return a runbook as a Markdown document; `head` is a line about its version and worth."""
    steps = [
        f"{number}. {inline(step.do, limit=LONGEST)}\n   - Check: {inline(step.check, limit=LONGEST) or 'not written down yet'}"
        for number, step in enumerate(runbook.steps, 1)
    ]
    blocks = [f"# {inline(runbook.title)}", *([head] if head else [])]
    for label, text in (
        ("When it applies", inline(runbook.applies, limit=LONGEST)), ("Steps", "\n".join(steps)),
        ("What did not work", _list(runbook.did_not_work)), ("Rollback", _list(runbook.rollback)),
    ):  # fmt: skip
        blocks += [f"## {label}", text]
    if runbook.tickets:
        blocks.append(f"From ticket{'s' if len(runbook.tickets) > 1 else ''} {', '.join(map(str, runbook.tickets))}.")
    return "\n\n".join(blocks) + "\n"


def _list(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {inline(line, limit=LONGEST)}" for line in lines) or "Nothing recorded."


def _text(body: dict[str, Any], name: str, longest: int, *, empty: bool = False) -> str:
    text = body.get(name, "" if empty else None)
    if not isinstance(text, str):
        raise NoRunbook(f"{name}: write it as text")
    text = " ".join(printable(text).split())
    if not empty and not text:
        raise NoRunbook(f"{name}: it is empty")
    if len(text) > longest:
        raise NoRunbook(f"{name}: at most {longest} characters")
    return text


def _lines(body: dict[str, Any], name: str) -> tuple[str, ...]:
    given = body.get(name, [])
    if not isinstance(given, list) or len(given) > MOST_LINES:
        raise NoRunbook(f"{name}: give a list of at most {MOST_LINES}")
    return tuple(_text({name: each}, name, LONGEST) for each in given)
