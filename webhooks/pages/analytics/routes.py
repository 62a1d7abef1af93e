"""The analytics page's addresses: for engineers, admins and the owner. One scorecard, as the command has it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, render_template, request

from webhooks.authorization import Viewer, senior, viewer
from webhooks.pages.analytics.scorecards import Scorecards, as_csv
from webhooks.pages.analytics.view import page, saved_line
from webhooks.pages.desk import Desk, people_of
from webhooks.pages.frame import psa_origin, whoever


def add(routes: Blueprint, desk: Desk) -> None:
    """Add the analytics routes, and the small card of the queue."""
    cards = Scorecards(desk)

    @routes.get("/analytics/escalations")
    def analytics() -> str:
        """Show the page; without anybody known, how to become known. `?open=` shows what is behind a figure."""
        who = whoever()
        values = _page(desk, cards, senior(who)) if who else {}
        return render_template(
            "analytics/template.html", page="analytics", style="analytics.css", psa=psa_origin(),
            content="analytics/escalations/content", heading="What escalations cost", **values,
        )  # fmt: skip

    @routes.get("/analytics/escalations/content")
    def analytics_content() -> str:
        return render_template("analytics/content.html", **_page(desk, cards, senior(viewer())))

    @routes.get("/analytics/escalations/behind")
    def analytics_behind() -> str:
        """Return the episodes behind one figure, and what was left out."""
        return render_template("analytics/behind.html", **_page(desk, cards, senior(viewer())))

    @routes.get("/analytics/escalations.csv")
    def analytics_csv() -> Response:
        who = senior(viewer())
        response = Response(as_csv(cards.card(who, _moment(cards))), mimetype="text/csv")
        response.headers["Content-Disposition"] = 'attachment; filename="escalations.csv"'
        return response

    @routes.get("/escalations/saved")
    def saved() -> str:
        """Return what the queue's small card says."""
        return render_template("queue/saved.html", saved=saved_line(cards.card(senior(viewer()), cards.recent())))


def _page(desk: Desk, cards: Scorecards, who: Viewer) -> dict[str, Any]:
    card = cards.card(who, _moment(cards))
    names = desk.read(who, lambda session: people_of(session, who))
    return page(card, names=names, opened=request.args.get("open", "")[:300])


def _moment(cards: Scorecards) -> datetime:
    """Return the moment asked about; one that is none, or to come, is as good as not asked."""
    recent = cards.recent()
    try:
        asked = datetime.fromisoformat(request.args.get("as_of", ""))
    except ValueError:
        return recent
    return asked if asked.tzinfo is not None and asked.year > 2000 and asked <= recent else recent
