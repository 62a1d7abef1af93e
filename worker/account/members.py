"""An account's people as its PSA has them: import them with addresses that can be written to, and say where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from models.account import accounts, dry_runs
from models.account.accounts import Account, MemberRow
from models.account.people import why_no_mail
from models.tables import Member as StoredMember
from models.work import jobs
from models.work.alert_kinds import Kind
from psa.port import Forbidden, Member, ProbeResult, Psa
from worker.mail import addresses
from worker.process import crash
from worker.wiring import Services

log = structlog.get_logger()

RECIPIENTS, DRY_RUN = "recipients", "dry run"
"""The subjects of the alert that there is nobody to tell, and that the one person is not there who is told in dry run."""


def renew_members(services: Services, account: Account, psa: Psa) -> None:
    """Read the PSA's people again: who left is told nothing more and claims nothing, who came may. Raises `PsaError`.

    An answer without anybody is no reason to let go of everybody, nor one of some people without any whom we tell: ConnectWise
    keeps who left, as inactive, and a role that may see its own member alone is shown no other.
    """
    members = psa.members()
    if not members:
        return
    with services.database.account(account.id) as session:
        told = accounts.recipients(session, account.id)
        if told and {row.id for row in told}.isdisjoint(member.id for member in members):
            raise Forbidden(
                f"GET /system/members: {len(members)} listed, and none of the {len(told)} engineers and admins among them; check "
                "that the API member's security role may inquire All of Member Maintenance"
            )
        store_members(session, account, members, now=services.clock())
    crash.point("poll.members")


def follow_logins(session: Session, account: Account, members: Sequence[Member]) -> dict[str, str]:
    """Take over login names that the PSA has changed, by their members' numbers, wherever one was given; return old to new.

    Else an engineer who is renamed is silently told nothing more, and what we wrote ourselves is somebody else's.
    """
    before = {row.id: row.identifier.lower() for row in accounts.roster_rows(session, account.id)}
    known = [(before[m.id], m.identifier) for m in members if m.id in before]
    kept = {old for old, new in known if old == new.lower()}
    renamed = {old: new for old, new in known if old not in kept}
    as_set = accounts.get(session, account.id) or account  # `account` was read before the PSA was asked
    taken = {member.identifier.lower() for member in members}  # whoever has an old name now is meant by it
    if not renamed and taken.isdisjoint(accounts.renamed_of(as_set.settings)):
        return {}

    def now(name: str) -> str:
        return renamed.get(str(name).strip().lower(), name)

    follows: dict[str, Any] = {"engineers": list(map(now, as_set.engineers)), "admins": list(map(now, as_set.admins))}
    for column in ("owner", "dry_run_to", "api_member"):
        if login := getattr(as_set, column):
            follows[column] = now(login)
    earlier = {**{old: now(new) for old, new in accounts.renamed_of(as_set.settings).items()}, **renamed}
    follows["settings"] = {**as_set.settings, "renamed": {old: new for old, new in earlier.items() if old not in taken}}
    if "connectors" in as_set.settings:
        follows["settings"]["connectors"] = list(map(now, as_set.settings["connectors"]))
    accounts.set_account(session, account.id, **follows)
    for column, value in follows.items():
        setattr(account, column, value)
    log.info("logins_followed", account=account.name, logins=renamed)
    return renamed


def store_members(session: Session, account: Account, members: Iterable[Member], *, now: datetime) -> None:
    """Store who is who. An alert stands for each engineer or admin whose address is none, until it is put right."""
    members = list(members)
    follow_logins(session, account, members)
    accounts.import_members(
        session, account.id, [_member_row(m) for m in members],
        engineers=account.engineers, admins=account.admins, owner=account.owner,
    )  # fmt: skip
    told = accounts.recipients(session, account.id)
    if told:
        jobs.clear_alert(session, account.id, kind=Kind.NOBODY_TO_TELL, subject=RECIPIENTS, now=now)
    if account.dry_run_to is None or dry_runs.told(session, account.id, dry_run=True):
        jobs.clear_alert(session, account.id, kind=Kind.NOBODY_TO_TELL, subject=DRY_RUN, now=now)
    wrong = {member.identifier: member for member in told if member.email_note and not member.email}
    for login, member in wrong.items():
        detail = f"{member.name} is not told of anything: {member.email_note}"
        jobs.raise_alert(session, account.id, kind=Kind.MAIL_REFUSED, subject=login, detail=detail, now=now)
    in_use = wrong.keys() | {row.email for row in accounts.roster_rows(session, account.id) if row.active and row.email}
    for alert in jobs.open_alerts(session, account.id):
        if alert.kind == Kind.MAIL_REFUSED and alert.subject not in in_use:
            jobs.clear_alert(session, account.id, kind=alert.kind, subject=alert.subject, now=now)


def _member_row(member: Member) -> MemberRow:
    email, note = None, None
    if (member.email or "").strip():
        try:
            found = addresses.read(member.email or "")
            email, note = found.mailbox.spec, found.note or None
        except addresses.AddressError as error:
            note = str(error)
    return MemberRow(
        id=member.id, identifier=member.identifier, name=member.name, email=email, active=member.active,
        is_api=member.is_api, email_note=note,
    )  # fmt: skip


def as_stored(account: Account, members: Iterable[Member]) -> list[StoredMember]:
    """Return whom an account's settings would have told, of the PSA's people, before any are stored."""
    told = {str(name).strip().lower() for name in [*account.engineers, *account.admins, account.owner or ""]} - {""}
    rows = [_member_row(m) for m in members if m.active and not m.is_api and {str(m.id), m.identifier.lower()} & told]
    return [StoredMember(id=r.id, identifier=r.identifier, name=r.name, email=r.email, email_note=r.email_note) for r in rows]


def reached(member: StoredMember) -> str:
    """Return a member's name with the address they are told at, or why they are not."""
    return f"{member.name} <{member.email}>" if member.email else f"{member.name} (not told: {why_no_mail(member)})"


def check_addresses(account: Account, people: Sequence[StoredMember], *, smtputf8: bool) -> list[ProbeResult]:
    """Say whom nothing will reach and why, and what was cleaned. `smtputf8`: whether the mail server offers it."""
    what = "people to tell"
    if not people:
        return [ProbeResult(what, False, f"no engineer or admin: `account set {account.name} --engineers IDS`")]
    mend = f"correct it in ConnectWise (System > Members), then `account connect {account.name}`"
    mute = {member.id: why for member in people if (why := _why_mute(member, smtputf8))}
    count = f"{len(people) - len(mute)} of {len(people)}" if mute else f"{len(people)}"
    lines = [ProbeResult(what, len(mute) < len(people), f"{count} engineers and admins")]
    for member in people:
        if why := mute.get(member.id):
            lines.append(ProbeResult(what, False, f"{member.name} is not told of anything: {why}; {mend}"))
        elif member.email_note:
            lines.append(ProbeResult(what, True, f"{member.name}: {member.email_note}"))
    return lines


def _why_mute(member: StoredMember, smtputf8: bool) -> str | None:
    if not smtputf8 and not (member.email or "").isascii():
        return f"the mail server offers no SMTPUTF8, which {member.email} needs"
    return why_no_mail(member)
