"""Hand a message over: to an SMTP server, or to a folder. `mailer_for` chooses by `SMTP_URL`.

    smtp://user:password@host:port    STARTTLS when offered; ?starttls=require or never, ?ca=FILE
    smtps://user:password@host:port   TLS from the first byte; ?ca=FILE
    file:DIRECTORY                    `.eml` and `.html` files

Every failure is a `MailError` that says whether trying again can help.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.generator import BytesGenerator
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from worker.mail.folder import write_message
from worker.mail.smtp_answers import DONE, MailError, accepted, is_for_now, told
from worker.mail.smtp_auth import sign_in
from worker.mail.templates import plain
from worker.mail.timed import Timed, TimedTls

DEFAULT_FOLDER = Path("var/mail")
TIMEOUT = 10.0
"""Seconds for the connection and for each answer but the one to the message itself, which has all that `WITHIN` leaves."""
WITHIN = 45.0
"""Seconds for the whole talk about one message; inside the lease of its row, so that nobody else sends it meanwhile."""
_TOO_LARGE = 552
_PORTS = {"smtp": 25, "smtps": 465}
_ENCODE = "a / ? # @ [ or ] in the password must be percent-encoded"
_TRUST = "use the server's full name, ?ca=FILE, or for one on this machine ?starttls=never"
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class MailUrlError(ValueError):
    """`SMTP_URL` is wrong; the message lists everything that is, without the password."""


class Mailer(Protocol):
    """Whatever takes a message to its one recipient. Safe to share between threads."""

    def send(self, message: EmailMessage) -> None:
        """Return once the message was accepted. Raises `MailError`."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how to reach an SMTP server."""

    host: str
    port: int
    tls: Literal["from-start", "auto", "require", "never"]
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: str | None = None
    """A file with the certificates to trust instead of the system's."""

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


def mailer_for(url: str, *, default: Path = DEFAULT_FOLDER, timeout: float = TIMEOUT, within: float = WITHIN) -> Mailer:
    """Return the mailer that `url` (`SMTP_URL`) names; without one, mail is written to the folder `default`.

    `timeout` and `within` are in seconds, for an answer and for a whole message. Raises `MailUrlError`.
    """
    target = _target(url, default)
    return FolderMailer(target) if isinstance(target, Path) else SmtpMailer(target, timeout=timeout, within=within)


@dataclass(frozen=True, slots=True)
class Found:
    """What a check met: one line, and whether addresses in other scripts can be written to."""

    detail: str
    smtputf8: bool = True


def check(url: str, *, default: Path = DEFAULT_FOLDER, timeout: float = TIMEOUT) -> Found:
    """Connect, greet, secure, sign in and send no message. Return what was found.

    `timeout` is in seconds. Raises `MailUrlError`, `MailError`.
    """
    target = _target(url, default)
    if isinstance(target, Path):
        with _folder_failures(target):
            target.mkdir(parents=True, exist_ok=True)
        return Found(f"mail is written to files in {target}")
    with _failures(target), _signed_in(target, timeout, within=WITHIN) as server:
        code, answer = server.noop()
        if code != 250:
            raise smtplib.SMTPResponseException(code, answer)
        smtputf8 = bool(server.has_extn("smtputf8"))
        safe = "TLS" if isinstance(server.sock, ssl.SSLSocket) else "no TLS"
    who = f"signed in as {target.user}" if target.user else "no sign-in"
    return Found(f"{target.place} answers, {safe}, {who}", smtputf8)


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Writes each message into a folder."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        """Write the message and its HTML beside it. Raises `MailError`."""
        with _folder_failures(self.folder):
            write_message(self.folder, flat(message))


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Sends each message over its own connection: none goes stale, none is shared between threads."""

    server: Server
    timeout: float = TIMEOUT
    within: float = WITHIN

    def send(self, message: EmailMessage) -> None:
        """Send to the one address in `To`. Raises `MailError`.

        1. Connect, secure, sign in.
        2. MAIL: a refusal is about us, so the delivery waits for the operator, unless it says that it will pass.
        3. RCPT, DATA: an answer of 4xx is transient, of 5xx permanent for this recipient, unless it says that it is about us or
           for now.
        4. The message. If no answer can be read once all of it was sent, the outcome is doubtful. Servers that look through a
           message first take long for that one (RFC 5321, 4.5.3.2.6), so it gets all the time there is.
        """
        sender, recipient = _envelope(message)
        content = flat(message)
        place = self.server.place
        with _failures(self.server), _signed_in(self.server, self.timeout, within=self.within) as smtp:
            options = f" SIZE={len(content)}" if smtp.has_extn("size") else ""
            if not (sender + recipient).isascii():
                if not smtp.has_extn("smtputf8"):
                    raise MailError(f"{place} offers no SMTPUTF8, which {recipient} needs", permanent=True)
                smtp.command_encoding = "utf-8"
                options += " SMTPUTF8 BODY=8BITMIME"
            # Not `smtp.mail` and `smtp.rcpt`: they parse the address once more, each version in its own way.
            code, answer = smtp.docmd("MAIL", f"FROM:<{sender}>{options}")
            if code == _TOO_LARGE:  # we told the size (RFC 1870), so this is about the message
                accepted(place, DONE, code, answer)
            if code not in DONE:
                # Another 5xx here says something about our sign-in or MAIL_FROM, nothing about the recipient.
                reason = f"{place} refused the sender {sender} ({told(code, answer)}): check SMTP_URL and MAIL_FROM"
                raise MailError(reason, operator=code >= 500 and not is_for_now(answer))
            accepted(place, DONE, *smtp.docmd("RCPT", f"TO:<{recipient}>"))
            accepted(place, range(354, 355), *smtp.docmd("DATA"))
            smtp.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
            smtp.timeout = self.within
            try:
                code, answer = smtp.getreply()
            except (OSError, smtplib.SMTPException) as error:
                reason = f"{place} took the message and did not answer ({type(error).__name__})"
                raise MailError(reason, doubtful=True) from error
            if not 200 <= code < 600:
                raise MailError(f"{place} took the message and answered nonsense", doubtful=True)
            accepted(place, DONE, code, answer)


def flat(message: EmailMessage) -> bytes:
    """Return the message as it goes over the wire, CRLF and all."""
    buffer = BytesIO()
    BytesGenerator(buffer, policy=message.policy).flatten(message)
    content = buffer.getvalue()
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _envelope(message: EmailMessage) -> tuple[str, str]:
    senders, recipients = message["From"].addresses, message["To"].addresses
    if len(senders) != 1 or len(recipients) != 1:
        raise MailError("a message has one sender and one recipient", permanent=True)
    return senders[0].addr_spec, recipients[0].addr_spec


def _trusted(target: Server) -> ssl.SSLContext:
    """Read whom to trust: 30 ms of work, so only where a connection is secured; anew each time, since files are renewed."""
    return ssl.create_default_context(cafile=target.ca)


@contextlib.contextmanager
def _signed_in(target: Server, timeout: float, *, within: float) -> Iterator[smtplib.SMTP]:
    """Yield a connection, secured as asked and signed in. A good-bye that fails changes nothing."""
    common: dict[str, Any] = {"local_hostname": _own_name(), "timeout": timeout, "within": within}
    smtp: smtplib.SMTP
    if target.tls == "from-start":
        smtp = TimedTls(target.host, target.port, context=_trusted(target), **common)
    else:
        smtp = Timed(target.host, target.port, **common)
    try:
        smtp.ehlo_or_helo_if_needed()
        if target.tls == "require" and not smtp.has_extn("starttls"):
            reason = f"{target.place} does not offer STARTTLS: use smtps:// or ?starttls=never"
            raise MailError(reason, operator=True)
        if target.tls in ("auto", "require") and smtp.has_extn("starttls"):
            smtp.starttls(context=_trusted(target))
            smtp.ehlo()
        if target.user is not None:
            clear = not isinstance(smtp.sock, ssl.SSLSocket)
            if clear and target.tls != "never" and target.host not in _LOCAL:
                # Somebody on the way can hide the offer of STARTTLS to read the password.
                reason = (
                    f"{target.place} offers no TLS, so no password is sent: use smtps:// or ?starttls=never"
                )
                raise MailError(reason, operator=True)
            sign_in(smtp, target.user, target.password or "", place=target.place)
        yield smtp
        smtp.timeout = timeout
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.quit()
    finally:
        smtp.close()


_HOST_NAME = re.compile(r"(?=.{4,253}$)(?:(?!-)[A-Za-z0-9-]{1,63}(?<!-)\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]")


def _own_name() -> str:
    """Return what we greet as: this machine's full name, or an address literal where strict servers would refuse it.

    Containers are called `web-1.project_default`, machines at home `box.localdomain`.
    """
    name = socket.getfqdn()
    return name if _HOST_NAME.fullmatch(name) and not name.endswith((".localdomain", ".arpa")) else "[127.0.0.1]"


@contextlib.contextmanager
def _failures(target: Server) -> Iterator[None]:
    """Turn what `smtplib`, `ssl` and `socket` raise into a `MailError`."""
    place = target.place
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        # Not the recipient's fault: the delivery waits until the operator has put it right.
        said = told(error.smtp_code, error.smtp_error)
        if error.smtp_code < 500:
            raise MailError(f"{place} signs nobody in right now ({said})") from None
        reason = f"{place} refused the sign-in ({said}): check user and password in SMTP_URL"
        raise MailError(reason, operator=True) from None
    except smtplib.SMTPResponseException as error:
        # A greeting, EHLO or NOOP: says nothing about a recipient.
        said = told(error.smtp_code, error.smtp_error)
        raise MailError(f"{place} answered {said}", operator=error.smtp_code >= 500) from error
    except smtplib.SMTPNotSupportedError:
        reason = f"{place} offers no sign-in: remove user and password from SMTP_URL, or use port 587"
        raise MailError(reason, operator=True) from None
    except ssl.SSLCertVerificationError as error:
        reason = f"{place}: certificate not trusted ({error.verify_message}): {_TRUST}"
        raise MailError(reason, operator=True) from error
    except ssl.SSLError as error:
        reason = f"{place}: TLS failed ({error.reason}): smtps:// is for port 465, smtp:// for 25 and 587"
        raise MailError(reason, operator=True) from error
    except (socket.gaierror, UnicodeError) as error:  # no such name, or one that can be none, as with two dots
        raise MailError(f"{place}: the host's name cannot be resolved", operator=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(f"{place}: no connection, or it broke ({type(error).__name__})") from error


@contextlib.contextmanager
def _folder_failures(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = error.strerror or type(error).__name__
        reason = f"mail cannot be written to {folder} ({said}): check SMTP_URL"
        raise MailError(reason, operator=True) from error


def _target(url: str, default: Path) -> Server | Path:
    """Read `SMTP_URL`. Raises `MailUrlError` that lists everything wrong at once."""
    url = url.strip()
    if not url or url == "none":
        return default
    if url.startswith("file:"):
        rest = url.removeprefix("file:")
        path = unquote(rest.removeprefix("//")) if rest.startswith("//") else rest
        if not path:
            raise MailUrlError("SMTP_URL names no directory: use file:DIRECTORY")
        return Path(path)
    wrong: list[str] = []
    try:
        parts = urlsplit(url)
    except ValueError:
        raise MailUrlError(f"SMTP_URL is no address ({_ENCODE})") from None
    if parts.scheme not in _PORTS:
        raise MailUrlError("SMTP_URL must begin with smtp://, smtps:// or file:")
    try:
        port = parts.port or _PORTS[parts.scheme]
    except ValueError:
        wrong.append(f"the port is no number from 1 to 65535 ({_ENCODE})")
        port = 0
    if port == 465 and parts.scheme == "smtp":
        wrong.append("port 465 speaks TLS from the first byte: use smtps://")
    if not parts.hostname:
        wrong.append("the host is missing")
    if (parts.username is None) != (parts.password is None):
        wrong.append("user and password come together, user:password@host")
    if parts.path not in ("", "/") or parts.fragment:
        wrong.append(f"nothing may follow the port but ?options ({_ENCODE})")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    tls = _tls(parts.scheme, options.pop("starttls", "auto"), wrong)
    ca = options.pop("ca", None)
    if ca is not None and (why := _untrusting(ca)):
        wrong.append(f"?ca names {why}")
    # A part of a password with a "?" in it would be shown as an option.
    shown = ["an option" if "@" in parts.query else f"the option {plain(name, limit=20)!r}" for name in options]
    wrong += [f"{name} is unknown: starttls and ca are" for name in shown]
    if wrong:
        raise MailUrlError("SMTP_URL: " + "; ".join(wrong))
    user = None if parts.username is None else unquote(parts.username)
    password = None if parts.password is None else unquote(parts.password)
    return Server(host=parts.hostname or "", port=port, tls=tls, user=user, password=password, ca=ca)


def _untrusting(ca: str) -> str:
    """Return why no certificate can be read from a file; empty if some can."""
    if not Path(ca).is_file():
        return "no file"
    try:
        ssl.create_default_context(cafile=ca)
    except ssl.SSLError:
        return "a file without a certificate in PEM form"
    except OSError as error:
        return f"a file that cannot be read ({error.strerror})"
    return ""


def _tls(scheme: str, asked: str, wrong: list[str]) -> Literal["from-start", "auto", "require", "never"]:
    if asked not in ("auto", "require", "never"):
        wrong.append("?starttls is auto, require or never")
        return "auto"
    if scheme == "smtps":
        if asked != "auto":
            wrong.append("?starttls goes with smtp://; smtps:// is TLS from the first byte")
        return "from-start"
    return asked  # type: ignore[return-value]
