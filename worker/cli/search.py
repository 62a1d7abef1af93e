"""The command that asks what an account has solved before: `search`."""

from __future__ import annotations

import argparse
import json
import textwrap
from dataclasses import asdict

from worker.cli.help import Help
from worker.cli.installation import Subparsers, say, wired_for

EXAMPLE = """\
examples:
  resolutionflow search northgate "vpn drops after 8 hours"
  resolutionflow search northgate 0x80070005 outlook              a code, a device or a product finds most
  resolutionflow search northgate "label printer prints twice" --most 3 --json

Found are tickets that `shadow` has read and those that closed since; see docs/memory.md.
"""


def add_to(every: Subparsers) -> None:
    """Add `search`."""
    search = every.add_parser(
        "search",
        help="resolved tickets of an account that resemble some words",
        description="Prints the account's own resolved tickets that resemble the words, the nearest first, with what fixed them.",
        epilog=EXAMPLE,
        formatter_class=Help,
    )
    search.add_argument("name", metavar="NAME", help="the account")
    search.add_argument("words", metavar="WORDS", nargs="+", help="as they would stand in a ticket")
    search.add_argument("--most", type=_most, default=5, metavar="N", help="so many, 1 to 50 (default: %(default)s)")
    search.add_argument("--json", action="store_true", help="as JSON")
    search.set_defaults(run=_search)


def _most(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 50:
        raise argparse.ArgumentTypeError(f"{text!r}: write how many tickets to show, 1 to 50")
    return int(text)


def _search(options: argparse.Namespace) -> int:
    from escalation.package.lesson import asked_in_words
    from models.memory import resolved

    services, account = wired_for(options.name)
    words = " ".join(options.words)
    with services.database.account(account.id, reading=True) as session:
        found = resolved.search(session, account.id, asked_in_words(words), most=options.most)
        tickets = resolved.statistics_of(session, account.id, ()).tickets
    if options.json:
        rows = [{**asdict(f.lesson), "shared": f.match.in_common(words), "score": f.match.score} for f in found]
        say(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        return 0
    for one in found:
        lesson = one.lesson
        say(f"{lesson.ticket_id}  {lesson.summary}  ({lesson.company or 'no company'}, closed {lesson.closed_at:%Y-%m-%d})")
        by = f" ({lesson.resolver or 'somebody'}, {lesson.fix_source})" if lesson.fix else ""
        helped = f"what helped: {lesson.fix or 'nobody wrote it down'}{by}"
        say(textwrap.fill(helped, 110, initial_indent="    ", subsequent_indent="    "))
        say(f"    in common: {', '.join(one.match.in_common(words)[:6])}")
    if not tickets:
        say(f"{account.name} remembers no ticket yet: `resolutionflow shadow {account.name}` reads those of the last 90 days")
    elif not found:
        say(f"none of {tickets} resolved tickets has any of these words")
    return 0
