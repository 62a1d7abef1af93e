"""Texts that somebody or something brought in: their deeds are not this ticket's, or were not done, or their letters are not as meant.

- *misread*: UTF-8 that a connector read as another character set, once or twice;
- *headed*: lists under a heading that says not done, planned or proposed (note takers, assistants, vendors, templates);
- *unfilled*: rows of a template in which nobody wrote anything, and its examples;
- *copied*: our own brief, another ticket's notes, reactions of phones and mail programs, heads of time entries;
- *voicemail*: what a telephone system writes around the words that it took down;
- *spoken*: chats as programs copy them, with the day beside the time, or the name on a line of its own;
- *ticked*: shortcodes, signs before items, tables drawn with lines or with spaces.
`python -m tests.unit.escalation.reading.test_brought_in 300` tries more.
"""

# ruff: noqa: E501 - parts are easier to read in one long line, and are written as people write them

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import pytest

from escalation.brief.render import render
from escalation.text.language import foreign
from escalation.text.source import plain
from tests.unit.escalation.reading.incoming import (
    _OWN,
    Incoming,
    count_held,
    faults,
    package_of,
    package_of_notes,
)

_NOT = ("Not done yet:", "## Steps not completed", "**Outstanding**", "Still to do:", "Skipped:", "### What we haven't tried", "Not tried:", "To do", "Items remaining:", "Untested:", "Steps not yet performed:")
_PLAN = ("Next steps:", "**Action items:**", "## Recommended steps", "Suggested by Copilot:", "Plan:", "AI suggestions:", "ChatGPT said:", "Vendor recommends:", "Please try the following:", "Follow-up actions:", "## Possible fixes", "Things to try:", "Proposed solution:", "Microsoft support suggested:", "Per KB article:", "Suggested resolution steps:", "Next steps (for tier 2):")
_ITEMS = ("- {}", "* {}", "1. {}", "• {}", "2) {}")
_UNFILLED = ("{}: Y/N", "{}: Yes / No", "{}? ______", "{}: [enter result]", "{}: {{{{result}}}}", "- {}: <describe>", "{}: ........", "{}: [yes/no]", "What did you try? (e.g. {})", "Result: [describe: {}]", "{} (Y/N):")
_ELSEWHERE = ("From ticket #48211:", "Copied from previous ticket 45100:", "Notes from ticket 51002 (last year):", "Pasted from old case #7781", "History of ticket 40017:", "Resolution from similar ticket #39121:", "For reference, from ticket 12345:")
_REACTIONS = ("Liked “{}, please test”", 'Loved "{}"', 'Emphasized "{}"', 'Reacted 👍 to "{}"', "Ann Marsh reacted to your message:", "#1 of 2 Time Entries: 2026-03-02 08:00:00 to 2026-03-02 08:30:00")
_VOICEMAILS = (
    "Voicemail from: +44 20 7946 0018\nDuration: 0:42\nReceived: 3/2/2026 9:14 AM",
    "You have a new voicemail from +44 20 7946 0018\nMailbox: 101\nLength: 0:42",
    "New voice message from ELLEN MARSH (020 7946 0018)\nDate: Monday, 2 March 2026\nCaller ID: 02079460018",
    "Missed call from 020 7946 0018\nQueue: Support\nCalled at: 09:14",
)
_TURNS = ("[3/2/2026 {t} AM] {who}: {text}", "[2026-03-02 {t}] {who}: {text}", "{who} (Monday {t} AM): {text}", "{who}  {t} AM\n{text}\n", "{who}, 02/03/2026 {t}\n{text}\n", "{who} [Yesterday {t} PM]: {text}")
_WHO = (("Visitor", "Tom Example"), ("Customer", "Lind, Jonas"), ("End User", "Priya"), ("Guest 12", "Dana Reyes"))
_DONE_BOX = ((":white_check_mark: {}", ":x: {}"), (":heavy_check_mark: {}", ":white_large_square: {}"), ("- :white_check_mark: {}", "- :white_large_square: {}"))
_SIGNS = ("1️⃣ {}", "👉 {}", "🔹 {}", "▪ {}", "➡️ {}", "● {}", "🔧 {}", "★ {}")
_ACCENTED = ("Café “Zur Mühle” – Größe 5 €", "Übergabe: señor Núñez, año 2026…", "Żółw, łatwo, gęś – tak", "it’s Ellen’s “desk”", "Привет, Анна")


def _lines(dice: random.Random, count: int) -> tuple[list[str], list[tuple[str, str | None]]]:
    rows = dice.sample(_OWN, count)
    return [f"{deed}, {result}" for deed, result, _ in rows], [(deed, outcome) for deed, _, outcome in rows]


def misread(dice: random.Random) -> Incoming:
    own, _ = _lines(dice, 3)
    meant = f"{dice.choice(_ACCENTED)}.\n\n{own[0]}.\n{own[1]}. She didn’t reboot it.\n{own[2]} – {dice.choice(_ACCENTED)}"
    text = meant
    for _ in range(dice.choice((1, 1, 2))):
        text = "".join(bytes([o]).decode("cp1252") if o not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(o) for o in text.encode())
    assert plain(text).text == plain(meant).text
    return Incoming("misread", text, tuple((s.text, s.outcome) for s in package_of(Incoming("misread", meant)).steps_attempted))


def headed(dice: random.Random) -> Incoming:
    own, done = _lines(dice, 5)
    heading, item = dice.choice(_NOT + _PLAN), dice.choice(_ITEMS)
    other = [deed for deed, _ in done[:2]]
    below = "\n".join(item.format(deed) for deed in other)
    rest = [f"{own[2]}.", f"{own[3]}."]
    told = dice.random() < 0.2 and heading not in _NOT
    if told:
        below += "\n" + item.format(own[4])
    text = dice.choice((f"{rest[0]}\n{rest[1]}\n\n{heading}\n{below}", f"{heading}\n\n{below}\n\n{rest[0]}\n{rest[1]}", f"{heading}\n{below}\n\nDone:\n- {own[2]}\n- {own[3]}"))
    return Incoming("headed", text, tuple(done[2 : 5 if told else 4]), never=() if heading in _PLAN else tuple(other))


def unfilled(dice: random.Random) -> Incoming:
    own, done = _lines(dice, 4)
    blank = [row.format(deed) for row, (deed, _) in zip(dice.sample(_UNFILLED, 2), done[:2], strict=True)]
    text = dice.choice((f"{own[2]}.\n{blank[0]}\n{blank[1]}\n{own[3]}.", f"{blank[0]}\n{blank[1]}\n\n{own[2]}.\n{own[3]}.", f"{own[2]}.\n{own[3]}.\n\nEscalation reason: ______\n{blank[0]}"))
    return Incoming("unfilled", text, tuple(done[2:]), never=("______",))


def copied(dice: random.Random) -> Incoming:
    own, done = _lines(dice, 5)
    kind = dice.randrange(4)
    if kind == 0:
        piece = f"{dice.choice(_ELSEWHERE)}\n{own[2]}.\n{own[3]}."
    elif kind == 1:
        piece = dice.choice(_REACTIONS).format(done[2][0])
    else:
        note = render(package_of(Incoming("copied", f"{own[2]}.\n{own[3]}.\nAntivirus on PC-14 is still off.")), marker="RF-K7Q2M4XA")
        whole = note if kind == 2 else note.rpartition("Built from")[0].strip()
        piece = dice.choice((whole, whole.replace("**", ""), whole.replace("[", "\\[").replace("]", "\\]")))
    text = dice.choice((f"{own[0]}.\n\n{piece}\n\n{own[1]}.", f"{piece}\n\n{own[0]}.\n{own[1]}.", f"{own[0]}.\n{own[1]}.\n\n{piece}"))
    return Incoming("copied", text, tuple(done[:2]), never=(done[2][0], done[3][0], "Antivirus"))


def voicemail(dice: random.Random) -> Incoming:
    head = dice.choice(_VOICEMAILS)
    told = dice.choice(("The printer on floor 2 is offline since this morning", "Nobody at the branch can reach the file server"))
    text = dice.choice((f"{head}\nTranscript: {told}.\nConfidence: 0.86", f"{head}\n\nTranscription:\n{told}.\n\nClick here to listen to the message"))
    return Incoming("voicemail", text, description=True, problem=told, never=("voicemail", "Voicemail", "Mailbox", "Confidence", "listen"))


def spoken(dice: random.Random) -> Incoming:
    own, done = _lines(dice, 2)
    (visitor, staff), shape = dice.choice(_WHO), dice.choice(_TURNS)
    theirs = dice.choice(("I unplugged the modem, still broken", "we restarted the laptop twice, no luck"))
    said = ((visitor, theirs), (staff, own[0]), (visitor, "ok thanks, trying now"), (staff, own[1]))
    text = "\n".join(shape.format(t=f"9:{14 + i}", who=who, text=words) for i, (who, words) in enumerate(said))
    return Incoming("spoken", text, tuple(done), never=(theirs, "AM]"))


def ticked(dice: random.Random) -> Incoming:
    own, done = _lines(dice, 4)
    kind = dice.randrange(3)
    if kind == 0:
        yes, no = dice.choice(_DONE_BOX)
        text = "\n".join((yes if i % 2 == 0 else no).format(deed) for i, (deed, _) in enumerate(done))
        return Incoming("ticked", text, tuple((deed, "unknown") for deed, _ in done[::2]), never=(done[1][0], done[3][0]))
    if kind == 1:
        sign = dice.choice(_SIGNS)
        return Incoming("ticked", "\n".join(sign.format(line) for line in own), tuple(done), never=(sign.partition(" ")[0],))
    results = [line[len(deed) + 2 :] if i % 2 == 0 else "not done" for i, (line, (deed, _)) in enumerate(zip(own, done, strict=True))]
    width = max(len(deed) for deed, _ in done)
    if dice.random() < 0.5:
        rows = [f"│ {deed:{width}} │ {result} │" for (deed, _), result in zip(done, results, strict=True)]
        text = "\n".join([f"│ {'Step':{width}} │ Result │", f"├{'─' * (width + 2)}┼────────┤", *rows])
    else:
        rows = [f"{deed:{width}}  {result}" for (deed, _), result in zip(done, results, strict=True)]
        text = "\n".join([f"{'Step':{width}}  Result", f"{'-' * width}  ------", *rows])
    return Incoming("ticked", text, tuple(done[::2]), never=(done[1][0], done[3][0]))


KINDS: tuple[Callable[[random.Random], Incoming], ...] = (misread, headed, unfilled, copied, voicemail, spoken, ticked)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_brought_in_is_told_from_what_was_done(kind: Callable[[random.Random], Incoming]) -> None:
    dice = random.Random(kind.__name__)
    wrong = [(case.text, told) for case in (kind(dice) for _ in range(25)) if (told := faults(case))]
    assert not wrong, wrong


@pytest.mark.parametrize("text", ["MANHÃ” CAFÉ…” É”", "Menü– Größe – naïve", "5 °C ± 1, «là» Âge"])
def test_letters_that_only_look_misread_stay(text: str) -> None:
    assert plain(text).text == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("أعدت تشغيل الجهاز ولم يتغير شيء", "Arabic letters"),
        ("הפעלתי מחדש את המחשב", "Hebrew letters"),
        ("再起動しましたが、変わりません", "Japanese"),
        ("Перезагрузил PC-14, не помогло", "Cyrillic letters"),
        ("Rebooted PC-14 of Анна, no change", None),
        ("αβ", None),
    ],
)
def test_other_letters_are_named_as_not_read(text: str, name: str | None) -> None:
    assert foreign(text) == name


@pytest.mark.parametrize(
    "says",
    ["Please ignore my last note, wrong ticket.", "Sorry, wrong ticket!", "Disregard previous note", "Last entry was for the wrong client, ignore the last note.", "oops wrong case"],
)
def test_a_note_that_its_writer_took_back_gives_no_steps(says: str) -> None:
    package = package_of_notes(("Jo", "Replaced the toner, works now."), ("Ann", "Rebooted PC-14, no change."), ("Jo", says))
    assert [s.text for s in package.steps_attempted] == ["Rebooted PC-14, no change"]
    assert [(u.source, u.reason) for u in package.unread] == [("steps in n1", "taken back by its writer in n3")]


def test_who_only_tells_of_a_wrong_ticket_takes_nothing_back() -> None:
    package = package_of_notes(("Jo", "Rebooted PC-14, no change."), ("Jo", "She had rung about the wrong ticket. Reset the profile, no change."))
    assert not package.unread
    assert {"Rebooted PC-14, no change", "Reset the profile, no change"} <= {s.text for s in package.steps_attempted}


def test_a_copy_that_was_cut_off_tells_nothing_new() -> None:
    whole = "Rebooted PC-14, no change. Cleared the local cache, still does not open."
    for end in (30, 40, 55, len(whole) - 3):
        package = package_of_notes(("Jo", whole), ("Jo", whole[:end] + "..."))
        assert len(package.steps_attempted) == 2, [s.text for s in package.steps_attempted]


if __name__ == "__main__":
    count_held(KINDS, int(sys.argv[1]))
