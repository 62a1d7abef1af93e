"""Build the message that goes over the wire: fixed headers, two parts, the same bytes each time."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from worker.mail.templates import SUBJECT_LIMIT, Rendered, plain

_PART = r"[^\s@,;:<>\"()\[\]\\]+"
_ADDRESS = re.compile(rf"(?:(?P<name>[^<>]*)<)?(?P<user>{_PART})@(?P<host>{_PART})(?(name)>)")


class AddressError(ValueError):
    """An address cannot be written to; the message says which and why. Trying again does not help."""


def address(text: str, *, name: str = "") -> Address:
    """Read exactly one address, `user@host` or `Name <user@host>`. Raises `AddressError`.

    `name` replaces a name inside `text`. A host in another script is written in its ASCII form (IDNA).
    """
    if len(text) > 320 or any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise AddressError(
            f"{plain(text, limit=60)!r} is no address: it holds control characters or is too long"
        )
    found = _ADDRESS.fullmatch(text.strip())
    own_name, user, host = (found["name"] or "", found["user"], found["host"]) if found else ("", "", "")
    if not found:
        raise AddressError(f"{plain(text, limit=60)!r} is no address: one user@host is needed")
    try:
        ascii_host = host.encode("idna").decode("ascii").lower()
        return Address(
            display_name=plain(name or own_name.strip(' "'), limit=80), username=user, domain=ascii_host
        )
    except (UnicodeError, HeaderParseError, ValueError, IndexError) as error:
        raise AddressError(f"{plain(text, limit=60)!r} is no address: {type(error).__name__}") from error


def message_id(*, account_id: int | str, delivery_id: int | str, sender: str) -> str:
    """Return the Message-ID of one delivery, always the same: a message sent twice is known to be one."""
    digest = hashlib.sha256(f"{account_id}\0{delivery_id}".encode()).hexdigest()[:32]
    return f"<rf-{digest}@{address(sender).domain}>"


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
    """Return the message to one recipient; equal arguments give equal bytes. Raises `ValueError`.

    - `topic` (a ticket's number, "weekly") and `event_id` go into `X-ResolutionFlow-…` headers, for mail rules.
    - `in_reply_to` is the Message-ID of an earlier message to the same person, which mail programs show it with.
    - `Auto-Submitted` and `X-Auto-Response-Suppress` keep absence notes away. There is no `Reply-To`: an answer
      must not land in a ticket by way of the PSA's e-mail connector. There is no `List-Id`: nobody can unsubscribe.
    - Both parts are quoted-printable, so that no server on the way has to know more than 7 bits.
    """
    if date.tzinfo is None:
        raise ValueError("date has no time zone: give one, UTC for instance")
    for given in (message_id, in_reply_to) if in_reply_to else (message_id,):
        if not (given.startswith("<") and given.endswith(">") and given[1:-1].count("@") == 1):
            raise ValueError(f"{given!r} is no Message-ID: <left@right> is needed")
    source, target = address(sender), address(recipient, name=recipient_name)
    ascii_only = source.addr_spec.isascii() and target.addr_spec.isascii()
    message = EmailMessage(policy=SMTP if ascii_only else SMTPUTF8)
    message["Subject"] = plain(rendered.subject, limit=SUBJECT_LIMIT)
    message["From"] = source
    message["To"] = target
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    if in_reply_to:
        message["In-Reply-To"] = message["References"] = in_reply_to
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if topic:
        message["X-ResolutionFlow-Topic"] = plain(topic, limit=40)
    if event_id:
        message["X-ResolutionFlow-Event"] = plain(event_id, limit=80)
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    mark = hashlib.sha256("\0".join((message_id, rendered.text, rendered.html)).encode()).hexdigest()
    message.set_boundary(f"=_{mark[:40]}")
    return message
