"""Sixty facts, each planted once in an otherwise ordinary ticket, and each in the note: above the fold or below it."""

from __future__ import annotations

import json

import pytest

from escalation.brief.render import render
from escalation.evidence import Evidence, Note
from tests.unit.escalation.tickets import DANA, MIA, START, at, package_of, ticket

_USUAL = (
    "Checked the event log on PC-14, nothing unusual.",
    "Restarted the service on SRV-APP, no change.",
    "Mia says it is still the same this afternoon.",
)
_DEEDS = (
    "Replaced the patch cable at desk 7, same drop.",
    "Rebooted FW-EAST at 07:15, held for two hours, then failed again.",
    "Flushed the ARP table on SW-3, no luck.",
    "Rolled the NIC driver back to 12.18.9, still slow.",
    "Moved the uplink to port 48, no improvement.",
    "Reset the TCP stack on LT-22, didn't help.",
    "Uninstalled KB5034441, same blue screen.",
    "Ran memtest over night on PC-31, no errors.",
    "Swapped the SFP in slot 2, no link.",
    "Cleared the print queue on SRV-PRT, stuck again.",
    "Recreated the Outlook profile, prompt is back.",
    "Had the user restart the modem, no change.",
    "Rang the ISP, ref WL-55120: no faults on the line.",
    "Tested from LT-40 on the guest network, works there.",
    "Updated the firmware of AP-07 to 6.5.28, no change.",
    "Excluded the database folder from AV, no difference.",
    "Restored yesterday's config on SW-3, same.",
    "Unjoined and rejoined PC-14 to the domain, same error.",
    "tried another dock, same flicker",
    "Pinged 10.20.0.9 during the outage, no reply.",
)
_REMARKS = (
    "Told Mia an engineer will call by 16:30.",
    "Promised the customer a call back before noon tomorrow.",
    "So it's not the cable in room 4.",
    "That rules out the new switch.",
    "Not the laptop then.",
    "Escalating because I have no access to the branch firewall.",
    "I dont know the ipsec side well enough, will escalate.",
    "Out of ideas on the replication backlog.",
    "Need someone to compare the phase-2 lifetimes on both ends.",
    "Next step would be to capture traffic on WAN2.",
    "Disabled the firewall on SRV-APP, leaving it off until tonight.",
    "Turned off the antivirus on PC-31 to see if it helps.",
    "Opened port 8443 on FW-EAST for the test.",
    "Stopped the backup job on SRV-BK for now.",
    "Created a temporary admin account called tmpadm on PC-14.",
    "If the lifetimes match, look at the session limit of the ISP.",
    "Need a senior to check the trunk on SW-3.",
    "Ruled out the line.",
    "Left the monitoring agent disabled on SRV-APP.",
    "Excluded D:\\Data from the scan on SRV-FS.",
)
_OUTPUT = (
    "Log Name: System\nEvent ID: 5719\nLevel: Error\nComputer: PC-14\nNo domain controller is available.",
    'time=10:22:41 level="error" msg="peer SA proposal not match local policy"',
    "Nov 12 10:22:41 SW-3 %LINK-3-UPDOWN: Interface Gi0/14, changed state to down",
    "C:\\> nslookup portal\nServer: dc1\n*** dc1 can't find portal: Non-existent domain",
    "Request timed out.\nRequest timed out.\nPackets: Sent = 4, Received = 0, Lost = 4",
    "fails with 0x80070035 each time",
    "bounce says 550 5.7.26 unauthenticated mail is not accepted",
    "sign-in fails with AADSTS50105 for him",
    'It says "The trust relationship between this workstation and the primary domain failed" at logon.',
    "stop code IRQL_NOT_LESS_OR_EQUAL on the screen",
    "Event ID 4740 on the controller",
    "System.IO.IOException: The process cannot access the file\n   at System.IO.File.Open(String path)",
    "[10:34:31] ERROR upload refused by proxy.example:3128",
    "2026-03-12 10:14:02 ERROR replication stopped, update sequence 88213 missing",
    "error 691 from the VPN client",
    "SQLSTATE 08S01 in the client log",
    "nslookup gives SERVFAIL for the portal",
    "interface Vlan20\n ip address 10.20.0.1 255.255.255.0\n shutdown",
    "PS C:\\> Get-Service Spooler\nStopped  Spooler  Print Spooler",
    "Error: Insufficient quota exists to process this command.",
)  # fmt: skip
_MARKS = {  # what of the fact has to be read in the note
    **{fact: fact.split(",")[0].split(".")[0].split(":")[0][:40] for fact in _DEEDS},
    _REMARKS[0]: "will call by 16:30", _REMARKS[1]: "call back before noon", _REMARKS[2]: "the cable in room 4",
    _REMARKS[3]: "the new switch", _REMARKS[4]: "the laptop", _REMARKS[5]: "no access to the branch",
    _REMARKS[6]: "ipsec side", _REMARKS[7]: "replication backlog", _REMARKS[8]: "phase-2 lifetimes",
    _REMARKS[9]: "traffic on WAN2", _REMARKS[10]: "firewall on SRV-APP", _REMARKS[11]: "antivirus on PC-31",
    _REMARKS[12]: "8443", _REMARKS[13]: "backup job on SRV-BK", _REMARKS[14]: "tmpadm", _REMARKS[15]: "session limit",
    _REMARKS[16]: "trunk on SW-3", _REMARKS[17]: "the line", _REMARKS[18]: "monitoring agent", _REMARKS[19]: "D:",
    _OUTPUT[0]: "No domain controller is available", _OUTPUT[1]: "peer SA proposal", _OUTPUT[2]: "LINK-3-UPDOWN",
    _OUTPUT[3]: "Non-existent domain", _OUTPUT[4]: "Received = 0", _OUTPUT[5]: "0x80070035", _OUTPUT[6]: "5.7.26",
    _OUTPUT[7]: "AADSTS50105", _OUTPUT[8]: "trust relationship", _OUTPUT[9]: "IRQL_NOT", _OUTPUT[10]: "Event ID 4740",
    _OUTPUT[11]: "IOException", _OUTPUT[12]: "upload refused", _OUTPUT[13]: "88213", _OUTPUT[14]: "error 691",
    _OUTPUT[15]: "SQLSTATE 08S01", _OUTPUT[16]: "SERVFAIL", _OUTPUT[17]: "shutdown", _OUTPUT[18]: "Spooler",
    _OUTPUT[19]: "Insufficient quota",
}  # fmt: skip
FACTS = (*_DEEDS, *_REMARKS, *_OUTPUT)


def evidence_with(fact: str) -> Evidence:
    texts = (*_USUAL[:2], fact, _USUAL[2])
    notes = [Note(1, "The app is slow and drops since Monday, all of us. Mia", MIA, START, "discussion", is_description=True)]
    notes += [Note(2 + i, text, DANA, at(10 + 10 * i), "internal") for i, text in enumerate(texts)]
    return Evidence(ticket=ticket("App drops"), read_at=at(130), notes=tuple(notes))


def test_there_are_sixty_facts() -> None:
    assert len(set(FACTS)) == len(_MARKS) == 60


@pytest.mark.parametrize("fact", FACTS)
def test_the_fact_is_in_the_note_and_read_from_more_than_the_timeline(fact: str) -> None:
    package = package_of(evidence_with(fact))
    note = render(package, marker=None)
    before_timeline = note.split("**Timeline:**")[0].replace("\\", "")
    assert _MARKS[fact].replace("\\", "") in before_timeline, note
    assert _MARKS[fact] in json.dumps(package.to_json(), ensure_ascii=False).replace("\\\\", "\\")
