"""What `--keep` leaves to look at: open escalations, solved tickets, links that sign in, a line that escalates another."""

from __future__ import annotations

import io
import json
import sys

from models.account import accounts, people
from models.handoff import handoffs
from models.work import sign_ins
from psa.simulator.scenarios import ESCALATED, JUNIOR
from worker.account.onboarding import account_named
from worker.demo import month
from worker.demo.narration import rule, say
from worker.demo.pictures import SENIOR, screen
from worker.demo.stack import Stack, until
from worker.history.reading import Progress
from worker.history.shadow import shadow
from worker.process.tokens import Audience

OPEN = (
    ("Nobody in the warehouse can print labels", "harwick",
     "The label printer takes jobs and prints nothing since this morning.",
     "Restarted the print spooler, no change. Printed a test page from the printer itself: worked.\n"
     "Event ID 372, error 0x000003e3. I have no rights on the print server."),
    ("Shared mailbox gone after the move", "brightrowe",
     "The orders mailbox is not in Outlook any more, three people wait for it.",
     "Removed and added the mailbox again: no change. In the browser it opens, so it is not the rights."),
)  # fmt: skip
"""Summary, customer, the customer's words, the junior's."""
ANOTHER = 48290
DAYS = 90


def furnish(stack: Stack) -> list[int]:
    """Let two tickets wait for a senior; return them."""
    numbers = []
    for summary, company, description, note in OPEN:
        number = stack.simulator.add_ticket(summary, JUNIOR, company=company, description=description)
        stack.simulator.add_note(number, note, member=JUNIOR)
        stack.simulator.change_status(number, ESCALATED, member=JUNIOR)
        numbers.append(number)

    def posted() -> bool:
        found = stack.look(lambda s: [handoffs.by_ticket(s, stack.account_id, number) for number in numbers])
        return all(rows and rows[0].brief_state == "posted" for rows in found)

    until(posted, "the briefs of the open escalations were not posted")
    return numbers


def tell(stack: Stack, *, owner: str) -> None:
    """Say where to look, in the order in which it is worth it."""
    rule("To look around; Ctrl-C stops everything")
    waiting = furnish(stack)
    made_up = account_named(stack.services, month.NAME).id
    say(f"1. The queue as Maja Svensson, {len(waiting)} escalations wait: {_link(stack, stack.account_id, SENIOR)}")
    say(f"2. Ticket {waiting[0]} in the simulated ConnectWise, with the pod: {screen(stack, waiting[0])}")
    say(f"3. The made-up month as its owner, in a private window: {_link(stack, made_up, owner)}")
    say(f"   then its figures: {stack.web_url}/analytics/escalations")
    say("4. Escalate another ticket and watch the queue:")
    say(f"   {escalates(stack, ANOTHER)}")
    say(f"Each link is good once, for half an hour. Another one: {stack.web_url}/sign-in, it comes to var/demo/mail.")
    shadow(stack.services, account_named(stack.services, "northgate"), days=DAYS, progress=Progress(out=io.StringIO()))
    say("5. What was solved before, read just now:")
    say(f"   RESOLUTIONFLOW_VAR={stack.services.settings.var} {sys.executable} -m worker search northgate outlook asks password")


def escalates(stack: Stack, ticket: int) -> str:
    """Return the command that lets the junior escalate a ticket of the simulated ConnectWise."""
    act = {"act": "change_status", "ticket": ticket, "status": ESCALATED, "member": JUNIOR}
    return f"curl -d '{json.dumps(act)}' {stack.simulator.url}/_control/act"


def _link(stack: Stack, account_id: int, login: str) -> str:
    """Return a link that signs a member in and leads to the queue, as an e-mail would bring it."""
    services, now = stack.services, stack.services.clock()
    with services.database.account(account_id) as session:
        account = accounts.get(session, account_id)
        member = next(row for row in people.roster_rows(session, account_id) if row.identifier == login)
        assert account is not None
        row = sign_ins.ask(session, account_id, member.id, now=now, message_domain=services.settings.message_domain)
        token = services.passes.tokens.sign(
            Audience.SIGN_IN, account_id=account_id, member_id=member.id, epoch=account.token_epoch, at=now, subject=row,
        )  # fmt: skip
    return f"{stack.web_url}/sign-in/{token}"
