"""Notes and time of merged and bundled tickets: each is cited with its ticket's number, or named as not read.

The space: how the tickets hang together × whether `/allNotes` shows them × what of ConnectWise does not answer. Over real HTTP
through the real client and reader into the package.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from escalation.evidence import Roster
from escalation.package.build import build
from psa.connectwise.family import MOST
from psa.simulator.remote import Remote
from tests.integration.simulated import client
from worker.gather import Reader

ROSTER = Roster(roles={"jlind": "technician"})
SILENT = {
    "nothing": (), "allNotes": ("allNotes",), "list": (r"tickets$",), "time": (r"time/entries",),
    "allNotes and list": ("allNotes", r"tickets$"), "list and time": (r"tickets$", r"time/entries"),
}  # fmt: skip
NOTE, TIME = "Rebooted the branch router, no change.", "Swapped the WAN cable at the branch, no change."


@pytest.mark.parametrize(
    ("how", "joined", "silent"), itertools.product(("merged", "bundled"), (True, False), SILENT)
)
def test_each_text_is_cited_with_its_ticket_or_named_as_unread(
    remote: Remote, how: str, joined: bool, silent: str
) -> None:
    parent = remote.add_ticket("VPN is slow at the branch", "jlind")
    remote.add_note(parent, "Checked the load of the firewall, 12%, fine.", member="jlind")
    child = remote.add_ticket("Branch offline again", "jlind")
    remote.add_note(child, NOTE, member="jlind")
    remote.add_time(child, member="jlind", text=TIME)
    if how == "merged":
        remote.merge(parent, [child], member="jlind")
    if how == "bundled" or not joined:
        remote.bundle(parent, [child], member="jlind", joined=joined)
    for path in SILENT[silent]:
        missing = path == "allNotes"
        remote.fault(method="GET", path=path, kind="html" if missing else "forbidden", status=404, count=20)
    reader = Reader()
    evidence = reader.everything(client(remote), parent, ROSTER, now=datetime.now(UTC))
    reader.close()
    package = build(evidence, episode=1, escalated_at=evidence.read_at, escalated_by=None, as_of=evidence.read_at)
    cited = {source.record for source in package.sources}
    unread = " ".join(f"{gap.source} {gap.reason}" for gap in evidence.gaps)
    for text, kind in ((NOTE, "notes"), (TIME, "time")):
        read = [e for e in (*evidence.notes, *evidence.time_entries) if e.text == text]
        if read:
            assert any(f"of ticket {child}" in record for record in cited), cited
            assert {e.ticket for e in read} == {child}
        else:
            assert kind in unread, f"{text!r} is neither read nor named: {evidence.gaps}"
    if silent == "nothing":
        assert {e.text for e in (*evidence.notes, *evidence.time_entries)} >= {NOTE, TIME}
        assert not evidence.gaps
        assert len({step.evidence for step in package.steps_attempted}) >= 3



def test_of_many_bundled_tickets_the_rest_is_named(remote: Remote) -> None:
    parent = remote.add_ticket("VPN is slow at the branch", "jlind")
    children = [remote.add_ticket(f"Branch {n} offline", "jlind") for n in range(MOST + 3)]
    remote.bundle(parent, list(children), member="jlind", joined=False)
    family = client(remote).family(parent, ROSTER)
    assert family.unread == (("notes of 3 merged tickets", f"only {MOST} are read"),)


@pytest.mark.parametrize("ways", [("merged", "merged"), ("merged", "bundled"), ("bundled", "merged"), ("merged",) * 3])
def test_what_was_merged_on_is_read_too(remote: Remote, ways: tuple[str, ...]) -> None:
    """A ticket under a ticket under the one that is escalated, in each way of hanging together; a circle ends."""
    line = [remote.add_ticket(f"Branch offline, part {number}", "jlind") for number in range(len(ways) + 1)]
    for number, ticket in enumerate(line):
        remote.add_note(ticket, f"Replaced cable {number}, no change.", member="jlind")
        remote.add_time(ticket, member="jlind", text=f"Rebooted switch {number}, no change.")
    for way, parent, child in zip(ways, line[1:], line, strict=False):
        (remote.merge if way == "merged" else remote.bundle)(parent, [child], member="jlind")
    family = client(remote).family(line[-1], ROSTER)
    told = {(record.ticket, record.text) for record in (*family.notes, *family.time_entries)}
    for number, ticket in enumerate(line[:-1]):
        assert {(ticket, f"Replaced cable {number}, no change."), (ticket, f"Rebooted switch {number}, no change.")} <= told
    remote.change(line[-1], member="jlind", parentTicketId=line[0])
    assert client(remote).family(line[-1], ROSTER).notes
