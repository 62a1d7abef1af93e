"""Where each line of a brief was read and by which rule, for somebody who doubts it."""

from __future__ import annotations

from escalation.brief.sanitize import inline
from escalation.brief.spans import Clock
from escalation.package.contents import Package
from escalation.reading import rule

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
