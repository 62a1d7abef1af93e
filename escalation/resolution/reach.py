"""Tell whether what mended it takes a senior, by what it touches; where neither can be told, nothing is said.

`senior`: it touches what a whole office stands on (network gear, servers, directory, mail flow, certificates, storage, licences,
rights). `l1`: it touches one person's device or account, in a way that any technician may. What was done tells nothing alone: a
reboot is anybody's of a laptop and a senior's of a storage. Where only the deed is told, or the ticket is about what an office
stands on or about all its people, nothing is said: a junior who is told to try next time must not be told so of a server. The words are this product's own
choice, not measured on anybody's desk: an account that sees it otherwise switches the message off.
"""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Reach = Literal["l1", "senior", "unknown"]

_SENIOR = re.compile(
    r"\b(?:fire-?wall|forti\w*|sonicwall|sophos|pfsense|draytek|watchguard|meraki|unifi|switch(?:es)?(?: port)?|trunk|vlan|sfp|routers?|routing|bgp|ospf|nat rule|vpn (?:tunnel|"
    r"gateway|policy|lifetime)|phase[ -]?[12]|lifetime|ipsec|isp|wan|portfast|spanning tree|access points?|aps?\d*|dhcp (?:scope|server|reservation)|dns (?:record|zone|server|forward\w*)|a record|"
    r"domain controllers?|dc\d*|active directory|\bad\b|gpo|group polic\w+|policy|schema|fsmo|replication|ad ?connect|adsync|entra|azure|avd|tenant|conditional "
    r"access|intune|exchange|connector|transport rule|mail ?flow|smtp|relay|mailcow|spf|dkim|dmarc|mx record|certificates?|certs?|ssl|tls|servers?|srv|hosts?|node|cluster|esxi?|hyper-?v|hypervisor|"
    r"vmware|vcenter|vmotion|proxmox|vms?|vmdk|vhdx?\w*|datastore|san|nas|qnap|synology|iscsi|lun|raid|array|tape|disks?|volume|snapshot|checkpoints?|backups?|veeam|repository|restored?|sql|mysql|database|iis|radius|nps|adfs|registry|licen[cs]es?|"
    r"acl|ntfs|share permission\w*|admin rights|powershell|script|firmware|controller|pbx|sip|publisher|whitelist\w*|bypass|proxy|quarantine|edr|wsus|rds|rdsh\d*|remote desktop|terminal server|citrix|fslogix|"
    r"domain admins?|global admins?|admin accounts?|service accounts?|svc[_-]\w+|shared mailbox(?:es)?|phone system|"
    r"linux|ubuntu|debian|centos|winsxs|ups|print server|moodle|erp|[a-z]{0,4}(?:srv|dc|fs|hv|esx|rdsh?|sql|ts|app|mail|prn|print|nas|web|file)-?\d+)\b",
    re.IGNORECASE,
)
_MANY = re.compile(
    r"\b(?:(?:all|every|each) (?:of )?(?:the |our |their )?(?:users?|staff|phones?|handsets?|pcs?|computers?|laptops?|workstations?|monitors?)|"
    r"every(?:body|one)|nobody|no one|(?:whole|entire) (?:office|company|site|floor|team|department))\b",
    re.IGNORECASE,
)
"""An office without its tools: what mends it is more than one person's device or account, whatever was touched."""
_THEIRS = re.compile(
    r"\b(?:credential manager|profile|outlook|teams|browser|chrome|(?:microsoft|ms|in|the) edge|add-?in|password reset|(?:reset|changed) (?:the |her |his |their )?password|unlock\w*|"
    r"dock|monitors?|keyboard|mouse|headset|battery|charger|wi-?fi password|printer (?:queue|driver|object)|default printer|label printer|"
    r"mapp(?:ed|ing)|drive letter|default app|onedrive|desktop|laptops?|notebook|macbook|ipad|pcs?|pc-?\d+|phones?|handsets?|shortcut|temp files?|disk clean-?up|windows update|"
    r"acrobat|(?:adobe|in) reader|excel|word|zoom|webcam|tablet|workstation)\b",
    re.IGNORECASE,
)
"""What one person has before them."""
_DEED = re.compile(
    r"\b(?:re-?boot\w*|re-?start\w*|power[ -]?cycl\w+|log(?:ged)? (?:off|out|in)|sign(?:ed)? (?:out|in)|cache|cookies|re-?install\w*|uninstall\w*|cable|adapter|print queue|"
    r"app|driver|flush\w* (?:the )?dns|renam\w+|re-?pair\w*|re-?add\w*|re-?connect\w*|unplug\w*|plugg\w+|factory reset)\b",
    re.IGNORECASE,
)
"""What any technician may do to such a thing."""


def reach_of(fix: Sequence[str], *, about: str = "") -> tuple[Reach, str]:
    """Return who can do what mended a ticket about something, and the word that says so; `unknown` where no word tells."""
    text = " ".join(fix)
    if found := _SENIOR.search(text):
        return "senior", found.group().lower()
    theirs = _THEIRS.search(text) or (_DEED.search(text) and _THEIRS.search(about))
    if theirs and not _SENIOR.search(about) and not _MANY.search(f"{about}\n{text}"):
        return "l1", theirs.group().lower()
    return "unknown", ""
