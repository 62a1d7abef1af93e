"""The short form of `make storm`, for `make storm-short`: a few storms, weak ones, on one database."""

from __future__ import annotations

import pytest

from tests.storm.every import STORMS
from tests.storm.rig import Rig
from tests.storm.storms import Force, run

SHORT = (
    "processes: random kill -9",
    "callbacks: 30% dropped, 50% repeated, shuffled",
    "broker: frozen",
    "clock: back an hour, no callbacks, no mail",
    "database: locked",
    "psa: as before, and notes show late",
    "mail: no answer after DATA",
    "backup: made and put back while escalations go on",
)


@pytest.mark.storm
@pytest.mark.parametrize("rig_database", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("name", SHORT)
def test_nothing_is_lost_and_nothing_comes_twice(shared_rig: Rig, name: str) -> None:
    (storm,) = [one for one in STORMS if one.name == name]
    found = run(shared_rig, storm, Force(escalations=5, seconds=2.5))
    assert found.good, found.why


def test_every_storm_has_a_name_of_its_own() -> None:
    assert len({one.name for one in STORMS}) == len(STORMS)
