"""The command about the owner's weekly e-mail: read it here, keep it as a file, or send it now."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from worker.cli.help import Help
from worker.cli.installation import Subparsers, say, wired_for
from worker.cli.metrics import moment_as_of

if TYPE_CHECKING:
    from models.account.accounts import Account
    from models.tables import Member
    from worker.mail.templates import Rendered
    from worker.wiring import Services

HELP = """\
Without an option it prints the e-mail as text, as it would be now, and says to whom it goes when. Nothing is stored.

The e-mail goes out by itself each Monday at 07:00 in the account's own time zone, to its owner; where no owner can be
reached, to its admins. It goes out once for each ISO week.

--send sends it now. It goes through the same rows: this week's e-mail is then sent, and Monday's planning finds it so.
A week that was sent is not sent again; one that is waiting, was given up or refused is tried at once, to the address
its reader has now. It says what it said the first time.
"""

SUFFIXES = (".html", ".htm", ".txt", ".eml")
EXAMPLES = """\
examples:
  resolutionflow weekly northgate
  resolutionflow weekly northgate --preview week.html
  resolutionflow weekly northgate --preview week.eml --as-of 2026-03-06T15:00Z
  resolutionflow weekly northgate --send
"""


def add_to(every: Subparsers) -> None:
    """Add `weekly …`."""
    weekly = every.add_parser(
        "weekly", help="the owner's weekly e-mail: read, keep or send it", description=HELP, epilog=EXAMPLES,
        formatter_class=Help,
    )  # fmt: skip
    weekly.add_argument("name", metavar="NAME", help="the account")
    deed = weekly.add_mutually_exclusive_group()
    deed.add_argument(
        "--preview", type=_file, metavar="FILE", help="write it: .html or .htm, .txt, or .eml for the whole message"
    )
    deed.add_argument("--send", action="store_true", help="send this week's now, through the same rows")
    weekly.add_argument("--as-of", metavar="T", help="as it would have been then, e.g. 2026-03-06T15:00Z")
    weekly.set_defaults(run=_weekly)


def _file(text: str) -> Path:
    if Path(text).suffix.lower() not in SUFFIXES:
        raise argparse.ArgumentTypeError(f"{text!r}: end the name in {', '.join(SUFFIXES)}, which says what to write")
    return Path(text)


def _weekly(options: argparse.Namespace) -> int:

    services, account = wired_for(options.name)
    as_of = moment_as_of(options.as_of, ZoneInfo(account.time_zone), services.clock())
    if options.send:
        return _send(services, account, as_of)
    return _show(services, account, as_of, options.preview)


def _readers(services: Services, account: Account) -> list[Member]:
    from models.figures import reports

    with services.database.account(account.id, reading=True) as session:
        return reports.readers(session, account.id)


def _show(services: Services, account: Account, as_of: datetime, file: Path | None) -> int:
    from worker.figures import weekly

    readers = _readers(services, account)
    first = next((reader for reader in readers if reader.email), None)
    letter = weekly.frozen(services, account, as_of=as_of)
    role: Any = "admin" if first and first.role == "admin" else "owner"
    rendered = weekly.letter_of(letter, name=first.name if first else "", role=role)
    if file is not None:
        file.write_bytes(_content(services, rendered, first.email if first else None, file.suffix.lower(), as_of))
        say(f"wrote {file} ({len(rendered.html.encode()) / 1000:.0f} kB of HTML); nothing was sent")
        return 0
    say(f"Subject: {rendered.subject}\n\n{rendered.text}")
    say(_to_whom(account, readers, services.clock()))
    return 0


def _content(services: Services, rendered: Rendered, address: str | None, suffix: str, as_of: datetime) -> bytes:
    from worker.mail.message import compose
    from worker.mail.transport import flat

    if suffix == ".eml":
        message = compose(
            rendered, sender=services.settings.mail_from, recipient=address or "owner@example.invalid",
            message_id="<preview@resolutionflow.invalid>", date=as_of, topic="weekly",
        )  # fmt: skip
        return flat(message)
    return (rendered.text if suffix == ".txt" else rendered.html).encode("utf-8")


def _to_whom(account: Account, readers: list[Member], now: datetime) -> str:
    from worker.figures.weekly import next_monday
    from worker.mail.weekly_figures import local_moment

    names = ", ".join(f"{r.name} <{r.email}>" if r.email else f"{r.name} (no address)" for r in readers)
    to = names or "nobody: no active owner or admin; set one with `resolutionflow account set NAME --owner ID`"
    if account.connected_at is None:
        return f"It is not sent: the account is not connected. It would go to {to}."
    at = account.next_weekly_at or next_monday(now, account.time_zone)
    zone = ZoneInfo(account.time_zone)
    when = f"is due since {local_moment(at, zone)}" if at <= now else f"goes out on {local_moment(at, zone)}"
    return f"The next one {when} ({account.time_zone}), to {to}."


def _send(services: Services, account: Account, as_of: datetime) -> int:
    from models.figures import reports
    from worker.account.onboarding import CannotConnect
    from worker.figures import weekly

    now = services.clock()
    if account.connected_at is None:
        raise CannotConnect(f"{account.name} is not connected, so it has no figures: resolutionflow account connect NAME")
    period = weekly.week_of(as_of, account.time_zone)
    letter = weekly.frozen(services, account, as_of=as_of)
    with services.database.account(account.id) as session:
        weekly.make_rows(session, services, account, period=period, letter=letter, now=now)
        readers = reports.readers(session, account.id)
        reports.try_again(session, account.id, kind=weekly.KIND, period=period, recipients=readers, now=now)
        rows = reports.of_period(session, account.id, kind=weekly.KIND, period=period)
    for row in rows:
        weekly.send(services, account_id=account.id, report_id=row.id)
    with services.database.account(account.id, reading=True) as session:
        after = reports.of_period(session, account.id, kind=weekly.KIND, period=period)
    before = {row.id: row.status for row in rows}
    for row in after:
        again = " before; a week is sent once" if before[row.id] == row.status == "sent" else ""
        why = f": {row.reason}" if row.reason else ""
        say(f"{period} to {row.address or f'member {row.recipient_user_id}'}: {row.status}{again}{why}")
    if not after:
        say(f"{period}: nobody to send it to; name an owner with `resolutionflow account set NAME --owner ID`")
    return 0 if any(row.status == "sent" for row in after) else 1
