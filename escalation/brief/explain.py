"""Where each line of a brief was read and by which rule, for somebody who doubts it."""

from __future__ import annotations

from escalation.brief.sanitize import inline
from escalation.brief.spans import Clock
from escalation.package.contents import Package, Step
from escalation.package.highlights import never_tried

_READ_BY = {
    "problem": "how the description begins",
    "ask": "staff's newest request",
    "why_escalated": "staff's newest reason",
    "start_here": "the candidate that people would follow most often, by what was learned of marked tickets",
    "start_otherwise": "the next one, where it is likely enough",
    "ruled out": "somebody says that it is not this",
    "left behind": "a change that no later sentence takes back",
    "promise": "told to the customer with a time, not yet kept",
    "error code": "written as codes are",
    "evidence": "rows that look like output by what was learned, or an error in quotation marks",
    "environment": "a product by its name",
}
_BY_MODEL = frozenset({"ruled out", "left behind", "error code", "evidence"})
"""What a model reads besides steps."""


def explain(package: Package, local: Package | None = None) -> str:
    """Return where each step and remark was read and by which rule, line by line, for somebody who doubts the brief.

    With `local`, the local reader's package of the same ticket, both readings' steps stand side by side at the end.
    """
    clock = Clock(package.time_zone, package.as_of)
    rows = [f"ticket {package.ticket_id}, episode {package.episode}, domain {package.domain}"]
    rows += [f"read by: {inline(package.reader)}, version {inline(package.reader_version) or 'not kept'}"]
    for index, step in enumerate(package.steps_attempted):
        flag = " dead end" if index in package.dead_ends_flagged and not never_tried(step.evidence) else ""
        rows.append(
            f"step {index} [{step.source}] {step.outcome}, by {step.actor}{flag}: {inline(step.evidence)}"
        )
        rows.append(f"    {_how(step, package, local)}")
    for name in ("problem", "ask", "why_escalated", "start_here", "start_otherwise"):
        quote = getattr(package, name)
        sure = f", {quote.sure:.0%}" if name.startswith("start_") and quote else ""
        how = f" (read by: {_READ_BY[name]}{sure})"
        rows.append(f"{name}: " + (f"[{quote.source}] {inline(quote.evidence)}{how}" if quote else "not found"))
    for name, quotes in (
        ("ruled out", package.ruled_out),
        ("left behind", package.state_left_behind),
        ("promise", package.promises),
        ("error code", package.error_codes),
        ("evidence", package.evidence_blocks),
        ("environment", package.products),
    ):
        how = _READ_BY[name]
        if package.reader != "local" and name in _BY_MODEL:
            how = f"{inline(package.reader)}, or {how}"
        rows += [f"{name} [{q.source}]: {inline(q.evidence, limit=160)} (read by: {how})" for q in quotes]
    rows += [f"not recorded: {gap.text} (read by: no sentence answers it)" for gap in package.not_recorded]
    rows += [f"could not be read: {inline(gap.source)} ({inline(gap.reason)})" for gap in package.unread]
    rows += [f"[{s.id}] {inline(s.author)}, {clock.moment(s.at)}, {s.record}" for s in package.sources]
    if local is not None and package.reader != "local":
        rows.append(side_by_side(local, package).rstrip("\n"))
    return "\n".join(rows) + "\n"


def side_by_side(local: Package, model: Package) -> str:
    """Return the steps of both readings in the ticket's order: what both have, with both outcomes, and what one has alone."""
    who = inline(model.reader)
    rows = [f"{who} beside the local reader: {len(model.steps_attempted)} and {len(local.steps_attempted)} steps"]
    alone = list(local.steps_attempted)
    told: list[tuple[int, str]] = []
    for step in model.steps_attempted:
        same = next((one for one in alone if _same(one, step)), None)
        if same is None:
            told.append((step.note_index, f"[{step.source}] {who} alone, {step.outcome}: {inline(step.evidence, limit=160)}"))
            continue
        alone.remove(same)
        outcome = step.outcome if same.outcome == step.outcome else f"{step.outcome} (local: {same.outcome})"
        told.append((step.note_index, f"[{step.source}] both, {outcome}: {inline(step.evidence, limit=160)}"))
    told += [(s.note_index, f"[{s.source}] local alone, {s.outcome}: {inline(s.evidence, limit=160)}") for s in alone]
    return "\n".join([*rows, *(text for _, text in sorted(told, key=lambda one: one[0]))]) + "\n"


def _same(one: Step, other: Step) -> bool:
    """Tell whether two steps are of the same words: one's stand within the other's."""
    if one.source != other.source:
        return False
    return one.evidence in other.evidence or other.evidence in one.evidence


def _elsewhere(step: Step) -> str:
    return f", but [{step.result.source}] {inline(step.result.evidence, limit=160)}" if step.result else ""


def _how(step: Step, package: Package, local: Package | None) -> str:
    if package.reader != "local" and (local is None or step not in local.steps_attempted):
        result = "its own words" if step.result_stated else "the fault going on" if step.result_inferred else "words elsewhere"
        outcome = "nothing said" if step.outcome == "unknown" else result + _elsewhere(step)
        return f"read by: {inline(package.reader)}, and stands there word for word; outcome by: {outcome}"
    result = "said in its own words" if step.result_stated else f"not said in its own words{_elsewhere(step)}"
    why = f"; for it: {inline(step.because, limit=200)}" if step.because else ""
    return f"a step: {step.sure:.0%}{why}; outcome: {step.outcome_sure:.0%}, {result}"
