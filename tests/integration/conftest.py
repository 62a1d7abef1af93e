"""A simulated ConnectWise over real HTTP, as new for each test that asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from psa.simulator.remote import Remote
from psa.simulator.server import Simulator


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def remote(simulator: Simulator) -> Remote:
    simulator.reset()
    return Remote(simulator.url)
