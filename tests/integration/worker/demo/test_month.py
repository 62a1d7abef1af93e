"""The made-up month of the demo: its figures are those it was made with, and no worker touches it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event

from models.figures.scoring import scorecard_of
from tests.integration.worker.conftest import Shop
from worker.demo import month as demo_month
from worker.demo.stack import Stack
from worker.settings import Settings
from worker.upkeep import sweeper


def test_its_figures_hold_the_saving_it_was_made_with_and_nothing_in_it_is_due(shop: Shop) -> None:
    month = demo_month.make(shop.services, like=shop.account_id)
    with shop.database.account(month.account_id, reading=True) as session:
        card = scorecard_of(session, month.account_id, as_of=shop.clock())
    saved = card.baselines["stopwatch"].saving["business"]
    assert saved.status == "measured"
    assert saved.ci95 is not None
    assert saved.ci95[0] < month.saving_min < saved.ci95[1]
    assert card.counts.escalated > 40
    pilot = card.kill_switch["stopwatch"]
    assert pilot.hours_per_week is not None
    assert pilot.hours_per_week > 1.0
    assert pilot.weeks < 5, "escalations all along since connecting"
    for clock in card.clocks.values():
        assert clock["calendar"].mean == pytest.approx(clock["business"].mean, abs=0.1), "nobody begins at night"
    assert card.counts.returned > 0
    assert card.baselines["stopwatch"].arithmetic
    sweeper.sweep(shop.services)
    mine = [(task, ids) for task, ids in shop.bell.rung if ids.get("account_id") == month.account_id]
    assert [task for task, _ in mine] in ([], ["plan_week"])


def test_others_write_while_it_is_stored(shop: Shop) -> None:
    commits = []
    event.listen(shop.database.engine, "commit", lambda _: commits.append(1))
    demo_month.make(shop.services, like=shop.account_id)
    assert len(commits) >= demo_month.ESCALATIONS / demo_month.AT_A_TIME


def test_a_demo_beside_a_real_installation_calls_and_tells_nobody_of_it(tmp_path: Path) -> None:
    real = {
        "DEAD_MAN_URL": "https://watch.example/x", "OPERATOR_EMAIL": "ops@northgate.example", "METRICS_TOKEN": "t" * 20,
        "TRUSTED_PROXIES": "10.0.0.5", "CANARY_URL": "https://handoff.example", "AI_PROVIDER": "anthropic",
        "DATABASE_URL_FILE": "/run/secrets/database", "DEAD_MAN_URL_FILE": "/run/secrets/watch",
    }  # fmt: skip
    stack = Stack(tmp_path)
    stack.web_url = "http://127.0.0.1:9"
    own = stack._environment("smtp://127.0.0.1:25")
    assert Settings.read({**real, **own}) == Settings.read(own), "what its parts read is what it has itself read"
