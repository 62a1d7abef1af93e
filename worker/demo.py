"""An escalation from start to finish on this machine: simulated ConnectWise, mail catcher, broker, web, worker, beat.

Everything real but ConnectWise itself, which is simulated over real HTTP. Ends by itself, or stays up with `--keep`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models import accounts, deliveries, handoffs, inbox
from models.schema import migrate
from psa.simulator.remote import Remote
from psa.simulator.scenarios import CLAIMED, ESCALATED, FLAGSHIP_TICKET, HELP_DESK, JUNIOR
from worker import embedded, wiring
from worker.embedded import CannotStart, Part, Supervisor
from worker.onboarding import account_named, connect
from worker.settings import Settings

WITHIN_S = 30.0
ENGINEERS = "msvensson,tobrien"


def run(*, keep: bool = False) -> int:
    """Show one escalation; return 0 if the note and every e-mail arrived."""
    home = Path(os.environ.get("RESOLUTIONFLOW_VAR", "var")).absolute() / "demo"
    with embedded.only_one(home.parent / "demo-lock"):
        _clear(home)
        with contextlib.ExitStack() as stack:
            stage = _set_up(stack, home)
            good = _play(stage)
            _tell_where(stage, home)
            if keep:
                _wait_until_stopped(stage)
    _say("")
    _say("Everything is stopped. `make demo` again, `make demo KEEP=1` to look around, `make help` for the rest."
         if good else "Something did not arrive; the logs are in var/demo/log.")  # fmt: skip
    return 0 if good else 1


class Stage:
    """The running parts of a demo and what it needs to look at them."""

    def __init__(self, simulator: Remote, services: wiring.Services, account_id: int, web_url: str, started: float):
        self.simulator = simulator
        self.services = services
        self.account_id = account_id
        self.web_url = web_url
        self.started = started


def _clear(home: Path) -> None:
    """Take away what a former demo left, also a killed one."""
    shutil.rmtree(home, ignore_errors=True)
    (home / "log").mkdir(parents=True)
    (home / "mail").mkdir()


def _set_up(stack: contextlib.ExitStack, home: Path) -> Stage:
    started = time.monotonic()
    _say("Starting the simulated ConnectWise and a local mail server …")
    outer = Supervisor([])
    stack.callback(outer.stop)
    sim_url = _start_with_url(outer, home, "simulator", ["-m", "psa.simulator", "--port", "0"])
    smtp_url = _start_with_url(outer, home, "mail", ["-m", "worker.catcher", "--port", "0", "--dir", str(home / "mail")])
    simulator = Remote(sim_url)
    port = embedded.free_port()
    settings = _settings(home, port, smtp_url)
    _say("Starting broker, web, worker and beat on the embedded defaults …")
    migrate(settings.database_url)
    broker = embedded.broker_part(settings, log_file=home / "log" / "broker.log")
    outer.parts.append(broker)
    broker.start()
    embedded.wait_for_broker(settings)
    services = wiring.from_settings(settings)
    stack.callback(services.close)
    _say("Connecting the MSP: boards, statuses, members, callbacks …")
    account_id = _connect(services, simulator, sim_url)
    environment = _environment(home, port, smtp_url)
    parts = embedded.service_parts(
        settings, host="127.0.0.1", port=port, logs=home / "log", environment=environment
    )
    outer.parts.extend(parts)
    for part in parts:
        part.start()
    _wait_ready(services, home, f"http://127.0.0.1:{port}", outer)
    _say(f"Ready after {time.monotonic() - started:.1f} s.")
    return Stage(simulator, services, account_id, f"http://127.0.0.1:{port}", started)


def _environment(home: Path, port: int, smtp_url: str) -> dict[str, str]:
    """Return the demo's own environment: whatever else is set for a real installation is not touched."""
    return {
        "RESOLUTIONFLOW_VAR": str(home),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "SECRET_KEYS": "",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SMTP_URL": smtp_url,
        "MAIL_FROM": "ResolutionFlow <handoff@northgate.example>",
        "RESOLUTIONFLOW_SWEEP": "1",
        "LOG_LEVEL": "INFO",
    }


def _settings(home: Path, port: int, smtp_url: str) -> Settings:
    return Settings.read(_environment(home, port, smtp_url))


def _start_with_url(outer: Supervisor, home: Path, name: str, arguments: list[str]) -> str:
    """Start a part that writes its address into a file; return the address."""
    url_file = home / f"{name}.url"
    part = Part(name, [sys.executable, *arguments, "--url-file", str(url_file)], {}, home / "log" / f"{name}.log")
    outer.parts.append(part)
    part.start()
    end = time.monotonic() + WITHIN_S
    while not (url_file.exists() and url_file.read_text().strip()):
        if time.monotonic() > end or not part.alive():
            raise CannotStart(f"{name} did not start; see {part.log_file}")
        time.sleep(0.02)
    return url_file.read_text().strip()


def _connect(services: wiring.Services, simulator: Remote, sim_url: str) -> int:
    keys = simulator.credentials()
    with services.database.system() as system:
        account_id = accounts.add_account(
            system, services.sealer, name="northgate", site=sim_url, company=keys["company"],
            public_key=keys["public_key"], private_key=keys["private_key"], client_id=keys["client_id"],
            now=services.clock(), allow_private=True, board_names=[HELP_DESK], escalate_status_names=[ESCALATED],
            claim_status_names=[CLAIMED], engineers=ENGINEERS.split(","), time_zone="Europe/London",
        )  # fmt: skip
    done = connect(services, account_named(services, "northgate"))
    _say(f"  escalation status: {', '.join(done.escalate)}; told of each escalation: {', '.join(done.recipients)}")
    return account_id


def _wait_ready(services: wiring.Services, home: Path, web_url: str, outer: Supervisor) -> None:
    """Wait until the web answers and the worker has warmed up."""
    import urllib.request

    def web_answers() -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{web_url}/readyz", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
        return False

    def worker_is_warm() -> bool:
        log = home / "log" / "worker.log"
        return log.exists() and '"event": "warm"' in log.read_text()

    _until(web_answers, "the web did not answer", outer)
    _until(worker_is_warm, "the worker did not get ready", outer)


def _until(ready: Callable[[], Any], otherwise: str, outer: Supervisor | None = None) -> None:
    end = time.monotonic() + WITHIN_S
    while not ready():
        dead = [part.name for part in outer.parts if not part.alive()] if outer else []
        if dead or time.monotonic() > end:
            raise CannotStart(f"{otherwise}{f' ({dead[0]} ended)' if dead else ''}; the logs are in var/demo/log")
        time.sleep(0.02)


def _play(stage: Stage) -> bool:
    """Let the junior change the status, and show what follows as it follows."""
    database, account_id = stage.services.database, stage.account_id
    _rule(f"{JUNIOR} is stuck and sets ticket {FLAGSHIP_TICKET} to {ESCALATED}")
    stage.simulator.clear_requests()
    begun = time.monotonic()
    moment = datetime.now(UTC)
    stage.simulator.change_status(FLAGSHIP_TICKET, ESCALATED, member=JUNIOR)

    def look(reader: Callable[[Any], Any]) -> Any:
        with database.account(account_id, reading=True) as session:
            return reader(session)

    try:
        _until(lambda: look(lambda s: inbox.newest(s, account_id)), "no callback came")
        row = look(lambda s: inbox.newest(s, account_id))
        _step(begun, f"callback stored: {row.type} {row.record_id} {row.action}, signature "
              f"{'verified' if row.verified else 'to be verified'} (event {row.event_id[:8]})")  # fmt: skip
        _until(lambda: look(lambda s: handoffs.by_ticket(s, account_id, FLAGSHIP_TICKET)), "no handoff was opened")
        _step(begun, "handoff opened: episode 1")

        def posted() -> bool:
            found = look(lambda s: handoffs.by_ticket(s, account_id, FLAGSHIP_TICKET))
            return bool(found and found[0].brief_state == "posted")

        _until(posted, "the note was not posted")
    except CannotStart as error:
        _say(f"  ✗ {error}")
        return False
    handoff = look(lambda s: handoffs.by_ticket(s, account_id, FLAGSHIP_TICKET))[0]
    evidence = look(lambda s: handoffs.latest_snapshot(s, account_id, handoff.id))
    gaps = ", ".join(f"{g.source} ({g.reason})" for g in evidence.gaps) or "no gaps"
    _step(begun, f"gathered: {len(evidence.notes)} notes, {len(evidence.time_entries)} time entries, "
          f"{len(evidence.configurations)} configurations, {len(evidence.related)} other tickets; {gaps}")  # fmt: skip
    _step(begun, f"internal note {handoff.escalation_package_external_id} is in the ticket")
    calls = [r for r in stage.simulator.requests() if "/apis/" in r["path"]]
    _say(f"          {len(calls)} calls to ConnectWise")
    sent = _await_mail(look, account_id, handoff.id)
    for delivery in sent:
        _step(begun, f"e-mail to {delivery.address}: {delivery.status}{f' ({delivery.reason})' if delivery.reason else ''}")
    note = next(n for n in stage.simulator.notes(FLAGSHIP_TICKET) if n["id"] == handoff.escalation_package_external_id)
    home = stage.services.settings.var
    (home / "brief.md").write_text(note["text"])
    _rule("The brief as it stands in the ticket (internal, customers never see it)")
    _say(note["text"])
    took = (handoff.posted_at - moment).total_seconds()
    _rule(f"Status change to note in the ticket: {took * 1000:.0f} ms; everybody told: see above")
    everybody = all(d.status in ("sent", "suppressed") for d in sent) and any(d.status == "sent" for d in sent)
    internal = note["internalAnalysisFlag"] and not note["detailDescriptionFlag"] and not note["resolutionFlag"]
    return bool(everybody and internal)


def _await_mail(look: Callable[[Any], Any], account_id: int, handoff_id: int) -> list[Any]:
    def rows() -> list[Any]:
        return list(look(lambda s: deliveries.of_handoff(s, account_id, handoff_id)))

    with contextlib.suppress(CannotStart):
        _until(lambda: rows() and all(d.status not in ("queued", "sending") for d in rows()), "mail is late")
    return rows()


def _tell_where(stage: Stage, home: Path) -> None:
    _say("")
    _say(f"brief:    {_short(home / 'brief.md')}")
    for path in sorted((home / "mail").iterdir()):
        _say(f"e-mail:   {_short(path)}")
    _say(f"logs:     {_short(home / 'log')}")


def _short(path: Path) -> str:
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def _wait_until_stopped(stage: Stage) -> None:
    _rule("Still running; stop with Ctrl-C")
    _say(f"web:                  {stage.web_url}/readyz")
    _say(f"simulated ConnectWise: {stage.simulator.url}  (/_control/state shows everything in it)")
    _say(f"ticket:               {stage.services.psa(stage.account_id).ticket_url(FLAGSHIP_TICKET)}")
    stop = {"now": False}

    def ask(*_: object) -> None:
        stop["now"] = True

    with _signals(ask):
        while not stop["now"]:
            time.sleep(0.2)


@contextlib.contextmanager
def _signals(ask: Callable[..., None]) -> Iterator[None]:
    before = {sig: signal.signal(sig, ask) for sig in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for sig, handler in before.items():
            signal.signal(sig, handler)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command line speaks


def _rule(text: str) -> None:
    _say(f"\n── {text} " + "─" * max(3, 96 - len(text)))


def _step(begun: float, text: str) -> None:
    _say(f"  +{time.monotonic() - begun:5.2f} s  {text}")
