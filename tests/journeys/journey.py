"""The whole product as processes, with waits of seconds where others are minutes, and what a journey does with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.handoff import handoffs
from models.handoff.handoffs import Handoff
from worker.demo.link_browser import Browser
from worker.demo.stack import Stack, until

QUICK = {
    "READER_ENCODER": "on",
    "RESOLUTIONFLOW_SWEEP": "0.5",
    "RESOLUTIONFLOW_POLL": "2",
    "RESOLUTIONFLOW_LEASE": "6",
    "RESOLUTIONFLOW_POST_TIMEOUT": "2",
    "RESOLUTIONFLOW_CONNECT_TIMEOUT": "1",
    "RESOLUTIONFLOW_PATIENCE": "1",
    "RESOLUTIONFLOW_READ_TIMEOUT": "2",
    "RESOLUTIONFLOW_AMBIGUOUS_WAIT": "1",
    "RESOLUTIONFLOW_RETRY_BASE": "0.3",
    "RESOLUTIONFLOW_RETRY_CAP": "2",
    "RESOLUTIONFLOW_REFRESH_DELAY": "1",
    "RESOLUTIONFLOW_LONGEST_PAUSE": "6",
    "RESOLUTIONFLOW_NOTES": "2",
    "RESOLUTIONFLOW_OBSERVE": "2",
    "RESOLUTIONFLOW_OBSERVE_OPEN": "4",
    "RESOLUTIONFLOW_CALLS_PER_SECOND": "100",
    "RESOLUTIONFLOW_BURST": "200",
}


class Journey:
    """A running product and how to look at what becomes of a ticket."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.simulator = stack.simulator
        self.tickets: list[int] = []

    def handoffs(self, ticket: int) -> list[Handoff]:
        found: list[Handoff] = self.stack.look(lambda s: handoffs.by_ticket(s, self.stack.account_id, ticket))
        return found

    def ticket(self, summary: str = "Printer on floor 2 prints blank pages") -> int:
        """Add a ticket with a little history, and return its number."""
        number = self.simulator.add_ticket(summary=summary, member="jlind")
        self.tickets.append(number)
        self.simulator.add_note(number, "Changed the toner, no change. Rebooted the printer, no change.", member="jlind")
        return number

    def escalate(self, ticket: int) -> None:
        self.simulator.change_status(ticket, "Escalated", member="jlind")

    def member(self, login: str) -> int:
        """Return a member's number in the PSA."""
        number = self.stack.services.desk(self.stack.account_id).member_id(login)
        assert number is not None
        return number

    def claim_link(self, ticket: int, login: str) -> str:
        """Return the address that a member's e-mail about a ticket holds."""
        services, account_id = self.stack.services, self.stack.account_id
        return services.passes.claim_link(
            self.stack.web_url, account_id=account_id, handoff_id=self.handoffs(ticket)[0].id,
            member_id=self.member(login), epoch=services.desk(account_id).token_epoch,
        )  # fmt: skip

    def claim_by_link(self, ticket: int, login: str) -> int:
        """Open the link and press the button, as a browser does; return the answer's status."""
        browser, url = Browser(), self.claim_link(ticket, login)
        return browser.press(url, browser.show(url)).status

    def briefs(self, ticket: int) -> list[dict[str, Any]]:
        """The notes in the PSA that carry our marker."""
        return [note for note in self.simulator.notes(ticket) if "[ref: RF-" in note["text"]]

    def wait(self, ready: Callable[[], Any], what: str, within_s: float = 25) -> None:
        until(ready, what, within_s=within_s)

    def wait_posted(self, ticket: int, within_s: float = 25) -> None:
        def posted() -> bool:
            found = self.handoffs(ticket)
            return bool(found) and found[0].brief_state == "posted"

        self.wait(posted, f"ticket {ticket}: the brief was not posted", within_s)


def is_internal(note: dict[str, Any]) -> bool:
    return bool(note["internalAnalysisFlag"] and not note["detailDescriptionFlag"] and not note["resolutionFlag"])
