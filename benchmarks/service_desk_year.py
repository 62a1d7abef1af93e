"""A year of a made-up service desk in which faults come back: its tickets, and those that are escalated now.

32 symptoms with three causes each (`recurring_faults.txt`) among everyday tickets (`everyday_tickets.txt`), by forty members with
habits of writing and for twenty customers. `year` writes them; `benchmarks/recurring_year.py` asks the memory about them.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from escalation.evidence import Evidence, Note, Person, Role, Ticket, TimeEntry
from escalation.package.lesson import Lesson, lesson_of
from training.grammar import Grammar, grammar

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MEMBERS, CUSTOMERS = 40, 20
KEPT_OUT_SYMPTOMS, KEPT_OUT_CAUSES = 4, 8
"""How many symptoms, and how many single causes of others, never came before; as many of each half."""

SIGN_FIRST, SIGN_NOTED = 0.45, 0.85
"""Of all tickets, the share that tells what gives the cause away where the ticket begins, and there or in a note."""

Known = Literal["recurrence", "cause is new", "symptom is new"]
Told = Literal["alike", "other words", "other side"]
TOLD: tuple[Told, ...] = ("alike", "other words", "other side")
_NAMES = (
    "Ines", "Marek", "Joanna", "Tom", "Priya", "Karl", "Sofia", "Dave", "Wendy", "Olu",
    "Helga", "Liam", "Agnes", "Bruno", "Carla", "Dylan", "Esra", "Fred", "Greta", "Hugo",
)  # fmt: skip
_PLACES = (
    "Leith", "Yate", "Bourne", "Corby", "Deal", "Epsom", "Frome", "Goole", "Hove", "Irvine",
    "Jarrow", "Kelso", "Louth", "Malton", "Neath", "Oban", "Penrith", "Ripon",
)  # fmt: skip
_TRADES = ("Timber", "Dental", "Foods", "Legal", "Freight", "Motors", "Print", "Lettings", "Design", "Care")
_TRIED = (
    "Rebooted {pc}, same.", "Checked the event log, nothing that stands out.", "Asked {user} for a screenshot.",
    "Tried with another user, same there.", "Restarted the service, no change.", "Installed pending updates, still the same.",
    "Swapped the cable, no difference.", "Remoted in and could see it happen.", "Logged off and on again, no change.",
    "Compared with another machine, settings look alike.", "Cleared the cache, did not help.", "Spoke to {user}, comes and goes.",
    "Looked at the last changes, none recorded.", "Pinged the gateway, fine.", "Searched for the message, nothing useful.",
)  # fmt: skip
_CLOSED = (
    "{found}. {fix}.", "Cause: {found}. {fix}, works.", "{fix} - {found}. User confirmed.", "Turned out: {found}. {fix}.",
    "{fix}.", "Found {found}, so {fix}. All good now.",
)  # fmt: skip
_SHORT = {
    "user": "usr", "users": "usrs", "customer": "cx", "rebooted": "rbtd", "checked": "chkd", "password": "pw", "with": "w/",
    "without": "w/o", "printer": "prntr", "server": "svr", "Outlook": "OL", "message": "msg", "because": "bc",
    "restarted": "rstd", "installed": "inst", "connection": "conn", "computer": "pc", "tomorrow": "tmrw",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for a symptom: what gives it away, what was found, what was done; each in several wordings."""

    signs: list[str]
    found: list[str]
    fixes: list[str]


@dataclass(frozen=True, slots=True)
class Symptom:
    """How a fault looks, told by technicians and by customers, and what may be behind it."""

    domain: str
    code: str | None
    technicians: list[str] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Question:
    """A ticket that is escalated now; the truth is the place of its symptom and cause."""

    evidence: Evidence
    truth: tuple[int, int]
    known: Known
    told: Told

    @property
    def half(self) -> str:
        return "unseen" if self.truth[0] % 2 else "seen"


@dataclass(slots=True)
class Year:
    """What an account remembers, what is asked, and which remembered ticket is which fault."""

    lessons: list[Lesson]
    questions: list[Question]
    truths: dict[int, tuple[int, int]]


def symptoms() -> list[Symptom]:
    """Return what `recurring_faults.txt` tells."""
    found: list[Symptom] = []
    for line in (HERE / "recurring_faults.txt").read_text(encoding="utf-8").splitlines():
        mark, _, text = line.partition(" ")
        told = [one.strip() for one in text.split(" | ")]
        if mark == "==":
            found.append(Symptom(told[0], told[1] if len(told) > 1 else None))
        elif mark == "t:":
            found[-1].technicians.append(text)
        elif mark == "c:":
            found[-1].customers.append(text)
        elif mark == "~":
            found[-1].causes.append(Cause(told, [], []))
        elif mark in ("?", "!"):
            (found[-1].causes[-1].found if mark == "?" else found[-1].causes[-1].fixes).extend(told)
    return found


class Writer:
    """One member's habits: how terse, how careless, how they begin a line."""

    def __init__(self, number: int) -> None:
        chance = random.Random(number)
        self.name = f"{_NAMES[number % len(_NAMES)]} {chr(65 + number % 26)}."
        self.terse, self.careless = chance.random() < 0.4, chance.choice((0.0, 0.0, 0.02, 0.05))
        self.begin = chance.choice(("", "", "- ", "{clock} ", "Hi all, ", "UPDATE: "))
        self.end = chance.choice(("", "", "", " Thanks", " 0.25h", f" /{self.name[:2].lower()}"))

    def written(self, text: str, chance: random.Random, *, note: bool = True) -> str:
        """Return a text as this member types it; a summary without what a note begins and ends with."""
        if self.terse:
            text = re.sub(r"\b(?:the|a|an)\s+", "", text)
            text = re.sub(r"\w+", lambda word: _SHORT.get(word[0], word[0]), text)
            text = text[:1].lower() + text[1:]
        text = " ".join(_slipped(word, chance) if chance.random() < self.careless else word for word in text.split(" "))
        if not note:
            return text
        return self.begin.replace("{clock}", f"{chance.randrange(8, 18):02}{chance.randrange(60):02}") + text + self.end


def _slipped(word: str, chance: random.Random) -> str:
    """Return a word with a slip of the finger; what is short or holds a digit stays."""
    if len(word) < 5 or not word.isalpha():
        return word
    at = chance.randrange(1, len(word) - 2)
    before, here, after = word[:at], word[at], word[at + 1 :]
    return before + chance.choice((after[0] + here + after[1:], after, here + here + after))


class Desk:
    """Writes the year's tickets."""

    def __init__(self, seed: int) -> None:
        self.chance, self.symptoms = random.Random(seed), symptoms()
        self.everyday: Grammar = grammar(HERE / "everyday_tickets.txt")
        self.writers = [Writer(1000 * seed + number) for number in range(MEMBERS)]
        self.number = 10_000

    def slots(self, customer: int) -> dict[str, str]:
        """Return the device, server, person and place that a ticket of a customer is about."""
        chance, place = self.chance, _PLACES[customer % len(_PLACES)]
        pc = f"{place[:3].upper()}-{chance.choice(('PC', 'LT', 'WS'))}{chance.randrange(10, 400)}"
        srv = f"{place[:2].upper()}{chance.choice(('FS', 'SQL', 'APP', 'RDS', 'HV'))}{chance.randrange(1, 30):02}"
        return {"pc": pc, "srv": srv, "user": chance.choice(_NAMES), "site": chance.choice(_PLACES)}

    def everyday_lesson(self) -> Lesson:
        """Return a ticket that is none of the faults, as it is remembered."""
        self.number += 1
        customer, writer = self.chance.randrange(CUSTOMERS), self.chance.choice(self.writers)
        line = self.everyday.wording(self.chance.choice(self.everyday.families), self.chance)
        summary, problem, fix = (_filled(part, self.slots(customer)) for part in line.split(" // "))
        at = NOW - timedelta(days=self.chance.randrange(1, 365), minutes=self.chance.randrange(600))
        return Lesson(
            self.number, writer.written(summary, self.chance), problem, (), writer.written(fix, self.chance), "resolution note 1",
            (), None, customer, _customer(customer), writer.name, at,
        )  # fmt: skip

    def ticket(self, place: int, cause: int, *, wording: int, by_customer: bool, customer: int, days: int) -> Evidence:
        """Return an occurrence of a fault, closed so many days ago; escalated now and open where that is 0."""
        self.number += 1
        chance, symptom = self.chance, self.symptoms[place]
        why, slots = symptom.causes[cause], self.slots(customer)
        junior, senior = chance.sample(self.writers, 2)
        at = NOW - timedelta(days=days, hours=3)
        closed = days > 0
        sign = chance.choice((" {}.", "\nBy the way, {}.", "\n{}")).replace("{}", why.signs[wording])
        where = chance.random()
        if by_customer:
            summary, told = symptom.customers[wording].split(" // ")
            told += sign if where < SIGN_FIRST else ""
            letter = chance.choice(("Hi,\n{}\nRegards, {}", "{}", "Good morning,\n\n{}\n\nKind regards\n{}"))
            told = letter.format(told, slots["user"])
        else:
            summary = symptom.technicians[wording]
            told = chance.choice(("{user} rang: {}.", "{}. Called by {user}.", "{}, {pc}.")).replace("{}", summary)
            told = junior.written(_filled(told + (sign if where < SIGN_FIRST else ""), slots), chance)
            summary = junior.written(_filled(summary, slots), chance, note=False)
        lines = chance.sample(_TRIED, chance.choice((1, 2, 2, 3)))
        if SIGN_FIRST <= where < SIGN_NOTED:
            noticed = chance.choice(("{}.", "By the way, {}.", "Noticed: {}.", "{user} says {}."))
            lines.append(noticed.replace("{}", why.signs[wording]))
        if by_customer and chance.random() < 0.6:
            seen = chance.choice(("{}.", "Can see it: {}.", "Confirmed, {}."))
            lines.append(seen.replace("{}", symptom.technicians[wording]))
        if symptom.code and chance.random() < 0.75:
            lines.append(chance.choice(("Error {}.", "It shows {}.", "Log has {}.")).replace("{}", symptom.code))
        chance.shuffle(lines)
        entries = [self._entry(junior, "technician", line, slots, at, n) for n, line in enumerate(lines, 1)]
        notes = [self._note(0, _filled(told, slots), Person(slots["user"], "customer"), at, is_description=True)]
        if closed:
            ending = chance.choice(_CLOSED).format(found=why.found[wording], fix=why.fixes[wording])
            ending = ending[0].upper() + ending[1:]
            if chance.random() < 0.6:
                person = Person(senior.name, "engineer", senior.name)
                notes.append(self._note(99, senior.written(_filled(ending, slots), chance), person, at + timedelta(hours=2)))
            else:
                entries.append(self._entry(senior, "engineer", f"{ending} Tested, working now.", slots, at, 50))
        about = Ticket(
            self.number, _filled(summary, slots), 1, "Service", 9 if closed else 5, "Closed" if closed else "Escalated",
            company_id=customer, company=_customer(customer), entered_at=at, closed=closed, owner=senior.name if closed else None,
            closed_at=at + timedelta(hours=3) if closed else None,
        )  # fmt: skip
        return Evidence(about, NOW, tuple(notes), tuple(entries))

    def _note(self, number: int, text: str, person: Person, at: datetime, *, is_description: bool = False) -> Note:
        return Note(number, text, person, at, "discussion" if is_description else "resolution", is_description)

    def _entry(self, who: Writer, role: Role, text: str, slots: dict[str, str], at: datetime, number: int) -> TimeEntry:
        when = at + timedelta(minutes=10 * number)
        written = who.written(_filled(text, slots), self.chance)
        return TimeEntry(number, written, Person(who.name, role, who.name), when, when, when)


def _filled(text: str, slots: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda slot: slots.get(slot[1], slot[0]), text)


def _customer(number: int) -> str:
    return f"{_PLACES[number % len(_PLACES)]} {_TRADES[number % len(_TRADES)]}"


def year(seed: int, tickets: int) -> Year:
    """Return a year with its questions: of each cause once or twice in the year, then twice now, in wordings not used before."""
    desk = Desk(seed)
    chance, made = random.Random(seed + 10**6), Year([], [], {})
    halves = [[place for place in range(len(desk.symptoms)) if place % 2 == half] for half in (0, 1)]
    away = {place for half in halves for place in chance.sample(half, KEPT_OUT_SYMPTOMS // 2)}
    others = [chance.sample(sorted({*half} - away), KEPT_OUT_CAUSES // 2) for half in halves]
    new = {(place, chance.randrange(3)) for half in others for place in half}
    for place, symptom in enumerate(desk.symptoms):
        order = chance.sample(range(3), 3)  # one for all causes: nothing that looks the same is worded more alike than what is
        for cause in range(len(symptom.causes)):
            known: Known = "symptom is new" if place in away else "cause is new" if (place, cause) in new else "recurrence"
            by_customer = chance.random() < 0.5
            customers = chance.sample(range(CUSTOMERS), 4)
            if known == "recurrence":
                for time in range(chance.choice((1, 2))):
                    evidence = desk.ticket(
                        place, cause, wording=order[time], by_customer=by_customer, customer=customers[time],
                        days=chance.randrange(2, 360),
                    )  # fmt: skip
                    if lesson := lesson_of(evidence):
                        made.lessons.append(lesson)
                        made.truths[lesson.ticket_id] = (place, cause)
            for told in TOLD:
                evidence = desk.ticket(
                    place, cause, wording=order[0 if told == "alike" else 2], by_customer=by_customer != (told == "other side"),
                    customer=customers[2 + (told == "other side")], days=0,
                )  # fmt: skip
                made.questions.append(Question(evidence, (place, cause), known, told))
    made.lessons += [desk.everyday_lesson() for _ in range(tickets)]
    chance.shuffle(made.lessons)
    return made
