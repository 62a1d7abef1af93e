"""Choose what the brief says and in which order; what a line says is in `lines`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from escalation.brief.lines import (
    Block,
    Condition,
    Guess,
    Head,
    Inquiry,
    Line,
    Wording,
    closes,
    told_elsewhere,
)
from escalation.brief.sanitize import Inert, inline
from escalation.brief.spans import Clock
from escalation.package.contents import SURE, Package
from escalation.package.records import languages_unread
from escalation.package.surroundings import changed_lately, recent_of
from escalation.wording.deeds import starts_with_deed

ABOVE = 8
"""Steps shown above the fold; the rest follow below it."""

MOST_STEPS = 150
"""More would not fit into a note anyway."""


MOST_PENDING = 8
"""Pending steps shown."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of each part is shown. `ORDER` is the order in which parts give way when the note is too long."""

    others: int
    environment: int
    timeline: int
    evidence: int
    steps: int
    extras: int = 12
    """Items of each list that has no part of its own: error codes, things ruled out, changes left behind."""

    ORDER: ClassVar[tuple[str, ...]] = ("others", "environment", "timeline", "evidence", "steps", "extras")

    @classmethod
    def all_of(cls, package: Package) -> Limits:
        """Return the limits of a note that has room."""
        rows = sum(min(12, len(b.evidence.splitlines())) for b in package.evidence_blocks)
        return cls(
            others=min(3, len(package.solved)) + min(8, min(3, len(package.similar)) + min(5, len(recent_of(package)))),
            environment=min(12, len(_environment(package))),
            timeline=min(12, len(package.timeline)),
            evidence=min(40, rows),
            steps=min(MOST_STEPS, len(package.steps_attempted)),
        )


@dataclass(frozen=True, slots=True)
class View:
    """What the template prints."""

    head: Head
    summary: Line
    ask: Line | None
    why: Line | None
    start_here: Line | None
    start_otherwise: Line | None
    forbidden: tuple[Line, ...]
    changed_lately: tuple[Line, ...]
    tried: Inert
    """What the list of steps is called: a step may be told by its finding alone."""
    steps_total: int
    steps_unsure: int
    steps_above: tuple[Line, ...]
    steps_below: tuple[Line, ...]
    steps_mentioned: tuple[Line, ...]
    not_read: Inert
    """Languages in which words stand that are not read for steps; empty where all were read."""
    unread_words: tuple[Line, ...]
    last_word: Line | None
    still_to_do: tuple[Line, ...]
    findings: tuple[Line, ...]
    lanes: tuple[Inert, ...]
    ruled_out: tuple[Line, ...]
    not_recorded: tuple[Inert, ...]
    unread: tuple[Inert, ...]
    question: Inquiry | None
    left_behind: tuple[Line, ...]
    contingency: Condition | None
    assessment: Guess | None
    discounted: tuple[Line, ...]
    """Theories that are out, each with what put it out."""
    problem: Line | None
    codes: tuple[Line, ...]
    blocks: tuple[Block, ...]
    environment: tuple[Line, ...]
    timeline: tuple[Line, ...]
    others: tuple[Line, ...]
    solved: tuple[Line, ...]
    runbooks: tuple[Line, ...]
    sources: tuple[Line, ...]
    left_out: tuple[Inert, ...]
    counts: Inert
    built_at: Inert
    reader: Inert
    episode: int


def outline(package: Package, limits: Limits, *, also_cited: Iterable[str] = ()) -> View:
    """Return the view of a package within the limits, with a list of the sources it cites and of what it leaves out.

    `also_cited` are the sources of lines that stand in the note beside the view.
    """
    clock = Clock(package.time_zone, package.as_of)
    wording = Wording(package, clock, also_cited)
    elsewhere = told_elsewhere(package.steps_attempted)
    own = [place for place in range(len(package.steps_attempted)) if place not in elsewhere]
    shown = sorted(_ranked(package, own)[: limits.steps])
    sure = [i for i in shown if package.steps_attempted[i].sure >= SURE]
    first = set(_ranked(package, sure)[:ABOVE])
    above = [i for i in sure if i in first]
    below = [i for i in sure if i not in first]
    mentioned = [i for i in shown if i not in sure]
    environment = _environment(package)[: limits.environment]
    timeline = package.timeline[len(package.timeline) - limits.timeline :] if limits.timeline else ()
    blocks, rows_left = wording.blocks(limits.evidence)
    solved = package.solved[: min(3, limits.others)]
    known = {s.id for s in solved}
    others = [o for o in [*package.similar[:3], *recent_of(package)[:5]] if o.id not in known][: limits.others - len(solved)]
    extras = limits.extras
    promise = wording.quote(package.promises[0] if package.promises else None, 120)
    ask = wording.quote(package.ask, 220)
    view = View(
        head=Head(wording.severity(), wording.age(), promise),
        summary=wording.cited(package.summary or "this ticket", "s", 160)
        or Line(Inert("this ticket"), Inert("[s]")),
        ask=ask,
        why=wording.quote(package.why_escalated, 180),
        start_here=wording.start(package.start_here),
        start_otherwise=wording.start(package.start_otherwise),
        forbidden=wording.quotes(package.forbidden, 160),
        changed_lately=tuple(told for o in changed_lately(package) if (told := wording.other(o))),
        tried=_tried(package),
        steps_total=sum(package.steps_attempted[place].sure >= SURE for place in own),
        steps_unsure=sum(package.steps_attempted[place].sure < SURE for place in own),
        steps_above=wording.steps(above),
        steps_below=wording.steps(below),
        steps_mentioned=wording.steps(mentioned),
        not_read=inline(languages_unread(package.unread, parts=not package.steps_attempted), limit=60),
        unread_words=wording.quotes(package.unread_words[-min(8, extras) :] if extras else (), 200),
        last_word=wording.quote(package.last_word, 240),
        still_to_do=wording.quotes(package.still_to_do[: min(MOST_PENDING, extras)], 160),
        findings=wording.quotes(package.findings[: min(6, extras)], 220),
        lanes=wording.lanes() if extras else (),
        ruled_out=wording.quotes(package.ruled_out[: min(6, extras)], 60),
        not_recorded=listed(package),
        unread=tuple(
            Inert(f"{inline(u.source, limit=40)} ({inline(u.reason, limit=100)})") for u in package.unread[:7]
        ),
        question=wording.question(),
        left_behind=wording.changes(min(6, extras)),
        contingency=wording.contingency(),
        assessment=wording.assessment(),
        discounted=wording.discounted(),
        problem=wording.quote(package.problem, 400),
        codes=wording.quotes(package.error_codes[:extras], 60),
        blocks=blocks,
        environment=tuple(line for text, cite in environment if (line := wording.cited(text, cite, 160))),
        timeline=tuple(wording.event(e.at, e.who, e.text, e.source) for e in timeline),
        others=tuple(
            told
            for o in others
            if (told := wording.other(o))
        ),
        solved=tuple(told for s in solved if (told := wording.solved(s))),
        runbooks=tuple(told for r in package.runbooks[:2] if (told := wording.runbook(r))),
        sources=(),
        left_out=wording.left_out(
            steps=len(own) - len(shown),
            evidence=rows_left,
            timeline=len(package.timeline) - len(timeline),
            environment=len(_environment(package)) - len(environment),
            others=len(_numbers(package)) - len(others) - len(solved),
            codes=len(package.error_codes) - min(extras, len(package.error_codes)),
            changes=len(package.state_left_behind) - min(6, extras, len(package.state_left_behind)),
            ruled_out=len(package.ruled_out) - min(6, extras, len(package.ruled_out)),
            promises=max(0, len(package.promises) - 1),
            still_to_do=len(package.still_to_do) - min(MOST_PENDING, extras, len(package.still_to_do)),
            findings=len(package.findings) - min(6, extras, len(package.findings)),
        ),
        counts=wording.counts(),
        built_at=Inert(clock.moment(package.as_of)),
        reader=wording.reader(),
        episode=package.episode,
    )
    return _with_sources(view, wording)


def _numbers(package: Package) -> set[int]:
    """Return the numbers of the other tickets that the package names."""
    return {o.id for o in (*package.similar, *recent_of(package))} | {s.id for s in package.solved}


def listed(package: Package) -> tuple[Inert, ...]:
    """Return what is not recorded, so that it stands in one row: a comma after each but questions and the last."""
    gaps = [inline(gap.text, limit=200) for gap in package.not_recorded]
    return tuple(Inert(f"{gap},") if gap is not gaps[-1] and not gap.endswith("?") else gap for gap in gaps)


def _tried(package: Package) -> Inert:
    deeds = all(starts_with_deed(step.text) for step in package.steps_attempted if step.sure >= SURE)
    return Inert("Tried" if deeds else "Tried and found")


def tally(steps: Sequence[Mapping[str, Any]], dead_ends: Collection[int]) -> tuple[int, int, int]:
    """Return how many steps of a package's JSON a brief counts as tried, how many of those as dead ends, and of these as failed.

    What failed may have been blocked: it did not help, and need not have ruled anything out.
    """
    sure = [place for place, step in enumerate(steps) if step.get("sure", 1.0) >= SURE]
    flagged = [steps[place] for place in sure if place in dead_ends]
    told = [step for step in flagged if closes(step.get("evidence", ""), step.get("outcome_sure", 1.0))]
    return len(sure), len(told), sum(step.get("outcome") == "failed" for step in told)


def _with_sources(view: View, wording: Wording) -> View:
    values = {name: getattr(view, name) for name in View.__slots__}
    return View(**{**values, "sources": wording.sources()})


def _ranked(package: Package, places: Iterable[int]) -> list[int]:
    """Return the places of steps, those that are sure and have a result first."""
    steps = package.steps_attempted
    return sorted(places, key=lambda i: (steps[i].sure < SURE, steps[i].outcome == "unknown", i))


def _environment(package: Package) -> list[tuple[str, str]]:
    """Return lines of the environment with the source of each."""
    site = [t for t in (package.company, package.site) if t]
    lines = [(", ".join(site), "s")] if site else []
    if package.agreement:
        lines.append((f"agreement {package.agreement}", "s"))
    lines += [(device.text, device.source) for device in package.devices]
    lines += [(product.text, product.source) for product in package.products]
    lines += [(f"attached: {name}", "s") for name in package.attachments]
    return lines + [(f"open task: {text}", "s") for text in package.open_tasks]
