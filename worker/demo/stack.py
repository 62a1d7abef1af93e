"""A whole product on this machine, for the demo, the journeys and the benchmarks.

Simulated ConnectWise, mail catcher, broker, web, worker and beat, each a process of its own; one connected account.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from models.account import accounts
from models.database.schema import migrate, pending
from psa.simulator.remote import Remote
from psa.simulator.scenarios import CLAIMED, ESCALATED, HELP_DESK
from worker import wiring
from worker.account.onboarding import account_named, connect
from worker.process import embedded
from worker.process.embedded import CannotStart, Part, Supervisor
from worker.settings import IN_FILES, Settings

WITHIN_S = 30.0
START_S = 90.0
"""A part that ends is seen at once; one that is only slow to start, on a busy machine, is given this long."""

ENGINEERS = ("msvensson", "tobrien")
ELSEWHERE = ("AI_PROVIDER", "CANARY_URL", "DEAD_MAN_URL", "METRICS_TOKEN", "OPERATOR_EMAIL", "TRUSTED_PROXIES")
"""Settings by which a real installation calls, tells or trusts somebody: parts would have them of whoever starts a demo."""


class Stack:
    """Everything running, as a context manager. Leaves its files under `home`."""

    def __init__(
        self,
        home: Path,
        *,
        database_url: str = "",
        environment: Mapping[str, str] | None = None,
        simulator_arguments: Sequence[str] = (),
        supervised: bool = False,
        longest_wait_s: float = 30.0,
        owner: str | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`environment` overrides settings (`SMTP_URL`: no mail server is started); `supervised` parts that die are
        started again.

        What keeps dying is started again after `longest_wait_s` at most: tests kill on purpose, and often.
        """
        self.home = home
        self._database_url = database_url
        self._overrides = dict(environment or {})
        self._simulator_arguments = list(simulator_arguments)
        self._supervised = supervised
        self._owner = owner
        self._say = say
        self._supervisor = Supervisor([], longest_wait_s=longest_wait_s)
        self._watcher: threading.Thread | None = None
        self.simulator: Remote
        self.services: wiring.Services
        self.account_id = 0
        self.web_url = ""

    def __enter__(self) -> Stack:
        started = time.monotonic()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        self._say(f"Ready after {time.monotonic() - started:.1f} s.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop every part."""
        self._supervisor.ask_to_stop()
        if self._watcher:
            self._watcher.join()
        self._supervisor.stop()
        if hasattr(self, "services"):
            self.services.close()

    def part(self, name: str) -> Part:
        """Return one of `simulator`, `mail`, `broker`, `web`, `worker`, `beat`."""
        return next(part for part in self._supervisor.parts if part.name == name)

    def look(self, reader: Callable[[Any], Any]) -> Any:
        """Read the account's rows in a session of its own."""
        with self.services.database.account(self.account_id, reading=True) as session:
            return reader(session)

    def log(self, name: str) -> str:
        """Return what a part has written so far."""
        path = self.home / "log" / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def mail(self) -> list[Path]:
        """The messages the mail catcher got."""
        return sorted((self.home / "mail").glob("*.eml"))

    def wait_until_warm(self, times: int = 1) -> None:
        """Wait until the worker has warmed up, `times` over all its starts."""
        until(lambda: self.log("worker").count('"event": "warm"') >= times, "the worker did not get ready", self._parts,
              within_s=START_S)  # fmt: skip

    def _start(self) -> None:
        (self.home / "log").mkdir(parents=True, exist_ok=True)
        (self.home / "mail").mkdir(exist_ok=True)
        self._say("Starting the simulated ConnectWise and a local mail server …")
        self._spawn("simulator", ["-m", "psa.simulator", "--port", "0", *self._simulator_arguments])
        smtp_url = self._overrides.get("SMTP_URL", "")
        if not smtp_url:
            self._spawn("mail", ["-m", "worker.demo.mail_catcher", "--port", "0", "--dir", str(self.home / "mail")])
            smtp_url = self._address("mail")
        sim_url = self._address("simulator")
        self.simulator = Remote(sim_url)
        port = embedded.free_port()
        self.web_url = f"http://127.0.0.1:{port}"
        environment = self._environment(smtp_url)
        settings = Settings.read(environment)
        self._say("Starting broker, web, worker and beat on the embedded defaults …")
        if pending(settings.database_url):
            migrate(settings.database_url)
        broker = embedded.broker_part(settings, log_file=self.home / "log" / "broker.log")
        self._supervisor.parts.append(broker)
        broker.start()
        embedded.wait_for_broker(settings)
        self.services = wiring.from_settings(settings)
        self._say("Connecting the MSP: boards, statuses, members, callbacks …")
        self.account_id = self._connect(sim_url)
        parts = embedded.service_parts(
            settings, host="127.0.0.1", port=port, logs=self.home / "log", environment=environment
        )
        self._supervisor.parts.extend(parts)
        for part in parts:
            part.start()
        until(self._web_answers, "the web did not answer", self._parts, within_s=START_S)
        self.wait_until_warm()
        if self._supervised:
            self._watcher = threading.Thread(target=self._supervisor.watch, daemon=True)
            self._watcher.start()

    @property
    def _parts(self) -> list[Part]:
        return self._supervisor.parts

    def _environment(self, smtp_url: str) -> dict[str, str]:
        """Return an environment of our own: settings of a real installation on this machine are not touched."""
        return {
            **dict.fromkeys((*ELSEWHERE, *(f"{name}_FILE" for name in IN_FILES)), ""),
            "RESOLUTIONFLOW_VAR": str(self.home),
            "DATABASE_URL": self._database_url,
            "REDIS_URL": "",
            "SECRET_KEYS": "",
            "PUBLIC_URL": self.web_url,
            "SMTP_URL": smtp_url,
            "MAIL_FROM": "ResolutionFlow <handoff@northgate.example>",
            "RESOLUTIONFLOW_SWEEP": "1",
            "LOG_LEVEL": "INFO",
            **self._overrides,
        }

    def _spawn(self, name: str, arguments: Sequence[str]) -> None:
        """Start a part that writes its address into a file."""
        command = [sys.executable, *arguments, "--url-file", str(self.home / f"{name}.url")]
        part = Part(name, command, {}, self.home / "log" / f"{name}.log")
        self._supervisor.parts.append(part)
        part.start()

    def _address(self, name: str) -> str:
        url_file = self.home / f"{name}.url"

        def written() -> bool:
            return url_file.exists() and bool(url_file.read_text().strip())

        until(written, f"{name} did not start", self._parts, within_s=START_S)
        return url_file.read_text().strip()

    def _connect(self, sim_url: str) -> int:
        keys = self.simulator.credentials()
        services = self.services
        with services.database.system() as system:
            account_id = accounts.add_account(
                system, services.cipher, name="northgate", site=sim_url, company=keys["company"],
                public_key=keys["public_key"], private_key=keys["private_key"], client_id=keys["client_id"],
                now=services.clock(), allow_private=True, board_names=[HELP_DESK],
                escalate_status_names=[ESCALATED], claim_status_names=[CLAIMED], engineers=list(ENGINEERS),
                owner=self._owner, time_zone="Europe/London", hourly_rate=95.0, currency="GBP",
            )  # fmt: skip
        done = connect(services, account_named(services, "northgate"))
        self._say(f"  escalation status: {', '.join(done.escalate)}; told: {', '.join(done.recipients)}")
        return account_id

    def _web_answers(self) -> bool:
        ready = f"{self.web_url}/readyz"
        with contextlib.suppress(OSError), urllib.request.urlopen(ready, timeout=2) as answer:  # noqa: S310 - our own
            return bool(answer.status == 200)
        return False


def until(
    ready: Callable[[], Any], otherwise: str, parts: Sequence[Part] = (), *, within_s: float = WITHIN_S
) -> None:
    """Wait until something holds. Raises `CannotStart` when it takes too long or a part has ended."""
    end, pause = time.monotonic() + within_s, 0.01
    while not ready():
        dead = [part for part in parts if not part.alive()]
        if dead:
            raise CannotStart(f"{otherwise}: {dead[0].name} ended, see {dead[0].log_file}")
        if time.monotonic() > end:
            raise CannotStart(f"{otherwise} within {within_s:g} s")
        time.sleep(pause)
        pause = min(0.05, pause * 1.1)  # each look costs what is waited for some of the processor
