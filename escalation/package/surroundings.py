"""What is attached to the ticket or around it: the customer's devices and other tickets."""

# ruff: noqa: SIM905, E501 - words are easier to read in a row

from __future__ import annotations

import re
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from escalation.evidence import Evidence, RelatedTicket
from escalation.package.contents import Device, OtherTicket, Package, Source

_SIMILAR = 55
RECENT = timedelta(days=14)
"""So long ago a customer's other ticket may be of interest for being recent alone."""
LATELY = timedelta(days=45)
"""So long after a change people still find what it broke."""
_CHANGES = re.compile(
    r"\b(?:re-?plac|up-?grad|updat|migrat|mov(?:e|ed|ing)\b|install|renew|chang|swap|patch|re-?buil|re-?imag|re-?nam|deploy|convert|"
    r"roll(?:ed)?[ -]?out|cut[ -]?over|decom|retir|switch(?:ed)? to|re-?cabl|new\b)",
    re.IGNORECASE,
)
"""What the summary of a planned change says."""
_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_COMMON = frozenset(
    "the and for not has can its all one out via get with from after before every this that when does will user users email mail "
    "please need needs needed issue problem error ticket request office working work slow cannot have been being lost some time times "
    "again still only them they support setup day days morning since today access".split()
)


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


def recent_of(package: Package) -> tuple[OtherTicket, ...]:
    """Return the customer's other tickets of the last two weeks, as the PSA gave them."""
    return tuple(o for o in package.recent if _within(o, package.as_of, RECENT))


def changed_lately(package: Package) -> tuple[OtherTicket, ...]:
    """Return up to two tickets of the customer that tell of a planned change to what this one names, the newest first.

    It shares a name with this one (a device, something with a digit) or two words of its summary or site.
    """
    devices = {device.name.lower() for device in package.devices}
    named = _words(f"{package.summary} {package.site or ''}") | devices

    def tells_of_it(summary: str) -> bool:
        shared = named & _words(summary)
        return len(shared) >= 2 or any(word in devices or re.search(r"\d", word) for word in shared)

    found = [
        other
        for other in (*package.similar, *package.recent)
        if _within(other, package.as_of, LATELY) and _CHANGES.search(other.summary) and tells_of_it(other.summary)
    ]
    return tuple(sorted(found, key=lambda o: (o.at or package.as_of, o.id), reverse=True)[:2])


def _within(other: OtherTicket, now: datetime, span: timedelta) -> bool:
    return other.at is None or now - other.at <= span


def _words(text: str) -> set[str]:
    found = (word.lower() for word in _WORD.findall(_CHANGES.sub(" ", text)))
    return {word for word in found if len(word) >= 3 and word not in _COMMON and not word.isdigit()}


def _other(other: RelatedTicket, source_id: str, likeness: int) -> OtherTicket:
    at = other.closed_at or other.entered_at
    return OtherTicket(
        other.id, other.summary, other.status, other.closed, at, other.owner, source_id, likeness
    )
