"""The whole product that tests share, since it costs seconds to start: one for each kind of database.

Whoever uses one leaves it as it was found: no fault, nothing due. Its tests run in one process, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # imported where they are started: a test of one rule need not load the whole product
    from tests.journeys.journey import Journey
    from tests.storm.rig import Rig

_JOURNEYS = "tests/journeys"
SHARED = {
    "shared_rig": (
        f"{_JOURNEYS}/test_canary.py", f"{_JOURNEYS}/test_claims.py", f"{_JOURNEYS}/test_echoes.py",
        f"{_JOURNEYS}/test_failures.py", f"{_JOURNEYS}/test_handoff.py", f"{_JOURNEYS}/test_who_did_it.py",
        "tests/hostile/test_doors.py", "tests/storm/test_short.py",
    ),
}
"""Which files use which; their tests run in one process for each kind of database."""


@pytest.fixture
def journey(shared_rig: Rig) -> Iterator[Journey]:
    """Give a journey through the shared product, with tickets of its own; closed at the end, they are read no more."""
    from tests.journeys.journey import Journey

    made = Journey(shared_rig.stack)
    yield made
    for ticket in made.tickets:
        made.simulator.close(ticket, member="jlind")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Give a running product with a hand on every line; nobody but a test sends canaries or audits."""
    from tests.storm.rig import rig

    server = request.getfixturevalue("postgres_server") if request.param == "postgresql" else None
    environment = {
        "RESOLUTIONFLOW_CANARY": "3600", "RESOLUTIONFLOW_AUDIT": "3600",
        "RESOLUTIONFLOW_OBSERVE": "2", "RESOLUTIONFLOW_OBSERVE_OPEN": "4",
    }  # fmt: skip
    with rig(tmp_path_factory.mktemp("rig"), request.param, seed=7, postgres=server, environment=environment) as running:
        yield running
