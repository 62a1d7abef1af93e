"""The measurements of the reading: quotes of labelled threads are literal where threads are at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from benchmarks import reading, threads


def test_the_benchmark_of_time_builds_what_it_says() -> None:
    assert len(reading.evidence_of(30).notes) == 30
    assert reading.milliseconds(reading.evidence_of(10), 1) > 0


def test_quotes_of_the_labelled_threads_are_literal() -> None:
    directory = os.environ.get("RF_THREADS")
    if not directory:
        pytest.skip("RF_THREADS names no directory of labelled threads")
    gold = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted(Path(directory).glob("*.json"))}
    predicted = {name: threads.package_of(record) for name, record in gold.items()}
    assert threads.unsourced(gold, predicted) == 0
