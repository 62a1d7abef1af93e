"""The short form of the strangers at our doors, on one database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile import doors
from tests.hostile.row import Row
from tests.storm.rig import Rig, rig

OPERATIONS = 6


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig(tmp_path_factory.mktemp("doors"), seed=3) as started:
        yield started


def _good(rows: list[Row], tried: int) -> None:
    assert sum(row.tried for row in rows) == tried
    assert [row for row in rows if row.wrong] == []


def test_no_forged_callback_is_accepted(running: Rig) -> None:
    _good(doors.forged(running, 3, 60), 60)


def test_no_account_reaches_another(running: Rig) -> None:
    _good(doors.crossing(running, 3, 100), 100)


def test_no_scanner_changes_anything(running: Rig) -> None:
    _good(doors.opened(running, 3, 44), 44)


def test_whatever_the_api_is_asked_it_answers_in_order(running: Rig) -> None:
    _good(doors.fuzzed(running, 3, 40), 40 * OPERATIONS)
