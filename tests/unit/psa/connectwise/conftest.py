"""ConnectWise's answers by hand, and the adapter that gets them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from psa.connectwise.client import ConnectWise
from tests.unit.psa.connectwise.captured import KEYS


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def cw() -> ConnectWise:
    return ConnectWise(KEYS, api_member="rfapi")
