"""The commands about accounts: one MSP each, with its ConnectWise connection."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from worker.cli import checking, leaving
from worker.cli import token as commands_token
from worker.cli.account_options import KEYS, SITE_HELP, add_dry_run, add_options, as_made, columns_of
from worker.cli.help import Help
from worker.cli.installation import Subparsers, say, wired, wired_for

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from escalation.figures.hours import Calendar
    from models.account.accounts import Account
    from worker.wiring import Services

EXAMPLE = """\
example:
  export CONNECTWISE_PUBLIC_KEY=… CONNECTWISE_PRIVATE_KEY=… CONNECTWISE_CLIENT_ID=…
  resolutionflow account add northgate --site na.myconnectwise.net --company northgate \\
      --board "Help Desk" --escalate-status Escalated --claim-status "Assigned to Engineer" \\
      --engineers msvensson,tobrien --admins phall --owner phall --timezone Europe/London
  resolutionflow account check northgate
  resolutionflow account connect northgate

The keys belong to an API member (System > Members > API Members) whose security role may read tickets, time,
companies, configurations, members and boards, and may add and edit ticket notes; `account check` names what is missing.
"""
ORDER = """\
in this order:
  resolutionflow account add northgate …         (or `resolutionflow setup`, which asks)
  resolutionflow account check northgate
  resolutionflow account connect northgate
"""
CHANGES = """\
examples:
  resolutionflow account set northgate --hourly-rate 95 --currency GBP
  resolutionflow account set northgate --claim-expiry 90 --hours "Mon-Fri 08:00-17:30"
  resolutionflow account set northgate --dry-run msvensson       then, board by board: --live "Help Desk"
"""
WHERE = ("site", "company", "allow_private", "ca_bundle", "codebase")
"""Columns that say where an account's PSA is."""


def add_to(every: Subparsers) -> None:
    """Add `account …`."""
    plain = Help
    account = every.add_parser(
        "account", help="add, check, connect, list, set or remove an MSP", epilog=ORDER, formatter_class=plain,
        description="An account is one MSP with its ConnectWise connection; everything belongs to exactly one.",
    )  # fmt: skip
    one = account.add_subparsers(dest="deed", metavar="DEED", required=True)

    add = one.add_parser(
        "add", help="store an account", epilog=EXAMPLE, formatter_class=plain,
        description="Stores an account and its keys, encrypted; tries the names of boards, statuses and people. Nothing is\n"
        "written into ConnectWise before `account connect`. `resolutionflow setup` does the same by asking.",
    )  # fmt: skip
    add.add_argument("name", metavar="NAME", help="what you call this MSP")
    add.add_argument("--site", required=True, help=SITE_HELP)
    add.add_argument("--company", required=True, help="the company you type when you log in to ConnectWise")
    add_options(add)
    add.set_defaults(run=_add)

    change = one.add_parser(
        "set", help="change an account; run `account connect` afterwards", epilog=CHANGES, formatter_class=plain,
        description="Changes what is given and leaves the rest; what was handed off before keeps its rules and working hours.",
    )  # fmt: skip
    change.add_argument("name", metavar="NAME", help="the account")
    change.add_argument("--site", help=SITE_HELP)
    change.add_argument("--company", help="the company you type when you log in to ConnectWise")
    add_dry_run(change)
    change.add_argument(
        "--live", action="append", metavar="BOARD", help="post the briefs of a board, in spite of the dry run; `all` ends it"
    )
    change.add_argument("--unfreeze", action="store_true", help="write to its PSA again after a note was visible")
    change.add_argument(
        "--new-keys", action="store_true", help="take other keys: CONNECTWISE_… of the environment, else asked for and not shown"
    )
    change.add_argument("--forget-callback-key", action="store_true", help="accept a new signing key, once")
    change.add_argument(
        "--calendar", type=Path, metavar="FILE", help="working hours as JSON; what was handed off before keeps its own"
    )
    add_options(change)
    change.set_defaults(run=_set)

    connecting = one.add_parser(
        "connect", help="register callbacks, import members; repeatable", formatter_class=plain,
        description="From now on a status change is enough. Registers our callbacks, pod and queue in ConnectWise and imports\n"
        "its members; done again it brings all of it up to date. It touches no ticket unless told to.",
        epilog="example:\n  resolutionflow account connect northgate",
    )  # fmt: skip
    connecting.add_argument("name", metavar="NAME", help="the account")
    connecting.add_argument("--include-open", action="store_true", help="hand off tickets that are escalated already, too")
    connecting.set_defaults(run=_connect)
    checking.add_to(one)
    leaving.add_to(one)
    listed = one.add_parser(
        "list", help="all accounts",
        description="Prints a line for each account: number, name, site, company, and if it is connected or rests.",
        epilog="example: resolutionflow account list",
    )  # fmt: skip
    listed.set_defaults(run=_list)
    commands_token.add_to(one)
    rotate = one.add_parser(
        "rotate", epilog="example: resolutionflow account rotate",
        help="seal every account's secrets with the first of SECRET_KEYS",
        description="Put a new key first in SECRET_KEYS, restart, run this, then take the old key away.",
    )
    rotate.set_defaults(run=_rotate)


def credentials_of(options: argparse.Namespace) -> dict[str, str]:
    """Return the keys that were given, as options, in the environment or in files it names. Raises `SettingsError`."""
    from worker.settings import SettingsError, with_files

    wrong: list[str] = []
    env = with_files(os.environ, KEYS.values(), wrong)
    if wrong:
        raise SettingsError("\n".join(wrong))
    given = {key: as_made(getattr(options, key) or env.get(variable) or "") for key, variable in KEYS.items()}
    return {key: value for key, value in given.items() if value}


def _new_keys(options: argparse.Namespace) -> dict[str, str]:
    """Return new keys: as given or in the environment, else asked for, not shown. Raises `CannotConnect` without a terminal."""
    from getpass import getpass

    from worker.account.onboarding import CannotConnect

    keys = credentials_of(options)
    lacking = [key for key in ("public_key", "private_key") if key not in keys]
    if not lacking:
        return keys  # another pair is of the same client id, unless one was given
    if not sys.stdin.isatty():
        raise CannotConnect(f"still needed in the environment: {', '.join(KEYS[key] for key in lacking)}")
    asked = lacking + ["client_id"] * ("client_id" not in keys)
    given = {key: as_made(getpass(f"{KEYS[key]} (not shown; enter: as before): ")) for key in asked}
    return {**keys, **{key: value for key, value in given.items() if value}}


def _add(options: argparse.Namespace) -> int:
    from sqlalchemy.exc import IntegrityError

    from models.account import accounts, calendars
    from psa.outbound.allowed_hosts import Site
    from psa.port import Keys
    from worker.account import calendar_file
    from worker.account.names import try_names
    from worker.account.onboarding import CannotConnect, refuse_name, refuse_twice

    services = wired(begin=True)
    site = Site.parse(options.site, allow_private=bool(options.allow_private))
    refuse_name(options.name)
    refuse_twice(services, site=site, company=options.company, name=options.name)
    keys = credentials_of(options)
    missing = [f"--{key.replace('_', '-')} (or {variable})" for key, variable in KEYS.items() if key not in keys]
    if missing:
        raise CannotConnect(f"still needed: {', '.join(missing)}")
    columns = columns_of(options)
    if not columns.get("escalate_status_names"):
        raise CannotConnect("still needed: --escalate-status NAME, the status a junior sets when stuck")
    not_tried = try_names(services, Keys(
        site=options.site, company=options.company, allow_private=bool(options.allow_private),
        ca_bundle=columns.get("ca_bundle"), escalation_statuses=frozenset(), former_logins=frozenset(), **keys,
    ), {**columns, "name": options.name})  # fmt: skip
    try:
        with services.database.system() as system:
            account_id = accounts.add_account(
                system, services.cipher, name=options.name, site=options.site, company=options.company,
                now=services.clock(), **keys, **columns,
            )  # fmt: skip
        if options.hours:
            zone = columns.get("time_zone", "UTC")
            with services.database.account(account_id) as session:
                calendar = calendar_file.read_words(options.hours, time_zone=zone)
                calendars.change(session, account_id, calendar, time_zone=zone, now=services.clock())
    except IntegrityError:
        raise CannotConnect(f"an account called {options.name!r} exists; change it with `account set`") from None
    _say_not_tried(not_tried)
    say(
        f"stored {options.name} as account {account_id}; next: resolutionflow account check {options.name}, which also names "
        "the statuses of other boards that may mean claimed there"
    )
    return 0


_NAMES = "the names of boards, statuses and people"


def _say_not_tried(why: str, what: str = _NAMES) -> None:
    if why:
        say(f"{what} were not tried, since ConnectWise could not be asked: {why}")


def _set(options: argparse.Namespace) -> int:
    from models.account import accounts
    from psa.outbound.allowed_hosts import Site
    from worker.account.calendar_file import in_words
    from worker.account.onboarding import CannotConnect, refuse_twice, unfreeze

    services, account = wired_for(options.name)
    if options.unfreeze and account.suspended_at is not None:
        raise CannotConnect(f"{account.name} is suspended: `account resume {account.name}` first, then this")
    columns = columns_of(options)
    calendar = _calendar(options, columns.get("time_zone", account.time_zone)) if options.calendar or options.hours else None
    columns |= {k: v for k, v in (("site", options.site), ("company", options.company)) if v}
    if columns.keys() & {"site", "company", "allow_private"}:
        private = bool(columns.get("allow_private", account.allow_private))
        site = Site.parse(columns.get("site", account.site), allow_private=private)
        refuse_twice(services, site=site, company=columns.get("company", account.company), name=account.name)
        columns |= {"codebase": None} if columns.keys() & {"site", "company"} else {}
    columns |= _dry_run(services, account, options)
    if "settings" in columns:
        columns["settings"] = {**account.settings, **columns["settings"]}
    if columns.get("canary_ticket") == 0:
        columns["canary_ticket"] = None
    if columns.get("model_cap") == 0:
        columns["model_cap"] = None
    if options.forget_callback_key:
        columns["callback_key_id"] = None
    stated = {key: as_made(getattr(options, key)) for key in KEYS if getattr(options, key)}
    given = _new_keys(options) if options.new_keys else stated
    not_tried = _try(services, account, columns, given)
    with services.database.account(account.id) as session:
        if columns:
            accounts.set_account(session, account.id, **columns)
        hours = _hours(session, account, columns.get("time_zone", account.time_zone), calendar, services.clock())
        if given:
            accounts.set_credentials(session, account.id, services.cipher, **given)
        if options.unfreeze:
            unfreeze(session, account.id, now=services.clock())
    names = ("connectors", "tell_junior", "post_resolution")
    inside = [name for name in names if name in columns_of(options).get("settings", {})]
    named = [*inside, *(column for column in columns if column != "settings")]
    changed = sorted([*named, *given] + (["frozen"] if options.unfreeze else []) + (["calendar"] if hours else []))
    _say_not_tried(not_tried, "the keys" if given else _NAMES)
    if hours:
        say(f"{account.name}: working hours, version {hours.version} from now on: {in_words(hours)}")
    elif calendar:
        say(f"{account.name}: its working hours are these already")
    at_once = {
        "ask_junior", "dry_run_to", "live_boards",
        "canary_posts", "canary_ticket", "calendar", "claim_expiry_minutes", "connectors", "currency",
        "hourly_rate", "model_cap", "post_resolution", "reader", "tell_junior",
    }  # fmt: skip
    follows = "" if at_once.issuperset(changed) else f"; next: resolutionflow account connect {account.name}"
    say(f"{account.name}: changed {', '.join(changed)}{follows}"
        if changed else f"{account.name}: nothing to change; see --help")  # fmt: skip
    return 0


def _try(services: Services, account: Account, columns: dict[str, Any], keys: dict[str, str]) -> str:
    """Try new keys and changed names on the account's PSA as it will be; return why they could not be. Raises `CannotConnect`."""
    from dataclasses import replace

    from models.account import accounts
    from worker.account.keys import Refusal, try_keys
    from worker.account.names import PEOPLE, PLACES, try_names
    from worker.account.onboarding import CannotConnect
    from worker.account_values import keys_of

    if not keys and not any(columns.get(name) for name in (*PLACES, *PEOPLE)):
        return ""
    with services.database.account(account.id, reading=True) as session:
        stored = accounts.statuses(session, account.id)
    changed: dict[str, Any] = {name: columns[name] for name in WHERE if name in columns}
    now = replace(keys_of(account, services.cipher, **keys), **changed)
    try:
        if keys:
            try_keys(services, now)
    except Refusal as error:
        if error.answered:
            raise CannotConnect(f"nothing was stored: {error}") from error
        return str(error)
    return try_names(services, now, columns, before=account, stored=stored)


def _dry_run(services: Services, account: Account, options: argparse.Namespace) -> dict[str, Any]:
    """Return what `--dry-run` and `--live` change. Raises `CannotConnect` for who or what is none of the account's."""
    from models.account import accounts, dry_runs
    from worker.account.onboarding import CannotConnect
    from worker.account.statuses import nearest

    changed: dict[str, Any] = {}
    with services.database.account(account.id, reading=True) as session:
        boards = sorted({row.board for row in accounts.statuses(session, account.id) if row.kind == "escalate"})
        people = [member.identifier for member in accounts.recipients(session, account.id)]
    if options.dry_run:
        login = next((name for name in people if name.lower() == options.dry_run.lower()), None)
        if account.connected_at is not None and login is None:
            why = f"{options.dry_run!r} is no engineer, admin or owner of {account.name}"
            raise CannotConnect(f"{why}. {nearest(options.dry_run, people)}")
        changed = {"dry_run_to": login or options.dry_run, "live_boards": []}
    for board in options.live or ():
        if board.lower() == dry_runs.ALL:
            return {"dry_run_to": None, "live_boards": []}
        there = next((name for name in boards or account.board_names if name.lower() == board.lower()), None)
        if there is None:
            raise CannotConnect(f"{board!r} is no board on which {account.name} escalates. {nearest(board, boards)}")
        changed["live_boards"] = dry_runs.switched_on(changed.get("live_boards", account.live_boards), there)
    return changed


def _calendar(options: argparse.Namespace, time_zone: str) -> Calendar:
    from worker.account import calendar_file
    from worker.account.onboarding import CannotConnect

    if options.calendar and options.hours:
        raise CannotConnect("--calendar and --hours both give working hours: give one of them")
    try:
        if options.hours:
            return calendar_file.read_words(options.hours, time_zone=time_zone)
        return calendar_file.read(options.calendar, time_zone=time_zone)
    except calendar_file.UnreadableCalendar as error:
        raise CannotConnect(str(error)) from error


def _hours(
    session: Session, account: Account, time_zone: str, calendar: Calendar | None, now: datetime
) -> Calendar | None:
    """Store other working hours, or let plain office hours follow the time zone; return what changed."""
    from models.account import calendars

    if calendar is not None:
        return calendars.change(session, account.id, calendar, time_zone=account.time_zone, now=now)
    if time_zone == account.time_zone:
        return None
    return calendars.follow_time_zone(session, account.id, before=account.time_zone, after=time_zone, now=now)


def _connect(options: argparse.Namespace) -> int:
    from worker.account.onboarding import CannotConnect, connect

    services, account = wired_for(options.name)
    done = connect(services, account, include_open=options.include_open)
    say(f"{account.name} is connected.")
    say(f"  escalation:  {_listed(done.escalate)}")
    say(f"  claim:       {_listed(done.claim)}")
    say(f"  members:     {done.members}; told of every escalation: {_listed(done.recipients)}")
    for line in done.cleaned:
        say(f"    address:   {line}")
    say(f"  callbacks:   {_listed(done.callbacks)}")
    say(f"  pages:       {_listed(done.pages)}")
    say(f"  we write as: {done.api_member or 'unknown: the API member could not be told from the callbacks'}")
    if done.unnamed:
        say(f"  other boards: {done.unnamed}")
    if done.already_escalated:
        tickets = ", ".join(str(t) for t in done.already_escalated[:20])
        say(f"  left alone:  {len(done.already_escalated)} escalated already ({tickets}); --include-open hands them off")
    for old, new in done.renamed.items():
        say(f"  renamed:     {old!r} is called {new!r} now and is followed")
    if not done.recipients:
        raise CannotConnect(
            f"nobody would be told of an escalation: name engineers, `account set {account.name} --engineers IDS`, "
            "and connect again"
        )
    return 0


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "none"


def _list(_: argparse.Namespace) -> int:
    from models.account import accounts

    services = wired()
    with services.database.system(reading=True) as system:
        rows = accounts.list_accounts(system)
    if not rows:
        say("no accounts yet; the first one: resolutionflow account add --help")
    for row in rows:
        state = "connected" if row.connected_at else "not connected"
        if row.dry_run_to:
            live = ", ".join(row.live_boards)
            state += f", dry run to {row.dry_run_to}" + (f" but for {live}" if live else "")
        if row.suspended_at:
            state = f"SUSPENDED since {row.suspended_at:%Y-%m-%d %H:%M} UTC"
        elif row.frozen_reason:
            state = f"FROZEN: {row.frozen_reason}"
        say(f"{row.id:>5}  {row.name:<24} {row.site:<28} {row.company:<20} {state}")
    return 0


def _rotate(_: argparse.Namespace) -> int:
    from models.account import accounts

    services = wired()
    with services.database.system(reading=True) as system:
        rows = accounts.list_accounts(system)
    changed = 0
    for row in rows:
        with services.database.account(row.id) as session:
            changed += accounts.rotate(session, row.id, services.cipher)
    say(f"{changed} of {len(rows)} accounts sealed anew; former keys may go from SECRET_KEYS now")
    return 0
