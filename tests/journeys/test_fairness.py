"""One account in trouble leaves another's times about as they were, and no pause that ConnectWise asks for is broken.

Bounds are many times what `python -m tests.storm.fairness` and `politeness` measure on a quiet machine: here other tests
run on the same processors. Without turns between accounts one of them waits for time-outs, two hundred times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import PostgresServer
from tests.storm.fairness import USUAL, flood, hang, measure, silent_server
from tests.storm.politeness import manners
from tests.storm.rig import Rig, rig

pytestmark = pytest.mark.storm

TIMES_AS_LONG = 20
RETRY_AFTER_S = 2
HEARD_S = 0.5
"""A call that had its place before the refusal may leave this much later: other tests run on the same processors."""
SAMPLES = 3
LIMITS = {"RESOLUTIONFLOW_CALLS_PER_SECOND": "20", "RESOLUTIONFLOW_BURST": "60"}
"""So that the account that is measured need not wait for calls of its own."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    home: Path = tmp_path_factory.mktemp("fair")
    server: PostgresServer | None = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
    with rig(home, request.param, postgres=server, environment=USUAL | LIMITS) as started:
        yield started


@pytest.fixture(scope="module")
def alone_s(running: Rig) -> float:
    """Give the usual time from status change to note."""
    times = measure(running, running.msps[1], SAMPLES, gap_s=0.1)
    assert not times.missing
    return times.median


def test_a_flood_leaves_the_others_alone_and_keeps_each_pause(running: Rig, alone_s: float) -> None:
    busy, other = running.msps
    busy.simulator.settings(rate_limit=5, rate_burst=5, rate_retry_after=RETRY_AFTER_S)
    flood(running, busy, 40)
    times = measure(running, other, SAMPLES, gap_s=0.4)
    assert not times.missing
    assert times.median < TIMES_AS_LONG * alone_s
    found = manners(running.stack.simulator.requests(), busy.name, RETRY_AFTER_S, HEARD_S)
    assert found.refused, "nothing was tried"
    assert found.early == 0
    busy.simulator.settings(rate_limit=None)


def test_more_hanging_accounts_than_threads_leave_the_others_alone(running: Rig, alone_s: float) -> None:
    with silent_server() as site:
        hang(running, site, running.stack.services.settings.threads + 4, 2)
        times = measure(running, running.msps[1], SAMPLES, gap_s=0.4)
    assert not times.missing
    assert times.median < TIMES_AS_LONG * alone_s
