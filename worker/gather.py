"""Read a ticket and everything around it, in two rounds of parallel calls.

The ticket and its children need only its number, so they are read together. Only the customer's other tickets
and the details of the attached configurations need to know more; they are the second round. What cannot be
read becomes a gap with its reason, never a failure of the whole; only the ticket itself must be there.
"""

from __future__ import annotations

import contextvars
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any

import structlog

from escalation.evidence import Configuration, Evidence, Gap, Note, Roster, Ticket
from escalation.redaction.redact import redact_evidence
from psa.port import Family, Psa, PsaError

log = structlog.get_logger()

MERGED = "notes and time of merged tickets"


class Reader:
    """Reads in parallel over warm connections. One for each process."""

    def __init__(self, threads: int = 32) -> None:
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="gather")

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def ticket_and_children(self, psa: Psa, ticket_id: int, roster: Roster, *, now: datetime) -> Evidence:
        """Read the first round: seven calls side by side. Raises `PsaError` only if the ticket cannot be read.

        The evidence is marked incomplete; configurations carry ids alone.
        """
        return self._with_ticket(
            psa, ticket_id, roster, now,
            tasks=lambda: psa.tasks(ticket_id),
            configuration_ids=lambda: psa.configuration_ids(ticket_id),
            documents=lambda: psa.documents(ticket_id),
        )  # fmt: skip

    def rest(self, psa: Psa, evidence: Evidence, roster: Roster) -> Evidence:
        """Read the second round, which needs the first: two calls side by side, and what merged and bundled tickets hold.

        Never raises `PsaError`.
        """
        ticket = evidence.ticket
        ids = [c.id for c in evidence.configurations]
        calls: dict[str, Callable[[], Any]] = {}
        if ids:
            calls["configurations"] = lambda: psa.configurations(ids)
        company, before = ticket.company_id, ticket.entered_at or evidence.read_at
        if company is not None:
            calls["related"] = lambda: psa.related(company, before=before, excluding=ticket.id)
        if ticket.has_merged_children or ticket.has_children:
            calls[MERGED] = lambda: psa.family(ticket.id, roster)
        found, gaps = _collect(self._start(calls))
        family: Family = found.get(MERGED) or Family()
        known = {note.id for note in evidence.notes}
        merged = [n for n in _not_ours(family.notes) if n.id not in known]
        charged = {entry.id for entry in evidence.time_entries}
        more_time = [entry for entry in family.time_entries if entry.id not in charged]
        gaps += tuple(Gap(what, why if isinstance(why, str) else _reason(why)) for what, why in family.unread)
        complete = dataclasses.replace(
            evidence,
            notes=tuple(sorted([*evidence.notes, *merged], key=_by_time)) if merged else evidence.notes,
            time_entries=(*evidence.time_entries, *more_time),
            configurations=tuple(found.get("configurations", ())),
            related=tuple(found.get("related", ())),
            gaps=evidence.gaps + gaps,
            complete=True,
        )
        return redact_evidence(complete)

    def everything(self, psa: Psa, ticket_id: int, roster: Roster, *, now: datetime) -> Evidence:
        """Read both rounds."""
        return self.rest(psa, self.ticket_and_children(psa, ticket_id, roster, now=now), roster)

    def response(self, psa: Psa, ticket_id: int, roster: Roster, *, now: datetime) -> Evidence:
        """Read what shows who is at work on a ticket: four calls side by side. Raises `PsaError` as the first round."""
        return self._with_ticket(psa, ticket_id, roster, now)

    def _with_ticket(
        self, psa: Psa, ticket_id: int, roster: Roster, now: datetime, **more: Callable[[], Any]
    ) -> Evidence:
        children = self._start(
            {
                "notes": lambda: psa.notes(ticket_id, roster),
                "time_entries": lambda: psa.time_entries(ticket_id, roster),
                **more,
                "schedule": lambda: psa.schedule(ticket_id),
            }
        )
        ticket = _first(lambda: psa.ticket(ticket_id), children)
        found, gaps = _collect(children)
        evidence = Evidence(
            ticket=ticket,
            read_at=now,
            notes=_not_ours(found.get("notes", ())),
            time_entries=tuple(found.get("time_entries", ())),
            tasks=tuple(found.get("tasks", ())),
            configurations=tuple(Configuration(id=i, name="") for i in found.get("configuration_ids", ())),
            documents=tuple(found.get("documents", ())),
            schedule=tuple(found.get("schedule", ())),
            gaps=_odd(ticket) + gaps,
            complete=False,
        )
        return redact_evidence(evidence)

    def _start(self, calls: Mapping[str, Callable[[], Any]]) -> dict[str, Future[Any]]:
        return {name: self._pool.submit(contextvars.copy_context().run, call) for name, call in calls.items()}


def _first(read: Callable[[], Ticket], others: Mapping[str, Future[Any]]) -> Ticket:
    """Read the ticket here while the others are under way; without it they are not needed. Raises `PsaError`."""
    try:
        return read()
    except PsaError:
        for future in others.values():
            future.cancel()
        raise


def _odd(ticket: Ticket) -> tuple[Gap, ...]:
    return (Gap(source="ticket", reason=ticket.unread),) if ticket.unread else ()


def _collect(futures: Mapping[str, Future[Any]]) -> tuple[dict[str, Any], tuple[Gap, ...]]:
    found: dict[str, Any] = {}
    gaps: list[Gap] = []
    for name, future in futures.items():
        try:
            found[name] = future.result()
            gaps += getattr(found[name], "left_out", ())
        except PsaError as error:
            source = "configurations" if name == "configuration_ids" else name
            log.info("evidence_gap", source=source, error=type(error).__name__, status=error.status)
            gaps.append(Gap(source=source, reason=_reason(error)))
    return found, tuple(gaps)


_REFUSED = {
    "Forbidden": "our security role may not read it",
    "Unauthorized": "our keys were refused",
    "Refused": "ConnectWise refused the question",
    "NotFound": "not there",
}


def _reason(error: PsaError) -> str:
    """Say in the reader's words why something is missing; the address of the call stays in the log."""
    words = {
        **_REFUSED,
        "Throttled": "ConnectWise asked us to slow down",
        "Unavailable": "ConnectWise did not answer",
    }
    return words.get(type(error).__name__, "could not be read")


def _by_time(note: Note) -> tuple[float, int]:
    return note.created_at.timestamp() if note.created_at else 0.0, note.id


def _not_ours(notes: Sequence[Note]) -> tuple[Note, ...]:
    return tuple(note for note in notes if note.author.role != "us")


def refused_gaps(evidence: Evidence) -> bool:
    """Tell whether something was refused, which a while later it may not be: what stands in front of ConnectWise refuses too."""
    return any(gap.reason in _REFUSED.values() for gap in evidence.gaps)


def transient_gaps(evidence: Evidence) -> bool:
    """Tell whether reading again later may close a gap."""
    passing = ("ConnectWise asked us to slow down", "ConnectWise did not answer")
    return any(gap.reason in passing for gap in evidence.gaps)
