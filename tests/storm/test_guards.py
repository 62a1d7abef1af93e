"""Each guard that `make guards` takes away still stands where its row says, and the tests it names exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.storm.guards import GUARDS, Guard

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_stands_where_its_row_says(guard: Guard) -> None:
    assert (ROOT / guard.file).read_text().count(guard.guard) == 1
    for test in guard.tests:
        assert test in ("-k", "sqlite", "slow_transaction") or (ROOT / test).exists(), test
