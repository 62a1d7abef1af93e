"""Write the brief: the package as Markdown for the ticket note, and its first lines for the e-mail.

A function of the package to the byte. Facts come first, each with its citation; a line that has no source is
dropped. Ticket text passes through `sanitize`, and the template refuses every value that did not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from escalation.brief.claim_line import Claimant, line
from escalation.brief.delta import MOST, changes, lines
from escalation.brief.lines import TOLD
from escalation.brief.outline import Limits, View, outline
from escalation.brief.sanitize import Inert, in_quotes, inline
from escalation.brief.spans import Clock, span
from escalation.package.contents import CERTAIN, Package
from escalation.package.highlights import closed

LIMIT = 8000
"""Bytes in UTF-8 that a note never reaches."""


class NotInert(TypeError):
    """A template was about to print text that nobody neutralised."""


def render(
    package: Package, *, marker: str | None, since: Package | None = None, claimant: Claimant | None = None
) -> str:
    """Return the whole note, below `LIMIT` bytes; what was left out for that is counted in it.

    With `since`, the package that the first brief was made of, the note says what has changed and what no longer
    holds. With `claimant` it says who has the handoff.
    """
    limits = Limits.all_of(package)
    differences = changes(since, package) if since is not None else ()
    who = line(claimant, Clock(package.time_zone, package.as_of)) if claimant is not None else None
    shown = _Shown(
        marker=Inert(marker) if marker else None,
        changed=lines(differences),
        also_cited=tuple(one.source for one in differences[:MOST] if one.source),
        claimant=who,
        at_work=claimant is not None and claimant.state == "acted",
    )
    note = _written(package, limits, shown)
    for name in Limits.ORDER:
        if len(note.encode()) < LIMIT:
            break
        limits, note = _reduced(package, limits, name, shown)
    return note


def opening(package: Package) -> list[str]:
    """Return the brief's first lines as plain text for an e-mail: clock, ask, why, start, dead ends, what is missing."""
    view = outline(package, Limits.all_of(package))
    waited = package.as_of - package.escalated_at
    waits = f"waiting {span(waited)}, " if waited >= timedelta(minutes=1) else ""
    lines = [f"{view.head.severity}, {waits}{view.head.clock}"]
    if view.head.promise:
        lines.append(f"Customer told: {in_quotes(view.head.promise.text)}")
    if view.ask:
        lines.append(f"Ask: {in_quotes(view.ask.text)}")
    lines.append(f"Why escalated: {in_quotes(view.why.text) if view.why else 'not recorded'}")
    if view.last_word:
        lines.append(f"The customer wrote last: {in_quotes(view.last_word.text)}")
    for lead, start in (("Start here", view.start_here), ("Or", view.start_otherwise)):
        if start:
            lines.append(f"{lead}: {start.text}" + (f" ({start.label})" if start.label else ""))
    lines += [f"Not to be done: {in_quotes(line.text)}" for line in view.forbidden]
    sure = [step for step in closed(package) if step.sure >= CERTAIN and step.outcome_sure >= TOLD]
    lines += [f"Dead end: {inline(step.text, limit=120)}" for step in sure]
    lines += [f"Not recorded: {' '.join(view.not_recorded)}"] if view.not_recorded else []
    left = ((state.text, f" since {state.since}" if state.since else "") for state in view.left_behind)
    lines += [f"State left behind: {text}{since}" for text, since in left]
    return lines


@dataclass(frozen=True, slots=True)
class _Shown:
    """What stands in the note besides the package."""

    marker: Inert | None
    changed: tuple[Inert, ...]
    also_cited: tuple[str, ...]
    """The sources of what has changed."""
    claimant: Inert | None
    at_work: bool
    """Whether somebody has begun, so that nobody needs to be asked to."""


def _reduced(
    package: Package, limits: Limits, name: str, shown: _Shown
) -> tuple[Limits, str]:
    """Return the most of one part that fits, or none of it; found by halving, since each try is a whole note."""
    low, high = 0, getattr(limits, name)
    best = replace(limits, **{name: 0})
    note = _written(package, best, shown)
    if len(note.encode()) >= LIMIT:
        return best, note
    while low < high:
        middle = (low + high + 1) // 2
        attempt = replace(limits, **{name: middle})
        text = _written(package, attempt, shown)
        if len(text.encode()) < LIMIT:
            low, best, note = middle, attempt, text
        else:
            high = middle - 1
    return best, note


def _written(package: Package, limits: Limits, shown: _Shown) -> str:
    view = outline(package, limits, also_cited=shown.also_cited)
    note = _template.render(
        **_values(view), marker=shown.marker, hard_break=Inert("  "), changed=shown.changed, claimant=shown.claimant,
        at_work=shown.at_work,
    )  # fmt: skip
    return re.sub(r"\n{3,}", "\n\n", note).strip() + "\n"


def _values(view: View) -> dict[str, Any]:
    return {name: getattr(view, name) for name in View.__slots__}


@dataclass(frozen=True, slots=True)
class _Guard:
    """Refuse what is neither inert text nor a number."""

    def __call__(self, value: Any) -> Any:
        if isinstance(value, Inert | int):
            return value
        raise NotInert(
            f"the brief's template was given {type(value).__name__} {str(value)[:40]!r}: neutralise it first"
        )


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("escalation.brief"),
        autoescape=False,  # noqa: S701 - Markdown; the guard below stands in for escaping
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_Guard(),
    )
    made.filters["inert"] = Inert
    made.filters["in_quotes"] = in_quotes
    return made


_template = _environment().get_template("brief.md.j2")
