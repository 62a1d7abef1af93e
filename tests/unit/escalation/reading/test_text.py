"""Texts are cut into stretches that stand literally where they say."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.text.stretches import stretches
from escalation.wording.codes import error_codes
from escalation.wording.pasted import quoted_errors
from escalation.wording.vocabulary import domain_of, products_in


def kinds(text: str) -> list[tuple[str, str]]:
    return [(s.kind, s.text) for s in stretches(text)]


def test_prose_lists_output_mail_and_signatures_are_told_apart() -> None:
    text = (
        "Hello.\r\nVPN drops, e.g. at noon. Tried:\r\n1. rebooted it\r\n* new cable\r\n\r\n"
        "C:\\> ping 10.0.0.1\r\nReply from 10.0.0.1: bytes=32\r\n\r\nRegards,\r\nDana\r\nHarbor IT\r\n"
        "From: Mia\r\nSent: Monday\r\nOld mail. Rebooted."
    )
    assert kinds(text) == [
        ("sentence", "Hello."),
        ("sentence", "VPN drops, e.g. at noon."),
        ("sentence", "Tried:"),
        ("item", "rebooted it"),
        ("item", "new cable"),
        ("pasted", "C:\\> ping 10.0.0.1\r\nReply from 10.0.0.1: bytes=32"),
        ("signature", "Regards,\r\nDana\r\nHarbor IT"),
        ("quoted", "From: Mia\r\nSent: Monday\r\nOld mail. Rebooted."),
    ]
    assert kinds("Done.\n\nKind regards,\nDana\nHarbor IT")[1:] == [
        ("signature", "Kind regards,\nDana\nHarbor IT")
    ]


@pytest.mark.parametrize("width", range(64, 100, 4))
def test_facts_a_line_in_small_letters_stay_apart_and_folded_ones_come_together(width: int) -> None:
    said = "vendor looks at it remotely and will ask his developers about receipts that end early whenever somebody opens"
    line = textwrap.wrap(f"{said} a drawer", width)[0]
    facts = [f"{line.rpartition(' ')[0]} tills", "manager wants it solved today", "cash drawer opens late since monday"]
    assert [text for _, text in kinds("\n".join(facts))] == facts
    folded = textwrap.fill(f"{said} a drawer while the old {said} others", width)
    assert [text for _, text in kinds(folded)] == [folded]
    once = f"{line.rpartition(' ')[0]} tills\n2 and 5 alone, others are fine."
    assert [text for _, text in kinds(once)] == [once], "whoever ends with a full stop goes on where there is none"


def test_a_line_broken_by_a_mail_program_is_one_sentence() -> None:
    text = "I rebooted the firewall in the main office this morning and then\nwaited for an hour. Same."
    assert [s for _, s in kinds(text)] == [text[:-6], "Same."]


def test_a_stack_trace_is_one_block() -> None:
    trace = "System.IO.IOException: denied\n   at Foo.Bar(String x)\n   at Foo.Main()"
    assert ("pasted", trace) in kinds(f"It crashes:\n{trace}\nevery time.")


@given(st.text(max_size=500))
def test_stretches_are_literal_and_in_order(text: str) -> None:
    end = 0
    for stretch in stretches(text):
        assert text[stretch.start : stretch.end] == stretch.text
        assert stretch.start >= end
        end = stretch.end


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("fails with 0x80070005 again", ["0x80070005"]),
        ("Event ID 4625 and event id: 4740", ["Event ID 4625", "event id: 4740"]),
        ("AADSTS50126 after sign-in", ["AADSTS50126"]),
        ("550 5.7.1 relaying denied", ["550 5.7.1"]),
        ("blue screen IRQL_NOT_LESS_OR_EQUAL", ["IRQL_NOT_LESS_OR_EQUAL"]),
        ("error 691 from the VPN", ["error 691"]),
        ("nslookup gives NXDOMAIN", ["NXDOMAIN"]),
        ("10.0.0.5 on 2026-03-12, KB5034441, 5 users, my_file_name", []),
    ],
)
def test_error_codes_as_written(text: str, codes: list[str]) -> None:
    assert [text[a:b] for a, b in error_codes(text)] == codes


def test_the_wording_of_an_error_in_prose_is_evidence() -> None:
    text = 'It says "The trust relationship failed" but I said "hello there my friend".'
    assert [text[a:b] for a, b in quoted_errors(text)] == ["The trust relationship failed"]


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("Outlook cannot open the shared mailbox", "email"),
        ("Account locked out, domain controller logs 4740", "identity"),
        ("Site-to-site VPN on the SonicWall drops", "network"),
        ("nslookup fails, DHCP scope is exhausted", "dns_dhcp"),
        ("Spooler crashes on the print server", "printing"),
        ("Laptop dock does not charge, blue screen", "endpoint"),
        ("ESXi host lost its datastore, VMs are down", "virtualization"),
        ("Veeam backup job fails, RAID degraded", "storage_backup"),
        ("SQL query times out in the ERP", "database_app"),
        ("User clicked a phishing link, Defender alert", "security"),
        ("No dial tone, SIP trunk down, phones unregistered", "telephony"),
        ("RDP session to the terminal server is black", "remote_desktop"),
        ("Mapped drives vanish, SMB share on the file server", "file_services"),
        ("Windows Server update fails, DISM, WSUS", "server_os"),
        ("Azure vnet peering, tenant subscription", "cloud"),
    ],
)
def test_domain_by_vocabulary(text: str, domain: str) -> None:
    assert domain_of([(text, 1)]) == domain


def test_products_are_found_with_their_versions() -> None:
    text = "Windows Server 2019 with Exchange 2016 behind a SonicWall TZ370"
    assert [text[a:b] for a, b in products_in(text)] == [
        "Windows Server 2019",
        "Exchange 2016",
        "SonicWall TZ370",
    ]
