"""Say what changed between two packages of one handoff, so that an edited brief tells its reader what is new.

A pure function of the two packages: what was added, what no longer holds, and what somebody undid or answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from escalation.brief.lines import NOT_CLEAR, label, quoting, result
from escalation.brief.sanitize import Inert, in_quotes, inline
from escalation.package.contents import Package, Quote, Start, Step

Kind = Literal["added", "corrected", "gone"]
MOST = 8


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as the earlier brief said: what it is about, what is so now, what was so."""

    kind: Kind
    about: str
    now: str | None
    was: str | None
    source: str | None
    """The citation in the new package, or None for what is gone."""


def changes(old: Package, new: Package) -> tuple[Difference, ...]:
    """Return what a reader of the old brief has to know now: corrections first, then what is gone, then what is new."""
    found = [
        *_outcomes(old, new),
        *_changed_back(old, new),
        *_quotes("ruled out", _texts(old.ruled_out), _texts(new.ruled_out)),
        *_quotes("not to be done", _texts(old.forbidden), _texts(new.forbidden), gone=False),
        *_quotes("promise", _texts(old.promises), _texts(new.promises)),
        *_quotes("error code", _texts(old.error_codes), _texts(new.error_codes), gone=False),
        *_quotes("against the assessment", _texts(old.ai_assessment_data.against), _texts(new.ai_assessment_data.against)),
        *_single("start here", old, new, "start_here"),
        *_single("ask", old, new, "ask"),
        *_single("why escalated", old, new, "why_escalated"),
        *_written(old, new),
        *_answered(old, new),
        *_named("priority", old.priority, new.priority),
        *_named("domain", old.domain, new.domain),
        *(_named("where it stands", _place(old), _place(new)) if old.board != new.board else ()),
    ]
    order = {"corrected": 0, "gone": 1, "added": 2}
    return tuple(sorted(found, key=lambda d: order[d.kind]))


def lines(differences: Sequence[Difference]) -> tuple[Inert, ...]:
    """Return the differences as inert lines of Markdown, the most telling eight; the rest is counted."""
    made = [Inert(_line(difference)) for difference in differences[:MOST]]
    if len(differences) > MOST:
        made.append(Inert(f"and {len(differences) - MOST} more"))
    return tuple(made)


def _line(difference: Difference) -> str:
    now = inline(difference.now, limit=140) if difference.now else ""
    was = inline(difference.was, limit=140) if difference.was else ""
    cite = f" [{inline(difference.source, limit=8)}]" if difference.source else ""
    if difference.kind == "corrected":
        return f"no longer true, {difference.about}: {was}. Now: {now}{cite}"
    if difference.kind == "gone":
        return f"no longer so, {difference.about}: {was}"
    return f"new, {difference.about}: {now}{cite}"


def _step_key(step: Step) -> tuple[int, str]:
    return (step.note_index, " ".join(step.evidence.lower().split())[:80])


def _outcomes(old: Package, new: Package) -> Iterable[Difference]:
    before = {_step_key(step): step for step in old.steps_attempted}
    known = {source.id for source in old.sources}
    for step in new.steps_attempted:
        earlier = before.get(_step_key(step))
        told = result(step)
        if earlier is None:
            said = label(step)
            yield Difference("added", "tried", step.text if said is None else f"{step.text}: {said}", None, step.source)
        elif step.result and not earlier.result and step.result.source not in known:
            yield Difference("added", f"result of {_short(step)}", step.result.text, None, step.result.source)
        elif told not in ((was := result(earlier)), NOT_CLEAR):
            yield Difference("corrected", f"result of {_short(step)}", told, was, step.source)


def _short(step: Step) -> str:
    return in_quotes(inline(step.text, limit=100))


def _changed_back(old: Package, new: Package) -> Iterable[Difference]:
    now = {change.evidence for change in new.state_left_behind}
    was = {change.evidence for change in old.state_left_behind}
    for change in old.state_left_behind:
        if change.evidence not in now:
            yield Difference("gone", "left changed", None, change.text, None)
    for change in new.state_left_behind:
        if change.evidence not in was:
            yield Difference("added", "left changed", change.text, None, change.source)


def _texts(quotes: Iterable[object]) -> dict[str, tuple[str, str]]:
    return {
        " ".join(str(getattr(q, "text", "")).lower().split()): (getattr(q, "text", ""), getattr(q, "source", ""))
        for q in quotes
    }


def _quotes(
    about: str, old: dict[str, tuple[str, str]], new: dict[str, tuple[str, str]], *, gone: bool = True
) -> Iterable[Difference]:
    for key, (text, _) in old.items():
        if gone and key not in new:
            yield Difference("gone", about, None, text, None)
    for key, (text, source) in new.items():
        if key not in old:
            yield Difference("added", about, text, None, source)


def _single(about: str, old: Package, new: Package, name: str) -> Iterable[Difference]:
    before, after = getattr(old, name), getattr(new, name)
    if before and after and before.text != after.text:
        yield Difference("corrected", about, _told(after), _told(before), after.source)
    elif after and not before:
        yield Difference("added", about, _told(after), None, after.source)
    elif before and not after:
        yield Difference("gone", about, None, _told(before), None)


def _written(old: Package, new: Package) -> Iterable[Difference]:
    """Return the customer's newest words; that somebody has answered those of before shows in what was done."""
    if (now := new.last_word) and (old.last_word is None or old.last_word.evidence != now.evidence):
        yield Difference("added", "from the customer", now.text, None, now.source)


def _told(quote: Quote) -> str:
    return quoting(quote.text, quote, limit=140) if isinstance(quote, Start) else quote.text


def _answered(old: Package, new: Package) -> Iterable[Difference]:
    still, was = ({gap.text for gap in package.not_recorded} for package in (new, old))
    if old.domain == new.domain and still <= was:  # else other questions are asked, and nothing says that these were answered
        for gap in old.not_recorded:
            if gap.text not in still:
                yield Difference("gone", "not recorded", None, gap.text, None)


def _place(package: Package) -> str:
    return f"{package.board}, {package.status}"


def _named(about: str, old: str | None, new: str | None) -> Iterable[Difference]:
    if old != new:
        yield Difference("corrected", about, new or "none", old or "none", "s")
