"""The commands about the old way of working: stopwatch readings, and the replay of history."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from escalation.figures.rounding import number
from worker.cli.help import Help
from worker.cli.installation import Subparsers, row_number, say, say_wrapped, wired_for

if TYPE_CHECKING:
    from models.account.accounts import Account
    from models.figures.baselines import Reading, Stopwatch
    from worker.wiring import Services

EXAMPLE = """\
opened is when a technician opens an escalated ticket, acted is when the first diagnostic action begins: the first
thing done to find or fix the fault, not reading, not asking. Times are in the account's own time zone unless they say.

  resolutionflow baseline add northgate --ticket 48213 --technician jlind \\
      --opened 2026-11-02T09:14 --acted 2026-11-02T09:21
  resolutionflow baseline import northgate readings.csv     (columns: ticket, technician, opened, acted, domain)
  resolutionflow baseline list northgate
"""


def add_to(every: Subparsers) -> None:
    """Add `baseline …` and `shadow`."""
    plain = Help
    baseline = every.add_parser(
        "baseline", help="stopwatch readings of the old way of working", epilog=EXAMPLE, formatter_class=plain,
        description="What figures are compared with: how long it took before there was a brief, measured by hand.",
    )  # fmt: skip
    one = baseline.add_subparsers(dest="deed", metavar="DEED", required=True)

    add = one.add_parser("add", help="store one reading", description="Stores one reading, taken by hand.", epilog=EXAMPLE,
                         formatter_class=plain)  # fmt: skip
    add.add_argument("name", metavar="NAME", help="the account")
    add.add_argument("--ticket", required=True, help="the ticket's number")
    add.add_argument("--technician", required=True, help="login name of whoever opened the ticket")
    add.add_argument("--opened", required=True, metavar="TIME", help="e.g. 2026-11-02T09:14")
    add.add_argument("--acted", required=True, metavar="TIME", help="when the first diagnostic action began")
    add.add_argument("--domain", default="", help="kind of problem, e.g. network")
    add.add_argument("--yes", action="store_true", help="take a span of more than eight hours too")
    add.set_defaults(run=_add)

    load = one.add_parser(
        "import", help="store the readings of a CSV file", epilog=EXAMPLE, formatter_class=plain,
        description="Stores all readings of a file, or none and says which lines are bad. One that is there is kept once.",
    )  # fmt: skip
    load.add_argument("name", metavar="NAME", help="the account")
    load.add_argument("file", metavar="FILE.csv", type=Path, help="columns: ticket, technician, opened, acted, domain")
    load.add_argument("--skip-bad", action="store_true", help="store the good lines even if others are bad")
    load.add_argument("--dry-run", action="store_true", help="check the file and store nothing")
    load.add_argument("--yes", action="store_true", help="take spans of more than eight hours too")
    load.set_defaults(run=_import)

    rows = one.add_parser(
        "list", help="all readings with their plain average", description="Prints all readings, in minutes, with their average.",
        epilog="example: resolutionflow baseline list northgate",
    )  # fmt: skip
    rows.add_argument("name", metavar="NAME", help="the account")
    rows.add_argument("--json", action="store_true", help="as JSON")
    rows.set_defaults(run=_list)

    remove = one.add_parser(
        "remove", help="delete readings", description="Deletes readings for good; figures as of an earlier moment lose them too.",
        epilog="example: resolutionflow baseline remove northgate 12 13",
    )  # fmt: skip
    remove.add_argument("name", metavar="NAME", help="the account")
    remove.add_argument("readings", metavar="READING", type=row_number, nargs="+", help="their numbers, as `list` shows them")
    remove.set_defaults(run=_remove)

    replay = every.add_parser(
        "shadow",
        help="replay history and post nothing: the backcast baseline and sample briefs",
        description="Reads the last days before connecting (before now, if not connected), learns how this PSA words "
        "its audit trail, and tells by the live rules when tickets were escalated, who claimed them and what they did "
        "first. Writes nothing to the PSA. A run that was cut off goes on where it was.",
        epilog="example: resolutionflow shadow northgate --days 30",
    )
    replay.add_argument("name", metavar="NAME", help="the account; it need not be connected")
    replay.add_argument("--days", type=_days, default=90, help="days to look back, 1 to 730 (default: %(default)s)")
    replay.add_argument("--briefs", type=int, default=10, metavar="N", help="sample briefs to show (default: %(default)s)")
    replay.add_argument("--out", type=Path, metavar="DIR", help="where the report goes (default: var/shadow/NAME)")
    replay.add_argument(
        "--former-status", action="append", default=[], metavar="NAME", help="what the escalation status was called before"
    )
    replay.add_argument("--fresh", action="store_true", help="read everything again, also what was read before a cut")
    replay.add_argument("--json", action="store_true", help="the result as JSON")
    replay.set_defaults(run=_shadow)


def _days(text: str) -> int:
    try:
        days = int(text)
    except ValueError:
        days = 0
    if not 1 <= days <= 730:
        raise argparse.ArgumentTypeError(f"{text!r}: give whole days, 1 to 730")
    return days


def _account(name: str) -> tuple[Services, Account, ZoneInfo, dict[str, str]]:
    """Return the account with its time zone and its members' login names by lower case."""
    from models.account import accounts

    services, account = wired_for(name)
    with services.database.account(account.id, reading=True) as session:
        roster = accounts.roster_rows(session, account.id)
    return services, account, ZoneInfo(account.time_zone), {m.identifier.lower(): m.identifier for m in roster}


def _add(options: argparse.Namespace) -> int:
    from worker.figures.stopwatch import BadReading, reading

    services, account, zone, logins = _account(options.name)
    written = {name: getattr(options, name) for name in ("ticket", "technician", "opened", "acted", "domain")}
    try:
        found = reading(written, zone=zone, logins=logins, now=services.clock(), long_too=options.yes)
    except BadReading as error:
        return _wrong(f"--{error.column}: {error}")
    new = _store(services, account.id, [found])
    minutes = (found.acted_at - found.opened_at).total_seconds() / 60
    what = f"ticket {found.reference}, {found.technician}: {minutes:.1f} min"
    say(f"stored: {what}" if new else f"already there: {what}")
    return 0


def _import(options: argparse.Namespace) -> int:
    from worker.figures.stopwatch import BadFile, sheet

    services, account, zone, logins = _account(options.name)
    try:
        found = sheet(options.file, zone=zone, logins=logins, now=services.clock(), long_too=options.yes)
    except BadFile as error:
        return _wrong(str(error))
    for bad in found.bad:
        print(f"{options.file}: {bad}", file=sys.stderr)  # noqa: T201
    if found.bad and not options.skip_bad:
        good = f"{len(found.readings)} good ones were not stored either"
        return _wrong(f"{len(found.bad)} bad lines, so {good}: correct the file, or give --skip-bad")
    skipped = f", {len(found.bad)} bad lines skipped" if found.bad else ""
    if options.dry_run:
        say(f"{len(found.readings)} readings can be stored{skipped}; nothing was (--dry-run)")
        return 0
    new = _store(services, account.id, found.readings)
    say(f"{new} readings stored, {len(found.readings) - new} were there already{skipped}")
    return 0


def _store(services: Services, account_id: int, found: Sequence[Reading]) -> int:
    from models.figures import baselines

    with services.database.account(account_id) as session:
        return baselines.add_readings(session, account_id, found, now=services.clock())


def _list(options: argparse.Namespace) -> int:
    from models.figures import baselines

    services, account, zone, _ = _account(options.name)
    with services.database.account(account.id, reading=True) as session:
        rows = baselines.readings(session, account.id)
    spans = [_minutes(row) for row in rows]
    average = fmean(spans) if spans else None
    if options.json:
        body: dict[str, Any] = {
            "account": account.name, "time_zone": zone.key, "n": len(rows),
            "mean": None if average is None else round(average, 2), "readings": [_plain(row) for row in rows],
        }  # fmt: skip
        say(json.dumps(body, ensure_ascii=False, indent=1))
        return 0
    if not rows or average is None:
        say(f"no readings yet; the first one: resolutionflow baseline add {account.name} --help")
        return 0
    say(f"{'no.':>5}  {'ticket':<12} {'technician':<15} {'opened':<16} {'acted':<16} {'min':>6}  domain   ({zone.key})")
    for row, minutes in zip(rows, spans, strict=True):
        say(
            f"{row.id:>5}  {row.reference:<12} {row.technician:<15} {_local(row.opened_at, zone)} "
            f"{_local(row.acted_at, zone)} {minutes:>6.1f}  {row.domain or ''}".rstrip()
        )
    readings = "1 reading" if len(rows) == 1 else f"{len(rows)} readings"
    say(f"{readings}: {number(average)} min on average, all hours counted (plain average, no interval)")
    return 0


def _minutes(row: Stopwatch) -> float:
    return (row.acted_at - row.opened_at).total_seconds() / 60


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _plain(row: Stopwatch) -> dict[str, Any]:
    return {
        "reading": row.id, "ticket": row.reference, "technician": row.technician, "opened": row.opened_at.isoformat(),
        "acted": row.acted_at.isoformat(), "minutes": round(_minutes(row), 2), "domain": row.domain,
    }  # fmt: skip


def _remove(options: argparse.Namespace) -> int:
    from models.figures import baselines

    services, account, _, _ = _account(options.name)
    with services.database.account(account.id) as session:
        gone = [number for number in options.readings if baselines.remove_reading(session, account.id, number)]
    missing = [str(number) for number in options.readings if number not in gone]
    if gone:
        say(f"removed: {', '.join(str(number) for number in gone)}")
    return _wrong(f"no reading {', '.join(missing)} in {account.name}: see `baseline list`") if missing else 0


def _shadow(options: argparse.Namespace) -> int:
    from worker.history import report, report_page
    from worker.history.reading import NoAuditTrail
    from worker.history.shadow import Shadow, shadow
    from worker.history.shadow_report import as_json, lines

    services, account, _, _ = _account(options.name)
    out = options.out or services.settings.var / "shadow" / account.name
    pages: list[Path] = []

    def show(found: Shadow) -> None:
        as_of = services.clock()
        pages.extend(report_page.write(report.report(found, account, as_of=as_of), out))
        if options.json:
            return
        for line in lines(found, account, as_of=as_of):
            say_wrapped(line)
        say(f"\nthe report, one file to open, print or send (.md and .json beside it):\n  {pages[0]}\n")

    try:
        found = shadow(
            services, account, days=options.days, briefs=max(0, options.briefs), out=out, fresh=options.fresh,
            former=options.former_status, show=show,
        )  # fmt: skip
    except NoAuditTrail as error:
        return _wrong(str(error))
    except KeyboardInterrupt:
        there = f"; the report is there: {pages[0]}" if pages else ""
        return _wrong(f"cut off; the same command goes on from here{there}") or 130
    if options.json:
        say(json.dumps({**as_json(found, as_of=services.clock()), "report": str(pages[0])}, ensure_ascii=False, indent=1))
        return 0
    say(f"remembered: {found.remembered} closed tickets more; `resolutionflow search {account.name} WORDS` finds them")
    if account.connected_at is None:
        say(f"next: `resolutionflow account connect {account.name}`, when that convinces you; until then nothing is written")
    return 0


def _wrong(message: str) -> int:
    print(f"resolutionflow: {message}", file=sys.stderr)  # noqa: T201 - the command line speaks
    return 1
