"""`account suspend`, `resume`, `disconnect`, `export`, `remove`: stop for a while, take everything along, or leave."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from worker.account.onboarding import bears_folder
from worker.cli.installation import say, wired_for

if TYPE_CHECKING:
    from models.account.accounts import Account
    from worker.account.leaving import Left


def add_to(one: Any) -> None:
    """Add the commands by which an account rests or goes."""
    for name, help_text, more, run in (
        ("suspend", "read no ticket, tell and write nothing for a while; callbacks stay registered and are ignored",
         "Nothing is deleted; `account resume` goes on.", _suspend),
        ("resume", "go on; what was escalated meanwhile is left alone",
         "Undoes `account suspend`, and connects again as `account connect` does.", _resume),
        ("disconnect", "leave the PSA as it was: delete our callbacks and pods there, and stop",
         "What is stored here stays, and so do our notes in tickets; `account connect` begins again.", _disconnect),
        ("export", "all of an account's data as files that anyone can read",
         "Changes nothing. Keys are left out.", _export),
        ("remove", "disconnect, and delete an account with everything stored about it",
         "It cannot be undone, so it asks first; take an `account export` before. Our notes in tickets stay.", _remove),
    ):  # fmt: skip
        deed = one.add_parser(
            name, help=help_text, description=f"{help_text[0].upper()}{help_text[1:]}. {more}",
            epilog=f"example: resolutionflow account {name} northgate",
        )  # fmt: skip
        deed.add_argument("name", metavar="NAME", help="the account")
        if name == "resume":
            deed.add_argument("--include-open", action="store_true", help="hand off what was escalated meanwhile")
        if name == "export":
            deed.add_argument("--out", type=Path, metavar="DIR", help="where to (default: var/export/NAME)")
        if name == "remove":
            deed.add_argument("--yes", action="store_true", help="do not ask")
        deed.set_defaults(run=run)


def _suspend(options: argparse.Namespace) -> int:
    from worker.account.leaving import suspend

    services, account = wired_for(options.name)
    done = suspend(services, account)
    what = "suspended: no ticket is read, nothing told or written" if done else "is suspended already"
    say(f"{account.name} {what}; next: resolutionflow account resume {account.name}")
    return 0


def _resume(options: argparse.Namespace) -> int:
    from worker.account.onboarding import CannotConnect, connect

    services, account = wired_for(options.name)
    if account.suspended_at is None:
        say(f"{account.name} is not suspended")
        return 0
    if account.connected_at is None:
        raise CannotConnect(f"{account.name} is disconnected: `account connect {account.name}` begins anew")
    done = connect(services, account, include_open=options.include_open)
    alone = f"; {len(done.already_escalated)} escalated meanwhile are left alone" if done.already_escalated else ""
    say(f"{account.name} goes on{alone}")
    return 0


def _disconnect(options: argparse.Namespace) -> int:
    from worker.account.leaving import disconnect

    services, account = wired_for(options.name)
    left = disconnect(services, account)
    _tell(account, left)
    say(f"  what is stored stays: `account export {account.name}`, `account remove {account.name}`")
    return 1 if left.remaining else 0


def _tell(account: Account, left: Left) -> None:
    say(f"{account.name} is disconnected: {left.callbacks} callbacks and {left.pods} pods of ours were deleted in ConnectWise")
    for line in left.remaining:
        say(f"  STILL THERE: {line}")


def _export(options: argparse.Namespace) -> int:
    from worker.account.export import export

    services, account = wired_for(options.name)
    folder = options.out or services.settings.var / "export" / account.name
    counts = export(services, account, folder)
    say(f"{sum(counts.values())} records of {len(counts)} kinds in {folder}; begin with {folder / 'README.md'}")
    return 0


def _remove(options: argparse.Namespace) -> int:
    from models.account import accounts
    from worker.account.export import counted
    from worker.account.leaving import disconnect

    services, account = wired_for(options.name)
    with services.database.account(account.id, reading=True) as session:
        counts = counted(session, account.id)
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    if not options.yes:
        answer = input(f"Delete {account.name}: {told}? `account export` saves it first. Type the name to go on: ")
        if answer.strip() != account.name:
            say("nothing was deleted")
            return 1
    left = disconnect(services, account)
    _tell(account, left)
    with services.database.account(account.id) as session:
        accounts.remove_account(session, account.id)
    _remove_files(services.settings.var, account)
    say(f"{account.name} is gone: {sum(counts.values())} records ({told})")
    return 1 if left.remaining else 0


def _remove_files(var: Path, account: Account) -> None:
    """Delete what commands left of an account: reports, replays that were cut off, exports at their usual place."""
    for folder in (var / "shadow" / account.name, var / "export" / account.name):
        if bears_folder(account.name):  # accounts of earlier versions may have any name
            shutil.rmtree(folder, ignore_errors=True)
    for kept in (var / "shadow").glob(f"{account.id}-*.jsonl"):
        kept.unlink(missing_ok=True)
