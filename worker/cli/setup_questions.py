"""The wizard's questions, one after another, each with what is proposed and how a given answer is checked."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from psa.connectwise.regions import CLOUD
from psa.port import Board, Member, Team
from worker.account.calendar_file import read_words
from worker.account.proposals import Choice, Proposal, Usage, propose_people, propose_statuses, proposed
from worker.cli.asking import Asker

OWN = "own"
RATE = re.compile(r"(\d{1,5}(?:[.,]\d{1,2})?)(?:\s*([A-Za-z]{3}))?")
TITLES = {
    "site": "Site", "company": "Company", "name": "Name here", "board": "Boards", "escalate_status": "Escalation statuses",
    "claim_status": "Claim statuses", "engineers": "Engineers", "admins": "Admins", "owner": "Owner", "timezone": "Time zone",
    "hours": "Working hours", "hourly_rate": "Hourly rate", "dry_run": "Dry run",
}  # fmt: skip
"""The answers that are kept and shown, in the order in which they are asked. Keys are none of them."""


@dataclass(slots=True)
class Shop:
    """What was read of the PSA."""

    boards: Sequence[Board] = ()
    members: Sequence[Member] = ()
    teams: Sequence[Team] = ()
    usage: Usage = field(default_factory=Usage)

    @property
    def people(self) -> list[Member]:
        """Return who can log in."""
        return [m for m in self.members if m.active and not m.is_api]

    def name_of(self, login: str) -> str:
        return next((f"{m.name} ({m.identifier})" for m in self.members if m.identifier == login), login)


class Questions:
    """Asks for one answer at a time; what an earlier answer decides is proposed by it."""

    def __init__(self, asker: Asker, answers: dict[str, Any], shop: Shop) -> None:
        self.ask, self.answers, self.shop = asker, answers, shop

    def site(self) -> str:
        """Where people log in: one of the cloud's hosts, or a server of their own."""
        if self.ask.has("site") or not self.ask.terminal:
            return self.ask.text("site", "")
        hosts = [(host, f"{host:<30} {region}") for host, region in CLOUD.items()]
        hosts.append((OWN, "another host, or a server of your own"))
        before = self._was("site")
        start = before if before in CLOUD or not before else OWN
        chosen = self.ask.one("site", "Where do you log in to ConnectWise?", hosts, default=start or None)
        if chosen != OWN:
            return chosen
        typed = before if start == OWN else ""
        return self.ask.text("site", "Which host? (on-premises a port is fine, and http://… where it has no TLS)", default=typed)

    def company(self) -> str:
        return self.ask.text("company", "Company, as you type it when you log in:", default=self._was("company"))

    def name(self) -> str:
        default = re.sub(r"[^\w.-]+", "-", str(self.answers.get("company", ""))).strip("-").lower()
        return self.ask.text("name", "What shall this MSP be called here?", default=self._was("name") or default)

    def board(self) -> list[str]:
        choices = self._again("board", self._statuses().boards)
        return self.ask.some("board", "Boards on which tickets are escalated:", choices, needed=True)

    def escalate_status(self) -> list[str]:
        choices = self._again("escalate_status", self._statuses().escalate) or self._every_status()
        question = "Which status says that a junior is stuck?"
        return self.ask.some("escalate_status", question, choices, needed=True)

    def claim_status(self) -> list[str]:
        mine = set(self.answers.get("escalate_status", ()))
        choices = [c for c in self._again("claim_status", self._statuses().claim) if c.name not in mine]
        question = "Which status says that a senior claimed it? (none is fine: owner and notes are seen anyway)"
        return self.ask.some("claim_status", question, choices, needed=False)

    def engineers(self) -> list[str]:
        choices = self._named(self._again("engineers", self._people().engineers))
        return self.ask.some("engineers", "Engineers: they are told of each escalation, and claim.", choices, needed=True)

    def admins(self) -> list[str]:
        taken = set(self.answers.get("engineers", ()))
        choices = [c for c in self._again("admins", self._people().admins) if c.name not in taken]
        question = "Admins: told of each escalation too, and see the figures."
        return self.ask.some("admins", question, self._named(choices), needed=False)

    def owner(self) -> str:
        people = [(m.identifier, f"{m.identifier:<15} {m.name}, {m.title}") for m in self.shop.people]
        default = self._was("owner") or self._people().owner
        return self.ask.one("owner", "Owner: gets the weekly e-mail.", people, default=default)

    def timezone(self) -> str:
        found = self._people()
        if found.time_zone_because and self.ask.terminal and not self.ask.has("timezone"):
            self.ask.say(f"  {found.time_zone_because}")
        default = self._was("timezone") or found.time_zone or ""
        return self.ask.text("timezone", "Time zone (IANA, e.g. Europe/London):", default=default, check=zone)

    def hours(self) -> str:
        default = self._was("hours") or "Mon-Fri 08:00-17:00"
        return self.ask.text("hours", "Working hours:", default=default, check=lambda text: read_words(text, time_zone="UTC"))

    def hourly_rate(self) -> str:
        question = "What is an hour of a senior worth, with its currency? (e.g. 95 GBP; empty: no amounts)"
        return self.ask.text("hourly_rate", question, default=self._was("hourly_rate"), check=rate, needed=False)

    def dry_run(self) -> str:
        """To whom alone briefs are mailed while nothing is posted; empty: posted and told from the beginning."""
        if self.ask.has("dry_run") or not self.ask.terminal:
            return self.ask.text("dry_run", "", needed=False)
        start = self.ask.one("dry_run", "How shall it begin?", [
            ("dry", "dry run: briefs are mailed to one person, nothing is posted, until you switch a board on"),
            ("live", "live: briefs are posted into tickets, and engineers are told"),
        ], default="dry")  # fmt: skip
        if start == "live":
            return ""
        chosen = {*self.answers.get("engineers", ()), *self.answers.get("admins", ()), self._was("owner")}
        people = [(m.identifier, f"{m.identifier:<15} {m.name}") for m in self.shop.people if m.identifier in chosen]
        return self.ask.one("dry_run", "To whom?", people, default=self._was("owner") or None)

    def of(self, key: str) -> Callable[[], Any]:
        """Return the question of an answer."""
        return getattr(self, key)  # type: ignore[no-any-return]

    def _was(self, key: str) -> str:
        return str(self.answers.get(key) or "")

    def _again(self, key: str, choices: Sequence[Choice]) -> Sequence[Choice]:
        """Tick what was chosen before, if it was."""
        if key not in self.answers:
            return choices
        before = set(self.answers[key])
        return [Choice(c.name, c.name in before, c.because) for c in choices]

    def _statuses(self) -> Proposal:
        return propose_statuses(self.shop.boards, self.shop.usage)

    def _people(self) -> Proposal:
        escalate = self.answers.get("escalate_status") or proposed(self._statuses().escalate)
        return propose_people(self.shop.members, self.shop.teams, self.shop.usage, escalate)

    def _named(self, choices: Sequence[Choice]) -> list[Choice]:
        names = {m.identifier: m.name for m in self.shop.members}
        return [Choice(c.name, c.proposed, f"{names.get(c.name, '')}: {c.because}") for c in choices]

    def _every_status(self) -> list[Choice]:
        names = dict.fromkeys(s.name for b in self.shop.boards for s in b.statuses if not (s.closed or s.inactive or s.default))
        return [Choice(name, False) for name in names]


def zone(text: str) -> None:
    """Raise `ValueError` unless it is an IANA time zone."""
    if text not in zoneinfo.available_timezones():
        raise ValueError(f"{text!r} is no IANA time zone; write e.g. Europe/London or America/New_York")


def rate(text: str) -> tuple[float, str | None] | None:
    """Return amount and currency of `95 GBP`; None for nothing. Raises `ValueError`."""
    if not text.strip():
        return None
    found = RATE.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no hourly rate; write e.g. 95 GBP")
    return float(found[1].replace(",", ".")), found[2].upper() if found[2] else None
