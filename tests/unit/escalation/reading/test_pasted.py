"""Where pasted output begins and ends, and which numbers in it are codes."""

# ruff: noqa: E501 - output is shown as it is pasted

from __future__ import annotations

import pytest

from escalation.reading.reader import pasted_rows, read_steps
from escalation.text.passages import Passage
from escalation.text.stretches import stretches
from escalation.wording.codes import error_codes
from escalation.wording.pasted import configuration


def pasted(text: str) -> list[str]:
    return [s.text for s in stretches(text) if s.kind == "pasted"]


@pytest.mark.parametrize(
    "block",
    [
        "Get-Thing : Cannot find it.\nOperation ended with the exception: The RPC server is unavailable.\nAt line:1 char:1\n+ Get-Thing\n+ ~~~~~~~~~\n    + CategoryInfo          : NotSpecified: (:) [], X",
        "%LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to down",
        "AADSTS50105: The signed in user is not assigned to a role.\nTrace ID: 5d9b-11",
        "ORA-12154: TNS:could not resolve the connect identifier specified",
        "Mar 10 22:14:03 web2 systemd[1]: Timed out waiting for device.\nMar 10 22:14:04 web2 systemd[1]: Started Emergency Shell.",
        "System error 67 has occurred.\n\nThe network name cannot be found.",
        "D:\\Share ACME\\Staff:(OI)(CI)(M)\n         BUILTIN\\Users:(RX)\nSuccessfully processed 1 files; Failed processing 0 files",
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Acme]\n\"Start\"=dword:00000004",
        "Stage 4: Looking for bad clusters in user file data ...\nRead failure with status 0xc0000185 at offset 0x10 for 0x10 bytes.",
        "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.4 ms\n2 packets transmitted, 1 received, 50% packet loss",
        "I 03/12/26 14:09:41 00435 ports: port 2/31 is blocked\nW 03/12/26 14:09:43 00842 stp: topology change",
        "11,03/12/26,17:52:06,Renew,10.20.4.18,pc-0448,\n14,03/12/26,17:52:40,Scope Full,10.20.4.0,,,,0,6",
        "v=0\no=- 1717 1 IN IP4 203.0.113.7\ns=call\nt=0 0\nm=audio 6024 RTP/AVP 8 0",
        "Package Identity : Rollup~31bf38\nState : Install Pending\nRelease Type : Security Update",
        "Contoso.Jobs.Runner: Storage.RequestFailed: This request is not authorized.\n   at Contoso.Jobs.Run()",
        "SIP/2.0 403 Forbidden\nVia: SIP/2.0/UDP 10.0.0.2:5060\nFrom: <sip:100@pbx.example>\nCSeq: 3 INVITE",
    ],
)
def test_output_is_one_block_without_the_prose_around_it(block: str) -> None:
    assert pasted(f"Ran it again this morning.\n{block}\nSo I am passing this on.") == [block]


@pytest.mark.parametrize(
    "line",
    [
        "router rebooted, no change",
        "set the printer to PS, same",
        "interface was down after the move",
        "set up a new profile - same again",
        "next day red x again",
        "hostname changed, no difference",
        "12/03/2026 10:15 called the ISP, line is clean",
        "and this is in the log at the same second",
        "User: Ellen Marsh\nPhone: 0113 496 0000\nIssue: cannot print to the label printer",
    ],
)
def test_terse_prose_is_not_output(line: str) -> None:
    assert pasted(line) == []


def test_a_line_announces_the_wording_of_an_error() -> None:
    text = 'Half of them are out. Message: "No licence server is available to provide a licence."'
    assert pasted(text) == ["No licence server is available to provide a licence."]
    assert pasted("It fails with:\nThe chain could not be built. You may be missing a root.\n\nAny idea?") == [
        "The chain could not be built. You may be missing a root."
    ]


def test_short_lines_are_not_folded_into_one() -> None:
    text = "looked up our address on the block list, it is listed since Saturday\nchecked the queue, nothing odd in it\nasked for delisting"
    assert [s.text for s in stretches(text)] == text.split("\n")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("%ASA-4-113019: Group = x", ["%ASA-4-113019"]),
        ("Stop code 0x9F", ["0x9F"]),
        ("Exception code: 0xc0000005\nFault offset: 0x000000000003b5a0\nprocess id: 0x1bd4", ["0xc0000005"]),
        ("failed, status 0xc0000185 at offset 0x1a4f3000 for 0x10000 bytes", ["0xc0000185"]),
        ("SErr 0x0 action 0x0, irq_stat 0x40000001", []),
        ("554 5.7.1 refused (5.7.1)", ["554 5.7.1"]),
        ("NET::ERR_CERT_DATE_INVALID in Chrome", ["NET::ERR_CERT_DATE_INVALID"]),
        ("Msg 18456, Level 14, State 1", ["Msg 18456"]),
        ("write failed: ENOSPC", ["ENOSPC"]),
        ("the site says 503 Service Unavailable", ["503"]),
        ("FAILURE_BUCKET_ID: x", []),
    ],
)
def test_codes_and_numbers_that_are_none(text: str, codes: list[str]) -> None:
    assert [text[a:b] for a, b in error_codes(text)] == codes


MAKERS = ("E-2207", "PXE-E18", "V-79-57344-65233", "M-204", "LX-3001", "SC-542", "CE-34878-0")
SAID = (
    "The copier stops with error {}.", "Panel shows error code {}", "backup fails with {}, every night", "Error: {}", "{} error on the display", "fault code: {}", "alarm {} on the UPS",
    "exits with {}", "job ended with {} at 02:10", "returned error {} (again)", "status code {} in the log", "halts with an error {}", "the error code was {}", "install aborts with {}", "it crashes with {}",
)  # fmt: skip
NOT_SAID = (
    "room {}", "part number {}", "ticket {}", "the {} was replaced", "model {}", "case {} is open", "printer {} is offline", "error on {}", "failed: {}", "cable {} swapped", "the error is on {} only",
    "error gone after swapping {}", "firmware of {} updated", "code for door {} changed", "event in hall {} is on Friday", "reimaged {} with the code from the sheet",
)  # fmt: skip


def test_letters_hyphens_and_digits_are_a_code_where_words_say_so_and_else_a_part_a_room_or_a_ticket() -> None:
    """Makers count their errors as they number parts, rooms and models: only the words beside tell which it is."""
    for code in MAKERS:
        for said in SAID:
            text = said.format(code)
            assert [text[a:b] for a, b in error_codes(text)] == [code], text
        for said in NOT_SAID:
            assert error_codes(said.format(code)) == [], said.format(code)
    for host in ("SRV-02", "PC-014", "INC-12345"):
        assert error_codes(f"Error: {host} unreachable") == []
    assert [text[a:b] for text in ("the shop answers HTTP 5xx", "PXE-E18: Server response timeout") for a, b in error_codes(text)] == ["HTTP 5xx", "PXE-E18"]


def test_a_record_or_a_setting_pasted_alone_is_evidence_and_no_prose() -> None:
    """Records of every type as zones, lookups and consoles write them, and single settings, alone and below what was done."""
    hosts, named = ("", "example.com. ", "_dmarc.example.com ", "mail.example.com. 3600 IN ", "@ 300 IN "), ("A 203.0.113.7", "AAAA 2001:db8::7", "MX 10 mx.example.com.", "CNAME app.example.net", "NS ns1.example.net.", "SRV 0 5 5061 sip.example.com", 'TXT "v=spf1 mx -all"')
    lines = [f"{host}{record}" for host in hosts for record in named]
    lines += ["v=spf1 include:_spf.example.com ip4:203.0.113.7 -all", "v=spf1 mx ~all", '"v=DMARC1; p=reject; rua=mailto:d@example.com"', "v=DKIM1; k=rsa; p=MIGfMA0GCS"]
    lines += ["max_connections = 100", "net.ipv4.ip_forward=1", "DisableLoopbackCheck=1", "nameserver 10.0.0.53", "10.0.0.5 srv01.example.local srv01", "ip route 0.0.0.0 0.0.0.0 203.0.113.1", "/ip firewall filter add chain=input action=drop", "set security zones security-zone trust", r"HKLM\SOFTWARE\Policies\Edge"]
    for line in lines:
        for text in (line, f"Rebooted the firewall, no change.\n{line}"):
            passage = Passage(text, tuple(stretches(text)), "technician")
            assert [s.kind for s in passage.stretches if s.text in line] == ["pasted"], text
            assert [text[a:b] for a, b in pasted_rows(passage)] == [line], text
            assert len(read_steps([passage])) == (text != line), text
    for said in ("MX record points to the old server", "Plan A failed", "set interfaces to auto on both ends", "A colleague has restarted it", "result = failed", "TXT record missing"):
        assert not configuration(said), said


def test_what_somebody_says_right_above_an_alert_is_no_output() -> None:
    said = ("Customer forwarded this alert today.", "Alert from the RMM this morning, user was not at the desk.", "RMM alert below", "Seeing this on the console", "Just got this from the RMM while I was on the phone.", "This came in at the same time.")
    alerts = ("ALERT: FW-01 CPU utilization 98% exceeds threshold 90%\nSeverity: Critical\nDevice: FW-01", "Alert: Backup job failed\nDevice: SRV-01\nSeverity: High", "[CRITICAL] Disk space on SRV-02 C: is below 5%\nHost: SRV-02")
    for words in said:
        for alert in alerts:
            for text in (f"{words}\n{alert}", f"{words}\n\n{alert}"):
                passage = Passage(text, tuple(stretches(text)), "technician")
                found = [text[a:b] for a, b in pasted_rows(passage)]
                assert found, text
                assert not [block for block in found if words in block], text
