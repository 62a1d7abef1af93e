"""Any order of deliveries, crashes, time, edits in the PSA and sweeps: healed, there is exactly one internal brief each.

The use cases run on SQLite with a PSA in memory and a clock that only moves when told to. A crash is an exception
raised at a named point or around a call to the PSA, after which nothing more of that task happens, as with kill -9.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from models.base import Database
from psa.port import Ambiguous, PsaError, Throttled, Unavailable
from tests.fakes import ESCALATED, NEW
from tests.integration.worker.conftest import Shop
from worker import crash, notify, observe, patrol, publish, refresh, settle, triage

TICKETS = (5001, 5002)
POINTS = [p for p in crash.POINTS if not p.startswith("settle.owner")]
FAILURES = (Unavailable("GET: no answer"), Throttled("GET: 429", status=429), Ambiguous("POST: time-out"))
MODULES = (triage, publish, refresh, notify, observe, settle)


class Killed(BaseException):
    """The process is gone: nothing catches this but the machine."""


class Handoffs(RuleBasedStateMachine):
    """One account, two tickets."""

    template = b""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        place = Path(self._folder.name)
        (place / "machine.db").write_bytes(self.template)
        self.database = Database(f"sqlite:///{place / 'machine.db'}")
        self.shop = Shop(self.database, place)
        self.escalated: set[int] = set()
        self._dies_at = ""
        self._patch = pytest.MonkeyPatch()
        for module in MODULES:
            self._patch.setattr(module.crash, "point", self._point)
        # Each sweep may ring for everything: the machine's clock is not the one that limits it.
        self._patch.setattr(self.shop.services, "not_rung_lately", lambda *_: True)

    def _point(self, name: str) -> None:
        if name == self._dies_at:
            self._dies_at = ""
            raise Killed(name)

    @initialize()
    def tickets(self) -> None:
        for ticket in TICKETS:
            self.shop.psa.add(ticket, NEW)
            self.shop.psa.note(ticket, "Rebooted, no change.")

    @rule(ticket=st.sampled_from(TICKETS))
    def escalate(self, ticket: int) -> None:
        self.shop.clock.advance(1)
        if ticket not in self.escalated:
            self.shop.psa.change(ticket, status_id=ESCALATED, status="Escalated")
            self.escalated.add(ticket)

    @rule(ticket=st.sampled_from(TICKETS), times=st.integers(1, 3))
    def deliver_callbacks(self, ticket: int, times: int) -> None:
        for _ in range(times):
            self._run("triage", account_id=self.shop.account_id, inbox_id=self.shop.ring_in(ticket))

    @rule(ticket=st.sampled_from(TICKETS))
    def work_on(self, ticket: int) -> None:
        self.shop.clock.advance(1)
        self.shop.psa.note(ticket, f"Swapped the cable at {self.shop.clock():%H:%M:%S}, no change.")
        self.shop.psa.change(ticket)

    @rule(seconds=st.sampled_from((0.5, 3, 16, 61, 120, 600)))
    def let_time_pass(self, seconds: float) -> None:
        self.shop.clock.advance(seconds)

    @rule(point=st.sampled_from(POINTS))
    def arm_a_crash(self, point: str) -> None:
        self._dies_at = point

    @rule(call=st.sampled_from(("ticket", "notes", "own_notes", "post_internal_note", "edit_note")), after=st.booleans(),
          error=st.sampled_from((*FAILURES, None)))  # fmt: skip
    def spoil_a_call(self, call: str, after: bool, error: PsaError | None) -> None:
        """The next such call fails before or after it took effect, or the process dies there (None)."""
        writes = call in ("post_internal_note", "edit_note")
        if isinstance(error, Ambiguous) and not writes:
            error = FAILURES[0]
        if after and writes and error is not None:
            error = FAILURES[2]  # applied, so all that can be known is that nothing is known
        hooks = self.shop.psa.after if after and writes else self.shop.psa.before

        def spoil() -> None:
            hooks.pop(call, None)
            raise error if error is not None else Killed(call)

        hooks[call] = spoil

    @rule()
    def ring(self) -> None:
        """Answer one of the bells."""
        if self.shop.bell.rung:
            name, ids = self.shop.bell.rung.pop(0)
            self._run(name, **ids)

    @rule()
    def lose_all_bells(self) -> None:
        self.shop.bell.rung.clear()

    @rule()
    def sweep(self) -> None:
        self._killable(lambda: patrol.sweep(self.shop.services))

    @rule()
    def poll(self) -> None:
        self._run("poll", account_id=self.shop.account_id)

    @precondition(lambda self: len(self.escalated) == len(TICKETS))
    @rule()
    def heal_and_audit(self) -> None:
        self.heal()

    @invariant()
    def nothing_is_visible_and_nothing_is_in_a_ticket_nobody_escalated(self) -> None:
        for ticket, notes in self.shop.psa.posted.items():
            assert all(note.internal for note in notes)
            assert ticket in self.escalated or not notes

    def heal(self) -> None:
        """Let the sweeper and the poller work until nothing is due, and audit."""
        self._dies_at = ""
        self.shop.psa.before.clear()
        self.shop.psa.after.clear()
        for _ in range(12):
            self.shop.clock.advance(100)
            self._run("poll", account_id=self.shop.account_id)
            patrol.sweep(self.shop.services)
            while self.shop.bell.rung:
                name, ids = self.shop.bell.rung.pop(0)
                self._run(name, **ids)
        for ticket in self.escalated:
            rows = self.shop.handoffs(ticket)
            assert [h.episode for h in rows] == [1]
            assert rows[0].brief_state == "posted", (rows[0].last_error, rows[0].park_reason)
            (note,) = self.shop.psa.posted.get(ticket, [])
            assert note.internal
            assert f"[ref: {rows[0].marker}]" in note.text
            assert rows[0].escalation_package_external_id == note.id
        removed = self.shop.psa.calls.count("delete_note")
        counted = sum(h.extra_notes_removed for ticket in TICKETS for h in self.shop.handoffs(ticket))
        assert removed == counted, "each extra is counted"

    def _run(self, name: str, **ids: int) -> None:
        """Do what the task of that name does, with its bells."""
        services = self.shop.services
        account_id = ids.get("account_id", 0)

        def task() -> None:
            if name == "triage":
                for it in triage.triage(services, **ids):  # type: ignore[arg-type]
                    services.bell.ring("publish", account_id=account_id, handoff_id=it)
            elif name == "publish":
                if publish.publish(services, **ids):  # type: ignore[arg-type]
                    services.bell.ring("notify", **ids)
            elif name == "notify":
                for it in notify.notify(services, **ids):  # type: ignore[arg-type]
                    services.bell.ring("deliver", account_id=account_id, delivery_id=it)
            elif name in _SIMPLE:
                _SIMPLE[name](services, **ids)

        self._killable(task)

    def _killable(self, task: Any) -> None:
        try:
            task()
        except Killed:
            self.shop.bell.rung.clear()  # what this process had not sent is gone with it

    def teardown(self) -> None:
        try:
            self.heal()
            to_each: dict[tuple[str, str], set[str]] = {}
            for message in self.shop.mailer.sent:
                if "taken" not in str(message["Subject"]).lower():
                    to_each.setdefault((str(message["To"]), str(message["Subject"])), set()).add(str(message["Message-ID"]))
            assert all(len(ids) == 1 for ids in to_each.values()), "a repeat has the same Message-ID"
        finally:
            self._patch.undo()
            self.database.dispose()
            self._folder.cleanup()


_SIMPLE: dict[str, Any] = {
    "refresh": refresh.refresh, "deliver": notify.deliver, "observe": observe.observe, "settle": settle.settle,
    "poll": patrol.poll,
}  # fmt: skip


def test_exactly_one_brief_whatever_happens_in_whatever_order(sqlite_template: bytes) -> None:
    Handoffs.template = sqlite_template
    run_state_machine_as_test(
        Handoffs,
        settings=settings(
            max_examples=int(os.environ.get("RF_STATES", "20")),
            stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True,
        ),
    )  # fmt: skip
