"""Beat pokes at even intervals whatever the machine's clock is set to."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from worker.process import beat_schedule
from worker.process.beat_schedule import BeatSchedule
from worker.process.bell import make
from worker.settings import Settings


class Counted(BeatSchedule):
    """Notes what it would send."""

    producer = None

    def __init__(self, app: Celery) -> None:
        self.sent: list[str] = []
        super().__init__(app)

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        self.sent.append(entry.name)


@pytest.fixture
def app(tmp_path: Path) -> Celery:
    return make(Settings.read({"RESOLUTIONFLOW_VAR": str(tmp_path)}))


def test_beat_is_ours(app: Celery) -> None:
    assert app.conf.beat_scheduler == f"{BeatSchedule.__module__}:{BeatSchedule.__name__}"


def test_it_pokes_by_the_counter_alone(app: Celery, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = [1000.0]
    monkeypatch.setattr(beat_schedule, "counted", lambda: counter[0])
    beat = Counted(app)
    assert beat.tick() == 3.0
    assert sorted(beat.sent) == ["audit", "sweep"]
    for wrong in (-3600.0, 3600.0):
        beat.sent.clear()
        right = time.time()
        monkeypatch.setattr(time, "time", lambda right=right, wrong=wrong: right + wrong)
        assert beat.tick() > 0
        assert beat.sent == []
        counter[0] += 3.0
        beat.tick()
        assert beat.sent == ["sweep"]
        monkeypatch.undo()
        monkeypatch.setattr(beat_schedule, "counted", lambda: counter[0])


def test_after_a_long_sleep_it_pokes_once(app: Celery, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = [0.0]
    monkeypatch.setattr(beat_schedule, "counted", lambda: counter[0])
    beat = Counted(app)
    beat.tick()
    counter[0] = 3600.0
    beat.sent.clear()
    beat.tick()
    beat.tick()
    assert sorted(beat.sent) == ["audit", "sweep"]
