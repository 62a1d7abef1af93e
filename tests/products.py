"""The whole product that tests share, since it costs seconds to start: one for each kind of database.

Whoever uses one leaves it as it was found: no fault, nothing due. Its tests run in one process, one after the other.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # imported where they are started: a test of one rule need not load the whole product
    from tests.journeys.journey import Journey
    from tests.storm.rig import Rig

_JOURNEYS = "tests/journeys"
SHARED = {
    "shared_rig": (
        f"{_JOURNEYS}/test_assistant.py", f"{_JOURNEYS}/test_canary.py", f"{_JOURNEYS}/test_claims.py",
        f"{_JOURNEYS}/test_echoes.py", f"{_JOURNEYS}/test_failures.py", f"{_JOURNEYS}/test_handoff.py",
        f"{_JOURNEYS}/test_who_did_it.py", "tests/hostile/test_doors.py", "tests/storm/test_short.py",
    ),
}
"""Which files use which; their tests run in one process for each kind of database."""
ENVIRONMENT = {
    "RESOLUTIONFLOW_CANARY": "3600",
    "RESOLUTIONFLOW_AUDIT": "3600",
    "RESOLUTIONFLOW_SWEEP": "0.8",
    "RESOLUTIONFLOW_OBSERVE": "2",
    "RESOLUTIONFLOW_OBSERVE_OPEN": "4",
}


@pytest.fixture
def journey(shared_rig: Rig) -> Iterator[Journey]:
    """Give a journey through the shared product, with tickets of its own; closed at the end, they are read no more."""
    from tests.journeys.journey import Journey

    made = Journey(shared_rig.stack)
    yield made
    for ticket in made.tickets:
        made.simulator.close(ticket, member="jlind")


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.storm)])
def rig_database(request: pytest.FixtureRequest) -> str:
    """Give the kind of database that the shared product runs on; PostgreSQL with the storms (`make storm-short`).

    What the two databases do differently is in the integration tests, which run on both in `make test`.
    """
    return str(request.param)


@pytest.fixture
def shared_rig(
    rig_database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Rig:
    """Give a running product with a hand on every line; nobody but a test sends canaries or audits."""
    from tests.storm.rig import rig

    if _running.get(rig_database) is None:
        stop_running()
        server = request.getfixturevalue("postgres_server") if rig_database == "postgresql" else None
        _running[rig_database] = _ends.enter_context(
            rig(tmp_path_factory.mktemp("rig"), rig_database, seed=7, postgres=server, environment=ENVIRONMENT)
        )
    return _running[rig_database]


_running: dict[str, Rig] = {}
_ends = contextlib.ExitStack()


def stop_running() -> None:
    """Stop the product, if one runs in this process."""
    _running.clear()
    _ends.close()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Stop the product after the last test that uses it: one that stands idle still sweeps and polls."""
    if "shared_rig" not in getattr(nextitem, "fixturenames", ()):
        stop_running()
