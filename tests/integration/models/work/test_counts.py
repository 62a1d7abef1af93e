"""What is counted as due is what the sweeper rings for: else a machine that watches it cries for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from models.account import accounts
from models.database.sessions import Database
from models.handoff import briefs, claims, readings
from models.tables import Handoff
from models.work import counts
from models.work.due import Due
from tests.integration.models.places import NOW, account, handoff, later

KINDS: dict[str, tuple[str, Callable[..., Due]]] = {
    "brief": ("next_attempt_at", briefs.due_briefs),
    "refresh": ("refresh_due_at", briefs.due_refreshes),
    "settlement": ("settle_due_at", claims.due_settlements),
    "observation": ("observe_due_at", claims.due_observations),
    "notes": ("notes_due_at", claims.due_notes),
    "reading": ("read_due_at", readings.due),
}
RESTING: dict[str, dict[str, Any]] = {
    "none": {"frozen_at": None}, "frozen": {"frozen_at": NOW, "frozen_reason": "x"}, "suspended": {"suspended_at": NOW},
}  # fmt: skip


def test_what_nobody_rings_for_is_not_due(database: Database) -> None:
    for name, columns in RESTING.items():
        one = account(database, name)
        with database.account(one) as session:
            accounts.set_account(session, one, **columns)
        for number, state in enumerate(("pending", "posted", "withheld", "parked")):
            it = handoff(database, one, ticket_id=4711 + number)
            due = dict.fromkeys((column for column, _ in KINDS.values()), NOW)
            with database.account(one) as session:
                session.execute(update(Handoff).where(Handoff.id == it).values(brief_state=state, **due))
    with database.system(reading=True) as system:
        counted = counts.count(system, now=later(60)).due
        rung = {kind: len(ring(system, now=later(60), limit=1000)) for kind, (_, ring) in KINDS.items()}
    assert {kind: counted[kind] for kind in KINDS} == {kind: (number, NOW) for kind, number in rung.items()}
    assert rung["refresh"] == 2, "of those that are posted, where nothing is frozen"
