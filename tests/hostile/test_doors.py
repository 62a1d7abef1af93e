"""The short form of the strangers at our doors, on one database."""

from __future__ import annotations

import re

import pytest

from tests.hostile import doors
from tests.hostile.every_route import WINGS
from tests.hostile.row import Row
from tests.storm.rig import Rig

OPERATIONS = 28
pytestmark = [pytest.mark.storm, pytest.mark.parametrize("rig_database", ["sqlite"], indirect=True, scope="session")]


def _good(rows: list[Row], tried: int) -> None:
    assert sum(row.tried for row in rows) == tried
    assert [row for row in rows if row.wrong] == []


def test_no_forged_callback_is_accepted(shared_rig: Rig) -> None:
    _good(doors.forged(shared_rig, 3, 60), 60)


def test_no_account_reaches_another(shared_rig: Rig) -> None:
    _good(doors.crossing(shared_rig, 3, 100), 100)


def test_no_route_of_the_web_shows_or_changes_what_is_anothers(shared_rig: Rig) -> None:
    found = doors.every_route(shared_rig, 3, 100)
    assert [row for row in found if row.wrong] == []
    assert {row.what.removeprefix("every route: ") for row in found} == WINGS


def test_no_command_for_one_account_shows_or_changes_what_is_anothers(shared_rig: Rig) -> None:
    found = doors.commanded(shared_rig, 3, 0, whole=False)
    assert [row for row in found if row.wrong] == []
    assert len(found) > 20


def test_no_scanner_changes_anything(shared_rig: Rig) -> None:
    _good(doors.opened(shared_rig, 3, 44), 44)


def test_whatever_the_api_is_asked_it_answers_in_order(shared_rig: Rig) -> None:
    found = doors.fuzzed(shared_rig, 3, 20)
    _good(found, 20 * OPERATIONS)
    done = [row.what for row in found if re.search(r"× 2\d\d\b", row.note)]
    assert len(done) > OPERATIONS / 2, f"only refusals elsewhere: {done}"
