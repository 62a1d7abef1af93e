"""The queue's addresses: the page, its cards, one handoff beside them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from webhooks.authorization import Viewer, viewer
from webhooks.pages.desk import Desk, look
from webhooks.pages.frame import LARGEST_ID, known, psa_origin, whoever
from webhooks.pages.handoff.view import shown
from webhooks.pages.queue.view import Chosen, listed, page


def add(routes: Blueprint, desk: Desk) -> None:
    """Add the queue's routes."""

    @routes.get("/escalations")
    def queue() -> str:
        """Show the page; without anybody known, how to become known."""
        who = whoever()
        values = _page(desk, who) if who else {}
        return render_template(
            "queue/template.html", page="queue", style="queue.css", psa=psa_origin(), content="escalations/content",
            heading="Escalations", **values,
        )  # fmt: skip

    @routes.get("/escalations/content")
    def queue_content() -> str:
        return render_template("queue/content.html", **_page(desk, viewer()))

    @routes.get("/escalations/cards")
    def queue_cards() -> str:
        return drawn_cards(desk, viewer())

    @routes.get("/escalations/<int:handoff_id>/brief")
    def queue_brief(handoff_id: int) -> str | Response:
        who = viewer()
        view = desk.read(who, lambda session: look(session, who, known(handoff_id)))
        one = shown(view, desk.clock())
        if request.args.get("version") == one.version:
            return Response(status=204)
        desk.note_opened(who, one.id)
        return render_template("handoff/panel.html", one=one, place="panel")


def _page(desk: Desk, who: Viewer) -> dict[str, Any]:
    now, chosen = desk.clock(), Chosen.of(request.args)
    opened = request.args.get("open", "")

    def read(session: Session) -> dict[str, Any]:
        values = page(session, who, chosen, now)
        if opened.isascii() and opened.isdigit() and int(opened) <= LARGEST_ID:
            values["place"] = "panel"
            values["one"] = shown(look(session, who, int(opened)), now)
        return values

    values = desk.read(who, read)
    if "one" in values:
        desk.note_opened(who, values["one"].id)
    return values


def drawn_cards(desk: Desk, who: Viewer, *, lost: int = 0) -> str:
    now, chosen = desk.clock(), Chosen.of(request.values)
    return render_template("queue/cards.html", lost=lost, **desk.read(who, lambda session: listed(session, who, chosen, now)))
