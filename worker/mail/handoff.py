"""The e-mail that tells an engineer of a handoff. Knows neither the database nor the PSA: plain values in, a message out.

A delivery is four lines: `render_handoff` the context, `message_id` for the delivery's row, `compose`, `Mailer.send`. What
follows a claim (`render_taken`, `render_offered_again`) is in `worker.mail.response`, the owner's weekly e-mail in
`worker.mail.weekly`.
"""

from __future__ import annotations

from dataclasses import dataclass

from escalation.brief.urgency import urgency
from worker.mail.templates import Rendered, plain, render_folder, web_address

START_HERE = "start here"
"""The label whose line stands out: what to do first."""
LINES, ITEMS = 9, 4
"""How many labelled lines, and how many items of one of them, an e-mail shows; the ticket has them all."""

_BAR = ("#b3261e", "#b54708", "#1446ff", "#4b5768")
"""Colours of the bar and the badge, the most urgent first; white on each has a contrast of at least 5 to 1."""


@dataclass(frozen=True, slots=True)
class HandoffMail:
    """What one engineer is told of one handoff. All text may come from a ticket and is treated as hostile."""

    account: str
    """The MSP's name."""
    ticket_id: int
    ticket_url: str
    """Where the ticket opens in the PSA, http or https."""
    ticket_summary: str
    client: str
    """The customer company."""
    severity: str
    """The priority in the PSA's or the brief's words: `P2`, `Priority 1 - Emergency Response`."""
    clock: str
    """How long it waits, how old the ticket is, and the oldest open promise, as one line."""
    escalated_by: str
    recipient_name: str
    opening: tuple[tuple[str, str | tuple[str, ...]], ...]
    """The first lines of the brief in their order: label and text, or label and items."""
    brief_in_ticket: bool
    """False: the note is not in the ticket (yet), and the message says so."""
    event_id: str
    episode: int = 1
    """From the second on the subject says so, since mail programs put messages of one subject together."""
    claim_url: str = ""
    """Where this recipient claims it; opening it must change nothing. Empty: the mail offers no claim."""
    withheld: str = ""
    """The whole brief, where its board is in dry run: it is in this message alone, and nobody else is told."""


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled line of the opening: either one text or several items."""

    label: str
    texts: tuple[str, ...]
    listed: bool
    first: bool
    """What to do first: stands out."""
    left_out: int
    """How many items are only in the ticket."""


def render_handoff(mail: HandoffMail) -> Rendered:
    """Return subject, text and HTML of the handoff e-mail. Raises `ValueError` if an address is none."""
    return render_folder("handoff", handoff_context(mail))


def handoff_context(mail: HandoffMail) -> dict[str, object]:
    """Return the values of the `handoff` templates, each one cleaned and capped."""
    lines = tuple(one_line(label, content) for label, content in mail.opening if label.strip() and content)
    severity = plain(mail.severity, limit=32) or "No priority"
    summary = plain(mail.ticket_summary, limit=120) or "(no summary)"
    first = next((line.texts[0] for line in lines if line.first), summary)
    return {
        "account": plain(mail.account, limit=60),
        "number": int(mail.ticket_id),
        "episode": mail.episode,
        "url": web_address(mail.ticket_url, named="ticket_url"),
        "claim_url": web_address(mail.claim_url, named="claim_url") if mail.claim_url else "",
        "summary": summary,
        "client": plain(mail.client, limit=60) or "Unknown client",
        "severity": severity,
        "bar": badge_colour(severity),
        "clock": one_line("Clock", mail.clock),
        "escalated_by": plain(mail.escalated_by, limit=60),
        "recipient": plain(mail.recipient_name, limit=60),
        "lines": lines[:LINES],
        "lines_left_out": max(0, len(lines) - LINES),
        "preheader": plain(first, limit=110),
        "brief_in_ticket": mail.brief_in_ticket,
        "withheld": [plain(line, limit=2000) for line in mail.withheld.splitlines()],
        "event_id": plain(mail.event_id, limit=80),
    }


def badge_colour(severity: str) -> str:
    """Return the colour of a priority, dark enough for white text."""
    return _BAR[min(urgency(severity), len(_BAR)) - 1]


def one_line(label: str, content: str | tuple[str, ...]) -> Line:
    """Return a labelled line, cleaned and capped; without text if the content has none."""
    name = plain(label, limit=40).rstrip(":")
    listed = not isinstance(content, str)
    items = (content,) if isinstance(content, str) else content
    shown = tuple(cleaned for item in items[:ITEMS] if (cleaned := plain(item, limit=160 if listed else 320)))
    return Line(
        label=name,
        texts=shown,
        listed=listed,
        first=name.lower() == START_HERE,
        left_out=max(0, len(items) - ITEMS),
    )
