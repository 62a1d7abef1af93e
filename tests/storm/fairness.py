"""One account in trouble leaves the others' times alone: 1,000 escalations at once, or ConnectWises that hang.

    python -m tests.storm.fairness [--database sqlite|postgresql|both] [--flood 1000] [--hanging 20] [--samples 20]
                                   [--case alone flood elsewhere hanging] [--where]

Rate limits and time-outs are production's; the account in trouble has a ConnectWise of its own, a process. For each
case an account's time from status change to note stands beside the same without trouble. `elsewhere` is the flood in a
second, unrelated product on the same machine: what it costs then is the machine's doing, and only what it costs more in
one's own product is ours. `--where` shows on which way the time was spent. What is left of a flood is not waited for:
at five calls a second it takes half an hour.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from models.account import accounts
from models.handoff import handoffs
from models.work import inbox
from models.work.inbox import Inbox
from psa.simulator.remote import Remote
from tests.storm.rig import Msp, Rig, rig, say
from worker.account.onboarding import account_named, connect
from worker.demo.stack import until
from worker.intervals import Intervals
from worker.process.embedded import Part
from worker.process.logs import set_up

USUAL = {
    f"RESOLUTIONFLOW_{name.upper()}": f"{getattr(Intervals(), name):g}"
    for name in ("lease", "post_timeout", "read_timeout", "connect_timeout", "patience", "sweep", "poll", "retry_cap")
} | {"RESOLUTIONFLOW_CALLS_PER_SECOND": "5", "RESOLUTIONFLOW_BURST": "30", "RESOLUTIONFLOW_IN_FLIGHT": "10"}
GAP_S = 2.5
"""Ten calls at five a second and a little: the bucket of the account that is measured stays full."""
GIVEN_UP_S = 60.0
CASES = ("alone", "elsewhere", "flood", "hanging")
WAYS = ("told", "queued", "read", "noted")
"""Status change to stored callback, to the first call, to the POST, to the stored note."""


@dataclass(frozen=True, slots=True)
class Times:
    """From status change to note in seconds, one for each escalation; those that never came count as a minute."""

    seconds: tuple[float, ...]
    missing: int
    ways: dict[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return at_95(self.seconds)

    def __str__(self) -> str:
        middle, late = self.median * 1000, self.p95 * 1000
        return f"p50 {middle:5.0f} ms  p95 {late:5.0f} ms  max {max(self.seconds) * 1000:5.0f} ms  missing {self.missing}"

    def by_way(self) -> str:
        """Return the median and 95% of each part of the way in milliseconds."""
        return "  ".join(
            f"{way} {statistics.median(self.ways[way]) * 1000:.0f}/{at_95(self.ways[way]) * 1000:.0f}"
            for way in WAYS
            if self.ways.get(way)
        )


def at_95(values: tuple[float, ...]) -> float:
    """Return the value that 95% do not exceed."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def measure(rig: Rig, msp: Msp, samples: int, gap_s: float = GAP_S) -> Times:
    """Escalate now and then in one account and return how long its briefs took."""
    sent: dict[int, float] = {}
    for _ in range(samples):
        ticket = rig.ticket(msp)
        sent[ticket] = time.time()
        rig.change_status(msp, ticket)
        time.sleep(gap_s)
    found: dict[int, float] = {}
    end = time.monotonic() + GIVEN_UP_S
    while len(found) < samples and time.monotonic() < end:
        with rig.stack.services.database.account(msp.account_id, reading=True) as session:
            for ticket in sent.keys() - found.keys():
                for handoff in handoffs.by_ticket(session, msp.account_id, ticket):
                    moves = handoffs.transitions(session, msp.account_id, handoff.id)
                    # When the note was there by our clock; ConnectWise's own moment has whole seconds.
                    posted = next((m.recorded_at for m in moves if m.to_state == "posted"), None)
                    if posted:
                        found[ticket] = posted.timestamp()
        time.sleep(0.2)
    late = [GIVEN_UP_S] * (samples - len(found))
    return Times(
        tuple([at - sent[ticket] for ticket, at in found.items()] + late), len(late), _ways(rig, msp, sent, found)
    )


def _ways(rig: Rig, msp: Msp, sent: dict[int, float], noted: dict[int, float]) -> dict[str, tuple[float, ...]]:
    """Tell where the time went, by our rows and the simulator's log."""
    first: dict[int, float] = {}
    posted: dict[int, float] = {}
    for call in rig.stack.simulator.requests():
        if call["company"] != msp.name:
            continue
        path = call["path"].split("?")[0]
        number = next((int(part) for part in path.split("/") if part.isdigit()), 0)
        if call["method"] == "GET" and path.endswith(f"/service/tickets/{number}"):
            first.setdefault(number, call["at"])
        elif call["method"] == "POST" and path.endswith(f"/{number}/notes"):
            posted[number] = call["at"]
    with rig.stack.services.database.account(msp.account_id, reading=True) as session:
        rows = session.execute(
            select(Inbox.record_id, Inbox.received_at).where(Inbox.account_id == msp.account_id).order_by(Inbox.id.desc())
        )
        told = {ticket: at.timestamp() for ticket, at in rows if ticket is not None}
    whole = [t for t in noted if t in told and t in first and t in posted]
    marks = [(sent[t], told[t], first[t], posted[t], noted[t]) for t in whole]
    return {way: tuple(mark[n + 1] - mark[n] for mark in marks) for n, way in enumerate(WAYS)}


@contextlib.contextmanager
def busy_msp(rig: Rig, home: Path) -> Iterator[Msp]:
    """Connect one more account, whose ConnectWise is a process of its own as in life, and give it."""
    home.mkdir(parents=True, exist_ok=True)
    file, services = home / "simulator.url", rig.stack.services
    command = [sys.executable, "-m", "psa.simulator", "--port", "0", "--url-file", str(file)]
    part = Part("busy simulator", command, {}, home / "simulator.log")
    part.start()
    try:
        until(lambda: file.exists() and bool(file.read_text().strip()), "the second simulator did not start", [part])
        simulator = Remote(file.read_text().strip())
        keys, name = simulator.credentials(), f"busy {simulator.url[-5:]}"
        with services.database.system() as system:
            account_id = accounts.add_account(
                system, services.cipher, name=name, site=simulator.url, company=keys["company"],
                public_key=keys["public_key"], private_key=keys["private_key"], client_id=keys["client_id"],
                now=services.clock(), allow_private=True, board_names=["Help Desk"], escalate_status_names=["Escalated"],
                claim_status_names=[], engineers=["msvensson"], time_zone="UTC",
            )  # fmt: skip
        connect(services, account_named(services, name))
        yield Msp(account_id, name, simulator, "jlind", "Help Desk", "Escalated", ("msvensson",), frozenset())
    finally:
        part.kill()


def flood(rig: Rig, busy: Msp, count: int) -> threading.Thread:
    """Escalate many tickets of one account as fast as they can be saved."""
    tickets = [rig.ticket(busy) for _ in range(count)]

    def run() -> None:
        for ticket in tickets:
            rig.change_status(busy, ticket)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


@contextlib.contextmanager
def silent_server() -> Iterator[str]:
    """Give the address of something that takes every request and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as server:
        held: list[socket.socket] = []

        def take() -> None:
            with contextlib.suppress(OSError):
                while True:
                    held.append(server.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            for one in held:
                one.close()


def hang(rig: Rig, site: str, accounts_wanted: int, each: int) -> None:
    """Connect accounts whose ConnectWise never answers, and let callbacks of theirs come in all at once."""
    services = rig.stack.services
    rung: list[tuple[int, int]] = []
    for number in range(accounts_wanted):
        name = f"silent {number + 1}"
        with services.database.system() as system:
            account_id = accounts.add_account(
                system, services.cipher, name=name, site=site, company=f"silent{number}", public_key="p", private_key="k",
                client_id="c", now=services.clock(), allow_private=True, board_names=["Service"],
                escalate_status_names=["Escalated"], claim_status_names=[], engineers=[], time_zone="UTC",
            )  # fmt: skip
        with services.database.account(account_id) as session:
            for ticket in range(each):
                row = inbox.store(
                    session, account_id=account_id, dedupe_key=f"silent/{ticket}", type="ticket", action="updated",
                    record_id=ticket + 1, raw=b"", verified=True, now=services.clock(),
                )  # fmt: skip
                assert row is not None
                rung.append((account_id, row))
    for account_id, row in rung:
        services.bell.ring("triage", account_id=account_id, inbox_id=row)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="sqlite")
    parser.add_argument("--case", choices=CASES, nargs="+", default=list(CASES))
    parser.add_argument("--flood", type=int, default=1000, help="escalations at once (default: %(default)s)")
    parser.add_argument("--hanging", type=int, default=20, help="accounts that hang (default: %(default)s)")
    parser.add_argument("--each", type=int, default=3, help="callbacks of each of those (default: %(default)s)")
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--gap", type=float, default=GAP_S, help="seconds between two samples")
    parser.add_argument("--where", action="store_true", help="show where the time went: median/p95 in ms")
    parser.add_argument("--keep", help="folder to leave logs and database in")
    options = parser.parse_args()
    set_up("CRITICAL")
    for kind in ("sqlite", "postgresql") if options.database == "both" else (options.database,):
        with contextlib.ExitStack() as stack:
            home = options.keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="fairness-"))
            _cases(stack, Path(home), kind, options)
    return 0


def _cases(stack: contextlib.ExitStack, home: Path, kind: str, options: argparse.Namespace) -> None:
    running = stack.enter_context(rig(home / "here", kind, environment=USUAL))
    lakeside = running.msps[1]
    measure(running, lakeside, 2)  # first use of everything

    def show(name: str, before: Callable[[], object] = lambda: None) -> None:
        running.stack.simulator.clear_requests()
        before()
        times = measure(running, lakeside, options.samples, options.gap)
        say(f"{kind:10}  {name:32} {times}   load {os.getloadavg()[0]:.1f}")
        if options.where:
            say(f"{'':10}  {times.by_way()}")

    if "alone" in options.case:
        show("alone")
    if "elsewhere" in options.case:
        with rig(home / "elsewhere", kind, environment=USUAL) as other:
            show(f"{options.flood} in another product", lambda: flood(other, other.msps[0], options.flood))
    if "flood" in options.case:
        with busy_msp(running, home / "busy") as busy:
            show(f"{options.flood} in another account", lambda: flood(running, busy, options.flood))
    if "hanging" in options.case:
        with silent_server() as site:
            show(f"{options.hanging} accounts hang", lambda: hang(running, site, options.hanging, options.each))


if __name__ == "__main__":
    sys.exit(main())
