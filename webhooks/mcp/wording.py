"""What tools answer, in words: the ticket as its brief would read, sessions beside it, what is alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from escalation.brief.render import render
from escalation.brief.sanitize import inline
from escalation.package.stored import UnknownPackageVersion, load

MOST_STEPS = 50
"""Steps of one session that are told, the newest."""
MOST_PENDING = 30
"""Of what is still to be done, the first."""


def session_text(seen: dict[str, Any], found: dict[str, Any]) -> str:
    """Return a session's ticket and what every session on it holds, of those that are told."""
    parts = [f"Session {seen['id']} on ticket {seen['ticket_id']}.", _ticket(seen)]
    parts += [*_left_out(found), *(_session(one, mine=one["id"] == seen["id"]) for one in found["sessions"])]
    return "\n\n".join(part for part in parts if part)


def still_to_do_text(session: int, found: dict[str, Any]) -> str:
    """Return what is pending, one's own session first."""
    sessions = found["sessions"]
    ordered = sorted(sessions, key=lambda one: one["id"] != session)
    lines = [
        f"- {'step' if one['id'] == session else _whose(one) + ', step'} {step['number']}: {inline(step['text'], limit=500)}"
        for one in ordered
        for step in _waiting(one)
    ]
    over = sum(one.get("pending", 0) for one in sessions) - len(lines)  # an older server tells none left out
    more = [f"and {over} more, which are told once these are done"] if over > 0 else []
    head = "Still to do, the first is next:"
    if not lines:
        head = "Nothing is still to be done as far as recorded. Ask what is not recorded yet, or call whats_been_tried."
    return "\n".join([head, *lines, *more, *_left_out(found)])


def similar_text(matches: Sequence[dict[str, Any]]) -> str:
    """Return tickets that were solved, each with what helped."""
    if not matches:
        return "No solved ticket here has these words. Try an error code, a product or a device's name."
    return "\n".join(
        f"- ticket {one['ticket_id']}: {inline(one['summary'], limit=160)}. What helped: "
        f"{inline(one['fix'], limit=500) if one['fix'] else 'nobody wrote it down'} (in common: {', '.join(one['shared'][:6])})"
        for one in matches
    )


def _left_out(found: dict[str, Any]) -> list[str]:
    older = found.get("older", 0)  # an older server does not say
    return [f"Older sessions that are not told here: {older}; their steps go into the ticket's brief."] if older > 0 else []


def _ticket(seen: dict[str, Any]) -> str:
    if seen["ticket"]:
        again = "It is being read again: call whats_been_tried in a few seconds." if not seen["ticket_read_at"] else ""
        again = f"It could not be read again: {seen['ticket_unread']}." if seen["ticket_unread"] else again
        try:
            said = "What the ticket says, quotations are its own words:\n\n" + render(load(seen["ticket"]), marker="")
        except UnknownPackageVersion:
            return "The ticket was read by a newer version than this program: install the server's version here, docs/sessions.md"
        return f"{said}\n\n{again}".strip()
    if seen["ticket_read_at"]:
        return f"The ticket could not be read: {seen['ticket_unread']}. What is recorded here is kept all the same."
    return "The ticket is still being read: call whats_been_tried in a few seconds."


def _session(one: dict[str, Any], *, mine: bool) -> str:
    past = [step for step in one["steps"] if step["state"] != "pending"][-MOST_STEPS:]
    steps = sorted([*past, *_waiting(one)], key=lambda step: step["number"])
    if not steps:
        return ""
    over = one.get("older", 0) + len(one["steps"]) - len(steps)
    head = f"Recorded in {'this session' if mine else _whose(one)}{f', {over} more left out' if over else ''}:"
    return "\n".join([head, *(_step(step) for step in steps)])


def _waiting(one: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for step in one["steps"] if step["state"] == "pending"][:MOST_PENDING]


def _step(step: dict[str, Any]) -> str:
    state = {"pending": "still to do", "dropped": "dropped"}.get(step["state"], step["outcome"].replace("_", " "))
    state = {"finding": "finding", "reason": "why it is escalated"}.get(step["kind"], state)
    changed = f"; left changed: {inline(step['changed'], limit=200)}" if step["changed"] else ""
    return f"- {step['number']}. {inline(step['text'], limit=500)}: {state}{changed}"


def _whose(one: dict[str, Any]) -> str:
    return f"session {one['id']} ({inline(one['member']['name'], limit=40)} with {inline(one['client'], limit=40)})"
