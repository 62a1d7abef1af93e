"""The short form of the strangers at our doors, on one database."""

from __future__ import annotations

import pytest

from tests.hostile import doors
from tests.hostile.row import Row
from tests.storm.rig import Rig

OPERATIONS = 22
pytestmark = pytest.mark.parametrize("shared_rig", ["sqlite"], indirect=True, scope="session")


def _good(rows: list[Row], tried: int) -> None:
    assert sum(row.tried for row in rows) == tried
    assert [row for row in rows if row.wrong] == []


def test_no_forged_callback_is_accepted(shared_rig: Rig) -> None:
    _good(doors.forged(shared_rig, 3, 60), 60)


def test_no_account_reaches_another(shared_rig: Rig) -> None:
    _good(doors.crossing(shared_rig, 3, 100), 100)


def test_no_scanner_changes_anything(shared_rig: Rig) -> None:
    _good(doors.opened(shared_rig, 3, 44), 44)


def test_whatever_the_api_is_asked_it_answers_in_order(shared_rig: Rig) -> None:
    _good(doors.fuzzed(shared_rig, 3, 40), 40 * OPERATIONS)
