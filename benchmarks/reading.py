"""How long a package takes for 10 to 1,000 notes: milliseconds, and how they grow.

    python -m benchmarks.reading [--rounds 5]

The notes are written as technicians write them, prose, lists and pasted output mixed, and differ from each other.
Shown is processor time, the best round: what else the machine did is not the program's. *Growth* is milliseconds a note beside those
at 100 notes; 1.0 is linear.
"""

# ruff: noqa: E501 - a note is easier to read in one line than in a ladder

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import time
from datetime import UTC, datetime, timedelta

from escalation.evidence import Evidence, Note, Person, Ticket
from escalation.package.build import build
from escalation.reading.encoder import own_encoder
from escalation.reading.weights import Learned
from worker.wiring import local_reader

SIZES = (10, 50, 100, 200, 400, 1000)
_BEGAN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_NOTES = (
    "Remoted onto PC-{n}. Flushed DNS and renewed lease {n}, no change, the {w} still can't find the server.\n"
    "Checked {w} power settings, nothing wrong.",
    "Tried:\n- rebooted switch {n}: same again\n- swapped the cable to port {n}, no link\n- new patch lead {n}: no luck\n"
    "{w} {n} not tested from outside.",
    "C:\\> ping 10.0.{n}.1\nReply from 10.0.{n}.1: bytes=32 time=2ms TTL=64\nRequest timed out.\nPackets: Sent = 4, Received = {n}",
    "Hi, it dropped again around 9:{n}. The {w} had to log in again. Please can somebody look?\n"
    "\nThanks\nEllen",
    "Rang the ISP, ref WL-{n}: line up {n} days, no errors on their side. So it's not the {w}. Told Ellen an engineer by 14:{n}.",
    "Event ID: 10{n}\nLevel: Error\nSource: NetLogon\nComputer: SRV-{n}\nThe session setup from {w}-{n} failed because the trust was lost.",
    "Turned off the antivirus on SRV-{n} to rule it out. Will watch. If the {w} drops again, look at switch {n}.",
)
_WORDS = (
    "warehouse scanner", "front desk", "label printer", "meeting room", "till", "workshop PC", "nurse station", "loading bay", "studio",
    "archive", "packing line", "reception phone", "back office", "lab bench", "showroom", "canteen", "gate house", "print room", "dock",
)  # fmt: skip
"""So that no two notes share a sentence and nothing kept from one helps with the next."""


def evidence_of(count: int) -> Evidence:
    """Return a ticket with so many notes."""
    ticket = Ticket(1, "VPN to the branch drops every 8 hours", 1, "Help Desk", 9, "Escalated", entered_at=_BEGAN)
    notes = tuple(
        Note(
            index + 1,
            _NOTES[index % len(_NOTES)].replace("{n}", str(10 + index)).replace("{w}", _WORDS[index % len(_WORDS)]),
            Person("Ellen Marsh", "customer") if index % len(_NOTES) == 3 else Person("Jonas Lind", "technician"),
            _BEGAN + timedelta(minutes=7 * index),
            "internal",
        )
        for index in range(count)
    )
    return Evidence(ticket, _BEGAN, notes)


def milliseconds(evidence: Evidence, rounds: int, known: Learned | None = None) -> float:
    """Return the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        build(evidence, episode=1, escalated_at=_BEGAN, escalated_by=None, as_of=_BEGAN, known=known)
        best = min(best, time.process_time() - began)
    return best * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="rounds for each size (default: %(default)s)")
    options = parser.parse_args()
    both = local_reader(True)
    took = {size: milliseconds(evidence_of(size), options.rounds) for size in SIZES}
    print(f"{'notes':>6} {'characters':>11} {'ms':>8} {'ms a note':>10} {'growth':>7} {'with encoder':>13}")
    for size, spent in took.items():
        evidence = evidence_of(size)
        characters = sum(len(note.text) for note in evidence.notes)
        growth = (spent / size) / (took[100] / 100)
        own_encoder().told_of.cache_clear()
        whole = milliseconds(evidence, 1, both)
        print(f"{size:>6} {characters:>11,} {spent:>8.1f} {spent / size:>10.3f} {growth:>7.2f} {whole:>13.0f}")
    print("goal: under 50 ms at 200 notes, linear; the encoder reads a bounded part of a ticket")


if __name__ == "__main__":
    main()
