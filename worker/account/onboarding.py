"""Connect an account: resolve its boards and statuses, import its members, register its callbacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePath

import structlog
from sqlalchemy.orm import Session

from escalation.evidence import Ticket
from models.account import accounts
from models.account.accounts import Account, StatusRow
from models.work import jobs, ticket_watch
from models.work.alert_kinds import Kind
from psa.outbound.allowed_hosts import Site
from psa.port import Callback, Member, Psa, SystemInfo
from worker.account.hosted_pages import register_pages
from worker.account.members import follow_logins, reached, store_members
from worker.account.reach import wrong_address
from worker.account.statuses import Resolved, boards_of, follow, nearest, resolve, unnamed_in_words
from worker.process import crash
from worker.wiring import Services

log = structlog.get_logger()

SUSPENDED = "suspended by the operator"
"""Why nothing is written to a suspended account's PSA."""
SLOW = timedelta(seconds=1)
"""A call that takes longer tells the PSA's time too roughly, and is made once more."""


class CannotConnect(RuntimeError):
    """Something about the account does not fit its PSA; the message lists everything, with what to do."""


@dataclass(slots=True)
class Connected:
    """What connecting found and did, for the operator."""

    escalate: list[str] = field(default_factory=list)
    claim: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    """Boards and statuses that were followed under another name."""
    members: int = 0
    recipients: list[str] = field(default_factory=list)
    cleaned: list[str] = field(default_factory=list)
    """Whose address is not written to as it stands in the PSA, and how it is."""
    callbacks: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    """Ours that the PSA shows, and which of them could not be registered."""
    api_member: str | None = None
    already_escalated: list[int] = field(default_factory=list)
    unnamed: str = ""
    """What to name on other boards, if there are any without a claim status."""


def account_named(services: Services, name: str) -> Account:
    """Return the account of that name. Raises `CannotConnect` with the names there are."""
    with services.database.system(reading=True) as system:
        account = accounts.account_by_name(system, name)
        known = [a.name for a in accounts.list_accounts(system)]
    if account is None:
        raise CannotConnect(
            f"no account is called {name!r}. "
            + (f"There are: {', '.join(known)}." if known else "There is none yet: `resolutionflow account add`.")
        )
    with services.database.account(account.id, reading=True) as session:
        whole = accounts.get(session, account.id)
    assert whole is not None
    return whole


def bears_folder(name: str) -> bool:
    """Whether a folder can have an account's name: its reports and exports are in one, which `account remove` deletes."""
    return name == PurePath(name).name and name not in ("", ".", "..") and "\0" not in name


def refuse_name(name: str) -> None:
    """Raise `CannotConnect` if no new account can be called that."""
    if not bears_folder(name):
        raise CannotConnect(f"an account cannot be called {name!r}: a folder bears its name, so leave slashes out")


def account_of(services: Services, *, site: Site, company: str, other_than: str = "") -> Account | None:
    """Return the account that is this company of this ConnectWise, if there is one of another name than `other_than`."""
    with services.database.system(reading=True) as system:
        rows = [account for account in accounts.list_accounts(system) if account.name != other_than]
    return next((row for row in rows if _is_company(row, site, company)), None)


def _is_company(account: Account, site: Site, company: str) -> bool:
    same_site = Site.parse(account.site, allow_private=account.allow_private).ui == site.ui
    return same_site and account.company.strip().lower() == company.strip().lower()


def refuse_twice(services: Services, *, site: Site, company: str, name: str) -> None:
    """Raise `CannotConnect` if another account than `name` is this company's: each ticket would get two briefs."""
    other = account_of(services, site=site, company=company, other_than=name)
    if other is not None:
        raise CannotConnect(
            f"company {company!r} at {site.ui} is account {other.name!r} already; each ticket would get two briefs "
            f"and each senior two mails. Change that one with `account set {other.name}`"
        )


def refuse_other(services: Services, *, site: Site, company: str, name: str) -> None:
    """Raise `CannotConnect` if account `name` is another company: its handoffs and figures are not this one's."""
    with services.database.system(reading=True) as system:
        known = accounts.account_by_name(system, name)
    if known is not None and not _is_company(known, site, company):
        raise CannotConnect(
            f"account {name!r} is company {known.company!r} at {known.site}: call this one otherwise (--name). If it is what "
            f"that company has become: `account set {name} --site … --company …`"
        )


def connect(services: Services, account: Account, *, include_open: bool = False) -> Connected:
    """Make an account ready, or bring it up to date; repeatable. Raises `CannotConnect`, `PsaError`.

    1. Read boards, statuses and members, and stop with a list of everything that does not fit, before any change.
    2. Store what the statuses mean and who is who.
    3. Register the callbacks, and pod and tab where our role may, and learn from them which member our keys belong to.
    4. Remember what stands in an escalation status already, so that only what comes after becomes a handoff
       (`include_open` hands those off too), and start polling from the PSA's own time.
    """
    site = Site.parse(account.site, allow_private=account.allow_private)
    refuse_twice(services, site=site, company=account.company, name=account.name)
    psa, now = services.psa(account.id), services.clock()
    found = look_up(services, account, psa, everywhere=True)
    rows, wrong = found.rows, found.wrong
    members = psa.members()
    with services.database.account(account.id) as session:
        follow_logins(session, account, members)
    wrong += wrong_people(account, members) + wrong_dry_run(account, members)
    wrong += wrong_address(services.settings, account.site, allow_private=account.allow_private)
    if wrong:
        raise CannotConnect("\n".join(f"  - {line}" for line in wrong))
    result = Connected(
        escalate=[f"{r.status} on {r.board}" for r in rows if r.kind == "escalate"],
        claim=[f"{r.status} on {r.board}" for r in rows if r.kind == "claim"],
        renamed=found.renamed,
        members=len(members),
        unnamed=unnamed_in_words(account, found.unnamed),
    )
    with services.database.account(account.id) as session:
        known = {(r.board_id, r.status_id) for r in accounts.statuses(session, account.id) if r.kind == "escalate"}
        _store(session, account, rows, found)
        store_members(session, account, members, now=now)
        people = accounts.recipients(session, account.id)
        result.recipients = [reached(m) for m in people]
        result.cleaned = [f"{m.name}: {m.email_note}" for m in people if m.email and m.email_note]
        token = accounts.path_token(account, services.cipher)
    entries = register(psa, services.settings.public_url, token, rows, psa.callbacks())
    result.pages = register_pages(services, account, psa)
    result.callbacks = [f"{e.type}, {e.level} {e.object_id}" for e in entries]
    learnt = psa.learn_api_member(members, entries)  # by an entry's member, else as it was called when `psa` was made
    result.api_member = accounts.renamed_of(account.settings).get((learnt or "").lower(), learnt)
    escalated = psa.tickets_in_statuses(sorted({r.status_id for r in rows if r.kind == "escalate"}))
    info = measure_skew(services, account.id, psa)
    with services.database.account(account.id) as session:
        if account.connected_at is None or account.suspended_at is not None:
            known = set()  # what was escalated while nobody looked is left alone, as at the very first time
        new = {(r.board_id, r.status_id) for r in rows if r.kind == "escalate"} - known
        there = [ticket for ticket in escalated if (ticket.board_id, ticket.status_id) in new]
        if not include_open:
            result.already_escalated = _remember(session, account.id, there)
        accounts.set_account(
            session, account.id, api_member=result.api_member, connected_at=account.connected_at or now,
            codebase=psa.codebase or None, next_poll_at=now,
        )  # fmt: skip
        accounts.save_poll(session, account.id, cursor=info.server_time or now, now=now)
        if account.suspended_at is not None:
            accounts.set_account(session, account.id, suspended_at=None)
            if account.frozen_reason == SUSPENDED:
                accounts.unfreeze(session, account.id)
    log.info("account_connected", account=account.name, members=len(members), callbacks=len(entries))
    return result


def unfreeze(session: Session, account_id: int, *, now: datetime) -> None:
    """Write to the account's PSA again, after somebody has seen to the note that customers could see."""
    accounts.unfreeze(session, account_id)
    for alert in jobs.open_alerts(session, account_id):
        if alert.kind == Kind.NOTE_VISIBLE:
            jobs.clear_alert(session, account_id, kind=alert.kind, subject=alert.subject, now=now)


def look_up(services: Services, account: Account, psa: Psa, *, everywhere: bool = False) -> Resolved:
    """Find what the account's names mean in its PSA now, knowing what they meant before. Raises `PsaError`.

    With `everywhere` all boards are read, one call for each, to know where a rule may move a ticket.
    """
    with services.database.account(account.id, reading=True) as session:
        stored = accounts.statuses(session, account.id)
    return resolve(account, psa.boards() if everywhere else boards_of(psa, account, stored), stored)


def follow_names(services: Services, account: Account, psa: Psa) -> list[str]:
    """Take over new names of boards and statuses that are connected; return what is gone. Raises `PsaError`."""
    found = look_up(services, account, psa)
    if found.renamed:
        log.info("names_followed", account=account.name, names=found.renamed)
        with services.database.account(account.id) as session:
            _store(session, account, follow(accounts.statuses(session, account.id), found), found)
    return found.wrong


def _store(session: Session, account: Account, rows: Iterable[StatusRow], found: Resolved) -> None:
    accounts.replace_statuses(session, account.id, rows)
    if found.renamed:
        accounts.set_account(
            session, account.id, board_names=found.names(account.board_names),
            escalate_status_names=found.names(account.escalate_status_names),
            claim_status_names=found.names(account.claim_status_names), live_boards=found.names(account.live_boards),
        )  # fmt: skip


def measure_skew(services: Services, account_id: int, psa: Psa) -> SystemInfo:
    """Compare the PSA's clock with ours and store how far it is ahead. Raises `PsaError`.

    Claims made by a link bear our time and first actions the PSA's: the difference is stated beside the figures. The
    answer's Date header has whole seconds, so half a second is added, and half the call's own time taken for its way.
    """
    for _ in range(2):
        asked = services.clock()
        info = psa.system_info()
        now = services.clock()
        if now - asked < SLOW:
            break  # a call that waited, or loaded the client first, says little of the moment it was answered
    if info.server_time is not None:
        here = asked + (now - asked) / 2
        skew = (info.server_time - here).total_seconds() + 0.5
        with services.database.account(account_id) as session:
            accounts.set_account(session, account_id, clock_skew_s=round(skew, 1), skew_measured_at=now)
    return info


def wrong_people(account: Account, members: Iterable[Member]) -> list[str]:
    """Return whose role is given to nobody who can log in: they would never claim, or read what they are told."""
    members, wrong = list(members), []
    known = {key: m for m in members for key in (str(m.id), m.identifier.lower())}
    names = sorted(m.identifier for m in members if m.active and not m.is_api)
    given = [("engineer", n) for n in account.engineers] + [("admin", n) for n in account.admins]
    given += [("owner", account.owner)] if account.owner else []
    given += [("dry run to", account.dry_run_to)] if account.dry_run_to else []
    for role, name in given:
        member = known.get(str(name).strip().lower())
        if member is not None and not member.active:
            wrong.append(f"{role} {name!r} is inactive in this PSA. {nearest(str(name), names)}")
        elif member is not None and member.is_api:
            wrong.append(f"{role} {name!r} is an API member and no person. {nearest(str(name), names)}")
        elif member is None:
            wrong.append(f"{role} {name!r} is no member of this PSA. {nearest(str(name), names)}")
    return wrong


def wrong_dry_run(account: Account, members: Iterable[Member]) -> list[str]:
    """Return that whom briefs are mailed to in dry run has no role in which anybody is told of anything."""
    given = [*account.engineers, *account.admins, account.owner or ""]
    told = {str(name).strip().lower() for name in given} - {""}
    name = (account.dry_run_to or "").strip().lower()
    there = [m for m in members if m.active and not m.is_api]
    could = sorted(m.identifier for m in there if {str(m.id), m.identifier.lower()} & told)
    one = next((m for m in there if name in (str(m.id), m.identifier.lower())), None)
    if one is None or one.identifier in could:
        return []  # who is nobody `wrong_people` tells
    return [f"dry run to {account.dry_run_to!r} is no engineer, admin or owner of {account.name}, so nobody would get a brief. "
            + nearest(str(account.dry_run_to), could)]  # fmt: skip


def callback_url(public_url: str, token: str) -> str:
    """Return where an account's callbacks go. ConnectWise appends the record's id to it (developer guide)."""
    return f"{public_url}/callbacks/connectwise/{token}?recordId="


def register(
    psa: Psa, public_url: str, token: str, rows: Iterable[StatusRow], there: Iterable[Callback]
) -> list[Callback]:
    """Register one entry for each board's tickets, and one each for time and schedule.

    Of those that are `there` equal ones are kept, and switched on if they are off; other ones of ours are removed.
    """
    there = list(there)
    wanted = [("ticket", "board", board) for board in sorted({r.board_id for r in rows if r.kind == "escalate"})]
    wanted += [("time", "owner", 1), ("schedule", "owner", 1)]
    url = callback_url(public_url, token)
    entries = []
    for kind, level, object_id in wanted:
        equal = [
            c for c in there
            if c.url == url and (c.type, c.level) == (kind, level) and (c.object_id == object_id or level == "owner")
        ]  # fmt: skip
        entry = min(equal, key=lambda c: (c.inactive, c.id), default=None) or psa.register_callback(
            url=url, type=kind, level=level, object_id=object_id, description=f"ResolutionFlow: {kind}"
        )
        crash.point("check.registered")
        entries.append(psa.reactivate_callback(entry.id) if entry.inactive else entry)
        crash.point("check.activated")
    for old in there:  # another PUBLIC_URL, address or board from before
        ours = token in old.url or old.url.startswith(f"{public_url}/callbacks/connectwise/")
        if ours and old.id not in {e.id for e in entries}:
            psa.delete_callback(old.id)
            crash.point("check.removed")
    return entries


def _remember(session: Session, account_id: int, escalated: Iterable[Ticket]) -> list[int]:
    """Note that tickets stand in an escalation status already, so that only what comes after is an episode."""
    ids = []
    for ticket in escalated:
        watch = ticket_watch.seen(session, account_id, ticket.id)
        if watch is not None and watch.in_escalation:
            continue
        new = ticket_watch.record(
            session, account_id, ticket.id, expected_version=watch.version if watch else 0,
            board_id=ticket.board_id, status_id=ticket.status_id, in_escalation=True, left_at=None,
            last_updated=ticket.last_updated, episode=watch.episode if watch else 0, missing_since=None, absent_since=None,
        )  # fmt: skip
        if new:
            ids.append(ticket.id)
    return ids
