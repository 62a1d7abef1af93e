"""The short form of `make storm` for every run: a few storms, weak ones, on one database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.storm.every import STORMS
from tests.storm.rig import Rig, rig
from tests.storm.storms import Force, run

SHORT = (
    "processes: random kill -9",
    "callbacks: 30% dropped, 50% repeated, shuffled",
    "broker: frozen",
    "clock: back an hour, no callbacks, no mail",
    "database: locked",
    "psa: as before, and notes show late",
    "mail: no answer after DATA",
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig(tmp_path_factory.mktemp("storm"), seed=7) as started:
        yield started


@pytest.mark.parametrize("name", SHORT)
def test_nothing_is_lost_and_nothing_comes_twice(running: Rig, name: str) -> None:
    (storm,) = [one for one in STORMS if one.name == name]
    found = run(running, storm, Force(escalations=5, seconds=2.5))
    assert found.good, found.why


def test_every_storm_has_a_name_of_its_own() -> None:
    assert len({one.name for one in STORMS}) == len(STORMS)
