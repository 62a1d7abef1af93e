"""The second half of the demo: two seniors press at once, one acts, and the owner sees figures."""

from __future__ import annotations

import email
import email.policy
import re
import threading
import time
from typing import Any

from models.account import accounts
from models.figures.scoring import scorecard_of
from models.handoff import deliveries, handoffs
from models.handoff.handoffs import Handoff
from worker.demo import month as demo_month
from worker.demo.link_browser import Answer, Browser
from worker.demo.narration import rule, say, step
from worker.demo.stack import Stack, until
from worker.figures import table, weekly
from worker.process.embedded import CannotStart

SENIORS = {"msvensson": "Maja Svensson", "tobrien": "Tom O'Brien"}
_LINK = re.compile(r"https?://\S+/claim/\S+")


def play(stack: Stack, ticket: int) -> bool:
    """Let both seniors press the button of their e-mails in the same instant, and the winner act."""
    rule("Two seniors press the button of their e-mails at the same instant")
    time.sleep(1.1)  # ConnectWise's times have whole seconds
    try:
        winner = _race(stack, ticket)
        _aftermath(stack, ticket, winner)
        _first_action(stack, ticket, winner)
    except CannotStart as error:
        say(f"  ✗ {error}")
        return False
    return True


def _newest(stack: Stack, ticket: int) -> Handoff:
    found: list[Handoff] = stack.look(lambda s: handoffs.by_ticket(s, stack.account_id, ticket))
    return found[0]


def _links(stack: Stack) -> dict[str, str]:
    """Return each senior's link, from the text part of the e-mail they got."""
    found = {}
    for path in stack.mail:
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        link = _LINK.search(str(body.get_content())) if body else None
        for login, name in SENIORS.items():
            if link and name in str(message["To"]):
                found[login] = link.group()
    return found


def _race(stack: Stack, ticket: int) -> str:
    links = _links(stack)
    if links.keys() != SENIORS.keys():
        raise CannotStart(f"claim links in e-mails: {', '.join(links) or 'none'}")
    browsers = {login: Browser() for login in links}
    pages = {login: browsers[login].show(link) for login, link in links.items()}
    say(f"          both opened their link: the handoff is still {_newest(stack, ticket).response_state}")
    answers: dict[str, Answer] = {}
    gate, begun = threading.Barrier(len(links)), time.monotonic()

    def press(login: str) -> None:
        gate.wait()
        answers[login] = browsers[login].press(links[login], pages[login])

    threads = [threading.Thread(target=press, args=(login,)) for login in links]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for login in sorted(answers, key=lambda name: answers[name].status):
        step(begun, f"{SENIORS[login]} reads ({answers[login].status}): {answers[login].notice}")
    winners = [login for login, answer in answers.items() if answer.status == 200]
    if len(winners) != 1:
        raise CannotStart(f"{len(winners)} winners instead of one")
    return winners[0]


def _aftermath(stack: Stack, ticket: int, winner: str) -> None:
    begun = time.monotonic()

    def owner() -> str | None:
        found = stack.simulator.ticket(ticket).get("owner") or {}
        return found.get("identifier")

    until(lambda: owner() == winner, "no owner was set in ConnectWise")
    step(begun, f"ConnectWise: {winner} is the ticket's owner")

    def told() -> list[Any]:
        rows = stack.look(lambda s: deliveries.of_handoff(s, stack.account_id, _newest(stack, ticket).id))
        return [d for d in rows if d.kind == "taken" and d.status == "sent"]

    until(told, "the others were not told")
    step(begun, f"told who claimed it: {', '.join(str(d.address) for d in told())}")
    line = _brief_line(stack, ticket, "**Claimed by")
    step(begun, f"the brief in the ticket: {line}")


def _brief_line(stack: Stack, ticket: int, words: str) -> str:
    def lines() -> list[str]:
        texts = [note["text"] for note in stack.simulator.notes(ticket) if "[ref: RF-" in note["text"]]
        return [line for text in texts for line in text.splitlines() if words in line]

    until(lines, f"the brief does not say {words!r}")
    return lines()[0]


def _first_action(stack: Stack, ticket: int, winner: str) -> None:
    rule(f"{SENIORS[winner]} looks into it, then acts")
    begun = time.monotonic()
    stack.simulator.add_note(ticket, "Looking into it.", member=winner)
    step(begun, 'note "Looking into it.": announces work, is none')
    time.sleep(1.1)
    stack.simulator.add_time(
        ticket, member=winner, minutes=2, started_ago_s=0,
        text="Compared the phase 2 lifetimes: 28800 on our side, 3600 on theirs. Set both to 28800 and rekeyed.",
    )  # fmt: skip
    until(lambda: _newest(stack, ticket).response_state == "acted", "the first action was not seen")
    handoff = _newest(stack, ticket)
    action = handoff.first_action or {}
    step(begun, f"first action: {action['source']}; {action['why']} (rule {action['version']})")
    step(begun, f"the brief in the ticket: {_brief_line(stack, ticket, 'first action')}")
    assert handoff.claimed_at is not None
    assert handoff.acted_at is not None
    orientation = (handoff.acted_at - handoff.claimed_at).total_seconds()
    total = (handoff.acted_at - handoff.escalated_at).total_seconds()
    say(f"          orientation {orientation:.0f} s from claim to action, total {total:.0f} s from escalation to action")


def show_figures(stack: Stack) -> bool:
    """Show what the owner gets: of this one escalation, and of a made-up month with a known saving."""
    services, now = stack.services, stack.services.clock()
    card = stack.look(lambda s: scorecard_of(s, stack.account_id, as_of=now))
    rule("The owner's figures after one escalation")
    say(f"  {card.sentence}")
    month = demo_month.make(services, like=stack.account_id)
    rule(f"A made-up month in an account of its own: {month.escalations} escalations, {month.readings} stopwatch readings")
    run_out = f"{demo_month.RUN_OUT:.0%} run out unused"
    say(f"  Made with a saving of {month.saving_min:.1f} min where a claim is acted on; {run_out}, and")
    say("  the figures hold that against the product. What they find:\n")
    with services.database.account(month.account_id, reading=True) as session:
        card = scorecard_of(session, month.account_id, as_of=services.clock())
    for line in table.lines(card, account=demo_month.NAME):
        say(f"  {line}".rstrip())
    return _send_weekly(stack, month)


def _send_weekly(stack: Stack, month: demo_month.Month) -> bool:
    rule("The owner's weekly e-mail")
    begun, services = time.monotonic(), stack.services
    now = services.clock()
    with services.database.account(month.account_id, reading=True) as session:
        account = accounts.get(session, month.account_id)
    assert account is not None
    letter = weekly.frozen(services, account, as_of=now)
    with services.database.account(month.account_id) as session:
        week = weekly.week_of(now, account.time_zone)
        ids = weekly.make_rows(session, services, account, period=week, letter=letter, now=now)
    sent = [weekly.send(services, account_id=month.account_id, report_id=number) for number in ids]
    step(begun, f"sent to the owner: {sum(sent)} of {len(sent)}")
    content = weekly.letter_of(letter, name="Gareth North", role="owner")
    (services.settings.var / "weekly.html").write_text(content.html)
    say("")
    for line in content.text.splitlines()[:30]:
        say(f"  {line}".rstrip())
    say("  …")
    return bool(sent) and all(sent)
