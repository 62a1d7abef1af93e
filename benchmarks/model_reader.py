"""A model's reading of real tickets, after the check, measured with the labelled threads' own scorer.

    python -m benchmarks.model_reader --threads DIR --write-requests OUT [--limit N]
    python -m benchmarks.model_reader --threads DIR --replay OUT [--limit N] [--per-thread]

The first writes what the product would send, one file a ticket, and asks nobody. The second scores the answers that
lie beside them, and the local reader on the same tickets. Tickets come in an order of their own, so that the first N
are a sample; tickets without an answer are left out and counted.

OUT/KEY.request.json   {"name": the thread's id, "key", "system", "user", "schema"}
                       `system` and `user` are the two messages word for word, `schema` the JSON schema of the answer.
OUT/KEY.answer.json    what the model wrote: the JSON object of that schema, just so, or as a recording keeps it:
                       {"model": "its name", "text": "what it wrote", "tokens_in": 0, "tokens_out": 0}

DIR holds threads as JSON with gold labels; the scorer is `score.py` in the folder above it. OUT must lie outside of this
project: both files hold the text of tickets.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.threads import FIGURES, by_thread, scorer_beside, table, unsourced
from escalation.evidence import Evidence
from escalation.model_reading.answer import UnusableAnswer, check
from escalation.model_reading.reading import Reading
from escalation.package.build import bare, build
from escalation.package.by_model import local_stands, places_of
from escalation.package.contents import Package
from escalation.package.threads import evidence_from_thread
from escalation.redaction.redact import redact_evidence
from worker.model_reading.model import NotAnswered, fresh_request
from worker.model_reading.recordings import InsideTheProgram, Player, folder, write_request
from worker.settings import encoder_wanted
from worker.wiring import local_reader


@dataclass
class Read:
    """What came of the tickets that were read."""

    local: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)
    unguarded: dict[str, Any] = field(default_factory=dict)
    """The model's readings without the rule that the local one stands where it is surer."""
    stood: list[str] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    unusable: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=Path, required=True, help="directory with the labelled threads")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write-requests", type=Path, metavar="OUT", help="write the requests there and stop")
    what.add_argument("--replay", type=Path, metavar="OUT", help="score the answers that lie there")
    parser.add_argument("--limit", type=int, help="the first N tickets of the sample")
    parser.add_argument("--per-thread", action="store_true", help="one line a thread as well")
    options = parser.parse_args()
    scorer = scorer_beside(options.threads)
    gold = sample(scorer.load(str(options.threads)), options.limit)
    if options.write_requests:
        print(f"{write_requests(gold, options.write_requests)} requests in {options.write_requests}")
        return
    read = replay(gold, options.replay)
    if not read.model:
        sys.exit(f"no answer to any of {len(gold)} requests in {options.replay}")
    answered = {name: gold[name] for name in read.model}
    print("\n".join(report(scorer, answered, read)))
    if options.per_thread:
        print("\n".join(by_thread(scorer, answered, read.model)))


def sample(gold: dict[str, Any], limit: int | None) -> dict[str, Any]:
    """Return the threads in an order that has nothing to do with what is in them, the first `limit` of them."""
    order = sorted(gold, key=lambda name: hashlib.sha256(name.encode()).digest())
    return {name: gold[name] for name in order[:limit]}


def evidence_of(record: dict[str, Any]) -> Evidence:
    """Return the ticket as evidence, redacted as it would be when stored; the gold labels never reach it."""
    return redact_evidence(evidence_from_thread({"id": record["id"], "ticket": record["ticket"]}))


def write_requests(gold: dict[str, Any], out: Path) -> int:
    """Write each ticket's request, and return how many."""
    try:
        place = folder(out)
    except InsideTheProgram as error:
        sys.exit(str(error))
    written = 0
    for name, record in gold.items():
        evidence = evidence_of(record)
        request = fresh_request(evidence.ticket.summary, places_of(evidence))
        if request is not None:
            write_request(place, request, name=name)
            written += 1
    return written


def replay(gold: dict[str, Any], answers: Path) -> Read:
    """Read each ticket that has an answer, as the product would, and with the local reader."""
    read, player = Read(), Player(answers)
    for name, record in gold.items():
        evidence = evidence_of(record)
        request = fresh_request(evidence.ticket.summary, places_of(evidence))
        try:
            answer = player.ask(request) if request is not None else None
        except NotAnswered:
            answer = None
        if request is None or answer is None:
            read.unanswered += 1
            continue
        local, reading = package_of(evidence), None
        try:
            checked = check(answer.text, request.covered, reader=answer.model)
        except UnusableAnswer as error:
            read.unusable[str(error)] += 1
        else:
            reading = checked.reading
            read.dropped.update(checked.dropped)
            for kind in ("steps", "evidence", "error_codes", "ruled_out", "left_changed"):
                read.kept[kind] += len(getattr(reading, kind))
        unguarded = package_of(evidence, reading)
        if reading is not None and local_stands(local, reading):
            read.stood.append(name)
            reading = None
        read.local[name] = _bare(local, name)
        read.unguarded[name] = _bare(unguarded, name)
        read.model[name] = _bare(package_of(evidence, reading), name)
    return read


def package_of(evidence: Evidence, reading: Reading | None = None) -> Package:
    """Return the package of a thread by the model's reading, or by the local reader."""
    return build(
        evidence, episode=1, escalated_at=evidence.read_at, escalated_by=None, as_of=evidence.read_at, reading=reading,
        known=local_reader(encoder_wanted()),
    )  # fmt: skip


def _bare(package: Package, name: str) -> dict[str, Any]:
    return {**bare(package, name), "dead_ends": list(package.dead_ends_flagged)}


def report(scorer: Any, gold: dict[str, Any], read: Read) -> list[str]:
    """Return the figures with their intervals, the local reader's beside them, and what was dropped for which reason."""
    rows = table(scorer, gold, read.model)
    others = {"local": read.local, "unguarded": read.unguarded}
    totals = {who: scorer.report(scorer.score(gold, made)[0]) for who, made in others.items()}
    rows += ["", f"{'the same tickets':<30} {'local':>8} {'model, unguarded':>18}"]
    for label, key, *_ in FIGURES:
        values = [totals[who][key] for who in others]
        rows.append(f"{label:<30} {_short(values[0]):>8} {_short(values[1]):>18}")
    rows += ["", f"tickets without an answer: {read.unanswered}; answers of no use: {_counted(read.unusable)}"]
    rows.append(f"the local reading stood in {len(read.stood)}: {', '.join(read.stood) or 'none'}")
    rows.append(f"kept: {_counted(read.kept)}")
    rows.append(f"dropped: {_counted(read.dropped)}")
    rows.append(f"quotes in a package that do not stand in the ticket: {unsourced(redacted(gold), read.model)}")
    return rows


def redacted(gold: dict[str, Any]) -> dict[str, Any]:
    """Return the threads with their texts as they were read: what was redacted stands nowhere else."""
    made = {}
    for name, record in gold.items():
        texts = places_of(evidence_of(record))
        first = texts[0].text if texts and texts[0].kind == "description" else ""
        notes = texts[1:] if first else texts
        made[name] = {"ticket": {"initial_description": first, "notes": [{"text": place.text} for place in notes]}}
    return made


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common()) or "none"


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    main()
