"""`account check`: the account, and what of the installation it stands on; a line each, or JSON for a monitor."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from typing import TYPE_CHECKING, Any

from worker.cli.help import Help
from worker.cli.installation import say, say_wrapped, wired_for

if TYPE_CHECKING:
    from models.account.accounts import Account
    from psa.port import ProbeResult
    from worker.wiring import Services

ARRIVES_S = 15.0
"""A test callback that no worker has taken up by then is late; a worker that runs takes a second."""

HELP = """\
Each line is ok, or TO DO with what is wrong and what to click, or LOOK with a question that only you can answer. Rights are
named as System > Security Roles names them. Nothing is changed: rights to write are tried, once the account is connected, on
records that do not exist.
Exit status: 0 all is ok, 1 something needs attention, 2 a wrong call.
"""


def add_to(one: Any) -> None:
    """Add `account check`."""
    deed = one.add_parser(
        "check", help="every endpoint, permission, callback and mail: ok, or what to do",
        description=HELP, epilog="example:\n  resolutionflow account check northgate --test-mail me@example.com",
        formatter_class=Help,
    )  # fmt: skip
    deed.add_argument("name", metavar="NAME", help="the account")
    deed.add_argument("--json", action="store_true", help="for a monitor: {account, ok, lines: [{what, ok, look, detail}]}")
    deed.add_argument("--test-mail", metavar="ADDRESS", help="send a test mail there, too")
    deed.add_argument("--clear-alerts", action="store_true", help="you have seen to them: close all open alerts")
    deed.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from models.work import jobs
    from worker.account.check import check
    from worker.account.onboarding import account_named

    services, account = wired_for(options.name)
    if options.clear_alerts:
        with services.database.account(account.id) as session:
            for alert in jobs.open_alerts(session, account.id):
                jobs.clear_alert(session, account.id, kind=alert.kind, subject=alert.subject, now=services.clock())
    lines = [*installation(services)]
    came = reachable(services, account)
    lines += check(services, account_named(services, options.name))
    lines += [line for line in (came, test_mail(services, options.test_mail)) if line]
    bad = sum(not line.ok for line in lines)
    if options.json:
        told = [{"what": line.what, "ok": line.ok, "look": line.look, "detail": line.detail} for line in lines]
        say(json.dumps({"account": account.name, "ok": not bad, "lines": told}, ensure_ascii=False, indent=1))
        return 1 if bad else 0
    width = max(len(line.what) for line in lines)
    for line in lines:
        mark = "TO DO" if not line.ok else "LOOK" if line.look else "ok"
        say_wrapped(f"{mark:<6} {line.what:<{width}}  {line.detail}")
    if bad:
        which = ", ".join(dict.fromkeys(line.what for line in lines if not line.ok))
        print(f"resolutionflow: {bad} of {len(lines)} need attention: {which}", file=sys.stderr)  # noqa: T201
    return 1 if bad else 0


def installation(services: Services) -> list[ProbeResult]:
    """Say how database and broker are; a database that is away stopped the command before this."""
    from psa.port import ProbeResult
    from worker.cli.doctor import broker

    kind = "SQLite" if services.settings.embedded_database else "PostgreSQL"
    answers = ProbeResult("database", True, f"{kind} answers, of this program's version")
    return [answers, ProbeResult("broker", *broker(services.settings))]


def reachable(services: Services, account: Account) -> ProbeResult | None:
    """Call our own address as ConnectWise would, signed, and wait until a worker has it. None where nobody is called."""
    from models.work import canaries
    from psa.port import ProbeResult
    from worker.upkeep.canary import send_one

    url = services.settings.canary_url
    if not url:
        return None
    number = send_one(services, account.id)
    end = time.monotonic() + ARRIVES_S
    while True:
        with services.database.account(account.id, reading=True) as session:
            sent = canaries.get(session, account.id, number)
        if sent is None or sent.arrived_at or sent.failure or time.monotonic() > end:
            break
        time.sleep(0.2)
    if sent is None or sent.failure:
        why = sent.failure if sent else "it is gone"
        mend = "Does `resolutionflow run` (or `web`) run, and does your proxy pass /callbacks/ to it?"
        return ProbeResult("reachable", False, f"a test callback to {url} was not taken: {why}. {mend}")
    if sent.arrived_at is None:
        why = f"{url} took a test callback, and no worker did within {ARRIVES_S:.0f} s: does one run?"
        return ProbeResult("reachable", False, why)
    took = (sent.arrived_at - sent.sent_at).total_seconds()
    words = f"a signed test callback to {url} was with a worker in {took:.1f} s, sent from this machine"
    return ProbeResult("reachable", True, words)


def test_mail(services: Services, address: str | None) -> ProbeResult | None:
    """Send one message there; None where nobody asked for it."""
    from psa.port import ProbeResult
    from worker.mail.message import compose, message_id
    from worker.mail.smtp_answers import MailError
    from worker.mail.templates import Rendered

    if not address:
        return None
    words = f"This is the test mail of `resolutionflow account check` for {services.settings.public_url}. Mail works.\n"
    letter = Rendered("ResolutionFlow: a test mail", words, f"<!doctype html><p>{words}</p>")
    sender, domain = services.settings.mail_from, services.settings.message_domain
    number = message_id(account_id="test", delivery_id=secrets.token_hex(8), domain=domain)
    try:
        services.mailer.send(compose(letter, sender=sender, recipient=address, message_id=number, date=services.clock()))
    except (ValueError, MailError) as error:
        return ProbeResult("test mail", False, f"to {address}: {error}")
    return ProbeResult("test mail", True, f"the mail server took it; look whether it came to {address}")
