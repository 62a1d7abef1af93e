"""Connect an account: resolve its boards and statuses, import its members, register its callbacks, and check it all."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import structlog
from sqlalchemy.orm import Session

from escalation.evidence import Ticket
from models.account import accounts
from models.account.accounts import Account, MemberRow, StatusRow
from models.work import canaries, inbox, jobs, ticket_watch
from psa.port import Board, Callback, Member, ProbeResult, Psa, PsaError, SystemInfo
from worker.mail import transport
from worker.process import crash
from worker.wiring import Services

log = structlog.get_logger()


class CannotConnect(RuntimeError):
    """Something about the account does not fit its PSA; the message lists everything, with what to do."""


@dataclass(slots=True)
class Connected:
    """What connecting found and did, for the operator."""

    escalate: list[str] = field(default_factory=list)
    claim: list[str] = field(default_factory=list)
    members: int = 0
    recipients: list[str] = field(default_factory=list)
    callbacks: list[str] = field(default_factory=list)
    api_member: str | None = None
    already_escalated: list[int] = field(default_factory=list)


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


def connect(services: Services, account: Account, *, include_open: bool = False) -> Connected:
    """Make an account ready, or bring it up to date; repeatable. Raises `CannotConnect`, `PsaError`.

    1. Read boards, statuses and members, and stop with a list of everything that does not fit, before any change.
    2. Store what the statuses mean and who is who.
    3. Register the callbacks and learn from them which member our keys belong to.
    4. Remember what stands in an escalation status already, so that only what comes after becomes a handoff
       (`include_open` hands those off too), and start polling from the PSA's own time.
    """
    psa, now = services.psa(account.id), services.clock()
    wrong: list[str] = []
    boards = _boards(psa, account)
    rows = _statuses(account, boards, wrong)
    members = psa.members()
    _check_people(account, members, wrong)
    _check_address(account, services.settings.public_url, wrong)
    if wrong:
        raise CannotConnect("\n".join(f"  - {line}" for line in wrong))
    result = Connected(
        escalate=[f"{r.status} on {r.board}" for r in rows if r.kind == "escalate"],
        claim=[f"{r.status} on {r.board}" for r in rows if r.kind == "claim"],
        members=len(members),
    )
    with services.database.account(account.id) as session:
        known = {(r.board_id, r.status_id) for r in accounts.statuses(session, account.id) if r.kind == "escalate"}
        accounts.replace_statuses(session, account.id, rows)
        _import(session, account, members)
        result.recipients = [f"{m.name} <{m.email}>" for m in accounts.recipients(session, account.id)]
        token = accounts.path_token(account, services.cipher)
    entries = register(psa, services.settings.public_url, token, rows)
    result.callbacks = [f"{e.type}, {e.level} {e.object_id}" for e in entries]
    result.api_member = psa.learn_api_member(members, entries)
    escalated = psa.tickets_in_statuses(sorted({r.status_id for r in rows if r.kind == "escalate"}))
    info = measure_skew(services, account.id, psa)
    with services.database.account(account.id) as session:
        if account.connected_at is None:
            known = set()
        new = {(r.board_id, r.status_id) for r in rows if r.kind == "escalate"} - known
        there = [ticket for ticket in escalated if (ticket.board_id, ticket.status_id) in new]
        if not include_open:
            result.already_escalated = _remember(session, account.id, there)
        accounts.set_account(
            session, account.id, api_member=result.api_member, connected_at=account.connected_at or now,
            codebase=psa.codebase or None, next_poll_at=now,
        )  # fmt: skip
        accounts.save_poll(session, account.id, cursor=info.server_time or now, now=now)
    log.info("account_connected", account=account.name, members=len(members), callbacks=len(entries))
    return result


def renew_members(services: Services, account: Account, psa: Psa) -> None:
    """Read the PSA's people again: who left is told nothing more and claims nothing, who came may. Raises `PsaError`."""
    members = psa.members()
    if not members:
        return  # an answer without anybody is no reason to let go of everybody
    with services.database.account(account.id) as session:
        _import(session, account, members)


def _import(session: Session, account: Account, members: Iterable[Member]) -> None:
    accounts.import_members(
        session, account.id, [_member_row(m) for m in members],
        engineers=account.engineers, admins=account.admins, owner=account.owner,
    )  # fmt: skip


def measure_skew(services: Services, account_id: int, psa: Psa) -> SystemInfo:
    """Compare the PSA's clock with ours and store how far it is ahead. Raises `PsaError`.

    Claims made by a link bear our time and first actions the PSA's: the difference is stated beside the figures. The
    answer's Date header has whole seconds, so half a second is added, and half the call's own time taken for its way.
    """
    asked = services.clock()
    info = psa.system_info()
    now = services.clock()
    if info.server_time is not None:
        here = asked + (now - asked) / 2
        skew = (info.server_time - here).total_seconds() + 0.5
        with services.database.account(account_id) as session:
            accounts.set_account(session, account_id, clock_skew_s=round(skew, 1), skew_measured_at=now)
    return info


def _boards(psa: Psa, account: Account) -> list[Board]:
    """Read the account's boards; all there are if one of the names is wrong, to say what it may have meant."""
    boards = psa.boards(account.board_names or None)
    if {name.lower() for name in account.board_names} <= {board.name.lower() for board in boards}:
        return boards
    return psa.boards()


def meanings(account: Account, boards: Sequence[Board]) -> list[StatusRow]:
    """Return what the statuses of these boards mean to an account. Raises `CannotConnect` listing what does not fit."""
    wrong: list[str] = []
    rows = _statuses(account, boards, wrong)
    if wrong:
        raise CannotConnect("\n".join(f"  - {line}" for line in wrong))
    return rows


def _statuses(account: Account, boards: Sequence[Board], wrong: list[str]) -> list[StatusRow]:
    """Resolve the account's status names on its boards. A name must be there on at least one of them."""
    found = {b.name.lower(): b for b in boards}
    for name in account.board_names:
        if name.lower() not in found:
            wrong.append(f"board {name!r} is not in this PSA. {_nearest(name, [b.name for b in boards])}")
    chosen = [found[n.lower()] for n in account.board_names if n.lower() in found]
    if not account.board_names:
        chosen = list(boards)
    if not chosen:
        return []
    rows: list[StatusRow] = []
    for kind, names in (("escalate", account.escalate_status_names), ("claim", account.claim_status_names)):
        for name in names:
            here = [(b, s) for b in chosen for s in b.statuses if s.name.lower() == name.lower() and not s.inactive]
            if not here:
                there = sorted({s.name for b in chosen for s in b.statuses if not s.inactive})
                where = ", ".join(b.name for b in chosen) or "any board"
                wrong.append(f"status {name!r} is not on {where}. {_nearest(name, there)}")
            rows += [StatusRow(b.id, s.id, b.name, s.name, kind) for b, s in here]
    if not account.escalate_status_names:
        wrong.append(f"no escalation status is set: `account set {account.name} --escalate-status NAME`")
    closed = [StatusRow(b.id, s.id, b.name, s.name, "closed") for b in chosen for s in b.statuses if s.closed]
    return rows + closed


def _nearest(name: str, there: Sequence[str]) -> str:
    lower = {n.lower(): n for n in there}
    near = [lower[n] for n in difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.5)]
    if near:
        return f"Did you mean {' or '.join(repr(n) for n in near)}?"
    return f"There are: {', '.join(there[:30])}." if there else "None could be read: check the API member's role."


def _check_people(account: Account, members: Iterable[Member], wrong: list[str]) -> None:
    known = {m.identifier.lower() for m in members} | {str(m.id) for m in members}
    names = sorted(m.identifier for m in members if not m.is_api)
    given = [("engineer", n) for n in account.engineers] + [("admin", n) for n in account.admins]
    given += [("owner", account.owner)] if account.owner else []
    for role, name in given:
        if str(name).strip().lower() not in known:
            wrong.append(f"{role} {name!r} is no member of this PSA. {_nearest(str(name), names)}")


def _check_address(account: Account, public_url: str, wrong: list[str]) -> None:
    """ConnectWise must reach us over https, unless this account is one of a private network."""
    parts = urlsplit(public_url)
    local = (parts.hostname or "") in ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 - told apart, not used
    if not account.allow_private and (parts.scheme != "https" or local):
        wrong.append(
            f"PUBLIC_URL is {public_url}: ConnectWise could not call it. Set PUBLIC_URL to the https address under "
            "which it reaches this installation"
        )


def _member_row(member: Member) -> MemberRow:
    return MemberRow(
        id=member.id, identifier=member.identifier, name=member.name, email=member.email, active=member.active,
        is_api=member.is_api,
    )  # fmt: skip


def callback_url(public_url: str, token: str) -> str:
    """Return where an account's callbacks go. ConnectWise appends the record's id to it (developer guide)."""
    return f"{public_url}/callbacks/connectwise/{token}?recordId="


def register(psa: Psa, public_url: str, token: str, rows: Iterable[StatusRow]) -> list[Callback]:
    """Register one entry for each board's tickets, and one each for time and schedule; equal ones are kept."""
    wanted = [("ticket", "board", board) for board in sorted({r.board_id for r in rows if r.kind == "escalate"})]
    wanted += [("time", "owner", 1), ("schedule", "owner", 1)]
    url = callback_url(public_url, token)
    entries = []
    for kind, level, object_id in wanted:
        entry = psa.register_callback(
            url=url, type=kind, level=level, object_id=object_id, description=f"ResolutionFlow: {kind}"
        )
        crash.point("check.registered")
        entries.append(psa.reactivate_callback(entry.id) if entry.inactive else entry)
        crash.point("check.activated")
    for old in psa.callbacks():  # another PUBLIC_URL or board from before
        if token in old.url and old.id not in {e.id for e in entries}:
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
            last_updated=ticket.last_updated, episode=watch.episode if watch else 0,
        )  # fmt: skip
        if new:
            ids.append(ticket.id)
    return ids


def check(services: Services, account: Account) -> list[ProbeResult]:
    """Try everything the account needs, reads only: endpoints and permissions, names, callbacks, people, mail."""
    psa = services.psa(account.id)
    lines = list(psa.probe())
    lines.append(_tried("boards and statuses", lambda: _check_names(account, psa)))
    lines.append(_tried("callbacks", lambda: _check_callbacks(services, account, psa)))
    with services.database.account(account.id, reading=True) as session:
        people = accounts.recipients(session, account.id)
    mute = [m.name for m in people if not m.email]
    if not people:
        detail = "no engineer or admin yet: set them and run `account connect`"
        lines.append(ProbeResult("people to tell", False, detail))
    else:
        detail = f"{len(people)} engineers and admins" + (f"; no address: {', '.join(mute)}" if mute else "")
        lines.append(ProbeResult("people to tell", not mute, detail))
    try:
        lines.append(ProbeResult("mail", True, transport.check(services.settings.smtp_url)))
    except (transport.MailError, transport.MailUrlError) as error:
        lines.append(ProbeResult("mail", False, str(error)))
    if account.connected_at is not None and account.api_member is None:
        detail = "unknown which member our keys belong to: run `account connect` again"
        lines.append(ProbeResult("our own login", False, detail))
    with services.database.account(account.id, reading=True) as session:
        for alert in jobs.open_alerts(session, account.id):
            lines.append(ProbeResult(f"alert: {alert.kind}", False, f"{alert.subject}: {alert.detail}"))
    lines += _check_canary(services, account)
    if account.frozen_reason:
        detail = f"frozen: {account.frozen_reason}. When that is settled: `account set {account.name} --unfreeze`"
        lines.append(ProbeResult("writing", False, detail))
    return lines


def _check_canary(services: Services, account: Account) -> list[ProbeResult]:
    """Say how the last canary fared, and whether the ticket that was lent for trials can be one."""
    if not services.settings.canary_url:
        return [ProbeResult("canary", True, "off: PUBLIC_URL and CANARY_URL are not set")]
    with services.database.account(account.id, reading=True) as session:
        last = canaries.newest(session, account.id)
        escalated = account.canary_ticket is not None and inbox.is_watched(session, account.id, account.canary_ticket)
    if escalated:
        return [ProbeResult("canary", False, f"ticket {account.canary_ticket} is an escalation: lend another one")]
    if last is None:
        return [ProbeResult("canary", True, "none was sent for this account yet")]
    if last.ended_at is not None:
        took = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in canaries.parts(last).items())
        return [ProbeResult("canary", True, f"{last.sent_at:%Y-%m-%d %H:%M} UTC: {took}")]
    age = (services.clock() - last.sent_at).total_seconds()
    late = age > services.settings.intervals.canary_late
    return [ProbeResult("canary", not late, f"{last.sent_at:%Y-%m-%d %H:%M} UTC: {canaries.where(last)}")]


def _tried(what: str, look: Callable[[], tuple[bool, str]]) -> ProbeResult:
    try:
        ok, detail = look()
    except PsaError as error:
        ok, detail = False, str(error)
    return ProbeResult(what, ok, detail)


def _check_names(account: Account, psa: Psa) -> tuple[bool, str]:
    wrong: list[str] = []
    rows = _statuses(account, _boards(psa, account), wrong)
    if wrong:
        return False, "; ".join(wrong)
    return True, ", ".join(f"{r.kind}: {r.status} on {r.board}" for r in rows if r.kind != "closed")


def _check_callbacks(services: Services, account: Account, psa: Psa) -> tuple[bool, str]:
    token = accounts.path_token(account, services.cipher)
    ours = [c for c in psa.callbacks() if token in c.url]
    if not ours:
        return False, f"none registered: run `account connect {account.name}`"
    off = [str(c.id) for c in ours if c.inactive]
    if off:
        return False, f"inactive: {', '.join(off)}; run `account connect {account.name}`"
    elsewhere = [c for c in ours if not c.url.startswith(services.settings.public_url + "/")]
    if elsewhere:
        return False, f"registered for another address: run `account connect {account.name}`"
    return True, f"{len(ours)} active"
