"""Notes as they come in, put together from parts whose truth is known: which words are somebody's own, which are not.

Each kind draws from tables of parts; `incoming_parts.py` holds those that were looked at while rules were written, and
`incoming_unseen.py` those that were not. `python -m tests.unit.escalation.reading.incoming` prints how many hold.

What belongs to which kind:
- *html*: notes of integrations and mail as HTML, whole, half or broken, and prose and logs with a bare `<`;
- *lines*: any character or pair of characters that ends a line somewhere, and Windows paths that only look like it;
- *quoted*: an answer above, below or between mail that was quoted or forwarded, under the headings of mail programs;
- *farewell*: signatures, with words of the writer's own below them;
- *boilerplate*: banners, disclaimers, notices, acknowledgements, absence notes, surveys, before, after and between;
- *boxes*: lists, forms and tables that say what was done and what was not;
- *machine*: reports of backup, monitoring, antivirus and ticket systems, with a technician's words around them;
- *injected*: text that speaks to a program instead of telling what was done;
- *left*: changes that are said to be in place still;
- *chat*: transcripts in which a visitor tells what they did, and a technician what they did;
- *markup*: quotations and code in the markup of ticket systems and forums, and what only divides;
- *coded*: mail stored as it came over the wire, in quoted-printable.
"""



from __future__ import annotations

import quopri
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType

from escalation.brief.lines import TOLD
from escalation.package.build import build
from escalation.package.contents import Package
from escalation.package.threads import evidence_from_thread
from escalation.wording.pasted import fault_in
from tests.unit.escalation.reading import incoming_parts, incoming_unseen

_OWN = (
    ("Rebooted the firewall", "no change", "no_change"),
    ("Cleared the print queue", "still stuck", "no_change"),
    ("Reinstalled the driver", "printing works", "worked"),
    ("Replaced the network cable", "no change", "no_change"),
    ("Reset the password", "no change", "no_change"),
    ("Flushed DNS on PC-14", "no difference", "no_change"),
    ("Swapped the docking station", "screen works now", "worked"),
    ("Restarted the spooler", "same error", "no_change"),
    ("Updated the BIOS", "no change", "no_change"),
    ("Recreated the Outlook profile", "still crashes", "no_change"),
    ("Moved the patch lead to port 12", "no change", "no_change"),
    ("Disabled IPv6 on the adapter", "made no difference", "no_change"),
)
"""Deeds with results that are read alike wherever they stand; `test_incoming.py` checks that."""
_THEIRS = (
    "We rebooted the switch in the basement this morning and cleared the ARP table.",
    "I replaced the toner and cleaned the rollers, printing works again.",
    "Yesterday I reset her phone and reinstalled the app.",
    "We have tested the line and found no fault.",
    "Our engineer disabled the guest network and restarted the controller, no change.",
    "Uninstalled the add-in, it still fails.",
)
"""What somebody else wrote in the mail below."""
_MARKS = ("basement", "toner", "her phone", "tested the line", "guest network", "add-in")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text and what is to come of it."""

    kind: str
    text: str
    done: tuple[tuple[str, str | None], ...] = ()
    """Each step's words and, where it is given, its outcome."""
    never: tuple[str, ...] = ()
    """What must not stand in a step, the problem, the reason or anything else above the fold."""
    left: tuple[str, ...] = ()
    """What must stand as state left behind."""
    description: bool = False
    problem: str | None = None
    codes: tuple[str, ...] | None = None


def package_of(case: Incoming) -> Package:
    """Return the package of a ticket that holds the text as its description or its only note."""
    note = {
        "author": "A",
        "role": "tech",
        "kind": "internal",
        "created": "2026-03-02T09:00:00Z",
        "text": case.text,
    }
    ticket = {
        "summary": "Trouble at Example Ltd",
        "initial_description": case.text if case.description else "Nobody in the office can work.",
        "notes": [] if case.description else [note],
    }
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    evidence = evidence_from_thread({"id": "x", "ticket": ticket})
    return build(evidence, episode=1, escalated_at=now, escalated_by=None, as_of=now)


def package_of_notes(*notes: tuple[str, str], summary: str = "Line", description: str = "It drops.") -> Package:
    """Return the package of a ticket whose internal notes are given by writer and text; a customer writes as `customer`."""
    told = [
        {"author": who, "role": "customer" if who == "customer" else "tech", "kind": "internal",
         "created": f"2026-03-02T{9 + i:02}:00:00Z", "text": text}
        for i, (who, text) in enumerate(notes)
    ]  # fmt: skip
    ticket = {"summary": summary, "initial_description": description, "notes": told}
    evidence = evidence_from_thread({"id": "x", "ticket": ticket})
    return build(evidence, episode=1, escalated_at=evidence.read_at, escalated_by=None, as_of=evidence.read_at)


def faults(case: Incoming) -> list[str]:
    """Return what is wrong about how the text was read, in a few words each; empty if all holds.

    An outcome that the reader is not sure of is not told, so it is not wrong.
    """
    package = package_of(case)
    wrong: list[str] = []
    steps = package.steps_attempted
    for words, outcome in case.done:
        found = next((s for s in steps if words in " ".join(s.text.split())), None)
        if found is None:
            wrong.append(f"not read: {words}")
        elif outcome is not None and found.outcome != outcome and found.outcome_sure >= TOLD:
            wrong.append(f"{found.outcome} for {outcome}: {words}")
    if len(steps) > len(case.done):
        wrong.append(f"too many steps: {[s.text[:60] for s in steps]}")
    single = [package.problem, package.ask, package.why_escalated, package.start_here]
    many = [*package.ruled_out, *package.promises, *package.state_left_behind]
    shown = [q.evidence for q in [*single, *many] if q is not None] + [s.evidence for s in steps]
    wrong += [f"shown: {words}" for words in case.never if any(words in s for s in shown)]
    wrong += [
        f"not left behind: {w}"
        for w in case.left
        if not any(w in c.evidence for c in package.state_left_behind)
    ]
    quotes = [s.evidence for s in steps] + [
        q.evidence for q in [*package.evidence_blocks, *package.error_codes]
    ]
    wrong += [
        f"stands nowhere: {q!r}"
        for q in quotes
        if q not in case.text and q not in "Nobody in the office can work."
    ]
    named = package.problem.evidence if package.problem else ""
    told_by_its_row = case.kind == "machine" and fault_in(case.text) == named
    if case.problem is not None and case.problem not in named and not told_by_its_row:
        wrong.append(f"problem is {package.problem and package.problem.evidence[:60]!r}")
    if case.codes is not None:
        wrong += [f"code: {c.evidence!r}" for c in package.error_codes if c.evidence not in case.codes]
    return wrong


def _rows(dice: random.Random, count: int) -> list[tuple[str, str, str]]:
    return dice.sample(_OWN, count)


def _told(rows: list[tuple[str, str, str]]) -> tuple[tuple[str, str | None], ...]:
    return tuple((deed, outcome) for deed, _, outcome in rows)


def html(parts: ModuleType, dice: random.Random) -> Incoming:
    rows = _rows(dice, 3)
    shape = dice.choice(parts.HTML)
    lines = [f"{d}, {r}" for d, r, _ in rows]
    text = shape
    for index, line in enumerate(lines):
        text = text.replace(
            f"{{{index}}}", line.replace(" ", "&nbsp;", 1) if "&" in shape and dice.random() < 0.3 else line
        )
    text = text.replace("{rows}", dice.choice(parts.BREAKS).join(lines))
    return Incoming("html", text, _told(rows), never=parts.HTML_NEVER)


def lines(parts: ModuleType, dice: random.Random) -> Incoming:
    if dice.random() < 0.2:
        path = dice.choice(parts.PATHS)
        return Incoming(
            "lines", f"Copied the folder to {path}, no change", ((path.rsplit("\\", 1)[0], None),)
        )
    rows = _rows(dice, 3)
    return Incoming("lines", dice.choice(parts.ENDS).join(f"{d}, {r}" for d, r, _ in rows), _told(rows))


def quoted(parts: ModuleType, dice: random.Random) -> Incoming:
    rows = _rows(dice, 2)
    own = [f"{d}, {r}." for d, r, _ in rows]
    theirs = dice.sample(_THEIRS, 2)
    shape = dice.randrange(4)
    if shape < 2:
        heading = dice.choice(parts.HEADINGS)
        body = (
            "\n\n".join(theirs) if shape else f"{theirs[0]}\n\n{dice.choice(parts.HEADINGS)}\n\n{theirs[1]}"
        )
        text = "\n".join(own) + f"\n\n{heading}\n\n{body}\n"
    elif shape == 2:
        lead = dice.choice(parts.LEADS)
        text = f"{own[0]}\n\n{lead}\n\n> {theirs[0]}\n> {theirs[1]}\n\n{own[1]}"
    else:
        lead = dice.choice(parts.LEADS)
        text = f"{lead}\n> {theirs[0]}\n\n{own[0]}\n\n> {theirs[1]}\n\n{own[1]}"
    return Incoming("quoted", text, _told(rows), never=_MARKS)


def farewell(parts: ModuleType, dice: random.Random) -> Incoming:
    rows = _rows(dice, 2)
    below = dice.random() < 0.6
    first = f"{rows[0][0]}, {rows[0][1]}."
    second = f"{rows[1][0]}, {rows[1][1]}."
    sign = dice.choice(parts.FAREWELLS)
    card = dice.choice(parts.CARDS)
    text = f"{first}\n\n{sign}\n{card}\n\n{second}" if below else f"{first}\n{second}\n\n{sign}\n{card}"
    return Incoming("farewell", text, _told(rows), never=tuple(x for x in card.split("\n") if x.strip()))


def boilerplate(parts: ModuleType, dice: random.Random) -> Incoming:
    piece = dice.choice(parts.BOILERPLATE)
    if dice.random() < 0.4:
        problem = dice.choice(
            (
                "The printer on floor 2 is offline.",
                "Nobody can reach the file server.",
                "Her laptop shows a blue screen.",
            )
        )
        text = (
            f"{piece}{dice.choice(parts.GAPS)}{problem}" if dice.random() < 0.6 else f"{problem}\n\n{piece}"
        )
        return Incoming("boilerplate", text, never=(piece[:12],), description=True, problem=problem)
    rows = _rows(dice, 2)
    own = [f"{d}, {r}." for d, r, _ in rows]
    text = dice.choice(
        (
            f"{piece}\n\n{own[0]}\n{own[1]}",
            f"{own[0]}\n\n{piece}\n\n{own[1]}",
            f"{own[0]}\n{own[1]}\n\n{piece}",
        )
    )
    return Incoming("boilerplate", text, _told(rows), never=(piece[:12],))


def boxes(parts: ModuleType, dice: random.Random) -> Incoming:
    rows = _rows(dice, 4)
    if dice.random() < 0.35:
        head, row, rule = dice.choice(parts.TABLES)
        undone = dice.choice(parts.TABLE_NOT)
        body = [row.format(a=d, b=undone if i % 2 else r) for i, (d, r, _) in enumerate(rows)]
        text = "\n".join([head, *([rule] if rule else []), *body])
        return Incoming("boxes", text, _told(rows[::2]), never=tuple(d for d, _, _ in rows[1::2]))
    with_result = dice.random() < 0.5
    yes, no = dice.choice(parts.MARKS)
    body, done = [], []
    for index, (deed, result, outcome) in enumerate(rows):
        if index % 2:
            body.append(no.format(deed))
        else:
            told = with_result and "{}" in yes[-2:]
            body.append(yes.format(f"{deed}, {result}" if told else deed))
            done.append((deed, outcome if told else "unknown"))
    return Incoming(
        "boxes",
        dice.choice(("", "Checklist:\n", "Done so far:\n")) + "\n".join(body),
        tuple(done),
        never=tuple(d for d, _, _ in rows[1::2]),
    )


def machine(parts: ModuleType, dice: random.Random) -> Incoming:
    report, codes = dice.choice(parts.REPORTS)
    if dice.random() < 0.3:
        return Incoming("machine", report, description=True, problem="Trouble at Example Ltd", codes=codes)
    rows = _rows(dice, 2)
    own = [f"{d}, {r}." for d, r, _ in rows]
    text = dice.choice(
        (
            f"{report}\n\n{own[0]}\n{own[1]}",
            f"{own[0]}\n\n{report}\n\n{own[1]}",
            f"{own[0]}\n{own[1]}\n\n{report}",
        )
    )
    return Incoming("machine", text, _told(rows), codes=codes)


def injected(parts: ModuleType, dice: random.Random) -> Incoming:
    rows = _rows(dice, 2)
    own = [f"{d}, {r}." for d, r, _ in rows]
    piece = dice.choice(parts.INJECTED)
    text = dice.choice(
        (f"{own[0]}\n{piece}\n{own[1]}", f"{own[0]}\n{own[1]}\n\n{piece}", f"{piece}\n\n{own[0]} {own[1]}")
    )
    return Incoming("injected", text, _told(rows), never=(piece[:14],))


def left(parts: ModuleType, dice: random.Random) -> Incoming:
    text, words = dice.choice(parts.LEFT)
    rows = _rows(dice, 1)
    own = f"{rows[0][0]}, {rows[0][1]}."
    whole = dice.choice((f"{own}\n{text}", f"{text}\n{own}", f"{own}\n\n{text}"))
    # how many steps the change itself is told in is not what is measured here
    found = package_of(Incoming("left", whole)).steps_attempted
    done = tuple((" ".join(s.text.split()), None) for s in found)
    return Incoming("left", whole, done, left=(words,))


def chat(parts: ModuleType, dice: random.Random) -> Incoming:
    rows = _rows(dice, 3)
    visitor, staff, shape = dice.choice(parts.VISITORS), dice.choice(parts.STAFF), dice.choice(parts.CHATS)
    said = [(visitor, dice.choice(parts.SAID)), (staff, "{}, {}".format(*rows[0])), (visitor, dice.choice(parts.SAID)),
            (staff, "{}, {}".format(*rows[1]))]  # fmt: skip
    told = (shape.format(time=f"{10 + i // 3}:{7 + 13 * i:02}", who=who, text=text) for i, (who, text) in enumerate(said))
    body = "\n".join(told)
    return Incoming("chat", f"{body}\n\n{rows[2][0]}, {rows[2][1]}.", _told(rows), never=tuple(text for _, text in said[::2]))


def markup(parts: ModuleType, dice: random.Random) -> Incoming:
    rows = _rows(dice, 2)
    theirs = dice.choice(_THEIRS)
    piece = dice.choice(parts.MARKUP).replace("{theirs}", theirs).replace("{output}", dice.choice(parts.OUTPUT))
    text = f"{rows[0][0]}, {rows[0][1]}.\n\n{piece}\n\n{rows[1][0]}, {rows[1][1]}."
    return Incoming("markup", text, _told(rows), never=_MARKS)


def coded(parts: ModuleType, dice: random.Random) -> Incoming:
    rows = _rows(dice, 3)
    extra = dice.sample(parts.ACCENTED, 2)
    plain = f"{extra[0]}\n\n{rows[0][0]}, {rows[0][1]}. {rows[1][0]}, {rows[1][1]}.\n{rows[2][0]}, {rows[2][1]}.\n{extra[1]}\n"
    charset = dice.choice(("utf-8", "utf-8", "cp1252"))
    plain = plain.encode(charset, "replace").decode(charset)
    text = quopri.encodestring(plain.encode(charset)).decode()
    # what else is read of the words around is not what is measured here
    done = tuple((" ".join(s.text.split()), s.outcome) for s in package_of(Incoming("coded", plain)).steps_attempted)
    return Incoming("coded", text.replace("\n", dice.choice(("\n", "\r\n"))), done)


KINDS: dict[str, Callable[[ModuleType, random.Random], Incoming]] = {
    f.__name__: f for f in (html, lines, quoted, farewell, boilerplate, boxes, machine, injected, left, chat, markup, coded)
}


def cases(kind: str, parts: ModuleType, count: int, seed: int = 1) -> Iterator[Incoming]:
    """Return so many texts of a kind, the same for the same seed."""
    dice = random.Random(f"{kind} {seed}")
    for _ in range(count):
        yield KINDS[kind](parts, dice)


def count_held(kinds: Sequence[Callable[[random.Random], Incoming]], tried: int) -> None:
    """Say of each kind how many of so many texts held, and show the first that did not."""
    for made in kinds:
        dice = random.Random(made.__name__)
        bad = [(case.text, told) for case in (made(dice) for _ in range(tried)) if (told := faults(case))]
        sys.stdout.write(f"{made.__name__:10} {tried} tried, {tried - len(bad)} held\n")
        for text, told in bad[:4]:
            sys.stdout.write(f"{told}\n{text}\n{'-' * 20}\n")


def main() -> None:
    count = 300
    show = sys.argv[1] if len(sys.argv) > 1 else None
    for kind in [show] if show else KINDS:
        held = [
            sum(not faults(case) for case in cases(kind, parts, count))
            for parts in (incoming_parts, incoming_unseen)
        ]
        sys.stdout.write(
            f"{kind:12} {count} tried: {held[0]:4} held of those looked at, {held[1]:4} of those unseen\n"
        )
        for case in cases(kind, incoming_parts, count) if show else ():
            if wrong := faults(case):
                sys.stdout.write("\n".join(["-" * 20, *wrong, case.text, ""]))


if __name__ == "__main__":
    main()
