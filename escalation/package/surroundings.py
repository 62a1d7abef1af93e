"""What is attached to the ticket or around it: the customer's devices and other tickets."""

from __future__ import annotations

from rapidfuzz import fuzz

from escalation.evidence import Evidence, RelatedTicket
from escalation.package.contents import Device, OtherTicket, Source

_SIMILAR = 55


def devices_of(evidence: Evidence) -> tuple[tuple[Device, ...], list[Source]]:
    """Return the attached configurations; they have no author, so the source says when they were read."""
    devices, sources = [], []
    for number, device in enumerate(evidence.configurations, start=1):
        told = [device.type, device.model, device.os, device.ip_address]
        told += [f"serial {device.serial_number}"] if device.serial_number else []
        told += [f"last login {device.last_login}"] if device.last_login else []
        if device.warranty_expires_at:
            told.append(f"warranty until {device.warranty_expires_at.date().isoformat()}")
        text = f"{device.name}: {', '.join(t for t in told if t)}" if any(told) else device.name
        record = f"configuration {device.id}"
        devices.append(Device(device.name, text, f"c{number}"))
        sources.append(Source(f"c{number}", record, "as read from the PSA", "unknown", evidence.read_at))
    return tuple(devices), sources


def other_tickets(
    evidence: Evidence,
) -> tuple[tuple[OtherTicket, ...], tuple[OtherTicket, ...], list[Source]]:
    """Return the customer's similar tickets, most alike first, then the recent ones that are not."""
    own = evidence.ticket.summary.lower()
    rated = []
    for number, other in enumerate(evidence.related, start=1):
        likeness = round(fuzz.token_set_ratio(own, other.summary.lower()))
        rated.append(_other(other, f"r{number}", likeness))
    similar = sorted((o for o in rated if o.similarity >= _SIMILAR), key=lambda o: (-o.similarity, -o.id))
    recent = [o for o in rated if o.similarity < _SIMILAR]
    sources = [Source(o.source, f"ticket {o.id}", o.owner or "not assigned", "unknown", o.at) for o in rated]
    return tuple(similar), tuple(recent), sources


def _other(other: RelatedTicket, source_id: str, likeness: int) -> OtherTicket:
    at = other.closed_at or other.entered_at
    return OtherTicket(
        other.id, other.summary, other.status, other.closed, at, other.owner, source_id, likeness
    )
