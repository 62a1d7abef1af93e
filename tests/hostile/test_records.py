"""One odd record among good ones: a case for each endpoint, on the database that takes fewer values.

All, on both: `python -m tests.hostile.records`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from models.database.sessions import Database
from psa.simulator.remote import Remote
from psa.simulator.server import Simulator
from tests.hostile.odd_answers import OddAnswers
from tests.hostile.odd_values import ROWS
from tests.hostile.records import Shop, cases, run, table

pytestmark = pytest.mark.storm

ONE_EACH = 1_000_000


def test_one_odd_record_stops_nothing_else(postgres_database: Database, tmp_path: Path) -> None:
    wanted = cases(3, ONE_EACH)
    with Simulator() as simulator, OddAnswers(simulator.url) as proxy:
        shop = Shop(postgres_database, Remote(simulator.url), proxy, tmp_path)
        try:
            run(shop, wanted, together=len(wanted))
        finally:
            shop.services.close()
    assert len({case.place.endpoint for case in wanted}) == len(wanted) == len(ROWS)
    assert not any(case.faults for case in wanted), "\n".join(table(wanted))
