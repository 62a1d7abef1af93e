"""The newest output that names a fault is where to start, unless somebody surely did something after it."""

from __future__ import annotations

import pytest

from escalation.package.contents import SURE, Step
from escalation.package.highlights import _pointer
from escalation.package.records import records_of
from tests.unit.escalation.tickets import evidence_of

ROW = 'vpntunnel="RIVER" status="negotiate_error" reason="peer SA proposal not match local policy"'


@pytest.mark.parametrize(("sure", "stands"), [(SURE - 0.01, True), (SURE, False), (1.0, False)])
def test_only_what_was_surely_done_afterwards_takes_its_place(sure: float, stands: bool) -> None:
    records = records_of(evidence_of(f"from FW-RIVER:\n{ROW}\n{ROW}", "Rang Ella, they power cycled it."))
    later = Step("power cycled it", "they power cycled it", 1, "partial", "tech", "n2", result_stated=False, sure=sure)
    found = _pointer(records, [later])
    assert (found is not None and "negotiate_error" in found.text) == stands
