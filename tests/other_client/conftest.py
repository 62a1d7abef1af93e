"""The product on each database, and the TypeScript SDK's client in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import APP, PostgresServer
from tests.journeys.journey import QUICK, Journey
from worker.demo.stack import Stack


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave them out unless they are asked for by name."""
    asked = any("tests/other_client" in str(argument) for argument in config.invocation_params.args)
    return None if asked or collection_path.name in ("conftest.py", "other_client") else True


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Give the whole product on one kind of database."""
    url = ""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.url(server.fresh_database(), APP)
    with Stack(tmp_path_factory.mktemp("product"), database_url=url, environment=QUICK) as running:
        yield running


@pytest.fixture
def journey(product: Stack) -> Iterator[Journey]:
    made = Journey(product)
    yield made
    for ticket in made.tickets:
        made.simulator.close(ticket, member="jlind")
