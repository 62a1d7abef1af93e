"""The drafted note as text for a ticket: all of it for colleagues, or what a customer may read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from escalation.brief.sanitize import inline, printable, unmarked
from escalation.brief.spans import Clock, span
from escalation.brief.vendor import OUTCOMES
from escalation.redaction.redact import redact
from escalation.resolution.note import ResolutionNote, Said, Worked

Form = Literal["internal", "resolution"]
FORMS: tuple[Form, ...] = ("internal", "resolution")
"""Where the PSA shows it: `internal` to the MSP alone; `resolution` as the ticket's resolution, which customers can see."""
NOT_RECORDED = "not recorded"
_FIXED, _DONE = "**What fixed it:**", "**What was done:**"
_CITED = re.compile(r"(?:\s*\[[a-z]\d*\])+(?=\s*$)")
MOST_TRIED = 12
SHORTEST, LONGEST = 10, 8000
"""Characters of a note that a person has posted."""


class NoNote(ValueError):
    """What somebody gave is no note; the message says what to give."""


def drafted(note: ResolutionNote, form: Form, *, time_zone: str = "UTC") -> str:
    """Return the draft of a form, as Markdown that reads well raw. What a customer may read names nobody and cites nothing."""
    return _for_colleagues(note, time_zone) if form == "internal" else _for_customers(note)


def fix_in(text: str) -> str | None:
    """Return what a posted note says fixed it, on one line, without citations; None where its writer left no such list."""
    _, _, rest = text.partition(_FIXED if _FIXED in text else _DONE)
    lines = []
    for row in rest.lstrip().splitlines():
        if not row.startswith("- "):
            break
        lines.append(_CITED.sub("", row[2:]).strip())
    return " ".join(line if line.endswith((".", "!")) else f"{line}." for line in lines) or None


def as_posted(text: str) -> str:
    """Return a person's text as it is stored and posted: without secrets, marks like ours, what steers a display; repeatable."""
    return unmarked(redact(printable(text))).strip()


def to_post(text: str) -> str:
    """Return a person's text as it is posted. Raises `NoNote`."""
    posted = as_posted(text)
    if not SHORTEST <= len(posted) <= LONGEST:
        raise NoNote(f"a note has {SHORTEST} to {LONGEST} characters, this one has {len(posted)}")
    return posted


def signed(text: str, *, form: Form, by: str, marker: str) -> str:
    """Return what is posted: the text with the mark by which it is known again; colleagues also read whose it is."""
    who = f"by {inline(by, limit=80)}, through ResolutionFlow. " if by else "drafted and posted by ResolutionFlow. "
    return f"{text.strip()}\n\n{f'Resolution note {who}' if form == 'internal' else ''}[ref: {marker}]"


def _nothing(note: ResolutionNote, said: str = NOT_RECORDED) -> str:
    """Return what stands where nothing was found: of words in a language that nobody has read, nothing can be told."""
    return f"nothing found; what is written in {note.unread} is not read" if note.unread else said


def _for_customers(note: ResolutionNote) -> str:
    lines = [f"**Problem:** {inline(note.problem.text)}"]
    if note.cause:
        lines.append(f"**Cause:** {_joined(note.cause)}")
    lines.append(_listed(_DONE, note.fix, nothing=NOT_RECORDED, cite=False))
    return "\n\n".join(lines)


def _for_colleagues(note: ResolutionNote, time_zone: str) -> str:
    clock = Clock(time_zone, note.course.ended_at or note.as_of)
    tried = note.tried[:MOST_TRIED]
    more = f"\n- and {len(note.tried) - len(tried)} more in the ticket" if len(note.tried) > len(tried) else ""
    blocks = [
        f"**Problem:** {_cited(note.problem)}",
        f"**Cause:** {'; '.join(map(_cited, note.cause)) or _nothing(note)}",
        _listed(_FIXED, note.fix, nothing=_nothing(note)),
        _listed("**Also tried:**", tried, nothing=_nothing(note)) + more,
        f"**Changed back:** {'; '.join(map(_cited, note.taken_back)) or _nothing(note, 'nothing recorded')}",
        f"**Still changed:** {'; '.join(map(_cited, note.still_changed)) or _nothing(note, 'nothing recorded')}",
        f"**Time charged:** {'; '.join(map(_hours, note.worked)) or NOT_RECORDED}",
        f"**Course:** {_course(note, clock)}",
    ]
    if note.sources:
        cited = (f"- [{s.id}] {_short(s.record)}, {_short(s.author)}, {clock.moment(s.at)}" for s in note.sources)
        blocks.append("**Sources:**\n\n" + "\n".join(cited))
    return "\n\n".join(blocks)


def _course(note: ResolutionNote, clock: Clock) -> str:
    """Return the moments as they were recorded: a moment is ours to tell, and so needs no citation."""
    course = note.course
    told = [f"escalated {clock.moment(course.escalated_at)}{_by(course.escalated_by)}"]
    if course.claimed_at:
        told.append(f"claimed {clock.moment(course.claimed_at)}{_by(course.claimed_by)}")
    if course.acted_at:
        told.append(f"first action {clock.moment(course.acted_at)}")
    if course.ended_at:
        lasted = span(course.ended_at - course.escalated_at)
        told.append(f"ended {clock.moment(course.ended_at)}, {lasted} after it was escalated")
    return ", ".join(told)


def _by(name: str) -> str:
    return f" by {_short(name)}" if name else ""


def _short(text: str) -> str:
    return inline(text, limit=60)


def _hours(one: Worked) -> str:
    cites = " ".join(f"[{source}]" for source in one.sources)
    return f"{_short(one.who)} {one.hours:g} h {cites}".rstrip()


def _listed(label: str, lines: Sequence[Said], *, nothing: str, cite: bool = True) -> str:
    if not lines:
        return f"{label} {nothing}"
    return f"{label}\n\n" + "\n".join(f"- {_cited(line) if cite else inline(line.text)}" for line in lines)


def _cited(said: Said) -> str:
    outcome = OUTCOMES.get(said.outcome, "")
    cites = " ".join(f"[{source}]" for source in (said.source, *said.also))
    before = f"{inline(said.before)}{'' if said.before[-1] in '.!?:;,' else ' /'} " if said.before else ""
    return f"{before}{inline(said.text)}{f': {outcome}' if outcome else ''} {cites}"


def _joined(lines: Sequence[Said]) -> str:
    return "; ".join(inline(line.text) for line in lines)
