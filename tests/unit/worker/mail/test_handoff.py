"""The handoff e-mail: what it says, and that text from a ticket stays text."""

from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.worker.mail.mails import HOSTILE, Elements, contrast
from worker.mail.handoff import HandoffMail, render_handoff
from worker.mail.templates import plain, wrapped

MAIL = HandoffMail(
    account="Harbor IT",
    ticket_id=48213,
    ticket_url="https://na.example.net/v4_6_release/services/system_io/Service/fv_sr100_request.rails?service_recid=48213&companyName=harbor",
    ticket_summary="VPN drops after exactly 8 hours",
    client="Northwind Dental",
    severity="P2",
    clock='waiting 12 min, ticket open for 2 h 10 min at 11:07, customer told "an engineer by 14:00"',
    escalated_by="Kim Ito",
    recipient_name="Ana Ruiz",
    opening=(
        ("Ask", "find why the VPN drops after exactly 8 hours"),
        ("Start here", "compare the phase-2 lifetime on both ends"),
        (
            "Tried (2)",
            ("flushed DNS on PC-14: no change", "pinged the gateway during the drop: answers"),
        ),
        ("Not recorded", "firewall log, whether other sites are affected"),
    ),
    brief_in_ticket=True,
    event_id="evt-7QK2M4XA",
)

def poisoned(text: str) -> HandoffMail:
    return dataclasses.replace(
        MAIL,
        account=text,
        ticket_summary=text,
        client=text,
        severity=text,
        clock=text,
        escalated_by=text,
        recipient_name=text,
        opening=((text, text), ("Start here", text), ("Tried", (text, text))),
        event_id=text,
    )


def test_subject_says_how_urgent_which_ticket_whose_and_what() -> None:
    assert render_handoff(MAIL).subject == "Escalated P2 #48213, Northwind Dental: VPN drops after exactly 8 hours"


def test_a_second_episode_has_a_subject_of_its_own() -> None:
    subject = render_handoff(dataclasses.replace(MAIL, episode=2)).subject
    assert subject == "Escalated again (2) P2 #48213, Northwind Dental: VPN drops after exactly 8 hours"


def test_subject_is_one_capped_line() -> None:
    subject = render_handoff(
        dataclasses.replace(MAIL, ticket_summary="VPN\r\nBcc: x@y.example " + "drops " * 60)
    ).subject
    assert len(subject) <= 120
    assert subject.startswith("Escalated P2 #48213, Northwind Dental: VPN Bcc:")
    assert subject.endswith("…")
    assert not re.search(r"[\x00-\x1f]", subject)


def test_both_parts_say_the_same() -> None:
    rendered = render_handoff(MAIL)
    seen = Elements(rendered.html).text
    text = " ".join(rendered.text.split())
    for said in (
        MAIL.ticket_summary,
        MAIL.client,
        "#48213",
        "Kim Ito",
        MAIL.clock,
        "compare the phase-2 lifetime on both ends",
        "flushed DNS on PC-14: no change",
        "pinged the gateway during the drop: answers",
        "firewall log, whether other sites are affected",
        "Harbor IT",
        "Ana Ruiz",
        "evt-7QK2M4XA",
        "internal note in the ticket",
        "Make yourself the ticket",
    ):
        assert said in seen
        assert said in text


def test_text_part_is_wrapped_and_keeps_the_address_whole() -> None:
    rendered = render_handoff(dataclasses.replace(MAIL, clock="customer told " * 12))
    lines = rendered.text.splitlines()
    assert MAIL.ticket_url in lines
    assert all(len(line) <= 76 for line in lines if line != MAIL.ticket_url)


def test_text_part_as_a_whole() -> None:
    short = dataclasses.replace(MAIL, ticket_url="https://na.example.net/48213", opening=MAIL.opening[1:3])
    assert render_handoff(short).text == (
        'P2 | waiting 12 min, ticket open for 2 h 10 min at 11:07, customer told "an\n'
        'engineer by 14:00"\n'
        "\n"
        "VPN drops after exactly 8 hours\n"
        "Northwind Dental, ticket #48213, escalated by Kim Ito\n"
        "\n"
        "START HERE\n"
        "  compare the phase-2 lifetime on both ends\n"
        "\n"
        "TRIED (2)\n"
        "  - flushed DNS on PC-14: no change\n"
        "  - pinged the gateway during the drop: answers\n"
        "\n"
        "Open ticket #48213:\n"
        "https://na.example.net/48213\n"
        "\n"
        "The whole brief is an internal note in the ticket.\n"
        "\n"
        "Claiming it? Make yourself the ticket's owner in ConnectWise, so that the\n"
        "others see who has it.\n"
        "\n"
        "-- \n"
        "ResolutionFlow for Harbor IT, to Ana Ruiz. Sent automatically; replies are\n"
        "not read. Reference evt-7QK2M4XA\n"
    )


def test_one_link_no_image_and_nothing_loaded_from_elsewhere() -> None:
    page = Elements(render_handoff(MAIL).html)
    assert page.links == [MAIL.ticket_url]
    assert not {"img", "script", "link", "iframe", "form", "input", "object", "svg", "base"} & set(page.tags)
    assert "url(" not in render_handoff(MAIL).html
    assert "@import" not in render_handoff(MAIL).html


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_adds_no_element_link_or_comment(hostile: str) -> None:
    harmless = Elements(render_handoff(poisoned("harmless")).html)
    page = Elements(render_handoff(poisoned(hostile)).html)
    assert page.tags == harmless.tags
    assert page.links == [MAIL.ticket_url]
    assert page.handlers == []
    assert page.comments == harmless.comments


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_holds_no_bare_address_and_no_hidden_character(hostile: str) -> None:
    rendered = render_handoff(poisoned(hostile))
    for part in (rendered.subject, rendered.text.replace(MAIL.ticket_url, ""), Elements(rendered.html).text):
        assert "://" not in part
        assert "www." not in part
        assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u3164\U000e0041]", part)


def test_a_claim_link_becomes_the_first_button_and_says_that_opening_it_does_nothing() -> None:
    link = "https://handoff.example.net/claim/eyJhIjoxfQ.aBc-_d"
    rendered = render_handoff(dataclasses.replace(MAIL, claim_url=link))
    page = Elements(rendered.html)
    assert page.links == [link, MAIL.ticket_url]
    assert link in rendered.text.splitlines()
    for part in (page.text, " ".join(rendered.text.split())):
        assert "Claim this ticket" in part
        assert "Opening the link changes nothing" in part
        assert "owner in ConnectWise claims it too" in part
        assert "Claiming it?" not in part


def test_template_syntax_in_a_ticket_stays_as_written() -> None:
    rendered = render_handoff(dataclasses.replace(MAIL, ticket_summary="{{ 7 * 7 }} {% raw %}"))
    assert "{{ 7 * 7 }} {% raw %}" in rendered.text
    assert "{{ 7 * 7 }} {% raw %}" in Elements(rendered.html).text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_leaves_the_structure_alone(text: str) -> None:
    page = Elements(render_handoff(poisoned("x" + text)).html)
    assert page.links == [MAIL.ticket_url]
    assert page.handlers == []
    assert not {"script", "img", "iframe", "svg", "form"} & set(page.tags)


def test_a_missing_note_is_said_in_both_parts() -> None:
    rendered = render_handoff(dataclasses.replace(MAIL, brief_in_ticket=False))
    assert "NOT IN THE TICKET YET" in rendered.text
    assert "Not in the ticket yet." in Elements(rendered.html).text
    assert "internal note" not in rendered.text + Elements(rendered.html).text


def test_what_is_left_out_is_counted() -> None:
    many = dataclasses.replace(MAIL, opening=(("Tried", tuple(f"step {n}" for n in range(11))),) * 11)
    rendered = render_handoff(many)
    assert rendered.text.count("and 7 more in the ticket") == 9
    assert "The ticket has 2 more lines." in rendered.text
    assert "The ticket has 2 more lines." in Elements(rendered.html).text


def test_little_is_known() -> None:
    thin = dataclasses.replace(
        MAIL,
        ticket_summary="",
        client="",
        severity="",
        clock="",
        escalated_by="",
        recipient_name="",
        opening=(),
    )
    rendered = render_handoff(thin)
    assert rendered.subject == "Escalated No priority #48213, Unknown client: (no summary)"
    assert Elements(rendered.html).links == [MAIL.ticket_url]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://host/x",
        "https://",
        "https://user:pw@host/",
        'https://host/"onclick=',
        "https://h/\r\nx",
        "//h/x",
    ],
)
def test_only_a_plain_web_address_becomes_the_button(url: str) -> None:
    with pytest.raises(ValueError, match="ticket_url"):
        render_handoff(dataclasses.replace(MAIL, ticket_url=url))
    with pytest.raises(ValueError, match="claim_url"):
        render_handoff(dataclasses.replace(MAIL, claim_url=url))


def test_text_on_every_coloured_surface_can_be_read() -> None:
    """WCAG contrast of at least 4.5 for each pair of colours in the layout, light and dark."""
    pairs = [("#ffffff", bar) for bar in ("#b3261e", "#b54708", "#1446ff", "#4b5768")]
    pairs += [("#1b2430", "#ffffff"), ("#55606e", "#ffffff"), ("#55606e", "#eef1f5"), ("#1446ff", "#e8f1fd")]
    pairs += [("#4d3500", "#fff4d6"), ("#1b2430", "#e8f1fd")]
    pairs += [("#e7ecf2", "#1a212b"), ("#a9b4c2", "#1a212b"), ("#a9b4c2", "#11161d"), ("#e7ecf2", "#14304f")]
    pairs += [("#1446ff", "#ffffff"), ("#93b0ff", "#1a212b"), ("#93b0ff", "#14304f"), ("#ffe3a6", "#3a2c0c")]
    pairs += [("#e7ecf2", "#3a2c0c")]
    html = "".join(
        render_handoff(dataclasses.replace(MAIL, severity=f"P{digit}", brief_in_ticket=False, claim_url="https://h/c")).html
        for digit in "1234"
    )
    for ink, paper in pairs:
        assert ink in html
        assert paper in html
        assert contrast(ink, paper) >= 4.5, (ink, paper)


def test_plain_folds_cuts_and_defangs() -> None:
    assert plain(" a\tb\r\n c\u2028d ") == "a b c d"
    assert plain("see https://x.example and WWW.y.example") == "see https[:]//x.example and WWW[.]y.example"
    assert plain("one two three four", limit=10) == "one two…"
    assert plain("x" * 20, limit=10) == "x" * 9 + "…"
    assert plain("Zoë Müller 東京 🙂") == "Zoë Müller 東京 🙂"


def test_wrapping_never_cuts_a_word() -> None:
    long = "x" * 100
    assert long in wrapped(f"before {long} after").splitlines()
