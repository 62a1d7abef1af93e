"""The simulator's made-up past: the same for a seed, and its truth agrees with what it wrote down."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from psa.simulator.past import FORMER_NAME, SHARES
from psa.simulator.remote import Remote
from psa.simulator.server import Simulator

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_recorded_escalation_stands_in_its_trail_under_the_name_of_its_day(seed: int) -> None:
    simulator = Simulator(seed=seed, now=NOW, history_days=90, history_escalations=60)
    world = simulator.office().world
    named = Counter()  # type: Counter[str]
    for row in world.history:
        texts = [t["text"] for t in world.trail["Ticket", row["ticket"]] if t["enteredDate"] == row["at"]]
        name = next((n for n in ("Escalated", FORMER_NAME) if any(n in text for text in texts)), None)
        assert (name is not None) == row["recorded"], row
        named[name or "lost"] += 1
    assert all(named[name] > 5 for name in ("Escalated", FORMER_NAME))
    assert {row["way"] for row in world.history} == {way for way, _ in SHARES} | {"written", "bulk"}
    simulator.stop()


def test_a_seed_makes_one_past_and_the_control_endpoint_tells_its_truth() -> None:
    with Simulator(now=NOW, history_days=30, history_escalations=10) as one:
        told = Remote(one.url).history()
    other = Simulator(now=NOW, history_days=30, history_escalations=10)
    assert told == other.office().world.history
    assert all(row["at"] < row["claimed_at"] < row["acted_at"] for row in told if row.get("acted_at"))
    none = Simulator(now=NOW)
    assert none.office().world.history == []
    assert len(none.office().world.tables["tickets"]) < len(other.office().world.tables["tickets"])


@pytest.mark.parametrize("today", range(7))
def test_a_past_of_two_days_is_made_on_every_day_of_the_week(today: int) -> None:
    simulator = Simulator(now=NOW + timedelta(days=today), history_days=2, history_escalations=3)
    assert {row["way"] for row in simulator.office().world.history} - {"written", "bulk"}
    simulator.stop()
