"""Whole products that tests share, since each costs seconds to start: one of a kind for each kind of database.

Whoever uses one leaves it as it was found: no fault, nothing due. Its tests run in one process, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # imported where they are started: a test of one rule need not load the whole product
    from tests.journeys.journey import Journey
    from tests.storm.rig import Rig
    from worker.demo.stack import Stack

_JOURNEYS = "tests/journeys"
SHARED = {
    "stack": (
        f"{_JOURNEYS}/test_assistant.py", f"{_JOURNEYS}/test_claims.py", f"{_JOURNEYS}/test_echoes.py",
        f"{_JOURNEYS}/test_failures.py", f"{_JOURNEYS}/test_handoff.py", f"{_JOURNEYS}/test_who_did_it.py",
    ),
    "shared_rig": (f"{_JOURNEYS}/test_canary.py", "tests/hostile/test_doors.py", "tests/storm/test_short.py"),
}
"""Which files use which; their tests run in one process for each kind of database."""


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Give a running product, for journeys."""
    from tests.databases import APP
    from tests.journeys.journey import QUICK
    from worker.demo.stack import Stack

    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        url = server.url(server.fresh_database(), APP)
    with Stack(tmp_path_factory.mktemp("stack"), database_url=url, environment=QUICK, supervised=True) as running:
        yield running


@pytest.fixture
def journey(stack: Stack) -> Iterator[Journey]:
    """Give a journey through the shared product, with tickets of its own; closed at the end, they are read no more."""
    from tests.journeys.journey import Journey

    made = Journey(stack)
    yield made
    for ticket in made.tickets:
        made.simulator.close(ticket, member="jlind")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Give a running product with a hand on every line; nobody but a test sends canaries or audits."""
    from tests.storm.rig import rig

    server = request.getfixturevalue("postgres_server") if request.param == "postgresql" else None
    environment = {"RESOLUTIONFLOW_CANARY": "3600", "RESOLUTIONFLOW_AUDIT": "3600"}
    with rig(tmp_path_factory.mktemp("rig"), request.param, seed=7, postgres=server, environment=environment) as running:
        yield running
