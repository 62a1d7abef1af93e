"""Try everything an account needs, and say for each part that it is well, or what is wrong and what to click."""

from __future__ import annotations

from collections.abc import Callable

from models.account import accounts
from models.account.accounts import Account
from models.handoff import readings
from models.work import canaries, inbox, jobs
from psa.port import Member, ProbeResult, Psa, PsaError, Unauthorized
from worker.account import keys
from worker.account.hosted_pages import check_pages
from worker.account.members import as_stored, check_addresses
from worker.account.onboarding import look_up, wrong_dry_run, wrong_people
from worker.account.reach import wrong_address, wrong_mail
from worker.account.statuses import unnamed_in_words
from worker.mail import addresses, smtp_answers, transport
from worker.wiring import Services

CLOCK_OFF_S = 60.0
"""Further apart than this the two clocks make figures wrong that mix both, and signed links die early or late."""


def check(services: Services, account: Account) -> list[ProbeResult]:
    """Try everything the account needs: rights, names, callbacks, people, clocks, mail. Changes nothing.

    Before `connect` reads alone are tried; after it the rights to write too, on records that do not exist.
    """
    psa = services.psa(account.id)
    lines, members = _check_psa(services, account, psa)
    lines.append(_check_address(services, account))
    lines += _check_mail(services, account, members)
    if account.connected_at is None:
        detail = f"not yet: `account connect {account.name}`, when everything else here is ok. Until then nothing is written"
        lines.append(ProbeResult("connected", False, detail))
    elif account.api_member is None:
        detail = "unknown which member our keys belong to: run `account connect` again"
        lines.append(ProbeResult("our own login", False, detail))
    with services.database.account(account.id, reading=True) as session:
        for alert in jobs.open_alerts(session, account.id):
            lines.append(ProbeResult(f"alert: {alert.kind}", False, f"{alert.subject}: {alert.detail}"))
    lines += _check_canary(services, account)
    lines.append(_check_reader(services, account))
    if account.dry_run_to:
        live = f"posted on {', '.join(account.live_boards)}, else" if account.live_boards else "nothing is posted, briefs are"
        detail = f"{live} mailed to {account.dry_run_to} alone: `account set {account.name} --live BOARD` switches a board on"
        lines.append(ProbeResult("dry run", True, detail))
    if account.suspended_at is not None:
        since = f"since {account.suspended_at:%Y-%m-%d %H:%M} UTC"
        lines.append(ProbeResult("suspended", False, f"{since}: `account resume {account.name}`"))
    elif account.frozen_reason:
        detail = f"frozen: {account.frozen_reason}. When that is settled: `account set {account.name} --unfreeze`"
        lines.append(ProbeResult("writing", False, detail))
    return lines


def _check_psa(services: Services, account: Account, psa: Psa) -> tuple[list[ProbeResult], list[Member] | None]:
    """Try what is read of the PSA. Keys that are refused, or a site that does not answer, are one line: nothing else is tried."""
    try:
        lines = list(psa.probe())
    except Unauthorized as error:
        give = f"Give them with `account set {account.name} --new-keys`"
        return [ProbeResult("keys", False, f"{keys.refused(error)}. {give}; nothing else of ConnectWise was tried")], None
    except PsaError as error:
        return [ProbeResult("connection", False, f"{error}; nothing else of ConnectWise was tried")], None
    refused = {line.what for line in lines if not line.ok}
    members: list[Member] = []
    asked: list[ProbeResult] = []
    if "boards and statuses" not in refused:
        lines.append(_tried("named statuses", lambda: _check_names(services, account, psa, asked)))
    if "members" not in refused:
        lines.append(_tried("named people", lambda: _check_people(account, psa, members)))
    lines.append(_tried("clocks", lambda: _check_clocks(services, psa)))
    if account.connected_at is not None:
        if "callbacks" not in refused:
            lines.append(_tried("registered callbacks", lambda: _check_callbacks(services, account, psa)))
        lines.append(_check_key(account))
        lines += psa.probe_writes()
    lines.append(check_pages(services, account, psa))
    lines.append(_check_limit(services))
    return lines + asked, members


def _check_people(account: Account, psa: Psa, members: list[Member]) -> tuple[bool, str]:
    """Tell whether everybody with a role can log in, and note who there is."""
    members += psa.members()
    wrong = wrong_people(account, members) + wrong_dry_run(account, members)
    people = sum(member.active and not member.is_api for member in members)
    return not wrong, "; ".join(wrong) or f"{people} people; everybody with a role is one of them"


def _check_clocks(services: Services, psa: Psa) -> tuple[bool, str]:
    """Compare the two clocks; ConnectWise's has whole seconds."""
    there = psa.system_info().server_time
    if there is None:
        return True, "ConnectWise's answers bear no date"
    ahead = (there - services.clock()).total_seconds() + 0.5
    where = "ahead of" if ahead > 0 else "behind"
    words = f"ConnectWise's clock is {abs(ahead):.0f} s {where} ours"
    if abs(ahead) <= CLOCK_OFF_S:
        return True, words
    return False, f"{words}: set this machine's (and the database's) by NTP, e.g. `timedatectl set-ntp true`"


def _check_key(account: Account) -> ProbeResult:
    if account.callback_key_id is None:
        return ProbeResult("callback key", True, "not pinned yet: the first callback that verifies does it")
    return ProbeResult("callback key", True, f"pinned: {account.callback_key_id[:8]}…")


def _check_limit(services: Services) -> ProbeResult:
    settings = services.settings
    shared = "shared by all workers" if settings.redis_url else "of this machine"
    words = f"at most {settings.calls_per_second:g} calls a second, {settings.burst} at once after a pause, {shared}"
    return ProbeResult("rate limit", True, words)


def _check_address(services: Services, account: Account) -> ProbeResult:
    settings = services.settings
    wrong = wrong_address(settings, account.site, allow_private=account.allow_private)
    return ProbeResult("our address", not wrong, "; ".join(wrong) or f"{settings.public_url} (PUBLIC_URL)")


def _check_mail(services: Services, account: Account, members: list[Member] | None) -> list[ProbeResult]:
    """Say whether mail can go out, from whom, and to whom of the account's people it cannot."""
    settings, lines, smtputf8 = services.settings, [], True
    try:
        found = transport.check(settings.smtp_url)
        smtputf8 = found.smtputf8
        wrong = wrong_mail(settings, account.site, allow_private=account.allow_private)
        lines.append(ProbeResult("mail", not wrong, "; ".join(wrong) or found.detail))
    except (smtp_answers.MailError, transport.MailUrlError) as error:
        lines.append(ProbeResult("mail", False, str(error)))
    for setting, text in (("MAIL_FROM", settings.mail_from), ("OPERATOR_EMAIL", settings.operator_email)):
        try:
            mailbox = addresses.address(text) if text else None
        except addresses.AddressError as error:
            lines.append(ProbeResult(setting, False, str(error)))
        else:
            if mailbox and not mailbox.spec.isascii() and not smtputf8:
                lines.append(ProbeResult(setting, False, f"the mail server offers no SMTPUTF8, which {mailbox.spec} needs"))
    if account.connected_at is None:
        return (check_addresses(account, as_stored(account, members), smtputf8=smtputf8) if members else []) + lines
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


def _check_names(services: Services, account: Account, psa: Psa, asked: list[ProbeResult]) -> tuple[bool, str]:
    """Tell what the named statuses are, and note what to ask about those of other boards."""
    found = look_up(services, account, psa, everywhere=True)
    if found.wrong:
        return False, "; ".join(found.wrong)
    told = [f"{row.kind}: {row.status} on {row.board}" for row in found.rows if row.kind in ("escalate", "claim")]
    told += [f"{old!r} is called {new!r} now and is followed" for old, new in found.renamed.items()]
    if question := unnamed_in_words(account, found.unnamed):
        asked.append(ProbeResult("statuses elsewhere", True, question, look=True))
    return True, ", ".join(told)


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
