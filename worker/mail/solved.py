"""The e-mail to whoever escalated, once it is solved: what moved it, and what would have found it. It blames nobody.

    render_solved(SolvedMail(…))
"""

from __future__ import annotations

from dataclasses import dataclass

from worker.mail.templates import Rendered, plain, render_folder, web_address

__all__ = ["SolvedMail", "render_solved"]

_REACH = {
    "l1": "This is something a technician may do here. Next time you can try it before you hand it on.",
    "senior": "This takes rights or knowledge that come with a senior's work. Handing it on was the way to go.",
}


@dataclass(frozen=True, slots=True)
class SolvedMail:
    """What whoever escalated is told. Texts are quoted from the ticket."""

    account: str
    """The MSP's name."""
    ticket_id: int
    ticket_url: str
    ticket_summary: str
    client: str
    solved_by: str
    """The name of who had it; may be empty."""
    cause: str
    """May be empty."""
    fix: str
    step: str
    """The step that found it; may be empty, or the fix itself."""
    step_by: str
    reach: str
    """`l1`, `senior` or `unknown`, of which nothing is said."""
    runbook: str
    """The title of the runbook that has it; may be empty."""
    recipient_name: str
    event_id: str


def render_solved(mail: SolvedMail) -> Rendered:
    """Return the e-mail "Solved: …". Raises `ValueError` if the ticket's address is none."""
    fix, step = plain(mail.fix, limit=400), plain(mail.step, limit=240)
    who = plain(mail.solved_by, limit=60)
    context = {
        "account": plain(mail.account, limit=60),
        "number": int(mail.ticket_id),
        "url": web_address(mail.ticket_url, named="ticket_url"),
        "summary": plain(mail.ticket_summary, limit=120) or "(no summary)",
        "client": plain(mail.client, limit=60) or "Unknown client",
        "headline": f"What you escalated is solved{f', by {who}' if who else ''}",
        "moved": fix,
        "cause": plain(mail.cause, limit=300),
        "step": "" if step and step in fix else step,
        "reach": _REACH.get(mail.reach, ""),
        "runbook": plain(mail.runbook, limit=120),
        "preheader": plain(fix, limit=110),
        "recipient": plain(mail.recipient_name, limit=60),
        "event_id": plain(mail.event_id, limit=80),
    }
    return render_folder("solved", context)
