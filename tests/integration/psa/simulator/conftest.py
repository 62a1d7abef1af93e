"""A simulated ConnectWise, as new for each test, and who calls it and is called by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from psa.simulator.remote import Remote
from tests.integration.psa.simulator.simulator_api import Api, Receiver


@pytest.fixture
def api(remote: Remote) -> Api:
    return Api(remote)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.stop()
