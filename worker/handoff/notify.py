"""Tell the engineers: one row for each message first, then one attempt at a time. Nothing here can stop a handoff."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from escalation.response.sightings import CLAIMING_ROLES
from models.account import dry_runs, people
from models.handoff import claims, deliveries, handoffs
from models.handoff.deliveries import Delivery
from models.handoff.handoffs import Handoff
from models.tables import Member
from models.work import jobs, outgoing
from models.work.alert_kinds import Kind
from worker.account.members import DRY_RUN, RECIPIENTS
from worker.handoff.messages import letter, stale
from worker.mail.message import compose
from worker.mail.smtp_answers import MailError
from worker.process import crash
from worker.response.settle import OFFERED, SOLVED, TAKEN, numbered
from worker.sending import not_sent
from worker.wiring import Desk, Services

log = structlog.get_logger()

GIVE_UP_AFTER = 40
"""Attempts of one message; with the longest waits that is about three hours of a mail server being down."""


def notify(services: Services, *, account_id: int, handoff_id: int) -> list[int]:
    """Make a delivery row for each engineer and admin of the account; return those to send. Repeatable.

    Where there is nobody, the sweeper rings again each minute: what waits unclaimed is told to whoever comes.
    """
    crash.point("notify.rung")
    now = services.clock()
    with services.database.account(account_id) as session:
        handoff = handoffs.get(session, account_id, handoff_id)
        if handoff is None or handoff.response_state != "open":
            return []
        structlog.contextvars.bind_contextvars(event_id=handoff.event_id, ticket_id=handoff.ticket_id)
        recipients = dry_runs.told(session, account_id, dry_run=handoff.dry_run)
        returns = len(claims.returns(session, account_id, handoff_id))
        queued = deliveries.create(
            session, handoff, recipients, now=now, message_domain=services.settings.message_domain,
            kind=numbered(OFFERED, returns) if returns else "handoff",
        )  # fmt: skip
        mark = handoffs.mark_notified if recipients else handoffs.nobody_told
        mark(session, account_id, handoff_id, now=now)
        whom = DRY_RUN if handoff.dry_run else RECIPIENTS
        if recipients:
            jobs.clear_alert(session, account_id, kind=Kind.NOBODY_TO_TELL, subject=whom, now=now)
        else:
            jobs.raise_alert(
                session, account_id, kind=Kind.NOBODY_TO_TELL, subject=whom, now=now,
                detail="no active engineer or admin: set them with `account set NAME --engineers … --admins …`",
            )  # fmt: skip
    crash.point("notify.created")
    log.info("deliveries_created", handoff_id=handoff_id, recipients=len(recipients), queued=len(queued))
    return queued


def deliver(services: Services, *, account_id: int, delivery_id: int) -> bool:
    """Send one message; return whether the mail server took it.

    The row is taken under a lease before the attempt and finished after it. A process that dies in between leaves
    it to be sent again with the same Message-ID, so a repeat can be told from a second message.
    """
    crash.point("deliver.rung")
    desk = services.desk(account_id)
    taken = _take(services, desk, delivery_id)
    crash.point("deliver.taken")
    if taken is None:
        return False
    delivery, handoff, first = taken
    structlog.contextvars.bind_contextvars(event_id=handoff.event_id, ticket_id=handoff.ticket_id)
    try:
        message = compose(
            letter(services, desk, handoff, delivery),
            sender=services.settings.mail_from,
            recipient=delivery.address or "",
            recipient_name=desk.name_of(delivery.recipient_user_id),
            message_id=delivery.message_id,
            date=delivery.created_at,  # not now: a repeat is the same message to the byte
            topic=str(handoff.ticket_id),
            event_id=handoff.event_id or "",
            in_reply_to=first or "",
        )
        services.mailer.send(message)
    except (ValueError, MailError) as error:
        return _not_sent(services, delivery, error)
    crash.point("deliver.sent")
    with services.database.account(account_id) as session:
        outgoing.mark_sent(session, delivery, now=services.clock())
        _ask_to_settle(session, delivery, services.clock())
    crash.point("deliver.recorded")
    log.info("mail_sent", delivery_id=delivery_id, attempts=delivery.attempts)
    return True


def _take(services: Services, desk: Desk, delivery_id: int) -> tuple[Delivery, Handoff, str | None] | None:
    """Take a message that is due, with its handoff and the Message-ID it stands below; None if it is not to be sent."""
    account_id, lease_s = desk.account_id, services.settings.intervals.lease
    with services.database.account(account_id) as session:
        delivery = outgoing.take(session, Delivery, account_id, delivery_id, now=services.clock(), lease_s=lease_s)
        if delivery is None:
            return None
        handoff = handoffs.get(session, account_id, delivery.handoff_id)
        if delivery.attempts > GIVE_UP_AFTER:  # also one that ended its process each time
            outgoing.fail(session, delivery, reason=f"given up after {GIVE_UP_AFTER} tries")
            log.error("mail_given_up", delivery_id=delivery_id)
            return None
        reader = people.member(session, account_id, delivery.recipient_user_id)
        why = _no_reader(reader, delivery.kind) or stale(desk, handoff, delivery)
        why = "the account is suspended" if desk.suspended else why
        if handoff is None or why:
            outgoing.suppress(session, delivery, reason=why or "")
            return None
        return delivery, handoff, _first_message(session, delivery)


def _no_reader(reader: Member | None, kind: str) -> str | None:
    """Return why nobody is there to read a message, None if somebody is."""
    if reader is None or not reader.active:
        return "no longer an active member"
    if kind != SOLVED and reader.role not in CLAIMING_ROLES:
        return "no longer an engineer or admin"
    return None


def _first_message(session: Session, delivery: Delivery) -> str | None:
    """Return the Message-ID of the first message to the same person, which later ones stand below."""
    if delivery.kind == "handoff":
        return None
    rows = deliveries.of_handoff(session, delivery.account_id, delivery.handoff_id)
    mine = (d for d in rows if d.recipient_user_id == delivery.recipient_user_id and d.status == "sent")
    return next((d.message_id for d in mine), None)


def _ask_to_settle(session: Session, delivery: Delivery, now: datetime) -> None:
    """Should it have been claimed while this was on its way, its reader is to learn that too."""
    if not delivery.kind.startswith((TAKEN, SOLVED)):
        claims.ask_settlement(session, delivery.account_id, delivery.handoff_id, due_at=now)


def _not_sent(services: Services, delivery: Delivery, error: ValueError | MailError) -> bool:
    now: datetime = services.clock()
    waits, last = services.settings.intervals, delivery.attempts >= GIVE_UP_AFTER
    with services.database.account(delivery.account_id) as session:
        status = not_sent(session, delivery, error, waits=waits, now=now, last=last)
        if status == "sent":
            _ask_to_settle(session, delivery, now)
    crash.point("deliver.waits")
    if status == "sent":
        log.error("mail_not_confirmed", delivery_id=delivery.id, reason=str(error)[:300])
    log.warning("mail_not_sent", delivery_id=delivery.id, permanent=status == "failed", reason=str(error)[:300])
    return False
