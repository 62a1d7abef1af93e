"""The pages with something in them: an account, tickets as juniors write them, a web of its own to look at.

    python -m tests.browser.showroom [FOLDER]      (serves until stopped, and prints addresses to open)
"""

from __future__ import annotations

import dataclasses
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update
from werkzeug.serving import make_server

from escalation.evidence import Configuration, Evidence, Note, Person, RelatedTicket, TimeEntry
from escalation.package.build import build
from escalation.package.contents import Assessment
from models.database.schema import migrate
from models.database.sessions import Database
from models.tables import Account, Handoff
from tests.integration.webhooks.office import JONAS as JONAS_ID
from tests.integration.webhooks.office import MARIA, Office, open_office
from tests.unit.escalation.tickets import ticket
from worker.demo import month
from worker.process.embedded import free_port
from worker.process.tokens import Audience

JONAS = Person("Jonas Lind", "technician", "jlind")
ELLEN = Person("Ellen Marsh", "customer")

STORIES: tuple[tuple[str, str, str, int, str, tuple[str, ...]], ...] = (
    (
        "Branch loses the VPN every day after eight hours", "Bright & Rowe", "Priority 1 - Critical", 134,
        "The office in Clifton drops off the VPN at the same time every day, all four of us at once. CaseFile freezes and "
        "then says server not available. Switching the router off and on brings it back.",
        (
            "Tried so far:\n- flushed DNS on PC-14: no change\n- rebooted the firewall: worked for 8 hours, then failed again\n"
            "- turned antivirus off on PC-14: no change",
            "Pinged the gateway during the drop, it answers. That rules out the line.\n"
            "Mar 12 10:21:07 fw01 ike: IKE SA lifetime expired, no proposal chosen (14)\nMar 12 10:21:08 fw01 ike: tunnel down\n"
            "Event ID 20227 on the server at the same time. Told Ellen an engineer by 14:00. "
            "Escalating because I don't have access to the firewall at the other end. "
            "Need someone to compare the phase-2 lifetime on both ends. "
            "If the lifetimes match, look at the ISP's session limit.",
        ),
    ),
    (
        "No mail in or out since nine", "Fellview Surveyors", "Priority 1 - Critical", 22,
        "Nobody here sends or gets any mail since about nine, the phones are ringing.",
        ("Restarted the mail service, no change. nslookup -type=mx answers with mail.parked.example. Asked Ian for the "
         "registrar login. Need somebody who may change the zone.",),
    ),
    (
        "Till 3 freezes on gift receipts", "Moorside Garden Centre", "Priority 2 - High", 47,
        "till 3 hangs about one in five gift receipts, had to pull the plug twice",
        ("Updated the receipt printer driver to 3.11, no change. Swapped the USB cable, no change.\n"
         "Faulting application name: pos.exe, version: 8.4.0.2\nException code: 0xc0000374",),
    ),
    (
        "Backup failed three nights running", "Harbor Dental", "Priority 3 - Medium", 312,
        "", ("vssadmin list writers: SqlServerWriter State: [8] Failed. Restarted the SQL writer, came back stable, failed "
             "again at night.",),
    ),
    ("Laptop is slow", "Harbor Dental", "Priority 4 - Low", 1480, "its slow pls help", ()),
)  # fmt: skip


def furnish(office: Office) -> list[int]:
    """Store the stories as escalated tickets with their briefs; return their numbers, in the order of `STORIES`."""
    made = []
    for place, (summary, company, priority, minutes, description, notes) in enumerate(STORIES):
        handoff_id = office.escalate(
            48301 + place, minutes_ago=minutes, summary=summary, company=company, priority=priority, escalated_by="jlind",
            board="Help Desk" if place % 2 == 0 else "Network", status="Escalated",
        )  # fmt: skip
        write_brief(office, handoff_id, evidence(summary, company, priority, minutes, description, notes, 48301 + place),
                    minutes, guess=place == 0)  # fmt: skip
        made.append(handoff_id)
    return made


def evidence(
    summary: str, company: str, priority: str, minutes: int, description: str, texts: tuple[str, ...], number: int
) -> Evidence:
    """Return what one would read of such a ticket."""
    now = datetime.now(UTC)
    begun = now - timedelta(minutes=minutes + 50)
    first = [Note(100, description, ELLEN, begun, "discussion", is_description=True)] if description else []
    notes = [Note(101 + i, text, JONAS, begun + timedelta(minutes=12 * i + 5), "internal") for i, text in enumerate(texts)]
    about = dataclasses.replace(
        ticket(summary), id=number, company=company, priority=priority, entered_at=begun, contact="Ellen Marsh", site=None
    )
    rich = len(texts) > 1
    at, until = begun + timedelta(minutes=30), begun + timedelta(minutes=36)
    entry = TimeEntry(31, "Connected from another laptop, the same drop. So it's not this PC.", JONAS, at, until, until, 0.1)
    past = now - timedelta(days=41)
    before = RelatedTicket(48211, "VPN to Clifton drops", "Help Desk", "Closed", True, past, past, "kpatel")
    firewall = Configuration(9, "FW-CLIFTON", type="Firewall", os="SonicOS 7.1", ip_address="10.0.0.1")
    return Evidence(
        ticket=about, read_at=now, notes=(*first, *notes),
        time_entries=(entry,) if rich else (),
        configurations=(firewall,) if rich else (),
        related=(before,) if rich else (),
    )  # fmt: skip


def write_brief(office: Office, handoff_id: int, found: Evidence, minutes: int, *, guess: bool = False) -> None:
    """Store a package as publishing does."""
    now = datetime.now(UTC)
    assessment = Assessment(
        "the two ends of the tunnel were typed in with different phase-2 lifetimes",
        ("compare the phase-2 lifetime on both ends", "read the ike log of the far end at the drop"), 0.72,
    )  # fmt: skip
    package = build(
        found, episode=1, escalated_at=now - timedelta(minutes=minutes), escalated_by="Jonas Lind", as_of=now,
        time_zone="Europe/London", assessment=assessment if guess else None,
    )  # fmt: skip
    columns = {"escalation_package": package.to_json(), "schema_version": 1, "brief_state": "posted", "draft_hash": "x"}
    with office.database.account(office.account_id) as session:
        here = update(Handoff).where(Handoff.account_id == office.account_id, Handoff.id == handoff_id)
        session.execute(here.values(**columns))


def fill_month(office: Office) -> None:
    """Store a month of handled escalations, and what was measured of the old way."""
    now = datetime.now(UTC) - timedelta(minutes=10)  # pages that name no moment show one up to five minutes ago
    office.set(connected_at=now - timedelta(days=45), hourly_rate=95.0, currency="GBP")
    month.fill(office.database, office.account_id, now=now)


def talk(office: Office, ticket_id: int) -> None:
    """Have two members work on a ticket with their assistants."""
    at_first = {"text": "reseated the drum and cleaned its contacts", "outcome": "no_change", "output": "Error 50.4\nfuser low"}
    of_them: dict[int, list[dict[str, object]]] = {
        JONAS_ID: [at_first, {"text": "compare the till's USB hub with till 2", "state": "pending"}],
        MARIA: [{"text": "ran the printer from another power rail", "outcome": "partial", "changed": "till 3 is on rail B"},
                {"text": "print fifty gift receipts from till 2", "state": "pending"}],
    }  # fmt: skip
    for member_id, steps in of_them.items():
        opened = office.api("POST", "/sessions", member_id, json={"ticket": ticket_id, "client": "Claude Desktop"})
        recorded = office.api("POST", f"/sessions/{opened.json['id']}/steps", member_id, json={"steps": steps})
        assert recorded.status_code < 300, recorded.text


@contextmanager
def showroom(database: Database, folder: Path) -> Iterator[tuple[Office, str]]:
    """Serve a furnished account; give it and where it is served."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    origin = f"http://127.0.0.1:{free_port()}"
    office = open_office(database, folder, PUBLIC_URL=origin)
    furnish(office)
    talk(office, 48303)
    fill_month(office)
    server = make_server("127.0.0.1", int(origin.rpartition(":")[2]), office.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield office, origin
    finally:
        server.shutdown()
        server.server_close()


def cookie(office: Office, member_id: int = MARIA) -> str:
    """Return the session of a browser outside the PSA."""
    return office.passes.tokens.sign(Audience.BROWSER, account_id=office.account_id, member_id=member_id, epoch=1)


def page_key(office: Office) -> str:
    """Return what names the account in its pages' addresses."""
    with office.database.account(office.account_id, reading=True) as session:
        account = session.get(Account, office.account_id)
        assert account is not None
        return str(account.page_key)


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "var/showroom")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "showroom.db"
    for old in folder.glob("showroom.db*"):
        old.unlink()
    database = Database(f"sqlite:///{file}")
    migrate(database.url)
    with showroom(database, folder) as (office, origin):
        sys.stdout.write(f"{origin}/escalations\ncookie resolutionflow={cookie(office)}\n")
        sys.stdout.flush()
        threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
