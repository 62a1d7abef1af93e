"""Steps are appended, corrected and counted; a year after the last one the whole session goes."""

from __future__ import annotations

from datetime import timedelta

from escalation.sessions.steps import NewStep
from models.database.sessions import Database
from models.sessions import recorded
from models.work import retention
from models.work.retention import Keep
from tests.integration.models.places import NOW, account, recorded_rows


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
        row = recorded.get(session, one, it)
        assert row is not None
        first, second = recorded.steps_of(session, row).steps
        assert (first.step.number, first.step.text, first.step.outcome, first.corrected) == (1, "pinged it", "worked", 2)
        assert second.step.text == "b"
        assert [row.text for row in recorded_rows(session, one, it)][:1] == ["ping the gateway"]
        assert [row.number for row in recorded.repeated(session, one, it, key="x")] == [1, 2]
        (whole,) = recorded.of_ticket(session, one, 4711)
        assert [current.step.number for current in whole.steps] == [1, 2]


def test_of_a_long_session_some_are_told_and_all_are_counted(database: Database) -> None:
    one = account(database)
    it, other = opened(database, one), opened(database, one)
    assert it is not None
    assert other is not None
    with database.account(one) as session:

        def add(*steps: NewStep, to: int = it, corrects: int | None = None) -> None:
            recorded.add(session, one, to, steps, member_id=11, member="bob", key=None, now=NOW, corrects=corrects)

        add(*(NewStep(f"step {n}", state="pending" if n % 3 == 0 else "done") for n in range(1, 31)))
        add(NewStep("step 3", outcome="failed"), corrects=3)  # now the oldest but two that is done
        add(NewStep("step 3, told again", outcome="worked"), corrects=31)
        add(NewStep("step 30", state="dropped"), corrects=30)
        add(NewStep("elsewhere"), to=other)
    with database.account(one, reading=True) as session:
        row = recorded.get(session, one, it)
        assert row is not None
        whole, some = recorded.steps_of(session, row), recorded.steps_of(session, row, newest=4)
        assert (whole.done, whole.pending, whole.dropped, whole.older) == (21, 8, 1, 0)
        assert (some.done, some.pending, some.dropped, some.older) == (21, 8, 1, 21)
        assert [held.step.number for held in some.steps] == [6, 9, 12, 15, 25, 26, 28, 29, 30]
        assert [held for held in whole.steps if held in some.steps] == list(some.steps), "as they stand"
        told = recorded.step_of(session, row, 3)
        assert told is not None
        assert (told.step.text, told.step.state, told.corrected) == ("step 3, told again", "done", 2)
        assert [recorded.step_of(session, row, number) for number in (31, 32, 99)] == [None] * 3
        both = recorded.of_ticket(session, one, 4711, newest=1)
        assert [[held.step.text for held in found.steps] for found in both] == [["step 6", "step 29", "step 30"], ["elsewhere"]]


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
        assert recorded_rows(session, one, it) == []
