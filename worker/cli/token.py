"""The command for tokens of the HTTP API."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from worker.cli.installation import Subparsers, say, wired_for

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.account.accounts import Account


def add_to(account_deeds: Subparsers) -> None:
    """Add `account token`."""
    token = account_deeds.add_parser(
        "token",
        help="print a token for the API, or take back every token and claim link",
        description="Prints the token (a JWT) and nothing else. It is good for a year and for what its member may do then: "
        "every active member may look at handoffs, engineers, admins and the owner claim and see the figures.",
        epilog="example: resolutionflow account token northgate --member msvensson",
    )
    token.add_argument("name", metavar="NAME", help="the account")
    which = token.add_mutually_exclusive_group(required=True)
    which.add_argument("--member", metavar="ID", help="login name or member id of whom it is for")
    which.add_argument(
        "--revoke", action="store_true", help="make every token, sign-in and claim link of the account useless from now on"
    )
    token.set_defaults(run=_token)


def _token(options: argparse.Namespace) -> int:
    from models.account import accounts

    services, account = wired_for(options.name)
    if options.revoke:
        with services.database.account(account.id) as session:
            accounts.set_account(session, account.id, token_epoch=accounts.Account.token_epoch + 1)
        say(
            f"{account.name}: every API token, every browser signed in, and every claim link in mails sent so far has stopped "
            "working. Seniors still claim by making themselves the ticket's owner; scripts need new tokens: "
            f"resolutionflow account token {account.name} --member ID"
        )
        return 0
    with services.database.account(account.id, reading=True) as session:
        member_id = _member(session, account, options.member)
        epoch = account.token_epoch
    say(services.passes.api_token(account_id=account.id, member_id=member_id, epoch=epoch))
    return 0


def _member(session: Session, account: Account, given: str) -> int:
    """Return the id of a member who may use the API. Raises `CannotConnect` saying what to do."""
    from models.account import accounts
    from worker.account.onboarding import CannotConnect

    wanted = given.strip().lower()
    rows = accounts.roster_rows(session, account.id)
    found = next((row for row in rows if wanted in (str(row.id), row.identifier.lower())), None)
    if found is None:
        raise CannotConnect(
            f"{account.name} has no member {given!r}; known after `resolutionflow account connect {account.name}`"
        )
    if not found.active or found.is_api:
        what = "inactive" if not found.active else "an API member"
        raise CannotConnect(f"{found.name} is {what}: a token would open nothing. Name a person who logs in to the PSA")
    return found.id
