"""What is copied into a note from elsewhere: who said and did it, and what of it only a program wrote.

- *talked*: chats as Teams and Slack copy them, with a name beside, before or above the time; whose the names are the ticket knows;
- *assisted*: talks with an assistant, whose lists are proposals whatever tense they stand in;
- *posted*: a customer's mail as connectors post it, with its heading and without the day;
- *below*: words right below, above and between output, without a blank row;
- *logged*: lists of time entries as tables;
- *ran*: what RMM, EDR, scripts and the Steps Recorder did and saw.

`python -m tests.unit.escalation.reading.test_copied_in 300` counts how many of so many hold.
"""

# ruff: noqa: E501 - parts are easier to read in one long line, and are written as people write them

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import pytest

from escalation.text.passages import read
from escalation.text.places import Plain
from escalation.text.source import plain
from escalation.text.stretches import stretches
from escalation.text.whose import actor_of, people_of
from tests.unit.escalation.reading.incoming import _OWN, Incoming, count_held, faults, package_of_notes

_HEADS = (
    "{who}  {time} AM\n{said}",
    "{who}\n  {time} AM\n{said}",
    "[{time} AM] {who}\n{said}",
    "{who}\n{time} AM\n{said}\n",
    "2026-03-02 {time} AM UTC- {who}\n{said}",
    "[{time}] {who}: {said}",
    "{time}:05 From {who} to Everyone:\n\t{said}",
    "Note - {who} - 02/03/2026 {time}\n{said}",
)
_GUESTS = ("Mia Olsen (Guest)", "Mia Olsen (External)", "Mia Olsen (Contact)", "Mia Olsen (Unverified)")
_SAID = (
    "I already swapped the toner and restarted the copier",
    "reinstalled the app twice, same thing",
    "we unplugged the router and it came back",
)
_OUTPUT = (
    "Log Name:      Application\nSource:        VSS\nEvent ID:      12293\nLevel:         Error\nUser:          N/A\nDescription:\nVolume Shadow Copy Service error: Error calling a routine.",
    '<Event xmlns="http://schemas.example/events">\n  <System>\n    <EventID Qualifiers="0">12293</EventID>\n  </System>\n</Event>',
    "C:\\Windows\\system32>sfc /scannow\nBeginning system scan.  This process will take some time.\nVerification 100% complete.",
    "PS C:\\> Get-Service Spooler\n\nStatus   Name               DisplayName\n------   ----               -----------\nStopped  Spooler            Print Spooler",
    "Name      State\n----      -----\nDisabled  Guest\nRemoved   NAS2",
    "C:\\>ping 10.1.1.1\nPinging 10.1.1.1 with 32 bytes of data:\nRequest timed out.",
    "Ethernet adapter Ethernet:\n   IPv4 Address. . . . . . . . . . . : 169.254.3.7\n   Default Gateway . . . . . . . . . :",
    "Deployment Image Servicing and Management tool\nVersion: 10.0.19041.844\nThe restore operation completed successfully.",
    "SW1#show interfaces status\nPort      Name    Status       Vlan\nGi1/0/12  PC-14   notconnect   20",
)
_REPORTS = (
    "Condition: CPU over 90% for 15 minutes\nDevice: SRV-APP\nAutomation 'Restart IIS' was executed by System\nResult: Success\nOutput: Stopped W3SVC. Started W3SVC.\nCondition reset",
    'Component "Reboot server [WIN]" ran: Exit Code 0\nStdOut: Restarted computer SRV-APP\nAlert resolved automatically.',
    "Assisted Remediation:\n- Removed the registry value Run\\upd\n- Terminated process 4412",
    "Actions taken by the SOC:\n- Isolated the host\n- Disabled the account",
    "Self-healing: Restarted service Spooler at 02:11",
    "Autofix: Deleted temporary files, 2.1 GB freed",
    'Step 1: (02/03/2026 09:02:11) User left click on "Print (button)" in "Invoice"\nStep 2: (02/03/2026 09:02:15) User closed "Invoice"',
)
_LISTS = ("Date | Tech | Hrs | Notes\n2/3 | Dana | 0.5 | {0}\n3/3 | Tom | 1.0 | {1}", "Date\tMember\tHours\tWork performed\n2/3\tDana\t0.5\t{0}\n3/3\tTom\t1.0\t{1}", "| Start | Hours | Notes |\n|---|---|---|\n| 9:00 | 0.5 | {0} |\n| 10:00 | 0.3 | {1} |",
          'Date,Technician,Notes\n2/3,Dana,"{0}"\n3/3,Tom,"{1}"', "<table><tr><th>Date</th><th>Technician</th><th>Notes</th></tr><tr><td>2/3</td><td>Dana</td><td>{0}</td></tr><tr><td>3/3</td><td>Tom</td><td>{1}</td></tr></table>")  # fmt: skip
_ASSISTANTS = ("ChatGPT said:", "Copilot said:", "**Claude:**", "Gemini:")
_ASKS = ("You said:", "**Me:**", "You:")
_ADVICE = (
    "Here is what to do:\n1. **{0}** - open the console\n2. **{1}**\n\nLet me know how that goes.",
    "{0} is the usual way. {1} as well.",
    "1. {0}\n\n2. {1}\n\n**Why this works**\nThe service was stale.",
)


def _drawn(dice: random.Random, count: int) -> tuple[list[str], tuple[tuple[str, str | None], ...]]:
    rows = dice.sample(_OWN, count)
    return [f"{deed}, {result}" for deed, result, _ in rows], tuple(
        (deed, outcome) for deed, _, outcome in rows
    )


def talked(dice: random.Random) -> Incoming:
    own, done = _drawn(dice, 2)
    head, guest = dice.choice(_HEADS), dice.choice(_GUESTS)
    said = [
        (guest, dice.choice(_SAID)),
        ("Tom Reed", own[0]),
        (guest, dice.choice(_SAID)),
        ("Tom Reed", own[1]),
    ]
    text = "\n".join(
        head.format(who=who, time=f"9:{14 + i}", said=words) for i, (who, words) in enumerate(said)
    )
    return Incoming("talked", text, done, never=_SAID)


def assisted(dice: random.Random) -> Incoming:
    own, done = _drawn(dice, 2)
    others = [deed for deed, _, _ in _OWN if all(deed not in words for words in own)]
    advice = [dice.choice(_ADVICE).format(*dice.sample(others, 2)) for _ in range(2)]
    name, ask = dice.choice(_ASSISTANTS), dice.choice(_ASKS)
    text = f"{name}\n{advice[0]}\n\n{ask}\n{own[0]}\n\n{name}\nGreat! Next, check the port.\n\n{own[1]}"
    return Incoming("assisted", text, done)


def below(dice: random.Random) -> Incoming:
    own, done = _drawn(dice, 2)
    output = dice.choice(_OUTPUT)
    return Incoming(
        "below",
        dice.choice(("{o}\n{0}.\n{1}.", "{0}.\n{o}\n{1}.", "{0}:\n{o}\n\n{1}.")).format(*own, o=output),
        done,
    )


def logged(dice: random.Random) -> Incoming:
    own, done = _drawn(dice, 2)
    return Incoming("logged", dice.choice(_LISTS).format(*own), done)


def ran(dice: random.Random) -> Incoming:
    own, done = _drawn(dice, 2)
    report = dice.choice(_REPORTS)
    return Incoming(
        "ran",
        dice.choice(("{r}\n\n{0}.\n{1}.", "{0}.\n\n{r}\n\n{1}.", "{0}.\n{1}.\n\n{r}")).format(*own, r=report),
        done,
    )


KINDS: tuple[Callable[[random.Random], Incoming], ...] = (talked, assisted, below, logged, ran)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_copied_in_is_told_from_what_was_done(kind: Callable[[random.Random], Incoming]) -> None:
    dice = random.Random(kind.__name__)
    wrong = [(case.text, told) for case in (kind(dice) for _ in range(16)) if (told := faults(case))]
    assert not wrong, wrong


_POSTED = (
    "From: Mia Olsen <mia@post.example>\nSent: Monday, March 2, 2026 9:12 AM\nTo: help@msp.example\nSubject: RE: scanner\n\n",
    "From: Mia Olsen (mia@post.example)\nTo: help@msp.example\nCC: \nSubject: RE: scanner\nAttachment(s): image001.png (3kb)\n\n",
    "EMAIL CONNECTOR\nFrom: mia@post.example\nTo: help@msp.example\nSubject: RE: scanner\n\n",
    "Von: Mia Olsen\nAn: help@msp.example\nBetreff: AW: Scanner\n\n",
)


def test_whose_mail_a_note_is_is_told_by_its_heading() -> None:
    mia, said = people_of([("Mia Olsen", "customer")]), "I restarted the scanner, still jams."
    for head in _POSTED:
        text = plain(f"{head}{said}\n\nThanks\nMia")
        assert read(text, "customer", people=mia).own == said, head
        assert read(text, "technician", people=mia).own.replace("EMAIL CONNECTOR", "") == "", head
        assert said not in read(text, "customer", people=people_of([("Ben", "customer")])).own, head
    answered = plain(f"Still jams.\n\n{_POSTED[0]}{said}")
    assert read(answered, "customer", people=mia).own == "Still jams."


def test_names_of_the_customers_people_are_theirs_in_a_chat() -> None:
    chat = "Mia Olsen\n  9:14 AM\nI restarted the scanner, still jams\nTom Reed\n  9:15 AM\nReplaced the roller, no change"
    known = read(Plain(chat, chat), "technician", people=people_of([("Mia Olsen", "customer")]))
    own = [s.text for s in known.stretches if s.kind in ("sentence", "item")]
    assert own == ["Replaced the roller, no change"]
    assert len([s for s in stretches(chat) if s.kind in ("sentence", "item")]) == 2


def test_a_log_of_deeds_with_times_is_no_chat() -> None:
    for log in (
        "09:15 Rebooted\n09:20 Swapped Cable\n09:40 Works Now",
        "Rebooted\n9:15 AM\nSwapped the cable\n9:20 AM",
        "10:02 Site: power cut, restarted the UPS\n10:10 Firewall: rebooted",
    ):
        assert not [s for s in stretches(log) if s.kind == "boilerplate"], log


def test_an_assistant_rules_nothing_out_and_its_remarks_are_nothing_to_do() -> None:
    package = package_of_notes(
        (
            "tech",
            "ChatGPT said:\nGreat! That rules out the driver. The cache was stale.\n\nSwapped the dock, still black.",
        )
    )
    assert not package.ruled_out
    assert not [q.evidence for q in (*package.still_to_do, *package.findings)]


_NOTICES = (
    "AI-generated content may be incorrect.",
    "Copilot can make mistakes.",
    "[A picture containing text  Description automatically generated]",
)


def test_what_programs_add_to_their_words_and_pictures_is_a_notice() -> None:
    for notice in _NOTICES:
        kinds = {s.kind for s in stretches(f"Replaced the roller, no change.\n{notice}") if s.text in notice}
        assert kinds == {"boilerplate"}, notice
    told = "The AI assistant plugin can make Outlook slow, removed it."
    assert [s.kind for s in stretches(told)] == ["sentence"]


_THEIRS = (
    "Cx: {0}", "Cx says {0}", "Per user, she {0}", "User stated that she already {0}", "According to the customer, they {0}", "Mia said she already {0}", "Mia Olsen: {0}",
    "Mia {0}", "Mia has already {0}", "- Cx: {0}", "10:15 Cx says she {0}", "Then user said she {0}", "Also Mia {0}",
)  # fmt: skip
_OURS = ("{0}", "I {0}", "As per customer request {0}", "Mia called, {0}", "Dana said she {0}", "Dana {0}")
_VENDORS = ("ISP says they {0}", "Vendor reported that they {0}")


def test_what_others_say_they_did_is_theirs() -> None:
    people = people_of([("Mia Olsen", "customer"), ("Dana Reyes", "technician")])
    for deed in ("cleaned the glass, still jams", "restarted the scanner twice", "swapped the cable, same error"):
        for who, forms in (("customer", _THEIRS), ("tech", _OURS), ("vendor", _VENDORS)):
            for form in forms:
                assert actor_of(form.format(deed), "technician", people) == who, form.format(deed)
    for ours in ("Miami gateway restarted", "Guest account disabled", "Owner changed on the folder"):
        assert actor_of(ours, "technician", people) == "tech", ours


if __name__ == "__main__":
    count_held(KINDS, int(sys.argv[1]))
