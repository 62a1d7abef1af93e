"""Write the brief: the package as Markdown for the ticket note, and its first lines for the e-mail.

A function of the package to the byte. Facts come first, each with its citation; a line that has no source is
dropped. Ticket text passes through `neutral`, and the template refuses every value that did not.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from escalation.clock import Clock
from escalation.contents import Package
from escalation.delta import changes, lines
from escalation.neutral import Inert, inline
from escalation.outline import Limits, View, outline
from escalation.reading import rule
from escalation.standing import Standing, line

LIMIT = 8000
"""Bytes in UTF-8 that a note never reaches."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class NotInert(TypeError):
    """A template was about to print text that nobody neutralised."""


def marker(key: bytes, *, account_id: int, ticket_id: int, episode: int) -> str:
    """Return the mark by which a note of ours is known again: `RF-` and 40 bits of a keyed hash."""
    named = f"handoff-marker:{account_id}:{ticket_id}:{episode}".encode()
    bits = int.from_bytes(hmac.new(key, named, hashlib.sha256).digest()[:5], "big")
    return "RF-" + "".join(_CROCKFORD[bits >> shift & 31] for shift in range(35, -1, -5))


def carries(text: str, marker: str) -> bool:
    """Whether a note's text holds the marker as the brief's footer writes it, also with escaped brackets."""
    return re.search(rf"\\?\[ref: {re.escape(marker)}\\?\]", text) is not None


def render(
    package: Package, *, marker: str | None, since: Package | None = None, standing: Standing | None = None
) -> str:
    """Return the whole note, below `LIMIT` bytes; what was left out for that is counted in it.

    With `since`, the package that the first brief was made of, the note says what has changed and what no longer
    holds. With `standing` it says who has the handoff.
    """
    limits = Limits.all_of(package)
    changed = lines(changes(since, package)) if since is not None else ()
    who = line(standing, Clock(package.time_zone, package.as_of)) if standing is not None else None
    shown = _Shown(
        marker=Inert(marker) if marker else None,
        changed=changed,
        standing=who,
        at_work=standing is not None and standing.state == "acted",
    )
    note = _written(package, limits, shown)
    for name in Limits.ORDER:
        if len(note.encode()) < LIMIT:
            break
        limits, note = _reduced(package, limits, name, shown)
    return note


def opening(package: Package) -> list[str]:
    """Return the brief's first lines as plain text for an e-mail: clock, ask, start, dead ends, what is missing."""
    view = outline(package, Limits.all_of(package))
    ask = view.ask.text if view.ask else f"take over and solve: {view.summary.text}"
    lines = [f"{view.head.severity}, {view.head.clock}"]
    if view.head.promise:
        lines.append(f'Customer told: "{view.head.promise.text}"')
    lines.append(f"Ask: {ask}")
    if view.start_here:
        lines.append(f"Start here: {view.start_here.text}")
    dead = [inline(package.steps_attempted[i].text, limit=120) for i in package.dead_ends_flagged[:4]]
    lines += [f"Dead end: {text}" for text in dead]
    lines.append("Not recorded: " + (", ".join(view.not_recorded) or "nothing a senior would ask first"))
    lines += [f"Still changed: {line.text}" for line in view.left_behind[:2]]
    return lines


_READ_BY = {
    "problem": "how the description begins",
    "ask": "staff's newest request",
    "why_escalated": "staff's newest reason",
    "start_here": "the newest lead nobody followed, or the newest output that names a fault",
    "ruled out": "somebody says that it is not this",
    "left behind": "a change that no later sentence takes back",
    "promise": "told to the customer with a time, not yet kept",
    "error code": "written as codes are",
    "evidence": "rows that look like output, or an error in quotation marks",
    "environment": "a product by its name",
}


def explain(package: Package) -> str:
    """Return where each step and remark was read and by which rule, line by line, for somebody who doubts the brief."""
    clock = Clock(package.time_zone, package.as_of)
    rows = [f"ticket {package.ticket_id}, episode {package.episode}, domain {package.domain}"]
    for index, step in enumerate(package.steps_attempted):
        flag = " dead end" if index in package.dead_ends_flagged else ""
        rows.append(
            f"step {index} [{step.source}] {step.outcome}, by {step.actor}{flag}: {inline(step.evidence)}"
        )
        read = rule.outcome_rule(
            step.evidence, step.outcome, stated=step.result_stated, inferred=step.result_inferred
        )
        rows.append(f"    read by: {inline(rule.deed_rule(step.evidence))}; outcome by: {inline(read)}")
    for name in ("problem", "ask", "why_escalated", "start_here"):
        quote = getattr(package, name)
        how = f" (read by: {_READ_BY[name]})"
        rows.append(f"{name}: " + (f"[{quote.source}] {inline(quote.evidence)}{how}" if quote else "not found"))
    for name, quotes in (
        ("ruled out", package.ruled_out),
        ("left behind", package.state_left_behind),
        ("promise", package.promises),
        ("error code", package.error_codes),
        ("evidence", package.evidence_blocks),
        ("environment", package.products),
    ):
        rows += [f"{name} [{q.source}]: {inline(q.evidence, limit=160)} (read by: {_READ_BY[name]})" for q in quotes]
    rows += [f"not recorded: {gap.text} (read by: no sentence answers it)" for gap in package.not_recorded]
    rows += [f"could not be read: {inline(gap.source)} ({inline(gap.reason)})" for gap in package.unread]
    rows += [f"[{s.id}] {inline(s.author)}, {clock.moment(s.at)}, {s.record}" for s in package.sources]
    return "\n".join(rows) + "\n"


@dataclass(frozen=True, slots=True)
class _Shown:
    """What stands in the note besides the package."""

    marker: Inert | None
    changed: tuple[Inert, ...]
    standing: Inert | None
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
    view = outline(package, limits)
    note = _template.render(
        **_values(view), marker=shown.marker, hard_break=Inert("  "), changed=shown.changed, standing=shown.standing,
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
        loader=PackageLoader("escalation"),
        autoescape=False,  # noqa: S701 - Markdown; the guard below stands in for escaping
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_Guard(),
    )
    made.filters["inert"] = Inert
    return made


_template = _environment().get_template("brief.md.j2")
