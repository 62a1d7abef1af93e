"""The local reader where it is made: once, by whoever reads first, and without its encoder where that cannot be loaded."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from escalation.reading import encoder
from escalation.reading.weights import Learned, learned
from tests.integration.worker.conftest import Shop
from worker import wiring


@pytest.fixture(autouse=True)
def _as_in_a_new_process() -> Iterator[None]:
    wiring._whole_reader.cache_clear()
    yield
    wiring._whole_reader.cache_clear()


def test_threads_that_begin_together_load_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[Learned] = []

    def load() -> Learned:
        time.sleep(0.05)
        loaded.append(replace(learned()))
        return loaded[-1]

    monkeypatch.setattr(encoder, "learned_with_encoder", load)
    got: list[Learned | None] = []
    threads = [threading.Thread(target=lambda: got.append(wiring.local_reader(True))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 16
    assert len(loaded) == 1
    assert all(one is loaded[0] for one in got)


@pytest.mark.parametrize("error", [ImportError("numpy"), FileNotFoundError("encoder.npz"), ValueError("format 2"), MemoryError()])
def test_a_brief_is_posted_by_words_alone_where_the_encoder_cannot_be_loaded(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def load() -> Learned:
        raise error

    monkeypatch.setattr(encoder, "learned_with_encoder", load)
    shop.services.settings = replace(shop.services.settings, encoder=True)
    handoff_id = shop.escalated()
    shop.publish(handoff_id)
    handoff = shop.handoffs()[0]
    assert handoff.brief_state == "posted"
    assert (handoff.escalation_package or {})["reader_version"] == learned().version


def test_who_reads_no_ticket_does_not_load_numpy() -> None:
    code = "import sys, webhooks.app, worker.tasks, psa.simulator.service; print('numpy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
