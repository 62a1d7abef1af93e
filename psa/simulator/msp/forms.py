"""The forms a ticket and its history are written in, so that the tickets read like tickets.

Every `ago` is minutes before the moment the scenario is built for. Each function returns a plain dict.
"""

from __future__ import annotations

from textwrap import dedent
from typing import Any

P1 = "Priority 1 - Emergency Response"
P2 = "Priority 2 - Quick Response"
P3 = "Priority 3 - Normal Response"
P4 = "Priority 4 - Scheduled Maintenance"

HOUR = 60
DAY = 24 * HOUR


def text(written: str) -> str:
    """Return the text without the indentation it has in the source and without blank lines around it."""
    return dedent(written).strip("\n")


def note(by: str, ago: float, written: str, kind: str = "internal") -> dict[str, Any]:
    """A note of a member; `kind` is internal, discussion or resolution."""
    return {"note": text(written), "by": by, "ago": ago, "kind": kind}


def said(contact: str, ago: int, written: str) -> dict[str, Any]:
    """A discussion note that a customer's contact wrote, by portal or e-mail."""
    return {"note": text(written), "by": {"contact": contact}, "ago": ago, "kind": "discussion"}


def work(
    by: str, ago: float, minutes: float, written: str, *, start_ago: float | None = None, internal: bool = True
) -> dict[str, Any]:
    """A time entry saved `ago`; without `start_ago` it ends when it is saved, with it the start is back-dated."""
    start = ago + minutes if start_ago is None else start_ago
    return {"time": text(written), "by": by, "ago": ago, "start_ago": start, "minutes": minutes, "internal": internal}


def task(written: str, *, done: bool = False) -> dict[str, Any]:
    """A line of the ticket's task list."""
    return {"task": written, "done": done}


def document(title: str, file: str, size: int) -> dict[str, Any]:
    """An attached file; `size` in bytes."""
    return {"document": title, "file": file, "size": size}


def schedule(member: str, start_ago: int, minutes: int, acknowledged_ago: int | None = None) -> dict[str, Any]:
    """A dispatch to a member, acknowledged or not."""
    return {"schedule": member, "start_ago": start_ago, "minutes": minutes, "acknowledged_ago": acknowledged_ago}


def status(name: str, by: str, ago: int) -> dict[str, Any]:
    """A change of status, for the audit trail."""
    return {"status": name, "by": by, "ago": ago}


def ticket(
    key: str, domain: str, company: str, summary: str, *, entered: int, description: str = "",
    entries: list[dict[str, Any]] | None = None, contact: str | None = None, site: str | None = None,
    board: str = "Help Desk", state: str = "In Progress", priority: str = P3, kind: str = "Incident",
    owner: str | None = None, resources: list[str] | None = None, closed: int | None = None,
    configurations: list[str] | None = None, merged_into: str | None = None, number: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A ticket with its history; who owns it is its resource unless said otherwise."""
    return {
        "key": key,
        "id": number,
        "domain": domain,
        "board": board,
        "status": state,
        "company": company,
        "contact": contact,
        "site": site,
        "summary": summary,
        "priority": priority,
        "type": kind,
        "owner": owner,
        "resources": resources if resources is not None else ([owner] if owner else []),
        "entered": entered,
        "closed": closed,
        "description": text(description),
        "configurations": configurations or [],
        "entries": entries or [],
        "merged_into": merged_into,
    }
