"""Our own e-mails that come back into a ticket are nobody's words, and what people wrote around them is read.

Kinds: answered, by people and by mailboxes on their own; forwarded, with and without a heading; returned by servers; pasted; each
of our e-mails, as text and as HTML, with the lines that mail programs break and mark.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable

import pytest

from escalation.text.own_mail import without_own_mail
from escalation.text.source import plain
from tests.unit.worker.mail import test_handoff, test_response, test_solved
from worker.mail.handoff import render_handoff
from worker.mail.response import render_offered_again, render_taken
from worker.mail.solved import render_solved
from worker.mail.templates import Rendered

MAILS: dict[str, Rendered] = {
    "handoff": render_handoff(test_handoff.MAIL), "taken": render_taken(test_response.TAKEN),
    "offered again": render_offered_again(test_response.AGAIN), "solved": render_solved(test_solved.SOLVED),
}  # fmt: skip
OWN = "Swapped the cable on port 4, no change."
BELOW = "Update: rebooted the switch as well, same again."
HEADING = (
    "From: ResolutionFlow <handoff@harbor.example>\nSent: Monday, March 2, 2026 11:07 AM\nTo: Ana Ruiz <ana@harbor.example>\n"
    "Subject: Escalated\n\n"
)
WROTE = "On Mon, 2 Mar 2026 at 11:07, ResolutionFlow <handoff@harbor.example> wrote:\n"


def marked(text: str, mark: str = "> ") -> str:
    return "".join(mark + line + "\n" for line in text.splitlines())


AROUND: dict[str, Callable[[str], str]] = {
    "below a heading": lambda mail: f"{OWN}\n\n{HEADING}{mail}",
    "behind a marker": lambda mail: f"{OWN}\n\n-----Original Message-----\n{HEADING}{mail}",
    "forwarded": lambda mail: f"{OWN}\n\n---------- Forwarded message ---------\n{HEADING}{mail}\n\n{BELOW}",
    "answered": lambda mail: f"{OWN}\n\n{WROTE}{marked(mail)}\n{BELOW}",
    "answered and broken anew": lambda mail: f"{OWN}\n\n{WROTE}{marked(chr(10).join(textwrap.wrap(mail, 60)))}\n{BELOW}",
    "set in": lambda mail: f"{OWN}\n\n{HEADING}{marked(mail, '    ')}",
    "twice": lambda mail: f"{OWN}\n\n{WROTE}{marked(mail)}\n{WROTE}{marked(mail)}\n{BELOW}",
    "pasted": lambda mail: f"{OWN}\n\n{mail}\n\n{BELOW}",
    "Windows' line ends": lambda mail: f"{OWN}\n\n{HEADING}{mail}".replace("\n", "\r\n"),
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_what_we_wrote_is_left_out_and_what_people_wrote_around_it_stays(mail: Rendered, around: Callable[[str], str]) -> None:
    note = around(mail.text)
    read = without_own_mail(plain(note))
    assert read.text.split() == [*OWN.split(), *(BELOW.split() if BELOW in note else [])]
    for said in (OWN, BELOW)[: 1 + (BELOW in note)]:
        at = read.text.index(said)
        assert read.quote(at, at + len(said)) == said


@pytest.mark.parametrize("before", ["", "Automatic reply: ", "AW: ", "Undeliverable: ", "[EXTERNAL] Re: ", "> Subject: Fwd: "])
@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_our_subject_on_a_line_is_no_deed(mail: Rendered, before: str) -> None:
    read = without_own_mail(plain(f"{OWN}\n\n{before}{mail.subject}\n\n{BELOW}"))
    assert read.text.split() == [*OWN.split(), *BELOW.split()]


@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_as_html_too(mail: Rendered) -> None:
    heading = HEADING.strip().replace("<", "&lt;").replace("\n", "<br>")
    note = f"<p>{OWN}</p><p>{heading}</p>{mail.html}<p>{BELOW}</p>"
    assert without_own_mail(plain(note)).text.split() == [*OWN.split(), *BELOW.split()]


@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_those_of_releases_before_are_known_by_their_foot(mail: Rendered) -> None:
    before = re.sub(r"replies\s+are\s+not\s+read", "nobody reads answers", mail.text)
    assert before != mail.text
    assert without_own_mail(plain(f"{OWN}\n\n{HEADING}{before}\n\n{BELOW}")).text.split() == [*OWN.split(), *BELOW.split()]


RETURNED = (
    "Delivery has failed to these recipients or groups:\n\nana@harbor.example\nThe address you entered couldn't be found.\n",
    "Address not found\n\nYour message wasn't delivered to ana@harbor.example because it couldn't be found.\n550 5.1.1 gone\n",
    "This is the mail system at host mx.harbor.example.\n\nYour message could not be delivered to one or more recipients.\n",
    "Ihre Nachricht konnte nicht zugestellt werden.\n\nana@harbor.example: 550 5.1.1 unbekannt\n",
)


@pytest.mark.parametrize("notice", RETURNED)
@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_a_notice_that_returns_ours_says_nothing_of_the_ticket(notice: str, mail: Rendered) -> None:
    assert not without_own_mail(plain(f"{notice}\n{HEADING}{mail.text}")).text.strip()
    headers = f"Original message headers:\n\nMessage-ID: <rf-{'0a' * 16}@harbor.example>\nAuto-Submitted: auto-generated\n"
    assert not without_own_mail(plain(f"{notice}\n{headers}")).text.strip()


@pytest.mark.parametrize(
    "said",
    [
        "Re-created the connector, mail to the vendor is still not delivered.", "Got a delivery failure again, resent it.",
        "The NDR says undeliverable, so I cleared the cached address.", "Die Post vom Scanner wird weiter nicht zugestellt.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_who_writes_of_mail_that_is_not_delivered_above_ours_is_no_server(said: str, mail: Rendered) -> None:
    assert without_own_mail(plain(f"{said}\n\n{HEADING}{mail.text}")).text.split() == said.split()


@pytest.mark.parametrize(
    "note",
    [
        OWN, f"{RETURNED[1]}\n{OWN}", f"{HEADING}The printer is still offline.", "ResolutionFlow for us: nobody uses it.",
        "Signed in to ResolutionFlow for the queue, no change.",
        "Escalated to Maria, ticket #48213: she rebooted it.",
        "Solved: rebooted #2, it came back: no change since", "Escalated: #2 printer, still offline",
        "Opened #48213 again: no change", f"{OWN}\n\nReference evt-7QK2M4XA",
    ],
)  # fmt: skip
def test_other_mail_and_words_about_us_stay_to_the_letter(note: str) -> None:
    read = plain(note)
    assert without_own_mail(read) is read
