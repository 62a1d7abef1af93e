"""A short form of `python -m benchmarks.contested`: each contested claim has one winner, and everybody reads who."""

from __future__ import annotations

import pytest

from benchmarks import contested


@pytest.mark.storm
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_one_winner_each(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    good = contested.run(25, database, webs=2, seed=7)
    told = capsys.readouterr().out
    assert good, told
    assert "{1: 25}; told wrongly: 0" in told
