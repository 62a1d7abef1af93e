"""On a full disk nothing can be stored, alerts included; so the dead-man's switch must not hear that all is well."""

from __future__ import annotations

import dataclasses
import sqlite3

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from models.database.sessions import Database
from tests.integration.worker.conftest import Shop
from worker.upkeep import auditor, sweeper


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_while_an_alert_cannot_be_stored_the_switch_is_not_asked(
    shop: Shop, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(auditor, "_ping", asked.append)
    shop.services.settings = dataclasses.replace(shop.services.settings, dead_man_url="http://switch.example/")
    sweeper.sweep(shop.services)
    shop.escalated()
    full = _filled(database)
    shop.clock.advance(600)
    with pytest.raises(OperationalError, match="full"):
        _until_full(shop)
    assert asked == []
    event.remove(database.engine, "connect", full)
    database.dispose()
    assert auditor.audit(shop.services), "it stands still, and now that is told"


def _until_full(shop: Shop) -> None:
    """Store callbacks, and audit, until the last page is full."""
    for _ in range(200):
        auditor.audit(shop.services)
        shop.ring_in()
    raise AssertionError("there is room without end")


def _filled(database: Database) -> object:
    def no_page_more(connection: sqlite3.Connection, _: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(database.engine, "connect", no_page_more)
    database.dispose()
    return no_page_more
