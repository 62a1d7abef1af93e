"""Northgate's customers with their sites, people and machines."""

# ruff: noqa: E501 - what people typed stays in the lines they typed it in

from __future__ import annotations

from typing import Any


def _contact(name: str, domain: str, phone: str) -> dict[str, Any]:
    mail = ".".join(name.lower().replace("'", "").replace("ü", "ue").replace("é", "e").split())
    return {"name": name, "email": f"{mail}@{domain}", "phone": phone}


def _machine(name: str, type_: str, **known: str) -> dict[str, Any]:
    keys = ("os", "ip", "model", "serial", "last_login", "notes")
    return {"name": name, "type": type_, **{key: known.get(key) for key in keys}}


def companies() -> list[dict[str, Any]]:
    """Return the customers. One configuration's notes hold a password, as they do in every real PSA."""
    return [_bright_rowe()]


def _bright_rowe() -> dict[str, Any]:
    domain = "brightrowe.example"
    return {
        "identifier": "brightrowe",
        "name": "Bright & Rowe Solicitors LLP",
        "sites": [{"name": "Harbour Street", "city": "Bristol"}, {"name": "Clifton", "city": "Bristol"}],
        "contacts": [
            _contact("Ellen Marsh", domain, "0117 496 0142"),
            _contact("Graham Rowe", domain, "0117 496 0101"),
            _contact("Priya Nair", domain, "0117 496 0155"),
        ],
        "agreements": ["Managed Services - Gold", "Firewall as a Service"],
        "configurations": [
            _machine("PC-14", "Workstation", os="Windows 11 Pro 23H2", ip="192.168.14.114", model="OptiPlex 7010",
                     serial="BR7X014", last_login="BRIGHTROWE\\emarsh", notes="Clifton, first floor, conveyancing. AV: Sentinel."),
            _machine("FW-HARBOUR", "Firewall", os="FortiOS 7.2.8", ip="203.0.113.18", model="FortiGate 60F",
                     serial="FGT60F-BR-001", notes="VPN end point for Clifton and home users. Config backup nightly 02:00."),
            _machine("FW-CLIFTON", "Firewall", os="RouterOS 6.49", ip="198.51.100.77", model="hEX S",
                     serial="HEX-BR-002", notes="Put in by the former IT company, we have login but no documentation."),
            _machine("LT-07", "Laptop", os="Windows 11 Pro 23H2", ip="192.168.14.131", model="Latitude 5440",
                     serial="BRLT007", last_login="BRIGHTROWE\\loan", notes="Loan laptop"),
            _machine("SRV-BR-01", "Server", os="Windows Server 2019", ip="192.168.10.10", model="PowerEdge T340",
                     serial="BRSRV01", last_login="BRIGHTROWE\\ngadmin", notes="DC, file, case management (SQL Express)"),
        ],
        "notes": "Conveyancing team completes on Fridays before 12:00, do not reboot anything then.",
    }  # fmt: skip
