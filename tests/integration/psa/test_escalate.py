"""The status of a ticket set over real HTTP: to one of the account's escalation statuses, and to no other."""

from __future__ import annotations

import pytest

from psa.port import NotFound, NotPermitted
from psa.simulator.remote import Remote
from tests.integration.simulated import client


def test_the_status_is_set_by_our_member_and_what_is_no_escalation_status_is_not_sent(remote: Remote) -> None:
    reading = client(remote)
    number = remote.add_ticket("VPN is slow at the branch", "jlind")
    ticket = reading.ticket(number)
    (board,) = [board for board in reading.boards() if board.id == ticket.board_id]
    ids = {status.name: status.id for status in board.statuses}
    escalated = next(number for name, number in ids.items() if "scalat" in name)
    writing = client(remote, escalation_statuses=frozenset({escalated}))
    for status in set(ids.values()) - {escalated}:
        with pytest.raises(NotPermitted):
            writing.escalate(number, status)
    with pytest.raises(NotPermitted):
        reading.escalate(number, escalated)
    assert reading.ticket(number).status_id == ticket.status_id
    after = writing.escalate(number, escalated)
    assert (after.status_id, after.board_id, after.summary) == (escalated, ticket.board_id, ticket.summary)
    assert reading.ticket(number).status_id == escalated
    assert after.updated_by not in (None, "jlind")
    with pytest.raises(NotFound):
        writing.escalate(2_000_000_000, escalated)
