"""The options that `account add` and `account set` share, each checked as it is read."""

from __future__ import annotations

import argparse
import math
import re
import zoneinfo
from functools import partial
from pathlib import Path
from typing import Any

from worker.cli.installation import ticket_number

KEYS = {
    "public_key": "CONNECTWISE_PUBLIC_KEY",
    "private_key": "CONNECTWISE_PRIVATE_KEY",
    "client_id": "CONNECTWISE_CLIENT_ID",
}
"""Secrets on a command line show in the process list, so each can come from the environment too."""

def as_made(key: str) -> str:
    """Return a key without what copying leaves around and within it: quotation marks, breaks, signs that nobody sees.

    A key is visible ASCII alone; with anything else it is refused, and looks right to whoever compares it.
    """
    return re.sub(r"[^\x21-\x7e]+", "", key).strip("\"'`")


SITE_HELP = "where you log in, e.g. na.myconnectwise.net; with --allow-private also http://HOST:PORT where there is no TLS"


def add_answers(parser: argparse.ArgumentParser) -> None:
    """Add what `setup` asks for, too."""
    for key, variable in KEYS.items():
        parser.add_argument(f"--{key.replace('_', '-')}", help=f"of the API member; better {variable} in the environment, "
                            "which `account set` reads with --new-keys")
    parser.add_argument("--board", action="append", metavar="NAME", help="a board to read tickets of; repeatable (default: all)")
    parser.add_argument(
        "--escalate-status", action="append", metavar="NAME", help="the status a junior sets when stuck; repeatable"
    )
    parser.add_argument(
        "--claim-status", action="append", metavar="NAME",
        help="what says that a ticket is claimed, whoever sets it; repeatable, and looked for on all boards",
    )  # fmt: skip
    parser.add_argument("--engineers", type=_names, metavar="IDS", help="seniors, told of escalations: logins or ids, a,b,c")
    parser.add_argument("--admins", type=_names, metavar="IDS", help="told of escalations, too: logins or ids, a,b,c")
    parser.add_argument("--owner", metavar="ID", help="who gets the weekly e-mail: a login or id")
    parser.add_argument("--timezone", type=_time_zone, help="of working hours and reports, e.g. Europe/London (default: UTC)")
    parser.add_argument(
        "--hours", type=_hours, metavar="TEXT", help='working hours, e.g. "Mon-Fri 08:00-17:00, Sat 09:00-12:00"; holidays and '
        "more: `account set --calendar FILE`",
    )  # fmt: skip
    parser.add_argument("--hourly-rate", type=_rate, help="what a senior's hour is worth, e.g. 85 (default: not stated)")
    parser.add_argument("--currency", type=_currency, help="of --hourly-rate, three letters, e.g. GBP")
    parser.add_argument(
        "--ca-bundle", type=_certificates, metavar="FILE", help="certificates, PEM or DER, to trust for this account's site "
        "beside the public ones (on-premises with a certificate of your own); `none`: no longer",
    )  # fmt: skip
    parser.add_argument(
        "--allow-private", action=argparse.BooleanOptionalAction, default=None,
        help="allow http, ports and private addresses for this account (on-premises, simulator)",
    )  # fmt: skip


def add_dry_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dry-run", metavar="LOGIN", help="build briefs and mail them to this engineer, admin or owner alone; post nothing, "
        "until boards are switched on by `account set NAME --live BOARD`",
    )  # fmt: skip


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add everything that `account add` and `account set` take."""
    add_answers(parser)
    parser.add_argument(
        "--connector", action="append", metavar="LOGIN",
        help="a login under which a program enters what customers write, such as a mail connector: its notes count as "
        "theirs. Repeatable, replaces those named before; an empty name takes all back",
    )  # fmt: skip
    parser.add_argument(
        "--claim-expiry", type=_minutes, metavar="MIN", help="working minutes until an idle claim ends, 5 to 2400 (default: 60)"
    )
    parser.add_argument(
        "--ask-junior", action=argparse.BooleanOptionalAction, default=None,
        help="ask whoever escalated, in a note of its own, for the most valuable fact that is not recorded",
    )  # fmt: skip
    parser.add_argument(
        "--tell-junior", action=argparse.BooleanOptionalAction, default=None,
        help="mail whoever escalated, once, what moved it as the ticket closes (default: they are told)",
    )  # fmt: skip
    parser.add_argument(
        "--post-resolution", action=argparse.BooleanOptionalAction, default=None,
        help="post the drafted resolution note as an internal note when a ticket closes (default: a person posts it)",
    )  # fmt: skip
    parser.add_argument(
        "--canary-ticket", type=ticket_number, metavar="N",
        help="a ticket kept for trials, which a canary reads; 0: none any more",
    )  # fmt: skip
    parser.add_argument(
        "--canary-posts", action=argparse.BooleanOptionalAction, default=None,
        help="also write an internal note into the canary's ticket and remove it again",
    )  # fmt: skip
    parser.add_argument(
        "--reader", choices=("local", "model"),
        help="who reads and assesses the tickets: this machine alone, or after it a large model, which AI_PROVIDER names; what "
        "it is sent: docs/privacy.md",
    )  # fmt: skip
    parser.add_argument(
        "--model-cap", type=_cap, metavar="AMOUNT",
        help="the most a month's calls of the model may cost, in AI_PRICE's currency, or in tokens without it; 0: no cap",
    )  # fmt: skip


def _certificates(text: str) -> str:
    """Return the certificates of a file, checked; an empty text for `none`."""
    from psa.outbound.certificates import certificates, trusting

    if text == "none":
        return ""
    try:
        bundle = certificates(Path(text).read_bytes())
        trusting(bundle)
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text}: {getattr(error, 'strerror', None) or error}") from error
    return bundle


def _hours(text: str) -> str:
    from escalation.figures.hours import BadCalendar
    from worker.account.calendar_file import read_words

    try:
        read_words(text, time_zone="UTC")
    except BadCalendar as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _amount(text: str, *, below: float, otherwise: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < below:
        raise argparse.ArgumentTypeError(f"{text!r} is {otherwise}")
    return value


_rate = partial(_amount, below=100_000, otherwise="no hourly rate; write e.g. 85 or 92.50")
_cap = partial(_amount, below=1_000_000_000, otherwise="no cap; write an amount, e.g. 25, or 0 for no cap")


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no currency; write its three letters, e.g. GBP")
    return text.upper()


def _minutes(text: str) -> int:
    if not text.isdecimal() or not 5 <= int(text) <= 2400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of working minutes; write 5 to 2400, e.g. 60")
    return int(text)


def _time_zone(text: str) -> str:
    if text not in zoneinfo.available_timezones():
        raise argparse.ArgumentTypeError(f"{text!r} is no IANA time zone; write e.g. Europe/London or America/New_York")
    return text


def columns_of(options: argparse.Namespace) -> dict[str, Any]:
    given = {
        "board_names": options.board,
        "escalate_status_names": options.escalate_status,
        "claim_status_names": options.claim_status,
        "engineers": options.engineers,
        "admins": options.admins,
        "owner": options.owner,
        "time_zone": options.timezone,
        "hourly_rate": options.hourly_rate,
        "currency": options.currency,
        "claim_expiry_minutes": options.claim_expiry,
        "allow_private": options.allow_private,
        "ask_junior": options.ask_junior,
        "canary_ticket": options.canary_ticket,
        "canary_posts": options.canary_posts,
        "reader": options.reader,
        "model_cap": options.model_cap,
    }
    columns: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if options.ca_bundle is not None:
        columns["ca_bundle"] = options.ca_bundle or None
    settings: dict[str, Any] = {}
    if options.connector is not None:
        settings["connectors"] = [name.strip() for name in options.connector if name.strip()]
    for name in ("tell_junior", "post_resolution"):
        if getattr(options, name) is not None:
            settings[name] = getattr(options, name)
    return {**columns, "settings": settings} if settings else columns
