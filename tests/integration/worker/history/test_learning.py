"""What is remembered in bulk leaves SQLite to others: while terms are worked out, and between one batch and the next."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalation.evidence import Evidence, Note, Person, Roster
from escalation.memory.rank import Terms
from escalation.package.lesson import Lesson
from models.database import sessions
from models.database.sessions import Database
from models.memory import resolved
from models.tables import ResolvedTicket
from models.work import jobs
from tests.fakes import T0
from tests.integration.models.memory.test_resolved import lessons
from tests.integration.worker.conftest import Shop
from worker.history import learning
from worker.history.reading import Progress
from worker.history.reads import ReadOnly


class Others:
    """Other processes of a shop on SQLite: they write while terms are worked out, and are told of pauses."""

    def __init__(self, shop: Shop, url: str) -> None:
        self.shop, self.database = shop, Database(url)
        self.wrote = 0
        self.waited: list[float] = []

    def write(self) -> None:
        with self.database.system() as system:
            jobs.beat(system, "elsewhere", T0)
        self.wrote += 1

    def learn(self, count: int) -> int:
        """Remember so many tickets that have closed."""
        shop = self.shop
        tickets = [shop.psa.add(n, closed=True, closed_at=T0) for n in range(count)]
        told = (Note(1, "The tunnel drops every 8 hours.", Person("jlind"), T0, "discussion", is_description=True),)
        return learning.learn(
            shop.services, ReadOnly(shop.psa), shop.account_id, tickets, Roster(),
            read={ticket.id: Evidence(ticket, read_at=T0, notes=told) for ticket in tickets},
            progress=Progress(out=io.StringIO()),
        )  # fmt: skip


@pytest.fixture
def others(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Others]:
    monkeypatch.setattr(sessions, "BUSY_TIMEOUT_S", 0.05)
    database = Database(sqlite_url)
    made = Others(Shop(database, tmp_path), sqlite_url)
    terms = Lesson.terms

    def meanwhile(lesson: Lesson) -> Terms:
        made.write()
        return terms(lesson)

    monkeypatch.setattr(Lesson, "terms", meanwhile)
    monkeypatch.setattr(learning, "BATCH", 4)
    monkeypatch.setattr("time.sleep", made.waited.append)
    yield made
    made.database.dispose()
    database.dispose()


def test_others_write_while_terms_are_worked_out_and_after_each_batch(others: Others) -> None:
    assert others.learn(5) == 5
    assert others.wrote == 5
    assert others.waited == [learning.PAUSE_S] * 2


def test_others_write_while_what_was_stored_before_symptoms_is_indexed_anew(others: Others) -> None:
    shop, every = others.shop, lessons(5)
    with shop.database.account(shop.account_id) as session:
        resolved.remember(session, shop.account_id, every, now=T0, terms_of={e.ticket_id: Terms(("vpn",)) for e in every})
        for row in session.query(ResolvedTicket):
            row.terms = row.terms.rsplit("\n", 1)[0]
    assert others.learn(0) == 0
    assert others.wrote == len(every)
    assert others.waited == [learning.PAUSE_S] * 2
    with shop.database.account(shop.account_id) as session:
        assert not resolved.early(session, shop.account_id, most=1)
