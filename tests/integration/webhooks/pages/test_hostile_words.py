"""Hostile words in everything that a ticket, a member or a model can say: 300 payloads on every page, none of them acts."""

from __future__ import annotations

import dataclasses
import random
from urllib.parse import quote

import pytest
from sqlalchemy import update

from models.tables import Handoff, Member
from tests.browser.showroom import evidence, write_brief
from tests.integration.webhooks.office import JONAS
from tests.integration.webhooks.pages.conftest import Pages
from tests.unit.escalation.brief.test_sanitize import HOSTILE
from tests.unit.worker.mail.mails import Elements

OURS = {
    "a", "abbr", "article", "aside", "b", "body", "br", "button", "code", "data", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "form", "h1", "h2", "h3", "head", "header", "html", "input", "label", "legend", "li",
    "link", "main", "meta", "nav", "ol", "option", "p", "pre", "script", "section", "select", "span", "summary", "table",
    "tbody", "td", "textarea", "th", "thead", "title", "tr", "ul",
}  # fmt: skip
MORE = (
    "\"><script>alert(1)</script>", "' onmouseover='alert(1)", "\" autofocus onfocus=\"alert(1)", "javascript:alert(1)",
    "</textarea><img src=x onerror=alert(1)>", "{{ 7*7 }}", "{% include 'shell.html' %}", "</title><svg onload=alert(1)>",
    "\" hx-get=\"/escalations/1/claim\" hx-trigger=\"load\" x=\"", "<div hx-on:load='alert(1)'>", "data-chip=\"x\"",
    "</pre></details><iframe src=https://evil.example>", "&lt;script&gt;alert(1)&lt;/script&gt;", "<!--", "]]>",
)  # fmt: skip
PAGES = (
    "/escalations/content?show=all&open={id}", "/escalations/cards?show=all", "/escalations/{id}/brief", "/escalations?open={id}",
    "/pod/ticket/content?ticket={ticket}", "/pod/ticket?ticket={ticket}", "/analytics/escalations/content",
    "/escalations/cards?q={word}&board={word}&company={word}", "/analytics/escalations/behind?open={word}",
    "/pod/ticket/content?ticket={word}", "/escalations?account={word}",
)  # fmt: skip


@pytest.mark.storm
def test_three_hundred_payloads_act_on_no_page(pages: Pages) -> None:
    draw, office = random.Random(13), pages.office
    words = [*HOSTILE, *MORE]
    with office.database.account(office.account_id) as session:
        junior = update(Member).where(Member.account_id == office.account_id, Member.id == JONAS)
        session.execute(junior.values(name=MORE[0] + MORE[8]))
    tried, wrong = 0, []
    for round_ in range(12):
        said = [f"{draw.choice(['', 'error: ', 'still '])}{text}" for text in draw.choices(words, k=26)]
        if round_ == 0:
            said[: len(MORE)] = MORE
        ticket = 61_000 + round_
        handoff = office.escalate(
            ticket, minutes_ago=5, summary=said[0], company=said[1], priority=said[2], board=said[3], status=said[4],
            escalated_by=draw.choice(["jlind", said[5]]),
        )  # fmt: skip
        notes = tuple(f"Checked the log. {text}\nNeed someone to {text}\nrebooted it: no change {text}" for text in said[6:24])
        found = evidence(said[0], said[1], said[2], 5, said[24], notes, ticket)
        write_brief(office, handoff, dataclasses.replace(found), 5, guess=True)
        office.api("POST", f"/handoffs/{handoff}/claim")
        pages.post(f"/escalations/{handoff}/start?as=pod", text=said[25][:200])
        ended = update(Handoff).where(Handoff.account_id == office.account_id, Handoff.id == handoff)
        if round_ % 3 == 0:
            with office.database.account(office.account_id) as session:
                session.execute(ended.values(response_state="withdrawn", end_reason=said[7], owner_outcome=said[8]))
        tried += len(said)
        for path in PAGES:
            word = quote(draw.choice(words))
            page = pages.get(path.format(id=handoff, ticket=ticket, word=word)).text
            read = Elements(page)
            wrong += [f"<{tag}> on {path}" for tag in read.tags if tag not in OURS] + [f"{on} on {path}" for on in read.handlers]
            wrong += [f"{link} on {path}" for link in read.links if not _is_ours(link)] + read.comments
            wrong += [f"acts by itself on {path}"] * (page.count("hx-trigger=\"load\"") - page.count('class="saved card"'))
    assert tried >= 300
    assert wrong == []


def _is_ours(link: str) -> bool:
    return link.startswith(("/", "#", "https://na.myconnectwise.net/v4_6_release/")) or link in ("", "data:,")
