"""Build the message that goes over the wire: fixed headers, two parts, the same bytes each time."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from worker.mail.addresses import AddressError, address
from worker.mail.headers import AS_WRITTEN, AS_WRITTEN_UTF8, mailbox_value, text_value
from worker.mail.smtp_answers import MailError
from worker.mail.templates import SUBJECT_LIMIT, Rendered, plain

_TOPIC, _EVENT = "X-ResolutionFlow-Topic", "X-ResolutionFlow-Event"
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")


def message_id(*, account_id: int | str, delivery_id: int | str, domain: str) -> str:
    """Return the Message-ID of one delivery, always the same: a message sent twice is known to be one.

    `domain` is `Settings.message_domain`.
    """
    digest = hashlib.sha256(f"{account_id}\0{delivery_id}".encode()).hexdigest()[:32]
    return f"<rf-{digest}@{domain}>"


def compose(
    rendered: Rendered,
    *,
    sender: str,
    recipient: str,
    message_id: str,
    date: datetime,
    recipient_name: str = "",
    topic: str = "",
    event_id: str = "",
    in_reply_to: str = "",
) -> EmailMessage:
    """Return the message to one recipient; equal arguments give equal bytes. Raises `ValueError`, and `MailError` for `sender`.

    `addressed` says what the arguments are. Both parts are quoted-printable, so that no server on the way has to know
    more than 7 bits.
    """
    message = addressed(
        rendered.subject, sender=sender, recipient=recipient, recipient_name=recipient_name, message_id=message_id,
        date=date, topic=topic, event_id=event_id, in_reply_to=in_reply_to,
    )  # fmt: skip
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    mark = hashlib.sha256("\0".join((message_id, rendered.text, rendered.html)).encode()).hexdigest()
    message.set_boundary(f"=_{mark[:40]}")
    return message


def addressed(
    subject: str,
    *,
    sender: str,
    recipient: str,
    message_id: str,
    date: datetime,
    recipient_name: str = "",
    topic: str = "",
    event_id: str = "",
    in_reply_to: str = "",
) -> EmailMessage:
    """Return a message with its headers and no content. Raises `ValueError`, and `MailError` for `sender`.

    - `topic` (a ticket's number, "weekly") and `event_id` go into `X-ResolutionFlow-…` headers, for mail rules.
    - `in_reply_to` is the Message-ID of an earlier message to the same person, which mail programs show it with.
    - `Auto-Submitted` and `X-Auto-Response-Suppress` keep absence notes away. There is no `Reply-To`: an answer
      must not land in a ticket by way of the PSA's e-mail connector. There is no `List-Id`: nobody can unsubscribe.
    - What would be empty is left out.
    """
    if date.tzinfo is None:
        raise ValueError("date has no time zone: give one, UTC for instance")
    for given in (message_id, in_reply_to) if in_reply_to else (message_id,):
        if not _MESSAGE_ID.fullmatch(given):
            raise ValueError(f"{given!r} is no Message-ID: <left@right> is needed")
    try:
        source = address(sender)
    except AddressError as error:
        raise MailError(f"MAIL_FROM: {error}", operator=True) from error
    target = address(recipient, name=recipient_name)
    ascii_only = (source.spec + target.spec).isascii()
    message = EmailMessage(policy=AS_WRITTEN if ascii_only else AS_WRITTEN_UTF8)
    if subject := plain(subject, limit=SUBJECT_LIMIT):
        message["Subject"] = text_value("Subject", subject)
    message["From"] = mailbox_value("From", source)
    message["To"] = mailbox_value("To", target)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    if in_reply_to:
        message["In-Reply-To"] = message["References"] = in_reply_to
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    for header, text in ((_TOPIC, plain(topic, limit=40)), (_EVENT, plain(event_id, limit=80))):
        if text:
            message[header] = text_value(header, text)
    return message
