"""Run the simulated ConnectWise: as a command, or inside a test as `with Simulator() as sim: sim.url`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final

from psa.simulator import scenarios
from psa.simulator.callbacks import Callbacks
from psa.simulator.control import HELP, Control
from psa.simulator.door import Door, Office
from psa.simulator.faults import Faults, RateLimit
from psa.simulator.loading import load
from psa.simulator.past import grow
from psa.simulator.wire import HttpServer, Reply, Request
from psa.simulator.world import World

COMPANIES: Final[dict[str, Callable[[datetime], dict[str, Any]]]] = {
    "northgate": scenarios.northgate,
    "lakeside": scenarios.lakeside,
}


class Simulator:
    """A running simulated ConnectWise with two companies, as a context manager."""

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        latency_ms: float = 0,
        seed: int = 1,
        now: datetime | None = None,
        history_days: int = 0,
        history_escalations: int = 60,
    ) -> None:
        """Port 0 takes a free one. `now` is the moment the written tickets count back from; the clock itself is real.

        With `history_days` the first company gets a made-up past of so many days, its truth in the control endpoint.
        """
        self._seed = seed
        self._now = now
        self._latency_ms = latency_ms
        self._past = history_days, history_escalations
        self._offices: dict[str, Office] = {}
        self.faults = Faults(seed, latency_ms)
        self._http = HttpServer(host, port, self._answer)
        shown = "127.0.0.1" if host in ("0.0.0.0", "") else host
        self.url = f"http://{shown}:{self._http.port}"
        self.door = Door(self._offices, self.faults, self._http.stopping)
        self.door.learns_origin = host in ("0.0.0.0", "")  # reached under a name that only its clients know
        self.control = Control(self.door, self.reset, next(iter(COMPANIES)))
        self.reset()

    def reset(self) -> None:
        """Begin anew: records as written, no callbacks, no faults, empty logs."""
        now = self._now or datetime.now(UTC)
        fresh: dict[str, Office] = {}
        for number, (name, written) in enumerate(COMPANIES.items()):
            world = World()
            load(world, written(now), now, wording=self._seed + number)
            days, escalations = self._past
            if number == 0 and days:
                grow(world, now, days=days, escalations=escalations, seed=self._seed)
            world.origin = self.url
            fresh[name] = Office(world, Callbacks(world, seed=self._seed + number), RateLimit())
        old = list(self._offices.values())
        self._offices.update(fresh)
        self.faults.restart()
        self.faults.latency_ms = self._latency_ms
        self.door.log.clear()
        for office in old:
            office.callbacks.stop()

    def _answer(self, request: Request) -> Reply:
        if request.path.startswith("/_control"):
            return self.control.answer(request)
        return self.door.answer(request)

    def office(self, company: str = "northgate") -> Office:
        """Return a company's world and callbacks."""
        return self._offices[company]

    def start(self) -> Simulator:
        """Begin to answer; return itself."""
        self._http.start()
        return self

    def stop(self) -> None:
        """Stop answering and sending."""
        self.faults.clear()
        self._http.stop()
        for office in self._offices.values():
            office.callbacks.stop()

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def parser() -> argparse.ArgumentParser:
    """Return the command's parser."""
    made = argparse.ArgumentParser(
        prog="resolutionflow simulator",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="A simulated ConnectWise PSA over real HTTP: two MSPs with tickets, REST answers in ConnectWise's\n"
        "shapes, signed callbacks, and faults on demand. Everything in it is fictional and forgotten at the end.",
        epilog=f"While it runs, the control endpoint under /_control/ takes:\n{HELP}\n"
        "From Python: psa.simulator.remote.Remote(url). In a test: psa.simulator.server.Simulator().",
    )
    made.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    made.add_argument("--port", type=int, default=8900, help="port, 0 for a free one (default: %(default)s)")
    made.add_argument("--url-file", type=Path, help="write the address into this file once it answers")
    made.add_argument("--latency-ms", type=float, default=0, help="wait before each answer (default: none)")
    made.add_argument(
        "--seed",
        type=int,
        default=1,
        help="of chance, and of the audit trail's wording (default: %(default)s)",
    )
    made.add_argument("--history-days", type=int, default=0, help="days of made-up past, e.g. 90 (default: none)")
    made.add_argument(
        "--history-escalations", type=int, default=60, help="escalated tickets in that past (default: %(default)s)"
    )
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; return the exit code."""
    options = parser().parse_args(argv)
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    try:
        simulator = Simulator(
            options.port, options.host, latency_ms=options.latency_ms, seed=options.seed,
            history_days=options.history_days, history_escalations=options.history_escalations,
        )  # fmt: skip
    except OSError as error:
        print(f"Cannot listen on {options.host}:{options.port}: {error}", file=sys.stderr)  # noqa: T201
        return 1
    with simulator:
        print(banner(simulator), flush=True)  # noqa: T201
        if options.url_file:
            options.url_file.write_text(simulator.url + "\n")
        ended.wait()
    return 0


def banner(simulator: Simulator) -> str:
    """Return what the command prints: address, credentials, boards with their statuses."""
    lines = [
        f"Simulated ConnectWise at {simulator.url}   (stop with Ctrl-C; control: {simulator.url}/_control/)"
    ]
    for name in COMPANIES:
        world = simulator.office(name).world
        tenant = world.tenant
        lines += [
            "",
            f"{tenant.company_name}: company {tenant.company}, API member {tenant.api_member}",
            f"  public key {tenant.public_key}   private key {tenant.private_key}",
            f"  clientId {tenant.client_id}   base {world.base}/apis/3.0/",
        ]
        for board in world.tables["boards"].values():
            statuses = ", ".join(f"{row['id']} {row['name']}" for row in world.statuses_of(board["id"]))
            lines.append(f"  board {board['id']} {board['name']}: {statuses}")
    lines += ["", f"Ticket to begin with: {scenarios.FLAGSHIP_TICKET}, technician {scenarios.JUNIOR}", *how_to_try(simulator)]
    return "\n".join(lines)


def how_to_try(simulator: Simulator) -> list[str]:
    """Return what to type to connect the product to its first company."""
    tenant = simulator.office().world.tenant
    beside = Path(sys.executable).with_name("resolutionflow")
    near = os.path.relpath(beside)
    command = "resolutionflow" if not beside.exists() else str(beside) if near.startswith("..") else near
    return [
        "",
        "To set the product up against it, in another terminal (docs/connectwise.md goes on from there):",
        f"  export CONNECTWISE_PUBLIC_KEY={tenant.public_key} CONNECTWISE_PRIVATE_KEY={tenant.private_key} "
        f"CONNECTWISE_CLIENT_ID={tenant.client_id}",
        f"  {command} setup --site {simulator.url} --allow-private --company {tenant.company}",
    ]
