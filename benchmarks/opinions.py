"""A model's assessment of tickets with known causes, after the check: right, wrong, abstained, dropped.

    python -m benchmarks.opinions --write-requests OUT [--sample 2]
    python -m benchmarks.opinions --replay OUT [--sample 2] [--causes]

The tickets are our own (`tests/unit/escalation/own_set`) that end with what solved them: what is sent stops before the first
note that tells it. The memory of the shop that they are of, an SQLite database, holds all own tickets that are not asked
about and the simulator's past; what it shows as alike is sent as for a handoff. Nobody is asked: the first command writes
the product's requests, the second checks the answers that lie beside them as `KEY.answer.json` (`benchmarks/model_reader.py`
tells their form) and puts what is left into the package. What was tried is what the local reader finds.

Whether a cause is right is for a reader to say: with `--causes` each is printed beside what solved the ticket.
OUT/verdicts.txt then holds a line for each, the ticket's id and `right`, `partly`, `wrong` or `seen` (who answered knew how
it ended); the figures are made of these. OUT must lie outside of this project.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from escalation.evidence import Evidence
from escalation.memory.assess import outcome
from escalation.model_reading import assessing
from escalation.model_reading.answer import UnusableAnswer
from escalation.model_reading.opinion import check
from escalation.model_reading.request import Request
from escalation.package.build import build
from escalation.package.contents import Package
from escalation.package.contradicted import ruled_out_in, tried_in
from escalation.package.lesson import Lesson, lesson_of
from escalation.package.second_opinion import asked_about, with_opinion
from escalation.package.threads import evidence_from_thread
from escalation.redaction.redact import redact_evidence
from models.account import accounts
from models.account.encryption import Cipher
from models.database.schema import migrate
from models.database.sessions import Database
from models.memory import resolved
from psa.simulator.msp.history import PAST
from tests.unit.escalation import own_set
from worker.handoff.memory import asked
from worker.model_reading.model import NotAnswered, fresh_request
from worker.model_reading.recordings import InsideTheProgram, Player, folder, write_request

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FILES = ("second.txt", "third.txt", "fourth.txt", "fifth.txt", "sixth.txt", "seventh.txt")
MOST = 34
"""Tickets of a sample. Those with a resolution note come first, the others in an order that does not depend on their texts."""
BOUNDS = (0, 50, 60, 70, 80, 90, 101)


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket as it was left, and what was written from the solution on."""

    name: str
    evidence: Evidence
    solution: str


def cases(sample: int) -> list[Case]:
    """Return one sample of the tickets whose end tells what solved them."""
    ended = [(ticket, begins) for name in FILES for ticket in own_set.tickets(name) if (begins := _solution(ticket)) >= 1]

    def order(pair: tuple[own_set.Ticket, int]) -> tuple[bool, bytes]:
        noted = any(note["kind"] == "resolution" for note in _notes(pair[0]))
        return not noted, hashlib.sha256(pair[0].id.encode()).digest()

    made = []
    for ticket, begins in sorted(ended, key=order)[(sample - 1) * MOST : sample * MOST]:
        left = {**ticket.record["ticket"], "notes": _notes(ticket)[:begins]}
        solution = "\n".join(note["text"] for note in _notes(ticket)[begins:])
        made.append(Case(ticket.id, _evidence({"id": ticket.id, "ticket": left}), solution))
    return made


def _notes(ticket: own_set.Ticket) -> list[dict[str, Any]]:
    notes: list[dict[str, Any]] = ticket.record["ticket"]["notes"]
    return notes


def _solution(ticket: own_set.Ticket) -> int:
    """Return the first note that tells a step that worked or is a resolution; -1 without one."""
    worked = [label.note for label in ticket.labels if label.what == "worked"]
    noted = [place for place, note in enumerate(_notes(ticket)) if note["kind"] == "resolution"]
    return min([*worked, *noted], default=-1)


def _evidence(record: dict[str, Any]) -> Evidence:
    evidence = evidence_from_thread(record)
    number = int(hashlib.sha256(record["id"].encode()).hexdigest()[:6], 16)
    return redact_evidence(replace(evidence, ticket=replace(evidence.ticket, id=number)))


def lessons(asked: Sequence[Case]) -> list[Lesson]:
    """Return what the shop remembers: own tickets that are not asked about, to their ends, and the simulator's past."""
    made, open_yet = [], {case.name for case in asked}
    for name in FILES:
        for ticket in own_set.tickets(name):
            if ticket.id in open_yet:
                continue
            evidence = _evidence(ticket.record)
            closed = replace(evidence.ticket, closed=True, closed_at=NOW - timedelta(days=30))
            made.append(lesson_of(replace(evidence, ticket=closed)))
    for number, past in enumerate(PAST, 1):
        told = (past.tried, past.action)
        made.append(Lesson(
            number, past.summary, past.summary, tuple((text, "unknown") for text in told if text), past.solution,
            "resolution note 1", (), past.domain, None, past.company, past.senior, NOW - timedelta(days=past.days),
        ))  # fmt: skip
    return [lesson for lesson in made if lesson is not None]


@contextmanager
def memory(asked: Sequence[Case]) -> Iterator[tuple[Session, int]]:
    """Open a database of one account that remembers the lessons."""
    with tempfile.TemporaryDirectory(prefix="opinions-") as place:
        migrate(url := f"sqlite:///{place}/memory.db")
        database = Database(url)
        with database.system() as system:
            account = accounts.add_account(
                system, Cipher(["k" * 40]), name="shop", site="s", company="c", public_key="p", private_key="q", client_id="i",
                now=NOW,
            )  # fmt: skip
        with database.account(account) as session:
            resolved.remember(session, account, lessons(asked), now=NOW)
        with database.account(account, reading=True) as session:
            yield session, account
        database.dispose()


def package_of(case: Case, session: Session, account: int) -> Package:
    """Return the package as the first brief shows it."""
    at = case.evidence.read_at
    bare = build(case.evidence, episode=1, escalated_at=at, escalated_by=None, as_of=at)
    return asked(session, account, bare, now=NOW)


def request_of(case: Case, package: Package) -> Request | None:
    """Return what the product would send."""
    places = asked_about(case.evidence, package.solved)
    return fresh_request(case.evidence.ticket.summary, places, make=assessing.request_for)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write-requests", type=Path, metavar="OUT", help="write the requests there and stop")
    what.add_argument("--replay", type=Path, metavar="OUT", help="check the answers that lie there")
    parser.add_argument("--sample", type=int, choices=(1, 2), default=1, help="of two, without a ticket in common")
    parser.add_argument("--causes", action="store_true", help="each ticket with what was said and what solved it")
    options = parser.parse_args()
    chosen = cases(options.sample)
    with memory(chosen) as (session, account):
        packages = [(case, package_of(case, session, account)) for case in chosen]
    if options.write_requests:
        try:
            place = folder(options.write_requests)
        except InsideTheProgram as error:
            sys.exit(str(error))
        requests = [(case, request) for case, package in packages if (request := request_of(case, package))]
        for case, request in requests:
            write_request(place, request, name=case.name)
        print(f"{len(requests)} requests in {place}")
        return
    replay(packages, options.replay, causes=options.causes)


def replay(packages: list[tuple[Case, Package]], place: Path, *, causes: bool) -> None:
    """Print what came of each answer, and of all of them."""
    player, verdicts = Player(place), read_verdicts(place / "verdicts.txt")
    ends: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    compared: Counter[tuple[str, str]] = Counter()
    sure: list[tuple[float, str]] = []
    steps = local = 0
    for case, package in packages:
        request = request_of(case, package)
        try:
            answer = player.ask(request) if request else None
        except NotAnswered:
            answer = None
        if request is None or answer is None:
            ends["no answer"] += 1
            continue
        local += bool(package.ai_assessment_data.likely_cause)
        try:
            checked = check(
                answer.text, request.covered, tried=tried_in(package), ruled_out=ruled_out_in(package), made_by=answer.model
            )
        except UnusableAnswer as error:
            ends[f"of no use: {error}"] += 1
            continue
        dropped.update(checked.dropped)
        said = f"{case.name}: earlier tickets {len(package.solved)}, dropped {checked.dropped or 'nothing'}"
        verdict = verdicts.get(case.name, "not judged")
        if checked.opinion is None:
            ends["abstained" if not checked.dropped else "nothing left"] += 1
            told = "nothing"
        else:
            given = with_opinion(package, case.evidence, checked.opinion).ai_assessment_data
            assert given.likely_cause is not None
            steps += len(given.suggested_steps)
            ends[verdict] += 1
            sure.append((given.confidence or 0.0, verdict))
            compared[verdict, outcome([given.likely_cause, *given.suggested_steps], case.solution)] += 1
            told = "\n  ".join([f"{given.confidence:.0%} {given.likely_cause}", *given.suggested_steps])
            if given.against:
                said += f", against it {[quote.text for quote in given.against]}"
        if causes:
            print(f"{said}\n  {told}\n  -> {' '.join(case.solution.split())}\n")
    print(f"{len(packages)} tickets: " + ", ".join(f"{name} {count}" for name, count in ends.most_common()))
    print(f"a local assessment: {local}; steps suggested: {steps}; dropped: {dict(dropped) or 'nothing'}")
    for low, high in pairwise(BOUNDS):
        here = [verdict for confidence, verdict in sure if low <= round(100 * confidence) < high]
        if here:
            print(f"  stated {low} to {high - 1}%: {', '.join(f'{name} {n}' for name, n in Counter(here).most_common())}")
    for (verdict, came), count in sorted(compared.items()):
        print(f"  read as {verdict}, by the comparison as the ticket closes {came}: {count}")


def read_verdicts(path: Path) -> dict[str, str]:
    """Return each ticket's verdict; none where the file is not there."""
    rows = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return dict(row.split(maxsplit=1) for row in rows if row.strip())


if __name__ == "__main__":
    main()
