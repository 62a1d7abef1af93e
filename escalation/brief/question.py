"""The one question to the junior: the most valuable thing that nobody recorded, asked once and never twice."""

from __future__ import annotations

from escalation.brief.marker import holds
from escalation.brief.sanitize import inline
from escalation.package.contents import Package

MARK = "[resolutionflow: question]"
"""Stands in the note, so that ours is found again and a second is never posted."""


def question_to_junior(package: Package, *, asked_already: tuple[str, ...] = ()) -> str | None:
    """Return the note that asks who escalated for the most valuable fact not recorded, or None.

    None means that nothing is missing, that nobody is known to ask, or that one was asked on this ticket before
    (`asked_already` are the texts of our own earlier notes): one question for each episode, and it blocks nothing.
    """
    if not package.not_recorded or not package.escalated_by or any(holds(text, MARK) for text in asked_already):
        return None
    to = inline(package.escalated_by, limit=40)
    if not to:
        return None
    gap = package.not_recorded[0]
    others = [g.text for g in package.not_recorded[1:3] if not g.text.endswith("?")]
    also = f" If you know it at hand: {', '.join(others)}." if others else ""
    return (
        f"{to}, one question before an engineer claims this: **{gap.question}** "
        f'A note on this ticket is enough, "not known" too.{also}\n\n{MARK}'
    )
