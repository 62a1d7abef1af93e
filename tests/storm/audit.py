"""What became of every escalation, by the simulated PSA's truth, our rows and the mail server's folder."""

from __future__ import annotations

import email
import email.policy
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from escalation.brief.marker import marker_of
from models.account import accounts
from models.handoff import deliveries, handoffs
from models.tables import Account as Account_
from models.tables import Handoff, Inbox, Report
from models.work import jobs
from tests.storm.rig import Escalation, Msp, Rig

BRIEFED = ("posted", "parked", "withheld")
OVER = ("withdrawn", "resolved")
OWN_S = 0.3
"""A callback raised so soon after the status change is that change's own."""


@dataclass(slots=True)
class Account:
    """One storm's line in the table, and the reasons behind a number that is not zero."""

    storm: str
    database: str
    seed: int
    attempted: int = 0
    """Escalations by status change."""
    acknowledged: int = 0
    """Those whose callback got a 2xx, at once or repeated; the others are the poller's."""
    lost: int = 0
    """Escalations without an internal brief in their ticket."""
    duplicated: int = 0
    """Escalations with more than one, after everything settled."""
    unexpected: int = 0
    """Whatever else should not be: visible, in the wrong ticket or account, a mail too many, an unexplained extra."""
    recovered: int = 0
    """Briefs that came after the fault was over."""
    settled_s: float | None = None
    """Seconds from the end of the fault until nothing was due any more; None: not in time."""
    extras: int = 0
    """Second notes that were posted and removed again, each counted on its handoff."""
    repeats: int = 0
    """Mails that came more than once, with the same Message-ID."""
    why: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not (self.lost or self.duplicated or self.unexpected) and self.settled_s is not None

    def blame(self, what: str) -> None:
        self.unexpected += 1
        self.why.append(what)

    def line(self) -> str:
        settled = "NOT SETTLED" if self.settled_s is None else f"{self.settled_s:.1f} s"
        return (
            f"{self.storm:<46} {self.database:<10} {self.attempted:>9} {self.acknowledged:>12} {self.lost:>5} "
            f"{self.duplicated:>10} {self.unexpected:>10} {self.recovered:>9} {settled:>11} {self.extras:>6} "
            f"{self.repeats:>7}  {'ok' if self.good else 'FAILED'}"
        )


HEADING = (
    f"{'storm':<46} {'database':<10} {'attempted':>9} {'acknowledged':>12} {'lost':>5} {'duplicated':>10} "
    f"{'unexpected':>10} {'recovered':>9} {'settled in':>11} {'extras':>6} {'repeats':>7}"
)


def waiting(rig: Rig) -> dict[str, int]:
    """Return what is still due or under way, by kind; nothing: the storm has settled."""
    found: Counter[str] = Counter()
    for msp in rig.msps:
        with rig.stack.services.database.account(msp.account_id, reading=True) as session:
            new = select(func.count()).select_from(Inbox)
            found["inbox"] += session.scalar(new.where(Inbox.account_id == msp.account_id, Inbox.state == "new")) or 0
            for handoff in session.scalars(select(Handoff).where(Handoff.account_id == msp.account_id)):
                found["brief"] += handoff.brief_state not in BRIEFED and handoff.response_state not in OVER
                found["refresh"] += handoff.refresh_due_at is not None
                found["claim"] += handoff.settle_due_at is not None
                found["lease"] += handoff.lease_until is not None
                found["notice"] += handoff.notify_state == "pending" and handoff.response_state == "open"
                for row in deliveries.of_handoff(session, msp.account_id, handoff.id):
                    found["mail"] += row.status in ("queued", "sending")
            for report in session.scalars(select(Report).where(Report.account_id == msp.account_id)):
                found["report"] += report.status in ("queued", "sending")
            due = select(Account_.next_weekly_at).where(Account_.id == msp.account_id)
            found["week"] += (session.scalar(due) or rig.stack.services.clock()) <= rig.stack.services.clock()
        known = _tickets(rig, msp)
        mine = [e.ticket for e in rig.escalations if e.msp.name == msp.name]
        found["unseen"] += sum(ticket not in known for ticket in mine)
    return {name: count for name, count in found.items() if count}


def _tickets(rig: Rig, msp: Msp) -> set[int]:
    with rig.stack.services.database.account(msp.account_id, reading=True) as session:
        query = select(Handoff.ticket_id).where(Handoff.account_id == msp.account_id)
        return set(session.scalars(query))


def settle(rig: Rig, healed: float, within_s: float) -> float | None:
    """Wait until nothing is due; return the seconds since `healed` (monotonic), None if it took too long."""
    while time.monotonic() < healed + within_s:
        try:
            if not waiting(rig):
                return time.monotonic() - healed
        except Exception:
            rig.stack.services.database.dispose()  # connections from before the fault
        time.sleep(0.25)
    return None


def audit(
    rig: Rig,
    storm: str,
    escalations: list[Escalation],
    healed_at: float,
    settled_s: float | None,
    *,
    counted: bool = True,
) -> Account:
    """Compare what was escalated with what stands in the PSA, in our rows and in the mail server.

    Not `counted`: notes were removed because they were visible, which no handoff counts.
    """
    found = Account(storm, rig.kind, rig.seed, attempted=len(escalations), settled_s=settled_s)
    if settled_s is None:
        found.why.append(f"still waiting: {waiting(rig)}")
    mails = _mails(rig)
    for msp in rig.msps:
        mine = [e for e in escalations if e.msp.name == msp.name]
        _audit_account(rig, msp, mine, found, healed_at)
        _audit_mails(rig, msp, mine, mails, found)
    if counted:
        _audit_extras(rig, found)
    return found


def resolved_twice(notes: list[dict[str, Any]]) -> dict[int, list[int]]:
    """Return the ids of our resolution notes, by ticket, where there are several.

    A storm's ticket has one episode, and that has one, whatever form, words and mark another has.
    """
    there = _by_ticket(notes, "RN-")
    return {ticket: [note["id"] for note in several] for ticket, several in there.items() if several[1:]}


def _by_ticket(notes: list[dict[str, Any]], prefix: str) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for note in notes:
        if f"[ref: {prefix}" in note["text"]:
            found[int(note["ticketId"])].append(note)
    return dict(found)


def _audit_account(rig: Rig, msp: Msp, mine: list[Escalation], found: Account, healed_at: float) -> None:
    there = msp.simulator.state()["tables"]["notes"]
    notes = _by_ticket(there, "RF-")
    for ticket, ids in resolved_twice(there).items():
        found.duplicated += 1
        found.why.append(f"{msp.name} {ticket}: resolution notes {ids}")
    answered = [
        (d["record_id"], d["raised"])
        for d in msp.simulator.deliveries()
        if d["type"] == "ticket" and any(a["status"] and 200 <= a["status"] < 300 for a in d["attempts"])
    ]
    escalated = {e.ticket for e in rig.escalations if e.msp.name == msp.name}
    for ticket in notes.keys() - escalated - msp.forged:
        found.blame(f"{msp.name} {ticket}: a brief in a ticket that nobody escalated")
    with rig.stack.services.database.account(msp.account_id, reading=True) as session:
        account = accounts.get(session, msp.account_id)
        assert account is not None
        if account.frozen_reason:
            found.blame(f"{msp.name} is frozen: {account.frozen_reason}")
        key = accounts.marker_key(account, rig.stack.services.cipher)
        for one in mine:
            found.acknowledged += any(t == one.ticket and 0 <= raised - one.at < OWN_S for t, raised in answered)
            rows = handoffs.by_ticket(session, msp.account_id, one.ticket)
            _audit_ticket(msp, one.ticket, rows, notes.get(one.ticket, []), key, found, healed_at)


def _audit_ticket(
    msp: Msp, ticket: int, rows: list[Handoff], notes: list[dict[str, Any]], key: bytes, found: Account, healed_at: float
) -> None:
    where = f"{msp.name} {ticket}"
    if len(rows) != 1:
        found.blame(f"{where}: {len(rows)} handoffs for one episode")
    if any(row.dry_run for row in rows):
        found.lost += any(row.brief_state != "withheld" or not row.draft for row in rows)
        if notes:
            found.blame(f"{where}: a note although its board is in dry run")
        return
    if not notes:
        found.lost += 1
        found.why.append(f"{where}: no brief; {[(h.brief_state, h.response_state, h.last_error) for h in rows]}")
        return
    marker = marker_of(key, account_id=msp.account_id, ticket_id=ticket, episode=1)
    beside = f"[ref: RF-U-{marker.removeprefix('RF-')}]"
    notes = [note for note in notes if beside not in note["text"]]
    ours = [note for note in notes if marker in note["text"]]
    if len(ours) > 1:
        found.duplicated += 1
        found.why.append(f"{where}: notes {[note['id'] for note in ours]} carry one marker")
    if len(notes) != len(ours):
        found.blame(f"{where}: a note with a marker that is not this ticket's")
    for note in notes:
        if note["detailDescriptionFlag"] or note["resolutionFlag"] or not note["internalAnalysisFlag"]:
            found.blame(f"{where}: note {note['id']} is visible to the customer")
    for row in rows:
        found.extras += row.extra_notes_removed
        if row.brief_state != "posted":
            found.blame(f"{where}: our row says {row.brief_state}: {row.park_reason or row.last_error}")
        elif ours and row.escalation_package_external_id not in [note["id"] for note in ours]:
            found.blame(f"{where}: our row names note {row.escalation_package_external_id}, which is not there")
        elif row.posted_at and row.posted_at.timestamp() > healed_at:
            found.recovered += 1


def _mails(rig: Rig) -> list[tuple[str, str, str]]:
    """Return what the mail server kept: recipient, subject, Message-ID."""
    parsed = [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in rig.mail.messages]
    return [(str(m["To"]), str(m["Subject"]), str(m["Message-ID"])) for m in parsed]


def _audit_mails(
    rig: Rig, msp: Msp, mine: list[Escalation], mails: list[tuple[str, str, str]], found: Account
) -> None:
    came = Counter(message_id for _, _, message_id in mails)
    with rig.stack.services.database.account(msp.account_id, reading=True) as session:
        for one in mine:
            for handoff in handoffs.by_ticket(session, msp.account_id, one.ticket):
                rows = deliveries.of_handoff(session, msp.account_id, handoff.id)
                rows = [row for row in rows if row.kind == "handoff"]
                told = 1 if handoff.dry_run else len(msp.engineers)
                if len(rows) != told:
                    found.blame(f"{msp.name} {one.ticket}: {len(rows)} deliveries for {told} engineers")
                for row in rows:
                    times = came[row.message_id]
                    if row.status == "sent" and not times:
                        found.blame(f"{msp.name} {one.ticket}: delivery {row.id} is said to be sent and never came")
                    if row.status not in ("sent", *rig.refused_mail):
                        found.blame(f"{msp.name} {one.ticket}: delivery {row.id} is {row.status}: {row.reason}")
                    found.repeats += max(0, times - 1)
        known = {
            row.message_id
            for handoff in session.scalars(select(Handoff).where(Handoff.account_id == msp.account_id))
            for row in deliveries.of_handoff(session, msp.account_id, handoff.id)
        }
        known |= _audit_reports(rig, session, msp, came, found)
    host = f"@{msp.name}.example"
    for recipient, subject, message_id in mails:
        if host in recipient and message_id not in known:
            found.blame(f"a mail to {recipient} that no delivery knows: {subject}")


def _audit_reports(rig: Rig, session: Session, msp: Msp, came: Counter[str], found: Account) -> set[str]:
    """Blame weekly e-mails that are said to be sent and never came; return the Message-IDs of all."""
    rows = list(session.scalars(select(Report).where(Report.account_id == msp.account_id)))
    for week in sorted(rig.weeks - {row.period for row in rows}):
        found.blame(f"{msp.name}: no report for {week}")
    for row in rows:
        if row.status == "sent" and not came[row.message_id]:
            found.blame(f"{msp.name}: report {row.id} is said to be sent and never came")
        elif row.status not in ("sent", "suppressed"):
            found.blame(f"{msp.name}: report {row.id} is {row.status}: {row.reason}")
        found.repeats += max(0, came[row.message_id] - 1)
    return {row.message_id for row in rows}


def _audit_extras(rig: Rig, found: Account) -> None:
    """Blame notes that we removed in the PSA without counting them, and counts without a note."""
    removed = [
        r for r in rig.stack.simulator.requests()
        if r["method"] == "DELETE" and "/notes/" in r["path"] and r["status"] and 200 <= r["status"] < 300
    ]  # fmt: skip
    if len(removed) != found.extras:
        found.blame(f"{len(removed)} notes were deleted in the PSA, {found.extras} are counted on handoffs")


def alerts(rig: Rig) -> list[str]:
    """Return the open alerts, as kind and subject."""
    with rig.stack.services.database.system(reading=True) as system:
        return [f"{alert.kind}: {alert.subject}" for alert in jobs.open_alerts(system)]
