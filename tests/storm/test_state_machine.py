"""Any order of deliveries, crashes, time, edits in the PSA and sweeps: healed, there is exactly one internal brief each.

The use cases run on SQLite with two accounts, each with a PSA in memory, whose tickets have the same numbers, and a clock
that only moves when told to, back too. A crash is an exception raised at a named point or around a call to a PSA, after
which nothing more of that task happens, as with kill -9.
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

from models.account import accounts
from models.database.clock import CommonClock
from models.database.sessions import Database
from psa.port import Ambiguous, PsaError, Throttled, Unavailable
from tests.databases import compiling_once
from tests.fakes import ESCALATED, NEW, FakeClock, FakePsa
from tests.integration.worker.conftest import Shop
from worker.account.onboarding import account_named, connect
from worker.handoff import notify, publish, refresh, triage
from worker.process import crash
from worker.response import observe, settle
from worker.upkeep import poller, sweeper

TICKETS = (5001, 5002)
WHOSE = st.sampled_from((0, 1))
CALLS = ("ticket", "notes", "own_notes", "post_internal_note", "edit_note")
POINTS = [p for p in crash.POINTS if not p.startswith("settle.owner")]
FAILURES = (Unavailable("GET: no answer"), Throttled("GET: 429", status=429), Ambiguous("POST: time-out"))
MODULES = (triage, publish, refresh, notify, observe, settle)


class Killed(BaseException):
    """The process is gone: nothing catches this but the machine."""


class Second(Shop):
    """Another account in the first one's shop, with a PSA of its own."""

    def __init__(self, first: Shop) -> None:
        self.clock, self.bell, self.mailer = first.clock, first.bell, first.mailer
        self.database, self.services = first.database, first.services
        self.psa = FakePsa(FakeClock())
        psas = {"northgate": first.psa, "lakeside": self.psa}
        self.services._psa_maker = lambda keys, *_: psas[keys.company]
        self.services._clients.clear()
        with self.database.system() as system:
            self.account_id = accounts.add_account(
                system, self.services.cipher, name="lakeside", site="eu.myconnectwise.net", company="lakeside",
                public_key="r", private_key="s", client_id="c", now=self.clock(), board_names=["Help Desk"],
                escalate_status_names=["Escalated"], claim_status_names=["Assigned to Engineer"], engineers=["msvensson"],
            )  # fmt: skip
        connect(self.services, account_named(self.services, "lakeside"))
        self.psa.calls.clear()


NAMES = ("northgate", "lakeside")


class Handoffs(RuleBasedStateMachine):
    """Two accounts with the same two tickets."""

    template = b""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        place = Path(self._folder.name)
        (place / "machine.db").write_bytes(self.template)
        self.database = compiling_once(Database(f"sqlite:///{place / 'machine.db'}"))
        self.shop = Shop(self.database, place)
        self.shop.psa.clock = FakeClock()  # nobody sets the PSA's
        self.shops = (self.shop, Second(self.shop))
        self.escalated: set[tuple[int, int]] = set()
        self._counter = 0.0
        self.database.clock = CommonClock(lambda: self._counter)
        self._pass(0)
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

    def _pass(self, seconds: float) -> None:
        """Let time pass on every clock."""
        self._counter += seconds
        for clock in (self.shop.clock, *(shop.psa.clock for shop in self.shops)):
            clock.advance(seconds)
        self.database.clock.hear(self.shop.clock(), asked=self._counter, answered=self._counter)

    @initialize()
    def tickets(self) -> None:
        for shop, name in zip(self.shops, NAMES, strict=True):
            for ticket in TICKETS:
                shop.psa.add(ticket, NEW, summary=f"VPN of {name} drops")
                shop.psa.note(ticket, f"Rebooted the router of {name}, no change.")

    @rule(whose=WHOSE, ticket=st.sampled_from(TICKETS))
    def escalate(self, whose: int, ticket: int) -> None:
        self._pass(1)
        if (whose, ticket) not in self.escalated:
            self.shops[whose].psa.change(ticket, status_id=ESCALATED, status="Escalated")
            self.escalated.add((whose, ticket))

    @rule(whose=WHOSE, ticket=st.sampled_from(TICKETS), times=st.integers(1, 3))
    def deliver_callbacks(self, whose: int, ticket: int, times: int) -> None:
        shop = self.shops[whose]
        for _ in range(times):
            self._run("triage", account_id=shop.account_id, inbox_id=shop.ring_in(ticket))

    @rule(whose=WHOSE, ticket=st.sampled_from(TICKETS))
    def work_on(self, whose: int, ticket: int) -> None:
        self._pass(1)
        psa = self.shops[whose].psa
        psa.note(ticket, f"Swapped the cable of {NAMES[whose]} at {psa.clock():%H:%M:%S}, no change.")
        psa.change(ticket)

    @rule(seconds=st.sampled_from((0.5, 3, 16, 61, 120, 600)))
    def let_time_pass(self, seconds: float) -> None:
        self._pass(seconds)

    @rule(seconds=st.sampled_from((-3600, -90, 90, 3600)))
    def set_the_clock(self, seconds: float) -> None:
        """Ours is set; the PSA's goes on."""
        self.shop.clock.advance(seconds)
        self.database.clock.hear(self.shop.clock(), asked=self._counter, answered=self._counter)

    @rule(point=st.sampled_from(POINTS))
    def arm_a_crash(self, point: str) -> None:
        self._dies_at = point

    @rule(whose=WHOSE, call=st.sampled_from(CALLS), after=st.booleans(), error=st.sampled_from((*FAILURES, None)))
    def spoil_a_call(self, whose: int, call: str, after: bool, error: PsaError | None) -> None:
        """The next such call fails before or after it took effect, or the process dies there (None)."""
        writes = call in ("post_internal_note", "edit_note")
        if isinstance(error, Ambiguous) and not writes:
            error = FAILURES[0]
        if after and writes and error is not None:
            error = FAILURES[2]  # applied, so all that can be known is that nothing is known
        psa = self.shops[whose].psa
        hooks = psa.after if after and writes else psa.before

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
        self._killable(lambda: sweeper.sweep(self.shop.services))

    @rule(whose=WHOSE)
    def poll(self, whose: int) -> None:
        self._run("poll", account_id=self.shops[whose].account_id)

    @precondition(lambda self: len(self.escalated) > len(TICKETS))
    @rule()
    def heal_and_audit(self) -> None:
        self.heal()

    @invariant()
    def nothing_is_visible_and_nothing_is_in_a_ticket_nobody_escalated(self) -> None:
        for whose, shop in enumerate(self.shops):
            for ticket, notes in shop.psa.posted.items():
                assert all(note.internal for note in notes)
                assert (whose, ticket) in self.escalated or not notes
                assert not [note for note in notes if NAMES[1 - whose] in note.text], "another account's words"

    def heal(self) -> None:
        """Let the sweeper and the poller work until nothing is due, and audit."""
        self._dies_at = ""
        for shop in self.shops:
            shop.psa.before.clear()
            shop.psa.after.clear()
        for _ in range(12):
            self._pass(100)
            sweeper.sweep(self.shop.services)
            for shop in self.shops:
                self._run("poll", account_id=shop.account_id)
            while self.shop.bell.rung:
                name, ids = self.shop.bell.rung.pop(0)
                self._run(name, **ids)
        markers = set()
        for whose, ticket in self.escalated:
            shop = self.shops[whose]
            rows = shop.handoffs(ticket)
            assert [h.episode for h in rows] == [1]
            assert rows[0].brief_state == "posted", (rows[0].last_error, rows[0].park_reason)
            (note,) = shop.psa.posted.get(ticket, [])
            assert note.internal
            assert f"[ref: {rows[0].marker}]" in note.text
            assert rows[0].escalation_package_external_id == note.id
            markers.add(rows[0].marker)
        assert len(markers) == len(self.escalated), "a marker is one account's, one ticket's"
        for shop in self.shops:
            removed = shop.psa.calls.count("delete_note")
            counted = sum(h.extra_notes_removed for ticket in TICKETS for h in shop.handoffs(ticket))
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
            self._audit_mails()
        finally:
            self._patch.undo()
            self.database.dispose()
            self._folder.cleanup()


    def _audit_mails(self) -> None:
        """A repeat has the same Message-ID; each message is one account's, and speaks of no other."""
        to_each: dict[tuple[str, str, int], set[str]] = {}
        for message in self.shop.mailer.sent:
            text = message.as_string()
            (whose,) = [n for n, name in enumerate(NAMES) if f"of {name}" in text or f"<{name}" in text]
            if "taken" not in str(message["Subject"]).lower():
                key = (str(message["To"]), str(message["Subject"]), whose)
                to_each.setdefault(key, set()).add(str(message["Message-ID"]))
        assert all(len(ids) == 1 for ids in to_each.values()), "a repeat has the same Message-ID"


_SIMPLE: dict[str, Any] = {
    "refresh": refresh.refresh, "deliver": notify.deliver, "observe": observe.observe, "settle": settle.settle,
    "poll": poller.poll,
}  # fmt: skip


ORDERS = int(os.environ.get("RF_STATES", "10"))


@pytest.mark.storm
@pytest.mark.timeout(120 + ORDERS * 4)
def test_exactly_one_brief_whatever_happens_in_whatever_order(sqlite_template: bytes) -> None:
    Handoffs.template = sqlite_template
    run_state_machine_as_test(
        Handoffs,
        settings=settings(
            max_examples=ORDERS,
            stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True,
        ),
    )  # fmt: skip
