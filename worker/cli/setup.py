"""`resolutionflow setup`: from keys to a checked, stored account; nothing is written into the PSA before "connect".

Answers without secrets are kept under `var/setup/` as they are given, so a run that was cut off goes on from there.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from worker.cli.account import credentials_of
from worker.cli.account_options import KEYS, SITE_HELP, add_answers, add_dry_run
from worker.cli.help import Help
from worker.cli.installation import Subparsers, say, say_wrapped, wired

if TYPE_CHECKING:
    from models.account.accounts import Account
    from psa.outbound.allowed_hosts import Site
    from psa.port import Psa
    from worker.cli.asking import Asker
    from worker.cli.setup_questions import Questions, Shop
    from worker.wiring import Services

ABOUT = """\
Asks where you log in, the company, and an API member's keys; tries them at once; reads boards, statuses, people and how
statuses were used in the last 90 days; proposes an answer to every question. Nothing is written into ConnectWise before
you choose "connect", and nothing is stored before you have seen all of it.
"""
EXAMPLE = """\
without a terminal, every question answered by a flag or by what is proposed:
  export CONNECTWISE_PUBLIC_KEY=… CONNECTWISE_PRIVATE_KEY=… CONNECTWISE_CLIENT_ID=…
  resolutionflow setup --yes --site na.myconnectwise.net --company northgate --hourly-rate 95 --currency GBP
  resolutionflow shadow northgate           what it would have been worth, from your own past
  resolutionflow account connect northgate  from now on a status change is enough

Every answer can be changed later: resolutionflow account set NAME --help
"""

COLUMNS = {
    "board": "board_names", "escalate_status": "escalate_status_names", "claim_status": "claim_status_names",
    "engineers": "engineers", "admins": "admins", "owner": "owner", "dry_run": "dry_run_to",
}  # fmt: skip
"""Where the answers that name something in the PSA are kept."""

Command = Callable[[Sequence[str]], int]


def add_to(every: Subparsers, *, command: Command) -> None:
    """Add `setup`, which runs other commands by `command`."""
    setup = every.add_parser(
        "setup", help="connect your ConnectWise: asks, tries, proposes, and shows what it will do before it does it",
        description=ABOUT, epilog=EXAMPLE, formatter_class=Help,
    )  # fmt: skip
    setup.add_argument("--name", metavar="NAME", help="what you call this MSP (default: the company)")
    setup.add_argument("--site", help=SITE_HELP)
    setup.add_argument("--company", help="the company you type when you log in to ConnectWise")
    add_answers(setup)
    add_dry_run(setup)
    setup.add_argument("--yes", action="store_true", help="ask nothing: flags, else what is proposed; store it")
    setup.add_argument("--connect", action="store_true", help="with --yes: connect too")
    setup.set_defaults(run=partial(_setup, command))


def _setup(command: Command, options: argparse.Namespace) -> int:
    from worker.cli.asking import without_echo

    terminal = sys.stdin.isatty() and sys.stdout.isatty() and not options.yes
    given = {
        **dict.fromkeys(KEYS), **credentials_of(options),
        **{key: getattr(options, key) for key in (
            "site", "company", "name", "board", "escalate_status", "claim_status", "engineers", "admins", "owner", "timezone",
            "hours", "dry_run",
        )},
    }  # fmt: skip
    if options.hourly_rate is not None:
        given["hourly_rate"] = f"{options.hourly_rate:g} {options.currency or ''}".strip()
    if not terminal and not options.yes:
        needed = [f"--{key}" for key in ("site", "company") if not given[key]]
        needed += [f"--{key.replace('_', '-')} (or {variable})" for key, variable in KEYS.items() if not given[key]]
        print("resolutionflow: setup asks questions, and this is no terminal. Give --yes, and: "  # noqa: T201
              f"{', '.join(needed) or 'nothing else is needed; all else is proposed'}", file=sys.stderr)  # fmt: skip
        return 1
    with without_echo():
        return _ask(command, options, given, terminal=terminal)


def _ask(command: Command, options: argparse.Namespace, given: dict[str, Any], *, terminal: bool) -> int:
    from worker.cli.asking import Asker, StillNeeded

    services = wired(begin=True)
    asker = Asker(given, terminal=terminal, say=say)
    wizard = Wizard(services, asker, command, allow_private=options.allow_private, ca_bundle=options.ca_bundle)
    try:
        return wizard.run(connect=options.connect)
    except StillNeeded as error:
        print(f"resolutionflow: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        kept = f"; your answers, without keys, are in {wizard.kept.path}: `resolutionflow setup` goes on from there"
        say(f"\nStopped. Nothing was stored or written{kept if wizard.kept.path.exists() else ''}.")
        return 130
    finally:
        services.close()


class Kept:
    """The answers so far, without any secret, in a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "answers.json"

    def read(self) -> dict[str, Any]:
        """Return them; nothing if there are none that can be read."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write(self, answers: dict[str, Any]) -> None:
        """Keep them, readable by this user alone; no file where there are none."""
        if not answers:
            self.remove()
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(answers, file, ensure_ascii=False, indent=1)
        fresh.replace(self.path)

    def remove(self) -> None:
        """Forget them, once they are stored."""
        self.path.unlink(missing_ok=True)


class Wizard:
    """One run of the wizard."""

    def __init__(
        self, services: Services, asker: Asker, command: Command, *, allow_private: bool | None, ca_bundle: str | None
    ) -> None:
        from worker.cli.setup_opening import Opening
        from worker.cli.setup_questions import Questions, Shop

        self.services, self.ask, self.command = services, asker, command
        self.kept = Kept(services.settings.var / "setup")
        self.answers: dict[str, Any] = {}
        self.opening = Opening(
            services, asker, self.answers, self._answer, self._keep, allow_private=allow_private, ca_bundle=ca_bundle or None
        )
        self.shop: Shop = Shop()
        self.questions: Questions = Questions(asker, self.answers, self.shop)

    def run(self, *, connect: bool) -> int:
        """Ask, show, store; then what the person wants. Returns the exit code."""
        self._resume()
        psa = self.opening.open()
        self._name()
        self._look(psa)
        for key in ("board", "escalate_status", "claim_status", "engineers", "admins", "owner", "timezone", "hours",
                    "hourly_rate", "dry_run"):  # fmt: skip
            self._answer(key)
        self.ask.stop_if_missing()
        self._try_names()
        if not self._agreed():
            return 1
        account = self._store()
        self.kept.remove()
        return self._and_then(account, connect=connect)

    def _resume(self) -> None:
        before = self.kept.read()
        if not before or not self.ask.terminal:
            return
        shown = ", ".join(str(before[key]) for key in ("site", "company") if key in before)
        go_on = self.ask.one("", f"There are answers from last time ({shown}).", [
            ("on", "go on from there"), ("new", "begin anew"),
        ], default="on")  # fmt: skip
        if go_on == "on":
            self.answers.update(before)
            self.opening.private = before.get("allow_private", self.opening.private)

    def _answer(self, key: str, *, again: bool = False) -> None:
        if key in self.answers and not again and not self.ask.has(key):
            return
        value = self.questions.of(key)()
        if key in self.answers or value or not self.ask.missing:
            self.answers[key] = value
            self._keep()

    def _keep(self) -> None:
        """Keep the answers, but for those that were tried and opened nothing."""
        sound = {key: value for key, value in self.answers.items() if key not in self.opening.doubted}
        if "site" in sound:
            sound["allow_private"] = self.opening.private
        self.kept.write(sound)

    def _name(self) -> None:
        """Ask what the account is called, until it can be. Raises `CannotConnect` without a terminal."""
        from worker.account.onboarding import CannotConnect, account_of

        known = account_of(self.services, site=self._site(), company=self.answers["company"])
        if known and self.ask.terminal and "name" not in self.answers and not self.ask.has("name"):
            say(f"  account {known.name} is this company already: what you answer changes it")
            self.answers["name"] = known.name
        self._answer("name")
        self.ask.stop_if_missing()
        while True:
            try:
                return self._refuse_name()
            except CannotConnect as error:
                if not self.ask.terminal:
                    raise CannotConnect(f"{error}{f', or here with --name {known.name}' if known else ''}") from error
                say_wrapped(f"  {error}")
            self.ask.forget("name")
            self._answer("name", again=True)

    def _refuse_name(self) -> None:
        from worker.account.onboarding import refuse_name, refuse_other, refuse_twice

        which: dict[str, Any] = {"site": self._site(), "company": self.answers["company"], "name": self.answers["name"]}
        refuse_name(which["name"])
        refuse_twice(self.services, **which)
        refuse_other(self.services, **which)

    def _site(self) -> Site:
        from psa.outbound.allowed_hosts import Site

        return Site.parse(self.answers["site"], allow_private=bool(self.opening.private))

    def _look(self, psa: Psa) -> None:
        """Read what there is, and how it was used."""
        from worker.history.reading import Progress
        from worker.history.usage import read_usage

        say("Reading boards, statuses, people and teams …")
        self.shop.boards, self.shop.members = [b for b in psa.boards() if not b.inactive], psa.members()
        self.shop.teams = psa.teams(board.id for board in self.shop.boards)
        people = sum(m.active and not m.is_api for m in self.shop.members)
        statuses = sum(len(board.statuses) for board in self.shop.boards)
        say(f"  {len(self.shop.boards)} boards with {statuses} statuses, {people} people")
        self.shop.usage = read_usage(
            psa, self.shop.boards, self.shop.members, now=self.services.clock(), progress=Progress(out=sys.stdout)
        )
        if self.shop.usage.why_not:
            say(f"  how statuses were used is not known ({self.shop.usage.why_not}); they are proposed by their names")

    def _agreed(self) -> bool:
        """Show all answers and what will be done; let any be changed. True to go on."""
        from worker.cli.setup_questions import TITLES

        while True:
            for line in self.summary():
                say_wrapped(line)
            if not self.ask.terminal:
                return True
            then = self.ask.one("", "Is that right?", [
                ("store", "yes, store it"), ("change", "change an answer"), ("no", "stop, store nothing"),
            ], default="store")  # fmt: skip
            if then == "store":
                return True
            if then == "no":
                say("Nothing was stored or written.")
                return False
            titles = [(key, title) for key, title in TITLES.items() if key not in ("site", "company")]
            key = self.ask.one("", "Which one?", titles)
            self.ask.forget(key)
            self._answer(key, again=True)
            if key == "name":
                self._name()

    def summary(self) -> list[str]:
        """Return the answers and what follows from them, line by line."""
        from worker.account.reach import wrong_address, wrong_mail
        from worker.cli.setup_questions import TITLES

        def shown(key: str) -> str:
            value = self.answers.get(key)
            if key in ("engineers", "admins"):
                value = [self.shop.name_of(login) for login in value or ()]
            if key in ("owner", "dry_run") and value:
                value = self.shop.name_of(value)
            if key == "dry_run":
                return f"briefs go to {value} alone, nothing is posted" if value else "none: briefs are posted"
            return ", ".join(value) if isinstance(value, list) else str(value or "-")

        width = max(len(title) for title in TITLES.values())
        lines = ["", *(f"  {title:<{width}}  {shown(key)}" for key, title in TITLES.items())]
        boards = ", ".join(self.answers.get("board") or [])
        where, private = self.answers["site"], bool(self.opening.private)
        lacking = [
            line for look in (wrong_address, wrong_mail) for line in look(self.services.settings, where, allow_private=private)
        ]
        if lacking:
            lines += ["", "  Still to be set, before \"connect\", in the environment of this command and of the service:"]
            lines += [f"  - {line}" for line in lacking]
        return [
            *lines, "",
            "  Stored here, keys encrypted. In ConnectWise nothing is changed by that. \"Connect\", later, registers callbacks",
            f"  for tickets of {boards} and for time and schedule entries, a pod on the ticket and a tab with the queue.",
            "  From then on it writes internal notes and, after a claim by link, the owner; a status or a resolution note only",
            "  when a member presses for it. The whole list: docs/connectwise.md, \"What is written\".",
            "",
        ]  # fmt: skip

    def _try_names(self) -> None:
        """Ask anew for boards, statuses and people that the PSA does not have; without a terminal raise `CannotConnect`."""
        from worker.account.names import refuse, wrong_names

        while True:
            given = {column: self.answers.get(key) for key, column in COLUMNS.items()} | {"name": self.answers["name"]}
            wrong = wrong_names(given, boards=self.shop.boards, members=self.shop.members)
            if not wrong or not self.ask.terminal:
                refuse(wrong)
                return
            for line in wrong:
                say_wrapped(f"  {line}")
            for key in [key for key in COLUMNS if self.ask.has(key)] or list(COLUMNS):
                self.ask.forget(key)
                self._answer(key, again=True)

    def _store(self) -> Account:
        """Store the account, or bring one of that name up to date. Raises `CannotConnect`."""
        from models.account import accounts, calendars
        from worker.account.calendar_file import read_words
        from worker.account.onboarding import account_named
        from worker.cli.setup_questions import rate

        services, given = self.services, self.answers
        self._refuse_name()
        columns: dict[str, Any] = {
            **{column: given.get(key) or None for key, column in COLUMNS.items()}, "claim_status_names": given["claim_status"],
            "admins": given["admins"], "time_zone": given["timezone"], "allow_private": bool(self.opening.private),
            "ca_bundle": self.opening.ca_bundle, "live_boards": [], "hourly_rate": None,
        }  # fmt: skip
        if worth := rate(given.get("hourly_rate") or ""):
            columns["hourly_rate"] = worth[0]
            columns |= {"currency": worth[1]} if worth[1] else {}
        now = services.clock()
        with services.database.system() as system:
            known = accounts.account_by_name(system, given["name"])
            account_id = known.id if known else accounts.add_account(
                system, services.cipher, name=given["name"], site=given["site"], company=given["company"], now=now,
                **self.opening.secrets, **columns,
            )  # fmt: skip
        with services.database.account(account_id) as session:
            if known:
                accounts.set_account(session, account_id, site=given["site"], company=given["company"], **columns)
                accounts.set_credentials(session, account_id, services.cipher, **self.opening.secrets)
            hours = read_words(given["hours"], time_zone=given["timezone"])
            calendars.change(session, account_id, hours, time_zone=given["timezone"], now=now)
        say(f"Stored as account {given['name']}.")
        return account_named(services, given["name"])

    def _and_then(self, account: Account, *, connect: bool) -> int:
        name = account.name
        if not self.ask.terminal:
            if connect:
                return self._run("account", "connect", name)
            say(f"next: resolutionflow shadow {name}, resolutionflow account connect {name}, resolutionflow run")
            return 0
        todo: dict[str, tuple[str, Callable[[], int]]] = {
            "check": ("check every right and setting", lambda: self._run("account", "check", name)),
            "shadow": ("look at your own last 90 days: a report, reads only", lambda: self._run("shadow", name)),
            "connect": ("connect: register the callbacks in ConnectWise", lambda: self._run("account", "connect", name)),
        }
        while todo:
            choices = [(key, words) for key, (words, _) in todo.items()]
            then = self.ask.one("", "And now?", [*choices, ("stop", "stop here")], default=choices[0][0])
            if then == "stop":
                break
            if todo[then][1]() == 0 or then == "check":
                del todo[then]
        say(f"`resolutionflow run` starts it; `resolutionflow account set {name} --help` changes any answer.")
        return 0

    def _run(self, *words: str) -> int:
        """Run another command as a person would type it."""
        say(f"\n$ resolutionflow {' '.join(words)}")
        return self.command(words)
