"""The owner's weekly e-mail: it says what is certain, what is not and why, and shows it without a picture."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime

import pytest

from tests.unit.worker.mail.mails import HOSTILE, Elements, contrast
from tests.unit.worker.mail.weeks import LONG_NAMES, NAMES, WEEKS, acted, card, mail, stopwatch
from worker.mail.templates import Rendered
from worker.mail.weekly import Ticket, render_weekly

LIMIT = 100_000
"""Bytes of HTML; Gmail shows no more than 102 kB."""


@pytest.fixture(scope="module")
def weeks() -> dict[str, Rendered]:
    return {name: render_weekly(mail(make())) for name, make in WEEKS.items()}


def said(rendered: Rendered) -> tuple[str, str]:
    """Return both parts as running text."""
    return Elements(rendered.html).text, " ".join(rendered.text.split())


@pytest.mark.parametrize("name", WEEKS)
def test_every_week_can_be_read_anywhere(weeks: dict[str, Rendered], name: str) -> None:
    rendered = weeks[name]
    page = Elements(rendered.html)
    assert len(rendered.html.encode()) < LIMIT
    assert not {"img", "svg", "script", "link", "iframe", "form", "object"} & set(page.tags)
    assert "url(" not in rendered.html
    assert "flex" not in rendered.html
    assert '<html lang="en"' in rendered.html
    assert all(link.startswith("https://na.example.net/ticket?") for link in page.links)
    assert len(rendered.subject) <= 120
    tables = re.findall(r"<table[^>]*>", rendered.html)
    headed = [table for table in tables if 'role="presentation"' not in table]
    assert len(headed) == rendered.html.count("<th scope=\"col\"") / 3  # only tables of figures are tables
    assert all(len(line) <= 76 for line in rendered.text.splitlines() if "://" not in line)


@pytest.mark.parametrize("name", WEEKS)
def test_both_parts_begin_with_the_same_sentence(weeks: dict[str, Rendered], name: str) -> None:
    sentence = WEEKS[name]().to_json()["sentence"]
    page, text = said(weeks[name])
    assert sentence in page
    assert text.startswith(" ".join(sentence.split()))


@pytest.mark.parametrize(
    ("name", "subject", "told"),
    [
        ("collecting", "Escalations at Harbor IT, 23 November: collecting", ["Collecting: 4 of the 6", "collecting: 4 of 6"]),
        ("nothing at all", "Escalations at Harbor IT, 23 November: collecting",
         ["0 of the 6", "Nothing was measured of the old way"]),
        ("early", "Escalations at Harbor IT, 23 November: early figures",
         ["Early, from 11 escalations and 12 of the old way", "collecting, what solved the ticket is known of 2 of 6"]),
        (
            "measured",
            r"Escalations at Harbor IT, 23 November: [\d.]+ min recovered by the stopwatch, [\d.]+ min recovered by the history",
            [
                "Against the stopwatch readings", "Against the replayed history", "dates 91% of its escalations",
                "saved since 1 November", "At GBP 85 an hour that is GBP ", "20 of 25 named what solved the ticket (80%",
                "39 of 64 briefs showed none.",
            ],
        ),
        ("negative", r"Escalations at Harbor IT, 23 November: [\d.]+ min longer by the stopwatch",
         ["An escalation takes longer than it did.", "−8.7 min (95% interval −", "lost since 1 November", "−GBP "]),
        ("no measurable saving", "Escalations at Harbor IT, 23 November: no measurable saving yet",
         ["No measurable saving yet: the interval holds zero.", "So no hours since 1 November and no worth are stated."]),
        ("kill switch", "Escalations at Harbor IT, 23 November: the pilot's eight weeks are over",
         ["The mark was more than 1.0 hour a week, and it was not reached.", "0.1 h a week (26 escalations acted on"]),
        ("pilot passed", "Escalations at Harbor IT, 23 November: .* min recovered by the stopwatch, .*",
         ["The pilot's eight weeks showed", "; the mark was more than 1.0 h a week."]),
        ("pilot disputed", "Escalations at Harbor IT, 23 November: the pilot's eight weeks are over",
         ["By the stopwatch readings: ", "By the replayed history: ", "One source reached it and the other did not"]),
        ("sources disagree", r".* min recovered by the history, the other source shows nothing yet",
         ["No measurable saving yet: the interval holds zero.", "Week 5 of the pilot's 8"]),
        ("no baseline", "Escalations at Harbor IT, 23 November: no saving can be shown yet",
         ["nothing was measured of the old way", 'resolutionflow baseline add "Harbor IT" --help']),
        ("poor history", "Escalations at Harbor IT, 23 November: no saving can be shown yet",
         ["Not compared with: the history dates 43% of its escalations, and 80% are needed."]),
        ("few readings", "Escalations at Harbor IT, 23 November: collecting",
         ["These few readings show their plain average, without an interval.", "min (4 readings)"]),
    ],
)  # fmt: skip
def test_what_each_week_says(weeks: dict[str, Rendered], name: str, subject: str, told: list[str]) -> None:
    assert re.fullmatch(subject, weeks[name].subject)
    for part in said(weeks[name]):
        for words in told:
            assert words.lower() in part.lower()


def test_time_after_claiming_never_stands_without_the_whole_time(weeks: dict[str, Rendered]) -> None:
    for rendered in weeks.values():
        page = Elements(rendered.html).text
        assert page.count(" min after claim") == page.count(" min in all")
        text = " ".join(rendered.text.split())
        assert text.count("min after claiming,") == text.count(" min in all (")
        assert "After claiming" in page
        assert "In all" in page


def test_everything_a_sceptic_asks_for_is_there(weeks: dict[str, Rendered]) -> None:
    for part in said(weeks["measured"]):
        for words in (
            "71 escalated", "68 claimed", "1 claimed, and over without a first action",
            "1 claim given back or run out", "1 withdrawn before anybody claimed it",
            "opened by hand (#49006 episode 2)",
            "ends before it starts: the clocks or the typed times disagree (#49007 episode 2)",
            "typed by hand (#49005 episode 2)", "2.5 s behind ours when compared on 22 November: too little to move a figure",
            "version 5 of the rules", "2 claims not acted on, counted as longer", "3 escalations not acted on, counted as longer",
            "with now at 7.8 instead of 7.2: the 2 without a first action so far count here as long as the slowest",
            "Waiting and the time after claiming come to 39.1, not 43.9",
            "nobody has claimed it yet", "3 h of working time (all hours: 4 h); then claimed by Tess O'Brien",
            "By technician", "Maria Svensson", "DNS and DHCP", "Storage and backup",
            "You get this on Mondays because you are the owner of Harbor IT",
            'resolutionflow metrics "Harbor IT"', "As of Mon 23 Nov 2026, 07:00 (Europe/London)",
        ):  # fmt: skip
            assert words.lower() in part.lower(), words


def test_the_longest_waits_lead_to_their_tickets(weeks: dict[str, Rendered]) -> None:
    links = [f"https://na.example.net/ticket?service_recid={n}" for n in (49003, 49005, 48049)]
    assert Elements(weeks["measured"].html).links == links
    assert [line.strip() for line in weeks["measured"].text.splitlines() if "://" in line] == links


def test_bars_are_as_long_as_their_figures_say(weeks: dict[str, Rendered]) -> None:
    cells = r'width="(\d+)%" height="12".*?<strong>([\d.]+) min</strong> (after claim|in all)'
    bars = [(int(w), float(m)) for w, m, _ in re.findall(cells, weeks["measured"].html, re.DOTALL)]
    assert len(bars) == 2 * (4 + 3 + 4)
    trend = bars[:8]
    longest = max(minutes for _, minutes in trend)
    assert max(width for width, _ in trend) == 100
    assert all(abs(width - minutes / longest * 100) <= 1 for width, minutes in trend)


def test_twelve_technicians_with_long_names_are_all_there(weeks: dict[str, Rendered]) -> None:
    for part in said(weeks["twelve technicians"]):
        assert all(name in part for name in LONG_NAMES.values())
        assert "Too few for a figure (10 each): Kai Wong 0, Tess O'Brien 1" in part


def test_too_few_are_counted_by_the_clock_that_has_fewer(weeks: dict[str, Rendered]) -> None:
    assert all("Too few for a figure (10 each): DNS and DHCP 9, E-mail 8" in part for part in said(weeks["no baseline"]))


def test_two_of_one_name_are_two() -> None:
    whole = mail(WEEKS["measured"](), names=dict.fromkeys(NAMES, "Chris Lee"))
    page, text = said(render_weekly(whole))
    assert len(re.findall(r"Chris Lee 2[12] acted on", page)) == 3
    assert text.count("Chris Lee: ") == 3


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, "The two have not been compared yet."),
        (0.4, "The two agreed within a second when compared on 22 November."),
        (12.0, "ConnectWise's was 12.0 s ahead of ours"),
        (-95.0, "95.0 s behind ours when compared on 22 November: claims by link and the brief's own time may be off"),
    ],
)
def test_how_far_the_clocks_are_apart_is_said(seconds: float | None, told: str) -> None:
    figures = WEEKS["early"]().to_json(listing=True)
    figures["clock_skew"]["seconds"] = seconds
    changed = dataclasses.replace(mail(WEEKS["early"]()), figures=figures)
    assert all(told in part for part in said(render_weekly(changed)))


def test_an_admin_is_told_why_it_is_them() -> None:
    rendered = render_weekly(mail(WEEKS["early"](), recipient_role="admin"))
    assert all("because you are an admin of Harbor IT, whose owner is not known" in part for part in said(rendered))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text(hostile: str) -> None:
    figures = WEEKS["measured"]().to_json(listing=True)
    tickets = {str(w["ticket_id"]): Ticket(f"https://h/{w['ticket_id']}", hostile) for w in figures["worst_waits"]}
    figures["exclusions"].append({"episode": hostile, "reason": hostile})
    figures["by_domain"][hostile] = figures["by_domain"].pop("network")
    poisoned = mail(
        WEEKS["measured"](), figures=figures, account=hostile, recipient_name=hostile,
        names=dict.fromkeys(NAMES, hostile), tickets=tickets,
    )  # fmt: skip
    rendered = render_weekly(poisoned)
    page = Elements(rendered.html)
    assert page.links == [f"https://h/{wait['ticket_id']}" for wait in figures["worst_waits"]]
    assert page.handlers == []
    assert not {"script", "img", "iframe", "svg", "form", "base"} & set(page.tags)
    assert "\n" not in rendered.subject
    assert "://" not in re.sub(r"https://h/\d+", "", rendered.text)


def test_a_ticket_without_a_web_address_is_refused() -> None:
    figures = WEEKS["measured"]().to_json(listing=True)
    number = str(figures["worst_waits"][0]["ticket_id"])
    with pytest.raises(ValueError, match="ticket_url"):
        render_weekly(mail(WEEKS["measured"](), tickets={number: Ticket("javascript:alert(1)", "x")}))


def test_text_on_every_surface_can_be_read(weeks: dict[str, Rendered]) -> None:
    """WCAG: 4.5 for text, 3 for bars, light and dark."""
    html = weeks["kill switch"].html + weeks["measured"].html
    text = [("#1b2430", "#f3f6fa"), ("#55606e", "#f3f6fa"), ("#55606e", "#ffffff"), ("#4d3500", "#fff4d6")]
    text += [("#e7ecf2", "#222b37"), ("#a9b4c2", "#222b37"), ("#ffe3a6", "#3a2c0c"), ("#1446ff", "#ffffff")]
    bars = [("#1446ff", "#ffffff"), ("#77859a", "#ffffff"), ("#93b0ff", "#1a212b"), ("#93a1b5", "#1a212b")]
    for pairs, least in ((text, 4.5), (bars, 3.0)):
        for ink, paper in pairs:
            assert ink in html
            assert paper in html
            assert contrast(ink, paper) >= least, (ink, paper)


def test_the_same_figures_make_the_same_mail() -> None:
    assert render_weekly(mail(WEEKS["measured"]())) == render_weekly(mail(WEEKS["measured"]()))


def test_in_a_months_first_week_the_last_full_one_is_told() -> None:
    first = datetime(2026, 12, 1, 7, tzinfo=UTC)
    young = card(acted(64), stopwatch(24, 15), as_of=first, last_month=acted(64))
    rendered = render_weekly(mail(young))
    for part in said(rendered):
        assert re.search(r"[\d.]+ h saved in November, over \d+ escalations acted on", part)
        assert "No escalation was acted on since 1 December" in part
    old = young.to_json(listing=True)
    del old["last_month"]  # as reports were stored before
    assert "in November, over" not in said(render_weekly(mail(young, figures=old)))[1]
