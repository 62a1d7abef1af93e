"""Texts that several people or programs wrote together: whose words are read, what was done, what came of it.

- *entries*: time entries of several people in one note, a ticket's history, exported chats of phones and web pages;
- *fields*: what somebody tells in a field among those that a program wrote, and forms with a deed, its result and what was wrong;
- *remedied*: the reports of protection software and remote sessions, which list deeds that nobody here did;
- *marked*: boxes behind a deed and of other editors, letters for yes and no, tables as spreadsheets store them;
- *headed*: the headings of mail programs and ticket systems above what they quote;
- *beside*: names of files, a translator's line, what a ticket system writes of merging;
- *dressed*: text in which only a word is HTML, style sheets, and what was escaped again on its way.
`python -m tests.unit.escalation.reading.test_written_by_others 300` tries more.
"""

# ruff: noqa: E501 - parts are easier to read in one long line, and are written as people write them

from __future__ import annotations

import html
import random
import sys
from collections.abc import Callable

import pytest

from escalation.text.source import plain
from escalation.text.stretches import stretches
from tests.unit.escalation.reading.incoming import (
    _OWN,
    _THEIRS,
    Incoming,
    count_held,
    faults,
    package_of,
    package_of_notes,
)

_NAMES = ("Dana Reyes", "Tom Example", "Lind, Jonas", "Priya S")
_ENTRIES = (
    "3/2/2026 {h}:00 AM - {h}:30 AM {who} (0.50h): {text}",
    "02.03.2026 {h}:00 - {h}:15 {who}: {text}",
    "2026-03-02 {h}:00 to {h}:20 {who} - {text}",
    "03/02/2026 {h}:15 Note added by {who}: {text}",
    "[2026-03-02 {h}:15] Internal note was added by {who}: {text}",
    "02/03/2026, {h}:12 - {who}: {text}",
)
_RECORDS = (
    ("TeamViewer report", "Device: PC-14", "Supporter: Dana Reyes", "Start: 02.03.2026 09:02", "End: 02.03.2026 09:40", "Duration: 38 min", "Comment: {}"),
    ("Call log", "Direction: Inbound", "Answered by: Dana Reyes", "Talk time: 19:00", "Disposition: Escalated", "Call notes: {}"),
    ("Remote session", "Session: PC-14", "Guest connected: PC-14", "Command run: ipconfig /all", "Duration: 00:21:14", "Session notes: {}"),
)
_FORM = ("Issue: Printer offline\nAction: {0}\nResult: {1}", "Problem: No dial tone\nSteps taken: {0}\nOutcome: {1}", "Symptom: Slow\nWork performed: {0}\nResult: {1}")
_REMEDIED = (
    "Incident report\nSeverity: High\nHost: PC-14\nHost isolated: Yes\nRemediation steps:\n1. Deleted scheduled task UpdateX\n2. Stopped service EvilSvc",
    "Threat report\nThreat: Trojan.Gen\nEndpoint: PC-14\nSeverity: Critical\nActions taken:\n- Removed file C:\\temp\\x.exe\n- Disabled account jdoe",
    "Session summary\nSession: PC-14\nHost connected: Dana Reyes 3/2/2026 9:02 AM\nFile transferred: driver.zip\nReboot and reconnect requested\nHost disconnected: 3/2/2026 9:40 AM",
)
_BOXES = (("{} ☑", "{} ☐"), ("{} ✅", "{} ⬜"), ("(✓) {}", "( ) {}"), ("Y - {}", "N - {}"), ("- [x] {}", "- [~] {}"), ("- [x] {}", "- [>] {}"), ("- [x] {}", "- [/] {}"))
_ABOVE = (
    "On Tue, Apr 11, 2017 at 7:08 PM Ethan Example\n<\nmailto:ethan@post.example\n> wrote:",
    '>>> "Ethan Example" <ethan@post.example> 02.03.2026 09:12 >>>',
    "----------------------------------------------\n\nEthan Example, Mar 2, 2026, 09:12 GMT",
    "________________________________\nEthan Example (Support) - 2 March 2026 at 09:12",
    "Fra: Ethan Example <ethan@post.example>\nSendt: 2. marts 2026 09:12\nTil: Help\nEmne: Dock",
    'From:   "Ethan Example" <ethan@post.example>\nTo:     "Help" <help@post.example>\nDate:   02.03.2026 09:12\nSubject:        Re: dock',
)
_BESIDE = (
    "Attachments: Rebooted switch log.txt (12 KB), cleared-cache.png",
    "New attachment added: 'Restarted spooler.docx' by Tom",
    "Attached files (2): Replaced cable.jpg, after.png",
    "[Translated from German by Microsoft Translator]",
    "(Automatically translated from French)",
    "*** This ticket was bundled with #48213 by Tom Example ***",
    "Ticket #48211 was merged into this ticket.",
    "--- Case 48211 has been linked to ticket #48213 ---",
)
_DRESS = (
    'Summary of <span style="color:red">today</span>\n{0}\n{1}',
    '{0}\n{1}\n<img style="width:10px" src="https://cdn.example/a.png">',
    "<style><!-- p.MsoNormal {{margin:0cm;}} --></style>{0}\n{1}",
    "<style>.x {{color:red}}</style>\n{0}\n{1}",
)


def _drawn(dice: random.Random, count: int) -> tuple[list[str], list[tuple[str, str | None]]]:
    rows = dice.sample(_OWN, count)
    return [f"{deed}, {result}" for deed, result, _ in rows], [(deed, outcome) for deed, _, outcome in rows]


def entries(dice: random.Random) -> Incoming:
    own, done = _drawn(dice, 3)
    shape = dice.choice(_ENTRIES)
    rows = [shape.format(h=9 + i, who=who, text=text) for i, (who, text) in enumerate(zip(dice.sample(_NAMES, 3), own, strict=True))]
    if "added by" in shape:
        rows.insert(dice.randrange(3), "03/02/2026 09:12 Status changed from New to In Progress by dreyes")
    return Incoming("entries", "\n".join(rows), tuple(done), never=("AM", "Reyes", "added"))


def webchat(dice: random.Random) -> Incoming:
    own, done = _drawn(dice, 2)
    said = (("Dana", "Hello, how can I help?"), ("Visitor 12", "I unplugged the modem, still broken"), ("Dana", own[0]), ("Visitor 12", "ok"), ("Dana", own[1]))
    rows = [f"( {dice.choice(('', '1m ', '1h 2m '))}{5 + i}s ) {who}: {text}" for i, (who, text) in enumerate(said)]
    return Incoming("webchat", "\n".join(["Chat started on: Monday", *rows]), tuple(done), never=("modem", "s )"))


def fields(dice: random.Random) -> Incoming:
    own, done = _drawn(dice, 2)
    if dice.random() < 0.5:
        return Incoming("fields", "\n".join(dice.choice(_RECORDS)).format(own[0]), tuple(done[:1]), never=("Duration", "Supporter", "Talk time"))
    shape = dice.choice(_FORM)
    return Incoming("fields", "\n\n".join(shape.format(*line.split(", ", 1)) for line in own), tuple(done))


def remedied(dice: random.Random) -> Incoming:
    own, done = _drawn(dice, 2)
    report = dice.choice(_REMEDIED)
    text = dice.choice((f"{report}\n\n{own[0]}.\n{own[1]}.", f"{own[0]}.\n{own[1]}.\n\n{report}"))
    return Incoming("remedied", text, tuple(done))


def marked(dice: random.Random) -> Incoming:
    _, done = _drawn(dice, 4)
    names = [deed for deed, _ in done]
    if dice.random() < 0.25:
        sign = dice.choice((",", ";"))
        rows = [sign.join(("Step", "Who", "Done", "Result"))] + [sign.join((deed, "Dana", *(("Y", "no change") if i % 2 == 0 else ("N", "")))) for i, deed in enumerate(names)]
        return Incoming("marked", "\n".join(rows), tuple((deed, "no_change") for deed in names[::2]), never=(names[1], names[3]))
    yes, no = dice.choice(_BOXES)
    text = "\n".join((yes if i % 2 == 0 else no).format(deed) for i, deed in enumerate(names))
    return Incoming("marked", text, tuple((deed, "unknown") for deed in names[::2]), never=(names[1], names[3]))


def headed(dice: random.Random) -> Incoming:
    own, done = _drawn(dice, 1)
    theirs = dice.choice(_THEIRS)
    return Incoming("headed", f"{own[0]}.\n\n{dice.choice(_ABOVE)}\n\n{theirs}", tuple(done), never=(theirs, "Ethan"))


def beside(dice: random.Random) -> Incoming:
    own, done = _drawn(dice, 2)
    line = dice.choice(_BESIDE)
    text = dice.choice((f"{line}\n{own[0]}.\n{own[1]}.", f"{own[0]}.\n{own[1]}.\n\n{line}"))
    return Incoming("beside", text, tuple(done), never=(line[4:20],))


def dressed(dice: random.Random) -> Incoming:
    own, done = _drawn(dice, 2)
    if dice.random() < 0.3:
        text = f"<p>{own[0]}.</p><p>{own[1]}.</p>"
        for _ in range(dice.choice((1, 2))):
            text = html.escape(text)
        return Incoming("dressed", text, tuple(done), never=("&", ">"))
    return Incoming("dressed", dice.choice(_DRESS).format(*own), tuple(done), never=("Mso", "color"))


KINDS: tuple[Callable[[random.Random], Incoming], ...] = (entries, webchat, fields, remedied, marked, headed, beside, dressed)


@pytest.mark.parametrize("kind", KINDS)
def test_what_others_wrote_is_told_from_what_was_done(kind: Callable[[random.Random], Incoming]) -> None:
    dice = random.Random(kind.__name__)
    wrong = [(case.text, told) for case in (kind(dice) for _ in range(16)) if (told := faults(case))]
    assert not wrong, wrong


@pytest.mark.parametrize("above", _ABOVE)
def test_who_wrote_when_is_no_output_of_a_program(above: str) -> None:
    package = package_of(Incoming("headed", f"Swapped the dock, still black.\n\n{above}\n\n{_THEIRS[0]}"))
    assert not [block.evidence for block in package.evidence_blocks if "Ethan" in block.evidence or "09:12" in block.evidence]


_NEVER = ("Haven't yet {}.", "Not {} yet.", "We have not {} so far.", "Hasn't been {} by anybody.")
_MEANT = ("I was going to {} but the user left.", "Was about to {} when she rang off.", "We were only going to {} then.")


@pytest.mark.parametrize("form", _NEVER)
@pytest.mark.parametrize("deed", ["updated the firmware", "replaced the cable", "tested on wired"])
def test_what_was_not_done_is_no_step(form: str, deed: str) -> None:
    steps = package_of(Incoming("not", f"Rebooted the switch, no change.\n{form.format(deed)}")).steps_attempted
    assert [s.text for s in steps] == ["Rebooted the switch, no change"]


@pytest.mark.parametrize("form", _MEANT)
@pytest.mark.parametrize("deed", ["replace the cable", "reset the password"])
def test_what_was_only_meant_is_no_step(form: str, deed: str) -> None:
    steps = package_of(Incoming("not", f"Rebooted the switch, no change.\n{form.format(deed)}")).steps_attempted
    assert [s.text for s in steps] == ["Rebooted the switch, no change"]


def test_what_was_done_instead_is_a_step() -> None:
    steps = package_of(Incoming("not", "Have not replaced the cable, but swapped the port, no change.")).steps_attempted
    assert any("swapped the port" in s.text for s in steps)


@pytest.mark.parametrize("says", ["No need to replace the cable.", "User does not need to be on site.", "Vendor doesn't need the logs."])
def test_what_is_not_needed_is_not_asked_for(says: str) -> None:
    ask = package_of(Incoming("ask", f"Swapped the dock, still black.\n{says}")).ask
    assert ask is None or says[:12] not in ask.evidence


@pytest.mark.parametrize("role", ["tech", "customer"])
@pytest.mark.parametrize("says", ["It was fine for an hour, then it dropped again.", "Not resolved.", "Hi Dana,\nsadly the problem is back this morning.", "It is doing the same thing again today.", "The same error came back overnight."])
def test_what_came_back_did_not_stay_mended(role: str, says: str) -> None:
    first = package_of_notes(("tech", "Replaced the cable and it works now."), (role, says)).steps_attempted[0]
    assert (first.outcome, first.result is not None and first.result.source) == ("partial", "n2")


@pytest.mark.parametrize("says", ["Thanks, working again!", "It is back up and running.", "All good, please close.", "Is it still slow?", "Rebooted it again to be sure."])
def test_what_stayed_mended_stays_so(says: str) -> None:
    assert package_of_notes(("tech", "Replaced the cable and it works now."), ("customer", says)).steps_attempted[0].outcome == "worked"


_FAULT = "The scanner on floor 2 jams since Monday"
_CODED = "the scanner on floor 2 gives error 0x80004005 since Monday."
_FORWARDED = "\n\nFrom: Mia Olsen <mia@post.example>\nSent: Monday, March 2, 2026 9:12 AM\nTo: Dana\nSubject: FW: scanner\n\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"[EXTERNAL SENDER]\n\nHi team,\n{_CODED}\n\nMit freundlichen Grüßen / Kind regards\n\ni. A. Mia Olsen\nTel.: +49 30 123456-0", _CODED),
        (f"Hi team,\n{_CODED}", _CODED),
        (f"ZjQcmQRYFpfptBannerStart\nThis Message Is From an External Sender\nZjQcmQRYFpfptBannerEnd\n{_FAULT}.", _FAULT),
        (f"Report phish\nMark Safe Report\nPowered by Mimecast\n\n{_FAULT}.", _FAULT),
        (f"A new ticket was submitted via the client portal\n\nSubmitted by: Mia Olsen\nAffected device: PC-14\nDescription: {_FAULT}", _FAULT),
        (f"**Request Type**: Something is broken\n\n**Describe**: {_FAULT}", _FAULT),
        (f"Question: What is your issue?\nAnswer: {_FAULT}\nQuestion: Which floor?\nAnswer: 2", _FAULT),
        (f"FYI please create ticket\n\nDana{_FORWARDED}{_FAULT}.", _FAULT),
        (f"Can you look at this please?{_FORWARDED}Hi,\n{_FAULT}.\n\nThanks\nMia", _FAULT),
        (f"Second time this week, nobody can scan.{_FORWARDED}{_FAULT}.", "nobody can scan"),
        ("Please see attached screenshot.\n\nThanks\nMia", "Trouble at Example Ltd"),
        ('{"alert":{"title":"Disk usage above 95%","device":"SRV01","severity":"critical"},"url":"https://rmm.example/a"}', "Trouble at Example Ltd"),
        ("Please see the attached error, the scanner is down.", "the scanner is down"),
    ],
)
def test_the_problem_is_what_somebody_says_is_wrong(text: str, problem: str) -> None:
    told = package_of(Incoming("problem", text, description=True)).problem
    assert told is not None
    assert problem in told.evidence
    assert not any(words in told.evidence for words in ("Kind regards", "Banner", "Mimecast", "portal", "Question", "FYI", "Subject"))


def test_no_change_is_quoted_without_words() -> None:
    package = package_of(Incoming("change", "- - - Swapped the dock, still black.\n-  -  Set DNS to 8.8.8.8 for now, no change."))
    assert all(change.text and change.evidence for change in package.state_left_behind)
    assert package.start_here is None or '""' not in package.start_here.text


def test_a_time_behind_a_label_is_not_cut() -> None:
    steps = package_of(Incoming("label", "Rebooted the NAS, worked.\nUpdate 14:00: restarted it again, failed.")).steps_attempted
    assert not [s.text for s in steps if s.text.startswith("00")]


@pytest.mark.parametrize(
    "says",
    [
        "Checked the headers, the message is from an external sender.",
        "User clicked Report Phishing",
        "Vendor's case 24110 has been updated, they want new logs.",
        "A case was opened via the Contoso portal, ref 4711.",
        "Their filter is powered by Mimecast, whitelisted the sender.",
    ],
)
def test_what_somebody_tells_of_notices_and_cases_is_no_notice(says: str) -> None:
    assert [stretch.text for stretch in stretches(says) if stretch.kind in ("sentence", "item")] == [says]


@pytest.mark.parametrize("by", ["Replaced the card, 12/03/2026 10:30", "Rebooted SRV-2 - 12/03/2026 10:30"])
def test_a_deed_with_its_time_below_a_rule_heads_no_mail(by: str) -> None:
    package = package_of_notes(("tech", f"Findings\n====================\n{by}\nstill slow after that."))
    assert any(by.partition(",")[0].partition(" - ")[0] in step.evidence for step in package.steps_attempted)


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("<p>Shown as &amp;lt;p&amp;gt; there</p>", "Shown as &lt;p&gt; there"), ("Type &amp;lt; for a sign", "Type &lt; for a sign"),
        ("if a &lt; b", "if a < b"),
    ],
)  # fmt: skip
def test_what_shows_code_is_read_once(text: str, reads: str) -> None:
    assert plain(text).text.strip() == reads


if __name__ == "__main__":
    count_held(KINDS, int(sys.argv[1]))
