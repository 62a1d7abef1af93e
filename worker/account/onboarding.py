"""Connect an account: resolve its boards and statuses, import its members, register its callbacks, and check it all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from sqlalchemy.orm import Session

from escalation.evidence import Ticket
from models.account import accounts
from models.account.accounts import Account, StatusRow
from models.handoff import readings
from models.work import canaries, inbox, jobs, ticket_watch
from psa.outbound.allowed_hosts import Site
from psa.port import Callback, Member, ProbeResult, Psa, PsaError, SystemInfo, Unauthorized
from worker.account.members import check_addresses, reached, store_members
from worker.account.statuses import Resolved, boards_of, follow, nearest, resolve, unnamed_in_words
from worker.mail import addresses, transport
from worker.process import crash
from worker.wiring import Services

log = structlog.get_logger()

_REFUSED = (
    "the keys were refused ({status}): wrong, withdrawn, of another company, or the client id is not known. Make keys under "
    "System, Members, API Members, and give them with `account set {name} --public-key … --private-key … --client-id …`; "
    "nothing else of ConnectWise was tried"
)


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


def refuse_twice(services: Services, *, site: Site, company: str, name: str) -> None:
    """Raise `CannotConnect` if another account than `name` is this company's: each ticket would get two briefs."""
    with services.database.system(reading=True) as system:
        others = [account for account in accounts.list_accounts(system) if account.name != name]
    for other in others:
        same_site = Site.parse(other.site, allow_private=other.allow_private).ui == site.ui
        if same_site and other.company.strip().lower() == company.strip().lower():
            raise CannotConnect(
                f"company {company!r} at {site.ui} is account {other.name!r} already; each ticket would get two briefs "
                f"and each senior two mails. Change that one with `account set {other.name}`"
            )


def connect(services: Services, account: Account, *, include_open: bool = False) -> Connected:
    """Make an account ready, or bring it up to date; repeatable. Raises `CannotConnect`, `PsaError`.

    1. Read boards, statuses and members, and stop with a list of everything that does not fit, before any change.
    2. Store what the statuses mean and who is who.
    3. Register the callbacks and learn from them which member our keys belong to.
    4. Remember what stands in an escalation status already, so that only what comes after becomes a handoff
       (`include_open` hands those off too), and start polling from the PSA's own time.
    """
    site = Site.parse(account.site, allow_private=account.allow_private)
    refuse_twice(services, site=site, company=account.company, name=account.name)
    psa, now = services.psa(account.id), services.clock()
    found = look_up(services, account, psa, everywhere=True)
    rows, wrong = found.rows, found.wrong
    members = psa.members()
    _check_people(account, members, wrong)
    _check_address(account, services.settings.public_url, wrong)
    if wrong:
        raise CannotConnect("\n".join(f"  - {line}" for line in wrong))
    result = Connected(
        escalate=[f"{r.status} on {r.board}" for r in rows if r.kind == "escalate"],
        claim=[f"{r.status} on {r.board}" for r in rows if r.kind == "claim"],
        renamed=found.renamed,
        members=len(members),
        unnamed=unnamed_in_words(found.unnamed) if found.unnamed else "",
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
            claim_status_names=found.names(account.claim_status_names),
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


def _check_people(account: Account, members: Iterable[Member], wrong: list[str]) -> None:
    """A role is given to a person who can log in: nobody else would ever claim, or read what they are told."""
    members = list(members)
    known = {key: m for m in members for key in (str(m.id), m.identifier.lower())}
    names = sorted(m.identifier for m in members if m.active and not m.is_api)
    given = [("engineer", n) for n in account.engineers] + [("admin", n) for n in account.admins]
    given += [("owner", account.owner)] if account.owner else []
    for role, name in given:
        member = known.get(str(name).strip().lower())
        if member is not None and not member.active:
            wrong.append(f"{role} {name!r} is inactive in this PSA. {nearest(str(name), names)}")
        elif member is not None and member.is_api:
            wrong.append(f"{role} {name!r} is an API member and no person. {nearest(str(name), names)}")
        elif member is None:
            wrong.append(f"{role} {name!r} is no member of this PSA. {nearest(str(name), names)}")


def _check_address(account: Account, public_url: str, wrong: list[str]) -> None:
    """ConnectWise must reach us over https, unless this account is one of a private network."""
    parts = urlsplit(public_url)
    local = (parts.hostname or "") in ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 - told apart, not used
    if not account.allow_private and (parts.scheme != "https" or local):
        wrong.append(
            f"PUBLIC_URL is {public_url}: ConnectWise could not call it. Set PUBLIC_URL to the https address under "
            "which it reaches this installation"
        )


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
            last_updated=ticket.last_updated, episode=watch.episode if watch else 0,
        )  # fmt: skip
        if new:
            ids.append(ticket.id)
    return ids


def check(services: Services, account: Account) -> list[ProbeResult]:
    """Try everything the account needs, reads only: endpoints and permissions, names, callbacks, people, mail."""
    lines = _check_psa(services, account, services.psa(account.id))
    lines += _check_mail(services, account)
    if account.connected_at is not None and account.api_member is None:
        detail = "unknown which member our keys belong to: run `account connect` again"
        lines.append(ProbeResult("our own login", False, detail))
    with services.database.account(account.id, reading=True) as session:
        for alert in jobs.open_alerts(session, account.id):
            lines.append(ProbeResult(f"alert: {alert.kind}", False, f"{alert.subject}: {alert.detail}"))
    lines += _check_canary(services, account)
    lines.append(_check_reader(services, account))
    if account.frozen_reason:
        detail = f"frozen: {account.frozen_reason}. When that is settled: `account set {account.name} --unfreeze`"
        lines.append(ProbeResult("writing", False, detail))
    return lines


def _check_psa(services: Services, account: Account, psa: Psa) -> list[ProbeResult]:
    """Try what is read of the PSA. Keys that are refused, or a site that does not answer, are one line: nothing else is tried."""
    try:
        lines = list(psa.probe())
    except Unauthorized as error:
        return [ProbeResult("keys", False, _REFUSED.format(status=error.status or 401, name=account.name))]
    except PsaError as error:
        return [ProbeResult("connection", False, f"{error}; nothing else of ConnectWise was tried")]
    lines.append(_tried("boards and statuses", lambda: _check_names(services, account, psa)))
    lines.append(_tried("callbacks", lambda: _check_callbacks(services, account, psa)))
    return lines


def _check_mail(services: Services, account: Account) -> list[ProbeResult]:
    """Say whether mail can go out, from whom, and to whom of the account's people it cannot."""
    settings, lines, smtputf8 = services.settings, [], True
    try:
        found = transport.check(settings.smtp_url)
        smtputf8 = found.smtputf8
        lines.append(ProbeResult("mail", True, found.detail))
    except (transport.MailError, transport.MailUrlError) as error:
        lines.append(ProbeResult("mail", False, str(error)))
    for setting, text in (("MAIL_FROM", settings.mail_from), ("OPERATOR_EMAIL", settings.operator_email)):
        try:
            mailbox = addresses.address(text) if text else None
        except addresses.AddressError as error:
            lines.append(ProbeResult("mail", False, f"{setting}: {error}"))
        else:
            if mailbox and not mailbox.spec.isascii() and not smtputf8:
                detail = f"{setting}: the mail server offers no SMTPUTF8, which {mailbox.spec} needs"
                lines.append(ProbeResult("mail", False, detail))
    with services.database.account(account.id, reading=True) as session:
        people = accounts.recipients(session, account.id)
    return check_addresses(account, people, smtputf8=smtputf8) + lines


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


def _check_reader(services: Services, account: Account) -> ProbeResult:
    """Say who reads the tickets, and what this month's calls of the model came to."""
    if account.reader != "model":
        return ProbeResult("reader", True, "local: nothing leaves this machine")
    if services.model is None:
        detail = f"a model is wanted and AI_PROVIDER is none: set it, or `account set {account.name} --reader local`"
        return ProbeResult("reader", False, detail)
    with services.database.account(account.id, reading=True) as session:
        month = readings.month(session, account.id, now=services.clock())
    priced = services.settings.model.price is not None
    spent, unit = (month.cost, "") if priced else (month.tokens, " tokens")
    cap = "no cap" if account.model_cap is None else f"cap {account.model_cap:,.2f}{unit}"
    told = [f"{name} {number}" for name, number in sorted(month.outcomes.items())] or ["no call yet"]
    told += [f"dropped, {name}: {number}" for name, number in sorted(month.dropped.items())]
    detail = f"{services.model.name} at {services.model.provider}; this month {spent:,.2f}{unit} ({cap}): {', '.join(told)}"
    failing = month.outcomes.get("rejected", 0) > 0 or month.outcomes.get("capped", 0) > 0
    return ProbeResult("reader", not failing, detail)


def _tried(what: str, look: Callable[[], tuple[bool, str]]) -> ProbeResult:
    try:
        ok, detail = look()
    except PsaError as error:
        ok, detail = False, str(error)
    return ProbeResult(what, ok, detail)


def _check_names(services: Services, account: Account, psa: Psa) -> tuple[bool, str]:
    found = look_up(services, account, psa, everywhere=True)
    if found.wrong:
        return False, "; ".join(found.wrong)
    told = [f"{row.kind}: {row.status} on {row.board}" for row in found.rows if row.kind in ("escalate", "claim")]
    told += [f"{old!r} is called {new!r} now and is followed" for old, new in found.renamed.items()]
    return True, ", ".join(told) + (f". And {unnamed_in_words(found.unnamed)}" if found.unnamed else "")


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
