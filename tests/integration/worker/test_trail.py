"""The trail that every test here is followed by notices a point that is gone, whichever it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.database.sessions import Database
from tests.integration.worker.conftest import PSA_WRITES, Shop
from tests.trail import followed
from worker.process import crash


@pytest.mark.parametrize(
    ("gone", "noticed"),
    [
        ("triage.decided", "handoff.triage._decide commits handoff, inbox, transition, watch | publish begins"),
        ("publish.attempted", "handoff.publish._post commits handoff | handoff.publish._post post_internal_note"),
        ("publish.posted", "handoff.publish._post post_internal_note | handoff.publish._record commits handoff, transition"),
        ("deliver.recorded", "handoff.notify.deliver commits delivery | the end"),
    ],
)
def test_a_point_that_is_gone_is_noticed(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str, noticed: str
) -> None:
    shop = Shop(sqlite_database, tmp_path)
    shop.psa_members_with_mail()
    with followed(sqlite_database.engine, monkeypatch, (shop.psa, PSA_WRITES), (shop.mailer, ("send",))) as trail:
        whole = trail.point
        trail.point = lambda name: None if name == gone else whole(name)  # type: ignore[method-assign]
        monkeypatch.setattr(crash, "point", trail.point)
        handoff_id = shop.escalated()
        shop.publish(handoff_id)
        shop.tell(handoff_id)
    assert f"no crash point between: {noticed}" in trail.gaps
    assert all(noticed.partition(" ")[0] in gap for gap in trail.gaps)
