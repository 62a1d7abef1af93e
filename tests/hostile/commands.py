"""Every command that is about an account, read from the command line's own map, given what is another account's.

An operator of many MSPs types wrong, or pastes from the wrong window. A command that somebody adds is tried without being named
here; what an argument of a name that is new here is filled with has to be said in `VALUES`. Half of the attempts go in each
direction.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import io
import json
import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import select

from models.tables import Stopwatch
from tests.hostile.crossings import KEPT, Side, foreign, sides_of
from tests.hostile.knock import Knocker, changed, members_of, rows, settled
from tests.hostile.row import Row
from tests.storm.rig import Rig
from worker.__main__ import main, parser

Words = tuple[str, ...]

RESTS: dict[Words, Words] = {
    ("account", "suspend"): ("account", "resume"),
    ("account", "disconnect"): ("account", "connect"),
}
"""What an account rests by, and what it is brought back by."""
LAST = ("account", "remove")
LONG = (*RESTS, ("account", "connect"), ("account", "resume"), ("shadow",), LAST)
"""Left to the whole form: they take seconds, or the account is another one afterwards."""
ONCE = (*LONG, ("account", "check"))
"""Tried once in each direction."""
SHOWN: tuple[Words, ...] = (("runbook", "show"), ("vendor",), ("brief",))
"""Given one's own, these show one's own word: else nothing could be noticed."""
FLAGS = frozenset({"json", "explain", "clear_alerts", "yes", "skip_bad", "allow_private"})
"""Given now and then; always `yes`, since nobody is there to answer. Other flags name nothing of another's."""
BOOK = json.dumps({"title": "not yours", "when": "never", "steps": [{"text": "look"}]})


@dataclass(frozen=True, slots=True)
class Stray:
    """Fills the arguments of commands for `mine` with what is `theirs`."""

    rig: Rig
    mine: Side
    theirs: Side
    chance: random.Random
    home: Path

    def person(self) -> str:
        logins = members_of(self.rig, self.theirs.msp)
        login = self.chance.choice([*self.theirs.msp.engineers, self.theirs.msp.junior])
        return self.chance.choice([login, str(logins[login])])

    def ticket(self, words: Words) -> str:
        """Return a ticket of theirs; where it would be handed off, one that has not its number among one's own."""
        return str(self.chance.choice(foreign(self.mine, self.theirs) if words == ("brief",) else self.theirs.tickets))

    def company(self) -> str:
        return str(self.theirs.msp.simulator.credentials()["company"])

    def key(self, words: Words, name: str) -> str:
        """Return a key of theirs; none for `account set`, since an account with another one's keys is lost to itself."""
        return "" if words == ("account", "set") else str(self.theirs.msp.simulator.credentials()[name])

    def reading(self) -> str:
        with self.rig.stack.services.database.account(self.theirs.msp.account_id, reading=True) as session:
            owned = Stopwatch.account_id == self.theirs.msp.account_id
            return str(session.scalars(select(Stopwatch.id).where(owned)).first())

    def file(self, words: Words) -> str:
        """Return a file of what a command reads, which names people and tickets of theirs."""
        made = self.home / f"in-{self.chance.getrandbits(40)}"
        who, ticket = self.theirs.msp.junior, self.theirs.tickets[0]
        made.write_text({
            ("runbook", "save"): BOOK,
            ("baseline", "import"): f"ticket,technician,opened,acted\n{ticket},{who},2026-11-02T09:14,2026-11-02T09:31\n",
        }.get(words, f"not yours: {who}, {ticket}"), encoding="utf-8")  # fmt: skip
        return str(made)


VALUES: dict[str, Callable[[Stray, Words], str]] = {
    "name": lambda s, w: s.mine.msp.name,
    "account": lambda s, w: s.mine.msp.name,
    "ticket": Stray.ticket,
    "number": lambda s, w: str(s.theirs.books[0]),
    "readings": lambda s, w: s.reading(),
    "words": lambda s, w: "line of business app is slow",
    "file": Stray.file,
    "post": Stray.file,
    "folder": lambda s, w: str(s.home / f"out-{s.chance.getrandbits(40)}"),
    "out": lambda s, w: str(s.home / f"out-{s.chance.getrandbits(40)}"),
    "member": lambda s, w: s.person(),
    "technician": lambda s, w: s.theirs.msp.junior,
    "engineers": lambda s, w: s.person(),
    "admins": lambda s, w: s.person(),
    "owner": lambda s, w: s.person(),
    "dry_run": lambda s, w: s.person(),
    "live": lambda s, w: s.theirs.msp.board,
    "board": lambda s, w: s.theirs.msp.board,
    "escalate_status": lambda s, w: s.theirs.msp.escalated,
    "claim_status": lambda s, w: "Engineer Assigned",
    "canary_ticket": Stray.ticket,
    "company": lambda s, w: s.company(),
    "site": lambda s, w: s.rig.stack.simulator.url,
    "public_key": lambda s, w: s.key(w, "public_key"),
    "private_key": lambda s, w: s.key(w, "private_key"),
    "client_id": lambda s, w: s.key(w, "client_id"),
    "opened": lambda s, w: "2026-11-02T09:14",
    "acted": lambda s, w: "2026-11-02T09:31",
    "list": lambda s, w: s.chance.choice(["queue_wait", "brief_latency", "total", "stopwatch"]),
    "days": lambda s, w: "7",
}
"""By argument. Options that are not here name nothing that could be another's; arguments that must be given all are."""


def about_accounts() -> list[tuple[Words, argparse.ArgumentParser]]:
    """Return each command that takes an account's name, with its parser."""
    return [(words, leaf) for words, leaf in _leaves(parser()) if {"name", "account"} & {a.dest for a in leaf._actions}]


def _leaves(branch: argparse.ArgumentParser, words: Words = ()) -> Iterator[tuple[Words, argparse.ArgumentParser]]:
    deeper = next((a for a in branch._actions if isinstance(a, argparse._SubParsersAction)), None)
    if deeper is None:
        yield words, branch
        return
    for word, leaf in deeper.choices.items():
        yield from _leaves(leaf, (*words, word))


def typed(stray: Stray, words: Words, leaf: argparse.ArgumentParser) -> list[str]:
    """Return the words of one command; options that may name what is theirs are given half of the time."""
    groups = {action: group for group in leaf._mutually_exclusive_groups for action in group._group_actions}
    taken: set[Any] = set()
    given = list(words)
    for action in leaf._actions:
        group = groups.get(action)
        must = action.required or not action.option_strings
        wanted = must or stray.chance.random() < 0.5
        if action.dest == "help" or group in taken or (not wanted and not (group and group.required)):
            continue
        if action.nargs == 0:
            if action.dest not in FLAGS:
                continue
            given.append(action.option_strings[0])
        elif value := VALUES.get(action.dest, lambda *_: "")(stray, words):
            given += [*action.option_strings[:1], value]
        elif must:
            raise KeyError(f"say in VALUES what {action.dest!r} of `{' '.join(words)}` is filled with")
        else:
            continue
        taken |= {group} - {None}
    return given + ["--yes"] * ("--yes" in leaf._option_string_actions and "--yes" not in given)


def commanded(rig: Rig, seed: int, count: int = 400, *, whole: bool = True) -> list[Row]:
    """Run about `count` commands for either account that name what is the other's; a row for each command.

    Wrong is a traceback, a word of theirs in what is printed or written, a token that is not for one's own account, each of their
    rows that changed, and each note more in a ticket of theirs. Not `whole`: without what takes long or leaves the account
    another one; with it one account is removed at the end.
    """
    chance, knocker = random.Random(seed), Knocker(rig.stack.web_url)
    sides = sides_of(rig, knocker, seed)
    commands = [(words, leaf) for words, leaf in about_accounts() if words != LAST and (whole or words not in LONG)]
    tried, wrong = Counter[str](), dict[str, list[str]]()
    with _operator(rig) as home:
        for side in sides:
            _control(Stray(rig, side, side, chance, home), dict(about_accounts()))
        for mine, theirs in (sides, sides[::-1]):
            stray = Stray(rig, mine, theirs, chance, home)
            settled(rig)
            before = _belongings(rig, theirs)
            for turn in range(max(1, count // len(commands) // 2)):
                for words, leaf in commands if not turn else [one for one in commands if one[0] not in ONCE]:
                    _try(stray, words, leaf, tried, wrong)
            settled(rig)
            if whole and theirs is sides[0]:  # what is gone never settles
                _try(stray, LAST, dict(about_accounts())[LAST], tried, wrong)
            tried["rows and notes"] += 1
            wrong.setdefault("rows and notes", []).extend(map(str, changed(before, _belongings(rig, theirs))))
    return [
        Row(f"other account: {name}", count, len(wrong.get(name, ())), "; ".join(wrong.get(name, ())[:3]))
        for name, count in sorted(tried.items())
    ]


def _try(stray: Stray, words: Words, leaf: argparse.ArgumentParser, tried: Counter[str], wrong: dict[str, list[str]]) -> None:
    name, given = " ".join(words), typed(stray, words, leaf)
    there = set(stray.home.rglob("*"))
    said = _run(given)
    written = "".join(p.read_text("utf-8", "replace") for p in set(stray.home.rglob("*")) - there if p.is_file())
    tried[name] += 1
    for why in (
        "a traceback" if "Traceback" in said else "",
        "their word" if stray.theirs.word in said + written else "",
        "their token" if words == ("account", "token") and _account_of(said) not in (None, stray.mine.msp.account_id) else "",
    ):
        if why:
            wrong.setdefault(name, []).append(f"{why}: {' '.join(given)}: {said[-300:]}")
    if words in RESTS:
        _run([*RESTS[words], stray.mine.msp.name])


def _control(stray: Stray, leaves: dict[Words, argparse.ArgumentParser]) -> None:
    """Check that one's own is shown, so that another's would be noticed; leave a stopwatch reading. Raises `AssertionError`."""
    for words in SHOWN:
        said = _run(typed(stray, words, leaves[words]))
        assert stray.mine.word in said, f"`{' '.join(words)}` shows nothing of one's own: {said[:300]}"
    _run(typed(stray, ("baseline", "add"), leaves["baseline", "add"]))
    assert stray.reading() != "None", "no stopwatch reading could be stored"


def _account_of(said: str) -> Any:
    """Return the account that a printed token is for; None where none was printed."""
    _, _, rest = said.strip().partition(".")
    claims, dot, _ = rest.partition(".")
    with contextlib.suppress(ValueError):
        return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))).get("account") if dot else None
    return None


def _belongings(rig: Rig, side: Side) -> dict[tuple[Any, ...], dict[str, str]]:
    """Return an account's rows, and the notes of its tickets in its PSA."""
    notes = {("note", ticket): {"texts": repr(side.msp.simulator.notes(ticket))} for ticket in side.tickets}
    return rows(rig, side.msp, KEPT) | notes


@contextlib.contextmanager
def _operator(rig: Rig) -> Iterator[Path]:
    """Give a folder, with the environment of the product's own commands until the end."""
    settings, url = rig.stack.services.settings, rig.stack.services.database.url
    with tempfile.TemporaryDirectory(prefix="commands-") as place:
        environment = {
            **os.environ, "RESOLUTIONFLOW_VAR": place, "DATABASE_URL": url.render_as_string(hide_password=False),
            "SECRET_KEYS": ",".join(settings.secret_keys), "PUBLIC_URL": settings.public_url, "CANARY_URL": "off",
            "REDIS_URL": settings.redis_client_url, "LOG_LEVEL": "ERROR",
        }  # fmt: skip
        with mock.patch.dict("os.environ", environment, clear=True):
            yield Path(place)


def _run(given: list[str]) -> str:
    """Run a command as it is typed; return all that it prints, with the traceback of a defect."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main(given)
        except SystemExit:
            pass
        except Exception as defect:
            said.write(f"Traceback: {defect!r}")
    return said.getvalue()
