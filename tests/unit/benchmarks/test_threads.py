"""The measurement on labelled threads: what is set aside stays aside, and quotes are literal where threads are at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from benchmarks import reading, threads


def test_twelve_are_set_aside_by_id_alone() -> None:
    named = [line for line in threads.SET_ASIDE.read_text().splitlines() if not line.startswith("#")]
    assert len(named) == len(set(named)) == 12
    gold = {name: {"id": name} for name in [*named, "t-other"]}
    assert set(threads.chosen(gold, set_aside=False)) == {"t-other"}
    assert set(threads.chosen(gold, set_aside=True)) == set(named)


def test_the_benchmark_of_time_builds_what_it_says() -> None:
    assert len(reading.evidence_of(30).notes) == 30
    assert reading.milliseconds(reading.evidence_of(10), 1) > 0


def test_quotes_of_the_labelled_threads_are_literal() -> None:
    directory = os.environ.get("RF_THREADS")
    if not directory:
        pytest.skip("RF_THREADS names no directory of labelled threads")
    gold = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted(Path(directory).glob("*.json"))}
    looked_at = threads.chosen(gold, set_aside=False)
    predicted = {name: threads.package_of(record) for name, record in looked_at.items()}
    assert threads.unsourced(looked_at, predicted) == 0
