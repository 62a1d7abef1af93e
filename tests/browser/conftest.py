"""Journeys in a real Chromium: run by `make test-browser` alone, since they need a browser and axe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.database.schema import migrate
from models.database.sessions import Database
from tests.browser.showroom import cookie, showroom
from tests.integration.webhooks.office import MARIA, Office
from tests.journeys.journey import QUICK, Journey
from worker.demo.chromium import Chromium
from worker.demo.stack import Stack

AXE = Path("var/axe/package/axe.min.js")
PICTURES = Path("var/pictures/pages")
LOADED = "document.readyState === 'complete' && Boolean(window.htmx)"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave them out unless they are asked for by name."""
    asked = any("tests/browser" in str(argument) for argument in config.invocation_params.args)
    return None if asked or collection_path.name in ("conftest.py", "browser") else True


class Room:
    """A furnished account that is served, and browsers in front of it."""

    def __init__(self, office: Office, origin: str) -> None:
        self.office, self.origin = office, origin
        self.first = office.handoff_id + 1
        """The VPN's handoff."""

    def sign_in(self, browser: Chromium, member_id: int = MARIA) -> None:
        browser.keep_cookie(self.origin, "resolutionflow", cookie(self.office, member_id))

    def open(
        self, browser: Chromium, path: str = "/escalations", member_id: int = MARIA, *, until: str = "#cards, .handoff, .none"
    ) -> None:
        """Open a page as a member who is signed in outside the PSA, and wait until it is there."""
        self.sign_in(browser, member_id)
        browser.open(f"{self.origin}{path}")
        browser.wait(f"location.href.startsWith('{self.origin}') && document.querySelector('{until}') && {LOADED}")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    url = f"sqlite:///{tmp_path}/pages.db"
    migrate(url)
    database = Database(url)
    with showroom(database, tmp_path) as (office, origin):
        yield Room(office, origin)
    database.dispose()


@pytest.fixture
def browser() -> Iterator[Chromium]:
    with Chromium() as found:
        found.size(1280, 900)
        yield found


@pytest.fixture
def other() -> Iterator[Chromium]:
    with Chromium() as found:
        found.size(1280, 900)
        yield found


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Give the whole product: web, streams, worker, broker, simulated ConnectWise; what dies is started again."""
    with Stack(tmp_path_factory.mktemp("browser"), environment=QUICK, supervised=True, longest_wait_s=2) as running:
        yield running


@pytest.fixture
def journey(product: Stack) -> Iterator[Journey]:
    made = Journey(product)
    yield made
    for ticket in made.tickets:
        made.simulator.close(ticket, member="jlind")
