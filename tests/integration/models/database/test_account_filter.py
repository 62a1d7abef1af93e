"""Whatever names a row by account and id finds nothing of another account: each such function, in each state.

PostgreSQL's row-level security would hide a missing filter, so this runs on SQLite, where the filter stands alone.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from escalation.lifecycle import Response
from escalation.runbook.contents import Runbook as Contents
from escalation.runbook.contents import Step
from escalation.sessions.steps import NewStep
from models.account import accounts, people
from models.account.accounts import MemberRow
from models.database.sessions import Database
from models.figures import reports
from models.handoff import briefs, claims, deliveries, endings, handoffs, readings, resolution_notes
from models.memory import runbooks
from models.sessions import recorded
from models.tables import (
    AiSession,
    AiSessionStep,
    Canary,
    Delivery,
    Handoff,
    Inbox,
    ModelCall,
    Report,
    Resolution,
    ResolutionNote,
    Runbook,
    RunbookUse,
    RunbookVersion,
    Snapshot,
    Transition,
    Wish,
)
from models.tables.columns import Row
from models.work import canaries, inbox, visible_notes, wishes
from tests.integration.models.places import NOW, account, handoff

ROWS: tuple[type[Row], ...] = (
    Canary, Handoff, ModelCall, Inbox, Delivery, Transition, Snapshot, Wish, AiSession, AiSessionStep,
    ResolutionNote, Resolution, Runbook, RunbookVersion, RunbookUse, Report,
)  # fmt: skip
VALUES: dict[str, Any] = {
    "board": "Help Desk",
    "status": "Escalated",
    "now": NOW + timedelta(hours=2), "lease_s": 60.0, "holder": "h", "fence": 1, "reason": "r", "why": "w", "actor": "a",
    "draft": "d", "draft_hash": "x", "marker": "RF-1", "escalation_package": {}, "schema_version": 1, "note_id": 5,
    "note_hash": "x", "next_attempt_at": NOW, "due_at": NOW, "at": NOW, "until": NOW, "member_id": 11, "outcome": "o",
    "happened_at": NOW, "claimed_at": NOW, "taken_until": NOW, "taken_as": "open", "removed": 1,
    "found": [{"kind": "x"}], "values": {}, "answer": {"step": 1},
    "read_back": {}, "first_action": {}, "acted_at": NOW, "deed": {}, "kind": "refresh",
    "next_at": NOW, "before": Response.OPEN, "after": Response.CLAIMED, "but": 11,
    "nonce": "n", "failure": "f", "request_key": "k", "provider": "p", "model": "m", "tokens_in": 1, "tokens_out": 1,
    "cost": None, "status_id": 5, "steps": [NewStep("x")], "member": "bob", "key": "k", "ticket": {},
    "form": "internal", "text": "t", "posted_at": NOW, "version": 1, "by": "b", "fix": "do it", "offers": [],
}  # fmt: skip
KEYS = {
    "handoff_id": "handoff", "inbox_id": "inbox", "delivery_id": "delivery", "canary_id": "canary", "call_id": "call",
    "wish_id": "wish", "session_id": "session", "resolution_id": "note", "runbook_id": "book", "report_id": "report",
    "job_id": "job",
}  # fmt: skip
MODULES = (
    handoffs, briefs, claims, inbox, deliveries, canaries, readings, wishes, resolution_notes, endings, runbooks,
    recorded, reports, visible_notes,
)  # fmt: skip
STATES = ("pending", "posting", "posted", "claimed")


def _functions() -> Iterator[Any]:
    """Find them; what stores new rows is stopped by a composite foreign key instead, which `test_isolation` tries."""
    for module in MODULES:
        for name, function in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(function) or function.__module__ != module.__name__:
                continue
            names = list(inspect.signature(function).parameters)
            named = names[:2] == ["session", "account_id"] and names[2:3] and names[2] in KEYS
            if named and not {"evidence", "request_key", "form", "columns"} & set(names):
                yield pytest.param(function, id=f"{module.__name__.rpartition('.')[2]}.{name}")


Filled = tuple[Database, int, dict[str, dict[str, int]]]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, sqlite_template: bytes) -> Iterator[Filled]:
    """Give two accounts; the second one has a row of each kind in each state."""
    file = tmp_path_factory.mktemp("filter") / "two.db"
    file.write_bytes(sqlite_template)
    database = Database(f"sqlite:///{file}")
    mine, other = account(database), account(database, "contoso")
    found = {}
    for number, state in enumerate(STATES):
        it = handoff(database, other, ticket_id=5000 + number)
        with database.account(other) as session:
            accounts.import_members(session, other, [MemberRow(11, "bob", "Bob", "b@msp.example")], engineers=["bob"])
            row = handoffs.get(session, other, it)
            assert row is not None
            (delivery,) = deliveries.create(
                session, row, [people.member(session, other, 11)], now=NOW, message_domain="x.example",  # type: ignore[list-item]
            )  # fmt: skip
            box = inbox.store(session, account_id=other, dedupe_key=state, type="ticket", action="updated",
                              record_id=1, raw=b"{}", now=NOW)  # fmt: skip
            flying = Canary(account_id=other, nonce="n", sent_at=VALUES["now"], ticket_id=7, attempts=0)
            if state != "pending":
                flying.stored_at, flying.answered_at = NOW, NOW
            if state in ("posted", "claimed"):
                flying.arrived_at, flying.next_attempt_at = NOW, NOW
            call = ModelCall(account_id=other, handoff_id=it, request_key="k", provider="p", model="m", asked_at=NOW,
                             outcome="asked", tokens_in=1, tokens_out=1)  # fmt: skip
            wish = Wish(account_id=other, ticket_id=7000 + number, member_id=11, member="bob", asked_at=NOW, next_attempt_at=NOW)
            talk = AiSession(account_id=other, ticket_id=7000 + number, member_id=11, member="bob", client="c", started_at=NOW,
                             last_at=NOW, next_attempt_at=NOW)  # fmt: skip
            note = ResolutionNote(account_id=other, handoff_id=it, form="internal", text="t", member_id=11, member="bob",
                                  asked_at=NOW, next_attempt_at=NOW, attempts=1)  # fmt: skip
            session.add_all([flying, call, wish, talk, note])
            session.add(Resolution(account_id=other, handoff_id=it, at=NOW, domain="network", reach="l1",
                                   reach_word="cable", alike=[]))  # fmt: skip
            book, version = runbooks.save(session, other, Contents(f"book {number}", "always", (Step("do it"),)), by="b", now=NOW)
            runbooks.note_offered(session, other, it, [(book, version)], now=NOW)
            session.flush()
            recorded.add(session, other, talk.id, [NewStep("x")], member_id=11, member="bob", key="k", now=NOW)
            (report,) = reports.create(
                session, other, kind="weekly", period=state, recipients=[people.member(session, other, 11)],  # type: ignore[list-item]
                figures={}, measures_version=1, now=NOW, message_domain="x.example",
            )  # fmt: skip
            owed = visible_notes.owe(session, other, 7000 + number, 5, now=NOW, lease_s=1)
            assert owed is not None
            _bring(session, other, it, state)
        found[state] = {"handoff": it, "delivery": delivery, "inbox": box or 0, "canary": flying.id, "call": call.id,
                            "wish": wish.id, "session": talk.id, "note": note.id, "book": book,
                            "report": report, "job": owed.id}  # fmt: skip
    yield database, mine, found
    database.dispose()


def _bring(session: Session, other: int, it: int, state: str) -> None:
    session.execute(update(Handoff).where(Handoff.account_id == other, Handoff.id == it).values(observe_due_at=NOW))
    if state != "pending":
        briefs.lease(session, other, it, now=NOW + timedelta(hours=1), lease_s=1e5, holder="h")
    if state in ("posted", "claimed"):
        briefs.mark_posted(session, other, it, fence=1, note_id=7, note_hash="y", now=NOW)
        briefs.ask_refresh(session, other, it, due_at=NOW)
        readings.ask(session, other, it, due_at=NOW)
    if state == "claimed":
        claims.claim(session, other, it, member_id=11, now=NOW, kind="link")


def _arguments(function: Callable[..., Any]) -> dict[str, Any]:
    parameters = list(inspect.signature(function).parameters.values())[3:]
    needed = [p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    missing = [name for name in needed if name not in VALUES]
    assert not missing, f"say in VALUES what to call {function.__name__} with: {missing}"
    return {name: VALUES[name] for name in needed}


def _content(session: Session) -> list[Any]:
    return [[tuple(row) for row in session.execute(select(table.__table__).order_by(text("1, 2")))] for table in ROWS]


@pytest.mark.parametrize("function", list(_functions()))
def test_another_accounts_row_is_neither_found_nor_changed(
    filled: Filled, function: Callable[..., Any]
) -> None:
    database, mine, found = filled
    names = list(inspect.signature(function).parameters)
    arguments = _arguments(function)
    for state in STATES:
        with database.account(mine) as session:
            before = _content(session)
            assert not function(session, mine, found[state][KEYS[names[2]]], **arguments), f"found it while {state}"
            session.expire_all()
            assert _content(session) == before, f"changed it while {state}"
            session.rollback()


def test_the_functions_are_found() -> None:
    modules: set[ModuleType | None] = {inspect.getmodule(param.values[0]) for param in _functions()}
    assert modules == set(MODULES)
    assert len(list(_functions())) > 30
