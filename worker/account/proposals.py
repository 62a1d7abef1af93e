"""What a shop's boards, statuses and people most likely are, each guess with what speaks for it.

Plain values in, plain values out: nothing is asked here, and nothing of it counts before a person has agreed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from psa.port import Board, Member, Status, Team
from worker.account.time_zones import iana

_TIER_2 = r"(?:tier|level|line|t|l|stufe|niveau)[ -]?(?:2|3|ii|iii|two|three)\b|(?:2nd|3rd|second|third)[ -](?:line|level|tier)"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


ESCALATES = _any(
    "escalat", _TIER_2, r"(?:needs?|wait(?:ing)? for) (?:a |an )?(?:senior|engineer)",
    r"(?:^\W*(?:\d\W+)?|pass(?:ed)? )to (?:senior|engineer)s?\b",
)
TAKEN = _any(r"\b(?:assigned|accepted|claimed|taken|owned|picked up|working|in progress|active)\b")
"""Words that say somebody has it, whatever else the name says: `Tier 2 - In Progress` is taken."""
CLAIMS = _any(
    "assigned|accepted|claimed|taken|engineer|owned|picked up", r"(?:tier|level|l|t)[ -]?[23].*(?:progress|working)|working.*[23]"
)
NO_CLAIM = _any(
    "wait|hold|schedul|customer|vendor|carrier|closed|complet|cancel|merged|resolved|done|de-?escalat",
)
SENIORS = _any(r"\bsenior\b|\bsr\b|engineer|architect|escalat", _TIER_2)
NOT_SENIOR = _any(
    r"junior|trainee|apprentice|(?:tier|level|line|t|l)[ -]?(?:1|i|one)\b|(?:1st|first)[ -](?:line|level)",
    "dispatch|coordinat|account manager|sales|receptio|financ|bookkeep|project manager",
)
ADMINS = _any(r"\badmin|service (?:desk )?manager|service delivery|operations|\bhead of|\bdirector|team lead")
OWNERS = _any(r"\bowner\b|managing director|\bceo\b|president|principal|founder|partner|geschäftsführ|\bmd\b")


@dataclass(slots=True)
class Use:
    """How one status of one board was used in the tickets that were looked at."""

    into: int = 0
    """Changes into it."""
    handed_over: int = 0
    """Of those, how many somebody else took out of it again."""
    by: Counter[str] = field(default_factory=Counter)
    """Who put tickets into it, login names in lower case."""
    taken_by: Counter[str] = field(default_factory=Counter)
    """Who took them out of it, others than whoever put them in."""
    next: Counter[str] = field(default_factory=Counter)
    """Which status they put them into."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How statuses were used lately, and how many tickets that was told from."""

    uses: Mapping[tuple[str, str], Use] = field(default_factory=dict)
    """By names of board and status."""
    read: int = 0
    why_not: str = ""
    """Why nothing is known, in words."""

    def of(self, board: str, status: str) -> Use:
        return self.uses.get((board, status), Use())


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose, whether it is proposed, and what speaks for it."""

    name: str
    proposed: bool
    because: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for an account."""

    boards: tuple[Choice, ...] = ()
    escalate: tuple[Choice, ...] = ()
    claim: tuple[Choice, ...] = ()
    engineers: tuple[Choice, ...] = ()
    """By login name."""
    admins: tuple[Choice, ...] = ()
    owner: str | None = None
    time_zone: str | None = None
    time_zone_because: str = ""


def proposed(choices: Iterable[Choice]) -> list[str]:
    """Return the names of those that are proposed."""
    return [choice.name for choice in choices if choice.proposed]


def escalates(name: str) -> bool:
    """Tell whether a status is called as one by which a ticket is handed up."""
    done = re.search(r"de-?escalat|resolved|complet|closed|cancel", name, re.IGNORECASE)
    return bool(ESCALATES.search(name)) and not TAKEN.search(name) and not done


def propose_statuses(boards: Sequence[Board], usage: Usage) -> Proposal:
    """Propose boards, and the statuses by which a ticket is escalated and taken.

    An escalation status is called like one and, where its use is known, was used. What others take over from whoever
    set it is offered too, without being proposed. A claim status is what the others then set.
    """
    rows = [(board, status) for board in boards for status in board.statuses if _can_be(status)]
    named = [(b, s) for b, s in rows if escalates(s.name) and not s.default]
    used = [(b, s) for b, s in named if usage.of(b.name, s.name).into]
    chosen = used or named
    names = sorted(dict.fromkeys(s.name for _, s in chosen), key=lambda name: -_into(name, rows, usage))
    others = [
        (b, s) for b, s in rows
        if s.name not in names and not s.default
        and (((use := usage.of(b.name, s.name)).into >= 5 and use.handed_over >= 0.6 * use.into) or ESCALATES.search(s.name))
    ]  # fmt: skip
    escalate = [Choice(name, True, _used(name, rows, usage)) for name in names]
    escalate += [Choice(n, False, _used(n, rows, usage)) for n in dict.fromkeys(s.name for _, s in others)]
    with_it = {board.name for board, status in rows if status.name in names}
    where = [Choice(b.name, b.name in with_it, _statuses_of(b, names)) for b in boards]
    return Proposal(boards=tuple(where), escalate=tuple(escalate), claim=_claims(boards, rows, names, usage))


def _claims(
    boards: Sequence[Board], rows: Sequence[tuple[Board, Status]], escalate: Sequence[str], usage: Usage
) -> tuple[Choice, ...]:
    after: Counter[str] = Counter()
    for board in boards:
        for name in escalate:
            after.update(usage.of(board.name, name).next)
    total = sum(after.values())
    found: list[Choice] = []
    for name in dict.fromkeys(s.name for _, s in rows if not s.default):
        if name in escalate or NO_CLAIM.search(name) or escalates(name):
            continue
        share = after[name] / total if total else 0.0
        called = bool(CLAIMS.search(name))
        if called or share >= 0.05:
            told = f"{after[name]} of {total} times what a senior set next" if total else "by its name"
            found.append(Choice(name, (called and (not total or after[name] > 0)) or share >= 0.25, told))
    return tuple(sorted(found, key=lambda choice: (not choice.proposed, -after[choice.name])))


def propose_people(
    members: Sequence[Member], teams: Sequence[Team], usage: Usage, escalate: Sequence[str]
) -> Proposal:
    """Propose engineers, admins, owner and time zone. People who left, and programs, are nobody's proposal."""
    people = [m for m in members if m.active and not m.is_api]
    took: Counter[str] = Counter()
    gave: Counter[str] = Counter()
    for (_, status), use in usage.uses.items():
        if status in escalate:
            took.update(use.taken_by)
            gave.update(use.by)
    least = max(2, round(0.03 * sum(took.values())))
    in_teams = {number: team.name for team in teams if SENIORS.search(team.name) for number in team.members}
    engineers, admins = [], []
    for one in people:
        login = one.identifier.lower()
        words = f"{one.title} / {one.security_role}"
        in_team = one.id in in_teams and took[login] >= gave[login]  # a board's own team often holds everybody
        called = bool(SENIORS.search(words) or in_team) and not NOT_SENIOR.search(words)
        worked = took[login] >= least and took[login] >= gave[login] and not NOT_SENIOR.search(one.title)
        why = [one.title or one.security_role, in_teams.get(one.id, "")]
        why += [f"claimed {took[login]} {'escalation' if took[login] == 1 else 'escalations'}"] if took[login] else []
        why += [f"escalated {gave[login]}"] if gave[login] else []
        engineers.append(Choice(one.identifier, called or worked, ", ".join(w for w in why if w)))
        chief = one.is_admin or bool(ADMINS.search(words) or OWNERS.search(words))
        admins.append(Choice(one.identifier, chief, one.title if one.title else one.security_role))
    owner = next((m.identifier for m in people if OWNERS.search(m.title)), None)
    owner = owner or next((c.name for c in admins if c.proposed), None)
    zone, because = _time_zone(people)
    order = {choice.name: (not choice.proposed, -took[choice.name.lower()]) for choice in engineers}
    return Proposal(
        engineers=tuple(sorted(engineers, key=lambda c: order[c.name])),
        admins=tuple(sorted(admins, key=lambda c: not c.proposed)), owner=owner, time_zone=zone, time_zone_because=because,
    )  # fmt: skip


def _time_zone(people: Iterable[Member]) -> tuple[str | None, str]:
    """Return the time zone that most people have set, and how ConnectWise calls it."""
    called = Counter(m.time_zone for m in people if m.time_zone)
    for name, count in called.most_common():
        if zone := iana(name):
            return zone, f"{name!r} is set for {count} of {sum(called.values())} people"
    return None, f"{called.most_common(1)[0][0]!r} has no IANA name that could be told" if called else ""


def _can_be(status: Status) -> bool:
    return not (status.closed or status.inactive)


def _used(name: str, rows: Iterable[tuple[Board, Status]], usage: Usage) -> str:
    found = [usage.of(board.name, status.name) for board, status in rows if status.name == name]
    into = _into(name, rows, usage)
    if not usage.read:
        return "by its name"
    if not into:
        return f"not used in the {usage.read} tickets looked at"
    over = sum(use.handed_over for use in found)
    return f"set {into} {'time' if into == 1 else 'times'} in {usage.read} tickets, {over} of them taken over by somebody else"


def _into(name: str, rows: Iterable[tuple[Board, Status]], usage: Usage) -> int:
    return sum(usage.of(board.name, status.name).into for board, status in rows if status.name == name)


def _statuses_of(board: Board, names: Sequence[str]) -> str:
    there = [status.name for status in board.statuses if status.name in names]
    return f"has {', '.join(there)}" if there else "has no escalation status"
