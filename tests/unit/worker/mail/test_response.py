"""The e-mails after a claim: who took it, and that it is open again."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.worker.mail.mails import HOSTILE, Elements
from worker.mail.message import compose
from worker.mail.response import OfferedAgainMail, TakenMail, render_offered_again, render_taken
from worker.mail.templates import Rendered

TICKET = "https://na.example.net/ticket?service_recid=48213"
CLAIM = "https://handoff.example.net/claim/eyJhIjoxfQ.aBc-_d"
TAKEN = TakenMail(
    account="Harbor IT", ticket_id=48213, ticket_url=TICKET, ticket_summary="VPN drops after exactly 8 hours",
    client="Northwind Dental", taken_by="Maria Svensson", after=timedelta(minutes=4, seconds=20),
    recipient_name="Ana Ruiz", event_id="evt-7QK2M4XA",
)  # fmt: skip
AGAIN = OfferedAgainMail(
    account="Harbor IT", ticket_id=48213, ticket_url=TICKET, ticket_summary="VPN drops after exactly 8 hours",
    client="Northwind Dental", severity="P2", clock="Waiting 1 h, ticket open for 3 h", why="ran_out",
    held_by="Maria Svensson", minutes=60, start_here="compare the phase-2 lifetime on both ends",
    recipient_name="Ana Ruiz", event_id="evt-7QK2M4XA", claim_url=CLAIM,
)  # fmt: skip


def said(rendered: Rendered) -> tuple[str, str]:
    """Return both parts as running text."""
    return Elements(rendered.html).text, " ".join(rendered.text.split())


def test_who_took_it_and_how_soon_in_one_line() -> None:
    rendered = render_taken(TAKEN)
    line = "Claimed by Maria Svensson, 4 min after it was escalated – nothing to do"
    assert all(line in part for part in said(rendered))
    assert rendered.subject == "Claimed by Maria Svensson: #48213, Northwind Dental: VPN drops after exactly 8 hours"
    assert Elements(rendered.html).links == [TICKET]
    assert TICKET in rendered.text.splitlines()


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (timedelta(seconds=40), "Maria Svensson, less than a minute after it was escalated –"),
        (timedelta(seconds=-3), "Maria Svensson, less than a minute after it was escalated –"),
        (timedelta(hours=2, minutes=10), "Maria Svensson, 2 h 10 min after it was escalated –"),
        (None, "Maria Svensson – nothing to do"),
    ],
)
def test_how_soon_is_said_as_far_as_it_is_known(after: timedelta | None, told: str) -> None:
    assert all(told in part for part in said(render_taken(dataclasses.replace(TAKEN, after=after))))


def test_what_they_start_with_is_passed_on() -> None:
    rendered = render_taken(dataclasses.replace(TAKEN, starts_with="I start with the firewall log"))
    assert all("Starts with: “I start with the firewall log”" in part for part in said(rendered))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "The claim of Maria Svensson ran out: 60 working minutes passed without a first action in the ticket."),
        ({"minutes": 1}, "ran out: 1 working minute passed without"),
        ({"minutes": None}, "The claim of Maria Svensson ran out: the time for it passed without"),
        ({"yours": True}, "Your claim ran out: 60 working minutes passed without a first action in the ticket."),
        ({"why": "given_back", "minutes": 12}, "Maria Svensson gave it back after 12 working minutes."),
        ({"why": "given_back", "minutes": 0}, "Maria Svensson gave it back. It is open to everybody again."),
        ({"why": "given_back", "minutes": None, "yours": True}, "You gave it back. It is open to everybody again."),
        ({"held_by": ""}, "A claim ran out: 60 working"),
        ({"why": "left"}, "Maria Svensson, who had it, is no longer an active engineer or admin. It is open to everybody again."),
    ],
)  # fmt: skip
def test_how_the_claim_ended(changes: dict[str, object], told: str) -> None:
    assert all(told in part for part in said(render_offered_again(dataclasses.replace(AGAIN, **changes))))  # type: ignore[arg-type]


def test_it_can_be_claimed_from_the_mail() -> None:
    rendered = render_offered_again(AGAIN)
    assert rendered.subject == "Open again P2 #48213, Northwind Dental: VPN drops after exactly 8 hours"
    assert Elements(rendered.html).links == [CLAIM, TICKET]
    assert CLAIM in rendered.text.splitlines()
    for part in said(rendered):
        for words in ("Opening the link changes nothing", "Waiting 1 h, ticket open for 3 h", "compare the phase-2 lifetime"):
            assert words in part


def test_without_a_claim_link_the_psa_is_the_way() -> None:
    rendered = render_offered_again(dataclasses.replace(AGAIN, claim_url="", start_here="", clock=""))
    assert Elements(rendered.html).links == [TICKET]
    assert all("Claiming it? Make yourself the ticket" in part for part in said(rendered))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text(hostile: str) -> None:
    words = {"account": hostile, "ticket_summary": hostile, "client": hostile, "recipient_name": hostile}
    for poisoned, links in (
        (render_taken(dataclasses.replace(TAKEN, **words, taken_by=hostile, starts_with=hostile)), [TICKET]),
        (
            render_offered_again(
                dataclasses.replace(
                    AGAIN, **words, held_by=hostile, severity=hostile, clock=hostile, start_here=hostile
                )
            ),
            [CLAIM, TICKET],
        ),
    ):
        page = Elements(poisoned.html)
        assert page.links == links
        assert page.handlers == []
        assert not {"script", "img", "iframe", "svg", "form", "meta http-equiv"} & set(page.tags)
        assert "\n" not in poisoned.subject


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://user:pw@host/", "//h/x"])
def test_only_web_addresses_become_links(url: str) -> None:
    with pytest.raises(ValueError, match="ticket_url"):
        render_taken(dataclasses.replace(TAKEN, ticket_url=url))
    with pytest.raises(ValueError, match="claim_url"):
        render_offered_again(dataclasses.replace(AGAIN, claim_url=url))


def test_it_stands_with_the_first_mail() -> None:
    message = compose(
        render_taken(TAKEN), sender="rf@harbor.example", recipient="ana@harbor.example", message_id="<b@harbor.example>",
        date=datetime(2026, 3, 6, 16, tzinfo=UTC), in_reply_to="<a@harbor.example>",
    )  # fmt: skip
    assert message["In-Reply-To"] == message["References"] == "<a@harbor.example>"
    with pytest.raises(ValueError, match="Message-ID"):
        compose(
            render_taken(TAKEN), sender="rf@harbor.example", recipient="ana@harbor.example", message_id="<b@h.example>",
            date=datetime(2026, 3, 6, 16, tzinfo=UTC), in_reply_to="a@harbor.example",
        )  # fmt: skip
