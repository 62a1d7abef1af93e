"""A second MSP with its own keys, so that nothing of one account can show up in the other unnoticed."""

# ruff: noqa: E501 - what people typed stays in the lines they typed it in

from __future__ import annotations

from typing import Any

from psa.simulator.msp.forms import DAY, HOUR, P1, P2, P3, note, said, status, ticket, work


def boards() -> list[dict[str, Any]]:
    """Return two boards; this MSP says "Tier 2" where Northgate says "Escalated"."""
    service = ["New", "Working", "Customer Waiting", "Tier 2", "Engineer Assigned", "Done", ">Closed"]
    closing = {"Done", ">Closed"}
    return [
        {
            "name": name,
            "statuses": [{"name": s, "closed": s in closing, "default": s == "New"} for s in statuses],
            "types": ["Problem", "Request"],
            "project": False,
        }
        for name, statuses in (("Service", service), ("Alerts", ["New", "Working", "Tier 2", "Done"]))
    ]


def members() -> list[dict[str, Any]]:
    """Return the five members; jlind is another person than Northgate's."""
    return [
        _member("jlind", "Judith", "Lindqvist", "Technician"),
        _member("efox", "Ezra", "Fox", "Technician"),
        _member("nhart", "Noor", "Hart", "Engineer"),
        _member("pdale", "Pat", "Dale", "Owner"),
        {**_member("rflow", "ResolutionFlow", "API", "API"), "email": None, "license": "A"},
    ]


def _member(identifier: str, first: str, last: str, title: str) -> dict[str, Any]:
    mail = f"{identifier}@lakeside.example"
    return {"identifier": identifier, "first": first, "last": last, "email": mail, "license": "F", "inactive": False, "title": title}


def companies() -> list[dict[str, Any]]:
    """Return the two customers."""
    blank = {"os": None, "ip": None, "model": None, "serial": None, "last_login": None, "notes": None}
    return [
        {
            "identifier": "moorside", "name": "Moorside Garden Centres", "sites": [{"name": "Kendal", "city": "Kendal"}],
            "contacts": [{"name": "Ann Tully", "email": "ann@moorside.example", "phone": "01539 496 000"}],
            "agreements": ["Support"],
            "configurations": [{**blank, "name": "TILL-3", "type": "Workstation", "os": "Windows 10 IoT", "ip": "192.168.5.13"}],
            "notes": None,
        },
        {
            "identifier": "fellview", "name": "Fellview Surveyors", "sites": [{"name": "Office", "city": "Penrith"}],
            "contacts": [{"name": "Ian Sharrow", "email": "ian@fellview.example", "phone": "01768 496 011"}],
            "agreements": [],
            "configurations": [{**blank, "name": "FV-SRV", "type": "Server", "os": "Windows Server 2019", "ip": "192.168.9.2"}],
            "notes": None,
        },
    ]  # fmt: skip


def tickets() -> list[dict[str, Any]]:
    """Return six tickets, one of them with the number of Northgate's flagship."""
    return [
        ticket("till-freeze", "endpoint", "moorside", "Till 3 freezes when printing a gift receipt", number=48213, entered=DAY + 200,
               contact="Ann Tully", site="Kendal", owner="jlind", priority=P2, configurations=["TILL-3"], board="Service", kind="Problem", state="Working",
               description="till 3 hangs about 1 in 5 gift receipts, had to pull the plug twice",
               entries=[
                   work("jlind", DAY, 30, "updated receipt printer driver to 3.11, no change. swapped the usb cable, no change"),
                   note("efox", 300, "Faulting application name: pos.exe, version: 8.4.0.2\nException code: 0xc0000374\nFaulting module: ntdll.dll"),
                   said("Ann Tully", 55, "It did it again, queue to the door. When is someone coming?"),
               ]),
        ticket("fv-backup", "storage_backup", "fellview", "Backup failed 3 nights running", entered=2 * DAY, owner="efox", configurations=["FV-SRV"],
               contact="Ian Sharrow", board="Alerts", kind="Problem", state="Working",
               entries=[note("efox", DAY, "vssadmin list writers: SqlServerWriter State: [8] Failed, Last error: Non-retryable error. restarted sql writer, came back stable, failed again at night")]),
        ticket("fv-newuser", "identity", "fellview", "New starter Monday", entered=400, board="Service", kind="Request", state="New", contact="Ian Sharrow"),
        ticket("moor-wifi", "network", "moorside", "cafe wifi slow", entered=5 * DAY, closed=4 * DAY, owner="nhart", board="Service", kind="Problem",
               state="Done", contact="Ann Tully", entries=[note("nhart", 4 * DAY + 10, "AP was on channel 1 with 9 neighbours. moved to 11, 40 Mbit now", "resolution")]),
        ticket("fv-mail-down", "email", "fellview", "No email in or out", entered=90, owner="jlind", priority=P1, contact="Ian Sharrow",
               board="Service", kind="Problem", state="Working", entries=[
                   note("jlind", 60, "mx points to old host after domain renewal? nslookup -type=mx fellview.example -> mail.parked.example"),
                   status("Customer Waiting", "jlind", 40),
                   note("jlind", 35, "asked Ian for registrar login"),
               ]),
        ticket("moor-print", "printing", "moorside", "Labels print blank", entered=9 * DAY, closed=9 * DAY - 4 * HOUR, owner="efox", priority=P3,
               board="Service", kind="Problem", state=">Closed", contact="Ann Tully",
               entries=[note("efox", 9 * DAY - 200, "ribbon was in the wrong way round", "resolution")]),
    ]  # fmt: skip
