"""Steps are appended, corrected and counted; a year after the last one the whole session goes."""

from __future__ import annotations

from datetime import timedelta

from escalation.sessions.steps import NewStep
from models.database.sessions import Database
from models.sessions import recorded
from models.work import retention
from models.work.retention import Keep
from tests.integration.models.places import NOW, account


def opened(database: Database, account_id: int, key: str | None = None) -> int | None:
    with database.account(account_id) as session:
        return recorded.open_one(
            session, account_id, 4711, member_id=11, member="bob", client="Claude", key=key, now=NOW
        )


def test_a_correction_counts_and_nothing_is_changed(database: Database) -> None:
    one = account(database)
    it = opened(database, one)
    assert it is not None
    with database.account(one) as session:

        def add(*steps: NewStep, key: str | None = None, corrects: int | None = None) -> list[int]:
            return recorded.add(session, one, it, steps, member_id=11, member="bob", key=key, now=NOW, corrects=corrects)

        assert add(NewStep("ping the gateway", state="pending"), NewStep("b"), key="x") == [1, 2]
        assert add(NewStep("pinged the gateway", outcome="failed"), corrects=1) == [3]
        assert add(NewStep("pinged it", outcome="worked"), corrects=3) == [4]
    with database.account(one, reading=True) as session:
        first, second = recorded.steps_of(session, one, it)
        assert (first.step.number, first.step.text, first.step.outcome, first.corrected) == (1, "pinged it", "worked", 2)
        assert second.step.text == "b"
        assert [row.text for row in recorded.rows_of(session, one, it)][:1] == ["ping the gateway"]
        assert [row.number for row in recorded.repeated(session, one, it, key="x")] == [1, 2]
        (whole,) = recorded.of_ticket(session, one, 4711)
        assert [current.step.number for current in whole.steps] == [1, 2]


def test_a_key_makes_one_session_and_no_other_members(database: Database) -> None:
    one = account(database)
    first = opened(database, one, "k")
    assert first is not None
    assert opened(database, one, "k") is None
    with database.account(one, reading=True) as session:
        found = recorded.made_by(session, one, member_id=11, key="k")
        assert found is not None
        assert found.id == first
        assert recorded.made_by(session, one, member_id=12, key="k") is None


def test_it_goes_a_year_after_the_last_step(database: Database) -> None:
    one = account(database)
    it = opened(database, one)
    assert it is not None
    later = NOW + timedelta(days=100)
    with database.account(one) as session:
        recorded.add(session, one, it, [NewStep("a")], member_id=11, member="bob", key=None, now=later)
    assert retention.clear(database, one, now=later + timedelta(days=364), keep=Keep()) == {}
    assert retention.clear(database, one, now=later + timedelta(days=366), keep=Keep()) == {"ai_session": 1}
    with database.account(one, reading=True) as session:
        assert recorded.rows_of(session, one, it) == []
