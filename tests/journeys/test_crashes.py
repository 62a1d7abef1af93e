"""kill -9 at each named point: the escalation settles, with one internal brief and one mail for each engineer.

A mail whose sending was cut off may come twice, with the same Message-ID; that is what the last assertion allows.
The whole matrix of points and hits is `make crashes`; the suite kills once at each point of the posting.
"""

from __future__ import annotations

import email
import email.policy
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import deliveries
from tests.journeys.conftest import QUICK, Journey, is_internal
from worker import crash
from worker.stage import Stage

WHOLE = bool(os.environ.get("RF_ALL_CRASHES"))
SHORT = ("triage.decided", "publish.drafted", "publish.attempted", "publish.posted", "publish.recorded", "deliver.sent")
SETTLED_S = 60


@pytest.fixture(scope="module")
def crashing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Journey, Path]]:
    home = tmp_path_factory.mktemp("crashing")
    asked = home / "crash"
    environment = {**QUICK, "RESOLUTIONFLOW_CRASH_FILE": str(asked)}
    with Stage(home, environment=environment, supervised=True) as stage:
        yield Journey(stage), asked


def _message_ids(journey: Journey, ticket: int) -> list[str]:
    parsed = [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in journey.stage.mail]
    return [str(m["Message-ID"]) for m in parsed if str(ticket) in str(m["Subject"])]


@pytest.mark.parametrize("hit", [1, 2, 3] if WHOLE else [1])
@pytest.mark.parametrize("point", crash.POINTS if WHOLE else SHORT)
def test_a_crash_at_any_point_settles(crashing: tuple[Journey, Path], point: str, hit: int) -> None:
    journey, asked = crashing
    stage = journey.stage
    tickets = [journey.ticket(f"Line of business app is slow ({point}, hit {hit}, {n})") for n in range(hit)]
    starts = stage.part("worker").starts
    asked.write_text(f"{point} {hit}")
    for ticket in tickets:
        journey.escalate(ticket)
    if point.startswith("refresh"):
        for ticket in tickets:
            journey.wait_posted(ticket, SETTLED_S)
            journey.simulator.add_note(ticket, "Cleared the cache, no change.", member="jlind")
    journey.wait(lambda: not asked.exists(), f"nothing passed {point} {hit} times", SETTLED_S)
    journey.wait(lambda: stage.part("worker").starts > starts, "the worker was not started again", SETTLED_S)
    for ticket in tickets:
        journey.wait_posted(ticket, SETTLED_S)
        if point.startswith("refresh"):
            journey.wait(lambda t=ticket: "Cleared the cache" in journey.briefs(t)[0]["text"], "not edited", SETTLED_S)
        (note,) = journey.briefs(ticket)
        assert is_internal(note)
        (handoff,) = journey.handoffs(ticket)

        def told(handoff_id: int = handoff.id) -> bool:
            rows = stage.look(lambda s: deliveries.of_handoff(s, stage.account_id, handoff_id))
            return bool(rows) and all(r.status in ("sent", "suppressed") for r in rows)

        journey.wait(told, "somebody was not told", SETTLED_S)
        rows = stage.look(lambda s, h=handoff.id: deliveries.of_handoff(s, stage.account_id, h))
        sent = [r.message_id for r in rows if r.status == "sent"]
        assert set(_message_ids(journey, ticket)) == set(sent), "no message but the ones that have a row"
