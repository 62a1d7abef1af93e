"""Sign in to an SMTP server."""

from __future__ import annotations

import base64
import hmac
import smtplib

from worker.mail.smtp_answers import MailError
from worker.mail.templates import plain


def sign_in(smtp: smtplib.SMTP, user: str, password: str, *, place: str) -> None:
    """Sign in by the first method of ours that the server takes, in UTF-8. Raises `MailError` and what `smtplib` raises.

    Not `smtp.login`: it knows no letter beyond ASCII, and takes an odd challenge for the end.
    """
    if not smtp.has_extn("auth"):
        raise smtplib.SMTPNotSupportedError
    offered = smtp.esmtp_features["auth"].upper().split()
    refused: tuple[int, bytes] | None = None
    for method, attempt in (("CRAM-MD5", _cram_md5), ("PLAIN", _plain), ("LOGIN", _login)):
        if method in offered:
            try:
                code, answer = attempt(smtp, user.encode(), password.encode())
            except OSError:
                if refused is None:
                    raise
                break  # some hang up after a refusal, which stays what is told
            if code in (235, 503):  # 503: signed in already
                return
            refused = code, answer
            if code < 500:
                break
    if refused is not None:
        raise smtplib.SMTPAuthenticationError(*refused)
    theirs = plain(" ".join(offered), limit=60) or "no method"
    reason = f"{place} takes {theirs} and we sign in with PLAIN, LOGIN or CRAM-MD5: use an app password or a relay"
    raise MailError(reason, operator=True)


def _coded(words: bytes) -> str:
    return base64.b64encode(words).decode()


def _plain(smtp: smtplib.SMTP, user: bytes, password: bytes) -> tuple[int, bytes]:
    words = _coded(b"\0".join((b"", user, password)))
    code, answer = smtp.docmd("AUTH", f"PLAIN {words}")
    return smtp.docmd(words) if code == 334 else (code, answer)  # some ask for what they were just told


def _login(smtp: smtplib.SMTP, user: bytes, password: bytes) -> tuple[int, bytes]:
    code, answer = smtp.docmd("AUTH", "LOGIN")
    for words in (user, password):
        if code == 334:
            code, answer = smtp.docmd(_coded(words))
    return code, answer


def _cram_md5(smtp: smtplib.SMTP, user: bytes, password: bytes) -> tuple[int, bytes]:
    code, answer = smtp.docmd("AUTH", "CRAM-MD5")
    if code != 334:
        return code, answer
    try:
        digest = hmac.new(password, base64.b64decode(answer, validate=True), "md5").hexdigest()
    except ValueError:  # no challenge, or a machine that forbids MD5
        smtp.docmd("*")
        return 535, b"no challenge that we can answer"
    return smtp.docmd(_coded(user + b" " + digest.encode()))
