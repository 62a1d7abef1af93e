"""Which rule read a step, by its name and the words it went by: for somebody who doubts the brief."""

# ruff: noqa: E501 - a table is easier to read in rows

from __future__ import annotations

import re

from escalation.reading import deeds, findings, outcomes, pasted, statements

_DEEDS = (
    ("a verb in the past opens it", deeds.TERSE),
    ("somebody and a verb in the past", deeds.PERSON),
    ("somebody was asked to do it", deeds.HAD_THEM),
    ("somebody had it done", deeds.HAD_DONE),
    ('"after" and a deed', deeds.AFTER),
    ("a thing and what was done to it", deeds.NOUN_FIRST),
    ('"I" and a verb in the past', deeds.I_DID),
    ('"tried"', deeds.TRIED),
    ('"I tried"', deeds.SAID_TRIED),
    ("the passive", deeds.PASSIVE),
    ("a deed named beside its result", deeds.NOUN),
    ("a command beside its result", deeds.COMMAND),
    ("a verb opens a work note", deeds.OPENING),
)
_OUTCOMES: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "worked": (
        ("it holds", outcomes.HELD), ("what works now", outcomes.POSITIVE), ("success", outcomes.WORKED), ("what works now", outcomes.NOW),
    ),
    "partial": (
        ("relief that did not last", outcomes.TEMPORARY), ("relief with a rest", outcomes.BUT_THEN), ("it points somewhere", outcomes.POINTS),
        ("a conclusion", outcomes.CONCLUDES), ("something is not there", outcomes.LACKING), ("something was found", outcomes.FOUND), ("a finding", outcomes.FINDING), ("a fault that was found", outcomes.FAILED),
    ),
    "no_change": (
        ("no change", outcomes.DENIED), ("something is not there", outcomes.LACKING), ("the trouble is there again", outcomes.AGAIN), ("a clean bill", outcomes.CLEAR),
        ("the trouble itself", outcomes.SYMPTOM), ("failure as before", outcomes.FAILED),
    ),
    "failed": (("failure", outcomes.FAILED), ("the same fault elsewhere", outcomes.DENIED), ("a code", outcomes.CODED)),
}  # fmt: skip


def deed_rule(evidence: str) -> str:
    """Return which wording made the evidence a step, with the words."""
    text = evidence.strip()[:240]
    if pasted.PROMPT.match(text[:200]):
        return "a command typed in pasted output"
    low = text.lower()
    for name, pattern in _DEEDS:
        if found := pattern.search(low):
            verb = found.groupdict().get("verb") or found.group()
            return f"{name}: {_short(verb)}"
    if deeds.NAMED.match(text):
        return "a name and a verb in the past"
    if findings.test_told(text):
        return "a test told with its result"
    if findings.finding_told(text):
        return "a finding told without saying who looked"
    if statements.finding_stated(text, work_note=True):
        return "a work note states what is so"
    return "an item of a list of what was tried"


def outcome_rule(evidence: str, outcome: str, *, stated: bool, inferred: bool) -> str:
    """Return what the outcome was read from: words of the evidence, a later remark, or how the ticket went on."""
    if inferred:
        return "nobody said; people went on"
    if outcome == "unknown":
        return "nobody said"
    low = evidence[:600].lower()
    for name, pattern in _OUTCOMES.get(outcome, ()):
        if stated and (found := pattern.search(low)):
            return f"{name}: {_short(found.group())}"
    return "the kind of step" if stated else "said next or later"


def _short(words: str) -> str:
    return " ".join(words.split())[:40]
