"""Ninety days of closed escalations, worked the old way: the senior claims, reads, asks, and only then acts.

They give a replay of history something to measure. Spans differ by the ticket, as they do in life; a few have no
dated claim or no action at all, and must be counted as left out.
"""

# ruff: noqa: E501 - what people typed stays in the lines they typed it in

from __future__ import annotations

from typing import Any, NamedTuple

from psa.simulator.msp.forms import DAY, P2, P3, note, status, ticket, work


class _Past(NamedTuple):
    """One closed escalation; `wait` and `orientation` are minutes to the claim and from it to the first action."""

    key: str
    domain: str
    company: str
    contact: str
    site: str
    days: int
    summary: str
    junior: str
    tried: str
    senior: str
    wait: int | None
    orientation: int | None
    action: str
    solution: str


def tickets() -> list[dict[str, Any]]:
    """Return them, the oldest first."""
    return [_ticket(past) for past in sorted(PAST, key=lambda past: -past.days)]


def _ticket(past: _Past) -> dict[str, Any]:
    entered = past.days * DAY + past.days % 7 * 13
    escalated = entered - 95 - past.days % 5 * 10
    claimed = escalated - (past.wait or 0)
    acted = claimed - (past.orientation or 0)
    closed = acted - 160
    entries = [
        work(past.junior, entered - 60, 30, past.tried, start_ago=entered - 20),
        status("Escalated", past.junior, escalated),
    ]
    if past.wait is not None:
        entries.append(status("Assigned to Engineer", past.senior, claimed))
    if past.orientation is not None:
        entries.append(note(past.senior, claimed - past.orientation // 3, "looking into it, what did you try so far?"))
        entries.append(note(past.senior, acted, past.action))
    entries.append(note(past.senior, closed + 5, past.solution, "resolution"))
    return ticket(
        past.key, past.domain, past.company, past.summary, entered=entered, closed=closed, contact=past.contact,
        site=past.site, state="Closed", priority=P2 if past.days % 3 == 0 else P3, owner=past.senior,
        resources=[past.junior, past.senior], entries=entries,
    )  # fmt: skip


PAST = (
    _Past("h-trust", "identity", "harwick", "Sue Pargeter", "Workshop", 87, "Trust relationship failed on PC-05", "bwells",
          "rejoin domain failed 'The specified network name is no longer available'", "tobrien", 22, 19, "Test-ComputerSecureChannel -Repair -> False. dc time is 6 min off", "fixed time on HW-SRV1, rejoined, ok"),
    _Past("h-vlan", "network", "stannes", "Tariq Aziz", "Main School", 84, "New printer no ip in staffroom", "mbaker",
          "other patch port same, laptop on that port no ip either", "msvensson", 41, 27, "port 12 is untagged in vlan 1, scope is on 40", "vlan 40 untagged on port 12, printer up"),
    _Past("h-quota", "email", "petitclos", "Marc Tissot", "Bureau", 80, "Cannot send, mailbox full", "lpetrov",
          "emptied deleted items, 49.9 of 50 GB still", "akhan", 12, 9, "recoverable items 31 GB, litigation hold on", "archive mailbox on + retention policy, sends again"),
    _Past("h-sql-mem", "database_app", "delmont", "Ben Akhtar", "Yate", 77, "SOE hangs every monday", "ctanaka",
          "restarted SQL: ok until next monday", "tobrien", 35, 31, "agent job 'weekly reindex' still running at 08:40", "job moved to sunday 02:00"),
    _Past("h-rdp", "remote_desktop", "delmont", "Carol Fish", "Portishead", 73, "RDP 'no licence server'", "skaur",
          "deleted MSLicensing reg key, no change", "tobrien", 18, 15, "licensing diag: grace period expired, server not specified after rebuild", "GPO for licence server re-linked"),
    _Past("h-voice", "telephony", "mirabel", "Steph Moran", "Head Office", 70, "Choppy calls after 4pm", "lpetrov",
          "speedtest ok 70/18, handset reboot no change", "msvensson", 66, 24, "upload saturated 16:00-17:30 by cctv sync", "qos + cctv sync at night"),
    _Past("h-dfs", "file_services", "tidemark", "Imogen Hale", "Studio", 66, "P: shows old folder list", "jlind",
          "gpupdate /force and reboot, same; other PC fine", "tobrien", 27, 22, "dfsutil cache referral flush -> still site link wrong", "subnet 10.61.1.0/24 missing in Sites and Services, added"),
    _Past("h-print", "printing", "kestrel", "Piotr Zak", "Avonmouth Depot", 63, "Labels of dock 2 print at dock 5", "mbaker",
          "re-added queue, still dock 5", "akhan", 14, 11, "dhcp gave both zebras .44, arp flips", "reservation for both"),
    _Past("h-vss", "storage_backup", "harwick", "Derek Harwick", "Workshop", 59, "Backup failed VSS", "skaur",
          "restarted writers, failed again 0x800423f4", "tobrien", 90, 35, "vssadmin shadowstorage: max 320 MB on C:", "shadowstorage 10%, two good nights"),
    _Past("h-ca", "cloud", "petitclos", "Hélène Fabre", "Beaune", 56, "Bloquée à l'étranger", "ctanaka",
          "MFA re-registered, blocked again AADSTS53003", "akhan", 16, 13, "CA 'UK only' has no travel group", "travel group, 7 days"),
    _Past("h-loop", "network", "kestrel", "Mandy Orr", "Avonmouth Depot", 52, "Office network down 10 min", "ctanaka",
          "rebooted core: ok, again after 40 min", "msvensson", 9, 21, "topology change from Gi0/9 every 35 s", "desk phone with both ends in the wall. bpduguard on"),
    _Past("h-edr", "security", "oakfield", "Lucy Trent", "Surgery", 48, "Pop ups about virus, phone number on screen", "mbaker",
          "full scan clean, popups again", "akhan", 20, 17, "browser notification permission for a .example site", "removed, policy set"),
    _Past("h-esx", "virtualization", "kestrel", "Piotr Zak", "Avonmouth Depot", 45, "KF-PRINT very slow", "jlind",
          "more vcpu (2 to 8): slower", "tobrien", 44, 30, "%CSTP 40, cpu ready 18. too many vcpu + old snapshot", "back to 2 vcpu, snapshot left for weekend"),
    _Past("h-dns", "dns_dhcp", "brightrowe", "Graham Rowe", "Harbour Street", 41, "Some web sites do not open", "skaur",
          "flushdns, other browser, same sites", "msvensson", 25, 18, "forwarder 192.0.2.53 answers only A, no DS; dnssec fails", "forwarders changed"),
    _Past("h-wu", "server_os", "mirabel", "Steph Moran", "Head Office", 38, "Server disk C: 0 bytes", "ctanaka",
          "cleanmgr 1 GB, full again in a day", "tobrien", 31, 26, "CBS.log 44 GB, makecab loop in Windows\\Temp", "logs removed, service stopped"),
    _Past("h-usb", "endpoint", "delmont", "Carol Fish", "Queen Square", 35, "Sensor not detected", "lpetrov",
          "other usb port, reinstall: not detected", "akhan", 17, 8, "selective suspend on hub", "power plan by GPO"),
    _Past("h-guest", "network", "stannes", "Joanne Pike", "Main School", 31, "Guest wifi portal does not open", "mbaker",
          "other device the same, AP reboot no change", "msvensson", 53, 33, "portal cert expired, iOS refuses", "new cert"),
    _Past("h-mapi", "email", "brightrowe", "Priya Nair", "Clifton", 27, "Outlook asks password all day", "jlind",
          "new profile, office repair: asks again", "akhan", 28, 20, "MapiHttp reg value 1 left over from 2017", "GPO removed it"),
    _Past("h-sage", "database_app", "harwick", "Sue Pargeter", "Workshop", 24, "Sage backup 'file in use'", "skaur",
          "everyone out, server restart, same", "rdubois", 120, None, "", "it worked by itself next day"),
    _Past("h-tab", "endpoint", "mirabel", "Ola Adeyemi", "Seaview", 22, "Tablets lose wifi in lift lobby", "lpetrov",
          "forget network, re-add, same", "msvensson", None, None, "", "roaming threshold set, Ola ok"),
    _Past("h-acl", "file_services", "tidemark", "Rob Castell", "Studio", 10, "New starter cannot see archive", "mbaker",
          "added to group, relog, no change", "tobrien", 21, 12, "ABE on + inheritance broken at \\Archive\\2019", "inheritance restored"),
    _Past("h-fax", "telephony", "delmont", "Nadia Delmont", "Queen Square", 7, "Fax line engaged", "ctanaka",
          "unplugged ATA, still engaged", "msvensson", 37, 16, "trunk has 1 channel, alarm dialler holds it", "dialler moved to ip"),
)  # fmt: skip
