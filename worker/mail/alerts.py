"""The e-mail that tells the operator of alerts: plain values in, a message out."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime

from worker.mail.templates import Rendered, plain, wrapped

_LOOK = "font-family:'Segoe UI',-apple-system,Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:22px;max-width:600px"


@dataclass(frozen=True, slots=True)
class AlertMail:
    """What the operator is told."""

    alerts: tuple[tuple[str, str, str, str, datetime], ...]
    """Account, kind, subject, detail and when it was raised, the oldest first."""
    installation: str
    """Which installation it is, by its address: a setting, so it is shown as it is."""


def render_alerts(mail: AlertMail) -> Rendered:
    """Return subject, text and a plain HTML of the same; texts may come from anywhere and are treated as hostile."""
    rows = [
        (plain(account, limit=60), plain(kind, limit=60), plain(subject, limit=80), plain(detail, limit=400), at)
        for account, kind, subject, detail, at in mail.alerts
    ]
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    title = f"ResolutionFlow: {rows[0][1]}, {rows[0][2]}{more}" if rows else "ResolutionFlow: nothing to tell"
    lines, items = [], []
    for account, kind, subject, detail, at in rows:
        head = f"{kind}: {subject} ({account}, {at:%Y-%m-%d %H:%M} UTC)"
        lines += [wrapped(head), wrapped(detail, "    "), ""]
        items.append(f"<p><strong>{html.escape(head)}</strong><br>{html.escape(detail)}</p>")
    foot = (
        f"Installation {mail.installation}. What each means and what to do: docs/runbook.md, under the alert's name. "
        "An alert is told once; this lists an account's open ones: resolutionflow account check NAME"
    )
    body = "\n".join([*lines, wrapped(foot)]) + "\n"
    page = (f'<!doctype html><html lang="en"><body style="{_LOOK}">{"".join(items)}'
            f'<p style="font-size:12px;line-height:18px">{html.escape(foot)}</p></body></html>')  # fmt: skip
    return Rendered(subject=title, text=body, html=page)
