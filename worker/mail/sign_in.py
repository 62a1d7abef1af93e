"""The e-mail with a sign-in link, for whoever wants to see the queue outside the PSA. Plain values in, a message out."""

from __future__ import annotations

from dataclasses import dataclass

from worker.mail.templates import Rendered, plain, render_folder, web_address


@dataclass(frozen=True, slots=True)
class SignInMail:
    """A link for one member."""

    account: str
    recipient_name: str
    url: str
    minutes: int
    """How long it is good for."""
    asked_at: str
    """The moment it was asked for, in words, by the account's clock."""


def render_sign_in(mail: SignInMail) -> Rendered:
    """Return the e-mail. Raises `ValueError` if the address is none."""
    context = {
        "account": plain(mail.account, limit=60),
        "recipient": plain(mail.recipient_name, limit=60),
        "url": web_address(mail.url, named="url"),
        "minutes": int(mail.minutes),
        "preheader": f"It works for {int(mail.minutes)} minutes, once.",
        "asked_at": plain(mail.asked_at, limit=60),
    }
    return render_folder("sign_in", context)
