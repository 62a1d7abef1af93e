"""The e-mails that follow a claim: somebody has it, or nobody has it any more. Plain values in, a message out.

    render_taken(TakenMail(…))                 to the others: who took it, how soon, nothing to do
    render_offered_again(OfferedAgainMail(…))  to all: the claim was given back or ran out, with the claim button

Both return a `Rendered` for `worker.mail.handoff.compose`, whose `in_reply_to` keeps them with the first mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from escalation.brief.spans import span
from worker.mail.handoff import badge_colour, one_line
from worker.mail.templates import Rendered, plain, render_folder, web_address

__all__ = ["OfferedAgainMail", "TakenMail", "render_offered_again", "render_taken"]


@dataclass(frozen=True, slots=True)
class TakenMail:
    """What the other engineers are told once somebody has taken a handoff."""

    account: str
    """The MSP's name."""
    ticket_id: int
    ticket_url: str
    ticket_summary: str
    client: str
    taken_by: str
    """The name of whoever has it now."""
    after: timedelta | None
    """How long after the escalation, calendar time; None where no moment of escalation is known."""
    recipient_name: str
    event_id: str
    starts_with: str = ""
    """What they said they start with, verbatim."""


@dataclass(frozen=True, slots=True)
class OfferedAgainMail:
    """What every engineer is told when a claim ended without a first action."""

    account: str
    ticket_id: int
    ticket_url: str
    ticket_summary: str
    client: str
    severity: str
    """As in `HandoffMail`."""
    clock: str
    """As in `HandoffMail`; may be empty."""
    why: Literal["given_back", "ran_out", "left"]
    held_by: str
    """The name of whoever had it; may be empty."""
    minutes: int | None
    """Business minutes it was held without a first action; None if not known."""
    start_here: str
    """The brief's first thing to do; may be empty."""
    recipient_name: str
    event_id: str
    claim_url: str = ""
    yours: bool = False
    """Whether the recipient is the one who had it."""


def render_taken(mail: TakenMail) -> Rendered:
    """Return the e-mail "Claimed by …, nothing to do". Raises `ValueError` if the ticket's address is none."""
    who = plain(mail.taken_by, limit=60) or "somebody"
    headline = f"Claimed by {who}{_soon(mail.after)} – nothing to do"
    context = {
        **_ticket(mail), "headline": headline, "who": who,
        "starts_with": plain(mail.starts_with, limit=240), "preheader": f"{headline}.",
    }  # fmt: skip
    return render_folder("taken", context)


def _soon(after: timedelta | None) -> str:
    if after is None:
        return ""
    length = "less than a minute" if after < timedelta(minutes=1) else span(after)
    return f", {length} after it was escalated"


def render_offered_again(mail: OfferedAgainMail) -> Rendered:
    """Return the e-mail "Open again". Raises `ValueError` if an address is none."""
    severity = plain(mail.severity, limit=32) or "No priority"
    what = _ended(mail)
    context = {
        **_ticket(mail), "severity": severity, "bar": badge_colour(severity), "what": what,
        "clock": one_line("Clock", mail.clock),
        "start_here": one_line("Start here", mail.start_here),
        "claim_url": web_address(mail.claim_url, named="claim_url") if mail.claim_url else "",
        "preheader": plain(what, limit=110),
    }  # fmt: skip
    return render_folder("offered_again", context)


def _ended(mail: OfferedAgainMail) -> str:
    """Return the sentences that say how the claim ended and what holds now."""
    who = plain(mail.held_by, limit=60)
    spent = "1 working minute" if mail.minutes == 1 else f"{mail.minutes} working minutes"
    if mail.why == "given_back":
        ended = f"{'You' if mail.yours else who or 'Somebody'} gave it back" + (f" after {spent}" if mail.minutes else "")
    elif mail.why == "left":
        ended = f"{who or 'Somebody'}, who had it, is no longer an active engineer or admin"
    else:
        claim = "Your claim" if mail.yours else f"The claim of {who}" if who else "A claim"
        passed = "the time for it" if mail.minutes is None else spent
        ended = f"{claim} ran out: {passed} passed without a first action in the ticket"
    return f"{ended}. It is open to everybody again."


def _ticket(mail: TakenMail | OfferedAgainMail) -> dict[str, object]:
    return {
        "account": plain(mail.account, limit=60),
        "number": int(mail.ticket_id),
        "url": web_address(mail.ticket_url, named="ticket_url"),
        "summary": plain(mail.ticket_summary, limit=120) or "(no summary)",
        "client": plain(mail.client, limit=60) or "Unknown client",
        "recipient": plain(mail.recipient_name, limit=60),
        "event_id": plain(mail.event_id, limit=80),
    }
