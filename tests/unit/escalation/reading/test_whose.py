"""Whose a deed is where a technician tells it of somebody else: in a chat with bare names, and in what others say they did."""

# ruff: noqa: E501 - a row of examples is easier to read in one long line than in a ladder

from __future__ import annotations

from itertools import product

from escalation.reading.reader import read_steps
from escalation.text.passages import read
from escalation.text.places import Plain
from escalation.text.whose import People, people_of

PEOPLE = people_of([("Dana Reyes", "technician"), ("Kim Sato", "technician"), ("Mia Olsen", "customer"), ("Kim Olsen", "customer")])
SAID = ("I already rebooted it twice, no change", "I've replaced the cable", "we reset the router this morning", "Restarted the laptop again, same")
DID = ("already replaced the cable", "restarted twice", "had reinstalled the client, no change", "reset the router this morning")


def actors(text: str, part: str, role: str = "technician", people: People = PEOPLE) -> set[str]:
    passage = read(Plain(text, text), role, people=people)
    return {passage.actor(s.start, s.end) for s in passage.stretches if part in s.text}


def test_in_a_chat_with_bare_names_each_deed_is_whoevers_says_it() -> None:
    """Names of contacts, members, strangers and of two sides; with and without a time; in lists; in the words of both."""
    speakers = {
        "Mia": "customer", "Mia Olsen": "customer", "mia": "customer", "User": "customer", "Customer": "customer", "Tom": "unknown", "Kim": "unknown",
        "Kim Olsen": "customer", "Dana": "tech", "Kim Sato": "tech", "Me": "tech", "Tech": "tech",
    }  # fmt: skip
    wrong = []
    for (who, actor), words, (before, after), head in product(
        speakers.items(), SAID, (("", ": "), ("[10:02] ", ": "), ("10:02 ", ": "), ("- ", ": "), ("", " (10:02): ")), ("", "Chat on Teams:\n")
    ):
        other, theirs = ("Dana", "tech") if actor != "tech" else ("Mia", "customer")
        text = f"{head}{before}{other}{after}I unplugged the dock, no change\n{before}{who}{after}{words}\n{before}{who}{after}I tried another port too\n\nI flushed DNS after that."
        found = [actors(text, part) for part in (words[:20], "another port", "unplugged", "flushed")]
        if found != [{actor}, {actor}, {theirs}, {"tech"}]:
            wrong.append((text, found))
    assert not wrong, (len(wrong), wrong[:4])

    for visitor in ("Ann Lee (Guest)", "Visitor 4711"):
        text = f"[09:14] {visitor}: I restarted it\n[09:15] Tom Baker: I replaced the cable, no change"
        assert actors(text, "replaced") == {"tech"}, text  # who talks with a visitor of ours is one of us


def test_what_stands_before_a_colon_in_notes_is_nobody() -> None:
    for text in (
        "User: Mia Olsen\nIssue: I cannot print\nSteps: I restarted the spooler\nResult: I tested, no change",
        "Firewall: I restarted it\nSwitch: I replaced the cable, no change",
        "10:02 Firewall: restarted it\n10:10 Server: restarted the service",
        "Mia: called, restarted her laptop",
        "Update: I restarted the router",
    ):
        assert actors(text, "restart") == {"tech"}, text


def test_a_deed_told_of_somebody_else_is_theirs() -> None:
    """By name and by what they are, in many words for saying it; what we did stays ours whoever speaks of it."""
    whose = {
        "Mia": "customer", "Mia Olsen": "customer", "The user": "customer", "customer": "customer", "Cx": "customer", "Tom": "unknown", "Tom Baker": "unknown",
        "Kim": "unknown", "Dana": "tech", "The vendor": "vendor", "Dell support": "vendor",
    }  # fmt: skip
    says = ("says {}", "said {}", "reports that {}", "has also confirmed {}", "told me {}", "mentioned on the phone that {}", "claims to have {}", "emailed to say {}", "insists {}")
    wrong = []
    for (who, actor), said, did, pronoun in product(whose.items(), says, DID, ("he ", "she has ", "they ")):
        text = f"{who} {said.format('' if 'to have' in said else pronoun)}{did}."
        if (found := actors(" ".join(text.split()), did[:12])) != {actor}:
            wrong.append((text, found))
    for (who, actor), did in product(whose.items(), DID):
        for text in (f"According to {who}, {did}.", f"Per {who}: {did}", f"{did.capitalize()}, said {who}."):
            if (found := actors(text, did[1:12])) != {actor}:
                wrong.append((text, found))
    for text, actor in {
        "User says I replaced the cable last week.": "tech", "Mia told me we restarted the server yesterday.": "tech", "User says the ISP replaced the modem.": "vendor",
        "Mia replaced the cable.": "customer", "Dana then restarted the router.": "tech", "User says the printer was restarted this morning.": "customer",
        "Outlook restarted twice.": "tech", "Outlook says it restarted.": "tech", "Restarted per user request.": "tech", "Mia told me to restart the router so I restarted it.": "tech",
    }.items():  # fmt: skip
        if (found := actors(text, "re")) != {actor}:
            wrong.append((text, found))
    assert not wrong, (len(wrong), wrong[:6])


def test_the_reader_asks_whose_a_deed_is() -> None:
    text = "User says she already rebooted the laptop, no change. I replaced the cable, no change."
    assert [deed.actor for deed in read_steps([read(Plain(text, text), "technician", people=PEOPLE)])] == ["customer", "tech"]


def test_one_who_is_quoted_among_a_technicians_lines_has_that_line_alone() -> None:
    wrong = []
    for who, words in product(("Mia", "Mia Olsen", "User", "- Mia"), SAID[:3]):
        text = f"Checked the queue: empty\n{who}: {words}\nReinstalled the driver, no change\nset the port to off for now"
        found = [actors(text, part) for part in ("queue", words[:20], "Reinstalled", "set the port")]
        if found != [{"tech"}, {"customer"}, {"tech"}, {"tech"}]:
            wrong.append((text, found))
    assert not wrong, (len(wrong), wrong[:4])
