"""The transports against a real SMTP server on a real socket, well-behaved and not."""

from __future__ import annotations

import base64
import contextlib
import hmac
import ipaddress
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from aiosmtpd import smtp as aiosmtpd
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from worker.demo.mail_catcher import Faults, MailCatcher
from worker.mail import transport
from worker.mail.message import compose, message_id
from worker.mail.smtp_answers import DONE, MailError, accepted
from worker.mail.templates import Rendered
from worker.mail.transport import MailUrlError, check, flat, mailer_for

SENDER = "ResolutionFlow <rf@harbor.example>"
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
SECRET = "p/w#1@x"


def message(recipient: str = "ana@harbor.example", delivery: int = 7, name: str = "") -> EmailMessage:
    return compose(
        Rendered(subject="Escalated P2 #48213", text="Grüße\n.\n..two dots\n", html="<p>Grüße</p>\n"),
        sender=SENDER,
        recipient=recipient,
        recipient_name=name,
        message_id=message_id(account_id=1, delivery_id=delivery, domain="harbor.example"),
        date=datetime(2026, 11, 23, 11, 7, tzinfo=UTC),
        topic="48213",
    )


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[MailCatcher]:
    with MailCatcher(tmp_path / "mail") as running:
        yield running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file with a key and a self-signed certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def failure(url: str, *, timeout: float = 2.0, within: float = 20.0, sent: EmailMessage | None = None) -> MailError:
    with pytest.raises(MailError) as caught:
        mailer_for(url, timeout=timeout, within=within).send(sent or message())
    return caught.value


def test_what_arrives_is_what_was_composed(catcher: MailCatcher) -> None:
    mailer_for(catcher.url).send(message())
    [path] = catcher.messages
    assert path.read_bytes() == flat(message())
    assert path.with_suffix(".html").read_text() == "<p>Grüße</p>\n"
    body = message_from_bytes(path.read_bytes(), policy=SMTP).get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == "Grüße\n.\n..two dots\n"


def test_a_refused_recipient_is_permanent_and_hurts_nobody_else(catcher: MailCatcher) -> None:
    catcher.faults = Faults(refuse=frozenset({"gone@harbor.example"}))
    error = failure(catcher.url, sent=message("gone@harbor.example"))
    assert (error.permanent, error.doubtful, error.operator) == (True, False, False)
    assert "550" in error.reason
    mailer_for(catcher.url).send(message())
    assert len(catcher.messages) == 1


def test_greylisting_is_transient_and_the_second_try_arrives(catcher: MailCatcher) -> None:
    catcher.faults = Faults(greylist=True)
    error = failure(catcher.url)
    assert (error.permanent, error.doubtful) == (False, False)
    assert "451" in error.reason
    assert catcher.messages == []
    mailer_for(catcher.url).send(message())
    assert len(catcher.messages) == 1


ABOUT_US = (
    "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
    "554 5.2.252 SendAsDenied; handoff@msp.example not allowed to send as boss@msp.example",
    "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
    "554 5.7.1 <x@harbor.example>: Relay access denied",
    "550 relay not permitted",
    "530 5.7.57 Client not authenticated to send mail",
    "530 5.7.0 Must issue a STARTTLS command first",
    "550 5.7.64 TenantAttribution; Relay Access Denied",
    "550 5.7.708 Service unavailable. Traffic not accepted from this IP",
    "550-5.7.26 This mail has been blocked because the sender is unauthenticated.\r\n550 5.7.26 SPF did not pass",
    "501 5.1.8 Bad sender's system address",
    "550 5.1.8 Access denied, bad outbound sender",
    "553 5.7.1 Sender address rejected: not owned by user",
    "550 5.4.5 Daily user sending quota exceeded",
    "535 5.7.3 Authentication unsuccessful",
    "550 5.7.750 Service unavailable, unregistered domain",
    "550 5.7.606 Access denied, banned sending IP [192.0.2.1]",
    "550 5.7.509 Access denied, sending domain msp.example does not pass DMARC verification",
    "504 5.5.2 <worker>: Helo command rejected: need fully-qualified hostname",
    "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.dnsbl.example",
    "554 Blocked - see https://ipcheck.gateway.example/?ip=192.0.2.1",
    "550 5.7.1 Client host rejected: cannot find your reverse hostname",
    "550 5.7.1 Email rejected per DMARC policy for msp.example",
    "550 SPF check failed. 192.0.2.1 is not allowed to send from msp.example",
    "550 5.7.1 Your account has been suspended for sending",
    "554 Message rejected: Email address is not verified. The following identities failed the check",
    "550 The from address does not match a verified Sender Identity",
    "550 5.7.1 Sender signature not confirmed",
    "550 SMTP AUTH is required for message submission on port 587",
    "550 JunkMail rejected - worker.msp.example [192.0.2.1]:34032 is in an RBL, see https://lists.example/192.0.2.1",
    "553 5.7.1 Connections will not be accepted from 192.0.2.1, because the ip is in a list of ours",
    "554 Poor reputation sender",
    "521 5.3.2 Host does not accept mail",
    "550 5.7.232 Your trial tenant has exceeded its daily amount for external recipients",
    "550 5.7.515 Access denied, sending domain msp.example doesn't meet the required authentication level",
    "550 5.7.1 Client was not authenticated",
    "550 Unauthenticated senders not allowed",
    "550 Rejected by header based Anti-Spoofing policy: rf@msp.example",
    "554 Message rejected: Sending suspended for this account",
    "554 5.7.1 You are not allowed to connect",
    "550 #5.7.1 Your access to submit messages to this e-mail system has been rejected",
    "550 Maximum number of emails per day exceeded",
    "550 You have exceeded the number of messages allowed per hour",
    "553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    "550 5.7.1 We do not relay",
    "550 not local host harbor.example, not a gateway",
    "550 invalid DNS MX or A/AAAA resource record",
    "554 IP=192.0.2.1 - A problem occurred, ask your postmaster (PTR)",
    "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Cannot submit message",
    "554 5.2.0 STOREDRV.Submission.Exception:OutboundSpamException; Failed to process message",
    "550 5.4.5 Daily SMTP relay limit exceeded for customer",
    "550 5.7.1 Invalid credentials for relay [192.0.2.1]",
    "550 Your plan does not allow this sender",
    "554 Mail from this account is blocked: the trial has expired",
    "550 Credits exhausted",
    "550 You may not: not permitted to send as boss@msp.example",
    "550 You are not allowed to send to outside recipients",
    "501 Sender address not allowed for this login",
    "550 Unrouteable sender domain",
    "550 5.7.1 TLS required",
    "550 5.1.20 From header is missing",
    "501 Invalid domain name",
    "501 5.5.4 Invalid domain name",
    "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)",
    "501 Syntactically invalid EHLO argument(s)",
    "550 Please use your real hostname when saying HELO",
)
FOR_NOW = (
    "550 5.7.1 Greylisted, please try again in 5 minutes",
    "550 5.7.1 Too many messages, slow down",
    "554 5.7.1 temporarily rejected",
    "550 Message rate limit, retry later",
    "552 Too many recipients, try later",
    "451 4.7.1 Greylisting in action",
    "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages",
    "550 Bitte spaeter erneut versuchen",
    "550 Veuillez réessayer plus tard",
    "550 Inténtelo de nuevo más tarde",
    "550 5.2.3 Please come back later",
    "550 Message deferred, 300 seconds",
)
ABOUT_THEM = (
    "550 5.1.1 User unknown",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound",
    "552 5.2.2 Mailbox full",
    "554 5.7.1 Spam",
    "550 No such user here",
    "550 5.1.2 Host unknown",
    "553 5.1.3 Bad recipient address syntax",
    "550 5.2.1 The account is disabled",
    "554 5.4.14 Hop count exceeded",
    "550 5.7.1 Message rejected due to content",
    "554 message size exceeds fixed limit",
    "550 5.7.129 RESOLVER.RST.RestrictedToRecipientsPermission",
    "554 5.7.1 Recipient address rejected: policy",
    "552 5.3.4 Message size limit exceeded",
    "552 message size limit exceeded",
    "552 5.2.2 Mailbox message quota exceeded",
    "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed",
    "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required",
    "550 account disabled",
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
    "554 5.7.1 <x@harbor.example>: Recipient address rejected: blocked by its owner",
    "550 Recipient domain not found",
    "550 5.1.1 The email address is not known here",
    "556 5.1.10 Recipient domain has a null MX",
    "554 5.4.4 Host or domain name not found: type=MX",
    "550 Postfach voll",
    "554 5.2.2 mailbox quota exceeded for messages",
    "550 permanent failure for one or more recipients (x@harbor.example:blocked)",
    "550 You are not permitted to send to this mailbox",
    "550 You are not allowed to send mail to this address",
    "550 Not authorized to send messages to <list@harbor.example>",
    "554 5.2.0 STOREDRV.Deliver; mailbox unavailable",
    "550 This account has expired",
    "550 <helo@harbor.example>: no such user",
    "550 x@ehlo.example unknown",
    "501 5.1.3 Invalid domain name",
    "501 <x@harbor>: invalid domain name in recipient address",
)


def test_a_refusal_of_us_waits_for_the_operator_and_one_of_the_recipient_does_not() -> None:
    """As SMTP servers word them: at RCPT and at the end of DATA the same words may say either."""
    for answer in (*ABOUT_US, *ABOUT_THEM, *FOR_NOW):
        code, _, words = answer.partition("\r\n")[0].partition(answer[3])
        with pytest.raises(MailError) as caught:
            accepted("mail.example:587", DONE, int(code), words.encode())
        assert caught.value.operator == (answer in ABOUT_US), answer
        assert caught.value.permanent == (answer in ABOUT_THEM), answer


@pytest.mark.parametrize(("answer", "permanent"), [("554 5.7.1 Spam", True), ("452 4.3.1 Full", False)])
def test_a_refused_message(catcher: MailCatcher, answer: str, permanent: bool) -> None:
    catcher.faults = Faults(data_answer=answer)
    error = failure(catcher.url)
    assert (error.permanent, error.doubtful) == (permanent, False)
    assert answer in error.reason


@pytest.mark.parametrize(
    "faults", [Faults(hang_after_data=1), Faults(drop_after_data=1)], ids=["hang", "drop"]
)
def test_no_answer_after_the_message_is_doubtful_and_the_repeat_is_recognisable(
    catcher: MailCatcher, faults: Faults
) -> None:
    catcher.faults = faults
    error = failure(catcher.url, timeout=0.3, within=0.9)
    assert (error.permanent, error.doubtful) == (False, True)
    mailer_for(catcher.url).send(message())
    first, second = (message_from_bytes(path.read_bytes(), policy=SMTP) for path in catcher.messages)
    assert first["Message-ID"] == second["Message-ID"]


def test_a_server_that_looks_through_a_message_before_it_answers_gets_the_time_for_that(catcher: MailCatcher) -> None:
    catcher.faults = Faults(slow_after_data=0.9)
    mailer_for(catcher.url, timeout=0.3, within=5.0).send(message())
    assert len(catcher.messages) == 1


@pytest.mark.parametrize("at", ["EHLO", "MAIL", "."])
def test_a_server_that_gives_a_byte_now_and_then_does_not_outlast_the_time_for_a_message(at: str) -> None:
    begun = time.monotonic()
    error = failure(Scripted(drip=at).url(), timeout=0.5, within=1.2)
    assert time.monotonic() - begun < 1.8
    assert (error.permanent, error.doubtful, error.operator) == (False, at == ".", False)


def test_nobody_listens(catcher: MailCatcher) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = failure(f"smtp://127.0.0.1:{taken.getsockname()[1]}")
    assert (error.permanent, error.doubtful, error.operator) == (False, False, False)


def test_a_server_that_never_greets_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start = time.monotonic()
        error = failure(f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout=0.3)
    assert time.monotonic() - start < 1.5
    assert (error.permanent, error.doubtful) == (False, False)


@pytest.mark.parametrize("greeting", [b"421 4.3.2 Closing\r\n", b"554 5.7.1 Go away\r\n", b"<html>\r\n", b""])
def test_a_greeting_that_is_none_condemns_no_recipient(greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as odd:

        def greet() -> None:
            connection, _ = odd.accept()
            connection.sendall(greeting)
            connection.close()

        thread = threading.Thread(target=greet)
        thread.start()
        error = failure(f"smtp://127.0.0.1:{odd.getsockname()[1]}")
        thread.join()
    assert (error.permanent, error.doubtful) == (False, False)


@pytest.mark.parametrize(
    ("answer", "doubtful"), [("<html>502 Bad Gateway", True), ("421 4.3.2 Closing", False)]
)
def test_an_odd_answer_to_the_message(catcher: MailCatcher, answer: str, doubtful: bool) -> None:
    catcher.faults = Faults(data_answer=answer)
    error = failure(catcher.url)
    assert (error.permanent, error.doubtful) == (False, doubtful)


def test_signing_in(tmp_path: Path) -> None:
    with MailCatcher(tmp_path, credentials=("rf", SECRET)) as server:
        good = server.url.replace("smtp://", "smtp://rf:p%2Fw%231%40x@")
        mailer_for(good).send(message())
        assert len(server.messages) == 1
        assert check(good).detail == f"127.0.0.1:{server.port} answers, no TLS, signed in as rf"
        error = failure(server.url.replace("smtp://", "smtp://rf:wrong-secret@"))
        assert (error.permanent, error.operator) == (False, True)
        assert "check user and password" in error.reason
        assert "wrong-secret" not in str(error) + repr(error)
        missing = failure(server.url)
        assert (missing.permanent, missing.operator) == (False, True)
        assert "530" in missing.reason


def test_starttls_is_used_when_offered_and_the_certificate_is_checked(
    tmp_path: Path, certificate: Path
) -> None:
    with MailCatcher(tmp_path, tls=serving(certificate)) as server:
        trusted = f"{server.url}?starttls=require&ca={certificate}"
        mailer_for(trusted).send(message())
        assert check(trusted).detail == f"127.0.0.1:{server.port} answers, TLS, no sign-in"
        error = failure(server.url)
        assert (error.permanent, error.operator) == (False, True)
        assert "certificate not trusted" in error.reason
        assert check(f"{server.url}?starttls=never").detail.endswith("no TLS, no sign-in")


def test_tls_from_the_first_byte(tmp_path: Path, certificate: Path) -> None:
    with MailCatcher(
        tmp_path, tls=serving(certificate), tls_from_start=True, credentials=("rf", SECRET)
    ) as server:
        trusted = server.url.replace("smtps://", "smtps://rf:p%2Fw%231%40x@") + f"?ca={certificate}"
        mailer_for(trusted).send(message())
        assert check(trusted).detail.endswith("TLS, signed in as rf")
        assert len(server.messages) == 1


def test_starttls_that_is_required_and_not_offered(catcher: MailCatcher) -> None:
    error = failure(f"{catcher.url}?starttls=require")
    assert (error.permanent, error.operator) == (False, True)
    assert "does not offer STARTTLS" in error.reason
    assert catcher.messages == []


def test_tls_against_a_server_without(catcher: MailCatcher) -> None:
    error = failure(catcher.url.replace("smtp://", "smtps://"))
    assert (error.permanent, error.operator) == (False, True)


def test_an_address_in_another_script(catcher: MailCatcher) -> None:
    mailer_for(catcher.url).send(message("zoë@harbor.example"))
    [path] = catcher.messages
    assert "To: zoë@harbor.example".encode() in path.read_bytes()


def test_a_server_that_takes_ascii_only_is_not_given_other_addresses_and_the_check_says_so(tmp_path: Path) -> None:
    with MailCatcher(tmp_path, smtputf8=False) as server:
        error = failure(server.url, sent=message("zoë@harbor.example"))
        assert (error.permanent, error.operator) == (True, False)
        assert "offers no SMTPUTF8, which zoë@harbor.example needs" in error.reason
        mailer_for(server.url).send(message("zoe@bücher.example"))
        assert len(server.messages) == 1
        assert not check(server.url).smtputf8
    with MailCatcher(tmp_path) as server:
        assert check(server.url).smtputf8


class RecipientsKept(MailCatcher):
    """Also keeps whom each message was for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.recipients: list[str] = []

    async def handle_RCPT(
        self, server: aiosmtpd.SMTP, session: aiosmtpd.Session, envelope: aiosmtpd.Envelope, address: str, options: list[str]
    ) -> str:
        self.recipients.append(address)
        return await super().handle_RCPT(server, session, envelope, address, options)


@pytest.mark.parametrize(
    ("typed", "spec"),
    [
        ("\u200bAna@Harbor.Example.\u00a0", "Ana@harbor.example"),
        ("Ruiz, Ana <mailto:ana@harbor.example>", "ana@harbor.example"),
        ("info@faß.example", "info@xn--fa-hia.example"),
        ("o'brien+rf/x@harbor.example", "o'brien+rf/x@harbor.example"),
        ('"ana ruiz"@harbor.example', '"ana ruiz"@harbor.example'),
        ("zoë@bücher.example", "zoë@xn--bcher-kva.example"),
        ("a" * 64 + "@" + "b" * 60 + ".example", "a" * 64 + "@" + "b" * 60 + ".example"),
    ],
)
@pytest.mark.parametrize("name", ["", "Ruiz, Ana", "Zoë " * 20])
def test_the_server_is_told_the_one_address_that_stands_in_the_header(
    tmp_path: Path, typed: str, spec: str, name: str
) -> None:
    with RecipientsKept(tmp_path / "mail") as server:
        mailer_for(server.url).send(message(typed, name=name))
        assert server.recipients == [spec]
        assert (spec if not name else f"<{spec}>").encode() in server.messages[0].read_bytes()


def test_a_folder_repeats_onto_the_same_name_and_sorts_by_time_and_ticket(tmp_path: Path) -> None:
    mailer = mailer_for(f"file:{tmp_path / 'mail box'}")
    mailer.send(message())
    mailer.send(message())
    mailer.send(message("bo@harbor.example", delivery=8))
    names = sorted(path.name for path in (tmp_path / "mail box").iterdir())
    assert len(names) == 4
    assert all(name.startswith("20261123T110700Z-48213-") for name in names)
    assert {Path(name).suffix for name in names} == {".eml", ".html"}


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    error = failure(f"file:{tmp_path / 'file' / 'below'}")
    assert (error.permanent, error.operator) == (False, True)
    with pytest.raises(MailError):
        check(f"file:{tmp_path / 'file' / 'below'}")


def test_no_url_means_the_default_folder(tmp_path: Path) -> None:
    mailer_for("", default=tmp_path / "here").send(message())
    assert len(list((tmp_path / "here").glob("*.eml"))) == 1
    assert check("none", default=tmp_path / "here").detail == f"mail is written to files in {tmp_path / 'here'}"


def test_the_check_sends_nothing(catcher: MailCatcher) -> None:
    assert check(catcher.url).detail == f"127.0.0.1:{catcher.port} answers, no TLS, no sign-in"
    assert catcher.messages == []


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://host", "must begin with"),
        ("smtp://", "host is missing"),
        ("smtp://host:99999", "port"),
        ("smtp://rf@host", "come together"),
        ("smtp://rf:hush/hush@host", "percent-encoded"),
        ("smtp://rf:hush[hush@host", "percent-encoded"),
        ("smtp://rf:hush]@host:587", "percent-encoded"),
        ("smtp://rf:hush\u2100@host", "percent-encoded"),
        ("smtp://rf:hush@host:465", "smtps://"),
        ("smtp://host?starttls=maybe", "starttls"),
        ("smtps://host?starttls=never", "first byte"),
        ("smtp://host?ca=/nowhere.pem", "names no file"),
        ("smtp://host?colour=red", "colour"),
        ("file:", "no directory"),
    ],
)
def test_a_wrong_url_is_explained_without_the_password(url: str, told: str) -> None:
    with pytest.raises(MailUrlError, match=told) as caught:
        mailer_for(url)
    assert "hush" not in str(caught.value)


def test_everything_wrong_is_listed_at_once() -> None:
    with pytest.raises(MailUrlError) as caught:
        mailer_for("smtp://rf@:25/x?starttls=maybe&colour=red")
    assert str(caught.value).count(";") == 4


def test_the_password_is_in_no_repr() -> None:
    assert SECRET not in repr(mailer_for("smtp://rf:p%2Fw%231%40x@host"))


def test_the_command_serves_until_told_to_stop(tmp_path: Path) -> None:
    url_file = tmp_path / "url"
    command = [
        sys.executable,
        "-m",
        "worker.demo.mail_catcher",
        "--dir",
        str(tmp_path / "mail"),
        "--url-file",
        str(url_file),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[4]) as process:
        try:
            deadline = time.monotonic() + 15
            while not url_file.exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            mailer_for(url_file.read_text()).send(message())
        finally:
            os.kill(process.pid, signal.SIGTERM)
        assert process.wait(10) == 0
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


class Scripted:
    """An SMTP server that answers each command by a script, and keeps what it was told.

    To the command `drip` it gives a byte each tenth of a second, and never an end; after its answer to `last` it hangs up.
    """

    def __init__(self, *, drip: str = "", last: str = "", **answers: str) -> None:
        usual = {"greeting": "220 here", "EHLO": "250-here\n250 AUTH PLAIN LOGIN", "AUTH": "235 in", "DATA": "354 go on"}
        usual["QUIT"] = "221 bye"
        self.answers, self.said, self.drip = usual | answers, list[str](), drip
        self.last = last
        self._socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def url(self, who: str = "") -> str:
        return f"smtp://{who}127.0.0.1:{self._socket.getsockname()[1]}"

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with contextlib.suppress(OSError), connection, connection.makefile("rwb") as wire, self._socket:
            reading = False
            wire.write(self.answers["greeting"].encode() + b"\r\n")
            wire.flush()
            for raw in wire:
                line = raw.decode("latin-1").rstrip("\r\n")
                if reading and line != ".":
                    continue
                self.said.append(line)
                verb = line.partition(" ")[0].upper()
                while verb == self.drip:
                    wire.write(b"2")
                    wire.flush()
                    time.sleep(0.1)
                reading = verb == "DATA" and self.answers["DATA"].startswith("354")
                answer = self.answers.get(line.upper()) or self.answers.get(verb, "250 fine")
                wire.write(answer.replace("\n", "\r\n").encode() + b"\r\n")
                wire.flush()
                if verb == self.last:
                    return


@pytest.mark.parametrize(
    "method", ["PLAIN", "LOGIN", "CRAM-MD5", "plain login", "=LOGIN", "XOAUTH2 NTLM LOGIN", "CRAM-MD5 PLAIN"]
)
def test_a_password_of_any_letters_signs_in_by_whatever_method_is_offered(method: str) -> None:
    challenge = base64.b64encode(b"<17.1@here>").decode()
    offer = f"250-here\n250 AUTH{method}" if method.startswith("=") else f"250-here\n250 AUTH {method}"
    said = {"AUTH LOGIN": "334 VXNlcm5hbWU6", base64.b64encode("jörg".encode()).decode().upper(): "334 UGFzc3dvcmQ6"}
    ends = dict.fromkeys([base64.b64encode("pä€ß 1".encode()).decode().upper()], "235 in")
    first = {"AUTH CRAM-MD5": f"334 {challenge}"} if method == "CRAM-MD5" else {"AUTH CRAM-MD5": "334 ==no challenge=="}
    digest = hmac.new("pä€ß 1".encode(), b"<17.1@here>", "md5").hexdigest()
    ends[base64.b64encode(f"jörg {digest}".encode()).decode().upper()] = "235 in"
    server = Scripted(EHLO=offer, **said, **first, **ends)
    mailer_for(server.url("j%C3%B6rg:p%C3%A4%E2%82%AC%C3%9F%201@")).send(message())
    assert server.said[-1] == "quit"


def test_a_server_that_asks_again_for_what_it_was_just_told_is_told_it_again() -> None:
    words = base64.b64encode(b"\0u\0p").decode()
    server = Scripted(EHLO="250-here\n250 AUTH PLAIN", AUTH="334 ", **{words.upper(): "235 in"})
    mailer_for(server.url("u:p@")).send(message())
    assert server.said.count(words) == 1


@pytest.mark.parametrize("answer", ["550 4.7.1 Greylisted, try again in 5 minutes", "554 Too many connections, slow down"])
def test_a_sender_refused_for_now_blames_no_setting(answer: str) -> None:
    error = failure(Scripted(MAIL=answer).url())
    assert (error.operator, error.permanent) == (False, False)


def test_a_message_too_large_for_the_server_blames_no_setting() -> None:
    error = failure(Scripted(EHLO="250-here\n250 SIZE 100", MAIL="552 5.3.4 Message size exceeds fixed limit").url())
    assert (error.operator, error.permanent) == (False, True)


@pytest.mark.parametrize("offered", ["XOAUTH2", "NTLM GSSAPI", ""])
def test_a_method_that_we_do_not_know_is_the_operators_to_change(offered: str) -> None:
    error = failure(Scripted(EHLO=f"250-here\n250 AUTH {offered}".rstrip()).url("u:p@"))
    assert (error.operator, "app password" in error.reason) == (True, True)


def test_a_host_whose_name_can_be_none_is_the_operators_to_change() -> None:
    for host in ("mail..harbor.example", "m" * 64 + ".example", ".harbor.example"):
        error = failure(f"smtp://{host}")
        assert (error.operator, "cannot be resolved" in error.reason) == (True, True), host


def test_addresses_that_lead_nowhere_leave_time_for_the_one_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Exchange Online has eight of each family, where a network routes one of them into nothing."""
    spent: list[float] = []

    def create_connection(place: tuple[str, int], timeout: float, *_: object) -> socket.socket:
        if place[0] == "127.0.0.1":
            found = socket.socket()
            found.settimeout(timeout)
            found.connect(place)
            return found
        spent.append(timeout)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", create_connection)
    six = [(socket.AF_INET6, 1, 6, "", (f"2001:db8::{n}", 25, 0, 0)) for n in range(8)]
    four = [(socket.AF_INET, 1, 6, "", (f"192.0.2.{n}", 25)) for n in range(2)]
    for dead in (six, four, six + four, []):
        server = Scripted()
        answering = (socket.AF_INET, 1, 6, "", server._socket.getsockname())
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, found=(*dead, answering), **__: list(found))
        mailer_for("smtp://mail.harbor.example").send(message())
        assert server.said[-1] == "quit"
        assert sum(spent) < transport.WITHIN / 2, dead
        spent.clear()


def test_a_server_that_hangs_up_after_a_refused_sign_in_is_told_as_one_that_refused() -> None:
    server = Scripted(EHLO="250-here\n250 AUTH CRAM-MD5 PLAIN LOGIN", AUTH="535 5.7.8 Bad credentials", last="AUTH")
    error = failure(server.url("u:p@"))
    assert (error.operator, "refused the sign-in (535" in error.reason) == (True, True), error.reason


def test_a_file_that_holds_no_certificate_is_named_before_any_server_is_asked(tmp_path: Path) -> None:
    """As Windows exports one (DER), an empty one, one with a key alone, a text."""
    file = tmp_path / "ca.crt"
    for held in (b"\x30\x82\x01\x0a\x02", b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"no\n"):
        file.write_bytes(held)
        with pytest.raises(MailUrlError, match="PEM"):
            mailer_for(f"smtp://host?ca={file}")


@pytest.mark.parametrize(
    "answer", ["454 4.7.0 Temporary authentication failure", "421 4.7.0 Too many login attempts", "432 4.3.2 limit"]
)
def test_a_sign_in_that_may_pass_by_itself_blames_no_password_and_is_tried_once(answer: str) -> None:
    server = Scripted(AUTH=answer)
    error = failure(server.url("u:p@"))
    assert (error.operator, error.permanent, "check" in error.reason) == (False, False, False)
    assert sum(line.startswith("AUTH") for line in server.said) == 1


@pytest.mark.parametrize("code", ["251", "252", "253"])
def test_any_good_answer_is_one_and_the_message_is_not_sent_again(code: str) -> None:
    server = Scripted(**{"MAIL": f"{code} fine", "RCPT": f"{code} fine", ".": f"{code} queued"})
    mailer_for(server.url()).send(message())
    assert [line for line in server.said if line in ("DATA", ".")] == ["DATA", "."]


@pytest.mark.parametrize(
    ("name", "greets"),
    [
        ("mail.harbor.example", "mail.harbor.example"), ("web_1.project_default", "[127.0.0.1]"), ("worker", "[127.0.0.1]"),
        ("localhost.localdomain", "[127.0.0.1]"), ("b\u00fcro.example", "[127.0.0.1]"), ("-a.example", "[127.0.0.1]"),
        ("1.0.0.127.in-addr.arpa", "[127.0.0.1]"), ("10.0.0.5", "[127.0.0.1]"), ("", "[127.0.0.1]"),
    ],
)  # fmt: skip
def test_we_greet_by_a_name_that_strict_servers_take(name: str, greets: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.socket, "getfqdn", lambda: name)
    server = Scripted()
    mailer_for(server.url()).send(message())
    assert server.said[0].lower() == f"ehlo {greets}"
