"""A furnished account with its pages, and who looks at them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.database.sessions import Database
from tests.browser.showroom import cookie, furnish, page_key
from tests.integration.webhooks.office import MARIA, Office, open_office


@dataclass
class Pages:
    """The pages of one account."""

    office: Office
    made: list[int]
    """The furnished handoffs, the VPN's first."""

    @property
    def key(self) -> str:
        return page_key(self.office)

    def get(self, path: str, member_id: int | None = MARIA, **headers: str) -> Any:
        """Ask as a page in the PSA does; nobody with None."""
        return self.ask("GET", path, member_id, headers)

    def post(self, path: str, member_id: int | None = MARIA, **form: str) -> Any:
        return self.ask("POST", path, member_id, {}, data=form)

    def ask(self, method: str, path: str, member_id: int | None, headers: dict[str, str], **given: Any) -> Any:
        sent = {"HX-Request": "true", **(self.office.token(member_id) if member_id else {}), **headers}
        return self.office.browser().open(path, method=method, headers=sent, **given)

    def in_window(self, path: str, member_id: int = MARIA) -> Any:
        """Open it in a browser outside the PSA that is signed in."""
        browser = self.office.browser()
        browser.set_cookie("resolutionflow", cookie(self.office, member_id), domain="localhost")
        return browser.get(path)


@pytest.fixture
def pages(database: Database, tmp_path: Path) -> Iterator[Pages]:
    office = open_office(database, tmp_path)
    yield Pages(office, furnish(office))
    office.app.extensions["resolutionflow"].dispose()
