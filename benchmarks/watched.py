"""The product with tickets that are watched, for loads in which every callback is about one of them.

Web, worker, broker, beat and the simulated ConnectWise run as processes, with the settings a fresh installation has;
only while the tickets are escalated may ConnectWise be asked more often.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.callbacks import postgres_in
from models.account import accounts
from models.database.sessions import Database
from models.handoff.handoffs import Handoff
from models.work import jobs, ticket_watch
from models.work.inbox import Inbox
from psa.simulator.scenarios import ESCALATED, HELP_DESK
from tests.integration.receiver import signed
from worker.demo.stack import Stack, until

HURRY = {"RESOLUTIONFLOW_CALLS_PER_SECOND": "200", "RESOLUTIONFLOW_BURST": "400", "RESOLUTIONFLOW_IN_FLIGHT": "20"}


@dataclass
class Watched:
    """A running product with tickets in an escalation status."""

    stack: Stack
    url: str
    path: str
    account_id: int
    database: Database
    tickets: list[int]
    keys: dict[str, Any]
    records: dict[int, dict[str, Any]]

    def message(self, number: int, unique: str) -> tuple[bytes, dict[str, str]]:
        """Return a callback about one of the tickets in turn as ConnectWise sends it, and its headers."""
        ticket = self.tickets[number % len(self.tickets)]
        record = {**self.records[ticket], "padding": "x" * 2500}
        company, base, key = self.keys["company"], self.keys["base"], self.keys["key_id"]
        body = {
            "MessageId": unique, "FromUrl": "na.myconnectwise.net", "CompanyId": company, "MemberId": "jlind",
            "Action": "updated", "Type": "ticket", "ID": ticket, "Entity": json.dumps(record),
            "Metadata": {"key_url": f"{base}//system/callbackkey/index.rails?companyName={company}&id={key}"},
            "CallbackObjectRecId": 26604,
        }  # fmt: skip
        raw = json.dumps(body).encode()
        return raw, signed(raw, self.keys["signing_key"])

    def rows(self, *conditions: Any) -> int:
        """Return how many callbacks are stored."""
        with self.database.account(self.account_id, reading=True) as session:
            return session.scalar(select(func.count()).select_from(Inbox).where(*conditions)) or 0

    def commits_a_second(self, seconds: float = 2.0) -> float:
        """Return how many transactions of one row this machine commits now, in one thread: what to measure the rest by."""
        number, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            with self.database.system() as system:
                jobs.beat(system, "benchmark", datetime.now(UTC))
            number += 1
        return number / seconds

    def escalate_one(self, *, within_s: float) -> float:
        """Escalate another ticket; return the seconds until its brief stands in it."""
        simulator = self.stack.simulator
        ticket = simulator.add_ticket(summary="All phones are down", member="jlind", board=HELP_DESK)
        begun = time.monotonic()
        simulator.change_status(ticket, ESCALATED, member="jlind")
        while not any("[ref: RF-" in note["text"] for note in simulator.notes(ticket)):
            if time.monotonic() - begun > within_s:
                return float("inf")
            time.sleep(0.05)
        return time.monotonic() - begun

    def last_saves_read(self, *, within_s: float) -> float | None:
        """Save each ticket once more; return the seconds until the product has read them all, None if it does not."""
        saved = {
            ticket: str(self.stack.simulator.change(ticket, member="jlind", summary="Still does not send")
                        ["record"]["_info"]["lastUpdated"])
            for ticket in self.tickets
        }  # fmt: skip
        begun = time.monotonic()
        while time.monotonic() - begun < within_s:
            with self.database.account(self.account_id, reading=True) as session:
                seen = {ticket: ticket_watch.seen(session, self.account_id, ticket) for ticket in saved}
            if all(w and w.last_updated and w.last_updated >= datetime.fromisoformat(saved[t]) for t, w in seen.items()):
                return time.monotonic() - begun
            time.sleep(1)
        return None


@contextlib.contextmanager
def watched(kind: str, tickets: int) -> Iterator[Watched]:
    """Start the product, escalate so many tickets, and give it once their briefs are posted and all is quiet."""
    with contextlib.ExitStack() as exits:
        home = Path(exits.enter_context(tempfile.TemporaryDirectory()))
        url = postgres_in(exits, home) if kind == "postgres" else ""
        usual = {"RESOLUTIONFLOW_SWEEP": "3"}
        stack = exits.enter_context(Stack(home, database_url=url, environment={**usual, **HURRY}))
        simulator, services, account_id = stack.simulator, stack.services, stack.account_id
        numbers = [
            simulator.add_ticket(summary=f"Scanner {n} does not send", member="jlind", board=HELP_DESK)
            for n in range(tickets)
        ]
        for number in numbers:
            simulator.change_status(number, ESCALATED, member="jlind")

        def posted() -> bool:
            with services.database.account(account_id, reading=True) as session:
                query = select(func.count()).select_from(Handoff).where(Handoff.brief_state == "posted")
                return int(session.scalar(query) or 0) >= tickets

        until(posted, "not every brief was posted", within_s=240)
        with services.database.account(account_id, reading=True) as session:
            account = accounts.get(session, account_id)
            assert account is not None
            token = accounts.path_token(account, services.cipher)
        worker = stack.part("worker")
        worker.environment = {key: value for key, value in worker.environment.items() if key not in HURRY}
        worker.stop()
        until(lambda: not worker.alive(), "the worker did not stop", within_s=30)
        worker.start()
        until(lambda: stack.log("worker").count('"event": "warm"') >= 2, "the worker did not get ready", within_s=180)
        found = Watched(
            stack, stack.web_url, f"/callbacks/connectwise/{token}", account_id, services.database, numbers,
            simulator.credentials(), {number: simulator.ticket(number) for number in numbers},
        )  # fmt: skip
        until(lambda: found.rows(Inbox.state == "new") == 0, "callbacks of setting up stay", within_s=120)
        yield found
