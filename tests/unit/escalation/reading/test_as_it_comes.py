"""Texts as connectors, forms, editors and mail programs leave them: the same deeds are read, and what was not done is not.

- *answered*: a question and its answer, between quoted lines, beside the question, in a box, after "Q:" and "A:";
- *flattened*: lists whose line ends were lost on their way;
- *boxed*: boxes and ticked rows of HTML editors, what they strike out and do not show;
- *dressed*: escapes of Markdown, bold and wide letters, addresses of mail gateways, left-over style sheets;
- *headed*: headings of mail in languages whose words are not read;
- *translated*: a text beside its translation;
- *stamped*: entries with day, time and name before them, as ticket systems copy them;
- *machine*: read receipts, invitations, what a program read off a picture, sealed messages.
"""

# ruff: noqa: E501 - parts are easier to read in one long line, and are written as people write them

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from escalation.text.asked import answered as answers
from escalation.text.lines import rows_of
from escalation.text.source import plain
from escalation.text.stretches import stretches
from tests.unit.escalation.reading.incoming import _OWN, Incoming, faults, package_of

_ASKED = (("Did you reboot the PC?", "reboot"), ("Have you replaced the cable?", "replaced"), ("Has the driver been reinstalled?", "driver"), ("Did they try another printer?", "another printer"))
_ASKING = ("> {q}\n{a}", "> 1. {q}\n\n{a}", "Q: {q}\nA: {a}", "{q} {a}", "{q}: {a}", "**{q}**\n{a}", "- {q}\n  - {a}")
_HEADINGS = (
    "ma 2. maalisk. 2026 klo 9.14 Service Desk <sd@msp.example> kirjoitti:", "po 2. 3. 2026 v 9:14 odesílatel Service Desk <sd@msp.example> napsal:", "пн, 2 мар. 2026 г. в 09:14, Service Desk <sd@msp.example>:",
    "2 Mar 2026 Pzt 09:14 tarihinde Service Desk <sd@msp.example> şunu yazdı:", "差出人: Service Desk <sd@msp.example>\n送信日時: 2026年3月2日 9:14\n宛先: Ann\n件名: Printing", "发件人：Service Desk <sd@msp.example>\n发送时间：2026年3月2日 9:14\n收件人：Ann\n主题：Printing",
    "2026年3月2日(月) 9:14 Service Desk <sd@msp.example>:", "Lähettäjä: Service Desk <sd@msp.example>\nLähetetty: maanantai 2. maaliskuuta 2026 9.14\nVastaanottaja: Ann\nAihe: Printing", "От: Service Desk <sd@msp.example>\nОтправлено: 2 марта 2026 г. 9:14\nКому: Ann\nТема: Printing",
)
_OTHER = ("Den Spooler neu gestartet und das Kabel getauscht, aber es ist noch nicht besser.", "Nous avons redémarré le serveur et changé le câble mais le problème est toujours là.", "Hemos reiniciado el servidor y cambiado el cable pero no se ha resuelto.")
_MACHINES = (
    "Your message\n\nTo: Service Desk\nSubject: RE: Printing\nSent: Monday, 2 March 2026 09:14:00\n\nwas read on Monday, 2 March 2026 09:20:11.",
    "Microsoft Teams Need help?\nJoin the meeting now\nMeeting ID: 312 456 789 01\nDial in by phone\n+44 20 7946 0018,,123456789# United Kingdom\nPhone conference ID: 123 456 789#",
    "[Screenshot text]\nWe restarted the service\nInstalled the driver\nNext  Cancel\n[End of screenshot text]", "OCR of image001.png:\nReplaced the default printer\nRemoved the device",
    "-----BEGIN PGP MESSAGE-----\nVersion: GnuPG v2\n\nhQEMA5vJxS8Zb0EYAQf\n=abcd\n-----END PGP MESSAGE-----", "P {margin-top:0;margin-bottom:0;}\np.MsoNormal, li.MsoNormal\n{mso-style-priority:99;\nfont-size:11.0pt;}",
)


def _own(dice: random.Random, count: int) -> tuple[list[str], tuple[tuple[str, str | None], ...]]:
    rows = dice.sample(_OWN, count)
    return [f"{deed}, {result}" for deed, result, _ in rows], tuple((deed, outcome) for deed, _, outcome in rows)


def answered(dice: random.Random) -> Incoming:
    asked, shape = dice.sample(_ASKED, 2), dice.choice(_ASKING)
    yes, no = dice.choice(("Yes, no change", "yes, still the same", "Yes - same error", "Done, no change")), dice.choice(("No", "Not yet", "no, there is none here", "N/A", "Nope."))
    own, done = _own(dice, 1)
    text = "\n\n".join((shape.format(q=asked[0][0], a=yes), shape.format(q=asked[1][0], a=no), f"{own[0]}."))
    return Incoming("answered", text, ((asked[0][1], "no_change"), *done), never=(asked[1][0],))


def flattened(dice: random.Random) -> Incoming:
    own, done = _own(dice, 3)
    shape = dice.choice(("1. {} 2. {} 3. {}", "Steps taken: 1) {} 2) {} 3) {}", "• {} • {} • {}", "Tried: - {} - {} - {}", "[x] {} [x] {} [x] {}", "09:14 {} 09:31 {} 10:02 {}"))
    return Incoming("flattened", shape.format(*own), done)


def boxed(dice: random.Random) -> Incoming:
    own, done = _own(dice, 3)
    yes, no = dice.choice((
        ('<li><input type="checkbox" checked> {}</li>', '<li><input type="checkbox"> {}</li>'), ('<li><label><input type="checkbox" disabled checked="checked"><span>{}</span></label></li>', '<li><label><input type="checkbox" disabled="disabled"><span>{}</span></label></li>'),
        ('<li data-list="checked">{}</li>', '<li data-list="unchecked">{}</li>'), ('</ul><ul data-checked="true"><li>{}</li>', '</ul><ul data-checked="false"><li>{}</li>'),
        ("<p>{}</p>", '<p><span style="color:red; text-decoration: line-through">{}</span></p>'), ("<p>{}</p>", '<div style="display:none;max-height:0"><div>{}</div></div>'), ("<p>{}</p>", "<p style='mso-hide:all'>{}</p>"),
    ))  # fmt: skip
    rows = [yes.format(own[0]), no.format(own[1]), yes.format(own[2])]
    dice.shuffle(rows)
    return Incoming("boxed", f"<ul>{''.join(rows)}</ul>", (done[0], done[2]), never=(done[1][0],))


def dressed(dice: random.Random) -> Incoming:
    own, done = _own(dice, 2)
    how = dice.randrange(4)
    if how == 0:
        return Incoming("dressed", f"1\\. {own[0]}\n2\\. {own[1]}", done)
    bold = {ord(a): 0x1D5EE + i for i, a in enumerate("abcdefghijklmnopqrstuvwxyz")}
    wide = {i: i + 0xFEE0 for i in range(0x21, 0x7F)}
    link = dice.choice(("https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fportal.example.com%2Forders&data=05%7C02%7Cann%40example.com%7C9f8a&sdata=abc%3D&reserved=0", "https://urldefense.com/v3/__https://portal.example.com/orders__;!!AbC12!XyZ$", "https://urldefense.proofpoint.com/v2/url?u=https-3A__portal.example.com_orders&d=DwMFAg&c=x"))
    text = (f"{own[0].translate(bold)}.\n{own[1]}.", f"{own[0].translate(wide)}.\n{own[1]}.", f"{own[0]}.\n{own[1]}. See {link}")[how - 1]
    said = plain(text).text
    assert own[0] in said
    assert ("https://portal.example.com/orders" in said) == (how == 3)
    assert "url" not in said
    return Incoming("dressed", text, done)


def headed(dice: random.Random) -> Incoming:
    own, done = _own(dice, 1)
    theirs = dice.choice(("We rebooted the switch in the basement and cleared the ARP table.", "I replaced the toner and cleaned the rollers."))
    return Incoming("headed", f"{own[0]}.\n\n{dice.choice(_HEADINGS)}\n\n{theirs}", done, never=("basement", "toner"))


def translated(dice: random.Random) -> Incoming:
    own, done = _own(dice, 2)
    theirs = dice.choice(_OTHER)
    english = f"{own[0]}. {own[1]}."
    text = dice.choice((f"{english}\n\n{theirs}", f"{theirs}\n\n--- Translation ---\n\n{english}", f"Original message:\n{theirs}\n\nTranslated message:\n{english}"))
    return Incoming("translated", text, done, never=(theirs[:30],))


def stamped(dice: random.Random) -> Incoming:
    own, done = _own(dice, 2)
    shape = dice.choice(("3/2/2026 9:{t} AM / Tom Reed: {}", "[2026-03-02 09:{t}] Tom Reed: {}", "Mon 02/03/2026 09:{t} - Tom Reed (Tier 1): {}", "2026-03-02, 09:{t} UTC | Reed, Tom: {}"))
    return Incoming("stamped", "\n".join(shape.format(line, t=14 + i) for i, line in enumerate(own)), done)


def machine(dice: random.Random) -> Incoming:
    own, done = _own(dice, 2)
    block = dice.choice(_MACHINES)
    never = tuple(line for line in block.split("\n") if len(line) > 12)
    return Incoming("machine", f"{own[0]}.\n\n{block}\n\n{own[1]}.", done, never=never)


KINDS: tuple[Callable[[random.Random], Incoming], ...] = (answered, flattened, boxed, dressed, headed, translated, stamped, machine)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_was_done_is_read_and_nothing_else(kind: Callable[[random.Random], Incoming]) -> None:
    dice = random.Random(kind.__name__)
    wrong = [(case.text, told) for case in (kind(dice) for _ in range(14)) if (told := [t for t in faults(case) if not t.startswith("stands nowhere")])]
    assert not wrong, "\n\n".join(f"{told}\n{text}" for text, told in wrong)


@pytest.mark.parametrize(("form", "problem"), [
    ("Caller: Ann Marsh\nCallback: 020 7946 0018\nCompany: Example Ltd\nIssue: Nobody at the branch can print\nUrgency: High", "Nobody at the branch can print"),
    ("Name: Ann\nE-mail: ann@example.com\n\nDescription of the problem:\nThe labels come out blank", "The labels come out blank"),
    ("Have you restarted your computer? (x) Yes ( ) No\nDevice: PC-14\nWhat is your issue today?: Outlook does not open", "Outlook does not open"),
    ("How can we help?: VPN drops each hour\nPhone: 101\nUser agent: Mozilla/5.0", "VPN drops each hour"),
])  # fmt: skip
def test_a_form_says_its_problem_in_its_field(form: str, problem: str) -> None:
    told = package_of(Incoming("form", form, description=True)).problem
    assert told is not None
    assert told.text == problem


@pytest.mark.parametrize("says", ["The problem is back.", "Issue came back after lunch.", "It's back again.", "The error is back"])
def test_a_bare_result_is_no_step(says: str) -> None:
    steps = package_of(Incoming("bare", f"Rebooted the firewall.\n{says}")).steps_attempted
    assert len(steps) == 1
    assert steps[0].text.startswith("Rebooted the firewall")


def test_headers_of_ours_that_a_person_pasted_take_nothing_else_away() -> None:
    text = "Restarted the SMTP connector, no change.\n\nMessage-ID: <rf-0123456789abcdef0123456789abcdef@msp.example>\nX-ResolutionFlow-Topic: handoff\n\nReinstalled the agent, same error."
    assert not faults(Incoming("headers", text, (("Restarted the SMTP connector", "no_change"), ("Reinstalled the agent", "no_change")), never=("X-ResolutionFlow",)))


@pytest.mark.parametrize("text", [
    "Rebooted the server - no change - same error on PC-14.", "Did you reboot the PC?\n\nNo change after the new cable.", "Deleted C:\\_temp\\(old) and \\\\srv01\\_share\\.old, no change.", "Changed the sheet to .header {margin-top: 0}, no change.",
    "At 09:14 sent a test from Ann <ann@x.example>:\nRebooted the mail server, no change.", "OCR of scanned PDFs\nRestarted the OCR service, no change.", "Renamed HKLM\\Software\\_x\\[1], same error.",
])  # fmt: skip
def test_what_only_looks_like_it_is_read_as_it_stands(text: str) -> None:
    assert plain(text).text == text
    assert len(package_of(Incoming("alike", text)).steps_attempted) == {"D": 0, "A": 2}.get(text[0], 1) or text[:2] in ("De", "OC")


@pytest.mark.parametrize(("text", "told"), [
    ("Did you check the event log? No. Restarted the spooler instead, no change.", "Restarted the spooler instead, no change."),
    ("Was the driver reinstalled? No, reinstalled it now, still the same.", "reinstalled it now, still the same."),
    ("Has the firewall been rebooted?\nNo reply from the vendor. Rebooted the firewall myself, no change.", "Rebooted the firewall myself, no change."),
    ("Compared whenCreated values with the isDeleted flag, no difference.", "Compared whenCreated values with the isDeleted flag, no difference."),
])
def test_what_was_done_instead_is_told(text: str, told: str) -> None:
    assert [s.text for s in stretches(text) if s.kind != "undone"] == [told]


def test_an_answer_of_many_words_is_whole() -> None:
    text = "Did you reboot the PC? Yes, twice." + " Then the link was watched for an hour and nothing came of it." * 8
    rows = list(rows_of(text))
    assert [text[slice(*one.answer)] for one in answers(rows)] == [text.partition("? ")[2]]
