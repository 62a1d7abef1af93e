"""The commands about how tickets end: `resolution`, `runbook`, `vendor`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from worker.cli.help import Help
from worker.cli.installation import Subparsers, row_number, say, ticket_number, wired_for

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models.handoff.handoffs import Handoff
    from worker.wiring import Services

RESOLUTION = """\
examples:
  resolutionflow resolution northgate 48213                        the draft, from what is stored of the ticket's last episode
  resolutionflow resolution northgate 48213 --form resolution      what customers may read: no names, no sources
  resolutionflow resolution northgate 48213 --json                 each line with the record it stands in
  resolutionflow resolution northgate 48213 --post note.md --member jlind     have a text posted, once, in a member's name

Nothing is posted without --post, and what is posted is the file's text. See docs/resolution.md.
"""
RUNBOOK = """\
examples:
  resolutionflow runbook list northgate                        all, with how often each was offered and worked
  resolutionflow runbook show northgate 3                      as Markdown; --version N for an earlier one
  resolutionflow runbook draft northgate 48213 > vpn.json      a first wording from how a ticket ended; edit it
  resolutionflow runbook save northgate vpn.json --member jlind     a new one, or the next version of the one with its title
  resolutionflow runbook approve northgate 3 --member msvensson     briefs offer it from now on; an engineer's word is needed
  resolutionflow runbook export northgate out/                 one Markdown file for each
"""
VENDOR = """\
example:
  resolutionflow vendor northgate 48213 > case.txt

Names of members, contact, customer and site are taken out, with addresses and numbers. Read it before you paste it.
"""


def add_to(every: Subparsers) -> None:
    """Add the commands."""
    kind = Help
    one = every.add_parser(
        "resolution", help="a resolution note, drafted from a ticket's record", epilog=RESOLUTION, formatter_class=kind,
        description="Prints what became of a ticket, line by line from its record, for a person to correct and post.",
    )  # fmt: skip
    _ticket(one)
    one.add_argument("--form", choices=("internal", "resolution"), default="internal", help="who sees it (default: %(default)s)")
    one.add_argument("--json", action="store_true", help="each line with its source")
    one.add_argument("--post", type=Path, metavar="FILE", help="have this text posted; the worker does it")
    one.add_argument("--member", metavar="LOGIN", help="in whose name; with --post")
    one.set_defaults(run=_resolution)
    book = every.add_parser(
        "runbook", help="runbooks: list, show, draft, save, approve, export", epilog=RUNBOOK, formatter_class=kind,
        description="A runbook is what mended a kind of problem here; briefs offer it once an engineer approved it.",
    )  # fmt: skip
    deeds = book.add_subparsers(dest="deed", metavar="DEED", required=True)
    made = {}
    for deed, run, told in (
        ("list", _list, "all runbooks, with how often each was offered and worked"),
        ("show", _show, "print one runbook as Markdown"),
        ("draft", _draft, "a first wording from how a ticket ended, as JSON to edit"),
        ("save", _save, "keep a wording from a file of JSON"), ("approve", _approve, "have a version offered in briefs"),
        ("export", _export, "one Markdown file for each runbook"),
    ):  # fmt: skip
        made[deed] = deeds.add_parser(
            deed, help=told, description=f"{told[0].upper()}{told[1:]}.", epilog=RUNBOOK, formatter_class=kind
        )
        made[deed].add_argument("name", metavar="NAME", help="the account")
        made[deed].set_defaults(run=run)
    made["draft"].add_argument("ticket", type=ticket_number, metavar="TICKET", help="its number")
    made["save"].add_argument("file", type=Path, metavar="FILE", help="JSON as `draft` prints it")
    made["export"].add_argument("folder", type=Path, metavar="FOLDER", help="where to; made if it is not there")
    for deed in ("show", "approve"):
        made[deed].add_argument("number", type=row_number, metavar="N", help="its number, as `list` gives it")
        made[deed].add_argument("--version", type=row_number, metavar="V", help="default: the newest")
    for deed in ("save", "approve"):
        made[deed].add_argument("--member", required=True, metavar="LOGIN", help="who says so")
    vendor = every.add_parser(
        "vendor", help="a ticket's brief to paste into a vendor's case", epilog=VENDOR, formatter_class=kind,
        description="Prints a ticket's brief without whom it is about, from what is stored of its last episode. Nothing is sent.",
    )  # fmt: skip
    _ticket(vendor)
    vendor.set_defaults(run=_vendor)


def _ticket(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the account")
    parser.add_argument("ticket", type=ticket_number, metavar="TICKET", help="its number; of several episodes the last counts")


def _resolution(options: argparse.Namespace) -> int:
    from escalation.resolution.text import NoNote, drafted
    from models.handoff import resolution_notes as notes

    services, account = wired_for(options.name)
    if options.post:
        login, number = _member(services, account.id, options.member or "")
        try:
            text = options.post.read_text(encoding="utf-8")
            with services.database.account(account.id) as session:
                handoff, now = _last(session, account.id, options.ticket), services.clock()
                row = notes.ask_by_hand(
                    session, handoff, form=options.form, text=text, member_id=number, member=login, now=now
                )  # fmt: skip
        except UnicodeDecodeError as error:
            raise _cannot(f"{options.post} is not UTF-8: {error}; save it as UTF-8") from error
        except (NoNote, notes.CannotBeNoted) as error:
            raise _cannot(f"not posted: {error}") from error
        say("the worker posts it" if row else "this episode has one already; it is posted once")
        return 0 if row else 1
    with services.database.account(account.id, reading=True) as session:
        draft = notes.draft_of(session, account.id, _last(session, account.id, options.ticket))
    if draft is None:
        raise _cannot(f"ticket {options.ticket} has not been read yet: its brief comes first")
    say(json.dumps(draft.to_json(), ensure_ascii=False, indent=1) if options.json
        else drafted(draft, options.form, time_zone=account.time_zone))  # fmt: skip
    return 0


def _list(options: argparse.Namespace) -> int:
    from models.memory import runbooks

    services, account = wired_for(options.name)
    with services.database.account(account.id, reading=True) as session:
        kept = runbooks.every(session, account.id, now=services.clock())
    for one in kept:
        say(f"{one.id}  {one.contents.title}\n    {one.head.replace('**', '')}")
    if not kept:
        say(f"{account.name} has no runbook yet: `resolutionflow runbook draft {account.name} TICKET` begins one")
    return 0


def _show(options: argparse.Namespace) -> int:
    from escalation.runbook.contents import markdown
    from models.memory import runbooks

    services, account = wired_for(options.name)
    with services.database.account(account.id, reading=True) as session:
        kept = runbooks.get(session, account.id, options.number, version=options.version, now=services.clock())
    if kept is None:
        raise _cannot(f"no runbook {options.number} in that version: `resolutionflow runbook list {account.name}`")
    say(markdown(kept.contents, head=kept.head))
    return 0


def _draft(options: argparse.Namespace) -> int:
    from escalation.runbook.contents import NoRunbook, of_episode
    from models.handoff import resolution_notes as notes

    services, account = wired_for(options.name)
    with services.database.account(account.id, reading=True) as session:
        handoff = _last(session, account.id, options.ticket)
        draft = notes.draft_of(session, account.id, handoff)
    if draft is None:
        raise _cannot(f"ticket {options.ticket} has not been read yet: its brief comes first")
    try:
        book = of_episode(draft)
    except NoRunbook as error:
        raise _cannot(str(error)) from error
    say(json.dumps(book.to_json(), ensure_ascii=False, indent=1))
    return 0


def _save(options: argparse.Namespace) -> int:
    from escalation.runbook.contents import read
    from models.memory import runbooks

    services, account = wired_for(options.name)
    login, _ = _member(services, account.id, options.member)
    try:
        book = read(json.loads(options.file.read_text(encoding="utf-8")))
        with services.database.account(account.id) as session:
            number, version = runbooks.save(session, account.id, book, by=login, now=services.clock())
    except (ValueError, RecursionError) as error:  # of JSON, of UTF-8, or what is no runbook
        raise _cannot(f"{options.file}: {error}") from error
    follows = f"resolutionflow runbook approve {account.name} {number} --member LOGIN"
    say(f"kept as runbook {number}, version {version}; next: {follows}")
    return 0


def _approve(options: argparse.Namespace) -> int:
    from escalation.response.sightings import may_claim
    from models.memory import runbooks

    services, account = wired_for(options.name)
    login, _ = _member(services, account.id, options.member)
    if not may_claim(login, services.desk(account.id).roster):
        raise _cannot(f"{login} is no engineer, admin or owner: one of those approves")
    with services.database.account(account.id) as session:
        kept = runbooks.get(session, account.id, options.number, version=options.version, now=services.clock())
        if kept is None:
            raise _cannot(f"no runbook {options.number} in that version: `resolutionflow runbook list {account.name}`")
        runbooks.approve(session, account.id, kept.id, version=kept.version, by=login, now=services.clock())
    say(f"runbook {kept.id}, version {kept.version}: offered in briefs that it fits from now on")
    return 0


def _export(options: argparse.Namespace) -> int:
    from escalation.runbook.contents import markdown
    from models.memory import runbooks

    services, account = wired_for(options.name)
    with services.database.account(account.id, reading=True) as session:
        kept = runbooks.every(session, account.id, now=services.clock())
    options.folder.mkdir(parents=True, exist_ok=True)
    for one in kept:
        (options.folder / f"runbook-{one.id}.md").write_text(markdown(one.contents, head=one.head), encoding="utf-8")
    say(f"{len(kept)} runbooks in {options.folder}")
    return 0


def _vendor(options: argparse.Namespace) -> int:
    from escalation.brief.vendor import vendor_form
    from escalation.package.stored import load
    from models.account import people

    services, account = wired_for(options.name)
    with services.database.account(account.id, reading=True) as session:
        handoff = _last(session, account.id, options.ticket)
        members = [text for row in people.roster_rows(session, account.id) for text in (row.name, row.identifier)]
    if not handoff.escalation_package:
        raise _cannot(f"ticket {options.ticket} has no brief yet")
    say(vendor_form(load(handoff.escalation_package), members=members))
    return 0


def _last(session: Session, account_id: int, ticket_id: int) -> Handoff:
    from models.handoff import handoffs

    found = handoffs.by_ticket(session, account_id, ticket_id)
    if not found:
        raise _cannot(f"ticket {ticket_id} was not escalated here")
    return max(found, key=lambda handoff: handoff.episode)


def _member(services: Services, account_id: int, login: str) -> tuple[str, int]:
    """Return a member's login name and number. Raises `CannotConnect` for who is none."""
    desk = services.desk(account_id)
    number = desk.member_id(login) if login else None
    if number is None or not desk.roster.decides(login):
        raise _cannot(f"--member: {login or 'nobody'} is no active member; give a login name")
    return desk.login(number), number


def _cannot(message: str) -> Exception:
    from worker.account.onboarding import CannotConnect

    return CannotConnect(message)
