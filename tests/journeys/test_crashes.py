"""kill -9 and SIGSTOP at named points: every escalation settles, with one internal brief and one mail for each engineer.

A mail whose sending was cut off may come twice, with the same Message-ID. The suite ends the process once at each point
of the posting; all points, three passes each, on both databases are `make crashes`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.storm.crashes import Case, strike
from tests.storm.rig import Rig, rig

pytestmark = pytest.mark.storm

SHORT = [
    Case("triage.decided"),
    Case("publish.drafted"),
    Case("publish.attempted", 2),
    Case("publish.posted"),
    Case("publish.recorded"),
    Case("settle.owner_set"),
    Case("deliver.sent", 3),
    Case("publish.attempted", 1, "stop"),
]


@pytest.fixture(scope="module")
def crashing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    # Told soon without the note, since a process that dies before it tells is found by that wait.
    environment = {"RESOLUTIONFLOW_MAIL_BEFORE_NOTE": "6"}
    with rig(tmp_path_factory.mktemp("crashing"), environment=environment) as running:
        running.add_worker()
        yield running


@pytest.mark.parametrize("case", SHORT, ids=lambda case: case.name)
def test_a_crash_at_a_named_point_settles(crashing: Rig, case: Case) -> None:
    found = strike(crashing, case)
    assert found.good, found.why
