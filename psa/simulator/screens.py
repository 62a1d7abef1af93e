"""The ticket screen of the user interface, which deep links open and hosted pods live in (Hosted API script 1.0).

As plain as can be: the ticket, its notes, and one frame for each pod with the handshake around it. Whoever looks is the
member named by `&member=`, else the company's first engineer-like member.
"""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from psa.simulator.answers import Record, not_found
from psa.simulator.wire import Reply, Request
from psa.simulator.world import World

PATH: Final = re.compile(
    r"/v[\w.]+/+(?:services/system_io/(?:Service/fv_sr100_request|router/openrecord)\.rails|ConnectWise\.aspx)",
    re.IGNORECASE,
)
_CONTEXT: Final = "web"

SCRIPT: Final = (Path(__file__).parent / "screen.js").read_text()
STYLE: Final = (
    "body{font:14px/1.45 sans-serif;margin:0;color:#222;background:#f3f4f6}main{display:grid;grid-template-columns:"
    "3fr 2fr;gap:16px;padding:16px}section{background:#fff;border:1px solid #d4d7dc;padding:12px 16px}"
    "pre{white-space:pre-wrap;font:inherit;margin:4px 0}h1{font-size:18px;margin:0 0 8px}"
    "h2{font-size:13px;color:#555;margin:0}section{margin-bottom:12px}"
    "iframe.pod{width:100%;border:1px solid #d4d7dc;background:#fff}.internal{border-left:4px solid #c58b00}"
    "#log{font:11px monospace;max-height:160px;overflow:auto;word-break:break-all}"
)


def ticket_screen(world: World, request: Request) -> Reply:
    """Return the ticket's page; refuse with 404. The caller holds the world's lock."""
    query = {name.lower(): value for name, value in request.query.items()}
    wanted = query.get("service_recid") or query.get("recid") or ""
    if not wanted.isdigit():
        raise not_found("Ticket", wanted)
    ticket = world.get("tickets", int(wanted))
    member = _member(world, query.get("member", ""))
    saving = (
        f"<section><button id=save>Save</button> as {escape(member['identifier'])}<ol id=log></ol></section>"
    )
    title = escape(f"#{ticket['id']} {ticket['summary']}")
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><style>{STYLE}</style><body>"
        f"<main><div>{_ticket(world, ticket)}</div><div>{_pods(world, ticket)}{saving}</div></main>"
        f'<script id=here type="application/json">{_here(world, ticket, member)}</script>'
        f"<script>{SCRIPT}</script></body></html>"
    )
    return Reply(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})


def _member(world: World, wanted: str) -> Record:
    rows = world.tables["members"].values()
    for row in rows:
        if row["identifier"].casefold() == wanted.casefold():
            return row
    return next((row for row in rows if "engineer" in row["title"].lower()), next(iter(rows)))


def _ticket(world: World, ticket: Record) -> str:
    facts = {
        "Company": ticket["company"]["name"],
        "Status": f"{ticket['board']['name']} / {ticket['status']['name']}",
        "Priority": ticket.get("priority", {}).get("name", ""),
        "Owner": ticket.get("owner", {}).get("name", "nobody"),
        "Resources": ticket.get("resources", "none"),
    }
    listed = "".join(f"<div><b>{name}</b> {escape(str(value))}</div>" for name, value in facts.items())
    notes = sorted(
        world.children("notes", ticket["id"]), key=lambda note: str(note["dateCreated"]), reverse=True
    )
    shown = "".join(
        f'<section class="{"internal" if note["internalAnalysisFlag"] else "discussion"}"><h2>'
        f"{escape(note['createdBy'])}, {note['dateCreated']}{', internal' if note['internalAnalysisFlag'] else ''}</h2>"
        f"<pre>{escape(note['text'])}</pre></section>"
        for note in notes
    )
    return f"<section><h1>#{ticket['id']} {escape(ticket['summary'])}</h1>{listed}</section>{shown}"


def _pods(world: World, ticket: Record) -> str:
    """Return a frame for each pod of the ticket screen; `[cw_id]` and `[cw_screen]` in its address are filled in."""
    frames = []
    for setup in world.tables["hosted_setups"].values():
        screen = world.tables["screens"][setup["screenId"]]["screenId"]
        if screen != "ticket" or setup["type"] != "Pod" or setup.get("disabledFlag"):
            continue
        url = setup["url"].replace("[cw_id]", str(ticket["id"])).replace("[cw_screen]", "ticket")
        if urlsplit(url).scheme in ("http", "https"):
            height, source = int(setup.get("podHeight") or 300), escape(url, quote=True)
            frame = (
                f'<iframe class=pod id="frame-{setup["id"]}" height={height} data-src="{source}"></iframe>'
            )
            frames.append(f"<section><h2>{escape(setup['description'])}</h2>{frame}</section>")
    return "".join(frames)


def _here(world: World, ticket: Record, member: Record) -> str:
    tenant = world.tenant
    about: dict[str, Any] = {
        "screenObject": {"screen": "ticket", "id": ticket["id"], "hostedAs": "pod"},
        "member": {
            "site": urlsplit(world.origin).netloc,
            "companyid": tenant.company,
            "memberid": member["identifier"],
            "memberHash": world.member_hash(member["identifier"]),
            "memberContext": _CONTEXT,
            "memberEmail": member.get("primaryEmail", ""),
            "codeBase": tenant.codebase,
        },
    }
    return json.dumps(about).replace("<", "\\u003c")
