"""One odd record among good ones: is any escalation lost, does anything raise, is what was left out named?

    python -m tests.hostile.records [--database sqlite|postgresql] [--seed 1] [--short] [--share N] [--seconds S] [--together N]

Puts each odd value (`odd_values.py`) into each field that the client reads of each endpoint, through a proxy in front of
the simulated ConnectWise, and drives set-up, poll, triage, publish, mail and observation through the real use cases, on
a real database. Beside each few odd tickets good ones are escalated. Held is a case when nothing raised, the good ones
have their briefs, the odd one has its own (unless its number or status is what is odd), and the log names the field;
for what a brief reads, the evidence too. All of it takes hours; `--short` tries every 40th case,
`--seconds` stops in between.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from models.account import accounts
from models.database.schema import migrate
from models.database.sessions import Database
from models.handoff import briefs, claims, handoffs
from psa.connectwise.client import ConnectWise
from psa.simulator.remote import Remote
from psa.simulator.server import Simulator
from tests.databases import APP
from tests.fakes import FakeBell, FakeMailer
from tests.hostile.odd_answers import OddAnswers, Rule
from tests.hostile.odd_values import RECORDS, ROWS, VALUES, Odd, Place, places
from worker.account.onboarding import account_named, connect
from worker.handoff import notify, publish, refresh, triage
from worker.response import observe, settle
from worker.settings import Settings
from worker.upkeep import poller
from worker.wiring import Services

SHORT = 40
GOOD = 2
ZONES = ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/London", "America/New_York")
_BY = {"identifier": "jlind", "name": "Jonas Lind", "id": 1}
_STAMPS = {"lastUpdated": "2026-03-06T15:00:00Z", "updatedBy": "jlind", "dateEntered": "2026-03-06T15:00:00Z"}
TEMPLATES: dict[str, dict[str, Any]] = {
    "notes": {"id": 770_001, "text": "Restarted the spooler, no change.", "internalAnalysisFlag": True, "member": _BY,
              "detailDescriptionFlag": False, "resolutionFlag": False, "dateCreated": "2026-03-06T15:00:00Z",
              "createdBy": "jlind", "_info": _STAMPS},
    "time entries": {"id": 770_002, "member": _BY, "timeStart": "2026-03-06T14:00:00Z", "actualHours": 0.5,
                     "timeEnd": "2026-03-06T14:30:00Z", "notes": "Replaced the cable, no change.", "_info": _STAMPS},
    "tasks": {"id": 770_003, "notes": "Check the cable", "closedFlag": False},
    "configurations": {"id": 770_004, "name": "NG-PRT-2", "type": {"id": 2, "name": "Printer"}, "osType": "firmware"},
    "documents": {"id": 770_005, "title": "photo", "fileName": "photo.jpg", "size": 12_000},
    "schedule": {"id": 770_006, "member": _BY, "type": {"id": 4, "identifier": "S"}, "dateStart": "2026-03-06T14:00:00Z"},
    "other tickets": {"id": 770_007, "summary": "Toner low", "board": {"id": 1, "name": "Help Desk"},
                      "status": {"id": 1, "name": "Closed"}, "closedFlag": True, "_info": _STAMPS},
    "boards": {"id": 770, "name": "Facilities"},
    "statuses": {"id": 770_008, "name": "On hold", "closedStatus": False, "inactive": False},
    "members": {"id": 770_009, "identifier": "zquill", "firstName": "Zoe", "lastName": "Quill", "licenseClass": "F",
                "primaryEmail": "zquill@northgate.example", "inactiveFlag": False},
    "callbacks": {"id": 770_010, "url": "https://other.example/x", "type": "ticket", "level": "board", "objectId": 9},
    "audit trail": {"text": "Status changed", "enteredDate": "2026-03-06T15:00:00Z", "enteredBy": "jlind"},
}  # fmt: skip
SET_UP = ("boards", "statuses", "members", "callbacks", "system info", "company info", "audit trail")


@dataclass
class Case:
    """One value in one place, and what came of it."""

    place: Place
    odd: Odd
    ticket: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def may_be_lost(self) -> bool:
        """Whether the odd field is what makes the ticket an escalation, or says with right that it is none."""
        name, fits = self.place.name, self.place.kind in self.odd.fits
        if self.place.endpoint != "ticket":
            return False
        return name in ("", "id", "status", "status.id") or (
            fits and name.startswith(("board", "mergedParentTicket", "closedFlag"))
        )

    @property
    def must_be_named(self) -> bool:
        return self.place.kind not in self.odd.fits

    def __str__(self) -> str:
        return f"{self.place.endpoint}, {self.place.name or 'record'}: {self.odd.label}"


class Shop:
    """An account whose ConnectWise is behind the proxy, and the use cases around it."""

    def __init__(self, database: Database, simulator: Remote, proxy: OddAnswers, folder: Path) -> None:
        self.database, self.simulator, self.proxy = database, simulator, proxy
        self.bell, self.mailer = FakeBell(), FakeMailer()
        settings = Settings.read({
            "SECRET_KEYS": "k" * 40, "RESOLUTIONFLOW_VAR": str(folder), "PUBLIC_URL": "http://127.0.0.1:9",
        })  # fmt: skip
        self.services = Services(
            settings, database=database, bell=self.bell, mailer=self.mailer,
            psa_maker=lambda keys, member, moved: ConnectWise(keys, api_member=member, on_codebase=moved),
        )  # fmt: skip
        keys = simulator.credentials()
        simulator.callbacks(drop_ratio=1.0)
        with database.system() as system:
            self.account_id = accounts.add_account(
                system, self.services.cipher, name="northgate", site=proxy.url, company=keys["company"],
                public_key=keys["public_key"], private_key=keys["private_key"], client_id=keys["client_id"],
                now=self.services.clock(), allow_private=True, board_names=["Help Desk"],
                escalate_status_names=["Escalated"], claim_status_names=["Assigned to Engineer"],
                engineers=["msvensson", "tobrien"],
            )  # fmt: skip
        self.connect()
        self.ticket = self.open("A ticket for what the set-up reads")

    def connect(self) -> None:
        connect(self.services, account_named(self.services, "northgate"))

    def open(self, summary: str) -> int:
        number = self.simulator.add_ticket(summary, "jlind", board="Help Desk", description="It does not print.")
        self.simulator.add_note(number, "Rebooted the printer, no change.", member="jlind")
        return number

    def handoff(self, ticket: int) -> Any:
        with self.database.account(self.account_id, reading=True) as session:
            return next(iter(handoffs.by_ticket(session, self.account_id, ticket)), None)

    def poll(self) -> None:
        """Poll now, and do what follows for each ticket found: triage, publish, mail. Raises the first failure at the end."""
        failed: list[Exception] = []
        with self.database.account(self.account_id) as session:
            accounts.set_account(session, self.account_id, next_poll_at=self.services.clock())
        for row in poller.poll(self.services, account_id=self.account_id):
            try:
                for handoff_id in triage.triage(self.services, account_id=self.account_id, inbox_id=row):
                    self.publish(handoff_id)
            except Exception as error:  # counted: one ticket's failure must not be another's
                failed.append(error)
        if failed:
            raise failed[0]

    def publish(self, handoff_id: int) -> None:
        ids = {"account_id": self.account_id, "handoff_id": handoff_id}
        publish.publish(self.services, **ids)
        for delivery in notify.notify(self.services, **ids):
            notify.deliver(self.services, account_id=self.account_id, delivery_id=delivery)
        for message in self.mailer.sent:
            message.as_bytes()
        self.mailer.sent.clear()

    def follow(self, handoff_id: int) -> None:
        """Observe what an engineer did, settle what follows, and bring the brief up to date."""
        ids, now = {"account_id": self.account_id, "handoff_id": handoff_id}, self.services.clock()
        with self.database.account(self.account_id) as session:
            claims.ask_observation(session, self.account_id, handoff_id, due_at=now)
        observe.observe(self.services, **ids)
        with self.database.account(self.account_id) as session:
            briefs.ask_refresh(session, self.account_id, handoff_id, due_at=now)
        refresh.refresh(self.services, **ids)
        for rung in self.bell.take("settle"):
            settle.settle(self.services, **rung)
        self.bell.rung.clear()


def cases(seed: int, share: int, only: Sequence[str] = ()) -> list[Case]:
    """Return the cases, every `share`-th of them in a shuffled order; of each endpoint there are always some."""
    chosen = []
    for endpoint in ROWS:
        if only and endpoint not in only:
            continue
        made = [Case(p, v) for p in places(endpoint) for v in (RECORDS if p.kind == "record" else VALUES)]
        random.Random(seed).shuffle(made)
        chosen += made[::share]
    return chosen


def rules_of(case: Case) -> list[Rule]:
    """Return what the proxy changes for a case."""
    place, raw, number = case.place, case.odd.raw, case.ticket
    one = f"/service/tickets/{number}"
    odd: dict[str, Any] = {"name": place.name, "raw": raw}
    template = TEMPLATES.get("notes" if place.endpoint == "all notes" else place.endpoint)
    # Numbers of their own, so that a repeat of one is never the reason.
    template = {**template, "id": template["id"] + number} if template and "id" in template else template
    configuration = {"id": 900_000 + number, "deviceIdentifier": "NG-PRT-2"}
    merged = Rule(one, number=number, name="hasMergedChildTicketFlag", raw="true")
    return {
        "ticket": lambda: [Rule(path, number=number, **odd) for path in (one, "/service/tickets")],
        "notes": lambda: [Rule(f"{one}/notes", template=template, **odd)],
        "all notes": lambda: [merged, Rule(f"{one}/allNotes", template={**(template or {}), "ticketId": 1}, **odd)],
        "time entries": lambda: [Rule("/time/entries", f"chargeToId={number}", template, **odd)],
        "tasks": lambda: [Rule(f"{one}/tasks", template=template, **odd)],
        "configurations of a ticket": lambda: [Rule(f"{one}/configurations", template=configuration, **odd)],
        "configurations": lambda: [
            Rule(f"{one}/configurations", template=configuration),
            Rule("/company/configurations", f"{900_000 + number}", template, **odd),
        ],
        "documents": lambda: [Rule("/system/documents", f"recordId={number}", template, **odd)],
        "schedule": lambda: [Rule("/schedule/entries", f"objectId={number}", template, **odd)],
        "other tickets": lambda: [Rule("/service/tickets", f"id!={number} ", template, **odd)],
        "boards": lambda: [Rule("/service/boards", template=template, **odd)],
        "statuses": lambda: [Rule("/service/boards/1/statuses", template=template, **odd)],
        "members": lambda: [Rule("/system/members", template=template, **odd)],
        "callbacks": lambda: [Rule("/system/callbacks", template=template, **odd)],
        "system info": lambda: [Rule("/system/info", **odd)],
        "company info": lambda: [Rule("/login/companyinfo/.*", **odd)],
        "audit trail": lambda: [Rule("/system/audittrail", template=template, **odd)],
    }[place.endpoint]()


def try_set_up(shop: Shop, case: Case) -> None:
    """Connect the account again while one record of its set-up is odd."""
    case.ticket = shop.ticket
    shop.proxy.rules = rules_of(case)
    shop.services._clients.clear()
    with capture_logs() as said, _blamed([case], case.place.endpoint):
        if case.place.endpoint == "audit trail":
            shop.services.psa(shop.account_id).audit_trail(shop.ticket)
        elif case.place.endpoint == "company info":
            keys = shop.services.psa(shop.account_id)._keys  # type: ignore[attr-defined]
            ConnectWise(dataclasses.replace(keys, codebase=None)).system_info()
        else:
            shop.connect()
    shop.proxy.rules = []
    _check_named(case, said)


def try_tickets(shop: Shop, batch: Sequence[Case], zone: str) -> None:
    """Escalate the tickets of some cases and a few good ones, and follow each to its end."""
    with shop.database.account(shop.account_id) as session:
        accounts.set_account(session, shop.account_id, time_zone=zone)
    shop.services._clients.clear()
    good = [shop.open("A good ticket") for _ in range(GOOD)]
    for case in batch:
        case.ticket = shop.open("An odd ticket")
    shop.proxy.rules = [rule for case in batch for rule in rules_of(case)]
    for number in (good[0], *(case.ticket for case in batch), *good[1:]):
        shop.simulator.change_status(number, "Escalated", member="jlind")
    with capture_logs() as said:
        with _blamed(batch, "poll"):
            shop.poll()
        for number in [case.ticket for case in batch] + good:
            shop.simulator.set_owner(number, "msvensson", member="msvensson")
            shop.simulator.add_note(number, "Replaced the fuser. Prints again.", member="msvensson")
        for case in batch:
            handoff = shop.handoff(case.ticket)
            if handoff is None or handoff.brief_state != "posted":
                if not case.may_be_lost:
                    case.faults.append(f"its own brief: {handoff.brief_state if handoff else 'no handoff'}")
            else:
                with _blamed([case], "following it"):
                    shop.follow(handoff.id)
        with _blamed(batch, "following the good ones"):
            for number in good:
                handoff = shop.handoff(number)
                if handoff is None or handoff.brief_state != "posted":
                    for case in batch:
                        case.faults.append(f"another one's brief: {handoff.brief_state if handoff else 'no handoff'}")
                else:
                    shop.follow(handoff.id)
    shop.proxy.rules = []
    for case in batch:
        _check_named(case, said)
        _check_evidence(shop, case)
    for number in [case.ticket for case in batch] + good:  # so that no later poll reads them
        shop.simulator.delete(number, member="jlind")


@contextlib.contextmanager
def _blamed(batch: Sequence[Case], where: str) -> Iterator[None]:
    """Count what is raised for the cases at hand."""
    try:
        yield
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        text = f"{where}: {type(error).__name__}: {str(error)[:160]} ({Path(last.filename).name}:{last.lineno})"
        for case in batch:
            case.faults.append(text)


def _check_named(case: Case, said: Sequence[Any]) -> None:
    if not case.must_be_named:
        return
    wanted = case.place.name or "record"
    fields = {name for entry in said if entry["event"] == "not_readable" for name in entry["fields"]}
    if not any(name == wanted or name.startswith(f"{wanted}.") for name in fields):
        case.faults.append("not named in the log")


def _check_evidence(shop: Shop, case: Case) -> None:
    handoff = shop.handoff(case.ticket)
    if not case.must_be_named or handoff is None or handoff.brief_state != "posted":
        return
    with shop.database.account(shop.account_id, reading=True) as session:
        found = handoffs.latest_snapshot(session, shop.account_id, handoff.id)
    if found is None or not any("could not be read" in gap.reason for gap in found.gaps):
        case.faults.append("not named in the evidence")


def run(shop: Shop, wanted: Sequence[Case], *, together: int, until: float = float("inf")) -> list[Case]:
    """Try cases, mixed, until a moment (monotonic) at most; return those that were tried."""
    rest = [case for case in wanted if case.place.endpoint not in SET_UP]
    random.Random(1).shuffle(rest)
    deeds = [[case] for case in wanted if case.place.endpoint in SET_UP]
    deeds += [rest[start : start + together] for start in range(0, len(rest), together)]
    random.Random(2).shuffle(deeds)
    tried: list[Case] = []
    for number, deed in enumerate(deeds):
        if time.monotonic() > until:
            break
        if deed[0].place.endpoint in SET_UP:
            try_set_up(shop, deed[0])
        else:
            try_tickets(shop, deed, ZONES[number % len(ZONES)])
        tried += deed
    return tried


@contextlib.contextmanager
def shop_on(kind: str, folder: Path) -> Iterator[Shop]:
    """Start simulator and proxy, and connect an account on a fresh database of a kind."""
    with contextlib.ExitStack() as exits:
        url = f"sqlite:///{folder / 'records.sqlite'}"
        if kind == "postgresql":
            from tests.storm.rig import _postgres

            server = exits.enter_context(_postgres())
            url = server.url(server.fresh_database(), APP)
        else:
            migrate(url)
        simulator = exits.enter_context(Simulator())
        proxy = exits.enter_context(OddAnswers(simulator.url))
        shop = Shop(Database(url), Remote(simulator.url), proxy, folder)
        exits.callback(shop.services.close)
        yield shop


def table(tried: Sequence[Case]) -> list[str]:
    """Return the lines of the result: by endpoint, by kind of value, and the faults by their words."""
    lines = []
    keys: dict[str, Callable[[Case], str]] = {"endpoint": lambda c: c.place.endpoint, "value": lambda c: c.odd.label}
    for title, key in keys.items():
        lines.append(f"{title:<34}{'tried':>8}{'held':>8}")
        groups = Counter(key(case) for case in tried)
        held = Counter(key(case) for case in tried if not case.faults)
        lines += [f"{name:<34}{groups[name]:>8}{held[name]:>8}" for name in groups]
        lines.append(f"{'all':<34}{len(tried):>8}{sum(held.values()):>8}")
    faults: dict[str, list[Case]] = {}
    for case in tried:
        for fault in set(case.faults):
            faults.setdefault(fault, []).append(case)
    for fault, there in sorted(faults.items(), key=lambda pair: -len(pair[1]))[:40]:
        lines.append(f"{len(there):>6}  {fault}; e.g. {there[0]}; {there[-1]}")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help=f"every {SHORT}th case")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="every N-th case")
    parser.add_argument("--together", type=int, default=8, metavar="N", help="odd tickets beside one another")
    parser.add_argument("--seconds", type=float, default=float("inf"), metavar="S", help="stop after so long")
    parser.add_argument("--only", nargs="*", default=(), choices=tuple(ROWS), metavar="ENDPOINT", help=", ".join(ROWS))
    options = parser.parse_args()
    wanted = cases(options.seed, SHORT if options.short else options.share, options.only)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="records-") as folder, shop_on(options.database, Path(folder)) as shop:
        tried = run(shop, wanted, together=options.together, until=time.monotonic() + options.seconds)
    took = f"{options.database}, seed {options.seed}, {time.monotonic() - began:.0f} s"
    print(f"{took}, {len(tried)} of {len(wanted)} cases", *table(tried), sep="\n")  # noqa: T201
    return 1 if any(case.faults for case in tried) else 0


if __name__ == "__main__":
    sys.exit(main())
