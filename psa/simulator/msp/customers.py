"""Northgate's customers with their sites, people and machines."""

# ruff: noqa: E501 - what people typed stays in the lines they typed it in

from __future__ import annotations

import unicodedata
from typing import Any


def _contact(name: str, domain: str, phone: str) -> dict[str, Any]:
    plain = unicodedata.normalize("NFKD", name.lower().replace("ü", "ue").replace("'", ""))
    mail = ".".join(plain.encode("ascii", "ignore").decode().split())
    return {"name": name, "email": f"{mail}@{domain}", "phone": phone}


def _machine(name: str, type_: str, **known: str) -> dict[str, Any]:
    keys = ("os", "ip", "model", "serial", "last_login", "notes")
    return {"name": name, "type": type_, **{key: known.get(key) for key in keys}}


def companies() -> list[dict[str, Any]]:
    """Return the customers. One configuration's notes hold a password, as they do in every real PSA."""
    return [
        _bright_rowe(), _harwick(), _st_annes(), _delmont(), _kestrel(), _oakfield(), _petit_clos(), _tidemark(),
        _mirabel(), _ourselves(),
    ]  # fmt: skip


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


def _harwick() -> dict[str, Any]:
    domain = "harwick.example"
    return {
        "identifier": "harwick",
        "name": "Harwick Joinery Ltd",
        "sites": [{"name": "Workshop", "city": "Gloucester"}, {"name": "Showroom", "city": "Cheltenham"}],
        "contacts": [
            _contact("Derek Harwick", domain, "01452 496 010"),
            _contact("Sue Pargeter", domain, "01452 496 011"),
            _contact("Kyle Benn", domain, "01452 496 019"),
        ],
        "agreements": ["Managed Services - Silver"],
        "configurations": [
            _machine("HW-SRV1", "Server", os="Windows Server 2016", ip="192.168.20.10", model="PowerEdge T440", serial="HWSRV1T440",
                     last_login="HARWICK\\admin", notes="DC, files, Sage. iDRAC 192.168.20.9 user root password: Oakplane-77!\nUPS is dead since spring, quote sent."),
            _machine("HW-CNC-02", "Workstation", os="Windows 7 Embedded", ip="192.168.20.52", model="Biesse panel PC", notes="CNC controller, do NOT patch or join to the domain"),
            _machine("HW-PC-05", "Workstation", os="Windows 10 Pro 22H2", ip="192.168.20.105", model="ProDesk 400 G6", serial="HW5CZ0", last_login="HARWICK\\suep"),
            _machine("HW-MFP", "Printer", ip="192.168.20.30", model="Kyocera ECOSYS M5526", serial="KYO5526HW"),
            _machine("HW-NAS", "Storage", os="DSM 7.2", ip="192.168.20.20", model="DS920+", notes="Backup target + CAD archive"),
        ],
        "notes": "Derek answers his mobile only before 8.",
    }


def _st_annes() -> dict[str, Any]:
    domain = "stannes-academy.example"
    return {
        "identifier": "stannes",
        "name": "St Anne's Primary Academy",
        "sites": [{"name": "Main School", "city": "Bath"}, {"name": "Nursery", "city": "Bath"}],
        "contacts": [
            _contact("Joanne Pike", domain, "01225 496 200"),
            _contact("Tariq Aziz", domain, "01225 496 204"),
            _contact("Office Reception", domain, "01225 496 200"),
        ],
        "agreements": ["Schools Support 2026"],
        "configurations": [
            _machine("STA-DC1", "Server", os="Windows Server 2022", ip="10.40.0.5", model="Hyper-V guest", notes="AD, DNS, DHCP, papercut"),
            _machine("STA-HV1", "Server", os="Windows Server 2022", ip="10.40.0.3", model="ProLiant ML350 Gen10", serial="CZ-STA-01"),
            _machine("STA-SW-CORE", "Switch", os="ArubaOS 16.11", ip="10.40.0.2", model="Aruba 2930F 48G"),
            _machine("STA-AP-HALL", "Access Point", ip="10.40.0.61", model="AP-515"),
            _machine("STA-LT-Y4-11", "Laptop", os="Windows 11 SE", ip="10.40.8.111", model="Lenovo 100w", last_login="pupil"),
        ],
        "notes": "Term time: no work 08:45-15:15 in classrooms without Joanne.",
    }


def _delmont() -> dict[str, Any]:
    domain = "delmontdental.example"
    return {
        "identifier": "delmont",
        "name": "Delmont Dental Group",
        "sites": [{"name": "Queen Square", "city": "Bristol"}, {"name": "Portishead", "city": "Portishead"}, {"name": "Yate", "city": "Yate"}],
        "contacts": [
            _contact("Nadia Delmont", domain, "0117 496 0330"),
            _contact("Carol Fish", domain, "0117 496 0331"),
            _contact("Ben Akhtar", domain, "0117 496 0360"),
        ],
        "agreements": ["Managed Services - Gold", "Hosted Telephony"],
        "configurations": [
            _machine("DD-RDS1", "Server", os="Windows Server 2019", ip="10.8.1.21", model="Azure Standard_D4s_v5", notes="session host, Yate and Portishead"),
            _machine("DD-SQL", "Server", os="Windows Server 2019", ip="10.8.1.15", model="Azure Standard_E4s_v5", notes="SOE practice software, SQL 2019"),
            _machine("DD-XRAY-QS", "Workstation", os="Windows 10 LTSC 2021", ip="10.8.12.44", model="OptiPlex 5090", last_login="xray"),
            _machine("DD-PHONE-REC", "Phone", ip="10.8.12.70", model="Yealink T54W"),
        ],
        "notes": None,
    }


def _kestrel() -> dict[str, Any]:
    domain = "kestrelfreight.example"
    return {
        "identifier": "kestrel",
        "name": "Kestrel Freight & Weiss Spedition",
        "sites": [{"name": "Avonmouth Depot", "city": "Bristol"}, {"name": "Duisburg", "city": "Duisburg"}],
        "contacts": [
            _contact("Jürgen Weiss", domain, "+49 203 555 0199"),
            _contact("Mandy Orr", domain, "0117 496 0410"),
            _contact("Piotr Zak", domain, "0117 496 0415"),
        ],
        "agreements": ["Co-managed IT"],
        "configurations": [
            _machine("KF-EXCH", "Server", os="Windows Server 2019", ip="172.20.1.12", model="VM", notes="Exchange 2019 hybrid"),
            _machine("KF-ESX2", "Server", os="ESXi 7.0 U3", ip="172.20.1.4", model="ProLiant DL380 Gen10", serial="KFESX2"),
            _machine("KF-SW-WH3", "Switch", os="IOS 15.2", ip="172.20.1.203", model="Catalyst 2960X", notes="warehouse 3 mezzanine, ladder needed"),
            _machine("KF-ZEBRA-4", "Printer", ip="172.20.3.44", model="Zebra ZT411"),
            _machine("KF-DU-PC3", "Workstation", os="Windows 11 Pro", ip="172.21.0.33", model="Fujitsu Esprimo", last_login="KESTREL\\jweiss"),
        ],
        "notes": "Depot runs 24/7. Duisburg writes in German.",
    }


def _oakfield() -> dict[str, Any]:
    domain = "oakfieldvets.example"
    return {
        "identifier": "oakfield",
        "name": "Oakfield Veterinary Centre",
        "sites": [{"name": "Surgery", "city": "Frome"}],
        "contacts": [_contact("Lucy Trent", domain, "01373 496 301"), _contact("Dr Amos Reed", domain, "01373 496 302")],
        "agreements": ["Pay as you go"],
        "configurations": [
            _machine("OV-PC-REC", "Workstation", os="Windows 11 Pro 24H2", ip="192.168.1.40", model="HP EliteDesk 800 G5", last_login="reception"),
            _machine("OV-LT-AMOS", "Laptop", os="Windows 11 Home", ip="192.168.1.77", model="Surface Laptop 4", last_login="amos"),
            _machine("OV-ROUTER", "Firewall", ip="192.168.1.254", model="DrayTek Vigor 2865"),
        ],
        "notes": "Always asks for a price first.",
    }


def _petit_clos() -> dict[str, Any]:
    domain = "petitclos.example"
    return {
        "identifier": "petitclos",
        "name": "Petit Clos Imports",
        "sites": [{"name": "Bureau", "city": "Bristol"}, {"name": "Beaune", "city": "Beaune"}],
        "contacts": [_contact("Hélène Fabre", domain, "+33 3 53 01 00 12"), _contact("Marc Tissot", domain, "0117 496 0520")],
        "agreements": ["Microsoft 365 Care"],
        "configurations": [
            _machine("PCL-LT-02", "Laptop", os="Windows 11 Pro 23H2", ip="192.168.77.12", model="ThinkPad X1", last_login="hfabre@petitclos.example"),
            _machine("PCL-365", "Cloud Tenant", notes="petitclos.onmicrosoft.example, 14 x Business Premium"),
        ],
        "notes": None,
    }


def _tidemark() -> dict[str, Any]:
    domain = "tidemark.example"
    return {
        "identifier": "tidemark",
        "name": "Tidemark Architects",
        "sites": [{"name": "Studio", "city": "Bristol"}],
        "contacts": [_contact("Imogen Hale", domain, "0117 496 0611"), _contact("Rob Castell", domain, "0117 496 0612")],
        "agreements": ["Managed Services - Gold"],
        "configurations": [
            _machine("TM-FS01", "Server", os="Windows Server 2022", ip="10.61.0.10", model="VM", notes="project share P:, DFS with TM-FS02"),
            _machine("TM-FS02", "Server", os="Windows Server 2022", ip="10.61.0.11", model="VM"),
            _machine("TM-VBR", "Server", os="Windows Server 2022", ip="10.61.0.15", model="R540", notes="Veeam 12.1 + repo E:"),
            _machine("TM-WS-09", "Workstation", os="Windows 11 Pro 23H2", ip="10.61.1.109", model="Precision 3660", last_login="TIDEMARK\\rcastell"),
            _machine("TM-PLOT", "Printer", ip="10.61.0.50", model="HP DesignJet T1600"),
        ],
        "notes": "P: is 11 TB, do not start a full scan in the day.",
    }


def _mirabel() -> dict[str, Any]:
    domain = "mirabelcare.example"
    return {
        "identifier": "mirabel",
        "name": "Mirabel Care Homes",
        "sites": [{"name": "The Laurels", "city": "Weston"}, {"name": "Seaview", "city": "Clevedon"}, {"name": "Head Office", "city": "Nailsea"}],
        "contacts": [
            _contact("Beverley Quick", domain, "01934 496 700"),
            _contact("Ola Adeyemi", domain, "01275 496 710"),
            _contact("Steph Moran", domain, "01275 496 720"),
        ],
        "agreements": ["Managed Services - Silver", "Hosted Telephony"],
        "configurations": [
            _machine("MC-LAURELS-SW1", "Switch", os="UniFi 6.6", ip="10.90.1.2", model="USW-24-PoE"),
            _machine("MC-HO-SRV", "Server", os="Windows Server 2012 R2", ip="10.90.0.10", model="PowerEdge R320", notes="EOL!! replacement project since 2 years"),
            _machine("MC-TAB-17", "Tablet", os="Android 13", model="Tab A9", notes="medication rounds"),
            _machine("MC-LT-BQ", "Laptop", os="Windows 11 Pro 23H2", ip="10.90.0.131", model="Latitude 3540", last_login="MIRABEL\\bquick"),
        ],
        "notes": "Medication round 08:00, 12:00, 18:00 - tablets must work.",
    }


def _ourselves() -> dict[str, Any]:
    return {
        "identifier": "northgate-int",
        "name": "Northgate IT Services (internal)",
        "sites": [{"name": "Main", "city": "Bristol"}],
        "contacts": [],
        "agreements": [],
        "configurations": [_machine("NG-RMM", "Server", os="Ubuntu 22.04", ip="192.0.2.40", model="VM")],
        "notes": None,
    }
