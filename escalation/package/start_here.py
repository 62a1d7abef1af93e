"""Choose what a senior does first: the candidate that people would follow most often, with its reason and where it stands.

`learned.json` beside this module holds the weights: `python -m training.starts` teaches them with tickets whose candidates people
marked (`docs/memory.md`). A plan that a colleague left in so many words comes first. Below `bounds` a candidate is not shown: a
check that may not fit is worse than none; the last word, told as such, then stands where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources

from rapidfuzz import fuzz

from escalation.package.candidates import PLAN, SAME, Candidate
from escalation.package.contents import Package, Start
from escalation.package.highlights import closed
from escalation.package.records import clipped
from escalation.reading.weights import Learned, parsed

PLANNED = 0.8
"""How often leads in marked tickets of our own were right or useful: 5 of 6. Planned in so many words, they come first."""
OTHERWISE = 0.3
"""How likely a second one must be to stand beside the first."""
LAST_RESORT = frozenset(("silent", "finding", "last", "guess", "relief", "changed", "error"))
"""What may stand there when nothing is likely enough: it claims no more than that it was said."""

_QUOTING = re.compile(
    r"(look into|start from what changed,|follow up what was found:|go on from|put back and test again:|prove or rule out:"
    r"|compare what works with what does not:|try what solved ticket \d+:|what is looked at first for)"
    r" \"(.+)\"((?:: compare with before, or undo it for a test)?)"
)
"""Our own words about a quotation, as `candidates` and `from_memory` write them. Any other marks are the ticket's."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate with how often such a one is right or useful, and misleading."""

    candidate: Candidate
    useful: float
    misleading: float


def weigh(candidates: Sequence[Candidate], known: Learned | None = None) -> list[Weighed]:
    """Return the candidates, the most promising first; equal ones in their old order."""
    model = (known or learned()).models["start"]
    good, bad = model.classes.index("good"), model.classes.index("misleading")
    shares = [model.shares([("", (name,), value) for name, value in one.features.items()]) for one in candidates]
    made = [Weighed(one, share[good], share[bad]) for one, share in zip(candidates, shares, strict=True)]
    return sorted(made, key=lambda one: -(one.useful - one.misleading))


def choose(candidates: Sequence[Candidate], known: Learned | None = None) -> tuple[Start | None, Start | None]:
    """Return where to start, and where else if that is likely too; both None where there is nothing to say."""
    known = known or learned()
    plan = next((one.start for one in candidates if f"lead:{PLAN}" in one.features), None)
    if plan is not None:
        return replace(plan, sure=PLANNED), None
    ranked = weigh(candidates, known)
    if ranked and ranked[0].useful >= known.bounds["start"]:
        top = ranked[0].candidate
        others = (one for one in ranked[1:2] if one.useful >= OTHERWISE and not _same_output(top, one.candidate))
        otherwise = next((replace(one.candidate.start, sure=round(one.useful, 3)) for one in others), None)
        return replace(top.start, sure=round(ranked[0].useful, 3)), otherwise
    last = next((one.candidate.start for one in ranked if one.candidate.kind in LAST_RESORT), None)
    return last and replace(last, sure=0.0), None


def _same_output(first: Candidate, second: Candidate) -> bool:
    return {first.kind, second.kind} <= {"pointer", "error"} and first.start.source == second.start.source


def quotation_in(text: str, start: Start) -> tuple[str, str, str]:
    """Split a text of it, or its reason, into our words, what they quote, and ours after that; the ticket's own are not split."""
    found = _QUOTING.fullmatch(text)
    if found is None or found[1].lower() in " ".join(start.evidence.split()).lower():
        return text, "", ""
    return f"{found[1]} ", found[2], found[3]


def from_memory(package: Package) -> Package:
    """Return the package with what solved one like it as its start, unless a surer lead comes first or it failed here already."""
    given = package.start_here
    if given is not None and given.sure >= learned().bounds["before solved"]:
        return package
    ends = [step.text.lower() for step in closed(package)]
    for solved in package.solved:
        if not any(fuzz.token_set_ratio(solved.fix.lower(), end) >= SAME for end in ends):
            told = f'try what solved ticket {solved.id}: "{clipped(solved.fix, 130)}"'
            start = Start(told, solved.fix, solved.source, solved.why)
            return replace(package, start_here=start, start_otherwise=given if given and given.sure >= OTHERWISE else None)
    return package


@lru_cache(maxsize=1)
def learned() -> Learned:
    """Return what marked tickets taught."""
    return parsed(resources.files("escalation.package").joinpath("learned.json").read_bytes())
