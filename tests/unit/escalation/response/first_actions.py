"""Episodes whose true first action is planned, with the claimant's sessions and without; no rule of ours is asked.

A kind says what happens; wordings, people and minutes vary. Kinds: a step of a session before the note of the same work, after
it, alone; somebody else's; before the claim, and corrected or ticked after it; pending only, ticked later by the claimant or by
another; corrected after it was done, by its member or by another; recorded by mistake; told again in a note, after or before;
told by the same person before the claim; found, said as reason, or announced only; beside time entries; and in two sessions.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from escalation.sessions.steps import NewStep

CLAIMANT, OTHER, JUNIOR = "msvensson", "tobrien", "jlind"

TRIED = (
    "restarted the print spooler on PRN02", "rebooted the firewall", "cleared the DNS cache on PC-14", "swapped the uplink cable",
    "ran chkdsk on FS01", "checked the event log on DC02", "reinstalled the VPN client", "set both lifetimes to 28800",
    "replaced the fuser", "reset her password", "moved port 7 to VLAN 20", "restored the mailbox from backup",
)  # fmt: skip
"""What was done, as looked at while rules were written."""
HELD = (
    "toner cartridge exchanged", "ipconfig /flushdns on the reception PC", "rolled the driver back to 6.1",
    "pinged 10.4.0.1 from SW-3", "gave svc_scan modify rights on the scan share", "unplugged the dock for two minutes",
    "new certificate bound to the site", "compared the two routers' configs", "took the NIC out of the team",
    "re-added the printer by IP", "called the ISP, line is up", "Restart-Service -Name W32Time", "disabled the second scope",
    "phoned the user, he sees his drives", "firmware update to 7.2.8",
)  # fmt: skip
"""Wordings that nobody looked at before the figures were taken."""
PLANS = {
    TRIED: ("swap the uplink cable", "restart the print spooler", "check the event log on DC02", "compare both ends' lifetimes"),
    HELD: (
        "to test with another account", "should try a wired connection", "will phone the ISP about the line",
        "let us rebuild the profile", "disable IPv6 on the adapter", "need to renew the certificate",
    ),
}  # fmt: skip
TALK = {
    TRIED: ("looking into it", "on it", "taking this one"),
    HELD: ("checking now", "having a look at the tunnel", "picked it up from the queue"),
}

Does = Literal["note", "time", "step", "correct"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens, so many minutes after the claim."""

    at: int
    does: Does
    by: str
    text: str = ""
    step: NewStep | None = None
    of: int = -1
    """A correction's: the place of the step's event among the episode's."""


Truth = tuple[str, int] | None
"""Which kind of deed was the first, and its minute."""


@dataclass(frozen=True, slots=True)
class Episode:
    """What happens on one ticket from an hour before its claim on, and what its first action is."""

    kind: str
    events: tuple[Event, ...]
    told: Truth
    """With sessions."""
    untold: Truth
    """Where nobody had recorded any."""


class Plan:
    """One episode in the making."""

    def __init__(self, rng: random.Random, wordings: tuple[str, ...]) -> None:
        self.rng, self.wordings, self.events = rng, wordings, list[Event]()
        deeds = rng.sample(wordings, 4)
        self.one, self.two, self.three, self.four = deeds
        self.todo, self.talk = rng.choice(PLANS[wordings]), rng.choice(TALK[wordings])
        self.before = -rng.randint(5, 55)
        self.t = sorted(rng.sample(range(1, 120), 4))

    def step(self, at: int, text: str, by: str = CLAIMANT, **more: str) -> int:
        done = more.get("state", "done") == "done" and more.get("kind", "step") == "step"
        outcome = self.rng.choice(("failed", "no_change", "worked", "unknown")) if done else "unknown"
        self.events.append(Event(at, "step", by, text, NewStep(text, outcome=outcome, **more)))  # type: ignore[arg-type]
        return len(self.events) - 1

    def correct(self, at: int, of: int, by: str = CLAIMANT, text: str = "", state: str = "done") -> None:
        step = self.events[of].step
        assert step is not None
        new = NewStep(text or step.text, step.kind, state, "worked" if state == "done" else "unknown")  # type: ignore[arg-type]
        self.events.append(Event(at, "correct", by, new.text, new, of))

    def note(self, at: int, text: str, by: str = CLAIMANT) -> tuple[str, int]:
        self.events.append(Event(at, "note", by, text))
        return "note", at

    def time(self, at: int, text: str, by: str = CLAIMANT) -> tuple[str, int]:
        self.events.append(Event(at, "time", by, text))
        return "time_entry", at

    def later(self) -> Truth:
        """Let the claimant write at the last moment what they did, or not."""
        return self.note(self.t[3], f"{self.four}, that helped") if self.rng.random() < 0.6 else None


def _first(plan: Plan) -> tuple[Truth, Truth]:
    plan.step(plan.t[0], plan.one)
    return ("step", plan.t[0]), plan.later()


def _after_a_note(plan: Plan) -> tuple[Truth, Truth]:
    truth = plan.note(plan.t[0], plan.one)
    plan.step(plan.t[1], plan.two)
    return truth, truth


def _after_time(plan: Plan) -> tuple[Truth, Truth]:
    truth = plan.time(plan.t[0], plan.one)
    plan.step(plan.t[1], plan.two)
    return truth, truth


def _before_time(plan: Plan) -> tuple[Truth, Truth]:
    plan.step(plan.t[0], plan.one)
    return ("step", plan.t[0]), plan.time(plan.t[1], plan.two)


def _alone(plan: Plan) -> tuple[Truth, Truth]:
    for at in plan.t[1:]:
        plan.step(at, plan.rng.choice(plan.wordings))
    return ("step", plan.t[1]), None


def _somebody_elses(plan: Plan) -> tuple[Truth, Truth]:
    plan.step(plan.t[0], plan.one, plan.rng.choice((OTHER, JUNIOR)))
    truth = plan.later()
    return truth, truth


def _somebody_elses_first(plan: Plan) -> tuple[Truth, Truth]:
    plan.step(plan.t[0], plan.one, plan.rng.choice((OTHER, JUNIOR)))
    plan.step(plan.t[1], plan.rng.choice((plan.one, plan.two)))  # in the same words it is a deed of their own
    return ("step", plan.t[1]), plan.later()


def _before_the_claim(plan: Plan) -> tuple[Truth, Truth]:
    plan.step(plan.before, plan.one)
    truth = plan.later()
    return truth, truth


def _before_and_after(plan: Plan) -> tuple[Truth, Truth]:
    plan.step(plan.before, plan.one)
    plan.step(plan.t[1], plan.two)
    return ("step", plan.t[1]), plan.later()


def _before_and_corrected_after(plan: Plan) -> tuple[Truth, Truth]:
    plan.correct(plan.t[0], plan.step(plan.before, plan.one), text=f"{plan.one}, twice")
    truth = plan.later()
    return truth, truth


def _pending(plan: Plan) -> tuple[Truth, Truth]:
    plan.step(plan.rng.choice((plan.before, plan.t[0])), plan.todo, state="pending")
    truth = plan.later()
    return truth, truth


def _ticked(plan: Plan) -> tuple[Truth, Truth]:
    of = plan.step(plan.rng.choice((plan.before, plan.t[0])), plan.todo, plan.rng.choice((CLAIMANT, JUNIOR)), state="pending")
    plan.correct(plan.t[1], of, text=plan.rng.choice(("", plan.one)))
    return ("step", plan.t[1]), plan.later()


def _ticked_by_another(plan: Plan) -> tuple[Truth, Truth]:
    of = plan.step(plan.before, plan.todo, JUNIOR, state="pending")
    plan.correct(plan.t[1], of, plan.rng.choice((OTHER, JUNIOR)))
    truth = plan.later()
    return truth, truth


def _corrected(plan: Plan) -> tuple[Truth, Truth]:
    of = plan.step(plan.t[0], plan.one)
    for at in plan.t[1 : plan.rng.choice((2, 3))]:
        plan.correct(at, of, plan.rng.choice((CLAIMANT, OTHER)), text=plan.rng.choice(("", f"{plan.one}, twice")))
    return ("step", plan.t[0]), plan.later()


def _corrects_anothers(plan: Plan) -> tuple[Truth, Truth]:
    plan.correct(plan.t[0], plan.step(plan.before, plan.one, JUNIOR))
    truth = plan.later()
    return truth, truth


def _by_mistake(plan: Plan) -> tuple[Truth, Truth]:
    plan.correct(plan.t[1], plan.step(plan.t[0], plan.one), state="dropped")
    truth = plan.later()
    return truth, truth


def _done_after_all(plan: Plan) -> tuple[Truth, Truth]:
    of = plan.step(plan.t[0], plan.todo, state="pending")
    plan.correct(plan.t[1], of, state="dropped")
    plan.correct(plan.t[2], of, text=plan.one)
    return ("step", plan.t[2]), plan.later()


def _told_again(plan: Plan) -> tuple[Truth, Truth]:
    plan.step(plan.t[0], plan.one)
    return ("step", plan.t[0]), plan.note(plan.t[1], plan.rng.choice((plan.one, f"{plan.one}. No change.")))


def _recorded_after_its_note(plan: Plan) -> tuple[Truth, Truth]:
    truth = plan.note(plan.t[0], plan.rng.choice((plan.one, f"{plan.one}. No change.")))
    plan.step(plan.t[1], plan.one)
    return truth, truth


def _told_before_the_claim(plan: Plan) -> tuple[Truth, Truth]:
    plan.rng.choice((plan.note, plan.time))(plan.before, plan.rng.choice((plan.one, f"{plan.one}. No change. Will go on later.")))
    plan.step(plan.t[0], plan.one)
    truth = plan.later()
    return truth, truth


def _no_deed(plan: Plan) -> tuple[Truth, Truth]:
    plan.step(plan.t[0], plan.one, kind=plan.rng.choice(("finding", "reason")))
    truth = plan.later()
    return truth, truth


def _announced(plan: Plan) -> tuple[Truth, Truth]:
    plan.events.append(Event(plan.t[0], "step", CLAIMANT, plan.talk, NewStep(plan.talk)))
    plan.step(plan.t[1], plan.one)
    return ("step", plan.t[1]), plan.later()


KINDS: tuple[Callable[[Plan], tuple[Truth, Truth]], ...] = (
    _first, _after_a_note, _after_time, _before_time, _alone, _somebody_elses, _somebody_elses_first, _before_the_claim,
    _before_and_after, _before_and_corrected_after, _pending, _ticked, _ticked_by_another, _corrected, _corrects_anothers,
    _by_mistake, _done_after_all, _told_again, _recorded_after_its_note, _told_before_the_claim, _no_deed, _announced,
)  # fmt: skip


def episodes(seed: int, wordings: tuple[str, ...], *, each: int) -> Iterator[Episode]:
    """Return so many episodes of each kind."""
    for kind in KINDS:
        for number in range(each):
            plan = Plan(random.Random(f"{seed} {kind.__name__} {number}"), wordings)
            told, untold = kind(plan)
            yield Episode(kind.__name__.strip("_").replace("_", " "), tuple(plan.events), told, untold)


@dataclass(frozen=True, slots=True)
class Append:
    """One row that a session gets."""

    event: Event
    number: int
    corrects: int | None


def appended(episode: Episode) -> dict[str, list[Append]]:
    """Return what each member's session gets, in the order of time."""
    sessions: dict[str, list[Append]] = {}
    place: dict[int, tuple[str, int]] = {}
    for n, event in sorted(enumerate(episode.events), key=lambda one: (one[1].at, one[0])):
        if event.step is None:
            continue
        owner, corrects = place[event.of] if event.does == "correct" else (event.by, None)
        rows = sessions.setdefault(owner, [])
        place[n] = owner, len(rows) + 1
        rows.append(Append(event, len(rows) + 1, corrects))
    return sessions
