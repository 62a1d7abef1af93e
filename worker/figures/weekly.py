"""The owner's weekly e-mail: planned on Monday morning in the account's own time zone, sent once for each ISO week.

Planning and its rows are one transaction, so two workers, two beats or a clock change leave one report; a process
that dies before leaves the week to be planned again when its lease is over. What is said is frozen in the row.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from escalation.brief.spans import Clock
from escalation.figures.scorecard import Scorecard
from escalation.redaction.redact import redact
from models.account import accounts, people
from models.account.accounts import Account
from models.figures import reports
from models.figures.reports import Report
from models.figures.scoring import scorecard_of
from models.handoff import endings, handoffs
from models.tables import Member
from models.work import jobs, outgoing, sign_ins
from models.work.alert_kinds import Kind
from worker.mail.message import compose
from worker.mail.sign_in import SignInMail, render_sign_in
from worker.mail.smtp_answers import MailError
from worker.mail.templates import Rendered
from worker.mail.weekly import Ticket, WeeklyMail, render_weekly
from worker.process import crash
from worker.process.tokens import LIFETIME_S, Audience, lifetime
from worker.sending import not_sent
from worker.wiring import Services

log = structlog.get_logger()

KIND = "weekly"
WEEK = timedelta(days=7)
AT = time(7)
"""On Mondays, by the account's clock."""
PLANNING = timedelta(minutes=10)
"""How long a worker has for one account's figures before another may begin anew; 1,200 escalations take it 6 s."""
GIVE_UP_AFTER = 300
"""Attempts of one message; with the longest waits that is about a day of a mail server being down."""

_LISTS = frozenset({"episodes", "baseline_episodes", "excluded"})
"""Left out of what is stored: `metrics --as-of` lists them again."""


def this_monday(now: datetime, time_zone: str) -> datetime:
    """Return the newest Monday at 07:00 of that time zone which is not after `now`, in UTC."""
    zone = ZoneInfo(time_zone)
    day = now.astimezone(zone).date()
    day -= timedelta(days=day.weekday())
    monday = datetime.combine(day, AT, zone).astimezone(UTC)
    return monday if monday <= now else datetime.combine(day - timedelta(days=7), AT, zone).astimezone(UTC)


def next_monday(now: datetime, time_zone: str) -> datetime:
    """Return the first Monday at 07:00 of that time zone after `now`, in UTC; the clocks may change in between."""
    zone = ZoneInfo(time_zone)
    last = this_monday(now, time_zone).astimezone(zone).date()
    return datetime.combine(last + timedelta(days=7), AT, zone).astimezone(UTC)


def week_of(at: datetime, time_zone: str) -> str:
    """Return the ISO week of a moment in a time zone: `2026-W47`."""
    year, week, _ = at.astimezone(ZoneInfo(time_zone)).isocalendar()
    return f"{year}-W{week:02}"


def plan(services: Services, *, account_id: int) -> list[int]:
    """Make the rows of the account's weekly report if it is due, and return those to send. Repeatable.

    1. An account without a time for it gets its first one: the next Monday.
    2. Take the week under a lease, so that no second worker computes the figures meanwhile.
    3. Compute the figures, outside of any writing transaction.
    4. In one transaction: set the next Monday and make the rows. After weeks of standing still there is one report.
    """
    crash.point("weekly.rung")
    now = services.clock()
    leased_until = now + PLANNING
    account = _take_week(services, account_id, now=now, until=leased_until)
    crash.point("weekly.taken")
    if account is None:
        return []
    assert account.connected_at is not None
    monday = this_monday(now, account.time_zone)
    letter = None
    if monday > account.connected_at:  # else the time zone was changed: its first Monday is still to come
        letter = frozen(services, account, as_of=now)
    queued: list[int] = []
    with services.database.account(account_id) as session:
        after = next_monday(now, account.time_zone)
        if not reports.claim_week(session, account_id, expected=leased_until, next_at=after):
            return []
        if letter is not None:
            week = week_of(monday, account.time_zone)
            queued = make_rows(session, services, account, period=week, letter=letter, now=now)
    crash.point("weekly.planned")
    log.info("weekly_planned", account_id=account_id, week=week_of(monday, account.time_zone), queued=len(queued))
    return queued


def _take_week(services: Services, account_id: int, *, now: datetime, until: datetime) -> Account | None:
    """Take the account's week if it is due, until a moment; None if there is none to plan."""
    with services.database.account(account_id) as session:
        account = accounts.get(session, account_id)
        if account is None or account.connected_at is None:
            return None
        due = account.next_weekly_at
        if due is None:
            reports.schedule(session, account_id, first_at=next_monday(now, account.time_zone))
            return None
        mine = due <= now and reports.claim_week(session, account_id, expected=due, next_at=until)
        return account if mine else None


def frozen(services: Services, account: Account, *, as_of: datetime) -> dict[str, Any]:
    """Return what the report says as of a moment: the figures, and the names and addresses to say them with."""
    with services.database.account(account.id, reading=True) as session:
        card = scorecard_of(session, account.id, as_of=as_of)
        names = {row.identifier: row.name for row in people.roster_rows(session, account.id)}
        reach = endings.within_reach(session, account.id, since=as_of - WEEK, until=as_of)
        summaries = {wait.ticket_id: _summary(session, account.id, wait.episode, wait.ticket_id) for wait in card.worst_waits}
    psa = services.psa(account.id) if summaries else None
    return {
        "account": account.name,
        "scorecard": _without_lists(card.to_json(listing=True)),
        "within_reach": {"count": len(reach), "runbooks": sorted({title for _, _, title in reach if title}),
                         "tickets": [ticket for ticket, _, title in reach if title is None]},
        "names": {login: name for login, name in names.items() if login in _people_on(card)},
        "tickets": {
            str(number): {"url": psa.ticket_url(number) if psa else "", "summary": summary}
            for number, summary in summaries.items()
        },
    }


def _people_on(card: Scorecard) -> set[str | None]:
    return {*card.by_technician, *(wait.technician for wait in card.worst_waits)}


def _summary(session: Session, account_id: int, episode: str, ticket_id: int) -> str:
    number = int(episode.partition("/")[2] or 1)
    of_ticket = handoffs.by_ticket(session, account_id, ticket_id)
    # As the PSA has it: secrets go before it is stored here and mailed.
    return redact(next((row.summary or "" for row in of_ticket if row.episode == number), ""))


def _without_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_lists(inner) for key, inner in value.items() if key not in _LISTS}
    return [_without_lists(inner) for inner in value] if isinstance(value, list) else value


def make_rows(
    session: Session, services: Services, account: Account, *, period: str, letter: dict[str, Any], now: datetime
) -> list[int]:
    """Make a row for each reader and return those to send. Raises an alert where nobody can be told."""
    readers = reports.readers(session, account.id)
    queued = reports.create(
        session, account.id, kind=KIND, period=period, recipients=readers, figures=letter,
        measures_version=letter["scorecard"]["measures_version"], now=now, message_domain=services.settings.message_domain,
    )  # fmt: skip
    if any(reader.email for reader in readers):
        jobs.clear_alert(session, account.id, kind=Kind.NOBODY_TO_REPORT_TO, subject=KIND, now=now)
    else:
        jobs.raise_alert(
            session, account.id, kind=Kind.NOBODY_TO_REPORT_TO, subject=KIND, now=now,
            detail="no active owner or admin with an e-mail address: name one with `account set NAME --owner ID`, run "
            "`account connect NAME`, then send this week's with `weekly NAME --send`",
        )  # fmt: skip
    return queued


def letter_of(letter: dict[str, Any], *, name: str, role: Literal["owner", "admin"]) -> Rendered:
    """Return the e-mail that a frozen report makes for one reader."""
    return render_weekly(
        WeeklyMail(
            account=letter["account"],
            recipient_name=name,
            recipient_role=role,
            figures=letter["scorecard"],
            names=letter["names"],
            tickets={number: Ticket(**ticket) for number, ticket in letter["tickets"].items()},
            within_reach=_in_words(letter.get("within_reach"), letter["account"]),
        )
    )


def _in_words(found: dict[str, Any] | None, account: str) -> str:
    """Return the line about what a technician could have mended; empty where there was none, or in a report from before it."""
    if not found or not found["count"]:
        return ""
    many = found["count"]
    line = f"{many} of this week's handoffs {'was' if many == 1 else 'were'} mended by something a technician may do."
    if found["runbooks"]:
        line += f" The runbook{'s' if len(found['runbooks']) > 1 else ''} for it: {', '.join(found['runbooks'][:3])}."
    if found["tickets"]:
        numbers = ", ".join(map(str, found["tickets"][:5]))
        line += f" No runbook yet for ticket {numbers}: resolutionflow runbook draft {account} TICKET begins one."
    return line


def send(services: Services, *, account_id: int, report_id: int) -> bool:
    """Send one report, or one sign-in link, to its reader; return whether the mail server took it.

    Taken under a lease before and finished after, like a delivery. If it may have arrived although nobody said so, it
    is sent again with the same Message-ID and content, and the row counts the doubt.
    """
    crash.point("report.rung")
    taken = _take(services, account_id, report_id)
    crash.point("report.taken")
    if taken is None:
        return False
    report, reader = taken
    try:
        message = compose(
            _rendered(services, report, reader),
            sender=services.settings.mail_from,
            recipient=report.address or "",
            recipient_name=reader.name,
            message_id=report.message_id,
            date=report.created_at,  # not now: a repeat is the same message to the byte
            topic=report.kind,
        )
        services.mailer.send(message)
    except (ValueError, MailError) as error:
        return _not_sent(services, report, error)
    crash.point("report.sent")
    with services.database.account(account_id) as session:
        outgoing.mark_sent(session, report, now=services.clock())
    crash.point("report.recorded")
    log.info("report_sent", account_id=account_id, report_id=report_id, attempts=report.attempts, doubts=report.doubts)
    return True


def _take(services: Services, account_id: int, report_id: int) -> tuple[Report, Member] | None:
    """Take a report that is due, with its reader; None if it is not to be sent."""
    lease_s = services.settings.intervals.lease
    with services.database.account(account_id) as session:
        report = outgoing.take(session, Report, account_id, report_id, now=services.clock(), lease_s=lease_s)
        if report is None:
            return None
        reader = people.member(session, account_id, report.recipient_user_id)
        if report.attempts > GIVE_UP_AFTER:
            outgoing.fail(session, report, reason=f"given up after {GIVE_UP_AFTER} tries")
            log.error("report_given_up", account_id=account_id, report_id=report_id)
            return None
        if reader is None or not reader.active:
            outgoing.suppress(session, report, reason="inactive in the PSA")
            return None
        if report.kind == sign_ins.KIND and services.clock() - report.created_at > lifetime(Audience.SIGN_IN):
            outgoing.suppress(session, report, reason="its link has run out; whoever asked can ask again")
            return None
        return report, reader


def _rendered(services: Services, report: Report, reader: Member) -> Rendered:
    """Return what a row says: a report's letter, or the link that a member asked for."""
    if report.kind != sign_ins.KIND:
        return letter_of(report.figures, name=reader.name, role="owner" if reader.role == "owner" else "admin")
    with services.database.account(report.account_id, reading=True) as session:
        account = accounts.get(session, report.account_id)
        assert account is not None
    token = services.passes.tokens.sign(
        Audience.SIGN_IN, account_id=account.id, member_id=reader.id, epoch=account.token_epoch, at=report.created_at,
        subject=report.id,
    )  # fmt: skip
    return render_sign_in(
        SignInMail(
            account=account.name,
            recipient_name=reader.name,
            url=f"{services.settings.public_url}/sign-in/{token}",
            minutes=LIFETIME_S[Audience.SIGN_IN] // 60,
            asked_at=Clock(account.time_zone, report.created_at).moment(report.created_at),
        )
    )


def _not_sent(services: Services, report: Report, error: ValueError | MailError) -> bool:
    account_id, waits = report.account_id, services.settings.intervals
    with services.database.account(account_id) as session:
        status = not_sent(session, report, error, waits=waits, now=services.clock())
    crash.point("report.waits")
    if status == "sent":
        log.error("report_not_confirmed", account_id=account_id, report_id=report.id, reason=str(error)[:300])
    log.warning("report_not_sent", account_id=account_id, report_id=report.id, permanent=status == "failed",
                reason=str(error)[:300])  # fmt: skip
    return False
